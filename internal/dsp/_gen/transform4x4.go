package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Four 4x4 blocks are transformed at once: a vector holds a row (or a column) of each, in four groups of four lanes.

// transform4x4 writes the 4x4 transforms and their quantisation.
func transform4x4(g *gen) {
	g.forwardDCT()
	g.forwardDCTFour()
	g.forwardDCTSixteen()
	g.inverseDCT()
	g.inverseDCTFourDC()
	g.inverseDCFour()
	g.quant4x4()
	g.zero16x16()
}

// scanColumn is the place of each position of the scan where columns stand one after the other.
var scanColumn = [16]int{0, 4, 1, 2, 5, 8, 12, 9, 6, 3, 7, 10, 13, 14, 11, 15}

// toScan is the permutation of blocks that stand in columns to scan order.
func (g *gen) toScan() permutation { return g.loadPermutation("toScan", scanColumn) }

// toColumns is the inverse of toScan.
func (g *gen) toColumns() permutation {
	var inverse [16]int
	for i, c := range scanColumn {
		inverse[c] = i
	}
	return g.loadPermutation("toColumns", inverse)
}

// forward4 is the core transform of four vectors.
func (g *gen) forward4(x [4]vec) [4]vec {
	s0, s1, t0, t1 := g.add(x[0], x[3]), g.add(x[1], x[2]), g.sub(x[0], x[3]), g.sub(x[1], x[2])
	return [4]vec{g.add(s0, s1), g.add(g.add(t0, t0), t1), g.sub(s0, s1), g.sub(t0, g.add(t1, t1))}
}

// inverse4 is the transform of clause 8.5.12.2 of four vectors.
func (g *gen) inverse4(x [4]vec) [4]vec {
	e0, e1 := g.add(x[0], x[2]), g.sub(x[0], x[2])
	e2, e3 := g.sub(g.half(x[1]), x[3]), g.add(x[1], g.half(x[3]))
	return [4]vec{g.add(e0, e3), g.add(e1, e2), g.sub(e1, e2), g.sub(e0, e3)}
}

// transpose exchanges rows and columns of four blocks.
func (g *gen) transpose(x [4]vec) [4]vec {
	a0, a1 := g.unpack(16, x[0], x[1])
	b0, b1 := g.unpack(16, x[2], x[3])
	c0, c1 := g.unpack(32, a0, b0)
	d0, d1 := g.unpack(32, a1, b1)
	y0, y1 := g.unpack(64, c0, d0)
	y2, y3 := g.unpack(64, c1, d1)
	return [4]vec{y0, y1, y2, y3}
}

// loadBlock takes a block whose rows 0 to 3 are addressable from the parameters of these names.
func (g *gen) loadBlock(p, stride string) block { return g.block(p, stride).with3(g) }

// below returns the block four rows further down.
func (g *gen) below(b block) block {
	p := g.GP64()
	g.LEAQ(Mem{Base: b.p, Index: b.stride, Scale: 4}, p)
	b.p = p
	return b
}

// rows8x8 loads the four rows of the upper 4x4 blocks beside those of the lower ones.
func (g *gen) rows8x8(b block) (x [4]vec) {
	lower := g.below(b)
	for y := range x {
		v := g.XMM()
		x[y] = g.YMM()
		g.VMOVQ(b.row(y), v)
		g.VPINSRQ(Imm(1), lower.row(y), v, v)
		g.VPMOVZXBW(v, x[y])
	}
	return x
}

// rows16x4 loads four rows of sixteen samples.
func (g *gen) rows16x4(b block) (x [4]vec) {
	for y := range x {
		x[y] = g.YMM()
		g.VPMOVZXBW(b.row(y), x[y])
	}
	return x
}

// differences returns a-b.
func (g *gen) differences(a, b [4]vec) (x [4]vec) {
	for y := range x {
		x[y] = g.sub(a[y], b[y])
	}
	return x
}

// columns transforms residuals, rows in, columns of coefficients out.
func (g *gen) columns(x [4]vec) [4]vec { return g.forward4(g.transpose(g.forward4(x))) }

// storeScan stores the blocks whose columns of coefficients are x in scan order, block i at dst+offset[i] bytes.
func (g *gen) storeScan(x [4]vec, dst reg.GPVirtual, scan permutation, offset [4]int) {
	a, b := g.unpack(64, x[0], x[1])
	c, d := g.unpack(64, x[2], x[3])
	for i, pair := range [4][2]vec{{a, c}, {b, d}, {a, c}, {b, d}} {
		v := g.YMM()
		g.VPERM2I128(Imm(uint64(0x20+i/2*0x11)), pair[1], pair[0], v)
		g.VMOVDQU(g.permute(v, scan), Mem{Base: dst, Disp: offset[i]})
	}
}

