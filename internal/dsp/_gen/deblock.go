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

// lanes16 is a constant of sixteen lanes.
func (g *gen) lanes16(name string, value uint8) Mem {
	var bytes [32]uint8
	for i := 0; i < 32; i += 2 {
		bytes[i] = value
	}
	return g.constant(name, bytes[:]...)
}

func (g *gen) and(a, b vec) vec {
	d := g.YMM()
	g.VPAND(b, a, d)
	return d
}

// isBelow returns all ones where |a-b| is less than limit.
func (g *gen) isBelow(a, b, limit vec) vec {
	d := g.sub(a, b)
	g.VPABSW(d, d)
	g.VPCMPGTW(d, limit, d)
	return d
}

// clamp limits v to -t..t.
func (g *gen) clamp(v, t vec) vec {
	d := g.YMM()
	g.VPXOR(d, d, d)
	g.VPSUBW(t, d, d)
	g.VPMAXSW(d, v, d)
	g.VPMINSW(t, d, d)
	return d
}

// filtered returns all ones where samples are filtered (filterSamplesFlag). To skip the edge where none is would cost more:
// it can't be foreseen.
func (g *gen) filtered(e edge, p1, p0, q0, q1 vec, strong bool) vec {
	f := g.and(g.and(g.isBelow(p0, q0, e.alpha), g.isBelow(p1, p0, e.beta)), g.isBelow(q1, q0, e.beta))
	if !strong {
		left := g.YMM()
		g.VPSRAW(Imm(15), e.tc, left) // all ones where tC0 is negative
		g.VPANDN(f, left, f)
	}
	return f
}

// normal moves p0 and q0 towards each other by at most t.
func (g *gen) normal(p1, p0, q0, q1, t vec) (vec, vec) {
	d := g.sub(q0, p0)
	g.VPSLLW(Imm(2), d, d)
	g.VPADDW(p1, d, d)
	g.VPSUBW(q1, d, d)
	g.VPADDW(g.lanes16("fours", 4), d, d)
	g.VPSRAW(Imm(3), d, d)
	d = g.clamp(d, t)
	return g.add(p0, d), g.sub(q0, d)
}

// normalLuma is the filter of clause 8.7.2.3.
func (g *gen) normalLuma(e edge, p2, p1, p0, q0, q1, q2 vec) (np1, np0, nq0, nq1 vec) {
	f := g.filtered(e, p1, p0, q0, q1, false)
	ap, aq := g.and(g.isBelow(p2, p0, e.beta), f), g.and(g.isBelow(q2, q0, e.beta), f)
	average := g.YMM()
	g.VPAVGW(q0, p0, average)
	side := func(p2, p1, ap vec) vec {
		d := g.add(p2, average)
		g.VPSUBW(p1, d, d)
		g.VPSUBW(p1, d, d)
		g.VPSRAW(Imm(1), d, d)
		return g.add(p1, g.clamp(d, g.and(e.tc, ap)))
	}
	np1, nq1 = side(p2, p1, ap), side(q2, q1, aq)
	t := g.and(e.tc, f)
	g.VPSUBW(ap, t, t)
	g.VPSUBW(aq, t, t)
	np0, nq0 = g.normal(p1, p0, q0, q1, t)
	return np1, np0, nq0, nq1
}

// choose returns b where mask is all ones, else a.
func (g *gen) choose(a, b, mask vec) vec {
	d := g.YMM()
	g.VPBLENDVB(mask, b, a, d)
	return d
}

// weak returns (2*p1+p0+q1+2)>>2.
func (g *gen) weak(p1, p0, q1 vec) vec {
	d := g.add(p1, p1)
	g.VPADDW(p0, d, d)
	g.VPADDW(q1, d, d)
	g.VPADDW(g.lanes16("twos", 2), d, d)
	g.VPSRLW(Imm(2), d, d)
	return d
}

