package dsp

import "math/bits"

// SSD returns the sum of squared differences between two blocks of shape b.
func SSD(b Block, a []uint8, aStride int, r []uint8, rStride int) int {
	w, h := b.W(), b.H()
	p, q := window(a, aStride, w, h), window(r, rStride, w, h)
	if useAVX2 {
		switch w {
		case 16:
			return ssd16AVX2(p, aStride, q, rStride, h)
		case 8:
			return ssd8AVX2(p, aStride, q, rStride, h)
		}
		return ssd4AVX2(p, aStride, q, rStride, h)
	}
	var sum uint64
	switch w {
	case 16:
		for i, j := 0, 0; h > 0; h -= 2 {
			sum += squares(absDiff(at8(p, i), at8(q, j))) + squares(absDiff(at8(p, i+8), at8(q, j+8)))
			i += aStride
			j += rStride
			sum += squares(absDiff(at8(p, i), at8(q, j))) + squares(absDiff(at8(p, i+8), at8(q, j+8)))
			i += aStride
			j += rStride
		}
	case 8:
		for i, j := 0, 0; h > 0; h -= 4 {
			sum += squares(absDiff(at8(p, i), at8(q, j)))
			i += aStride
			j += rStride
			sum += squares(absDiff(at8(p, i), at8(q, j)))
			i += aStride
			j += rStride
			sum += squares(absDiff(at8(p, i), at8(q, j)))
			i += aStride
			j += rStride
			sum += squares(absDiff(at8(p, i), at8(q, j)))
			i += aStride
			j += rStride
		}
	case 4: // two rows to a word
		for i, j := 0, 0; h > 0; h -= 4 {
			sum += squares(absDiff(at4(p, i)|at4(p, i+aStride)<<32, at4(q, j)|at4(q, j+rStride)<<32))
			i += 2 * aStride
			j += 2 * rStride
			sum += squares(absDiff(at4(p, i)|at4(p, i+aStride)<<32, at4(q, j)|at4(q, j+rStride)<<32))
			i += 2 * aStride
			j += 2 * rStride
		}
	}
	return int(sum >> 32)
}

// SSDPlane returns the sum of squared differences between two planes of w x h samples, of any size.
func SSDPlane(a []uint8, aStride int, b []uint8, bStride int, w, h int) uint64 {
	var sum uint64
	for y := range h {
		p, q := a[y*aStride:y*aStride+w], b[y*bStride:y*bStride+w]
		x := 0
		for useAVX2 && x+16 <= w {
			n := min((w-x)&^15, 1<<17)
			sum += uint64(ssdRowAVX2(&p[x], &q[x], n))
			x += n
		}
		for x+8 <= w {
			n := min((w-x)&^7, 1<<16) // whose squares fit half a word
			v, u, s := &p[x], &q[x], uint64(0)
			for i := 0; i < n; i += 8 {
				s += squares(absDiff(at8(v, i), at8(u, i)))
			}
			sum += s >> 32
			x += n
		}
		p, q = p[x:], q[x:]
		for i := range min(len(p), len(q)) {
			d := int(p[i]) - int(q[i])
			sum += uint64(d * d)
		}
	}
	return sum
}

// VarianceSums returns the sum of the samples of a block and the sum of their squares. Width and height are multiples of
// 4, at most 16.
func VarianceSums(a []uint8, stride, w, h int) (sum, sumSq uint32) {
	if (w|h)&3 != 0 {
		panic("dsp: the variance of a block of another size than multiples of 4")
	}
	p := window(a, stride, w, h)
	if useAVX2 && w == 16 {
		return variance16AVX2(p, stride, h)
	}
	if useAVX2 && w == 8 {
		return variance8AVX2(p, stride, h)
	}
	var s, sq uint64
	x := 0
	for ; x+8 <= w; x += 8 {
		for i, y := x, h; y > 0; y -= 4 {
			v := at8(p, i)
			s += pairSums(v)
			sq += squares(v)
			i += stride
			v = at8(p, i)
			s += pairSums(v)
			sq += squares(v)
			i += stride
			v = at8(p, i)
			s += pairSums(v)
			sq += squares(v)
			i += stride
			v = at8(p, i)
			s += pairSums(v)
			sq += squares(v)
			i += stride
		}
	}
	if x < w {
		for i, y := x, h; y > 0; y -= 2 {
			v := at4(p, i) | at4(p, i+stride)<<32
			s += pairSums(v)
			sq += squares(v)
			i += 2 * stride
		}
	}
	return uint32(sumLanes(s)), uint32(sq >> 32)
}

// squares returns the sum of the squares of eight samples in its upper half, and other products in its lower one: those
// of samples four apart.
func squares(v uint64) uint64 {
	const pair = 0x000000ff000000ff
	a, b, c, d := v&pair, v>>8&pair, v>>16&pair, v>>24&pair
	return a*bits.RotateLeft64(a, 32) + b*bits.RotateLeft64(b, 32) + c*bits.RotateLeft64(c, 32) + d*bits.RotateLeft64(d, 32)
}
