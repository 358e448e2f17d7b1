package dsp

// sixTap is the filter of clause 8.4.2.2.1 before rounding.
func sixTap(a, b, c, d, e, f int) int { return a - 5*b + 20*c + 20*d - 5*e + f }

// HalfPlanes makes the three half-sample planes of w x h samples of src: dstH the samples half a sample to the right
// (b of clause 8.4.2.2.1), dstV half a sample below (h), dstC both (j). The four planes have one geometry: sample (x,y)
// is at off+y*stride+x. It reads src from column -2 to w+2 and from row -2 to h+2.
func HalfPlanes(dstH, dstV, dstC, src []uint8, off, stride, w, h int) {
	for y := range h {
		for x := range w {
			i := off + y*stride + x
			var v [6]int
			for k := range v {
				j := i + k - 2
				v[k] = sixTap(int(src[j-2*stride]), int(src[j-stride]), int(src[j]), int(src[j+stride]), int(src[j+2*stride]), int(src[j+3*stride]))
			}
			dstH[i] = clip8((sixTap(int(src[i-2]), int(src[i-1]), int(src[i]), int(src[i+1]), int(src[i+2]), int(src[i+3])) + 16) >> 5)
			dstV[i] = clip8((v[2] + 16) >> 5)
			dstC[i] = clip8((sixTap(v[0], v[1], v[2], v[3], v[4], v[5]) + 512) >> 10)
		}
	}
}

// ChromaMC predicts a block of w x h interleaved pairs of chroma samples (w 2, 4 or 8) at the fractional position
// (dx/8, dy/8), clause 8.4.2.2.2. Where dx is not 0 it reads a pair more per row, where dy is not 0 a row more.
func ChromaMC(dst []uint8, dStride int, src []uint8, sStride int, dx, dy, w, h int) {
	right, down := 0, 0
	if dx != 0 {
		right = 2
	}
	if dy != 0 {
		down = sStride
	}
	wa, wb, wc, wd := (8-dx)*(8-dy), dx*(8-dy), (8-dx)*dy, dx*dy
	for y := range h {
		for x := range 2 * w {
			i := y*sStride + x
			dst[y*dStride+x] = uint8((wa*int(src[i]) + wb*int(src[i+right]) + wc*int(src[i+down]) + wd*int(src[i+down+right]) + 32) >> 6)
		}
	}
}
