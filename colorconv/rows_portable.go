package colorconv

import (
	"encoding/binary"
	"unsafe"
)

// The portable row kernels. Loops over words know before how many their rows hold,
// and then go by address: what slicing and its checks take for each word is most of
// the time in WebAssembly.

// at8 returns the eight bytes at p+i, the first in the lowest.
func at8(p *uint8, i int) uint64 {
	return binary.LittleEndian.Uint64((*[8]uint8)(unsafe.Add(unsafe.Pointer(p), i))[:])
}

// three returns the three bytes at p+i.
func three(p *uint8, i int) *[3]uint8 { return (*[3]uint8)(unsafe.Add(unsafe.Pointer(p), i)) }

// at4 returns the four bytes at p+i.
func at4(p *uint8, i int) uint64 {
	return uint64(binary.LittleEndian.Uint32((*[4]uint8)(unsafe.Add(unsafe.Pointer(p), i))[:]))
}

// put8 stores eight bytes at p+i.
func put8(p *uint8, i int, v uint64) {
	binary.LittleEndian.PutUint64((*[8]uint8)(unsafe.Add(unsafe.Pointer(p), i))[:], v)
}

// pixelRow3 converts a row of 3-byte pixels to 4:4:4.
func pixelRow3(y, cb, cr, pix []uint8, m *pixelMatrix) {
	t0, t1, t2 := m.table[0], m.table[1], m.table[2]
	for len(pix) >= 12 && len(y) >= 4 && len(cb) >= 4 && len(cr) >= 4 {
		s, py, pb, pr := (*[12]uint8)(pix), (*[4]uint8)(y), (*[4]uint8)(cb), (*[4]uint8)(cr)
		v := t0[s[0]] + t1[s[1]] + t2[s[2]]
		py[0], pb[0], pr[0] = uint8(v>>lumaShift), uint8(v>>cbShift), uint8(v>>crShift)
		v = t0[s[3]] + t1[s[4]] + t2[s[5]]
		py[1], pb[1], pr[1] = uint8(v>>lumaShift), uint8(v>>cbShift), uint8(v>>crShift)
		v = t0[s[6]] + t1[s[7]] + t2[s[8]]
		py[2], pb[2], pr[2] = uint8(v>>lumaShift), uint8(v>>cbShift), uint8(v>>crShift)
		v = t0[s[9]] + t1[s[10]] + t2[s[11]]
		py[3], pb[3], pr[3] = uint8(v>>lumaShift), uint8(v>>cbShift), uint8(v>>crShift)
		pix, y, cb, cr = pix[12:], y[4:], cb[4:], cr[4:]
	}
	for len(pix) >= 3 && len(y) > 0 && len(cb) > 0 && len(cr) > 0 {
		v := t0[pix[0]] + t1[pix[1]] + t2[pix[2]]
		y[0], cb[0], cr[0] = uint8(v>>lumaShift), uint8(v>>cbShift), uint8(v>>crShift)
		pix, y, cb, cr = pix[3:], y[1:], cb[1:], cr[1:]
	}
}

// pixelRow4 converts a row of 4-byte pixels to 4:4:4; the fourth byte is not read.
func pixelRow4(y, cb, cr, pix []uint8, m *pixelMatrix) {
	t0, t1, t2 := m.table[0], m.table[1], m.table[2]
	for len(pix) >= 16 && len(y) >= 4 && len(cb) >= 4 && len(cr) >= 4 {
		s, py, pb, pr := (*[16]uint8)(pix), (*[4]uint8)(y), (*[4]uint8)(cb), (*[4]uint8)(cr)
		v := t0[s[0]] + t1[s[1]] + t2[s[2]]
		py[0], pb[0], pr[0] = uint8(v>>lumaShift), uint8(v>>cbShift), uint8(v>>crShift)
		v = t0[s[4]] + t1[s[5]] + t2[s[6]]
		py[1], pb[1], pr[1] = uint8(v>>lumaShift), uint8(v>>cbShift), uint8(v>>crShift)
		v = t0[s[8]] + t1[s[9]] + t2[s[10]]
		py[2], pb[2], pr[2] = uint8(v>>lumaShift), uint8(v>>cbShift), uint8(v>>crShift)
		v = t0[s[12]] + t1[s[13]] + t2[s[14]]
		py[3], pb[3], pr[3] = uint8(v>>lumaShift), uint8(v>>cbShift), uint8(v>>crShift)
		pix, y, cb, cr = pix[16:], y[4:], cb[4:], cr[4:]
	}
	for len(pix) >= 4 && len(y) > 0 && len(cb) > 0 && len(cr) > 0 {
		v := t0[pix[0]] + t1[pix[1]] + t2[pix[2]]
		y[0], cb[0], cr[0] = uint8(v>>lumaShift), uint8(v>>cbShift), uint8(v>>crShift)
		pix, y, cb, cr = pix[4:], y[1:], cb[1:], cr[1:]
	}
}

