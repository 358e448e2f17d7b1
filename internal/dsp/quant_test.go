package dsp

import (
	"math/rand/v2"
	"testing"
)

func refQuant(c *[16]int16, mf *[16]uint16, bias *[16]uint32, shift uint) (level [16]int16, nonzero int) {
	for i, v := range c {
		l := int((uint64(refAbs(int(v)))*uint64(mf[i]) + uint64(bias[i])) >> shift)
		if v < 0 {
			l = -l
		}
		level[i] = int16(l)
		if level[i] != 0 {
			nonzero++
		}
	}
	return level, nonzero
}

// quantTables returns multipliers and rounding offsets as an encoder has them for qp: the factors of clause 8.5.9's
// inverse, and a third or a sixth of a step.
func quantTables(qp int, third bool) (mf [16]uint16, bias [16]uint32, shift uint) {
	factors := [6][3]uint16{{13107, 5243, 8066}, {11916, 4660, 7490}, {10082, 4194, 6554}, {9362, 3647, 5825}, {8192, 3355, 5243}, {7282, 2893, 4559}}
	shift = uint(15 + qp/6)
	for i := range mf {
		x, y := i%4, i/4
		k := 2
		if x%2 == 0 && y%2 == 0 {
			k = 0
		} else if x%2 == 1 && y%2 == 1 {
			k = 1
		}
		mf[i] = factors[qp%6][k]
		bias[i] = 1 << shift / 6
		if third {
			bias[i] = 1 << shift / 3
		}
	}
	return mf, bias, shift
}

func TestQuant4x4(t *testing.T) {
	r := newRand(t)
	for qp := range 52 {
		for i := range 100 {
			mf, bias, shift := quantTables(qp, i&1 == 0)
			c := randomCoefs(r)
			if i%10 == 0 {
				for k := range c {
					c[k] = []int16{-9180, 9180, -1, 1, 0}[r.IntN(5)]
				}
			}
			want, wantN := refQuant(&c, &mf, &bias, shift)
			level := [16]int16{99, 98, 97}
			if n := Quant4x4(&level, &c, &mf, &bias, shift); n != wantN || level != want {
				t.Fatalf("qp %d: Quant4x4(%v) = %v, %d, want %v, %d", qp, c, level, n, want, wantN)
			}
		}
	}
}

// TestQuant4x4Boundary checks the smallest coefficient that gives level 1, and the one below it.
func TestQuant4x4Boundary(t *testing.T) {
	for qp := range 52 {
		mf, bias, shift := quantTables(qp, qp&1 == 0)
		for i := range 16 {
			first := int16((uint32(1)<<shift - bias[i] + uint32(mf[i]) - 1) / uint32(mf[i]))
			for _, sign := range []int16{1, -1} {
				var c, level [16]int16
				c[i] = sign * first
				if n := Quant4x4(&level, &c, &mf, &bias, shift); n != 1 || level[i] != sign {
					t.Fatalf("qp %d, position %d: coefficient %d gives %v, %d", qp, i, c[i], level, n)
				}
				c[i] = sign * (first - 1)
				if n := Quant4x4(&level, &c, &mf, &bias, shift); n != 0 || level != [16]int16{} {
					t.Fatalf("qp %d, position %d: coefficient %d gives %v, %d", qp, i, c[i], level, n)
				}
			}
		}
	}
}

// TestAllWithin compares AllWithin with the limits of QuantLimits to what Quant4x4 does, around the limits.
func TestAllWithin(t *testing.T) {
	r := newRand(t)
	for qp := range 52 {
		mf, bias, shift := quantTables(qp, qp&1 == 0)
		var limit [16]int16
		QuantLimits(&limit, &mf, &bias, shift)
		for i := range 400 {
			var c, level [16]int16
			for k := range c {
				c[k] = int16(r.IntN(2*int(limit[k])+1)) - limit[k]
				if i&1 == 0 {
					c[k] = limit[k] * int16(1-2*r.IntN(2))
				}
			}
			if i%4 >= 2 {
				k := r.IntN(16)
				c[k] = (limit[k] + 1 + int16(r.IntN(1+r.IntN(9000)))) * int16(1-2*r.IntN(2))
			}
			n := Quant4x4(&level, &c, &mf, &bias, shift)
			if got := AllWithin(&c, &limit); got != (n == 0) {
				t.Fatalf("qp %d: AllWithin(%v) = %v, but %d levels", qp, c, got, n)
			}
		}
	}
}

// TestQuantLimitsExact has a multiplier that divides the rounded step: the quotient itself gives level 1.
func TestQuantLimitsExact(t *testing.T) {
	var mf [16]uint16
	var bias [16]uint32
	var limit [16]int16
	for i := range mf {
		mf[i], bias[i] = 1<<10, uint32(i)<<10
	}
	QuantLimits(&limit, &mf, &bias, 20)
	for i, l := range limit {
		if want := int16(1<<10 - i - 1); l != want {
			t.Fatalf("limit %d = %d, want %d", i, l, want)
		}
	}
}

func TestQuantLimitsCap(t *testing.T) {
	mf, bias, limit := [16]uint16{0: 1}, [16]uint32{}, [16]int16{}
	for i := 1; i < 16; i++ {
		mf[i] = 100
	}
	QuantLimits(&limit, &mf, &bias, 31)
	for i, l := range limit {
		if l != 1<<14-1 {
			t.Fatalf("limit %d = %d", i, l)
		}
	}
	c := [16]int16{1 << 14, -1 << 14}
	if AllWithin(&c, &limit) {
		t.Fatal("AllWithin lets 1<<14 through")
	}
}

