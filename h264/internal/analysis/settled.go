package analysis

// Settled macroblocks became P_Skip without a vector before, when the first reference had
// the same samples in their place and the source was the same. Most of a screen is settled
// most of the time: it is skipped again, and nothing of its samples is read.

// allSettled reports whether each of macroblocks [first, end) is settled, at some QP. The
// condition is written out here and in passable as in settled: bounds are checked once.
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
	if !f.takenOver(row + x - 1) {
		return x
	}
	i, after := row+x, f.passable(row+x, row+end)
	if i == after {
		return x
	}
	for k := i + rec.UnmovedRun(i, after); k < after; k += rec.UnmovedRun(k, after) {
		rec.SetUnmoved(k) // others are, from a picture before
	}
	clear(rec.Motion[i:after])
	copy(rec.Settled[i:after], ref.Settled[i:after])
	copy(rec.SettledQP[i:after], ref.SettledQP[i:after])
	for end = after - row; x < end; x++ {
		if f.CABAC && x%f.Preset.LearnEvery == 0 {
			w.n = Neighbours(rec.MBs, f.MBW, x, w.y)
			w.cabac.Learn(&rec.MBs[row+x], &w.n, nil)
		}
		if x%costAge == 0 {
			w.costsKnown = 0
		}
	}
	w.still = true
	return end
}

// passable is the first of macroblocks [first, end) that isn't settled at its QP, or whose
// samples the picture doesn't have already.
func (f *Frame) passable(first, end int) int {
	ref, offsets := f.Refs[0], f.Offsets[first:end]
	sources, settled := f.Src.Versions[first:][:len(offsets)], ref.Settled[first:][:len(offsets)]
	versions, held := ref.Versions[first:][:len(offsets)], f.Rec.Versions[first:][:len(offsets)]
	qps := ref.SettledQP[first:][:len(offsets)]
	for i, offset := range offsets {
		// What the filter has changed in the reference no other picture has.
		if !sources[i].Is(settled[i]) || !versions[i].Is(held[i]) || f.qp(offset) < int(qps[i]) {
			return first + i
		}
	}
	return end
}
