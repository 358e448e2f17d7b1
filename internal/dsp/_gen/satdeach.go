package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// satd4x4Each writes the SATDs of a 4x4 block and predictions of stride 4, two at a time: each fills half a register, and
// so does the block, twice.
func (g *gen) satd4x4Each(signs signs) {
	g.function("satd4x4EachAVX2", "(out *int, a *uint8, aStride int, preds *uint8, n int)",
		"satd4x4EachAVX2 is SATD4x4Each of n predictions, at least 2: of an odd number the last two together.")
	out, preds, n := g.param("out"), g.param("preds"), g.param("n")
	a := g.block("a", "aStride").with3(g)
	sums, differences := g.YMM(), g.YMM()
	g.VBROADCASTI128(signs.ymm, sums)
	g.VBROADCASTI128(signs.ymm.Offset(16), differences)
	// The first stage of the transform of rows, of the rows 0 to 3 in turn.
	stage := func(v reg.VecVirtual) (s, d reg.VecVirtual) {
		s, d = g.YMM(), g.YMM()
		g.VPMADDUBSW(sums, v, s)
		g.VPMADDUBSW(differences, v, d)
		return s, d
	}
	src := g.YMM()
	low := g.quad(a)
	g.VINSERTI128(Imm(1), low, low.AsY(), src)
	srcS, srcD := stage(src)
	ones := g.YMM()
	g.VPCMPEQW(ones, ones, ones)
	g.VPSRLW(Imm(15), ones, ones)

	g.Label("pair")
	v := g.YMM()
	g.VMOVDQU(Mem{Base: preds}, v)
	s, d := stage(v)
	g.VPSUBW(srcS, s, s)
	g.VPSUBW(srcD, d, d)
	upper, lower := g.YMM(), g.YMM() // rows 0 and 1, rows 2 and 3
	g.VPUNPCKLQDQ(d, s, upper)
	g.VPUNPCKHQDQ(d, s, lower)
	g.butterfly(&upper, &lower)
	even, odd := g.YMM(), g.YMM()
	g.VSHUFPS(Imm(0x88), lower, upper, even)
	g.VSHUFPS(Imm(0xdd), lower, upper, odd)
	g.butterfly(&even, &odd)
	m := g.greaterOfNeighbours(even, odd)
	g.VPMADDWD(ones, m, m)
	t := g.YMM()
	g.VPSHUFD(Imm(0xee), m, t)
	g.VPADDD(t, m, m)
	g.VPSHUFD(Imm(0x55), m, t)
	g.VPADDD(t, m, m)
	sum, high := g.GP64(), g.XMM()
	g.VMOVD(m.AsX(), sum.As32())
	g.MOVQ(sum, Mem{Base: out})
	g.VEXTRACTI128(Imm(1), m, high)
	g.VMOVD(high, sum.As32())
	g.MOVQ(sum, Mem{Base: out, Disp: 8})
	g.ADDQ(Imm(32), preds)
	g.ADDQ(Imm(16), out)
	g.SUBQ(Imm(2), n)
	g.JEQ(LabelRef("done"))
	g.CMPQ(n, Imm(1))
	g.JNE(LabelRef("pair"))
	g.SUBQ(Imm(16), preds)
	g.SUBQ(Imm(8), out)
	g.INCQ(n)
	g.JMP(LabelRef("pair"))
	g.Label("done")
	g.VZEROUPPER()
	g.RET()
}
