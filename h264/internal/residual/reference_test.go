package residual_test

import (
	"math/rand/v2"
	"testing"

	"github.com/g264/g264/h264/internal/macroblock"
)

// A naive decoder of residuals in 32-bit integers, in the words of clause 8.5.
// It checks the ranges that the clause demands of a stream.
type decoder struct {
	t  testing.TB
	qp int // qP
}

type matrix [4][4]int32 // by row and column

// frameScan is table 8-2's frame scan as (column, row) of each idx.
var frameScan = [16][2]int{{0, 0}, {1, 0}, {0, 1}, {0, 2}, {1, 1}, {2, 0}, {3, 0}, {2, 1}, {1, 2}, {0, 3}, {1, 3}, {2, 2}, {3, 1}, {3, 2}, {2, 3}, {3, 3}}

// inverseScan is clause 8.5.6.
func inverseScan(list []int32) (c matrix) {
	for i, v := range list {
		c[frameScan[i][1]][frameScan[i][0]] = v
	}
	return c
}

// levelScale is LevelScale4x4(m, i, j) with flat scaling lists (clause 8.5.9).
func levelScale(m, i, j int) int32 {
	v := [6][3]int32{{10, 16, 13}, {11, 18, 14}, {13, 20, 16}, {14, 23, 18}, {16, 25, 20}, {18, 29, 23}}[m]
	switch {
	case i%2 == 0 && j%2 == 0:
		return 16 * v[0]
	case i%2 == 1 && j%2 == 1:
		return 16 * v[1]
	}
	return 16 * v[2]
}

// inRange demands what clauses 8.5.10 to 8.5.12 demand of intermediate values
// of 8-bit samples.
func (d *decoder) inRange(what string, v int32) {
	if v < -1<<15 || v > 1<<15-1 {
		d.t.Fatalf("QP %d: %s is %d, which 16 bits don't hold", d.qp, what, v)
	}
}

// dot is 8-321 and 8-322's product of two 4x4 matrices.
func (a matrix) dot(b matrix) (m matrix) {
	for i := range 4 {
		for j := range 4 {
			for k := range 4 {
				m[i][j] += a[i][k] * b[k][j]
			}
		}
	}
	return m
}

// intra16DC is clause 8.5.10: dcY from the DC levels.
func (d *decoder) intra16DC(c matrix) (dcY matrix) {
	h := matrix{{1, 1, 1, 1}, {1, 1, -1, -1}, {1, -1, -1, 1}, {1, -1, 1, -1}}
	f := h.dot(c).dot(h)
	per, scale := d.qp/6, levelScale(d.qp%6, 0, 0)
	for i := range 4 {
		for j := range 4 {
			d.inRange("f of Intra 16x16 DC", f[i][j])
			if d.qp >= 36 {
				dcY[i][j] = (f[i][j] * scale) << (per - 6)
			} else {
				dcY[i][j] = (f[i][j]*scale + 1<<(5-per)) >> (6 - per)
			}
			d.inRange("dcY", dcY[i][j])
		}
	}
	return dcY
}

// chromaDC is clause 8.5.11 for 4:2:0: dcC, in raster order, from the levels.
func (d *decoder) chromaDC(c []int32) (dcC [4]int32) {
	f := [4]int32{c[0] + c[1] + c[2] + c[3], c[0] - c[1] + c[2] - c[3], c[0] + c[1] - c[2] - c[3], c[0] - c[1] - c[2] + c[3]}
	for i := range f {
		d.inRange("f of chroma DC", f[i])
		dcC[i] = ((f[i] * levelScale(d.qp%6, 0, 0)) << (d.qp / 6)) >> 5
		d.inRange("dcC", dcC[i])
	}
	return dcC
}

