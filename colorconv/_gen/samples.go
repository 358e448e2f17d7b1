package main

import . "github.com/mmcloughlin/avo/operand"

// samples writes the kernels of planes.
func samples(g *gen) {
	g.limited()
}

// limited writes the kernel of full range luma to limited range. The product of a sample's double and a coefficient of
// lumaBits comes rounded to 1/2 from VPMULHRSW, whose 15 bits are one more.
func (g *gen) limited() {
	const black = 16
	scale := 14071 // 219/255, of lumaBits
	g.function("limitedRowAVX2", "(dst, src *uint8, blocks int)",
		"limitedRowAVX2 is limitedRow of that many times 32 samples, at least one.")
	dst, src, blocks := g.load("dst"), g.load("src"), g.load("blocks")
	k, offset := g.constant(g.bytes(scale&255, scale>>8)), g.constant(g.bytes(black, 0))
	zero := g.YMM()
	g.VPXOR(zero, zero, zero)
	g.Label("block")
	low, high := g.YMM(), g.YMM()
	g.VMOVDQU(Mem{Base: src}, high)
	g.VPUNPCKLBW(zero, high, low)
	g.VPUNPCKHBW(zero, high, high)
	for _, v := range []Op{low, high} {
		g.VPADDW(v, v, v)
		g.VPMULHRSW(k, v, v)
		g.VPADDW(offset, v, v)
	}
	g.VPACKUSWB(high, low, low)
	g.VMOVDQU(low, Mem{Base: dst})
	g.ADDQ(Imm(32), src)
	g.ADDQ(Imm(32), dst)
	g.DECQ(blocks)
	g.JNZ(LabelRef("block"))
	g.VZEROUPPER()
	g.RET()
}
