package entropy

import (
	mathbits "math/bits"

	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/internal/dsp"
)

// blockContext holds the first ctxIdx of each syntax element of residual blocks
// of one ctxBlockCat.
type blockContext struct{ coded, significant, last, level uint16 }

// Values of ctxBlockCat (table 9-42), for luma where planes have their own.
const (
	catDC16     = 0
	catAC16     = 1
	cat4x4      = 2
	catChromaDC = 3
	catChromaAC = 4
	cat8x8      = 5
)

// planeCats are ctxBlockCat of the planes that are coded like luma.
var planeCats = [3][6]uint8{
	{catDC16: 0, catAC16: 1, cat4x4: 2, cat8x8: 5},
	{catDC16: 6, catAC16: 7, cat4x4: 8, cat8x8: 9},
	{catDC16: 10, catAC16: 11, cat4x4: 12, cat8x8: 13},
}

// residual is the residual of clause 7.3.5.3.
func (c *CABAC) residual(mb *macroblock.MB, n *macroblock.Neighbours, r *macroblock.Residual) {
	c.residualLuma(mb, n, r, 0)
	if c.chroma444 {
		c.residualLuma(mb, n, r, 1)
		c.residualLuma(mb, n, r, 2)
		return
	}
	if mb.CBP>>4 == 0 {
		return
	}
	for p := 1; p <= 2; p++ {
		c.blockDC(mb, n, r, p, 4, &blockContexts[catChromaDC])
	}
	if mb.CBP>>4 < 2 {
		return
	}
	for p := 1; p <= 2; p++ {
		coded := CodedAround(mb, n, p, 2).CodedWithin(mb, p, 2)
		for i := range 4 {
			level := &r.Level[p][i]
			c.block4(level, 1, levelSet(level, 1, 15), coded, CodedPlace(i&1, i>>1), &blockContexts[catChromaAC])
		}
	}
}

// residualLuma is residual_luma of luma, or of a chroma plane p of 4:4:4.
func (c *CABAC) residualLuma(mb *macroblock.MB, n *macroblock.Neighbours, r *macroblock.Residual, p int) {
	ctx, start := &blockContexts[planeCats[p][cat4x4]], uint(0)
	if mb.Type == macroblock.I16x16 {
		c.blockDC(mb, n, r, p, 16, &blockContexts[planeCats[p][catDC16]])
		ctx, start = &blockContexts[planeCats[p][catAC16]], 1
	}
	if mb.CBP&15 == 0 {
		return
	}
	coded := CodedAround(mb, n, p, 4).CodedWithin(mb, p, 4)
	var sets [16]uint32
	if !mb.Transform8x8 {
		dsp.LevelSets(&sets, &r.Level[p])
	}
	for q := range 4 {
		if mb.CBP>>q&1 == 0 {
			continue
		}
		if mb.Transform8x8 {
			c.block8(mb, n, r, p, q)
			continue
		}
		for i := 4 * q; i < 4*q+4; i++ {
			c.block4(&r.Level[p][i&15], start, sets[i&15]&0xffff>>start, coded, CodedPlaces[i&15], ctx)
		}
	}
}

// blockDC is residual_block_cabac of the DC levels of a plane, count of them.
func (c *CABAC) blockDC(mb *macroblock.MB, n *macroblock.Neighbours, r *macroblock.Residual, p int, count uint, ctx *blockContext) {
	set := levelSet(&r.DC[p], 0, count)
	c.bin(uint(ctx.coded)+CodedContextDC(mb, n, p), flag(set != 0))
	if set != 0 {
		c.block(&r.DC[p], 0, count, set, ctx)
	}
}

// block4 is residual_block_cabac of the 4x4 block at a place of those in coded, whose
// levels begin with that at index start; set is of those that are not zero, from there
// on.
func (c *CABAC) block4(level *[16]int16, start uint, set uint32, coded CodedBlocks, place uint, ctx *blockContext) {
	hasLevels := uint8(coded >> (place & 63) & 1)
	c.bin(uint(ctx.coded)+coded.Context(place), hasLevels)
	if hasLevels != 0 {
		c.block(level, start, 16-start, set, ctx)
	}
}

// CodedContext is ctxIdxInc of coded_block_flag of a 4x4 block (9.3.3.1.1.9); see
// macroblock.MB.NC for the parameters.
func CodedContext(mb *macroblock.MB, n *macroblock.Neighbours, p, x, y, width int) uint {
	left, above := mb, mb
	ax, by := x-1, y-1
	if x == 0 {
		left, ax = n.A, width-1
	}
	if y == 0 {
		above, by = n.B, width-1
	}
	intra := mb.Type.IsIntra()
	inc := flag(intra)
	if left != nil {
		inc = flag(left.TotalCoeff[p][(y*width+ax)&15] != 0)
	}
	if above != nil {
		return uint(inc | flag(above.TotalCoeff[p][(by*width+x)&15] != 0)<<1)
	}
	return uint(inc | flag(intra)<<1)
}

// CodedContextDC is that of a block of DC levels.
func CodedContextDC(mb *macroblock.MB, n *macroblock.Neighbours, p int) uint {
	a := flag(mb.Type.IsIntra())
	b := a
	if n.A != nil {
		a = n.A.CodedDC >> p & 1
	}
	if n.B != nil {
		b = n.B.CodedDC >> p & 1
	}
	return uint(a | b<<1)
}

