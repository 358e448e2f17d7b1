package entropy

import (
	mathbits "math/bits"

	"github.com/g264/g264/internal/dsp"
)

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
	Coded [4][2]uint16 // coded_block_flag: by CodedContext, by value
	dsp.LevelCosts
}

// bothCosts holds the costs of the bins 0 and, from bit 16 up, 1 by state.
var bothCosts = func() (t [128]uint32) {
	for s := range t {
		t[s] = uint32(binCost[s]) | uint32(binCost[s^1])<<16
	}
	return t
}()

// BlockCosts derives costs from the present states, for blocks of a kind in
// plane p.
func (c *CABAC) BlockCosts(b *BlockCosts, kind BlockKind, p int) {
	ctx, size := &blockContexts[kind], kind.Levels()
	if kind != BlockChromaDC && kind != BlockChromaAC {
		ctx = &blockContexts[planeCats[p][kind]]
	}
	b.Coded = [4][2]uint16{}
	if kind != Block8x8 || c.chroma444 {
		for i := range b.Coded {
			zero, one := c.costs(uint(ctx.coded) + uint(i))
			b.Coded[i] = [2]uint16{uint16(zero), uint16(one)}
		}
	}
	significantInc, lastInc := &inOrder, &inOrder
	if kind == Block8x8 {
		significantInc, lastInc = &significant8, &last8
	}
	skipped, significant, last := int32(0), uint(ctx.significant), uint(ctx.last)
	flags := b.Flags[:size]
	for i := range flags[:size-1] {
		zero, one := c.costs(significant + uint(significantInc[i&63]))
		more, end := c.costs(last + uint(lastInc[i&63]))
		flags[i] = dsp.FlagCosts{Last: skipped + one + end, More: one + more - zero}
		skipped += zero
	}
	flags[size-1] = dsp.FlagCosts{Last: skipped} // its own are inferred
	for node := range b.Ones {
		zero, one := c.costs(uint(ctx.level) + uint(levelOneInc[node]))
		end, more := c.costs(uint(ctx.level) + moreInc(uint8(node), uint(size)))
		const sign = 256
		b.Ones[node], b.Base[node], b.Step[node] = zero+sign, one+end+sign-2*more, more
		b.Prefix[node] = one + (levelPrefix-1)*more + sign
	}
}

// costs returns the costs of both bins with a context variable.
func (c *CABAC) costs(ctxIdx uint) (zero, one int32) {
	both := bothCosts[c.states[ctxIdx&1023]&127]
	return int32(both & 0xffff), int32(both >> 16)
}

// Levels returns the cost of a block of count levels from start with its
// coded_block_flag. The block is of the kind that b is for, other than 8x8.
func (b *BlockCosts) Levels(level *[16]int16, start, count, codedContext uint) int {
	set := levelSet(level, start, count)
	cost := b.flags(uint64(set), codedContext)
	node := uint8(0)
	for set != 0 {
		top := highest(set)
		set ^= 1 << top
		_, magnitude := split(level[(top+start)&15])
		cost += b.Level(node, uint32(magnitude))
		node = dsp.NextNode(node, uint32(magnitude))
	}
	return cost
}

// Block8 is Levels for an 8x8 block.
func (b *BlockCosts) Block8(level *[4][16]int16, codedContext uint) int {
	set := levelSet8(level)
	cost := b.flags(set, codedContext)
	node := uint8(0)
	for set != 0 {
		top := uint(mathbits.Len64(set)-1) & 63
		set ^= 1 << top
		_, magnitude := split(level[top&3][top>>2])
		cost += b.Level(node, uint32(magnitude))
		node = dsp.NextNode(node, uint32(magnitude))
	}
	return cost
}

// flags returns the cost of all flags of a block with that set of levels.
func (b *BlockCosts) flags(set uint64, codedContext uint) int {
	coded := &b.Coded[codedContext&3]
	if set == 0 {
		return int(coded[0])
	}
	last := uint(mathbits.Len64(set)-1) & 63
	cost := int(coded[1]) + int(b.Flags[last].Last)
	for set ^= 1 << last; set != 0; set &= set - 1 {
		cost += int(b.Flags[mathbits.TrailingZeros64(set)&63].More)
	}
	return cost
}
