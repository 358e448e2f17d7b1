package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Vertical edges: columns of samples are brought into vectors and back.

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
		g.VMOVDQU(e.columns.q.Offset(32*i), x[i])
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
		g.VMOVDQU(v, c.q.Offset(32*i))
	}
}

// loadEight loads all columns.
func (g *gen) loadEight(row func(y int) Mem, x *[8]vec) {
	rowAndLower := func(y int) vec {
		v, w := g.YMM(), g.YMM()
		g.VPBROADCASTQ(row(y).Offset(-4), v)
		g.VPBROADCASTQ(row(y+8).Offset(-4), w)
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
				g.store4(low(v), k, row(4*i+k).Offset(-2))
				g.store4(high, k, row(8+4*i+k).Offset(-2))
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
			g.VMOVQ(low(both), row(y).Offset(-4))
			g.VPEXTRQ(Imm(1), low(both), row(y+1).Offset(-4))
			g.VMOVQ(high, row(y+8).Offset(-4))
			g.VPEXTRQ(Imm(1), high, row(y+9).Offset(-4))
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
	ab, cd := g.unpack(8, ac, bd)
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
		g.VMOVQ(row(2*i).Offset(-4), pairs[i])
		g.VMOVQ(row(2*i+1).Offset(-4), w)
		g.VPUNPCKLWD(w, pairs[i], pairs[i])
	}
	p, q := g.unpack(32, pairs[0], pairs[1])
	r, s := g.unpack(32, pairs[2], pairs[3])
	p1, p0 := g.unpack(64, p, r)
	q0, q1 := g.unpack(64, q, s)
	np0, nq0 := g.chromaEdge(e, g.widen(p1), g.widen(p0), g.widen(q0), g.widen(q1), strong)
	v, high := g.narrow(np0, nq0), g.XMM()
	g.VEXTRACTI128(Imm(1), v, high)
	first, second := g.unpack(16, low(v), high)
	for k := range 4 {
		g.store4(first, k, row(k).Offset(-2))
		g.store4(second, k, row(4+k).Offset(-2))
	}
}