// CodedContext8 is that of the 8x8 block of quadrant q in 4:4:4: blocks of
// another transform count as not coded, unless they are of I_PCM.
func CodedContext8(mb *macroblock.MB, n *macroblock.Neighbours, p, q int) uint {
	coded := func(m *macroblock.MB, raster int) uint8 {
		switch {
		case m == nil:
			return flag(mb.Type.IsIntra())
		case m.Transform8x8 || m.Type == macroblock.IPCM:
			return flag(m.TotalCoeff[p][raster&15] != 0)
		}
		return 0
	}
	left, above := mb, mb
	if q&1 == 0 {
		left = n.A
	}
	if q < 2 {
		above = n.B
	}
	raster := q>>1*8 + q&1*2
	return uint(coded(left, raster^2) | coded(above, raster^8)<<1)
}

// levelSet is the set of the non-zero levels of a block: bit i stands for level
// start+i of count.
func levelSet(level *[16]int16, start, count uint) uint32 {
	set := dsp.NotZero4(dsp.Pack4(level[0], level[1], level[2], level[3])) |
		dsp.NotZero4(dsp.Pack4(level[4], level[5], level[6], level[7]))<<4 |
		dsp.NotZero4(dsp.Pack4(level[8], level[9], level[10], level[11]))<<8 |
		dsp.NotZero4(dsp.Pack4(level[12], level[13], level[14], level[15]))<<12
	return set >> (start & 15) & (1<<(count&31) - 1)
}

// block codes the levels of a set, which is not empty: bit i stands for level
// start+i of count.
func (c *CABAC) block(level *[16]int16, start, count uint, set uint32, ctx *blockContext) {
	c.flags(uint64(set), count, ctx, &inOrder, &inOrder)
	node := uint8(0)
	for set != 0 {
		top := highest(set)
		set ^= 1 << top
		node = c.level(level[(top+start)&15], node, ctx, count)
	}
}

// inOrder is ctxIdxInc of flags in blocks of 16 levels at most.
var inOrder = func() (inc [64]uint8) {
	for i := range inc {
		inc[i] = uint8(i)
	}
	return inc
}()

// flags is significant_coeff_flag and last_significant_coeff_flag of a set of
// levels, whose ctxIdxInc are given by position.
func (c *CABAC) flags(set uint64, count uint, ctx *blockContext, significant, last *[64]uint8) {
	c.makeRoom()
	queue, n := &c.queue, c.waiting
	firstSignificant, firstLast := uint(ctx.significant), uint(ctx.last)
	top := uint(mathbits.Len64(set)-1) & 63
	for i := range top {
		coded := uint(set >> i & 1)
		queue[n&(queueSize-1)] = symbol((firstSignificant+uint(significant[i&63]))<<1 | coded)
		queue[(n+1)&(queueSize-1)] = symbol((firstLast + uint(last[i&63])) << 1) // only where it is coded
		n += 1 + coded
	}
	if top < count-1 {
		queue[n&(queueSize-1)] = symbol((firstSignificant+uint(significant[top]))<<1 | 1)
		queue[(n+1)&(queueSize-1)] = symbol((firstLast+uint(last[top]))<<1 | 1)
		n += 2
	}
	c.waiting = n
}

// block8 is residual_block_cabac of the 8x8 block of quadrant q. Only 4:4:4 has
// a coded_block_flag.
func (c *CABAC) block8(mb *macroblock.MB, n *macroblock.Neighbours, r *macroblock.Residual, p, q int) {
	ctx := &blockContexts[planeCats[p][cat8x8]]
	coded := mb.TotalCoeff[p][q>>1*8+q&1*2] != 0
	if c.chroma444 {
		c.bin(uint(ctx.coded)+CodedContext8(mb, n, p, q), flag(coded))
	}
	if !coded {
		return
	}
	level := (*[4][16]int16)(r.Level[p][4*q:])
	set := levelSet8(level)
	c.flags(set, 64, ctx, &significant8, &last8)
	node := uint8(0)
	for set != 0 {
		top := uint(mathbits.Len64(set)-1) & 63
		set ^= 1 << top
		node = c.level(level[top&3][top>>2], node, ctx, 64)
	}
}

// levelSet8 is the set of the non-zero levels of an 8x8 block, which are stored
// interleaved.
func levelSet8(level *[4][16]int16) (set uint64) {
	for i := range 16 {
		set |= uint64(dsp.NotZero4(dsp.Pack4(level[0][i], level[1][i], level[2][i], level[3][i]))) << (4 * i)
	}
	return set
}

// The contexts of a level's bins depend on the levels coded before it, by a node:
// see dsp.NextNode.
var (
	levelOneInc  = [8]uint8{1, 2, 3, 4, 0, 0, 0, 0} // of the first bin
	levelMoreInc = [8]uint8{5, 5, 5, 5, 6, 7, 8, 9} // of the others
)

// moreInc is ctxIdxInc of the bins behind the first in a block of count levels.
func moreInc(node uint8, count uint) uint {
	inc := uint(levelMoreInc[node&7])
	if count == 4 { // chroma DC has one context less
		return min(inc, 8)
	}
	return inc
}

// level is coeff_abs_level_minus1 and coeff_sign_flag; it returns the next node.
func (c *CABAC) level(v int16, node uint8, ctx *blockContext, count uint) uint8 {
	sign, magnitude := split(v)
	node &= 7
	first := uint(ctx.level) + uint(levelOneInc[node])
	if magnitude == 1 {
		c.binThen(first, 0, uint32(sign))
		return dsp.NextNode(node, 1)
	}
	c.makeRoom()
	c.bin(first, 1)
	more := uint(ctx.level) + moreInc(node, count)
	for range min(magnitude-1, levelPrefix) - 1 {
		c.bin(more, 1)
	}
	if magnitude-1 < levelPrefix {
		c.binThen(more, 0, uint32(sign))
	} else {
		bins, n := expGolomb(uint32(magnitude-1-levelPrefix), 0)
		c.bypass(bins<<1|uint64(sign), n+1)
	}
	return dsp.NextNode(node, 2)
}
