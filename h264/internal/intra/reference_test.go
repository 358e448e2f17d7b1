package intra_test

import (
	"math/rand/v2"
	"testing"

	"github.com/g264/g264/h264/internal/intra"
	"github.com/g264/g264/h264/internal/macroblock"
)

// samples are the neighbouring samples p[x, y] of a block, by the standard's
// coordinates; -1 marks those "not available for prediction".
type samples struct {
	above [17]int // x from -1
	left  [17]int // y from -1; the corner is in above
}

func noSamples() (p samples) {
	for i := range p.above {
		p.above[i], p.left[i] = -1, -1
	}
	return p
}

func (p *samples) place(x, y int) *int {
	if y < 0 {
		return &p.above[x+1]
	}
	return &p.left[y+1]
}

func (p *samples) has(x, y int) bool { return *p.place(x, y) >= 0 }

// at returns p[x, y], which a formula may use only where it is available.
func (p *samples) at(t testing.TB, x, y int) int {
	v := *p.place(x, y)
	if v < 0 {
		t.Fatalf("the reference reads p[%d, %d], which isn't available", x, y)
	}
	return v
}

// row and column say whether all samples above and to the left are available.
func (p *samples) row(from, to int) bool {
	for x := from; x <= to; x++ {
		if !p.has(x, -1) {
			return false
		}
	}
	return true
}

func (p *samples) column(from, to int) bool {
	for y := from; y <= to; y++ {
		if !p.has(-1, y) {
			return false
		}
	}
	return true
}

func clip1(v int) int { return min(max(v, 0), 255) }

// randomRec is a workspace of random samples, in part of only the extremes.
func randomRec(rng *rand.Rand) (rec macroblock.Rec) {
	extreme := rng.IntN(3) == 0
	for i := range rec {
		rec[i] = uint8(rng.IntN(256))
		if extreme {
			rec[i] = uint8(rng.IntN(2) * 255)
		}
	}
	return rec
}

// availabilities are all combinations of neighbouring macroblocks.
func availabilities() (list []intra.Available) {
	for i := range 16 {
		list = append(list, intra.Available{Left: i&1 != 0, Top: i&2 != 0, TopLeft: i&4 != 0, TopRight: i&8 != 0})
	}
	return list
}

// inPicture reports whether a macroblock of a picture with one slice can have
// these neighbours.
func inPicture(a intra.Available) bool {
	return a.TopLeft == (a.Left && a.Top) && (!a.TopRight || a.Top)
}

// neighbours are the samples around a macroblock of size x size samples.
func neighbours(rec *macroblock.Rec, size int, a intra.Available) samples {
	p := noSamples()
	set := func(x, y int) { *p.place(x, y) = int(rec[macroblock.RecAt(x, y)]) }
	for i := range size {
		if a.Left {
			set(-1, i)
		}
		if a.Top {
			set(i, -1)
		}
	}
	if a.TopLeft {
		set(-1, -1)
	}
	return p
}

// checkModes checks a list of permitted modes: each must be possible with the
// available samples, and in a picture with one slice all possible ones must be
// there.
func checkModes(t *testing.T, a intra.Available, got []uint8, modes int, possible func(mode uint8) bool) {
	t.Helper()
	listed := map[uint8]bool{}
	for _, m := range got {
		if int(m) >= modes || listed[m] || !possible(m) {
			t.Errorf("%+v: modes %v: %d is impossible or there twice", a, got, m)
		}
		listed[m] = true
	}
	for m := range uint8(modes) {
		if inPicture(a) && possible(m) && !listed[m] {
			t.Errorf("%+v: modes %v lack %d", a, got, m)
		}
	}
}
