package dsp

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// refCore8 is eight times the matrix of the 8x8 transform.
var refCore8 = [8][8]int{
	{8, 8, 8, 8, 8, 8, 8, 8},
	{12, 10, 6, 3, -3, -6, -10, -12},
	{8, 4, -4, -8, -8, -4, 4, 8},
	{10, -3, -12, -6, 6, 12, 3, -10},
	{8, -8, -8, 8, 8, -8, -8, 8},
	{6, -12, 3, 10, -10, -3, 12, -6},
	{4, -8, 8, -4, -4, 8, -8, 4},
	{3, -6, 10, -12, 12, -10, 6, -3},
}

// refForwardDCT8 returns 64 times the exact coefficients of a-p.
func refForwardDCT8(a []uint8, as int, p []uint8, ps int) (c [64]int) {
	var rows [8][8]int
	for y := range 8 {
		for u := range 8 {
			for x := range 8 {
				rows[y][u] += refCore8[u][x] * (int(a[y*as+x]) - int(p[y*ps+x]))
			}
		}
	}
	for v := range 8 {
		for u := range 8 {
			for y := range 8 {
				c[8*v+u] += refCore8[v][y] * rows[y][u]
			}
		}
	}
	return c
}

// TestForwardDCT8x8 allows for the parts that are rounded down on the way: below 2 in a row, of which eight add up to
// at most 1.5 times 8 in a column, and 2 there.
func TestForwardDCT8x8(t *testing.T) {
	r := newRand(t)
	for i := range 2000 {
		a, as := cut(r, i, 8, 8)
		p, ps := cut(r, i/5, 8, 8)
		checkForward8(t, a, as, p, ps)
	}
}

func checkForward8(t *testing.T, a []uint8, as int, p []uint8, ps int) {
	t.Helper()
	whole, block := margins[int16](64)
	got := (*[64]int16)(block)
	twins(t, "ForwardDCT8x8", func() []int {
		ForwardDCT8x8(got, a, as, p, ps)
		return nil
	}, whole)
	for k, want := range refForwardDCT8(a, as, p, ps) {
		if d := refAbs(64*int(got[k]) - want); d > 64*14 {
			t.Fatalf("coefficient %d is %d, exactly %d/64", k, got[k], want)
		}
	}
}

// TestForwardDCT8x8Even has residuals for which nothing is rounded.
func TestForwardDCT8x8Even(t *testing.T) {
	r := newRand(t)
	for range 300 {
		var a, p [64]uint8
		for i := range a {
			a[i], p[i] = uint8(r.IntN(4)*64), uint8(r.IntN(4)*64)
		}
		var got [64]int16
		ForwardDCT8x8(&got, a[:], 8, p[:], 8)
		for k, want := range refForwardDCT8(a[:], 8, p[:], 8) {
			if 64*int(got[k]) != want {
				t.Fatalf("coefficient %d is %d, want %d/64", k, got[k], want)
			}
		}
	}
}

func TestForwardDCT8x8Extremes(t *testing.T) {
	for k := range 64 {
		pattern := func(x, y int) bool { return refCore8[k/8][y]*refCore8[k%8][x] > 0 }
		opposite := func(x, y int) bool { return !pattern(x, y) }
		a, p := draw(pattern, 8, 8), draw(opposite, 8, 8)
		checkForward8(t, a, 8, p, 8)
		checkForward8(t, p, 8, a, 8)
	}
}

func TestForwardDCT8x8Four(t *testing.T) {
	r := newRand(t)
	for i := range 200 {
		a, as := cut(r, i, 16, 16)
		p, ps := cut(r, i/5, 16, 16)
		var got [4][64]int16
		twins(t, "ForwardDCT8x8Four", func() (all []int) {
			ForwardDCT8x8Four(&got, a, as, p, ps)
			for i := range 256 {
				all = append(all, int(got[i/64][i%64]))
			}
			return all
		})
		for blk := range got {
			x, y := blk%2*8, blk/2*8
			var want [64]int16
			ForwardDCT8x8(&want, a[y*as+x:], as, p[y*ps+x:], ps)
			if got[blk] != want {
				t.Fatalf("block %d = %v, want %v", blk, got[blk], want)
			}
		}
	}
}

