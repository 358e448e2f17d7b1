package dsp

// CopyBlock copies a block of w x h samples.
func CopyBlock(dst []uint8, dStride int, src []uint8, sStride, w, h int) {
	if h < 2 {
		if h == 1 {
			copy(dst[:w], src[:w])
		}
		return
	}
	d, s := window(dst, dStride, w, h), window(src, sStride, w, h)
	switch w {
	case 16:
		if useAVX2 && h&1 == 0 {
			copy16AVX2(d, dStride, s, sStride, h)
			return
		}
		i, j := 0, 0
		for ; h >= 4; h -= 4 {
			copy16(d, i, s, j)
			copy16(d, i+dStride, s, j+sStride)
			copy16(d, i+2*dStride, s, j+2*sStride)
			copy16(d, i+3*dStride, s, j+3*sStride)
			i += 4 * dStride
			j += 4 * sStride
		}
		for ; h > 0; h-- {
			copy16(d, i, s, j)
			i += dStride
			j += sStride
		}
	case 8:
		i, j := 0, 0
		for ; h >= 4; h -= 4 {
			put8(d, i, at8(s, j))
			put8(d, i+dStride, at8(s, j+sStride))
			put8(d, i+2*dStride, at8(s, j+2*sStride))
			put8(d, i+3*dStride, at8(s, j+3*sStride))
			i += 4 * dStride
			j += 4 * sStride
		}
		for ; h > 0; h-- {
			put8(d, i, at8(s, j))
			i += dStride
			j += sStride
		}
	case 4:
		i, j := 0, 0
		for ; h >= 4; h -= 4 {
			put4(d, i, at4(s, j))
			put4(d, i+dStride, at4(s, j+sStride))
			put4(d, i+2*dStride, at4(s, j+2*sStride))
			put4(d, i+3*dStride, at4(s, j+3*sStride))
			i += 4 * dStride
			j += 4 * sStride
		}
		for ; h > 0; h-- {
			put4(d, i, at4(s, j))
			i += dStride
			j += sStride
		}
	default:
		if dStride == w && sStride == w {
			copy(dst[:w*h], src[:w*h])
			return
		}
		if useAVX2 && w >= 32 {
			copyWideAVX2(d, dStride, s, sStride, w, h)
			return
		}
		for y := range h {
			copy(dst[y*dStride:y*dStride+w], src[y*sStride:y*sStride+w])
		}
	}
}

// Put4x4 copies a block of 4x4 samples of stride 4.
func Put4x4(dst []uint8, dStride int, src *[16]uint8) {
	d, s := window(dst, dStride, 4, 4), &src[0]
	put4(d, 0, at4(s, 0))
	put4(d, dStride, at4(s, 4))
	put4(d, 2*dStride, at4(s, 8))
	put4(d, 3*dStride, at4(s, 12))
}

// CopyPairs copies a block of 8x8 interleaved pairs of samples. Those of its last row go to the eight samples of cb and of
// cr too, the first and the second of each pair.
func CopyPairs(dst []uint8, dStride int, src []uint8, sStride int, cb, cr []uint8) {
	b, r := (*[8]uint8)(cb), (*[8]uint8)(cr)
	if useAVX2 {
		copyPairsAVX2(window(dst, dStride, 16, 8), dStride, window(src, sStride, 16, 8), sStride, &b[0], &r[0])
		return
	}
	CopyBlock(dst, dStride, src, sStride, 16, 8)
	last := (*[16]uint8)(src[7*sStride:])
	for i := range b {
		b[i], r[i] = last[2*i&15], last[(2*i+1)&15]
	}
}

// Prefetch tells that the first sample of each of h rows, a multiple of 4, will be wanted soon, with those around it in a
// line of the cache (64 samples on most processors). Without assembly it does nothing.
func Prefetch(p []uint8, stride, h int) {
	if useAVX2 {
		prefetchAVX2(&p[0], stride, h)
	}
}

