package dsp

// scan8x8 is the raster position of each position of the 8x8 zig-zag scan (clause 8.5.7).
var scan8x8 = [64]uint8{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
}

// ZigZag8x8 puts a raster block into frame scan order. dst and src are two blocks.
func ZigZag8x8(dst, src *[64]int16) {
	if useAVX2 {
		zigZag8x8AVX2(dst, src)
		return
	}
	for i := 0; i < 64; i += 4 {
		d, r := (*[4]int16)(dst[i:]), (*[4]uint8)(scan8x8[i:])
		d[0], d[1], d[2], d[3] = src[r[0]&63], src[r[1]&63], src[r[2]&63], src[r[3]&63]
	}
}

// UnZigZag8x8 puts a block in frame scan order into raster order. dst and src are two blocks.
func UnZigZag8x8(dst, src *[64]int16) {
	if useAVX2 {
		unZigZag8x8AVX2(dst, src)
		return
	}
	for i := 0; i < 64; i += 4 {
		s, r := (*[4]int16)(src[i:]), (*[4]uint8)(scan8x8[i:])
		dst[r[0]&63], dst[r[1]&63], dst[r[2]&63], dst[r[3]&63] = s[0], s[1], s[2], s[3]
	}
}

// SplitScan8x8 deals the levels of an 8x8 block in scan order out to four blocks, in turn. It returns the number of those
// that are not zero.
func SplitScan8x8(level *[4][16]int16, scan *[64]int16) (nonzero int) {
	if useAVX2 {
		return splitScan8x8AVX2(level, scan)
	}
	coded := uint64(0) // in lanes
	for i := 0; i < 16; i += 4 {
		s := (*[16]int16)(scan[4*i:])
		a, b, c, d := getLanes(s, 0), getLanes(s, 4), getLanes(s, 8), getLanes(s, 12)
		coded += anyBits(a) + anyBits(b) + anyBits(c) + anyBits(d)
		a, b, c, d = transpose4(a, b, c, d)
		storeLanes(&level[0], i, a)
		storeLanes(&level[1], i, b)
		storeLanes(&level[2], i, c)
		storeLanes(&level[3], i, d)
	}
	return sumLanes(coded)
}

// anyBits returns one in each lane that isn't zero.
func anyBits(v uint64) uint64 { return (v&(0x7fff*lanes) + 0x7fff*lanes | v) >> 15 & lanes }

// JoinScan8x8 takes the levels of an 8x8 block from four blocks in turn.
func JoinScan8x8(scan *[64]int16, level *[4][16]int16) {
	if useAVX2 {
		joinScan8x8AVX2(scan, level)
		return
	}
	for i := 0; i < 16; i += 4 {
		a, b, c, d := transpose4(getLanes(&level[0], i), getLanes(&level[1], i), getLanes(&level[2], i), getLanes(&level[3], i))
		s := (*[16]int16)(scan[4*i:])
		storeLanes(s, 0, a)
		storeLanes(s, 4, b)
		storeLanes(s, 8, c)
		storeLanes(s, 12, d)
	}
}

// Magnitudes puts |c|*mf >> shift into dst for each of the coefficients, a multiple of 8 of them and 64 at most. Products
// must fit 32 bits, results 31. Bit i of the set says that dst[i] is 128 or more: half a level, in 1/256.
func Magnitudes(dst []uint32, c []int16, mf []uint32, shift uint) (set uint64) {
	if len(c) == 0 {
		return 0
	}
	dst, mf = dst[:len(c)], mf[:len(c)]
	if useAVX2 && len(c)&7 == 0 {
		return magnitudesAVX2(&dst[0], &c[0], &mf[0], uint64(shift), len(c)) >> uint(64-len(c))
	}
	for i, v := range c {
		m := uint32(max(int32(v), -int32(v))) * mf[i] >> (shift & 31)
		dst[i] = m
		set |= uint64((127-m)>>31) << (i & 63)
	}
	return set
}
