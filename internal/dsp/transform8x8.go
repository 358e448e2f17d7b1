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

func forwardDCT8(dst *[64]int16, a *uint8, aStride int, p *uint8, pStride int) {
	var r [8][8]int32 // by column
	for y := range 8 {
		v, w := at8(a, y*aStride), at8(p, y*pStride)
		var x [8]int32
		for i := range x {
			x[i] = int32(uint8(v>>(8*i))) - int32(uint8(w>>(8*i)))
		}
		forward8(&x)
		for i, c := range x {
			r[i][y] = c
		}
	}
	for i := range r {
		forward8(&r[i])
		for y, c := range r[i] {
			dst[8*y+i] = int16(c)
		}
	}
}

// forward8 transforms one row or column.
func forward8(x *[8]int32) {
	s0, s1, s2, s3 := x[0]+x[7], x[1]+x[6], x[2]+x[5], x[3]+x[4]
	t0, t1, t2, t3 := x[0]-x[7], x[1]-x[6], x[2]-x[5], x[3]-x[4]
	a0, a1, a2, a3 := s0+s3, s1+s2, s0-s3, s1-s2
	x[0], x[4] = a0+a1, a0-a1
	x[2], x[6] = a2+a3>>1, a2>>1-a3
	b0, b1 := t1+t2+t0+t0>>1, t0-t3-t2-t2>>1
	b2, b3 := t0+t3-t1-t1>>1, t1-t2+t3+t3>>1
	x[1], x[7] = b0+b3>>2, b0>>2-b3
	x[3], x[5] = b1+b2>>2, b2-b1>>2
}

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
	var r [8][8]int32 // by column
	for y := range 8 {
		d := c[8*y : 8*y+8 : 8*y+8]
		x := [8]int32{int32(d[0]), int32(d[1]), int32(d[2]), int32(d[3]), int32(d[4]), int32(d[5]), int32(d[6]), int32(d[7])}
		inverse8(&x)
		for i, v := range x {
			r[i][y] = v
		}
	}
	for i := range r {
		inverse8(&r[i])
		for y, v := range r[i] {
			s := offset(p, y*stride+i)
			*s = clip8(int(*s) + int((v+32)>>6))
		}
	}
}

// inverse8 transforms one row or column.
func inverse8(x *[8]int32) {
	e0, e2, e4, e6 := x[0]+x[4], x[0]-x[4], x[2]>>1-x[6], x[2]+x[6]>>1
	f0, f2, f4, f6 := e0+e6, e2+e4, e2-e4, e0-e6
	e1, e3 := x[5]-x[3]-x[7]-x[7]>>1, x[1]+x[7]-x[3]-x[3]>>1
	e5, e7 := x[7]-x[1]+x[5]+x[5]>>1, x[3]+x[5]+x[1]+x[1]>>1
	f1, f3, f5, f7 := e1+e7>>2, e3+e5>>2, e3>>2-e5, e7-e1>>2
	x[0], x[7] = f0+f7, f0-f7
	x[1], x[6] = f2+f5, f2-f5
	x[2], x[5] = f4+f3, f4-f3
	x[3], x[4] = f6+f1, f6-f1
}
