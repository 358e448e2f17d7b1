package dsp

import (
	"math/rand/v2"
	"testing"
)

func TestBlockSizes(t *testing.T) {
	for b, name := range blockNames {
		if got := [2]int{b.W(), b.H()}; name != itoa(got[0])+"x"+itoa(got[1]) {
			t.Errorf("block %s has size %v", name, got)
		}
	}
}

func itoa(v int) string {
	if v >= 10 {
		return itoa(v/10) + itoa(v%10)
	}
	return string(rune('0' + v))
}

// checkDifference compares every measure of difference of two blocks with its reference.
func checkDifference(t *testing.T, b Block, a []uint8, as int, r []uint8, rs int) {
	t.Helper()
	w, h := b.W(), b.H()
	if got, want := SAD(b, a, as, r, rs), refSAD(a, as, r, rs, w, h); got != want {
		t.Fatalf("SAD %s = %d, want %d", blockNames[b], got, want)
	}
	if got, want := SATD(b, a, as, r, rs), refSATD(a, as, r, rs, w, h); got != want {
		t.Fatalf("SATD %s = %d, want %d", blockNames[b], got, want)
	}
	if got, want := SSD(b, a, as, r, rs), refSSD(a, as, r, rs, w, h); got != want {
		t.Fatalf("SSD %s = %d, want %d", blockNames[b], got, want)
	}
	sum, sumSq := VarianceSums(a, as, w, h)
	wantSum, wantSq := refMoments(a, as, w, h)
	if int(sum) != wantSum || int(sumSq) != wantSq {
		t.Fatalf("VarianceSums %s = %d, %d, want %d, %d", blockNames[b], sum, sumSq, wantSum, wantSq)
	}
}

func refMoments(a []uint8, stride, w, h int) (sum, sumSq int) {
	for y := range h {
		for x := range w {
			v := int(a[y*stride+x])
			sum += v
			sumSq += v * v
		}
	}
	return sum, sumSq
}

func TestDifference(t *testing.T) {
	r := newRand(t)
	for _, b := range allBlocks {
		for i := range 400 {
			a, as := cut(r, i, b.W(), b.H())
			p, ps := cut(r, i/5, b.W(), b.H())
			checkDifference(t, b, a, as, p, ps)
		}
	}
}

// TestDifferenceExtremes drives every lane of the kernels to both ends of its range.
func TestDifferenceExtremes(t *testing.T) {
	patterns := []func(x, y int) bool{
		func(x, y int) bool { return false },
		func(x, y int) bool { return true },
		func(x, y int) bool { return x&1 == 0 },
		func(x, y int) bool { return y&1 == 0 },
		func(x, y int) bool { return x&2 == 0 },
		func(x, y int) bool { return y&2 == 0 },
		func(x, y int) bool { return (x+y)&1 == 0 },
		func(x, y int) bool { return (x^y)&2 == 0 },
		func(x, y int) bool { return (x>>1^y)&1 == 0 },
		func(x, y int) bool { return (x^y>>1)&1 == 0 },
		func(x, y int) bool { return x&3 == 0 && y&3 == 0 },
	}
	draw := func(p func(x, y int) bool) []uint8 {
		block := make([]uint8, 256)
		for i := range block {
			if p(i%16, i/16) {
				block[i] = 255
			}
		}
		return block
	}
	for _, pa := range patterns {
		for _, pb := range patterns {
			for _, b := range allBlocks {
				checkDifference(t, b, draw(pa), 16, draw(pb), 16)
			}
		}
	}
}

func TestSADx4(t *testing.T) {
	r := newRand(t)
	for _, b := range allBlocks {
		for i := range 200 {
			a, as := cut(r, i, b.W(), b.H())
			rs := b.W() + r.IntN(20)
			var c [4][]uint8
			for k := range c {
				c[k] = make([]uint8, (b.H()-1)*rs+b.W())
				fill(r, i/5+k, c[k])
			}
			got := [4]int{-1, -1, -1, -1}
			SADx4(b, a, as, c[0], c[1], c[2], c[3], rs, &got)
			for k := range c {
				if want := refSAD(a, as, c[k], rs, b.W(), b.H()); got[k] != want {
					t.Fatalf("SADx4 %s, candidate %d = %d, want %d", blockNames[b], k, got[k], want)
				}
			}
		}
	}
}

