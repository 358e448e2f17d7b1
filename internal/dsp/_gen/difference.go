package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// difference writes SAD, SATD and their kin.
func difference(g *gen) {
	g.sad16()
}

// sum64 adds up the 64-bit lanes of x, and leaves the sum in a register.
func (g *gen) sum64(x reg.VecVirtual) reg.GPVirtual {
	high, sum := g.XMM(), g.GP64()
	g.VEXTRACTI128(Imm(1), x, high)
	g.VPADDQ(high, x.AsX(), x.AsX())
	g.VPSHUFD(Imm(0xee), x.AsX(), high)
	g.VPADDQ(high, x.AsX(), x.AsX())
	g.VMOVQ(x.AsX(), sum)
	return sum
}

// load returns the parameter of the given name.
func (g *gen) load(name string) reg.GPVirtual {
	return g.Load(g.Param(name), g.GP64()).(reg.GPVirtual)
}

func (g *gen) sad16() {
	g.function("sad16AVX2", "(a *uint8, aStride int, r *uint8, rStride int, h, limit int) int",
		"sad16AVX2 is sad16 of h rows, a multiple of 4.")
	a, as, r, rs, h, limit := g.load("a"), g.load("aStride"), g.load("r"), g.load("rStride"), g.load("h"), g.load("limit")
	sum := g.YMM()
	g.VPXOR(sum, sum, sum)
	total := g.GP64()
	g.Label("rows")
	for range 2 {
		v, w := g.YMM(), g.YMM()
		g.VMOVDQU(Mem{Base: a}, v.AsX())
		g.VINSERTI128(Imm(1), Mem{Base: a, Index: as, Scale: 1}, v, v)
		g.VMOVDQU(Mem{Base: r}, w.AsX())
		g.VINSERTI128(Imm(1), Mem{Base: r, Index: rs, Scale: 1}, w, w)
		g.VPSADBW(v, w, v)
		g.VPADDQ(v, sum, sum)
		g.LEAQ(Mem{Base: a, Index: as, Scale: 2}, a)
		g.LEAQ(Mem{Base: r, Index: rs, Scale: 2}, r)
	}
	all := g.YMM()
	g.VMOVDQA(sum, all)
	g.MOVQ(g.sum64(all), total)
	g.CMPQ(total, limit)
	g.JGE(LabelRef("done"))
	g.SUBQ(Imm(4), h)
	g.JNZ(LabelRef("rows"))
	g.Label("done")
	g.VZEROUPPER()
	g.Store(total, g.ReturnIndex(0))
	g.RET()
}
