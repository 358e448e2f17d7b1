package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// apart writes the kernels that put the components of pixels apart.
func apart(g *gen) {
	for _, n := range []int{3, 4} {
		name := fmt.Sprintf("splitPixels%dAVX2", n)
		g.function(name, "(a, b, c, pix *uint8, blocks int)",
			fmt.Sprintf("%s is splitPixels of that many times 32 pixels of %d bytes, at least one.", name, n))
		a, b, c, pix := g.load("a"), g.load("b"), g.load("c"), g.load("pix")
		blocks, s, low := g.load("blocks"), g.source(n), g.constant(g.dwords(255))
		g.Label("block")
		var v [4]reg.VecVirtual
		g.pack(a, func(k int) reg.VecVirtual {
			v[k] = s.pixels(pix, k)
			first := g.YMM()
			g.VPAND(low, v[k], first)
			return first
		})
		g.pack(b, func(k int) reg.VecVirtual {
			second := g.YMM()
			g.VPSRLD(Imm(24), v[k], second)
			return second
		})
		g.pack(c, func(k int) reg.VecVirtual {
			third := g.YMM()
			g.VPSRLD(Imm(16), v[k], third)
			g.VPAND(low, third, third)
			return third
		})
		g.ADDQ(Imm(uint64(blockPixels*n)), pix)
		g.DECQ(blocks)
		g.JNZ(LabelRef("block"))
		g.VZEROUPPER()
		g.RET()
	}
}
