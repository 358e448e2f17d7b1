package intra

import (
	"encoding/binary"

	"github.com/g264/g264/h264/internal/macroblock"
)

// Stride8 is the stride of 8x8 predictions.
const Stride8 = 8

// line8 holds the neighbours of an 8x8 block, or filters of them, on one line:
// from place 1 on the left column from below, the corner, and from place 10 on
// the row above and above right. Places 0 and 26 repeat what is next to them.
type line8 [48]uint8

const (
	corner8 = 9
	above8  = 10
	end8    = 26
)

func (l *line8) repeatEnds() { l[0], l[end8] = l[1], l[end8-1] }

// word returns eight samples from place i on.
func (l *line8) word(i int) uint64 { return binary.LittleEndian.Uint64(l[i : i+8]) }

// three sets the samples to those of e filtered with both neighbours.
func (l *line8) three(e *line8) {
	for i := 1; i < end8; i += 8 {
		before, at, after := e.word(i-1), e.word(i), e.word(i+1)
		between := before&after + (before^after)>>1&lowBits // rounded down, which the next rounding makes up for
		binary.LittleEndian.PutUint64(l[i:], average(between, at))
	}
}

// two sets the samples to the averages of those of e with the next ones.
func (l *line8) two(e *line8) {
	for i := 0; i < end8; i += 8 {
		binary.LittleEndian.PutUint64(l[i:], average(e.word(i), e.word(i+1)))
	}
}

const lowBits = 0x7f7f7f7f7f7f7f7f

// average returns (v+w+1)>>1 of eight samples.
func average(v, w uint64) uint64 { return v | w - (v^w)>>1&lowBits }

// Luma8 predicts the 8x8 block of quadrant quad (clause 8.3.2.2) of every mode
// in modes into dst, 64 samples each, one mode after another. Modes are those of
// 4x4 blocks.
func Luma8(dst *[9][64]uint8, rec *macroblock.Rec, quad int, a Available) (modes []uint8) {
	b := a.quadrant(quad)
	var raw line8
	raw.load(rec, origin+quad>>1*8*stride+quad&1*8, b)
	var p prediction8
	p.edge.three(&raw) // the reference sample filtering of clause 8.3.2.2.1
	p.edge.repeatEnds()
	p.three.three(&p.edge)
	p.two.two(&p.edge)
	modes = modes4[b.index()]
	for i, m := range modes {
		p.predict(&dst[i], m, b)
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

// prediction8 is what the modes predict from: the filtered neighbours, those
// filtered with both of theirs, and averaged with the next.
type prediction8 struct{ edge, three, two line8 }

// predict predicts a block, row by row: rows of most modes are eight samples in
// sequence of one of the lines, or of two in turn.
func (p *prediction8) predict(d *[64]uint8, mode uint8, a Available) {
	row := func(y int, samples []uint8) {
		binary.LittleEndian.PutUint64(d[y*8:y*8+8], binary.LittleEndian.Uint64(samples))
	}
	switch mode {
	case macroblock.I4Vertical:
		for y := 0; y < 8; y++ {
			row(y, p.edge[above8:])
		}
	case macroblock.I4Horizontal:
		for y := 0; y < 8; y++ {
			fill8(d[y*8:y*8+8], p.edge[corner8-1-y])
		}
	case macroblock.I4DC:
		v := p.dc(a)
		for y := 0; y < 8; y++ {
			fill8(d[y*8:y*8+8], v)
		}
	case macroblock.I4DiagonalDownLeft:
		for y := 0; y < 8; y++ {
			row(y, p.three[above8+1+y:])
		}
	case macroblock.I4DiagonalDownRight:
		for y := 0; y < 8; y++ {
			row(y, p.three[corner8-y:])
		}
	case macroblock.I4VerticalLeft:
		for y := 0; y < 8; y += 2 {
			row(y, p.two[above8+y>>1:])
			row(y+1, p.three[above8+1+y>>1:])
		}
	case macroblock.I4VerticalRight:
		// Even and odd rows begin three samples down the left column at most.
		var even, odd [11]uint8
		copy(even[3:], p.two[corner8:])
		copy(odd[3:], p.three[corner8:])
		for i := 1; i <= 3; i++ {
			even[3-i] = p.three[above8-2*i]
			odd[3-i] = p.three[corner8-2*i]
		}
		for y := 0; y < 8; y += 2 {
			row(y, even[3-y>>1:])
			row(y+1, odd[3-y>>1:])
		}
	case macroblock.I4HorizontalDown:
		// Along x-2*y from -14 on.
		var z [22]uint8
		for i := 0; i < 8; i++ {
			z[2*i], z[2*i+1] = p.two[1+i], p.three[2+i]
		}
		copy(z[16:], p.three[corner8+1:])
		for y := 0; y < 8; y++ {
			row(y, z[14-2*y:])
		}
	case macroblock.I4HorizontalUp:
		// Along x+2*y.
		var z [24]uint8
		for i := 0; i < 7; i++ {
			z[2*i], z[2*i+1] = p.two[corner8-2-i], p.three[corner8-2-i]
		}
		fill8(z[14:], p.edge[1])
		for y := 0; y < 8; y++ {
			row(y, z[2*y:])
		}
	}
}

func (p *prediction8) dc(a Available) uint8 {
	var left, top uint32
	for i := 0; i < 8; i++ {
		left += uint32(p.edge[1+i])
		top += uint32(p.edge[above8+i])
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
