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
	return blockAt{kind, p, i, r & 3, r >> 2, 4}
}

// chromaBlock is AC block i of a 4:2:0 chroma plane.
func chromaBlock(p, i int) blockAt {
	return blockAt{entropy.BlockChromaAC, p, i, i & 1, i >> 1, 2}
}

// blockBits returns what the levels of a block take.
func (w *Worker) blockBits(c *candidate, b *blockAt) int {
	level := &c.res.Level[b.p][b.i&15]
	if w.f.CABAC {
		return w.costsOf(b.kind, b.p).Block(level, uint(b.start()), w.codedContext(c, b))
	}
	return entropy.BlockBits(level, b.start(), 16-b.start(), w.nC(c, b)) << 8
}

func (w *Worker) nC(c *candidate, b *blockAt) int {
	return c.mb.NC(&w.n, b.p, b.x, b.y, b.width)
}

func (w *Worker) codedContext(c *candidate, b *blockAt) uint {
	return entropy.CodedContext(&c.mb, &w.n, b.p, b.x, b.y, b.width)
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
	w.cabac.BeginSlice(nil, w.f.Slice())
	if w.y > 0 {
		*w.cabac.States() = w.f.states[w.y-1]
	}
}

// learnBits follows the states through the macroblock that was decided.
func (w *Worker) learnBits(c *candidate) {
	f := w.f
	if !f.CABAC {
		return
	}
	c.mb.SetContexts(&w.n, &c.res, f.Chroma44)
	if !c.counted {
		w.macroblockBits(c)
	}
	w.cabac.Learn(&c.mb, &c.states)
	if w.x == min(Lag, f.MBW)-1 {
		f.states[w.y] = *w.cabac.States()
	}
}

// macroblockBits returns what the macroblock of a candidate takes.
func (w *Worker) macroblockBits(c *candidate) int {
	if w.f.CABAC {
		c.counted = true
		return w.cabac.Cost(&c.mb, &w.n, &c.res, &c.states)
	}
	slice := w.f.Slice()
	slice.QP = w.qpPred
	w.cavlc.BeginSlice(nil, slice)
	bits := w.cavlc.Bits(&c.mb, &w.n, &c.res)
	if c.mb.Type != macroblock.PSkip && len(w.f.Refs) > 0 {
		bits++ // mb_skip_run
	}
	return bits << 8
}
