// Package mux writes H.264 access units as MP4: the boxes of ISO/IEC 14496-12
// (ISO base media file format, "-12" in comments here) with the sample format
// and the decoder configuration of ISO/IEC 14496-15 (AVC in that format,
// "-15"). The boxes themselves are mp4ff's; this package chooses and fills them.
//
// A Writer lays the file out in one of three ways. [Progressive] puts moov,
// which says where each sample lies, before the media, and therefore holds the
// media until Close. [Seekable] sends media out as it comes, into a file in
// which Close goes back. [Fragmented] sends one fragment after the other to any
// io.Writer (-12, 8.8; ISO/IEC 23000-19, CMAF), holding one of them at a time;
// [NewSegmenter] hands such fragments out as segments, which [HLS] lists.
//
// [Concat] joins files without decoding them.
//
// The caller stands above: a Sample is bytes, times and a key flag, and nothing
// here knows how they came about.
package mux

import (
	"errors"
	"fmt"
	"io"
	"time"
)

// Errors that a caller can test for with errors.Is. An error of the io.Writer
// is wrapped as it is.
var (
	ErrTrack     = errors.New("mux: invalid track")
	ErrOptions   = errors.New("mux: invalid options")
	ErrSample    = errors.New("mux: invalid sample")
	ErrNoSamples = errors.New("mux: no samples")
	ErrClosed    = errors.New("mux: writer is closed")
)

// Layout is the order of a file's parts.
type Layout uint8

const (
	// Progressive is ftyp, moov, mdat, written in one go by Close: plays while
	// it is being received. The coded media is held until then, once.
	Progressive Layout = iota
	// Seekable is for an io.WriteSeeker, which has nothing after where it stands.
	// Media goes out as it comes and only the sample tables are held; Close goes
	// back to say how long mdat is, and moov follows it, or stands first: see
	// Options.MoovSpace and FastStart.
	Seekable
	// Fragmented is ftyp and moov at once, then a moof and an mdat for each
	// fragment as soon as it is complete. What has been written plays, whenever
	// the writing ends.
	Fragmented
)

// Index is what a fragmented file says about the places of its fragments.
type Index uint8

const (
	NoIndex Index = iota
	// Mfra is one index of the fragments that begin with a key sample, at the end
	// of the file (-12, 8.8.9). Until Close it takes some 20 bytes for each.
	Mfra
	// Sidx makes each fragment a segment: styp and an index of it stand before it
	// (-12, 8.16). Segments of a Segmenter have theirs with their fragments.
	Sidx
)

// Options says how a file is laid out and what it tells about itself.
type Options struct {
	Layout Layout // Progressive

	// Fragments, and the segments of a Segmenter. FragmentDuration is how long
	// the media of a fragment lasts at least, save that a key sample begins a new
	// one unless another group of pictures as long as the last still fits. Zero
	// is a group of pictures: from a key sample to the next. A nanosecond makes
	// every sample a fragment.
	FragmentDuration time.Duration
	// SegmentDuration, for a Segmenter, is how long a segment lasts at least: it
	// ends before the first key sample after that. Zero: each fragment is one.
	SegmentDuration time.Duration
	Index           Index // NoIndex

	// MoovSpace, for Seekable, is the bytes to leave free for moov before the
	// media; some 900 bytes and 9 per sample suffice at a constant rate. Where
	// they do not suffice moov goes where it would go without.
	MoovSpace int64
	// FastStart, for Seekable, has Close move the media and put moov before it.
	// The target must be an io.Reader too.
	FastStart bool

	Metadata Metadata
}

// Writer makes one MP4 file. One goroutine may use it at a time.
type Writer struct {
	desc   description
	time   timeline
	layout layout
	begun  bool

	closed bool
	err    error // what stopped the Writer; every later call returns it too
}

// layout is one of the ways to lay a file out. Samples have been checked.
type layout interface {
	// begin writes what stands before the samples, of which the first has these
	// times.
	begin(pts, dts int64) error
	// add takes a sample, copying its data, before the timeline has it.
	add(s Sample) error
	// finish writes what is left, after at least one sample.
	finish() error
	// drop gives memory back.
	drop()
}

// NewWriter makes a writer of one video track to w. Errors wrap ErrTrack or
// ErrOptions and name the field that is wrong, or are w's.
//
// Nothing is written before the first sample, or Begin. A Progressive file is
// written by Close, which first calls w's method Grow(int) with the size of the
// file, if it has one as bytes.Buffer does. After each fragment w's method
// Flush is called, if it has one as bufio.Writer and http.Flusher do.
func NewWriter(w io.Writer, t Track, o Options) (*Writer, error) {
	if w == nil {
		return nil, fmt.Errorf("%w: the io.Writer is nil", ErrTrack)
	}
	m, err := newWriter(t, o)
	if err != nil {
		return nil, err
	}
	if o.SegmentDuration != 0 {
		return nil, fmt.Errorf("%w: SegmentDuration %v: only a Segmenter makes segments", ErrOptions, o.SegmentDuration)
	}
	switch o.Layout {
	case Progressive:
		m.layout = &progressive{dst: w, desc: &m.desc, table: sampleTable{time: &m.time}}
	case Seekable:
		m.layout, err = newSeekable(w, m, o)
	case Fragmented:
		m.layout = newFragmented(w, m, o)
	}
	if err != nil {
		return nil, err
	}
	return m, nil
}

