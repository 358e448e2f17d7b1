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
	forwardDCT(dst, p, aStride, q, pStride)
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
		forwardDCT(&dst[i], offset(p, y*aStride+x), aStride, offset(q, y*pStride+x), pStride)
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
		forwardDCT(&dst[i], offset(p, y*aStride+x), aStride, offset(q, y*pStride+x), pStride)
	}
}

func forwardDCT(dst *[16]int16, a *uint8, aStride int, p *uint8, pStride int) {
	// Pairs of columns of a and p, then the columns of their difference, the four rows in lanes.
	a01, a23 := interleave2(at4(a, 0)|at4(a, 2*aStride)<<32, at4(a, aStride)|at4(a, 3*aStride)<<32)
	p01, p23 := interleave2(at4(p, 0)|at4(p, 2*pStride)<<32, at4(p, pStride)|at4(p, 3*pStride)<<32)
	a0, a2, p0, p2 := even(a01), even(a23), even(p01), even(p23)

	// The bias in the first column makes all four results of the rows' transform positive; only the first row of the
	// columns' transform keeps it.
	const bias = 2048 // above 6*255
	c0, c1, c2, c3 := forwardLanes(a0|bias*lanes-p0, (a01^a0)>>8-(p01^p0)>>8, a2-p2, (a23^a2)>>8-(p23^p2)>>8)
	c0, c2 = interleave4(c0, c2)
	c1, c3 = interleave4(c1, c3)
	r0, r1 := interleave2(c0, c1)
	r2, r3 := interleave2(c2, c3)
	r0, r1, r2, r3 = forwardLanes(r0, r1, r2, r3)
	var raster [16]int16
	putLanes(&raster, 0, r0-4*bias*(lanes+1<<16))
	putLanes(&raster, 4, r1)
	putLanes(&raster, 8, r2)
	putLanes(&raster, 12, r3)
	zigZag4x4(dst, &raster)
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
	return uint64(uint16(c[i])) | uint64(uint16(c[i+1]))<<16 | uint64(uint16(c[i+2]))<<32 | uint64(uint16(c[i+3]))<<48
}

// putLanes stores signed lanes v to c[i] to c[i+3].
func putLanes(c *[16]int16, i int, v uint64) {
	v = v + laneTop ^ laneTop
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
	var c [16]int16
	dequant(&c, level, scale)
	inverseDCT(p, dStride, &c)
}

// InverseDCT4x4SixteenAdd is InverseDCT4x4Add of the sixteen blocks of 16x16 samples, in coding order, of those quadrants
// whose bits are set in quads.
func InverseDCT4x4SixteenAdd(dst []uint8, dStride int, level *[16][16]int16, scale *[16]int16, quads uint) {
	p := window(dst, dStride, 16, 16)
	if useAVX2 {
		inverseDCTSixteenAVX2(p, dStride, (*[4][16]int16)(level[:4]), scale, uint64(quads&15))
		return
	}
	var c [16]int16
	for i := range level {
		if quads>>(i>>2)&1 != 0 && level[i] != [16]int16{} {
			dequant(&c, &level[i], scale)
			x, y := int(codingOrder[i]&3)*4, int(codingOrder[i]>>2)*4
			inverseDCT(offset(p, y*dStride+x), dStride, &c)
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
	var c [16]int16
	for i := range level {
		q := offset(p, i>>1*4*dStride+i&1*4)
		if level[i] == [16]int16{} {
			inverseDC(q, dStride, dc[i])
			continue
		}
		dequant(&c, &level[i], scale)
		c[0] = dc[i]
		inverseDCT(q, dStride, &c)
	}
}

// dequant puts the coefficients of levels in scan order into raster order.
func dequant(c, level, scale *[16]int16) {
	var scaled [16]int16
	for i := range c {
		scaled[i] = level[i] * scale[i]
	}
	unZigZag4x4(c, &scaled)
}

func inverseDCT(p *uint8, dStride int, c *[16]int16) {
	// Rows 0, 2, 1, 3 become the lanes of the columns.
	r0, r1, r2, r3 := getLanes(c, 0)^laneTop, getLanes(c, 4)^laneTop, getLanes(c, 8)^laneTop, getLanes(c, 12)^laneTop
	r0, r1 = interleave4(r0, r1)
	r2, r3 = interleave4(r2, r3)
	c0, c1 := interleave2(r0, r2)
	c2, c3 := interleave2(r1, r3)
	c0, c1, c2, c3 = inverseLanes(c0, c1, c2, c3)

	// Columns 0, 2, 1, 3 become the lanes of the rows.
	c0, c1 = interleave4(c0+laneTop, c1+laneTop)
	c2, c3 = interleave4(c2+laneTop, c3+laneTop)
	r0, r2 = interleave2(c0, c2)
	r1, r3 = interleave2(c1, c3)
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
