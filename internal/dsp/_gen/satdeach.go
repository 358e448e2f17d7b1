package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// twin4x4 is a 4x4 block twice, on which two others follow, each in half a register: its rows 0 to 3 after the first stage
// of the transform of rows, as sums and differences of neighbours.
type twin4x4 struct {
	weights           [2]reg.VecVirtual // of sums and differences
	sums, differences reg.VecVirtual
	ones              reg.VecVirtual
}

func (g *gen) twin4x4(signs signs) (b twin4x4) {
	a := g.block("a", "aStride").with3(g)
	for k := range b.weights {
		b.weights[k] = g.YMM()
		g.VBROADCASTI128(signs.ymm.Offset(16*k), b.weights[k])
	}
	src, low := g.YMM(), g.quad(a)
	g.VINSERTI128(Imm(1), low, low.AsY(), src)
	b.sums, b.differences = b.firstStage(g, src)
	b.ones = g.ones(true)
	return b
}

func (b *twin4x4) firstStage(g *gen, v reg.VecVirtual) (s, d reg.VecVirtual) {
	s, d = g.YMM(), g.YMM()
	g.VPMADDUBSW(b.weights[0], v, s)
	g.VPMADDUBSW(b.weights[1], v, d)
	return s, d
}

// satd returns the SATDs of the blocks in both halves of v, each as the sum of four 32-bit lanes.
func (b *twin4x4) satd(g *gen, v reg.VecVirtual) reg.VecVirtual {
	s, d := b.firstStage(g, v)
	g.VPSUBW(b.sums, s, s)
	g.VPSUBW(b.differences, d, d)
	upper, lower := g.YMM(), g.YMM() // rows 0 and 1, rows 2 and 3
	g.VPUNPCKLQDQ(d, s, upper)
	g.VPUNPCKHQDQ(d, s, lower)
	g.butterfly(&upper, &lower)
	even, odd := g.YMM(), g.YMM()
	g.VSHUFPS(Imm(0x88), lower, upper, even)
	g.VSHUFPS(Imm(0xdd), lower, upper, odd)
	g.butterfly(&even, &odd)
	m := g.greaterOfNeighbours(even, odd)
	g.VPMADDWD(b.ones, m, m)
	return m
}

// satdFour4x4 is satdFour of 4x4 blocks.
func (g *gen) satdFour4x4(signs signs, avg bool) {
	name, against := "satdFour4x4AVX2", "the first blocks of the pairs at"
	if avg {
		name, against = "satdAvgFour4x4AVX2", "the averages of the pairs at"
	}
	g.function(name, "(out *[4]int, a *uint8, aStride int, r *uint8, rStride int, at *[4][2]int, limit int)",
		sprintf("%s is SATDBelow4 against %s, of 4x4 blocks.", name, against))
	source := g.twin4x4(signs)
	r, at := g.block("r", "rStride").with3(g), g.param("at")
	var two [2]reg.VecVirtual
	for k := range two {
		first := r.pair(g, at, 2*k, avg).load(g, g.quad)
		second := r.pair(g, at, 2*k+1, avg).load(g, g.quad)
		both := g.YMM()
		g.VINSERTI128(Imm(1), second, first.AsY(), both)
		two[k] = source.satd(g, both)
	}
	g.VPHADDD(two[1], two[0], two[0])
	g.VPHADDD(two[0], two[0], two[0]) // the blocks 0 and 2 in the lower half, 1 and 3 in the upper one
	low, high := two[0].AsX(), g.XMM()
	g.VEXTRACTI128(Imm(1), two[0], high)
	g.VPUNPCKLDQ(high, low, low)
	g.storeFour(low)
}

// satd4x4Each writes the SATDs of a 4x4 block and predictions of stride 4, two at a time.
func (g *gen) satd4x4Each(signs signs) {
	g.function("satd4x4EachAVX2", "(out *int, a *uint8, aStride int, preds *uint8, n int)",
		"satd4x4EachAVX2 is SATD4x4Each of n predictions, at least 2: of an odd number the last two together.")
	out, preds, n := g.param("out"), g.param("preds"), g.param("n")
	source := g.twin4x4(signs)

	g.Label("pair")
	v := g.YMM()
	g.VMOVDQU(Mem{Base: preds}, v)
	m := source.satd(g, v)
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