// splitPixelsPortable is splitPixels.
func splitPixelsPortable(a, b, c, pix []uint8, n int) {
	if len(a) == 0 {
		return
	}
	b, c = b[:len(a)], c[:len(a)]
	first := &pix[:n*len(a)][0]
	for x := range a {
		p := three(first, n*x)
		a[x], b[x], c[x] = p[0], p[1], p[2]
	}
}

// pairOfBytes has a byte in each half of a word.
const pairOfBytes = 0x000000ff000000ff

// lumaRow converts a row of pixels of n bytes to Y: eight at once, two in the halves of a word.
func lumaRow(y, pix []uint8, n int, m *pixelMatrix) {
	t, i := pairMatrix{m.luma[0], m.luma[1], m.luma[2], m.lumaBias}, 0
	if len(y) >= 8 {
		p, q := &pix[:n*len(y)][0], &y[0]
		if n == 4 {
			for ; i+8 <= len(y); i += 8 {
				v := t.luma(at8(p, 4*i)) | t.luma(at8(p, 4*i+8))<<16
				w := t.luma(at8(p, 4*i+16)) | t.luma(at8(p, 4*i+24))<<16
				put8(q, i, (v|v>>24)&0xffffffff|(w|w>>24)<<32)
			}
		} else {
			// The last pixel is read with the byte after it.
			for ; i+8 < len(y); i += 8 {
				k := 3 * i
				v := t.luma(at4(p, k)|at4(p, k+12)<<32) | t.luma(at4(p, k+3)|at4(p, k+15)<<32)<<8
				v |= t.luma(at4(p, k+6)|at4(p, k+18)<<32)<<16 | t.luma(at4(p, k+9)|at4(p, k+21)<<32)<<24
				put8(q, i, v)
			}
		}
	}
	for ; i < len(y); i++ {
		y[i] = m.lumaOf(pix[n*i:])
	}
}

// pairMatrix makes Y of two pixels at once.
type pairMatrix struct{ k0, k1, k2, bias uint64 }

// luma returns Y of the pixels in the halves of u.
func (t pairMatrix) luma(u uint64) uint64 {
	return (u&pairOfBytes*t.k0 + u>>8&pairOfBytes*t.k1 + u>>16&pairOfBytes*t.k2 + t.bias) >> lumaBits & pairOfBytes
}

// evenBytes keeps every other byte, so that four sums of them have 16 bits each.
const evenBytes = 0x00ff00ff00ff00ff

// chromaRow3 converts two rows of 3-byte pixels to one row of 4:2:0 chroma.
//
// Two pixels, c0 c1 c2 d0 d1 d2, are read at once from both rows and summed in
// lanes: even has c0, c2, d1 and odd has c1, d0, d2. Moved down by a lane and by
// two, they give the second pixel as (d0, d2) and d1, beside (c0, c2) and c1.
// A lane holds at most 8 x 255, so none spills.
func chromaRow3(cb, cr, top, bottom []uint8, m *pixelMatrix, siting Siting) {
	k0, k1, k2 := m.chroma[0], m.chroma[1], m.chroma[2]
	n := min(len(cb), (len(top)-2)/6) // words of eight bytes, six apart, that both rows hold
	if n <= 0 {
		chromaTail(cb, cr, top, bottom, 3, 0, m, siting)
		return
	}
	p, q := &top[0], &bottom[0]
	b, r := cb[:n], cr[:n]
	if siting == Centre {
		for i := range b {
			u, v := at8(p, 6*i), at8(q, 6*i)
			even, odd := u&evenBytes+v&evenBytes, u>>8&evenBytes+v>>8&evenBytes
			s02, s1 := (even+odd>>16)<<1, (odd+even>>32)<<1
			w := s02&0xffff*k0 + s1&0xffff*k1 + s02>>16&0xffff*k2 + filteredBias<<32 + filteredBias
			b[i], r[i] = uint8(w>>filteredCb), uint8(w>>filteredCr)
		}
		chromaTail(cb, cr, top, bottom, 3, n, m, siting)
		return
	}
	u, v := at8(p, 0), at8(q, 0)
	left02, left1 := u&evenBytes+v&evenBytes, u>>8&evenBytes+v>>8&evenBytes
	for i := range b {
		u, v := at8(p, 6*i), at8(q, 6*i)
		even, odd := u&evenBytes+v&evenBytes, u>>8&evenBytes+v>>8&evenBytes
		right02, right1 := odd>>16, even>>32
		s02, s1 := left02+even<<1+right02, left1+odd<<1+right1
		left02, left1 = right02, right1
		w := s02&0xffff*k0 + s1&0xffff*k1 + s02>>16&0xffff*k2 + filteredBias<<32 + filteredBias
		b[i], r[i] = uint8(w>>filteredCb), uint8(w>>filteredCr)
	}
	chromaTail(cb, cr, top, bottom, 3, n, m, siting)
}

