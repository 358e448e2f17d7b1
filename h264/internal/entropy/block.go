package entropy

import (
	mathbits "math/bits"

	"github.com/g264/g264/internal/dsp"

	"github.com/g264/g264/h264/internal/bits"
)

// vlc is a code word: its value and its length in bits, 0 where there is none.
type vlc struct {
	code uint16
	n    uint8
}

// nCClasses maps nC+1 to the first index of coeffToken.
var nCClasses = [32]uint8{
	4, 0, 0, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 3, 3, 3,
	3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3,
}

func nCClass(nC int) uint8 { return nCClasses[(nC+1)&31] }

// scanned tells which levels of a block are not zero, as sets in which bit i stands
// for level start+i.
type scanned struct {
	set, rest   uint32 // all, and the rest of them after the trailing ones
	total, ones int    // TotalCoeff and TrailingOnes
}

// scan finds the levels of a block, of which there are maxCoeff at most.
func scan(level *[16]int16, start, maxCoeff uint) scanned {
	x0 := dsp.Pack4(level[0], level[1], level[2], level[3])
	x1 := dsp.Pack4(level[4], level[5], level[6], level[7])
	x2 := dsp.Pack4(level[8], level[9], level[10], level[11])
	x3 := dsp.Pack4(level[12], level[13], level[14], level[15])
	set := dsp.NotZero4(x0) | dsp.NotZero4(x1)<<4 | dsp.NotZero4(x2)<<8 | dsp.NotZero4(x3)<<12
	set = set >> (start & 15) & (1<<(maxCoeff&31) - 1)
	if set == 0 {
		return scanned{}
	}
	large := dsp.NotOne4(x0) | dsp.NotOne4(x1)<<4 | dsp.NotOne4(x2)<<8 | dsp.NotOne4(x3)<<12
	return levelsOf(set, large>>(start&15)&set)
}

// levelsOf is scan of a set that is not empty, of which large are neither 1 nor -1.
func levelsOf(set, large uint32) scanned {
	front := uint(mathbits.Len32(large)) & 31 // the levels from here on are ones
	total, ones, rest := mathbits.OnesCount32(set), mathbits.OnesCount32(set>>front), set&(1<<front-1)
	if ones > 3 { // the others count as levels
		ones, rest = 3, set
		for range 3 {
			rest ^= 1 << ((mathbits.Len32(rest) - 1) & 31)
		}
	}
	return scanned{set, rest, total, ones}
}

// highest is the position of the highest level of a set that is not empty.
func highest(set uint32) uint { return uint(mathbits.Len32(set)-1) & 31 }

// split returns whether a level is negative, as 0 or 1, and its magnitude.
func split(level int16) (sign, magnitude int32) {
	v := int32(level)
	return int32(uint32(v) >> 31), (v ^ v>>31) - v>>31
}

// firstSuffixLength is the suffixLength of the first level after the trailing
// ones, and what its levelCode is less by: after fewer than three it can't be
// another one.
func firstSuffixLength(total, ones int) (suffixLength uint32, reduction int32) {
	if ones == 3 {
		return 0, 0
	}
	if total > 10 {
		return 1, 2
	}
	return 0, 2
}

// raise returns the suffixLength of the level after one of the given magnitude,
// for a suffixLength of 1 to 6. It adds one by the sign of a difference.
func raise(suffixLength uint32, magnitude int32) uint32 {
	return suffixLength + uint32(suffixLimit[suffixLength&7]-magnitude)>>31
}

// suffixLimit is the magnitude above which a level raises suffixLength.
var suffixLimit = [8]int32{1: 3, 2: 6, 3: 12, 4: 24, 5: 48, 6: 1 << 16}

const escapeBits = 15 + 1 + 12 // size of a level with level_prefix 15

// longEscape returns level_prefix, above 15, and level_suffix of prefix-3 bits
// for what a levelCode has above those of level_prefix 14 (4096 at least): a
// level_prefix of p starts at 1<<(p-3) - 4096.
func longEscape(code int32) (prefix uint, suffix uint32) {
	prefix = uint(mathbits.Len32(uint32(code+4096))) + 2
	return prefix, uint32(code) + 4096 - 1<<((prefix-3)&31)
}

// escapedBits is the size of a level with level_prefix 15 or more; see
// longEscape for code.
func escapedBits(code int32) int {
	if code < 1<<12 {
		return escapeBits
	}
	prefix, _ := longEscape(code)
	return int(prefix + 1 + prefix - 3)
}

// BlockBits returns the size of residual_block_cavlc (clause 7.3.5.3.2) of the
// maxCoeff levels from start: 0 and 16, 1 and 15, or 0 and 4 with nC -1 for
// chroma DC. nC is 0 to 16 otherwise.
func BlockBits(level *[16]int16, start, maxCoeff, nC int) int {
	s := scan(level, uint(start), uint(maxCoeff))
	n := int(coeffToken[nCClass(nC)][s.total<<2|s.ones].n) + s.ones
	if s.total == 0 {
		return n
	}
	if s.rest != 0 {
		n += levelBits(level, uint(start), s)
	}
	if s.total == maxCoeff {
		return n
	}
	zeros := mathbits.Len32(s.set) - s.total
	if nC < 0 {
		n += int(totalZerosDC[s.total&3][zeros&3].n)
	} else {
		n += int(totalZeros[s.total&15][zeros&15].n)
	}
	high, join, low := runs(s.set)
	return n + high.size() + int(join.n) + low.size()
}