// refInverse8 is 8-354 to 8-377 of clause 8.5.13.2, in its words.
func refInverse8(d [8]int) (g [8]int) {
	var e, f [8]int
	e[0] = d[0] + d[4]
	e[1] = -d[3] + d[5] - d[7] - (d[7] >> 1)
	e[2] = d[0] - d[4]
	e[3] = d[1] + d[7] - d[3] - (d[3] >> 1)
	e[4] = (d[2] >> 1) - d[6]
	e[5] = -d[1] + d[7] + d[5] + (d[5] >> 1)
	e[6] = d[2] + (d[6] >> 1)
	e[7] = d[3] + d[5] + d[1] + (d[1] >> 1)
	f[0] = e[0] + e[6]
	f[1] = e[1] + (e[7] >> 2)
	f[2] = e[2] + e[4]
	f[3] = e[3] + (e[5] >> 2)
	f[4] = e[2] - e[4]
	f[5] = (e[3] >> 2) - e[5]
	f[6] = e[0] - e[6]
	f[7] = e[7] - (e[1] >> 2)
	g[0] = f[0] + f[7]
	g[1] = f[2] + f[5]
	g[2] = f[4] + f[3]
	g[3] = f[6] + f[1]
	g[4] = f[6] - f[1]
	g[5] = f[4] - f[3]
	g[6] = f[2] - f[5]
	g[7] = f[0] - f[7]
	return g
}

func refInverseDCT8Add(dst []uint8, ds int, c *[64]int16) {
	var m [8][8]int
	for y := range 8 {
		var d [8]int
		for x := range 8 {
			d[x] = int(c[8*y+x])
		}
		m[y] = refInverse8(d)
	}
	for x := range 8 {
		var d [8]int
		for y := range 8 {
			d[y] = m[y][x]
		}
		for y, v := range refInverse8(d) {
			dst[y*ds+x] = uint8(refClip(0, 255, int(dst[y*ds+x])+(v+32)>>6))
		}
	}
}

// randomCoefs8 returns coefficients of several magnitudes and densities within the range that a conforming stream has.
func randomCoefs8(r *rand.Rand) (c [64]int16) {
	magnitude := 1 << r.IntN(14)
	density := 1 + r.IntN(64)
	if magnitude > 512 {
		density = min(density, 1+16384/magnitude/2)
	}
	for left := density; left > 0; left-- {
		c[r.IntN(64)] = int16(r.IntN(2*magnitude+1) - magnitude)
	}
	return c
}

func TestInverseDCT8x8Add(t *testing.T) {
	r := newRand(t)
	for i := range 3000 {
		got, s := cut(r, i, 8, 8)
		want := clone(got)
		c := randomCoefs8(r)
		refInverseDCT8Add(want, s, &c)
		twins(t, "InverseDCT8x8Add", func() []int {
			InverseDCT8x8Add(got, s, &c)
			return nil
		}, got)
		if !bytes.Equal(got, want) {
			t.Fatalf("InverseDCT8x8Add of %v: %v, want %v", c, got, want)
		}
	}
}

// norm8 is normAdjust8x8 of 8-318, by m and position.
func norm8(m, i int) int {
	v := [6][6]int{{20, 18, 32, 19, 25, 24}, {22, 19, 35, 21, 28, 26}, {26, 23, 42, 24, 33, 31},
		{28, 25, 45, 26, 35, 33}, {32, 28, 51, 30, 40, 38}, {36, 32, 58, 34, 46, 43}}[m]
	x, y := i%8, i/8
	switch {
	case x%4 == 0 && y%4 == 0:
		return v[0]
	case x%2 == 1 && y%2 == 1:
		return v[1]
	case x%4 == 2 && y%4 == 2:
		return v[2]
	case x%4 == 0 && y%2 == 1 || x%2 == 1 && y%4 == 0:
		return v[3]
	case x%4 == 0 && y%4 == 2 || x%4 == 2 && y%4 == 0:
		return v[4]
	}
	return v[5]
}

// quantTables8 returns multipliers that undo norm8 and the gain of both transforms, and rounding offsets.
func quantTables8(qp int) (mf [64]uint16, bias [64]uint32, scale [64]int16, shift uint) {
	norm := func(k int) (n int) {
		for _, v := range refCore8[k] {
			n += v * v
		}
		return n // times 64
	}
	shift = uint(16 + qp/6)
	for i := range mf {
		scale[i] = int16(norm8(qp%6, i))
		n := int64(norm(i%8)*norm(i/8)) * int64(scale[i])
		mf[i] = uint16((256<<28 + n/2) / n)
		bias[i] = 1<<shift/uint32(3+3*(qp&1)) - uint32(i)<<shift/1000
	}
	return mf, bias, scale, shift
}

