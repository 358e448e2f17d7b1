// Package residual transforms, quantises and reconstructs the residual of
// macroblocks (ITU-T H.264 clause 8.5): 4x4 and 8x8 luma blocks, the DC of Intra
// 16x16, and 4:2:0 chroma. Quantisation is the encoder's choice; its inverse is the
// standard's.
package residual

import (
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/internal/dsp"
)

// normAdjust is v of 8-315: the scale of coefficients at (0,0), at (1,1) and
// elsewhere, by QP % 6.
var normAdjust = [6][3]int32{{10, 16, 13}, {11, 18, 14}, {13, 20, 16}, {14, 23, 18}, {16, 25, 20}, {18, 29, 23}}

// gain is the product of the squared norms of the forward basis functions.
var gain = [3]int32{16, 25, 20}

// Quantiser holds the scales of one QP. Blocks are in scanning order.
type Quantiser struct {
	quant [2]dsp.Quant4x4 // by kind of prediction
	scale [16]int16       // inverse: c = level*scale
	qpPer int

	// Of DC coefficients, which have a second transform: mf, and the rounding
	// offset by kind of prediction. Their shift is one more than that of all others.
	mf     uint32
	bias   [2]uint32
	shift  uint
	zeroDC [2]int16 // largest magnitude whose level is zero, by kind
	norm   int32    // normAdjust

	rates            dsp.LevelRates
	errors, dcErrors [16]int64 // LevelErrors, DCErrors
	eight            *quantiser8
}

// Kinds of prediction, for the rounding offset.
const (
	Intra = 0
	Inter = 1
)

// Rounding offsets in 1/64 of a quantisation step; less than half makes a dead
// zone around zero.
var rounding = [2]uint32{Intra: 26, Inter: 18}

// Quantisers are indexed by QP.
var Quantisers = makeQuantisers()

func makeQuantisers() (qs [52]Quantiser) {
	for qp := range qs {
		q := &qs[qp]
		q.qpPer = qp / 6
		q.eight = &quantisers8[qp]
		q.shift = uint(15 + qp/6)
		q.norm = normAdjust[qp%6][0]
		// level = (|c|*mf + bias) >> shift
		var mf [16]uint16
		var exact [16]uint32
		for i, c := range scanClass {
			norm := normAdjust[qp%6][c]
			mf[i] = uint16((1<<22/(gain[c]*norm) + 1) >> 1)
			q.scale[i] = int16(norm << q.qpPer)
			exact[i] = uint32(mf[i])
			q.errors[i] = int64(norm) * int64(norm) << (2 * q.qpPer) * [3]int64{256, 100, 160}[c]
			q.dcErrors[i] = int64(q.norm) * int64(q.norm) << (2*q.qpPer + 8)
		}
		q.rates = dsp.MakeLevelRates(&exact, q.shift-8)
		q.mf = uint32(mf[0])
		for k, r := range rounding {
			q.bias[k] = r << (q.shift - 6)
			q.zeroDC[k] = int16(min((1<<(q.shift+1)-1-2*uint64(q.bias[k]))/uint64(q.mf), 1<<15-1))
			var bias [16]uint32
			for i := range bias {
				bias[i] = q.bias[k]
			}
			q.quant[k] = dsp.MakeQuant4x4(&mf, &bias, q.shift)
		}
	}
	return qs
}

// ZeroSAD returns the greatest SAD of a 4x4 residual block that certainly
// quantises to zero with inter rounding.
func (q *Quantiser) ZeroSAD() int { return q.quant[Inter].ZeroSAD() }

// scanClass tells which of the three scales applies at each position of the
// scan.
var scanClass = [16]uint8{0, 2, 2, 0, 1, 0, 2, 2, 2, 2, 1, 0, 1, 2, 2, 1}

// Exact sets the magnitudes of levels before rounding, in 1/256. It returns the set
// of those that are half a level at least.
func (q *Quantiser) Exact(magnitude *[64]uint32, coef *[16]int16) (set uint64) {
	return q.rates.Exact(magnitude, coef)
}

// ChooseEight is dsp.LevelCosts.ChooseEight.
func (q *Quantiser) ChooseEight(t *dsp.LevelCosts, out *dsp.EightChoices, coef *[8][16]int16, scale *[64]int64, start int) {
	t.ChooseEight(out, coef, &q.rates, scale, start)
}

// ExactDC is Exact for DC levels, 16 at most.
func (q *Quantiser) ExactDC(magnitude *[64]uint32, coef []int16) (set uint64) {
	for i, c := range coef {
		m := min(uint32(max(c, -c))*q.mf>>(q.shift+1-8), macroblock.MaxLevel<<8)
		if magnitude[i&63] = m; m >= 128 {
			set |= 1 << i
		}
	}
	return set
}

// LevelErrors returns the squared error that a level of 1 makes, by position of the
// scan, in 1/65536 of a squared sample.
func (q *Quantiser) LevelErrors() *[16]int64 { return &q.errors }

// DCErrors is LevelErrors of DC levels.
func (q *Quantiser) DCErrors() *[16]int64 { return &q.dcErrors }

// Bounded reports whether levels are kept below what rounding makes of extreme
// coefficients, so that the inverse transform's sums fit 16 bits.
func (q *Quantiser) Bounded() bool { return q.qpPer >= firstBound }

// scanRaster is the raster position of each position of the scan (8.5.6), and
// rasterScan the inverse.
var (
	scanRaster = [16]uint8{0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15}
	rasterScan = [16]uint8{0, 1, 5, 6, 2, 4, 7, 12, 3, 8, 11, 13, 9, 10, 14, 15}
)
