package residual

import (
	"encoding/binary"

	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/internal/dsp"
)

const stride = macroblock.SrcStride

// The inverse transform's sums must fit 16 bits (clause 8.5.12), which they can
// fail to do where the coarsest quantisers round extreme residuals up. A bound
// on the sum of a block's scaled levels sees to it.
const (
	maxScaled  = 1<<15 - 1 - 32
	firstBound = 8 // qP/6 from which on a bound is needed: see Bounded
)

// Quantise quantises the coefficients of a block and returns the number of
// non-zero levels.
func (q *Quantiser) Quantise(level, coef *[16]int16, kind int) int {
	nonzero := q.quant[kind].Block(level, coef)
	if nonzero != 0 && q.Bounded() {
		nonzero -= q.bound(level, maxScaled)
	}
	return nonzero
}

// quantiseAC quantises blocks whose DC, apart, is dc when scaled.
func (q *Quantiser) quantiseAC(level, coef [][16]int16, dc []int16, nonzero []uint8, kind int) {
	for i := range coef {
		coef[i][0] = 0
	}
	q.quant[kind].Blocks(level, coef, nonzero)
	if !q.Bounded() {
		return
	}
	for i, c := range dc {
		if nonzero[i] != 0 {
			nonzero[i] -= uint8(q.bound(&level[i], maxScaled-max(int(c), -int(c))))
		}
	}
}

// bound lowers levels, the last in raster order first, until their scaled sum is
// at most that. It returns the number of levels that became zero.
func (q *Quantiser) bound(level *[16]int16, most int) (zeroed int) {
	for {
		sum, last := 0, uint8(0)
		for _, i := range rasterScan {
			if l := level[i&15]; l != 0 {
				sum += int(max(l, -l)) * int(q.scale[i&15])
				last = i & 15
			}
		}
		switch {
		case sum <= most:
			return zeroed
		case level[last] > 0:
			level[last]--
		default:
			level[last]++
		}
		if level[last] == 0 {
			zeroed++
		}
	}
}

// Add adds a block's residual to dst.
func (q *Quantiser) Add(dst []uint8, dStride int, level *[16]int16) {
	dsp.InverseDCT4x4Add(dst, dStride, level, &q.scale)
}

// offset8 is the place of a quadrant in a block of SrcStride.
func offset8(quad int) int { return quad>>1*8*stride + quad&1*8 }

// four returns the blocks of a quadrant.
func four(blocks *[16][16]int16, quad int) *[4][16]int16 {
	return (*[4][16]int16)(blocks[quad*4:])
}

// any4 reports whether any of a quadrant's blocks has levels.
func any4(nonzero *[16]uint8, quad int) bool {
	return binary.LittleEndian.Uint32(nonzero[quad*4:]) != 0
}

// Inter16 transforms and quantises the 16x16 residual src-pred. It returns the
// number of non-zero levels of each block; all blocks are in coding order.
func (q *Quantiser) Inter16(level, coef *[16][16]int16, src, pred *[256]uint8) (nonzero [16]uint8) {
	dsp.ForwardDCT4x4Sixteen(coef, src[:], stride, pred[:], stride)
	q.quant[Inter].Blocks(level[:], coef[:], nonzero[:])
	if q.Bounded() {
		q.boundAll(level[:], nonzero[:])
	}
	return nonzero
}

// boundAll bounds blocks, of which it knows how many levels are not zero.
func (q *Quantiser) boundAll(level [][16]int16, nonzero []uint8) {
	for i := range level {
		if nonzero[i] != 0 {
			nonzero[i] -= uint8(q.bound(&level[i], maxScaled))
		}
	}
}

// Inter16Gain is Inter16 for a caller that needs no coefficients. gain is about by how
// much less the squared error is with the levels than without, in 1/256; ssd is that
// without.
func (q *Quantiser) Inter16Gain(level *[16][16]int16, src, pred *[256]uint8) (nonzero [16]uint8, gain int64, ssd int) {
	sum, ssd := q.quant[Inter].Residual16x16(level, &nonzero, src[:], stride, pred[:], stride)
	if q.Bounded() {
		q.boundAll(level[:], nonzero[:])
	}
	return nonzero, q.squaredError(sum), ssd
}

// squaredError is a gain of dsp as that of samples, in 1/256.
func (q *Quantiser) squaredError(gain int) int64 { return int64(gain) * q.errors[0] >> 12 }

// Add16 adds the residual of those quadrants of a macroblock whose bits are set in quads to the prediction in dst.
func (q *Quantiser) Add16(dst *[256]uint8, level *[16][16]int16, quads uint) {
	dsp.InverseDCT4x4SixteenAdd(dst[:], stride, level, &q.scale, quads)
}

// Intra16 transforms and quantises the 16x16 residual src-pred with its DC
// apart (clause 8.5.2). It returns the number of non-zero AC levels of each
// block by coding order; coef holds the AC coefficients and, first in each block,
// those of DC in scanning order.
func (q *Quantiser) Intra16(dc *[16]int16, level, coef *[16][16]int16, src, pred *[256]uint8) (nonzero [16]uint8) {
	dsp.ForwardDCT4x4Sixteen(coef, src[:], stride, pred[:], stride)
	var d [16]int16
	for i := range coef {
		d[macroblock.BlockRaster[i]&15] = coef[i][0]
	}
	dsp.ForwardHadamard4x4(&d)
	for i, r := range scanRaster {
		dc[i] = q.quantiseDC(d[r&15], Intra)
	}
	scaled := q.scaleDC16(dc)
	q.quantiseAC(level[:], coef[:], scaled[:], nonzero[:], Intra)
	for i, r := range scanRaster {
		coef[i][0] = d[r&15]
	}
	return nonzero
}

