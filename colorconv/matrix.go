package colorconv

import "math"

// Fraction bits of the coefficients. Each coefficient fits 16 bits with its
// sign and each sum 32, so that SIMD forms can give the same samples.
const (
	lumaBits   = 14 // RGB to Y
	chromaBits = 13 // RGB to Cb, Cr
	yccBits    = 14 // YCbCr to YCbCr
)

// weights are Kr and Kb of BT.601-7 clause 2.5.1 and BT.709-6 item 3.2.
func weights(m Matrix) (kr, kb float64) {
	if m == BT601 {
		return 0.299, 0.114
	}
	return 0.2126, 0.0722
}

// ranges returns what 0 to 255 of R, G, B spans in luma, what the double of half
// of it spans in chroma, and the luma of black (BT.709-6 item 3.4; H.264 E.2.1).
func ranges(full bool) (luma, chroma float64, black int64) {
	if full {
		return 1, 1, 0
	}
	return 219. / 255, 224. / 255, 16
}

// fix rounds x to an integer of 1<<bits to the unit. The product is exact.
func fix(x float64, bits uint) int64 {
	return int64(math.Floor(x*float64(int64(1)<<bits) + 0.5))
}

// coefs is what one of R, G and B adds to Y (lumaBits), Cb and Cr (chromaBits).
type coefs struct{ y, cb, cr int64 }

// pixelCoefs returns the rows of the matrix from R, G, B. G takes the rounding
// errors of the others, so that Y of white and Cb, Cr of every grey are exact.
func pixelCoefs(s Space) (r, g, b coefs) {
	kr, kb := weights(s.Matrix)
	luma, chroma, _ := ranges(s.FullRange)
	r = coefs{fix(kr*luma, lumaBits), -fix(kr*chroma/(2*(1-kb)), chromaBits), fix(chroma/2, chromaBits)}
	b = coefs{fix(kb*luma, lumaBits), fix(chroma/2, chromaBits), -fix(kb*chroma/(2*(1-kr)), chromaBits)}
	g = coefs{fix(luma, lumaBits) - r.y - b.y, -r.cb - b.cb, -r.cr - b.cr}
	return r, g, b
}

// A pixelTable holds, for each value of a component, what it adds to the three
// samples, in three lanes of a word: Y in bits 0 to 21, Cb in 22 to 42, Cr in 43
// to 63. What Cb and Cr take away borrows from the lane above, and the borrows
// cancel in the sum of a pixel, which is 0 to 255.99 in each lane. The table of R
// has the offsets and rounding constants too.
//
// Without SIMD tables take a quarter less time than multiplications, with equal sums.
type pixelTable [256]uint64

const (
	cbLane    = 8 + lumaBits
	crLane    = cbLane + 8 + chromaBits
	lumaShift = lumaBits
	cbShift   = cbLane + chromaBits
	crShift   = crLane + chromaBits
)

// Chroma rounds halves down: full range's largest, 255.5, stays a byte.
const chromaBias = 128<<chromaBits + 1<<(chromaBits-1) - 1

// lumaBias is black and half a step.
func lumaBias(s Space) int64 {
	_, _, black := ranges(s.FullRange)
	return black<<lumaBits + 1<<(lumaBits-1)
}

func newPixelTables(s Space, components ...coefs) *[3]pixelTable {
	t := new([3]pixelTable)
	for i, k := range components {
		var bias coefs
		if i == 0 {
			bias = coefs{lumaBias(s), chromaBias, chromaBias}
		}
		for v := range t[i] {
			n := int64(v)
			y, cb, cr := k.y*n+bias.y, k.cb*n+bias.cb, k.cr*n+bias.cr
			t[i][v] = uint64(y) + uint64(cb)<<cbLane + uint64(cr)<<crLane
		}
	}
	return t
}

// pixelMatrix converts pixels of three components in the order of their bytes.
type pixelMatrix struct {
	table    [3]*pixelTable
	luma     [3]uint64 // for Y of two pixels, in halves of words
	lumaBias uint64
	chroma   [3]uint64 // Cb in the low half, Cr in the high one, for sums of pixels
	wide     wideMatrix
}

// A wideMatrix is the matrix for differences of components, from which the AVX2
// forms get the same sums: c1 counts in each sample as much as c0 and c2 take away
// (Cb, Cr) or leave (Y) of the whole. It has the coefficients of c0-c1 and c2-c1, 16
// bits each, for Y, Cb and Cr; what all three components are together in Y; and what
// is added to Y.
type wideMatrix = [5]uint32

