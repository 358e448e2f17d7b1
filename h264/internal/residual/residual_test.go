package residual_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/g264/g264/h264/internal/residual"
)

const samplesPerQP = 100

// forEachQP calls check with residuals of all kinds at every QP.
func forEachQP(t *testing.T, check func(d *decoder, q *residual.Quantiser, s *sample)) {
	rng := rand.New(rand.NewPCG(8, 5))
	for qp := range 52 {
		for _, s := range samples(rng, samplesPerQP) {
			check(&decoder{t, qp}, &residual.Quantisers[qp], &s)
		}
	}
}

// maxLevel is the greatest level that level_prefix 15 can say anywhere in a
// block.
const maxLevel = 2063

func checkLevels(t *testing.T, what string, levels []int16, nonzero int) {
	t.Helper()
	n := 0
	for _, l := range levels {
		if l < -maxLevel || l > maxLevel {
			t.Fatalf("%s: level %d", what, l)
		}
		if l != 0 {
			n++
		}
	}
	if n != nonzero {
		t.Fatalf("%s: %d levels that aren't zero, said to be %d: %v", what, n, nonzero, levels)
	}
}

func checkSamples(t *testing.T, what string, qp, size int, got, want *[256]uint8) {
	t.Helper()
	for y := range size {
		for x := range size {
			if got[y*stride+x] != want[y*stride+x] {
				t.Fatalf("%s at QP %d: sample (%d, %d) is %d, want %d", what, qp, x, y, got[y*stride+x], want[y*stride+x])
			}
		}
	}
}

// 4x4 blocks, as of inter macroblocks and Intra 4x4, reconstruct as clause 8.5.1
// says, quadrant by quadrant or alone.
func TestBlocks(t *testing.T) {
	forEachQP(t, func(d *decoder, q *residual.Quantiser, s *sample) {
		var level, coef [16][16]int16
		nonzero := q.Inter16(&level, &coef, &s.src, &s.pred)
		want := s.pred
		for i := range level {
			checkLevels(t, "Inter16", level[i][:], int(nonzero[i]))
			x, y := blockOrigin(i)
			r := d.transform(d.scale(inverseScan(wide(level[i][:])), false))
			construct(want[y*stride+x:], stride, r)
		}
		got := s.pred
		for _, quad := range []int{3, 0, 2, 1} {
			q.Add16(&got, &level, 1<<quad)
		}
		checkSamples(t, "Inter16 and Add16 of quadrants", d.qp, 16, &got, &want)
		got = s.pred
		q.Add16(&got, &level, 15)
		checkSamples(t, "Inter16 and Add16", d.qp, 16, &got, &want)
		got = s.pred
		for i := range level {
			x, y := blockOrigin(i)
			q.Add(got[y*stride+x:], stride, &level[i])
		}
		checkSamples(t, "Inter16 and Add", d.qp, 16, &got, &want)
	})
}

// Intra 16x16 reconstructs as clause 8.5.2 says.
func TestIntra16(t *testing.T) {
	forEachQP(t, func(d *decoder, q *residual.Quantiser, s *sample) {
		var dc [16]int16
		var level, coef [16][16]int16
		nonzero := q.Intra16(&dc, &level, &coef, &s.src, &s.pred)
		checkLevels(t, "Intra16 DC", dc[:], 16-count(dc[:], 0))
		dcY := d.intra16DC(inverseScan(wide(dc[:])))
		want := s.pred
		for i := range level {
			checkLevels(t, "Intra16", level[i][1:], int(nonzero[i]))
			x, y := blockOrigin(i)
			list := append([]int32{dcY[y/4][x/4]}, wide(level[i][1:])...)
			construct(want[y*stride+x:], stride, d.transform(d.scale(inverseScan(list), true)))
		}
		got := s.pred
		q.AddIntra16(&got, &dc, &level, &nonzero)
		checkSamples(t, "Intra16", d.qp, 16, &got, &want)
	})
}

func count(levels []int16, v int16) (n int) {
	for _, l := range levels {
		if l == v {
			n++
		}
	}
	return n
}

// 4:2:0 chroma reconstructs as clause 8.5.4 says, with and without AC levels.
func TestChroma8(t *testing.T) {
	forEachQP(t, func(d *decoder, q *residual.Quantiser, s *sample) {
		for _, kind := range []int{residual.Intra, residual.Inter} {
			var dc [16]int16
			var level, coef [16][16]int16
			nonzero, anyDC := q.Chroma8(&dc, &level, &coef, &s.src, &s.pred, kind)
			checkLevels(t, "Chroma8 DC", dc[:4], 4-count(dc[:4], 0))
			if anyDC != (count(dc[:4], 0) < 4) {
				t.Fatalf("DC levels %v: said to be any: %v", dc[:4], anyDC)
			}
			dcC := d.chromaDC(wide(dc[:4]))
			for _, ac := range []bool{true, false} {
				want := s.pred
				for i := range 4 {
					checkLevels(t, "Chroma8", level[i][1:], int(nonzero[i]))
					list := make([]int32, 16)
					if ac {
						list = wide(level[i][:])
					}
					list[0] = dcC[i]
					construct(want[i/2*4*stride+i%2*4:], stride, d.transform(d.scale(inverseScan(list), true)))
				}
				got := s.pred
				q.AddChroma8(&got, &dc, &level, &nonzero, ac)
				checkSamples(t, "Chroma8", d.qp, 8, &got, &want)
			}
		}
	})
}