// TestQuant4x4Range takes the largest products that the doc allows.
func TestQuant4x4Range(t *testing.T) {
	var mf [16]uint16
	var bias [16]uint32
	var c [16]int16
	for i := range mf {
		mf[i], bias[i] = 65535, 1<<31-1
		c[i] = []int16{32767, -32767, -32768, 32766}[i&3]
	}
	want, wantN := refQuant(&c, &mf, &bias, 17)
	var level [16]int16
	if n := Quant4x4(&level, &c, &mf, &bias, 17); n != wantN || level != want {
		t.Fatalf("Quant4x4 = %v, %d, want %v, %d", level, n, want, wantN)
	}
}

// TestQuant4x4InPlace quantises a block onto itself.
func TestQuant4x4InPlace(t *testing.T) {
	r := newRand(t)
	mf, bias, shift := quantTables(20, true)
	for range 100 {
		c := randomCoefs(r)
		want, _ := refQuant(&c, &mf, &bias, shift)
		Quant4x4(&c, &c, &mf, &bias, shift)
		if c != want {
			t.Fatalf("Quant4x4 in place = %v, want %v", c, want)
		}
	}
}

func TestDequant4x4(t *testing.T) {
	r := newRand(t)
	for shift := range 9 {
		for range 200 {
			var level, scale, got [16]int16
			for i := range level {
				level[i] = int16((r.IntN(2001) - 1000) >> shift)
				scale[i] = int16(10 + r.IntN(20))
			}
			Dequant4x4(&got, &level, &scale, shift)
			for i := range got {
				if want := int16(int(level[i]) * int(scale[i]) << uint(shift)); got[i] != want {
					t.Fatalf("Dequant4x4: level %d, scale %d, shift %d = %d, want %d", level[i], scale[i], shift, got[i], want)
				}
			}
		}
	}
}

// frameScan is the 4x4 zig-zag scan of table 8-2 as (x, y) of each idx.
var frameScan = [16][2]int{{0, 0}, {1, 0}, {0, 1}, {0, 2}, {1, 1}, {2, 0}, {3, 0}, {2, 1}, {1, 2}, {0, 3}, {1, 3}, {2, 2}, {3, 1}, {3, 2}, {2, 3}, {3, 3}}

func TestZigZag4x4(t *testing.T) {
	var src, dst, back [16]int16
	for i := range src {
		src[i] = int16(-100 + 13*i)
	}
	ZigZag4x4(&dst, &src)
	for i, p := range frameScan {
		if dst[i] != src[4*p[1]+p[0]] {
			t.Fatalf("ZigZag4x4: idx %d = %d, want sample (%d,%d) = %d", i, dst[i], p[0], p[1], src[4*p[1]+p[0]])
		}
	}
	UnZigZag4x4(&back, &dst)
	if back != src {
		t.Fatalf("UnZigZag4x4 = %v, want %v", back, src)
	}
}

func FuzzQuant(f *testing.F) {
	f.Add(uint8(23), []byte{1, 2, 3, 4})
	f.Fuzz(func(t *testing.T, qp uint8, data []byte) {
		mf, bias, shift := quantTables(int(qp)%52, qp&64 == 0)
		var c, level [16]int16
		for i := range min(len(data)/2, 16) {
			c[i] = int16(data[2*i]) | int16(data[2*i+1])<<8
		}
		want, wantN := refQuant(&c, &mf, &bias, shift)
		if n := Quant4x4(&level, &c, &mf, &bias, shift); n != wantN || level != want {
			t.Fatalf("Quant4x4(%v) = %v, %d, want %v, %d", c, level, n, want, wantN)
		}
	})
}

func benchCoefs(scale int) (blocks [64][16]int16) {
	r := rand.New(rand.NewPCG(7, 8))
	for k := range blocks {
		for i := range blocks[k] {
			limit := scale / (1 + i%4 + i/4)
			blocks[k][i] = int16(r.IntN(2*limit+1) - limit)
		}
	}
	return blocks
}

func BenchmarkQuant4x4(b *testing.B) {
	mf, bias, shift := quantTables(28, false)
	for _, c := range []struct {
		name  string
		scale int
	}{{"zero", 20}, {"sparse", 200}, {"dense", 3000}} {
		blocks := benchCoefs(c.scale)
		b.Run(c.name, func(b *testing.B) {
			var level [16]int16
			for i := range b.N {
				sink += Quant4x4(&level, &blocks[i&63], &mf, &bias, shift)
			}
		})
	}
}

func BenchmarkAllWithin(b *testing.B) {
	mf, bias, shift := quantTables(28, false)
	var limit [16]int16
	QuantLimits(&limit, &mf, &bias, shift)
	blocks := benchCoefs(20)
	for i := range b.N {
		if AllWithin(&blocks[i&63], &limit) {
			sink++
		}
	}
}

func BenchmarkDequant4x4(b *testing.B) {
	blocks := benchCoefs(20)
	scale := [16]int16{10, 13, 10, 13, 13, 16, 13, 16, 10, 13, 10, 13, 13, 16, 13, 16}
	var c [16]int16
	for i := range b.N {
		Dequant4x4(&c, &blocks[i&63], &scale, 4)
	}
}

func BenchmarkZigZag4x4(b *testing.B) {
	blocks := benchCoefs(20)
	var c [16]int16
	for i := range b.N {
		ZigZag4x4(&c, &blocks[i&63])
	}
}

func BenchmarkUnZigZag4x4(b *testing.B) {
	blocks := benchCoefs(20)
	var c [16]int16
	for i := range b.N {
		UnZigZag4x4(&c, &blocks[i&63])
	}
}
