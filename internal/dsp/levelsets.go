package dsp

// LevelSets puts into sets which levels of each block are not zero, and from bit 16 up which are larger than 1 in magnitude.
func LevelSets(sets *[16]uint32, level *[16][16]int16) {
	if useAVX2 {
		levelSetsAVX2(sets, level)
		return
	}
	for i := range level {
		set := uint32(0)
		for k, l := range level[i] {
			m := uint32(max(int32(l), -int32(l)))
			set |= (-m>>31 | (1-m)>>31<<16) << k
		}
		sets[i] = set
	}
}
