package dsp

// ChromaMC predicts a block of w x h interleaved pairs of chroma samples (w 2, 4 or 8, h at least 2) at the fractional
// position (dx/8, dy/8), clause 8.4.2.2.2. Where dx is not 0 it reads a pair more per row, where dy is not 0 a row more.
//
// The filter is 8*r + dy*(r'-r), where r' is the row below r, and r is 8*a + dx*(b-a) of a pair and the next.
func ChromaMC(dst []uint8, dStride int, src []uint8, sStride int, dx, dy, w, h int) {
	if dx == 0 && dy == 0 {
		CopyBlock(dst, dStride, src, sStride, 2*w, h)
		return
	}
	right, down := 2, 1
	if dx == 0 {
		right = 0
	}
	if dy == 0 {
		dy, down = 8, 0 // all weight on the row below, which is 0 below
	}
	d, s := window(dst, dStride, 2*w, h), window(src, sStride, 2*w+right, h+down)
	if w == 2 {
		chroma4(d, dStride, s, sStride, right, down*sStride, uint64(dx), uint64(dy), h)
		return
	}
	for x := 0; x < 2*w; x += 8 {
		chroma8(offset(d, x), dStride, offset(s, x), sStride, right, down*sStride, uint64(dx), uint64(dy), h)
	}
}

// chroma8 predicts eight samples (four pairs) of each of h rows. The next pair is right bytes, the next row down bytes
// away, or 0 where
// it is not needed.
func chroma8(dst *uint8, dStride int, src *uint8, sStride, right, down int, dx, dy uint64, h int) {
	e, o := chromaRow(at8(src, 0), at8(src, right), dx)
	for i, j := 0, down; h > 0; h-- {
		e1, o1 := chromaRow(at8(src, j), at8(src, j+right), dx)
		e, o = 8*e+dy*(e1-e)+32*lanes, 8*o+dy*(o1-o)+32*lanes
		put8(dst, i, e>>6&evenBytes|o<<2&^evenBytes)
		e, o = e1, o1
		i += dStride
		j += sStride
	}
}

// chromaRow returns 8*a + dx*(b-a) of the even and odd samples.
func chromaRow(a, b, dx uint64) (e, o uint64) {
	ea, eb := even(a), even(b)
	oa, ob := (a^ea)>>8, (b^eb)>>8
	return 8*ea + dx*(eb-ea), 8*oa + dx*(ob-oa)
}

// chroma4 is chroma8 of four samples (two pairs).
func chroma4(dst *uint8, dStride int, src *uint8, sStride, right, down int, dx, dy uint64, h int) {
	a, b := spread(at4(src, 0)), spread(at4(src, right))
	r := 8*a + dx*(b-a)
	for i, j := 0, down; h > 0; h-- {
		a, b = spread(at4(src, j)), spread(at4(src, j+right))
		r1 := 8*a + dx*(b-a)
		v := (8*r + dy*(r1-r) + 32*lanes) >> 6 & evenBytes
		put4(dst, i, v|v>>24)
		r = r1
		i += dStride
		j += sStride
	}
}
