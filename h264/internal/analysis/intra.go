package analysis

import (
	"github.com/g264/g264/h264/internal/entropy"
	"github.com/g264/g264/h264/internal/intra"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/residual"
	"github.com/g264/g264/internal/dsp"
)

// startIntra makes c a macroblock of an intra type.
func (w *Worker) startIntra(c *candidate, t macroblock.Type) {
	c.mb = macroblock.MB{Type: t, QP: int8(w.qp)}
	c.mb.Ref = [4]int8{-1, -1, -1, -1}
	c.predicted, c.rated = 0, false
}

// intra16Mode picks the Intra 16x16 mode by SATD and returns its cost; the
// predictions are left in w.whole.
func (w *Worker) intra16Mode() (mode uint8, cost int) {
	if !w.wholePicked {
		w.wholeMode, w.wholeCost = w.pickIntra16()
		w.wholePicked = true
	}
	return w.wholeMode, w.wholeCost
}

// pickIntra16 does what intra16Mode says.
func (w *Worker) pickIntra16() (mode uint8, cost int) {
	w.loadNeighbours()
	var modes []uint8
	var satd [3][4]int
	for p := 0; p < w.planes(); p++ {
		modes = intra.Luma16(&w.whole[p], &w.rec[p], w.avail)
		if w.f.Lossless {
			whole := &w.whole[p]
			intra.Bypass(whole[macroblock.I16Vertical][:], whole[macroblock.I16Horizontal][:], srcStride, w.src[p][:], srcStride, 16)
		}
		dsp.SATDEach(&satd[p], dsp.B16x16, w.src[p][:], srcStride, &w.whole[p])
	}
	cost = 1 << 30
	for _, m := range modes {
		c := w.lambda1*entropy.I16TypeBits(m, 15, len(w.f.Refs) > 0) + 16*(satd[0][m&3]+satd[1][m&3]+satd[2][m&3])
		if c < cost {
			mode, cost = m, c
		}
	}
	return mode, cost
}

// codeIntra16 carries out Intra 16x16 with the predictions in w.whole.
func (w *Worker) codeIntra16(c *candidate, mode uint8) {
	w.startIntra(c, macroblock.I16x16)
	c.mb.I16Mode = mode
	for p := 0; p < w.planes(); p++ {
		c.rec[p] = w.whole[p][mode&3]
		if w.f.Lossless {
			w.losslessIntra16(c, p)
			continue
		}
		q := w.quantiser(p)
		nonzero := q.Intra16(&c.res.DC[p], &c.res.Level[p], &w.coef, &w.src[p], &c.rec[p])
		w.optimiseDC(c, entropy.BlockDC16, p)
		w.optimise16(c, entropy.BlockAC16, p, &nonzero)
		q.AddIntra16(&c.rec[p], &c.res.DC[p], &c.res.Level[p], &nonzero)
		if setCounts(&c.mb, p, &nonzero) != 0 {
			c.mb.CBP |= 15
		}
	}
	w.codeIntraChroma(c)
	w.rate(c)
}

// codeIntraChroma picks the chroma mode of 4:2:0 and codes both blocks.
func (w *Worker) codeIntraChroma(c *candidate) {
	if w.f.Chroma44 {
		return
	}
	if !w.chromaPicked {
		w.chromaMode, w.chromaPicked = w.pickChromaMode(), true
	}
	c.mb.ChromaMode = w.chromaMode
	c.rec[1], c.rec[2] = w.chroma[0][w.chromaMode&3], w.chroma[1][w.chromaMode&3]
	w.codeChroma420(c, residual.Intra)
}

// pickChromaMode picks the chroma mode by SATD; the predictions are left in
// w.chroma.
func (w *Worker) pickChromaMode() (mode uint8) {
	var modes []uint8
	var satd [2][4]int
	for i := range w.chroma {
		modes = intra.Chroma8(&w.chroma[i], &w.rec[1+i], w.avail)
		if w.f.Lossless {
			whole := &w.chroma[i]
			intra.Bypass(whole[macroblock.ChromaVertical][:], whole[macroblock.ChromaHorizontal][:], srcStride, w.src[1+i][:], srcStride, 8)
		}
		dsp.SATDEach(&satd[i], dsp.B8x8, w.src[1+i][:], srcStride, &w.chroma[i])
	}
	best := 1 << 30
	for _, m := range modes {
		cost := w.lambda1*entropy.ChromaModeBits(m) + 16*(satd[0][m&3]+satd[1][m&3])
		if cost < best {
			mode, best = m, cost
		}
	}
	return mode
}

