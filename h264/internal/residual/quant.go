// Package residual transforms, quantises and reconstructs the residual of
// macroblocks (ITU-T H.264 clause 8.5): 4x4 luma blocks, the DC of Intra 16x16,
// and 4:2:0 chroma. Quantisation is the encoder's choice; its inverse is the
// standard's.
package residual

import "github.com/g264/g264/internal/dsp"

// normAdjust is v of 8-315: the scale of coefficients at (0,0), at (1,1) and
// elsewhere, by QP % 6.
var normAdjust = [6][3]int32{{10, 16, 13}, {11, 18, 14}, {13, 20, 16}, {14, 23, 18}, {16, 25, 20}, {18, 29, 23}}

// gain is the product of the squared norms of the forward basis functions.
var gain = [3]int32{16, 25, 20}

// class tells which of the three scales applies at each raster position.
var class = [16]uint8{0, 2, 0, 2, 2, 1, 2, 1, 0, 2, 0, 2, 2, 1, 2, 1}

// Quantiser holds the scales of one QP.
type Quantiser struct {
	mf    [16]uint16 // forward: level = (|c|*mf + bias) >> shift
	scale [16]int16  // inverse: c = level*scale << qpPer
	shift uint
	qpPer int
	// bias is the rounding offset by kind of prediction; less than half makes
	// a dead zone around zero.
	bias [2][16]uint32
	// zero is the greatest magnitude at each raster position whose level is zero.
	zero [2][16]int16
	// zeroSAD is the greatest sum of absolute differences of a 4x4 block whose
	// inter levels are all zero for certain.
	zeroSAD int
}

// Kinds of prediction, for the rounding offset.
const (
	Intra = 0
	Inter = 1
)

// Rounding offsets in 1/64 of a quantisation step.
var rounding = [2]uint32{Intra: 26, Inter: 18}

// Quantisers are indexed by QP.
var Quantisers = makeQuantisers()

func makeQuantisers() (qs [52]Quantiser) {
	for qp := range qs {
		q := &qs[qp]
		q.qpPer = qp / 6
		q.shift = uint(15 + qp/6)
		most := int32(0)
		for i, c := range class {
			norm := normAdjust[qp%6][c]
			q.mf[i] = uint16((1<<22/(gain[c]*norm) + 1) >> 1)
			q.scale[i] = int16(norm)
			for k, r := range rounding {
				q.bias[k][i] = r << (q.shift - 6)
			}
			// A coefficient is at most the SAD times the greatest product of
			// two basis values: 1, 2 or 4 by class.
			most = max(most, int32(q.mf[i])*[3]int32{1, 4, 2}[c])
		}
		for k := range q.zero {
			dsp.QuantLimits(&q.zero[k], &q.mf, &q.bias[k], q.shift)
		}
		q.zeroSAD = (1<<q.shift - int(q.bias[Inter][0]) - 1) / int(most)
	}
	return qs
}

// ZeroSAD returns the greatest SAD of a 4x4 residual block that certainly
// quantises to zero with inter rounding.
func (q *Quantiser) ZeroSAD() int { return q.zeroSAD }

// scanClass is class in scanning order.
var scanClass = [16]uint8{0, 2, 2, 0, 1, 0, 2, 2, 2, 2, 1, 0, 1, 2, 2, 1}

// Error returns the squared error, in 1/256 of a squared sample, that level l
// leaves of coefficient c at position i of the scan: the basis functions are
// orthogonal, so errors of a block add up.
func (q *Quantiser) Error(i int, c, l int16) int64 {
	step := int64(l) * int64(q.scale[scanRaster[i&15]]) << q.qpPer
	switch scanClass[i&15] {
	case 0:
		e := 4*int64(c) - step
		return e * e
	case 1:
		e := 64*int64(c) - 25*step
		return e * e / 1600
	}
	e := 16*int64(c) - 5*step
	return e * e / 40
}

// ScanRaster is the raster position of each position of the scan (8.5.6).
func ScanRaster(i int) int { return int(scanRaster[i&15]) }

var scanRaster = [16]uint8{0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15}
