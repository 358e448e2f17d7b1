package dsp

// Bins is the state of the arithmetic encoder of CABAC (clause 9.3.4).
type Bins struct {
	// The low 10 bits of Low are codILow; those above it are decided but for a carry. Pending, below 42, is how many there are
	// in all.
	Low            uint64
	Range, Pending uint32 // codIRange, 256 to 510
}

// BinTables are what the encoder looks up. A state is below 128, and its lowest bit is the bin that is more probable; the
// tables are of any byte, so that nothing beyond them is looked up whatever stands among the states.
type BinTables struct {
	Next [512]uint8 // the next state, by twice the state and the bin
	// Ranges holds codIRangeLPS by state, for each qCodIRangeIdx in 16 bits, with the shift that brings it to 256 at least from
	// bit 8 up. 0 stands for a bin that is certain.
	Ranges [256]uint64
}

// Symbols are bins that have a context variable, each with up to MaxBypass bins behind it that have equal probabilities:
// from the lowest bit up the bin, ctxIdx, how many they are, and their values.
const (
	BypassCount = 11 // the bits where it says how many
	BypassBins  = 15
	MaxBypass   = 13
)

// Encode codes symbols. What is decided waits in their place, 32 bits a word: of one symbol at least come 32 bits, of which
// none has more than 20. It returns how many words there are, and whether one is to be added to the number that the bits
// before them are.
func (b *Bins) Encode(symbols []uint32, states *[1024]uint8, t *BinTables) (words int, carry bool) {
	if len(symbols) == 0 {
		return 0, false
	}
	if useAVX2 {
		n := encodeBinsAVX2(&b.Low, &symbols[0], len(symbols), states, &t.Next)
		return int(n >> 1), n&1 != 0
	}
	low, rng, pending := b.Low, b.Range, b.Pending
	for _, y := range symbols {
		state := &states[y>>1&1023]
		s := *state
		bin := uint8(y & 1)
		*state = t.Next[uint(s)<<1|uint(bin)]
		lps := uint32(t.Ranges[s]>>(rng>>2&0x30)) & 0x7ff
		isMPS := uint32((s^bin)&1) - 1
		rng -= lps & 0xff
		low += uint64(rng &^ isMPS)
		shift := rng>>8 ^ 1
		shift ^= (shift ^ lps>>8) &^ isMPS
		rng ^= (rng ^ lps&0xff) &^ isMPS
		rng <<= shift & 31
		shift += y >> BypassCount & 15
		low = low<<(shift&63) + uint64(rng)*uint64(y>>BypassBins)
		if pending += shift; pending >= 32+10 {
			pending -= 32
			word := low >> (pending & 63)
			low &= 1<<(pending&63) - 1
			if word>>32 != 0 && addOne(symbols[:words]) {
				carry = true
			}
			symbols[words] = uint32(word)
			words++
		}
	}
	b.Low, b.Range, b.Pending = low, rng, pending
	return words, carry
}

// addOne adds one to the number that words are, and returns whether that goes on above them.
func addOne(words []uint32) (carry bool) {
	for i := len(words) - 1; i >= 0; i-- {
		words[i]++
		if words[i] != 0 {
			return false
		}
	}
	return true
}
