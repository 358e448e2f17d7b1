package residual

import "github.com/g264/g264/h264/internal/macroblock"

// Residual that bypasses the transform (TransformBypassModeFlag, clauses 8.5.1 to
// 8.5.4): the levels are the differences between samples, in scanning order. Blocks
// whose DC is coded apart have their first difference there.

// Bypass4 sets the levels of a 4x4 block and returns the number of those that are
// not zero.
func Bypass4(level *[16]int16, src []uint8, sStride int, pred []uint8, pStride int) (nonzero uint8) {
	var raster [16]int16
	for y := 0; y < 4; y++ {
		s, p := (*[4]uint8)(src[y*sStride:]), (*[4]uint8)(pred[y*pStride:])
		for x := range s {
			raster[y*4+x] = int16(s[x]) - int16(p[x])
		}
	}
	for i, r := range scanRaster {
		level[i] = raster[r&15]
		if level[i] != 0 {
			nonzero++
		}
	}
	return nonzero
}

// bypassAC is Bypass4 for a block of SrcStride at (x, y) whose first level stands
// apart, in dc.
func bypassAC(level *[16]int16, src, pred *[256]uint8, x, y int) (nonzero uint8, dc int16) {
	nonzero = Bypass4(level, src[y*stride+x:], stride, pred[y*stride+x:], stride)
	dc, level[0] = level[0], 0
	if dc != 0 {
		nonzero--
	}
	return nonzero, dc
}

// Bypass16 sets the levels of a 16x16 residual src-pred. It returns the number of
// non-zero levels of each block; all blocks are in coding order.
func Bypass16(level *[16][16]int16, src, pred *[256]uint8) (nonzero [16]uint8) {
	for i, r := range macroblock.BlockRaster {
		o := int(r>>2)*4*stride + int(r&3)*4
		nonzero[i] = Bypass4(&level[i], src[o:], stride, pred[o:], stride)
	}
	return nonzero
}

// BypassIntra16 is Bypass16 for Intra 16x16: it counts AC levels.
func BypassIntra16(dc *[16]int16, level *[16][16]int16, src, pred *[256]uint8) (nonzero [16]uint8) {
	var first [16]int16 // in raster order
	for i, r := range macroblock.BlockRaster {
		nonzero[i], first[r&15] = bypassAC(&level[i], src, pred, int(r&3)*4, int(r>>2)*4)
	}
	for i, r := range scanRaster {
		dc[i] = first[r&15]
	}
	return nonzero
}

// BypassChroma8 sets the levels of an 8x8 chroma block of 4:2:0. It returns the
// number of non-zero AC levels of each 4x4 block and whether any DC level is not
// zero.
func BypassChroma8(dc *[16]int16, level *[16][16]int16, src, pred *[256]uint8) (nonzero [4]uint8, anyDC bool) {
	for i := range nonzero {
		nonzero[i], dc[i] = bypassAC(&level[i], src, pred, i&1*4, i>>1*4)
		anyDC = anyDC || dc[i] != 0
	}
	return nonzero, anyDC
}
