package intra

import (
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/internal/dsp"
)

// Luma16 predicts a 16x16 block (clause 8.3.3) into dst, by mode, and returns
// the modes whose neighbours exist.
func Luma16(dst *[4][256]uint8, rec *macroblock.Rec, a Available) (modes []uint8) {
	top, left := (*[16]uint8)(rec[origin-stride:]), [16]uint8{}
	column := rec[origin-1:]
	for y := range left {
		left[y] = column[y*stride]
	}
	dsp.Predict16x16(dst, top, &left, rec[origin-stride-1], dc16(top, &left, a))
	return modes16[a.index()]
}

func dc16(above, beside *[16]uint8, a Available) uint8 {
	var top, left uint32
	for i := range above {
		top += uint32(above[i])
		left += uint32(beside[i])
	}
	switch {
	case a.Left && a.Top:
		return uint8((top + left + 16) >> 5)
	case a.Top:
		return uint8((top + 8) >> 4)
	case a.Left:
		return uint8((left + 8) >> 4)
	}
	return 128
}
