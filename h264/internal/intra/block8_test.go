package intra

import (
	"math/rand"
	"testing"

	"github.com/g264/g264/h264/internal/macroblock"
)

// reference8 is clause 8.3.2.2 sample by sample: p holds the neighbours by
// coordinate, and only those that are available.
type reference8 map[[2]int]int

func (p reference8) has(x, y int) bool { _, ok := p[[2]int{x, y}]; return ok }

// filtered is clause 8.3.2.2.1.
func (p reference8) filtered() reference8 {
	q := reference8{}
	at := func(x, y int) int { return p[[2]int{x, y}] }
	corner := p.has(-1, -1)
	if p.has(0, -1) {
		q[[2]int{0, -1}] = (3*at(0, -1) + at(1, -1) + 2) >> 2
		if corner {
			q[[2]int{0, -1}] = (at(-1, -1) + 2*at(0, -1) + at(1, -1) + 2) >> 2
		}
		for x := 1; x < 15; x++ {
			q[[2]int{x, -1}] = (at(x-1, -1) + 2*at(x, -1) + at(x+1, -1) + 2) >> 2
		}
		q[[2]int{15, -1}] = (at(14, -1) + 3*at(15, -1) + 2) >> 2
	}
	if corner {
		switch top, left := p.has(0, -1), p.has(-1, 0); {
		case top && left:
			q[[2]int{-1, -1}] = (at(0, -1) + 2*at(-1, -1) + at(-1, 0) + 2) >> 2
		case top:
			q[[2]int{-1, -1}] = (3*at(-1, -1) + at(0, -1) + 2) >> 2
		case left:
			q[[2]int{-1, -1}] = (3*at(-1, -1) + at(-1, 0) + 2) >> 2
		default:
			q[[2]int{-1, -1}] = at(-1, -1)
		}
	}
	if p.has(-1, 0) {
		q[[2]int{-1, 0}] = (3*at(-1, 0) + at(-1, 1) + 2) >> 2
		if corner {
			q[[2]int{-1, 0}] = (at(-1, -1) + 2*at(-1, 0) + at(-1, 1) + 2) >> 2
		}
		for y := 1; y < 7; y++ {
			q[[2]int{-1, y}] = (at(-1, y-1) + 2*at(-1, y) + at(-1, y+1) + 2) >> 2
		}
		q[[2]int{-1, 7}] = (at(-1, 6) + 3*at(-1, 7) + 2) >> 2
	}
	return q
}

func (p reference8) predict(mode uint8, x, y int) int {
	top := func(x int) int { return p[[2]int{x, -1}] } // -1 is the corner
	left := func(y int) int { return p[[2]int{-1, y}] }
	three := func(a, b, c int) int { return (a + 2*b + c + 2) >> 2 }
	two := func(a, b int) int { return (a + b + 1) >> 1 }
	switch mode {
	case macroblock.I4Vertical:
		return top(x)
	case macroblock.I4Horizontal:
		return left(y)
	case macroblock.I4DC:
		sum, n := 0, 0
		for i := range 8 {
			if p.has(0, -1) {
				sum, n = sum+top(i), n+1
			}
			if p.has(-1, 0) {
				sum, n = sum+left(i), n+1
			}
		}
		if n == 0 {
			return 128
		}
		return (sum + n/2) / n
	case macroblock.I4DiagonalDownLeft:
		if x == 7 && y == 7 {
			return (top(14) + 3*top(15) + 2) >> 2
		}
		return three(top(x+y), top(x+y+1), top(x+y+2))
	case macroblock.I4DiagonalDownRight:
		switch {
		case x > y:
			return three(top(x-y-2), top(x-y-1), top(x-y))
		case x < y:
			return three(left(y-x-2), left(y-x-1), left(y-x))
		}
		return three(top(0), top(-1), left(0))
	case macroblock.I4VerticalRight:
		switch z := 2*x - y; {
		case z >= 0 && z&1 == 0:
			return two(top(x-y>>1-1), top(x-y>>1))
		case z >= 0:
			return three(top(x-y>>1-2), top(x-y>>1-1), top(x-y>>1))
		case z == -1:
			return three(left(0), left(-1), top(0))
		}
		return three(left(y-2*x-1), left(y-2*x-2), left(y-2*x-3))
	case macroblock.I4HorizontalDown:
		switch z := 2*y - x; {
		case z >= 0 && z&1 == 0:
			return two(left(y-x>>1-1), left(y-x>>1))
		case z >= 0:
			return three(left(y-x>>1-2), left(y-x>>1-1), left(y-x>>1))
		case z == -1:
			return three(left(0), left(-1), top(0))
		}
		return three(top(x-2*y-1), top(x-2*y-2), top(x-2*y-3))
	case macroblock.I4VerticalLeft:
		if y&1 == 0 {
			return two(top(x+y>>1), top(x+y>>1+1))
		}
		return three(top(x+y>>1), top(x+y>>1+1), top(x+y>>1+2))
	}
	switch z := x + 2*y; { // horizontal up
	case z > 13:
		return left(7)
	case z == 13:
		return (left(6) + 3*left(7) + 2) >> 2
	case z&1 == 0:
		return two(left(y+x>>1), left(y+x>>1+1))
	}
	return three(left(y+x>>1), left(y+x>>1+1), left(y+x>>1+2))
}

// Every mode of every quadrant with all neighbours that a macroblock may have
// predicts what the standard says.
func TestLuma8(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	seen := map[uint8]bool{}
	for round := range 400 {
		var rec macroblock.Rec
		extreme := round&1 == 1
		for i := range rec {
			rec[i] = uint8(random.Intn(256))
			if extreme {
				rec[i] = uint8(255 * random.Intn(2))
			}
		}
		a := Available{Left: round>>1&1 == 1, Top: round>>2&1 == 1}
		a.TopLeft = a.Left && a.Top
		a.TopRight = a.Top && round>>3&1 == 1
		for quad := range 4 {
			x0, y0 := quad%2*8, quad/2*8
			p := reference8{}
			add := func(available bool, x, y int) {
				if available {
					p[[2]int{x, y}] = int(rec[macroblock.RecAt(x0+x, y0+y)])
				}
			}
			left, top := a.Left || quad%2 == 1, a.Top || quad/2 == 1
			topRight := [4]bool{a.Top, a.TopRight, true, false}[quad]
			add([4]bool{a.TopLeft, a.Top, a.Left, true}[quad], -1, -1)
			for i := range 8 {
				add(left, -1, i)
				add(top, i, -1)
				add(topRight, 8+i, -1)
				if top && !topRight {
					p[[2]int{8 + i, -1}] = int(rec[macroblock.RecAt(x0+7, y0-1)])
				}
			}
			p = p.filtered()
			var got [9][64]uint8
			for _, mode := range Luma8(&got, &rec, quad, a) {
				seen[mode] = true
				for i, v := range got[mode] {
					if want := p.predict(mode, i%8, i/8); int(v) != want {
						t.Fatalf("%+v, quadrant %d, mode %d: sample (%d,%d) is %d, want %d", a, quad, mode, i%8, i/8, v, want)
					}
				}
			}
		}
	}
	if len(seen) != 9 {
		t.Errorf("modes seen: %v", seen)
	}
}
