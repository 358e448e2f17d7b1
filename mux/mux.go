// Package mux writes H.264 access units as an MP4 file: the boxes of
// ISO/IEC 14496-12 (ISO base media file format, "-12" in comments here) with
// the sample format and the decoder configuration of ISO/IEC 14496-15 (AVC in
// that format, "-15"). The boxes themselves are mp4ff's; this package chooses
// and fills them.
//
// The file is progressive: ftyp, moov, mdat, so that a player can start before
// it has all of it. Since moov says where each sample lies, nothing is written
// before Close: until then the coded bytes are held, once.
//
// The caller stands above: a Sample is bytes, times and a key flag, and nothing
// here knows how they came about.
package mux

import (
	"errors"
	"fmt"
	"io"
	"math"
)

// Errors that a caller can test for with errors.Is. An error of the io.Writer
// is wrapped as it is.
var (
	ErrTrack     = errors.New("mux: invalid track")
	ErrSample    = errors.New("mux: invalid sample")
	ErrNoSamples = errors.New("mux: no samples, nothing written")
	ErrClosed    = errors.New("mux: writer is closed")
)

// Ratio is a fraction.
type Ratio struct{ Num, Den uint32 }

// Colour is the colour description of the samples, in the numbers of
// ITU-T H.273 (the same as in tables E-3 to E-5 of H.264).
type Colour struct {
	Primaries, Transfer uint16 // 2 is unspecified; 0 is reserved
	Matrix              uint16 // 0 is GBR, 2 unspecified
	FullRange           bool
}

// Track describes the video track.
type Track struct {
	Width, Height int    // of the decoded pictures, after cropping; 0: what the SPS says
	SPS, PPS      []byte // one NAL unit each, without start code; copied
	Timescale     uint32 // ticks per second of all times; 24000 for 24000/1001 frames per second
	Colour        Colour // the zero value writes no colr box
	SampleAspect  Ratio  // width to height of a sample; zero is square
}

// Sample is one access unit, in decoding order.
//
// A sample lasts until the DTS of the next. Duration says how long the last one
// does; where it is zero, the last sample lasts as long as the one before it,
// and an only sample 1/25 second.
type Sample struct {
	Data     []byte // NAL units, each after its length in four bytes, big-endian; no SPS or PPS
	PTS, DTS int64  // in ticks of the track; PTS from 0, not before DTS; DTS increases and may start below 0
	Duration uint32 // in ticks, at most 2^31-1; 0: not said
	Key      bool   // a sync sample: an IDR picture
}

// Writer makes one MP4 file. One goroutine may use it at a time.
type Writer struct {
	dst   io.Writer
	desc  description
	table sampleTable
	media store

	closed bool
	err    error // what Close returned; every later call returns it too
}

// NewWriter makes a writer of one video track to w. Nothing is written before
// Close, which first calls w's method Grow(int) with the size of the file, if it
// has one as bytes.Buffer does. The error wraps ErrTrack and names the field that
// is wrong.
func NewWriter(w io.Writer, t Track) (*Writer, error) {
	if w == nil {
		return nil, fmt.Errorf("%w: the io.Writer is nil", ErrTrack)
	}
	desc, err := newDescription(t)
	if err != nil {
		return nil, err
	}
	return &Writer{dst: w, desc: desc, table: sampleTable{timescale: t.Timescale}}, nil
}

// WriteSample adds a sample; its Data is copied. The first must be a key
// sample, and its PTS the least of all: where that isn't zero, an edit list
// shows it at that time. A sample that is refused, with an error that wraps
// ErrSample, leaves the Writer as it was.
func (w *Writer) WriteSample(s Sample) error {
	if w.closed {
		if w.err != nil {
			return w.err
		}
		return ErrClosed
	}
	if err := checkData(s.Data); err != nil {
		return err
	}
	if err := w.table.check(&s); err != nil {
		return err
	}
	w.table.add(&s, uint32(len(s.Data)))
	w.media.append(s.Data)
	return nil
}

// Close writes the file. Without any sample it writes nothing and returns
// ErrNoSamples. It may be called again and then returns what it returned first.
func (w *Writer) Close() error {
	if w.closed {
		return w.err
	}
	w.closed = true
	w.err = w.finish()
	w.table, w.media = sampleTable{}, store{}
	return w.err
}

// finish writes what stands before the media, then the media.
func (w *Writer) finish() error {
	if len(w.table.sizes) == 0 {
		return ErrNoSamples
	}
	w.table.finish()
	head, err := head(&w.desc, &w.table)
	if err != nil {
		return err
	}
	if g, ok := w.dst.(interface{ Grow(int) }); ok {
		if size := uint64(len(head)) + w.table.bytes; size <= math.MaxInt {
			g.Grow(int(size))
		}
	}
	if err := writeAll(w.dst, head); err != nil {
		return err
	}
	for i, b := range w.media.blocks {
		if err := writeAll(w.dst, b); err != nil {
			return err
		}
		w.media.blocks[i] = nil // the collector may have it while others are written
	}
	return nil
}

// writeAll holds a writer to the contract of io.Writer.
func writeAll(w io.Writer, p []byte) error {
	n, err := w.Write(p)
	if err == nil && n != len(p) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return fmt.Errorf("mux: writing the file: %w", err)
	}
	return nil
}
