package main

import (
	"github.com/g264/g264"
	"github.com/g264/g264/cmd/g264/internal/y4m"
)

// reconstruction writes what a decoder will show as a y4m stream: in display
// order and cropped. In 4:2:0 odd sizes are rounded up, as they are in the video.
type reconstruction struct {
	out     *output
	options g264.Options
	writer  *y4m.Writer // from the first frame, which brings the size
}

func (r *reconstruction) add(f g264.Frame) error {
	if r.writer == nil {
		w, err := y4m.NewWriter(r.out, r.header(f))
		if err != nil {
			return err
		}
		r.writer = w
	}
	return r.writer.Write(y4m.Frame{Y: f.Y, Cb: f.Cb, Cr: f.Cr, YStride: f.YStride, CStride: f.CStride})
}

func (r *reconstruction) header(f g264.Frame) y4m.Header {
	o := &r.options
	rate := o.FrameRate
	if rate == (g264.Rational{}) {
		rate = g264.Rational{Num: 25, Den: 1}
	}
	h := y4m.Header{
		Width: f.Width, Height: f.Height,
		RateNum: uint32(rate.Num), RateDen: uint32(rate.Den),
		AspectNum: uint32(o.SampleAspect.Num), AspectDen: uint32(o.SampleAspect.Den),
		Siting: y4m.Left, Range: y4m.Limited,
	}
	if f.Format == g264.YUV444P {
		h.Chroma = y4m.Chroma444
	}
	jpeg := o.Matrix == g264.MatrixBT601 && o.Range == g264.RangeFull
	if o.ChromaSite == g264.ChromaSiteCentre || o.ChromaSite == g264.ChromaSiteAuto && jpeg {
		h.Siting = y4m.Centre
	}
	if o.Range == g264.RangeFull {
		h.Range = y4m.Full
	}
	return h
}

// finish writes what is buffered and closes the file.
func (r *reconstruction) finish() error {
	if r.writer != nil {
		if err := r.writer.Flush(); err != nil {
			return err
		}
	}
	return r.out.finish()
}
