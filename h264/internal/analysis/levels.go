package analysis

import (
	"github.com/g264/g264/h264/internal/entropy"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/internal/dsp"
)

// optimise lowers levels of a 4x4 block where that saves more bits than it adds
// distortion (rate-distortion optimised quantisation, greedy from the highest
// frequency down). The block's levels start at position start of the scan;
// some are not zero. It returns the number of non-zero levels left, and by how much
// less the block costs than without levels. With CABAC chooseLevels does that.
func (w *Worker) optimise(c *candidate, b *blockAt, coef *[16]int16, nonzero int) (left int, saved int64) {
	q := w.quantiser(b.p)
	if w.f.CABAC {
		t := &w.choice
		t.costs, t.coded = w.costsOf(b.kind, b.p), uint(b.context)
		t.setLambda(w.lambda2)
		s := t.scaled(&t.scales[b.p][0], q.LevelErrors()[:])
		left, bits := w.chooseLevels(q, s, &c.res.Level[b.p][b.i&15], coef, b.start())
		return left, w.bitCost(int(bits))
	}
	q.Exact(&w.choice.exact, coef)
	w.choice.setLambda(w.cavlcLambda())
	return w.lowerLevels(&c.res.Level[b.p][b.i&15], b.start(), b.kind.Levels(), b.context, nonzero, q.LevelErrors())
}

// lowerLevels optimises count levels from start for CAVLC, which codes them as a
// block of that nC. w.choice.exact holds what they are before rounding, errors what
// levels of 1 make. See optimise for what it returns.
func (w *Worker) lowerLevels(level *[16]int16, start, count, nC, nonzero int, errors *[16]int64) (left int, saved int64) {
	t := &w.choice
	bits := entropy.BlockBits(level, start, count, nC)
	var gained int64 // by all levels
	for i := start + count - 1; i >= start; i-- {
		l := level[i&15]
		if l == 0 {
			continue
		}
		x, m, scale, lower := int64(t.exact[i&15]), int64(max(l, -l)), t.scale(errors[i&15]), l-1
		if l < 0 {
			lower = l + 1
		}
		gained += dsp.GainedCost(x, m, scale)
		lost := dsp.GainedCost(x, m, scale) - dsp.GainedCost(x, m-1, scale)
		if lost > maxSaving<<8 {
			continue
		}
		level[i&15] = lower
		b := entropy.BlockBits(level, start, count, nC)
		if lost >= int64(bits-b)<<8 {
			level[i&15] = l
			continue
		}
		bits = b
		gained -= lost
		if lower == 0 {
			nonzero--
		}
	}
	more := int64(bits - entropy.BlockBits(&noLevels, start, count, nC))
	if nonzero == 0 || gained < more<<8 {
		*level = noLevels
		return 0, 0
	}
	return nonzero, t.lambda*gained>>8 - w.lambda2*more
}

// lowerLevels8 optimises the four blocks that an 8x8 block is coded as with CAVLC,
// and enters their counts. It returns the number of non-zero levels left, and by how
// much less the blocks cost than an 8x8 block that is not coded.
func (w *Worker) lowerLevels8(c *candidate, p, quad int) (nonzero int, saved int64) {
	w.choice.setLambda(w.cavlcLambda())
	exact, errors8 := w.choice.exact, w.quantiser(p).LevelErrors8()
	var errors [16]int64
	for i := 4 * quad; i < 4*quad+4; i++ {
		b, level := lumaBlock(entropy.Block4x4, p, i), &c.res.Level[p][i&15]
		w.setContext(c, &b)
		n, s := 0, int64(0)
		for k, l := range level {
			w.choice.exact[k], errors[k] = exact[4*k+i&3], errors8[4*k+i&3]
			if l != 0 {
				n++
			}
		}
		saved -= w.bitCost(w.emptyBits(&b))
		if n > 0 {
			n, s = w.lowerLevels(level, 0, 16, b.context, n, &errors)
			saved += s
		}
		c.mb.TotalCoeff[p][macroblock.BlockRaster[i&15]] = uint8(n)
		nonzero += n
	}
	return nonzero, saved
}

// cavlcLambda weighs bits in lowerLevels: pictures to come gain from what is kept.
func (w *Worker) cavlcLambda() int64 { return w.lambda2 * 3 / 4 }

// optimiseDC optimises the DC levels of a plane, 16 of luma or 4 of chroma, whose
// coefficients stand first in w.coef. It reports whether there are levels left.
func (w *Worker) optimiseDC(c *candidate, kind entropy.BlockKind, p int) bool {
	q, t, level, count := w.quantiser(p), &w.choice, &c.res.DC[p], kind.Levels()
	nonzero := 0
	var coef [16]int16
	for i := range count {
		coef[i&15] = w.coef[i&15][0]
		if level[i&15] != 0 {
			nonzero++
		}
	}
	if nonzero == 0 || !w.f.Preset.OptimiseLevels || q.Bounded() {
		return nonzero != 0
	}
	set := q.ExactDC(&t.exact, coef[:count])
	if w.f.CABAC {
		t.costs, t.coded = w.costsOf(kind, p), entropy.CodedContextDC(&c.mb, &w.n, p)
		t.setLambda(w.lambda2)
		nonzero, _ = w.keepChosen(level, &coef, set, 0, t.scaled(&t.scales[p][2], q.DCErrors()[:]))
		return nonzero != 0
	}
	nC := -1
	if kind == entropy.BlockDC16 {
		nC = c.mb.NC(&w.n, p, 0, 0, 4)
	}
	t.setLambda(w.cavlcLambda())
	nonzero, _ = w.lowerLevels(level, 0, count, nC, nonzero, q.DCErrors())
	return nonzero != 0
}

// maxSaving bounds the bits that lowering one level can save.
const maxSaving = 16

// optimise16 optimises the blocks of a 16x16 plane, in coding order. It returns by
// how much less the blocks of each quadrant cost than one that is not coded does.
func (w *Worker) optimise16(c *candidate, kind entropy.BlockKind, p int, nonzero *[16]uint8) (saved [4]int64) {
	if !w.f.Preset.OptimiseLevels || *nonzero == [16]uint8{} {
		return saved
	}
	if w.f.CABAC {
		return w.choose16(c, kind, p, nonzero)
	}
	for quad := range saved {
		blocks := (*[4]uint8)(nonzero[4*quad:])
		if *blocks == [4]uint8{} {
			clearQuadrant(&c.mb, p, quad)
			continue
		}
		for k, n := range blocks {
			b := lumaBlock(kind, p, 4*quad+k)
			w.setContext(c, &b)
			saved[quad] -= w.bitCost(w.emptyBits(&b))
			if n != 0 {
				left, s := w.optimise(c, &b, &w.coef[b.i&15], int(n))
				blocks[k] = uint8(left)
				saved[quad] += s
			}
			c.mb.TotalCoeff[p][(b.y*4+b.x)&15] = blocks[k]
		}
	}
	return saved
}
