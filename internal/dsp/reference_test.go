package dsp

import (
	"math/rand/v2"
	"testing"
)

// The reference forms below follow the words of the standard and the definitions in the docs, sample by sample, and
// share no code with the kernels.

var allBlocks = []Block{B16x16, B16x8, B8x16, B8x8, B8x4, B4x8, B4x4}

var blockNames = map[Block]string{B16x16: "16x16", B16x8: "16x8", B8x16: "8x16", B8x8: "8x8", B8x4: "8x4", B4x8: "4x8", B4x4: "4x4"}

func refAbs(v int) int {
	if v < 0 {
		return -v
	}
	return v
}

func refClip(lo, hi, v int) int {
	if v < lo {
		return lo
	}
	if v > hi {
		return hi
	}
	return v
}

func refSAD(a []uint8, as int, r []uint8, rs, w, h int) (sum int) {
	for y := range h {
		for x := range w {
			sum += refAbs(int(a[y*as+x]) - int(r[y*rs+x]))
		}
	}
	return sum
}

func refSSD(a []uint8, as int, r []uint8, rs, w, h int) (sum int) {
	for y := range h {
		for x := range w {
			d := int(a[y*as+x]) - int(r[y*rs+x])
			sum += d * d
		}
	}
	return sum
}

type matrix [4][4]int

func (a matrix) mul(b matrix) (m matrix) {
	for i := range 4 {
		for j := range 4 {
			for k := range 4 {
				m[i][j] += a[i][k] * b[k][j]
			}
		}
	}
	return m
}

func (a matrix) transposed() (m matrix) {
	for i := range 4 {
		for j := range 4 {
			m[j][i] = a[i][j]
		}
	}
	return m
}

var (
	refHadamard = matrix{{1, 1, 1, 1}, {1, 1, -1, -1}, {1, -1, -1, 1}, {1, -1, 1, -1}}
	refCore     = matrix{{1, 1, 1, 1}, {2, 1, -1, -2}, {1, -1, -1, 1}, {1, -2, 2, -1}}
)

func refDiff(a []uint8, as int, p []uint8, ps int) (m matrix) {
	for y := range 4 {
		for x := range 4 {
			m[y][x] = int(a[y*as+x]) - int(p[y*ps+x])
		}
	}
	return m
}

func refSATD(a []uint8, as int, r []uint8, rs, w, h int) (sum int) {
	for y := 0; y < h; y += 4 {
		for x := 0; x < w; x += 4 {
			s := 0
			for _, row := range refHadamard.mul(refDiff(a[y*as+x:], as, r[y*rs+x:], rs)).mul(refHadamard.transposed()) {
				for _, v := range row {
					s += refAbs(v)
				}
			}
			sum += s >> 1
		}
	}
	return sum
}

func refForwardDCT(a []uint8, as int, p []uint8, ps int) (c [16]int16) {
	for y, row := range refCore.mul(refDiff(a, as, p, ps)).mul(refCore.transposed()) {
		for x, v := range row {
			c[4*y+x] = int16(v)
		}
	}
	return c
}

func refInverse1D(d [4]int) [4]int {
	e0 := d[0] + d[2]
	e1 := d[0] - d[2]
	e2 := (d[1] >> 1) - d[3]
	e3 := d[1] + (d[3] >> 1)
	return [4]int{e0 + e3, e1 + e2, e1 - e2, e0 - e3}
}

func refInverseDCTAdd(dst []uint8, ds int, c *[16]int16) {
	var m matrix
	for y := range 4 {
		m[y] = refInverse1D([4]int{int(c[4*y]), int(c[4*y+1]), int(c[4*y+2]), int(c[4*y+3])})
	}
	m = m.transposed()
	for x := range 4 {
		m[x] = refInverse1D(m[x])
	}
	m = m.transposed()
	for y := range 4 {
		for x := range 4 {
			dst[y*ds+x] = uint8(refClip(0, 255, int(dst[y*ds+x])+(m[y][x]+32)>>6))
		}
	}
}

func refHadamard4x4(d *[16]int16) (m matrix) {
	for i, v := range d {
		m[i/4][i%4] = int(v)
	}
	return refHadamard.mul(m).mul(refHadamard)
}

func refSixTap(p []uint8, i, step int) int {
	return int(p[i-2*step]) - 5*int(p[i-step]) + 20*int(p[i]) + 20*int(p[i+step]) - 5*int(p[i+2*step]) + int(p[i+3*step])
}

