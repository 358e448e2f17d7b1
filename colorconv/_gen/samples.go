package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// samples writes the kernels of planes. Lines of chroma have 32 bits an element: two lanes of 16 bits, or a signed
// number.
func samples(g *gen) {
	g.limited()
	g.pair()
	g.cross()
	g.between()
	g.halve()
	g.double()
	g.split()
	g.matrix()
	g.crossed()
}

// all returns a register with the 32-bit parameter of the given name in all lanes.
func (g *gen) all(name string) reg.VecVirtual {
	x, v := g.XMM(), g.YMM()
	g.VMOVD(g.Load(g.Param(name), g.GP32()), x)
	g.VPBROADCASTD(x, v)
	return v
}

// widen returns the 8 bytes at p in lanes of 32 bits.
func (g *gen) widen(p reg.GPVirtual) reg.VecVirtual {
	v := g.YMM()
	g.VPMOVZXBD(Mem{Base: p}, v)
	return v
}

// read returns 8 elements from the given one of a line on.
func (g *gen) read(p reg.GPVirtual, from int) reg.VecVirtual {
	v := g.YMM()
	g.VMOVDQU(Mem{Base: p, Disp: 4 * from}, v)
	return v
}

// end closes the loop that began at block, after moving pointers on.
func (g *gen) end(blocks reg.GPVirtual) {
	g.DECQ(blocks)
	g.JNZ(LabelRef("block"))
	g.VZEROUPPER()
	g.RET()
}

func (g *gen) move(n uint64, pointers ...reg.GPVirtual) {
	for _, p := range pointers {
		g.ADDQ(U32(n), p)
	}
}

// limited writes the kernel of full range luma to limited range. The product of a sample's double and a coefficient of
// lumaBits comes rounded from VPMULHRSW, which takes off 15 bits.
func (g *gen) limited() {
	const (
		black = 16
		scale = 14071 // 219/255
	)
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
	for _, v := range []reg.VecVirtual{low, high} {
		g.VPADDW(v, v, v)
		g.VPMULHRSW(k, v, v)
		g.VPADDW(offset, v, v)
	}
	g.VPACKUSWB(high, low, low)
	g.VMOVDQU(low, Mem{Base: dst})
	g.move(32, dst, src)
	g.end(blocks)
}

// pairs returns 8 samples of Cb in the low lanes and of Cr in the high ones.
func (g *gen) pairs(cb, cr reg.GPVirtual) reg.VecVirtual {
	v, w := g.widen(cb), g.widen(cr)
	g.VPSLLD(Imm(16), w, w)
	g.VPOR(w, v, v)
	return v
}

func (g *gen) pair() {
	g.function("pairRowAVX2", "(dst *uint32, cb, cr *uint8, blocks int)",
		"pairRowAVX2 is pairRow of that many times 8 samples, at least one.")
	dst, cb, cr, blocks := g.load("dst"), g.load("cb"), g.load("cr"), g.load("blocks")
	g.Label("block")
	g.VMOVDQU(g.pairs(cb, cr), Mem{Base: dst})
	g.move(8, cb, cr)
	g.move(32, dst)
	g.end(blocks)
}

func (g *gen) cross() {
	g.function("crossRowAVX2", "(dst *uint32, cb, cr *uint8, blocks int, k uint32)",
		"crossRowAVX2 is crossRow of that many times 8 samples, at least one. k has a coefficient in each half.")
	dst, cb, cr, blocks := g.load("dst"), g.load("cb"), g.load("cr"), g.load("blocks")
	k, middle := g.all("k"), g.constant(g.bytes(128, 0))
	g.Label("block")
	v := g.pairs(cb, cr)
	g.VPSUBW(middle, v, v)
	g.VPMADDWD(k, v, v)
	g.VMOVDQU(v, Mem{Base: dst})
	g.move(8, cb, cr)
	g.move(32, dst)
	g.end(blocks)
}

// weigh returns the sum of products of elements and weights, and leaves nothing of the elements.
func (g *gen) weigh(v, k, w, l reg.VecVirtual) reg.VecVirtual {
	g.VPMULLD(k, v, v)
	g.VPMULLD(l, w, w)
	g.VPADDD(w, v, v)
	return v
}

