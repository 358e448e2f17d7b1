package dsp

// SAD returns the sum of absolute differences between two blocks of shape b.
func SAD(b Block, a []uint8, aStride int, r []uint8, rStride int) int {
	w, h := b.W(), b.H()
	sum := 0
	for y := range h {
		for x := range w {
			d := int(a[y*aStride+x]) - int(r[y*rStride+x])
			sum += max(d, -d)
		}
	}
	return sum
}

// SADx4 puts into out the sums of absolute differences between block a and each of four candidates of one stride.
func SADx4(b Block, a []uint8, aStride int, r0, r1, r2, r3 []uint8, rStride int, out *[4]int) {
	out[0] = SAD(b, a, aStride, r0, rStride)
	out[1] = SAD(b, a, aStride, r1, rStride)
	out[2] = SAD(b, a, aStride, r2, rStride)
	out[3] = SAD(b, a, aStride, r3, rStride)
}
