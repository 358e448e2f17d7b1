package analysis

import (
	"github.com/g264/g264/h264/internal/entropy"
	"github.com/g264/g264/h264/internal/macroblock"
)

// Bits are counted in 1/256: exactly with CAVLC, from context states with CABAC.
// Those of a row start as the row above left them after its second macroblock,
// so that they are the same for every number of threads.

// costAge is how many macroblocks costs of blocks serve before they are derived
// anew.
const costAge = 4

// blockAt names a 4x4 block of a candidate.
type blockAt struct {
	kind        entropy.BlockKind
	p, i        int // plane, and index in coding order
	x, y, width int // place among the blocks of the plane, as macroblock.MB.NC has it
	// context is what the candidate's other blocks and neighbours say of this one: nC
	// with CAVLC, ctxIdxInc of coded_block_flag with CABAC.
	context int
}

// start is the first of the block's levels.
func (b *blockAt) start() int {
	if b.kind == entropy.Block4x4 {
		return 0
	}
	return 1
}

// lumaBlock is block i, in coding order, of a plane that is coded like luma.
func lumaBlock(kind entropy.BlockKind, p, i int) blockAt {
	r := int(macroblock.BlockRaster[i&15])
	return blockAt{kind: kind, p: p, i: i, x: r & 3, y: r >> 2, width: 4}
}

// chromaBlock is AC block i of a 4:2:0 chroma plane.
func chromaBlock(p, i int) blockAt {
	return blockAt{kind: entropy.BlockChromaAC, p: p, i: i, x: i & 1, y: i >> 1, width: 2}
}

// setContext sets the context of a block, which depends on the blocks before it.
func (w *Worker) setContext(c *candidate, b *blockAt) {
	if w.f.CABAC {
		b.context = int(entropy.CodedContext(&c.mb, &w.n, b.p, b.x, b.y, b.width))
	} else {
		b.context = c.mb.NC(&w.n, b.p, b.x, b.y, b.width)
	}
}

// blockBits returns what the levels of a block take.
func (w *Worker) blockBits(c *candidate, b *blockAt) int {
	return w.levelBits(b.kind, b.p, &c.res.Level[b.p][b.i&15], b.start(), b.context)
}

// levelBits returns what the levels from start of a block of a kind take.
func (w *Worker) levelBits(kind entropy.BlockKind, p int, level *[16]int16, start, context int) int {
	if w.f.CABAC {
		return w.costsOf(kind, p).Levels(level, uint(start), uint(kind.Levels()), uint(context))
	}
	return entropy.BlockBits(level, start, kind.Levels(), context) << 8
}

// emptyBits returns what a block without levels takes.
func (w *Worker) emptyBits(b *blockAt) int {
	if w.f.CABAC {
		return int(w.costsOf(b.kind, b.p).Coded[b.context&3][0])
	}
	return entropy.BlockBits(&noLevels, b.start(), b.kind.Levels(), b.context) << 8
}

var noLevels [16]int16

// chromaBits returns what the chroma blocks of a candidate in 4:2:0 take.
func (w *Worker) chromaBits(c *candidate) (bits int) {
	if c.mb.CBP>>4 == 0 {
		return 0
	}
	for p := 1; p < 3; p++ {
		context := -1
		if w.f.CABAC {
			context = int(entropy.CodedContextDC(&c.mb, &w.n, p))
		}
		bits += w.levelBits(entropy.BlockChromaDC, p, &c.res.DC[p], 0, context)
		for i := 0; i < 4 && c.mb.CBP>>4 == 2; i++ {
			b := chromaBlock(p, i)
			w.setContext(c, &b)
			bits += w.blockBits(c, &b)
		}
	}
	return bits
}

// costsOf returns the costs of a kind of block.
func (w *Worker) costsOf(kind entropy.BlockKind, p int) *entropy.BlockCosts {
	costs := &w.costs[p][kind&7]
	if bit := uint32(1) << (8*p + int(kind&7)); w.costsKnown&bit == 0 {
		w.costsKnown |= bit
		w.cabac.BlockCosts(costs, kind, p)
	}
	return costs
}

// startBits makes ready for a macroblock.
func (w *Worker) startBits() {
	if !w.f.CABAC {
		return
	}
	if w.x%costAge == 0 {
		w.costsKnown = 0
	}
	if w.x > 0 {
		return
	}
	if w.y > 0 {
		w.cabac.Resume(w.f.Slice(), &w.f.leaves[w.y-1].states)
	} else {
		w.cabac.BeginSlice(nil, w.f.Slice())
	}
}

// learnBits follows the states through the macroblock that was decided, or through
// one of several, as the preset has it.
func (w *Worker) learnBits(c *candidate) {
	f := w.f
	if !f.CABAC {
		return
	}
	c.mb.SetContexts(&w.n, &c.res, f.Chroma44)
	if w.x >= Lag && w.x%f.Preset.LearnEvery != 0 {
		return
	}
	if c.rated && c.mb.Type.IsIntra() {
		w.cabac.Follow(&c.after)
	} else {
		w.cabac.Learn(&c.mb, &w.n, &c.res)
	}
	if w.x == min(Lag, f.MBW)-1 {
		f.leaves[w.y].states = *w.cabac.States()
	}
}

// macroblockBits returns what the macroblock of a candidate takes.
func (w *Worker) macroblockBits(c *candidate) int {
	if w.f.CABAC {
		c.rated = true
		return w.cabac.Cost(&c.mb, &w.n, &c.res, &c.after)
	}
	w.startCAVLC()
	return (w.cavlc.Bits(&c.mb, &w.n, &c.res) + w.runBits(c)) << 8
}

// headBits is macroblockBits without the residual.
func (w *Worker) headBits(c *candidate) int {
	if w.f.CABAC {
		return w.cabac.HeadCost(&c.mb, &w.n)
	}
	w.startCAVLC()
	return (w.cavlc.HeadBits(&c.mb, &w.n) + w.runBits(c)) << 8
}

// startCAVLC makes CAVLC ready to count.
func (w *Worker) startCAVLC() {
	slice := w.f.Slice()
	slice.QP = w.qpPred
	w.cavlc.BeginSlice(nil, slice)
}

// runBits is what mb_skip_run is taken to take, with CAVLC.
func (w *Worker) runBits(c *candidate) int {
	if c.mb.Type != macroblock.PSkip && len(w.f.Refs) > 0 {
		return 1
	}
	return 0
}