// codeIntra4 carries out Intra 4x4, block by block, and returns its SATD cost. It gives
// up, returning false, as soon as that passes limit.
func (w *Worker) codeIntra4(c *candidate, limit int) (sum int, ok bool) {
	w.startIntra(c, macroblock.I4x4)
	sum = 24 * w.lambda1 // side information beyond that of Intra 16x16
	for i, r := range macroblock.BlockRaster {
		cost, ok := w.intra4Block(c, i, int(r&3), int(r>>2), limit-sum)
		if sum += cost; !ok {
			return sum, false
		}
	}
	for p := 0; p < w.planes(); p++ {
		c.mb.CBP |= codedQuadrants(&c.mb.TotalCoeff[p])
		dsp.CopyBlock(c.rec[p][:], srcStride, w.rec[p][macroblock.RecOrigin:], macroblock.RecStride, 16, 16)
	}
	w.codeIntraChroma(c)
	w.rate(c)
	return sum, true
}

// intra4Block decides and codes 4x4 block i (coding order) of all luma-like
// planes in w.rec, and returns its SATD cost. It returns false where that is above
// limit, and doesn't code the block where every mode's is.
func (w *Worker) intra4Block(c *candidate, i, bx, by, limit int) (cost int, ok bool) {
	var modes []uint8
	for p := 0; p < w.planes(); p++ {
		modes = intra.Luma4(&w.modes[p], &w.rec[p], bx, by, w.avail)
		src := w.src[p][by*4*srcStride+bx*4:]
		if w.f.Lossless {
			all := &w.modes[p]
			intra.Bypass(all[macroblock.I4Vertical][:], all[macroblock.I4Horizontal][:], intra.Stride4, src, srcStride, 4)
		}
		dsp.SATD4x4Each(w.satd[p][:], src, srcStride, w.modes[p][:])
	}
	predicted := c.mb.I4Predictor(&w.n, bx, by)
	best := w.modeCosts(modes, predicted)
	if w.modeCost[best] > limit {
		return w.modeCost[best], false
	}
	best = w.pickIntra4(c, modes, best, i, bx, by, predicted)
	c.mb.I4Modes[by*4+bx] = modes[best]
	cost = w.modeCost[best]
	return cost, cost <= limit
}

// modeCosts sets the SATD costs of Intra 4x4 or Intra 8x8 modes of a block, and returns
// the index of the least.
func (w *Worker) modeCosts(modes []uint8, predicted uint8) (best int) {
	least := unknown
	for k, m := range modes {
		cost := 16*(w.satd[0][m&15]+w.satd[1][m&15]+w.satd[2][m&15]) + w.lambda1*entropy.I4ModeBits(m, predicted)
		w.modeCost[k&15] = cost
		if cost < least {
			least, best = cost, k&15
		}
	}
	return best
}

// pickIntra4 returns the index of the best mode, coded: by SATD, or by the
// distortion and bits of the best few. It is given that of the least SATD cost.
func (w *Worker) pickIntra4(c *candidate, modes []uint8, best, i, bx, by int, predicted uint8) int {
	trials := min(w.intraTrials(), len(modes))
	least := w.codeIntra4Block(c, modes[best], i, bx, by)
	if trials == 1 {
		return best
	}
	least += w.lambda2 * int64(entropy.I4ModeBits(modes[best], predicted))
	costs := w.modeCost[:len(modes)]
	limit := costs[best] + costs[best]>>1
	tried, coded := 1<<best, best
	for t := 1; t < trials; t++ {
		k := cheapest(costs, tried)
		if costs[k] > limit {
			break
		}
		if coded == best {
			w.saveIntra4(c, i, bx, by)
		}
		tried, coded = tried|1<<k, k
		cost := w.codeIntra4Block(c, modes[k], i, bx, by) + w.lambda2*int64(entropy.I4ModeBits(modes[k], predicted))
		if cost < least {
			least, best = cost, k
		}
	}
	if coded != best {
		w.restoreIntra4(c, i, bx, by)
	}
	return best
}

