package dsp

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// checkPlane compares a whole buffer, so that a write outside the block is an error too.
func checkPlane(t *testing.T, what string, got, want []uint8) {
	t.Helper()
	if bytes.Equal(got, want) {
		return
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("%s: sample %d of the buffer is %d, want %d", what, i, got[i], want[i])
		}
	}
}

func TestCopyBlock(t *testing.T) {
	r := newRand(t)
	for _, size := range [][2]int{{4, 4}, {8, 8}, {16, 16}, {16, 5}, {16, 2}, {8, 3}, {8, 1}, {4, 9}, {24, 5}, {5, 7}, {33, 2}} {
		w, h := size[0], size[1]
		for range 20 {
			src, ss := cut(r, 0, w, h)
			dst, ds := cut(r, 0, w, h)
			want := clone(dst)
			for y := range h {
				for x := range w {
					want[y*ds+x] = src[y*ss+x]
				}
			}
			twins(t, "CopyBlock", func() []int {
				CopyBlock(dst, ds, src, ss, w, h)
				checkPlane(t, "CopyBlock", dst, want)
				return nil
			}, dst)
		}
	}
}

func TestPut4x4(t *testing.T) {
	r := newRand(t)
	for range 100 {
		dst, stride := cut(r, 0, 4, 4)
		var src [16]uint8
		for i := range src {
			src[i] = uint8(r.Uint32())
		}
		want := clone(dst)
		for i, v := range src {
			want[i/4*stride+i%4] = v
		}
		Put4x4(dst, stride, &src)
		checkPlane(t, "Put4x4", dst, want)
		if short := dst[:3*stride+3]; !panics(func() { Put4x4(short, stride, &src) }) {
			t.Fatal("Put4x4 writes behind the samples")
		}
	}
}

func TestCopyPairs(t *testing.T) {
	r := newRand(t)
	for range 100 {
		src, ss := cut(r, 0, 16, 8)
		dst, ds := cut(r, 0, 16, 8)
		wholeCb, cb := margins[uint8](8)
		wholeCr, cr := margins[uint8](8)
		want := clone(dst)
		for y := range 8 {
			copy(want[y*ds:][:16], src[y*ss:])
		}
		twins(t, "CopyPairs", func() []int {
			CopyPairs(dst, ds, src, ss, cb, cr)
			checkPlane(t, "CopyPairs", dst, want)
			return nil
		}, dst, wholeCb, wholeCr)
		for i := range cb {
			if cb[i] != src[7*ss+2*i] || cr[i] != src[7*ss+2*i+1] {
				t.Fatalf("CopyPairs: pair %d of the last row is %d, %d", i, cb[i], cr[i])
			}
		}
	}
}

// TestPrefetch checks that a hint at memory that is not there does no harm.
func TestPrefetch(t *testing.T) {
	p := guarded(1)
	p[0] = 5
	Prefetch(p, 64, 16)
	Prefetch(p, 1<<12, 8)
	if p[0] != 5 {
		t.Fatal("Prefetch changes samples")
	}
}

func TestAvg(t *testing.T) {
	r := newRand(t)
	for _, w := range []int{4, 8, 16} {
		for _, h := range []int{2, 3, 4, 8, 16} {
			for i := range 40 {
				a, as := cut(r, i, w, h)
				b, bs := cut(r, i/5, w, h)
				dst, ds := cut(r, 0, w, h)
				want := clone(dst)
				for y := range h {
					for x := range w {
						want[y*ds+x] = uint8((int(a[y*as+x]) + int(b[y*bs+x]) + 1) / 2)
					}
				}
				twins(t, "Avg", func() []int {
					Avg(dst, ds, a, as, b, bs, w, h)
					checkPlane(t, "Avg", dst, want)
					return nil
				}, dst)
			}
		}
	}
}

func TestAvgInPlace(t *testing.T) {
	r := newRand(t)
	a, b := make([]uint8, 256), make([]uint8, 256)
	fill(r, 0, a)
	fill(r, 0, b)
	want := make([]uint8, 256)
	Avg(want, 16, a, 16, b, 16, 16, 16)
	Avg(a, 16, a, 16, b, 16, 16, 16)
	checkPlane(t, "Avg in place", a, want)
}

func TestHalf(t *testing.T) {
	r := newRand(t)
	for w := 1; w <= 100; w++ {
		for kind := range 5 {
			h := 1 + r.IntN(5)
			src, ss := cut(r, kind, 2*w, 2*h)
			dst, ds := cut(r, 0, w, h)
			want := clone(dst)
			for y := range h {
				for x := range w {
					s := 2
					for k := range 4 {
						s += int(src[(2*y+k/2)*ss+2*x+k%2])
					}
					want[y*ds+x] = uint8(s / 4)
				}
			}
			twins(t, "Half", func() []int {
				Half(dst, ds, src, ss, w, h)
				checkPlane(t, "Half", dst, want)
				return nil
			}, dst)
		}
	}
}

