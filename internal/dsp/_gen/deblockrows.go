package main

import (
	. "github.com/mmcloughlin/avo/operand"
)

// Horizontal edges: a vector is a row of samples.

// above returns the block four rows further up.
func (g *gen) above(b block) block {
	offset, p := g.GP64(), g.GP64()
	g.LEAQ(Mem{Base: b.stride3, Index: b.stride, Scale: 1}, offset)
	g.MOVQ(b.p, p)
	g.SUBQ(offset, p)
	b.p = p
	return b
}

// widen puts sixteen samples into 16-bit lanes.
func (g *gen) widen(samples Op) vec {
	v := g.YMM()
	g.VPMOVZXBW(samples, v)
	return v
}

// narrow returns the samples of a, clipped, in the low half, and those of b in the high half.
func (g *gen) narrow(a, b vec) vec {
	v := g.YMM()
	g.VPACKUSWB(b, a, v)
	g.VPERMQ(Imm(0xd8), v, v)
	return v
}

// storeRows stores sixteen samples each of a and b.
func (g *gen) storeRows(a, b vec, first, second Mem) {
	v := g.narrow(a, b)
	g.VMOVDQU(low(v), first)
	g.VEXTRACTI128(Imm(1), v, second)
}

func (g *gen) lumaRows(e edge, strong bool) {
	above := g.above(e.p)
	if !strong {
		p1, p0, q0, q1 := g.normalLuma(e, g.widen(above.row(1)), g.widen(above.row(2)), g.widen(above.row(3)),
			g.widen(e.p.row(0)), g.widen(e.p.row(1)), g.widen(e.p.row(2)))
		g.storeRows(p1, p0, above.row(2), above.row(3))
		g.storeRows(q0, q1, e.p.row(0), e.p.row(1))
		return
	}
	var x [8]vec
	for i := range 4 {
		x[i], x[4+i] = g.widen(above.row(i)), g.widen(e.p.row(i))
	}
	g.strongLuma(e, &x)
	g.storeRows(x[1], x[2], above.row(1), above.row(2))
	g.storeRows(x[3], x[4], above.row(3), e.p.row(0))
	g.storeRows(x[5], x[6], e.p.row(1), e.p.row(2))
}

func (g *gen) chromaRows(e edge, strong bool) {
	above := g.above(e.p)
	p0, q0 := g.chromaEdge(e, g.widen(above.row(2)), g.widen(above.row(3)), g.widen(e.p.row(0)), g.widen(e.p.row(1)), strong)
	g.storeRows(p0, q0, above.row(3), e.p.row(0))
}
