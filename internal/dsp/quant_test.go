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

// checkQuant compares the quantisation of blocks, alone and in one call.
func checkQuant(t *testing.T, qp int, blocks [][16]int16, mf *[16]uint16, bias *[16]uint32, shift uint) {
	t.Helper()
	q := MakeQuant4x4(mf, bias, shift)
	level := make([][16]int16, len(blocks)+1)
	nonzero := make([]uint8, len(blocks)+1)
	twins(t, "Quant4x4", func() []int {
		q.Blocks(level, blocks, nonzero[:len(blocks)])
		return append(flat(level), flat(blocks)...)
	}, nonzero)
	for i := range blocks {
		want, wantN := refQuant(&blocks[i], mf, bias, shift)
		if int(nonzero[i]) != wantN || level[i] != want {
			t.Fatalf("qp %d: Blocks(%v) = %v, %d, want %v, %d", qp, blocks[i], level[i], nonzero[i], want, wantN)
		}
		one := [16]int16{99, 98, 97}
		twins(t, "Block", func() []int { return []int{q.Block(&one, &blocks[i])} }, one[:])
		if n := q.Block(&one, &blocks[i]); n != wantN || one != want {
			t.Fatalf("qp %d: Block(%v) = %v, %d, want %v, %d", qp, blocks[i], one, n, want, wantN)
		}
		if q.Block(&blocks[i], &blocks[i]); blocks[i] != want {
			t.Fatalf("qp %d: Block in place = %v, want %v", qp, blocks[i], want)
		}
	}
}

func TestQuant4x4(t *testing.T) {
	r := newRand(t)
	for qp := range 52 {
		for i := range 40 {
			mf, bias, shift := quantTables(qp, i&1 == 0)
			mf, bias = scannedTables(mf, bias)
			blocks := make([][16]int16, r.IntN(18))
			for j := range blocks {
				blocks[j] = randomCoefs(r)
				if r.IntN(5) == 0 {
					for k := range blocks[j] {
						blocks[j][k] = []int16{-9180, 9180, -1, 1, 0}[r.IntN(5)]
					}
				}
			}
			checkQuant(t, qp, blocks, &mf, &bias, shift)
		}
	}
}

// scannedTables brings tables into scan order, with a rounding offset of its own at each position.
func scannedTables(mf [16]uint16, bias [16]uint32) (smf [16]uint16, sbias [16]uint32) {
	for i, p := range frameScan {
		smf[i], sbias[i] = mf[4*p[1]+p[0]], bias[4*p[1]+p[0]]-bias[0]/64*uint32(i)
	}
	return smf, sbias
}

// TestQuant4x4Boundary checks the smallest coefficient that gives level 1, and the one below it.
func TestQuant4x4Boundary(t *testing.T) {
	for qp := range 52 {
		mf, bias, shift := quantTables(qp, qp&1 == 0)
		mf, bias = scannedTables(mf, bias)
		q := MakeQuant4x4(&mf, &bias, shift)
		for i := range 16 {
			first := int16((uint32(1)<<shift - bias[i] + uint32(mf[i]) - 1) / uint32(mf[i]))
			for _, sign := range []int16{1, -1} {
				var c, level [16]int16
				c[i] = sign * first
				if n := q.Block(&level, &c); n != 1 || level[i] != sign {
					t.Fatalf("qp %d, position %d: coefficient %d gives %v, %d", qp, i, c[i], level, n)
				}
				checkQuant(t, qp, [][16]int16{c}, &mf, &bias, shift)
				c[i] = sign * (first - 1)
				if n := q.Block(&level, &c); n != 0 || level != [16]int16{} {
					t.Fatalf("qp %d, position %d: coefficient %d gives %v, %d", qp, i, c[i], level, n)
				}
				checkQuant(t, qp, [][16]int16{c}, &mf, &bias, shift)
			}
		}
	}
}