// TestQuant8x8 compares with the definition, and undoes it: what comes back differs by no more than quantisation may
// have it.
func TestQuant8x8(t *testing.T) {
	r := newRand(t)
	for qp := range 52 {
		mf, bias, scale, shift := quantTables8(qp)
		var limit [64]int16
		QuantLimits8x8(&limit, &mf, &bias, shift)
		for i := range 60 {
			a, as := cut(r, i, 8, 8)
			p, ps := cut(r, i/5, 8, 8)
			var c, level, scaled [64]int16
			ForwardDCT8x8(&c, a, as, p, ps)
			if i&1 == 1 {
				for k := range c {
					c[k] = limit[k] * int16(r.IntN(3)-1)
				}
				if i&3 == 3 {
					k := r.IntN(64)
					c[k] = (limit[k] + 1) * int16(1-2*r.IntN(2))
				}
			}
			twins(t, "Quant8x8", func() []int {
				n, within := Quant8x8(&level, &c, &mf, &bias, shift), 0
				if AllWithin8x8(&c, &limit) {
					within = 1
				}
				Dequant8x8(&scaled, &level, &scale, qp/6)
				return []int{n, within}
			}, level[:], scaled[:])
			n, want := Quant8x8(&level, &c, &mf, &bias, shift), 0
			for k, v := range c {
				l := int((uint64(refAbs(int(v)))*uint64(mf[k]) + uint64(bias[k])) >> shift)
				if v < 0 {
					l = -l
				}
				if int(level[k]) != l {
					t.Fatalf("qp %d: level %d of %d is %d, want %d", qp, k, v, level[k], l)
				}
				if l != 0 {
					want++
				}
			}
			if n != want || AllWithin8x8(&c, &limit) != (n == 0) {
				t.Fatalf("qp %d: %d levels, said to be %d, all within: %v", qp, want, n, AllWithin8x8(&c, &limit))
			}
			Dequant8x8(&scaled, &level, &scale, qp/6)
			for k := range scaled {
				want := int(level[k]) * int(scale[k]) * 16 << uint(qp/6)
				if want = (want + 32) >> 6; int(scaled[k]) != want {
					t.Fatalf("qp %d: level %d is scaled to %d, want %d", qp, level[k], scaled[k], want)
				}
			}
			if i&1 == 1 {
				continue
			}
			back := make([]uint8, 64)
			CopyBlock(back, 8, p, ps, 8, 8)
			InverseDCT8x8Add(back, 8, &scaled)
			for k, v := range back {
				// A level is wrong by less than a step, five eighths of 2**(qp/6) in each sample at worst.
				if d := refAbs(int(v) - int(a[k/8*as+k%8])); d > 3+6<<uint(qp/6) {
					t.Fatalf("qp %d: sample %d differs by %d", qp, k, d)
				}
			}
		}
	}
}

func TestZigZag8x8(t *testing.T) {
	var raster, scan, back [64]int16
	for i := range raster {
		raster[i] = int16(i)
	}
	twins(t, "ZigZag8x8", func() []int {
		ZigZag8x8(&scan, &raster)
		return nil
	}, scan[:])
	x, y, up := 0, 0, true // the scan walks diagonals, up and down in turn
	for i, got := range scan {
		if int(got) != 8*y+x {
			t.Fatalf("position %d of the scan is %d, want %d", i, got, 8*y+x)
		}
		switch {
		case up && x == 7:
			y, up = y+1, false
		case up && y == 0:
			x, up = x+1, false
		case up:
			x, y = x+1, y-1
		case y == 7:
			x, up = x+1, true
		case x == 0:
			y, up = y+1, true
		default:
			x, y = x-1, y+1
		}
	}
	twins(t, "UnZigZag8x8", func() []int {
		UnZigZag8x8(&back, &scan)
		return nil
	}, back[:])
	if back != raster {
		t.Fatalf("UnZigZag8x8 gives %v", back)
	}
}

func TestSplitScan8x8(t *testing.T) {
	r := newRand(t)
	for range 500 {
		scan := randomCoefs8(r)
		var level [4][16]int16
		var back [64]int16
		want := 0
		twins(t, "SplitScan8x8", func() []int {
			n := SplitScan8x8(&level, &scan)
			JoinScan8x8(&back, &level)
			return append(flat(level[:]), n)
		}, back[:])
		for k, l := range scan {
			if level[k%4][k/4] != l || back[k] != l {
				t.Fatalf("level %d of %v is %d and %d", k, scan, level[k%4][k/4], back[k])
			}
			if l != 0 {
				want++
			}
		}
		if n := SplitScan8x8(&level, &scan); n != want {
			t.Fatalf("%d levels, said to be %d", want, n)
		}
	}
}

