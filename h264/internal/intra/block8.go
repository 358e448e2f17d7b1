package intra

import "github.com/g264/g264/h264/internal/macroblock"

// Stride8 is the stride of 8x8 predictions.
const Stride8 = 8

// edge8 holds the neighbours of an 8x8 block on one line: e[0..7] the left
// column from below, e[8] the corner, e[9..24] the row above and above right.
type edge8 [25]int32

// Luma8 predicts the 8x8 block of quadrant quad (clause 8.3.2.2) of every mode
// in modes into dst, 64 samples each, one mode after another. Modes are those of
// 4x4 blocks.
func Luma8(dst *[9][64]uint8, rec *macroblock.Rec, quad int, a Available) (modes []uint8) {
	b := a.quadrant(quad)
	e := loadEdge8(rec, origin+quad>>1*8*stride+quad&1*8, b)
	e.filter(b)
	modes = modes4[b.index()]
	t := e.taps()
	for i, m := range modes {
		predict8(&dst[i], &e, &t, m, b)
	}
	return modes
}

// quadrant narrows the macroblock's neighbours to those of one quadrant.
func (a Available) quadrant(quad int) Available {
	switch quad {
	case 0:
		return Available{a.Left, a.Top, a.TopLeft, a.Top}
	case 1:
		return Available{true, a.Top, a.Top, a.TopRight}
	case 2:
		return Available{a.Left, true, a.Left, true}
	}
	return Available{true, true, true, false}
}

func loadEdge8(rec *macroblock.Rec, p int, a Available) (e edge8) {
	if a.Left {
		for i := 0; i < 8; i++ {
			e[7-i] = int32(rec[p+i*stride-1])
		}
	}
	if a.TopLeft {
		e[8] = int32(rec[p-stride-1])
	}
	if a.Top {
		t := rec[p-stride : p-stride+16]
		for i := 0; i < 8; i++ {
			e[9+i] = int32(t[i])
			e[17+i] = int32(t[7])
			if a.TopRight {
				e[17+i] = int32(t[8+i])
			}
		}
	}
	return e
}

// filter is the reference sample filtering of clause 8.3.2.2.1.
func (e *edge8) filter(a Available) {
	f := *e
	tap := func(i, j, k int) int32 { return (e[i] + 2*e[j] + e[k] + 2) >> 2 }
	if a.Left {
		for i := 1; i < 7; i++ {
			f[i] = tap(i-1, i, i+1)
		}
		f[0] = tap(0, 0, 1)
		f[7] = tap(6, 7, 7)
		if a.TopLeft {
			f[7] = tap(6, 7, 8)
		}
	}
	if a.TopLeft {
		switch {
		case a.Left && a.Top:
			f[8] = tap(7, 8, 9)
		case a.Top:
			f[8] = tap(8, 8, 9)
		case a.Left:
			f[8] = tap(7, 8, 8)
		}
	}
	if a.Top {
		for i := 10; i < 24; i++ {
			f[i] = tap(i-1, i, i+1)
		}
		f[24] = tap(23, 24, 24)
		f[9] = tap(9, 9, 10)
		if a.TopLeft {
			f[9] = tap(8, 9, 10)
		}
	}
	*e = f
}

// taps8 are the filters of directional prediction along an edge: three[i]
// around sample i, two[i] between i and the next one.
type taps8 struct{ three, two [25]uint8 }

func (e *edge8) taps() (t taps8) {
	for i := 1; i < 24; i++ {
		t.three[i] = uint8((e[i-1] + 2*e[i] + e[i+1] + 2) >> 2)
	}
	t.three[0] = uint8((3*e[0] + e[1] + 2) >> 2)
	t.three[24] = uint8((e[23] + 3*e[24] + 2) >> 2)
	for i := 0; i < 24; i++ {
		t.two[i] = uint8((e[i] + e[i+1] + 1) >> 1)
	}
	return t
}

func predict8(d *[64]uint8, e *edge8, t *taps8, mode uint8, a Available) {
	switch mode {
	case macroblock.I4Vertical:
		for i := range d {
			d[i] = uint8(e[9+i&7])
		}
	case macroblock.I4Horizontal:
		for i := range d {
			d[i] = uint8(e[7-i>>3])
		}
	case macroblock.I4DC:
		v := e.dc(a)
		for i := range d {
			d[i] = v
		}
	case macroblock.I4DiagonalDownLeft:
		for y := 0; y < 8; y++ {
			copy(d[y*8:y*8+8], t.three[10+y:])
		}
	case macroblock.I4DiagonalDownRight:
		for y := 0; y < 8; y++ {
			copy(d[y*8:y*8+8], t.three[8-y:])
		}
	case macroblock.I4VerticalLeft:
		for y := 0; y < 8; y += 2 {
			copy(d[y*8:y*8+8], t.two[9+y>>1:])
			copy(d[y*8+8:y*8+16], t.three[10+y>>1:])
		}
	case macroblock.I4VerticalRight:
		// Along zVR = 2*x-y, from -7 on.
		var z [22]uint8
		for i := range z {
			switch v := i - 7; {
			case v < 0:
				z[i] = t.three[9+v]
			case v&1 == 0:
				z[i] = t.two[8+v>>1]
			default:
				z[i] = t.three[8+(v+1)>>1]
			}
		}
		for i := range d {
			d[i] = z[7+2*(i&7)-i>>3]
		}
	case macroblock.I4HorizontalDown:
		// Along x-2*y, which is -zHD, from -14 on.
		var z [22]uint8
		for i := range z {
			switch v := 14 - i; {
			case v < 0:
				z[i] = t.three[7-v]
			case v&1 == 0:
				z[i] = t.two[7-v>>1]
			default:
				z[i] = t.three[8-(v+1)>>1]
			}
		}
		for y := 0; y < 8; y++ {
			copy(d[y*8:y*8+8], z[14-2*y:])
		}
	case macroblock.I4HorizontalUp:
		// Along zHU = x+2*y.
		var z [22]uint8
		for i := range z {
			switch {
			case i > 13:
				z[i] = uint8(e[0])
			case i&1 == 0:
				z[i] = t.two[6-i>>1]
			default:
				z[i] = t.three[6-i>>1]
			}
		}
		for y := 0; y < 8; y++ {
			copy(d[y*8:y*8+8], z[2*y:])
		}
	}
}

func (e *edge8) dc(a Available) uint8 {
	var left, top int32
	for i := 0; i < 8; i++ {
		left += e[i]
		top += e[9+i]
	}
	switch {
	case a.Left && a.Top:
		return uint8((left + top + 8) >> 4)
	case a.Left:
		return uint8((left + 4) >> 3)
	case a.Top:
		return uint8((top + 4) >> 3)
	}
	return 128
}
