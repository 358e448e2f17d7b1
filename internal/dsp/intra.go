package dsp

// Predict4x4 makes the predictions of a 4x4 block by all nine modes of clause 8.3.1.2, by mode number. edge holds the
// neighbours: the left column from below in edge[1] to edge[4], the corner, the row above in edge[6] to edge[13]; edge[0]
// repeats edge[1], edge[14] edge[13]. dc is the prediction of mode 2. Modes whose neighbours don't exist are of no use.
func Predict4x4(dst *[9][16]uint8, edge *[16]uint8, dc uint8) {
	if useAVX2 {
		predict4x4AVX2(dst, edge, dc)
		return
	}
	// The edge, and its samples filtered with the next one and with those on both sides.
	var s [48]uint8
	copy(s[:], edge[:])
	for i := 0; i < 14; i++ {
		s[16+i] = uint8((uint32(edge[i]) + uint32(edge[i+1]) + 1) >> 1)
	}
	for i := 1; i < 14; i++ {
		s[32+i] = uint8((uint32(edge[i-1]) + 2*uint32(edge[i]) + uint32(edge[i+1]) + 2) >> 2)
	}
	for m := range dst {
		d := &dst[m]
		if m == 2 {
			store8(d[:8], uint64(dc)*0x0101010101010101)
			store8(d[8:], uint64(dc)*0x0101010101010101)
			continue
		}
		for k, from := range &places4x4[m] {
			d[k] = s[from%48]
		}
	}
}

// places4x4 says for each mode but DC and each sample which of the edge's samples it is: below 16 as it is, below 32
// averaged with the next, below 48 filtered with those on both sides.
var places4x4 = makePlaces4x4()

func makePlaces4x4() (places [9][16]uint8) {
	const (
		left, top   = 4, 6 // the places beside and above the first sample
		two, three  = 16, 32
		corner      = 5
		ends, below = two, three + 1 // the lowest sample alone, and with one sample above it
	)
	for i := range 16 {
		x, y := i%4, i/4
		at := func(mode, place int) { places[mode][i] = uint8(place) }
		at(0, top+x)
		at(1, left-y)
		at(3, three+top+1+x+y)
		at(4, three+corner+x-y)
		switch z := 2*x - y; { // zVR
		case z >= 0 && z&1 == 0:
			at(5, two+corner+x-y>>1)
		case z >= -1:
			at(5, three+corner+x-y>>1)
		default:
			at(5, three+corner+1-y)
		}
		switch z := 2*y - x; { // zHD
		case z >= 0 && z&1 == 0:
			at(6, two+left-y+x>>1)
		case z >= -1:
			at(6, three+corner-y+x>>1)
		default:
			at(6, three+corner-1+x)
		}
		if y&1 == 0 {
			at(7, two+top+x+y>>1)
		} else {
			at(7, three+top+1+x+y>>1)
		}
		switch z := x + 2*y; { // zHU
		case z > 5:
			at(8, ends)
		case z == 5:
			at(8, below)
		case z&1 == 0:
			at(8, two+left-1-z>>1)
		default:
			at(8, three+left-1-z>>1)
		}
	}
	return places
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

// plane sets size x size samples of stride 16: 32 times the sample at (x, y) is first + b*x + c*y.
func plane(dst []uint8, size int, first, b, c int32) {
	for y := range size {
		s := first
		row := dst[16*y : 16*y+size]
		for x := range row {
			v := s >> 5
			if uint32(v) > 255 {
				v = ^v >> 31
			}
			row[x] = uint8(v)
			s += b
		}
		first += c
	}
}
