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
	sum := uint32(0)
	for i, j, y := 0, 0, h; y > 0; y-- {
		for x := 0; x < w; x += 4 {
			sum += ssd4(four(p, i+x), four(q, j+x))
		}
		i += aStride
		j += rStride
	}
	return int(sum)
}

// ssd4 returns the sum of squared differences of four samples.
func ssd4(v, w *[4]uint8) uint32 {
	a, b, c, d := uint32(v[0])-uint32(w[0]), uint32(v[1])-uint32(w[1]), uint32(v[2])-uint32(w[2]), uint32(v[3])-uint32(w[3])
	return a*a + b*b + c*c + d*d
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
		for ; x+4 <= w; x += 4 {
			sum += uint64(ssd4(four(&p[0], x), four(&q[0], x)))
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
	p := window(a, stride, w, h)
	if useAVX2 && w == 16 {
		return variance16AVX2(p, stride, h)
	}
	if useAVX2 && w == 8 {
		return variance8AVX2(p, stride, h)
	}
	var s, sq uint64
	for i, y := 0, h; y > 0; y-- {
		x := 0
		for ; x+8 <= w; x += 8 {
			v := at8(p, i+x)
			e := v & evenBytes
			o := (v ^ e) >> 8
			s += e + o
			sq += squares(e) + squares(o)
		}
		if x < w {
			v := spread(at4(p, i+x))
			s += v
			sq += squares(v)
		}
		i += stride
	}
	return uint32(sumLanes(s)), uint32(sq >> 32)
}

// squares returns the sum of the squares of four lanes below 256 in its upper half, and other products in its lower one.
func squares(v uint64) uint64 {
	const firsts = 0x0000ffff0000ffff
	a := v & firsts
	b := (v ^ a) >> 16
	return a*bits.RotateLeft64(a, 32) + b*bits.RotateLeft64(b, 32)
}
