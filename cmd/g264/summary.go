package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/g264/g264"
)

// summary is the line that tells what an encoding made: the bytes are those of
// the file, the time is that of reading and encoding.
func summary(s g264.Stats, took time.Duration, o *g264.Options) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s, %d bytes in %.3f s, %.1f fps, %.1f kbit/s, mean QP %.2f",
		s.Frames, plural(s.Frames, "frame", "frames"), s.Written, took.Seconds(),
		rate(float64(s.Frames), took), rate(float64(s.Written)*8/1000, s.Duration), s.MeanQP)
	if o.MeasurePSNR {
		p := s.PSNR
		fmt.Fprintf(&b, ", PSNR Y %s Cb %s Cr %s all %s dB",
			decibels(p.Y), decibels(p.Cb), decibels(p.Cr), decibels(p.Overall))
	}
	if o.MeasureSSIM {
		fmt.Fprintf(&b, ", SSIM Y %.7f (%s dB)", s.SSIM, decibels(-10*math.Log10(1-s.SSIM)))
	}
	return b.String()
}

// rate is an amount per second; zero in no time at all.
func rate(amount float64, in time.Duration) float64 {
	if in <= 0 {
		return 0
	}
	return amount / in.Seconds()
}

func decibels(v float64) string {
	if math.IsInf(v, 1) {
		return "inf"
	}
	return strconv.FormatFloat(v, 'f', 2, 64)
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
