package dsp

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"unsafe"
)

// scanned puts a raster block into frame scan order.
func scanned(raster [16]int16) (scan [16]int16) {
	for i, p := range frameScan {
		scan[i] = raster[4*p[1]+p[0]]
	}
	return scan
}

// blockAt returns the place of a block by coding order: inverse 4x4 luma block scanning (clause 6.4.3).
func blockAt(blk int) (x, y int) { return (blk>>2&1)*8 + (blk&1)*4, (blk>>3)*8 + (blk>>1&1)*4 }

func flat(blocks [][16]int16) (all []int) {
	for i := range blocks {
		for _, c := range blocks[i] {
			all = append(all, int(c))
		}
	}
	return all
}

// checkForward compares the transforms of all blocks of a 16x16, 8x8 or 4x4 residual.
func checkForward(t *testing.T, size int, a []uint8, as int, p []uint8, ps int) {
	t.Helper()
	whole, blocks := margins[int16](256)
	forward := func() []int {
		c := (*[16][16]int16)(unsafe.Pointer(&blocks[0]))
		switch size {
		case 16:
			ForwardDCT4x4Sixteen(c, a, as, p, ps)
		case 8:
			ForwardDCT4x4Four((*[4][16]int16)(c[:4]), a, as, p, ps)
		case 4:
			ForwardDCT4x4(&c[0], a, as, p, ps)
		}
		return nil
	}
	twins(t, "forward", forward, whole)
	for blk := range size * size / 16 {
		x, y := blockAt(blk)
		got := [16]int16(blocks[16*blk:])
		if want := scanned(refForwardDCT(a[y*as+x:], as, p[y*ps+x:], ps)); got != want {
			t.Fatalf("size %d, block %d = %v, want %v", size, blk, got, want)
		}
	}
}

func TestForwardDCT4x4(t *testing.T) {
	r := newRand(t)
	for i := range 600 {
		for _, size := range []int{4, 8, 16} {
			a, as := cut(r, i, size, size)
			p, ps := cut(r, i/5, size, size)
			checkForward(t, size, a, as, p, ps)
		}
	}
}

func TestForwardDCT4x4Extremes(t *testing.T) {
	for k := range 16 {
		// The samples whose signs follow basis function k give that coefficient its largest value.
		pattern := func(x, y int) bool { return refCore[k/4][y%4]*refCore[k%4][x%4] > 0 }
		opposite := func(x, y int) bool { return !pattern(x, y) }
		for _, size := range []int{4, 8, 16} {
			a, p := draw(pattern, size, size), draw(opposite, size, size)
			checkForward(t, size, a, size, p, size)
			checkForward(t, size, p, size, a, size)
		}
	}
}

// randomCoefs returns coefficients of several magnitudes and densities within the range that a conforming stream has.
func randomCoefs(r *rand.Rand) (c [16]int16) {
	magnitude := 1 << r.IntN(12)
	density := 1 + r.IntN(16)
	for i := range c {
		if r.IntN(16) < density {
			c[i] = int16(r.IntN(2*magnitude+1) - magnitude)
		}
	}
	return c
}

// scales returns factors by position, or ones.
func scales(r *rand.Rand, most int) (s [16]int16) {
	for i := range s {
		s[i] = int16(1 + r.IntN(most))
	}
	return s
}

// refResidualAdd adds the residual of levels in scan order, with dc in place of the first coefficient if it isn't nil.
func refResidualAdd(dst []uint8, ds int, level, scale *[16]int16, dc *int16) {
	var c [16]int16
	for i, p := range frameScan {
		c[4*p[1]+p[0]] = level[i] * scale[i]
	}
	if dc != nil {
		c[0] = *dc
	}
	refInverseDCTAdd(dst, ds, &c)
}

func TestInverseDCT4x4Add(t *testing.T) {
	r := newRand(t)
	for i := range 4000 {
		most := 1 + r.IntN(29)
		scale := scales(r, most)
		level := randomCoefs(r)
		if i%7 == 0 {
			for k := range level {
				level[k] = []int16{-2047, 2047}[r.IntN(2)]
			}
		}
		for k := range level {
			level[k] /= int16(most)
		}
		dst, ds := cut(r, i, 4, 4)
		want := clone(dst)
		refResidualAdd(want, ds, &level, &scale, nil)
		twins(t, "InverseDCT4x4Add", func() []int {
			InverseDCT4x4Add(dst, ds, &level, &scale)
			return nil
		}, dst, level[:])
		checkPlane(t, "InverseDCT4x4Add", dst, want)
	}
}

