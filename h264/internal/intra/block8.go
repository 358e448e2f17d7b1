package intra

import (
	"encoding/binary"

	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/internal/dsp"
)

// Stride8 is the stride of 8x8 predictions.
const Stride8 = 8

// line8 holds the neighbours of an 8x8 block on one line, as dsp.Predict8x8 has
// them: from place 1 on the left column from below, the corner, and from place 10
// on the row above and above right. Places 0 and 26 repeat what is next to them.
type line8 [48]uint8

const (
	corner8 = 9
	above8  = 10
	end8    = 26
)

func (l *line8) repeatEnds() { l[0], l[end8] = l[1], l[end8-1] }

// Luma8 predicts the 8x8 block of quadrant quad (clause 8.3.2.2) by all modes, those
// of 4x4 blocks, into dst by mode number, and returns the modes whose neighbours exist.
func Luma8(dst *[9][64]uint8, rec *macroblock.Rec, quad int, a Available) (modes []uint8) {
	b := a.quadrant(quad)
	var raw, edge line8
	raw.load(rec, origin+quad>>1*8*stride+quad&1*8, b)
	dsp.Smooth8x8((*[48]uint8)(&edge), (*[48]uint8)(&raw)) // the reference sample filtering of clause 8.3.2.2.1
	edge.repeatEnds()
	dsp.Predict8x8(dst, (*[48]uint8)(&edge), edge.dc(b))
	return modes4[b.index()]
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

// load brings the neighbours in. Those that don't exist repeat the nearest that
// does, which is what filtering the others takes in their place.
func (l *line8) load(rec *macroblock.Rec, p int, a Available) {
	if a.Top {
		copy(l[above8:above8+16], rec[p-stride:p-stride+16])
		if !a.TopRight {
			fill8(l[above8+8:], l[above8+7])
		}
	}
	if a.Left {
		column := rec[p-1 : p+7*stride]
		for i := 0; i < 8; i++ {
			l[corner8-1-i] = column[i*stride]
		}
	}
	switch {
	case a.TopLeft:
		l[corner8] = rec[p-stride-1]
	case a.Top:
		l[corner8] = l[above8]
	case a.Left:
		l[corner8] = l[corner8-1]
	}
	if !a.Top {
		fill8(l[above8:], l[corner8])
		fill8(l[above8+8:], l[corner8])
	}
	if !a.Left {
		fill8(l[1:], l[corner8])
	}
	l.repeatEnds()
}

// fill8 sets eight samples to v.
func fill8(d []uint8, v uint8) { binary.LittleEndian.PutUint64(d, uint64(v)*0x0101010101010101) }

// dc is the prediction of Intra_8x8_DC.
func (l *line8) dc(a Available) uint8 {
	var left, top uint32
	for i := 0; i < 8; i++ {
		left += uint32(l[1+i])
		top += uint32(l[above8+i])
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
