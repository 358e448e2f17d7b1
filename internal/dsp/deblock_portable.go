package dsp

// The portable forms of the filters work on samples p[off+k*ystride+i*xstride]: xstride is the step across the edge (q_i
// at i >= 0, p_i at -1-i), ystride the step along it.
//
// Eight samples along the edge are filtered at once, the even and the odd of them in 16-bit lanes. Vertical edges with
// strength 4 are transposed to that layout and back.

// lumaEdge filters an edge of 16 luma samples. Either xstride or ystride is 1.
func lumaEdge(p []uint8, off, xstride, ystride int, bS *[4]uint8, l *Limit) {
	switch {
	case l.Alpha == 0 || *bS == [4]uint8{}:
	case bS[0] == 4:
		lumaStrong(p, off, xstride, ystride, int(l.Alpha), int(l.Beta))
	case ystride == 1:
		a, b := within(int(l.Alpha)), within(int(l.Beta))
		for k := 0; k < 4; k += 2 {
			if tc := l.lanes(bS, k); tc != 0 {
				lumaAcross(p, off+4*k, xstride, a, b, tc)
			}
		}
	default:
		lumaAlong(p, off, ystride, bS, l)
	}
}

// lumaStrong filters an edge of 16 samples with strength 4.
func lumaStrong(p []uint8, off, xstride, ystride int, alpha, beta int) {
	a, b, s := within(alpha), within(beta), within(alpha>>2+2)
	for k := 0; k < 16; k += 8 {
		at := off + k*ystride
		if ystride == 1 {
			strongAcross(p, at, xstride, a, b, s)
		} else {
			strongAlong(p, at, ystride, a, b, s)
		}
	}
}

const laneTop = 0x8000 * lanes

// within returns the constant by which isWithin tells, in lanes, differences below limit.
func within(limit int) uint64 { return uint64(0x7fff+limit) * lanes }

// isWithin returns lanes whose top bit is set where |d| is below the limit of w. Other bits are of no meaning.
func isWithin(d, w uint64) uint64 { return (w + d) & (w - d) }

// lanes returns tC0 of the blocks k and k+1 along an edge, of four samples each, in the lanes of the even (or odd) ones of
// eight samples: with the top bit set, or 0 where tC0 is negative.
func (l *Limit) lanes(bS *[4]uint8, k int) (tc uint64) {
	a, b := l.TC0[bS[k]&3], l.TC0[bS[k+1]&3]
	if a >= 0 {
		tc = (0x8000 | uint64(a)) * 0x00010001
	}
	if b >= 0 {
		tc |= (0x8000 | uint64(b)) * 0x00010001 << 32
	}
	return tc
}

// laneMask returns lanes of 0x7fff where the top bit of f, all other bits of which are clear, is set.
func laneMask(f uint64) uint64 { return f - f>>15 }

// laneMax0 returns max(v,0) of lanes v+0x8000.
func laneMax0(v uint64) uint64 { return v & laneMask(v&laneTop) }

// laneClamp limits signed lanes v to -t..t.
func laneClamp(v, t uint64) uint64 { return t - laneMax0(2*t+laneTop-laneMax0(v+t+laneTop)) }

// normalDelta filters p0 and q0 with strength below 4 and the limit t, which is 0 in lanes to be left alone.
func normalDelta(p1, p0, q0, q1, t uint64) (uint64, uint64) {
	v := (4*(q0-p0) + p1 - q1 + (256<<3+4)*lanes) >> 3 & (0x1fff * lanes)
	d := laneClamp(v-256*lanes, t)
	p0, q0 = p0+d+512*lanes, q0-d+512*lanes
	if (p0|q0)&(256*lanes) == 0 {
		return p0 & evenBytes, q0 & evenBytes
	}
	return clipLanes(p0), clipLanes(q0)
}

// edgeLanes returns lanes whose top bit, and no other, is set where the samples next to an edge are to be filtered
// (filterSamplesFlag of clause 8.7.2). alpha and beta are from within.
func edgeLanes(p1, p0, q0, q1, alpha, beta uint64) uint64 {
	return isWithin(p0-q0, alpha) & isWithin(p1-p0, beta) & isWithin(q1-q0, beta) & laneTop
}

