package dsp

// Blocks of coefficients are transformed four rows or four columns at a time, in 16-bit lanes.

// ForwardDCT4x4 puts into dst, in frame scan order, the core transform (the forward counterpart of clause 8.5.12.2) of
// the 4x4 residual a-pred. Coefficients are unscaled: at most 16*255 for the DC, 36*255 for others.
func ForwardDCT4x4(dst *[16]int16, a []uint8, aStride int, pred []uint8, pStride int) {
	p, q := window(a, aStride, 4, 4), window(pred, pStride, 4, 4)
	if useAVX2 {
		forwardDCTAVX2(dst, p, aStride, q, pStride)
		return
	}
	forwardDCT(dst, p, aStride, q, pStride, nil)
}

// ForwardDCT4x4Four is ForwardDCT4x4 of the four 4x4 blocks of an 8x8 residual, in raster order.
func ForwardDCT4x4Four(dst *[4][16]int16, a []uint8, aStride int, pred []uint8, pStride int) {
	p, q := window(a, aStride, 8, 8), window(pred, pStride, 8, 8)
	if useAVX2 {
		forwardDCTFourAVX2(dst, p, aStride, q, pStride)
		return
	}
	for i := range dst {
		x, y := i&1*4, i>>1*4
		forwardDCT(&dst[i], offset(p, y*aStride+x), aStride, offset(q, y*pStride+x), pStride, nil)
	}
}

// codingOrder maps the coding order of a macroblock's sixteen 4x4 blocks to their raster order (figure 6-10).
var codingOrder = [16]uint8{0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15}

// ForwardDCT4x4Sixteen is ForwardDCT4x4 of the sixteen 4x4 blocks of a 16x16 residual, in coding order.
func ForwardDCT4x4Sixteen(dst *[16][16]int16, a []uint8, aStride int, pred []uint8, pStride int) {
	p, q := window(a, aStride, 16, 16), window(pred, pStride, 16, 16)
	if useAVX2 {
		forwardDCTSixteenAVX2(dst, p, aStride, q, pStride)
		return
	}
	for i := range dst {
		x, y := int(codingOrder[i]&3)*4, int(codingOrder[i]>>2)*4
		forwardDCT(&dst[i], offset(p, y*aStride+x), aStride, offset(q, y*pStride+x), pStride, nil)
	}
}

// forwardDCT is ForwardDCT4x4, save that it leaves dst alone and returns true where no coefficient is beyond limit, if there
// is one; limit stands by column. It returns the first coefficient too.
func forwardDCT(dst *[16]int16, a *uint8, aStride int, p *uint8, pStride int, limit *[16]int16) (first int16, within bool) {
	// The bias makes all four results of the columns' transform positive; only the first column of the rows' transform
	// keeps it.
	const bias = 2048 // above 6*255
	r0 := spreadDiff(at4(a, 0), at4(p, 0)) + bias*lanes
	r1 := spreadDiff(at4(a, aStride), at4(p, pStride))
	r2 := spreadDiff(at4(a, 2*aStride), at4(p, 2*pStride))
	r3 := spreadDiff(at4(a, 3*aStride), at4(p, 3*pStride))
	r0, r1, r2, r3 = forwardLanes(r0, r1, r2, r3)
	r0, r2 = interleave4(r0, r2)
	r1, r3 = interleave4(r1, r3)
	c0, c2 := interleave2(r0, r1)
	c1, c3 := interleave2(r2, r3)
	c0, c1, c2, c3 = forwardLanes(c0, c1, c2, c3)
	c0, c1, c2, c3 = c0+laneTop-4*bias*(lanes+1<<16), c1+laneTop, c2+laneTop, c3+laneTop
	if limit != nil {
		t := within4(c0, getLanes(limit, 0)) & within4(c1, getLanes(limit, 4)) &
			within4(c2, getLanes(limit, 8)) & within4(c3, getLanes(limit, 12))
		if t&laneTop == laneTop {
			return int16(c0 ^ 0x8000), true
		}
	}
	c0, c1, c2, c3 = c0^laneTop, c1^laneTop, c2^laneTop, c3^laneTop
	const lane = 0xffff
	storeLanes(dst, 0, c0&lane|c1&lane<<16|c0&(lane<<16|lane<<32)<<16)
	storeLanes(dst, 4, c1>>16&lane|c2&lane<<16|c3&lane<<32|c2&(lane<<16)<<32)
	storeLanes(dst, 8, c1>>32&lane|c0>>48<<16|c1>>48<<32|c2>>32<<48)
	storeLanes(dst, 12, c3>>16&(lane|lane<<16)|c2>>48<<32|c3>>48<<48)
	return int16(c0), false
}

