package analysis

import (
	mathbits "math/bits"

	"github.com/g264/g264/h264/internal/entropy"
)

// levelChoice picks the levels of a block for CABAC, by rate and distortion.
// Costs are in 1/256 bit.
type levelChoice struct {
	exact [64]uint32 // magnitudes before rounding, in 1/256 of a level
	picks [64]pick   // levels chosen, the last in the scan first

	costs  *entropy.BlockCosts
	coded  uint  // CodedContext
	lambda int64 // per bit, in 1/256 of a squared sample
	weight int64 // its inverse, in 1<<-weightBits
}

// pick is a level that is not zero: its position in the scan and its magnitude.
type pick struct {
	at        uint8
	magnitude uint16
}

const (
	weightBits = 32
	scaleBits  = 20
)

// setLambda sets what a bit costs.
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

// gain is by how much less distortion costs with level m than with zero, where x is
// the exact magnitude.
func gain(x, m, scale int64) int64 { return m << 8 * (2*x - m<<8) * scale >> scaleBits }

// level is what a level of magnitude m costs at a node.
func (t *levelChoice) level(node uint8, m int64) int64 {
	return int64(t.costs.Level(node, uint32(m)))
}

// run chooses levels among those of a set, counted from position start, each
// rounded to the nearest or one less; all others are zero. errors are the squared
// errors of a level by position. It returns how many are not zero, and by how much
// less the block costs than without them, flags included.
//
// Costs are relative to those of zeros without flags. From the last position on it
// follows the least cost with levels so far, against that of starting at the
// position: what a level costs depends on those behind it only.
func (t *levelChoice) run(set uint64, start int, errors []int64) (nonzero int, saved int64) {
	significant, skipped := &t.costs.Significant, &t.costs.Skipped
	cost, node := int64(0), uint8(0)
	before := uint(0) // position of the set's member before, counted from the end
	for set != 0 {
		i := uint(mathbits.Len64(set)-1) & 63
		set ^= 1 << i
		at := i + uint(start)
		x, scale := int64(t.exact[at&63]), t.scale(errors[at])
		m := (x + 128) >> 8
		flags, last := int64(significant[i][1]), &t.costs.Last[i]

		most, less := gain(x, m, scale), gain(x, m-1, scale)
		// To start here.
		first := flags + int64(last[1])
		level, least, from, restart := m, first+t.level(0, m)-most, uint8(0), true
		if m > 1 {
			if c := first + t.level(0, m-1) - less; c < least {
				level, least = m-1, c
			}
		}
		if nonzero > 0 {
			cost += int64(skipped[before] - skipped[i+1])
			more := cost + flags + int64(last[0])
			if c := more + t.level(node, m) - most; c < least {
				level, least, from, restart = m, c, node, false
			}
			if m > 1 {
				if c := more + t.level(node, m-1) - less; c < least {
					level, least, from, restart = m-1, c, node, false
				}
			}
			if m <= 2 {
				if c := cost + int64(significant[i][0]); c < least {
					level, least, restart = 0, c, false
				}
			}
		}
		cost, before = least, i
		if level == 0 {
			continue
		}
		if restart {
			nonzero = 0
		}
		node = entropy.NextNode(from, uint32(level))
		t.picks[nonzero&63] = pick{uint8(at), uint16(level)}
		nonzero++
	}
	coded := &t.costs.Coded[t.coded&3]
	cost += int64(skipped[before])
	saved = int64(coded[0]) - int64(coded[1]) - cost
	if saved <= 0 {
		return 0, 0
	}
	return nonzero, saved
}

// chooseLevels sets the levels of a 4x4 block from its coefficients and returns
// the number of those that are not zero, and by how much less the block costs than
// without levels. Where q.Bounded none gets larger than level has them before.
func (w *Worker) chooseLevels(c *candidate, b *blockAt, coef *[16]int16) (nonzero int, saved int64) {
	t, q := &w.choice, w.quantiser(b.p)
	level, start := &c.res.Level[b.p][b.i&15], b.start()
	set := q.Exact(&t.exact, coef)
	if q.Bounded() {
		for i, l := range level {
			t.exact[i] = min(t.exact[i], uint32(max(l, -l))<<8+127)
			if l == 0 {
				set &^= 1 << i
			}
		}
	}
	t.costs, t.coded = w.costsOf(b.kind, b.p), uint(b.context)
	t.setLambda(w.lambda2)
	nonzero, saved = w.keepChosen(level, coef, set>>start, start, q.LevelErrors())
	return nonzero, w.lambda2 * saved >> 8
}

// keepChosen chooses levels of a set that counts from start, for which w.choice is
// ready, with the signs of coef; see run.
func (w *Worker) keepChosen(level, coef *[16]int16, set uint64, start int, errors *[16]int64) (nonzero int, saved int64) {
	nonzero, saved = w.choice.run(set, start, errors[:])
	*level = [16]int16{}
	for _, p := range w.choice.picks[:nonzero] {
		l := int16(p.magnitude)
		if coef[p.at&15] < 0 {
			l = -l
		}
		level[p.at&15] = l
	}
	return nonzero, saved
}
