package intra_test

import (
	"math/rand/v2"
	"testing"

	"github.com/g264/g264/h264/internal/intra"
	"github.com/g264/g264/h264/internal/macroblock"
)

// blkIdxAt is luma4x4BlkIdx of the block that covers sample (x, y) of a
// macroblock (clause 6.4.13.1).
func blkIdxAt(x, y int) int { return 8*(y/8) + 4*(x/8) + 2*(y%8/4) + x%8/4 }

// neighbours4 are the 13 neighbouring samples of the 4x4 block at (xO, yO), as
// clause 8.3.1.2 makes them available.
func neighbours4(rec *macroblock.Rec, xO, yO int, a intra.Available) samples {
	p := noSamples()
	blkIdx := blkIdxAt(xO, yO)
	for i := range 13 {
		x, y := -1, i-1
		if i > 4 {
			x, y = i-5, -1
		}
		xN, yN := xO+x, yO+y
		available := false
		switch { // table 6-3
		case xN < 0 && yN < 0:
			available = a.TopLeft
		case xN < 0:
			available = a.Left
		case xN <= 15 && yN < 0:
			available = a.Top
		case xN <= 15:
			available = blkIdxAt(xN, yN) < blkIdx
		case yN < 0:
			available = a.TopRight
		}
		if x > 3 && (blkIdx == 3 || blkIdx == 11) {
			available = false
		}
		if available {
			*p.place(x, y) = int(rec[macroblock.RecAt(xN, yN)])
		}
	}
	if !p.row(4, 7) && p.row(0, 3) {
		for x := 4; x <= 7; x++ {
			*p.place(x, -1) = *p.place(3, -1)
		}
	}
	return p
}

// possible4 says which samples each mode needs (clauses 8.3.1.2.1 to 8.3.1.2.9).
func possible4(p *samples, mode uint8) bool {
	switch mode {
	case 0:
		return p.row(0, 3)
	case 1, 8:
		return p.column(0, 3)
	case 2:
		return true
	case 3, 7:
		return p.row(0, 7)
	}
	return p.row(-1, 3) && p.column(0, 3)
}

// predict4 is pred4x4L[x, y] in the words of clauses 8.3.1.2.1 to 8.3.1.2.9.
func predict4(t testing.TB, q *samples, mode uint8, x, y int) int {
	p := func(x, y int) int { return q.at(t, x, y) }
	switch mode {
	case 0:
		return p(x, -1)
	case 1:
		return p(-1, y)
	case 2:
		return dc4(q, p)
	case 3:
		if x == 3 && y == 3 {
			return (p(6, -1) + 3*p(7, -1) + 2) >> 2
		}
		return (p(x+y, -1) + 2*p(x+y+1, -1) + p(x+y+2, -1) + 2) >> 2
	case 4:
		switch {
		case x > y:
			return (p(x-y-2, -1) + 2*p(x-y-1, -1) + p(x-y, -1) + 2) >> 2
		case x < y:
			return (p(-1, y-x-2) + 2*p(-1, y-x-1) + p(-1, y-x) + 2) >> 2
		}
		return (p(0, -1) + 2*p(-1, -1) + p(-1, 0) + 2) >> 2
	case 5:
		switch zVR := 2*x - y; zVR {
		case 0, 2, 4, 6:
			return (p(x-(y>>1)-1, -1) + p(x-(y>>1), -1) + 1) >> 1
		case 1, 3, 5:
			return (p(x-(y>>1)-2, -1) + 2*p(x-(y>>1)-1, -1) + p(x-(y>>1), -1) + 2) >> 2
		case -1:
			return (p(-1, 0) + 2*p(-1, -1) + p(0, -1) + 2) >> 2
		}
		return (p(-1, y-1) + 2*p(-1, y-2) + p(-1, y-3) + 2) >> 2
	case 6:
		switch zHD := 2*y - x; zHD {
		case 0, 2, 4, 6:
			return (p(-1, y-(x>>1)-1) + p(-1, y-(x>>1)) + 1) >> 1
		case 1, 3, 5:
			return (p(-1, y-(x>>1)-2) + 2*p(-1, y-(x>>1)-1) + p(-1, y-(x>>1)) + 2) >> 2
		case -1:
			return (p(-1, 0) + 2*p(-1, -1) + p(0, -1) + 2) >> 2
		}
		return (p(x-1, -1) + 2*p(x-2, -1) + p(x-3, -1) + 2) >> 2
	case 7:
		if y == 0 || y == 2 {
			return (p(x+(y>>1), -1) + p(x+(y>>1)+1, -1) + 1) >> 1
		}
		return (p(x+(y>>1), -1) + 2*p(x+(y>>1)+1, -1) + p(x+(y>>1)+2, -1) + 2) >> 2
	}
	switch zHU := x + 2*y; zHU {
	case 0, 2, 4:
		return (p(-1, y+(x>>1)) + p(-1, y+(x>>1)+1) + 1) >> 1
	case 1, 3:
		return (p(-1, y+(x>>1)) + 2*p(-1, y+(x>>1)+1) + p(-1, y+(x>>1)+2) + 2) >> 2
	case 5:
		return (p(-1, 2) + 3*p(-1, 3) + 2) >> 2
	}
	return p(-1, 3)
}

// dc4 is clause 8.3.1.2.3.
func dc4(q *samples, p func(x, y int) int) int {
	top, left := 0, 0
	for i := range 4 {
		if q.row(0, 3) {
			top += p(i, -1)
		}
		if q.column(0, 3) {
			left += p(-1, i)
		}
	}
	switch {
	case q.row(0, 3) && q.column(0, 3):
		return (top + left + 4) >> 3
	case q.column(0, 3):
		return (left + 2) >> 2
	case q.row(0, 3):
		return (top + 2) >> 2
	}
	return 128
}

// Every Intra 4x4 mode, of every block of a macroblock with any neighbours, is
// predicted sample by sample as clause 8.3.1.2 says, and exactly the modes are
// offered whose samples are there.
func TestLuma4(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 4))
	for _, a := range availabilities() {
		for block := range 16 {
			bx, by := block%4, block/4
			for range 20 {
				rec := randomRec(rng)
				p := neighbours4(&rec, bx*4, by*4, a)
				var dst [9][16]uint8
				modes := intra.Luma4(&dst, &rec, bx, by, a)
				checkModes(t, a, modes, 9, func(mode uint8) bool { return possible4(&p, mode) })
				for _, mode := range modes {
					for k, got := range dst[mode] {
						if want := predict4(t, &p, mode, k%4, k/4); int(got) != want {
							t.Fatalf("%+v, block (%d, %d), mode %d: sample (%d, %d) is %d, want %d", a, bx, by, mode, k%4, k/4, got, want)
						}
					}
				}
			}
		}
	}
}
