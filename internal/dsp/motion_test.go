package dsp

import (
	"math/bits"
	"math/rand/v2"
	"testing"
)

// checkHalfPlanes compares the three planes of w x h samples with their reference, and the samples around them with what
// was there before.
func checkHalfPlanes(t *testing.T, src []uint8, off, stride, w, h int) {
	t.Helper()
	var got, want [3][]uint8
	for k := range got {
		got[k] = make([]uint8, len(src))
		for i := range got[k] {
			got[k][i] = uint8(i*7 + k)
		}
		want[k] = clone(got[k])
	}
	for y := range h {
		for x := range w {
			i := off + y*stride + x
			want[0][i], want[1][i], want[2][i] = refHalf(src, i, stride)
		}
	}
	twins(t, "HalfPlanes", func() []int {
		HalfPlanes(got[0], got[1], got[2], src, off, stride, w, h)
		for k, name := range []string{"half right", "half below", "centre"} {
			checkPlane(t, "HalfPlanes, "+name, got[k], want[k])
		}
		return nil
	}, got[0], got[1], got[2])
}

func TestHalfPlanes(t *testing.T) {
	r := newRand(t)
	for w := 1; w <= 100; w++ {
		for kind := range 10 {
			h := 1 + r.IntN(9)
			stride := w + 5 + r.IntN(7)
			src := guarded(stride*(h+4) + w + 5)
			fill(r, kind, src)
			checkHalfPlanes(t, src, 2*stride+2, stride, w, h)
		}
	}
	for _, w := range []int{255, 256, 257, 300, 511, 512, 520, 1000, 1031} {
		for kind := range 5 {
			stride := w + 8
			src := guarded(stride*7 + w + 5)
			fill(r, kind, src)
			checkHalfPlanes(t, src, 2*stride+2, stride, w, 3)
		}
	}
}

// TestHalfPlanesExtremes builds the samples that drive the six-tap filter, and the filter of filtered samples, to the
// ends of their ranges: each sample is 0 or 255 by the sign of its weight, in either direction, with every polarity.
func TestHalfPlanesExtremes(t *testing.T) {
	const stride, h = 45, 8
	taps := [6]bool{true, false, true, true, false, true}
	for mask := range 64 * 64 {
		src := make([]uint8, stride*h)
		for i := range src {
			x, y := i%stride, i/stride
			col, row := taps[x%6] != (mask>>(x%6)&1 == 1), taps[y%6] != (mask>>(6+y%6)&1 == 1)
			if col == row {
				src[i] = 255
			}
		}
		checkHalfPlanes(t, src, 2*stride+4, stride, 36, 2)
	}
}

func FuzzHalfPlanes(f *testing.F) {
	f.Add(uint8(9), uint64(1), []byte{255, 0, 255, 255, 0, 255})
	f.Fuzz(func(t *testing.T, width uint8, seed uint64, data []byte) {
		r := rand.New(rand.NewPCG(seed, 2))
		w, h := 1+int(width)%90, 1+r.IntN(4)
		stride := w + 5 + r.IntN(4)
		src := make([]uint8, stride*(h+5))
		fill(r, 1, src)
		copy(src, data)
		checkHalfPlanes(t, src, 2*stride+2, stride, w, h)
	})
}

// Patches that reach out of their memory panic, also where indices would overflow.
func TestHalfPatchRefuses(t *testing.T) {
	const stride, sStride, w, h = 40, 48, 27, 3
	const distance = h * stride
	src, dst := make([]uint8, (h+4)*sStride+37), make([]uint8, 3*distance+(h-1)*stride+34)
	far := 1<<(bits.UintSize-1)/3 + 1 // three times this and two of the next are 1
	for _, c := range []struct {
		what             string
		panics           bool
		dst, src         []uint8
		distance, stride int
	}{
		{"a patch that fits", false, dst, src, distance, stride},
		{"a source one too short", true, dst, src[:len(src)-1], distance, stride},
		{"planes one too short", true, dst[:len(dst)-1], src, distance, stride},
		{"planes in each other", true, dst, src, distance - 1, stride},
		{"a distance that overflows", true, dst, src, far, 1 << (bits.UintSize - 2)},
	} {
		call := func() { HalfPatch(c.dst, c.distance, c.stride, c.src, sStride, w, h) }
		if got := panics(call); got != c.panics {
			t.Errorf("%s: panics %v, want %v", c.what, got, c.panics)
		}
		portably(func() {
			if got := panics(call); got != c.panics {
				t.Errorf("%s, portable form: panics %v, want %v", c.what, got, c.panics)
			}
		})
	}
}

// refChromaSample is one sample at the fractional position (dx/8, dy/8) behind sample i of interleaved pairs. What has no
// weight is not read.
func refChromaSample(src []uint8, i, stride, dx, dy int) uint8 {
	sum := 32
	for _, corner := range [4]struct{ at, weight int }{
		{i, (8 - dx) * (8 - dy)}, {i + 2, dx * (8 - dy)}, {i + stride, (8 - dx) * dy}, {i + stride + 2, dx * dy},
	} {
		if corner.weight != 0 {
			sum += corner.weight * int(src[corner.at])
		}
	}
	return uint8(sum >> 6)
}

