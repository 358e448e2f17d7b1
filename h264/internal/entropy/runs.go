package entropy

import mathbits "math/bits"

// wideVLC is several code words in a row: 27 bits of value, 5 of length.
type wideVLC uint32

func (v wideVLC) code() uint32 { return uint32(v >> 5) }
func (v wideVLC) size() int    { return int(v & 31) }

// The run_before of levels among positions 8 to 15, by set of positions and by
// number of zeros below position 8, and of those among positions 0 to 7. The
// run below the lowest of a set belongs to neither.
var runsHigh, runsLow = func() (high [256][9]wideVLC, low [256]wideVLC) {
	for set := range 256 {
		for zeros := range 9 {
			high[set][zeros] = innerRuns(uint32(set), zeros)
		}
		low[set] = innerRuns(uint32(set), 0)
	}
	return high, low
}()

// innerRuns joins the run_before of all levels of a set but the lowest, with
// zeros below position 0.
func innerRuns(set uint32, zeros int) (joined wideVLC) {
	code, n := uint32(0), 0
	for set&(set-1) != 0 {
		top := mathbits.Len32(set) - 1
		set ^= 1 << top
		zerosLeft := zeros + top - mathbits.OnesCount32(set)
		word := runBefore[min(zerosLeft, 7)][top-mathbits.Len32(set)]
		code, n = code<<word.n|uint32(word.code), n+int(word.n)
	}
	return wideVLC(code<<5 | uint32(n))
}

// runs returns all run_before of the set of levels of a block (clause 9.2.3):
// those among positions 8 to 15, the one that joins both halves, and those
// among positions 0 to 7.
func runs(set uint32) (high wideVLC, join vlc, low wideVLC) {
	h, l := uint8(set>>8), uint8(set)
	low = runsLow[l]
	if h == 0 {
		return 0, vlc{}, low
	}
	zeros := 8 - mathbits.OnesCount8(l)
	high = runsHigh[h][zeros]
	if l != 0 {
		gap := mathbits.TrailingZeros8(h)
		join = runBefore[min(zeros+gap, 7)&7][(gap+8-mathbits.Len8(l))&15]
	}
	return high, join, low
}
