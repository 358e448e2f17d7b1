package dsp

import "math"

// SATD returns the sum over the 4x4 blocks of shape b of half the sum of the absolute coefficients of the 4x4 Hadamard
// transform of a-r. The sum of the absolute coefficients of a block is even, so nothing is lost to rounding.
func SATD(b Block, a []uint8, aStride int, r []uint8, rStride int) int {
	return SATDBelow(b, a, aStride, r, rStride, math.MaxInt)
}

// SATDBelow is SATD where only a sum below limit is of interest: it returns the lesser of the two. Where there is no
// assembly it adds up blocks of 8x4 or 4x4 one after the other, and stops when the limit is reached.
func SATDBelow(b Block, a []uint8, aStride int, r []uint8, rStride int, limit int) int {
	if useAVX2 {
		w, h := b.W(), b.H()
		p, q := window(a, aStride, w, h), window(r, rStride, w, h)
		switch b {
		case B16x16, B16x8:
			return min(satd16AVX2(p, aStride, q, rStride, h), limit)
		case B8x16, B8x8:
			return min(satd8AVX2(p, aStride, q, rStride, h), limit)
		case B8x4:
			return min(satd8x4AVX2(p, aStride, q, rStride, h), limit)
		case B4x8:
			return min(satd4x8AVX2(p, aStride, q, rStride, h), limit)
		}
		return min(satd4x4AVX2(p, aStride, q, rStride), limit)
	}
	return min(satdPortable(b, a, aStride, r, rStride, limit), limit)
}

// BlockPairs are four pairs of blocks, by where they start behind some sample. A pair may be one block twice.
type BlockPairs struct {
	at          [4][2]int
	least, most int  // of at, and 0
	average     bool // some pair is of two blocks
}

// NewBlockPairs makes BlockPairs. They start less than 1<<30 samples from the one that they are behind.
func NewBlockPairs(at *[4][2]int) (p BlockPairs) {
	p.at = *at
	p.least = min(0, at[0][0], at[0][1], at[1][0], at[1][1], at[2][0], at[2][1], at[3][0], at[3][1])
	p.most = max(0, at[0][0], at[0][1], at[1][0], at[1][1], at[2][0], at[2][1], at[3][0], at[3][1])
	p.average = at[0][0] != at[0][1] || at[1][0] != at[1][1] || at[2][0] != at[2][1] || at[3][0] != at[3][1]
	if p.least <= -1<<30 || p.most >= 1<<30 {
		panic("dsp: blocks too far apart")
	}
	return p
}

// SATDBelow4 puts into out what SATDAvgBelow returns for the block a and each of four pairs of blocks of r, which start
// behind its sample start.
func SATDBelow4(out *[4]int, b Block, a []uint8, aStride int, r []uint8, rStride, start int, pairs *BlockPairs, limit int) {
	if useAVX2 {
		w, h := b.W(), b.H()
		if start < -pairs.least || start > lastBlock(r, rStride, w, h)-pairs.most {
			panic("dsp: blocks that start outside the samples")
		}
		p, q, at, avg := window(a, aStride, w, h), &r[start], &pairs.at, pairs.average
		switch {
		case b <= B16x8 && avg:
			satdAvgFour16AVX2(out, p, aStride, q, rStride, at, h, limit)
		case b <= B16x8:
			satdFour16AVX2(out, p, aStride, q, rStride, at, h, limit)
		case b <= B8x8 && avg:
			satdAvgFour8AVX2(out, p, aStride, q, rStride, at, h, limit)
		case b <= B8x8:
			satdFour8AVX2(out, p, aStride, q, rStride, at, h, limit)
		case b == B8x4 && avg:
			satdAvgFour8x4AVX2(out, p, aStride, q, rStride, at, h, limit)
		case b == B8x4:
			satdFour8x4AVX2(out, p, aStride, q, rStride, at, h, limit)
		case b == B4x8 && avg:
			satdAvgFour4x8AVX2(out, p, aStride, q, rStride, at, h, limit)
		case b == B4x8:
			satdFour4x8AVX2(out, p, aStride, q, rStride, at, h, limit)
		case avg:
			satdAvgFour4x4AVX2(out, p, aStride, q, rStride, at, limit)
		default:
			satdFour4x4AVX2(out, p, aStride, q, rStride, at, limit)
		}
		return
	}
	for k, at := range pairs.at {
		if i, j := start+at[0], start+at[1]; i == j {
			out[k] = SATDBelow(b, a, aStride, r[i:], rStride, limit)
		} else {
			out[k] = SATDAvgBelow(b, a, aStride, r[i:], r[j:], rStride, limit)
		}
	}
}

