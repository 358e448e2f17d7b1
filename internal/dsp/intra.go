package dsp

// Predict4x4 makes the predictions of a 4x4 block by all nine modes of clause 8.3.1.2, by mode number. edge holds the
// neighbours: the left column from below in edge[1] to edge[4], the corner, the row above in edge[6] to edge[13]; edge[0]
// repeats edge[1], edge[14] edge[13]. dc is the prediction of mode 2. Modes whose neighbours don't exist are of no use.
func Predict4x4(dst *[9][16]uint8, edge *[16]uint8, dc uint8) {
	if useAVX2 {
		predict4x4AVX2(dst, edge, dc)
		return
	}
	// Samples averaged with the next one, and filtered with those on both sides, each word from the place in its name on.
	p := &edge[0]
	at5, at6, at7 := at8(p, 5), at8(p, 6), at8(p, 7)
	low0, low1, low2 := at8(p, 0), at8(p, 1), at8(p, 2)
	two0, two5, two6 := avgBytes(low0, low1), avgBytes(at5, at6), avgBytes(at6, at7)
	three1, three6 := filterBytes(low0, low1, low2), filterBytes(at5, at6, at7)
	three5 := three1>>32&0xffff | three6<<8 // of which the row beside the corner is needed

	fours(&dst[0], at6, at6, at6, at6)
	fours(&dst[1], uint64(edge[4])*0x01010101, uint64(edge[3])*0x01010101, uint64(edge[2])*0x01010101, uint64(edge[1])*0x01010101)
	fours(&dst[2], uint64(dc)*0x01010101, uint64(dc)*0x01010101, uint64(dc)*0x01010101, uint64(dc)*0x01010101)
	fours(&dst[3], three6>>8, three6>>16, three6>>24, three6>>32)
	fours(&dst[4], three1>>32, three1>>24, three1>>16, three1>>8)
	fours(&dst[5], two5, three5, two5<<8|three1>>24&0xff, three5<<8|three1>>16&0xff)
	down := unpackLanes(two0>>8&0xffffffff) | unpackLanes(three1>>8&0xffffffff)<<8 // rows of mode 6 from the lowest one on
	fours(&dst[6], down>>48|three6<<16, down>>32, down>>16, down)
	fours(&dst[7], two6, three6>>8, two6>>8, three6>>16)
	// Rows of mode 8 go down the left column, whose lowest sample is repeated.
	up := two0>>24&0xff | three1>>16&0xff<<8 | two0>>16&0xff<<16 | three1>>8&0xff<<24 |
		two0>>8&0xff<<32 | three1&0xff<<40 | uint64(edge[1])*0x0101<<48
	fours(&dst[8], up, up>>16, up>>32, uint64(edge[1])*0x01010101)
}

// fours stores the low halves of four words.
func fours(dst *[16]uint8, a, b, c, d uint64) {
	put8(&dst[0], 0, a&0xffffffff|b<<32)
	put8(&dst[0], 8, c&0xffffffff|d<<32)
}

// filterBytes returns (u+2*v+w+2)>>2 of each sample.
func filterBytes(u, v, w uint64) uint64 {
	between := u&w + (u^w)>>1&lowBits // rounded down, which the next rounding makes up for
	return avgBytes(between, v)
}

// Predict16x16 makes the predictions of a 16x16 block by all four modes of clause 8.3.3, by mode number, from the row
// above, the left column and the corner between them. dc is the prediction of mode 2. Modes whose neighbours don't exist
// are of no use.
func Predict16x16(dst *[4][256]uint8, top, left *[16]uint8, corner, dc uint8) {
	if useAVX2 {
		predict16x16AVX2(dst, top, left, corner, dc)
		return
	}
	for y := range 16 {
		copy16(&dst[0][16*y], 0, &top[0], 0)
		fill16(&dst[1][16*y], left[y])
		fill16(&dst[2][16*y], dc)
	}
	h, v := -8*int32(corner), -8*int32(corner)
	for i := range int32(16) {
		h += (i - 7) * int32(top[i])
		v += (i - 7) * int32(left[i])
	}
	b, c := (5*h+32)>>6, (5*v+32)>>6
	plane(dst[3][:], 16, 16*(int32(left[15])+int32(top[15]))-7*b-7*c+16, b, c)
}

// PredictChroma8x8 makes the predictions of an 8x8 chroma block of 4:2:0 by all four modes of clause 8.3.4, by mode number,
// with stride 16. dc are the predictions of mode 0 of the four 4x4 blocks. Modes whose neighbours don't exist are of no
// use.
func PredictChroma8x8(dst *[4][256]uint8, top, left *[8]uint8, corner uint8, dc *[4]uint8) {
	if useAVX2 {
		predictChroma8x8AVX2(dst, top, left, corner, dc)
		return
	}
	above := at8(&top[0], 0)
	for y := range 8 {
		put4(&dst[0][16*y], 0, uint64(dc[y>>2<<1])*0x01010101)
		put4(&dst[0][16*y], 4, uint64(dc[y>>2<<1|1])*0x01010101)
		put8(&dst[1][16*y], 0, uint64(left[y])*0x0101010101010101)
		put8(&dst[2][16*y], 0, above)
	}
	h, v := -4*int32(corner), -4*int32(corner)
	for i := range int32(8) {
		h += (i - 3) * int32(top[i])
		v += (i - 3) * int32(left[i])
	}
	b, c := (34*h+32)>>6, (34*v+32)>>6
	plane(dst[3][:], 8, 16*(int32(left[7])+int32(top[7]))-3*b-3*c+16, b, c)
}

// fill16 sets the sixteen samples from p on to v.
func fill16(p *uint8, v uint8) {
	put8(p, 0, uint64(v)*0x0101010101010101)
	put8(p, 8, uint64(v)*0x0101010101010101)
}

// plane sets size x size samples of stride 16: 32 times the sample at (x, y) is first + b*x + c*y, which is between -16384
// and 32767.
func plane(dst []uint8, size int, first, b, c int32) {
	p := window(dst, 16, size, size)
	for x := 0; x < size; x += 8 {
		// Even columns and odd ones, with a bias of 1024 samples.
		s := int64(first) + int64(b)*int64(x)
		e := uint64(s+1024<<5)*lanes + uint64(2*int64(b))*(1<<16+2<<32+3<<48)
		o := e + uint64(int64(b))*lanes
		down := uint64(int64(c)) * lanes
		for y := range size {
			v, w := e>>5&(0x7ff*lanes), o>>5&(0x7ff*lanes)
			if (v|w)&(0x300*lanes) != 0 {
				v, w = clipSums(v), clipSums(w)
			}
			put8(p, 16*y+x, v&evenBytes|w&evenBytes<<8)
			e += down
			o += down
		}
	}
}
