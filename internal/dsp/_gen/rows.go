package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// rows writes measures of blocks of 8 columns that lie beside each other, four blocks a step.
func rows(g *gen) {
	g.sadRow()
	g.varianceRow()
}

// storeBlocks stores the low 32 bits of four 64-bit lanes for the blocks from sample x on.
func (g *gen) storeBlocks(v reg.VecVirtual, out, x reg.GPVirtual) {
	high := g.XMM()
	g.VEXTRACTI128(Imm(1), v, high)
	g.VSHUFPS(Imm(0x88), high, low(v), high)
	g.VMOVDQU(high, g.blocks(out, x))
}

// blocks is where the results of 32 bits of the blocks from sample x on are.
func (g *gen) blocks(out, x reg.GPVirtual) Mem {
	at := g.GP64()
	g.MOVQ(x, at)
	g.SHRQ(Imm(1), at)
	return Mem{Base: out, Index: at, Scale: 1}
}

// at is row y of a block, x samples further right.
func (b block) at(g *gen, x reg.GPVirtual) block {
	p := g.GP64()
	g.LEAQ(Mem{Base: b.p, Index: x, Scale: 1}, p)
	return block{p, b.stride, b.stride3}
}

func (g *gen) sadRow() {
	g.function("sadRowAVX2", "(out *uint32, a *uint8, aStride int, r *uint8, rStride int, n int)",
		"sadRowAVX2 is SADRow of n columns, a multiple of 8 and at least 32.")
	out, n, x := g.param("out"), g.param("n"), g.GP64()
	a, r := g.block("a", "aStride").with3(g), g.block("r", "rStride").with3(g)
	g.XORQ(x, x)
	g.Label("columns")
	p, q := a.at(g, x), r.at(g, x)
	var sum reg.VecVirtual
	for y := range 8 {
		if y == 4 {
			p.next(g, 4)
			q.next(g, 4)
		}
		v := g.YMM()
		g.VMOVDQU(p.row(y&3), v)
		g.VPSADBW(q.row(y&3), v, v)
		if y == 0 {
			sum = v
		} else {
			g.VPADDQ(v, sum, sum)
		}
	}
	g.storeBlocks(sum, out, x)
	g.nextChunk(x, n, "columns", "done")
	g.VZEROUPPER()
	g.RET()
}

func (g *gen) varianceRow() {
	g.function("varianceRowAVX2", "(sums, squares *uint32, a *uint8, stride int, n, h int)",
		"varianceRowAVX2 is VarianceRow of n columns, a multiple of 8 and at least 32, and h rows.")
	sums, squares, n, h, x := g.param("sums"), g.param("squares"), g.param("n"), g.param("h"), g.GP64()
	a := g.block("a", "stride")
	zero := g.YMM()
	g.VPXOR(zero, zero, zero)
	g.XORQ(x, x)
	g.Label("columns")
	p, y := a.at(g, x), g.GP64()
	g.MOVQ(h, y)
	sum, even, odd := g.YMM(), g.YMM(), g.YMM() // squares of the even blocks and of the odd ones
	for _, v := range []reg.VecVirtual{sum, even, odd} {
		g.VPXOR(v, v, v)
	}
	g.Label("rows")
	v, u, s := g.YMM(), g.YMM(), g.YMM()
	g.VMOVDQU(p.row(0), s)
	g.VPUNPCKLBW(zero, s, v)
	g.VPUNPCKHBW(zero, s, u)
	g.VPSADBW(zero, s, s)
	g.VPADDQ(s, sum, sum)
	g.addSquares(v, even)
	g.addSquares(u, odd)
	g.ADDQ(p.stride, p.p)
	g.DECQ(y)
	g.JNZ(LabelRef("rows"))
	g.storeBlocks(sum, sums, x)
	g.VPHADDD(odd, even, even)
	g.VPHADDD(even, even, even)
	g.VPERMQ(Imm(0x08), even, even)
	g.VMOVDQU(low(even), g.blocks(squares, x))
	g.nextChunk(x, n, "columns", "done")
	g.VZEROUPPER()
	g.RET()
}
