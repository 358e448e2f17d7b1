package deblock_test

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/g264/g264/h264/internal/deblock"
	"github.com/g264/g264/h264/internal/macroblock"
)

//go:embed testdata/thresholds.csv
var thresholdsFile string

// threshold is a row of tables 8-16 and 8-17.
type threshold struct {
	alpha, beta int
	tC0         [4]int // by bS
}

var thresholds = func() (list [52]threshold) {
	for _, line := range strings.Split(strings.TrimSpace(thresholdsFile), "\n") {
		var i int
		var t threshold
		if _, err := fmt.Sscanf(line, "%d,%d,%d,%d,%d,%d", &i, &t.alpha, &t.beta, &t.tC0[1], &t.tC0[2], &t.tC0[3]); err == nil {
			list[i] = t
		}
	}
	return list
}()

// planar is a decoded picture as the standard sees it: three planes, and the
// macroblocks.
type planar struct {
	mbW, mbH  int
	chroma444 bool
	w, h      [3]int
	pix       [3][]uint8
	mbs       []macroblock.MB
}

func (p *planar) at(plane, x, y int) *uint8 { return &p.pix[plane][y*p.w[plane]+x] }

// filter is clause 8.7, word for word, sample by sample.
type filter struct {
	*planar
	deblock.Params
}

func (f *filter) picture() {
	for y := range f.mbH {
		for x := range f.mbW {
			for plane := range 3 {
				f.macroblock(plane, x, y)
			}
		}
	}
}

// macroblock filters the vertical edges of one plane, left to right, then the
// horizontal ones, top to bottom: all edges of the grid of four samples but those
// of the picture and those inside luma's 8x8 transforms.
func (f *filter) macroblock(plane, mbX, mbY int) {
	size := 16 * f.w[plane] / f.w[0]
	for _, vertical := range []bool{true, false} {
		for e := 0; e < size; e += 4 {
			if e == 0 && (vertical && mbX == 0 || !vertical && mbY == 0) {
				continue
			}
			if size == 16 && e%8 != 0 && f.mbs[mbY*f.mbW+mbX].Transform8x8 {
				continue
			}
			for k := range size {
				if vertical {
					f.line(plane, mbX*size+e, mbY*size+k, 1, 0)
				} else {
					f.line(plane, mbX*size+k, mbY*size+e, 0, 1)
				}
			}
		}
	}
}

// line filters the samples p3..p0 and q0..q3 (clause 8.7.2); q0 is at (x, y) and
// (dx, dy) the step across the edge.
func (f *filter) line(plane, x, y, dx, dy int) {
	p := func(i int) *uint8 { return f.at(plane, x-(i+1)*dx, y-(i+1)*dy) }
	q := func(i int) *uint8 { return f.at(plane, x+i*dx, y+i*dy) }
	scale := f.w[0] / f.w[plane]
	lumaQ := [2]int{x * scale, y * scale}
	lumaP := [2]int{(x - dx) * scale, (y - dy) * scale}
	bS := f.strength(lumaP, lumaQ)
	qPav := (f.qp(plane, lumaP) + f.qp(plane, lumaQ) + 1) >> 1
	indexA := min(max(qPav+f.OffsetA, 0), 51)
	indexB := min(max(qPav+f.OffsetB, 0), 51)
	alpha, beta := thresholds[indexA].alpha, thresholds[indexB].beta
	p0, p1, q0, q1 := int(*p(0)), int(*p(1)), int(*q(0)), int(*q(1))
	if bS == 0 || abs(p0-q0) >= alpha || abs(p1-p0) >= beta || abs(q1-q0) >= beta {
		return
	}
	chromaStyle := plane > 0 && !f.chroma444
	if bS == 4 {
		strong(p, q, alpha, beta, chromaStyle)
		return
	}
	normal(p, q, beta, thresholds[indexA].tC0[bS], chromaStyle)
}

