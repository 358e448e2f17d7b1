package dsp

// CopyBlock copies a block of w x h samples.
func CopyBlock(dst []uint8, dStride int, src []uint8, sStride, w, h int) {
	for y := range h {
		copy(dst[y*dStride:y*dStride+w], src[y*sStride:y*sStride+w])
	}
}

// Avg averages two blocks, (a+b+1)>>1 per sample: the quarter-sample positions of clause 8.4.2.2.1. The width is 4, 8 or
// 16. Destination and sources may be the same block, but may not overlap otherwise.
func Avg(dst []uint8, dStride int, a []uint8, aStride int, b []uint8, bStride int, w, h int) {
	for y := range h {
		for x := range w {
			dst[y*dStride+x] = uint8((int(a[y*aStride+x]) + int(b[y*bStride+x]) + 1) >> 1)
		}
	}
}

// Half makes w x h samples of the half-size picture: each is the mean of 2x2 samples of src, (a+b+c+d+2)>>2.
func Half(dst []uint8, dStride int, src []uint8, sStride, w, h int) {
	for y := range h {
		for x := range w {
			i := 2*y*sStride + 2*x
			dst[y*dStride+x] = uint8((int(src[i]) + int(src[i+1]) + int(src[i+sStride]) + int(src[i+sStride+1]) + 2) >> 2)
		}
	}
}

// ExtendBorder repeats the first sample of each of h rows in the border samples to its left, and the last in those to
// its right. Row y has w samples from off+y*stride on.
func ExtendBorder(p []uint8, off, stride, w, h, border int) {
	for y := range h {
		row := p[off+y*stride-border : off+y*stride+w+border]
		for i := range border {
			row[i] = row[border]
			row[border+w+i] = row[border+w-1]
		}
	}
}

// ExtendBorderPairs is ExtendBorder for interleaved pairs of chroma samples: w and border count pairs, off and stride
// bytes.
func ExtendBorderPairs(p []uint8, off, stride, w, h, border int) {
	for y := range h {
		row := p[off+y*stride-2*border : off+y*stride+2*w+2*border]
		for i := range border {
			copy(row[2*i:2*i+2], row[2*border:])
			copy(row[2*(border+w+i):2*(border+w+i)+2], row[2*(border+w-1):])
		}
	}
}

// ExtendRowsUp copies width bytes of row 0, from left bytes before off on, to each of the n rows above it.
func ExtendRowsUp(p []uint8, off, stride, left, width, n int) {
	src := p[off-left : off-left+width]
	for y := 1; y <= n; y++ {
		copy(p[off-left-y*stride:], src)
	}
}

// ExtendRowsDown copies width bytes of row h-1, from left bytes before its first sample on, to each of the n rows below
// it. Row 0 starts at off.
func ExtendRowsDown(p []uint8, off, stride, left, width, h, n int) {
	start := off - left + (h-1)*stride
	src := p[start : start+width]
	for y := 1; y <= n; y++ {
		copy(p[start+y*stride:], src)
	}
}
