package dsp

// ForwardDCT4x4 puts into dst, in raster order, the core transform (the forward counterpart of clause 8.5.12.2) of the
// 4x4 residual a-pred. Coefficients are unscaled: at most 16*255 for the DC, 36*255 for others.
func ForwardDCT4x4(dst *[16]int16, a []uint8, aStride int, pred []uint8, pStride int) {
	var m [16]int32
	for y := range 4 {
		d0 := int32(a[y*aStride]) - int32(pred[y*pStride])
		d1 := int32(a[y*aStride+1]) - int32(pred[y*pStride+1])
		d2 := int32(a[y*aStride+2]) - int32(pred[y*pStride+2])
		d3 := int32(a[y*aStride+3]) - int32(pred[y*pStride+3])
		s0, s1, t0, t1 := d0+d3, d1+d2, d0-d3, d1-d2
		m[4*y], m[4*y+1], m[4*y+2], m[4*y+3] = s0+s1, 2*t0+t1, s0-s1, t0-2*t1
	}
	for x := range 4 {
		s0, s1, t0, t1 := m[x]+m[12+x], m[4+x]+m[8+x], m[x]-m[12+x], m[4+x]-m[8+x]
		dst[x], dst[4+x], dst[8+x], dst[12+x] = int16(s0+s1), int16(2*t0+t1), int16(s0-s1), int16(t0-2*t1)
	}
}

// codingOrder maps the coding order of a macroblock's sixteen 4x4 blocks to their raster order (figure 6-10).
var codingOrder = [16]uint8{0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15}

// ForwardDCT16x16 puts into dst the core transforms of the sixteen 4x4 blocks of the 16x16 residual a-pred, in coding
// order.
func ForwardDCT16x16(dst *[16][16]int16, a []uint8, aStride int, pred []uint8, pStride int) {
	for i := range dst {
		x, y := int(codingOrder[i]&3)*4, int(codingOrder[i]>>2)*4
		ForwardDCT4x4(&dst[i], a[y*aStride+x:], aStride, pred[y*pStride+x:], pStride)
	}
}

// InverseDCT4x4Add adds the residual of scaled coefficients c (raster order) to dst: the transform of clause 8.5.12.2,
// (x+32)>>6, and clipping of the sum.
func InverseDCT4x4Add(dst []uint8, dStride int, c *[16]int16) {
	var m [16]int32
	for y := range 4 {
		d0, d1, d2, d3 := int32(c[4*y]), int32(c[4*y+1]), int32(c[4*y+2]), int32(c[4*y+3])
		e0, e1, e2, e3 := d0+d2, d0-d2, d1>>1-d3, d1+d3>>1
		m[4*y], m[4*y+1], m[4*y+2], m[4*y+3] = e0+e3, e1+e2, e1-e2, e0-e3
	}
	for x := range 4 {
		d0, d1, d2, d3 := m[x], m[4+x], m[8+x], m[12+x]
		e0, e1, e2, e3 := d0+d2, d0-d2, d1>>1-d3, d1+d3>>1
		for y, v := range [4]int32{e0 + e3, e1 + e2, e1 - e2, e0 - e3} {
			dst[y*dStride+x] = clip8(int(dst[y*dStride+x]) + int((v+32)>>6))
		}
	}
}

// InverseDC4x4Add is InverseDCT4x4Add where all coefficients but the first, dc, are zero.
func InverseDC4x4Add(dst []uint8, dStride int, dc int16) {
	v := (int(dc) + 32) >> 6
	for y := range 4 {
		for x := range 4 {
			dst[y*dStride+x] = clip8(int(dst[y*dStride+x]) + v)
		}
	}
}

// ForwardHadamard4x4 transforms the 4x4 luma DC coefficients of an Intra 16x16 macroblock in place, and halves them with
// (x+1)>>1.
func ForwardHadamard4x4(d *[16]int16) {
	m := hadamard4x4(d)
	for i, v := range m {
		d[i] = int16((v + 1) >> 1)
	}
}

// InverseHadamard4x4 transforms the 4x4 luma DC levels of an Intra 16x16 macroblock in place (clause 8.5.10), without
// scaling.
func InverseHadamard4x4(d *[16]int16) {
	m := hadamard4x4(d)
	for i, v := range m {
		d[i] = int16(v)
	}
}

// hadamard4x4 returns the transform of clause 8.5.10, which is its own inverse but for a factor of 16.
func hadamard4x4(d *[16]int16) (m [16]int32) {
	for y := range 4 {
		d0, d1, d2, d3 := int32(d[4*y]), int32(d[4*y+1]), int32(d[4*y+2]), int32(d[4*y+3])
		s0, s1, t0, t1 := d0+d1, d2+d3, d0-d1, d2-d3
		m[4*y], m[4*y+1], m[4*y+2], m[4*y+3] = s0+s1, s0-s1, t0-t1, t0+t1
	}
	for x := range 4 {
		d0, d1, d2, d3 := m[x], m[4+x], m[8+x], m[12+x]
		s0, s1, t0, t1 := d0+d1, d2+d3, d0-d1, d2-d3
		m[x], m[4+x], m[8+x], m[12+x] = s0+s1, s0-s1, t0-t1, t0+t1
	}
	return m
}

// Hadamard2x2 transforms the 2x2 chroma DC coefficients (raster order) in place, forward or inverse (clause 8.5.11.1),
// without scaling.
func Hadamard2x2(d *[4]int16) {
	s0, s1, t0, t1 := d[0]+d[1], d[2]+d[3], d[0]-d[1], d[2]-d[3]
	d[0], d[1], d[2], d[3] = s0+s1, t0+t1, s0-s1, t0-t1
}
