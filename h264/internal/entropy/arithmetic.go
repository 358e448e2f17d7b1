package entropy

import (
	"encoding/binary"
	mathbits "math/bits"
)

// Contexts holds the state of each context variable: 2*pStateIdx + valMPS.
type Contexts [1024]uint8

// Initialise sets the states for the start of a slice (clause 9.3.1.1).
func (c *Contexts) Initialise(s *Slice) {
	table := &contextInit[0]
	if s.P {
		table = &contextInit[1+s.CABACInitIDC]
	}
	for i, mn := range table {
		state := min(max(int(mn[0])*s.QP>>4+int(mn[1]), 1), 126)
		if state <= 63 {
			c[i] = uint8(63-state) << 1
		} else {
			c[i] = uint8(state-64)<<1 | 1
		}
	}
}

// binCoder is the arithmetic encoder of clause 9.3.4. Where it counts, bins have
// costs and change states, but nothing is written.
type binCoder struct {
	states *Contexts

	counting bool
	cost     int // in 1/256 bit

	// The low 10 bits of low are codILow; those above it, pending in number, are
	// decided but for a carry. The first bit is never sent: pending starts at -1.
	low     uint64
	rng     uint32 // codIRange
	pending int
	buf     []byte
	bins    int // written
}

// start initialises the arithmetic encoder (9.3.4.1).
func (b *binCoder) start() { b.low, b.rng, b.pending = 0, 510, -1 }

// bin codes a bin, 0 or 1, with context variable ctxIdx (9.3.4.2).
func (b *binCoder) bin(ctxIdx uint, bin uint8) {
	state := &b.states[ctxIdx&1023]
	s := *state
	*state = nextState[s<<1|bin]
	if b.counting {
		b.cost += int(binCost[(s^bin)&127])
		return
	}
	b.bins++
	lps := uint32(rangeLPS[s&^1<<1|uint8(b.rng>>6&3)])
	rng := b.rng - lps
	isLPS := -uint32((s ^ bin) & 1)
	b.low += uint64(rng & isLPS)
	rng ^= (rng ^ lps) & isLPS
	shift := uint(mathbits.LeadingZeros32(rng)-23) & 31
	b.rng = rng << shift
	b.low <<= shift
	if b.pending += int(shift); b.pending >= 32 {
		b.flush()
	}
}

// bypass codes the low n bits of v with equal probabilities (9.3.4.4); n is at
// most 32.
func (b *binCoder) bypass(v uint32, n uint) {
	if b.counting {
		b.cost += int(n) << 8
		return
	}
	b.bins += int(n)
	if n > 16 {
		n -= 16
		b.bypass16(v>>n, 16)
		v &= 1<<n - 1
	}
	b.bypass16(v, n)
}

func (b *binCoder) bypass16(v uint32, n uint) {
	b.low = b.low<<(n&31) + uint64(b.rng)*uint64(v)
	if b.pending += int(n); b.pending >= 32 {
		b.flush()
	}
}

// proceed codes a bin that is 1 before the end of arithmetic code, as 0
// (9.3.4.5). It has hardly a cost.
func (b *binCoder) proceed() {
	if b.counting {
		return
	}
	b.bins++
	if b.rng -= 2; b.rng < 256 {
		b.rng <<= 1
		b.low <<= 1
		if b.pending++; b.pending >= 32 {
			b.flush()
		}
	}
}

// terminate codes a bin that is 1 and ends the arithmetic code, with a one bit
// and zeros up to the next whole byte.
func (b *binCoder) terminate() {
	const size = 7 // of the bin
	if b.counting {
		b.cost += size << 8
		return
	}
	b.bins++
	b.low += uint64(b.rng - 2)
	b.low = b.low<<size | 1<<7
	b.low <<= 3 // its last three bits, which are low's highest
	if b.pending += size + 3; b.pending >= 32 {
		b.flush()
	}
	align := -uint(b.pending) & 7
	out := b.low >> 10 << align
	left := b.pending + int(align)
	if out>>(uint(left)&63) != 0 {
		b.carry()
	}
	for left > 0 {
		left -= 8
		b.buf = append(b.buf, byte(out>>(uint(left)&63)))
	}
}

// flush moves 32 pending bits to buf.
func (b *binCoder) flush() {
	b.pending -= 32
	at := uint(b.pending+10) & 63
	out := b.low >> at
	b.low &= 1<<at - 1
	if out>>32 != 0 {
		b.carry()
	}
	b.buf = binary.BigEndian.AppendUint32(b.buf, uint32(out))
}

// carry adds one to the number that buf ends with. It never runs out of the
// arithmetic code, which stands for a number below one.
func (b *binCoder) carry() {
	for i := len(b.buf) - 1; i >= 0; i-- {
		b.buf[i]++
		if b.buf[i] != 0 {
			return
		}
	}
}

// expGolomb codes v as suffix of UEGk (9.3.2.3), in bypass.
func (b *binCoder) expGolomb(v uint32, k uint) {
	v += 1 << k
	n := uint(mathbits.Len32(v)) - 1
	ones := n - k
	b.bypass(1<<(ones+1)-2, ones+1)
	b.bypass(v&(1<<n-1), n)
}