// AddIntra16 adds the residual of Intra16 to the prediction in dst.
func (q *Quantiser) AddIntra16(dst *[256]uint8, dc *[16]int16, level *[16][16]int16, nonzero *[16]uint8) {
	scaled := q.scaleDC16(dc)
	for quad := range 4 {
		q.addWithDC(dst[offset8(quad):], four(level, quad), (*[4]int16)(scaled[quad*4:]), any4(nonzero, quad))
	}
}

// addWithDC adds four blocks whose DC coefficients are already scaled; ac says
// whether any of them has AC levels.
func (q *Quantiser) addWithDC(dst []uint8, level *[4][16]int16, dc *[4]int16, ac bool) {
	switch {
	case ac:
		dsp.InverseDCT4x4FourDCAdd(dst, stride, level, &q.scale, dc)
	case *dc != [4]int16{}:
		dsp.InverseDC4x4FourAdd(dst, stride, dc)
	}
}

// quantiseDC quantises a DC coefficient after its second transform, whose gain
// takes one bit more than that of other coefficients.
func (q *Quantiser) quantiseDC(c int16, kind int) int16 {
	l := int32((uint32(max(c, -c))*q.mf + 2*q.bias[kind]) >> (q.shift + 1))
	l = min(l, macroblock.MaxLevel) // only DC levels, after their second transform, can be larger
	if c < 0 {
		return int16(-l)
	}
	return int16(l)
}

// scaleDC16 returns the scaled DC coefficient of each block, in coding order:
// clause 8.5.10 for flat scaling matrices.
func (q *Quantiser) scaleDC16(dc *[16]int16) (scaled [16]int16) {
	if *dc == [16]int16{} {
		return scaled
	}
	var f [16]int16
	for i, r := range scanRaster {
		f[r&15] = dc[i]
	}
	dsp.InverseHadamard4x4(&f)
	for i, r := range macroblock.BlockRaster {
		v := int32(f[r&15]) * q.norm
		if q.qpPer >= 2 {
			scaled[i] = int16(v << (q.qpPer - 2))
		} else {
			scaled[i] = int16((v + 1<<(1-q.qpPer)) >> (2 - q.qpPer))
		}
	}
	return scaled
}

// Chroma8 transforms and quantises one 8x8 chroma block of 4:2:0 (clause
// 8.5.4). It returns the number of non-zero AC levels of each 4x4 block and
// whether any DC level is not zero; coef holds the AC coefficients and, first in
// each block, those of DC.
func (q *Quantiser) Chroma8(dc *[16]int16, level, coef *[16][16]int16, src, pred *[256]uint8, kind int) (nonzero [4]uint8, anyDC bool) {
	dsp.ForwardDCT4x4Four(four(coef, 0), src[:], stride, pred[:], stride)
	d := [4]int16{coef[0][0], coef[1][0], coef[2][0], coef[3][0]}
	dsp.Hadamard2x2(&d)
	dc[0], dc[1], dc[2], dc[3] = 0, 0, 0, 0
	if largest := max(d[0], -d[0], d[1], -d[1], d[2], -d[2], d[3], -d[3]); largest > q.zeroDC[kind] {
		anyDC = true
		for i, c := range d {
			dc[i] = q.quantiseDC(c, kind)
		}
	}
	var scaled [4]int16
	if q.Bounded() {
		scaled = q.scaleDC8(dc)
	}
	q.quantiseAC(level[:4], coef[:4], scaled[:], nonzero[:], kind)
	for i, c := range d {
		coef[i][0] = c
	}
	return nonzero, anyDC
}

// ZeroChroma8 reports whether Chroma8 would find no level of inter prediction in two
// blocks, Cb and Cr.
func (q *Quantiser) ZeroChroma8(src, pred *[2][]uint8) bool {
	return q.quant[Inter].ZeroChroma8x8(src, stride, pred, stride, q.zeroDC[Inter])
}

// GainChroma8 returns about by how much less the squared error of a chroma block is with
// the levels of Chroma8 than without, in 1/256, and the number of levels. coef and
// nonzero are as Chroma8 leaves them.
func (q *Quantiser) GainChroma8(dc *[16]int16, level, coef *[16][16]int16, nonzero *[4]uint8) (gain int64, levels int) {
	sum := 0
	for i, n := range nonzero {
		if n != 0 {
			sum += q.quant[Inter].Gain(&level[i], &coef[i])
			levels += int(n)
		}
		if l := dc[i]; l != 0 {
			sum += dsp.LevelGain(l, coef[i][0], q.mf, q.shift+1)
			levels++
		}
	}
	return q.squaredError(sum), levels
}

// AddChroma8 adds the residual of Chroma8 to the prediction in dst; ac says
// whether AC levels are coded.
func (q *Quantiser) AddChroma8(dst *[256]uint8, dc *[16]int16, level *[16][16]int16, nonzero *[4]uint8, ac bool) {
	scaled := q.scaleDC8(dc)
	q.addWithDC(dst[:], four(level, 0), &scaled, ac && *nonzero != [4]uint8{})
}

// scaleDC8 returns the scaled DC coefficient of each chroma block: clause 8.5.11
// for flat scaling matrices.
func (q *Quantiser) scaleDC8(dc *[16]int16) (scaled [4]int16) {
	f := [4]int16{dc[0], dc[1], dc[2], dc[3]}
	dsp.Hadamard2x2(&f)
	for i, v := range f {
		scaled[i] = int16(int32(v) * q.norm << q.qpPer >> 1)
	}
	return scaled
}

// Zero16 reports whether all inter levels of a 16x16 block would be zero.
func (q *Quantiser) Zero16(src []uint8, sStride int, pred []uint8, pStride int) bool {
	return q.quant[Inter].Zero16x16(src, sStride, pred, pStride)
}
