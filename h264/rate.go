package h264

import (
	"math"
	"math/bits"

	"github.com/g264/g264/h264/internal/analysis"
	"github.com/g264/g264/h264/internal/ratecontrol"
)

// lookaheadMBs bounds the macroblocks that are held back, so that the memory for
// them stays within some hundred megabytes.
const lookaheadMBs = 1 << 20

// depth is the number of pictures that are held back, of that many macroblocks.
func (c *Config) depth(preset *analysis.Preset, mbs int) int {
	switch {
	case c.LowLatency || !c.tree() && !c.buffered() && c.RateControl != AverageBitrate:
		return 0
	case c.Lookahead != 0:
		return c.Lookahead
	}
	return min(preset.Lookahead, max(lookaheadMBs/mbs, 1))
}

// tree reports whether what later pictures inherit decides on QP.
func (c *Config) tree() bool {
	return !c.NoMBTree && !c.LowLatency && c.RateControl != ConstantQP
}

// rateControl translates the configuration into integers.
func (c *Config) rateControl() ratecontrol.Config {
	const fine = ratecontrol.Fine
	rc := ratecontrol.Config{
		Constant:    c.RateControl == ConstantQP,
		QP:          c.QP * fine,
		MinQP:       c.QPMin * fine,
		MaxQP:       c.QPMax * fine,
		IntraOffset: -ratecontrol.StepQP(uint64(c.IPRatio * (1 << 16))),
		QCompress:   int(c.QCompress*fine + 0.5),
		FrameTime:   int(min(25*fine*uint64(c.FrameRate.Den)/uint64(c.FrameRate.Num), 100*fine)),
		Tree:        c.tree(),
		AQStrength:  int(c.AQStrength*fine + 0.5),
		AQRelative:  c.AQMode == AQAuto,
	}
	if !rc.Constant {
		rc.QP = int(c.CRF*fine + 0.5)
	}
	if rc.Constant || c.NoAQ {
		rc.AQStrength = 0
	}
	if c.RateControl == AverageBitrate {
		rc.PictureBits = c.pictureBits(c.Bitrate)
	}
	rc.MaxBits, rc.Buffer = c.pictureBits(c.MaxRate), 1000*int64(c.BufferSize)
	rc.Second = max(1, int64(c.FrameRate.Num/c.FrameRate.Den))
	switch {
	case c.LowLatency:
		rc.Feedback = 1
	case c.buffered():
		rc.Feedback = c.maxBuffered()
	default:
		rc.Feedback = maxFlight + 1
	}
	return rc
}

// pictureBits is what a rate in 1000 bit/s gives a picture, in 1/256 bits.
func (c *Config) pictureBits(rate int) int64 {
	hi, lo := bits.Mul64(uint64(rate)*1000*ratecontrol.Fine, uint64(c.FrameRate.Den))
	if hi >= uint64(c.FrameRate.Num) {
		return math.MaxInt64 / 1024
	}
	n, _ := bits.Div64(hi, lo, uint64(c.FrameRate.Num))
	return int64(min(n, math.MaxInt64/1024))
}

// buffered reports whether a decoder's buffer limits the pictures.
func (c *Config) buffered() bool { return c.BufferSize > 0 }
