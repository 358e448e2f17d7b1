package dsp

import "math"

// SAD returns the sum of absolute differences between two blocks of shape b.
func SAD(b Block, a []uint8, aStride int, r []uint8, rStride int) int {
	return SADBelow(b, a, aStride, r, rStride, math.MaxInt)
}

// SADBelow is SAD where only a sum below limit is of interest: it returns the lesser of the two. Where there is no
// assembly it adds up four rows after the other, and stops when the limit is reached.
func SADBelow(b Block, a []uint8, aStride int, r []uint8, rStride int, limit int) int {
	if useAVX2 {
		w, h := b.W(), b.H()
		p, q := window(a, aStride, w, h), window(r, rStride, w, h)
		switch w {
		case 16:
			return min(sad16AVX2(p, aStride, q, rStride, h), limit)
		case 8:
			return min(sad8AVX2(p, aStride, q, rStride, h), limit)
		}
		return min(sad4AVX2(p, aStride, q, rStride, h), limit)
	}
	return min(sadPortable(b, a, aStride, r, rStride, limit), limit)
}

// SADPairs returns the SADs between two blocks of 8x8 samples of one stride and interleaved pairs of samples: of cb and the
// first of each pair, of cr and the second.
func SADPairs(cb, cr []uint8, stride int, pairs []uint8, pStride int) (sadCb, sadCr int) {
	if useAVX2 {
		return sadPairsAVX2(window(cb, stride, 8, 8), window(cr, stride, 8, 8), stride, window(pairs, pStride, 16, 8), pStride)
	}
	var b, c [64]uint8
	SplitPairs(b[:], c[:], 8, pairs, pStride, 8, 8)
	return SAD(B8x8, cb, stride, b[:], 8), SAD(B8x8, cr, stride, c[:], 8)
}

// SADBelow4 puts into out what SADBelow returns for the block a and each of four blocks of r, which start at its samples
// start+at[0] to start+at[3].
func SADBelow4(out *[4]int, b Block, a []uint8, aStride int, r []uint8, rStride, start int, at *[4]int, limit int) {
	if useAVX2 {
		w, h := b.W(), b.H()
		last := lastBlock(r, rStride, w, h)
		a0, a1, a2, a3 := start+at[0], start+at[1], start+at[2], start+at[3]
		if start|(last-start)|a0|a1|a2|a3|(last-a0)|(last-a1)|(last-a2)|(last-a3) < 0 {
			panic("dsp: a block that starts outside the samples")
		}
		p, q := window(a, aStride, w, h), &r[start]
		switch w {
		case 16:
			sadFour16AVX2(out, p, aStride, q, rStride, at, h, limit)
		case 8:
			sadFour8AVX2(out, p, aStride, q, rStride, at, h, limit)
		default:
			sadFour4AVX2(out, p, aStride, q, rStride, at, h, limit)
		}
		return
	}
	for k, i := range at {
		out[k] = min(sadPortable(b, a, aStride, r[start+i:], rStride, limit), limit)
	}
}

// absDiff returns the absolute differences of the eight samples of v and w.
//
// A byte of v&t - t/2, where t = v^w, is half of v-w rounded up, so its highest bit tells after the addition of 127
// where v > w. There the two are exchanged, and the subtraction of whole words has no borrows.
func absDiff(v, w uint64) uint64 {
	t := v ^ w
	g := (v&t - t>>1&lowBits + lowBits) & highBits
	m := t & (g<<1 - g>>7)
	return (w ^ m) - (v ^ m)
}

// pairSums returns the sums of the samples 2i and 2i+1 of v in 16-bit lanes.
func pairSums(v uint64) uint64 {
	e := even(v)
	return e + (v-e)>>8
}

// sadPortable returns SAD, or a sum of rows that is not below limit. The shapes have no functions of their own: in
// WebAssembly a call takes as long as some rows. Rows stay a loop: processors fetch ahead what one instruction loads row by
// row.
func sadPortable(b Block, a []uint8, aStride int, r []uint8, rStride int, limit int) int {
	w, h := b.W(), b.H()
	p, q := window(a, aStride, w, h), window(r, rStride, w, h)
	var sum uint64
	switch i, j := 0, 0; w {
	case 16:
		for ; h > 0; h-- {
			sum += pairSums(absDiff(at8(p, i), at8(q, j))) + pairSums(absDiff(at8(p, i+8), at8(q, j+8)))
			if h&3 == 1 && sumLanes(sum) >= limit {
				break
			}
			i += aStride
			j += rStride
		}
	case 8:
		for ; h > 0; h-- {
			sum += pairSums(absDiff(at8(p, i), at8(q, j)))
			if h&3 == 1 && sumLanes(sum) >= limit {
				break
			}
			i += aStride
			j += rStride
		}
	default: // two rows to a word
		for ; h > 0; h -= 2 {
			v, w := at4(p, i)|at4(p, i+aStride)<<32, at4(q, j)|at4(q, j+rStride)<<32
			sum += pairSums(absDiff(v, w))
			if h&3 == 2 && sumLanes(sum) >= limit {
				break
			}
			i += 2 * aStride
			j += 2 * rStride
		}
	}
	return sumLanes(sum)
}
