package main

import (
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// planes writes copies and the picture of half the size.
func planes(g *gen) {
	g.copy16()
	g.copyWide()
	g.copyPairs()
	g.prefetch()
	g.border("border", 1, (*build.Context).VPBROADCASTB)
	g.border("borderPairs", 2, (*build.Context).VPBROADCASTW)
	g.halfSize()
}

func (g *gen) copy16() {
	g.function("copy16AVX2", "(dst *uint8, dStride int, src *uint8, sStride int, h int)",
		"copy16AVX2 is CopyBlock of 16 columns and h rows, an even number.")
	d, s, h := g.block("dst", "dStride"), g.block("src", "sStride"), g.param("h")
	g.Label("rows")
	v, w := g.XMM(), g.XMM()
	g.VMOVDQU(s.row(0), v)
	g.VMOVDQU(s.row(1), w)
	g.VMOVDQU(v, d.row(0))
	g.VMOVDQU(w, d.row(1))
	s.next(g, 2)
	d.next(g, 2)
	g.SUBQ(Imm(2), h)
	g.JNZ(LabelRef("rows"))
	g.RET()
}

func (g *gen) copyWide() {
	g.function("copyWideAVX2", "(dst *uint8, dStride int, src *uint8, sStride int, n, h int)",
		"copyWideAVX2 is CopyBlock of n columns, at least 32, and h rows.")
	d, s, n, h, x := g.block("dst", "dStride"), g.block("src", "sStride"), g.param("n"), g.param("h"), g.GP64()
	g.Label("rows")
	g.XORQ(x, x)
	g.Label("columns")
	v := g.YMM()
	g.VMOVDQU(Mem{Base: s.p, Index: x, Scale: 1}, v)
	g.VMOVDQU(v, Mem{Base: d.p, Index: x, Scale: 1})
	g.nextChunk(x, n, "columns", "done")
	g.ADDQ(s.stride, s.p)
	g.ADDQ(d.stride, d.p)
	g.DECQ(h)
	g.JNZ(LabelRef("rows"))
	g.VZEROUPPER()
	g.RET()
}

func (g *gen) copyPairs() {
	g.function("copyPairsAVX2", "(dst *uint8, dStride int, src *uint8, sStride int, cb, cr *uint8)",
		"copyPairsAVX2 is CopyPairs.")
	d, s := g.block("dst", "dStride").with3(g), g.block("src", "sStride").with3(g)
	cb, cr := g.param("cb"), g.param("cr")
	var last reg.VecVirtual
	for y := range 8 {
		if y == 4 {
			d.next(g, 4)
			s.next(g, 4)
		}
		last = g.XMM()
		g.VMOVDQU(s.row(y&3), last)
		g.VMOVDQU(last, d.row(y&3))
	}
	g.VPSHUFB(g.constant("apart", 0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15), last, last)
	g.VMOVQ(last, Mem{Base: cb})
	g.VPEXTRQ(Imm(1), last, Mem{Base: cr})
	g.RET()
}

// border writes the repetition of samples, or of pairs, beside rows.
func (g *gen) border(name string, size int, broadcast func(c *build.Context, ops ...Op)) {
	g.function(name+"AVX2", "(first, beyond *uint8, stride, h, n int)",
		sprintf("%sAVX2 repeats the first element of h rows in the n bytes, a multiple of 16, before it, and that before beyond in n", name),
		"bytes from there on.")
	first, beyond, stride, h, n, x := g.param("first"), g.param("beyond"), g.param("stride"), g.param("h"), g.param("n"), g.GP64()
	g.SUBQ(n, first)
	g.Label("rows")
	left, right := g.XMM(), g.XMM()
	broadcast(g.Context, Mem{Base: first, Index: n, Scale: 1}, left)
	broadcast(g.Context, Mem{Base: beyond, Disp: -size}, right)
	g.XORQ(x, x)
	g.Label("columns")
	g.VMOVDQU(left, Mem{Base: first, Index: x, Scale: 1})
	g.VMOVDQU(right, Mem{Base: beyond, Index: x, Scale: 1})
	g.ADDQ(Imm(16), x)
	g.CMPQ(x, n)
	g.JLT(LabelRef("columns"))
	g.ADDQ(stride, first)
	g.ADDQ(stride, beyond)
	g.DECQ(h)
	g.JNZ(LabelRef("rows"))
	g.RET()
}

func (g *gen) prefetch() {
	g.function("prefetchAVX2", "(p *uint8, stride int, h int)",
		"prefetchAVX2 is Prefetch of h rows, a multiple of 4.")
	p, h := g.block("p", "stride").with3(g), g.param("h")
	g.Label("rows")
	for y := range 4 {
		g.PREFETCHT0(p.row(y))
	}
	p.next(g, 4)
	g.SUBQ(Imm(4), h)
	g.JNZ(LabelRef("rows"))
	g.RET()
}

// halfRow writes the picture of half the size. The division by 4 and its rounding are a multiplication (VPMULHRSW).
func (g *gen) halfSize() {
	round := g.table("quarter", broadcast16(1<<13))
	g.function("halfAVX2", "(dst *uint8, dStride int, src *uint8, sStride int, n, h int)",
		"halfAVX2 is Half of n columns, at least 32, and h rows.")
	dst, dStride, src, sStride := g.param("dst"), g.param("dStride"), g.param("src"), g.param("sStride")
	n, h, x, below := g.param("n"), g.param("h"), g.GP64(), g.GP64()
	quarter, ones := g.YMM(), g.YMM()
	g.VPBROADCASTQ(round, quarter)
	g.VPCMPEQB(ones, ones, ones)
	g.VPABSB(ones, ones)
	g.Label("rows")
	g.LEAQ(Mem{Base: src, Index: sStride, Scale: 1}, below)
	g.XORQ(x, x)
	g.Label("columns")
	var out [2]reg.VecVirtual
	for k := range out {
		v, u := g.YMM(), g.YMM()
		g.VMOVDQU(Mem{Base: src, Index: x, Scale: 2, Disp: 32 * k}, v)
		g.VMOVDQU(Mem{Base: below, Index: x, Scale: 2, Disp: 32 * k}, u)
		g.VPMADDUBSW(ones, v, v)
		g.VPMADDUBSW(ones, u, u)
		g.VPADDW(u, v, v)
		g.VPMULHRSW(quarter, v, v)
		out[k] = v
	}
	g.VPACKUSWB(out[1], out[0], out[0])
	g.VPERMQ(Imm(0xd8), out[0], out[0])
	g.VMOVDQU(out[0], Mem{Base: dst, Index: x, Scale: 1})
	g.nextChunk(x, n, "columns", "done")
	g.ADDQ(dStride, dst)
	g.LEAQ(Mem{Base: src, Index: sStride, Scale: 2}, src)
	g.DECQ(h)
	g.JNZ(LabelRef("rows"))
	g.VZEROUPPER()
	g.RET()
}
