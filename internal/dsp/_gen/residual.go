package main

import . "github.com/mmcloughlin/avo/operand"

// residual writes the kernels that go from samples to levels in one call.
func residual(g *gen) {
	g.residual16x16()
	g.zeroChroma8x8()
}

// gainLimits are the bounds of gain in package dsp.
const (
	gainLevel     = 127
	gainMagnitude = 4095
)

func (g *gen) residual16x16() {
	g.function("residual16x16AVX2", "(level *[16][16]int16, a *uint8, aStride int, p *uint8, pStride int, mf *[16]uint16, bias *[16]uint32, shift uint64, nonzero *[16]uint8) (gain, ssd int)",
		"residual16x16AVX2 is Quant4x4.Residual16x16.")
	level, a, p, nonzero := g.param("level"), g.loadBlock("a", "aStride"), g.loadBlock("p", "pStride"), g.param("nonzero")
	mf, bias, scan := g.param("mf"), g.param("bias"), g.toScan()
	shift, shift5, gain, ssd := g.XMM(), g.XMM(), g.YMM(), g.YMM()
	n := g.param("shift")
	g.VMOVQ(n, shift)
	g.SUBQ(Imm(5), n)
	g.VMOVQ(n, shift5)
	g.VPXOR(gain, gain, gain)
	g.VPXOR(ssd, ssd, ssd)
	half := g.GP64()
	g.MOVL(U32(2), half.As32())
	g.Label("half")
	for i := range 2 { // a row of blocks, the first half of which are a quadrant's
		d := g.differences(g.rows16x4(a), g.rows16x4(p))
		a.next(g, 4)
		p.next(g, 4)
		for _, row := range d {
			square := g.YMM()
			g.VPMADDWD(row, row, square)
			g.VPADDD(square, ssd, ssd)
		}
		x := g.columns(d)
		v, w := g.unpack(64, x[0], x[1])
		y, z := g.unpack(64, x[2], x[3])
		for k, pair := range [4][2]vec{{v, y}, {w, z}, {v, y}, {w, z}} {
			c := g.YMM()
			g.VPERM2I128(Imm(uint64(0x20+k/2*0x11)), pair[1], pair[0], c)
			c = g.permute(c, scan)
			block := 2*i + k&1 + k/2*4
			m, l, h := g.YMM(), g.YMM(), g.YMM()
			g.VPABSW(c, m)
			g.VPMULLW(Mem{Base: mf}, m, l)
			g.VPMULHUW(Mem{Base: mf}, m, h)
			l, h = g.unpack(16, l, h)
			// Twice the magnitudes before rounding, in 1/16.
			twice, s := g.YMM(), g.YMM()
			g.VPSRLD(shift5, l, twice)
			g.VPSRLD(shift5, h, s)
			g.VPACKUSDW(s, twice, twice)
			g.VPADDD(Mem{Base: bias}, l, l)
			g.VPADDD(Mem{Base: bias, Disp: 32}, h, h)
			g.VPSRLD(shift, l, l)
			g.VPSRLD(shift, h, h)
			g.VPACKSSDW(h, l, l)
			g.VPSIGNW(c, l, h)
			g.VMOVDQU(h, Mem{Base: level, Disp: 32 * block})
			g.VPMINUW(g.word("gainLevel", gainLevel), l, m)
			g.VPMINUW(g.word("gainMagnitude", gainMagnitude), twice, twice)
			g.VPSLLW(Imm(4), m, s)
			g.VPSUBW(s, twice, twice)
			g.VPMADDWD(m, twice, twice)
			g.VPADDD(twice, gain, gain)
			zeros, count := g.YMM(), g.GP32()
			g.VPXOR(zeros, zeros, zeros)
			g.VPCMPGTW(zeros, l, l)
			g.VPMOVMSKB(l, count)
			g.POPCNTL(count, count)
			g.SHRL(Imm(1), count)
			g.MOVB(count.As8(), Mem{Base: nonzero, Disp: block})
		}
	}
	g.ADDQ(U32(256), level)
	g.ADDQ(Imm(8), nonzero)
	g.DECL(half.As32())
	g.JNZ(LabelRef("half"))
	g.Store(g.sum32(ssd, true), g.Return("ssd"))
	sum := g.sum32(gain, true)
	g.VZEROUPPER()
	g.Store(sum, g.Return("gain"))
	g.RET()
}

func (g *gen) zeroChroma8x8() {
	g.function("zeroChroma8x8AVX2", "(cb, cr *uint8, stride int, pb, pr *uint8, pStride int, limits *[16]int16, dc int16) bool",
		"zeroChroma8x8AVX2 is Quant4x4.ZeroChroma8x8, where the first of limits holds all.")
	cb, pb, limits := g.loadBlock("cb", "stride"), g.loadBlock("pb", "pStride"), g.loadLimits()
	cr, pr := cb, pb
	cr.p, pr.p = g.param("cr"), g.param("pr")
	dc, first := g.YMM(), g.YMM()
	var all vec
	g.VPBROADCASTW(g.argument("dc"), dc)
	g.VPCMPEQW(first, first, first)
	g.VPSRLQ(Imm(48), first, first) // of each four
	for i, b := range [2][2]block{{cb, pb}, {cr, pr}} {
		x := g.columns(g.differences(g.rows8x8(b[0]), g.rows8x8(b[1])))
		beyond := g.beyond(x, limits)
		d := x[0]
		g.VPAND(first, d, d)
		// The second transform: sums and differences beside each other, then above each other.
		for _, swap := range []struct{ order, differences uint64 }{{0xb1, 0xcc}, {0x4e, 0xf0}} {
			other, sum := g.YMM(), g.YMM()
			g.VPERMQ(Imm(swap.order), d, other)
			g.VPADDW(other, d, sum)
			g.VPSUBW(other, d, other)
			g.VPBLENDD(Imm(swap.differences), other, sum, d)
		}
		g.VPABSW(d, d)
		g.VPSUBUSW(dc, d, d)
		g.VPOR(d, beyond, beyond)
		if i == 0 {
			all = beyond
		} else {
			g.VPOR(beyond, all, all)
		}
	}
	g.VPTEST(all, all)
	within := g.GP8()
	g.SETEQ(within)
	g.result(within)
}