func newWideMatrix(s Space, k [3]coefs) wideMatrix {
	pair := func(a, b int64) uint32 { return uint32(uint16(a)) | uint32(uint16(b))<<16 }
	return wideMatrix{
		pair(k[0].y, k[2].y), pair(k[0].cb, k[2].cb), pair(k[0].cr, k[2].cr),
		uint32(k[0].y + k[1].y + k[2].y), uint32(lumaBias(s)),
	}
}

// The sum under a 4:2:0 filter has the weight of 1<<filterBits pixels, in 11
// bits for each component; its products fill halves of 32 bits.
const (
	filterBits   = 3
	filteredBias = 128<<(chromaBits+filterBits) + 1<<(chromaBits+filterBits-1) - 1
	filteredCb   = chromaBits + filterBits
	filteredCr   = filteredCb + 32
)

func newPixelMatrix(s Space, k [3]coefs, t [3]*pixelTable) pixelMatrix {
	bias := uint64(lumaBias(s))
	m := pixelMatrix{table: t, lumaBias: bias<<32 | bias, wide: newWideMatrix(s, k)}
	for i := range k {
		m.luma[i] = uint64(k[i].y)
		m.chroma[i] = uint64(k[i].cb) + uint64(k[i].cr)<<32
	}
	return m
}

// lumaOf returns Y of the first pixel of pix.
func (m *pixelMatrix) lumaOf(pix []uint8) uint8 {
	return uint8((m.table[0][pix[0]] + m.table[1][pix[1]] + m.table[2][pix[2]]) >> lumaShift)
}

// yccMatrix converts JFIF samples to another space, with yccBits of fraction. Y
// adds nothing to Cb and Cr, since greys of both spaces have none.
type yccMatrix struct {
	y, yCb, yCr    int32 // Y from Y, Cb-128, Cr-128
	black          int32
	cbCb, cbCr     int32 // Cb from Cb-128, Cr-128
	crCb, crCr     int32
	cbBias, crBias int32 // for chroma that has filterWeight, offsets and rounding included
}

// Interpolation weights are eighths in both directions.
const (
	axisWeight   = 8
	filterWeight = axisWeight * axisWeight
	weightBits   = 6
)

// newYCCMatrix returns the matrix from JFIF to s, nil where there is nothing to do.
//
// With R = Y + 2(1-Kr)Cr, B = Y + 2(1-Kb)Cb and G from Y = KrR + KgG + KbB of
// JFIF, the formulas of s follow; Y appears in each of R, G, B once and vanishes
// in the differences.
func newYCCMatrix(s Space) *yccMatrix {
	if s == jfif {
		return nil
	}
	kr, kb := weights(jfif.Matrix)
	rCr, bCb := 2*(1-kr), 2*(1-kb)
	gCr, gCb := -float64(kr*rCr)/(1-kr-kb), -float64(kb*bCb)/(1-kr-kb)
	tr, tb := weights(s.Matrix)
	tg := 1 - tr - tb
	yCb := float64(tg*gCb) + float64(tb*bCb)
	yCr := float64(tg*gCr) + float64(tr*rCr)
	luma, chroma, black := ranges(s.FullRange)
	cb, cr := chroma/(2*(1-tb)), chroma/(2*(1-tr))
	f := func(x float64) int32 { return int32(fix(x, yccBits)) }
	m := &yccMatrix{
		y: f(luma), yCb: f(luma * yCb), yCr: f(luma * yCr),
		black: int32(black),
		cbCb:  f(cb * (bCb - yCb)), cbCr: f(-cb * yCr),
		crCb: f(-cr * yCb), crCr: f(cr * (rCr - yCr)),
	}
	const one, half = 1 << (yccBits + weightBits), 1 << (yccBits + weightBits - 1)
	m.cbBias = 128*one + half - 128*filterWeight*(m.cbCb+m.cbCr)
	m.crBias = 128*one + half - 128*filterWeight*(m.crCb+m.crCr)
	return m
}

// crossed reports whether Y depends on chroma, which it does where Kr and Kb
// differ (the coefficients of equal ones round to 0). Where it does not, Y is that
// of grey pixels.
func (m *yccMatrix) crossed() bool { return m.yCb != 0 || m.yCr != 0 }

// ofLuma returns what Y counts, and what is added, in sums that have filterWeight.
func (m *yccMatrix) ofLuma() (scale, bias int32) {
	return m.y << weightBits, m.black<<(yccBits+weightBits) + 1<<(yccBits+weightBits-1)
}
