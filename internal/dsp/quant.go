package dsp

// Quant4x4 quantises coefficients c to level, both in raster order: sign(c)*((|c|*mf + bias) >> shift) per position. It
// returns the number of levels that are not zero. shift is at most 31, |c|*mf + bias must be below 1<<32, and levels fit
// 16 bits. level and c may be one block.
func Quant4x4(level, c *[16]int16, mf *[16]uint16, bias *[16]uint32, shift uint) (nonzero int) {
	var zeros, z0, z1, z2, z3 uint32
	level[0], z0 = quant(c[0], mf[0], bias[0], shift)
	level[1], z1 = quant(c[1], mf[1], bias[1], shift)
	level[2], z2 = quant(c[2], mf[2], bias[2], shift)
	level[3], z3 = quant(c[3], mf[3], bias[3], shift)
	zeros += z0 + z1 + z2 + z3
	level[4], z0 = quant(c[4], mf[4], bias[4], shift)
	level[5], z1 = quant(c[5], mf[5], bias[5], shift)
	level[6], z2 = quant(c[6], mf[6], bias[6], shift)
	level[7], z3 = quant(c[7], mf[7], bias[7], shift)
	zeros += z0 + z1 + z2 + z3
	level[8], z0 = quant(c[8], mf[8], bias[8], shift)
	level[9], z1 = quant(c[9], mf[9], bias[9], shift)
	level[10], z2 = quant(c[10], mf[10], bias[10], shift)
	level[11], z3 = quant(c[11], mf[11], bias[11], shift)
	zeros += z0 + z1 + z2 + z3
	level[12], z0 = quant(c[12], mf[12], bias[12], shift)
	level[13], z1 = quant(c[13], mf[13], bias[13], shift)
	level[14], z2 = quant(c[14], mf[14], bias[14], shift)
	level[15], z3 = quant(c[15], mf[15], bias[15], shift)
	zeros += z0 + z1 + z2 + z3
	return 16 - int(zeros)
}

// quant quantises one coefficient; zero is 1 where the level is 0.
func quant(c int16, mf uint16, bias uint32, shift uint) (level int16, zero uint32) {
	sign := int32(c) >> 31
	l := (uint32(int32(c)^sign-sign)*uint32(mf) + bias) >> (shift & 31)
	return int16(int32(l) ^ sign - sign), (l - 1) >> 31
}

// QuantLimits puts into limit the largest magnitude that Quant4x4 makes zero at each position, for AllWithin. No mf is 0.
func QuantLimits(limit *[16]int16, mf *[16]uint16, bias *[16]uint32, shift uint) {
	quantLimits(limit[:], mf[:], bias[:], shift)
}

func quantLimits(limit []int16, mf []uint16, bias []uint32, shift uint) {
	for i := range limit {
		limit[i] = int16(min((uint64(1)<<shift-1-uint64(bias[i]))/uint64(mf[i]), maxLimit))
	}
}

const maxLimit = 1<<14 - 1

// AllWithin reports whether |c[i]| <= limit[i] at all positions: whether a block has no level but zero. Limits are 0 to
// 1<<14 - 1, coefficients between -1<<14 and 1<<14.
func AllWithin(c, limit *[16]int16) bool {
	v := within4(getLanes(c, 0), getLanes(limit, 0)) & within4(getLanes(c, 4), getLanes(limit, 4))
	v &= within4(getLanes(c, 8), getLanes(limit, 8)) & within4(getLanes(c, 12), getLanes(limit, 12))
	return v&laneTop == laneTop
}

// within4 returns lanes whose top bit is set where |c| <= limit: where c+limit and limit-c, with a bias of 0x8000, have it.
func within4(c, limit uint64) uint64 {
	c ^= laneTop
	return (c + limit) & (^c + lanes + limit)
}

// Dequant4x4 scales levels back to coefficients, c = level*scale << shift (clause 8.5.12.1 with flat matrices).
func Dequant4x4(c, level *[16]int16, scale *[16]int16, shift int) {
	for i := range c {
		c[i] = level[i] * scale[i] << uint(shift)
	}
}

// ZigZag4x4 puts a raster block into frame scan order (table 8-2). dst and src are two blocks.
func ZigZag4x4(dst, src *[16]int16) {
	dst[0], dst[1], dst[2], dst[3] = src[0], src[1], src[4], src[8]
	dst[4], dst[5], dst[6], dst[7] = src[5], src[2], src[3], src[6]
	dst[8], dst[9], dst[10], dst[11] = src[9], src[12], src[13], src[10]
	dst[12], dst[13], dst[14], dst[15] = src[7], src[11], src[14], src[15]
}

// UnZigZag4x4 puts a block in frame scan order into raster order. dst and src are two blocks.
func UnZigZag4x4(dst, src *[16]int16) {
	dst[0], dst[1], dst[4], dst[8] = src[0], src[1], src[2], src[3]
	dst[5], dst[2], dst[3], dst[6] = src[4], src[5], src[6], src[7]
	dst[9], dst[12], dst[13], dst[10] = src[8], src[9], src[10], src[11]
	dst[7], dst[11], dst[14], dst[15] = src[12], src[13], src[14], src[15]
}
