package intra

// Bypass makes of the vertical and horizontal predictions of a block of size x size
// samples those that the residual refers to where it bypasses the transform: from
// the first row or column on, residuals add up along the prediction (clause 8.5.15).
// What is coded is exact then, so each sample is predicted by the one before it.
func Bypass(vertical, horizontal []uint8, stride int, src []uint8, sStride, size int) {
	for y := 0; y < size; y++ {
		s := src[y*sStride:][:size]
		if y+1 < size {
			copy(vertical[(y+1)*stride:][:size], s)
		}
		copy(horizontal[y*stride+1:][:size-1], s)
	}
}