// lumaLanes filters four samples along an edge with strength below 4, where filtered says so. beta is from within, tc
// from Limit.lanes.
func lumaLanes(p2, p1, p0, q0, q1, q2, beta, tc, filtered uint64) (np1, np0, nq0, nq1 uint64) {
	ap, aq := isWithin(p2-p0, beta)&filtered, isWithin(q2-q0, beta)&filtered
	avg := (p0 + q0 + lanes) >> 1 & (0x1ff * lanes)
	np1 = p1 + laneClamp((p2+avg-2*p1+512*lanes)>>1&(0x3ff*lanes)-256*lanes, tc&laneMask(ap))
	nq1 = q1 + laneClamp((q2+avg-2*q1+512*lanes)>>1&(0x3ff*lanes)-256*lanes, tc&laneMask(aq))
	np0, nq0 = normalDelta(p1, p0, q0, q1, tc&laneMask(filtered)+ap>>15+aq>>15)
	return np1, np0, nq0, nq1
}

// lumaAcross filters eight samples along a horizontal edge.
func lumaAcross(p []uint8, at, stride int, alpha, beta, tc uint64) {
	r := window(p[at-3*stride:], stride, 8, 6)
	p2, p1, p0 := at8(r, 0), at8(r, stride), at8(r, 2*stride)
	q0, q1, q2 := at8(r, 3*stride), at8(r, 4*stride), at8(r, 5*stride)
	fe := edgeLanes(even(p1), even(p0), even(q0), even(q1), alpha, beta) & tc
	fo := edgeLanes(odd(p1), odd(p0), odd(q0), odd(q1), alpha, beta) & tc
	if fe|fo == 0 {
		return
	}
	ep1, ep0, eq0, eq1 := lumaLanes(even(p2), even(p1), even(p0), even(q0), even(q1), even(q2), beta, tc, fe)
	op1, op0, oq0, oq1 := lumaLanes(odd(p2), odd(p1), odd(p0), odd(q0), odd(q1), odd(q2), beta, tc, fo)
	put8(r, stride, ep1|op1<<8)
	put8(r, 2*stride, ep0|op0<<8)
	put8(r, 3*stride, eq0|oq0<<8)
	put8(r, 4*stride, eq1|oq1<<8)
}

// lumaAlong filters 16 rows at a vertical edge with strengths below 4. Row by row that takes less than to transpose them,
// unless all are filtered, and as long then.
func lumaAlong(p []uint8, at, stride int, bS *[4]uint8, l *Limit) {
	alpha, beta := int(l.Alpha), int(l.Beta)
	r := window(p[at-4:], stride, 8, 16)
	for y := range 16 {
		tc0 := int(l.TC0[bS[y>>2]&3])
		if tc0 < 0 {
			continue
		}
		v := at8(r, y*stride)
		p1, p0, q0, q1 := int(v>>16&255), int(v>>24&255), int(v>>32&255), int(v>>40&255)
		if distance(p0, q0) >= alpha || distance(p1, p0) >= beta || distance(q1, q0) >= beta {
			continue
		}
		tc, np1, nq1 := tc0, p1, q1
		if p2 := int(v >> 8 & 255); distance(p2, p0) < beta {
			np1 += min(max((p2+(p0+q0+1)>>1-2*p1)>>1, -tc0), tc0)
			tc++
		}
		if q2 := int(v >> 48 & 255); distance(q2, q0) < beta {
			nq1 += min(max((q2+(p0+q0+1)>>1-2*q1)>>1, -tc0), tc0)
			tc++
		}
		d := min(max((4*(q0-p0)+p1-q1+4)>>3, -tc), tc)
		put4(r, y*stride+2, uint64(np1)|uint64(clip8(p0+d))<<8|uint64(clip8(q0-d))<<16|uint64(nq1)<<24)
	}
}

// distance is |a-b|.
func distance(a, b int) int { return max(a-b, b-a) }

// loadColumns returns the columns of 8x8 samples.
func loadColumns(p *uint8, stride int) (c0, c1, c2, c3, c4, c5, c6, c7 uint64) {
	return transpose8(at8(p, 0), at8(p, stride), at8(p, 2*stride), at8(p, 3*stride),
		at8(p, 4*stride), at8(p, 5*stride), at8(p, 6*stride), at8(p, 7*stride))
}

