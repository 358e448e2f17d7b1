package dsp

// SATD returns the sum over the 4x4 blocks of shape b of half the sum of the absolute coefficients of the 4x4 Hadamard
// transform of a-r, rounded down per 4x4 block.
func SATD(b Block, a []uint8, aStride int, r []uint8, rStride int) int {
	sum := 0
	for y := 0; y < b.H(); y += 4 {
		for x := 0; x < b.W(); x += 4 {
			sum += satd4x4(a[y*aStride+x:], aStride, r[y*rStride+x:], rStride)
		}
	}
	return sum
}

func satd4x4(a []uint8, aStride int, r []uint8, rStride int) int {
	var m [16]int
	for y := range 4 {
		d0 := int(a[y*aStride]) - int(r[y*rStride])
		d1 := int(a[y*aStride+1]) - int(r[y*rStride+1])
		d2 := int(a[y*aStride+2]) - int(r[y*rStride+2])
		d3 := int(a[y*aStride+3]) - int(r[y*rStride+3])
		s0, s1, t0, t1 := d0+d1, d2+d3, d0-d1, d2-d3
		m[4*y], m[4*y+1], m[4*y+2], m[4*y+3] = s0+s1, s0-s1, t0+t1, t0-t1
	}
	sum := 0
	for x := range 4 {
		s0, s1, t0, t1 := m[x]+m[4+x], m[8+x]+m[12+x], m[x]-m[4+x], m[8+x]-m[12+x]
		for _, v := range [4]int{s0 + s1, s0 - s1, t0 + t1, t0 - t1} {
			sum += max(v, -v)
		}
	}
	return sum >> 1
}
