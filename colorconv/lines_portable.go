package colorconv

// The portable kernels of lines.

// betweenRowPortable is betweenRow.
func betweenRowPortable(dst, src []uint32, w0, w1 uint32) {
	next := src[1:][:len(dst)]
	src = src[:len(dst)]
	for i := range dst {
		dst[i] = src[i]*w0 + next[i]*w1
	}
}

// halveRowPortable is halveRow.
func halveRowPortable(dst, src []uint32, w0, w1, w2 uint32) {
	for len(dst) >= 1 && len(src) >= 3 {
		dst[0] = src[0]*w0 + src[1]*w1 + src[2]*w2
		dst, src = dst[1:], src[2:]
	}
}

// doubleRowPortable is doubleRow.
func doubleRowPortable(dst, even, odd []uint32, w0, w1, v0, v1 uint32) {
	for len(dst) >= 2 && len(even) >= 2 && len(odd) >= 2 {
		dst[0] = even[0]*w0 + even[1]*w1
		dst[1] = odd[0]*v0 + odd[1]*v1
		dst, even, odd = dst[2:], even[1:], odd[1:]
	}
	if len(dst) == 1 {
		dst[0] = even[0]*w0 + even[1]*w1
	}
}

// pairRowPortable is pairRow.
func pairRowPortable(dst []uint32, cb, cr []uint8) {
	cb, cr = cb[:len(dst)], cr[:len(dst)]
	for i := range dst {
		dst[i] = uint32(cb[i]) | uint32(cr[i])<<16
	}
}

// crossRowPortable is crossRow.
func crossRowPortable(dst []uint32, cb, cr []uint8, m *yccMatrix) {
	cb, cr = cb[:len(dst)], cr[:len(dst)]
	for i := range dst {
		dst[i] = uint32(m.yCb*(int32(cb[i])-128) + m.yCr*(int32(cr[i])-128))
	}
}

// splitRowPortable is splitRow.
func splitRowPortable(cb, cr []uint8, a, b []uint32, wa, wb uint32) {
	const half = filterWeight / 2
	cr, a, b = cr[:len(cb)], a[:len(cb)], b[:len(cb)]
	for i := range cb {
		v := a[i]*wa + b[i]*wb + half<<16 + half
		cb[i], cr[i] = uint8(v>>weightBits), uint8(v>>(16+weightBits))
	}
}

// matrixRowPortable is matrixRow.
func matrixRowPortable(cb, cr []uint8, a, b []uint32, wa, wb uint32, m *yccMatrix) {
	k := *m
	cr, a, b = cr[:len(cb)], a[:len(cb)], b[:len(cb)]
	for i := range cb {
		v := a[i]*wa + b[i]*wb
		p, q := int32(v&0xffff), int32(v>>16)
		cb[i] = clip((k.cbCb*p + k.cbCr*q + k.cbBias) >> (yccBits + weightBits))
		cr[i] = clip((k.crCb*p + k.crCr*q + k.crBias) >> (yccBits + weightBits))
	}
}

// crossedRowPortable is crossedRow.
func crossedRowPortable(dst, src []uint8, a, b []uint32, wa, wb uint32, m *yccMatrix) {
	scale, bias := m.ofLuma()
	src, a, b = src[:len(dst)], a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = clip((scale*int32(src[i]) + int32(a[i]*wa+b[i]*wb) + bias) >> (yccBits + weightBits))
	}
}

// clip is Clip1 of H.264 (5-8) for 8 bits.
func clip(v int32) uint8 {
	if uint32(v) > 255 {
		v = ^v >> 31 // 0 below, all ones above
	}
	return uint8(v)
}
