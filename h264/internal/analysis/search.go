package analysis

import (
	"github.com/g264/g264/h264/internal/entropy"
	"github.com/g264/g264/h264/internal/inter"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/internal/dsp"
)

// overreach is how many whole samples a macroblock may lie outside the picture:
// the half-sample planes are valid there, and one sample further.
const overreach = picture.Reach - 4

// motionSearch is the state of the search for one partition.
type motionSearch struct {
	// Range of vectors for the macroblock, in quarter samples; minima are
	// multiples of 4.
	minX, maxX, minY, maxY int

	// The partition.
	ref    *picture.RefPlane
	x, y   int // of its first sample in the picture
	src    []uint8
	block  dsp.Block
	w, h   int
	lambda int
	mvp    macroblock.MV

	mv   macroblock.MV // best so far
	cost int           // of mv: distortion and vector bits in 1/16
	tmp  [256]uint8
}

// setRange derives the vector range of the macroblock at (x, y) from the
// picture's borders and the level.
func (s *motionSearch) setRange(f *Frame, x, y int) {
	const horizontal = 2047 * 4 // within -2048 to 2047.75 samples (clause A.3.1)
	s.minX = max(-4*(x*16+overreach), -horizontal)
	s.maxX = min(4*((f.MBW-1-x)*16+overreach), horizontal)
	s.minY = max(-4*(y*16+overreach), -f.MaxMVY)
	s.maxY = min(4*((f.MBH-1-y)*16+overreach), f.MaxMVY-1)
}

// contains reports whether a vector is in range.
func (s *motionSearch) contains(mv macroblock.MV) bool {
	return int(mv.X) >= s.minX && int(mv.X) <= s.maxX && int(mv.Y) >= s.minY && int(mv.Y) <= s.maxY
}

func (s *motionSearch) rate(mv macroblock.MV) int {
	return s.lambda * entropy.MVDBits(int(mv.X)-int(s.mvp.X), int(mv.Y)-int(s.mvp.Y))
}

// whole tries a vector of whole samples by SAD.
func (s *motionSearch) whole(mv macroblock.MV) {
	if !s.contains(mv) {
		return
	}
	cost := s.rate(mv)
	if cost >= s.cost {
		return
	}
	off := s.ref.Origin + (s.y+int(mv.Y>>2))*s.ref.Stride + s.x + int(mv.X>>2)
	s.offer(mv, cost+16*dsp.SADBelow(s.block, s.src, srcStride, s.ref.Pix[off:], s.ref.Stride, s.limit(cost)))
}

// fractional tries a vector of any precision by SATD.
func (s *motionSearch) fractional(mv macroblock.MV) {
	if !s.contains(mv) {
		return
	}
	cost := s.rate(mv)
	if cost >= s.cost {
		return
	}
	pred, stride := inter.Block(s.ref, s.x, s.y, s.w, s.h, mv, &s.tmp)
	s.offer(mv, cost+16*dsp.SATDBelow(s.block, s.src, srcStride, pred, stride, s.limit(cost)))
}

// limit is the distortion at which a vector of that rate stops to be the best.
func (s *motionSearch) limit(rate int) int { return (s.cost - rate + 15) >> 4 }

// offer takes a vector if it costs less than the best.
func (s *motionSearch) offer(mv macroblock.MV, cost int) {
	if cost < s.cost {
		s.mv, s.cost = mv, cost
	}
}

// rounded is mv at whole samples, brought into range.
func (s *motionSearch) rounded(mv macroblock.MV) macroblock.MV {
	x := min(max((int(mv.X)+2)&^3, s.minX), s.maxX&^3)
	y := min(max((int(mv.Y)+2)&^3, s.minY), s.maxY&^3)
	return macroblock.MV{X: int16(x), Y: int16(y)}
}

var (
	hexagon = [6]macroblock.MV{{X: -8, Y: 0}, {X: -4, Y: -8}, {X: 4, Y: -8}, {X: 8, Y: 0}, {X: 4, Y: 8}, {X: -4, Y: 8}}
	square  = [8]macroblock.MV{{X: 0, Y: -4}, {X: -4, Y: 0}, {X: 4, Y: 0}, {X: 0, Y: 4}, {X: -4, Y: -4}, {X: 4, Y: -4}, {X: -4, Y: 4}, {X: 4, Y: 4}}
	diamond = [4]macroblock.MV{{X: 0, Y: -1}, {X: -1, Y: 0}, {X: 1, Y: 0}, {X: 0, Y: 1}}
)

func plus(a, b macroblock.MV, scale int16) macroblock.MV {
	return macroblock.MV{X: a.X + scale*b.X, Y: a.Y + scale*b.Y}
}

// run searches from the candidates: whole samples by hexagons and a square,
// then half and quarter samples by diamonds.
func (s *motionSearch) run(preset *Preset, candidates []macroblock.MV) {
	s.cost = 1 << 30
	s.whole(s.rounded(s.mvp))
	for _, mv := range candidates {
		if mv = s.rounded(mv); mv != s.mv {
			s.whole(mv)
		}
	}
	for step := 0; step < preset.SearchSteps; step++ {
		centre := s.mv
		for _, d := range hexagon {
			s.whole(plus(centre, d, 1))
		}
		if s.mv == centre {
			break
		}
	}
	centre := s.mv
	for _, d := range square {
		s.whole(plus(centre, d, 1))
	}
	s.refine(preset)
}

// refine moves the best vector by fractions of a sample.
func (s *motionSearch) refine(preset *Preset) {
	mv := s.mv
	s.cost = 1 << 30
	s.fractional(mv)
	if s.mvp != mv && (s.mvp.X|s.mvp.Y)&3 != 0 {
		s.fractional(s.mvp)
	}
	s.descend(2, preset.HalfSteps)
	s.descend(1, preset.QuarterSteps)
}

// descend follows diamonds of that many quarter samples downhill.
func (s *motionSearch) descend(distance int16, steps int) {
	for ; steps > 0; steps-- {
		centre := s.mv
		for _, d := range diamond {
			s.fractional(plus(centre, d, distance))
		}
		if s.mv == centre {
			return
		}
	}
}
