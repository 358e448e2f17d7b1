package main

// places are the parts of pictures that lie at workers, as h264 has them: where each
// ends, in equal parts.
type places []float64

// newPlaces makes equal places.
func newPlaces(workers int) (p places) {
	for w := range workers {
		p = append(p, float64(w+1))
	}
	return p
}

// at reports whether the i-th of n parts of a picture lies at a worker.
func (p places) at(worker, i, n int) bool {
	if worker == nowhere {
		return true
	}
	first := 0.0
	if worker > 0 {
		first = p[worker-1]
	}
	middle := (float64(i) + 0.5) / float64(n) * float64(len(p))
	return middle >= first && middle < p[worker]
}

// shift moves the places of workers when one decides the i-th of n rows: h264/places.go
// has the rule.
func (p places) shift(worker, i, n int) {
	if p.at(worker, i, n) {
		return
	}
	other := 0
	for !p.at(other, i, n) {
		other++
	}
	first, step := 0.0, float64(len(p))/float64(n)/8
	if other > 0 {
		first = p[other-1]
	}
	if p[other]-first-step < 1./8 {
		return
	}
	for k := worker; k < other; k++ {
		p[k] += step
	}
	for k := other; k < worker; k++ {
		p[k] -= step
	}
}