func (g *gen) forwardDCTFour() {
	g.function("forwardDCTFourAVX2", "(dst *[4][16]int16, a *uint8, aStride int, p *uint8, pStride int)",
		"forwardDCTFourAVX2 is ForwardDCT4x4Four.")
	dst, a, p := g.param("dst"), g.loadBlock("a", "aStride"), g.loadBlock("p", "pStride")
	x := g.columns(g.differences(g.rows8x8(a), g.rows8x8(p)))
	g.storeScan(x, dst, g.toScan(), [4]int{0, 32, 64, 96})
	g.VZEROUPPER()
	g.RET()
}

func (g *gen) forwardDCTSixteen() {
	g.function("forwardDCTSixteenAVX2", "(dst *[16][16]int16, a *uint8, aStride int, p *uint8, pStride int)",
		"forwardDCTSixteenAVX2 is ForwardDCT4x4Sixteen.")
	dst, a, p, scan := g.param("dst"), g.loadBlock("a", "aStride"), g.loadBlock("p", "pStride"), g.toScan()
	half := g.GP64()
	g.MOVL(U32(2), half.As32())
	g.Label("half")
	for i := range 2 { // a row of blocks, the first half of which are a quadrant's
		x := g.columns(g.differences(g.rows16x4(a), g.rows16x4(p)))
		g.storeScan(x, dst, scan, [4]int{64 * i, 64*i + 32, 64*i + 128, 64*i + 160})
		a.next(g, 4)
		p.next(g, 4)
	}
	g.ADDQ(U32(256), dst)
	g.DECQ(half)
	g.JNZ(LabelRef("half"))
	g.VZEROUPPER()
	g.RET()
}

// rows4x4 loads a block's rows into the low halves of vectors.
func (g *gen) rows4x4(b block) [4]vec {
	v, all := g.XMM(), g.YMM()
	g.VMOVD(b.row(0), v)
	for y := 1; y < 4; y++ {
		g.VPINSRD(Imm(uint64(y)), b.row(y), v, v)
	}
	g.VPMOVZXBW(v, all)
	lower := g.XMM()
	g.VEXTRACTI128(Imm(1), all, lower)
	return [4]vec{low(all), g.highHalf(low(all)), lower, g.highHalf(lower)}
}

// highHalf returns a vector whose low half is the high half of v.
func (g *gen) highHalf(v vec) vec {
	d := g.XMM()
	g.VPSHUFD(Imm(0xee), v, d)
	return d
}

// transposeOne is transpose of one block, in the low halves of vectors.
func (g *gen) transposeOne(x [4]vec) [4]vec {
	a, b := g.XMM(), g.XMM()
	g.VPUNPCKLWD(x[1], x[0], a)
	g.VPUNPCKLWD(x[3], x[2], b)
	c, d := g.unpack(32, a, b)
	return [4]vec{c, g.highHalf(c), d, g.highHalf(d)}
}

func (g *gen) forwardDCT() {
	g.function("forwardDCTAVX2", "(dst *[16]int16, a *uint8, aStride int, p *uint8, pStride int)",
		"forwardDCTAVX2 is ForwardDCT4x4.")
	dst, a, p := g.param("dst"), g.loadBlock("a", "aStride"), g.loadBlock("p", "pStride")
	x := g.forward4(g.transposeOne(g.forward4(g.differences(g.rows4x4(a), g.rows4x4(p)))))
	first, second, all := g.XMM(), g.XMM(), g.YMM()
	g.VPUNPCKLQDQ(x[1], x[0], first)
	g.VPUNPCKLQDQ(x[3], x[2], second)
	g.VINSERTI128(Imm(1), second, first.AsY(), all)
	g.VMOVDQU(g.permute(all, g.toScan()), Mem{Base: dst})
	g.VZEROUPPER()
	g.RET()
}

// scaled loads the block of levels at offset, in columns, times scale.
func (g *gen) scaled(level reg.GPVirtual, offset int, scale vec, columns permutation) vec {
	v := g.YMM()
	g.VPMULLW(Mem{Base: level, Disp: offset}, scale, v)
	return g.permute(v, columns)
}

