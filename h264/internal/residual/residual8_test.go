package residual

import (
	"math/rand"
	"testing"
)

// residuals8 are blocks of 8x8 samples of a residual, from calm to the most
// extreme.
func residuals8(random *rand.Rand, kind int) (src, pred [256]uint8) {
	for i := range src {
		x, y := i%16, i/16
		switch kind % 6 {
		case 0:
			src[i], pred[i] = uint8(100+random.Intn(20)), uint8(100+random.Intn(20))
		case 1:
			src[i], pred[i] = uint8(random.Intn(256)), uint8(random.Intn(256))
		case 2:
			src[i] = uint8(255 * random.Intn(2))
			pred[i] = 255 - src[i]
		case 3:
			src[i] = uint8(255 * ((x + y) & 1))
			pred[i] = 255 - src[i]
		case 4:
			src[i] = 255
		case 5:
			src[i] = uint8(255 * (x >> 1 & 1))
			pred[i] = 255 - src[i]
		}
	}
	return src, pred
}

// What is quantised and added again is the source, but for a part of the step,
// and no value on the way needs more than 16 bits.
func TestQuantise8x8(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	for qp := range 52 {
		q := &Quantisers[qp]
		step := float64(int(1)<<(qp/6)) * []float64{0.625, 0.6875, 0.8125, 0.875, 1, 1.125}[qp%6]
		for round := range 60 {
			src, pred := residuals8(random, round)
			var coef [4][64]int16
			Transform8x8(&coef, &src, &pred)
			for quad := range coef {
				var level [4][16]int16
				count := q.Quantise8x8(&level, &coef[quad], Intra)
				sum := 0
				for i := range level {
					for _, l := range level[i] {
						if l != 0 {
							sum++
						}
					}
				}
				if sum != count {
					t.Fatalf("QP %d: %d levels, said to be %d", qp, sum, count)
				}
				if most := largest8(q, &level); most > 1<<15-1 {
					t.Fatalf("QP %d, residual %d: the inverse transform reaches %d", qp, round%6, most)
				}
				rec := pred
				o := offset8(quad)
				q.Add8x8(rec[o:], stride, &level)
				var error float64
				for i := range 64 {
					d := float64(rec[o+i/8*16+i%8]) - float64(src[o+i/8*16+i%8])
					error += d * d / 64
				}
				if limit := 0.5*step*step + 0.6; !q.Bounded() && error > limit { // bounds err more
					t.Errorf("QP %d, residual %d: mean squared error %.2f, want at most %.2f", qp, round%6, error, limit)
				}
			}
		}
	}
}

// largest8 is the largest magnitude on the way through the inverse transform,
// as clause 8.5.13 writes it.
func largest8(q *Quantiser, level *[4][16]int16) (most int) {
	var scanned, raster [64]int16
	for i := range scanned {
		scanned[i] = level[i&3][i>>2]
	}
	unscan(&raster, &scanned)
	see := func(v ...int) {
		for _, x := range v {
			most = max(most, x, -x)
		}
	}
	var d [8][8]int
	for i, l := range raster {
		v := int(l) * int(normAdjust8[(q.qpPer*6+remainder(q))%6][class8(i&7, i>>3)]) << q.qpPer
		d[i/8][i%8] = (v + 2) >> 2
		see(d[i/8][i%8])
	}
	pass := func(x [8]int) (y [8]int) {
		var a, b [8]int
		a[0], a[2], a[4], a[6] = x[0]+x[4], x[0]-x[4], x[2]>>1-x[6], x[2]+x[6]>>1
		a[1], a[3] = -x[3]+x[5]-x[7]-x[7]>>1, x[1]+x[7]-x[3]-x[3]>>1
		a[5], a[7] = -x[1]+x[7]+x[5]+x[5]>>1, x[3]+x[5]+x[1]+x[1]>>1
		b[0], b[2], b[4], b[6] = a[0]+a[6], a[2]+a[4], a[2]-a[4], a[0]-a[6]
		b[1], b[3], b[5], b[7] = a[1]+a[7]>>2, a[3]+a[5]>>2, a[3]>>2-a[5], a[7]-a[1]>>2
		y = [8]int{b[0] + b[7], b[2] + b[5], b[4] + b[3], b[6] + b[1], b[6] - b[1], b[4] - b[3], b[2] - b[5], b[0] - b[7]}
		see(a[:]...)
		see(b[:]...)
		see(y[:]...)
		return y
	}
	for i := range d {
		d[i] = pass(d[i])
	}
	for x := range 8 {
		var column [8]int
		for y := range 8 {
			column[y] = d[y][x]
		}
		for _, v := range pass(column) {
			see(v + 32)
		}
	}
	return most
}

// remainder is QP % 6 of a quantiser.
func remainder(q *Quantiser) int {
	for i, v := range normAdjust {
		if v[0] == q.norm {
			return i
		}
	}
	return -1
}

// unscan puts a block in scanning order into raster order: figure 8-9 walked.
func unscan(raster, scanned *[64]int16) {
	x, y, up := 0, 0, true
	for _, l := range scanned {
		raster[8*y+x] = l
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
}
