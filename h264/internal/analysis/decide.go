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
	if w.f.Transform8x8 && w.codeIntra8(w.trial, allBelow(cost+cost>>2)) {
		w.keepBetter()
	}
	if w.codeIntra4(w.trial, cost+cost>>2) {
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
	if w.f.Chroma44 && cost < interCost+interCost>>3 && w.decideBlocks44(interCost, skippable) {
		if cost < w.sums4[3] {
			w.codeIntra16(w.trial, mode)
			w.keepBetter()
		}
		return true
	}
	if cost+cost>>1 >= interCost {
		return false
	}
	w.codeIntra16(w.trial, mode)
	w.keepOver(skippable)
	w.tryBlocks(interCost)
	return true
}

// decideBlocks44 is decideIntraInP for Intra 4x4 in 4:4:4, and for Intra 8x8 where that
// is near.
func (w *Worker) decideBlocks44(interCost int, skippable bool) bool {
	if !w.codeIntra4(w.trial, interCost-interCost>>2) {
		return false
	}
	w.keepOver(skippable)
	w.followIntra4(interCost)
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

// tryBlocks codes the macroblock of a P picture as Intra 4x4 and Intra 8x8 where that
// may pay, given the SATD cost of inter prediction.
func (w *Worker) tryBlocks(interCost int) {
	limit := interCost + interCost>>5
	switch {
	case w.f.Chroma44:
		w.tryBlocks44(limit)
	case w.f.Transform8x8 && !w.codeIntra8(w.trial, allBelow(limit)):
		// Nor would Intra 4x4 be coded to its end.
	default:
		if w.f.Transform8x8 {
			w.keepBetter()
		}
		if w.codeIntra4(w.trial, limit) {
			w.keepBetter()
		}
	}
}

// tryBlocks44 codes the macroblock as Intra 4x4, and as Intra 8x8 as long as its SATD
// is not much more: who asks for 4:4:4 has sharp edges in mind.
func (w *Worker) tryBlocks44(limit int) {
	if !w.codeIntra4(w.trial, limit) {
		return
	}
	w.keepBetter()
	w.followIntra4(limit)
}

// followIntra4 codes the macroblock as Intra 8x8 behind Intra 4x4.
func (w *Worker) followIntra4(limit int) {
	if !w.f.Transform8x8 {
		return
	}
	limits := w.sums4
	for quad, sum := range limits {
		limits[quad] = min(sum+sum>>3, limit)
	}
	if w.codeIntra8(w.trial, &limits) {
		w.keepBetter()
	}
}

// allBelow is one limit of SATD for the sums up to each quadrant's end.
func allBelow(limit int) *[4]int { return &[4]int{limit, limit, limit, limit} }

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
