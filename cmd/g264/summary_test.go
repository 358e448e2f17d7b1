package main

import (
	"math"
	"testing"
	"time"

	"github.com/g264/g264"
)

func TestSummary(t *testing.T) {
	s := g264.Stats{Frames: 100, Written: 58079, Duration: 4 * time.Second, MeanQP: 19.875,
		PSNR: g264.PSNR{Y: 41.234, Cb: math.Inf(1), Cr: 40, Overall: 42.005}, SSIM: 0.98765432}
	for _, c := range []struct {
		stats g264.Stats
		took  time.Duration
		o     g264.Options
		want  string
	}{
		{s, 125 * time.Millisecond, g264.Options{}, "100 frames, 58079 bytes in 0.125 s, 800.0 fps, 116.2 kbit/s, mean QP 19.88"},
		{s, 2 * time.Second, g264.Options{MeasurePSNR: true}, "100 frames, 58079 bytes in 2.000 s, 50.0 fps, 116.2 kbit/s, mean QP 19.88, " +
			"PSNR Y 41.23 Cb inf Cr 40.00 all 42.01 dB"},
		{s, 2 * time.Second, g264.Options{MeasureSSIM: true}, "100 frames, 58079 bytes in 2.000 s, 50.0 fps, 116.2 kbit/s, mean QP 19.88, " +
			"SSIM Y 0.9876543 (19.08 dB)"},
		{g264.Stats{Frames: 1, Written: 9}, 0, g264.Options{}, "1 frame, 9 bytes in 0.000 s, 0.0 fps, 0.0 kbit/s, mean QP 0.00"},
	} {
		if got := summary(c.stats, c.took, &c.o); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}
