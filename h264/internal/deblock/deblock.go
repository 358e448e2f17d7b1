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
	for x := 0; x < mbW; x++ {
		mb := &r.MBs[y*mbW+x]
		var left, above *macroblock.MB
		if x > 0 {
			left = &r.MBs[y*mbW+x-1]
		}
		if y > 0 {
			above = &r.MBs[(y-1)*mbW+x]
		}
		var bs strengths
		bs.vertical(mb, left)
		f.edges(mb, left, &bs, x, y, true)
		bs = strengths{}
		bs.horizontal(mb, above)
		f.edges(mb, above, &bs, x, y, false)
	}
}

// strengths holds bS for the four edges of one direction, four 4x4 blocks
// along each.
type strengths [4][4]uint8

// intra fills in the strengths of an intra macroblock.
func (s *strengths) intra(neighbour *macroblock.MB) {
	*s = strengths{{4, 4, 4, 4}, {3, 3, 3, 3}, {3, 3, 3, 3}, {3, 3, 3, 3}}
	if neighbour == nil {
		s[0] = [4]uint8{}
	}
}

// vertical derives bS of vertical edges (clause 8.7.2.1); left is nil at the
// picture's edge.
func (s *strengths) vertical(mb, left *macroblock.MB) {
	if mb.Type.IsIntra() {
		s.intra(left)
		return
	}
	if left != nil {
		for i := 0; i < 4; i++ {
			s[0][i] = strength(mb, i*4, left, i*4+3)
		}
	}
	if whole(mb) {
		return
	}
	for e := 1; e < 4; e++ {
		for i := 0; i < 4; i++ {
			s[e][i] = strength(mb, i*4+e, mb, i*4+e-1)
		}
	}
}

// horizontal derives bS of horizontal edges; above is nil at the picture's
// edge.
func (s *strengths) horizontal(mb, above *macroblock.MB) {
	if mb.Type.IsIntra() {
		s.intra(above)
		return
	}
	if above != nil {
		for i := 0; i < 4; i++ {
			s[0][i] = strength(mb, i, above, 12+i)
		}
	}
	if whole(mb) {
		return
	}
	for e := 1; e < 4; e++ {
		for i := 0; i < 4; i++ {
			s[e][i] = strength(mb, e*4+i, mb, e*4+i-4)
		}
	}
}

// whole reports that an inter macroblock has one vector and no luma residual,
// so that none of its inner edges is filtered.
func whole(mb *macroblock.MB) bool {
	return mb.Type <= macroblock.P16x16 && mb.CBP&15 == 0
}

// strength derives bS between block i of the inter macroblock p and its
// neighbouring block j of q.
func strength(p *macroblock.MB, i int, q *macroblock.MB, j int) uint8 {
	if q.Type.IsIntra() {
		return 4
	}
	i, j = i&15, j&15
	if p.TotalCoeff[0][i]|q.TotalCoeff[0][j] != 0 {
		return 2
	}
	if p.Ref[i>>3<<1|i>>1&1] != q.Ref[j>>3<<1|j>>1&1] {
		return 1
	}
	a, b := p.MV[i], q.MV[j]
	if uint32(int32(a.X)-int32(b.X)+3) > 6 || uint32(int32(a.Y)-int32(b.Y)+3) > 6 {
		return 1
	}
	return 0
}

type filter struct {
	r *picture.Reconstruction
	*Params
}

// edges filters all edges of one direction in the macroblock at (x, y).
func (f *filter) edges(mb, neighbour *macroblock.MB, bs *strengths, x, y int, vertical bool) {
	if *bs == (strengths{}) {
		return
	}
	for e := range bs {
		if bs[e] == ([4]uint8{}) {
			continue
		}
		q := mb
		if e == 0 {
			q = neighbour
		}
		f.edge(&f.r.Luma.Plane, x*16, y*16, e, &bs[e], (qp(mb)+qp(q)+1)>>1, vertical)
		chroma := (macroblock.ChromaQP(qp(mb), f.ChromaOffset) + macroblock.ChromaQP(qp(q), f.ChromaOffset) + 1) >> 1
		switch {
		case f.r.Is444:
			f.edge(&f.r.Chroma44[0].Plane, x*16, y*16, e, &bs[e], chroma, vertical)
			f.edge(&f.r.Chroma44[1].Plane, x*16, y*16, e, &bs[e], chroma, vertical)
		case e&1 == 0:
			f.chromaEdge(x, y, e, &bs[e], chroma, vertical)
		}
	}
}

// qp is qPp of clause 8.7.2.2: zero for I_PCM.
func qp(mb *macroblock.MB) int {
	if mb.Type == macroblock.IPCM {
		return 0
	}
	return int(mb.QP)
}

// thresholds derives alpha, beta and tC0 along an edge of average QP qp. Where
// alpha or beta is zero nothing is filtered.
func (f *filter) thresholds(qp int, bs *[4]uint8) (a, b int, tc [4]int8) {
	indexA := min(max(qp+f.OffsetA, 0), 51)
	indexB := min(max(qp+f.OffsetB, 0), 51)
	for i, s := range bs {
		tc[i] = tc0[indexA][s&3]
	}
	return int(alpha[indexA]), int(beta[indexB]), tc
}

// edge filters edge e of a luma-like block whose first sample is (x, y).
func (f *filter) edge(p *picture.Plane, x, y, e int, bs *[4]uint8, qp int, vertical bool) {
	a, b, tc := f.thresholds(qp, bs)
	if a == 0 || b == 0 {
		return
	}
	off, across, along := p.Origin+y*p.Stride+x, p.Stride, 1
	if vertical {
		across, along = along, across
	}
	off += 4 * e * across
	if bs[0] == 4 {
		dsp.DeblockLumaStrong(p.Pix, off, across, along, a, b)
		return
	}
	dsp.DeblockLuma(p.Pix, off, across, along, a, b, &tc)
}

// chromaEdge filters the edge of both 4:2:0 chroma components that lies on luma
// edge e of the macroblock at (x, y).
func (f *filter) chromaEdge(x, y, e int, bs *[4]uint8, qp int, vertical bool) {
	a, b, tc := f.thresholds(qp, bs)
	if a == 0 || b == 0 {
		return
	}
	p := &f.r.Chroma
	off, across, along := p.Origin+y*8*p.Stride+x*16, p.Stride, 2
	if vertical {
		across, along = along, across
	}
	off += 2 * e * across
	if bs[0] == 4 {
		dsp.DeblockChromaPairsStrong(p.Pix, off, across, along, a, b)
		return
	}
	dsp.DeblockChromaPairs(p.Pix, off, across, along, a, b, &tc)
}
