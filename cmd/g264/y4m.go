package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/g264/g264"
	"github.com/g264/g264/cmd/g264/internal/y4m"
)

// y4mSource reads a y4m stream frame by frame. Its samples are taken as they
// are, in the colour that the flags and its XCOLORRANGE tag give it. Monochrome
// becomes 4:2:0 with colourless chroma.
type y4mSource struct {
	in     *input
	reader *y4m.Reader
	grey   []uint8 // a row of colourless chroma, all rows of both planes
}

func openY4M(in *input) (*y4mSource, error) {
	r, err := y4m.NewReader(in.Reader)
	if err != nil {
		return nil, naming(in, err)
	}
	return &y4mSource{in: in, reader: r}, nil
}

func (s *y4mSource) traits() traits {
	h := s.reader.Header()
	t := traits{
		width: h.Width, height: h.Height, frames: -1,
		rate:   g264.Rational{Num: int(h.RateNum), Den: int(h.RateDen)},
		aspect: g264.Rational{Num: int(h.AspectNum), Den: int(h.AspectDen)},
	}
	if s.in.size >= 0 {
		t.frames = s.in.size / (int64(len("FRAME\n")) + h.FrameSize())
	}
	switch {
	case h.Chroma == y4m.Chroma444:
		t.chroma = g264.Chroma444
	case h.Chroma == y4m.Chroma420 && h.Siting == y4m.Centre:
		t.site = g264.ChromaSiteCentre
	case h.Chroma == y4m.Chroma420:
		// 420paldv is beside the left column too, if half a row higher.
		t.site = g264.ChromaSiteLeft
	}
	if h.Range == y4m.Full {
		t.colourRange = g264.RangeFull
	}
	return t
}

func (s *y4mSource) next(lend lender) (g264.Frame, error) {
	lent, err := lend()
	if err != nil {
		return g264.Frame{}, err
	}
	f, h := y4m.Frame{}, s.reader.Header()
	frame := g264.Frame{Format: g264.YUV420P, Width: h.Width, Height: h.Height}
	if h.Chroma == y4m.Chroma444 {
		frame.Format = g264.YUV444P
	}
	if lent.Format == frame.Format && h.Chroma != y4m.Mono {
		f = y4m.Frame{Y: lent.Y, Cb: lent.Cb, Cr: lent.Cr, YStride: lent.YStride, CStride: lent.CStride}
		err = s.reader.ReadInto(&f)
	} else {
		f, err = s.reader.Read()
	}
	if err == io.EOF {
		return g264.Frame{}, err
	}
	if err != nil {
		return g264.Frame{}, naming(s.in, err)
	}
	frame.Y, frame.Cb, frame.Cr, frame.YStride, frame.CStride = f.Y, f.Cb, f.Cr, f.YStride, f.CStride
	if h.Chroma == y4m.Mono {
		frame.CStride = (h.Width + 1) / 2
		frame.Cb = s.colourless(frame.CStride * ((h.Height + 1) / 2))
		frame.Cr = frame.Cb
	}
	return frame, nil
}

// colourless returns a chroma plane without colour.
func (s *y4mSource) colourless(size int) []uint8 {
	if s.grey == nil {
		s.grey = make([]uint8, size)
		for i := range s.grey {
			s.grey[i] = 128
		}
	}
	return s.grey
}

func (s *y4mSource) Close() error { return s.in.Close() }

// naming puts the input's name in front of what is wrong with it.
func naming(in *input, err error) error {
	return &namedError{in.name, err}
}

type namedError struct {
	name string
	err  error
}

// Error leaves out the prefix of our own packages, for which the name stands.
func (e *namedError) Error() string {
	text := e.err.Error()
	for _, prefix := range []string{"y4m: ", "gif: ", "g264: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	return fmt.Sprintf("%s: %s", e.name, text)
}

func (e *namedError) Unwrap() error { return e.err }
