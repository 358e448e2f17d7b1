package dsp

// ForwardDCT8x8 puts into dst, in raster order, the forward counterpart of the transform of clause 8.5.13.2 of the 8x8
// residual a-pred. Halves and quarters on the way are rounded down. Coefficients are unscaled: at most 64*255.
func ForwardDCT8x8(dst *[64]int16, a []uint8, aStride int, pred []uint8, pStride int) {
	p, q := window(a, aStride, 8, 8), window(pred, pStride, 8, 8)
	if useAVX2 {
		forwardDCT8x8AVX2(dst, p, aStride, q, pStride)
		return
	}
	forwardDCT8(dst, p, aStride, q, pStride)
}

// ForwardDCT8x8Four is ForwardDCT8x8 of the four 8x8 blocks of a 16x16 residual, in coding order.
func ForwardDCT8x8Four(dst *[4][64]int16, a []uint8, aStride int, pred []uint8, pStride int) {
	p, q := window(a, aStride, 16, 16), window(pred, pStride, 16, 16)
	if useAVX2 {
		forwardDCT8x8FourAVX2(dst, p, aStride, q, pStride)
		return
	}
	for i := range dst {
		x, y := i&1*8, i>>1*8
		forwardDCT8(&dst[i], offset(p, y*aStride+x), aStride, offset(q, y*pStride+x), pStride)
	}
}

// Portable forms of 8x8 transforms work on four rows or columns at once: in 16-bit lanes with a bias of 0x8000 between the
// two directions.

func forwardDCT8(dst *[64]int16, a *uint8, aStride int, p *uint8, pStride int) {
	var columns, rows [2][8]uint64 // of the upper and the lower four rows; of the left and the right four columns
	for k := range columns {
		c := &columns[k]
		e0, o0 := diffLanes(at8(a, 0), at8(p, 0))
		e1, o1 := diffLanes(at8(a, aStride), at8(p, pStride))
		e2, o2 := diffLanes(at8(a, 2*aStride), at8(p, 2*pStride))
		e3, o3 := diffLanes(at8(a, 3*aStride), at8(p, 3*pStride))
		c[0], c[2], c[4], c[6] = transpose4(e0, e1, e2, e3)
		c[1], c[3], c[5], c[7] = transpose4(o0, o1, o2, o3)
		forward8(c)
		r, s := (*[4]uint64)(rows[0][4*k:]), (*[4]uint64)(rows[1][4*k:])
		r[0], r[1], r[2], r[3] = transpose4(c[0], c[1], c[2], c[3])
		s[0], s[1], s[2], s[3] = transpose4(c[4], c[5], c[6], c[7])
		if k == 0 {
			a, p = offset(a, 4*aStride), offset(p, 4*pStride)
		}
	}
	for k := range rows {
		r := &rows[k]
		forward8(r)
		for y := 0; y < 8; y += 2 {
			d := (*[16]int16)(dst[8*y:])
			storeLanes(d, 4*k, r[y]^laneTop)
			storeLanes(d, 8+4*k, r[y+1]^laneTop)
		}
	}
}

// diffLanes returns the differences of the even and of the odd samples in biased lanes.
func diffLanes(v, w uint64) (e, o uint64) {
	return even(v) | laneTop - even(w), odd(v) | laneTop - odd(w)
}

// forward8 transforms four rows or columns: biased lanes, at most 8*255 in magnitude.
func forward8(x *[8]uint64) {
	s0, s1, s2, s3 := x[0]+x[7], x[1]+x[6], x[2]+x[5], x[3]+x[4] // with twice the bias, which differences don't have
	t0, t1, t2, t3 := x[0]-x[7], x[1]-x[6], x[2]-x[5], x[3]-x[4]
	a0, a1, a2, a3 := s0+s3, s1+s2, s0-s3, s1-s2
	const excess = 7 * laneTop & (1<<64 - 1)
	x[0], x[4] = a0+a1-excess, a0-a1+laneTop
	x[2], x[6] = a2+half(a3)+laneTop, half(a2)-a3+laneTop
	b0, b1 := t1+t2+t0+half(t0), t0-t3-t2-half(t2)
	b2, b3 := t0+t3-t1-half(t1), t1-t2+t3+half(t3)
	x[1], x[7] = b0+quarter(b3)+laneTop, quarter(b0)-b3+laneTop
	x[3], x[5] = b1+quarter(b2)+laneTop, b2-quarter(b1)+laneTop
}

