package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// sixTap holds the weights of the six-tap filter for pairs of samples, the outer, the middle and the inner ones.
type sixTap [3]reg.VecVirtual

// halfPlanes writes the half-sample planes of a strip.
//
// Vertical sums go through a buffer of 16-bit lanes, from which the filter of filtered samples takes its six columns: as
// ((af-be)/4 - be + cd)/4 + cd, where the divisions round down, which is (af - 5*be + 20*cd)/16. The inner sum takes one
// value in 16 bits too many: there addition saturates, which changes nothing after the limits of samples.
func halfPlanes(g *gen) {
	weights := g.table("weights", broadcast16(0x0101), broadcast16(0xfbfb), broadcast16(0x1414), broadcast16(16), broadcast16(32))
	g.halfPlanes(weights)
	g.halfPatch(weights)
}

// loadTaps loads the weights and the rounding of the first filter and of the second.
func (g *gen) loadTaps(weights Mem) (taps sixTap, round5, round6 reg.VecVirtual) {
	var v [5]reg.VecVirtual
	for k := range v {
		v[k] = g.YMM()
		g.VPBROADCASTQ(weights.Offset(8*k), v[k])
	}
	return sixTap(v[:3]), v[3], v[4]
}

// sixRows are the samples at p and in the five rows below.
func sixRows(p, s, s3, s5 reg.GPVirtual) [6]Mem {
	return [6]Mem{
		{Base: p}, {Base: p, Index: s, Scale: 1}, {Base: p, Index: s, Scale: 2},
		{Base: p, Index: s3, Scale: 1}, {Base: p, Index: s, Scale: 4}, {Base: p, Index: s5, Scale: 1},
	}
}

// centre stores the filter of 32 columns of filtered samples, where at is the memory of the sum of a column.
func (g *gen) centre(at func(column int) Mem, round6 reg.VecVirtual, dst Mem) {
	var half [2]reg.VecVirtual
	for k := range half {
		var pairs [3]reg.VecVirtual
		for i := range pairs {
			pairs[i] = g.YMM()
			g.VMOVDQU(at(16*k+i-2), pairs[i])
			g.VPADDW(at(16*k+3-i), pairs[i], pairs[i])
		}
		af, be, cd := pairs[0], pairs[1], pairs[2]
		g.VPSUBW(be, af, af)
		g.VPSRAW(Imm(2), af, af)
		g.VPSUBW(be, cd, be)
		g.VPADDSW(be, af, af)
		g.VPSRAW(Imm(2), af, af)
		g.VPADDW(cd, af, af)
		half[k] = af
	}
	g.samples(half[0], half[1], round6, 6)
	g.VPERMQ(Imm(0xd8), half[0], half[0])
	g.VMOVDQU(half[0], dst)
}

// storeSums stores what sums returns in the order of columns.
func (g *gen) storeSums(low, high reg.VecVirtual, at func(column int) Mem) {
	for k, v := range []reg.VecVirtual{low, high} {
		g.VMOVDQU(v.AsX(), at(8*k))
		g.VEXTRACTI128(Imm(1), v, at(8*k+16))
	}
}

// halfPatch writes the half-sample planes of a block: all columns are summed at once.
func (g *gen) halfPatch(weights Mem) {
	g.function("halfPatchAVX2", "(dst *uint8, distance, stride int, src *uint8, sStride, h int, sums *[48]int16)",
		"halfPatchAVX2 is HalfPatch, of columns up to 31.")
	s, s3, s5 := g.param("sStride"), g.GP64(), g.GP64()
	g.LEAQ(Mem{Base: s, Index: s, Scale: 2}, s3)
	g.LEAQ(Mem{Base: s, Index: s, Scale: 4}, s5)
	src, h, sums, d := g.param("src"), g.param("h"), g.param("sums"), g.param("distance")
	dst, dst2, d3, stride := g.param("dst"), g.GP64(), g.GP64(), g.param("stride")
	g.LEAQ(Mem{Base: d, Index: d, Scale: 2}, d3)
	taps, round5, round6 := g.loadTaps(weights)
	g.Label("rows")
	at := func(column int) Mem { return Mem{Base: sums, Disp: 2 * (column + 2)} }
	low, high := g.sums(sixRows(src, s, s3, s5), taps)
	g.storeSums(low, high, func(column int) Mem { return at(column - 2) })
	g.samples(low, high, round5, 5)
	g.VMOVDQU(low, Mem{Base: dst, Index: d, Scale: 2})
	whole := g.YMM()
	g.VMOVDQU(Mem{Base: src, Index: s, Scale: 2}, whole)
	g.VMOVDQU(whole, Mem{Base: dst})
	var row [6]Mem
	for k := range row {
		row[k] = Mem{Base: src, Index: s, Scale: 2, Disp: k}
	}
	low, high = g.sums(row, taps)
	g.samples(low, high, round5, 5)
	g.VMOVDQU(low, Mem{Base: dst, Index: d, Scale: 1, Disp: 2})
	g.LEAQ(Mem{Base: dst, Index: d3, Scale: 1}, dst2)
	g.centre(at, round6, Mem{Base: dst2, Disp: 2})
	g.ADDQ(s, src)
	g.ADDQ(stride, dst)
	g.DECQ(h)
	g.JNZ(LabelRef("rows"))
	g.VZEROUPPER()
	g.RET()
}

