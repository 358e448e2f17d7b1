package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// inverse16x16 writes the inverse transforms of macroblocks.
func inverse16x16(g *gen) {
	g.function("inverseDCTSixteenAVX2", "(dst *uint8, dStride int, level *[4][16]int16, scale *[16]int16, quads uint64)",
		"inverseDCTSixteenAVX2 is InverseDCT4x4SixteenAdd from the first four blocks on.")
	dst, level, scale, columns := g.loadBlock("dst", "dStride"), g.param("level"), g.YMM(), g.toColumns()
	g.VMOVDQU(Mem{Base: g.param("scale")}, scale)
	g.eachQuadrant(dst, level, func() { g.addFour(dst, level, scale, columns, nil) })
	g.VZEROUPPER()
	g.RET()

	g.function("inverseDCT8x8FourAVX2", "(dst *uint8, dStride int, c *[64]int16, quads uint64)",
		"inverseDCT8x8FourAVX2 is InverseDCT8x8FourAdd from the first block on.")
	dst, c := g.loadBlock("dst", "dStride"), g.param("c")
	g.eachQuadrant(dst, c, func() { g.addBlock8x8(dst, c) })
	g.RET()
}

// eachQuadrant does add for those quadrants of a macroblock at dst whose bits are set in quads, each with its coefficients
// at c.
func (g *gen) eachQuadrant(dst block, c reg.GPVirtual, add func()) {
	quads, step, next := g.param("quads"), g.GP64(), g.GP64()
	g.MOVQ(U32(8), step) // to the second quadrant, as from the third to the fourth
	g.LEAQ(Mem{Base: dst.stride, Index: dst.stride, Scale: 1}, next)
	g.SHLQ(Imm(2), next)
	g.SUBQ(Imm(8), next)
	g.Label("quadrant")
	g.SHRQ(Imm(1), quads)
	g.JCC(LabelRef("skip"))
	add()
	g.Label("skip")
	g.ADDQ(step, dst.p)
	g.XCHGQ(step, next)
	g.ADDQ(U32(128), c)
	g.TESTQ(quads, quads)
	g.JNE(LabelRef("quadrant"))
}