func TestMagnitudes(t *testing.T) {
	r := newRand(t)
	for _, n := range []int{0, 8, 16, 40, 64} {
		for range 100 {
			wholeC, c := margins[int16](n)
			mf, dst := make([]uint32, n), make([]uint32, n+1)
			for i := range c {
				c[i], mf[i] = int16(r.IntN(1<<16)-1<<15), uint32(r.IntN(1<<16))
				if r.IntN(4) == 0 {
					c[i] = []int16{-32768, 32767, 0, -1}[r.IntN(4)]
				}
			}
			shift := uint(1 + r.IntN(24)) // results fit 31 bits
			var set uint64
			twins(t, "Magnitudes", func() []int {
				set = Magnitudes(dst, c, mf, shift)
				return []int{int(set)}
			}, dst, wholeC)
			for i, v := range c {
				if large := set>>i&1 != 0; large != (dst[i] >= 128) {
					t.Fatalf("magnitude %d is at least half a level: %v", dst[i], large)
				}
				if want := uint32(refAbs(int(v))) * mf[i] >> shift; dst[i] != want {
					t.Fatalf("|%d|*%d >> %d = %d, want %d", v, mf[i], shift, dst[i], want)
				}
			}
		}
	}
}

func BenchmarkTransform8x8(b *testing.B) {
	a, p := benchBlocks()
	mf, bias, scale, shift := quantTables8(28)
	var c [4][64]int16
	var level, limit [64]int16
	QuantLimits8x8(&limit, &mf, &bias, shift)
	benchTwins(b, "forward", func(n int) {
		for i := range n {
			ForwardDCT8x8(&c[0], a[i&15:], 64, p, 64)
		}
	})
	benchTwins(b, "forwardFour", func(n int) {
		for i := range n {
			ForwardDCT8x8Four(&c, a[i&15:], 64, p, 64)
		}
	})
	ForwardDCT8x8Four(&c, a, 64, p, 64)
	benchTwins(b, "quant", func(n int) {
		for i := range n {
			sink += Quant8x8(&level, &c[i&3], &mf, &bias, shift)
		}
	})
	benchTwins(b, "within", func(n int) {
		var zero [64]int16
		for range n {
			if AllWithin8x8(&zero, &limit) {
				sink++
			}
		}
	})
	benchTwins(b, "dequant", func(n int) {
		for range n {
			Dequant8x8(&c[0], &level, &scale, 4)
		}
	})
	benchTwins(b, "inverse", func(n int) {
		for range n {
			InverseDCT8x8Add(a, 64, &c[0])
		}
	})
	benchTwins(b, "inverseFour", func(n int) {
		for range n {
			InverseDCT8x8FourAdd(a, 64, &c, 15)
		}
	})
	benchTwins(b, "split", func(n int) {
		var four [4][16]int16
		for range n {
			sink += SplitScan8x8(&four, &level)
			JoinScan8x8(&level, &four)
		}
	})
	benchTwins(b, "magnitudes", func(n int) {
		var magnitude, mf [64]uint32
		for range n {
			Magnitudes(magnitude[:], c[0][:], mf[:], 12)
		}
	})
	benchTwins(b, "chooseEight", func(n int) {
		r := newRand(b)
		costs, mf, scale := randomLevelCosts(r), [16]uint32{}, [64]int64{}
		for i := range mf {
			mf[i], scale[i] = 8000, 20000
		}
		q := MakeLevelRates(&mf, 12)
		var coefs [16][8][16]int16
		for i := range coefs {
			for k := range coefs[i] {
				for at := range r.IntN(16) {
					coefs[i][k][at] = int16(r.IntN(600)-300) / int16(at+1)
				}
			}
		}
		var out EightChoices
		for i := range n {
			costs.ChooseEight(&out, &coefs[i&15], &q, &scale, 0)
		}
	})
	benchTwins(b, "levelSets", func(n int) {
		var sets [16]uint32
		var levels [16][16]int16
		for range n {
			LevelSets(&sets, &levels)
		}
	})
	benchTwins(b, "zigzag", func(n int) {
		for range n {
			ZigZag8x8(&level, &c[0])
			UnZigZag8x8(&c[1], &level)
		}
	})
}
