package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// deblock writes the edge filters. A vector holds the sixteen samples of an edge's line in 16-bit lanes.
//
// The vertical edges of all planes come before the horizontal ones of any: a plane's horizontal edges would wait for what
// its vertical ones have just stored in narrower pieces.
func deblock(g *gen) {
	g.function("deblockAVX2", "(planes *uint8, luma int, chroma int, strengths *uint8, n int)",
		"deblockAVX2 is Deblock of n macroblocks, where planes is the address of so many deblockPlanes: luma's, then chroma's.")
	d := deblocker{
		strengths: g.param("strengths"), plane: g.GP64(),
		left: g.AllocLocal(8), planes: g.AllocLocal(8), offset: g.AllocLocal(8), limits: g.AllocLocal(8),
	}
	n := g.param("n")
	g.MOVQ(n, d.left)
	g.MOVQ(U32(0), d.offset)
	carried := g.carriedColumns()
	g.Label("macroblock")
	g.planes(d, "Column", strengthsColumns, limitsLeft, carried, (*gen).lumaColumns, (*gen).chromaColumns)
	g.planes(d, "Row", strengthsRows, limitsAbove, nil, (*gen).lumaRows, (*gen).chromaRows)
	g.ADDQ(Imm(strengthsSize), d.strengths)
	g.ADDQ(Imm(limitsSize), d.offset)
	g.DECQ(d.left)
	g.JNZ(LabelRef("macroblock"))
	g.VZEROUPPER()
	g.RET()
}

// deblocker is where a macroblock's filters find what they work with.
type deblocker struct {
	strengths, plane reg.GPVirtual // of the macroblock, and the plane
	left, planes     Mem           // how many macroblocks, and planes of luma's kind
	offset, limits   Mem           // the macroblock's from the first one's, and its own in the plane
}

// planes writes the filters of one direction in all planes, whose strengths and whose outer limit stand at these offsets.
func (g *gen) planes(d deblocker, name string, strengths, outer int, carried *columns, luma, chroma filter) {
	g.MOVQ(g.argument("planes"), d.plane)
	count := g.GP64()
	g.MOVQ(g.argument("luma"), count)
	g.MOVQ(count, d.planes)
	g.TESTQ(count, count)
	g.JZ(LabelRef("chroma" + name))
	g.Label("luma" + name)
	g.edges(d, edges{"luma" + name, strengths, outer, 1, luma, carried})
	g.ADDQ(Imm(planeSize), d.plane)
	g.DECQ(d.planes)
	g.JNZ(LabelRef("luma" + name))
	g.Label("chroma" + name)
	g.CMPQ(g.argument("chroma"), Imm(0))
	g.JEQ(LabelRef("done" + name))
	g.edges(d, edges{"chroma" + name, strengths, outer, 2, chroma, nil})
	g.Label("done" + name)
}

// edge is what a filter of one edge works with. p is at sample q0.
type edge struct {
	p               block
	alpha, beta, tc vec
	columns         *columns // loaded, for lumaColumns
}

// filter filters one edge, strongly or not.
type filter func(g *gen, e edge, strong bool)

// Offsets of the fields of dsp.deblockPlane, dsp.Strengths, dsp.Limits and dsp.Limit, and their sizes.
const (
	planeP      = 0
	planeStride = 8
	planeLimits = 16
	planeSize   = 24

	strengthsColumns = 0
	strengthsRows    = 16
	strengthsX       = 32
	strengthsSize    = 36

	limitsLeft  = 0
	limitsInner = 8
	limitsAbove = 16
	limitsSize  = 24

	limitAlpha = 0
	limitBeta  = 1
	limitTC0   = 4
)

// edges are every step-th edge of one direction, whose strengths and whose outer limit stand at these offsets.
type edges struct {
	name             string
	strengths, outer int
	step             int
	filter           filter
	columns          *columns // where their samples are loaded to, if they go from edge to edge
}

// edges writes a loop over the edges of one direction in a plane.
func (g *gen) edges(d deblocker, s edges) {
	p, number, limit, bS := g.macroblockAt(d), g.GP64(), g.GP64(), g.GP32()
	e := edge{p: p, alpha: g.YMM(), beta: g.YMM(), tc: g.YMM(), columns: s.columns}
	next := s.name + "Next"
	unfiltered := LabelRef(next)
	if e.columns != nil {
		unfiltered = LabelRef(s.name + "Unfiltered")
		g.XORL(e.columns.carried, e.columns.carried)
	}
	g.MOVQ(Mem{Base: d.plane, Disp: planeLimits}, limit)
	g.ADDQ(d.offset, limit)
	g.MOVQ(limit, d.limits)
	g.ADDQ(Imm(uint64(s.outer)), limit)
	g.XORQ(number, number)
	g.Label(s.name + "Edge")
	g.MOVL(Mem{Base: d.strengths, Index: number, Scale: 4, Disp: s.strengths}, bS)
	g.TESTL(bS, bS)
	g.JZ(unfiltered)
	threshold := g.GP32()
	g.MOVBLZX(Mem{Base: limit, Disp: limitAlpha}, threshold)
	g.TESTL(threshold, threshold)
	g.JZ(unfiltered)
	g.broadcast(threshold, e.alpha)
	g.MOVBLZX(Mem{Base: limit, Disp: limitBeta}, threshold)
	g.broadcast(threshold, e.beta)
	if e.columns != nil {
		g.loadColumns(e)
	}
	g.CMPB(bS.As8(), Imm(4))
	g.JEQ(LabelRef(s.name + "Strong"))
	g.VMOVD(bS, low(e.tc))
	g.VPBROADCASTD(low(e.tc), e.tc)
	g.VPSHUFB(g.constant("quarters", 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3, 3), e.tc, e.tc)
	byStrength := g.YMM()
	g.VPBROADCASTD(Mem{Base: limit, Disp: limitTC0}, byStrength)
	g.VPSHUFB(e.tc, byStrength, e.tc)
	g.VPSRAW(Imm(8), e.tc, e.tc)
	s.filter(g, e, false)
	g.JMP(LabelRef(next))
	g.Label(s.name + "Strong")
	s.filter(g, e, true)
	if e.columns != nil {
		g.JMP(LabelRef(next))
		g.Label(s.name + "Unfiltered")
		g.XORL(e.columns.carried, e.columns.carried)
	}
	g.Label(next)
	if s.strengths == strengthsColumns {
		g.ADDQ(Imm(uint64(4*s.step)), p.p)
	} else {
		p.next(g, 4)
	}
	g.MOVQ(d.limits, limit)
	g.ADDQ(Imm(limitsInner), limit)
	g.ADDQ(Imm(uint64(s.step)), number)
	g.CMPQ(number, Imm(4))
	g.JNE(LabelRef(s.name + "Edge"))
}

// macroblockAt is the macroblock in the plane.
func (g *gen) macroblockAt(d deblocker) block {
	b := block{p: g.GP64(), stride: g.GP64()}
	g.MOVL(Mem{Base: d.strengths, Disp: strengthsX}, b.p.As32())
	g.SHLQ(Imm(4), b.p)
	g.ADDQ(Mem{Base: d.plane, Disp: planeP}, b.p)
	g.MOVQ(Mem{Base: d.plane, Disp: planeStride}, b.stride)
	return b.with3(g)
}

// broadcast puts a value into all lanes.
func (g *gen) broadcast(value reg.GPVirtual, v vec) {
	g.VMOVD(value.As32(), low(v))
	g.VPBROADCASTW(low(v), v)
}
