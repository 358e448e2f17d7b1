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
	c[ctxProceed], c[ctxNothing] = proceedState, nothingState
}

// symbol is a bin that has a context variable, and up to maxBypass bins behind it
// that have equal probabilities: from the lowest bit up the bin, ctxIdx, how many
// they are, and their values.
type symbol uint32

const (
	bypassCount = 11 // the bits of a symbol where it says how many
	bypassBins  = 15
	maxBypass   = 13

	// Symbols of these contexts, which frames don't use, have bins that are known:
	// end_of_slice_flag or such that is 0 (9.3.4.5), and nothing but bins behind it.
	ctxProceed = 276
	ctxNothing = 277

	proceedState = 126
	nothingState = 127
)

// binCoder is the arithmetic encoder of clause 9.3.4. Bins wait until they are coded
// by settle. Where it counts, they have costs and change states, but nothing is
// written.
type binCoder struct {
	states *Contexts

	counting bool
	cost     int // in 1/256 bit

	// The low 10 bits of low are codILow; those above it are decided but for a
	// carry. pending is how many there are in all. The first bit is never sent.
	low     uint64
	rng     uint32 // codIRange
	pending uint
	buf     []byte
	bins    int // written

	waiting uint // symbols in queue
	queue   [queueSize]symbol
}

// More symbols than settleAbove are settled before any of a vector, of the flags of
// a block or of a level above 1: those, the levels of 1 behind them and what else
// stands between them then find room.
const (
	queueSize   = 512
	settleAbove = 256
)

// rangesLPS holds codIRangeLPS for the four values of qCodIRangeIdx, the first in the
// lowest byte, by state.
var rangesLPS = func() (t [128]uint32) {
	for s := range t {
		t[s] = binary.LittleEndian.Uint32(rangeLPS[s>>1*4:])
	}
	t[nothingState] = 0
	return t
}()

// start initialises the arithmetic encoder (9.3.4.1).
func (b *binCoder) start() { b.low, b.rng, b.pending = 0, 510, 10-1 }

// bin codes a bin, 0 or 1, with context variable ctxIdx (9.3.4.2).
func (b *binCoder) bin(ctxIdx uint, bin uint8) {
	b.queue[b.waiting&(queueSize-1)] = symbol(ctxIdx<<1 | uint(bin))
	b.waiting++
}

// bypass codes the low n bits of v with equal probabilities (9.3.4.4).
func (b *binCoder) bypass(v uint64, n uint) {
	for n > 0 {
		k := min(n, maxBypass)
		n -= k
		bins := v >> (n & 63) & (1<<k - 1)
		b.queue[b.waiting&(queueSize-1)] = symbol(bins<<bypassBins | uint64(k)<<bypassCount | ctxNothing<<1 | 1)
		b.waiting++
		b.bins += int(k) - 1 // the symbol's own is none
	}
}

// binThen codes a bin with a context variable, and then the low bit of v as bypass
// does.
func (b *binCoder) binThen(ctxIdx uint, bin uint8, v uint32) {
	b.bin(ctxIdx, bin)
	b.queue[(b.waiting-1)&(queueSize-1)] |= symbol(v<<bypassBins | 1<<bypassCount)
	b.bins++
}

// proceed codes a bin that is 1 before the end of arithmetic code, as 0
// (9.3.4.5). It has no cost.
func (b *binCoder) proceed() { b.bin(ctxProceed, 0) }

// settle codes the bins that wait.
func (b *binCoder) settle() {
	if b.counting {
		b.tally()
	} else {
		b.encode()
	}
	b.waiting = 0
}

// makeRoom settles if many bins wait.
func (b *binCoder) makeRoom() {
	if b.waiting > settleAbove {
		b.settle()
	}
}

// tally changes states by the queue and adds what it costs.
func (b *binCoder) tally() {
	states, cost, bypassed := b.states, 0, 0
	for _, y := range b.queue[:b.waiting&(queueSize-1)] {
		state := &states[y>>1&1023]
		s, bin := *state, uint8(y&1)
		*state = nextState[s<<1|bin]
		cost += int(binCost[(s^bin)&127])
		bypassed += int(y >> bypassCount & 15)
	}
	b.cost += cost + bypassed<<8
}

// encode writes the queue. What is decided waits in the queue's place: 32 bits come
// of one symbol at least, of which none has more than 20.
func (b *binCoder) encode() {
	n := uint(0)
	states, low, rng, pending := b.states, b.low, b.rng, b.pending
	for _, y := range b.queue[:b.waiting&(queueSize-1)] {
		state := &states[y>>1&1023]
		s := *state
		bin := uint8(y & 1)
		*state = nextState[s<<1|bin]
		isMPS := uint32((s^bin)&1) - 1
		lps := rangesLPS[s&127] >> (rng >> 3 & 24) & 255
		low += uint64((rng - lps) &^ isMPS)
		rng = rng&isMPS - isMPS + (lps ^ isMPS) // less by lps, or lps itself
		shift := uint(renormalise[rng&511])
		rng <<= shift & 31
		shift += uint(y >> bypassCount & 15)
		low = low<<(shift&63) + uint64(rng)*uint64(y>>bypassBins)
		if pending += shift; pending >= 32+10 {
			pending -= 32
			word := low >> (pending & 63)
			low &= 1<<(pending&63) - 1
			if word>>32 != 0 {
				b.carry(n)
			}
			b.queue[n&(queueSize-1)] = symbol(word)
			n++
		}
	}
	b.low, b.rng, b.pending = low, rng, pending
	for _, word := range b.queue[:n] {
		b.buf = binary.BigEndian.AppendUint32(b.buf, uint32(word))
	}
	b.bins += int(b.waiting)
}

// renormalise is by how much codIRange is shifted (9.3.4.3).
var renormalise = func() (t [512]uint8) {
	for rng := range t {
		t[rng] = uint8(max(9-mathbits.Len32(uint32(rng)), 0))
	}
	return t
}()

// terminate codes a bin that is 1 and ends the arithmetic code, with a one bit
// and zeros up to the next whole byte.
func (b *binCoder) terminate() {
	const size = 7 // of the bin
	b.settle()
	if b.counting {
		b.cost += size << 8
		return
	}
	b.bins++
	b.low += uint64(b.rng - 2)
	b.low = b.low<<size | 1<<7
	b.low <<= 3 // its last three bits, which are low's highest
	left := b.pending + size + 3 - 10
	align := -left & 7
	out := b.low >> 10 << align
	left += align
	if out>>(left&63) != 0 {
		b.carry(0)
	}
	for left > 0 {
		left -= 8
		b.buf = append(b.buf, byte(out>>(left&63)))
	}
}

// carry adds one to the number that buf and n words of the queue end with. It never
// runs out of the arithmetic code, which stands for a number below one.
func (b *binCoder) carry(n uint) {
	for n > 0 {
		n--
		word := &b.queue[n&(queueSize-1)]
		*word++
		if *word != 0 {
			return
		}
	}
	for i := len(b.buf) - 1; i >= 0; i-- {
		b.buf[i]++
		if b.buf[i] != 0 {
			return
		}
	}
}

// expGolomb returns v as suffix of UEGk (9.3.2.3), for bypass.
func expGolomb(v uint32, k uint) (bins uint64, n uint) {
	v += 1 << k
	n = uint(mathbits.Len32(v)) - 1
	ones := n - k
	return (1<<(ones+1)-2)<<n | uint64(v)&(1<<n-1), ones + 1 + n
}
