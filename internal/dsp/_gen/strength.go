package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Offsets of the fields of dsp.Blocks.
const (
	blocksMV         = 0
	blocksRef        = 64
	blocksTransform  = 68
	blocksTotalCoeff = 69
)

// strength writes the strengths of a row of macroblocks. A vector says in its low half something of the sixteen blocks of
// a macroblock, in raster order, at their left edges, and in its high half at their upper ones.
func strength(g *gen) {
	g.function("rowStrengthsAVX2", "(list *uint8, row *uint8, above *uint8, size int, n int) int",
		"rowStrengthsAVX2 is RowStrengths of n macroblocks, whose blocks lie size bytes apart. above is nil at the top.")
	list, own, above, n := g.param("list"), g.param("row"), g.param("above"), g.param("n")
	zero, most, mostInside, leastLeft := g.YMM(), g.YMM(), g.YMM(), g.XMM()
	g.VPXOR(zero, zero, zero)
	g.VMOVDQU(g.most("mostAtLeft", 0, 4), most)
	g.VMOVDQU(g.most("most", 4, 4), mostInside)
	g.TESTQ(above, above)
	g.JNZ(LabelRef("inside"))
	// Outside the picture a macroblock's neighbour is itself, and no edge is filtered.
	g.MOVQ(own, above)
	g.VMOVDQU(g.most("mostAtTop", 4, 0), mostInside)
	g.VPAND(mostInside, most, most)
	g.Label("inside")
	left, stillLeft, x, found := g.GP64(), g.GP32(), g.GP32(), g.GP64()
	g.MOVQ(own, left)
	g.MOVL(U32(1), stillLeft)
	g.VPXOR(leastLeft, leastLeft, leastLeft)
	g.XORL(x, x)
	g.XORQ(found, found)

	g.Label("macroblock")
	still := g.GP32()
	g.XORL(still, still)
	g.isStill(own)
	g.SETEQ(still.As8())
	g.TESTL(still, stillLeft)
	g.MOVL(still, stillLeft)
	g.JZ(LabelRef("derive"))
	g.isStill(above)
	g.JNZ(LabelRef("derive"))
	g.VPXOR(leastLeft, leastLeft, leastLeft)
	g.JMP(LabelRef("next"))

	g.Label("derive")
	around := g.refsAround(own, left, above)
	bS := g.movedBlocks(own, left, above, around, zero)
	limit := g.YMM()
	g.VMOVDQA(most, limit)
	least := g.least(own, above, around, zero, limit)
	here, up, beside := low(least), g.XMM(), g.XMM()
	g.VEXTRACTI128(Imm(1), least, up)
	g.VPALIGNR(Imm(12), up, here, up)
	g.VPSLLD(Imm(8), here, beside)
	g.VPSRLD(Imm(24), leastLeft, leastLeft)
	g.VPOR(leastLeft, beside, beside)
	neighbours := g.YMM()
	g.VINSERTI128(Imm(1), up, beside.AsY(), neighbours)
	g.VPMAXUB(neighbours, bS, bS)
	g.VMOVDQA(here, leastLeft)
	g.VINSERTI128(Imm(1), here, least, least)
	g.VPMAXUB(least, bS, bS)
	g.VPMINUB(limit, bS, bS)
	g.VPTEST(bS, bS)
	g.JZ(LabelRef("next"))
	g.VPSHUFB(g.constant("columnsFirst", 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15,
		0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), bS, bS)
	g.VMOVDQU(bS, Mem{Base: list, Disp: strengthsColumns})
	g.MOVL(x, Mem{Base: list, Disp: strengthsX})
	g.ADDQ(Imm(strengthsSize), list)
	g.INCQ(found)

	g.Label("next")
	g.VMOVDQA(mostInside, most)
	g.MOVQ(own, left)
	g.ADDQ(g.argument("size"), own)
	g.ADDQ(g.argument("size"), above)
	g.INCL(x)
	g.DECQ(n)
	g.JNZ(LabelRef("macroblock"))
	g.result(found)
}

// most is the greatest strength at each block's left and upper edge, given that of the macroblock's.
func (g *gen) most(name string, left, top uint8) Mem {
	var bytes [32]uint8
	for i := range 16 {
		bytes[i], bytes[16+i] = 3, 3
		if i%4 == 0 {
			bytes[i] = left
		}
		if i < 4 {
			bytes[16+i] = top
		}
	}
	return g.constant(name, bytes[:]...)
}

// isStill sets the zero flag where blocks have reference 0, vectors of zero, and no levels of luma (nor of most of Cb).
func (g *gen) isStill(blocks reg.GPVirtual) {
	v := g.YMM()
	g.VMOVDQU(Mem{Base: blocks, Disp: blocksMV}, v)
	g.VPOR(Mem{Base: blocks, Disp: blocksMV + 32}, v, v)
	g.VPOR(Mem{Base: blocks, Disp: blocksRef}, v, v)
	g.VPTEST(v, v)
}

