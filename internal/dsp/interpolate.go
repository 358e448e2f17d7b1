package dsp

// sixTap is the filter of clause 8.4.2.2.1 before rounding.
func sixTap(a, b, c, d, e, f int) int { return a + f + 5*(4*(c+d)-(b+e)) }

// sixTapLanes is sixTap of lanes, given the sums of the outer, middle and inner pair.
func sixTapLanes(af, be, cd uint64) uint64 { return af + 5*(4*cd-be) }

// HalfPlanes makes the three half-sample planes of w x h samples of src: dstH the samples half a sample to the right
// (b of clause 8.4.2.2.1), dstV half a sample below (h), dstC both (j). The four planes have one geometry: sample (x,y)
// is at off+y*stride+x. It reads src from column -2 to w+2 and from row -2 to h+2.
func HalfPlanes(dstH, dstV, dstC, src []uint8, off, stride, w, h int) {
	if w <= 0 || h <= 0 {
		return
	}
	last := off + (h-1)*stride + w - 1
	if stride < w || stride > len(src) {
		panic("dsp: stride of the half-sample planes out of range")
	}
	_, _ = src[off-2*stride-2], src[last+3*stride+3]
	_, _, _ = dstH[last], dstV[last], dstC[last]
	whole := w &^ 7
	var t columnSums
	for o, end := off, last; o <= end; o += stride {
		for x := 0; x < whole; x += stripWidth {
			n := min(stripWidth, whole-x)
			i := o + x
			t.vertical(&dstV[i], &src[i], stride, n)
			halfRight(&dstH[i], &src[i], n)
			t.centre(&dstC[i], n)
		}
		for i := o + whole; i < o+w; i++ {
			dstH[i], dstV[i], dstC[i] = halfSamples(src, i, stride)
		}
	}
}

// halfSamples returns the samples half a sample to the right of src[i], below it, and both.
func halfSamples(src []uint8, i, stride int) (b, h, j uint8) {
	var t [6]int
	for k := range t {
		t[k] = columnSum(&src[i], k-2, stride)
	}
	r := src[i-2 : i+4 : i+4]
	b = clip8((sixTap(int(r[0]), int(r[1]), int(r[2]), int(r[3]), int(r[4]), int(r[5])) + 16) >> 5)
	h = clip8((t[2] + 16) >> 5)
	j = clip8((sixTap(t[0], t[1], t[2], t[3], t[4], t[5]) + 512) >> 10)
	return b, h, j
}

// columnSum is the six-tap filter down the column x samples right of p.
func columnSum(p *uint8, x, stride int) int {
	at := func(y int) int { return int(at1(p, x+y*stride)) }
	return sixTap(at(-2), at(-1), at(0), at(1), at(2), at(3))
}

// Results of the six-tap filter are between -10*255 and 42*255. With halfBias, 512<<5 and the 16 of the rounding, they
// are positive, and after a shift by 5 are 512 plus the sample: bit 9 (bit 14 before the shift) is clear for samples
// below 0, and bit 8 (bit 13) is set for those below 0 or above 255.
const halfBias = (512<<5 + 16) * lanes

// clipLanes limits to 0..255 lanes that hold 512 plus a value between -256 and 511, in their low ten bits.
func clipLanes(v uint64) uint64 {
	outside, positive := v>>8&lanes, v>>9&lanes
	return (v | (outside<<8 - outside)) & (positive<<8 - positive)
}

// halfRight makes n half-sample positions to the right of src, n a multiple of 8.
func halfRight(dst, src *uint8, n int) {
	for x := 0; x < n; x += 8 {
		l, m, r := at8(src, x-2), at8(src, x), at8(src, x+2)
		// Columns -2 to 4 relative to each even sample.
		c0, c2, c4 := even(l), even(m), even(r)
		c1, c3, c5 := (l^c0)>>8, (m^c2)>>8, (r^c4)>>8
		c6 := odd(at8(src, x+3))
		v, w := sixTapLanes(c0+c5, c1+c4, c2+c3)+halfBias, sixTapLanes(c1+c6, c2+c5, c3+c4)+halfBias
		if (v|w)&(1<<13*lanes) == 0 {
			put8(dst, x, v>>5&evenBytes|w<<3&^evenBytes)
		} else {
			put8(dst, x, clipLanes(v>>5)|clipLanes(w>>5)<<8)
		}
	}
}