// TestQuant4x4Zero compares Zero16x16 to what Blocks does, where all levels are zero, or all but one, or more.
func TestQuant4x4Zero(t *testing.T) {
	r := newRand(t)
	var zero, coded int
	for qp := range 52 {
		mf, bias, shift := quantTables(qp, qp&1 == 0)
		mf, bias = scannedTables(mf, bias)
		q := MakeQuant4x4(&mf, &bias, shift)
		for i := range 120 {
			a, as := cut(r, i, 16, 16)
			p, ps := cut(r, i/7, 16, 16)
			if i%3 > 0 { // a residual small enough
				contrast := 1 + r.IntN(1+1<<(qp/6))
				for y := range 16 {
					for x := range 16 {
						a[y*as+x] = uint8(refClip(0, 255, int(p[y*ps+x])+r.IntN(2*contrast+1)-contrast))
						if i%3 == 1 {
							a[y*as+x] = p[y*ps+x]
						}
					}
				}
				x, y := r.IntN(16), r.IntN(16)
				a[y*as+x] = uint8(refClip(0, 255, int(a[y*as+x])+r.IntN(255)-127))
			}
			var c, level [16][16]int16
			var nonzero [16]uint8
			ForwardDCT4x4Sixteen(&c, a, as, p, ps)
			q.Blocks(level[:], c[:], nonzero[:])
			want := nonzero == [16]uint8{}
			if got := q.Zero16x16(a, as, p, ps); got != want {
				t.Fatalf("qp %d: Zero16x16 is %v, counts %v", qp, got, nonzero)
			}
			portably(func() {
				if got := q.Zero16x16(a, as, p, ps); got != want {
					t.Fatalf("qp %d: portably Zero16x16 is %v, counts %v", qp, got, nonzero)
				}
			})
			if want {
				zero++
			} else {
				coded++
			}
		}
	}
	if zero < 1000 || coded < 1000 {
		t.Errorf("%d residuals were zero, %d not", zero, coded)
	}
}

// TestQuantLimitsExact has a multiplier that divides the rounded step: the quotient itself gives level 1.
func TestQuantLimitsExact(t *testing.T) {
	var mf [16]uint16
	var bias [16]uint32
	for i := range mf {
		mf[i], bias[i] = 1<<10, uint32(i)<<10
	}
	for i, l := range MakeQuant4x4(&mf, &bias, 20).limit {
		if want := int16(1<<10 - i - 1); l != want {
			t.Fatalf("limit %d = %d, want %d", i, l, want)
		}
	}
}

func TestQuantLimitsCap(t *testing.T) {
	mf, bias := [16]uint16{0: 1}, [16]uint32{}
	for i := 1; i < 16; i++ {
		mf[i] = 100
	}
	q := MakeQuant4x4(&mf, &bias, 31)
	for i, l := range q.limit {
		if l != 1<<14-1 {
			t.Fatalf("limit %d = %d", i, l)
		}
	}
	c := [16]int16{1 << 14, -1 << 14}
	if allWithin(&c, &q.limit) {
		t.Fatal("allWithin lets 1<<14 through")
	}
}

// TestQuant4x4Range takes the largest products that the doc allows.
func TestQuant4x4Range(t *testing.T) {
	var mf [16]uint16
	var bias [16]uint32
	var c [16]int16
	for i := range mf {
		mf[i], bias[i] = 65535, 1<<32-1-65535<<14
		c[i] = []int16{1 << 14, -1 << 14, -1<<14 + 1, 1<<14 - 1}[i&3]
	}
	checkQuant(t, 0, [][16]int16{c}, &mf, &bias, 17)
}

// frameScan is the 4x4 zig-zag scan of table 8-2 as (x, y) of each idx.
var frameScan = [16][2]int{{0, 0}, {1, 0}, {0, 1}, {0, 2}, {1, 1}, {2, 0}, {3, 0}, {2, 1}, {1, 2}, {0, 3}, {1, 3}, {2, 2}, {3, 1}, {3, 2}, {2, 3}, {3, 3}}

func FuzzQuant(f *testing.F) {
	f.Add(uint8(23), []byte{1, 2, 3, 4})
	f.Fuzz(func(t *testing.T, qp uint8, data []byte) {
		mf, bias, shift := quantTables(int(qp)%52, qp&64 == 0)
		blocks := make([][16]int16, 1+len(data)/32%17)
		for i := range min(len(data)/2, 16*len(blocks)) {
			blocks[i/16][i%16] = (int16(data[2*i]) | int16(data[2*i+1])<<8) >> 1
		}
		checkQuant(t, int(qp), blocks, &mf, &bias, shift)
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
	q := MakeQuant4x4(&mf, &bias, shift)
	for _, c := range []struct {
		name  string
		scale int
	}{{"zero", 20}, {"sparse", 200}, {"dense", 3000}} {
		blocks := benchCoefs(c.scale)
		var level [16][16]int16
		var nonzero [16]uint8
		benchTwins(b, c.name+"/one", func(n int) {
			for i := range n {
				sink += q.Block(&level[0], &blocks[i&63])
			}
		})
		benchTwins(b, c.name+"/sixteen", func(n int) {
			for i := range n {
				q.Blocks(level[:], blocks[i&31:], nonzero[:])
			}
		})
	}
}

func BenchmarkQuant4x4Zero(b *testing.B) {
	mf, bias, shift := quantTables(40, false)
	q := MakeQuant4x4(&mf, &bias, shift)
	a := make([]uint8, 64*33)
	benchTwins(b, "16x16", func(n int) {
		for i := range n {
			if q.Zero16x16(a[i&15:], 64, a, 64) {
				sink++
			}
		}
	})
}