// forward is the 4x4 transform whose inverse, up to norms, is that of clause
// 8.5.12.2.
func forward(s *sample, x, y int) (w matrix) {
	a := matrix{{1, 1, 1, 1}, {2, 1, -1, -2}, {1, -1, -1, 1}, {1, -2, 2, -1}}
	var r, transposed matrix
	for i := range 4 {
		for j := range 4 {
			o := (y+i)*stride + x + j
			r[i][j] = int32(s.src[o]) - int32(s.pred[o])
			transposed[i][j] = a[j][i]
		}
	}
	return a.dot(r).dot(transposed)
}

// ideal returns the scaled coefficient that would reconstruct w[i][j] without
// error, times 25: 64 by the norms of the basis functions of both transforms.
func ideal(w matrix, i, j int) int32 {
	switch {
	case i%2 == 0 && j%2 == 0:
		return 100 * w[i][j] // 64/(4*4)
	case i%2 == 1 && j%2 == 1:
		return 64 * w[i][j] // 64/(10*10*1/4)
	}
	return 80 * w[i][j] // 64/(4*10*1/2)
}

// Levels stand for coefficients within a step of the quantiser, on the side of
// zero: never greater than the coefficient by half a step.
func TestLevelsAreNearest(t *testing.T) {
	forEachQP(t, func(d *decoder, q *residual.Quantiser, s *sample) {
		var level, coef [16][16]int16
		q.Inter16(&level, &coef, &s.src, &s.pred)
		for b := range level {
			x, y := blockOrigin(b)
			w := forward(s, x, y)
			list := wide(level[b][:])
			scaled := d.scale(inverseScan(list), false)
			if d.qp >= 48 && leavesRange(w, d.qp) {
				continue // levels are lowered then
			}
			for i := range 4 {
				for j := range 4 {
					// A step of the scaled coefficient, in 25ths; the fractions
					// below are for the rounding of the multiplier.
					step := 25 * (levelScale(d.qp%6, i, j) >> 4 << (d.qp / 6))
					want, got := ideal(w, i, j), 25*scaled[i][j]
					if want < 0 {
						want, got = -want, -got
					}
					if err := got - want; err <= -step-step/64-want/1024 || err >= step/2+step/64+want/1024 {
						t.Fatalf("QP %d: coefficient (%d, %d) = %d reconstructs to %d/25, ideal %d/25, step %d/25", d.qp, i, j, w[i][j], got, want, step)
					}
				}
			}
		}
	})
}

// The DC coefficients too: a flat residual is reconstructed to within what the
// quantiser's step leaves, unless its levels had to be clipped.
func TestFlatResidual(t *testing.T) {
	for qp := range 52 {
		q := &residual.Quantisers[qp]
		// LevelScale << qP/6. Of that, one level of the DC transform adds 1/64 to
		// each coefficient of luma and 1/32 to each of chroma, and those 1/64 to
		// each sample: in 256ths of a sample, 1/16 and 1/8.
		scale := int(levelScale(qp%6, 0, 0)) << (qp / 6)
		for diff := -255; diff <= 255; diff += 5 {
			var s sample
			for i := range s.src {
				s.src[i], s.pred[i] = uint8(max(diff, 0)), uint8(max(-diff, 0))
			}
			var dc [16]int16
			var level, coef [16][16]int16
			nonzero := q.Intra16(&dc, &level, &coef, &s.src, &s.pred)
			checkFlat(t, "Intra 16x16", qp, &s, dc[0], scale/16, func(dst *[256]uint8) { q.AddIntra16(dst, &dc, &level, &nonzero) })
			ac, _ := q.Chroma8(&dc, &level, &coef, &s.src, &s.pred, residual.Intra)
			checkFlat(t, "chroma", qp, &s, dc[0], scale/8, func(dst *[256]uint8) { q.AddChroma8(dst, &dc, &level, &ac, false) })
		}
	}
}