// round returns (x+32)>>6 of the inverse transform of x, of which 32 is added to what reaches all results.
func (g *gen) round(x [4]vec) [4]vec {
	x32 := g.like(x[0])
	g.VPBROADCASTW(g.thirtyTwo(), x32)
	x[0] = g.add(x[0], x32)
	x = g.inverse4(x)
	for y := range x {
		g.VPSRAW(Imm(6), x[y], x[y])
	}
	return x
}

func (g *gen) inverseDCT() {
	g.function("inverseDCTAVX2", "(dst *uint8, dStride int, level, scale *[16]int16)",
		"inverseDCTAVX2 is InverseDCT4x4Add.")
	dst, level, scale := g.loadBlock("dst", "dStride"), g.param("level"), g.YMM()
	g.VMOVDQU(Mem{Base: g.param("scale")}, scale)
	c := g.scaled(level, 0, scale, g.toColumns())
	high := g.XMM()
	g.VEXTRACTI128(Imm(1), c, high)
	x := [4]vec{low(c), g.highHalf(low(c)), high, g.highHalf(high)}
	x = g.round(g.transposeOne(g.inverse4(x)))
	p := g.rows4x4(dst)
	first, out := g.XMM(), g.XMM()
	g.VPUNPCKLQDQ(g.add(x[1], p[1]), g.add(x[0], p[0]), first)
	g.VPUNPCKLQDQ(g.add(x[3], p[3]), g.add(x[2], p[2]), out)
	g.VPACKUSWB(out, first, out)
	g.VMOVD(out, dst.row(0))
	for y := 1; y < 4; y++ {
		g.VPEXTRD(Imm(uint64(y)), out, dst.row(y))
	}
	g.VZEROUPPER()
	g.RET()
}

// addRows8x8 adds residuals to 8x8 samples, laid out as rows8x8 has them.
func (g *gen) addRows8x8(dst block, x [4]vec) {
	p, lower := g.rows8x8(dst), g.below(dst)
	for y := 0; y < 4; y += 2 {
		v, high := g.YMM(), g.XMM()
		g.VPACKUSWB(g.add(x[y+1], p[y+1]), g.add(x[y], p[y]), v)
		g.VEXTRACTI128(Imm(1), v, high)
		g.VMOVQ(v.AsX(), dst.row(y))
		g.VPEXTRQ(Imm(1), v.AsX(), dst.row(y+1))
		g.VMOVQ(high, lower.row(y))
		g.VPEXTRQ(Imm(1), high, lower.row(y+1))
	}
}

func (g *gen) inverseDCTFourDC() {
	g.function("inverseDCTFourDCAVX2", "(dst *uint8, dStride int, level *[4][16]int16, scale *[16]int16, dc *[4]int16)",
		"inverseDCTFourDCAVX2 is InverseDCT4x4FourDCAdd.")
	dst, level, scale, columns := g.loadBlock("dst", "dStride"), g.param("level"), g.YMM(), g.toColumns()
	g.VMOVDQU(Mem{Base: g.param("scale")}, scale)
	dc := g.YMM()
	g.VPMOVZXWQ(Mem{Base: g.param("dc")}, dc)
	g.addFour(dst, level, scale, columns, dc)
	g.VZEROUPPER()
	g.RET()
}

// addFour adds the residual of four blocks of levels to 8x8 samples, with the first coefficients in dc if that isn't nil.
func (g *gen) addFour(dst block, level reg.GPVirtual, scale vec, columns permutation, dc vec) {
	var c [4]vec
	for i := range c {
		c[i] = g.scaled(level, 32*i, scale, columns)
	}
	join := func(half uint64, a, b vec) vec {
		d := g.YMM()
		g.VPERM2I128(Imm(half), b, a, d)
		return d
	}
	var x [4]vec
	x[0], x[1] = g.unpack(64, join(0x20, c[0], c[2]), join(0x20, c[1], c[3]))
	x[2], x[3] = g.unpack(64, join(0x31, c[0], c[2]), join(0x31, c[1], c[3]))
	if dc != nil {
		g.VPBLENDW(Imm(0x11), dc, x[0], x[0])
	}
	g.addRows8x8(dst, g.round(g.transpose(g.inverse4(x))))
}