// transpose8 exchanges rows and columns of 8x8 samples.
func transpose8(a, b, c, d, e, f, g, h uint64) (uint64, uint64, uint64, uint64, uint64, uint64, uint64, uint64) {
	a, e = interleave4(a, e)
	b, f = interleave4(b, f)
	c, g = interleave4(c, g)
	d, h = interleave4(d, h)
	a, c = interleave2(a, c)
	b, d = interleave2(b, d)
	e, g = interleave2(e, g)
	f, h = interleave2(f, h)
	a, b = interleave1(a, b)
	c, d = interleave1(c, d)
	e, f = interleave1(e, f)
	g, h = interleave1(g, h)
	return a, b, c, d, e, f, g, h
}

// strongLanes filters four samples along an edge with strength 4, where filtered says so: e is p3 to p0 and q0 to q3. beta
// and small are from within, small of alpha/4 + 2.
func strongLanes(e *[8]uint64, beta, small, filtered uint64) {
	p3, p2, p1, p0, q0, q1, q2, q3 := e[0], e[1], e[2], e[3], e[4], e[5], e[6], e[7]
	near := isWithin(p0-q0, small) & filtered
	all, deepP, deepQ := laneMask(filtered), laneMask(isWithin(p2-p0, beta)&near), laneMask(isWithin(q2-q0, beta)&near)
	e[1], e[2], e[3] = strongSide(p3, p2, p1, p0, q0, q1, all, deepP)
	e[6], e[5], e[4] = strongSide(q3, q2, q1, q0, p0, p1, all, deepQ)
}

// strongSide returns the samples p2, p1 and p0 of one side of an edge after the filter of strength 4: where deep is set
// all three change, elsewhere where filtered is set only p0.
func strongSide(p3, p2, p1, p0, q0, q1, filtered, deep uint64) (uint64, uint64, uint64) {
	sum := p1 + p0 + q0
	n2 := (2*p3 + 3*p2 + sum + 4*lanes) >> 3 & evenBytes
	n1 := (p2 + sum + 2*lanes) >> 2 & evenBytes
	n0 := (p2 + 2*sum + q1 + 4*lanes) >> 3 & evenBytes
	w0 := weak(p1, p0, q1)
	n0 = w0 ^ (w0^n0)&deep
	return p2 ^ (p2^n2)&deep, p1 ^ (p1^n1)&deep, p0 ^ (p0^n0)&filtered
}

// strongWords filters eight samples along an edge: r is p3 to p0 and q0 to q3. It reports whether any was changed.
func strongWords(r *[8]uint64, alpha, beta, small uint64) bool {
	fe := edgeLanes(even(r[2]), even(r[3]), even(r[4]), even(r[5]), alpha, beta)
	fo := edgeLanes(odd(r[2]), odd(r[3]), odd(r[4]), odd(r[5]), alpha, beta)
	if fe|fo == 0 {
		return false
	}
	e := [8]uint64{even(r[0]), even(r[1]), even(r[2]), even(r[3]), even(r[4]), even(r[5]), even(r[6]), even(r[7])}
	o := [8]uint64{odd(r[0]), odd(r[1]), odd(r[2]), odd(r[3]), odd(r[4]), odd(r[5]), odd(r[6]), odd(r[7])}
	strongLanes(&e, beta, small, fe)
	strongLanes(&o, beta, small, fo)
	r[1], r[2], r[3] = e[1]|o[1]<<8, e[2]|o[2]<<8, e[3]|o[3]<<8
	r[4], r[5], r[6] = e[4]|o[4]<<8, e[5]|o[5]<<8, e[6]|o[6]<<8
	return true
}

// strongAcross filters eight samples along a horizontal edge.
func strongAcross(p []uint8, at, stride int, alpha, beta, small uint64) {
	w := window(p[at-4*stride:], stride, 8, 8)
	r := [8]uint64{
		at8(w, 0), at8(w, stride), at8(w, 2*stride), at8(w, 3*stride),
		at8(w, 4*stride), at8(w, 5*stride), at8(w, 6*stride), at8(w, 7*stride),
	}
	if !strongWords(&r, alpha, beta, small) {
		return
	}
	put8(w, stride, r[1])
	put8(w, 2*stride, r[2])
	put8(w, 3*stride, r[3])
	put8(w, 4*stride, r[4])
	put8(w, 5*stride, r[5])
	put8(w, 6*stride, r[6])
}

