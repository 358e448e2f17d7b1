package dsp

import (
	"math/rand/v2"
	"testing"
)

// weighted is 8-298 and 8-299 of the standard, word for word.
func weighted(sample, logWD, w0, o0 int) uint8 {
	v := sample*w0 + o0
	if logWD >= 1 {
		v = (sample*w0+1<<(logWD-1))>>logWD + o0
	}
	return uint8(min(max(v, 0), 255))
}

func TestWeight(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		w, h, log2 := 2<<rng.IntN(4), 2+rng.IntN(15), rng.IntN(8)
		scale, offset := rng.IntN(256)-128, rng.IntN(256)-128
		if rng.IntN(2) == 0 {
			scale, offset = 1<<min(log2, 6)+rng.IntN(9)-4, rng.IntN(21)-10
		}
		if scale >= 0 && log2 > 4 && rng.IntN(4) == 0 {
			offset = rng.IntN(2049) - 1024
		}
		stride := w + rng.IntN(9)
		got := guarded(stride*(h-1) + w)
		for i := range got {
			got[i] = uint8(rng.IntN(256))
		}
		want := append([]uint8(nil), got...)
		for y := range h {
			for x := range w {
				want[y*stride+x] = weighted(int(want[y*stride+x]), log2, scale, offset)
			}
		}
		twins(t, "Weight", func() []int {
			Weight(got, stride, w, h, uint(log2), scale, offset)
			if string(got) != string(want) {
				t.Fatalf("%dx%d, log2 %d, scale %d, offset %d: wrong samples", w, h, log2, scale, offset)
			}
			return nil
		}, got)
	}
}

func BenchmarkWeight(b *testing.B) {
	p := make([]uint8, 256)
	for _, w := range []int{4, 8, 16} {
		benchTwins(b, itoa(w), func(n int) {
			for range n {
				Weight(p, 16, w, w, 5, 31, 2)
			}
		})
	}
}
