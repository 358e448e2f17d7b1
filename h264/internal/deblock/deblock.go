// Package deblock is the deblocking filter of ITU-T H.264 clause 8.7, in rows
// of macroblocks: edges are filtered macroblock by macroblock, left to right,
// vertical edges before horizontal ones.
package deblock

import (
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/internal/dsp"
)

// Params are a slice's filter parameters.
type Params struct {
	OffsetA, OffsetB int // FilterOffsetA and FilterOffsetB: twice the slice's div2 syntax elements
	ChromaOffset     int // chroma_qp_index_offset, of both components
}

// Filter is the deblocking filter of slices with one set of parameters.
type Filter struct {
	chromaOffset int
	thresholds   [52]thresholds // by the average of qPp and qPq
}

// New makes a Filter.
func New(p Params) *Filter {
	f := &Filter{chromaOffset: p.ChromaOffset}
	for qp := range f.thresholds {
		f.thresholds[qp] = p.thresholds(qp)
	}
	return f
}

// Row filters macroblock row y of the picture. The QP of its macroblocks and of
// the row above must be the effective ones. It changes up to three luma rows
// above the row.
func (f *Filter) Row(r *picture.Reconstruction, mbW, y int) {
	mbs := r.MBs[y*mbW : (y+1)*mbW]
	var left *macroblock.MB
	for x := range mbs {
		mb := &mbs[x]
		var above *macroblock.MB
		if y > 0 {
			above = &r.MBs[(y-1)*mbW+x]
		}
		if !untouched(mb, left, above) {
			bs := boundaries(mb, left, above)
			if bs[columns] != (strengths{}) {
				f.edges(r, mb, left, &bs[columns], x, y, columns)
			}
			if bs[rows] != (strengths{}) {
				f.edges(r, mb, above, &bs[rows], x, y, rows)
			}
		}
		left = mb
	}
}

// Edges are columns (vertical) or rows (horizontal).
const (
	columns = iota
	rows
)

// edges filters the edges of one direction in the macroblock at (x, y).
func (f *Filter) edges(r *picture.Reconstruction, mb, neighbour *macroblock.MB, bs *strengths, x, y, direction int) {
	ownQP := qp(mb)
	ownChromaQP := macroblock.ChromaQP(ownQP, f.chromaOffset)
	inner, innerChroma := &f.thresholds[ownQP], &f.thresholds[ownChromaQP]
	outer, outerChroma := inner, innerChroma
	if bs[0] != 0 {
		if other := qp(neighbour); other != ownQP {
			outer = &f.thresholds[(ownQP+other+1)>>1]
			outerChroma = &f.thresholds[(ownChromaQP+macroblock.ChromaQP(other, f.chromaOffset)+1)>>1]
		}
	}
	var luma [4]dsp.Edge
	outer.set(&luma[0], bs[0])
	for i := 1; i < 4; i++ {
		inner.set(&luma[i], bs[i])
	}
	deblockLuma(&r.Luma.Plane, x, y, &luma, direction)
	if r.Is444 {
		var chroma [4]dsp.Edge
		outerChroma.set(&chroma[0], bs[0])
		for i := 1; i < 4; i++ {
			innerChroma.set(&chroma[i], bs[i])
		}
		deblockLuma(&r.Chroma44[0].Plane, x, y, &chroma, direction)
		deblockLuma(&r.Chroma44[1].Plane, x, y, &chroma, direction)
		return
	}
	if bs[0]|bs[2] == 0 {
		return
	}
	// The edges of 4:2:0 chroma lie on luma's edges 0 and 2.
	var chroma [2]dsp.Edge
	outerChroma.set(&chroma[0], bs[0])
	innerChroma.set(&chroma[1], bs[2])
	p := &r.Chroma
	off := p.Origin + y*8*p.Stride + x*16
	if direction == columns {
		dsp.DeblockChromaColumns(p.Pix, off, p.Stride, &chroma)
	} else {
		dsp.DeblockChromaRows(p.Pix, off, p.Stride, &chroma)
	}
}

// deblockLuma filters edges in the macroblock at (x, y) of a luma-like plane.
func deblockLuma(p *picture.Plane, x, y int, edges *[4]dsp.Edge, direction int) {
	off := p.Origin + y*16*p.Stride + x*16
	if direction == columns {
		dsp.DeblockLumaColumns(p.Pix, off, p.Stride, edges)
	} else {
		dsp.DeblockLumaRows(p.Pix, off, p.Stride, edges)
	}
}

// qp is qPp of clause 8.7.2.2: zero for I_PCM.
func qp(mb *macroblock.MB) int {
	if mb.Type == macroblock.IPCM {
		return 0
	}
	return int(mb.QP)
}

// thresholds are how edges of one average QP are filtered, by a bS that is the
// same along the edge. Where alpha or beta is zero nothing is filtered, and alpha
// is zero here.
type thresholds [5]dsp.Edge

func (p *Params) thresholds(qp int) (t thresholds) {
	indexA := min(max(qp+p.OffsetA, 0), 51)
	indexB := min(max(qp+p.OffsetB, 0), 51)
	e := dsp.Edge{Alpha: alpha[indexA], Beta: beta[indexB]}
	if e.Beta == 0 {
		e.Alpha = 0
	}
	for bs := range 4 {
		c := tc0[indexA][bs]
		t[bs] = e
		t[bs].TC0 = [4]int8{c, c, c, c}
	}
	t[4] = e
	t[4].Strong = true
	return t
}

// set makes an edge one of these strengths.
func (t *thresholds) set(e *dsp.Edge, bs uint32) {
	switch bs {
	case 0: // e as it is filters nothing
	case all, 2 * all, 3 * all, 4 * all:
		*e = t[bs&7]
	default:
		*e = t[0]
		e.TC0 = [4]int8{t[bs&3].TC0[0], t[bs>>8&3].TC0[0], t[bs>>16&3].TC0[0], t[bs>>24&3].TC0[0]}
	}
}
