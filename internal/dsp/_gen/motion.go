package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// motion writes averages, weights and the interpolation of chroma.
func motion(g *gen) {
	for _, w := range []int{16, 8, 4} {
		g.avg(w)
	}
	for _, w := range []int{16, 8, 4} {
		g.weight(w)
	}
	pairs := g.table("pairs", 0x0e0c0a0806040200, 0x0f0d0b0907050301)
	round := g.table("round", broadcast16(1<<9))
	for _, w := range []int{8, 4, 2} {
		g.chroma(w, pairs, round)
	}
	g.splitPairs(pairs)
	g.joinPairs()
}

// loadRow loads a row of w samples, 16, 8 or 4.
func (g *gen) loadRow(w int, m Mem) reg.VecVirtual {
	v := g.XMM()
	switch w {
	case 16:
		g.VMOVDQU(m, v)
	case 8:
		g.VMOVQ(m, v)
	case 4:
		g.VMOVD(m, v)
	}
	return v
}

// storeRow stores a row of w samples.
func (g *gen) storeRow(w int, v reg.VecVirtual, m Mem) {
	switch w {
	case 16:
		g.VMOVDQU(v, m)
	case 8:
		g.VMOVQ(v, m)
	case 4:
		g.VMOVD(v, m)
	}
}

func (g *gen) avg(w int) {
	name := sprintf("avg%dAVX2", w)
	g.function(name, "(dst *uint8, dStride int, a *uint8, aStride int, b *uint8, bStride int, h int)",
		sprintf("%s is Avg of %d columns and h rows, an even number.", name, w))
	d, a, b, h := g.block("dst", "dStride"), g.block("a", "aStride"), g.block("b", "bStride"), g.param("h")
	g.Label("rows")
	for y := range 2 {
		v := g.loadRow(w, a.row(y))
		if w == 16 {
			g.VPAVGB(b.row(y), v, v)
		} else {
			g.VPAVGB(g.loadRow(w, b.row(y)), v, v)
		}
		g.storeRow(w, v, d.row(y))
	}
	for _, p := range []block{d, a, b} {
		p.next(g, 2)
	}
	g.SUBQ(Imm(2), h)
	g.JNZ(LabelRef("rows"))
	g.RET()
}

func (g *gen) weight(w int) {
	name := sprintf("weight%dAVX2", w)
	g.function(name, "(p *uint8, stride, h, log2 int, round, scale, offset int16)",
		sprintf("%s is Weight of %d columns.", name, w))
	p, h := g.block("p", "stride"), g.param("h")
	wide := w == 16
	shift := g.XMM()
	g.VMOVQ(g.argument("log2"), shift)
	lanes := func(name string) reg.VecVirtual {
		v := g.vector(wide)
		g.VPBROADCASTW(g.argument(name), v)
		return v
	}
	round, scale, offset := lanes("round"), lanes("scale"), lanes("offset")
	g.Label("rows")
	v := g.vector(wide)
	if w == 4 {
		g.VMOVD(p.row(0), v)
		g.VPMOVZXBW(v, v)
	} else {
		g.VPMOVZXBW(p.row(0), v)
	}
	g.VPMULLW(scale, v, v)
	g.VPADDW(round, v, v)
	g.VPSRAW(shift, v, v)
	g.VPADDW(offset, v, v)
	high := v
	if wide {
		high = g.XMM()
		g.VEXTRACTI128(Imm(1), v, high)
	}
	low := v.AsX()
	g.VPACKUSWB(high, low, low)
	g.storeRow(w, low.(reg.VecVirtual), p.row(0))
	g.ADDQ(p.stride, p.p)
	g.DECQ(h)
	g.JNZ(LabelRef("rows"))
	g.VZEROUPPER()
	g.RET()
}

