package lookahead

import (
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/internal/dsp"
)

// search is a search for one block, in whole samples of half size.
type search struct {
	cur, ref *picture.Plane
	x, y     int // first sample
	bx, by   int // best displacement
	cost     int
	fade     *weight // of ref; nil: none
	tmp      [64]uint8
}

// block is ref's block at a displacement, weighted, and its stride.
func (s *search) block(dx, dy int) ([]uint8, int) {
	pred := s.ref.At(s.x+dx, s.y+dy)
	if s.fade == nil {
		return pred, s.ref.Stride
	}
	dsp.CopyBlock(s.tmp[:], 8, pred, s.ref.Stride, 8, 8)
	s.fade.apply(&s.tmp)
	return s.tmp[:], 8
}

func (s *search) try(dx, dy int) {
	const reach = picture.HalfBorder - 9 // half samples need one more
	if s.x+dx < -reach || s.x+dx > s.ref.W-8+reach || s.y+dy < -reach || s.y+dy > s.ref.H-8+reach {
		return
	}
	pred, stride := s.block(dx, dy)
	cost := dsp.SAD(dsp.B8x8, s.cur.At(s.x, s.y), s.cur.Stride, pred, stride)
	if cost < s.cost {
		s.cost, s.bx, s.by = cost, dx, dy
	}
}

// still is the SAD up to which a block is taken not to have moved: half a level
// a sample.
const still = 32

// interCost finds the vector of a block and returns the SATD of its prediction.
// The blocks above are candidates if they are in the band.
func (p *Picture) interCost(prev *Picture, x, y int, above bool) int {
	i := y*p.mbW + x
	if p.apart[i] == 0 && !p.Fades[0] {
		return BlockBits
	}
	s := search{cur: &p.Half, ref: &prev.Half, x: x * 8, y: y * 8, cost: int(p.apart[i])}
	if p.Fades[0] {
		s.fade, s.cost = &p.fade, 1<<30
		s.try(0, 0)
	}
	if s.cost > still {
		s.tryVector(prev.Vectors[i])
		if x > 0 {
			s.tryVector(p.Vectors[i-1])
		}
		if above {
			s.tryVector(p.Vectors[i-p.mbW])
			if x+1 < p.mbW {
				s.tryVector(p.Vectors[i-p.mbW+1])
			}
		}
	}
	for steps := 0; steps < 12 && s.cost > 2*still; steps++ {
		bx, by := s.bx, s.by
		s.try(bx-1, by)
		s.try(bx+1, by)
		s.try(bx, by-1)
		s.try(bx, by+1)
		if s.bx == bx && s.by == by {
			break
		}
	}
	pred, stride := s.block(s.bx, s.by)
	p.Vectors[i] = macroblock.MV{X: int16(8 * s.bx), Y: int16(8 * s.by)}
	least := dsp.SATD(dsp.B8x8, s.cur.At(s.x, s.y), s.cur.Stride, pred, stride)
	if s.cost > still {
		least = p.half(&s, i, least)
	}
	return least + BlockBits
}

// half refines the vector of block i by half a sample of half size and returns
// the SATD there.
func (p *Picture) half(s *search, i, least int) int {
	src, ref := s.cur.At(s.x, s.y), s.ref
	off := ref.Origin + (s.y+s.by)*ref.Stride + s.x + s.bx
	best := p.Vectors[i]
	try := func(off, other int, dx, dy int16) {
		dsp.Avg(s.tmp[:], 8, ref.Pix[off:], ref.Stride, ref.Pix[other:], ref.Stride, 8, 8)
		if s.fade != nil {
			s.fade.apply(&s.tmp)
		}
		if cost := dsp.SATD(dsp.B8x8, src, s.cur.Stride, s.tmp[:], 8); cost < least {
			least = cost
			best = macroblock.MV{X: p.Vectors[i].X + dx, Y: p.Vectors[i].Y + dy}
		}
	}
	try(off, off-1, -4, 0)
	try(off, off+1, 4, 0)
	try(off, off-ref.Stride, 0, -4)
	try(off, off+ref.Stride, 0, 4)
	p.Vectors[i] = best
	return least
}

func (s *search) tryVector(mv macroblock.MV) {
	if mv != (macroblock.MV{}) {
		s.try(int(mv.X>>3), int(mv.Y>>3))
	}
}