// strongSide filters one side of an edge (clause 8.7.2.4): all three samples where deep is set, elsewhere p0 where f is.
func (g *gen) strongSide(p3, p2, p1, p0, q0, q1, f, deep vec) (np2, np1, np0 vec) {
	sum := g.add(g.add(p1, p0), q0)
	n0 := g.add(sum, sum)
	g.VPADDW(p2, n0, n0)
	g.VPADDW(q1, n0, n0)
	g.VPADDW(g.lanes16("fours", 4), n0, n0)
	g.VPSRLW(Imm(3), n0, n0)
	np0 = g.choose(p0, g.choose(g.weak(p1, p0, q1), n0, deep), f)
	g.VPADDW(p2, sum, sum)
	n1 := g.YMM()
	g.VPADDW(g.lanes16("twos", 2), sum, n1)
	g.VPSRLW(Imm(2), n1, n1)
	np1 = g.choose(p1, n1, deep)
	n2 := g.add(p3, p2)
	g.VPADDW(n2, n2, n2)
	g.VPADDW(sum, n2, n2)
	g.VPADDW(g.lanes16("fours", 4), n2, n2)
	g.VPSRLW(Imm(3), n2, n2)
	np2 = g.choose(p2, n2, deep)
	return np2, np1, np0
}

// strongLuma filters p3 to p0 and q0 to q3 in place.
func (g *gen) strongLuma(e edge, x *[8]vec) {
	f := g.filtered(e, x[2], x[3], x[4], x[5], true)
	small := g.YMM()
	g.VPSRLW(Imm(2), e.alpha, small)
	g.VPADDW(g.lanes16("twos", 2), small, small)
	near := g.and(g.isBelow(x[3], x[4], small), f)
	deepP, deepQ := g.and(g.isBelow(x[1], x[3], e.beta), near), g.and(g.isBelow(x[6], x[4], e.beta), near)
	p2, p1, p0 := g.strongSide(x[0], x[1], x[2], x[3], x[4], x[5], f, deepP)
	x[6], x[5], x[4] = g.strongSide(x[7], x[6], x[5], x[4], x[3], x[2], f, deepQ)
	x[1], x[2], x[3] = p2, p1, p0
}

// chromaEdge filters p0 and q0 of chroma.
func (g *gen) chromaEdge(e edge, p1, p0, q0, q1 vec, strong bool) (vec, vec) {
	f := g.filtered(e, p1, p0, q0, q1, strong)
	if strong {
		return g.choose(p0, g.weak(p1, p0, q1), f), g.choose(q0, g.weak(q1, q0, p1), f)
	}
	t := g.sub(e.tc, f) // 1 more
	g.VPAND(f, t, t)
	return g.normal(p1, p0, q0, q1, t)
}

// above returns the block four rows further up.
func (g *gen) above(b block) block {
	offset, p := g.GP64(), g.GP64()
	g.LEAQ(Mem{Base: b.stride3, Index: b.stride, Scale: 1}, offset)
	g.MOVQ(b.p, p)
	g.SUBQ(offset, p)
	b.p = p
	return b
}

// widen loads sixteen samples.
func (g *gen) widen(m Mem) vec {
	v := g.YMM()
	g.VPMOVZXBW(m, v)
	return v
}

// narrow returns the samples of a, clipped, in the low half, and those of b in the high half.
func (g *gen) narrow(a, b vec) vec {
	v := g.YMM()
	g.VPACKUSWB(b, a, v)
	g.VPERMQ(Imm(0xd8), v, v)
	return v
}

// storeRows stores sixteen samples each of a and b.
func (g *gen) storeRows(a, b vec, first, second Mem) {
	v := g.narrow(a, b)
	g.VMOVDQU(low(v), first)
	g.VEXTRACTI128(Imm(1), v, second)
}

func (g *gen) lumaRows(e edge, strong bool) {
	above := g.above(e.p)
	if !strong {
		p1, p0, q0, q1 := g.normalLuma(e, g.widen(above.row(1)), g.widen(above.row(2)), g.widen(above.row(3)),
			g.widen(e.p.row(0)), g.widen(e.p.row(1)), g.widen(e.p.row(2)))
		g.storeRows(p1, p0, above.row(2), above.row(3))
		g.storeRows(q0, q1, e.p.row(0), e.p.row(1))
		return
	}
	var x [8]vec
	for i := range 4 {
		x[i], x[4+i] = g.widen(above.row(i)), g.widen(e.p.row(i))
	}
	g.strongLuma(e, &x)
	g.storeRows(x[1], x[2], above.row(1), above.row(2))
	g.storeRows(x[3], x[4], above.row(3), e.p.row(0))
	g.storeRows(x[5], x[6], e.p.row(1), e.p.row(2))
}