// spreadDiff returns the differences of four samples in signed lanes, in the order 0, 2, 1, 3.
func spreadDiff(v, w uint64) uint64 {
	e := even(v) - even(w)
	return e + (v-w-e)<<24
}

// forwardLanes is the core transform of four words.
func forwardLanes(a, b, c, d uint64) (uint64, uint64, uint64, uint64) {
	s0, s1, t0, t1 := a+d, b+c, a-d, b-c
	return s0 + s1, 2*t0 + t1, s0 - s1, t0 - 2*t1
}

// transpose4 exchanges rows and columns of 4x4 lanes.
func transpose4(a, b, c, d uint64) (uint64, uint64, uint64, uint64) {
	a, c = interleave4(a, c)
	b, d = interleave4(b, d)
	a, b = interleave2(a, b)
	c, d = interleave2(c, d)
	return a, b, c, d
}

// getLanes returns c[i] to c[i+3] in lanes, as two's complements.
func getLanes(c *[16]int16, i int) uint64 {
	return Pack4(c[i], c[i+1], c[i+2], c[i+3])
}

// putLanes stores signed lanes v to c[i] to c[i+3].
func putLanes(c *[16]int16, i int, v uint64) { storeLanes(c, i, v+laneTop^laneTop) }

// storeLanes stores two's complements to c[i] to c[i+3].
func storeLanes(c *[16]int16, i int, v uint64) {
	c[i], c[i+1], c[i+2], c[i+3] = int16(v), int16(v>>16), int16(v>>32), int16(v>>48)
}

// InverseDCT4x4Add adds to dst the residual of a block of levels in frame scan order: coefficients are level*scale, and
// the transform of clause 8.5.12.2, (x+32)>>6 and clipping of the sum follow. No value on the way may need more than 16
// bits, as the clause demands of streams.
func InverseDCT4x4Add(dst []uint8, dStride int, level, scale *[16]int16) {
	p := window(dst, dStride, 4, 4)
	if useAVX2 {
		inverseDCTAVX2(p, dStride, level, scale)
		return
	}
	inverseDCT(p, dStride, level, scale, level[0]*scale[0])
}

// InverseDCT4x4SixteenAdd is InverseDCT4x4Add of the sixteen blocks of 16x16 samples, in coding order, of those quadrants
// whose bits are set in quads.
func InverseDCT4x4SixteenAdd(dst []uint8, dStride int, level *[16][16]int16, scale *[16]int16, quads uint) {
	p := window(dst, dStride, 16, 16)
	if useAVX2 {
		inverseDCTSixteenAVX2(p, dStride, (*[4][16]int16)(level[:4]), scale, uint64(quads&15))
		return
	}
	for i := range level {
		if l := &level[i]; quads>>(i>>2)&1 != 0 && anyLanes(l) {
			x, y := int(codingOrder[i]&3)*4, int(codingOrder[i]>>2)*4
			inverseDCT(offset(p, y*dStride+x), dStride, l, scale, l[0]*scale[0])
		}
	}
}

