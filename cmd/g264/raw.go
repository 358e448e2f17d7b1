package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/g264/g264"
)

// rawSource reads frames that follow each other without any header, as ffmpeg's
// rawvideo has them: rows without gaps, planes one after the other.
type rawSource struct {
	in            *input
	format        g264.PixelFormat
	width, height int
	buf           []uint8 // one frame, made at the first one
	frames        int     // read so far
}

func openRaw(in *input, format g264.PixelFormat, width, height int) *rawSource {
	return &rawSource{in: in, format: format, width: width, height: height}
}

// frameSize returns the bytes of a frame.
func (s *rawSource) frameSize() int64 {
	pixels := int64(s.width) * int64(s.height)
	switch s.format {
	case g264.Gray8:
		return pixels
	case g264.BGRA, g264.RGBA:
		return 4 * pixels
	case g264.YUV420P:
		return pixels + 2*int64((s.width+1)/2)*int64((s.height+1)/2)
	}
	return 3 * pixels
}

func (s *rawSource) traits() traits {
	t := traits{width: s.width, height: s.height, frames: -1}
	if s.in.size >= 0 {
		t.frames = s.in.size / s.frameSize()
	}
	if s.format == g264.YUV444P {
		t.chroma = g264.Chroma444
	}
	return t
}

func (s *rawSource) next(lender) (g264.Frame, error) {
	if s.buf == nil {
		s.buf = make([]uint8, s.frameSize())
	}
	n, err := io.ReadFull(s.in, s.buf)
	if err == io.EOF {
		return g264.Frame{}, err
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return g264.Frame{}, fmt.Errorf("%s: frame %d holds %d of %d bytes; is it %dx%d in %s?",
			s.in.name, s.frames, n, len(s.buf), s.width, s.height, s.format)
	}
	if err != nil {
		return g264.Frame{}, naming(s.in, err)
	}
	s.frames++
	return s.frame(), nil
}

// frame describes what lies in the buffer.
func (s *rawSource) frame() g264.Frame {
	f := g264.Frame{Format: s.format, Width: s.width, Height: s.height}
	y := s.width * s.height
	cw, c := s.width, y
	switch s.format {
	case g264.YUV420P:
		cw = (s.width + 1) / 2
		c = cw * ((s.height + 1) / 2)
		fallthrough
	case g264.YUV444P:
		f.Y, f.Cb, f.Cr = s.buf[:y], s.buf[y:y+c], s.buf[y+c:]
		f.YStride, f.CStride = s.width, cw
	default:
		f.Pix, f.Stride = s.buf, len(s.buf)/s.height
	}
	return f
}

func (s *rawSource) Close() error { return s.in.Close() }
