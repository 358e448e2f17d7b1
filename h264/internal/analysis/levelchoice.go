package analysis

import "github.com/g264/g264/h264/internal/entropy"

// levelChoice picks the levels of a block for CABAC, by rate and distortion.
// Costs are in 1/256 bit.
type levelChoice struct {
	exact  [64]uint32 // magnitudes before rounding, in 1/256 of a level
	chosen [64]uint16 // magnitudes

	costs *entropy.BlockCosts
	coded uint  // CodedContext
	scale int64 // what the square of an error in 1/256 of a level costs, in 1<<-scaleBits
}

const scaleBits = 20

// setScale takes the squared error of one level, in 1/256 of a squared sample,
// and the multiplier for bits.
func (t *levelChoice) setScale(levelError, lambda int64) {
	t.scale = levelError << (scaleBits - 8) / lambda
}

// distortion is the cost of an error in 1/256 of a level.
func (t *levelChoice) distortion(e int64) int64 { return e * e * t.scale >> scaleBits }

// level is what a level of magnitude m costs at a node.
func (t *levelChoice) level(node uint8, m uint32) int64 { return int64(t.costs.Level(node, m)) }

// run chooses the first n levels and returns how many of them are not zero. From
// the last position on it follows the least cost with levels so far, against that
// of starting at the position: what a level costs depends on those behind it
// only. Each level is rounded to the nearest or one less.
func (t *levelChoice) run(n int) (nonzero int) {
	zeroed := int64(0) // cost of coding nothing so far
	i := n - 1
	for ; i >= 0 && t.exact[i&63] < 128; i-- {
		zeroed += t.distortion(int64(t.exact[i&63]))
	}
	cost := int64(0) // of the levels so far, where there are any
	top, node := -1, uint8(0)
	for ; i >= 0; i-- {
		x := int64(t.exact[i&63])
		zero := t.distortion(x)
		significant, last := &t.costs.Significant[i&63], &t.costs.Last[i&63]
		m := uint32(x+128) >> 8
		skipped := cost + zero + int64(significant[0])
		t.chosen[i&63] = 0
		if m == 0 {
			zeroed, cost = zeroed+zero, skipped
			continue
		}
		exact, less := t.distortion(x-int64(m)<<8), zero
		if m > 1 {
			less = t.distortion(x - int64(m-1)<<8)
		}
		// To start here.
		level, least, from := m, exact+t.level(0, m), uint8(0)
		if m > 1 {
			if c := less + t.level(0, m-1); c < least {
				level, least = m-1, c
			}
		}
		least += zeroed + int64(significant[1]) + int64(last[1])
		start := true
		if top >= 0 {
			flags := cost + int64(significant[1]) + int64(last[0])
			if c := flags + exact + t.level(node, m); c < least {
				level, least, start = m, c, false
			}
			if m > 1 {
				if c := flags + less + t.level(node, m-1); c < least {
					level, least, start = m-1, c, false
				}
			}
			if m <= 2 && skipped < least {
				level, least, start = 0, skipped, false
			}
			from = node
		}
		if start {
			top, from = i, 0
		}
		if level > 0 {
			node = entropy.NextNode(from, level)
		}
		t.chosen[i&63] = uint16(level)
		zeroed, cost = zeroed+zero, least
	}
	coded := &t.costs.Coded[t.coded&3]
	if top < 0 || zeroed+int64(coded[0]) <= cost+int64(coded[1]) {
		return 0
	}
	for i := range t.chosen[:n] {
		if i > top {
			t.chosen[i] = 0
		}
		if t.chosen[i] != 0 {
			nonzero++
		}
	}
	return nonzero
}

// chooseLevels sets the levels of a 4x4 block from its coefficients and returns
// the number of those that are not zero. Where q.Bounded none gets larger than
// level has them before.
func (w *Worker) chooseLevels(c *candidate, b *blockAt, coef *[16]int16) int {
	t, q := &w.choice, w.quantiser(b.p)
	level, start := &c.res.Level[b.p][b.i&15], b.start()
	q.Exact(t.exact[:16], coef)
	if q.Bounded() {
		for i, l := range level {
			t.exact[i] = min(t.exact[i], uint32(max(l, -l))<<8+127)
		}
	}
	copy(t.exact[:16-start], t.exact[start:16])
	t.costs, t.coded = w.costsOf(b.kind, b.p), w.codedContext(c, b)
	t.setScale(q.LevelError(), w.lambda2)
	nonzero := t.run(16 - start)
	if nonzero == 0 {
		*level = [16]int16{}
		return 0
	}
	for i, m := range t.chosen[:16-start] {
		l := int16(m)
		if coef[(i+start)&15] < 0 {
			l = -l
		}
		level[(i+start)&15] = l
	}
	return nonzero
}