// SATDAvgBelow returns the lesser of limit and of the SATD between a and the average, as Avg makes it, of the blocks p
// and q, which have one stride.
func SATDAvgBelow(b Block, a []uint8, aStride int, p, q []uint8, stride int, limit int) int {
	w, h := b.W(), b.H()
	if useAVX2 {
		s, p, q := window(a, aStride, w, h), window(p, stride, w, h), window(q, stride, w, h)
		satd := 0
		switch b {
		case B16x16, B16x8:
			satd = satdAvg16AVX2(s, aStride, p, q, stride, h)
		case B8x16, B8x8:
			satd = satdAvg8AVX2(s, aStride, p, q, stride, h)
		case B8x4:
			satd = satdAvg8x4AVX2(s, aStride, p, q, stride, h)
		case B4x8:
			satd = satdAvg4x8AVX2(s, aStride, p, q, stride, h)
		default:
			satd = satdAvg4x4AVX2(s, aStride, p, q, stride)
		}
		return min(satd, limit)
	}
	if w > 4 {
		return min(satdAvg(window(a, aStride, w, h), aStride, window(p, stride, w, h), window(q, stride, w, h), stride, w, h, limit), limit)
	}
	var avg [4 * 16]uint8
	Avg(avg[:], 4, p, stride, q, stride, w, h)
	return min(satdPortable(b, a, aStride, avg[:], 4, limit), limit)
}

// satdAvg is satdPortable between a and the average of p and q, of 8 or 16 columns.
func satdAvg(a *uint8, aStride int, p, q *uint8, stride, w, h, limit int) (total int) {
	for y := h; ; {
		s0, d0 := satdRow(at8(a, 0), avgBytes(at8(p, 0), at8(q, 0)), satdBias)
		s1, d1 := satdRow(at8(a, aStride), avgBytes(at8(p, stride), at8(q, stride)), 0)
		s2, d2 := satdRow(at8(a, 2*aStride), avgBytes(at8(p, 2*stride), at8(q, 2*stride)), 0)
		s3, d3 := satdRow(at8(a, 3*aStride), avgBytes(at8(p, 3*stride), at8(q, 3*stride)), 0)
		s0, s1, s2, s3 = butterfly4(s0, s1, s2, s3)
		d0, d1, d2, d3 = butterfly4(d0, d1, d2, d3)
		total += sumLanes(satdPairs(s0, s1) + satdPairs(s2, s3) + satdPairs(d0, d1) + satdPairs(d2, d3) + 4*satdBiasP*lanes)
		if total >= limit {
			return total
		}
		if y -= 4; y > 0 {
			a, p, q = offset(a, 4*aStride), offset(p, 4*stride), offset(q, 4*stride)
			continue
		}
		if w -= 8; w <= 0 {
			return total
		}
		a, p, q = offset(a, 8-(h-4)*aStride), offset(p, 8-(h-4)*stride), offset(q, 8-(h-4)*stride)
		y = h
	}
}

