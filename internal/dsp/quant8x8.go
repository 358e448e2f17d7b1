package dsp

// Quant8x8 quantises the coefficients of an 8x8 block to levels, sign(c)*((|c|*mf + bias) >> shift) by position, and
// returns the number of levels that are not zero. shift is at most 31, |c|*mf + bias must be below 1<<32, and levels fit
// 16 bits. level and c may be one block.
func Quant8x8(level, c *[64]int16, mf *[64]uint16, bias *[64]uint32, shift uint) (nonzero int) {
	if useAVX2 {
		return quant8x8AVX2(level, c, mf, bias, uint64(shift))
	}
	nonzero = 64
	for i := range c {
		l, zero := quant(c[i], mf[i], bias[i], shift)
		level[i] = l
		nonzero -= int(zero)
	}
	return nonzero
}

// QuantLimits8x8 puts into limit the largest magnitude that Quant8x8 makes zero at each position, for AllWithin8x8. No mf
// is 0.
func QuantLimits8x8(limit *[64]int16, mf *[64]uint16, bias *[64]uint32, shift uint) {
	quantLimits(limit[:], mf[:], bias[:], shift)
}

// AllWithin8x8 reports whether |c[i]| <= limit[i] at all positions: whether a block has no level but zero. Coefficients are
// between -1<<14 and 1<<14.
func AllWithin8x8(c, limit *[64]int16) bool {
	if useAVX2 {
		return within8x8AVX2(c, limit)
	}
	for i := 0; i < 64; i += 16 {
		if !allWithin((*[16]int16)(c[i:i+16]), (*[16]int16)(limit[i:i+16])) {
			return false
		}
	}
	return true
}

// Dequant8x8 scales levels back to coefficients: clause 8.5.13.1 with flat matrices for qP/6 = per, where scale is
// normAdjust8x8. Results must fit 16 bits.
func Dequant8x8(c, level *[64]int16, scale *[64]int16, per int) {
	if useAVX2 {
		dequant8x8AVX2(c, level, scale, uint64(per))
		return
	}
	if per >= 2 {
		for i := range c {
			c[i] = int16(int32(level[i]) * int32(scale[i]) << uint(per-2))
		}
		return
	}
	round, shift := int32(1)<<uint(1-per), uint(2-per)
	for i := range c {
		c[i] = int16((int32(level[i])*int32(scale[i]) + round) >> shift)
	}
}
