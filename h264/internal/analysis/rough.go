package analysis

import "github.com/g264/g264/internal/dsp"

// Rough decisions take SATD and the number of levels for the cost of a
// macroblock: nothing is coded twice, and no bits are counted.

// decideRough picks the coding in a P picture.
func (w *Worker) decideRough() {
	skippable := w.predictSkip(w.trial)
	var left int64 // distortion of P_Skip
	early := false
	if skippable {
		left = w.distortion(w.trial)
		early = left<<8 < w.lambda2*nearBits && w.skipIsNear()
		if !early && (left == 0 || w.zeroResidual(&w.trial.rec)) {
			w.keepSkip()
			return
		}
	}
	if early {
		w.codeOver(w.best, w.trial)
		if w.best.mb.CBP == 0 {
			return
		}
		if w.skipPays(left) {
			w.keepSkip()
			return
		}
	}
	whole := w.search16()
	if w.intraMayPay(whole.cost) {
		if mode, cost := w.intra16Mode(); cost < whole.cost {
			w.codeIntra16(w.best, mode)
			return
		}
	}
	if early && whole.mb.MV[0] == w.trial.mb.MV[0] {
		return // coded already, and better than skipped
	}
	w.codeInter(w.best, &whole.mb)
	if skippable && w.skipPays(left) {
		w.keepSkip()
	}
}

// keepSkip takes the P_Skip in w.trial.
func (w *Worker) keepSkip() {
	w.keep()
	w.best.cost = 0
}

// nearBits are worth the distortion of a P_Skip from which on it is searched for
// better.
const nearBits = 500

// skipIsNear reports whether the vector of the P_Skip in w.trial is about the one
// that the lookahead found: a search could hardly find one whose levels pay.
func (w *Worker) skipIsNear() bool {
	if w.f.Seeds == nil {
		return true
	}
	mv, seed := w.trial.mb.MV[0], w.f.Seeds[w.y*w.f.MBW+w.x]
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

// skipPays reports whether the P_Skip in w.trial, of that distortion, costs less
// than the inter macroblock in w.best.
func (w *Worker) skipPays(distortion int64) bool {
	levels := w.best.levels()
	if levels > 16 {
		return false
	}
	saved := w.lambda2 * int64(headBits+levelBits*levels)
	return (distortion-w.distortion(w.best))<<8 < saved
}
