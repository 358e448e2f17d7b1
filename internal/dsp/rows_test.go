package dsp

import "testing"

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
	b.Run("Variance", func(b *testing.B) {
		benchTwins(b, "1280x16", func(n int) {
			for range n {
				VarianceRow(sums, squares, a, 1280, 16)
			}
		})
	})
}
