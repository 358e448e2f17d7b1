package analysis

import (
	"slices"

	"github.com/g264/g264/h264/internal/entropy"
	"github.com/g264/g264/h264/internal/inter"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/h264/internal/syntax"
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
	patch  *inter.Patch      // for half samples that ref has no planes of
	fine   *picture.RefPlane // ref or patch, whichever has half samples
	x, y   int               // of its first sample in the picture
	src    []uint8
	block  dsp.Block
	w, h   int
	lambda int
	mvp    macroblock.MV

	weighted  bool // by this weight of ref's luma
	weight    syntax.PlaneWeight
	log2Denom uint8

	mv     macroblock.MV // best so far
	cost   int           // of mv: distortion and vector bits in 1/16
	coarse int           // cost of the best vector of whole samples
	tmp    [256]uint8
}

// setRange derives the vector range of the macroblock at (x, y) from the
// picture's borders, the level and the rows that references have ready.
func (s *motionSearch) setRange(f *Frame, x, y int) {
	const horizontal = 2047 * 4 // within -2048 to 2047.75 samples (clause A.3.1)
	s.minX = max(-4*(x*16+overreach), -horizontal)
	s.maxX = min(4*((f.MBW-1-x)*16+overreach), horizontal)
	s.minY = max(-4*(y*16+overreach), -f.MaxMVY)
	s.maxY = min(4*((f.MBH-1-y)*16+overreach), f.MaxMVY-1, f.MaxMVDown-1)
}

// contains reports whether a vector is in range.
func (s *motionSearch) contains(mv macroblock.MV) bool {
	return int(mv.X) >= s.minX && int(mv.X) <= s.maxX && int(mv.Y) >= s.minY && int(mv.Y) <= s.maxY
}

// containsAround reports whether all vectors up to a distance from mv are.
func (s *motionSearch) containsAround(mv macroblock.MV, distance int) bool {
	return int(mv.X)-distance >= s.minX && int(mv.X)+distance <= s.maxX && int(mv.Y)-distance >= s.minY && int(mv.Y)+distance <= s.maxY
}

func (s *motionSearch) rate(mv macroblock.MV) int {
	return s.lambda * entropy.MVDBits(int(mv.X)-int(s.mvp.X), int(mv.Y)-int(s.mvp.Y))
}

// whole tries a vector of whole samples by SAD, and reports whether it is the
// best now.
func (s *motionSearch) whole(mv macroblock.MV) bool {
	if !s.contains(mv) {
		return false
	}
	cost := s.rate(mv)
	if cost >= s.cost {
		return false
	}
	pred, stride := s.ref.Pix[s.at(mv):], s.ref.Stride
	if s.weighted {
		pred, stride = s.predictWeighted(mv), srcStride
	}
	return s.offer(mv, cost+16*dsp.SADBelow(s.block, s.src, srcStride, pred, stride, s.limit(cost)))
}

// at is where a vector of whole samples leads in ref.
func (s *motionSearch) at(mv macroblock.MV) int {
	return s.ref.Origin + (s.y+int(mv.Y>>2))*s.ref.Stride + s.x + int(mv.X>>2)
}

// fractional tries a vector of any precision by SATD, and reports whether it
// is the best now.
func (s *motionSearch) fractional(mv macroblock.MV) bool {
	if !s.contains(mv) {
		return false
	}
	cost := s.rate(mv)
	if cost >= s.cost {
		return false
	}
	return s.offer(mv, cost+16*s.satd(mv, s.limit(cost)))
}

// satd is the SATD of a vector's prediction, at most limit.
func (s *motionSearch) satd(mv macroblock.MV, limit int) int {
	if s.weighted {
		return dsp.SATDBelow(s.block, s.src, srcStride, s.predictWeighted(mv), srcStride, limit)
	}
	return s.predictionSATD(s.src, s.fine, mv, limit)
}

// predictionSATD is the SATD of a vector's prediction of src, a plane of the
// partition, from r, which has the half samples that are asked for; at most limit.
func (s *motionSearch) predictionSATD(src []uint8, r *picture.RefPlane, mv macroblock.MV, limit int) int {
	a, b := inter.Offsets(r, s.x, s.y, mv)
	if a == b {
		return dsp.SATDBelow(s.block, src, srcStride, r.All[a:], r.Stride, limit)
	}
	return dsp.SATDAvgBelow(s.block, src, srcStride, r.All[a:], r.All[b:], r.Stride, limit)
}

