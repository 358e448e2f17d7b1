// Package bits writes bit strings, Exp-Golomb codes and NAL units
// (ITU-T H.264 clauses 7.2, 7.3.1, 7.3.2.11, 7.4.1 and 9.1).
package bits

import (
	"encoding/binary"
	"math/bits"
)

// Writer collects bits, most significant first, in memory that it grows and
// keeps. Writing never fails. The zero value is an empty Writer.
type Writer struct {
	buf  []byte
	acc  uint64 // its low used bits follow buf; the bits above are garbage
	used uint   // 0 to 63
}

// Reset empties the Writer and keeps its memory.
func (w *Writer) Reset() {
	w.buf = w.buf[:0]
	w.used = 0
}

// Bits writes the low n bits of v, u(n) of clause 7.2; n is 0 to 32.
func (w *Writer) Bits(v uint32, n uint) {
	// The shift counts are below 64; the masks let the compiler know.
	x := uint64(v) & (1<<(n&63) - 1)
	if w.used+n < 64 {
		w.acc = w.acc<<(n&63) | x
		w.used += n
		return
	}
	w.spill(x, n)
}

// spill writes the n bits of x where they fill the accumulator.
func (w *Writer) spill(x uint64, n uint) {
	fits := 64 - w.used // 1 to n
	w.used = n - fits
	w.buf = binary.BigEndian.AppendUint64(w.buf, w.acc<<(fits&63)|x>>(w.used&63))
	w.acc = x
}

// Bit writes the lowest bit of b.
func (w *Writer) Bit(b uint32) { w.Bits(b, 1) }

// Flag writes a flag as one bit, 1 where it is set.
func (w *Writer) Flag(set bool) {
	var b uint32
	if set {
		b = 1
	}
	w.Bits(b, 1)
}

// UE writes v as an unsigned Exp-Golomb code, ue(v) of clause 9.1. The
// standard's own range ends at 1<<32 - 2.
func (w *Writer) UE(v uint32) {
	if v < 0xffff { // the whole code takes at most 31 bits
		w.Bits(v+1, uint(2*bits.Len32(v+1)-1))
		return
	}
	n := uint(bits.Len64(uint64(v)+1) - 1)
	w.Bits(0, n)
	w.Bits(1, 1)
	w.Bits(v+1, n)
}

// SE writes v as a signed Exp-Golomb code, se(v) of clause 9.1.1; v is above
// -1<<31.
func (w *Writer) SE(v int32) { w.UE(CodeNum(v)) }

// CodeNum maps a signed value to its codeNum (table 9-3): 0, 1, -1, 2, -2, ...
func CodeNum(v int32) uint32 {
	if v > 0 {
		return uint32(v)<<1 - 1
	}
	return -uint32(v) << 1
}

// ByteAligned reports whether the bits written fill whole bytes.
func (w *Writer) ByteAligned() bool { return w.used&7 == 0 }

// AlignZero writes zero bits up to the next whole byte (pcm_alignment_zero_bit).
func (w *Writer) AlignZero() { w.Bits(0, -w.used&7) }

// AlignOne writes one bits up to the next whole byte (cabac_alignment_one_bit).
func (w *Writer) AlignOne() { w.Bits(0xff, -w.used&7) }

// TrailingBits writes rbsp_trailing_bits: a one, then zeros up to the next
// whole byte.
func (w *Writer) TrailingBits() {
	w.Bits(1, 1)
	w.AlignZero()
}

// AppendBytes writes whole bytes, as the samples of I_PCM.
func (w *Writer) AppendBytes(p []byte) {
	if !w.ByteAligned() {
		for _, b := range p {
			w.Bits(uint32(b), 8)
		}
		return
	}
	w.flush()
	w.buf = append(w.buf, p...)
}

// Bytes returns the whole bytes written so far; bits of an unfinished byte stay
// behind, to be completed by later writes. The slice is valid until the next
// write or Reset.
func (w *Writer) Bytes() []byte {
	w.flush()
	return w.buf
}

// SetBytes makes p all that was written, after Bytes and what the caller
// appended to them.
func (w *Writer) SetBytes(p []byte) { w.buf, w.used = p, 0 }

// flush moves the whole bytes of the accumulator to buf.
func (w *Writer) flush() {
	for w.used >= 8 {
		w.used -= 8
		w.buf = append(w.buf, byte(w.acc>>(w.used&63)))
	}
}

// Len returns the number of bits written since the last Reset.
func (w *Writer) Len() int { return 8*len(w.buf) + int(w.used) }

// UELen returns the number of bits that UE writes for v.
func UELen(v uint32) int { return 2*bits.Len64(uint64(v)+1) - 1 }

// SELen returns the number of bits that SE writes for v.
func SELen(v int32) int { return UELen(CodeNum(v)) }