// checkFlat checks the first sample of a reconstruction; step is the difference
// that one level makes, in 256ths.
func checkFlat(t *testing.T, what string, qp int, s *sample, dc int16, step int, add func(dst *[256]uint8)) {
	t.Helper()
	if dc == maxLevel || dc == -maxLevel {
		return
	}
	got := s.pred
	add(&got)
	want, is := int(s.src[0])-int(s.pred[0]), int(got[0])-int(s.pred[0])
	if want < 0 {
		want, is = -want, -is
	}
	if err := 256 * (is - want); err < -step-256 || err > step/2+256 {
		t.Errorf("%s at QP %d: %d predicted as %d reconstructs to %d, with a step of %d/256", what, qp, s.src[0], s.pred[0], got[0], step)
	}
}

// Nothing is coded where the prediction is right.
func TestNoResidual(t *testing.T) {
	forEachQP(t, func(d *decoder, q *residual.Quantiser, s *sample) {
		s.pred = s.src
		dc, level := [16]int16{1, 2}, [16][16]int16{{3}, {4}}
		var coef [16][16]int16
		if n := q.Inter16(&level, &coef, &s.src, &s.pred); n != [16]uint8{} || level != [16][16]int16{} {
			t.Fatalf("QP %d: Inter16 counts %v", d.qp, n)
		}
		if n := q.Intra16(&dc, &level, &coef, &s.src, &s.pred); n != [16]uint8{} || level != [16][16]int16{} || dc != [16]int16{} {
			t.Fatalf("QP %d: Intra16 counts %v, DC %v", d.qp, n, dc)
		}
		if n, anyDC := q.Chroma8(&dc, &level, &coef, &s.src, &s.pred, residual.Intra); n != [4]uint8{} || anyDC {
			t.Fatalf("QP %d: Chroma8 counts %v, DC %v", d.qp, n, dc)
		}
		if !q.Zero16(s.src[:], 16, s.pred[:], 16) {
			t.Fatalf("QP %d: Zero16 says that something is coded", d.qp)
		}
	})
}

// Zero16 says just when the blocks that it is given have no levels.
func TestZero16(t *testing.T) {
	var zero, coded int
	rng := rand.New(rand.NewPCG(1, 6))
	forEachQP(t, func(d *decoder, q *residual.Quantiser, s *sample) {
		for i := range s.src { // all blocks but few are predicted well
			if i%stride/4 != rng.IntN(64) {
				s.pred[i] = s.src[i]
			}
		}
		var level, coef [16][16]int16
		want := q.Inter16(&level, &coef, &s.src, &s.pred) == [16]uint8{}
		if got := q.Zero16(s.src[:], 16, s.pred[:], 16); got != want {
			t.Fatalf("QP %d: %v, levels %v", d.qp, got, level)
		}
		if want {
			zero++
		} else {
			coded++
		}
	})
	if zero < 500 || coded < 500 {
		t.Errorf("%d residuals were zero, %d not", zero, coded)
	}
}

// A block whose sum of absolute differences is at most ZeroSAD has no inter
// levels, however the differences lie; and the bound is worth having.
func TestZeroSAD(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	for qp := range 52 {
		q := &residual.Quantisers[qp]
		if qp >= 6 && q.ZeroSAD() <= residual.Quantisers[qp-6].ZeroSAD() {
			t.Errorf("QP %d: ZeroSAD %d, at six less %d", qp, q.ZeroSAD(), residual.Quantisers[qp-6].ZeroSAD())
		}
		for try := range 300 {
			var s sample
			u, v := rng.IntN(4), rng.IntN(4)
			left := q.ZeroSAD()
			for i := 0; left > 0 && i < 40; i++ {
				x, y := rng.IntN(4), rng.IntN(4)
				if try%3 == 0 { // all in one sample
					x, y = try/3%4, try/12%4
				}
				n := min(left, 1+rng.IntN(left))
				if p := &s.src[y*stride+x]; basis(u, v, x, y) > 0 {
					n = min(n, 255-int(*p))
					*p += uint8(n)
				} else {
					p = &s.pred[y*stride+x]
					n = min(n, 255-int(*p))
					*p += uint8(n)
				}
				left -= n
			}
			var level, coef [16][16]int16
			if n := q.Inter16(&level, &coef, &s.src, &s.pred); n[0] != 0 {
				t.Fatalf("QP %d: differences of %d, ZeroSAD %d, give levels %v", qp, q.ZeroSAD()-left, q.ZeroSAD(), level[0])
			}
			var dc [16]int16
			if ac, anyDC := q.Chroma8(&dc, &level, &coef, &s.src, &s.pred, residual.Inter); anyDC || ac != [4]uint8{} {
				t.Fatalf("QP %d: differences of %d, ZeroSAD %d, give chroma DC levels %v, AC counts %v", qp, q.ZeroSAD()-left, q.ZeroSAD(), dc[:4], ac)
			}
		}
	}
}

