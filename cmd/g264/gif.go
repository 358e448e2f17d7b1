package main

import (
	"io"

	"github.com/g264/g264"
	"github.com/g264/g264/cmd/g264/internal/gifanim"
)

// ticksPerSecond is the unit of a GIF's delays.
const ticksPerSecond = 100

// gifSource plays an animated GIF once, each frame for its own delay. A frame
// rate that the user gives stands in for the delays.
type gifSource struct {
	in    *input
	anim  *gifanim.Animation
	rated bool  // at the user's frame rate
	ticks int64 // when the next frame is shown
}

func openGIF(in *input, rated bool) (*gifSource, error) {
	anim, err := gifanim.Open(in)
	if err != nil {
		return nil, naming(in, err)
	}
	return &gifSource{in: in, anim: anim, rated: rated}, nil
}

func (s *gifSource) traits() traits {
	t := traits{frames: int64(s.anim.Len()), timeBase: g264.Rational{Num: 1, Den: ticksPerSecond}}
	t.width, t.height = s.anim.Size()
	// The mean rate is what the encoder plans with.
	t.rate = g264.Rational{Num: s.anim.Len() * ticksPerSecond, Den: int(s.anim.Duration())}
	return t
}

func (s *gifSource) next(lender) (g264.Frame, error) {
	screen, delay, err := s.anim.Next()
	if err == io.EOF {
		return g264.Frame{}, err
	}
	if err != nil {
		return g264.Frame{}, naming(s.in, err)
	}
	f := g264.Frame{Image: screen}
	if !s.rated {
		f.PTS, f.Duration = g264.At(s.ticks), delay
		s.ticks += delay
	}
	return f, nil
}

func (s *gifSource) Close() error { return s.in.Close() }
