package mux

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Files is where a stream's files are kept: a directory ([Dir]), memory that a
// web server reads, a bucket.
type Files interface {
	// WriteFile makes a file or replaces one. Who reads it sees all of the old one
	// or all of the new one. data is valid until WriteFile returns.
	WriteFile(name string, data []byte) error
	Remove(name string) error
}

// Dir keeps files in a directory that exists.
type Dir string

// WriteFile writes a temporary file and renames it.
func (d Dir) WriteFile(name string, data []byte) error {
	f, err := os.CreateTemp(string(d), ".g264-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(string(d), name))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// Remove removes a file.
func (d Dir) Remove(name string) error { return os.Remove(filepath.Join(string(d), name)) }

// HLSOptions says what an HLS stream is.
type HLSOptions struct {
	Playlist string // the playlist's name; empty is index.m3u8
	// Live lists each segment as soon as it is there. Else the playlist is written
	// by Close, as that of a finished video.
	Live bool
	// Window is how many segments the playlist of a live stream holds. A segment
	// is removed when as many again have left the playlist after it. Zero keeps all.
	Window int
	// Target is no less than the length of any segment to the nearest second: HLS
	// wants to know it before. Zero: the longest so far, which suits what is not
	// live and segments of equal length.
	Target time.Duration
}

// HLS keeps the segments of a stream and its playlist (RFC 8216, with fragmented
// MP4). Add is the sink of a Segmenter whose segments begin with key samples.
type HLS struct {
	files Files
	o     HLSOptions

	listed   []hlsEntry
	first    int // number of the first listed
	removed  int // segments
	target   int64
	allKey   bool
	duration time.Duration // of all segments
	bytes    int64
	peak     int64 // bits per second
}

type hlsEntry struct {
	name     string
	duration time.Duration
}

// NewHLS keeps a stream in files. Errors wrap ErrOptions.
func NewHLS(files Files, o HLSOptions) (*HLS, error) {
	switch {
	case files == nil:
		return nil, fmt.Errorf("%w: the Files are nil", ErrOptions)
	case o.Window < 0 || o.Window > 0 && !o.Live:
		return nil, fmt.Errorf("%w: Window %d: 0 or more segments where Live, else 0", ErrOptions, o.Window)
	case o.Target < 0:
		return nil, fmt.Errorf("%w: Target %v: at least 0", ErrOptions, o.Target)
	}
	if o.Playlist == "" {
		o.Playlist = "index.m3u8"
	}
	return &HLS{files: files, o: o, first: 1, allKey: true, target: max(1, nearestSecond(o.Target))}, nil
}

func nearestSecond(d time.Duration) int64 { return int64(d.Round(time.Second) / time.Second) }

// Add keeps a segment and, in a live stream, lists it.
func (h *HLS) Add(s Segment) error {
	if err := h.files.WriteFile(s.Name, s.Data); err != nil {
		return fmt.Errorf("mux: HLS: %w", err)
	}
	if s.Number == 0 {
		return nil
	}
	h.listed = append(h.listed, hlsEntry{s.Name, (s.Start + s.Duration).Round(time.Microsecond) - s.Start.Round(time.Microsecond)})
	h.target = max(h.target, nearestSecond(s.Duration))
	h.allKey = h.allKey && s.Key
	h.duration += s.Duration
	h.bytes += int64(len(s.Data))
	h.peak = max(h.peak, perSecond(int64(len(s.Data)), s.Duration))
	if !h.o.Live {
		return nil
	}
	if n := len(h.listed) - h.o.Window; h.o.Window > 0 && n > 0 {
		h.first += n
		h.listed = append(h.listed[:0], h.listed[n:]...)
	}
	if err := h.write(false); err != nil {
		return err
	}
	for h.o.Window > 0 && h.removed < h.first-1-h.o.Window {
		h.removed++
		if err := h.files.Remove(segmentName(h.removed)); err != nil {
			return fmt.Errorf("mux: HLS: %w", err)
		}
	}
	return nil
}

// Close writes the playlist of the finished stream. It comes after the
// Segmenter's Close.
func (h *HLS) Close() error { return h.write(true) }

// Bandwidth is the highest and the mean bit rate of the segments, in bits per
// second, for [MasterPlaylist].
func (h *HLS) Bandwidth() (peak, average int64) { return h.peak, perSecond(h.bytes, h.duration) }

func perSecond(bytes int64, d time.Duration) int64 {
	if d <= 0 {
		return 0
	}
	return int64(float64(bytes) * 8 / d.Seconds())
}

func (h *HLS) write(ended bool) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:%d\n#EXT-X-MEDIA-SEQUENCE:%d\n", h.target, h.first)
	switch {
	case !h.o.Live:
		b.WriteString("#EXT-X-PLAYLIST-TYPE:VOD\n")
	case h.o.Window == 0:
		b.WriteString("#EXT-X-PLAYLIST-TYPE:EVENT\n")
	}
	if h.allKey {
		b.WriteString("#EXT-X-INDEPENDENT-SEGMENTS\n")
	}
	fmt.Fprintf(&b, "#EXT-X-MAP:URI=%q\n", initName)
	for _, e := range h.listed {
		us := e.duration.Microseconds()
		fmt.Fprintf(&b, "#EXTINF:%d.%06d,\n%s\n", us/1e6, us%1e6, e.name)
	}
	if ended {
		b.WriteString("#EXT-X-ENDLIST\n")
	}
	if err := h.files.WriteFile(h.o.Playlist, b.Bytes()); err != nil {
		return fmt.Errorf("mux: HLS: %w", err)
	}
	return nil
}

// Variant is one of the streams that a master playlist offers.
type Variant struct {
	URI           string // of its playlist
	Codec         string // as CodecString has it
	Width, Height int
	Peak, Average int64 // bits per second: HLS.Bandwidth
}

// MasterPlaylist is a playlist of streams that hold the same video (RFC 8216,
// 4.3.4.2), of which a player chooses one.
func MasterPlaylist(variants ...Variant) []byte {
	var b bytes.Buffer
	b.WriteString("#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n")
	for _, v := range variants {
		fmt.Fprintf(&b, "#EXT-X-STREAM-INF:BANDWIDTH=%d,AVERAGE-BANDWIDTH=%d,CODECS=%q,RESOLUTION=%dx%d\n%s\n",
			v.Peak, v.Average, v.Codec, v.Width, v.Height, v.URI)
	}
	return b.Bytes()
}