func (g *gen) chromaRows(e edge, strong bool) {
	above := g.above(e.p)
	p0, q0 := g.chromaEdge(e, g.widen(above.row(2)), g.widen(above.row(3)), g.widen(e.p.row(0)), g.widen(e.p.row(1)), strong)
	g.storeRows(p0, q0, above.row(3), e.p.row(0))
}

// at is the memory n bytes after m.
func at(m Mem, n int) Mem {
	m.Disp += n
	return m
}

// interleave returns the low and the high bytes of a and b in turn.
func (g *gen) interleave(a, b vec) (low, high vec) {
	low, high = g.like(a), g.like(a)
	g.VPUNPCKLBW(b, a, low)
	g.VPUNPCKHBW(b, a, high)
	return low, high
}

// columns are the samples p3 to p0 and q0 to q3 along vertical edges. Rows 0 to 7 stand in the low halves, rows 8 to 15 in
// the high ones. What was q at one edge is p at the next: loaded again, it would wait for the stores.
type columns struct {
	x       [8]vec
	q       Mem           // q0 to q3 of the edge before
	carried reg.GPVirtual // not zero where that was loaded
}

func (g *gen) carriedColumns() *columns {
	c := &columns{q: g.AllocLocal(4 * 32), carried: g.GP32()}
	for i := range c.x {
		c.x[i] = g.YMM()
	}
	return c
}

// rows16 addresses sixteen rows from b's on.
func (g *gen) rows16(b block) func(y int) Mem {
	fours := [4]block{b}
	for i := 1; i < 4; i++ {
		fours[i] = g.below(fours[i-1])
	}
	return func(y int) Mem { return fours[y/4].row(y % 4) }
}

// loadColumns loads the columns at an edge.
func (g *gen) loadColumns(e edge) {
	row, x := g.rows16(e.p), &e.columns.x
	g.TESTL(e.columns.carried, e.columns.carried)
	g.JZ(LabelRef("eightColumns"))
	for i := range 4 {
		g.VMOVDQU(at(e.columns.q, 32*i), x[i])
	}
	g.loadFour(row, x[4:])
	g.JMP(LabelRef("columnsLoaded"))
	g.Label("eightColumns")
	g.loadEight(row, x)
	g.MOVL(U32(1), e.columns.carried)
	g.Label("columnsLoaded")
	e.columns.carry(g, x[4:])
}

// carry keeps columns from q0 on for the next edge.
func (c *columns) carry(g *gen, x []vec) {
	for i, v := range x {
		g.VMOVDQU(v, at(c.q, 32*i))
	}
}

// loadEight loads all columns.
func (g *gen) loadEight(row func(y int) Mem, x *[8]vec) {
	rowAndLower := func(y int) vec {
		v, w := g.YMM(), g.YMM()
		g.VPBROADCASTQ(at(row(y), -4), v)
		g.VPBROADCASTQ(at(row(y+8), -4), w)
		g.VPBLENDD(Imm(0xf0), w, v, v)
		return v
	}
	var rows [4]vec
	for i := range rows {
		rows[i] = rowAndLower(2 * i)
		g.VPUNPCKLBW(rowAndLower(2*i+1), rows[i], rows[i])
	}
	a0, a1 := g.unpack(16, rows[0], rows[1])
	b0, b1 := g.unpack(16, rows[2], rows[3])
	c01, c23 := g.unpack(32, a0, b0)
	c45, c67 := g.unpack(32, a1, b1)
	g.widenColumns(x[:4], c01, c23)
	g.widenColumns(x[4:], c45, c67)
}

// loadFour loads the columns from q0 on.
func (g *gen) loadFour(row func(y int) Mem, x []vec) {
	four := func(y int) vec {
		v := g.XMM()
		g.VMOVD(row(y), v)
		for k := 1; k < 4; k++ {
			g.VPINSRD(Imm(uint64(k)), row(y+k), v, v)
		}
		return v
	}
	first, second := g.YMM(), g.YMM() // four rows in each half
	for i, v := range []vec{first, second} {
		g.VINSERTI128(Imm(1), four(8+4*i), four(4*i).AsY(), v)
		g.VPSHUFB(g.constant("columnsOfFour", 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15,
			0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), v, v)
	}
	c01, c23 := g.unpack(32, first, second)
	g.widenColumns(x, c01, c23)
}

