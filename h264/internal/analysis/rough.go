package analysis

import (
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/residual"
	"github.com/g264/g264/internal/dsp"
)

// Rough decisions take SATD and what levels gain for the cost of a macroblock: nothing
// is reconstructed before it is decided, and beside what a search finds only the
// prediction of P_Skip is coded.

// decideRough picks the coding in a P picture.
func (w *Worker) decideRough() {
	skippable := w.predictSkip(w.best)
	skip := w.best.mb.MV[0]
	near := skippable && w.isNear(skip)
	switch {
	case near:
		w.best.mb.Type = macroblock.P16x16
		left := int64(0)
		saved := w.quantiseRough(w.best, &left)
		near = left<<8 < w.lambda2*nearBits
		w.still = w.best.mb.CBP == 0
		if w.still || near && saved < w.lambda2*headBits {
			w.keepSkip(skip)
			return
		}
	case skippable && (w.f.Lossless || w.zeroResidual(&w.best.rec)):
		w.still = true
		w.keepSkip(skip)
		return
	}
	whole := w.search16()
	if w.intraMayPay(whole.cost) {
		if mode, cost := w.intra16Mode(); cost < whole.cost {
			w.codeIntra16(w.best, mode)
			return
		}
	}
	if near && whole.mb.MV[0] == skip {
		return // coded already, and better than skipped
	}
	w.predict(w.trial, &whole.mb)
	saved := w.quantiseRough(w.trial, nil)
	if skippable && (w.distortion(w.best)-w.distortion(w.trial))<<8+saved < w.lambda2*headBits {
		w.keepSkip(skip)
		return
	}
	w.keep()
}

// keepSkip makes w.best, whose rec is the prediction by the vector of P_Skip, that.
func (w *Worker) keepSkip(mv macroblock.MV) {
	w.best.mb.SetSkip(int8(w.qp), mv)
	w.best.predicted, w.best.cost = 0, 0
}

// quantiseRough chooses the levels of an inter candidate whose prediction is made. It
// returns about by how much less it costs than the prediction alone, head aside, as
// candidate.cost has it. left, unless it is nil, gets the prediction's squared error in the
// planes that are coded like luma.
func (w *Worker) quantiseRough(c *candidate, left *int64) (saved int64) {
	if w.f.Lossless {
		w.losslessInter(c)
		return mostSaved
	}
	ssd := int64(0)
	if w.f.Preset.OptimiseLevels {
		if left != nil {
			ssd = w.predictionCost(c) >> 8
		}
		saved = w.quantiseInter(c)
	} else {
		for p := range w.planes() {
			nonzero, gain, d := w.quantiser(p).Inter16Gain(&c.res.Level[p], &w.src[p], &c.rec[p])
			c.mb.CBP |= setCounts(&c.mb, p, &nonzero)
			saved += gain
			ssd += int64(d)
		}
		saved -= w.lambda2 * int64(levelBits*c.levels())
	}
	if left != nil {
		*left = ssd
	}
	if !w.f.Chroma44 {
		gain, levels := w.quantiseChroma420(c, residual.Inter)
		saved += gain - w.lambda2*int64(levelBits*levels)
	}
	w.maySkip(c)
	c.predicted, c.cost = 7, 0
	if !w.fewLevels(c) {
		c.cost = mostCost // for limitBits to look at it
	}
	return saved
}

// mostSaved and mostCost are above all others.
const mostSaved, mostCost = 1 << 60, 1 << 60

// nearBits are worth the distortion of a P_Skip from which on it is searched for
// better.
const nearBits = 500

// isNear reports whether the vector of P_Skip is about the one that the lookahead
// found: a search could hardly find one whose levels pay.
func (w *Worker) isNear(mv macroblock.MV) bool {
	if w.f.Seeds == nil {
		return true
	}
	seed := w.f.Seeds[w.y*w.f.MBW+w.x]
	dx, dy := int(mv.X)-int(seed.X), int(mv.Y)-int(seed.Y)
	return max(dx, -dx, dy, -dy) <= w.f.Preset.SkipNear
}

// intraMayPay reports whether the macroblock is flat enough, against the SATD
// cost of inter prediction, that an intra mode could cost less. The SATD of
// white noise is 25 times the root of its energy; modes leave a sixth and more.
func (w *Worker) intraMayPay(interCost int) bool {
	energy := int64(0)
	for p := range w.planes() {
		sum, squares := dsp.VarianceSums(w.src[p][:], srcStride, 16, 16)
		energy += int64(squares) - int64(sum)*int64(sum)>>8
	}
	satd := int64(interCost) >> 4
	return satd*satd > 16*energy
}

// A level takes about levelBits, a macroblock with levels headBits beside them.
const (
	levelBits = 6
	headBits  = 8
)