// scale is clause 8.5.12.1; with dc, c[0][0] is scaled already.
func (d *decoder) scale(c matrix, dc bool) (s matrix) {
	per := d.qp / 6
	for i := range 4 {
		for j := range 4 {
			switch {
			case dc && i == 0 && j == 0:
				s[i][j] = c[i][j]
			case d.qp >= 24:
				s[i][j] = (c[i][j] * levelScale(d.qp%6, i, j)) << (per - 4)
			default:
				s[i][j] = (c[i][j]*levelScale(d.qp%6, i, j) + 1<<(3-per)) >> (4 - per)
			}
			d.inRange("d", s[i][j])
		}
	}
	return s
}

// transform is clause 8.5.12.2.
func (d *decoder) transform(s matrix) (r matrix) {
	oneWay := func(a [4]int32) [4]int32 {
		e := [4]int32{a[0] + a[2], a[0] - a[2], a[1]>>1 - a[3], a[1] + a[3]>>1}
		out := [4]int32{e[0] + e[3], e[1] + e[2], e[1] - e[2], e[0] - e[3]}
		for i := range e {
			d.inRange("e or g", e[i])
			d.inRange("f or h", out[i])
		}
		return out
	}
	for i := range 4 {
		s[i] = oneWay(s[i])
	}
	for j := range 4 {
		for i, v := range oneWay([4]int32{s[0][j], s[1][j], s[2][j], s[3][j]}) {
			d.inRange("h + 32", v+32)
			r[i][j] = (v + 32) >> 6
		}
	}
	return r
}

// construct adds a residual block to the prediction (clause 8.5.14).
func construct(pix []uint8, stride int, r matrix) {
	for i := range 4 {
		for j := range 4 {
			p := &pix[i*stride+j]
			*p = uint8(min(max(int32(*p)+r[i][j], 0), 255))
		}
	}
}

func wide(levels []int16) (w []int32) {
	for _, l := range levels {
		w = append(w, int32(l))
	}
	return w
}

// blockOrigin is clause 6.4.3 in samples.
func blockOrigin(blkIdx int) (x, y int) {
	return blkIdx/4%2*8 + blkIdx%2*4, blkIdx/8*8 + blkIdx%4/2*4
}

const stride = macroblock.SrcStride

// sample is a source and a prediction of 16x16 samples.
type sample struct{ src, pred [256]uint8 }

// basis is the sign of the 4x4 transform's basis function (u, v) at (x, y).
func basis(u, v, x, y int) int {
	signs := [4][4]int{{1, 1, 1, 1}, {1, 1, -1, -1}, {1, -1, -1, 1}, {1, -1, 1, -1}}
	return signs[u][x] * signs[v][y]
}

// samples are residuals of all kinds for a quantiser: small and great noise, and
// the patterns of greatest contrast that fill one coefficient of the 4x4
// transform or of the transform of DC coefficients, some of them disturbed.
func samples(rng *rand.Rand, n int) []sample {
	const most = 255
	list := make([]sample, n)
	for k := range list {
		s := &list[k]
		kind, u, v := rng.IntN(6), rng.IntN(4), rng.IntN(4)
		contrast := 1 + rng.IntN(1<<(1+rng.IntN(8)))
		for i := range s.src {
			x, y := i%16, i/16
			s.pred[i] = uint8(rng.IntN(256))
			sign := 0
			switch kind {
			case 0, 1: // noise
				s.src[i] = uint8(min(max(int(s.pred[i])+rng.IntN(contrast+1)-contrast/2, 0), 255))
			case 2: // noise of greatest contrast
				sign = rng.IntN(2)*2 - 1
			case 3: // a coefficient of each block
				sign = basis(u, v, x%4, y%4)
			case 4: // a coefficient of the DC transform
				sign = basis(u, v, x/4, y/4)
			case 5: // both
				sign = basis(u, v, x%4, y%4) * basis(v, u, x/4, y/4)
			}
			if sign != 0 && contrast > 100 && rng.IntN(contrast) == 0 {
				sign = -sign
			}
			switch sign {
			case 1:
				s.src[i], s.pred[i] = most, 0
			case -1:
				s.src[i], s.pred[i] = 0, most
			}
		}
	}
	return list
}
