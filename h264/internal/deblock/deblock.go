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

// Filter is the deblocking filter of a picture after another, of slices with one
// set of parameters.
type Filter struct {
	limits   [52]dsp.Limit // by the average of qPp and qPq; alpha is zero where nothing is filtered
	chromaQP [52]int       // by QP_Y

	// Of the macroblocks in the row at hand that have edges to filter.
	strengths    []dsp.Strengths
	luma, chroma []dsp.Limits
}

// New makes a Filter of pictures mbW macroblocks wide.
func New(p Params, mbW int) *Filter {
	f := &Filter{
		strengths: make([]dsp.Strengths, mbW),
		luma:      make([]dsp.Limits, mbW),
		chroma:    make([]dsp.Limits, mbW),
	}
	for qp := range f.limits {
		f.limits[qp] = p.limit(qp)
		f.chromaQP[qp] = macroblock.ChromaQP(qp, p.ChromaOffset)
	}
	return f
}

// Row filters macroblock row y of the picture. The QP of its macroblocks and of
// the row above must be the effective ones. It changes up to three luma rows
// above the row.
func (f *Filter) Row(r *picture.Reconstruction, y int) {
	mbW := len(f.strengths)
	list := f.derive(r, y)
	for i := range list {
		x := int(list[i].X)
		at := y*mbW + x
		changed(r, at, mbW, &list[i])
		own := qp(r, at)
		left, up := own, own
		if x > 0 {
			left = qp(r, at-1)
		}
		if y > 0 {
			up = qp(r, at-mbW)
		}
		f.limit(&f.luma[i], own, left, up)
		f.limit(&f.chroma[i], f.chromaQP[own], f.chromaQP[left], f.chromaQP[up])
	}
	if r.Is444 {
		dsp.Deblock(list, []dsp.EdgePlane{
			edges(&r.Luma.Plane, 16*y, f.luma), edges(&r.Chroma44[0].Plane, 16*y, f.chroma), edges(&r.Chroma44[1].Plane, 16*y, f.chroma),
		}, nil)
		return
	}
	chroma := edges(&r.Chroma, 8*y, f.chroma)
	dsp.Deblock(list, []dsp.EdgePlane{edges(&r.Luma.Plane, 16*y, f.luma)}, &chroma)
}

// derive derives the strengths of those macroblocks of a row that have edges to filter.
func (f *Filter) derive(r *picture.Reconstruction, y int) []dsp.Strengths {
	mbW, n := len(f.strengths), 0
	own := y * mbW
	up := max(own-mbW, 0) // at the top what is above is the row itself
	for a, b := edged(&r.Grid, own, up, mbW, 0); a < b; a, b = edged(&r.Grid, own, up, mbW, b) {
		first := max(a-1, 0) // which has no edges to filter, but is to the left of one that may
		var above []macroblock.MB
		if y > 0 {
			above = r.MBs[up+first : up+b]
		}
		list := dsp.RowStrengths(f.strengths[n:], r.MBs[own+first:own+b], above, blocks)
		for i := range list {
			list[i].X += uint32(first)
		}
		n += len(list)
	}
	return f.strengths[:n]
}

// edged returns the next macroblocks that may have edges to filter, from x on, in a row of
// n from own on, under one from up on: they, or those to the left or above, aren't unmoved.
// That to the left of x is.
func edged(g *macroblock.Grid, own, up, n, x int) (first, end int) {
	first = x + g.UnmovedRun(own+x, own+n)
	first = x + g.UnmovedRun(up+x, up+first)
	row := g.Unmoved[own+first : own+n]
	above := g.Unmoved[up+first:][:len(row)]
	left := uint8(1)
	for i, unmoved := range row {
		if left&unmoved&above[i] != 0 {
			return first, first + i
		}
		left = unmoved
	}
	return first, n
}

// changed gives macroblocks that the filter may change the picture's version: macroblock i,
// which has edges to filter, and those across its outer edges.
func changed(r *picture.Reconstruction, i, mbW int, s *dsp.Strengths) {
	r.Versions[i] = r.Version
	if s.Columns[0] != [4]uint8{} {
		r.Versions[i-1] = r.Version
	}
	if s.Rows[0] != [4]uint8{} {
		r.Versions[i-mbW] = r.Version
	}
}

// edges is a plane to filter from a row of samples on.
func edges(p *picture.Plane, y int, limits []dsp.Limits) dsp.EdgePlane {
	return dsp.EdgePlane{Pix: p.Pix, Off: p.Origin + y*p.Stride, Stride: p.Stride, Limits: limits}
}

func blocks(mb *macroblock.MB) *dsp.Blocks { return &mb.Blocks }

// limit sets the limits of a macroblock by its QP and those of its neighbours.
func (f *Filter) limit(l *dsp.Limits, own, left, above int) {
	l.Left = f.limits[(own+left+1)>>1]
	l.Inner = f.limits[own]
	l.Above = f.limits[(own+above+1)>>1]
}

// qp is qPp of clause 8.7.2.2, of macroblock i: zero for I_PCM.
func qp(r *picture.Reconstruction, i int) int {
	if r.MBs[i].Type == macroblock.IPCM {
		return 0
	}
	return int(r.QP[i])
}

// limit is that of edges of an average QP.
func (p *Params) limit(qp int) dsp.Limit {
	indexA := min(max(qp+p.OffsetA, 0), 51)
	indexB := min(max(qp+p.OffsetB, 0), 51)
	l := dsp.Limit{Alpha: alpha[indexA], Beta: beta[indexB], TC0: tc0[indexA]}
	if l.Beta == 0 {
		l.Alpha = 0
	}
	return l
}
