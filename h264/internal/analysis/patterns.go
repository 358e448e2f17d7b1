package analysis

import (
	"slices"

	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/internal/dsp"
)

// Patterns around a vector, in quarter samples: hexagons and squares for whole samples,
// diamonds for any distance.
var (
	hexagon = [6]macroblock.MV{{X: -8, Y: 0}, {X: -4, Y: -8}, {X: 4, Y: -8}, {X: 8, Y: 0}, {X: 4, Y: 8}, {X: -4, Y: 8}}
	square  = [8]macroblock.MV{{X: 0, Y: -4}, {X: -4, Y: 0}, {X: 4, Y: 0}, {X: 0, Y: 4}, {X: -4, Y: -4}, {X: 4, Y: -4}, {X: -4, Y: 4}, {X: 4, Y: 4}}
	diamond = [4]macroblock.MV{{X: 0, Y: -1}, {X: -1, Y: 0}, {X: 1, Y: 0}, {X: 0, Y: 1}}
)

// all picks every corner, onward those of a hexagon that the one before it, on
// the way to each of its corners, has not tried.
var (
	all    = [8]uint8{0, 1, 2, 3, 4, 5, 6, 7}
	onward = [6][3]uint8{{0, 1, 5}, {0, 1, 2}, {1, 2, 3}, {2, 3, 4}, {3, 4, 5}, {0, 4, 5}}
)

// ringReach is the greatest component of the hexagon's and the square's vectors.
const ringReach = 8

// plus returns a + scale*b.
func plus(a, b macroblock.MV, scale int16) macroblock.MV {
	return macroblock.MV{X: a.X + scale*b.X, Y: a.Y + scale*b.Y}
}

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
	s.first(candidates)
	s.hexagons(preset.SearchSteps)
	s.ring(square[:], all[:])
	s.coarse = s.cost
	if s.cost >= hopeless {
		s.cost = unknown
		return
	}
	if s.cost >= s.lambda*preset.FractionsAbove {
		s.refine(preset)
	}
}

// vectors are some that are unlike each other.
type vectors struct {
	mv [maxCandidates + 1]macroblock.MV
	n  int
}

// four returns four vectors from i on, or three of them and the last one again.
func (v *vectors) four(i int) *[4]macroblock.MV {
	four := (*[4]macroblock.MV)(v.mv[i:])
	if v.n-i == 3 {
		four[3] = four[2]
	}
	return four
}

func (v *vectors) add(mv macroblock.MV) {
	if !slices.Contains(v.mv[:v.n], mv) {
		v.mv[v.n] = mv
		v.n++
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
	corners := all[:len(hexagon)]
	for ; steps > 0; steps-- {
		towards := s.ring(hexagon[:], corners)
		if towards < 0 {
			return
		}
		corners = onward[towards][:]
	}
}

// ring tries the picked ones of the whole-sample vectors around the best, and
// returns the one that is the best now, or -1.
func (s *motionSearch) ring(around []macroblock.MV, picked []uint8) int {
	centre, best := s.mv, -1
	fast := dsp.Assembly() && !s.weighted && s.containsAround(centre, ringReach)
	for ; fast && len(picked) > 2; picked = picked[min(4, len(picked)):] {
		var mvs [4]macroblock.MV
		for k := range mvs {
			mvs[k] = plus(centre, around[picked[min(k, len(picked)-1)]], 1)
		}
		if k := s.four(&mvs); k >= 0 {
			best = int(picked[k])
		}
	}
	for _, i := range picked {
		if s.whole(plus(centre, around[i], 1)) {
			best = int(i)
		}
	}
	return best
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
	var mvs [4]macroblock.MV
	for i, d := range diamond {
		mvs[i] = plus(s.mv, d, distance)
	}
	return s.fourFine(&mvs)
}
