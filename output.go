package g264

import (
	"context"
	"fmt"
	"io"

	"github.com/g264/g264/mux"
)

// Segment is a piece of a fragmented file: the head of the file or a segment of
// its media. See mux.Segment.
type Segment = mux.Segment

// NewSegmentEncoder returns an encoder that hands a fragmented MP4 to sink piece
// by piece: Segment 0, the head, with the first frame, and each segment as soon
// as it is complete. Options.Layout is Fragmented whatever it says. A method of
// mux.HLS can be the sink. An error of sink stops the encoder as one of an
// io.Writer does.
func NewSegmentEncoder(ctx context.Context, sink func(Segment) error, o Options) (*Encoder, error) {
	if sink == nil {
		return nil, fmt.Errorf("%w: the sink is nil", ErrOptions)
	}
	o.Layout = Fragmented
	return newEncoder(ctx, output{sink: sink}, o)
}

// CodecString names the codec for Media Source Extensions, HLS and HTTP headers,
// such as "avc1.64001f". It is empty until the size is known, by Options or by
// the first frame.
func (e *Encoder) CodecString() string {
	name, err := mux.CodecString(e.sps)
	if err != nil {
		return ""
	}
	return name
}

// MIMEType is the Content-Type of the file with its codec, such as
// video/mp4; codecs="avc1.64001f", or video/mp4 until the size is known.
func (e *Encoder) MIMEType() string {
	name, err := mux.MIMEType(e.sps)
	if err != nil {
		return "video/mp4"
	}
	return name
}

// output is where the caller wants the bytes, under the context, with an error
// that stays.
type output struct {
	w    io.Writer
	sink func(Segment) error // instead of w
	ctx  context.Context

	n    int64 // bytes of the file that w or sink took
	at   int64 // where in the file w stands
	base int64 // where the file starts in a w that seeks
	err  error

	calling bool // the caller's function, which has panicked if that is so in another call
}

// suits checks that bytes can go there in the layout wanted.
func (o *output) suits(options *Options) error {
	if o.sink != nil {
		if options.FragmentIndex == Mfra {
			return fmt.Errorf("%w: FragmentIndex is %s; want none or sidx for segments", ErrOptions, options.FragmentIndex)
		}
		return nil
	}
	if options.SegmentDuration != 0 {
		return fmt.Errorf("%w: SegmentDuration is %v; want 0, or NewSegmentEncoder", ErrOptions, options.SegmentDuration)
	}
	if options.Layout != Seekable {
		return nil
	}
	if _, ok := o.w.(io.Seeker); !ok {
		return fmt.Errorf("%w: Layout is %s; want an io.WriteSeeker for that, which %T is not", ErrOptions, options.Layout, o.w)
	}
	if _, ok := o.w.(io.Reader); options.FastStart && !ok {
		return fmt.Errorf("%w: FastStart is true; want an io.Reader for that too, which %T is not", ErrOptions, o.w)
	}
	return nil
}

// file makes the writer of an MP4.
func (o *output) file(options *Options, t mux.Track) (*mux.Writer, error) {
	switch {
	case o.sink != nil:
		return mux.NewSegmenter(o.segment, t, options.mux())
	case options.Layout == Seekable:
		return mux.NewWriter(seekingOutput{o}, t, options.mux())
	}
	return mux.NewWriter(o, t, options.mux())
}

// cause returns the output's own error for one that mux has from it.
func (o *output) cause(err error) error {
	if err != nil && o.err != nil {
		return o.err
	}
	return err
}

// begin is called before each call of the caller's writer or sink. It returns the error
// that every one returns by now, if any.
func (o *output) begin() error {
	switch {
	case o.err != nil:
	case o.calling:
		o.err = ErrAborted
	default:
		o.err = ended(o.ctx)
	}
	if o.err == nil {
		o.calling = true
	}
	return o.err
}

// end is called after what begin was, and keeps its error.
func (o *output) end(doing string, err error) error {
	o.calling = false
	if err != nil {
		o.err = fmt.Errorf("g264: %s: %w", doing, err)
	}
	return o.err
}

func (o *output) Write(p []byte) (int, error) {
	if err := o.begin(); err != nil {
		return 0, err
	}
	n, err := o.w.Write(p)
	o.at += int64(min(max(n, 0), len(p)))
	o.n = max(o.n, o.at)
	if err == nil && n != len(p) {
		err = io.ErrShortWrite
	}
	return n, o.end("writing", err)
}

// Flush passes on that something is complete.
func (o *output) Flush() error {
	if err := o.begin(); err != nil {
		return err
	}
	var err error
	switch w := o.w.(type) {
	case interface{ Flush() error }:
		err = w.Flush()
	case interface{ Flush() }:
		w.Flush()
	}
	return o.end("flushing", err)
}

func (o *output) segment(s Segment) error {
	if err := o.begin(); err != nil {
		return err
	}
	if err := o.end(s.Name, o.sink(s)); err != nil {
		return err
	}
	o.n += int64(len(s.Data))
	return nil
}

// seekingOutput is an output whose writer seeks, and reads for FastStart.
type seekingOutput struct{ *output }

func (o seekingOutput) Seek(offset int64, whence int) (int64, error) {
	if err := o.begin(); err != nil {
		return 0, err
	}
	at, err := o.w.(io.Seeker).Seek(offset, whence)
	if err := o.end("seeking", err); err != nil {
		return 0, err
	}
	if o.n == 0 {
		o.base = at
	}
	o.at = at - o.base
	return at, nil
}

func (o seekingOutput) Read(p []byte) (int, error) {
	if err := o.begin(); err != nil {
		return 0, err
	}
	n, err := o.w.(io.Reader).Read(p)
	o.calling = false
	o.at += int64(max(n, 0))
	return n, err
}
