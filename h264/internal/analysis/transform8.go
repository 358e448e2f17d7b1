package analysis

import (
	mathbits "math/bits"

	"github.com/g264/g264/h264/internal/entropy"
	"github.com/g264/g264/h264/internal/intra"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/residual"
	"github.com/g264/g264/internal/dsp"
)

// tryTransform8 codes the best candidate again with the 8x8 transform, if it is
// an inter macroblock that may have it.
func (w *Worker) tryTransform8() {
	mb := &w.best.mb
	if !w.f.Transform8x8 || mb.Transform8x8 || !mb.ChoosesTransform() {
		return
	}
	if w.codeInter8(w.trial, w.best) {
		w.keepBetter()
	}
}

// clearlyBits are worth what one transform must be ahead for the other not to catch up.
const clearlyBits = 10

// codeInter8 codes inter macroblock `from`, which is not reconstructed, with the 8x8
// transform. 4:2:0 chroma stays what it is. It gives up, returning false, where the
// quadrants so far have cost clearly more.
func (w *Worker) codeInter8(c, from *candidate) bool {
	c.mb, c.rec, c.chroma, c.predicted = from.mb, from.rec, from.chroma, from.predicted
	if !w.f.Chroma44 {
		for p := 1; p < 3; p++ {
			c.res.DC[p] = from.res.DC[p]
			copy(c.res.Level[p][:4], from.res.Level[p][:4])
		}
	}
	c.mb.Transform8x8 = true
	c.mb.CBP &^= 15
	cost := w.predictionCost(c)
	for p := 0; p < w.planes(); p++ {
		residual.Transform8x8(&w.coef8[p], &w.src[p], &c.rec[p])
	}
	lead := clearlyBits * w.lambda2
	for quad, less := range from.saved {
		if saved, coded := w.codeQuadrant8(c, quad); coded {
			c.mb.CBP |= 1 << quad
			cost -= saved
			lead += saved
		}
		if lead -= less; lead < 0 {
			return false
		}
	}
	if c.mb.CBP&15 == 0 {
		c.mb.Transform8x8 = false
	}
	c.cost = cost + c.chroma + w.bitCost(w.headBits(c))
	return true
}

// codeQuadrant8 chooses the levels of the 8x8 blocks of a quadrant over the
// prediction in c.rec. It returns by how much less they cost than without them, and
// whether there is something that is worth its bits.
func (w *Worker) codeQuadrant8(c *candidate, quad int) (saved int64, coded bool) {
	total := 0
	for p := 0; p < w.planes(); p++ {
		n, s := w.levels8(c, p, quad, &w.coef8[p][quad], residual.Inter)
		setCount8(&c.mb, p, quad, n, w.f.CABAC, &c.res)
		total += n
		saved += s
	}
	if total == 0 {
		return 0, false
	}
	if saved > 0 {
		return saved, true
	}
	for p := 0; p < w.planes(); p++ {
		setCount8(&c.mb, p, quad, 0, true, &c.res)
	}
	return 0, false
}

// levels8 sets the levels of the 8x8 block of a quadrant. It returns the number of
// those that are not zero and, where it weighed them, by how much less the block
// costs than one that is not coded.
func (w *Worker) levels8(c *candidate, p, quad int, coef *[64]int16, kind int) (nonzero int, saved int64) {
	q, level := w.quantiser(p), (*[4][16]int16)(c.res.Level[p][4*quad:])
	n := q.Quantise8x8(level, coef, kind)
	if !w.f.CABAC {
		limitLevels(level)
	}
	if n == 0 || !w.f.Preset.OptimiseLevels {
		return n, 0
	}
	t := &w.choice
	var scanned [64]int16
	set := q.Exact8x8(&t.exact, &scanned, coef)
	if !w.f.CABAC {
		return w.lowerLevels8(c, p, quad)
	}
	t.costs, t.coded = w.costsOf(entropy.Block8x8, p), entropy.CodedContext8(&c.mb, &w.n, p, quad)
	t.setLambda(w.lambda2)
	set, saved = t.run(set, 0, t.scaled(&t.scales[p][1], q.LevelErrors8()[:]))
	var chosen [64]int16
	for ; set != 0; set &= set - 1 {
		at := mathbits.TrailingZeros64(set) & 63
		chosen[at] = signed(t.magnitude[at], scanned[at])
	}
	empty := int(t.costs.Coded[t.coded&3][0])
	return q.Keep8x8(level, &chosen), w.lambda2*saved>>8 - w.bitCost(empty)
}

// limitLevels keeps levels within what CAVLC may code in every profile, which
// those of the finest quantisers can exceed.
func limitLevels(level *[4][16]int16) {
	for i := range level {
		for k, l := range level[i] {
			level[i][k] = min(max(l, -macroblock.MaxLevel), macroblock.MaxLevel)
		}
	}
}

// setCount8 enters the non-zero counts of an 8x8 block: all n in each entry, or
// those that CAVLC puts in each of four blocks.
func setCount8(mb *macroblock.MB, p, quad, n int, whole bool, res *macroblock.Residual) {
	counts, at := &mb.TotalCoeff[p], firstCount(quad)
	for i, o := range [4]int{0, 1, 4, 5} {
		k := n
		if !whole {
			k = 0
			for _, l := range res.Level[p][4*quad+i] {
				if l != 0 {
					k++
				}
			}
		}
		counts[at+o] = uint8(k)
	}
}