func refHalf(src []uint8, i, stride int) (b, h, j uint8) {
	var t [6]int
	for k := range t {
		t[k] = refSixTap(src, i+k-2, stride)
	}
	b = uint8(refClip(0, 255, (refSixTap(src, i, 1)+16)>>5))
	h = uint8(refClip(0, 255, (t[2]+16)>>5))
	j = uint8(refClip(0, 255, (t[0]-5*t[1]+20*t[2]+20*t[3]-5*t[4]+t[5]+512)>>10))
	return b, h, j
}

// refDeblock filters one sample pair across an edge as clause 8.7.2.3 and 8.7.2.4 say; chroma is chromaStyleFilteringFlag.
func refDeblock(p []uint8, i, step, bS, alpha, beta, tc0 int, chroma bool) {
	var ps, qs [4]int
	n := 4
	if chroma {
		n = 2
	}
	for k := range n {
		if k == 3 && bS < 4 {
			break
		}
		ps[k], qs[k] = int(p[i-(k+1)*step]), int(p[i+k*step])
	}
	if !(bS != 0 && refAbs(ps[0]-qs[0]) < alpha && refAbs(ps[1]-ps[0]) < beta && refAbs(qs[1]-qs[0]) < beta) {
		return
	}
	ap, aq := refAbs(ps[2]-ps[0]), refAbs(qs[2]-qs[0])
	np, nq := ps, qs
	if bS < 4 {
		tc := tc0 + 1
		if !chroma {
			tc = tc0
			if ap < beta {
				tc++
			}
			if aq < beta {
				tc++
			}
		}
		delta := refClip(-tc, tc, (((qs[0]-ps[0])<<2)+(ps[1]-qs[1])+4)>>3)
		np[0], nq[0] = refClip(0, 255, ps[0]+delta), refClip(0, 255, qs[0]-delta)
		if !chroma && ap < beta {
			np[1] = ps[1] + refClip(-tc0, tc0, (ps[2]+((ps[0]+qs[0]+1)>>1)-(ps[1]<<1))>>1)
		}
		if !chroma && aq < beta {
			nq[1] = qs[1] + refClip(-tc0, tc0, (qs[2]+((ps[0]+qs[0]+1)>>1)-(qs[1]<<1))>>1)
		}
	} else {
		strong := func(p, q [4]int, a int) [4]int {
			n := p
			if !chroma && a < beta && refAbs(p[0]-q[0]) < ((alpha>>2)+2) {
				n[0] = (p[2] + 2*p[1] + 2*p[0] + 2*q[0] + q[1] + 4) >> 3
				n[1] = (p[2] + p[1] + p[0] + q[0] + 2) >> 2
				n[2] = (2*p[3] + 3*p[2] + p[1] + p[0] + q[0] + 4) >> 3
			} else {
				n[0] = (2*p[1] + p[0] + q[1] + 2) >> 2
			}
			return n
		}
		np, nq = strong(ps, qs, ap), strong(qs, ps, aq)
	}
	for k := range min(n, 3) {
		p[i-(k+1)*step], p[i+k*step] = uint8(np[k]), uint8(nq[k])
	}
}

// fill writes samples of the given kind: noise over the whole range, the two extremes only, a flat area with small
// noise, or a ramp.
func fill(r *rand.Rand, kind int, p []uint8) {
	base, slope := r.IntN(256), r.IntN(7)-3
	for i := range p {
		switch kind % 5 {
		case 0:
			p[i] = uint8(r.Uint32())
		case 1:
			p[i] = uint8(-(r.Uint32() & 1))
		case 2:
			p[i] = uint8(refClip(0, 255, base+r.IntN(9)-4))
		case 3:
			p[i] = uint8(refClip(0, 255, base+slope*(i%32)+r.IntN(3)))
		case 4:
			p[i] = uint8(refClip(0, 255, base+r.IntN(81)-40))
		}
	}
}

// cut returns a block of w x h samples of the given content that ends with its last sample, so that reading past the
// block panics or faults, and its stride.
func cut(r *rand.Rand, kind, w, h int) ([]uint8, int) {
	stride := w + []int{0, 1, 3, 16, 29}[r.IntN(5)]
	off := r.IntN(9)
	buf := guarded(off + (h-1)*stride + w)
	fill(r, kind, buf)
	return buf[off:len(buf):len(buf)], stride
}

func clone(p []uint8) []uint8 { return append([]uint8(nil), p...) }

func newRand(t testing.TB) *rand.Rand {
	t.Helper()
	return rand.New(rand.NewPCG(1, 264))
}
