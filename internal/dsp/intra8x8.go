package dsp

import (
	"math"
	"unsafe"
)

// Smooth8x8 filters the neighbours of an 8x8 block, on one line as Predict8x8 has them, with those on both sides: the
// reference sample filtering of clause 8.3.2.2.1. It sets dst[1] to dst[25].
func Smooth8x8(dst, line *[48]uint8) {
	if useAVX2 {
		smooth8x8AVX2(dst, line)
		return
	}
	smoothLine(dst, line)
}

// Predict8x8 makes the predictions of an 8x8 block by all nine modes of clause 8.3.2.2, by mode number. line holds the
// filtered neighbours: the left column from below in line[1] to line[8], the corner, the row above in line[10] to line[25];
// line[0] repeats line[1], line[26] line[25]. dc is the prediction of mode 2. Modes whose neighbours don't exist are of no
// use.
func Predict8x8(dst *[9][64]uint8, line *[48]uint8, dc uint8) {
	if useAVX2 {
		predict8x8AVX2(dst, line, dc)
		return
	}
	const left, corner, top = 8, 9, 10 // the places of the samples beside the first row, and above the first column
	var two, three [48]uint8           // samples averaged with the next one, and filtered with those on both sides
	averageLine(&two, line)
	smoothLine(&three, line)
	var even, odd [16]uint8 // rows of mode 5, which begin up to three samples down the left column
	store8(even[3:], at8(&two[corner], 0))
	store8(odd[3:], at8(&three[corner], 0))
	for i := 1; i <= 3; i++ {
		even[3-i], odd[3-i] = three[top-2*i], three[corner-2*i]
	}
	var down, up [24]uint8 // rows of modes 6 and 8, along x-2*y from -14 on and x+2*y
	for i := range 8 {
		down[2*i], down[2*i+1] = two[1+i], three[2+i]
	}
	store8(down[16:], at8(&three[top], 0))
	for i := range 7 {
		up[2*i], up[2*i+1] = two[left-1-i], three[left-1-i]
	}
	store8(up[14:], uint64(line[1])*0x0101010101010101)
	up[22], up[23] = line[1], line[1]
	for y := range 8 {
		put8(&dst[0][0], 8*y, at8(&line[top], 0))
		put8(&dst[1][0], 8*y, uint64(line[left-y])*0x0101010101010101)
		put8(&dst[2][0], 8*y, uint64(dc)*0x0101010101010101)
		put8(&dst[3][0], 8*y, at8(&three[top+1], y))
		put8(&dst[4][0], 8*y, at8(&three[corner], -y))
		put8(&dst[6][0], 8*y, at8(&down[14], -2*y))
		put8(&dst[8][0], 8*y, at8(&up[0], 2*y))
		if half := y >> 1; y&1 == 0 {
			put8(&dst[5][0], 8*y, at8(&even[3], -half))
			put8(&dst[7][0], 8*y, at8(&two[top], half))
		} else {
			put8(&dst[5][0], 8*y, at8(&odd[3], -half))
			put8(&dst[7][0], 8*y, at8(&three[top+1], half))
		}
	}
}

// smoothLine sets dst[1] to dst[25] to the samples of line filtered with both neighbours.
func smoothLine(dst, line *[48]uint8) {
	p := &line[0]
	for i := 1; i < 26; i += 8 {
		put8(&dst[0], i, filterBytes(at8(p, i-1), at8(p, i), at8(p, i+1)))
	}
}

// averageLine sets dst[0] to dst[25] to the averages of the samples of line and the next ones.
func averageLine(dst, line *[48]uint8) {
	p := &line[0]
	for i := 0; i < 26; i += 8 {
		put8(&dst[0], i, avgBytes(at8(p, i), at8(p, i+1)))
	}
}

// SATD8x8Each puts into out the SATD between an 8x8 block and each of the predictions, of stride 8.
func SATD8x8Each(out []int, a []uint8, aStride int, preds [][64]uint8) {
	out = out[:len(preds)]
	for ; len(preds) >= 4; preds, out = preds[4:], out[4:] {
		SATDBelow4((*[4]int)(out), B8x8, a, aStride, unsafe.Slice(&preds[0][0], 4*64), 8, 0, &four8x8, math.MaxInt)
	}
	for i := range preds {
		out[i] = SATD(B8x8, a, aStride, preds[i][:], 8)
	}
}
