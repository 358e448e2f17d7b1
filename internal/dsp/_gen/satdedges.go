package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// satdEdges writes the SATDs of a square block against three predictions from its edges, none of which it makes: the
// transform is linear, and of the predictions only few coefficients are not 0. That of columns has those without a
// vertical change, that of rows those without a horizontal one, the flat one those without any.
func (g *gen) satdEdges(s satdShape, signs signs) {
	name := "satdEdges" + s.name + "AVX2"
	g.function(name, "(a *uint8, stride int, top, left *uint8, dc uint8) (columns, rows, flat int)",
		sprintf("%s is SATDEdges of %d x %d samples.", name, s.w, s.w))
	a, left := g.block("a", "stride").with3(g), g.param("left")
	weights := g.weights(s, signs)
	load := func(m Mem) reg.VecVirtual {
		x := g.YMM()
		if s.w == 16 {
			g.VBROADCASTI128(m, x)
		} else {
			g.VPBROADCASTQ(m, x)
		}
		return x
	}
	// What a row of the predictions makes of four, one below the other.
	top, dc := load(Mem{Base: g.param("top")}), g.YMM()
	g.VPBROADCASTB(g.argument("dc"), dc)
	for _, x := range []reg.VecVirtual{top, dc} {
		g.VPMADDUBSW(weights, x, x)
		g.VPSLLW(Imm(2), x, x)
	}
	// Sums of the rows' prediction; of what columns and flat share; of what they don't: even lanes and odd ones.
	rows, shared, apart := g.YMM(), g.YMM(), g.YMM()
	for _, x := range []reg.VecVirtual{rows, shared, apart} {
		g.VPXOR(x, x, x)
	}
	h := g.GP64()
	g.MOVQ(U32(s.w), h)
	g.Label("rows")
	v := g.firstStage(s, weights, reference{p: a})
	g.columnStages(&v)
	var l [4]reg.VecVirtual
	for y := range l {
		l[y] = g.YMM()
		g.VPBROADCASTB(Mem{Base: left, Disp: y}, l[y])
		if s.h == 8 {
			lower := g.YMM()
			g.VPBROADCASTB(Mem{Base: left, Disp: y + 4}, lower)
			g.VPBLENDD(Imm(0xcc), lower, l[y], l[y])
		}
		g.VPMADDUBSW(weights, l[y], l[y])
	}
	g.columnStages(&l)
	for y := range l {
		g.VPSUBW(l[y], v[y], l[y])
	}
	g.VPADDW(g.greaterOfNeighbours(l[0], l[1]), rows, rows)
	g.VPADDW(g.greaterOfNeighbours(l[2], l[3]), rows, rows)
	g.VPADDW(g.greaterOfNeighbours(v[2], v[3]), shared, shared)
	twice := g.YMM()
	g.VMOVDQA(v[1], twice)
	g.VPADDW(g.greaterOfNeighbours(v[1], twice), apart, apart)
	flat := g.YMM()
	g.VPSUBW(dc, v[0], flat)
	g.VPSUBW(top, v[0], v[0])
	g.VPADDW(g.greaterOfNeighbours(v[0], flat), apart, apart)
	a.next(g, s.h)
	g.ADDQ(Imm(uint64(s.h)), left)
	g.SUBQ(Imm(uint64(s.h)), h)
	g.JNZ(LabelRef("rows"))

	odd, ones := g.YMM(), g.ones(true)
	g.VPSRLD(Imm(16), apart, odd)
	g.VPMADDWD(ones, rows, rows)
	g.VPMADDWD(ones, shared, shared)
	g.VPSLLD(Imm(16), apart, apart)
	g.VPSRLD(Imm(16), apart, apart)
	g.VPHADDD(odd, apart, apart)
	g.VPHADDD(rows, shared, shared)
	g.VPHADDD(shared, apart, apart)
	low, high := apart.AsX(), g.XMM()
	g.VEXTRACTI128(Imm(1), apart, high)
	g.VPADDD(high, low, low)
	var sums [4]reg.GPVirtual // columns, flat, shared, rows
	for k := range sums {
		sums[k] = g.GP64()
		g.VPEXTRD(Imm(uint64(k)), low, sums[k].As32())
	}
	g.ADDQ(sums[2], sums[0])
	g.ADDQ(sums[2], sums[1])
	g.VZEROUPPER()
	g.Store(sums[0], g.Return("columns"))
	g.Store(sums[3], g.Return("rows"))
	g.Store(sums[1], g.Return("flat"))
	g.RET()
}
