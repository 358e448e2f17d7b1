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
		_, zero := forwardDCT(&c, offset(p, y*aStride+x), aStride, offset(r, y*pStride+x), pStride, &q.limitColumns)
		if zero {
			level[i], nonzero[i] = [16]int16{}, 0
			continue
		}
		n, g := q.gained(&level[i], &c)
		nonzero[i] = uint8(n)
		gain += g
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

// gained is Block and Gain.
func (q *Quant4x4) gained(level, c *[16]int16) (nonzero, gain int) {
	zeros, shift := uint32(0), uint(q.shift)
	for i := 0; i < 16; i += 4 {
		l, s, m, b := (*[4]int16)(level[i:]), (*[4]int16)(c[i:]), (*[4]uint16)(q.mf[i:]), (*[4]uint32)(q.bias[biasPlace[i]&12:])
		l0, z0 := quant(s[0], m[0], b[0], shift)
		l1, z1 := quant(s[1], m[1], b[1], shift)
		l2, z2 := quant(s[2], m[2], b[2], shift)
		l3, z3 := quant(s[3], m[3], b[3], shift)
		l[0], l[1], l[2], l[3] = l0, l1, l2, l3
		n := z0 + z1 + z2 + z3
		zeros += n
		if n < 4 {
			gain += LevelGain(l0, s[0], uint32(m[0]), shift) + LevelGain(l1, s[1], uint32(m[1]), shift) +
				LevelGain(l2, s[2], uint32(m[2]), shift) + LevelGain(l3, s[3], uint32(m[3]), shift)
		}
	}
	return 16 - int(zeros), gain
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
		first, zero := forwardDCT(&c, offset(a, y*aStride+x), aStride, offset(p, y*pStride+x), pStride, &q.limitChroma)
		if !zero {
			return false
		}
		d[i] = first
	}
	Hadamard2x2(&d)
	return max(d[0], -d[0], d[1], -d[1], d[2], -d[2], d[3], -d[3]) <= dc
}
