package dsp

// Weight scales and shifts a block of w x h samples in place, as explicit weighted prediction from one picture does
// (H.264 clause 8.4.2.3.2): (p*scale + round)>>log2 + offset, clipped, where round is half of 1<<log2. log2 is 0 to 7,
// scale -128 to 127, and offset, beyond what the standard allows, -1024 to 1024 unless the scale is negative.
func Weight(p []uint8, stride, w, h int, log2 uint, scale, offset int) {
	round := 1 << (log2 & 7) >> 1
	if useAVX2 && h > 1 {
		switch q := window(p, stride, w, h); w {
		case 16:
			weight16AVX2(q, stride, h, int(log2&7), int16(round), int16(scale), int16(offset))
			return
		case 8:
			weight8AVX2(q, stride, h, int(log2&7), int16(round), int16(scale), int16(offset))
			return
		case 4:
			weight4AVX2(q, stride, h, int(log2&7), int16(round), int16(scale), int16(offset))
			return
		}
	}
	for ; h > 0; h-- {
		row := p[:w]
		for i, v := range row {
			row[i] = uint8(min(max((int(v)*scale+round)>>(log2&7)+offset, 0), 255))
		}
		p = p[min(stride, len(p)):]
	}
}