func (g *gen) between() {
	g.function("betweenRowAVX2", "(dst, src *uint32, blocks int, w0, w1 uint32)",
		"betweenRowAVX2 is axis.between of that many times 8 elements, at least one.")
	dst, src, blocks, w0, w1 := g.load("dst"), g.load("src"), g.load("blocks"), g.all("w0"), g.all("w1")
	g.Label("block")
	g.VMOVDQU(g.weigh(g.read(src, 0), w0, g.read(src, 1), w1), Mem{Base: dst})
	g.move(32, dst, src)
	g.end(blocks)
}

func (g *gen) halve() {
	g.function("halveRowAVX2", "(dst, src *uint32, blocks int, w0, w1, w2 uint32)",
		"halveRowAVX2 is axis.halve of that many times 8 elements, at least one. It reads an element more.")
	dst, src, blocks := g.load("dst"), g.load("src"), g.load("blocks")
	w0, w1, w2 := g.all("w0"), g.all("w1"), g.all("w2")
	g.Label("block")
	first, next := g.read(src, 0), g.read(src, 8)
	even, odd, after := g.YMM(), g.YMM(), g.read(src, 2)
	g.VSHUFPS(Imm(0x88), next, first, even)
	g.VSHUFPS(Imm(0xdd), next, first, odd)
	g.VSHUFPS(Imm(0x88), Mem{Base: src, Disp: 4 * 10}, after, after)
	g.VPMULLD(w2, after, after)
	g.VPADDD(g.weigh(even, w0, odd, w1), after, after)
	g.VPERMQ(Imm(0xd8), after, after)
	g.VMOVDQU(after, Mem{Base: dst})
	g.move(64, src)
	g.move(32, dst)
	g.end(blocks)
}

func (g *gen) double() {
	g.function("doubleRowAVX2", "(dst, even, odd *uint32, blocks int, w0, w1, v0, v1 uint32)",
		"doubleRowAVX2 is axis.double of that many times 16 elements, at least one.")
	dst, even, odd, blocks := g.load("dst"), g.load("even"), g.load("odd"), g.load("blocks")
	w0, w1, v0, v1 := g.all("w0"), g.all("w1"), g.all("v0"), g.all("v1")
	g.Label("block")
	e := g.weigh(g.read(even, 0), w0, g.read(even, 1), w1)
	o := g.weigh(g.read(odd, 0), v0, g.read(odd, 1), v1)
	low, high, joined := g.YMM(), g.YMM(), g.YMM()
	g.VPUNPCKLDQ(o, e, low)
	g.VPUNPCKHDQ(o, e, high)
	g.VPERM2I128(Imm(0x20), high, low, joined)
	g.VMOVDQU(joined, Mem{Base: dst})
	g.VPERM2I128(Imm(0x31), high, low, joined)
	g.VMOVDQU(joined, Mem{Base: dst, Disp: 32})
	g.move(32, even, odd)
	g.move(64, dst)
	g.end(blocks)
}

// joined returns 8 elements of two lines with their weights, in lanes of 16 bits.
func (g *gen) joined(a, b reg.GPVirtual, from int, wa, wb reg.VecVirtual) reg.VecVirtual {
	v, w := g.YMM(), g.YMM()
	g.VPMULLW(Mem{Base: a, Disp: 4 * from}, wa, v)
	g.VPMULLW(Mem{Base: b, Disp: 4 * from}, wb, w)
	g.VPADDW(w, v, v)
	return v
}

func (g *gen) split() {
	g.function("splitRowAVX2", "(cb, cr *uint8, a, b *uint32, blocks int, wa, wb uint32)",
		"splitRowAVX2 is splitRow of that many times 16 samples, at least one. The weights stand in both halves.")
	cb, cr, a, b, blocks := g.load("cb"), g.load("cr"), g.load("a"), g.load("b"), g.load("blocks")
	wa, wb, half := g.all("wa"), g.all("wb"), g.constant(g.bytes(1<<(weightBits-1), 0))
	gather := g.constant(g.bytes(0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15))
	order := g.constant(g.order())
	g.Label("block")
	var v [2]reg.VecVirtual
	for i := range v {
		v[i] = g.joined(a, b, 8*i, wa, wb)
		g.VPADDW(half, v[i], v[i])
		g.VPSRLW(Imm(weightBits), v[i], v[i])
	}
	g.VPACKUSWB(v[1], v[0], v[0])
	g.VPSHUFB(gather, v[0], v[0])
	g.VPERMD(v[0], order, v[0])
	g.VMOVDQU(v[0].AsX(), Mem{Base: cb})
	g.VEXTRACTI128(Imm(1), v[0], Mem{Base: cr})
	g.move(16, cb, cr)
	g.move(64, a, b)
	g.end(blocks)
}