// InverseDCT4x4FourDCAdd is InverseDCT4x4Add of the four blocks of 8x8 samples, in raster order, where dc holds their first
// coefficients, scaled already.
func InverseDCT4x4FourDCAdd(dst []uint8, dStride int, level *[4][16]int16, scale *[16]int16, dc *[4]int16) {
	p := window(dst, dStride, 8, 8)
	if useAVX2 {
		inverseDCTFourDCAVX2(p, dStride, level, scale, dc)
		return
	}
	for i := range level {
		q := offset(p, i>>1*4*dStride+i&1*4)
		if anyLanes(&level[i]) {
			inverseDCT(q, dStride, &level[i], scale, dc[i])
		} else {
			inverseDC(q, dStride, dc[i])
		}
	}
}

// anyLanes reports whether any level is not zero.
func anyLanes(level *[16]int16) bool {
	return getLanes(level, 0)|getLanes(level, 4)|getLanes(level, 8)|getLanes(level, 12) != 0
}

// inverseDCT is InverseDCT4x4Add where the first coefficient is given.
func inverseDCT(p *uint8, dStride int, level, scale *[16]int16, first int16) {
	// Coefficients by column, in signed lanes.
	at := func(i int) int64 { return int64(level[i]) * int64(scale[i]) }
	c0 := uint64(int64(first)+at(2)<<16+at(3)<<32+at(9)<<48) + laneTop
	c1 := uint64(at(1)+at(4)<<16+at(8)<<32+at(10)<<48) + laneTop
	c2 := uint64(at(5)+at(7)<<16+at(11)<<32+at(14)<<48) + laneTop
	c3 := uint64(at(6)+at(12)<<16+at(13)<<32+at(15)<<48) + laneTop
	c0, c1, c2, c3 = inverseLanes(c0, c1, c2, c3)

	// Columns 0, 2, 1, 3 become the lanes of the rows.
	c0, c1 = interleave4(c0+laneTop, c1+laneTop)
	c2, c3 = interleave4(c2+laneTop, c3+laneTop)
	r0, r1 := interleave2(c0, c2)
	r2, r3 := interleave2(c1, c3)
	r0, r1, r2, r3 = inverseLanes(r0, r1, r2, r3)

	s0 := spread(at4(p, 0)) + residual(r0)
	s1 := spread(at4(p, dStride)) + residual(r1)
	s2 := spread(at4(p, 2*dStride)) + residual(r2)
	s3 := spread(at4(p, 3*dStride)) + residual(r3)
	if (s0|s1|s2|s3)&(0x300*lanes) != 0 {
		s0, s1, s2, s3 = clipSums(s0), clipSums(s1), clipSums(s2), clipSums(s3)
	}
	s0, s1, s2, s3 = even(s0), even(s1), even(s2), even(s3)
	put4(p, 0, s0|s0>>24)
	put4(p, dStride, s1|s1>>24)
	put4(p, 2*dStride, s2|s2>>24)
	put4(p, 3*dStride, s3|s3>>24)
}

// inverseLanes is the transform of clause 8.5.12.2 of four words, whose lanes have a bias of 0x8000. The result has none.
func inverseLanes(a, b, c, d uint64) (uint64, uint64, uint64, uint64) {
	const halves = 0x7fff * lanes
	hb, hd := b>>1&halves-0x4000*lanes, d>>1&halves-0x4000*lanes
	a, b, c, d = a-laneTop, b-laneTop, c-laneTop, d-laneTop
	e0, e1, e2, e3 := a+c, a-c, hb-d, b+hd
	return e0 + e3, e1 + e2, e1 - e2, e0 - e3
}

// residual returns 1024 + (v+32)>>6 of signed lanes.
func residual(v uint64) uint64 { return (v+(512<<6+32)*lanes)>>6&(0x3ff*lanes) + 512*lanes }

// clipSums limits to 0..255 the low bytes of lanes that hold 1024 plus a value between -512 and 1023.
func clipSums(v uint64) uint64 {
	outside, positive := (v>>8|v>>9)&lanes, v>>10&lanes
	return (v | (outside<<8 - outside)) & (positive<<8 - positive)
}

// spread returns four samples in lanes, in the order 0, 2, 1, 3.
func spread(v uint64) uint64 {
	e := even(v)
	return e | (v^e)<<24
}