func TestInverseDCT4x4FourDCAdd(t *testing.T) {
	r := newRand(t)
	for i := range 2000 {
		most := 1 + r.IntN(29)
		scale := scales(r, most)
		var level [4][16]int16
		var dc [4]int16
		for k := range level {
			if r.IntN(4) > 0 {
				level[k] = randomCoefs(r)
				for j := range level[k] {
					level[k][j] /= int16(most)
				}
			}
			if dc[k] = int16(r.IntN(4096) - 2048); level[k] == [16]int16{} {
				dc[k] *= 7
			}
		}
		before, ds := cut(r, i, 8, 8)
		for _, kind := range []string{"levels and DC", "DC"} {
			dst := guarded(len(before))
			copy(dst, before)
			want := clone(dst)
			for k := range level {
				x, y := blockAt(k)
				switch kind {
				case "levels and DC":
					refResidualAdd(want[y*ds+x:], ds, &level[k], &scale, &dc[k])
				case "DC":
					refResidualAdd(want[y*ds+x:], ds, &[16]int16{}, &scale, &dc[k])
				}
			}
			twins(t, kind, func() []int {
				switch kind {
				case "levels and DC":
					InverseDCT4x4FourDCAdd(dst, ds, &level, &scale, &dc)
				case "DC":
					InverseDC4x4FourAdd(dst, ds, &dc)
				}
				return flat(level[:])
			}, dst)
			checkPlane(t, kind, dst, want)
		}
	}
}

// TestInverse16x16 checks the transforms of whole macroblocks against those of their blocks.
func TestInverse16x16(t *testing.T) {
	r := newRand(t)
	scale := scales(r, 1)
	for quads := range uint(16) {
		var level [16][16]int16
		var coef [4][64]int16
		for k := range level {
			level[k] = randomCoefs(r)
		}
		for k := range coef {
			coef[k] = randomCoefs8(r)
		}
		for name, f := range map[string]struct {
			whole func(dst []uint8, ds int)
			part  func(dst []uint8, ds, quad int)
		}{
			"4x4": {func(dst []uint8, ds int) { InverseDCT4x4SixteenAdd(dst, ds, &level, &scale, quads) },
				func(dst []uint8, ds, quad int) {
					for k := range 4 {
						x, y := blockAt(k)
						InverseDCT4x4Add(dst[y*ds+x:], ds, &level[4*quad+k], &scale)
					}
				}},
			"8x8": {func(dst []uint8, ds int) { InverseDCT8x8FourAdd(dst, ds, &coef, quads) },
				func(dst []uint8, ds, quad int) { InverseDCT8x8Add(dst, ds, &coef[quad]) }},
		} {
			dst, ds := cut(r, 0, 16, 16)
			want := clone(dst)
			for quad := range 4 {
				if quads>>quad&1 != 0 {
					f.part(want[quad/2*8*ds+quad%2*8:], ds, quad)
				}
			}
			f.whole(dst, ds)
			checkPlane(t, name, dst, want)
		}
	}
}

// TestInverseDCT4x4AddFar takes residuals to the ends of their range, beyond that of samples in all of the block.
func TestInverseDCT4x4AddFar(t *testing.T) {
	ones := scales(newRand(t), 1)
	for dc := -32768 + 64; dc <= 32767-64; dc += 61 {
		for _, sample := range []uint8{0, 1, 128, 254, 255} {
			level := [16]int16{int16(dc), 3, -3}
			dst := bytes.Repeat([]uint8{sample}, 16)
			want := clone(dst)
			refResidualAdd(want, 4, &level, &ones, nil)
			twins(t, "InverseDCT4x4Add", func() []int {
				InverseDCT4x4Add(dst, 4, &level, &ones)
				return nil
			}, dst)
			checkPlane(t, "InverseDCT4x4Add", dst, want)
		}
	}
}

func TestInverseDC4x4FourAddFar(t *testing.T) {
	r := newRand(t)
	ones := scales(r, 1)
	for v := -32768; v <= 32767; v += 1 + r.IntN(40) {
		dst, ds := cut(r, v&7, 8, 8)
		want := clone(dst)
		dc := [4]int16{int16(v), int16(-v - 1), int16(v / 2), int16(v / 3)}
		for k := range dc {
			x, y := blockAt(k)
			refResidualAdd(want[y*ds+x:], ds, &[16]int16{}, &ones, &dc[k])
		}
		twins(t, "InverseDC4x4FourAdd", func() []int {
			InverseDC4x4FourAdd(dst, ds, &dc)
			return nil
		}, dst)
		checkPlane(t, "InverseDC4x4FourAdd", dst, want)
	}
}

