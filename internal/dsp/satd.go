package dsp

// SATD returns the sum over the 4x4 blocks of shape b of half the sum of the absolute coefficients of the 4x4 Hadamard
// transform of a-r. The sum of the absolute coefficients of a block is even, so nothing is lost to rounding.
func SATD(b Block, a []uint8, aStride int, r []uint8, rStride int) int {
	w, h := b.W(), b.H()
	p, q := window(a, aStride, w, h), window(r, rStride, w, h)
	var sum uint64
	if w == 4 {
		for y := 0; y < h; y += 4 {
			sum += satd4x4(p, aStride, q, rStride)
			p, q = down4(p, aStride, h-y), down4(q, rStride, h-y)
		}
		return sumWideLanes(sum)
	}
	for y := 0; y < h; y += 4 {
		sum += satd8x4(p, aStride, q, rStride)
		if w == 16 {
			sum += satd8x4(offset(p, 8), aStride, offset(q, 8), rStride)
		}
		p, q = down4(p, aStride, h-y), down4(q, rStride, h-y)
	}
	return sumWideLanes(sum)
}

// down4 returns the address four rows below p where rows are left, so that no address points past the block.
func down4(p *uint8, stride, rows int) *uint8 {
	if rows <= 4 {
		return p
	}
	return offset(p, 4*stride)
}

// sumWideLanes returns the sum of the four 16-bit lanes of v.
func sumWideLanes(v uint64) int {
	const wide = 0x0000ffff0000ffff
	v = v&wide + v>>16&wide
	return int(v&0xffffffff + v>>32)
}

// The transform of a row begins with the sums and differences of neighbours, which the even and the odd samples of a
// word give in lanes; the transforms of columns follow, on whole words. What is left are pairs (p, q) of neighbouring
// lanes, whose coefficients are p+q and p-q, and half of |p+q|+|p-q| is max(p+q,0) + max(p-q,0) - p.
//
// Biases on two samples of the first row, which reach every coefficient, keep lanes positive: p has satdBiasP, q has
// satdBiasQ, so that bit 13 is the sign of p+q and bit 12 that of p-q. |p| and |q| are at most 8*255.
const (
	satdBiasP = 3 << 11
	satdBiasQ = 1 << 11
	satdBias  = (satdBiasP | satdBiasQ<<16) * (1 | 1<<32)
	satdBias4 = satdBiasP | satdBiasQ<<16
)

// satdPairs returns, in lanes, (|p+q|+|p-q|)/2 - satdBiasP of the four pairs of v and w.
func satdPairs(v, w uint64) uint64 {
	const firsts = 0x0000ffff0000ffff
	pv, pw := v&firsts, w&firsts
	p, q := pv+pw<<16, (v-pv)>>16+(w-pw)
	sum, diff := p+q, p-q
	s, d := sum&(1<<13*lanes), diff&(1<<12*lanes)
	return sum&(s-s>>13) + diff&(d-d>>12) - p
}

// butterfly4 is a Hadamard transform of four words.
func butterfly4(a, b, c, d uint64) (uint64, uint64, uint64, uint64) {
	a, b, c, d = a+b, a-b, c+d, c-d
	return a + c, a - c, b + d, b - d
}

// satdRow returns the sums and the differences of neighbouring samples of v-w, plus bias. (The compiler moves constants
// to the end of a chain of additions, past the butterflies, where they would have to be added to every word.)
func satdRow(v, w, bias uint64) (sum, diff uint64) {
	ev, ew := even(v), even(w)
	e, o := ev|bias-ew, (v^ev)>>8-(w^ew)>>8
	return e + o, e - o
}

// satd8x4 returns the SATD of two 4x4 blocks side by side as the sum of four lanes.
func satd8x4(a *uint8, aStride int, r *uint8, rStride int) uint64 {
	s0, d0 := satdRow(at8(a, 0), at8(r, 0), satdBias)
	s1, d1 := satdRow(at8(a, aStride), at8(r, rStride), 0)
	s2, d2 := satdRow(at8(a, 2*aStride), at8(r, 2*rStride), 0)
	s3, d3 := satdRow(at8(a, 3*aStride), at8(r, 3*rStride), 0)
	s0, s1, s2, s3 = butterfly4(s0, s1, s2, s3)
	d0, d1, d2, d3 = butterfly4(d0, d1, d2, d3)
	return satdPairs(s0, s1) + satdPairs(s2, s3) + satdPairs(d0, d1) + satdPairs(d2, d3) + 4*satdBiasP*lanes
}

// satd4x4 returns the SATD of a 4x4 block as the sum of four lanes. Sums and differences of a row share a word.
func satd4x4(a *uint8, aStride int, r *uint8, rStride int) uint64 {
	s0, d0 := satdRow(at4(a, 0), at4(r, 0), satdBias4)
	s1, d1 := satdRow(at4(a, aStride), at4(r, rStride), 0)
	s2, d2 := satdRow(at4(a, 2*aStride), at4(r, 2*rStride), 0)
	s3, d3 := satdRow(at4(a, 3*aStride), at4(r, 3*rStride), 0)
	s0, s1, s2, s3 = butterfly4(s0+d0<<32, s1+d1<<32, s2+d2<<32, s3+d3<<32)
	return satdPairs(s0, s1) + satdPairs(s2, s3) + 2*satdBiasP*lanes
}
