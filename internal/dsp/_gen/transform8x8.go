package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// transform8x8 writes the 8x8 transform and its quantisation. A vector holds a row (or a column) of a block, or of two
// blocks side by side.
func transform8x8(g *gen) {
	g.forwardDCT8x8(false)
	g.forwardDCT8x8(true)
	g.inverseDCT8x8()
	g.quant8x8()
	g.within8x8()
	g.dequant8x8()
}

// transpose8 exchanges rows and columns.
func (g *gen) transpose8(x [8]vec) (y [8]vec) {
	var a, b [8]vec
	for i := range 4 {
		a[2*i], a[2*i+1] = g.unpack(16, x[2*i], x[2*i+1])
	}
	for i := range 2 {
		b[4*i], b[4*i+1] = g.unpack(32, a[4*i], a[4*i+2])
		b[4*i+2], b[4*i+3] = g.unpack(32, a[4*i+1], a[4*i+3])
	}
	for i := range 4 {
		y[2*i], y[2*i+1] = g.unpack(64, b[i], b[4+i])
	}
	return y
}

// shifted returns v>>n.
func (g *gen) shifted(v vec, n uint64) vec {
	d := g.like(v)
	g.VPSRAW(Imm(n), v, d)
	return d
}

// more returns v + v>>1.
func (g *gen) more(v vec) vec { return g.add(v, g.half(v)) }

// forward8 is the forward transform of eight vectors, as dsp has it.
func (g *gen) forward8(x [8]vec) (y [8]vec) {
	var s, t [4]vec
	for i := range s {
		s[i], t[i] = g.add(x[i], x[7-i]), g.sub(x[i], x[7-i])
	}
	a0, a1, a2, a3 := g.add(s[0], s[3]), g.add(s[1], s[2]), g.sub(s[0], s[3]), g.sub(s[1], s[2])
	y[0], y[4] = g.add(a0, a1), g.sub(a0, a1)
	y[2], y[6] = g.add(a2, g.half(a3)), g.sub(g.half(a2), a3)
	b0 := g.add(g.add(t[1], t[2]), g.more(t[0]))
	b1 := g.sub(g.sub(t[0], t[3]), g.more(t[2]))
	b2 := g.sub(g.add(t[0], t[3]), g.more(t[1]))
	b3 := g.add(g.sub(t[1], t[2]), g.more(t[3]))
	y[1], y[7] = g.add(b0, g.shifted(b3, 2)), g.sub(g.shifted(b0, 2), b3)
	y[3], y[5] = g.add(b1, g.shifted(b2, 2)), g.sub(b2, g.shifted(b1, 2))
	return y
}

// inverse8 is the transform of clause 8.5.13.2 of eight vectors.
func (g *gen) inverse8(x [8]vec) [8]vec {
	e0, e2 := g.add(x[0], x[4]), g.sub(x[0], x[4])
	e4, e6 := g.sub(g.half(x[2]), x[6]), g.add(x[2], g.half(x[6]))
	f0, f2, f4, f6 := g.add(e0, e6), g.add(e2, e4), g.sub(e2, e4), g.sub(e0, e6)
	e1 := g.sub(g.sub(x[5], x[3]), g.more(x[7]))
	e3 := g.sub(g.add(x[1], x[7]), g.more(x[3]))
	e5 := g.add(g.sub(x[7], x[1]), g.more(x[5]))
	e7 := g.add(g.add(x[3], x[5]), g.more(x[1]))
	f1, f7 := g.add(e1, g.shifted(e7, 2)), g.sub(e7, g.shifted(e1, 2))
	f3, f5 := g.add(e3, g.shifted(e5, 2)), g.sub(g.shifted(e3, 2), e5)
	return [8]vec{
		g.add(f0, f7), g.add(f2, f5), g.add(f4, f3), g.add(f6, f1),
		g.sub(f6, f1), g.sub(f4, f3), g.sub(f2, f5), g.sub(f0, f7),
	}
}

