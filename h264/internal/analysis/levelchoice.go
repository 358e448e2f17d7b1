package analysis

import (
	mathbits "math/bits"

	"github.com/g264/g264/h264/internal/entropy"
	"github.com/g264/g264/h264/internal/residual"
)

// levelChoice picks the levels of a block for CABAC, by rate and distortion.
// Costs are in 1/256 bit.
type levelChoice struct {
	exact     [64]uint32 // magnitudes before rounding, in 1/256 of a level
	magnitude [64]uint16 // those of the levels chosen, by position

	costs  *entropy.BlockCosts
	coded  uint  // CodedContext
	lambda int64 // per bit, in 1/256 of a squared sample
	weight int64 // its inverse, in 1<<-weightBits
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

// choice is what run follows from the last position of a block on: the levels so far
// that cost least, and what those behind a position say of one there.
type choice struct {
	// cost is that of the block with its levels so far, and zeros before them, less
	// what they gain.
	cost   int64
	node   uint64
	chosen uint64 // positions of the levels that are not zero
}

// nothingChosen costs more than any block.
const nothingChosen = 1 << 40

// run chooses levels among those of a set, counted from position start, each
// rounded to the nearest or one less; all others are zero. errors are the squared
// errors of a level by position. It returns which are not zero, and by how much
// less the block costs than without them, flags included.
//
// From the last position on it follows the least cost with levels so far, against
// that of starting at the position: what a level costs depends on those behind it
// only.
func (t *levelChoice) run(set uint64, start int, errors []int64) (chosen uint64, saved int64) {
	c := choice{cost: nothingChosen}
	first := int64(t.costs.Ones[0])
	for set != 0 {
		i := uint(mathbits.Len64(set)-1) & 63
		set ^= 1 << i
		at := (i + uint(start)) & 63
		x, scale, flags := int64(t.exact[at]), t.scale(errors[at]), &t.costs.Flags[i]
		if x >= 256+128 {
			c, t.magnitude[at] = t.larger(c, i, x, scale)
			continue
		}
		t.magnitude[at] = 1
		gained := gain(x, 1, scale)
		last := int64(flags.Last) + first - gained
		more := c.cost + int64(flags.More) + int64(t.costs.Ones[c.node&7]) - gained
		// Masks are all ones where the level goes on from those so far, and where a
		// zero does and costs less: branches would often be guessed wrong.
		goesOn := (more - last) >> 63
		least := last + (more-last)&goesOn
		zero := (c.cost - least) >> 63
		node := c.node & uint64(goesOn)
		node += (node - 3) >> 63 // as entropy.NextNode has it for magnitude 1
		c.node ^= (c.node ^ node) &^ uint64(zero)
		c.chosen ^= (c.chosen ^ (c.chosen&uint64(goesOn) | 1<<i)) &^ uint64(zero)
		c.cost = least + (c.cost-least)&zero
	}
	coded := &t.costs.Coded[t.coded&3]
	saved = int64(coded[0]) - int64(coded[1]) - c.cost
	if saved <= 0 {
		return 0, 0
	}
	return c.chosen, saved
}

// larger goes on from c with a level at position i that rounds to 2 or more from exact
// magnitude x, and returns its magnitude, if it is not zero.
func (t *levelChoice) larger(c choice, i uint, x, scale int64) (choice, uint16) {
	flags, m := &t.costs.Flags[i&63], (x+128)>>8
	most, less := gain(x, m, scale), gain(x, m-1, scale)
	cost := func(node uint64, m int64) int64 { return int64(t.costs.Level(uint8(node), uint32(m))) }
	level, least, from, goesOn := m, int64(flags.Last)+cost(0, m)-most, uint64(0), false
	if k := int64(flags.Last) + cost(0, m-1) - less; k < least {
		level, least = m-1, k
	}
	if c.chosen != 0 {
		more := c.cost + int64(flags.More)
		if k := more + cost(c.node, m) - most; k < least {
			level, least, from, goesOn = m, k, c.node, true
		}
		if k := more + cost(c.node, m-1) - less; k < least {
			level, least, from, goesOn = m-1, k, c.node, true
		}
		if m == 2 && c.cost < least {
			return c, 0
		}
	}
	if !goesOn {
		c.chosen = 0
	}
	next := uint64(entropy.NextNode(uint8(from), uint32(level)))
	return choice{least, next, c.chosen | 1<<(i&63)}, uint16(level)
}

// choose16 is optimise16 with CABAC. It leaves the counts to setCounts.
func (w *Worker) choose16(c *candidate, kind entropy.BlockKind, p int, nonzero *[16]uint8) (saved [4]int64) {
	costs, start := w.costsOf(kind, p), 1
	if kind == entropy.Block4x4 {
		start = 0
	}
	var empty [4]int64
	for i := range empty {
		empty[i] = w.bitCost(int(costs.Coded[i][0]))
	}
	w.choice.costs = costs
	w.choice.setLambda(w.lambda2)
	q, coded := w.quantiser(p), entropy.CodedAround(&c.mb, &w.n, p, 4)
	for quad := range saved {
		blocks := (*[4]uint8)(nonzero[4*quad:])
		if *blocks == [4]uint8{} {
			continue
		}
		for k, n := range blocks {
			i := 4*quad + k
			place := entropy.CodedPlaces[i&15]
			context := coded.Context(place)
			saved[quad] -= empty[context]
			if n == 0 {
				continue
			}
			w.choice.coded = context
			left, s := w.chooseLevels(q, &c.res.Level[p][i&15], &w.coef[i&15], start)
			blocks[k] = uint8(left)
			saved[quad] += s
			if left != 0 {
				coded |= 1 << (place & 63)
			}
		}
	}
	return saved
}

// chooseAC is choose16 for the AC blocks of a 4:2:0 chroma plane.
func (w *Worker) chooseAC(c *candidate, p int, nonzero *[4]uint8) {
	if *nonzero == [4]uint8{} {
		return
	}
	w.choice.costs = w.costsOf(entropy.BlockChromaAC, p)
	w.choice.setLambda(w.lambda2)
	q, coded := w.quantiser(p), entropy.CodedAround(&c.mb, &w.n, p, 2)
	for i, n := range nonzero {
		if n == 0 {
			continue
		}
		place := entropy.CodedPlace(i&1, i>>1)
		w.choice.coded = coded.Context(place)
		left, _ := w.chooseLevels(q, &c.res.Level[p][i], &w.coef[i], 1)
		if nonzero[i] = uint8(left); left != 0 {
			coded |= 1 << (place & 63)
		}
	}
}

// chooseLevels sets the levels of a 4x4 block from its coefficients, those from
// position start on, where w.choice is ready but for their magnitudes. It returns the
// number of those that are not zero, and by how much less the block costs than
// without levels. Where q.Bounded none gets larger than level has them before.
func (w *Worker) chooseLevels(q *residual.Quantiser, level, coef *[16]int16, start int) (nonzero int, saved int64) {
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
	nonzero, saved = w.keepChosen(level, coef, set>>start, start, q.LevelErrors())
	return nonzero, w.lambda2 * saved >> 8
}

// keepChosen chooses levels of a set that counts from start, for which w.choice is
// ready, with the signs of coef; see run.
func (w *Worker) keepChosen(level, coef *[16]int16, set uint64, start int, errors *[16]int64) (nonzero int, saved int64) {
	chosen, saved := w.choice.run(set, start, errors[:])
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
