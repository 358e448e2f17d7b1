package intra

import (
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/internal/dsp"
)

// Stride4 is the stride of 4x4 predictions.
const Stride4 = 4

// Luma4 predicts the 4x4 block at block column bx and row by (clause 8.3.1.2)
// into dst, by mode, and returns the modes whose neighbours exist.
func Luma4(dst *[9][16]uint8, rec *macroblock.Rec, bx, by int, a Available) (modes []uint8) {
	b := a.block(bx, by)
	p := origin + by*4*stride + bx*4
	// The neighbours on one line, from the left column's lowest to the last above
	// right; both ends twice.
	var e [16]uint8
	above := rec[p-stride-1 : p-stride+8]
	e[5], e[6], e[7], e[8], e[9] = above[0], above[1], above[2], above[3], above[4]
	e[10], e[11], e[12], e[13] = e[9], e[9], e[9], e[9]
	if b.TopRight {
		e[10], e[11], e[12], e[13] = above[5], above[6], above[7], above[8]
	}
	left := rec[p-1 : p+3*stride]
	e[4], e[3], e[2], e[1] = left[0], left[stride], left[2*stride], left[3*stride]
	e[0], e[14] = e[1], e[13]
	dsp.Predict4x4(dst, &e, dc4(&e, b))
	return modes4[b.index()]
}

// modes4 lists the Intra 4x4 modes that can be predicted, by Available.index.
var modes4 = [4][]uint8{
	{macroblock.I4DC},
	{macroblock.I4DC, macroblock.I4Horizontal, macroblock.I4HorizontalUp},
	{macroblock.I4DC, macroblock.I4Vertical, macroblock.I4DiagonalDownLeft, macroblock.I4VerticalLeft},
	{
		macroblock.I4DC, macroblock.I4Vertical, macroblock.I4Horizontal, macroblock.I4DiagonalDownLeft,
		macroblock.I4DiagonalDownRight, macroblock.I4VerticalRight, macroblock.I4HorizontalDown,
		macroblock.I4VerticalLeft, macroblock.I4HorizontalUp,
	},
}

// topRightMissing has a bit for each 4x4 block, in raster order, whose
// neighbours above right are coded later; that of block 3 is macroblock C's.
const topRightMissing = 1<<5 | 1<<7 | 1<<11 | 1<<13 | 1<<15

// block narrows the macroblock's neighbours to those of one 4x4 block.
func (a Available) block(bx, by int) Available {
	b := Available{a.Left || bx > 0, a.Top || by > 0, a.TopLeft, a.TopRight}
	switch {
	case bx > 0 && by > 0:
		b.TopLeft = true
	case bx > 0:
		b.TopLeft = a.Top
	case by > 0:
		b.TopLeft = a.Left
	}
	switch {
	case by == 0 && bx < 3:
		b.TopRight = a.Top
	case by > 0:
		b.TopRight = topRightMissing>>(by*4+bx)&1 == 0
	}
	return b
}

func dc4(e *[16]uint8, a Available) uint8 {
	left := uint32(e[1]) + uint32(e[2]) + uint32(e[3]) + uint32(e[4])
	top := uint32(e[6]) + uint32(e[7]) + uint32(e[8]) + uint32(e[9])
	switch {
	case a.Left && a.Top:
		return uint8((left + top + 4) >> 3)
	case a.Left:
		return uint8((left + 2) >> 2)
	case a.Top:
		return uint8((top + 2) >> 2)
	}
	return 128
}
