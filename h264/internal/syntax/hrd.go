package syntax

import (
	mathbits "math/bits"

	"github.com/g264/g264/h264/internal/bits"
)

// HRD is how the buffer of a hypothetical decoder is filled (hrd_parameters, clause
// E.1.2) with one schedule, whose bit rate varies; the zero HRD stands for nothing
// said. Its limits are those of the NAL units (type II conformance).
type HRD struct {
	BitRate int64 // bit/s while there is something to come: 64 times 1 to 1<<32-1
	CPBSize int64 // bits of the coded picture buffer: 16 times 1 to 1<<32-1
	// RemovalDelayBits is the length of cpb_removal_delay, 1 to 32.
	RemovalDelayBits uint
}

func (h *HRD) given() bool { return h.BitRate != 0 }

// delayClock is the clock of initial_cpb_removal_delay in Hz.
const delayClock = 90000

// FullDelay returns the time in 1/90000 s that it takes to fill the buffer, at most
// 1<<32-1.
func (h *HRD) FullDelay() uint32 { return h.Delay(h.CPBSize) }

// Delay returns the time in 1/90000 s, rounded down, in which that many bits come.
func (h *HRD) Delay(bitCount int64) uint32 {
	hi, lo := mathbits.Mul64(uint64(max(bitCount, 0)), delayClock)
	if hi >= uint64(h.BitRate) {
		return 1<<32 - 1
	}
	n, _ := mathbits.Div64(hi, lo, uint64(h.BitRate))
	return uint32(min(n, 1<<32-1))
}

// delayBits is the length of initial_cpb_removal_delay.
func (h *HRD) delayBits() uint { return uint(mathbits.Len32(h.FullDelay())) }

// write writes hrd_parameters.
func (h *HRD) write(w *bits.Writer) {
	w.UE(0)      // cpb_cnt_minus1
	w.Bits(0, 4) // bit_rate_scale: units of 64 bit/s
	w.Bits(0, 4) // cpb_size_scale: units of 16 bits
	w.UE(uint32(h.BitRate>>6 - 1))
	w.UE(uint32(h.CPBSize>>4 - 1))
	w.Bit(0)                                // cbr_flag
	w.Bits(uint32(h.delayBits()-1), 5)      // initial_cpb_removal_delay_length_minus1
	w.Bits(uint32(h.RemovalDelayBits-1), 5) // cpb_removal_delay_length_minus1
	w.Bits(0, 5)                            // dpb_output_delay_length_minus1
	w.Bits(0, 5)                            // time_offset_length
}

// SEITiming writes sei_rbsp with what the HRD asks of each access unit: a picture
// timing message (clause D.1.3), whose removal comes ticks of the VUI after that of
// the last access unit with a buffering period message; and before it, with such a
// message (D.1.2), the delay in 1/90000 s from the first bit's coming to the removal
// if that isn't zero.
func (h *HRD) SEITiming(w *bits.Writer, delay, ticks uint32) {
	if delay != 0 {
		beginMessage(w, bufferingPeriod, 1+2*h.delayBits())
		w.UE(0) // seq_parameter_set_id
		w.Bits(delay, h.delayBits())
		w.Bits(h.FullDelay()-delay, h.delayBits()) // initial_cpb_removal_delay_offset
		endMessage(w)
	}
	beginMessage(w, pictureTiming, h.RemovalDelayBits+1)
	w.Bits(ticks, h.RemovalDelayBits)
	w.Bits(0, 1) // dpb_output_delay: shown when it is removed
	endMessage(w)
	w.TrailingBits()
}

// Payload types.
const (
	bufferingPeriod = 0
	pictureTiming   = 1
)

// beginMessage begins a sei_message that holds that many bits, some bytes at most.
func beginMessage(w *bits.Writer, payloadType uint32, size uint) {
	w.Bits(payloadType, 8)
	w.Bits(uint32((size+7)/8), 8)
}

// endMessage fills the last byte of a message (clause D.1).
func endMessage(w *bits.Writer) {
	if !w.ByteAligned() {
		w.TrailingBits() // bit_equal_to_one and zeros
	}
}
