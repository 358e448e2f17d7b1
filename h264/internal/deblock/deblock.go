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

// Row filters macroblock row y of the picture. The QP of its macroblocks and of
// the row above must be the effective ones. It changes up to three luma rows
// above the row.
func Row(r *picture.Reconstruction, mbW, y int, params *Params) {
	f := filter{r: r, Params: params}
	mbs := r.MBs[y*mbW : (y+1)*mbW]
	var left *macroblock.MB
	for x := range mbs {
		mb := &mbs[x]
		var above *macroblock.MB
		if y > 0 {
			above = &r.MBs[(y-1)*mbW+x]
		}
		bs := boundaries(mb, left, above)
		if bs[columns] != (strengths{}) {
			f.edges(mb, left, &bs[columns], x, y, columns)
		}
		if bs[rows] != (strengths{}) {
			f.edges(mb, above, &bs[rows], x, y, rows)
		}
		left = mb
	}
}

// Edges are columns (vertical) or rows (horizontal).
const (
	columns = iota
	rows
)

type filter struct {
	r *picture.Reconstruction
	*Params
}

// edges filters the edges of one direction in the macroblock at (x, y).
func (f *filter) edges(mb, neighbour *macroblock.MB, bs *strengths, x, y, direction int) {
	inner := f.thresholds(qp(mb))
	innerChroma := f.thresholds(macroblock.ChromaQP(qp(mb), f.ChromaOffset))
	outer, outerChroma := inner, innerChroma
	if bs[0] != 0 && qp(neighbour) != qp(mb) {
		outer = f.thresholds((qp(mb) + qp(neighbour) + 1) >> 1)
		outerChroma = f.thresholds((macroblock.ChromaQP(qp(mb), f.ChromaOffset) + macroblock.ChromaQP(qp(neighbour), f.ChromaOffset) + 1) >> 1)
	}
	luma := [4]dsp.Edge{outer.edge(bs[0]), inner.edge(bs[1]), inner.edge(bs[2]), inner.edge(bs[3])}
	deblockLuma(&f.r.Luma.Plane, x, y, &luma, direction)
	if f.r.Is444 {
		chroma := [4]dsp.Edge{outerChroma.edge(bs[0]), innerChroma.edge(bs[1]), innerChroma.edge(bs[2]), innerChroma.edge(bs[3])}
		deblockLuma(&f.r.Chroma44[0].Plane, x, y, &chroma, direction)
		deblockLuma(&f.r.Chroma44[1].Plane, x, y, &chroma, direction)
		return
	}
	if bs[0]|bs[2] == 0 {
		return
	}
	// The edges of 4:2:0 chroma lie on luma's edges 0 and 2.
	chroma := [2]dsp.Edge{outerChroma.edge(bs[0]), innerChroma.edge(bs[2])}
	p := &f.r.Chroma
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

// thresholds are alpha, beta and tC0 by bS of edges of one average QP. Where
// alpha or beta is zero nothing is filtered, and alpha is zero here.
type thresholds struct {
	alpha, beta uint8
	tc0         *[4]int8
}

func (f *filter) thresholds(qp int) thresholds {
	indexA := min(max(qp+f.OffsetA, 0), 51)
	indexB := min(max(qp+f.OffsetB, 0), 51)
	t := thresholds{alpha[indexA], beta[indexB], &tc0[indexA]}
	if t.beta == 0 {
		t.alpha = 0
	}
	return t
}

// edge returns how an edge of these strengths is filtered.
func (t *thresholds) edge(bs uint32) dsp.Edge {
	switch {
	case bs == 0:
		return dsp.Edge{}
	case bs == all*4:
		return dsp.Edge{Alpha: t.alpha, Beta: t.beta, Strong: true}
	}
	return dsp.Edge{
		Alpha: t.alpha, Beta: t.beta,
		TC0: [4]int8{t.tc0[bs&3], t.tc0[bs>>8&3], t.tc0[bs>>16&3], t.tc0[bs>>24&3]},
	}
}
