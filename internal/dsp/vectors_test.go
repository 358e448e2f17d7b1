package dsp

import (
	"math/rand/v2"
	"testing"
)

// vectorBits is the size of two elements se(v) (clauses 9.1 and 9.1.1).
func vectorBits(dx, dy int) (bits int) {
	for _, v := range [2]int{dx, dy} {
		codeNum := -2 * v
		if v > 0 {
			codeNum = 2*v - 1
		}
		zeros := 0
		for codeNum+1 >= 2<<zeros {
			zeros++
		}
		bits += 2*zeros + 1
	}
	return bits
}

func TestMVDBits(t *testing.T) {
	for v := -1 << 15; v < 1<<15; v++ {
		for _, w := range [4]int{0, 1, v, -v} {
			if got, want := MVDBits(v, w), vectorBits(v, w); got != want {
				t.Fatalf("MVDBits(%d, %d) = %d, want %d", v, w, got, want)
			}
		}
	}
}

// TestCheapestOf4 goes to the ends of all ranges: the first of the cheapest is chosen, if it costs less than the most.
func TestCheapestOf4(t *testing.T) {
	r := newRand(t)
	ends := func(values ...int) int { return values[r.IntN(len(values))] }
	for range 20000 {
		var distortion [4]int
		var around [4]MV
		apart := MV{int16(ends(-1<<15, -1<<14, -1, 0, 1, 1<<14-1)), int16(ends(-1<<14, 0, r.IntN(1<<14)))}
		lambda, most, chosen := ends(0, 1, r.IntN(1<<10), 1<<20), 1<<30, -1
		for k := range around {
			around[k] = MV{int16(ends(0, 4, 1<<14-1)), int16(ends(-1<<14, -8, r.IntN(1<<14)))}
			distortion[k] = ends(0, r.IntN(1<<12), 1<<26-1, distortion[0])
		}
		if r.IntN(2) == 0 {
			at := r.IntN(4)
			most = 16*distortion[at] + lambda*vectorBits(int(apart.X)+int(around[at].X), int(apart.Y)+int(around[at].Y)) + r.IntN(2)
		}
		least := most
		for k := range around {
			if c := 16*distortion[k] + lambda*vectorBits(int(apart.X)+int(around[k].X), int(apart.Y)+int(around[k].Y)); c < least {
				chosen, least = k, c
			}
		}
		twins(t, "CheapestOf4", func() []int {
			k, cost := CheapestOf4(&distortion, &around, apart, lambda, most)
			if k != chosen || k >= 0 && cost != least {
				t.Fatalf("CheapestOf4(%d, %d, %d, %d, %d) = %d, %d, want %d, %d", distortion, around, apart, lambda, most, k, cost, chosen, least)
			}
			return []int{k}
		})
	}
}

func BenchmarkCheapestOf4(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 6))
	var distortion [64][4]int
	for i := range distortion {
		for k := range distortion[i] {
			distortion[i][k] = 400 + r.IntN(400)
		}
	}
	around := [4]MV{{0, -4}, {-4, 0}, {4, 0}, {0, 4}}
	benchTwins(b, "diamond", func(n int) {
		for i := range n {
			k, cost := CheapestOf4(&distortion[i&63], &around, MV{int16(i & 31), -9}, 40, 9000)
			sink += k + cost
		}
	})
}
