package main

import (
	"testing"

	"github.com/g264/g264"
	"github.com/g264/g264/cmd/g264/internal/y4m"
)

func TestReconstructionHeader(t *testing.T) {
	for _, c := range []struct {
		options g264.Options
		format  g264.PixelFormat
		want    y4m.Header
	}{
		{g264.Options{}, g264.YUV420P,
			y4m.Header{Width: 6, Height: 4, RateNum: 25, RateDen: 1, Siting: y4m.Left, Range: y4m.Limited}},
		{g264.Options{FrameRate: g264.FPS(23.976), SampleAspect: g264.Rational{Num: 4, Den: 3}}, g264.YUV420P,
			y4m.Header{Width: 6, Height: 4, RateNum: 24000, RateDen: 1001, AspectNum: 4, AspectDen: 3, Siting: y4m.Left, Range: y4m.Limited}},
		{g264.Options{ChromaSite: g264.ChromaSiteCentre, Range: g264.RangeFull}, g264.YUV420P,
			y4m.Header{Width: 6, Height: 4, RateNum: 25, RateDen: 1, Siting: y4m.Centre, Range: y4m.Full}},
		// JPEG's colour has JPEG's siting.
		{g264.Options{Matrix: g264.MatrixBT601, Range: g264.RangeFull}, g264.YUV420P,
			y4m.Header{Width: 6, Height: 4, RateNum: 25, RateDen: 1, Siting: y4m.Centre, Range: y4m.Full}},
		{g264.Options{Matrix: g264.MatrixBT601, Range: g264.RangeFull, ChromaSite: g264.ChromaSiteLeft}, g264.YUV420P,
			y4m.Header{Width: 6, Height: 4, RateNum: 25, RateDen: 1, Siting: y4m.Left, Range: y4m.Full}},
		{g264.Options{}, g264.YUV444P,
			y4m.Header{Width: 6, Height: 4, RateNum: 25, RateDen: 1, Chroma: y4m.Chroma444, Siting: y4m.Left, Range: y4m.Limited}},
	} {
		r := reconstruction{options: c.options}
		if got := r.header(g264.Frame{Format: c.format, Width: 6, Height: 4}); got != c.want {
			t.Errorf("%+v:\n got %+v\nwant %+v", c.options, got, c.want)
		}
	}
}
