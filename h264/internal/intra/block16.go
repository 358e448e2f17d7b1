package intra

import (
	"encoding/binary"

	"github.com/g264/g264/h264/internal/macroblock"
)

// Luma16 predicts a 16x16 block (clause 8.3.3) into dst, of stride
// macroblock.SrcStride.
func Luma16(dst *[256]uint8, rec *macroblock.Rec, mode uint8, a Available) {
	switch mode {
	case macroblock.I16Vertical:
		top := rec[origin-stride : origin-stride+16]
		for y := 0; y < 256; y += 16 {
			copy(dst[y:y+16], top)
		}
	case macroblock.I16Horizontal:
		for y := 0; y < 16; y++ {
			fill(dst[y*16:y*16+16], rec[origin+y*stride-1])
		}
	case macroblock.I16DC:
		fill(dst[:], dc16(rec, a))
	default:
		plane16(dst, rec)
	}
}

func dc16(rec *macroblock.Rec, a Available) uint8 {
	var top, left uint32
	for i := 0; i < 16; i++ {
		top += uint32(rec[origin-stride+i])
		left += uint32(rec[origin+i*stride-1])
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

// plane16 is clause 8.3.3.4.
func plane16(dst *[256]uint8, rec *macroblock.Rec) {
	var h, v int32
	for i := 1; i <= 8; i++ {
		h += int32(i) * (int32(rec[origin-stride+7+i]) - int32(rec[origin-stride+7-i]))
		v += int32(i) * (int32(rec[origin+(7+i)*stride-1]) - int32(rec[origin+(7-i)*stride-1]))
	}
	a := 16 * (int32(rec[origin+15*stride-1]) + int32(rec[origin-stride+15]))
	b, c := (5*h+32)>>6, (5*v+32)>>6
	row := a - 7*b - 7*c + 16
	for y := 0; y < 16; y++ {
		s := row
		d := dst[y*16 : y*16+16 : y*16+16]
		for x := range d {
			d[x] = clip(s >> 5)
			s += b
		}
		row += c
	}
}

// fill sets all samples of dst, a multiple of 8 of them, to v.
func fill(dst []uint8, v uint8) {
	w := uint64(v) * 0x0101010101010101
	for ; len(dst) >= 8; dst = dst[8:] {
		binary.LittleEndian.PutUint64(dst, w)
	}
}
