package residual

import (
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/internal/dsp"
)

const stride = macroblock.SrcStride

// The inverse transform's sums must fit 16 bits (clause 8.5.12), which they can
// fail to do where the coarsest quantisers round extreme residuals up. A bound
// on the sum of a block's scaled levels sees to it.
const maxScaled = 1<<15 - 1 - 32

// Quantise quantises raster coefficients into levels in scanning order and
// returns the number of non-zero ones.
func (q *Quantiser) Quantise(level, coef *[16]int16, kind int) int {
	return q.quantiseAC(level, coef, 0, kind)
}

// quantiseAC is Quantise for a block whose DC, apart, is dc when scaled.
func (q *Quantiser) quantiseAC(level, coef *[16]int16, dc int16, kind int) int {
	if dsp.AllWithin(coef, &q.zero[kind]) {
		*level = [16]int16{}
		return 0
	}
	var raster [16]int16
	nonzero := dsp.Quant4x4(&raster, coef, &q.mf, &q.bias[kind], q.shift)
	if q.qpPer >= 8 {
		nonzero -= q.bound(&raster, maxScaled-max(int(dc), -int(dc)))
	}
	dsp.ZigZag4x4(level, &raster)
	return nonzero
}

// bound lowers levels, the last first, until their scaled sum is at most that.
// It returns the number of levels that became zero.
func (q *Quantiser) bound(raster *[16]int16, most int) (zeroed int) {
	for {
		sum, last := 0, 0
		for i, l := range raster {
			if l != 0 {
				sum += int(max(l, -l)) * int(q.scale[i]) << q.qpPer
				last = i
			}
		}
		switch {
		case sum <= most:
			return zeroed
		case raster[last] > 0:
			raster[last]--
		default:
			raster[last]++
		}
		if raster[last] == 0 {
			zeroed++
		}
	}
}

// Add adds a block's residual, from levels in scanning order, to dst.
func (q *Quantiser) Add(dst []uint8, dStride int, level *[16]int16) {
	var raster, coef [16]int16
	dsp.UnZigZag4x4(&raster, level)
	dsp.Dequant4x4(&coef, &raster, &q.scale, q.qpPer)
	dsp.InverseDCT4x4Add(dst, dStride, &coef)
}

// offset4 is the place of each 4x4 block, by coding order, in a block of
// SrcStride.
var offset4 = func() (o [16]int) {
	for i, r := range macroblock.BlockRaster {
		o[i] = int(r>>2)*4*stride + int(r&3)*4
	}
	return o
}()

// Inter16 transforms and quantises the 16x16 residual src-pred. It returns the
// number of non-zero levels of each block; all blocks are in coding order.
func (q *Quantiser) Inter16(level, coef *[16][16]int16, src, pred *[256]uint8) (nonzero [16]uint8) {
	dsp.ForwardDCT16x16(coef, src[:], stride, pred[:], stride)
	for i := range coef {
		nonzero[i] = uint8(q.Quantise(&level[i], &coef[i], Inter))
	}
	return nonzero
}

// Add8 adds the residual of quadrant quad to the prediction in dst.
func (q *Quantiser) Add8(dst *[256]uint8, level *[16][16]int16, nonzero *[16]uint8, quad int) {
	for i := quad * 4; i < quad*4+4; i++ {
		if nonzero[i] != 0 {
			q.Add(dst[offset4[i]:], stride, &level[i])
		}
	}
}

// Intra16 transforms and quantises the 16x16 residual src-pred with its DC
// apart (clause 8.5.2). It returns the number of non-zero AC levels of each
// block by coding order; coef holds the AC coefficients.
func (q *Quantiser) Intra16(dc *[16]int16, level, coef *[16][16]int16, src, pred *[256]uint8) (nonzero [16]uint8) {
	dsp.ForwardDCT16x16(coef, src[:], stride, pred[:], stride)
	var d, raster [16]int16
	for i := range coef {
		d[macroblock.BlockRaster[i]] = coef[i][0]
		coef[i][0] = 0
	}
	dsp.ForwardHadamard4x4(&d)
	for i, c := range d {
		raster[i] = q.quantiseDC(c, Intra)
	}
	dsp.ZigZag4x4(dc, &raster)
	scaled := q.scaleDC16(dc)
	for i := range coef {
		nonzero[i] = uint8(q.quantiseAC(&level[i], &coef[i], scaled[i], Intra))
	}
	return nonzero
}

