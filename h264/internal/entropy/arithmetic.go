package entropy

import (
	"encoding/binary"
	mathbits "math/bits"

	"github.com/g264/g264/internal/dsp"
)

// Contexts holds the state of each context variable: 2*pStateIdx + valMPS.
type Contexts [1024]uint8

// initialContexts are the states for the start of a slice, made for the last one.
type initialContexts struct {
	table, qp int
	made      bool
	states    Contexts
}

// of returns the states for the start of a slice (clause 9.3.1.1).
func (c *initialContexts) of(s *Slice) *Contexts {
	table := 0
	if s.P {
		table = 1 + int(s.CABACInitIDC)
	}
	if !c.made || c.table != table || c.qp != s.QP {
		c.table, c.qp, c.made = table, s.QP, true
		c.states.initialise(&contextInit[table], s.QP)
	}
	return &c.states
}

// initialise sets the states by m and n of each, and QP.
func (c *Contexts) initialise(table *[1024][2]int8, qp int) {
	for i, mn := range table {
		state := min(max(int(mn[0])*qp>>4+int(mn[1]), 1), 126) - 64
		below := state >> 8 // -1 or 0
		c[i] = uint8((state^below)<<1 + 1 + below)
	}
	c[ctxProceed], c[ctxNothing] = proceedState, nothingState
}

// symbol is a bin that has a context variable, with bypass bins behind it: see
// dsp.BypassCount.
type symbol = uint32

const (
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

	arithmetic dsp.Bins
	buf        []byte
	bins       int // written

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

// binTables are tables 9-44 and 9-45 as dsp has them.
var binTables = func() *dsp.BinTables {
	t := new(dsp.BinTables)
	copy(t.Next[:], nextState[:])
	for s := range len(nextState) / 2 {
		for q, lps := range rangeLPS[s>>1*4:][:4] {
			shift := 9 - mathbits.Len8(lps)
			t.Ranges[s] |= uint64(int(lps)|shift<<8) << (16 * q)
		}
	}
	t.Ranges[nothingState] = 0
	return t
}()

// start initialises the arithmetic encoder (9.3.4.1).
func (b *binCoder) start() {
	b.arithmetic = dsp.Bins{Range: 510, Pending: 10 - 1} // the first bit is never sent
}

// bin codes a bin, 0 or 1, with context variable ctxIdx (9.3.4.2).
func (b *binCoder) bin(ctxIdx uint, bin uint8) {
	b.queue[b.waiting&(queueSize-1)] = symbol(ctxIdx<<1 | uint(bin))
	b.waiting++
}

// bypass codes the low n bits of v with equal probabilities (9.3.4.4).
func (b *binCoder) bypass(v uint64, n uint) {
	for n > 0 {
		k := min(n, dsp.MaxBypass)
		n -= k
		bins := v >> (n & 63) & (1<<k - 1)
		b.queue[b.waiting&(queueSize-1)] = symbol(bins<<dsp.BypassBins | uint64(k)<<dsp.BypassCount | ctxNothing<<1 | 1)
		b.waiting++
		b.bins += int(k) - 1 // the symbol's own is none
	}
}

// binThen codes a bin with a context variable, and then the low bit of v as bypass
// does.
func (b *binCoder) binThen(ctxIdx uint, bin uint8, v uint32) {
	b.bin(ctxIdx, bin)
	b.queue[(b.waiting-1)&(queueSize-1)] |= symbol(v<<dsp.BypassBins | 1<<dsp.BypassCount)
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
	const countMask = 15 << dsp.BypassCount
	states, cost, bypassed := b.states, uint32(0), uint32(0)
	_ = *states // checks once that it is not nil
	for _, y := range b.queue[:b.waiting&(queueSize-1)] {
		state := &states[y>>1&1023]
		outcome := binOutcomes[y&1][*state&127]
		*state = uint8(outcome)
		cost += outcome >> 8
		bypassed += y & countMask
	}
	b.cost += int(cost + bypassed>>dsp.BypassCount<<8)
}

// binOutcomes holds the next state and, from bit 8 up, the cost by bin and state.
var binOutcomes = func() (t [2][128]uint32) {
	for i, next := range nextState {
		bin, state := i&1, i>>1
		t[bin][state] = uint32(next) | uint32(binCost[state^bin])<<8
	}
	return t
}()

// encode writes the queue.
func (b *binCoder) encode() {
	symbols := b.queue[:b.waiting&(queueSize-1)]
	words, carry := b.arithmetic.Encode(symbols, (*[1024]uint8)(b.states), binTables)
	if carry {
		b.carry()
	}
	for _, word := range symbols[:words] {
		b.buf = binary.BigEndian.AppendUint32(b.buf, word)
	}
	b.bins += int(b.waiting)
}

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
	low := b.arithmetic.Low + uint64(b.arithmetic.Range-2)
	low = low<<size | 1<<7
	low <<= 3 // its last three bits, which are low's highest
	left := b.arithmetic.Pending + size + 3 - 10
	align := -left & 7
	out := low >> 10 << align
	left += align
	if out>>(left&63) != 0 {
		b.carry()
	}
	for left > 0 {
		left -= 8
		b.buf = append(b.buf, byte(out>>(left&63)))
	}
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

// expGolomb returns v as suffix of UEGk (9.3.2.3), for bypass.
func expGolomb(v uint32, k uint) (bins uint64, n uint) {
	v += 1 << k
	n = uint(mathbits.Len32(v)) - 1
	ones := n - k
	return (1<<(ones+1)-2)<<n | uint64(v)&(1<<n-1), ones + 1 + n
}
