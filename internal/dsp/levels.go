package dsp

import (
	mathbits "math/bits"
	"slices"
)

// LevelCosts holds what CABAC takes for the levels of a residual block, in 1/256 bit. Positions are counted from the first
// of the block. What a level takes depends on those behind it by a node, 0 at the last one: see NextNode.
type LevelCosts struct {
	Flags [64]FlagCosts
	Ones  [8]int32 // a level of magnitude 1 with its sign, by node
	// Of a larger one: Base + m*Step for magnitudes m up to 14, and Prefix beyond, without the suffix.
	Base, Step, Prefix [8]int32
}

// FlagCosts is what the significant_coeff_flag and the last_significant_coeff_flag of a position add.
type FlagCosts struct {
	Last int32 // of the last level: with those of the zeros before it
	More int32 // of a level before others: beyond that of a zero
}

// longestPrefix is the largest magnitude that takes no suffix.
const longestPrefix = 14

// Level returns the cost of a level of that magnitude, at least 1, and its sign at a node.
func (t *LevelCosts) Level(node uint8, magnitude uint32) int {
	node &= 7
	switch {
	case magnitude == 1:
		return int(t.Ones[node])
	case magnitude <= longestPrefix:
		return int(t.Base[node]) + int(t.Step[node])*int(magnitude)
	}
	return int(t.Prefix[node]) + (2*mathbits.Len32(magnitude-longestPrefix)-1)<<8
}

// The contexts of a level's bins depend on the levels coded before it: a node is how many, at most 3, of magnitude 1 they
// are, or once there was a larger one 3 and how many of those, at most 4.
var (
	nodeAfterOne  = [8]uint8{1, 2, 3, 3, 4, 5, 6, 7}
	nodeAfterMore = [8]uint8{4, 4, 4, 4, 5, 6, 7, 7}
)

// NextNode returns the node behind a level of that magnitude.
func NextNode(node uint8, magnitude uint32) uint8 {
	if magnitude == 1 {
		return nodeAfterOne[node&7]
	}
	return nodeAfterMore[node&7]
}

// GainedCost is by how much less distortion costs with level m than with zero, where x is the exact magnitude in 1/256 of a
// level, and scale what the square of an error of 1/256 costs in 1<<-20.
func GainedCost(x, m, scale int64) int64 { return m << 8 * (2*x - m<<8) * scale >> 20 }

// choice is what Choose follows from the last position of a block on: the levels so far that cost least.
type choice struct {
	// cost is that of the block with its levels so far, and zeros before them, less what they gain.
	cost   int64
	node   uint64
	chosen uint64 // positions of the levels that are not zero
}

// NothingChosen is the cost of no level, more than that of any block.
const NothingChosen = 1 << 28

// Choose chooses levels among those of a set, counted from position start, each rounded to the nearest or one less, the
// rounded magnitude of which is 1 at least; all others are zero. exact holds magnitudes in 1/256 of a level, scale what
// GainedCost wants, both by position. It returns which are not zero, counted from start too, with their magnitudes by
// position, and the cost of the block less what they gain, or NothingChosen where the set is empty.
//
// From the last position on it follows the least cost with levels so far, against that of starting at the position: what a
// level costs depends on those behind it only.
func (t *LevelCosts) Choose(magnitude *[64]uint16, exact *[64]uint32, scale *[64]int64, set uint64, start int) (chosen uint64, cost int64) {
	c := choice{cost: NothingChosen}
	first := int64(t.Ones[0])
	for set != 0 {
		i := uint(mathbits.Len64(set)-1) & 63
		set ^= 1 << i
		at := (i + uint(start)) & 63
		x, flags := int64(exact[at]), &t.Flags[i]
		if x >= 256+128 {
			c, magnitude[at] = t.larger(c, i, x, scale[at])
			continue
		}
		magnitude[at] = 1
		gained := GainedCost(x, 1, scale[at])
		last := int64(flags.Last) + first - gained
		more := c.cost + int64(flags.More) + int64(t.Ones[c.node&7]) - gained
		// Masks are all ones where the level goes on from those so far, and where a zero does and costs less: branches
		// would often be guessed wrong.
		goesOn := (more - last) >> 63
		least := last + (more-last)&goesOn
		zero := (c.cost - least) >> 63
		node := c.node & uint64(goesOn)
		node += (node - 3) >> 63 // as NextNode has it for magnitude 1
		c.node ^= (c.node ^ node) &^ uint64(zero)
		c.chosen ^= (c.chosen ^ (c.chosen&uint64(goesOn) | 1<<i)) &^ uint64(zero)
		c.cost = least + (c.cost-least)&zero
	}
	return c.chosen, c.cost
}