// newWriter checks what all layouts share.
func newWriter(t Track, o Options) (*Writer, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	desc, err := newDescription(t, o.Metadata)
	if err != nil {
		return nil, err
	}
	return &Writer{desc: desc, time: timeline{timescale: t.Timescale}}, nil
}

// Validate returns an error that wraps ErrOptions and names the first field that
// is wrong, or nil. NewWriter calls it.
func (o Options) Validate() error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: "+format, append([]any{ErrOptions}, args...)...)
	}
	switch {
	case o.Layout > Fragmented:
		return bad("Layout %d: one of Progressive, Seekable, Fragmented", o.Layout)
	case o.Index > Sidx:
		return bad("Index %d: one of NoIndex, Mfra, Sidx", o.Index)
	case o.FragmentDuration < 0:
		return bad("FragmentDuration %v: at least 0", o.FragmentDuration)
	case o.SegmentDuration < 0:
		return bad("SegmentDuration %v: at least 0", o.SegmentDuration)
	case o.Layout != Fragmented && o.FragmentDuration != 0:
		return bad("FragmentDuration %v: 0 where Layout is not Fragmented", o.FragmentDuration)
	case o.Layout != Fragmented && o.Index != NoIndex:
		return bad("Index %d: NoIndex where Layout is not Fragmented", o.Index)
	case o.MoovSpace < 0 || o.MoovSpace > maxMoov:
		return bad("MoovSpace %d: 0 to %d bytes", o.MoovSpace, maxMoov)
	case o.Layout != Seekable && o.MoovSpace != 0:
		return bad("MoovSpace %d: 0 where Layout is not Seekable", o.MoovSpace)
	case o.Layout != Seekable && o.FastStart:
		return bad("FastStart true: false where Layout is not Seekable")
	}
	return o.Metadata.check()
}

// Begin writes what stands before the samples, where that needn't wait for them:
// ftyp and moov of a Fragmented file whose pictures are coded in the order in
// which they are shown, as the SPS says (pic_order_cnt_type 2). The first sample
// is then shown when it is decoded, not before time 0. Where Begin isn't called,
// or has to wait, the first sample writes them.
func (w *Writer) Begin() error {
	if err := w.ready(); err != nil {
		return err
	}
	if w.desc.reorders {
		return nil
	}
	return w.begin(0, 0)
}

func (w *Writer) begin(pts, dts int64) error {
	if w.begun {
		return nil
	}
	w.begun = true
	return w.stopOn(w.layout.begin(pts, dts))
}

// WriteSample adds a sample; its Data is copied. The first must be a key
// sample, and its PTS the least of all: where that isn't zero, the file shows it
// at that time, by an edit list or, in fragments, as it is. Samples shown before
// zero are decoded only.
//
// A sample that is refused, with an error that wraps ErrSample, leaves the
// Writer as it was. Any other error stops it.
func (w *Writer) WriteSample(s Sample) error {
	if err := w.ready(); err != nil {
		return err
	}
	if err := checkData(s.Data); err != nil {
		return err
	}
	if err := w.time.check(&s); err != nil {
		return err
	}
	if _, ok := w.layout.(*fragmenter); ok && w.begun && w.time.samples == 0 && (s.PTS < 0 || s.DTS != s.PTS) {
		return fmt.Errorf("%w: PTS %d, DTS %d: after Begin the first sample has equal ones from 0", ErrSample, s.PTS, s.DTS)
	}
	if err := w.begin(s.PTS, s.DTS); err != nil {
		return err
	}
	if err := w.stopOn(w.layout.add(s)); err != nil {
		return err
	}
	w.time.add(&s)
	return nil
}

// Close finishes the file. Without any sample it returns ErrNoSamples. It may be
// called again and then returns what it returned first.
func (w *Writer) Close() error {
	if w.closed {
		return w.err
	}
	if w.err == nil {
		if w.time.samples == 0 {
			w.err = ErrNoSamples
		} else {
			w.err = w.layout.finish()
		}
	}
	w.closed = true
	w.layout.drop()
	return w.err
}

// ready returns the error that every call returns by now, if any.
func (w *Writer) ready() error {
	switch {
	case w.err != nil:
		return w.err
	case w.closed:
		return ErrClosed
	}
	return nil
}

// stopOn keeps an error that stops the Writer.
func (w *Writer) stopOn(err error) error {
	if err != nil {
		w.err = err
		w.layout.drop()
	}
	return err
}

// writeAll holds a writer to the contract of io.Writer.
func writeAll(w io.Writer, p []byte) error {
	n, err := w.Write(p)
	if err == nil && n != len(p) {
		err = io.ErrShortWrite
	}
	if err != nil {
		return fmt.Errorf("mux: writing: %w", err)
	}
	return nil
}
