package dsp

// Quant4x4 quantises coefficients c to levels, sign(c)*((|c|*mf + bias) >> shift) by position. Blocks of coefficients
// and levels are in frame scan order.
type Quant4x4 struct {
	mf [16]uint16
	// bias stands in the order of positions that 16-bit lanes unpack to: 0 to 3, 8 to 11, 4 to 7, 12 to 15.
	bias [16]uint32
	// limit holds the largest magnitudes whose level is zero: in scan order, by raster column, and so without a limit to
	// the first.
	limit, limitColumns, limitChroma [16]int16
	shift                            uint64
	zeroSAD                          int
}

// biasPlace is the place of each position's bias.
var biasPlace = [16]uint8{0, 1, 2, 3, 8, 9, 10, 11, 4, 5, 6, 7, 12, 13, 14, 15}

// maxLimit bounds limits, so that their sum with a coefficient fits 16 bits.
const maxLimit = 1<<14 - 1

// MakeQuant4x4 returns the quantiser of these multipliers, none of which is 0, and rounding offsets, by position in
// frame scan order. shift is 1 to 31. |c|*mf + bias must be below 1<<32 and levels fit 16 bits for all coefficients, which
// are between -1<<14 and 1<<14.
func MakeQuant4x4(mf *[16]uint16, bias *[16]uint32, shift uint) (q Quant4x4) {
	q.mf, q.shift = *mf, uint64(shift)
	quantLimits(q.limit[:], mf[:], bias[:], shift)
	q.zeroSAD = maxLimit
	for i, b := range bias {
		q.bias[biasPlace[i]] = b
		column := scanColumn[i]
		q.limitColumns[column], q.limitChroma[column] = q.limit[i], q.limit[i]
		// A coefficient is at most the SAD times the greatest product of two basis values, 2 where they are odd.
		q.zeroSAD = min(q.zeroSAD, int(q.limit[i])>>(column>>2&1+column&1))
	}
	q.limitChroma[0] = maxLimit
	return q
}

// ZeroSAD returns the greatest SAD of a 4x4 residual whose levels are all zero for certain.
func (q *Quant4x4) ZeroSAD() int { return q.zeroSAD }

func quantLimits(limit []int16, mf []uint16, bias []uint32, shift uint) {
	for i := range limit {
		limit[i] = int16(min((uint64(1)<<shift-1-uint64(bias[i]))/uint64(mf[i]), maxLimit))
	}
}

// Block quantises a block and returns the number of its levels that are not zero. level and c may be one block.
func (q *Quant4x4) Block(level, c *[16]int16) (nonzero int) {
	if useAVX2 {
		var n uint8
		quant4x4AVX2(level, c, &q.mf, &q.bias, q.shift, 1, &n)
		return int(n)
	}
	if allWithin(c, &q.limit) {
		*level = [16]int16{}
		return 0
	}
	var zeros, z0, z1, z2, z3 uint32
	for i := 0; i < 16; i += 4 {
		l, s, m, place := (*[4]int16)(level[i:]), (*[4]int16)(c[i:]), (*[4]uint16)(q.mf[i:]), biasPlace[i]
		l[0], z0 = quant(s[0], m[0], q.bias[place&12], uint(q.shift))
		l[1], z1 = quant(s[1], m[1], q.bias[place&12+1], uint(q.shift))
		l[2], z2 = quant(s[2], m[2], q.bias[place&12+2], uint(q.shift))
		l[3], z3 = quant(s[3], m[3], q.bias[place&12+3], uint(q.shift))
		zeros += z0 + z1 + z2 + z3
	}
	return 16 - int(zeros)
}

// Blocks quantises len(nonzero) blocks, and puts the number of levels that are not zero of each into nonzero.
func (q *Quant4x4) Blocks(level, c [][16]int16, nonzero []uint8) {
	if len(nonzero) == 0 {
		return
	}
	level, c = level[:len(nonzero)], c[:len(nonzero)]
	if useAVX2 {
		quant4x4AVX2(&level[0], &c[0], &q.mf, &q.bias, q.shift, len(nonzero), &nonzero[0])
		return
	}
	for i := range nonzero {
		nonzero[i] = uint8(q.Block(&level[i], &c[i]))
	}
}

// quant quantises one coefficient; zero is 1 where the level is 0.
func quant(c int16, mf uint16, bias uint32, shift uint) (level int16, zero uint32) {
	sign := int32(c) >> 31
	l := (uint32(int32(c)^sign-sign)*uint32(mf) + bias) >> (shift & 31)
	return int16(int32(l) ^ sign - sign), (l - 1) >> 31
}

// Zero16x16 reports whether all levels of the sixteen 4x4 blocks of the 16x16 residual a-pred are zero.
func (q *Quant4x4) Zero16x16(a []uint8, aStride int, pred []uint8, pStride int) bool {
	p, r := window(a, aStride, 16, 16), window(pred, pStride, 16, 16)
	if useAVX2 {
		return zero16x16AVX2(p, aStride, r, pStride, &q.limitColumns)
	}
	var c [16]int16
	for quad := range 4 {
		x, y := quad&1*8, quad>>1*8
		if SADBelow(B8x8, a[y*aStride+x:], aStride, pred[y*pStride+x:], pStride, q.zeroSAD+1) <= q.zeroSAD {
			continue
		}
		for i := range 4 {
			v, w := x+i&1*4, y+i>>1*4
			if _, zero := forwardDCT(&c, offset(p, w*aStride+v), aStride, offset(r, w*pStride+v), pStride, &q.limitColumns); !zero {
				return false
			}
		}
	}
	return true
}

// allWithin reports whether |c[i]| <= limit[i] at all positions: whether a block has no level but zero.
func allWithin(c, limit *[16]int16) bool {
	v := within4(getLanes(c, 0)^laneTop, getLanes(limit, 0)) & within4(getLanes(c, 4)^laneTop, getLanes(limit, 4))
	v &= within4(getLanes(c, 8)^laneTop, getLanes(limit, 8)) & within4(getLanes(c, 12)^laneTop, getLanes(limit, 12))
	return v&laneTop == laneTop
}

// within4 returns lanes whose top bit is set where |c| <= limit, given c with a bias of 0x8000: where c+limit and limit-c
// have it with that bias.
func within4(c, limit uint64) uint64 { return (c + limit) & (^c + lanes + limit) }

// scanColumn is the place of each position of the scan where columns stand one after the other.
var scanColumn = [16]uint8{0, 4, 1, 2, 5, 8, 12, 9, 6, 3, 7, 10, 13, 14, 11, 15}