// normal is clause 8.7.2.3, for bS below 4.
func normal(p, q func(i int) *uint8, beta, tC0 int, chromaStyle bool) {
	p0, p1, q0, q1 := int(*p(0)), int(*p(1)), int(*q(0)), int(*q(1))
	tC := tC0 + 1
	if !chromaStyle {
		p2, q2 := int(*p(2)), int(*q(2))
		ap, aq := abs(p2-p0), abs(q2-q0)
		tC = tC0
		if ap < beta {
			tC++
			*p(1) = uint8(p1 + clip3(-tC0, tC0, (p2+((p0+q0+1)>>1)-(p1<<1))>>1))
		}
		if aq < beta {
			tC++
			*q(1) = uint8(q1 + clip3(-tC0, tC0, (q2+((p0+q0+1)>>1)-(q1<<1))>>1))
		}
	}
	delta := clip3(-tC, tC, (((q0-p0)<<2)+(p1-q1)+4)>>3)
	*p(0), *q(0) = uint8(clip3(0, 255, p0+delta)), uint8(clip3(0, 255, q0-delta))
}

// strong is clause 8.7.2.4, for bS 4.
func strong(p, q func(i int) *uint8, alpha, beta int, chromaStyle bool) {
	p0, p1, q0, q1 := int(*p(0)), int(*p(1)), int(*q(0)), int(*q(1))
	near := abs(p0-q0) < (alpha>>2)+2
	side := func(a func(i int) *uint8, a0, a1, b0, b1 int) (write func()) {
		if chromaStyle {
			return func() { *a(0) = uint8((2*a1 + a0 + b1 + 2) >> 2) }
		}
		a2 := int(*a(2))
		if abs(a2-a0) >= beta || !near {
			return func() { *a(0) = uint8((2*a1 + a0 + b1 + 2) >> 2) }
		}
		a3 := int(*a(3))
		return func() {
			*a(0) = uint8((a2 + 2*a1 + 2*a0 + 2*b0 + b1 + 4) >> 3)
			*a(1) = uint8((a2 + a1 + a0 + b0 + 2) >> 2)
			*a(2) = uint8((2*a3 + 3*a2 + a1 + a0 + b0 + 4) >> 3)
		}
	}
	writeP, writeQ := side(p, p0, p1, q0, q1), side(q, q0, q1, p0, p1)
	writeP()
	writeQ()
}

// mbAt returns the macroblock that covers a luma location.
func (f *filter) mbAt(l [2]int) *macroblock.MB { return &f.mbs[l[1]/16*f.mbW+l[0]/16] }

// strength is bS of clause 8.7.2.1 for frame macroblocks of P and I slices.
func (f *filter) strength(p, q [2]int) int {
	mbP, mbQ := f.mbAt(p), f.mbAt(q)
	blockP, blockQ := p[1]%16/4*4+p[0]%16/4, q[1]%16/4*4+q[0]%16/4
	intra := mbP.Type >= macroblock.I4x4 || mbQ.Type >= macroblock.I4x4
	switch {
	case intra && mbP != mbQ:
		return 4
	case intra:
		return 3
	case coded(mbP, blockP) || coded(mbQ, blockQ):
		return 2
	}
	refP, refQ := mbP.Ref[p[1]%16/8*2+p[0]%16/8], mbQ.Ref[q[1]%16/8*2+q[0]%16/8]
	mvP, mvQ := mbP.MV[blockP], mbQ.MV[blockQ]
	if refP != refQ || abs(int(mvP.X)-int(mvQ.X)) >= 4 || abs(int(mvP.Y)-int(mvQ.Y)) >= 4 {
		return 1
	}
	return 0
}

// coded reports whether a block lies in a transform block with coefficients.
func coded(mb *macroblock.MB, block int) bool {
	if !mb.Transform8x8 {
		return mb.TotalCoeff[0][block] != 0
	}
	first := block/8*8 + block%4/2*2
	t := &mb.TotalCoeff[0]
	return t[first]+t[first+1]+t[first+4]+t[first+5] != 0
}

// qp is qPp or qPq of clause 8.7.2.2: of Cb and Cr, QPC of the macroblock's QPY.
func (f *filter) qp(plane int, l [2]int) int {
	mb := f.mbAt(l)
	qp := int(mb.QP)
	if mb.Type == macroblock.IPCM {
		qp = 0
	}
	if plane > 0 {
		qp = macroblock.ChromaQP(qp, f.ChromaOffset)
	}
	return qp
}

func abs(v int) int { return max(v, -v) }

func clip3(low, high, v int) int { return min(max(v, low), high) }
