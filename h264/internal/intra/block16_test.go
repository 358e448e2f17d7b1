package intra_test

import (
	"math/rand/v2"
	"testing"

	"github.com/g264/g264/h264/internal/intra"
	"github.com/g264/g264/h264/internal/macroblock"
)

// possibleWhole says which samples the modes of 16x16 luma and 8x8 chroma need.
func possibleWhole(p *samples, size int, vertical, horizontal, plane bool) bool {
	switch {
	case vertical:
		return p.row(0, size-1)
	case horizontal:
		return p.column(0, size-1)
	case plane:
		return p.row(-1, size-1) && p.column(0, size-1)
	}
	return true
}

// plane is predL or predC[x, y] of clauses 8.3.3.4 and 8.3.4.4 in 4:2:0: half
// is 7 and factor 5 of luma, 3 and 34 of chroma.
func plane(p func(x, y int) int, half, factor, x, y int) int {
	h, v := 0, 0
	for i := 0; i <= half; i++ {
		h += (i + 1) * (p(half+1+i, -1) - p(half-1-i, -1))
		v += (i + 1) * (p(-1, half+1+i) - p(-1, half-1-i))
	}
	last := 2*half + 1
	a := 16 * (p(-1, last) + p(last, -1))
	b, c := (factor*h+32)>>6, (factor*v+32)>>6
	return clip1((a + b*(x-half) + c*(y-half) + 16) >> 5)
}

// predict16 is predL[x, y] of clause 8.3.3.
func predict16(t testing.TB, q *samples, mode uint8, x, y int) int {
	p := func(x, y int) int { return q.at(t, x, y) }
	switch mode {
	case 0:
		return p(x, -1)
	case 1:
		return p(-1, y)
	case 3:
		return plane(p, 7, 5, x, y)
	}
	sum, n := 0, 0
	for i := range 16 {
		if q.row(0, 15) {
			sum, n = sum+p(i, -1), n+1
		}
		if q.column(0, 15) {
			sum, n = sum+p(-1, i), n+1
		}
	}
	if n == 0 {
		return 128
	}
	return (sum + n/2) / n
}

func TestLuma16(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 16))
	for _, a := range availabilities() {
		for range 60 {
			rec := randomRec(rng)
			p := neighbours(&rec, 16, a)
			var dst [4][256]uint8
			modes := intra.Luma16(&dst, &rec, a)
			checkModes(t, a, modes, 4, func(mode uint8) bool {
				return possibleWhole(&p, 16, mode == 0, mode == 1, mode == 3)
			})
			for _, mode := range modes {
				for k, got := range dst[mode] {
					if want := predict16(t, &p, mode, k%16, k/16); int(got) != want {
						t.Fatalf("%+v, mode %d: sample (%d, %d) is %d, want %d", a, mode, k%16, k/16, got, want)
					}
				}
			}
		}
	}
}

// predictChroma is predC[x, y] of clause 8.3.4 in 4:2:0.
func predictChroma(t testing.TB, q *samples, mode uint8, x, y int) int {
	p := func(x, y int) int { return q.at(t, x, y) }
	switch mode {
	case 0:
		return chromaDC(q, p, x/4*4, y/4*4)
	case 1:
		return p(-1, y)
	case 2:
		return p(x, -1)
	}
	return plane(p, 3, 34, x, y)
}

// chromaDC is clauses 8.3.4.1 to 8.3.4.3 for the 4x4 chroma block at (xO, yO).
func chromaDC(q *samples, p func(x, y int) int, xO, yO int) int {
	top, left := 0, 0
	hasTop, hasLeft := q.row(xO, xO+3), q.column(yO, yO+3)
	for i := range 4 {
		if hasTop {
			top += p(xO+i, -1)
		}
		if hasLeft {
			left += p(-1, yO+i)
		}
	}
	onlyTop, onlyLeft := (top+2)>>2, (left+2)>>2
	switch {
	case xO == yO && hasTop && hasLeft:
		return (top + left + 4) >> 3
	case xO > 0 && yO == 0 && hasTop: // above goes first
		return onlyTop
	case hasLeft:
		return onlyLeft
	case hasTop:
		return onlyTop
	}
	return 128
}

func TestChroma8(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 8))
	for _, a := range availabilities() {
		for range 100 {
			rec := randomRec(rng)
			p := neighbours(&rec, 8, a)
			var dst [4][256]uint8
			modes := intra.Chroma8(&dst, &rec, a)
			checkModes(t, a, modes, 4, func(mode uint8) bool {
				return possibleWhole(&p, 8, mode == 2, mode == 1, mode == 3)
			})
			for _, mode := range modes {
				for k := range 64 {
					x, y := k%8, k/8
					if got, want := dst[mode][y*macroblock.SrcStride+x], predictChroma(t, &p, mode, x, y); int(got) != want {
						t.Fatalf("%+v, mode %d: sample (%d, %d) is %d, want %d", a, mode, x, y, got, want)
					}
				}
			}
		}
	}
}
