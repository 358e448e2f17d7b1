package dsp

// LevelSets puts into sets which levels of each block are not zero, and from bit 16 up which are larger than 1 in magnitude.
func LevelSets(sets *[16]uint32, level *[16][16]int16) {
	if useAVX2 {
		levelSetsAVX2(sets, level)
		return
	}
	for i := range level {
		l := &level[i]
		set, large := uint32(0), uint32(0)
		for k := 0; k < 16; k += 4 {
			x := getLanes(l, k)
			set |= NotZero4(x) << k
			large |= NotOne4(x) << k
		}
		sets[i] = set | large&set<<16
	}
}

// Pack4 puts four levels into one word, which is one load on little-endian machines.
func Pack4(a, b, c, d int16) uint64 {
	return uint64(uint16(a)) | uint64(uint16(b))<<16 | uint64(uint16(c))<<32 | uint64(uint16(d))<<48
}

// NotZero4 returns which of four levels in a word are not zero, in bits 0 to 3: the top bit of each lane becomes whether
// the lane is not zero, and a product gathers them.
func NotZero4(x uint64) uint32 {
	const low = 0x7fff_7fff_7fff_7fff
	x = ((x&low + low | x) &^ low) >> 15
	return uint32(x * (1<<48 | 1<<33 | 1<<18 | 1<<3) >> 48)
}

// NotOne4 returns which of four levels in a word are neither 1 nor -1: one more is neither 2 nor 0.
func NotOne4(x uint64) uint32 {
	const low = 0x7fff_7fff_7fff_7fff
	more := (x&low + lanes) ^ x&^low
	return NotZero4(more &^ (2 * lanes))
}