func (g *gen) halfPlanes(weights Mem) {
	g.function("halfPlanesAVX2", "(dstH, dstV, dstC, src *uint8, stride, n, h int, sums *int16)",
		"halfPlanesAVX2 makes the half-sample planes of n columns, at least 32, and h rows. It keeps n+32 sums.")
	s, n, h := g.param("stride"), g.param("n"), g.param("h")
	s3, s5 := g.GP64(), g.GP64()
	g.LEAQ(Mem{Base: s, Index: s, Scale: 2}, s3)
	g.LEAQ(Mem{Base: s, Index: s, Scale: 4}, s5)
	src := g.param("src")
	dstH, dstV, dstC, sums := g.param("dstH"), g.param("dstV"), g.param("dstC"), g.param("sums")
	taps, round5, round6 := g.loadTaps(weights)
	g.SUBQ(s, src)
	g.SUBQ(s, src) // two rows up

	g.Label("row")
	x, p := g.GP64(), g.GP64()
	column := func() [6]Mem { return sixRows(p, s, s3, s5) }

	g.Comment("Sums of the columns -2 to 5, and of those up to n+2.")
	const at0 = 32 // bytes of the buffer before the sum of column 0
	g.LEAQ(Mem{Base: src, Disp: -2}, p)
	g.VMOVDQU(g.eightSums(column(), taps), Mem{Base: sums, Disp: at0 - 4})
	g.LEAQ(Mem{Base: src, Index: n, Scale: 1, Disp: -5}, p)
	g.VMOVDQU(g.eightSums(column(), taps), Mem{Base: sums, Index: n, Scale: 2, Disp: at0 - 10})

	g.Comment("Half a sample below, and half a sample to the right.")
	g.XORQ(x, x)
	g.Label("straight")
	g.LEAQ(Mem{Base: src, Index: x, Scale: 1}, p)
	low, high := g.sums(column(), taps)
	at := func(column int) Mem { return Mem{Base: sums, Index: x, Scale: 2, Disp: at0 + 2*column} }
	g.storeSums(low, high, at)
	g.samples(low, high, round5, 5)
	g.VMOVDQU(low, Mem{Base: dstV, Index: x, Scale: 1})
	var row [6]Mem
	for k := range row {
		row[k] = Mem{Base: p, Index: s, Scale: 2, Disp: k - 2}
	}
	low, high = g.sums(row, taps)
	g.samples(low, high, round5, 5)
	g.VMOVDQU(low, Mem{Base: dstH, Index: x, Scale: 1})
	g.nextChunk(x, n, "straight", "straightDone")

	g.Comment("Half a sample to the right of those below.")
	g.XORQ(x, x)
	g.Label("centre")
	g.centre(at, round6, Mem{Base: dstC, Index: x, Scale: 1})
	g.nextChunk(x, n, "centre", "centreDone")

	for _, q := range []reg.GPVirtual{src, dstH, dstV, dstC} {
		g.ADDQ(s, q)
	}
	g.DECQ(h)
	g.JNZ(LabelRef("row"))
	g.VZEROUPPER()
	g.RET()
}

// nextChunk goes on with the next 32 of n columns, or with the last 32 where fewer are left.
func (g *gen) nextChunk(x, n reg.GPVirtual, again, done string) { g.nextColumns(32, x, n, again, done) }

// nextColumns is nextChunk for that many columns.
func (g *gen) nextColumns(columns int, x, n reg.GPVirtual, again, done string) {
	last := g.GP64()
	g.ADDQ(Imm(uint64(columns)), x)
	g.CMPQ(x, n)
	g.JEQ(LabelRef(done))
	g.LEAQ(Mem{Base: n, Disp: -columns}, last)
	g.CMPQ(x, last)
	g.CMOVQGT(last, x)
	g.JMP(LabelRef(again))
	g.Label(done)
}

// sums returns the six-tap sums of 32 columns, or of a row at 32 places: in 16-bit lanes those of the samples 0 to 7 and
// 16 to 23, and the others.
func (g *gen) sums(six [6]Mem, taps sixTap) (low, high reg.VecVirtual) {
	for i, tap := range taps {
		a, b := g.YMM(), g.YMM()
		g.VMOVDQU(six[i], a)
		g.VMOVDQU(six[5-i], b)
		l, h := g.YMM(), g.YMM()
		g.VPUNPCKLBW(b, a, l)
		g.VPUNPCKHBW(b, a, h)
		g.VPMADDUBSW(tap, l, l)
		g.VPMADDUBSW(tap, h, h)
		if i == 0 {
			low, high = l, h
			continue
		}
		g.VPADDW(l, low, low)
		g.VPADDW(h, high, high)
	}
	return low, high
}

// eightSums returns the six-tap sums of 8 columns.
func (g *gen) eightSums(six [6]Mem, taps sixTap) (sum reg.VecVirtual) {
	for i, tap := range taps {
		a, b := g.XMM(), g.XMM()
		g.VMOVQ(six[i], a)
		g.VMOVQ(six[5-i], b)
		g.VPUNPCKLBW(b, a, a)
		g.VPMADDUBSW(tap.AsX(), a, a)
		if i == 0 {
			sum = a
			continue
		}
		g.VPADDW(a, sum, sum)
	}
	return sum
}

// samples rounds sums, shifts them and limits them to samples, all in low.
func (g *gen) samples(low, high, round reg.VecVirtual, shift uint64) {
	for _, v := range []reg.VecVirtual{low, high} {
		g.VPADDW(round, v, v)
		g.VPSRAW(Imm(shift), v, v)
	}
	g.VPACKUSWB(high, low, low)
}
