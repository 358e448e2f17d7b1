package dsp

import (
	"math/bits"
	"unsafe"
)

// MVDBits returns the size of both components of mvd_l0 with CAVLC (clause 9.1.1): the codeNum of v plus one has one bit
// more than |v|, so se(v) has 2*len(|v|)+1.
func MVDBits(dx, dy int) int {
	return 2*(bits.Len32(uint32(max(dx, -dx)))+bits.Len32(uint32(max(dy, -dy)))) + 2
}

// CheapestOf4 returns which of four vectors costs least, the first of several, and what, if that is less than most; otherwise
// k is -1, and cost of no use. A vector costs 16 times its distortion, which is less than 1<<26, and lambda, up to 1<<20, for
// each bit of MVDBits of its difference from the predicted vector: apart, that of the vector in the middle, and what around
// holds. No component of these overflows.
func CheapestOf4(distortion *[4]int, around *[4]MV, apart MV, lambda, most int) (k, cost int) {
	if useAVX2 {
		packed := int(uint32(uint16(apart.X)) | uint32(uint16(apart.Y))<<16)
		return cheapestOf4AVX2(distortion, (*[8]int16)(unsafe.Pointer(around)), packed, lambda, most)
	}
	k, cost = -1, most
	for i, d := range distortion {
		if 16*d >= cost {
			continue
		}
		dx, dy := int(apart.X)+int(around[i].X), int(apart.Y)+int(around[i].Y)
		if c := 16*d + lambda*MVDBits(dx, dy); c < cost {
			k, cost = i, c
		}
	}
	return k, cost
}
