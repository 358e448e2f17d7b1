package main

import (
	"context"
	"fmt"
	"os"

	"github.com/g264/g264"
	"github.com/g264/g264/cmd/g264/internal/gifanim"
	"github.com/g264/g264/cmd/g264/internal/y4m"
)

// A source is the video that the inputs hold.
type source interface {
	// traits tells what the inputs say of themselves.
	traits() traits
	// next returns the next frame, valid until the next call; io.EOF says that
	// there is none. Other errors name the input. A frame that lend gives may be
	// filled for it, if its kind suits.
	next(lend lender) (g264.Frame, error)
	// Close closes what is open.
	Close() error
}

// lender gives memory for a frame: Encoder.Lend.
type lender func() (g264.Frame, error)

// traits are what an input knows of its video. What it doesn't know is zero.
type traits struct {
	width, height int
	frames        int64         // -1: nobody knows; otherwise for the progress bar only
	rate          g264.Rational // frames per second
	timeBase      g264.Rational // of the times that frames bring
	aspect        g264.Rational // of samples
	chroma        g264.Chroma
	site          g264.ChromaSite
	colourRange   g264.Range
}

// complete returns the options for a video: what its input says, unless flags
// say otherwise.
func (s *settings) complete(t traits) g264.Options {
	o := s.options
	o.Width, o.Height = t.width, t.height
	o.SampleAspect = t.aspect
	if !s.given["fps"] {
		o.FrameRate, o.TimeBase = t.rate, t.timeBase
	}
	gbr := o.Matrix == g264.MatrixGBR
	// The other profiles have one each, unless they are lossless.
	if !s.given["chroma"] && !gbr && (o.Profile == g264.ProfileAuto || o.Lossless) {
		o.Chroma = t.chroma
	}
	if !s.given["range"] && !gbr {
		o.Range = t.colourRange
	}
	o.ChromaSite = t.site
	return o
}

// openSource opens the inputs, which are recognised by what they hold, not by
// their names.
func openSource(ctx context.Context, s *settings, stdin *os.File) (source, error) {
	in, err := openInput(ctx, s.inputs[0], stdin)
	if err != nil {
		return nil, err
	}
	src, err := recognise(ctx, s, in, stdin)
	if err != nil {
		in.Close()
		return nil, err
	}
	return src, nil
}

func recognise(ctx context.Context, s *settings, in *input, stdin *os.File) (source, error) {
	if s.raw() {
		return openRaw(in, s.pixFmt, s.width, s.height), nil
	}
	if in.isStill() {
		return openStills(ctx, in, s.inputs, stdin)
	}
	if len(s.inputs) > 1 {
		return nil, fmt.Errorf("%s: several inputs must be PNG or JPEG images, and this is neither", in.name)
	}
	switch {
	case in.startsWith(y4m.Magic):
		return openY4M(in)
	case in.startsWith(gifanim.Magic):
		return openGIF(in, s.given["fps"])
	}
	if _, err := in.Peek(1); err != nil {
		return nil, fmt.Errorf("%s: nothing to read: %w", in.name, err)
	}
	return nil, fmt.Errorf("%s is neither y4m, PNG, JPEG nor GIF, and raw video needs --pix-fmt and --size "+
		"(another video: ffmpeg -i %[1]s -f yuv4mpegpipe - | g264 - -o OUT)", in.name)
}