// strongAlong filters eight rows at a vertical edge.
func strongAlong(p []uint8, at, stride int, alpha, beta, small uint64) {
	w := window(p[at-4:], stride, 8, 8)
	var r [8]uint64
	r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7] = loadColumns(w, stride)
	if !strongWords(&r, alpha, beta, small) {
		return
	}
	r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7] = transpose8(r[0], r[1], r[2], r[3], r[4], r[5], r[6], r[7])
	for y, v := range r {
		put8(w, y*stride, v)
	}
}

// chromaEdge filters an edge of 8 interleaved pairs. Strides are bytes; xstride is 2 at vertical edges, ystride is 2 at
// horizontal ones.
func chromaEdge(p []uint8, off, xstride, ystride int, bS *[4]uint8, l *Limit) {
	if l.Alpha == 0 {
		return
	}
	alpha, beta := within(int(l.Alpha)), within(int(l.Beta))
	for k := 0; k < 4; k += 2 {
		tc := uint64(strongTC)
		if bS[0] != 4 {
			tc = l.lanes(bS, k)
		}
		if tc != 0 {
			pairs(p, off+2*k*ystride, xstride, ystride, alpha, beta, tc)
		}
	}
}

// strongTC stands for strength 4 where tC0 is expected in lanes.
const strongTC = laneTop | 0x4000*lanes

// pairs filters four pairs of samples along an edge.
func pairs(p []uint8, at, xstride, ystride int, alpha, beta, tc uint64) {
	if ystride == 2 {
		r := window(p[at-2*xstride:], xstride, 8, 4)
		p0, q0, changed := pairWords(at8(r, 0), at8(r, xstride), at8(r, 2*xstride), at8(r, 3*xstride), alpha, beta, tc)
		if changed {
			put8(r, xstride, p0)
			put8(r, 2*xstride, q0)
		}
		return
	}
	r := window(p[at-4:], ystride, 8, 4)
	p1, p0, q0, q1 := transpose4(at8(r, 0), at8(r, ystride), at8(r, 2*ystride), at8(r, 3*ystride))
	p0, q0, changed := pairWords(p1, p0, q0, q1, alpha, beta, tc)
	if changed {
		v, w := interleave2(p0, q0)
		put4(r, 2, v)
		put4(r, 2+ystride, w)
		put4(r, 2+2*ystride, v>>32)
		put4(r, 2+3*ystride, w>>32)
	}
}

// pairWords filters four pairs along an edge, each word of four pairs.
func pairWords(p1, p0, q0, q1, alpha, beta, tc uint64) (np0, nq0 uint64, changed bool) {
	ep1, ep0, eq0, eq1 := even(p1), even(p0), even(q0), even(q1)
	op1, op0, oq0, oq1 := odd(p1), odd(p0), odd(q0), odd(q1)
	fe, fo := edgeLanes(ep1, ep0, eq0, eq1, alpha, beta)&tc, edgeLanes(op1, op0, oq0, oq1, alpha, beta)&tc
	if fe|fo == 0 {
		return p0, q0, false
	}
	if tc == strongTC {
		me, mo := laneMask(fe), laneMask(fo)
		ep0, eq0 = ep0^(ep0^weak(ep1, ep0, eq1))&me, eq0^(eq0^weak(eq1, eq0, ep1))&me
		op0, oq0 = op0^(op0^weak(op1, op0, oq1))&mo, oq0^(oq0^weak(oq1, oq0, op1))&mo
	} else {
		tc += lanes
		ep0, eq0 = normalDelta(ep1, ep0, eq0, eq1, tc&laneMask(fe))
		op0, oq0 = normalDelta(op1, op0, oq0, oq1, tc&laneMask(fo))
	}
	return ep0 | op0<<8, eq0 | oq0<<8, true
}

// weak is the filter of strength 4 that changes only the sample p0 next to the edge.
func weak(p1, p0, q1 uint64) uint64 { return (2*p1 + p0 + q1 + 2*lanes) >> 2 & evenBytes }
