package main

import (
	. "github.com/mmcloughlin/avo/operand"
)

// levelSets writes what tells levels that are not zero from others.
func levelSets(g *gen) {
	g.function("levelSetsAVX2", "(sets *[16]uint32, level *[16][16]int16)", "levelSetsAVX2 is LevelSets.")
	sets, level, one, zero, left, bits := g.param("sets"), g.param("level"), g.ones(true), g.YMM(), g.GP64(), g.GP32()
	g.VPXOR(zero, zero, zero)
	g.MOVL(U32(16), left.As32())
	g.Label("block")
	some, large := g.YMM(), g.YMM()
	g.VPABSW(Mem{Base: level}, some)
	g.VPSUBUSW(one, some, large)
	g.VPCMPEQW(zero, large, large)
	g.VPCMPEQW(zero, some, some)
	g.VPACKSSWB(large, some, some)
	g.VPERMQ(Imm(0xd8), some, some) // positions 0 to 15 of both
	g.VPMOVMSKB(some, bits)         // of those that are not
	g.NOTL(bits)
	g.MOVL(bits, Mem{Base: sets})
	g.ADDQ(Imm(32), level)
	g.ADDQ(Imm(4), sets)
	g.DECQ(left)
	g.JNZ(LabelRef("block"))
	g.VZEROUPPER()
	g.RET()
}
