package analysis

import (
	"encoding/binary"
	mathbits "math/bits"

	"github.com/g264/g264/h264/internal/entropy"
	"github.com/g264/g264/h264/internal/residual"
	"github.com/g264/g264/internal/dsp"
)

// levelChoice picks the levels of a block, by rate and distortion. Costs are in 1/256
// bit.
type levelChoice struct {
	exact     [64]uint32 // magnitudes before rounding, in 1/256 of a level
	magnitude [64]uint16 // those of the levels chosen, by position
	eight     dsp.EightChoices

	costs  *entropy.BlockCosts
	coded  uint  // CodedContext
	lambda int64 // per bit, in 1/256 of a squared sample
	weight int64 // its inverse, in 1<<-weightBits

	scales [3][3]scales // of planes, with the 4x4 and the 8x8 transform, and of DC
}

// scales are scale of errors with a lambda.
type scales struct {
	errors *int64 // the first of them
	lambda int64
	of     [64]int64
	within bool // dsp.MaxEightScale
}

const (
	weightBits = 32
	scaleBits  = 20 // see dsp.GainedCost
)

// setLambda sets what a bit costs, in 1/256 of a squared sample.
func (t *levelChoice) setLambda(lambda int64) {
	if t.lambda != lambda {
		t.lambda, t.weight = lambda, 1<<weightBits/lambda
	}
}

// scale is what the square of an error in 1/256 of a level costs, in 1<<-scaleBits,
// where that of a whole level is in 1/65536 of a squared sample.
func (t *levelChoice) scale(levelError int64) int64 {
	return levelError * t.weight >> (weightBits + 8 - (scaleBits - 8))
}

// scaled sets s to the scales of errors, unless it is.
func (t *levelChoice) scaled(s *scales, errors []int64) *scales {
	if s.errors == &errors[0] && s.lambda == t.lambda {
		return s
	}
	s.errors, s.lambda = &errors[0], t.lambda
	most := int64(0)
	for i, e := range errors {
		s.of[i&63] = t.scale(e)
		most = max(most, s.of[i&63])
	}
	s.within = most <= dsp.MaxEightScale
	return s
}

// run is dsp.LevelCosts.Choose with what levels save, flags included.
func (t *levelChoice) run(set uint64, start int, s *scales) (chosen uint64, saved int64) {
	chosen, cost := t.costs.Choose(&t.magnitude, &t.exact, &s.of, set, start)
	if saved = t.saved(cost); saved <= 0 {
		return 0, 0
	}
	return chosen, saved
}

// saved is by how much less a block costs than without levels.
func (t *levelChoice) saved(cost int64) int64 {
	coded := &t.costs.Coded[t.coded&3]
	return int64(coded[0]) - int64(coded[1]) - cost
}

// choose16 is optimise16 with CABAC. It leaves the counts to setCounts.
func (w *Worker) choose16(c *candidate, kind entropy.BlockKind, p int, nonzero *[16]uint8) (saved [4]int64) {
	t, q, start := &w.choice, w.quantiser(p), 1
	if kind == entropy.Block4x4 {
		start = 0
	}
	t.costs = w.costsOf(kind, p)
	t.setLambda(w.lambda2)
	var empty [4]int64
	for i := range empty {
		empty[i] = w.bitCost(int(t.costs.Coded[i][0]))
	}
	coded, s := entropy.CodedAround(&c.mb, &w.n, p, 4), t.scaled(&t.scales[p][0], q.LevelErrors()[:])
	atOnce := false
	for quad := range saved {
		if quad&1 == 0 {
			half := nonzero[4*quad:]
			if atOnce = s.within && !q.Bounded() && several((*[8]uint8)(half)); atOnce {
				q.ChooseEight(&t.costs.LevelCosts, &t.eight, (*[8][16]int16)(w.coef[4*quad:]), &s.of, start)
			}
		}
		blocks := (*[4]uint8)(nonzero[4*quad:])
		if *blocks == [4]uint8{} {
			continue
		}
		for k, n := range blocks {
			if n == 0 {
				continue
			}
			i := 4*quad + k
			place := entropy.CodedPlaces[i&15]
			t.coded = coded.Context(place)
			level, left, gain := &c.res.Level[p][i&15], 0, int64(0)
			if atOnce && t.eight.Large[i&7] == 0 {
				left, gain = t.keepEighth(i, level)
			} else {
				left, gain = w.chooseLevels(q, s, level, &w.coef[i&15], start)
			}
			saved[quad] += w.bitCost(int(gain))
			if blocks[k] = uint8(left); left != 0 {
				coded |= 1 << (place & 63)
			}
		}
		saved[quad] -= coded.Sum(quad, &empty)
	}
	return saved
}