// refsAround returns the references of a macroblock's quadrants and of those to the left of it, bytes 8 to 11, in the low
// half, and the same with those above it in the high half.
func (g *gen) refsAround(own, left, above reg.GPVirtual) vec {
	refs, both := g.XMM(), g.YMM()
	g.VMOVQ(Mem{Base: own, Disp: blocksRef}, refs)
	g.VMOVHPS(Mem{Base: left, Disp: blocksRef}, refs, low(both))
	g.VMOVHPS(Mem{Base: above, Disp: blocksRef}, refs, refs)
	g.VINSERTI128(Imm(1), refs, both, both)
	return both
}

// movedBlocks returns 1 where motion differs across the blocks' edges.
func (g *gen) movedBlocks(own, left, above reg.GPVirtual, refs, zero vec) vec {
	mv := func(blocks reg.GPVirtual, i int) Mem { return Mem{Base: blocks, Disp: blocksMV + 4*i} }
	near := func(a, b vec) {
		g.VPSUBSW(b, a, b)
		g.VPADDW(g.lanes16("threes", 3), b, b)
		g.VPSUBUSW(g.lanes16("sixes", 6), b, b)
		g.VPCMPEQD(zero, b, b)
	}
	upper, lower := g.YMM(), g.YMM()
	g.VMOVDQU(mv(own, 0), upper)
	g.VMOVDQU(mv(own, 8), lower)
	up, down := g.YMM(), g.YMM() // the blocks above those of the upper and of the lower half
	g.VMOVDQU(mv(above, 12), low(up))
	g.VINSERTI128(Imm(1), mv(own, 0), up, up)
	g.VMOVDQU(mv(own, 4), down)
	near(upper, up)
	near(lower, down)
	g.VPACKSSDW(down, up, up)
	before, after := g.YMM(), g.YMM() // those to the left
	g.VMOVDQU(mv(left, 0), before)
	g.VPALIGNR(Imm(12), before, upper, before)
	near(upper, before)
	g.VMOVDQU(mv(left, 8), after)
	g.VPALIGNR(Imm(12), after, lower, after)
	near(lower, after)
	g.VPACKSSDW(after, before, before)
	g.VPACKSSWB(up, before, before)
	order := g.YMM()
	g.VPMOVZXBD(g.constant("rowsInOrder", 0, 4, 1, 5, 2, 6, 3, 7), order)
	g.VPERMD(before, order, before)

	here, beside := g.YMM(), g.YMM()
	g.VPSHUFB(g.constant("refHere", 0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3, 0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3), refs, here)
	g.VPSHUFB(g.constant("refBeside", 9, 0, 0, 1, 9, 0, 0, 1, 11, 2, 2, 3, 11, 2, 2, 3, 10, 10, 11, 11, 0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3), refs, beside)
	g.VPCMPEQB(beside, here, here)
	g.VPAND(here, before, before)
	g.VPADDB(g.lanes8("ones", 1), before, before)
	return before
}

// least returns the least strength of the edges of each block of a macroblock in the low half, of the one above it in the
// high half. It takes the edges inside 8x8 transforms from limit.
func (g *gen) least(own, above reg.GPVirtual, refs, zero, limit vec) vec {
	least := g.YMM()
	g.VMOVDQU(Mem{Base: own, Disp: blocksTotalCoeff}, low(least))
	g.VINSERTI128(Imm(1), Mem{Base: above, Disp: blocksTotalCoeff}, least, least)
	g.VPCMPEQB(zero, least, least) // all ones where there are no levels
	transform := g.GP32()
	g.MOVBLZX(Mem{Base: own, Disp: blocksTransform}, transform)
	g.ORB(Mem{Base: above, Disp: blocksTransform}, transform.As8())
	g.JZ(LabelRef("transform4x4"))
	four, fourAbove, quadrant, other := g.YMM(), g.XMM(), g.YMM(), g.YMM()
	g.VPBROADCASTB(Mem{Base: own, Disp: blocksTransform}, four)
	g.VPCMPEQB(zero, four, four) // all ones with 4x4 transforms
	g.VPBROADCASTB(Mem{Base: above, Disp: blocksTransform}, fourAbove)
	g.VPCMPEQB(low(zero), fourAbove, fourAbove)
	g.VPSHUFB(g.constant("otherColumn", 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14), least, other)
	g.VPAND(other, least, quadrant)
	g.VPSHUFD(Imm(0xb1), quadrant, other)
	g.VPAND(other, quadrant, quadrant)
	g.VINSERTI128(Imm(1), fourAbove, four, other)
	g.VPOR(other, quadrant, quadrant)
	g.VPAND(quadrant, least, least)
	g.VPOR(g.constant("quadrantEdges", 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0, 255, 0,
		255, 255, 255, 255, 0, 0, 0, 0, 255, 255, 255, 255, 0, 0, 0, 0), four, four)
	g.VPAND(four, limit, limit)
	g.Label("transform4x4")
	g.VPANDN(g.lanes8("twos", 2), least, least)
	intra := g.YMM()
	g.VPSHUFB(g.constant("firstRef", 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8), refs, intra)
	g.VPCMPGTB(intra, zero, intra)
	g.VPAND(g.lanes8("fours", 4), intra, intra)
	g.VPMAXUB(intra, least, least)
	return least
}
