package ratecontrol

import (
	"math"
	"math/rand/v2"
	"testing"
)

// log2 is within 1/128 of the logarithm, never falls, and is exact for powers
// of two.
func TestLog2(t *testing.T) {
	const tolerance = Fine / 128
	check := func(v uint64) {
		t.Helper()
		want := math.Log2(float64(v)) * Fine
		if got := float64(log2(v)); math.Abs(got-want) > tolerance {
			t.Errorf("log2(%d) = %g/256, want %g/256", v, got, want)
		}
	}
	for v := uint64(1); v < 5000; v++ {
		check(v)
		if log2(v+1) < log2(v) {
			t.Errorf("log2(%d) = %d, log2(%d) = %d", v, log2(v), v+1, log2(v+1))
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		check(rng.Uint64()>>rng.IntN(63) | 1)
	}
	check(math.MaxUint64)
	for n := range 64 {
		if got := log2(1 << n); got != n*Fine {
			t.Errorf("log2(1<<%d) = %d/256", n, got)
		}
	}
}

// exp2 is the rounded power, for every exponent and precision that is asked for.
func TestExp2(t *testing.T) {
	for _, fraction := range []int{0, 8, 16} {
		for v := -60 * Fine; v < 30*Fine; v++ {
			want := math.Exp2(float64(v)/Fine + float64(fraction))
			got := float64(exp2(v, fraction))
			if math.Abs(got-want) > 0.5+want/(1<<28) {
				t.Fatalf("exp2(%d/256) = %g/2^%d, want %g", v, got, fraction, want)
			}
		}
	}
}
