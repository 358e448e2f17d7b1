package analysis

import (
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/internal/dsp"
)

// run searches from the candidates: whole samples by hexagons and a square, then
// half and quarter samples by diamonds where the preset finds that worth while. It
// gives up where the best of whole samples costs hopeless or more: another
// reference has one that is better by far.
func (s *motionSearch) run(preset *Preset, candidates []macroblock.MV, hopeless int) {
	s.cost, s.fine, s.start = unknown, s.ref, s.ref.Index(s.x, s.y)
	if s.block != dsp.B16x16 {
		s.closely(preset, candidates, hopeless)
		return
	}
	s.patterns.set(s.ref.Stride)
	s.first(candidates)
	s.hexagons(preset.SearchSteps)
	s.ring(s.patterns.square)
	s.coarse = s.cost
	if s.cost >= hopeless {
		s.cost = unknown
		return
	}
	if s.cost >= s.lambda*preset.FractionsAbove {
		s.refine(preset)
	}
}

// first tries the predicted vector and the candidates, of whole samples.
func (s *motionSearch) first(candidates []macroblock.MV) {
	var v vectors
	v.add(s.rounded(s.mvp))
	for _, mv := range candidates {
		v.add(s.rounded(mv))
	}
	i := 0
	for ; dsp.Assembly() && !s.weighted && v.n-i > 2; i += 4 {
		s.four(v.four(i))
	}
	for ; i < v.n; i++ {
		s.whole(v.mv[i])
	}
}

// firstFine is first for vectors as they are.
func (s *motionSearch) firstFine(candidates []macroblock.MV) {
	var v vectors
	if s.contains(s.mvp) {
		v.add(s.mvp)
	}
	for _, mv := range candidates {
		if s.contains(mv) {
			v.add(mv)
		}
	}
	i := 0
	for ; dsp.Assembly() && !s.weighted && v.n-i > 2; i += 4 {
		s.fourFine(v.four(i))
	}
	for ; i < v.n; i++ {
		s.fractional(v.mv[i])
	}
}

// closely is run for a part of a macroblock, which moves about like one of the
// candidates: by diamonds of a whole sample, a half and a quarter around the best of
// them as they are. The reference must have half-sample planes.
func (s *motionSearch) closely(preset *Preset, candidates []macroblock.MV, hopeless int) {
	s.firstFine(candidates)
	if s.cost == unknown {
		s.fractional(s.rounded(s.mvp))
	}
	s.descend(4, 1)
	s.coarse = s.cost
	if s.cost >= hopeless {
		s.cost = unknown
		return
	}
	s.descend(2, preset.HalfSteps)
	s.descend(1, preset.QuarterSteps)
}

// hexagons follows hexagons downhill. A hexagon around a corner of the one
// before it has three corners that are new.
func (s *motionSearch) hexagons(steps int) {
	corners := s.patterns.hexagon
	for ; steps > 0; steps-- {
		towards := s.ring(corners)
		if towards < 0 {
			return
		}
		corners = s.patterns.onward[towards]
	}
}

// ring tries the whole-sample vectors of a pattern around the best, and returns the
// corner of the one that is the best now, or -1.
func (s *motionSearch) ring(p pattern) int {
	centre, best := s.mv, int8(-1)
	fast := dsp.Assembly() && !s.weighted && s.containsAround(centre, ringReach)
	for i := range p {
		r := &p[i]
		if fast && r.n > 2 {
			if k := s.bySAD(centre, &r.mv, s.at(centre), &r.at); k >= 0 {
				best = r.corner[k&3]
			}
			continue
		}
		for k, mv := range r.mv[:r.n] {
			if s.whole(plus(centre, mv, 1)) {
				best = r.corner[k]
			}
		}
	}
	return int(best)
}

// refine moves the best vector by fractions of a sample.
func (s *motionSearch) refine(preset *Preset) {
	mv := s.mv
	near := true
	if s.ref.Distance == 0 {
		s.patch.Around(s.ref, s.x, s.y, s.w, s.h, mv)
		s.fine = &s.patch.RefPlane
		near = s.rounded(s.mvp) == mv // further away it is not in the patch
	}
	s.cost = unknown
	s.fractional(mv)
	if near && s.mvp != mv && (s.mvp.X|s.mvp.Y)&3 != 0 {
		s.fractional(s.mvp)
	}
	s.descend(2, preset.HalfSteps)
	s.descend(1, preset.QuarterSteps)
}

// descend follows diamonds of that many quarter samples downhill.
func (s *motionSearch) descend(distance int16, steps int) {
	back := -1 // the corner that the last step came from
	for ; steps > 0; steps-- {
		centre, towards := s.mv, -1
		if dsp.Assembly() && !s.weighted && s.containsAround(centre, int(distance)) {
			towards = s.corners(distance)
		} else {
			for i, d := range diamond {
				if i != back && s.fractional(plus(centre, d, distance)) {
					towards = i
				}
			}
		}
		if towards < 0 {
			return
		}
		back = len(diamond) - 1 - towards
	}
}

// corners tries the corners of a diamond, all in range, and returns the one that
// is the best now, or -1.
func (s *motionSearch) corners(distance int16) int {
	s.diamonds.set(s.fine)
	d, mv := &s.diamonds.at[min(distance>>1, 2)], s.mv
	start := s.fine.Index(s.x+int(mv.X>>2), s.y+int(mv.Y>>2))
	return s.bySATD(mv, &d.mv, start, &d.pairs[mv.Y&3<<2|mv.X&3])
}