// larger goes on from c with a level at position i that rounds to 2 or more from exact magnitude x, and returns its
// magnitude, if it is not zero.
func (t *LevelCosts) larger(c choice, i uint, x, scale int64) (choice, uint16) {
	flags, m := &t.Flags[i&63], (x+128)>>8
	most, less := GainedCost(x, m, scale), GainedCost(x, m-1, scale)
	cost := func(node uint64, m int64) int64 { return int64(t.Level(uint8(node), uint32(m))) }
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
	next := uint64(NextNode(uint8(from), uint32(level)))
	return choice{least, next, c.chosen | 1<<(i&63)}, uint16(level)
}

// EightChoices is what ChooseEight returns for each of eight blocks.
type EightChoices struct {
	Cost   [8]int32
	Chosen [8]uint32 // positions of the levels that are not zero
	// Large is not zero where a magnitude is beyond those that ChooseEight chooses among: what else stands here doesn't count.
	Large [8]uint32
	Level [8][16]int16

	// By position, of levels that may be chosen and of coefficients.
	magnitude, columns [16][8]uint16
}

// maxEight is the largest exact magnitude that ChooseEight takes: 8 levels and a half.
const maxEight = 8*256 + 127

// MaxEightScale is the largest scale that ChooseEight takes.
const MaxEightScale = 1<<15 - 1

// LevelRates tells what coefficients of 4x4 blocks are as levels: an exact magnitude is |c|*mf >> shift, by position of the
// scan.
type LevelRates struct {
	mf     [16]uint32
	shift  uint64
	likely uint16 // coefficients of at most this magnitude are less than half a level
}

// MakeLevelRates returns the rates of these multipliers, none of which is 0. Products with coefficients, which are above
// -1<<15, must fit 32 bits, exact magnitudes 31.
func MakeLevelRates(mf *[16]uint32, shift uint) LevelRates {
	least := (uint64(128)<<shift - 1) / uint64(slices.Max(mf[:]))
	return LevelRates{*mf, uint64(shift), uint16(min(least, 1<<15-1))}
}

// Exact is Magnitudes of a block.
func (q *LevelRates) Exact(exact *[64]uint32, c *[16]int16) (set uint64) {
	return Magnitudes(exact[:16], c[:], q.mf[:], uint(q.shift))
}

// ChooseEight is Choose for eight blocks of 16 coefficients, in scan order, those before position start apart; the set is of
// those that are half a level at least. scale is of 16 positions, from 0 to MaxEightScale. All positions are counted from 0,
// but for those of costs, which must be below 1<<22.
func (t *LevelCosts) ChooseEight(out *EightChoices, c *[8][16]int16, q *LevelRates, scale *[64]int64, start int) {
	start &= 15
	if useAVX2 {
		chooseEightAVX2(&out.Cost[0], c, &q.mf, q.shift, q.likely, scale, &t.Flags[0].Last, uint64(start))
		return
	}
	var magnitude [64]uint16
	var exact [64]uint32
	for k := range c {
		set := q.Exact(&exact, &c[k])
		if start != 0 {
			clear(exact[:start])
		}
		larger := uint32(0) // the highest bit: whether any is
		for i := 0; i < 16; i += 4 {
			x := (*[4]uint32)(exact[i:])
			larger |= (maxEight - x[0]) | (maxEight - x[1]) | (maxEight - x[2]) | (maxEight - x[3])
		}
		if out.Large[k] = larger >> 31; larger>>31 != 0 {
			continue
		}
		chosen, cost := t.Choose(&magnitude, &exact, scale, set>>start, start)
		chosen <<= start
		out.Chosen[k], out.Cost[k], out.Level[k] = uint32(chosen), int32(cost), [16]int16{}
		for ; chosen != 0; chosen &= chosen - 1 {
			at := mathbits.TrailingZeros64(chosen) & 15
			sign := c[k][at] >> 15
			out.Level[k][at] = int16(magnitude[at]) ^ sign - sign
		}
	}
}
