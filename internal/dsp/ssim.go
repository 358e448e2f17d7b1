package dsp

import "math/bits"

// SSIMSums are what structural similarity needs to know of a block of each of two pictures.
type SSIMSums struct {
	A, B    uint32 // samples
	Squares uint32 // squares of the samples of both
	Product uint32 // products of the samples of one and of the other
}

// SSIMSums4x4 puts into out the sums of len(out) pairs of 4x4 blocks side by side, the first at a and b.
func SSIMSums4x4(out []SSIMSums, a []uint8, aStride int, b []uint8, bStride int) {
	if len(out) == 0 {
		return
	}
	p, q := window(a, aStride, 4*len(out), 4), window(b, bStride, 4*len(out), 4)
	done := 0
	if n := len(out) &^ 1; useAVX2 && n > 0 {
		ssimAVX2(&out[0].A, p, aStride, q, bStride, n)
		done = n
	}
	for k := done; k < len(out); k++ {
		var s SSIMSums
		for y := range 4 {
			v, w := four(p, y*aStride+4*k), four(q, y*bStride+4*k)
			for x := range 4 {
				i, j := uint32(v[x]), uint32(w[x])
				s.A += i
				s.B += j
				s.Squares += i*i + j*j
				s.Product += i * j
			}
		}
		out[k] = s
	}
}

// SSIMOne is a structural similarity of 1, that of equal pictures.
const SSIMOne = 1 << 32

// SSIMRow returns the sum of the structural similarities (Wang et al. 2004) of the windows of 2x2 blocks, a block apart,
// in two rows of blocks, in units of 1/SSIMOne. Windows have 8x8 samples of equal weight; K1 is 0.01 and K2 is 0.03.
func SSIMRow(above, below []SSIMSums) int64 {
	below = below[:len(above)]
	sum := int64(0)
	for x := 1; x < len(above); x++ {
		sum += similarity(&above[x-1], &above[x], &below[x-1], &below[x])
	}
	return sum
}

// similarity is that of the window of four blocks: (2ab+c1)(2cov+c2) / ((aa+bb+c1)(var+c2)), with a and b 64 times the
// means, and the variances 64*63 times theirs. The constants are those of x264 and ffmpeg, whose first is 64 times less
// than the paper's. Each factor is below 1<<30, and the quotient at most 1.
func similarity(p, q, r, s *SSIMSums) int64 {
	const (
		c1 = 416    // 0.01^2 * 255^2 * 64
		c2 = 235963 // 0.03^2 * 255^2 * 64*63
	)
	a, b := int64(p.A+q.A+r.A+s.A), int64(p.B+q.B+r.B+s.B)
	variances := 64*int64(p.Squares+q.Squares+r.Squares+s.Squares) - a*a - b*b
	covariance := 64*int64(p.Product+q.Product+r.Product+s.Product) - a*b
	upper, lower := (2*a*b+c1)*(2*covariance+c2), (a*a+b*b+c1)*(variances+c2)
	negative := upper < 0
	if negative {
		upper = -upper
	}
	quotient, _ := bits.Div64(uint64(upper)>>32, uint64(upper)<<32, uint64(lower))
	if negative {
		return -int64(quotient)
	}
	return int64(quotient)
}