// order is where the groups of four bytes go that packing leaves by halves of registers.
func (g *gen) order() Mem {
	var p []int
	for _, i := range []int{0, 4, 1, 5, 2, 6, 3, 7} {
		p = append(p, i, 0, 0, 0)
	}
	return g.bytes(p...)
}

func (g *gen) matrix() {
	g.function("matrixRowAVX2", "(cb, cr *uint8, a, b *uint32, blocks int, wa, wb, kCb, kCr uint32, cbBias, crBias int32)",
		"matrixRowAVX2 is matrixRow of that many times 16 samples, at least one. The weights stand in both halves, and",
		"kCb and kCr have a coefficient in each half.")
	cb, cr, a, b, blocks := g.load("cb"), g.load("cr"), g.load("a"), g.load("b"), g.load("blocks")
	wa, wb := g.all("wa"), g.all("wb")
	k := [2]reg.VecVirtual{g.all("kCb"), g.all("kCr")}
	bias := [2]reg.VecVirtual{g.all("cbBias"), g.all("crBias")}
	order := g.constant(g.order())
	g.Label("block")
	v := [2]reg.VecVirtual{g.joined(a, b, 0, wa, wb), g.joined(a, b, 8, wa, wb)}
	var words [2]reg.VecVirtual
	for i := range words {
		words[i] = g.YMM()
		high := g.YMM()
		for j, s := range []reg.VecVirtual{words[i], high} {
			g.VPMADDWD(k[i], v[j], s)
			g.VPADDD(bias[i], s, s)
			g.VPSRAD(Imm(yccBits+weightBits), s, s)
		}
		g.VPACKSSDW(high, words[i], words[i])
	}
	g.VPACKUSWB(words[1], words[0], words[0])
	g.VPERMD(words[0], order, words[0])
	g.VMOVDQU(words[0].AsX(), Mem{Base: cb})
	g.VEXTRACTI128(Imm(1), words[0], Mem{Base: cr})
	g.move(16, cb, cr)
	g.move(64, a, b)
	g.end(blocks)
}

func (g *gen) crossed() {
	g.function("crossedRowAVX2", "(dst, src *uint8, a, b *uint32, blocks int, wa, wb uint32, scale, bias int32)",
		"crossedRowAVX2 is crossedRow of that many times 32 samples, at least one.")
	dst, src, a, b, blocks := g.load("dst"), g.load("src"), g.load("a"), g.load("b"), g.load("blocks")
	wa, wb, scale, bias := g.all("wa"), g.all("wb"), g.all("scale"), g.all("bias")
	order := g.constant(g.order())
	g.Label("block")
	var words [2]reg.VecVirtual
	for i := range words {
		var v [2]reg.VecVirtual
		for j := range v {
			from := 16*i + 8*j
			s := g.YMM()
			g.VPMOVZXBD(Mem{Base: src, Disp: from}, s)
			g.VPMULLD(scale, s, s)
			g.VPADDD(bias, s, s)
			v[j] = g.weigh(g.read(a, from), wa, g.read(b, from), wb)
			g.VPADDD(s, v[j], v[j])
			g.VPSRAD(Imm(yccBits+weightBits), v[j], v[j])
		}
		g.VPACKSSDW(v[1], v[0], v[0])
		words[i] = v[0]
	}
	g.VPACKUSWB(words[1], words[0], words[0])
	g.VPERMD(words[0], order, words[0])
	g.VMOVDQU(words[0], Mem{Base: dst})
	g.move(32, dst, src)
	g.move(128, a, b)
	g.end(blocks)
}
