package h264

import "testing"

// Each part of a picture lies at one worker, wherever the places have moved.
func TestPlacesCoverPictures(t *testing.T) {
	for _, workers := range []int{1, 2, 3, 16, 64} {
		p := newPlaces(workers)
		for round := range 500 {
			for _, n := range []int{1, 6, 45, 135} {
				for i := range n {
					found := 0
					for w := range workers {
						if p.at(w, i, n) {
							found++
						}
					}
					if found != 1 {
						t.Fatalf("%d workers, round %d: part %d of %d lies at %d", workers, round, i, n, found)
					}
				}
			}
			p.shift(round*7%workers, round*31%45, 45)
		}
	}
}

// A worker that does rows at another comes to have them, but for the last.
func TestPlacesShift(t *testing.T) {
	const rows = 45
	count := func(p *places, w int) (n int) {
		for i := range rows {
			if p.at(w, i, rows) {
				n++
			}
		}
		return n
	}
	p := newPlaces(3)
	for range 16 {
		p.shift(0, 20, rows)
	}
	if got := [3]int{count(&p, 0), count(&p, 1), count(&p, 2)}; got != [3]int{17, 13, 15} {
		t.Errorf("16 rows taken from below: %v", got)
	}
	p.shift(0, 3, rows) // its own
	for range 1000 {
		p.shift(2, 0, rows)
		p.shift(2, 22, rows)
	}
	if a, b, c := count(&p, 0), count(&p, 1), count(&p, 2); a+b+c != rows || c < rows-12 || p.ends[0] < placeLeast {
		t.Errorf("in the end %d, %d and %d rows; ends %v", a, b, c, p.ends)
	}
}
