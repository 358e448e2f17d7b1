package analysis

import "github.com/g264/g264/h264/internal/macroblock"

// Settled macroblocks became P_Skip without a vector before, when the first reference had
// the same samples in their place and the source was the same. Most of a screen is settled
// most of the time: it is skipped again, and nothing of its samples is read.

// allSettled reports whether each of macroblocks [first, end) is settled, at some QP. The
// condition is written out here as in settled: bounds are checked once.
func (f *Frame) allSettled(first, end int) bool {
	if len(f.Refs) == 0 {
		return false
	}
	ref, sources := f.Refs[0], f.Src.Versions[first:end]
	settled, versions := ref.Settled[first:][:len(sources)], ref.Versions[first:][:len(sources)]
	for i, v := range sources {
		// What the filter has changed since is to be compared anew.
		if !v.Is(settled[i]) || versions[i] == ref.Version {
			return false
		}
	}
	return true
}

// settled reports whether macroblock i is settled, at some QP. There must be a reference.
func (f *Frame) settled(i int) bool {
	ref := f.Refs[0]
	return f.Src.Versions[i].Is(ref.Settled[i]) && ref.Versions[i] != ref.Version
}

// passSettled makes macroblocks from x on, up to the end, what they would become one by
// one, as long as each is settled, follows a P_Skip without a vector, so that it is one
// too (clause 8.4.1.1), and has its samples already. It returns the first that isn't so.
func (w *Worker) passSettled(x, end int) int {
	f := w.f
	if x < Lag || len(f.Refs) == 0 || f.Weights != nil || f.Lossless {
		return x
	}
	ref, rec, row := f.Refs[0], f.Rec, w.y*f.MBW
	if !f.settled(row+x) || !f.takenOver(&rec.MBs[row+x-1]) {
		return x
	}
	first := x
	for ; x < end; x++ {
		i := row + x
		if !f.settled(i) || !ref.Versions[i].Is(rec.Versions[i]) {
			break
		}
		qp := f.qp(i)
		if qp < int(ref.SettledQP[i]) {
			break
		}
		mb := &rec.MBs[i]
		if !f.takenOver(mb) { // as it was in a picture before
			mb.SetSkip(0, macroblock.MV{})
		}
		mb.QP = int8(qp)
		rec.Motion[i] = macroblock.MV{}
		rec.Settled[i], rec.SettledQP[i] = ref.Settled[i], ref.SettledQP[i]
		if f.CABAC && x%f.Preset.LearnEvery == 0 {
			w.n = Neighbours(rec.MBs, f.MBW, x, w.y)
			w.cabac.Learn(mb, &w.n, nil)
		}
		if x%costAge == 0 {
			w.costsKnown = 0
		}
	}
	if x > first {
		w.still = true
	}
	return x
}