// levelBits is the size of the levels after the trailing ones, of which there are
// some.
func levelBits(level *[16]int16, start uint, s scanned) (n int) {
	rest := s.rest
	suffixLength, reduction := firstSuffixLength(s.total, s.ones)
	top := highest(rest)
	rest ^= 1 << top
	sign, magnitude := split(level[(top+start)&15])
	code := 2*magnitude - 2 + sign - reduction
	switch {
	case suffixLength == 0 && code < 14:
		n = int(code) + 1
	case code < 30:
		n = 14 + 1 + 4
		if suffixLength == 1 {
			n = int(code)>>1 + 2
		}
	default:
		n = escapedBits(code - 30)
	}
	suffixLength = raise(1, magnitude)
	for rest != 0 {
		top := highest(rest)
		rest ^= 1 << top
		sign, magnitude := split(level[(top+start)&15])
		code := 2*magnitude - 2 + sign
		prefix := code >> (suffixLength & 7)
		if prefix < 15 {
			n += int(prefix) + 1 + int(suffixLength)
		} else {
			n += escapedBits(code - 15<<(suffixLength&7))
		}
		suffixLength = raise(suffixLength, magnitude)
	}
	return n
}

// writeBlock writes residual_block_cavlc; see BlockBits for its parameters.
func writeBlock(w *bits.Writer, level *[16]int16, start, maxCoeff, nC int) {
	writeScanned(w, level, start, maxCoeff, nC, scan(level, uint(start), uint(maxCoeff)))
}

// writeScanned is writeBlock with what scan returns.
func writeScanned(w *bits.Writer, level *[16]int16, start, maxCoeff, nC int, s scanned) {
	token := coeffToken[nCClass(nC)][s.total<<2|s.ones]
	a := pending{uint64(token.code), uint(token.n)}
	for left := s.set ^ s.rest; left != 0; { // the trailing ones
		top := highest(left)
		left ^= 1 << top
		a.add(uint32(uint16(level[(top+uint(start))&15])>>15), 1)
	}
	if s.rest != 0 {
		a = writeLevels(w, a, level, uint(start), s)
	}
	if s.total == 0 || s.total == maxCoeff {
		a.flush(w)
		return
	}
	// total_zeros and the runs together have at most 32 bits.
	zeros := mathbits.Len32(s.set) - s.total
	word := totalZeros[s.total&15][zeros&15]
	if nC < 0 {
		word = totalZerosDC[s.total&3][zeros&3]
	}
	a.add(uint32(word.code), uint(word.n))
	high, join, low := runs(s.set)
	a.add(high.code(), uint(high.size()))
	a.add(uint32(join.code), uint(join.n))
	a.add(low.code(), uint(low.size()))
	a.flush(w)
}

// writeLevels writes level_prefix and level_suffix of the levels after the
// trailing ones behind the bits of a, and returns those not yet written. Of
// both there are at most 32.
func writeLevels(w *bits.Writer, a pending, level *[16]int16, start uint, s scanned) pending {
	rest := s.rest
	suffixLength, reduction := firstSuffixLength(s.total, s.ones)
	top := highest(rest)
	rest ^= 1 << top
	sign, magnitude := split(level[(top+start)&15])
	code := 2*magnitude - 2 + sign - reduction
	switch {
	case suffixLength == 0 && code < 14:
		a.add(1, uint(code)+1)
	case suffixLength == 0 && code < 30:
		a.add(1<<4|uint32(code-14), 14+1+4)
	case code < 30:
		a.add(2|uint32(code)&1, uint(code)>>1+2)
	default:
		a.addEscaped(w, code-30)
	}
	suffixLength = raise(1, magnitude)
	for rest != 0 {
		if a.n > 32 {
			a.n -= 32
			w.Bits(uint32(a.bits>>(a.n&63)), 32)
		}
		top := highest(rest)
		rest ^= 1 << top
		sign, magnitude := split(level[(top+start)&15])
		code := 2*magnitude - 2 + sign
		prefix := code >> (suffixLength & 7)
		if prefix < 15 {
			one := uint32(1) << (suffixLength & 7)
			a.add(one|uint32(code)&(one-1), uint(prefix)+1+uint(suffixLength))
		} else {
			a.addEscaped(w, code-15<<(suffixLength&7))
		}
		suffixLength = raise(suffixLength, magnitude)
	}
	if a.n > 32 {
		a.n -= 32
		w.Bits(uint32(a.bits>>(a.n&63)), 32)
	}
	return a
}

// pending holds bits to be written, the low n of bits; n is at most 64.
type pending struct {
	bits uint64
	n    uint
}

func (a *pending) add(v uint32, n uint) {
	a.bits = a.bits<<(n&63) | uint64(v)
	a.n += n
}

// addEscaped adds a level with level_prefix 15 or more; see longEscape for code.
func (a *pending) addEscaped(w *bits.Writer, code int32) {
	if code < 1<<12 {
		a.add(1<<12|uint32(code), escapeBits)
		return
	}
	a.flush(w)
	prefix, suffix := longEscape(code)
	w.Bits(1, prefix+1)
	w.Bits(suffix, prefix-3)
	*a = pending{}
}

func (a pending) flush(w *bits.Writer) {
	if a.n > 32 {
		a.n -= 32
		w.Bits(uint32(a.bits>>(a.n&63)), 32)
	}
	w.Bits(uint32(a.bits), a.n)
}