// satdPortable returns SATD, or a sum of blocks that is not below limit. It takes two 4x4 blocks side by side at once, down
// the columns, where there are two.
func satdPortable(b Block, a []uint8, aStride int, r []uint8, rStride int, limit int) (total int) {
	w, h := b.W(), b.H()
	p, q := window(a, aStride, w, h), window(r, rStride, w, h)
	if w == 4 {
		for {
			// Sums and differences of a row share a word.
			s0, d0 := satdRow(at4(p, 0), at4(q, 0), satdBias4)
			s1, d1 := satdRow(at4(p, aStride), at4(q, rStride), 0)
			s2, d2 := satdRow(at4(p, 2*aStride), at4(q, 2*rStride), 0)
			s3, d3 := satdRow(at4(p, 3*aStride), at4(q, 3*rStride), 0)
			s0, s1, s2, s3 = butterfly4(s0+d0<<32, s1+d1<<32, s2+d2<<32, s3+d3<<32)
			total += sumLanes(satdPairs(s0, s1) + satdPairs(s2, s3) + 2*satdBiasP*lanes)
			if h -= 4; h <= 0 || total >= limit {
				return total
			}
			p, q = offset(p, 4*aStride), offset(q, 4*rStride)
		}
	}
	for y := h; ; {
		s0, d0 := satdRow(at8(p, 0), at8(q, 0), satdBias)
		s1, d1 := satdRow(at8(p, aStride), at8(q, rStride), 0)
		s2, d2 := satdRow(at8(p, 2*aStride), at8(q, 2*rStride), 0)
		s3, d3 := satdRow(at8(p, 3*aStride), at8(q, 3*rStride), 0)
		s0, s1, s2, s3 = butterfly4(s0, s1, s2, s3)
		d0, d1, d2, d3 = butterfly4(d0, d1, d2, d3)
		total += sumLanes(satdPairs(s0, s1) + satdPairs(s2, s3) + satdPairs(d0, d1) + satdPairs(d2, d3) + 4*satdBiasP*lanes)
		if total >= limit {
			return total
		}
		if y -= 4; y > 0 {
			p, q = offset(p, 4*aStride), offset(q, 4*rStride)
			continue
		}
		if w -= 8; w <= 0 {
			return total
		}
		p, q = offset(p, 8-(h-4)*aStride), offset(q, 8-(h-4)*rStride)
		y = h
	}
}

// SATDEach puts into out the SATD between a block and each of four predictions of stride 16.
func SATDEach(out *[4]int, b Block, a []uint8, aStride int, preds *[4][256]uint8) {
	if useAVX2 {
		SATDBelow4(out, b, a, aStride, flatten(preds), 16, 0, &four16x16, math.MaxInt)
		return
	}
	for k := range preds {
		out[k] = satdPortable(b, a, aStride, preds[k][:], 16, math.MaxInt)
	}
}

// four16x16 and four8x8 are four predictions, one behind the other.
var (
	four16x16 = NewBlockPairs(&[4][2]int{{0, 0}, {256, 256}, {512, 512}, {768, 768}})
	four8x8   = NewBlockPairs(&[4][2]int{{0, 0}, {64, 64}, {128, 128}, {192, 192}})
)

// SATDEdges returns the SATDs between a block of shape B16x16 or B8x8 and three predictions: each row is top, each column
// is left, all samples are dc.
func SATDEdges(b Block, a []uint8, stride int, top []uint8, left *[16]uint8, dc uint8) (columns, rows, flat int) {
	if b != B16x16 && b != B8x8 {
		panic("dsp: SATDEdges of another shape than 16x16 and 8x8")
	}
	n := b.W()
	p, above := window(a, stride, n, n), &top[:n][0]
	if useAVX2 {
		if n == 16 {
			return satdEdges16AVX2(p, stride, above, &left[0], dc)
		}
		return satdEdges8AVX2(p, stride, above, &left[0], dc)
	}
	var preds [3][16 * 16]uint8
	for x := 0; x < n; x += 8 {
		v, w := at8(above, x), uint64(dc)*0x0101010101010101
		for y := range n {
			i := 16*y + x
			put8(&preds[0][0], i, v)
			put8(&preds[1][0], i, uint64(left[y&15])*0x0101010101010101)
			put8(&preds[2][0], i, w)
		}
	}
	columns = satdPortable(b, a, stride, preds[0][:], 16, math.MaxInt)
	rows = satdPortable(b, a, stride, preds[1][:], 16, math.MaxInt)
	flat = satdPortable(b, a, stride, preds[2][:], 16, math.MaxInt)
	return columns, rows, flat
}