func TestSSDPlane(t *testing.T) {
	r := newRand(t)
	for w := 1; w <= 40; w++ {
		for _, h := range []int{1, 2, 5} {
			for kind := range 5 {
				a, as := cut(r, kind, w, h)
				b, bs := cut(r, 1, w, h)
				if got, want := SSDPlane(a, as, b, bs, w, h), refSSD(a, as, b, bs, w, h); got != uint64(want) {
					t.Fatalf("SSDPlane %dx%d = %d, want %d", w, h, got, want)
				}
			}
		}
	}
	if got := SSDPlane(nil, 0, nil, 0, 0, 0); got != 0 {
		t.Fatalf("SSDPlane of nothing = %d", got)
	}
}

// TestSSDPlaneLarge adds more than 32 bits can hold.
func TestSSDPlaneLarge(t *testing.T) {
	w, h := 1024, 512
	white, black := make([]uint8, w*h), make([]uint8, w*h)
	for i := range white {
		white[i] = 255
	}
	want := uint64(w*h) * 255 * 255
	if got := SSDPlane(white, w, black, w, w, h); got != want {
		t.Fatalf("SSDPlane = %d, want %d", got, want)
	}
	if got := SSDPlane(black, w, white, w, w, h); got != want {
		t.Fatalf("SSDPlane = %d, want %d", got, want)
	}
}

func TestVarianceSumsSizes(t *testing.T) {
	r := newRand(t)
	for w := 4; w <= 16; w += 4 {
		for h := 4; h <= 16; h += 4 {
			for kind := range 10 {
				a, as := cut(r, kind, w, h)
				sum, sumSq := VarianceSums(a, as, w, h)
				if wantSum, wantSq := refMoments(a, as, w, h); int(sum) != wantSum || int(sumSq) != wantSq {
					t.Fatalf("VarianceSums %dx%d = %d, %d, want %d, %d", w, h, sum, sumSq, wantSum, wantSq)
				}
			}
		}
	}
}

func FuzzDifference(f *testing.F) {
	f.Add(uint8(0), uint64(1), []byte{0, 255, 1, 254})
	f.Add(uint8(6), uint64(2), []byte{255})
	f.Fuzz(func(t *testing.T, shape uint8, seed uint64, data []byte) {
		r := rand.New(rand.NewPCG(seed, 1))
		b := allBlocks[int(shape)%len(allBlocks)]
		a, as := cut(r, 0, b.W(), b.H())
		p, ps := cut(r, 0, b.W(), b.H())
		copy(a, data)
		copy(p, data[min(len(a), len(data)):])
		checkDifference(t, b, a, as, p, ps)
	})
}

// sink keeps results of benchmarks alive.
var sink int

// benchBlocks returns two 64x64 pictures that differ as a block and a fair prediction of it do.
func benchBlocks() (a, p []uint8) {
	r := rand.New(rand.NewPCG(3, 4))
	a, p = make([]uint8, 64*64), make([]uint8, 64*64)
	for i := range a {
		v := 128 + 60*((i%64)/16&1) + r.IntN(25)
		a[i], p[i] = uint8(v), uint8(v+r.IntN(17)-8)
	}
	return a, p
}

func benchDifference(b *testing.B, f func(Block, []uint8, int, []uint8, int) int) {
	a, p := benchBlocks()
	for _, shape := range allBlocks {
		b.Run(blockNames[shape], func(b *testing.B) {
			for i := range b.N {
				sink += f(shape, a[i&15:], 64, p[i>>4&15:], 64)
			}
		})
	}
}

func BenchmarkSAD(b *testing.B)  { benchDifference(b, SAD) }
func BenchmarkSATD(b *testing.B) { benchDifference(b, SATD) }
func BenchmarkSSD(b *testing.B)  { benchDifference(b, SSD) }

func BenchmarkSADx4(b *testing.B) {
	a, p := benchBlocks()
	for _, shape := range allBlocks {
		b.Run(blockNames[shape], func(b *testing.B) {
			var out [4]int
			for i := range b.N {
				r := p[i&15:]
				SADx4(shape, a, 64, r, r[1:], r[2:], r[64:], 64, &out)
				sink += out[0]
			}
		})
	}
}

func BenchmarkSSDPlane(b *testing.B) {
	a, p := benchBlocks()
	b.SetBytes(64 * 64)
	for range b.N {
		sink += int(SSDPlane(a, 64, p, 64, 64, 64))
	}
}

func BenchmarkVarianceSums(b *testing.B) {
	a, _ := benchBlocks()
	for i := range b.N {
		s, q := VarianceSums(a[i&15:], 64, 16, 16)
		sink += int(s + q)
	}
}
