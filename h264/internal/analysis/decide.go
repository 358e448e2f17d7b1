package analysis

import "github.com/g264/g264/h264/internal/macroblock"

// decide leaves the macroblock's coding in w.best.
func (w *Worker) decide() {
	switch {
	case len(w.f.Refs) == 0:
		w.decideIntra()
	case w.f.Preset.Rough:
		w.decideRough()
	default:
		w.decideInter()
	}
	w.limitBits()
	w.reconstruct(w.best)
}

// decideIntra picks the coding in an I picture.
func (w *Worker) decideIntra() {
	mode, cost := w.intra16Mode()
	w.codeIntra16(w.best, mode)
	if w.f.Transform8x8 && w.codeIntra8(w.trial, cost+cost>>2) {
		w.keepBetter()
	}
	if _, ok := w.codeIntra4(w.trial, cost+cost>>2); ok {
		w.keepBetter()
	}
}

// decideInter picks the coding in a P picture.
func (w *Worker) decideInter() {
	skippable, certain := w.skip(w.best)
	if certain {
		w.best.cost = 0
		return
	}
	coded := false
	if skippable {
		w.rate(w.best)
		if coded = w.codeSkip(); coded && w.trial.mb.CBP == 0 {
			return
		}
	}
	best := w.search16()
	if best.cost >= w.worth(w.f.Preset.DivideAbove) {
		if w.decideIntraInP(best.cost, skippable) {
			return
		}
		best = w.divide(&best)
	}
	coded = coded && w.trial.mb.Type == macroblock.P16x16 // still
	if !coded || best.mb.Type != macroblock.P16x16 || best.mb.Ref[0] != 0 || best.mb.MV[0] != w.trial.mb.MV[0] {
		w.codeInter(w.trial, &best.mb)
	}
	// Without luma residual there is nothing for a better prediction to save.
	done := w.trial.mb.CBP&15 == 0
	w.keepOver(skippable)
	if done {
		return
	}
	w.tryTransform8()
	w.tryIntra(best.cost)
}

// keepOver keeps the trial candidate, if it costs less than the best one where there
// is one.
func (w *Worker) keepOver(best bool) {
	if !best || w.trial.cost < w.best.cost {
		w.keep()
	}
}

// decideIntraInP picks the coding where the SATD of an intra type is so far below the
// cost of inter prediction, undivided, that nothing else wins but the P_Skip in w.best,
// if there is one. It reports whether that was so.
func (w *Worker) decideIntraInP(interCost int, skippable bool) bool {
	if w.f.Lossless {
		return false
	}
	mode, cost := w.intra16Mode()
	if w.f.Chroma44 && cost < interCost+interCost>>3 {
		if cost4, ok := w.codeIntra4(w.trial, interCost-interCost>>2); ok {
			w.keepOver(skippable)
			if cost < cost4 {
				w.codeIntra16(w.trial, mode)
				w.keepBetter()
			}
			return true
		}
	}
	if cost+cost>>1 >= interCost {
		return false
	}
	w.codeIntra16(w.trial, mode)
	w.keepOver(skippable)
	w.tryBlocks(interCost)
	return true
}

// codeSkip codes a residual over the prediction of the P_Skip in w.best, if its
// vector is the one that the lookahead found.
func (w *Worker) codeSkip() bool {
	if w.f.Lossless || w.f.Seeds == nil || w.f.Seeds[w.y*w.f.MBW+w.x] != w.best.mb.MV[0] {
		return false
	}
	w.trial.mb, w.trial.rec = w.best.mb, w.best.rec
	w.trial.mb.Type = macroblock.P16x16
	w.codePredicted(w.trial)
	return true
}

// tryIntra codes the macroblock as intra where that may pay, given the SATD
// cost of inter prediction.
func (w *Worker) tryIntra(interCost int) {
	if w.f.Lossless {
		interCost = losslessInterCost
	}
	mode, cost := w.intra16Mode()
	least := cost
	if w.f.Chroma44 {
		least += cost >> 2 // it hardly ever wins with more
	}
	if least < interCost {
		w.codeIntra16(w.trial, mode)
		w.keepBetter()
	}
	if cost < interCost+interCost>>1 {
		w.tryBlocks(interCost)
	}
}

// tryBlocks codes the macroblock of a P picture as Intra 8x8 and Intra 4x4 where that
// may pay, given the SATD cost of inter prediction. In 4:4:4 it does without Intra 8x8:
// who asks for 4:4:4 has sharp edges in mind.
func (w *Worker) tryBlocks(interCost int) {
	limit := interCost + interCost>>5
	if w.f.Transform8x8 && !w.f.Chroma44 {
		if !w.codeIntra8(w.trial, limit) {
			return // nor would Intra 4x4 be coded to its end
		}
		w.keepBetter()
	}
	if _, ok := w.codeIntra4(w.trial, limit); ok {
		w.keepBetter()
	}
}

// limitBits replaces a candidate that costs more than its samples by I_PCM. A
// macroblock never exceeds the standard's size then: I_PCM has fewer bits than
// that, and no distortion.
func (w *Worker) limitBits() {
	most := w.f.RawMbBits
	// An estimate is the small difference of two errors where QP is fine.
	certain := w.best.predicted == 0 || w.qp >= 18 || w.fewLevels(w.best)
	if certain && w.best.cost < w.lambda2*int64(most-most/4) {
		return
	}
	w.reconstruct(w.best)
	w.rate(w.best)
	if w.f.CABAC {
		most -= most / 16 // states can be others
	}
	if w.best.cost < w.lambda2*int64(most) {
		return
	}
	w.codePCM(w.trial)
	w.keepBetter()
}
