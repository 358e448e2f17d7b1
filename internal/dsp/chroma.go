package dsp

// Chroma samples of 4:2:0 are interleaved, Cb and Cr in turn, so that one call predicts both. The filter of clause
// 8.4.2.2.2 is 8*r + dy*(r'-r), where r' is the row below r, and r is 8*a + dx*(b-a) of a pair and the next.

// ChromaMCPlanes predicts a block of w x h pairs of chroma samples (w 2, 4 or 8, h at least 2) at the fractional
// position (dx/8, dy/8), and takes them apart: the first sample of each goes to cb, the second to cr. Where dx is not 0 it
// reads a pair more per row, where dy is not 0 a row more.
func ChromaMCPlanes(cb, cr []uint8, dStride int, src []uint8, sStride int, dx, dy, w, h int) {
	if dx == 0 && dy == 0 && !useAVX2 {
		SplitPairs(cb, cr, dStride, src, sStride, w, h)
		return
	}
	b, c := window(cb, dStride, w, h), window(cr, dStride, w, h)
	s, right, down, dy := chromaSource(src, sStride, dx, dy, w, h)
	if useAVX2 {
		// Of a row and of the next, the weight of a sample and, in the second byte, of the one beside it.
		upper, lower := uint16((8-dx|dx<<8)*(8-dy)), uint16((8-dx|dx<<8)*dy)
		switch w {
		case 8:
			chroma8AVX2(b, c, dStride, s, sStride, right, down, h, upper, lower)
		case 4:
			chroma4AVX2(b, c, dStride, s, sStride, right, down, h, upper, lower)
		case 2:
			chroma2AVX2(b, c, dStride, s, sStride, right, down, h, upper, lower)
		}
		return
	}
	if w == 2 {
		r := chromaRow2(s, right, dx)
		for i, j := 0, down; h > 0; h-- {
			r1 := chromaRow2(offset(s, j), right, dx)
			v := chromaBetween(r, r1, dy)
			v |= v >> 8
			put2(b, i, v)
			put2(c, i, v>>32)
			r = r1
			i += dStride
			j += sStride
		}
		return
	}
	for x := 0; x < w; x += 4 {
		e, o := chromaRow4(offset(s, 2*x), right, dx)
		i, j := x, 2*x+down
		for y := h; y > 0; y-- {
			e1, o1 := chromaRow4(offset(s, j), right, dx)
			put4(b, i, packLanes(chromaBetween(e, e1, dy)))
			put4(c, i, packLanes(chromaBetween(o, o1, dy)))
			e, o = e1, o1
			i += dStride
			j += sStride
		}
	}
}

// SplitPairs takes a block of w x h pairs (w 2 or a multiple of 4) apart: first samples to cb, second to cr. All three hold
// a stride of samples, even if h is 1.
func SplitPairs(cb, cr []uint8, dStride int, src []uint8, sStride, w, h int) {
	b, c, s := window(cb, dStride, w, h), window(cr, dStride, w, h), window(src, sStride, 2*w, h)
	if useAVX2 && w > 0 && w&7 == 0 {
		splitPairsAVX2(b, c, dStride, s, sStride, w, h)
		return
	}
	x := 0
	for ; x+8 <= w; x += 8 {
		for i, j, y := x, 2*x, h; y > 0; y-- {
			v, u := at8(s, j), at8(s, j+8)
			put8(b, i, packLanes(even(v))&0xffffffff|packLanes(even(u))<<32)
			put8(c, i, packLanes(odd(v))&0xffffffff|packLanes(odd(u))<<32)
			i += dStride
			j += sStride
		}
	}
	switch w & 7 {
	case 4:
		for i, j, y := x, 2*x, h; y > 0; y-- {
			v := at8(s, j)
			put4(b, i, packLanes(even(v)))
			put4(c, i, packLanes(odd(v)))
			i += dStride
			j += sStride
		}
	case 2:
		for i, j, y := 0, 0, h; y > 0; y-- {
			v := spread(at4(s, j))
			v |= v >> 8
			put2(b, i, v)
			put2(c, i, v>>32)
			i += dStride
			j += sStride
		}
	}
}

// JoinPairs is the inverse of SplitPairs: it interleaves blocks of w x h samples, w a multiple of 4.
func JoinPairs(dst []uint8, dStride int, cb, cr []uint8, sStride, w, h int) {
	d, b, c := window(dst, dStride, 2*w, h), window(cb, sStride, w, h), window(cr, sStride, w, h)
	if useAVX2 && w > 0 && w&7 == 0 {
		joinPairsAVX2(d, dStride, b, c, sStride, w, h)
		return
	}
	x := 0
	for ; x+8 <= w; x += 8 {
		for i, j, y := 2*x, x, h; y > 0; y-- {
			put8(d, i, unpackLanes(at4(b, j))|unpackLanes(at4(c, j))<<8)
			put8(d, i+8, unpackLanes(at4(b, j+4))|unpackLanes(at4(c, j+4))<<8)
			i += dStride
			j += sStride
		}
	}
	if x < w {
		for i, j, y := 2*x, x, h; y > 0; y-- {
			put8(d, i, unpackLanes(at4(b, j))|unpackLanes(at4(c, j))<<8)
			i += dStride
			j += sStride
		}
	}
}

// chromaSource checks a block's source and returns its address, the distances in bytes to the next pair and to the next
// row, 0 where it is not needed, and the weight of that row.
func chromaSource(src []uint8, sStride, dx, dy, w, h int) (s *uint8, right, down, weight int) {
	right, rows := 2, h+1
	if dx == 0 {
		right = 0
	}
	down, weight = sStride, dy
	if dy == 0 {
		// All weight is on the next row, which is the row itself.
		rows, down, weight = h, 0, 8
	}
	return window(src, sStride, 2*w+right, rows), right, down, weight
}

// chromaRow4 returns 8*a + dx*(b-a) of four pairs: of the first samples and of the second.
func chromaRow4(s *uint8, right, dx int) (e, o uint64) {
	a, b := at8(s, 0), at8(s, right)
	ea, eb := a&evenBytes, b&evenBytes
	oa, ob := (a^ea)>>8, (b^eb)>>8
	return 8*ea + uint64(dx)*(eb-ea), 8*oa + uint64(dx)*(ob-oa)
}

// chromaRow2 returns 8*a + dx*(b-a) of two pairs: of the two first samples, then of the second.
func chromaRow2(s *uint8, right, dx int) uint64 {
	a, b := spread(at4(s, 0)), spread(at4(s, right))
	return 8*a + uint64(dx)*(b-a)
}

// chromaBetween returns samples between two rows.
func chromaBetween(r, below uint64, dy int) uint64 {
	return (8*r + uint64(dy)*(below-r) + 32*lanes) >> 6 & evenBytes
}