// several reports whether there are levels in more than one of eight blocks.
func several(nonzero *[8]uint8) bool {
	const ones = 0x0101010101010101
	any := (binary.LittleEndian.Uint64(nonzero[:]) + 127*ones) & (128 * ones) // a bit each
	return any&(any-1) != 0
}

// keepEighth sets the levels of block k of those in t.eight; see run.
func (t *levelChoice) keepEighth(k int, level *[16]int16) (nonzero int, saved int64) {
	k &= 7
	if saved = t.saved(int64(t.eight.Cost[k])); saved <= 0 {
		*level = [16]int16{}
		return 0, 0
	}
	*level = t.eight.Level[k]
	return mathbits.OnesCount32(t.eight.Chosen[k]), saved
}

// chooseAC is choose16 for the AC blocks of a 4:2:0 chroma plane.
func (w *Worker) chooseAC(c *candidate, p int, nonzero *[4]uint8) {
	if *nonzero == [4]uint8{} {
		return
	}
	t, q := &w.choice, w.quantiser(p)
	t.costs = w.costsOf(entropy.BlockChromaAC, p)
	t.setLambda(w.lambda2)
	coded, s := entropy.CodedAround(&c.mb, &w.n, p, 2), t.scaled(&t.scales[p][0], q.LevelErrors()[:])
	for i, n := range nonzero {
		if n == 0 {
			continue
		}
		place := entropy.CodedPlace(i&1, i>>1)
		t.coded = coded.Context(place)
		left, _ := w.chooseLevels(q, s, &c.res.Level[p][i], &w.coef[i], 1)
		if nonzero[i] = uint8(left); left != 0 {
			coded |= 1 << (place & 63)
		}
	}
}

// chooseLevels sets the levels of a 4x4 block from its coefficients, those from
// position start on, where w.choice is ready but for their magnitudes. It returns the
// number of those that are not zero, and by how many bits less the block costs than
// without levels. Where q.Bounded none gets larger than level has them before.
func (w *Worker) chooseLevels(q *residual.Quantiser, s *scales, level, coef *[16]int16, start int) (nonzero int, saved int64) {
	t := &w.choice
	set := q.Exact(&t.exact, coef)
	if q.Bounded() {
		for i, l := range level {
			t.exact[i] = min(t.exact[i], uint32(max(l, -l))<<8+127)
			if l == 0 {
				set &^= 1 << i
			}
		}
	}
	return w.keepChosen(level, coef, set>>start, start, s)
}

// keepChosen chooses levels of a set that counts from start, for which w.choice is
// ready, with the signs of coef; see run.
func (w *Worker) keepChosen(level, coef *[16]int16, set uint64, start int, s *scales) (nonzero int, saved int64) {
	chosen, saved := w.choice.run(set, start, s)
	*level = [16]int16{}
	for left := chosen << start; left != 0; left &= left - 1 {
		at := mathbits.TrailingZeros64(left) & 15
		level[at] = signed(w.choice.magnitude[at], coef[at])
	}
	return mathbits.OnesCount64(chosen), saved
}

// signed gives a magnitude the sign of a coefficient.
func signed(magnitude uint16, coef int16) int16 {
	sign := coef >> 15
	return int16(magnitude) ^ sign - sign
}
