package dsp

// SSD returns the sum of squared differences between two blocks of shape b.
func SSD(b Block, a []uint8, aStride int, r []uint8, rStride int) int {
	return int(SSDPlane(a, aStride, r, rStride, b.W(), b.H()))
}

// SSDPlane returns the sum of squared differences between two planes of w x h samples, of any size.
func SSDPlane(a []uint8, aStride int, b []uint8, bStride int, w, h int) uint64 {
	var sum uint64
	for y := range h {
		for x := range w {
			d := int(a[y*aStride+x]) - int(b[y*bStride+x])
			sum += uint64(d * d)
		}
	}
	return sum
}

// VarianceSums returns the sum of the samples of a block and the sum of their squares. Width and height are multiples of
// 4, at most 16.
func VarianceSums(a []uint8, stride, w, h int) (sum, sumSq uint32) {
	for y := range h {
		for x := range w {
			v := uint32(a[y*stride+x])
			sum += v
			sumSq += v * v
		}
	}
	return sum, sumSq
}
