package residual

import "github.com/g264/g264/internal/dsp"

// normAdjust8 is v of 8-318 for 8x8 blocks, by QP % 6 and by class.
var normAdjust8 = [6][6]int32{
	{20, 18, 32, 19, 25, 24}, {22, 19, 35, 21, 28, 26}, {26, 23, 42, 24, 33, 31},
	{28, 25, 45, 26, 35, 33}, {32, 28, 51, 30, 40, 38}, {36, 32, 58, 34, 46, 43},
}

// gain8 is the product of the squared norms of the basis functions of the 8x8
// transform over 64, by class, in 1/65536: those of 0 and 4 have 1, of 2 and 6
// 160/256, odd ones 289/256.
var gain8 = [6]int64{256 * 256, 289 * 289, 160 * 160, 256 * 289, 256 * 160, 289 * 160}

// class8 tells which of the scales applies at column x and row y.
func class8(x, y int) int {
	switch {
	case x&1 == 1 && y&1 == 1:
		return 1
	case x&3 == 0 && y&3 == 0:
		return 0
	case x&3 == 2 && y&3 == 2:
		return 2
	case x&3 == 0 && y&1 == 1 || x&1 == 1 && y&3 == 0:
		return 3
	case x&1 == 0 && y&1 == 0:
		return 4
	}
	return 5
}

// quantiser8 holds the scales of one QP for 8x8 blocks, in raster order.
type quantiser8 struct {
	mf    [64]uint16
	bias  [2][64]uint32
	zero  [2][64]int16 // largest magnitudes whose level is zero
	scale [64]int16
	// In scanning order: mf, and LevelErrors8.
	exact  [64]uint32
	errors [64]int64
}

var quantisers8 = makeQuantisers8()

func makeQuantisers8() (qs [52]quantiser8) {
	var raster, scanned [64]int16 // raster positions in scanning order
	for i := range raster {
		raster[i] = int16(i)
	}
	dsp.ZigZag8x8(&scanned, &raster)
	for qp := range qs {
		q, shift := &qs[qp], shift8(qp/6)
		for i := range q.mf {
			c := class8(i&7, i>>3)
			norm := normAdjust8[qp%6][c]
			// level = |c|*mf >> 16 at QP below 6, and 4*64 c = level*norm*gain.
			product := int64(norm) * gain8[c]
			q.mf[i] = uint16((1<<34 + product/2) / product)
			q.scale[i] = int16(norm)
			for k, r := range rounding {
				q.bias[k][i] = r << (shift - 6)
			}
		}
		for k := range q.zero {
			dsp.QuantLimits8x8(&q.zero[k], &q.mf, &q.bias[k], shift)
		}
		for i, r := range scanned {
			q.exact[i] = uint32(q.mf[r&63])
			norm := int64(q.scale[r&63])
			q.errors[i] = norm * norm << (2 * (qp / 6)) * gain8[class8(int(r&7), int(r>>3))] >> 10
		}
	}
	return qs
}

// shift8 is how far products of coefficients and mf are shifted.
func shift8(qpPer int) uint { return uint(16 + qpPer) }

// Transform8x8 transforms the four 8x8 blocks of the residual src-pred.
func Transform8x8(coef *[4][64]int16, src, pred *[256]uint8) {
	dsp.ForwardDCT8x8Four(coef, src[:], stride, pred[:], stride)
}

// Quantise8x8 quantises the coefficients of an 8x8 block, in raster order, and
// returns the number of non-zero levels.
func (q *Quantiser) Quantise8x8(level *[4][16]int16, coef *[64]int16, kind int) int {
	e := q.eight
	if dsp.AllWithin8x8(coef, &e.zero[kind]) {
		*level = [4][16]int16{}
		return 0
	}
	var raster, scanned [64]int16
	dsp.Quant8x8(&raster, coef, &e.mf, &e.bias[kind], shift8(q.qpPer))
	dsp.ZigZag8x8(&scanned, &raster)
	return q.Keep8x8(level, &scanned)
}

// Exact8x8 sets the magnitudes of the levels of an 8x8 block before rounding, in
// 1/256, and the coefficients, both in scanning order. It returns the set of levels
// that are half a level at least.
func (q *Quantiser) Exact8x8(magnitude *[64]uint32, scanned, coef *[64]int16) (set uint64) {
	dsp.ZigZag8x8(scanned, coef)
	return dsp.Magnitudes(magnitude[:], scanned[:], q.eight.exact[:], shift8(q.qpPer)-8)
}

// LevelErrors8 returns the squared error that a level of 1 makes in an 8x8 block, by
// position of the scan, in 1/65536 of a squared sample.
func (q *Quantiser) LevelErrors8() *[64]int64 { return &q.eight.errors }

// Keep8x8 stores the levels of an 8x8 block, given in scanning order, as
// macroblock.Residual has them, within the limits of the inverse transform. It
// returns the number of those that are not zero.
func (q *Quantiser) Keep8x8(level *[4][16]int16, scanned *[64]int16) (nonzero int) {
	if q.Bounded() {
		q.bound8(scanned)
	}
	return dsp.SplitScan8x8(level, scanned)
}

// bound8 lowers levels, the last first, until their scaled sum, weighted by what
// their basis functions reach (3/2 in each direction), is small enough.
func (q *Quantiser) bound8(scanned *[64]int16) {
	var raster [64]int16
	dsp.UnZigZag8x8(&raster, scanned)
	for {
		sum, last := 0, 0 // sum in quarters
		for i, l := range raster {
			if l != 0 {
				reach := (2 + i&1) * (2 + i>>3&1)
				sum += reach * (int(max(l, -l)) * int(q.eight.scale[i]) << q.qpPer >> 2)
				last = i
			}
		}
		if sum <= 4*maxScaled {
			break
		}
		if raster[last] > 0 {
			raster[last]--
		} else {
			raster[last]++
		}
	}
	dsp.ZigZag8x8(scanned, &raster)
}

// Add8x8 adds the residual of an 8x8 block to dst.
func (q *Quantiser) Add8x8(dst []uint8, dStride int, level *[4][16]int16) {
	var coef [64]int16
	q.scale8x8(&coef, level)
	dsp.InverseDCT8x8Add(dst, dStride, &coef)
}

// Add8x8Four adds the residual of those 8x8 blocks of a macroblock whose bits are set in quads to the prediction in dst.
func (q *Quantiser) Add8x8Four(dst *[256]uint8, level *[16][16]int16, quads uint) {
	var coef [4][64]int16
	for quad := range coef {
		if quads>>quad&1 != 0 {
			q.scale8x8(&coef[quad], four(level, quad))
		}
	}
	dsp.InverseDCT8x8FourAdd(dst[:], stride, &coef, quads)
}

// scale8x8 makes coefficients of the levels of an 8x8 block.
func (q *Quantiser) scale8x8(coef *[64]int16, level *[4][16]int16) {
	var scanned, raster [64]int16
	dsp.JoinScan8x8(&scanned, level)
	dsp.UnZigZag8x8(&raster, &scanned)
	dsp.Dequant8x8(coef, &raster, &q.eight.scale, q.qpPer)
}