// SATD4x4Each puts into out the SATD between a 4x4 block and each of the predictions, of stride 4.
func SATD4x4Each(out []int, a []uint8, aStride int, preds [][16]uint8) {
	p := window(a, aStride, 4, 4)
	if useAVX2 && len(preds) > 1 {
		_ = out[len(preds)-1]
		satd4x4EachAVX2(&out[0], p, aStride, &preds[0][0], len(preds))
		return
	}
	var s satdSource
	for y := range 4 {
		v := at4(p, y*aStride)
		v |= v << 32
		s.even[y] = v & evenBytes
		s.odd[y] = v >> 8 & evenBytes
	}
	s.even[0] |= satdBias
	for i := 0; i < len(preds); i += 2 {
		j := min(i+1, len(preds)-1)
		v := s.pair(&preds[i][0], &preds[j][0])
		v = v&0x0000ffff0000ffff + v>>16&0x0000ffff0000ffff
		out[i], out[j] = int(v&0xffffffff), int(v>>32)
	}
}

// satdSource holds the lanes of the rows of a 4x4 block, twice beside each other.
type satdSource struct{ even, odd [4]uint64 }

// pair returns the SATD of two predictions, each as the sum of two lanes.
func (s *satdSource) pair(p, q *uint8) uint64 {
	s0, d0 := s.row(0, at4(p, 0)|at4(q, 0)<<32)
	s1, d1 := s.row(1, at4(p, 4)|at4(q, 4)<<32)
	s2, d2 := s.row(2, at4(p, 8)|at4(q, 8)<<32)
	s3, d3 := s.row(3, at4(p, 12)|at4(q, 12)<<32)
	s0, s1, s2, s3 = butterfly4(s0, s1, s2, s3)
	d0, d1, d2, d3 = butterfly4(d0, d1, d2, d3)
	return satdPairs(s0, s1) + satdPairs(s2, s3) + satdPairs(d0, d1) + satdPairs(d2, d3) + 4*satdBiasP*lanes
}

// row is satdRow of row y and v.
func (s *satdSource) row(y int, v uint64) (sum, diff uint64) {
	ev := v & evenBytes
	e, o := s.even[y]-ev, s.odd[y]-(v^ev)>>8
	return e + o, e - o
}

// The transform of a row begins with the sums and differences of neighbours, which the even and the odd samples of a
// word give in lanes; the transforms of columns follow, on whole words. What is left are pairs (p, q) of neighbouring
// lanes, whose coefficients are p+q and p-q, and half of |p+q|+|p-q| is max(p+q,0) + max(p-q,0) - p.
//
// Biases on two samples of the first row, which reach every coefficient, keep lanes positive: p has satdBiasP, q has
// satdBiasQ, so that bit 13 is the sign of p+q and bit 12 that of p-q. |p| and |q| are at most 8*255.
const (
	satdBiasP = 3 << 11
	satdBiasQ = 1 << 11
	satdBias  = (satdBiasP | satdBiasQ<<16) * (1 | 1<<32)
	satdBias4 = satdBiasP | satdBiasQ<<16
)

// satdPairs returns, in lanes, (|p+q|+|p-q|)/2 - satdBiasP of the four pairs of v and w.
func satdPairs(v, w uint64) uint64 {
	const firsts = 0x0000ffff0000ffff
	pv, pw := v&firsts, w&firsts
	p, q := pv+pw<<16, (v-pv)>>16+(w-pw)
	sum, diff := p+q, p-q
	s, d := sum&(1<<13*lanes), diff&(1<<12*lanes)
	return sum&(s-s>>13) + diff&(d-d>>12) - p
}

// butterfly4 is a Hadamard transform of four words.
func butterfly4(a, b, c, d uint64) (uint64, uint64, uint64, uint64) {
	a, b, c, d = a+b, a-b, c+d, c-d
	return a + c, a - c, b + d, b - d
}

// satdRow returns the sums and the differences of neighbouring samples of v-w, plus bias. (The compiler moves constants
// to the end of a chain of additions, past the butterflies, where they would have to be added to every word.)
func satdRow(v, w, bias uint64) (sum, diff uint64) {
	ev, ew := even(v), even(w)
	e, o := ev|bias-ew, (v^ev)>>8-(w^ew)>>8
	return e + o, e - o
}