func TestHadamard4x4(t *testing.T) {
	r := newRand(t)
	for i := range 1000 {
		limit := []int{4080, 4080, 2047, 2047}[i&3]
		var d [16]int16
		for k := range d {
			d[k] = int16(r.IntN(2*limit+1) - limit)
			if i&1 == 0 {
				d[k] = int16(limit * (1 - 2*r.IntN(2)))
			}
		}
		m := refHadamard4x4(&d)
		forward, inverse := d, d
		ForwardHadamard4x4(&forward)
		for k := range d {
			if want := int16((m[k/4][k%4] + 1) >> 1); forward[k] != want {
				t.Fatalf("ForwardHadamard4x4: coefficient %d = %d, want %d", k, forward[k], want)
			}
		}
		if limit > 2047 {
			continue // beyond the range of levels
		}
		InverseHadamard4x4(&inverse)
		for k := range d {
			if want := int16(m[k/4][k%4]); inverse[k] != want {
				t.Fatalf("InverseHadamard4x4: coefficient %d = %d, want %d", k, inverse[k], want)
			}
		}
	}
}

func TestHadamard2x2(t *testing.T) {
	d := [4]int16{1000, -200, 30, 4}
	Hadamard2x2(&d)
	if want := [4]int16{834, 1226, 766, 1174}; d != want {
		t.Fatalf("Hadamard2x2 = %v, want %v", d, want)
	}
}

func FuzzTransform(f *testing.F) {
	f.Add(uint64(1), []byte{0, 255, 255, 0})
	f.Fuzz(func(t *testing.T, seed uint64, data []byte) {
		r := rand.New(rand.NewPCG(seed, 3))
		a, as := cut(r, 0, 16, 16)
		p, ps := cut(r, 0, 16, 16)
		copy(a, data)
		copy(p, data[min(len(a), len(data)):])
		checkForward(t, 16, a, as, p, ps)
		level, ones := randomCoefs(r), scales(r, 1)
		for i := range min(16, len(data)) {
			level[i] = int16(int8(data[i])) * 8
		}
		want := clone(a)
		refResidualAdd(want, as, &level, &ones, nil)
		twins(t, "InverseDCT4x4Add", func() []int {
			InverseDCT4x4Add(a, as, &level, &ones)
			return nil
		}, a)
		checkPlane(t, "InverseDCT4x4Add", a, want)
	})
}

func BenchmarkForwardDCT4x4(b *testing.B) {
	a, p := benchBlocks()
	var c [16][16]int16
	benchTwins(b, "one", func(n int) {
		for i := range n {
			ForwardDCT4x4(&c[0], a[i&15:], 64, p, 64)
		}
	})
	benchTwins(b, "four", func(n int) {
		for i := range n {
			ForwardDCT4x4Four((*[4][16]int16)(c[:4]), a[i&15:], 64, p, 64)
		}
	})
	benchTwins(b, "sixteen", func(n int) {
		for i := range n {
			ForwardDCT4x4Sixteen(&c, a[i&15:], 64, p, 64)
		}
	})
}

// BenchmarkInverseDCT4x4Add adds a residual and takes it away again, so that nothing is clipped.
func BenchmarkInverseDCT4x4Add(b *testing.B) {
	a, _ := benchBlocks()
	scale := scales(rand.New(rand.NewPCG(1, 1)), 1)
	level := [2][4][16]int16{}
	for k := range level[0] {
		level[0][k] = [16]int16{640, -512, 64, 128, 256, -64, 32, -128}
		for i, v := range level[0][k] {
			level[1][k][i] = -v
		}
	}
	dc := [2][4]int16{{512, 256, -512, 64}, {-512, -256, 512, -64}}
	benchTwins(b, "one", func(n int) {
		for i := range n {
			InverseDCT4x4Add(a, 64, &level[i&1][0], &scale)
		}
	})
	var sixteen [2][16][16]int16
	for k := range sixteen {
		for i := range sixteen[k] {
			sixteen[k][i] = level[k][i&3]
		}
	}
	benchTwins(b, "sixteen", func(n int) {
		for i := range n {
			InverseDCT4x4SixteenAdd(a, 64, &sixteen[i&1], &scale, 15)
		}
	})
	benchTwins(b, "fourDC", func(n int) {
		for i := range n {
			InverseDCT4x4FourDCAdd(a, 64, &level[i&1], &scale, &dc[i&1])
		}
	})
	benchTwins(b, "onlyDC", func(n int) {
		for i := range n {
			InverseDC4x4FourAdd(a, 64, &dc[i&1])
		}
	})
}

func BenchmarkHadamard4x4(b *testing.B) {
	d := [16]int16{100, 20, -30, 4, 5, -6}
	for range b.N {
		e := d
		ForwardHadamard4x4(&e)
		InverseHadamard4x4(&e)
		sink += int(e[3])
	}
}
