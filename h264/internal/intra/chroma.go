package intra

import (
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/internal/dsp"
)

// Chroma8 predicts one 8x8 chroma block of 4:2:0 (clause 8.3.4) into dst, by
// mode and of stride macroblock.SrcStride, and returns the modes whose
// neighbours exist.
func Chroma8(dst *[4][256]uint8, rec *macroblock.Rec, a Available) (modes []uint8) {
	top, left := (*[8]uint8)(rec[origin-stride:]), [8]uint8{}
	column := rec[origin-1:]
	for y := range left {
		left[y] = column[y*stride]
	}
	dc := chromaDC(top, &left, a)
	dsp.PredictChroma8x8(dst, top, &left, rec[origin-stride-1], &dc)
	return modesChroma[a.index()]
}

// chromaDC predicts each 4x4 block from its own neighbours: the corners from
// both sides, the others first from the side they touch (8.3.4.1 to 8.3.4.3).
func chromaDC(above, beside *[8]uint8, a Available) (dc [4]uint8) {
	var top, left [2]uint32
	for i := range 4 {
		top[0] += uint32(above[i])
		top[1] += uint32(above[4+i])
		left[0] += uint32(beside[i])
		left[1] += uint32(beside[4+i])
	}
	for i := range dc {
		bx, by := i&1, i>>1
		useTop := a.Top && (bx == by || bx == 1 || !a.Left)
		useLeft := a.Left && (bx == by || by == 1 || !a.Top)
		switch {
		case useTop && useLeft:
			dc[i] = uint8((top[bx] + left[by] + 4) >> 3)
		case useTop:
			dc[i] = uint8((top[bx] + 2) >> 2)
		case useLeft:
			dc[i] = uint8((left[by] + 2) >> 2)
		default:
			dc[i] = 128
		}
	}
	return dc
}