// Avg averages two blocks of at least two rows, (a+b+1)>>1 per sample: the quarter-sample positions of clause 8.4.2.2.1.
// The width is 4, 8 or 16. Destination and sources may be the same block, but may not overlap otherwise.
func Avg(dst []uint8, dStride int, a []uint8, aStride int, b []uint8, bStride int, w, h int) {
	d, p, q := window(dst, dStride, w, h), window(a, aStride, w, h), window(b, bStride, w, h)
	if useAVX2 && h&1 == 0 {
		switch w {
		case 16:
			avg16AVX2(d, dStride, p, aStride, q, bStride, h)
		case 8:
			avg8AVX2(d, dStride, p, aStride, q, bStride, h)
		case 4:
			avg4AVX2(d, dStride, p, aStride, q, bStride, h)
		}
		return
	}
	switch w {
	case 16:
		for i, j, k := 0, 0, 0; h > 0; h-- {
			put8(d, i, avgBytes(at8(p, j), at8(q, k)))
			put8(d, i+8, avgBytes(at8(p, j+8), at8(q, k+8)))
			if h--; h > 0 {
				i += dStride
				j += aStride
				k += bStride
				put8(d, i, avgBytes(at8(p, j), at8(q, k)))
				put8(d, i+8, avgBytes(at8(p, j+8), at8(q, k+8)))
			}
			i += dStride
			j += aStride
			k += bStride
		}
	case 8:
		for i, j, k := 0, 0, 0; h > 0; h-- {
			put8(d, i, avgBytes(at8(p, j), at8(q, k)))
			if h--; h > 0 {
				i += dStride
				j += aStride
				k += bStride
				put8(d, i, avgBytes(at8(p, j), at8(q, k)))
			}
			i += dStride
			j += aStride
			k += bStride
		}
	case 4:
		for i, j, k, y := 0, 0, 0, h; y > 0; y-- {
			put4(d, i, avgBytes(at4(p, j), at4(q, k)))
			i += dStride
			j += aStride
			k += bStride
		}
	}
}

// avgBytes returns (v+w+1)>>1 of each sample.
func avgBytes(v, w uint64) uint64 { return v | w - (v^w)>>1&lowBits }

// Half makes w x h samples of the half-size picture: each is the mean of 2x2 samples of src, (a+b+c+d+2)>>2.
func Half(dst []uint8, dStride int, src []uint8, sStride, w, h int) {
	if useAVX2 && w >= 32 && h > 1 {
		halfAVX2(window(dst, dStride, w, h), dStride, window(src, sStride, 2*w, 2*h), sStride, w, h)
		return
	}
	for y := range h {
		d, s, t := &dst[y*dStride:][:w][0], &src[2*y*sStride:][:2*w][0], &src[(2*y+1)*sStride:][:2*w][0]
		x := 0
		for ; x+4 <= w; x += 4 {
			v, u := at8(s, 2*x), at8(t, 2*x)
			put4(d, x, packLanes((even(v)+odd(v)+even(u)+odd(u)+2*lanes)>>2&evenBytes))
		}
		for ; x < w; x++ {
			sum := uint32(at1(s, 2*x)) + uint32(at1(s, 2*x+1)) + uint32(at1(t, 2*x)) + uint32(at1(t, 2*x+1))
			*offset(d, x) = uint8((sum + 2) >> 2)
		}
	}
}

// ExtendBorder repeats the first sample of each of h rows in the border samples to its left, and the last in those to
// its right. Row y has w samples from off+y*stride on.
func ExtendBorder(p []uint8, off, stride, w, h, border int) {
	if first, beyond := borders(p, off, stride, w, h, border); first != nil {
		borderAVX2(first, beyond, stride, h, border)
		return
	}
	for y := range h {
		row := p[off+y*stride-border : off+y*stride+w+border]
		repeat(row[:border], uint64(row[border])*0x0101010101010101)
		repeat(row[border+w:], uint64(row[border+w-1])*0x0101010101010101)
	}
}

// ExtendBorderPairs is ExtendBorder for interleaved pairs of chroma samples: w and border count pairs, off and stride
// bytes.
func ExtendBorderPairs(p []uint8, off, stride, w, h, border int) {
	w, border = 2*w, 2*border
	if first, beyond := borders(p, off, stride, w, h, border); first != nil {
		borderPairsAVX2(first, beyond, stride, h, border)
		return
	}
	for y := range h {
		row := p[off+y*stride-border : off+y*stride+w+border]
		first, last := row[border:border+2], row[border+w-2:border+w]
		repeat(row[:border], (uint64(first[0])|uint64(first[1])<<8)*lanes)
		repeat(row[border+w:], (uint64(last[0])|uint64(last[1])<<8)*lanes)
	}
}

// borders returns the address of the first of w bytes of h rows and of that behind the last, if assembly can make their
// borders, which must lie in p.
func borders(p []uint8, off, stride, w, h, border int) (first, beyond *uint8) {
	if !useAVX2 || border <= 0 || border&15 != 0 || w < 2 || h <= 0 {
		return nil, nil
	}
	_ = window(p[off-border:], stride, w+2*border, h)
	return &p[off], &p[off+w]
}

// repeat fills p with the eight samples of v, again and again.
func repeat(p []uint8, v uint64) {
	for ; len(p) >= 8; p = p[8:] {
		store8(p, v)
	}
	for i := range p {
		p[i] = uint8(v >> (8 * uint(i)))
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

// Column copies the first sample of each of n rows, at least 2: intra prediction takes the samples left of a block so.
func Column(dst []uint8, dStride int, src []uint8, sStride, n int) {
	d, s := window(dst, dStride, 1, n), window(src, sStride, 1, n)
	for i := range n {
		*offset(d, i*dStride) = at1(s, i*sStride)
	}
}