func (g *gen) forwardDCT8x8(four bool) {
	left := reg.GPVirtual(nil)
	if four {
		g.function("forwardDCT8x8FourAVX2", "(dst *[4][64]int16, a *uint8, aStride int, p *uint8, pStride int)",
			"forwardDCT8x8FourAVX2 is ForwardDCT8x8Four.")
		left = g.GP32()
		g.MOVL(U32(2), left)
	} else {
		g.function("forwardDCT8x8AVX2", "(dst *[64]int16, a *uint8, aStride int, p *uint8, pStride int)",
			"forwardDCT8x8AVX2 is ForwardDCT8x8.")
	}
	dst, a, p := g.param("dst"), g.loadBlock("a", "aStride"), g.loadBlock("p", "pStride")
	g.Label("blocks")
	a4, p4 := g.below(a), g.below(p)
	var x [8]vec
	for y := range x {
		w := g.vector(four)
		x[y] = g.vector(four)
		if y < 4 {
			g.VPMOVZXBW(a.row(y), x[y])
			g.VPMOVZXBW(p.row(y), w)
		} else {
			g.VPMOVZXBW(a4.row(y-4), x[y])
			g.VPMOVZXBW(p4.row(y-4), w)
		}
		g.VPSUBW(w, x[y], x[y])
	}
	for v, row := range g.forward8(g.transpose8(g.forward8(g.transpose8(x)))) {
		g.VMOVDQU(low(row), Mem{Base: dst, Disp: 16 * v})
		if four {
			g.VEXTRACTI128(Imm(1), row, Mem{Base: dst, Disp: 128 + 16*v})
		}
	}
	if four {
		g.ADDQ(U32(256), dst)
		a.next(g, 8)
		p.next(g, 8)
		g.DECL(left)
		g.JNZ(LabelRef("blocks"))
	}
	g.VZEROUPPER()
	g.RET()
}

func (g *gen) inverseDCT8x8() {
	g.function("inverseDCT8x8AVX2", "(dst *uint8, dStride int, c *[64]int16)", "inverseDCT8x8AVX2 is InverseDCT8x8Add.")
	g.addBlock8x8(g.loadBlock("dst", "dStride"), g.param("c"))
	g.RET()
}

// addBlock8x8 adds the residual of the coefficients at c to 8x8 samples.
func (g *gen) addBlock8x8(dst block, c reg.GPVirtual) {
	lower := g.below(dst)
	var x [8]vec
	for v := range x {
		x[v] = g.XMM()
		g.VMOVDQU(Mem{Base: c, Disp: 16 * v}, x[v])
	}
	x = g.transpose8(g.inverse8(g.transpose8(x)))
	round := g.XMM()
	g.VPBROADCASTW(g.thirtyTwo(), round)
	g.VPADDW(round, x[0], x[0]) // which reaches all results
	for y, row := range g.inverse8(x) {
		m := dst.row(y % 4)
		if y >= 4 {
			m = lower.row(y % 4)
		}
		p := g.XMM()
		g.VPMOVZXBW(m, p)
		g.VPSRAW(Imm(6), row, row)
		g.VPADDW(row, p, p)
		g.VPACKUSWB(p, p, p)
		g.VMOVQ(p, m)
	}
}

// spread32 loads sixteen 32-bit elements in the order that 16-bit lanes unpack to.
func (g *gen) spread32(p reg.GPVirtual, offset int) (a, b vec) {
	a, b = g.YMM(), g.YMM()
	g.VPERMQ(Imm(0x44), Mem{Base: p, Disp: offset}, a)
	g.VPERMQ(Imm(0x44), Mem{Base: p, Disp: offset + 16}, b)
	v, w := g.YMM(), g.YMM()
	g.VPERMQ(Imm(0x44), Mem{Base: p, Disp: offset + 32}, v)
	g.VPERMQ(Imm(0xee), Mem{Base: p, Disp: offset + 32}, w)
	g.VPBLENDD(Imm(0xf0), v, a, a)
	g.VPBLENDD(Imm(0xf0), w, b, b)
	return a, b
}

