package analysis

import (
	"github.com/g264/g264/h264/internal/entropy"
	"github.com/g264/g264/h264/internal/macroblock"
)

// optimise lowers levels of a 4x4 block where that saves more bits than it adds
// distortion (rate-distortion optimised quantisation, greedy from the highest
// frequency down). The block's levels start at position start of the scan. It
// returns the number of non-zero levels left. With CABAC chooseLevels does that.
func (w *Worker) optimise(c *candidate, b *blockAt, coef *[16]int16, nonzero int) int {
	switch {
	case nonzero == 0 || !w.f.Preset.OptimiseLevels:
		return nonzero
	case w.f.CABAC:
		return w.chooseLevels(c, b, coef)
	}
	q := w.quantiser(b.p)
	q.Exact(&w.choice.exact, coef)
	w.choice.setScale(q.LevelError(), w.cavlcLambda())
	return w.lowerLevels(&c.res.Level[b.p][b.i&15], b.start(), b.kind.Levels(), w.nC(c, b), nonzero)
}

// lowerLevels optimises count levels from start for CAVLC, which codes them as a
// block of that nC. w.choice.exact holds what they are before rounding.
func (w *Worker) lowerLevels(level *[16]int16, start, count, nC, nonzero int) int {
	t := &w.choice
	bits := entropy.BlockBits(level, start, count, nC)
	var gain int64 // of all levels
	for i := start + count - 1; i >= start; i-- {
		l := level[i&15]
		if l == 0 {
			continue
		}
		x, m, lower := int64(t.exact[i&15]), int64(max(l, -l)), l-1
		if l < 0 {
			lower = l + 1
		}
		gain += t.gain(x, m)
		lost := t.gain(x, m) - t.gain(x, m-1)
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
		gain -= lost
		if lower == 0 {
			nonzero--
		}
	}
	if nonzero > 0 && gain < int64(bits-entropy.BlockBits(&[16]int16{}, start, count, nC))<<8 {
		*level = [16]int16{}
		return 0
	}
	return nonzero
}

// lowerLevels8 optimises the four blocks that an 8x8 block is coded as with CAVLC,
// and enters their counts. It returns the number of non-zero levels left.
func (w *Worker) lowerLevels8(c *candidate, p, quad int) (nonzero int) {
	w.choice.setScale(w.quantiser(p).LevelError(), w.cavlcLambda())
	exact := w.choice.exact
	for i := 4 * quad; i < 4*quad+4; i++ {
		b, level := lumaBlock(entropy.Block4x4, p, i), &c.res.Level[p][i&15]
		n := 0
		for k, l := range level {
			w.choice.exact[k] = exact[4*k+i&3]
			if l != 0 {
				n++
			}
		}
		if n > 0 {
			n = w.lowerLevels(level, 0, 16, w.nC(c, &b), n)
		}
		c.mb.TotalCoeff[p][macroblock.BlockRaster[i&15]] = uint8(n)
		nonzero += n
	}
	return nonzero
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
		coef[i] = w.coef[i][0]
		if level[i] != 0 {
			nonzero++
		}
	}
	if nonzero == 0 || !w.f.Preset.OptimiseLevels || q.Bounded() {
		return nonzero != 0
	}
	set := q.ExactDC(&t.exact, coef[:count])
	if w.f.CABAC {
		t.costs, t.coded = w.costsOf(kind, p), entropy.CodedContextDC(&c.mb, &w.n, p)
		t.setScale(q.LevelError(), w.lambda2)
		return w.keepChosen(level, &coef, set, 0) != 0
	}
	nC := -1
	if kind == entropy.BlockDC16 {
		nC = c.mb.NC(&w.n, p, 0, 0, 4)
	}
	t.setScale(q.LevelError(), w.cavlcLambda())
	return w.lowerLevels(level, 0, count, nC, nonzero) != 0
}

// maxSaving bounds the bits that lowering one level can save.
const maxSaving = 16

// optimise16 optimises the blocks of a 16x16 plane, in coding order.
func (w *Worker) optimise16(c *candidate, kind entropy.BlockKind, p int, nonzero *[16]uint8) {
	if !w.f.Preset.OptimiseLevels {
		return
	}
	for i, r := range macroblock.BlockRaster {
		if nonzero[i] != 0 {
			b := lumaBlock(kind, p, i)
			nonzero[i] = uint8(w.optimise(c, &b, &w.coef[i], int(nonzero[i])))
		}
		c.mb.TotalCoeff[p][r] = nonzero[i]
	}
}
