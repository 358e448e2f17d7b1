package dsp

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

func TestForwardDCT4x4(t *testing.T) {
	r := newRand(t)
	for i := range 2000 {
		a, as := cut(r, i, 4, 4)
		p, ps := cut(r, i/5, 4, 4)
		var got [16]int16
		ForwardDCT4x4(&got, a, as, p, ps)
		if want := refForwardDCT(a, as, p, ps); got != want {
			t.Fatalf("ForwardDCT4x4 = %v, want %v", got, want)
		}
	}
}

func TestForwardDCTExtremes(t *testing.T) {
	for k := range 16 {
		// The samples whose signs follow basis function k give that coefficient its largest value.
		var a, p [16]uint8
		for i := range a {
			if refCore[k/4][i/4]*refCore[k%4][i%4] > 0 {
				a[i] = 255
			} else {
				p[i] = 255
			}
		}
		var c [16]int16
		for range 2 {
			ForwardDCT4x4(&c, a[:], 4, p[:], 4)
			if want := refForwardDCT(a[:], 4, p[:], 4); c != want {
				t.Fatalf("ForwardDCT4x4 = %v, want %v", c, want)
			}
			a, p = p, a
		}
	}
}

func TestForwardDCT16x16(t *testing.T) {
	r := newRand(t)
	for i := range 200 {
		a, as := cut(r, i, 16, 16)
		p, ps := cut(r, i/5, 16, 16)
		var got [16][16]int16
		ForwardDCT16x16(&got, a, as, p, ps)
		for blk := range got {
			// Figure 6-10, as inverse 4x4 luma block scanning (clause 6.4.3) has it.
			x := (blk>>2&1)*8 + (blk&1)*4
			y := (blk>>3)*8 + (blk>>1&1)*4
			if want := refForwardDCT(a[y*as+x:], as, p[y*ps+x:], ps); got[blk] != want {
				t.Fatalf("ForwardDCT16x16, block %d = %v, want %v", blk, got[blk], want)
			}
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

func TestInverseDCT4x4Add(t *testing.T) {
	r := newRand(t)
	for i := range 4000 {
		c := randomCoefs(r)
		if i%7 == 0 {
			for k := range c {
				c[k] = []int16{-2047, 2047}[r.IntN(2)]
			}
		}
		before := c
		dst, ds := cut(r, i, 4, 4)
		want := clone(dst)
		refInverseDCTAdd(want, ds, &c)
		InverseDCT4x4Add(dst, ds, &c)
		checkPlane(t, "InverseDCT4x4Add", dst, want)
		if c != before {
			t.Fatal("InverseDCT4x4Add changed its coefficients")
		}
	}
}

// TestInverseDCT4x4AddFar takes residuals to the ends of their range, beyond that of samples in all of the block.
func TestInverseDCT4x4AddFar(t *testing.T) {
	for dc := -32768 + 64; dc <= 32767-64; dc += 61 {
		for _, sample := range []uint8{0, 1, 128, 254, 255} {
			c := [16]int16{int16(dc), 3, -3}
			dst := bytes.Repeat([]uint8{sample}, 16)
			want := clone(dst)
			refInverseDCTAdd(want, 4, &c)
			InverseDCT4x4Add(dst, 4, &c)
			checkPlane(t, "InverseDCT4x4Add", dst, want)
		}
	}
}

func TestInverseDC4x4Add(t *testing.T) {
	r := newRand(t)
	for dc := -32768; dc <= 32767; dc += 1 + r.IntN(40) {
		dst, ds := cut(r, dc&7, 4, 4)
		want := clone(dst)
		refInverseDCTAdd(want, ds, &[16]int16{int16(dc)})
		InverseDC4x4Add(dst, ds, int16(dc))
		checkPlane(t, "InverseDC4x4Add", dst, want)
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
		var all [16][16]int16
		ForwardDCT16x16(&all, a, as, p, ps)
		for i, c := range all {
			x, y := int(codingOrder[i]&3)*4, int(codingOrder[i]>>2)*4
			if want := refForwardDCT(a[y*as+x:], as, p[y*ps+x:], ps); c != want {
				t.Fatalf("block %d = %v, want %v", i, c, want)
			}
		}
		c := randomCoefs(r)
		for i := range min(16, len(data)) {
			c[i] = int16(int8(data[i])) * 8
		}
		want := clone(a)
		refInverseDCTAdd(want, as, &c)
		InverseDCT4x4Add(a, as, &c)
		checkPlane(t, "InverseDCT4x4Add", a, want)
	})
}

func BenchmarkForwardDCT4x4(b *testing.B) {
	a, p := benchBlocks()
	var c [16]int16
	for i := range b.N {
		ForwardDCT4x4(&c, a[i&15:], 64, p, 64)
	}
}

func BenchmarkForwardDCT16x16(b *testing.B) {
	a, p := benchBlocks()
	var c [16][16]int16
	for i := range b.N {
		ForwardDCT16x16(&c, a[i&15:], 64, p, 64)
	}
}

// BenchmarkInverseDCT4x4Add adds a residual and takes it away again, so that nothing is clipped.
func BenchmarkInverseDCT4x4Add(b *testing.B) {
	a, _ := benchBlocks()
	c := [2][16]int16{{640, -512, 64, 128, 256, -64, 32, -128}}
	for i, v := range c[0] {
		c[1][i] = -v
	}
	for i := range b.N {
		InverseDCT4x4Add(a, 64, &c[i&1])
	}
}

func BenchmarkInverseDC4x4Add(b *testing.B) {
	a, _ := benchBlocks()
	for i := range b.N {
		InverseDC4x4Add(a, 64, int16(i&1)*1024-512)
	}
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
