package dsp

// Quant4x4 quantises coefficients c to level, both in raster order: sign(c)*((|c|*mf + bias) >> shift) per position. It
// returns the number of levels that are not zero. |c|*mf + bias must be below 1<<32, and levels fit 16 bits.
func Quant4x4(level, c *[16]int16, mf *[16]uint16, bias *[16]uint32, shift uint) (nonzero int) {
	for i := range level {
		v := int32(c[i])
		l := int32((uint32(max(v, -v))*uint32(mf[i]) + bias[i]) >> shift)
		if l != 0 {
			nonzero++
		}
		if v < 0 {
			l = -l
		}
		level[i] = int16(l)
	}
	return nonzero
}

// Dequant4x4 scales levels back to coefficients, c = level*scale << shift (clause 8.5.12.1 with flat matrices).
func Dequant4x4(c, level *[16]int16, scale *[16]int16, shift int) {
	for i := range c {
		c[i] = level[i] * scale[i] << uint(shift)
	}
}

// zigZag holds the raster position of each coefficient in frame scan order (table 8-2).
var zigZag = [16]uint8{0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 13, 10, 7, 11, 14, 15}

// ZigZag4x4 puts a raster block into frame scan order. dst and src are two blocks.
func ZigZag4x4(dst, src *[16]int16) {
	for i, r := range zigZag {
		dst[i] = src[r&15]
	}
}

// UnZigZag4x4 puts a block in frame scan order into raster order. dst and src are two blocks.
func UnZigZag4x4(dst, src *[16]int16) {
	for i, r := range zigZag {
		dst[r&15] = src[i]
	}
}

// CountNonZero returns the number of levels that are not zero.
func CountNonZero(l *[16]int16) int {
	n := 0
	for _, v := range l {
		if v != 0 {
			n++
		}
	}
	return n
}
