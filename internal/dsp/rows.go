package dsp

import "math/bits"

// SADRow puts into out the SADs of blocks of 8x8 samples that lie beside each other, as many as out has room for.
func SADRow(out []uint32, a []uint8, aStride int, r []uint8, rStride int) {
	if n := 8 * len(out); useAVX2 && n >= 32 {
		sadRowAVX2(&out[0], window(a, aStride, n, 8), aStride, window(r, rStride, n, 8), rStride, n)
		return
	}
	for i := range out {
		out[i] = uint32(SAD(B8x8, a[8*i:], aStride, r[8*i:], rStride))
	}
}

// VarianceRow puts into sums and squares what VarianceSums returns for blocks of 8 columns and h rows that lie beside
// each other, as many as both have room for.
func VarianceRow(sums, squares []uint32, a []uint8, stride, h int) {
	if h&3 != 0 {
		panic("dsp: the variance of blocks of another height than a multiple of 4")
	}
	squares = squares[:len(sums)]
	if n := 8 * len(sums); useAVX2 && n >= 32 {
		varianceRowAVX2(&sums[0], &squares[0], window(a, stride, n, h), stride, n, h)
		return
	}
	for i := range sums {
		sums[i], squares[i] = VarianceSums(a[8*i:], stride, 8, h)
	}
}

// Flags are a bit for each of up to 128 things, from the lowest of the first word on.
type Flags [2]uint64

// Set sets flag i.
func (f *Flags) Set(i int) { f[i>>6&1] |= 1 << (i & 63) }

// Has reports whether flag i is set.
func (f *Flags) Has(i int) bool { return f[i>>6&1]>>(i&63)&1 != 0 }

// Join sets the flags that are set in g too.
func (f *Flags) Join(g Flags) {
	f[0] |= g[0]
	f[1] |= g[1]
}

// Count is how many flags are set.
func (f *Flags) Count() int { return bits.OnesCount64(f[0]) + bits.OnesCount64(f[1]) }

// Run returns the first flags that are set from flag i on, up to the next that isn't; none if first is last.
func (f *Flags) Run(i int) (first, last int) {
	first = f.next(i, 0)
	return first, f.next(first, ^uint64(0))
}

// Span is Run among the first n flags, but takes others in: so many that it has least if it can, as kernels are at their best
// with some blocks at once, and fewer than twice that between runs.
func (f *Flags) Span(i, least, n int) (first, last int) {
	first, last = f.Run(i)
	if first == last {
		return first, last
	}
	for a, b := f.Run(last); a < b && a-last < 2*least; a, b = f.Run(b) {
		last = b
	}
	first = max(min(first, n-least), 0)
	return first, max(last, min(first+least, n))
}

// next returns the first flag from flag i on that is set, or with ones in not isn't: 128 if there is none.
func (f *Flags) next(i int, not uint64) int {
	for ; i < 128; i = (i | 63) + 1 {
		if rest := (f[i>>6&1] ^ not) >> (i & 63); rest != 0 {
			return i + bits.TrailingZeros64(rest)
		}
	}
	return 128
}

// DifferRow returns which of n blocks of size columns, 8 or 16, and h rows differ from those in their places in r. The blocks
// lie beside each other, 128 at most.
func DifferRow(a []uint8, aStride int, r []uint8, rStride, n, size, h int) (f Flags) {
	if size != 8 && size != 16 || uint(n) > 128 {
		panic("dsp: too many blocks, or of another size than 8 and 16")
	}
	w := n * size
	if w == 0 {
		return f
	}
	if h == 1 {
		aStride, rStride = w, w // no rows beneath have any
	}
	p, q := window(a, aStride, w, h), window(r, rStride, w, h)
	switch {
	case useAVX2 && w >= 128:
		differRowAVX2(&f[0], p, aStride, q, rStride, w, h, size == 8)
		return f
	case useAVX2 && w >= 32:
		differShortAVX2(&f[0], p, aStride, q, rStride, w, h, size == 8)
		return f
	}
	for x := 0; x < w; x += 8 {
		for y := range h {
			if at8(p, y*aStride+x) != at8(q, y*rStride+x) {
				f.Set(x / size)
				break
			}
		}
	}
	return f
}