// predictWeighted returns a vector's prediction, weighted, of stride srcStride.
func (s *motionSearch) predictWeighted(mv macroblock.MV) []uint8 {
	inter.Block(s.tmp[:], s.fine, s.x, s.y, s.w, s.h, mv)
	inter.Weigh(s.tmp[:], s.w, s.h, s.log2Denom, s.weight)
	return s.tmp[:]
}

// limit is the distortion at which a vector of that rate stops to be the best.
func (s *motionSearch) limit(rate int) int { return (s.cost - rate + 15) >> 4 }

// offer takes a vector if it costs less than the best.
func (s *motionSearch) offer(mv macroblock.MV, cost int) bool {
	if cost >= s.cost {
		return false
	}
	s.mv, s.cost = mv, cost
	return true
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

// all picks every corner, onward those of a hexagon that the one before it, on
// the way to each of its corners, has not tried.
var (
	all    = [8]uint8{0, 1, 2, 3, 4, 5, 6, 7}
	onward = [6][3]uint8{{0, 1, 5}, {0, 1, 2}, {1, 2, 3}, {2, 3, 4}, {3, 4, 5}, {0, 4, 5}}
)

// ringReach is the greatest component of the hexagon's and the square's vectors.
const ringReach = 8

func plus(a, b macroblock.MV, scale int16) macroblock.MV {
	return macroblock.MV{X: a.X + scale*b.X, Y: a.Y + scale*b.Y}
}

// unknown is a cost above all others.
const unknown = 1 << 30

// run searches from the candidates: whole samples by hexagons and a square, then
// half and quarter samples by diamonds where the preset finds that worth while. It
// gives up where the best of whole samples costs hopeless or more: another
// reference has one that is better by far.
func (s *motionSearch) run(preset *Preset, candidates []macroblock.MV, hopeless int) {
	s.cost, s.fine = unknown, s.ref
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
	mvs := v.mv[:v.n]
	for dsp.Assembly() && !s.weighted && len(mvs) > 2 {
		s.four(mvs)
		mvs = mvs[min(4, len(mvs)):]
	}
	for _, mv := range mvs {
		s.whole(mv)
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
	mvs := v.mv[:v.n]
	if dsp.Assembly() && !s.weighted && len(mvs) > 2 {
		s.fourFine(mvs)
		mvs = mvs[min(4, len(mvs)):]
	}
	for _, mv := range mvs {
		s.fractional(mv)
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
		n := min(4, len(picked))
		for k, i := range picked[:n] {
			mvs[k] = plus(centre, around[i], 1)
		}
		if k := s.four(mvs[:n]); k >= 0 {
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

// four tries the first four of at least three vectors of whole samples, all in range,
// and returns the one that is the best now, or -1.
func (s *motionSearch) four(mvs []macroblock.MV) int {
	var at, sad [4]int
	for k := range at {
		at[k] = s.at(mvs[min(k, len(mvs)-1)])
	}
	dsp.SADBelow4(&sad, s.block, s.src, srcStride, s.ref.Pix, s.ref.Stride, &at, s.limit(0))
	best := -1
	for k, mv := range mvs[:min(4, len(mvs))] {
		if s.offer(mv, s.rate(mv)+16*sad[k&3]) {
			best = k
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
	return s.fourFine(mvs[:])
}

// fourFine is four for vectors of any precision.
func (s *motionSearch) fourFine(mvs []macroblock.MV) int {
	var at [4][2]int
	var satd [4]int
	for k := range at {
		at[k][0], at[k][1] = inter.Offsets(s.fine, s.x, s.y, mvs[min(k, len(mvs)-1)])
	}
	dsp.SATDBelow4(&satd, s.block, s.src, srcStride, s.fine.All, s.fine.Stride, &at, s.limit(0))
	best := -1
	for k, mv := range mvs[:min(4, len(mvs))] {
		if s.offer(mv, s.rate(mv)+16*satd[k&3]) {
			best = k
		}
	}
	return best
}
