package dsp

import "unsafe"

// Limit says how strongly edges of one average QP are filtered (clause 8.7.2).
type Limit struct {
	// Alpha and Beta are the thresholds of table 8-16. Where Alpha is 0 nothing is filtered.
	Alpha, Beta uint8
	_           [2]uint8 // fill a word, which copies want
	// TC0 is tC0 by strength, that of 0 negative.
	TC0 [4]int8
}

// Limits are those of the edges of a macroblock: to its left neighbour, within, and to the one above.
type Limits struct{ Left, Inner, Above Limit }

// EdgePlane is a plane with a row of macroblocks to filter, the first of which lies at Pix[Off].
type EdgePlane struct {
	Pix         []uint8
	Off, Stride int
	Limits      []Limits // of the macroblocks that are filtered
}

// Deblock filters the macroblocks in list of a row, from left to right, and of each its vertical edges, then its horizontal
// ones: in planes of luma's kind, at most three, and in chroma, if there is any. That has 8x8 interleaved pairs of samples
// of 4:2:0 for each macroblock, and its edges lie on luma's edges 0 and 2. Filters reach up to four samples, or two pairs,
// to the left of the row and above.
func Deblock(list []Strengths, luma []EdgePlane, chroma *EdgePlane) {
	if len(list) == 0 {
		return
	}
	most := uint32(0)
	for i := range list {
		most = max(most, list[i].X)
	}
	if most >= 1<<26 { // sixteen times that is more than an int of 32 bits holds
		panic("dsp: a macroblock beyond any plane")
	}
	last := int(most)
	var planes [4]deblockPlane
	pairs := 0
	for i := range luma {
		planes[i] = luma[i].rows(16, last, len(list))
	}
	if chroma != nil {
		planes[len(luma)] = chroma.rows(8, last, len(list))
		pairs = 1
	}
	if useAVX2 {
		deblockAVX2((*uint8)(unsafe.Pointer(&planes)), len(luma), pairs, (*uint8)(unsafe.Pointer(&list[0])), len(list))
		return
	}
	for i := range list {
		for k := range luma {
			luma[k].luma(&list[i], &luma[k].Limits[i])
		}
		if chroma != nil {
			chroma.chroma(&list[i], &chroma.Limits[i])
		}
	}
}

// deblockPlane is what assembly sees of a plane: the addresses of Pix[Off] and the first limits.
type deblockPlane struct {
	p      *uint8
	stride int
	limits *Limits
}

// rows checks that the plane holds h rows of the macroblocks up to the last, that h/4 rows and 4 bytes are before them,
// and limits for n.
func (p *EdgePlane) rows(h, last, n int) deblockPlane {
	m := window(p.Pix[p.Off:], p.Stride, 16*last+16, h)
	_, _, _ = p.Pix[p.Off-4], p.Pix[p.Off-h/4*p.Stride], p.Limits[n-1]
	return deblockPlane{m, p.Stride, &p.Limits[0]}
}

// luma filters a macroblock.
func (p *EdgePlane) luma(s *Strengths, l *Limits) {
	at := p.Off + 16*int(s.X)
	for e := range 4 {
		lumaEdge(p.Pix, at+4*e, 1, p.Stride, &s.Columns[e], l.of(&l.Left, e))
	}
	for e := range 4 {
		lumaEdge(p.Pix, at+4*e*p.Stride, p.Stride, 1, &s.Rows[e], l.of(&l.Above, e))
	}
}

// chroma filters a macroblock of pairs.
func (p *EdgePlane) chroma(s *Strengths, l *Limits) {
	at := p.Off + 16*int(s.X)
	for e := 0; e < 4; e += 2 {
		chromaEdge(p.Pix, at+4*e, 2, p.Stride, &s.Columns[e], l.of(&l.Left, e))
	}
	for e := 0; e < 4; e += 2 {
		chromaEdge(p.Pix, at+2*e*p.Stride, p.Stride, 2, &s.Rows[e], l.of(&l.Above, e))
	}
}

// of returns the limit of edge e of a direction whose outer edge has another one.
func (l *Limits) of(outer *Limit, e int) *Limit {
	if e == 0 {
		return outer
	}
	return &l.Inner
}
