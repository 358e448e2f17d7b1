package colorconv

// The kernels of lines, which are rows of chroma with an element of 32 bits for
// each sample: Cb in the low half and Cr in the high one, or what both add to Y. As
// in rows.go, the AVX2 forms take rows that are long enough, their last blocks
// overlap, and the slicing that each function begins with keeps them in bounds.

// betweenRow interpolates as many elements as it reads.
func betweenRow(dst, src []uint32, w0, w1 uint32) {
	n := len(dst)
	src = src[:n+1]
	if !useAVX2 || n < 8 {
		betweenRowPortable(dst, src, w0, w1)
		return
	}
	betweenRowAVX2(&dst[0], &src[0], n/8, w0, w1)
	if n%8 != 0 {
		betweenRowAVX2(&dst[n-8], &src[n-8], 1, w0, w1)
	}
}

// halveRow filters every other element and the two after it.
func halveRow(dst, src []uint32, w0, w1, w2 uint32) {
	n := len(dst)
	src = src[:2*n+2]
	if !useAVX2 || n < 8 {
		halveRowPortable(dst, src, w0, w1, w2)
		return
	}
	halveRowAVX2(&dst[0], &src[0], n/8, w0, w1, w2)
	if n%8 != 0 {
		halveRowAVX2(&dst[n-8], &src[2*(n-8)], 1, w0, w1, w2)
	}
}

// doubleRow interpolates the even elements of dst with two weights, and the odd
// ones with two others from elsewhere.
func doubleRow(dst, even, odd []uint32, w0, w1, v0, v1 uint32) {
	n := len(dst)
	even, odd = even[:(n+1)/2+1], odd[:n/2+1]
	if !useAVX2 || n < 16 {
		doubleRowPortable(dst, even, odd, w0, w1, v0, v1)
		return
	}
	doubleRowAVX2(&dst[0], &even[0], &odd[0], n/16, w0, w1, v0, v1)
	if n%16 != 0 {
		x := (n - 16) &^ 1
		doubleRowAVX2(&dst[x], &even[x/2], &odd[x/2], 1, w0, w1, v0, v1)
		doubleRowPortable(dst[x+16:], even[x/2+8:], odd[x/2+8:], w0, w1, v0, v1)
	}
}

// pairRow joins Cb and Cr.
func pairRow(dst []uint32, cb, cr []uint8) {
	n := len(dst)
	cb, cr = cb[:n], cr[:n]
	if !useAVX2 || n < 8 {
		pairRowPortable(dst, cb, cr)
		return
	}
	pairRowAVX2(&dst[0], &cb[0], &cr[0], n/8)
	if n%8 != 0 {
		pairRowAVX2(&dst[n-8], &cb[n-8], &cr[n-8], 1)
	}
}

// crossRow computes what chroma adds to Y, with yccBits of fraction.
func crossRow(dst []uint32, cb, cr []uint8, m *yccMatrix) {
	n := len(dst)
	cb, cr = cb[:n], cr[:n]
	if !useAVX2 || n < 8 {
		crossRowPortable(dst, cb, cr, m)
		return
	}
	k := halves(m.yCb, m.yCr)
	crossRowAVX2(&dst[0], &cb[0], &cr[0], n/8, k)
	if n%8 != 0 {
		crossRowAVX2(&dst[n-8], &cb[n-8], &cr[n-8], 1, k)
	}
}

// halves puts two numbers of 16 bits in one of 32.
func halves(low, high int32) uint32 { return uint32(uint16(low)) | uint32(uint16(high))<<16 }

// splitRow joins two rows of pairs and rounds them to samples.
func splitRow(cb, cr []uint8, a, b []uint32, wa, wb uint32) {
	n := len(cb)
	cr, a, b = cr[:n], a[:n], b[:n]
	if !useAVX2 || n < 16 {
		splitRowPortable(cb, cr, a, b, wa, wb)
		return
	}
	wa, wb = wa<<16|wa, wb<<16|wb
	splitRowAVX2(&cb[0], &cr[0], &a[0], &b[0], n/16, wa, wb)
	if n%16 != 0 {
		splitRowAVX2(&cb[n-16], &cr[n-16], &a[n-16], &b[n-16], 1, wa, wb)
	}
}

// matrixRow is splitRow with a conversion of the unrounded chroma.
func matrixRow(cb, cr []uint8, a, b []uint32, wa, wb uint32, m *yccMatrix) {
	n := len(cb)
	cr, a, b = cr[:n], a[:n], b[:n]
	if !useAVX2 || n < 16 {
		matrixRowPortable(cb, cr, a, b, wa, wb, m)
		return
	}
	wa, wb = wa<<16|wa, wb<<16|wb
	kCb, kCr := halves(m.cbCb, m.cbCr), halves(m.crCb, m.crCr)
	matrixRowAVX2(&cb[0], &cr[0], &a[0], &b[0], n/16, wa, wb, kCb, kCr, m.cbBias, m.crBias)
	if n%16 != 0 {
		matrixRowAVX2(&cb[n-16], &cr[n-16], &a[n-16], &b[n-16], 1, wa, wb, kCb, kCr, m.cbBias, m.crBias)
	}
}

// crossedRow converts Y, with rows of what chroma adds to it.
func crossedRow(dst, src []uint8, a, b []uint32, wa, wb uint32, m *yccMatrix) {
	n := len(dst)
	src, a, b = src[:n], a[:n], b[:n]
	if !useAVX2 || n < 32 {
		crossedRowPortable(dst, src, a, b, wa, wb, m)
		return
	}
	scale, bias := m.ofLuma()
	crossedRowAVX2(&dst[0], &src[0], &a[0], &b[0], n/32, wa, wb, scale, bias)
	if n%32 != 0 {
		crossedRowAVX2(&dst[n-32], &src[n-32], &a[n-32], &b[n-32], 1, wa, wb, scale, bias)
	}
}