func (g *gen) quant8x8() {
	g.function("quant8x8AVX2", "(level, c *[64]int16, mf *[64]uint16, bias *[64]uint32, shift uint64) int", "quant8x8AVX2 is Quant8x8.")
	level, c, mf, bias := g.param("level"), g.param("c"), g.param("mf"), g.param("bias")
	shift, zero, count, all := g.XMM(), g.YMM(), g.GP64(), g.GP64()
	g.VMOVQ(g.param("shift"), shift)
	g.VPXOR(zero, zero, zero)
	g.XORL(all.As32(), all.As32())
	for i := range 4 {
		v, a, l, h := g.YMM(), g.YMM(), g.YMM(), g.YMM()
		g.VMOVDQU(Mem{Base: c, Disp: 32 * i}, v)
		g.VPABSW(v, a)
		g.VPMULLW(Mem{Base: mf, Disp: 32 * i}, a, l)
		g.VPMULHUW(Mem{Base: mf, Disp: 32 * i}, a, h)
		l, h = g.unpack(16, l, h)
		b0, b1 := g.spread32(bias, 64*i)
		g.VPADDD(b0, l, l)
		g.VPADDD(b1, h, h)
		g.VPSRLD(shift, l, l)
		g.VPSRLD(shift, h, h)
		g.VPACKSSDW(h, l, a)
		g.VPCMPGTW(zero, a, l)
		g.VPSIGNW(v, a, a)
		g.VMOVDQU(a, Mem{Base: level, Disp: 32 * i})
		g.VPMOVMSKB(l, count.As32())
		g.POPCNTL(count.As32(), count.As32())
		g.ADDL(count.As32(), all.As32())
	}
	g.SHRL(Imm(1), all.As32())
	g.result(all)
}

func (g *gen) within8x8() {
	g.function("within8x8AVX2", "(c, limit *[64]int16) bool", "within8x8AVX2 is AllWithin8x8.")
	c, limit := g.param("c"), g.param("limit")
	all := g.YMM()
	g.VPXOR(all, all, all)
	for i := range 4 {
		v := g.YMM()
		g.VPABSW(Mem{Base: c, Disp: 32 * i}, v)
		g.VPSUBUSW(Mem{Base: limit, Disp: 32 * i}, v, v)
		g.VPOR(v, all, all)
	}
	g.VPTEST(all, all)
	within := g.GP8()
	g.SETEQ(within)
	g.result(within)
}

func (g *gen) dequant8x8() {
	g.function("dequant8x8AVX2", "(c, level, scale *[64]int16, per uint64)", "dequant8x8AVX2 is Dequant8x8.")
	c, level, scale, per := g.param("c"), g.param("level"), g.param("scale"), g.param("per")
	count := g.XMM()
	g.SUBQ(Imm(2), per)
	g.JB(LabelRef("right"))
	g.VMOVQ(per, count)
	for i := range 4 {
		v := g.YMM()
		g.VMOVDQU(Mem{Base: level, Disp: 32 * i}, v)
		g.VPMULLW(Mem{Base: scale, Disp: 32 * i}, v, v)
		g.VPSLLW(count, v, v)
		g.VMOVDQU(v, Mem{Base: c, Disp: 32 * i})
	}
	g.VZEROUPPER()
	g.RET()
	g.Label("right") // by 1 or 2, after the addition of 1 or 2
	g.NEGQ(per)
	g.VMOVQ(per, count)
	round := g.YMM()
	g.VPBROADCASTD(count, round)
	for i := range 4 {
		v, l, h := g.YMM(), g.YMM(), g.YMM()
		g.VMOVDQU(Mem{Base: level, Disp: 32 * i}, v)
		g.VPMULLW(Mem{Base: scale, Disp: 32 * i}, v, l)
		g.VPMULHW(Mem{Base: scale, Disp: 32 * i}, v, h)
		l, h = g.unpack(16, l, h)
		g.VPADDD(round, l, l)
		g.VPADDD(round, h, h)
		g.VPSRAD(count, l, l)
		g.VPSRAD(count, h, h)
		g.VPACKSSDW(h, l, l)
		g.VMOVDQU(l, Mem{Base: c, Disp: 32 * i})
	}
	g.VZEROUPPER()
	g.RET()
}