// block8Bits returns what the levels of the 8x8 block of a quadrant take.
func (w *Worker) block8Bits(c *candidate, p, quad int) int {
	if w.f.CABAC {
		level := (*[4][16]int16)(c.res.Level[p][4*quad:])
		return w.costsOf(entropy.Block8x8, p).Block8(level, entropy.CodedContext8(&c.mb, &w.n, p, quad))
	}
	bits := 0
	for i := 4 * quad; i < 4*quad+4; i++ {
		b := lumaBlock(entropy.Block4x4, p, i)
		w.setContext(c, &b)
		bits += w.blockBits(c, &b)
	}
	return bits
}

// codeIntra8 carries out Intra 8x8, block by block. It gives up, returning
// false, as soon as the sum of SATD costs passes limit.
func (w *Worker) codeIntra8(c *candidate, limit int) bool {
	w.startIntra(c, macroblock.I4x4)
	c.mb.Transform8x8 = true
	sum := 8 * w.lambda1 // side information beyond that of Intra 16x16
	for quad := range 4 {
		cost, ok := w.intra8Block(c, quad, limit-sum)
		if sum += cost; !ok {
			return false
		}
	}
	for p := 0; p < w.planes(); p++ {
		dsp.CopyBlock(c.rec[p][:], srcStride, w.rec[p][macroblock.RecOrigin:], macroblock.RecStride, 16, 16)
	}
	w.codeIntraChroma(c)
	w.rate(c)
	return true
}

// intra8Block decides and codes the 8x8 block of a quadrant of all luma-like
// planes in w.rec, and returns its SATD cost. It returns false where that is above
// limit, and doesn't code the block where every mode's is.
func (w *Worker) intra8Block(c *candidate, quad, limit int) (cost int, ok bool) {
	x, y := quad&1*8, quad>>1*8
	var modes []uint8
	for p := range w.planes() {
		modes = intra.Luma8(&w.modes8[p], &w.rec[p], quad, w.avail)
		dsp.SATD8x8Each(w.satd[p][:], w.src[p][y*srcStride+x:], srcStride, w.modes8[p][:])
	}
	predicted := c.mb.I4Predictor(&w.n, x/4, y/4)
	best := w.modeCosts(modes, predicted)
	if w.modeCost[best] > limit {
		return w.modeCost[best], false
	}
	best = w.pickIntra8(c, modes, best, quad, predicted)
	mode := modes[best]
	for _, o := range [4]int{0, 1, 4, 5} {
		c.mb.I4Modes[(y+x/4+o)&15] = mode
	}
	cost = w.modeCost[best]
	return cost, cost <= limit
}

// pickIntra8 is pickIntra4 for the 8x8 block of a quadrant.
func (w *Worker) pickIntra8(c *candidate, modes []uint8, best, quad int, predicted uint8) int {
	costs := w.modeCost[:len(modes)]
	modeCost := func(k int) int64 { return w.lambda2 * int64(entropy.I4ModeBits(modes[k], predicted)) }
	least := w.codeIntra8Block(c, modes[best], quad) + modeCost(best)
	limit := costs[best] + costs[best]>>2
	tried, coded := 1<<best, best
	for t := 1; t < min(w.intraTrials(), len(modes)); t++ {
		k := cheapest(costs, tried)
		if costs[k] > limit {
			break
		}
		tried, coded = tried|1<<k, k
		if cost := w.codeIntra8Block(c, modes[k], quad) + modeCost(k); cost < least {
			least, best = cost, k
		}
	}
	if coded != best {
		w.codeIntra8Block(c, modes[best], quad)
	}
	return best
}

// codeIntra8Block codes the 8x8 block of a quadrant with the mode's prediction in
// w.modes8. It returns the cost of its distortion and levels, if that is to be
// compared.
func (w *Worker) codeIntra8Block(c *candidate, mode uint8, quad int) (cost int64) {
	x, y := quad&1*8, quad>>1*8
	c.mb.CBP &^= 1 << quad
	for p := 0; p < w.planes(); p++ {
		src, rec := w.src[p][y*srcStride+x:], w.rec[p][macroblock.RecAt(x, y):]
		dsp.CopyBlock(rec, macroblock.RecStride, w.modes8[p][mode][:], intra.Stride8, 8, 8)
		coef := &w.coef8[p][quad]
		dsp.ForwardDCT8x8(coef, src, srcStride, rec, macroblock.RecStride)
		n, _ := w.levels8(c, p, quad, coef, residual.Intra)
		setCount8(&c.mb, p, quad, n, w.f.CABAC, &c.res)
		if n > 0 {
			c.mb.CBP |= 1 << quad
			w.quantiser(p).Add8x8(rec, macroblock.RecStride, (*[4][16]int16)(c.res.Level[p][4*quad:]))
		}
		if w.intraTrials() > 1 {
			cost += int64(dsp.SSD(dsp.B8x8, src, srcStride, rec, macroblock.RecStride))<<8 + w.bitCost(w.block8Bits(c, p, quad))
		}
	}
	return cost
}
