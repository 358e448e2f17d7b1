package dsp

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
