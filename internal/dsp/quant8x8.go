package dsp

// Quant8x8 quantises the coefficients of an 8x8 block to levels, sign(c)*((|c|*mf + bias) >> shift) by position, and
// returns the number of levels that are not zero. shift is at most 31, |c|*mf + bias must be below 1<<32, and levels fit
// 16 bits. level and c may be one block.
func Quant8x8(level, c *[64]int16, mf *[64]uint16, bias *[64]uint32, shift uint) (nonzero int) {
	if useAVX2 {
		return quant8x8AVX2(level, c, mf, bias, uint64(shift))
	}
	zeros := uint32(0)
	for i := 0; i < 64; i += 4 {
		l, s, m, b := (*[4]int16)(level[i:]), (*[4]int16)(c[i:]), (*[4]uint16)(mf[i:]), (*[4]uint32)(bias[i:])
		l0, z0 := quant(s[0], m[0], b[0], shift)
		l1, z1 := quant(s[1], m[1], b[1], shift)
		l2, z2 := quant(s[2], m[2], b[2], shift)
		l3, z3 := quant(s[3], m[3], b[3], shift)
		l[0], l[1], l[2], l[3] = l0, l1, l2, l3
		zeros += z0 + z1 + z2 + z3
	}
	return 64 - int(zeros)
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
		up := uint(per-2) & 31
		for i := 0; i < 64; i += 4 {
			d, l, s := (*[4]int16)(c[i:]), (*[4]int16)(level[i:]), (*[4]int16)(scale[i:])
			d[0], d[1] = int16(int32(l[0])*int32(s[0])<<up), int16(int32(l[1])*int32(s[1])<<up)
			d[2], d[3] = int16(int32(l[2])*int32(s[2])<<up), int16(int32(l[3])*int32(s[3])<<up)
		}
		return
	}
	round, shift := int32(1)<<uint(1-per), uint(2-per)
	for i := range c {
		c[i] = int16((int32(level[i])*int32(scale[i]) + round) >> shift)
	}
}