// AddIntra16 adds the residual of Intra16 to the prediction in dst.
func (q *Quantiser) AddIntra16(dst *[256]uint8, dc *[16]int16, level *[16][16]int16, nonzero *[16]uint8) {
	scaled := q.scaleDC16(dc)
	for i := range level {
		q.addWithDC(dst[offset4[i]:], &level[i], scaled[i], nonzero[i] != 0)
	}
}

// quantiseDC quantises a DC coefficient after its second transform, whose gain
// takes one bit more than that of other coefficients.
func (q *Quantiser) quantiseDC(c int16, kind int) int16 {
	l := int32((uint32(max(c, -c))*uint32(q.mf[0]) + 2*q.bias[kind][0]) >> (q.shift + 1))
	l = min(l, macroblock.MaxLevel) // only DC levels, after their second transform, can be larger
	if c < 0 {
		return int16(-l)
	}
	return int16(l)
}

// scaleDC16 returns the scaled DC coefficient of each block, in coding order:
// clause 8.5.10 for flat scaling matrices.
func (q *Quantiser) scaleDC16(dc *[16]int16) (scaled [16]int16) {
	var f [16]int16
	dsp.UnZigZag4x4(&f, dc)
	dsp.InverseHadamard4x4(&f)
	for i, r := range macroblock.BlockRaster {
		v := int32(f[r]) * int32(q.scale[0])
		if q.qpPer >= 2 {
			scaled[i] = int16(v << (q.qpPer - 2))
		} else {
			scaled[i] = int16((v + 1<<(1-q.qpPer)) >> (2 - q.qpPer))
		}
	}
	return scaled
}

// addWithDC adds a block whose DC coefficient is already scaled.
func (q *Quantiser) addWithDC(dst []uint8, level *[16]int16, dc int16, ac bool) {
	if !ac {
		if dc != 0 {
			dsp.InverseDC4x4Add(dst, stride, dc)
		}
		return
	}
	var raster, coef [16]int16
	dsp.UnZigZag4x4(&raster, level)
	dsp.Dequant4x4(&coef, &raster, &q.scale, q.qpPer)
	coef[0] = dc
	dsp.InverseDCT4x4Add(dst, stride, &coef)
}

// Chroma8 transforms and quantises one 8x8 chroma block of 4:2:0 (clause
// 8.5.4). It returns the number of non-zero AC levels of each 4x4 block and
// whether any DC level is not zero; coef holds the AC coefficients.
func (q *Quantiser) Chroma8(dc *[16]int16, level, coef *[16][16]int16, src, pred *[256]uint8, kind int) (nonzero [4]uint8, anyDC bool) {
	var d [4]int16
	for i := range d {
		o := offset4[i]
		dsp.ForwardDCT4x4(&coef[i], src[o:], stride, pred[o:], stride)
		d[i] = coef[i][0]
		coef[i][0] = 0
	}
	dsp.Hadamard2x2(&d)
	for i, c := range d {
		dc[i] = q.quantiseDC(c, kind)
		anyDC = anyDC || dc[i] != 0
	}
	scaled := q.scaleDC8(dc)
	for i := range d {
		nonzero[i] = uint8(q.quantiseAC(&level[i], &coef[i], scaled[i], kind))
	}
	return nonzero, anyDC
}

// AddChroma8 adds the residual of Chroma8 to the prediction in dst; ac says
// whether AC levels are coded.
func (q *Quantiser) AddChroma8(dst *[256]uint8, dc *[16]int16, level *[16][16]int16, nonzero *[4]uint8, ac bool) {
	scaled := q.scaleDC8(dc)
	for i := range scaled {
		q.addWithDC(dst[offset4[i]:], &level[i], scaled[i], ac && nonzero[i] != 0)
	}
}

// scaleDC8 returns the scaled DC coefficient of each chroma block: clause 8.5.11
// for flat scaling matrices.
func (q *Quantiser) scaleDC8(dc *[16]int16) (scaled [4]int16) {
	f := [4]int16{dc[0], dc[1], dc[2], dc[3]}
	dsp.Hadamard2x2(&f)
	for i, v := range f {
		scaled[i] = int16(int32(v) * int32(q.scale[0]) << q.qpPer >> 1)
	}
	return scaled
}

// Zero8 reports whether all inter levels of an 8x8 block would be zero.
func (q *Quantiser) Zero8(src, pred []uint8) bool {
	var coef [16]int16
	for i := 0; i < 4; i++ {
		o := offset4[i]
		dsp.ForwardDCT4x4(&coef, src[o:], stride, pred[o:], stride)
		if !dsp.AllWithin(&coef, &q.zero[Inter]) {
			return false
		}
	}
	return true
}
