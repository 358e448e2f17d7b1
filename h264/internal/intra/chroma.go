package intra

import "github.com/g264/g264/h264/internal/macroblock"

// Chroma8 predicts one 8x8 chroma block of 4:2:0 (clause 8.3.4) into dst, of
// stride macroblock.SrcStride.
func Chroma8(dst *[256]uint8, rec *macroblock.Rec, mode uint8, a Available) {
	switch mode {
	case macroblock.ChromaVertical:
		for y := 0; y < 8; y++ {
			copy(dst[y*16:y*16+8], rec[origin-stride:origin-stride+8])
		}
	case macroblock.ChromaHorizontal:
		for y := 0; y < 8; y++ {
			fill(dst[y*16:y*16+8], rec[origin+y*stride-1])
		}
	case macroblock.ChromaDC:
		chromaDC(dst, rec, a)
	default:
		chromaPlane(dst, rec)
	}
}

// chromaDC predicts each 4x4 block from its own neighbours: the corners from
// both sides, the others first from the side they touch (8.3.4.1 to 8.3.4.3).
func chromaDC(dst *[256]uint8, rec *macroblock.Rec, a Available) {
	var top, left [2]uint32
	for i := 0; i < 4; i++ {
		top[0] += uint32(rec[origin-stride+i])
		top[1] += uint32(rec[origin-stride+4+i])
		left[0] += uint32(rec[origin+i*stride-1])
		left[1] += uint32(rec[origin+(4+i)*stride-1])
	}
	for by := 0; by < 2; by++ {
		for bx := 0; bx < 2; bx++ {
			v := uint8(128)
			useTop := a.Top && (bx == by || bx == 1 || !a.Left)
			useLeft := a.Left && (bx == by || by == 1 || !a.Top)
			switch {
			case useTop && useLeft:
				v = uint8((top[bx] + left[by] + 4) >> 3)
			case useTop:
				v = uint8((top[bx] + 2) >> 2)
			case useLeft:
				v = uint8((left[by] + 2) >> 2)
			}
			for y := by * 4; y < by*4+4; y++ {
				d := dst[y*16+bx*4 : y*16+bx*4+4]
				d[0], d[1], d[2], d[3] = v, v, v, v
			}
		}
	}
}

// chromaPlane is clause 8.3.4.4 for 4:2:0.
func chromaPlane(dst *[256]uint8, rec *macroblock.Rec) {
	var h, v int32
	for i := 1; i <= 4; i++ {
		h += int32(i) * (int32(rec[origin-stride+3+i]) - int32(rec[origin-stride+3-i]))
		v += int32(i) * (int32(rec[origin+(3+i)*stride-1]) - int32(rec[origin+(3-i)*stride-1]))
	}
	a := 16 * (int32(rec[origin+7*stride-1]) + int32(rec[origin-stride+7]))
	b, c := (34*h+32)>>6, (34*v+32)>>6
	row := a - 3*b - 3*c + 16
	for y := 0; y < 8; y++ {
		s := row
		for x := 0; x < 8; x++ {
			dst[y*16+x] = clip(s >> 5)
			s += b
		}
		row += c
	}
}
