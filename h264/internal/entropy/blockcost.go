package entropy

import mathbits "math/bits"

// BlockKind is a kind of residual block, of one plane's: ctxBlockCat of luma or of
// chroma in 4:2:0.
type BlockKind uint8

const (
	BlockDC16     BlockKind = catDC16     // DC of Intra 16x16
	BlockAC16     BlockKind = catAC16     // AC of Intra 16x16
	Block4x4      BlockKind = cat4x4      // all of a 4x4 block
	BlockChromaDC BlockKind = catChromaDC // DC of 4:2:0 chroma
	BlockChromaAC BlockKind = catChromaAC // AC of 4:2:0 chroma
	Block8x8      BlockKind = cat8x8      // all of an 8x8 block
)

// Levels returns how many levels a block of the kind has.
func (k BlockKind) Levels() int {
	switch k {
	case BlockAC16, BlockChromaAC:
		return 15
	case BlockChromaDC:
		return 4
	case Block8x8:
		return 64
	}
	return 16
}

// BlockCosts holds what CABAC takes for the parts of a residual block with
// certain states, in 1/256 bit. Levels are counted from the first of the block.
type BlockCosts struct {
	Coded       [4][2]uint16  // coded_block_flag: by CodedContext, by value
	Significant [64][2]uint16 // significant_coeff_flag: by position, by value
	Last        [64][2]uint16 // last_significant_coeff_flag
	// Skipped sums Significant of zeros: of all positions before this one.
	Skipped [65]uint32
	// level is coeff_abs_level_minus1 and coeff_sign_flag by node and magnitude;
	// at the largest, without the suffix.
	level [8][levelPrefix + 2]uint16
}

// BlockCosts derives costs from the present states, for blocks of a kind in
// plane p.
func (c *CABAC) BlockCosts(b *BlockCosts, kind BlockKind, p int) {
	ctx, size := &blockContexts[kind], kind.Levels()
	if kind != BlockChromaDC && kind != BlockChromaAC {
		ctx = &blockContexts[planeCats[p][kind]]
	}
	for i := range b.Coded {
		b.Coded[i] = c.costs(uint(ctx.coded) + uint(i))
		if kind == Block8x8 && !c.chroma444 {
			b.Coded[i] = [2]uint16{}
		}
	}
	for i := range size - 1 {
		significant, last := uint(i), uint(i)
		if kind == Block8x8 {
			significant, last = uint(significant8[i]), uint(last8[i])
		}
		b.Significant[i] = c.costs(uint(ctx.significant) + significant)
		b.Last[i] = c.costs(uint(ctx.last) + last)
	}
	b.Significant[size-1], b.Last[size-1] = [2]uint16{}, [2]uint16{} // inferred
	for i := range size {
		b.Skipped[i+1] = b.Skipped[i] + uint32(b.Significant[i][0])
	}
	for node := range b.level {
		first := c.costs(uint(ctx.level) + uint(levelOneInc[node]))
		more := c.costs(uint(ctx.level) + moreInc(uint8(node), uint(size)))
		t := &b.level[node]
		t[1] = first[0] + 256
		cost := first[1] + 256
		for m := 2; m <= levelPrefix; m++ {
			t[m] = cost + more[0]
			cost += more[1]
		}
		t[levelPrefix+1] = cost
	}
}

// costs returns the costs of both bins with a context variable.
func (c *CABAC) costs(ctxIdx uint) [2]uint16 {
	s := c.states[ctxIdx&1023] & 127
	return [2]uint16{binCost[s], binCost[s^1]}
}

// Level returns the cost of a level of that magnitude, at least 1, and its sign
// at a node; blocks start at node 0.
func (b *BlockCosts) Level(node uint8, magnitude uint32) int {
	t := &b.level[node&7]
	if magnitude <= levelPrefix {
		return int(t[magnitude])
	}
	return int(t[levelPrefix+1]) + (2*mathbits.Len32(magnitude-levelPrefix)-1)<<8
}

// NextNode returns the node behind a level of that magnitude.
func NextNode(node uint8, magnitude uint32) uint8 {
	if magnitude == 1 {
		return nodeAfterOne[node&7]
	}
	return nodeAfterMore[node&7]
}

// Levels returns the cost of a block of count levels from start with its
// coded_block_flag. The block is of the kind that b is for, other than 8x8.
func (b *BlockCosts) Levels(level *[16]int16, start, count, codedContext uint) int {
	set := levelSet(level, start, count)
	cost := b.flags(uint64(set), count, codedContext)
	node := uint8(0)
	for set != 0 {
		top := highest(set)
		set ^= 1 << top
		_, magnitude := split(level[(top+start)&15])
		cost += b.Level(node, uint32(magnitude))
		node = NextNode(node, uint32(magnitude))
	}
	return cost
}

// Block8 is Levels for an 8x8 block.
func (b *BlockCosts) Block8(level *[4][16]int16, codedContext uint) int {
	set := levelSet8(level)
	cost := b.flags(set, 64, codedContext)
	node := uint8(0)
	for set != 0 {
		top := uint(mathbits.Len64(set)-1) & 63
		set ^= 1 << top
		_, magnitude := split(level[top&3][top>>2])
		cost += b.Level(node, uint32(magnitude))
		node = NextNode(node, uint32(magnitude))
	}
	return cost
}

// flags returns the cost of all flags of a block with that set of levels.
func (b *BlockCosts) flags(set uint64, count, codedContext uint) int {
	coded := &b.Coded[codedContext&3]
	if set == 0 {
		return int(coded[0])
	}
	cost := int(coded[1])
	last := uint(mathbits.Len64(set)-1) & 63
	for i := range last {
		bit := set >> i & 1
		cost += int(b.Significant[i&63][bit])
		if bit != 0 {
			cost += int(b.Last[i&63][0])
		}
	}
	if last < count-1 {
		cost += int(b.Significant[last][1]) + int(b.Last[last][1])
	}
	return cost
}
