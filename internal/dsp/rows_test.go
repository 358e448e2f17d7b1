package dsp

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSADRow(t *testing.T) {
	r := newRand(t)
	for n := range 14 {
		for kind := range 50 {
			a, as := cut(r, kind, 8*max(n, 1), 8)
			p, ps := cut(r, kind/5, 8*max(n, 1), 8)
			whole, out := margins[uint32](n)
			twins(t, "SADRow", func() []int {
				SADRow(out, a, as, p, ps)
				return nil
			}, whole)
			for i, got := range out {
				if want := refSAD(a[8*i:], as, p[8*i:], ps, 8, 8); int(got) != want {
					t.Fatalf("SADRow: block %d of %d is %d, want %d", i, n, got, want)
				}
			}
		}
	}
}

func TestVarianceRow(t *testing.T) {
	r := newRand(t)
	for n := range 14 {
		for kind := range 50 {
			h := []int{8, 16, 4}[kind%3]
			a, stride := cut(r, kind, 8*max(n, 1), h)
			wholeSums, sums := margins[uint32](n)
			wholeSquares, squares := margins[uint32](n)
			twins(t, "VarianceRow", func() []int {
				VarianceRow(sums, squares, a, stride, h)
				return nil
			}, wholeSums, wholeSquares)
			for i := range sums {
				if sum, sq := refMoments(a[8*i:], stride, 8, h); int(sums[i]) != sum || int(squares[i]) != sq {
					t.Fatalf("VarianceRow: block %d of %d is %d, %d, want %d, %d", i, n, sums[i], squares[i], sum, sq)
				}
			}
		}
	}
}

// TestDifferRow has few samples differ, anywhere in blocks, or all, so that fewer rows need be read.
func TestDifferRow(t *testing.T) {
	r := newRand(t)
	for n := range 129 {
		for kind := range 20 {
			size, h := 8<<r.IntN(2), []int{8, 16, 1, 5}[kind%4]
			w := n * size
			a, as := cut(r, kind, max(w, 1), h)
			p, ps := cut(r, kind/5, max(w, 1), h)
			change(r, a, as, p, ps, w, h)
			var got Flags
			twins(t, "DifferRow", func() []int {
				got = DifferRow(a, as, p, ps, n, size, h)
				return []int{int(got[0]), int(got[1])}
			})
			for i := range 128 {
				if want := i < n && refSAD(a[size*i:], as, p[size*i:], ps, size, h) > 0; got.Has(i) != want {
					t.Fatalf("DifferRow: block %d of %d of %dx%d is %v, want %v", i, n, size, h, !want, want)
				}
			}
		}
	}
}

func TestFlags(t *testing.T) {
	r := newRand(t)
	for k := range 200 {
		var f Flags
		var set, runs [128]bool
		for i := range set {
			if set[i] = r.IntN(100) < []int{0, 2, 50, 98, 100}[k%5]; set[i] {
				f.Set(i)
			}
			if f.Has(i) != set[i] {
				t.Fatalf("flag %d is %v", i, !set[i])
			}
		}
		for first, last := f.Run(0); first < last; first, last = f.Run(last) {
			if first > 0 && runs[first-1] {
				t.Fatalf("%x: a run goes on at %d", f, first)
			}
			for i := first; i < last; i++ {
				runs[i] = true
			}
		}
		if runs != set {
			t.Fatalf("%x: the runs are %v", f, runs)
		}
		least, n, last := 1+r.IntN(9), 128, 0
		for n > 0 && !set[n-1] {
			n--
		}
		var spans [128]bool
		for first, end := f.Span(0, least, n); first < end; first, end = f.Span(end, least, n) {
			if end > n || end-first < min(least, n) || end <= last {
				t.Fatalf("%x: a span from %d to %d of %d, least %d, after one to %d", f, first, end, n, least, last)
			}
			for last = end; first < last; first++ {
				spans[first] = true
			}
		}
		for i := range set {
			if set[i] && !spans[i] {
				t.Fatalf("%x: flag %d is in no span of at least %d", f, i, least)
			}
		}
	}
}

// change makes p, of w x h samples, what a is, but for a few samples, or many.
func change(r *rand.Rand, a []uint8, as int, p []uint8, ps, w, h int) {
	for y := range h {
		copy(p[y*ps:][:w], a[y*as:])
	}
	for range w * h * r.IntN(5) >> r.IntN(12) {
		p[r.IntN(h)*ps+r.IntN(w)] ^= 1 << r.IntN(8)
	}
}

// TestRowExtremes drives the lanes of the kernels to both ends of their ranges.
func TestRowExtremes(t *testing.T) {
	for _, pa := range patterns {
		for _, pb := range patterns {
			a, b := draw(pa, 64, 16), draw(pb, 64, 16)
			sads, sums, squares := make([]uint32, 8), make([]uint32, 8), make([]uint32, 8)
			twins(t, "rows", func() []int {
				SADRow(sads, a, 64, b, 64)
				VarianceRow(sums, squares, a, 64, 16)
				return nil
			}, sads, sums, squares)
		}
	}
}

func BenchmarkRow(b *testing.B) {
	a, p := make([]uint8, 1280*16), make([]uint8, 1280*16)
	r := newRand(b)
	fill(r, 4, a)
	fill(r, 4, p)
	sums, squares := make([]uint32, 160), make([]uint32, 160)
	b.Run("SAD", func(b *testing.B) {
		benchTwins(b, "1280x8", func(n int) {
			for range n {
				SADRow(sums, a, 1280, p, 1280)
			}
		})
	})
	same := slices.Clone(a)
	for name, r := range map[string][]uint8{"Same": same, "Other": p} {
		b.Run("Differ/"+name, func(b *testing.B) {
			benchTwins(b, "1280x16", func(n int) {
				for range n {
					DifferRow(a, 1280, r, 1280, 80, 16, 16)
				}
			})
		})
	}
	b.Run("Variance", func(b *testing.B) {
		benchTwins(b, "1280x16", func(n int) {
			for range n {
				VarianceRow(sums, squares, a, 1280, 16)
			}
		})
	})
}