// The errors of exact magnitudes, in LevelErrors, are those that the sample domain
// shows: over a block, their sum is that of its samples before clipping, up to
// rounding.
func TestExact(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 9))
	forEachQP(t, func(d *decoder, q *residual.Quantiser, s *sample) {
		var level, coef [16][16]int16
		q.Inter16(&level, &coef, &s.src, &s.pred)
		b := rng.IntN(16)
		x, y := blockOrigin(b)
		var exact [64]uint32
		q.Exact(&exact, &coef[b])
		sum := errorOf(q.LevelErrors(), exact[:16], level[b][:])
		var want float64
		r := d.transformExactly(d.scale(inverseScan(wide(level[b][:])), false))
		for i := range 4 {
			for j := range 4 {
				o := (y+i)*stride + x + j
				e := float64(s.src[o]) - float64(s.pred[o]) - r[i][j]
				want += 256 * e * e
			}
		}
		if slack := 64 + float64(q.LevelErrors()[0])/65536; sum < want*0.95-slack || sum > want*1.05+slack {
			t.Fatalf("QP %d: errors sum to %g/256, the samples' to %g/256", d.qp, sum, want)
		}
	})
}

// errorOf is the squared error, in 1/256 of a squared sample, that levels leave.
func errorOf(errors *[16]int64, exact []uint32, level []int16) (sum float64) {
	for i, l := range level {
		e := float64(exact[i])/256 - float64(max(l, -l))
		sum += e * e * float64(errors[i]) / 256
	}
	return sum
}

// The same of DC levels: what is flat over 4x4 blocks has no others.
func TestExactDC(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 9))
	for qp := 10; qp < 48; qp++ { // finer ones leave less than what samples are rounded by
		q := &residual.Quantisers[qp]
		var s sample
		for i := range s.src {
			s.pred[i] = 128
			if x, y := i%stride, i/stride; x%4 == 0 && y%4 == 0 {
				s.src[i] = uint8(64 + rng.IntN(128))
			} else {
				s.src[i] = s.src[y&^3*stride+x&^3]
			}
		}
		check := func(name string, size, count int, level []int16, coef *[16][16]int16, got *[256]uint8) {
			t.Helper()
			var c [16]int16
			for i := range c {
				c[i] = coef[i][0]
			}
			var exact [64]uint32
			set := q.ExactDC(&exact, c[:count])
			sum := errorOf(q.DCErrors(), exact[:count], level)
			want := 0.0
			for i := range s.src {
				if i%stride < size && i/stride < size {
					e := float64(s.src[i]) - float64(got[i])
					want += 256 * e * e
				}
			}
			// Samples are rounded by up to a half, all of a block alike.
			each := math.Sqrt(want / 256 / float64(size*size))
			if slack := 256 * float64(size*size) * (each + 0.25); sum < want*0.99-slack || sum > want*1.01+slack {
				t.Errorf("QP %d: errors of %s sum to %g/256, the samples' to %g/256", qp, name, sum, want)
			}
			for i, l := range level {
				if l != 0 && c[i] < 0 != (l < 0) || set>>i&1 == 0 && exact[i] >= 128 || set>>i&1 != 0 && exact[i] < 128 {
					t.Errorf("QP %d: level %d of %s is %d, from %d", qp, i, name, l, c[i])
				}
			}
		}
		var dc [16]int16
		var level, coef [16][16]int16
		got := s.pred
		nonzero := q.Intra16(&dc, &level, &coef, &s.src, &s.pred)
		q.AddIntra16(&got, &dc, &level, &nonzero)
		check("Intra 16x16", 16, 16, dc[:], &coef, &got)
		got = s.pred
		four, _ := q.Chroma8(&dc, &level, &coef, &s.src, &s.pred, residual.Intra)
		q.AddChroma8(&got, &dc, &level, &four, true)
		check("chroma", 8, 4, dc[:4], &coef, &got)
	}
}

// transformExactly is clause 8.5.12.2 without its rounding.
func (d *decoder) transformExactly(s matrix) (r [4][4]float64) {
	base := [4][4]float64{{1, 1, 1, 1}, {1, .5, -.5, -1}, {1, -1, -1, 1}, {.5, -1, 1, -.5}}
	for i := range 4 {
		for j := range 4 {
			for u := range 4 {
				for v := range 4 {
					r[i][j] += float64(s[u][v]) * base[u][i] * base[v][j] / 64
				}
			}
		}
	}
	return r
}

// leavesRange reports whether the scaled levels of coefficients w can add up to
// more than the inverse transform holds.
func leavesRange(w matrix, qp int) bool {
	var sum int32
	for i := range 4 {
		for j := range 4 {
			c := ideal(w, i, j)
			sum += max(c, -c)/25 + levelScale(qp%6, i, j)>>4<<(qp/6)
		}
	}
	return sum > 32000
}
