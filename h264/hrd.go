package h264

import (
	mathbits "math/bits"

	"github.com/g264/g264/h264/internal/bits"
	"github.com/g264/g264/h264/internal/ratecontrol"
	"github.com/g264/g264/h264/internal/syntax"
)

// hrd returns what a stream tells of its buffer, if anything. Delays are whole
// ticks of 90 kHz: at each key picture that may lose what comes in one. Rate and size
// stand for a little more, so that the buffer never holds less than rate control
// takes it to.
func (c *Config) hrd() (h syntax.HRD) {
	if !c.HRD {
		return h
	}
	const tick = 90000
	rate := 1000 * int64(c.MaxRate)
	pictures := int64(c.FrameRate.Num/c.FrameRate.Den) + 1 // a second
	h.BitRate = (rate + rate*min(pictures, tick)/tick + 64) &^ 63
	h.CPBSize = (1000*int64(c.BufferSize) + h.BitRate/tick + 1 + 15) &^ 15
	h.RemovalDelayBits = uint(mathbits.Len64(2 * uint64(c.KeyInt)))
	return h
}

// timing makes the SEI messages of the buffer, picture by picture in coding order.
type timing struct {
	params *syntax.HRD // nil: none
	rate   int64       // 1/256 bits that come in the time of a picture
	fill   int64       // 1/256 bits in the buffer when the next picture is removed
	since  uint32      // pictures since the last key picture
	writer bits.Writer
}

func (c *Config) newTiming(h *syntax.HRD) (t timing) {
	if !c.HRD {
		return t
	}
	hi, lo := mathbits.Mul64(uint64(h.BitRate)*ratecontrol.Fine, uint64(c.FrameRate.Den))
	rate := uint64(1) << 62
	if hi < uint64(c.FrameRate.Num) {
		rate, _ = mathbits.Div64(hi, lo, uint64(c.FrameRate.Num))
	}
	t.params, t.rate = h, int64(min(rate, 1<<62))
	t.fill = (h.CPBSize*9/10 + h.BitRate/90000 + 1) * ratecontrol.Fine // as rate control begins
	return t
}

// append appends the SEI NAL unit of the next picture.
func (t *timing) append(dst []byte, key bool) []byte {
	t.writer.Reset()
	delay := uint32(0)
	if key {
		delay = t.delay()
	}
	t.params.SEITiming(&t.writer, delay, 2*t.since)
	return bits.AppendNAL(dst, 0, bits.NALSEI, t.writer.Bytes())
}

// delay is initial_cpb_removal_delay of the next picture.
func (t *timing) delay() uint32 { return max(t.params.Delay(t.fill/ratecontrol.Fine), 1) }

// removed takes note that the picture of the last messages, of that many bits, has
// left the buffer.
func (t *timing) removed(bitCount int64, key bool) {
	const fine = ratecontrol.Fine
	if t.params == nil {
		return
	}
	if key {
		hi, lo := mathbits.Mul64(uint64(t.delay()), uint64(t.params.BitRate)*fine)
		n, _ := mathbits.Div64(hi, lo, 90000)
		t.fill, t.since = min(t.fill, int64(n)), 0
	}
	t.fill = min(t.fill-bitCount*fine+t.rate, t.params.CPBSize*fine)
	t.since++
}