func TestChromaMCPlanes(t *testing.T) {
	r := newRand(t)
	for _, w := range []int{2, 4, 8} {
		for _, h := range []int{2, 4, 8} {
			for dx := range 8 {
				for dy := range 8 {
					for kind := range 5 {
						// What is read, and not a sample more.
						src, ss := cut(r, kind, 2*(w+min(dx, 1)), h+min(dy, 1))
						cb, ds := cut(r, 0, w, h)
						cr := guarded(len(cb))
						copy(cr, cb)
						wantB, wantR := clone(cb), clone(cr)
						for y := range h {
							for x := range w {
								wantB[y*ds+x] = refChromaSample(src, y*ss+2*x, ss, dx, dy)
								wantR[y*ds+x] = refChromaSample(src, y*ss+2*x+1, ss, dx, dy)
							}
						}
						twins(t, "ChromaMCPlanes", func() []int {
							ChromaMCPlanes(cb, cr, ds, src, ss, dx, dy, w, h)
							checkPlane(t, "ChromaMCPlanes, Cb", cb, wantB)
							checkPlane(t, "ChromaMCPlanes, Cr", cr, wantR)
							return nil
						}, cb, cr)
					}
				}
			}
		}
	}
}

func TestPairs(t *testing.T) {
	r := newRand(t)
	for _, w := range []int{2, 4, 8, 16, 20} {
		for range 50 {
			h := 2 + r.IntN(8)
			src, ss := cut(r, 0, 2*w, h)
			cb, ds := cut(r, 0, w, h)
			cr := guarded(len(cb))
			copy(cr, cb)
			wantB, wantR := clone(cb), clone(cr)
			for y := range h {
				for x := range w {
					wantB[y*ds+x], wantR[y*ds+x] = src[y*ss+2*x], src[y*ss+2*x+1]
				}
			}
			twins(t, "SplitPairs", func() []int {
				SplitPairs(cb, cr, ds, src, ss, w, h)
				checkPlane(t, "SplitPairs, Cb", cb, wantB)
				checkPlane(t, "SplitPairs, Cr", cr, wantR)
				return nil
			}, cb, cr)
			if w == 2 {
				continue
			}
			back := guarded(len(src))
			copy(back, src)
			for y := range h {
				clear(back[y*ss : y*ss+2*w])
			}
			twins(t, "JoinPairs", func() []int {
				JoinPairs(back, ss, cb, cr, ds, w, h)
				checkPlane(t, "JoinPairs", back, src)
				return nil
			}, back)
		}
	}
}

func BenchmarkPairs(b *testing.B) {
	a, p := benchBlocks()
	benchTwins(b, "Split", func(n int) {
		for range n {
			SplitPairs(a, a[128:], 16, p, 64, 8, 8)
		}
	})
	benchTwins(b, "Join", func(n int) {
		for range n {
			JoinPairs(p, 64, a, a[128:], 16, 8, 8)
		}
	})
}

func BenchmarkHalfPlanes(b *testing.B) {
	for name, kind := range map[string]int{"smooth": 4, "noise": 0} {
		benchTwins(b, name, func(n int) {
			const w, h, stride = 1280, 16, 1280 + 64
			src := make([]uint8, stride*(h+8))
			fill(rand.New(rand.NewPCG(1, 2)), kind, src)
			if kind == 4 {
				for i := range src {
					src[i] = src[i]>>1 + 64
				}
			}
			const apart = 9*4096 + 1024 + 64
			dst := make([]uint8, 4*apart)
			for range n {
				HalfPlanes(dst[apart:], dst[2*apart:], dst[3*apart:], src, 4*stride+36, stride, w, h)
			}
		})
	}
}

func BenchmarkChromaMCPlanes(b *testing.B) {
	a, _ := benchBlocks()
	dst := make([]uint8, 256)
	for _, w := range []int{2, 4, 8} {
		for _, d := range [][2]int{{0, 0}, {3, 0}, {0, 3}, {3, 5}} {
			benchTwins(b, itoa(w)+"/"+itoa(d[0])+itoa(d[1]), func(n int) {
				for range n {
					ChromaMCPlanes(dst, dst[128:], 16, a, 64, d[0], d[1], w, w)
				}
			})
		}
	}
}

func BenchmarkHalfPatch(b *testing.B) {
	const stride = 768
	src := make([]uint8, stride*32)
	fill(rand.New(rand.NewPCG(1, 2)), 4, src)
	dst := make([]uint8, 4*48*20)
	benchTwins(b, "20x20", func(n int) {
		for i := range n {
			HalfPatch(dst, 48*20, 48, src[i&63:], stride, 20, 20)
		}
	})
}
