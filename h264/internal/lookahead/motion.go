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

// within reports whether a displacement may be tried.
func (s *search) within(dx, dy int) bool {
	const reach = picture.HalfBorder - 9 // half samples need one more
	return s.x+dx >= -reach && s.x+dx <= s.ref.W-8+reach && s.y+dy >= -reach && s.y+dy <= s.ref.H-8+reach
}

func (s *search) try(dx, dy int) {
	if !s.within(dx, dy) {
		return
	}
	pred, stride := s.block(dx, dy)
	s.take(dsp.SADBelow(dsp.B8x8, s.cur.At(s.x, s.y), s.cur.Stride, pred, stride, s.cost), dx, dy)
}

// take makes a displacement the best if it costs less.
func (s *search) take(cost, dx, dy int) {
	if cost < s.cost {
		s.cost, s.bx, s.by = cost, dx, dy
	}
}

// origin is where ref's block at the best displacement starts.
func (s *search) origin() int { return s.ref.Index(s.x+s.bx, s.y+s.by) }

// ring tries the displacements around the best.
func (s *search) ring() {
	bx, by := s.bx, s.by
	if s.fade != nil || !dsp.Assembly() || !s.within(bx-1, by-1) || !s.within(bx+1, by+1) {
		s.try(bx-1, by)
		s.try(bx+1, by)
		s.try(bx, by-1)
		s.try(bx, by+1)
		return
	}
	i, stride := s.origin(), s.ref.Stride
	var costs [4]int
	dsp.SADBelow4(&costs, dsp.B8x8, s.cur.At(s.x, s.y), s.cur.Stride, s.ref.Pix, stride, i, &[4]int{-1, 1, -stride, stride}, s.cost)
	s.take(costs[0], bx-1, by)
	s.take(costs[1], bx+1, by)
	s.take(costs[2], bx, by-1)
	s.take(costs[3], bx, by+1)
}

// still is the SAD up to which a block is taken not to have moved: half a level
// a sample.
const still = 32

// interCost finds the vector of a block, whose SAD against that in its place in prev is known,
// and returns the SATD of its prediction. The blocks above are candidates if they are in the
// band.
func (p *Picture) interCost(prev *Picture, x, y, sad int, above bool) int {
	i := y*p.mbW + x
	s := search{cur: &p.Half.Plane, ref: &prev.Half.Plane, x: x * 8, y: y * 8, cost: sad}
	if p.Fades[0] {
		s.fade, s.cost = &p.fade, 1<<30
		s.try(0, 0)
	}
	if s.cost > still {
		s.tryVector(prev.Vectors[i])
		s.tryVector(p.Scroll)
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
		s.ring()
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
	src, ref, off := s.cur.At(s.x, s.y), s.ref.Pix, s.origin()
	stride := s.ref.Stride
	var costs [4]int
	if s.fade == nil {
		pairs := dsp.NewBlockPairs(&[4][2]int{{0, -1}, {0, 1}, {0, -stride}, {0, stride}})
		dsp.SATDBelow4(&costs, dsp.B8x8, src, s.cur.Stride, ref, stride, off, &pairs, least)
	} else {
		for k, other := range [4]int{off - 1, off + 1, off - stride, off + stride} {
			dsp.Avg(s.tmp[:], 8, ref[off:], stride, ref[other:], stride, 8, 8)
			s.fade.apply(&s.tmp)
			costs[k] = dsp.SATD(dsp.B8x8, src, s.cur.Stride, s.tmp[:], 8)
		}
	}
	best := p.Vectors[i]
	whole := best
	for k, d := range [4]macroblock.MV{{X: -4}, {X: 4}, {Y: -4}, {Y: 4}} {
		if costs[k] < least {
			least, best = costs[k], macroblock.MV{X: whole.X + d.X, Y: whole.Y + d.Y}
		}
	}
	p.Vectors[i] = best
	return least
}

func (s *search) tryVector(mv macroblock.MV) {
	if mv != (macroblock.MV{}) {
		s.try(int(mv.X>>3), int(mv.Y>>3))
	}
}