// widenColumns puts four columns into 16-bit lanes.
func (g *gen) widenColumns(x []vec, c01, c23 vec) {
	zero := g.YMM()
	g.VPXOR(zero, zero, zero)
	g.VPUNPCKLBW(zero, c01, x[0])
	g.VPUNPCKHBW(zero, c01, x[1])
	g.VPUNPCKLBW(zero, c23, x[2])
	g.VPUNPCKHBW(zero, c23, x[3])
}

func (g *gen) lumaColumns(e edge, strong bool) {
	row := g.rows16(e.p)
	x := e.columns.x
	if !strong {
		x[2], x[3], x[4], x[5] = g.normalLuma(e, x[1], x[2], x[3], x[4], x[5], x[6])
		for i, v := range g.joinColumns(x[2], x[3], x[4], x[5]) {
			high := g.XMM()
			g.VEXTRACTI128(Imm(1), v, high)
			for k := range 4 {
				g.store4(low(v), k, at(row(4*i+k), -2))
				g.store4(high, k, at(row(8+4*i+k), -2))
			}
		}
		zero := g.YMM()
		g.VPXOR(zero, zero, zero)
		g.VPACKUSWB(zero, x[4], x[4])
		g.VPUNPCKLBW(zero, x[4], x[4]) // clipped
		e.columns.carry(g, x[4:6])
		return
	}
	g.strongLuma(e, &x)
	p, q := g.joinColumns(x[0], x[1], x[2], x[3]), g.joinColumns(x[4], x[5], x[6], x[7])
	for i := range p {
		v, w := g.unpack(32, p[i], q[i])
		for k, both := range []vec{v, w} {
			high := g.XMM()
			g.VEXTRACTI128(Imm(1), both, high)
			y := 4*i + 2*k
			g.VMOVQ(low(both), at(row(y), -4))
			g.VPEXTRQ(Imm(1), low(both), at(row(y+1), -4))
			g.VMOVQ(high, at(row(y+8), -4))
			g.VPEXTRQ(Imm(1), high, at(row(y+9), -4))
		}
	}
	e.columns.carry(g, x[4:7])
}

// store4 stores the 32-bit element k of v.
func (g *gen) store4(v vec, k int, m Mem) {
	if k == 0 {
		g.VMOVD(v, m)
		return
	}
	g.VPEXTRD(Imm(uint64(k)), v, m)
}

// joinColumns returns rows of four samples, clipped, from columns: rows 0 to 3 (and 8 to 11), and rows 4 to 7 (and 12 to
// 15).
func (g *gen) joinColumns(a, b, c, d vec) [2]vec {
	ac, bd := g.YMM(), g.YMM()
	g.VPACKUSWB(c, a, ac)
	g.VPACKUSWB(d, b, bd)
	ab, cd := g.interleave(ac, bd)
	first, second := g.unpack(16, ab, cd)
	return [2]vec{first, second}
}

func (g *gen) chromaColumns(e edge, strong bool) {
	b := [2]block{e.p, g.below(e.p)}
	row := func(y int) Mem { return b[y/4].row(y % 4) }
	var pairs [4]vec
	for i := range pairs {
		w := g.XMM()
		pairs[i] = g.XMM()
		g.VMOVQ(at(row(2*i), -4), pairs[i])
		g.VMOVQ(at(row(2*i+1), -4), w)
		g.VPUNPCKLWD(w, pairs[i], pairs[i])
	}
	p, q := g.unpack(32, pairs[0], pairs[1])
	r, s := g.unpack(32, pairs[2], pairs[3])
	p1, p0 := g.unpack(64, p, r)
	q0, q1 := g.unpack(64, q, s)
	widen := func(v vec) vec {
		w := g.YMM()
		g.VPMOVZXBW(v, w)
		return w
	}
	np0, nq0 := g.chromaEdge(e, widen(p1), widen(p0), widen(q0), widen(q1), strong)
	v, high := g.narrow(np0, nq0), g.XMM()
	g.VEXTRACTI128(Imm(1), v, high)
	first, second := g.unpack(16, low(v), high)
	for k := range 4 {
		g.store4(first, k, at(row(k), -2))
		g.store4(second, k, at(row(4+k), -2))
	}
}
