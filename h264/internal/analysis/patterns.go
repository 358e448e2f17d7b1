package analysis

import (
	"slices"

	"github.com/g264/g264/h264/internal/inter"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/internal/dsp"
)

// A pattern has vectors around one, in quarter samples, four at a time.
type pattern []ring4

// ring4 are four vectors of a pattern, or three and the last one again.
type ring4 struct {
	mv     [4]macroblock.MV
	corner [4]int8 // which of the pattern's they are
	n      int     // vectors, without the repeated one
	at     [4]int  // how far they lead, in samples of a reference
}

// patterns are the rings that whole samples are searched by, in planes of a stride.
type patterns struct {
	stride  int
	hexagon pattern
	onward  [6]pattern // corners of a hexagon that the one before it has not tried, by the way there
	square  pattern
}

var (
	hexagon = [6]macroblock.MV{{X: -8, Y: 0}, {X: -4, Y: -8}, {X: 4, Y: -8}, {X: 8, Y: 0}, {X: 4, Y: 8}, {X: -4, Y: 8}}
	square  = [8]macroblock.MV{{X: 0, Y: -4}, {X: -4, Y: 0}, {X: 4, Y: 0}, {X: 0, Y: 4}, {X: -4, Y: -4}, {X: 4, Y: -4}, {X: -4, Y: 4}, {X: 4, Y: 4}}
	diamond = [4]macroblock.MV{{X: 0, Y: -1}, {X: -1, Y: 0}, {X: 1, Y: 0}, {X: 0, Y: 1}} // at any distance

	onward = [6][]int8{{0, 1, 5}, {0, 1, 2}, {1, 2, 3}, {2, 3, 4}, {3, 4, 5}, {0, 4, 5}}
)

func (p *patterns) set(stride int) {
	if p.stride == stride {
		return
	}
	p.stride = stride
	p.hexagon = newPattern(hexagon[:], []int8{0, 1, 2, 3, 4, 5}, stride)
	p.square = newPattern(square[:], []int8{0, 1, 2, 3, 4, 5, 6, 7}, stride)
	for towards, corners := range onward {
		p.onward[towards] = newPattern(hexagon[:], corners, stride)
	}
}

// newPattern makes the pattern of some corners.
func newPattern(around []macroblock.MV, corners []int8, stride int) (p pattern) {
	for ; len(corners) > 0; corners = corners[min(4, len(corners)):] {
		r := ring4{n: min(4, len(corners))}
		for k := range r.mv {
			i := corners[min(k, len(corners)-1)]
			mv := around[i]
			r.mv[k], r.corner[k], r.at[k] = mv, i, int(mv.Y>>2)*stride+int(mv.X>>2)
		}
		p = append(p, r)
	}
	return p
}

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
			var sad [4]int
			dsp.SADBelow4(&sad, s.block, s.src, srcStride, s.ref.Pix, s.ref.Stride, s.at(centre), &r.at, s.limit(0))
			if k := s.offerFour(centre, &r.mv, &sad); k >= 0 {
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
	d, r, mv := &s.diamonds.at[min(distance>>1, 2)], s.fine, s.mv
	start, pairs := r.Index(s.x+int(mv.X>>2), s.y+int(mv.Y>>2)), &d.pairs[mv.Y&3<<2|mv.X&3]
	var satd [4]int
	dsp.SATDBelow4(&satd, s.block, s.src, srcStride, r.All, r.Stride, start, pairs, s.limit(0))
	return s.offerFour(mv, &d.mv, &satd)
}

// diamonds are those at 1, 2 and 4 quarter samples, in reference planes of one geometry.
type diamonds struct {
	stride, distance int
	at               [3]struct {
		mv [4]macroblock.MV
		// By fractions of the vector in the middle: where corners are predicted from,
		// behind where its whole samples lead.
		pairs [16]dsp.Pairs
	}
}

func (d *diamonds) set(r *picture.RefPlane) {
	if d.stride == r.Stride && d.distance == r.Distance {
		return
	}
	d.stride, d.distance = r.Stride, r.Distance
	for i := range d.at {
		at := &d.at[i]
		for k, corner := range diamond {
			at.mv[k] = plus(macroblock.MV{}, corner, 1<<i)
		}
		for fraction := range at.pairs {
			middle := macroblock.MV{X: int16(fraction & 3), Y: int16(fraction >> 2)}
			var pairs [4][2]int
			for k, mv := range at.mv {
				a, b := inter.Offsets(r, 0, 0, plus(middle, mv, 1))
				pairs[k] = [2]int{a - r.Origin, b - r.Origin}
			}
			at.pairs[fraction] = dsp.NewPairs(&pairs)
		}
	}
}
