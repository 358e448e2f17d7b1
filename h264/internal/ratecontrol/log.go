package ratecontrol

import "math/bits"

// log2 is the binary logarithm in 1/256 of v > 0.
func log2(v uint64) int {
	zeros := bits.LeadingZeros64(v) & 63
	mantissa := v << zeros >> 55 & 255 // the 8 bits behind the leading one
	return (63-zeros)*256 + int(logTable[mantissa])
}

// logTable is log2(1+i/256) in 1/256, by repeated squaring.
var logTable = func() (t [256]uint16) {
	for i := range t {
		x := uint64(256+i) << 23 // 1 <= x < 2 with 31 fraction bits
		for range 9 {
			x = x * x >> 31
			t[i] <<= 1
			if x >= 2<<31 {
				x >>= 1
				t[i]++
			}
		}
		t[i] = (t[i] + 1) >> 1
	}
	return t
}()

// exp2 is 2 to the power of v/256, rounded, with that many fraction bits. The
// result must be below 1<<63.
func exp2(v, fraction int) uint64 {
	shift := 30 - fraction - v>>8
	x := expTable[v&255]
	if shift <= 0 {
		return x << min(-shift, 32)
	}
	return (x + 1<<shift>>1) >> min(shift, 63)
}

// expTable is 2 to the power of i/256 with 30 fraction bits, from its roots.
var expTable = func() (t [256]uint64) {
	// roots are 2 to the power of 1/2, 1/4 ... with 60 fraction bits.
	var roots [8]uint64
	square := uint64(2) << 60 // the square of the root wanted, with 60 fraction bits
	for i := range roots {
		var root uint64 // with 60 fraction bits
		for bit := uint64(1) << 60; bit > 0; bit >>= 1 {
			hi, lo := bits.Mul64(root|bit, root|bit)
			if hi<<4|lo>>60 <= square && hi>>60 == 0 {
				root |= bit
			}
		}
		roots[i], square = root, root
	}
	for i := range t {
		x := uint64(1) << 60
		for k, root := range roots {
			if i>>(7-k)&1 != 0 {
				hi, lo := bits.Mul64(x, root)
				x = hi<<4 | lo>>60
			}
		}
		t[i] = (x + 1<<29) >> 30
	}
	return t
}()