func TestBorders(t *testing.T) {
	r := newRand(t)
	for _, size := range [][2]int{{1, 1}, {2, 3}, {7, 5}, {16, 16}, {33, 4}} {
		for _, border := range []int{0, 1, 4, 13, 16, 32} {
			for _, unit := range []int{1, 2} {
				w, h := size[0], size[1]
				stride := unit*(w+2*border) + r.IntN(8)
				off := border*stride + unit*border
				p := guarded(stride*(h+2*border-1) + unit*(w+2*border))
				fill(r, 0, p)
				want := clone(p)
				row := unit * (w + 2*border)
				for y := -border; y < h+border; y++ {
					for x := -border; x < w+border; x++ {
						for u := range unit {
							want[off+y*stride+unit*x+u] = p[off+refClip(0, h-1, y)*stride+unit*refClip(0, w-1, x)+u]
						}
					}
				}
				twins(t, "borders", func() []int {
					if unit == 1 {
						ExtendBorder(p, off, stride, w, h, border)
					} else {
						ExtendBorderPairs(p, off, stride, w, h, border)
					}
					return nil
				}, p)
				ExtendRowsUp(p, off, stride, unit*border, row, border)
				ExtendRowsDown(p, off, stride, unit*border, row, h, border)
				checkPlane(t, "borders", p, want)
			}
		}
	}
}

func BenchmarkCopyBlock(b *testing.B) {
	a, p := benchBlocks()
	for _, w := range []int{4, 8, 16} {
		benchTwins(b, itoa(w), func(n int) {
			for range n {
				CopyBlock(a, 64, p, 64, w, w)
			}
		})
	}
}

func BenchmarkCopyPairs(b *testing.B) {
	a, p := benchBlocks()
	benchTwins(b, "8x8", func(n int) {
		for range n {
			CopyPairs(a, 64, p, 64, a[4000:], a[4050:])
		}
	})
}

func BenchmarkAvg(b *testing.B) {
	a, p := benchBlocks()
	dst := make([]uint8, 256)
	for _, w := range []int{4, 8, 16} {
		benchTwins(b, itoa(w), func(n int) {
			for range n {
				Avg(dst, 16, a, 64, p[1:], 64, w, w)
			}
		})
	}
}

func BenchmarkHalf(b *testing.B) {
	src, dst := make([]uint8, 1280*64), make([]uint8, 640*32)
	fill(rand.New(rand.NewPCG(1, 2)), 4, src)
	benchTwins(b, "640x32", func(n int) {
		for range n {
			Half(dst, 640, src, 1280, 640, 32)
		}
	})
}

func BenchmarkBorders(b *testing.B) {
	const w, h, border, stride = 1280, 16, 32, 1280 + 64
	p := make([]uint8, stride*(h+2*border))
	off := border*stride + border
	benchTwins(b, "ExtendBorder", func(n int) {
		for range n {
			ExtendBorder(p, off, stride, w, h, border)
		}
	})
	benchTwins(b, "ExtendBorderPairs", func(n int) {
		for range n {
			ExtendBorderPairs(p, off, stride, w/2, h, border/2)
		}
	})
	b.Run("ExtendRowsUp", func(b *testing.B) {
		for range b.N {
			ExtendRowsUp(p, off, stride, border, stride, border)
		}
	})
}

func TestColumn(t *testing.T) {
	r := newRand(t)
	for n := 2; n <= 16; n++ {
		for kind := range 20 {
			src, ss := cut(r, kind, 1, n)
			dst, ds := cut(r, kind, 1, n)
			want := clone(dst)
			for y := range n {
				want[y*ds] = src[y*ss]
			}
			Column(dst, ds, src, ss, n)
			checkPlane(t, "Column", dst, want)
		}
	}
	long, short := make([]uint8, 64), make([]uint8, 48)
	if !panics(func() { Column(long, 16, short, 16, 4) }) || !panics(func() { Column(short, 16, long, 16, 4) }) {
		t.Error("Column takes what is too short")
	}
}

// A column that ends beyond the block panics, also where the index of its end overflows 32 bits.
func TestColumnRefuses(t *testing.T) {
	p := make([]uint8, 1<<16+1)
	for _, n := range []int{3, 1<<16 + 1} {
		if !panics(func() { Column(p, 1<<16, p, 1<<16, n) }) {
			t.Errorf("%d rows: no panic", n)
		}
	}
}
