package intra

import "github.com/g264/g264/h264/internal/macroblock"

// Stride4 is the stride of 4x4 predictions.
const Stride4 = 4

// edge4 holds the neighbours of a 4x4 block on one line: e[0..3] the left
// column from below, e[4] the corner, e[5..12] the row above and above right.
type edge4 [13]int32

// Luma4 predicts the 4x4 block at block column bx and row by (clause 8.3.1.2)
// of every mode in modes into dst, 16 samples each, one mode after another.
func Luma4(dst *[9][16]uint8, rec *macroblock.Rec, bx, by int, a Available) (modes []uint8) {
	b := a.block(bx, by)
	e := loadEdge(rec, origin+by*4*stride+bx*4, b)
	modes = modes4[b.index()]
	for i, m := range modes {
		predict4(&dst[i], &e, m, b)
	}
	return modes
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

func loadEdge(rec *macroblock.Rec, p int, a Available) (e edge4) {
	if a.Left {
		for i := 0; i < 4; i++ {
			e[3-i] = int32(rec[p+i*stride-1])
		}
	}
	if a.TopLeft {
		e[4] = int32(rec[p-stride-1])
	}
	if a.Top {
		t := rec[p-stride : p-stride+8]
		for i := 0; i < 4; i++ {
			e[5+i] = int32(t[i])
			e[9+i] = int32(t[3])
			if a.TopRight {
				e[9+i] = int32(t[4+i])
			}
		}
	}
	return e
}

func predict4(d *[16]uint8, e *edge4, mode uint8, a Available) {
	// tap3 and tap2 are the standard's filters around and after position i.
	tap3 := func(i int) uint8 { return uint8((e[i-1] + 2*e[i] + e[i+1] + 2) >> 2) }
	tap2 := func(i int) uint8 { return uint8((e[i] + e[i+1] + 1) >> 1) }
	switch mode {
	case macroblock.I4Vertical:
		for i := range d {
			d[i] = uint8(e[5+i&3])
		}
	case macroblock.I4Horizontal:
		for i := range d {
			d[i] = uint8(e[3-i>>2])
		}
	case macroblock.I4DC:
		v := dc4(e, a)
		for i := range d {
			d[i] = v
		}
	case macroblock.I4DiagonalDownLeft:
		for k := 0; k < 6; k++ {
			setAntiDiagonal(d, k, tap3(6+k))
		}
		d[15] = uint8((e[11] + 3*e[12] + 2) >> 2)
	case macroblock.I4DiagonalDownRight:
		for k := 0; k < 7; k++ {
			setDiagonal(d, k-3, tap3(k+1))
		}
	case macroblock.I4VerticalRight:
		d[0], d[1], d[2], d[3] = tap2(4), tap2(5), tap2(6), tap2(7)
		d[4], d[5], d[6], d[7] = tap3(4), tap3(5), tap3(6), tap3(7)
		d[8], d[9], d[10], d[11] = tap3(3), d[0], d[1], d[2]
		d[12], d[13], d[14], d[15] = tap3(2), d[4], d[5], d[6]
	case macroblock.I4HorizontalDown:
		d[0], d[1], d[2], d[3] = tap2(3), tap3(4), tap3(5), tap3(6)
		d[4], d[5], d[6], d[7] = tap2(2), tap3(3), d[0], d[1]
		d[8], d[9], d[10], d[11] = tap2(1), tap3(2), d[4], d[5]
		d[12], d[13], d[14], d[15] = tap2(0), tap3(1), d[8], d[9]
	case macroblock.I4VerticalLeft:
		d[0], d[1], d[2], d[3] = tap2(5), tap2(6), tap2(7), tap2(8)
		d[4], d[5], d[6], d[7] = tap3(6), tap3(7), tap3(8), tap3(9)
		d[8], d[9], d[10], d[11] = d[1], d[2], d[3], tap2(9)
		d[12], d[13], d[14], d[15] = d[5], d[6], d[7], tap3(10)
	case macroblock.I4HorizontalUp:
		last := uint8(e[0])
		d[0], d[1], d[2], d[3] = tap2(2), tap3(2), tap2(1), tap3(1)
		d[4], d[5], d[6], d[7] = d[2], d[3], tap2(0), uint8((e[1]+3*e[0]+2)>>2)
		d[8], d[9], d[10], d[11] = d[6], d[7], last, last
		d[12], d[13], d[14], d[15] = last, last, last, last
	}
}

func dc4(e *edge4, a Available) uint8 {
	left, top := e[0]+e[1]+e[2]+e[3], e[5]+e[6]+e[7]+e[8]
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

// setAntiDiagonal sets the samples with x+y = k.
func setAntiDiagonal(d *[16]uint8, k int, v uint8) {
	for y := max(0, k-3); y <= min(3, k); y++ {
		d[(y*4+k-y)&15] = v
	}
}

// setDiagonal sets the samples with x-y = k.
func setDiagonal(d *[16]uint8, k int, v uint8) {
	for y := max(0, -k); y <= min(3, 3-k); y++ {
		d[(y*4+y+k)&15] = v
	}
}
