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
	if w > stride || max(stride, h) > len(src) {
		panic("dsp: half-sample planes out of range")
	}
	last := off + (h-1)*stride + w - 1
	_, _ = src[off-2*stride-2], src[last+3*stride+3]
	_, _, _ = dstH[last], dstV[last], dstC[last]
	if useAVX2 && w >= 32 {
		var sums [halfStrip + 32]int16
		for x, n := 0, 0; x < w; x += n {
			n = min(halfStrip, w-x)
			if n < 32 {
				x, n = w-32, 32 // some columns a second time
			}
			i := off + x
			halfPlanesAVX2(&dstH[i], &dstV[i], &dstC[i], &src[i], stride, n, h, &sums[0])
		}
		return
	}
	halfPlanesPortable(dstH, dstV, dstC, off, stride, src, off, stride, w, h)
}

// HalfPatch makes four planes of w x h samples, w at most 27, from a block: the samples themselves and those of HalfPlanes,
// each distance behind the one before. Sample (x,y) of the planes is at dst[2+y*stride+x], and that of the block at
// src[(y+2)*sStride+x+2]. It reads 37 columns and h+5 rows of src, and may write the first 34 columns of the rows of dst.
func HalfPatch(dst []uint8, distance, stride int, src []uint8, sStride, w, h int) {
	if w <= 0 || h <= 0 {
		return
	}
	if w > 27 || h > 1<<15 || min(stride, sStride) < 37 || sStride > len(src) || max(stride, distance) > len(dst) ||
		int64(distance) < int64(h)*int64(stride) {
		panic("dsp: half-sample planes out of range")
	}
	_, _ = src[int64(h+4)*int64(sStride)+36], dst[3*int64(distance)+int64(h-1)*int64(stride)+33]
	if useAVX2 {
		var sums [48]int16
		halfPatchAVX2(&dst[0], distance, stride, &src[0], sStride, h, &sums)
		return
	}
	for y := range h {
		copy(dst[2+y*stride:][:w], src[(y+2)*sStride+2:])
	}
	halfPlanesPortable(dst[distance:], dst[2*distance:], dst[3*distance:], 2, stride, src, 2*sStride+2, sStride, w, h)
}

// halfStrip is the greatest number of columns that go through halfPlanesAVX2 at once.
const halfStrip = 512

// halfPlanesPortable is HalfPlanes inside planes that hold what it touches, with a geometry of dst's and one of src's.
func halfPlanesPortable(dstH, dstV, dstC []uint8, dOff, dStride int, src []uint8, off, stride, w, h int) {
	if w < 8 {
		for y := range h {
			for x := range w {
				i := dOff + y*dStride + x
				dstH[i], dstV[i], dstC[i] = halfSamples(src, off+y*stride+x, stride)
			}
		}
		return
	}
	var t strip
	for x := 0; x < w; x += t.n {
		if x > w-8 {
			x = w - 8 // some columns a second time
		}
		t.n = min(stripWidth, (w-x)&^7)
		for y := -2; y < 3; y++ {
			t.take(y, &src[off+y*stride+x])
		}
		for y := range h {
			t.take(y+3, &src[off+(y+3)*stride+x])
			i := dOff + y*dStride + x
			t.right(&dstH[i], y)
			t.below(&dstV[i], y)
			t.centre(&dstC[i])
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

// stripWidth is the number of samples of a row that a strip serves at once.
const stripWidth = 256

// A laneRow holds a row of a strip as little-endian 16-bit lanes: the columns x, x+2, x+4 and x+6 at byte x+8 if x is
// even, and at byte x+7+oddHalf if x is odd. Columns -2 to n+2 are set.
type laneRow [2 * oddHalf]uint8

const oddHalf = stripWidth + 16

// strip is n columns of the picture, n a multiple of 8, on their way through HalfPlanes.
type strip struct {
	n    int
	rows [8]laneRow // samples of row y in rows[y&7], for the last six rows taken
	sums laneRow    // six-tap sums down the columns, with halfBias
}

func (t *strip) row(y int) *uint8 { return &t.rows[y&7][0] }

// take takes the samples of row y from src on.
func (t *strip) take(y int, src *uint8) {
	r := t.row(y)
	left, right := at8(src, -2)<<48, at8(src, t.n-5)>>40
	put8(r, 0, even(left))
	put8(r, oddHalf, odd(left))
	put8(r, t.n+8, even(right))
	put8(r, t.n+8+oddHalf, odd(right))
	for x := 0; x < t.n; x += 8 {
		v := at8(src, x)
		e := v & evenBytes
		put8(r, x+8, e)
		put8(r, x+8+oddHalf, (v^e)>>8)
	}
}

// right makes the half-sample positions to the right of row y.
func (t *strip) right(dst *uint8, y int) {
	r := t.row(y)
	for x := 0; x < t.n; x += 8 {
		// Columns -2 to 4 relative to each even column.
		c0, c2, c4, c6 := at8(r, x+6), at8(r, x+8), at8(r, x+10), at8(r, x+12)
		c1, c3, c5 := at8(r, x+6+oddHalf), at8(r, x+8+oddHalf), at8(r, x+10+oddHalf)
		v, w := sixTapLanes(c0+c5, c1+c4, c2+c3)+halfBias, sixTapLanes(c1+c6, c2+c5, c3+c4)+halfBias
		if (v|w)&(1<<13*lanes) == 0 {
			put8(dst, x, v>>5&evenBytes|w<<3&^evenBytes)
		} else {
			put8(dst, x, clipLanes(v>>5)|clipLanes(w>>5)<<8)
		}
	}
}

// below makes the half-sample positions below row y, when row y+3 has been taken, and keeps the sums for centre.
func (t *strip) below(dst *uint8, y int) {
	a, b, c, d, e, f := t.row(y-2), t.row(y-1), t.row(y), t.row(y+1), t.row(y+2), t.row(y+3)
	sums := &t.sums[0]
	for x := 0; x < t.n+16; x += 8 {
		v := sixTapLanes(at8(a, x)+at8(f, x), at8(b, x)+at8(e, x), at8(c, x)+at8(d, x)) + halfBias
		w := sixTapLanes(at8(a, x+oddHalf)+at8(f, x+oddHalf), at8(b, x+oddHalf)+at8(e, x+oddHalf), at8(c, x+oddHalf)+at8(d, x+oddHalf)) + halfBias
		put8(sums, x, v)
		put8(sums, x+oddHalf, w)
		if uint(x-8) >= uint(t.n) {
			continue // columns that only centre needs
		}
		if (v|w)&(1<<13*lanes) == 0 {
			put8(dst, x-8, v>>5&evenBytes|w<<3&^evenBytes)
		} else {
			put8(dst, x-8, clipLanes(v>>5)|clipLanes(w>>5)<<8)
		}
	}
}

// centre makes the positions half a sample to the right of those that below has made.
func (t *strip) centre(dst *uint8) {
	s := &t.sums[0]
	for x := 0; x < t.n; x += 8 {
		c0, c2, c4, c6 := at8(s, x+6), at8(s, x+8), at8(s, x+10), at8(s, x+12)
		c1, c3, c5 := at8(s, x+6+oddHalf), at8(s, x+8+oddHalf), at8(s, x+10+oddHalf)
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