// half returns signed lanes divided by 2, rounded down.
func half(v uint64) uint64 { return (v+laneTop)>>1&(0x7fff*lanes) - 0x4000*lanes }

// quarter returns signed lanes divided by 4, rounded down.
func quarter(v uint64) uint64 { return (v+laneTop)>>2&(0x3fff*lanes) - 0x2000*lanes }

// InverseDCT8x8Add adds the residual of scaled coefficients c (raster order) to dst: the transform of clause 8.5.13.2,
// (x+32)>>6, and clipping of the sum. No value on the way may need more than 16 bits, as the clause demands of streams.
func InverseDCT8x8Add(dst []uint8, dStride int, c *[64]int16) {
	inverseDCT8(window(dst, dStride, 8, 8), dStride, c)
}

// InverseDCT8x8FourAdd is InverseDCT8x8Add of those quadrants of 16x16 samples whose bits are set in quads.
func InverseDCT8x8FourAdd(dst []uint8, dStride int, c *[4][64]int16, quads uint) {
	p := window(dst, dStride, 16, 16)
	if useAVX2 {
		inverseDCT8x8FourAVX2(p, dStride, &c[0], uint64(quads&15))
		return
	}
	for quad := range c {
		if quads>>quad&1 != 0 {
			inverseDCT8(offset(p, quad>>1*8*dStride+quad&1*8), dStride, &c[quad])
		}
	}
}

func inverseDCT8(p *uint8, stride int, c *[64]int16) {
	if useAVX2 {
		inverseDCT8x8AVX2(p, stride, c)
		return
	}
	var columns, rows [2][8]uint64 // of the upper and the lower four rows; of the even and the odd columns
	for k := range columns {
		x, d, e := &columns[k], (*[16]int16)(c[32*k:]), (*[16]int16)(c[32*k+16:])
		x[0], x[1], x[2], x[3] = transpose4(getLanes(d, 0)^laneTop, getLanes(d, 8)^laneTop, getLanes(e, 0)^laneTop, getLanes(e, 8)^laneTop)
		x[4], x[5], x[6], x[7] = transpose4(getLanes(d, 4)^laneTop, getLanes(d, 12)^laneTop, getLanes(e, 4)^laneTop, getLanes(e, 12)^laneTop)
		inverse8(x)
		r, s := (*[4]uint64)(rows[0][4*k:]), (*[4]uint64)(rows[1][4*k:])
		r[0], r[1], r[2], r[3] = transpose4(x[0], x[2], x[4], x[6])
		s[0], s[1], s[2], s[3] = transpose4(x[1], x[3], x[5], x[7])
	}
	inverse8(&rows[0])
	inverse8(&rows[1])
	for y := range 8 {
		v := at8(p, y*stride)
		e, o := even(v)+residual(rows[0][y]-laneTop), odd(v)+residual(rows[1][y]-laneTop)
		if (e|o)&(0x300*lanes) != 0 {
			e, o = clipSums(e), clipSums(o)
		}
		put8(p, y*stride, even(e)|even(o)<<8)
	}
}

// inverse8 transforms four rows or columns in biased lanes.
func inverse8(x *[8]uint64) {
	x0, x1, x2, x3 := x[0]-laneTop, x[1]-laneTop, x[2]-laneTop, x[3]-laneTop
	x4, x5, x6, x7 := x[4]-laneTop, x[5]-laneTop, x[6]-laneTop, x[7]-laneTop
	e0, e2, e4, e6 := x0+x4, x0-x4, half(x2)-x6, x2+half(x6)
	f0, f2, f4, f6 := e0+e6+laneTop, e2+e4+laneTop, e2-e4+laneTop, e0-e6+laneTop
	e1, e3 := x5-x3-x7-half(x7), x1+x7-x3-half(x3)
	e5, e7 := x7-x1+x5+half(x5), x3+x5+x1+half(x1)
	f1, f3, f5, f7 := e1+quarter(e7), e3+quarter(e5), quarter(e3)-e5, e7-quarter(e1)
	x[0], x[7] = f0+f7, f0-f7
	x[1], x[6] = f2+f5, f2-f5
	x[2], x[5] = f4+f3, f4-f3
	x[3], x[4] = f6+f1, f6-f1
}