// InverseDC4x4FourAdd is InverseDCT4x4FourDCAdd where all levels are zero.
func InverseDC4x4FourAdd(dst []uint8, dStride int, dc *[4]int16) {
	p := window(dst, dStride, 8, 8)
	if useAVX2 {
		inverseDCFourAVX2(p, dStride, dc)
		return
	}
	for i, c := range dc {
		inverseDC(offset(p, i>>1*4*dStride+i&1*4), dStride, c)
	}
}

// inverseDC is inverseDCT where all coefficients but the first are zero.
func inverseDC(p *uint8, dStride int, dc int16) {
	v := uint64((int64(dc)+32)>>6+1024) * lanes
	t, u := at4(p, 0)|at4(p, dStride)<<32, at4(p, 2*dStride)|at4(p, 3*dStride)<<32
	et, ot, eu, ou := even(t)+v, odd(t)+v, even(u)+v, odd(u)+v
	if (et|ot|eu|ou)&(0x300*lanes) != 0 {
		et, ot, eu, ou = clipSums(et), clipSums(ot), clipSums(eu), clipSums(ou)
	}
	t, u = even(et)|even(ot)<<8, even(eu)|even(ou)<<8
	put4(p, 0, t)
	put4(p, dStride, t>>32)
	put4(p, 2*dStride, u)
	put4(p, 3*dStride, u>>32)
}

// ForwardHadamard4x4 transforms the 4x4 luma DC coefficients of an Intra 16x16 macroblock in place, and halves them with
// (x+1)>>1. Coefficients are between -4080 and 4080.
func ForwardHadamard4x4(d *[16]int16) {
	a, b, c, e := hadamardRows(d)
	a, b, c, e = a+b, a-b, c+e, c-e
	putLanes(d, 0, average(a, c))
	putLanes(d, 4, average(a, -c))
	putLanes(d, 8, average(b, -e))
	putLanes(d, 12, average(b, e))
}

// InverseHadamard4x4 transforms the 4x4 luma DC levels of an Intra 16x16 macroblock in place (clause 8.5.10), without
// scaling. Results fit 16 bits.
func InverseHadamard4x4(d *[16]int16) {
	a, b, c, e := hadamardRows(d)
	a, b, c, e = a+b, a-b, c+e, c-e
	putLanes(d, 0, a+c)
	putLanes(d, 4, a-c)
	putLanes(d, 8, b-e)
	putLanes(d, 12, b+e)
}

// hadamardRows returns the rows of d, in signed lanes, after the transform of clause 8.5.10 of each of them.
func hadamardRows(d *[16]int16) (a, b, c, e uint64) {
	a, b, c, e = transpose4(getLanes(d, 0)^laneTop, getLanes(d, 4)^laneTop, getLanes(d, 8)^laneTop, getLanes(d, 12)^laneTop)
	a, b, c, e = a-laneTop, b-laneTop, c-laneTop, e-laneTop
	a, b, c, e = a+b, a-b, c+e, c-e
	a, b, c, e = transpose4(a+c+laneTop, a-c+laneTop, b-e+laneTop, b+e+laneTop)
	return a - laneTop, b - laneTop, c - laneTop, e - laneTop
}

// average returns (v+w+1)>>1 of signed lanes whose sum need not fit 16 bits.
func average(v, w uint64) uint64 {
	v, w = v+laneTop, w+laneTop
	return v | w - (v^w)>>1&(0x7fff*lanes) - laneTop
}

// Hadamard2x2 transforms the 2x2 chroma DC coefficients (raster order) in place, forward or inverse (clause 8.5.11.1),
// without scaling.
func Hadamard2x2(d *[4]int16) {
	s0, s1, t0, t1 := d[0]+d[1], d[2]+d[3], d[0]-d[1], d[2]-d[3]
	d[0], d[1], d[2], d[3] = s0+s1, t0+t1, s0-s1, t0-t1
}