// intraTrials is how many modes are coded on trial for each block.
func (w *Worker) intraTrials() int {
	if len(w.f.Refs) > 0 {
		return w.f.Preset.Intra4RDInP
	}
	return w.f.Preset.Intra4RD
}

// cheapest returns the index of the least cost whose bit in tried is not set.
func cheapest(costs []int, tried int) int {
	best, least := -1, 0
	for k, c := range costs {
		if tried>>k&1 == 0 && (best < 0 || c < least) {
			best, least = k, c
		}
	}
	return best
}

// codeIntra4Block codes 4x4 block i with the mode's prediction in w.modes. It
// returns the cost of its distortion and levels, if that is to be compared.
func (w *Worker) codeIntra4Block(c *candidate, mode uint8, i, bx, by int) (cost int64) {
	trials := w.intraTrials()
	for p := 0; p < w.planes(); p++ {
		src, rec := w.src[p][by*4*srcStride+bx*4:], w.rec[p][macroblock.RecAt(bx*4, by*4):]
		b := lumaBlock(entropy.Block4x4, p, i)
		if w.f.Lossless {
			c.mb.TotalCoeff[p][by*4+bx] = residual.Bypass4(&c.res.Level[p][i], src, srcStride, w.modes[p][mode][:], intra.Stride4)
			dsp.CopyBlock(rec, macroblock.RecStride, src, srcStride, 4, 4)
		} else {
			w.quantiseIntra4(c, &b, src, rec, &w.modes[p][mode])
		}
		if trials > 1 {
			w.setContext(c, &b)
			cost += int64(dsp.SSD(dsp.B4x4, src, srcStride, rec, macroblock.RecStride))<<8 + w.bitCost(w.blockBits(c, &b))
		}
	}
	return cost
}

// quantiseIntra4 codes a 4x4 block over its prediction into rec.
func (w *Worker) quantiseIntra4(c *candidate, b *blockAt, src, rec []uint8, pred *[16]uint8) {
	q, level, coef := w.quantiser(b.p), &c.res.Level[b.p][b.i&15], &w.coef[0]
	dsp.ForwardDCT4x4(coef, src, srcStride, pred[:], intra.Stride4)
	dsp.Put4x4(rec, macroblock.RecStride, pred)
	n := q.Quantise(level, coef, residual.Intra)
	if n != 0 && w.f.Preset.OptimiseLevels {
		w.setContext(c, b)
		n, _ = w.optimise(c, b, coef, n)
	}
	if n > 0 {
		q.Add(rec, macroblock.RecStride, level)
	}
	c.mb.TotalCoeff[b.p][b.y*4+b.x] = uint8(n)
}

// coded4 is a coded 4x4 block, set aside while others are tried.
type coded4 struct {
	rec   [3][16]uint8
	level [3][16]int16
	count [3]uint8
}

func (w *Worker) saveIntra4(c *candidate, i, bx, by int) {
	s := &w.saved4
	for p := 0; p < w.planes(); p++ {
		dsp.CopyBlock(s.rec[p][:], 4, w.rec[p][macroblock.RecAt(bx*4, by*4):], macroblock.RecStride, 4, 4)
		s.level[p], s.count[p] = c.res.Level[p][i], c.mb.TotalCoeff[p][by*4+bx]
	}
}

func (w *Worker) restoreIntra4(c *candidate, i, bx, by int) {
	s := &w.saved4
	for p := 0; p < w.planes(); p++ {
		dsp.Put4x4(w.rec[p][macroblock.RecAt(bx*4, by*4):], macroblock.RecStride, &s.rec[p])
		c.res.Level[p][i], c.mb.TotalCoeff[p][by*4+bx] = s.level[p], s.count[p]
	}
}
