package main

import (
	. "github.com/mmcloughlin/avo/operand"
)

// The filters of clause 8.7.2, on lines of samples along an edge, in 16-bit lanes.

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
