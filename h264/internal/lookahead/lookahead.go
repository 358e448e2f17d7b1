// Package lookahead estimates, on half-size pictures and before a picture is
// coded, what it will cost as intra and as inter picture, block by block. It
// decides scene cuts; rate control builds on its costs.
package lookahead

import (
	"math"

	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/internal/dsp"
)

// Costs are the SATD costs of a picture at half size, summed over its blocks
// of 8x8, one a macroblock.
type Costs struct {
	Intra int64 // all blocks intra
	Inter int64 // each block the cheaper of inter and intra
	// Vectors are the best vectors found, in quarter samples of full size.
	Vectors []macroblock.MV
}

// Analyser holds what one picture leaves to the analysis of the next.
type Analyser struct {
	mbW, mbH int
	vectors  [2][]macroblock.MV // of this picture and the one before
}

// New makes an Analyser for pictures of that many macroblocks.
func New(mbW, mbH int) *Analyser {
	a := &Analyser{mbW: mbW, mbH: mbH}
	for i := range a.vectors {
		a.vectors[i] = make([]macroblock.MV, mbW*mbH)
	}
	return a
}

// blockBits is the cost of a block's side information, as SATD.
const blockBits = 4

// Analyse measures cur, and cur as predicted from prev if that is not nil. The
// result is valid until the call after the next.
func (a *Analyser) Analyse(cur, prev *picture.Source) Costs {
	a.vectors[0], a.vectors[1] = a.vectors[1], a.vectors[0]
	c := Costs{Vectors: a.vectors[0]}
	for y := 0; y < a.mbH; y++ {
		for x := 0; x < a.mbW; x++ {
			intra := intraCost(&cur.Half, x, y)
			c.Intra += int64(intra)
			inter := intra + 1
			if prev != nil {
				inter = a.interCost(&cur.Half, &prev.Half, x, y)
			}
			c.Inter += int64(min(inter, intra))
		}
	}
	if prev == nil {
		clear(c.Vectors)
	}
	return c
}

// intraCost is the least SATD of a block of a half-size picture, predicted from
// its neighbours in the source.
func intraCost(p *picture.Plane, x, y int) int {
	return intraSATD(p, dsp.B8x8, x*8, y*8) + blockBits
}

// intraSATD is the least SATD of the square block at (x, y), predicted from its
// neighbours in the source by DC, horizontally or vertically.
func intraSATD(p *picture.Plane, b dsp.Block, x, y int) int {
	n := b.W()
	off := p.Origin + y*p.Stride + x
	src := p.Pix[off:]
	var flat, rows, columns [256]uint8
	sum := uint32(n)
	top := p.Pix[off-p.Stride : off-p.Stride+n]
	for i := 0; i < n; i++ {
		left := p.Pix[off+i*p.Stride-1]
		sum += uint32(left) + uint32(top[i])
		copy(columns[i*n:i*n+n], top)
		r := rows[i*n : i*n+n]
		for j := range r {
			r[j] = left
		}
	}
	dc := uint8(sum / uint32(2*n))
	for i := range flat[:n*n] {
		flat[i] = dc
	}
	cost := dsp.SATD(b, src, p.Stride, flat[:], n)
	cost = min(cost, dsp.SATD(b, src, p.Stride, rows[:], n))
	return min(cost, dsp.SATD(b, src, p.Stride, columns[:], n))
}

// search is a search for one block, in whole samples of half size.
type search struct {
	cur, ref *picture.Plane
	x, y     int // first sample
	bx, by   int // best displacement
	cost     int
}

func (s *search) try(dx, dy int) {
	const reach = picture.HalfBorder - 8
	if s.x+dx < -reach || s.x+dx > s.ref.W-8+reach || s.y+dy < -reach || s.y+dy > s.ref.H-8+reach {
		return
	}
	cost := dsp.SAD(dsp.B8x8, s.cur.At(s.x, s.y), s.cur.Stride, s.ref.At(s.x+dx, s.y+dy), s.ref.Stride)
	if cost < s.cost {
		s.cost, s.bx, s.by = cost, dx, dy
	}
}

// interCost finds the vector of a block and returns its SATD.
func (a *Analyser) interCost(cur, ref *picture.Plane, x, y int) int {
	s := search{cur: cur, ref: ref, x: x * 8, y: y * 8, cost: 1 << 30}
	i := y*a.mbW + x
	s.try(0, 0)
	s.tryVector(a.vectors[1][i])
	if x > 0 {
		s.tryVector(a.vectors[0][i-1])
	}
	if y > 0 {
		s.tryVector(a.vectors[0][i-a.mbW])
		if x+1 < a.mbW {
			s.tryVector(a.vectors[0][i-a.mbW+1])
		}
	}
	for steps := 0; steps < 12 && s.cost > 64; steps++ {
		bx, by := s.bx, s.by
		s.try(bx-1, by)
		s.try(bx+1, by)
		s.try(bx, by-1)
		s.try(bx, by+1)
		if s.bx == bx && s.by == by {
			break
		}
	}
	a.vectors[0][i] = macroblock.MV{X: quarter(s.bx), Y: quarter(s.by)}
	return dsp.SATD(dsp.B8x8, cur.At(s.x, s.y), cur.Stride, ref.At(s.x+s.bx, s.y+s.by), ref.Stride) + blockBits
}

// quarter turns samples of half size into quarter samples of full size.
func quarter(d int) int16 { return int16(min(max(8*d, math.MinInt16), math.MaxInt16)) }

func (s *search) tryVector(mv macroblock.MV) {
	if mv != (macroblock.MV{}) {
		s.try(int(mv.X>>3), int(mv.Y>>3))
	}
}