// stripWidth is the number of samples of a row that columnSums serves at once.
const stripWidth = 256

// columnSums holds the vertical six-tap sums of a strip, with halfBias, as little-endian 16-bit lanes: of the columns
// -2, 0, 2... and -1, 1, 3...
type columnSums struct{ even, odd [stripWidth + 8]uint8 }

// vertical makes n half-sample positions below src, n a multiple of 8, and keeps the sums that centre needs.
func (t *columnSums) vertical(dst, src *uint8, stride, n int) {
	for x := 0; x < n; x += 8 {
		a, b, c := at8(src, x-2*stride), at8(src, x-stride), at8(src, x)
		d, e, f := at8(src, x+stride), at8(src, x+2*stride), at8(src, x+3*stride)
		ea, eb, ec, ed, ee, ef := even(a), even(b), even(c), even(d), even(e), even(f)
		s0 := sixTapLanes(ea+ef, eb+ee, ec+ed) + halfBias
		s1 := sixTapLanes((a^ea)>>8+(f^ef)>>8, (b^eb)>>8+(e^ee)>>8, (c^ec)>>8+(d^ed)>>8) + halfBias
		put8(&t.even[0], x+2, s0)
		put8(&t.odd[0], x+2, s1)
		if (s0|s1)&(1<<13*lanes) == 0 {
			put8(dst, x, s0>>5&evenBytes|s1<<3&^evenBytes)
		} else {
			put8(dst, x, clipLanes(s0>>5)|clipLanes(s1>>5)<<8)
		}
	}
	for _, x := range [...]int{-2, -1, n, n + 1, n + 2} {
		s := uint16(columnSum(src, x, stride) + halfBias&0xffff)
		if x&1 == 0 {
			t.even[x+2], t.even[x+3] = uint8(s), uint8(s>>8)
		} else {
			t.odd[x+1], t.odd[x+2] = uint8(s), uint8(s>>8)
		}
	}
}

// centre makes n positions half a sample to the right and below, n a multiple of 8, from the sums of vertical.
func (t *columnSums) centre(dst *uint8, n int) {
	e, o := &t.even[0], &t.odd[0]
	for x := 0; x < n; x += 8 {
		c0, c2, c4, c6 := at8(e, x), at8(e, x+2), at8(e, x+4), at8(e, x+6)
		c1, c3, c5 := at8(o, x), at8(o, x+2), at8(o, x+4)
		v, w := centreLanes(c0+c5, c1+c4, c2+c3), centreLanes(c1+c6, c2+c5, c3+c4)
		if (v|w)&(1<<14*lanes) == 0 {
			put8(dst, x, v>>6&evenBytes|w<<2&^evenBytes)
		} else {
			put8(dst, x, clipLanes(v>>6)|clipLanes(w>>6)<<8)
		}
	}
}

// centreLanes returns (af - 5*be + 20*cd)>>4 + 32 + 512<<6 of column sums in lanes, where af, be and cd each have twice
// halfBias. The filter is ((af-be)/4 - be + cd)/4 + cd over 16, and divisions may round down one after the other. The
// inner sum takes one value in 16 bits too many, so its division by 4 is an average and a division by 2.
func centreLanes(af, be, cd uint64) uint64 {
	const (
		maxPair = 2 * (42*255 + halfBias&0xffff)  // of af, be, cd
		minPair = 2 * (-10*255 + halfBias&0xffff) // of af, be, cd
		bias1   = 26624                           // above maxPair-minPair, a multiple of 4
		bias2   = bias1/4 - minPair + maxPair     // of u+v, a multiple of 4
	)
	u := (af-be+bias1*lanes)>>2&(0x3fff*lanes) + cd - minPair*lanes
	v := maxPair*lanes - be
	avg := u&v + (u^v)>>1&(0x7fff*lanes)
	return avg>>1&(0x7fff*lanes) + cd - (bias2/4+2*(halfBias&0xffff)-512<<6-32)*lanes
}

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