// chroma writes the bilinear interpolation of w pairs. Weights are for the sample and the one beside it, in bytes; the
// shift and its rounding are a multiplication (VPMULHRSW).
func (g *gen) chroma(w int, pairs, round Mem) {
	name := sprintf("chroma%dAVX2", w)
	g.function(name, "(cb, cr *uint8, dStride int, src *uint8, sStride, right, down, h int, upper, lower uint16)",
		sprintf("%s predicts %d pairs of h rows: right and down are the distances to the next pair and row, upper and lower", name, w),
		"the weights of samples of a row and of the next, in the lower byte that of the sample, then that of the one beside.")
	cb, cr := g.block("cb", "dStride"), block{p: g.param("cr")}
	src, right, down, h := g.block("src", "sStride"), g.param("right"), g.param("down"), g.param("h")
	wide := w == 8
	upper, lower, rounding := g.vector(wide), g.vector(wide), g.vector(wide)
	g.VPBROADCASTW(g.argument("upper"), upper)
	g.VPBROADCASTW(g.argument("lower"), lower)
	g.VPBROADCASTQ(round, rounding)
	apart := g.XMM()
	g.VMOVDQU(pairs, apart)
	// row loads samples, each beside the one to its right.
	row := func(v reg.VecVirtual) {
		a, b := g.loadRow(2*w, src.row(0)), g.loadRow(2*w, Mem{Base: src.p, Index: right, Scale: 1})
		g.VPUNPCKLBW(b, a, v.AsX())
		if wide {
			g.VPUNPCKHBW(b, a, a)
			g.VINSERTI128(Imm(1), a, v, v)
		}
	}
	this, next := g.vector(wide), g.vector(wide)
	row(this)
	g.ADDQ(down, src.p)
	g.Label("rows")
	row(next)
	low, high := g.vector(wide), g.vector(wide)
	g.VPMADDUBSW(upper, this, low)
	g.VPMADDUBSW(lower, next, high)
	g.VMOVDQA(next, this)
	g.VPADDW(high, low, low)
	g.VPMULHRSW(rounding, low, low)
	x := low.AsX()
	if wide {
		g.VEXTRACTI128(Imm(1), low, high.AsX())
		g.VPACKUSWB(high.AsX(), x, x)
		g.VPSHUFB(apart, x, x)
		g.VMOVQ(x, cb.row(0))
		g.VMOVHPS(x, cr.row(0))
	} else {
		g.VPACKUSWB(x, x, x)
		g.VPSHUFB(apart, x, x)
		if w == 4 {
			g.VMOVD(x, cb.row(0))
			g.VPEXTRD(Imm(2), x, cr.row(0))
		} else {
			g.VPEXTRW(Imm(0), x, cb.row(0))
			g.VPEXTRW(Imm(4), x, cr.row(0))
		}
	}
	g.ADDQ(cb.stride, cb.p)
	g.ADDQ(cb.stride, cr.p)
	g.ADDQ(src.stride, src.p)
	g.DECQ(h)
	g.JNZ(LabelRef("rows"))
	g.VZEROUPPER()
	g.RET()
}

func (g *gen) splitPairs(pairs Mem) {
	g.function("splitPairsAVX2", "(cb, cr *uint8, dStride int, src *uint8, sStride, w, h int)",
		"splitPairsAVX2 is SplitPairs for w a multiple of 8.")
	cb, cr := g.block("cb", "dStride"), block{p: g.param("cr")}
	src, w, h := g.block("src", "sStride"), g.param("w"), g.param("h")
	apart, x := g.XMM(), g.GP64()
	g.VMOVDQU(pairs, apart)
	g.Label("rows")
	g.XORQ(x, x)
	g.Label("columns")
	v := g.XMM()
	g.VMOVDQU(Mem{Base: src.p, Index: x, Scale: 2}, v)
	g.VPSHUFB(apart, v, v)
	g.VMOVQ(v, Mem{Base: cb.p, Index: x, Scale: 1})
	g.VMOVHPS(v, Mem{Base: cr.p, Index: x, Scale: 1})
	g.ADDQ(Imm(8), x)
	g.CMPQ(x, w)
	g.JNE(LabelRef("columns"))
	g.ADDQ(cb.stride, cb.p)
	g.ADDQ(cb.stride, cr.p)
	g.ADDQ(src.stride, src.p)
	g.DECQ(h)
	g.JNZ(LabelRef("rows"))
	g.RET()
}

func (g *gen) joinPairs() {
	g.function("joinPairsAVX2", "(dst *uint8, dStride int, cb, cr *uint8, sStride, w, h int)",
		"joinPairsAVX2 is JoinPairs for w a multiple of 8.")
	dst := g.block("dst", "dStride")
	cb, cr, w, h := g.block("cb", "sStride"), block{p: g.param("cr")}, g.param("w"), g.param("h")
	x := g.GP64()
	g.Label("rows")
	g.XORQ(x, x)
	g.Label("columns")
	v, u := g.XMM(), g.XMM()
	g.VMOVQ(Mem{Base: cb.p, Index: x, Scale: 1}, v)
	g.VMOVQ(Mem{Base: cr.p, Index: x, Scale: 1}, u)
	g.VPUNPCKLBW(u, v, v)
	g.VMOVDQU(v, Mem{Base: dst.p, Index: x, Scale: 2})
	g.ADDQ(Imm(8), x)
	g.CMPQ(x, w)
	g.JNE(LabelRef("columns"))
	g.ADDQ(cb.stride, cb.p)
	g.ADDQ(cb.stride, cr.p)
	g.ADDQ(dst.stride, dst.p)
	g.DECQ(h)
	g.JNZ(LabelRef("rows"))
	g.RET()
}