func (g *gen) inverseDCFour() {
	g.function("inverseDCFourAVX2", "(dst *uint8, dStride int, dc *[4]int16)", "inverseDCFourAVX2 is InverseDC4x4FourAdd.")
	dst, v, x32 := g.loadBlock("dst", "dStride"), g.YMM(), g.YMM()
	g.VPMOVZXWQ(Mem{Base: g.param("dc")}, v)
	g.VPSHUFLW(Imm(0), v, v)
	g.VPSHUFHW(Imm(0), v, v)
	g.VPBROADCASTW(g.thirtyTwo(), x32)
	g.VPADDSW(x32, v, v)
	g.VPSRAW(Imm(6), v, v)
	g.addRows8x8(dst, [4]vec{v, v, v, v})
	g.VZEROUPPER()
	g.RET()
}

func (g *gen) quant4x4() {
	g.function("quant4x4AVX2", "(level, c *[16]int16, mf *[16]uint16, bias *[16]uint32, shift uint64, n int, nonzero *uint8)",
		"quant4x4AVX2 quantises n blocks, at least one. bias is in the order of Quant4x4.")
	level, c, bias, n, nonzero := g.param("level"), g.param("c"), g.param("bias"), g.param("n"), g.param("nonzero")
	mf, b0, b1, shift, zero := g.YMM(), g.YMM(), g.YMM(), g.XMM(), g.YMM()
	g.VMOVDQU(Mem{Base: g.param("mf")}, mf)
	g.VMOVDQU(Mem{Base: bias}, b0)
	g.VMOVDQU(Mem{Base: bias, Disp: 32}, b1)
	g.VMOVQ(g.param("shift"), shift)
	g.VPXOR(zero, zero, zero)
	g.Label("block")
	v, a, low, high := g.YMM(), g.YMM(), g.YMM(), g.YMM()
	g.VMOVDQU(Mem{Base: c}, v)
	g.VPABSW(v, a)
	g.VPMULLW(mf, a, low)
	g.VPMULHUW(mf, a, high)
	low, high = g.unpack(16, low, high)
	g.VPADDD(b0, low, low)
	g.VPADDD(b1, high, high)
	g.VPSRLD(shift, low, low)
	g.VPSRLD(shift, high, high)
	g.VPACKSSDW(high, low, a)
	g.VPCMPGTW(zero, a, low)
	g.VPSIGNW(v, a, a)
	g.VMOVDQU(a, Mem{Base: level})
	count := g.GP32()
	g.VPMOVMSKB(low, count)
	g.POPCNTL(count, count)
	g.SHRL(Imm(1), count)
	g.MOVB(count.As8(), Mem{Base: nonzero})
	g.ADDQ(Imm(32), c)
	g.ADDQ(Imm(32), level)
	g.ADDQ(Imm(1), nonzero)
	g.DECQ(n)
	g.JNZ(LabelRef("block"))
	g.VZEROUPPER()
	g.RET()
}

// beyond returns lanes that are not zero where a magnitude in x is above its limit.
func (g *gen) beyond(x, limits [4]vec) vec {
	all := g.YMM()
	for i := range x {
		v := all
		if i > 0 {
			v = g.YMM()
		}
		g.VPABSW(x[i], v)
		g.VPSUBUSW(limits[i], v, v)
		if i > 0 {
			g.VPOR(v, all, all)
		}
	}
	return all
}

// loadLimits loads the limits of Quant4x4.limitColumns.
func (g *gen) loadLimits() (limits [4]vec) {
	p := g.param("limits")
	for i := range limits {
		limits[i] = g.YMM()
		g.VPBROADCASTQ(Mem{Base: p, Disp: 8 * i}, limits[i])
	}
	return limits
}

func (g *gen) zero16x16() {
	g.function("zero16x16AVX2", "(a *uint8, aStride int, p *uint8, pStride int, limits *[16]int16) bool",
		"zero16x16AVX2 is Quant4x4.Zero16x16.")
	a, p, limits := g.loadBlock("a", "aStride"), g.loadBlock("p", "pStride"), g.loadLimits()
	left := g.GP64()
	g.MOVL(U32(4), left.As32())
	g.Label("rows")
	v := g.beyond(g.columns(g.differences(g.rows16x4(a), g.rows16x4(p))), limits)
	g.VPTEST(v, v)
	g.JNZ(LabelRef("done"))
	a.next(g, 4)
	p.next(g, 4)
	g.DECQ(left)
	g.JNZ(LabelRef("rows"))
	g.Label("done") // with the zero flag set where all are within their limits
	within := g.GP8()
	g.SETEQ(within)
	g.result(within)
}
