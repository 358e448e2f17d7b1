package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// alpha writes the kernels of transparency.
func alpha(g *gen) {
	g.opaque()
	g.composite("compositeStraightAVX2", true)
	g.composite("compositePremultipliedAVX2", false)
}

// opaque writes the kernel that looks for transparent pixels.
func (g *gen) opaque() {
	g.function("opaqueAVX2", "(pix *uint8, blocks int) bool",
		"opaqueAVX2 is opaque of that many times 32 pixels, at least one.")
	pix, blocks := g.load("pix"), g.load("blocks")
	mask := g.constant(g.bytes(0, 0, 0, -1))
	all := g.GP8()
	g.XORB(all, all)
	g.Label("block")
	v := g.YMM()
	g.VMOVDQU(Mem{Base: pix}, v)
	for i := 1; i < 4; i++ {
		g.VPAND(Mem{Base: pix, Disp: 32 * i}, v, v)
	}
	g.VPTEST(mask, v)
	g.JCC(LabelRef("done"))
	g.ADDQ(U8(128), pix)
	g.DECQ(blocks)
	g.JNZ(LabelRef("block"))
	g.INCB(all)
	g.Label("done")
	g.VZEROUPPER()
	g.Store(all, g.ReturnIndex(0))
	g.RET()
}

// composite writes a kernel that puts pixels on a background.
func (g *gen) composite(name string, straight bool) {
	g.function(name, "(dst, pix *uint8, blocks int, background uint64)",
		name+" is composite of that many times 8 pixels, at least one. The background's components fill 16 bits each.")
	dst, pix, blocks := g.load("dst"), g.load("pix"), g.load("blocks")
	background, x := g.YMM(), g.XMM()
	g.VMOVQ(g.load("background"), x)
	g.VPBROADCASTQ(x, background)
	zero := g.YMM()
	g.VPXOR(zero, zero, zero)
	most, half := g.constant(g.bytes(255, 0)), g.constant(g.bytes(128, 0))
	colour := g.constant(g.bytes(-1, -1, -1, 0))
	g.Label("block")
	v := g.YMM()
	g.VMOVDQU(Mem{Base: pix}, v)
	var words [2]reg.VecVirtual
	for i := range words {
		p, a, under, sum := g.YMM(), g.YMM(), g.YMM(), g.YMM()
		if i == 0 {
			g.VPUNPCKLBW(zero, v, p)
		} else {
			g.VPUNPCKHBW(zero, v, p)
		}
		first, second := 8*i+3, 8*i+7
		g.VPSHUFB(g.bytes(first, -1, first, -1, first, -1, first, -1, second, -1, second, -1, second, -1, second, -1), v, a)
		g.VPXOR(most, a, under) // 255 - a
		g.VPMULLW(background, under, under)
		if straight {
			g.VPMULLW(a, p, p)
			g.VPADDW(p, under, under)
		}
		// Divided by 255, rounded.
		g.VPADDW(half, under, under)
		g.VPSRLW(Imm(8), under, sum)
		g.VPADDW(under, sum, sum)
		g.VPSRLW(Imm(8), sum, sum)
		if !straight {
			g.VPADDW(p, sum, sum)
		}
		words[i] = sum
	}
	g.VPACKUSWB(words[1], words[0], words[0])
	g.VPAND(colour, words[0], words[0])
	g.VMOVDQU(words[0], Mem{Base: dst})
	g.ADDQ(Imm(32), pix)
	g.ADDQ(Imm(32), dst)
	g.DECQ(blocks)
	g.JNZ(LabelRef("block"))
	g.VZEROUPPER()
	g.RET()
}
