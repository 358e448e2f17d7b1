package dsp

// Weight scales and shifts a block of w x h samples in place, as explicit weighted prediction from one picture does
// (H.264 clause 8.4.2.3.2): (p*scale + round)>>log2 + offset, clipped, where round is half of 1<<log2. log2 is 0 to 7,
// scale -128 to 127, and offset, beyond what the standard allows, -1024 to 1024 unless the scale is negative.
func Weight(p []uint8, stride, w, h int, log2 uint, scale, offset int) {
	log2 &= 7
	round := 1 << log2 >> 1
	if useAVX2 && h > 1 {
		switch q := window(p, stride, w, h); w {
		case 16:
			weight16AVX2(q, stride, h, int(log2), int16(round), int16(scale), int16(offset))
			return
		case 8:
			weight8AVX2(q, stride, h, int(log2), int16(round), int16(scale), int16(offset))
			return
		case 4:
			weight4AVX2(q, stride, h, int(log2), int16(round), int16(scale), int16(offset))
			return
		}
	}
	if log2 > 0 && h > 1 && (w == 16 || w == 8 || w == 4 && h&1 == 0) {
		q, t := window(p, stride, w, h), makeWeights(log2, scale, round, offset)
		if w == 4 { // two rows to a word
			for i := 0; h > 0; h -= 2 {
				v := at4(q, i) | at4(q, i+stride)<<32
				v = t.of(even(v), log2) | t.of(odd(v), log2)<<8
				put4(q, i, v)
				put4(q, i+stride, v>>32)
				i += 2 * stride
			}
			return
		}
		for x := 0; x < w; x += 8 {
			for i, y := x, h; y > 0; y-- {
				v := at8(q, i)
				put8(q, i, t.of(even(v), log2)|t.of(odd(v), log2)<<8)
				i += stride
			}
		}
		return
	}
	for ; h > 0; h-- {
		row := p[:w]
		for i, v := range row {
			row[i] = uint8(min(max((int(v)*scale+round)>>log2+offset, 0), 255))
		}
		p = p[min(stride, len(p)):]
	}
}

// weights are what Weight does to lanes, where it shifts them: products are biased by 0x8000 to be positive, and so are
// sums with the offset, for which 15 bits are then enough.
type weights struct{ scale, round, kept, offset uint64 }

func makeWeights(log2 uint, scale, round, offset int) weights {
	return weights{uint64(scale), uint64(0x8000+round) * lanes, 0xffff >> log2 * lanes, uint64(0x8000-0x8000>>log2+offset) * lanes}
}

// of returns samples in lanes weighted.
func (t weights) of(v uint64, log2 uint) uint64 {
	v = laneMax0((v*t.scale+t.round)>>(log2&7)&t.kept + t.offset)
	above := (v + 0x7f00*lanes) & laneTop // where it is 256 or more
	return (v | (above>>7 - above>>15)) & evenBytes
}
