package h264

// places are the parts of each picture, from the top, that lie at the workers, in
// their order: a worker's processor has the samples there in its caches from the
// pictures before. What it writes there no other has to give up first.
type places struct {
	ends []int // in 1/placeUnit of what would be an equal part
}

const (
	placeUnit  = 1024
	placeLeast = placeUnit / 8
)

// newPlaces makes equal places.
func newPlaces(workers int) places {
	p := places{ends: make([]int, workers)}
	for w := range p.ends {
		p.ends[w] = (w + 1) * placeUnit
	}
	return p
}

// bounds are where the place of a worker begins and ends.
func (p *places) bounds(w int) (first, end int) {
	if w > 0 {
		first = p.ends[w-1]
	}
	return first, p.ends[w]
}

// at reports whether the i-th of n parts of a picture lies at a worker: its middle
// does.
func (p *places) at(w, i, n int) bool {
	first, end := p.bounds(w)
	middle := (2*i + 1) * len(p.ends) * placeUnit
	return middle >= 2*n*first && middle < 2*n*end
}

// shift has a worker that had nothing to do but the i-th of n rows, which may lie at
// another, have a little more from now on, and that one less: so rows come to lie
// where they are done.
func (p *places) shift(w, i, n int) {
	if p.at(w, i, n) {
		return
	}
	other := 0
	for !p.at(other, i, n) {
		other++
	}
	step := max(len(p.ends)*placeUnit/n/8, 1) // of a row
	if first, end := p.bounds(other); end-first-step < placeLeast {
		return
	}
	for k := w; k < other; k++ {
		p.ends[k] += step
	}
	for k := other; k < w; k++ {
		p.ends[k] -= step
	}
}
