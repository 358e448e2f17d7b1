package analysis

import (
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
	start  int               // its place in ref
	src    []uint8
	block  dsp.Block
	w, h   int
	lambda int
	mvp    macroblock.MV

	patterns patterns
	diamonds diamonds

	weighted  bool // by this weight of ref's luma
	weight    syntax.PlaneWeight
	log2Denom uint8

	mv     macroblock.MV // best so far
	cost   int           // of mv: distortion and vector bits in 1/16
	coarse int           // cost of the best vector before it was moved by fractions of a sample
	tmp    [256]uint8
}

// unknown is a cost above all others.
const unknown = 1 << 30

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
	return s.lambda * dsp.MVDBits(int(mv.X)-int(s.mvp.X), int(mv.Y)-int(s.mvp.Y))
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
	return s.start + int(mv.Y>>2)*s.ref.Stride + int(mv.X>>2)
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

// four tries four vectors of whole samples, all in range.
func (s *motionSearch) four(mvs *[4]macroblock.MV) {
	var at [4]int
	for k := range at {
		at[k] = s.at(mvs[k])
	}
	s.bySAD(macroblock.MV{}, mvs, 0, &at)
}

// fourFine is four for vectors of any precision.
func (s *motionSearch) fourFine(mvs *[4]macroblock.MV) {
	var at [4][2]int
	for k := range at {
		at[k][0], at[k][1] = inter.Offsets(s.fine, s.x, s.y, mvs[k])
	}
	pairs := dsp.NewBlockPairs(&at)
	s.bySATD(macroblock.MV{}, mvs, 0, &pairs)
}

// bySAD tries centre plus four vectors of whole samples, which lead to those places
// behind start in ref, and returns which is the best now, or -1.
func (s *motionSearch) bySAD(centre macroblock.MV, around *[4]macroblock.MV, start int, at *[4]int) int {
	var sad [4]int
	dsp.SADBelow4(&sad, s.block, s.src, srcStride, s.ref.Pix, s.ref.Stride, start, at, s.limit(0))
	return s.offerFour(centre, around, &sad)
}

// bySATD is bySAD for vectors of any precision, predicted from pairs behind start in fine.
func (s *motionSearch) bySATD(centre macroblock.MV, around *[4]macroblock.MV, start int, pairs *dsp.BlockPairs) int {
	var satd [4]int
	dsp.SATDBelow4(&satd, s.block, s.src, srcStride, s.fine.All, s.fine.Stride, start, pairs, s.limit(0))
	return s.offerFour(centre, around, &satd)
}

// offerFour takes the best of centre plus four vectors if it costs less than the best
// before, and returns which it is, or -1.
func (s *motionSearch) offerFour(centre macroblock.MV, around *[4]macroblock.MV, distortion *[4]int) int {
	k, cost := dsp.CheapestOf4(distortion, around, plus(centre, s.mvp, -1), s.lambda, s.cost)
	if k >= 0 {
		s.mv, s.cost = plus(centre, around[k&3], 1), cost
	}
	return k
}

// rounded is mv at whole samples, brought into range.
func (s *motionSearch) rounded(mv macroblock.MV) macroblock.MV {
	x := min(max((int(mv.X)+2)&^3, s.minX), s.maxX&^3)
	y := min(max((int(mv.Y)+2)&^3, s.minY), s.maxY&^3)
	return macroblock.MV{X: int16(x), Y: int16(y)}
}