// chromaRow4 converts two rows of 4-byte pixels to one row of 4:2:0 chroma, as
// chromaRow3 does; here even has c0, c2, d0, d2 and odd has c1 and d1.
func chromaRow4(cb, cr, top, bottom []uint8, m *pixelMatrix, siting Siting) {
	k0, k1, k2 := m.chroma[0], m.chroma[1], m.chroma[2]
	n := len(top) / 8
	if n == 0 {
		chromaTail(cb, cr, top, bottom, 4, 0, m, siting)
		return
	}
	p, q := &top[0], &bottom[0]
	b, r := cb[:n], cr[:n]
	if siting == Centre {
		for i := range b {
			u, v := at8(p, 8*i), at8(q, 8*i)
			even, odd := u&evenBytes+v&evenBytes, u>>8&evenBytes+v>>8&evenBytes
			s02, s1 := (even+even>>32)<<1, (odd+odd>>32)<<1
			w := s02&0xffff*k0 + s1&0xffff*k1 + s02>>16&0xffff*k2 + filteredBias<<32 + filteredBias
			b[i], r[i] = uint8(w>>filteredCb), uint8(w>>filteredCr)
		}
		chromaTail(cb, cr, top, bottom, 4, n, m, siting)
		return
	}
	u, v := at8(p, 0), at8(q, 0)
	left02, left1 := u&evenBytes+v&evenBytes, u>>8&evenBytes+v>>8&evenBytes
	for i := range b {
		u, v := at8(p, 8*i), at8(q, 8*i)
		even, odd := u&evenBytes+v&evenBytes, u>>8&evenBytes+v>>8&evenBytes
		right02, right1 := even>>32, odd>>32
		s02, s1 := left02+even<<1+right02, left1+odd<<1+right1
		left02, left1 = right02, right1
		w := s02&0xffff*k0 + s1&0xffff*k1 + s02>>16&0xffff*k2 + filteredBias<<32 + filteredBias
		b[i], r[i] = uint8(w>>filteredCb), uint8(w>>filteredCr)
	}
	chromaTail(cb, cr, top, bottom, 4, n, m, siting)
}

// chromaTail computes the chroma samples from the given one on: the definition of
// the filters, with the last column repeated.
func chromaTail(cb, cr, top, bottom []uint8, n, from int, m *pixelMatrix, siting Siting) {
	last := len(top) - n
	for i := from; i < len(cb); i++ {
		x := 2 * i * n
		before, after := max(x-n, 0), min(x+n, last)
		if siting == Centre {
			before = after
		}
		w := uint64(filteredBias<<32 + filteredBias)
		for j, k := range m.chroma {
			column := func(x int) uint64 { return uint64(top[x+j]) + uint64(bottom[x+j]) }
			w += (column(before) + 2*column(x) + column(after)) * k
		}
		cb[i], cr[i] = uint8(w>>filteredCb), uint8(w>>filteredCr)
	}
}

// mapRow replaces each sample through a table.
func mapRow(dst, src []uint8, t *[256]uint8) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] = t[src[i]]
	}
}

// opaquePortable is opaque.
func opaquePortable(pix []uint8) bool {
	const alpha = 0xff000000ff000000
	for ; len(pix) >= 32; pix = pix[32:] {
		p := &pix[0]
		if at8(p, 0)&at8(p, 8)&at8(p, 16)&at8(p, 24)&alpha != alpha {
			return false
		}
	}
	for ; len(pix) >= 4; pix = pix[4:] {
		if pix[3] != 255 {
			return false
		}
	}
	return true
}

// byteLanes has a byte in each of three lanes of 16 bits.
const byteLanes = 0x00ff00ff00ff

// spread puts the first three bytes of a pixel into lanes.
func spread(pixel uint32) uint64 {
	v := uint64(pixel)
	return v&0xff | v&0xff00<<8 | v&0xff0000<<16
}

// gather is spread's inverse; the fourth byte is 0.
func gather(v uint64) uint32 {
	return uint32(v&0xff | v>>8&0xff00 | v>>16&0xff0000)
}

// div255 divides lanes of 0 to 255*255 by 255, rounded to nearest.
func div255(x uint64) uint64 {
	x += 0x008000800080
	return (x + x>>8&byteLanes) >> 8 & byteLanes
}

// compositeStraight is composite of straight alpha.
func compositeStraight(dst, pix []uint8, under uint64) {
	for len(dst) >= 4 && len(pix) >= 4 {
		p := binary.LittleEndian.Uint32(pix)
		a := uint64(p >> 24)
		binary.LittleEndian.PutUint32(dst, gather(div255(spread(p)*a+under*(255-a))))
		dst, pix = dst[4:], pix[4:]
	}
}

// compositePremultiplied is composite of premultiplied colour.
func compositePremultiplied(dst, pix []uint8, under uint64) {
	for len(dst) >= 4 && len(pix) >= 4 {
		p := binary.LittleEndian.Uint32(pix)
		v := spread(p) + div255(under*(255-uint64(p>>24)))
		v |= (v >> 8 & 0x000100010001) * 255
		binary.LittleEndian.PutUint32(dst, gather(v&byteLanes))
		dst, pix = dst[4:], pix[4:]
	}
}
