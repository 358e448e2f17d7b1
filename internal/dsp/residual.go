package dsp

// Residual16x16 puts the levels of the sixteen 4x4 blocks of the 16x16 residual a-pred into level, and how many of each
// are not zero into nonzero, both in coding order. It returns about by how much less the residual's squared error is with
// them than without, in 1/16 of the square of a quantisation step: the sum of l*(2x-l) over levels of magnitude l, where
// x is what they were before rounding. Levels beyond 127 count as such, and x beyond that as little more. ssd is the squared
// error without them. The quantiser's shift must be 5 at least.
func (q *Quant4x4) Residual16x16(level *[16][16]int16, nonzero *[16]uint8, a []uint8, aStride int, pred []uint8, pStride int) (gain, ssd int) {
	p, r := window(a, aStride, 16, 16), window(pred, pStride, 16, 16)
	if useAVX2 {
		return residual16x16AVX2(level, p, aStride, r, pStride, &q.mf, &q.bias, q.shift, nonzero)
	}
	var c [16]int16
	for i := range level {
		x, y := int(codingOrder[i]&3)*4, int(codingOrder[i]>>2)*4
		forwardDCT(&c, offset(p, y*aStride+x), aStride, offset(r, y*pStride+x), pStride)
		n := q.Block(&level[i], &c)
		nonzero[i] = uint8(n)
		if n != 0 {
			gain += q.Gain(&level[i], &c)
		}
	}
	return gain, SSD(B16x16, a, aStride, pred, pStride)
}

// Bounds of LevelGain, for lanes of 16 bits.
const (
	gainLevel     = 127
	gainMagnitude = 4095
)

// Gain is that of Residual16x16 for a block of levels and their coefficients.
func (q *Quant4x4) Gain(level, c *[16]int16) (sum int) {
	for i, l := range level {
		if l != 0 {
			sum += LevelGain(l, c[i], uint32(q.mf[i]), uint(q.shift))
		}
	}
	return sum
}

// LevelGain is Gain of a level of coefficient c, |c|*mf>>shift before rounding.
func LevelGain(l, c int16, mf uint32, shift uint) int {
	m := min(int(max(l, -l)), gainLevel)
	twice := uint32(max(c, -c)) * mf >> ((shift - 5) & 31)
	return m * (int(min(twice, gainMagnitude)) - m<<4)
}

// ZeroChroma8x8 reports whether all levels of two 8x8 residuals, of Cb and Cr, are zero: those of the 4x4 blocks, but for
// the first of each, and the first ones after the transform of clause 8.5.11.1, whose largest magnitude without a level is
// dc. a and pred hold Cb and Cr.
func (q *Quant4x4) ZeroChroma8x8(a *[2][]uint8, aStride int, pred *[2][]uint8, pStride int, dc int16) bool {
	cb, cr := window(a[0], aStride, 8, 8), window(a[1], aStride, 8, 8)
	pb, pr := window(pred[0], pStride, 8, 8), window(pred[1], pStride, 8, 8)
	if useAVX2 {
		return zeroChroma8x8AVX2(cb, cr, aStride, pb, pr, pStride, &q.limitChroma, dc)
	}
	return q.zeroChroma(cb, aStride, pb, pStride, dc) && q.zeroChroma(cr, aStride, pr, pStride, dc)
}

// zeroChroma is ZeroChroma8x8 of one residual.
func (q *Quant4x4) zeroChroma(a *uint8, aStride int, p *uint8, pStride int, dc int16) bool {
	var c [16]int16
	var d [4]int16
	for i := range d {
		x, y := i&1*4, i>>1*4
		forwardDCT(&c, offset(a, y*aStride+x), aStride, offset(p, y*pStride+x), pStride)
		d[i], c[0] = c[0], 0
		if !allWithin(&c, &q.limit) {
			return false
		}
	}
	Hadamard2x2(&d)
	return max(d[0], -d[0], d[1], -d[1], d[2], -d[2], d[3], -d[3]) <= dc
}
