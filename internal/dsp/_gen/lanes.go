package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Vectors of 16-bit lanes, with operands in the order of the processor's manual: the result is a-b, not b-a.

type vec = reg.VecVirtual

// low is the low half of v.
func low(v vec) vec { return v.AsX().(vec) }

func (g *gen) add(a, b vec) vec {
	d := g.like(a)
	g.VPADDW(b, a, d)
	return d
}

func (g *gen) sub(a, b vec) vec {
	d := g.like(a)
	g.VPSUBW(b, a, d)
	return d
}

// half returns a>>1.
func (g *gen) half(a vec) vec {
	d := g.like(a)
	g.VPSRAW(Imm(1), a, d)
	return d
}

// unpack returns the low and the high elements, of 8, 16, 32 or 64 bits, of a and b in turn.
func (g *gen) unpack(bits int, a, b vec) (low, high vec) {
	low, high = g.like(a), g.like(a)
	switch bits {
	case 8:
		g.VPUNPCKLBW(b, a, low)
		g.VPUNPCKHBW(b, a, high)
	case 16:
		g.VPUNPCKLWD(b, a, low)
		g.VPUNPCKHWD(b, a, high)
	case 32:
		g.VPUNPCKLDQ(b, a, low)
		g.VPUNPCKHDQ(b, a, high)
	case 64:
		g.VPUNPCKLQDQ(b, a, low)
		g.VPUNPCKHQDQ(b, a, high)
	}
	return low, high
}

// permutation moves any of sixteen 16-bit elements anywhere.
type permutation struct{ own, other vec }

// loadPermutation makes the permutation that takes element i of its result from element from[i].
func (g *gen) loadPermutation(name string, from [16]int) permutation {
	var own, other []uint8
	for i, f := range from {
		a, b := []uint8{0x80, 0x80}, []uint8{0x80, 0x80}
		place := []uint8{uint8(f % 8 * 2), uint8(f%8*2 + 1)}
		if i/8 == f/8 {
			a = place
		} else {
			b = place
		}
		own, other = append(own, a...), append(other, b...)
	}
	p := permutation{g.YMM(), g.YMM()}
	g.VMOVDQU(g.constant(name+"Own", own...), p.own)
	g.VMOVDQU(g.constant(name+"Other", other...), p.other)
	return p
}

func (g *gen) permute(v vec, p permutation) vec {
	d, swapped := g.YMM(), g.YMM()
	g.VPERMQ(Imm(0x4e), v, swapped)
	g.VPSHUFB(p.own, v, d)
	g.VPSHUFB(p.other, swapped, swapped)
	g.VPOR(swapped, d, d)
	return d
}
