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
	return w.lowerLevels(c, b, coef, nonzero)
}

// lowerLevels optimises for CAVLC.
func (w *Worker) lowerLevels(c *candidate, at *blockAt, coef *[16]int16, nonzero int) int {
	q, level, start, nC := w.quantiser(at.p), &c.res.Level[at.p][at.i&15], at.start(), w.nC(c, at)
	size := 16 - start
	lambda := w.lambda2 / 2 // pictures to come gain from what is kept
	bits := entropy.BlockBits(level, start, size, nC)
	var zeroing int64 // what zeroing the whole block adds in distortion
	for i := 15; i >= start; i-- {
		l := level[i]
		if l == 0 {
			continue
		}
		x := coef[i]
		now := q.Error(i, x, l)
		zeroing += q.Error(i, x, 0) - now
		lower := l - 1
		if l < 0 {
			lower = l + 1
		}
		level[i] = lower
		added := q.Error(i, x, lower) - now
		if added > lambda*maxSaving {
			level[i] = l
			continue
		}
		b := entropy.BlockBits(level, start, size, nC)
		if added >= lambda*int64(bits-b) {
			level[i] = l
			continue
		}
		bits = b
		zeroing -= added
		if lower == 0 {
			nonzero--
		}
	}
	if nonzero > 0 && zeroing < lambda*int64(bits-entropy.BlockBits(&[16]int16{}, start, size, nC)) {
		*level = [16]int16{}
		return 0
	}
	return nonzero
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
