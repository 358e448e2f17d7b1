package dsp

import (
	"maps"
	"math/bits"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"github.com/g264/g264/internal/testasm"
)

// kernels are all that have assembly, by the name of the function that calls it: each draws its operands, and returns a call
// that returns its results.
var kernels = map[string]func(in *input) func() []int{
	"SADBelow": func(in *input) func() []int {
		b, w, h := in.shape()
		a, as := in.block(w, h)
		p, ps := in.block(w, h)
		limit := in.r.IntN(1 << 17)
		return func() []int { return []int{SAD(b, a, as, p, ps), SADBelow(b, a, as, p, ps, limit)} }
	},
	"SADBelow4": func(in *input) func() []int {
		b, w, h := in.shape()
		a, as := in.block(w, h)
		p, ps := in.block(w+in.r.IntN(9), h+in.r.IntN(9))
		at, limit := array[[4]int](place[int](in, 4, false)), in.r.IntN(1<<17)
		for k := range at {
			at[k] = in.r.IntN(len(p) - (h-1)*ps - w + 1)
		}
		start := in.r.IntN(len(p) - (h-1)*ps - w + 1)
		for k := range at {
			at[k] -= start
		}
		out := array[[4]int](place[int](in, 4, true))
		return func() []int { SADBelow4(out, b, a, as, p, ps, start, at, limit); return nil }
	},
	"SADPairs": func(in *input) func() []int {
		cb, stride := in.block(8, 8)
		cr := in.samples(place[uint8](in, len(cb), false), stride)
		pairs, ps := in.block(16, 8)
		return func() []int { b, r := SADPairs(cb, cr, stride, pairs, ps); return []int{b, r} }
	},
	"SATDBelow": func(in *input) func() []int {
		b, w, h := in.shape()
		a, as := in.block(w, h)
		p, ps := in.block(w, h)
		limit := in.r.IntN(1 << 17)
		return func() []int { return []int{SATD(b, a, as, p, ps), SATDBelow(b, a, as, p, ps, limit)} }
	},
	"SATDBelow4": func(in *input) func() []int {
		b, w, h := in.shape()
		a, as := in.block(w, h)
		p, ps := in.block(w+in.r.IntN(9), h+in.r.IntN(9))
		var at [4][2]int
		start, limit := in.r.IntN(len(p)-(h-1)*ps-w+1), in.r.IntN(1<<17)
		for k := range at {
			at[k][0] = in.r.IntN(len(p) - (h-1)*ps - w + 1)
			if at[k][1] = at[k][0]; in.round&8 == 0 {
				at[k][1] = in.r.IntN(len(p) - (h-1)*ps - w + 1)
			}
			at[k][0] -= start
			at[k][1] -= start
		}
		pairs := &structs[BlockPairs](in, 1, false)[0]
		*pairs = NewBlockPairs(&at)
		out := array[[4]int](place[int](in, 4, true))
		return func() []int { SATDBelow4(out, b, a, as, p, ps, start, pairs, limit); return nil }
	},
	"SATDAvgBelow": func(in *input) func() []int {
		b, w, h := in.shape()
		a, as := in.block(w, h)
		p, stride := in.block(w, h)
		q := in.samples(place[uint8](in, len(p), false), stride)
		limit := in.r.IntN(1 << 17)
		return func() []int { return []int{SATDAvgBelow(b, a, as, p, q, stride, limit)} }
	},
	"SATDEach": func(in *input) func() []int {
		b, w, h := in.shape()
		a, as := in.block(w, h)
		preds := array[[4][256]uint8](in.samples(place[uint8](in, 4*256, false), 16))
		out := array[[4]int](place[int](in, 4, true))
		return func() []int { SATDEach(out, b, a, as, preds); return nil }
	},
	"SATDEdges": func(in *input) func() []int {
		b := []Block{B16x16, B8x8}[in.round&1]
		a, as := in.block(b.W(), b.W())
		top, left, dc := in.row(b.W()), array[[16]uint8](in.row(16)), uint8(in.r.IntN(256))
		return func() []int { c, r, f := SATDEdges(b, a, as, top, left, dc); return []int{c, r, f} }
	},
	"SATD4x4Each": func(in *input) func() []int {
		n := in.round % 10
		a, as := in.block(4, 4)
		flat := in.samples(place[uint8](in, 16*n, false), 4)
		out := place[int](in, n, true)
		preds := unsafe.Slice((*[16]uint8)(unsafe.Pointer(unsafe.SliceData(flat))), n)
		return func() []int { SATD4x4Each(out, a, as, preds); return nil }
	},
	"SSD": func(in *input) func() []int {
		b, w, h := in.shape()
		a, as := in.block(w, h)
		p, ps := in.block(w, h)
		return func() []int { return []int{SSD(b, a, as, p, ps)} }
	},
	"SSDPlane": func(in *input) func() []int {
		w, h := 1+in.round%70, 2+in.r.IntN(4)
		a, as := in.block(w, h)
		p, ps := in.block(w, h)
		return func() []int { return []int{int(SSDPlane(a, as, p, ps, w, h))} }
	},
	"VarianceSums": func(in *input) func() []int {
		w, h := 4+in.round%4*4, 4+in.round/4%4*4
		a, as := in.block(w, h)
		return func() []int { sum, squares := VarianceSums(a, as, w, h); return []int{int(sum), int(squares)} }
	},
	"SSIMSums4x4": func(in *input) func() []int {
		n := 1 + in.round%11
		a, as := in.block(4*n, 4)
		p, ps := in.block(4*n, 4)
		out := place[uint32](in, 4*n, true)
		sums := unsafe.Slice((*SSIMSums)(unsafe.Pointer(&out[0])), n)
		return func() []int { SSIMSums4x4(sums, a, as, p, ps); return nil }
	},
	"SADRow": func(in *input) func() []int {
		n := 1 + in.round%13
		a, as := in.block(8*n, 8)
		p, ps := in.block(8*n, 8)
		out := place[uint32](in, n, true)
		return func() []int { SADRow(out, a, as, p, ps); return nil }
	},
	"DifferRow": func(in *input) func() []int {
		n, size, h := 1+in.round%39, 8<<in.r.IntN(2), 1+in.r.IntN(16)
		a, as := in.block(size*n, h)
		p, ps := in.block(size*n, h)
		change(in.r, a, as, p, ps, size*n, h)
		return func() []int {
			f := DifferRow(a, as, p, ps, n, size, h)
			return []int{int(f[0]), int(f[1])}
		}
	},
	"VarianceRow": func(in *input) func() []int {
		n, h := 1+in.round%13, 4<<in.r.IntN(3)
		a, as := in.block(8*n, h)
		sums, squares := place[uint32](in, n, true), place[uint32](in, n, true)
		return func() []int { VarianceRow(sums, squares, a, as, h); return nil }
	},
	"Predict4x4": func(in *input) func() []int {
		edge, dc := array[[16]uint8](in.row(16)), uint8(in.r.IntN(256))
		edge[0], edge[14] = edge[1], edge[13]
		dst := array[[9][16]uint8](place[uint8](in, 9*16, true))
		return func() []int { Predict4x4(dst, edge, dc); return nil }
	},
	"Smooth8x8": func(in *input) func() []int {
		line, dst := array[[48]uint8](in.row(48)), array[[48]uint8](place[uint8](in, 48, true))
		return func() []int { Smooth8x8(dst, line); clear(dst[26:]); return nil }
	},
	"Predict8x8": func(in *input) func() []int {
		line, dc := array[[48]uint8](in.row(48)), uint8(in.r.IntN(256))
		line[0], line[26] = line[1], line[25]
		dst := array[[9][64]uint8](place[uint8](in, 9*64, true))
		return func() []int { Predict8x8(dst, line, dc); return nil }
	},
	"SATD8x8Each": func(in *input) func() []int {
		n := in.round % 10
		a, as := in.block(8, 8)
		flat := in.samples(place[uint8](in, 64*n, false), 8)
		out := place[int](in, n, true)
		preds := unsafe.Slice((*[64]uint8)(unsafe.Pointer(unsafe.SliceData(flat))), n)
		return func() []int { SATD8x8Each(out, a, as, preds); return nil }
	},
	"Predict16x16": func(in *input) func() []int {
		top, left := array[[16]uint8](in.row(16)), array[[16]uint8](in.row(16))
		corner, dc := in.row(1)[0], uint8(in.r.IntN(256))
		dst := array[[4][256]uint8](place[uint8](in, 4*256, true))
		return func() []int { Predict16x16(dst, top, left, corner, dc); return nil }
	},
	"PredictChroma8x8": func(in *input) func() []int {
		top, left, dc := array[[8]uint8](in.row(8)), array[[8]uint8](in.row(8)), array[[4]uint8](in.row(4))
		corner := in.row(1)[0]
		dst := array[[4][256]uint8](place[uint8](in, 4*256, true))
		return func() []int { PredictChroma8x8(dst, top, left, corner, dc); return nil }
	},
	"HalfPatch": func(in *input) func() []int {
		w, h := 1+in.round%27, 1+in.r.IntN(21)
		stride, ss := 37+in.r.IntN(12), 37+in.r.IntN(40)
		distance := h*stride + in.r.IntN(9)
		src := in.samples(place[uint8](in, (h+4)*ss+37, false), ss)
		whole, planes := margins[uint8](3*distance + h*stride)
		in.buffers = append(in.buffers, whole)
		return func() []int {
			HalfPatch(planes, distance, stride, src, ss, w, h)
			for i := range planes { // what may be written besides
				if x := i%distance%stride - 2; x < 0 || x >= w || i%distance/stride >= h {
					planes[i] = 0
				}
			}
			return nil
		}
	},
	"HalfPlanes": func(in *input) func() []int {
		w, h := 1+in.round%100, 1+in.r.IntN(5)
		stride := w + 5 + in.r.IntN(7)
		src := in.samples(place[uint8](in, stride*(h+4)+w+5, false), stride)
		var dst [3][]uint8
		for k := range dst {
			dst[k] = place[uint8](in, (h+1)*stride+w+2, true)
		}
		return func() []int { HalfPlanes(dst[0], dst[1], dst[2], src, 2*stride+2, stride, w, h); return nil }
	},
	"ChromaMCPlanes": func(in *input) func() []int {
		w, h := 2<<(in.round%3), 2<<(in.round/3%3)
		dx, dy := in.r.IntN(8), in.r.IntN(8)
		src, ss := in.block(2*(w+min(dx, 1)), h+min(dy, 1))
		cb, ds := in.target(w, h)
		cr := place[uint8](in, len(cb), true)
		return func() []int { ChromaMCPlanes(cb, cr, ds, src, ss, dx, dy, w, h); return nil }
	},
	"SplitPairs": func(in *input) func() []int {
		w, h := []int{2, 4, 8, 12, 16, 24}[in.round%6], 2+in.r.IntN(8)
		src, ss := in.block(2*w, h)
		cb, ds := in.target(w, h)
		cr := place[uint8](in, len(cb), true)
		return func() []int { SplitPairs(cb, cr, ds, src, ss, w, h); return nil }
	},
	"JoinPairs": func(in *input) func() []int {
		w, h := []int{4, 8, 12, 16, 24}[in.round%5], 2+in.r.IntN(8)
		cb, ss := in.block(w, h)
		cr := in.samples(place[uint8](in, len(cb), false), ss)
		dst, ds := in.target(2*w, h)
		return func() []int { JoinPairs(dst, ds, cb, cr, ss, w, h); return nil }
	},
	"Weight": func(in *input) func() []int {
		w, h, log2 := 2<<(in.round%4), 2+in.r.IntN(15), in.r.IntN(8)
		scale, offset := in.r.IntN(256)-128, in.r.IntN(256)-128
		switch in.r.IntN(4) {
		case 0:
			scale, offset = 127-255*in.r.IntN(2), 127-255*in.r.IntN(2)
		case 1:
			scale, offset = in.r.IntN(128), in.r.IntN(2049)-1024
		}
		p, stride := in.target(w, h)
		return func() []int { Weight(p, stride, w, h, uint(log2), scale, offset); return nil }
	},
	"Avg": func(in *input) func() []int {
		w, h := 4<<(in.round%3), 2+in.r.IntN(15)
		a, as := in.block(w, h)
		b, bs := in.block(w, h)
		dst, ds := in.target(w, h)
		return func() []int { Avg(dst, ds, a, as, b, bs, w, h); return nil }
	},
	"CopyBlock": func(in *input) func() []int {
		w, h := []int{4, 8, 16, 5, 24, 32, 33 + in.r.IntN(90)}[in.round%7], 2+in.r.IntN(15)
		src, ss := in.block(w, h)
		dst, ds := in.target(w, h)
		return func() []int { CopyBlock(dst, ds, src, ss, w, h); return nil }
	},
	"CopyPairs": func(in *input) func() []int {
		src, ss := in.block(16, 8)
		dst, ds := in.target(16, 8)
		cb, cr := place[uint8](in, 8, true), place[uint8](in, 8, true)
		return func() []int { CopyPairs(dst, ds, src, ss, cb, cr); return nil }
	},
	"Half": func(in *input) func() []int {
		w, h := 1+in.round%100, 2+in.r.IntN(4)
		src, ss := in.block(2*w, 2*h)
		dst, ds := in.target(w, h)
		return func() []int { Half(dst, ds, src, ss, w, h); return nil }
	},
	"ExtendBorder": func(in *input) func() []int {
		w, h, border := 1+in.round%40, 2+in.r.IntN(4), []int{4, 16, 32, 48}[in.r.IntN(4)]
		p, stride := in.target(w+2*border, h)
		return func() []int { ExtendBorder(p, border, stride, w, h, border); return nil }
	},
	"ExtendBorderPairs": func(in *input) func() []int {
		w, h, border := 1+in.round%40, 2+in.r.IntN(4), []int{4, 8, 16, 24}[in.r.IntN(4)]
		p, stride := in.target(2*w+4*border, h)
		return func() []int { ExtendBorderPairs(p, 2*border, stride, w, h, border); return nil }
	},
	"ForwardDCT4x4": func(in *input) func() []int {
		a, as := in.block(4, 4)
		p, ps := in.block(4, 4)
		dst := array[[16]int16](place[int16](in, 16, true))
		return func() []int { ForwardDCT4x4(dst, a, as, p, ps); return nil }
	},
	"ForwardDCT4x4Four": func(in *input) func() []int {
		a, as := in.block(8, 8)
		p, ps := in.block(8, 8)
		dst := array[[4][16]int16](place[int16](in, 64, true))
		return func() []int { ForwardDCT4x4Four(dst, a, as, p, ps); return nil }
	},
	"ForwardDCT4x4Sixteen": func(in *input) func() []int {
		a, as := in.block(16, 16)
		p, ps := in.block(16, 16)
		dst := array[[16][16]int16](place[int16](in, 256, true))
		return func() []int { ForwardDCT4x4Sixteen(dst, a, as, p, ps); return nil }
	},
	"InverseDCT4x4Add": func(in *input) func() []int {
		level, scale := array[[16]int16](in.few(1, 16)), array[[16]int16](in.ones(16))
		dst, ds := in.target(4, 4)
		return func() []int { InverseDCT4x4Add(dst, ds, level, scale); return nil }
	},
	"InverseDCT4x4FourDCAdd": func(in *input) func() []int {
		level, scale := array[[4][16]int16](in.few(4, 16)), array[[16]int16](in.ones(16))
		dc := array[[4]int16](place[int16](in, 4, false))
		for i := range dc {
			dc[i], level[i][0] = level[i][0], int16(in.r.Uint32())
		}
		dst, ds := in.target(8, 8)
		return func() []int { InverseDCT4x4FourDCAdd(dst, ds, level, scale, dc); return nil }
	},
	"InverseDCT4x4SixteenAdd": func(in *input) func() []int {
		level, scale := array[[16][16]int16](in.few(16, 16)), array[[16]int16](in.ones(16))
		dst, ds := in.target(16, 16)
		return func() []int { InverseDCT4x4SixteenAdd(dst, ds, level, scale, uint(in.round&15)); return nil }
	},
	"InverseDC4x4FourAdd": func(in *input) func() []int {
		dc := array[[4]int16](in.coefs(4, 1<<15-1))
		dst, ds := in.target(8, 8)
		return func() []int { InverseDC4x4FourAdd(dst, ds, dc); return nil }
	},
	"Quant4x4.Block": func(in *input) func() []int {
		q, c := in.quant4x4(), array[[16]int16](in.coefs(16, 1<<14))
		level := array[[16]int16](place[int16](in, 16, true))
		return func() []int { return []int{q.Block(level, c)} }
	},
	"Quant4x4.Blocks": func(in *input) func() []int {
		n := in.round % 18
		q, c := in.quant4x4(), in.coefs(16*n, 1<<14)
		level, nonzero := place[int16](in, 16*n, true), place[uint8](in, n, true)
		blocks := func(p []int16) [][16]int16 {
			return unsafe.Slice((*[16]int16)(unsafe.Pointer(unsafe.SliceData(p))), n)
		}
		return func() []int { q.Blocks(blocks(level), blocks(c), nonzero); return nil }
	},
	"Quant4x4.Zero16x16": func(in *input) func() []int {
		q := in.quant4x4()
		a, as := in.block(16, 16)
		p, ps := in.block(16, 16)
		if most := q.ZeroSAD(); in.r.IntN(3) > 0 { // a residual near the limit
			for i := range 256 {
				p[i/16*ps+i%16] = a[i/16*as+i%16]
			}
			for range 1 + in.r.IntN(9) {
				v := &p[in.r.IntN(16)*ps+in.r.IntN(16)]
				*v = uint8(refClip(0, 255, int(*v)+in.r.IntN(2*most+3)-most-1))
			}
		}
		return func() []int { return []int{boolean(q.Zero16x16(a, as, p, ps))} }
	},
	"Quant4x4.Residual16x16": func(in *input) func() []int {
		q := in.quant4x4()
		a, as := in.block(16, 16)
		p, ps := in.block(16, 16)
		level, nonzero := structs[[16][16]int16](in, 1, true), array[[16]uint8](place[uint8](in, 16, true))
		return func() []int {
			gain, ssd := q.Residual16x16(&level[0], nonzero, a, as, p, ps)
			return []int{gain, ssd}
		}
	},
	"Quant4x4.ZeroChroma8x8": func(in *input) func() []int {
		q, dc := in.quant4x4(), int16(in.r.IntN(1<<in.r.IntN(14)))
		var a, p [2][]uint8
		stride, ps := 8+in.r.IntN(9), 8+in.r.IntN(9)
		for i := range a {
			a[i], p[i] = in.samples(place[uint8](in, 7*stride+8, false), stride), in.samples(place[uint8](in, 7*ps+8, false), ps)
			if in.r.IntN(4) == 0 {
				continue
			}
			for k := range 64 { // a residual near the limit
				a[i][k/8*stride+k%8] = p[i][k/8*ps+k%8]
			}
			for range in.r.IntN(3) {
				v := &a[i][in.r.IntN(8)*stride+in.r.IntN(8)]
				*v = uint8(refClip(0, 255, int(*v)+in.r.IntN(2*q.ZeroSAD()+3)-q.ZeroSAD()-1))
			}
		}
		return func() []int { return []int{boolean(q.ZeroChroma8x8(&a, stride, &p, ps, dc))} }
	},
	"ForwardDCT8x8": func(in *input) func() []int {
		a, as := in.block(8, 8)
		p, ps := in.block(8, 8)
		dst := array[[64]int16](place[int16](in, 64, true))
		return func() []int { ForwardDCT8x8(dst, a, as, p, ps); return nil }
	},
	"ForwardDCT8x8Four": func(in *input) func() []int {
		a, as := in.block(16, 16)
		p, ps := in.block(16, 16)
		dst := array[[4][64]int16](place[int16](in, 256, true))
		return func() []int { ForwardDCT8x8Four(dst, a, as, p, ps); return nil }
	},
	"InverseDCT8x8Add": func(in *input) func() []int {
		c := in.few(1, 64)
		for i := range c {
			c[i] /= 3 // a coefficient weighs up to 1.5 in each direction
		}
		dst, ds := in.target(8, 8)
		return func() []int { InverseDCT8x8Add(dst, ds, array[[64]int16](c)); return nil }
	},
	"InverseDCT8x8FourAdd": func(in *input) func() []int {
		c := in.few(4, 64)
		for i := range c {
			c[i] /= 3
		}
		dst, ds := in.target(16, 16)
		return func() []int { InverseDCT8x8FourAdd(dst, ds, array[[4][64]int16](c), uint(in.round&15)); return nil }
	},
	"Quant8x8": func(in *input) func() []int {
		q := in.quant8x8()
		c := array[[64]int16](in.coefs(64, 64*255))
		level := array[[64]int16](place[int16](in, 64, true))
		return func() []int { return []int{Quant8x8(level, c, q.mf, q.bias, q.shift)} }
	},
	"AllWithin8x8": func(in *input) func() []int {
		q := in.quant8x8()
		limit, c := array[[64]int16](place[int16](in, 64, false)), array[[64]int16](place[int16](in, 64, false))
		QuantLimits8x8(limit, q.mf, q.bias, q.shift)
		for i := range c {
			c[i] = limit[i] * int16(in.r.IntN(3)-1)
		}
		if i := in.r.IntN(64); in.round&1 == 0 {
			c[i] = (limit[i] + 1) * int16(1-2*in.r.IntN(2))
		}
		return func() []int { return []int{boolean(AllWithin8x8(c, limit))} }
	},
	"Dequant8x8": func(in *input) func() []int {
		q, per := in.quant8x8(), in.round%9
		level := array[[64]int16](in.coefs(64, (1<<15-1)*4/(58<<per)))
		c := array[[64]int16](place[int16](in, 64, true))
		return func() []int { Dequant8x8(c, level, q.scale, per); return nil }
	},
	"ZigZag8x8": func(in *input) func() []int {
		src, dst := array[[64]int16](in.coefs(64, 1<<15-1)), array[[64]int16](place[int16](in, 64, true))
		return func() []int { ZigZag8x8(dst, src); return nil }
	},
	"UnZigZag8x8": func(in *input) func() []int {
		src, dst := array[[64]int16](in.coefs(64, 1<<15-1)), array[[64]int16](place[int16](in, 64, true))
		return func() []int { UnZigZag8x8(dst, src); return nil }
	},
	"SplitScan8x8": func(in *input) func() []int {
		scan, level := array[[64]int16](in.coefs(64, 1<<15-1)), array[[4][16]int16](place[int16](in, 64, true))
		return func() []int { return []int{SplitScan8x8(level, scan)} }
	},
	"JoinScan8x8": func(in *input) func() []int {
		level, scan := array[[4][16]int16](in.coefs(64, 1<<15-1)), array[[64]int16](place[int16](in, 64, true))
		return func() []int { JoinScan8x8(scan, level); return nil }
	},
	"Magnitudes": func(in *input) func() []int {
		n := in.round % 9 * 8
		c, mf, dst := in.coefs(n, 1<<15-1), place[uint32](in, n, false), place[uint32](in, n, true)
		for i := range mf {
			mf[i] = in.r.Uint32N(1 << 17)
		}
		shift := uint(1 + in.r.IntN(24))
		return func() []int {
			set := Magnitudes(dst, c, mf, shift)
			return []int{int(set >> 32), int(set & (1<<32 - 1))}
		}
	},
	"Bins.Encode": func(in *input) func() []int {
		tables, states := &structs[BinTables](in, 1, false)[0], array[[1024]uint8](place[uint8](in, 1024, true))
		state := func() uint8 { return uint8(128 + in.r.IntN(255)) } // any but 127
		for s := range tables.Ranges {
			tables.Next[2*s], tables.Next[2*s+1], tables.Ranges[s] = state(), state(), 0
			for q := range 4 {
				lps := 6 + in.r.IntN(min(123+64*q, 235)) // at most half of the range
				tables.Ranges[s] |= uint64(lps|(9-bits.Len(uint(lps)))<<8) << (16 * q)
			}
		}
		for i := range states {
			states[i] = state()
		}
		const certain = 1023 // a context whose bins are all 1
		states[certain], tables.Ranges[127], tables.Next[2*127+1] = 127, 0, 127
		symbols := place[uint32](in, 1+in.round%500, true)
		most := in.r.IntN(2) == 0
		for i := range symbols {
			count := uint32(in.r.IntN(MaxBypass+1)) * uint32(in.r.IntN(2))
			symbols[i] = in.r.Uint32N(2*certain) | count<<BypassCount | in.r.Uint32N(1<<count)<<BypassBins
			if in.r.IntN(10) == 0 {
				symbols[i] |= certain<<1 | 1
			}
			if most { // carries reach far
				symbols[i] |= (1<<count - 1) << BypassBins
			}
		}
		first := Bins{Low: in.r.Uint64N(1 << 41), Range: 256 + in.r.Uint32N(255), Pending: 9 + in.r.Uint32N(33)}
		if most {
			first = Bins{Low: 1<<41 - 1, Range: 510, Pending: 41}
		}
		first.Low &= 1<<first.Pending - 1
		b := &structs[Bins](in, 1, false)[0]
		return func() []int {
			*b = first
			words, carry := b.Encode(symbols, states, tables)
			clear(symbols[words:]) // of which nothing is said
			return []int{words, boolean(carry), int(b.Low >> 32), int(uint32(b.Low)), int(b.Range), int(b.Pending)}
		}
	},
	"CheapestOf4": func(in *input) func() []int {
		distortion, around := array[[4]int](place[int](in, 4, false)), array[[4]MV](place[int16](in, 8, false))
		reach := 1 + in.r.IntN(1<<14)
		vector := func() MV { return MV{int16(in.r.IntN(2*reach) - reach), int16(in.r.IntN(2*reach) - reach)} }
		for k := range distortion {
			distortion[k], around[k] = in.r.IntN(1<<(1+in.r.IntN(26))), vector()
			if in.r.IntN(4) == 0 {
				distortion[k], around[k] = distortion[0], around[0]
			}
		}
		apart, lambda, most := vector(), in.r.IntN(1<<in.r.IntN(21)+1), in.r.IntN(1<<30+1)
		return func() []int {
			k, cost := CheapestOf4(distortion, around, apart, lambda, most)
			if k < 0 {
				cost = 0 // of which nothing is said
			}
			return []int{k, cost}
		}
	},
	"LevelSets": func(in *input) func() []int {
		coefs := in.coefs(256, 1<<in.r.IntN(16)-1)
		if in.r.IntN(4) == 0 {
			coefs[in.r.IntN(256)] = -1 << 15
		}
		level, sets := array[[16][16]int16](coefs), array[[16]uint32](place[uint32](in, 16, true))
		return func() []int { LevelSets(sets, level); return nil }
	},
	"LevelCosts.ChooseEight": func(in *input) func() []int {
		costs, start := &structs[LevelCosts](in, 1, false)[0], in.r.IntN(2)
		*costs = randomLevelCosts(in.r)
		c, out := array[[8][16]int16](in.coefs(8*16, 1<<14)), &structs[EightChoices](in, 1, false)[0]
		scale := array[[64]int64](place[uint32](in, 2*64, false))
		var mf [16]uint32
		for i := range mf {
			mf[i], scale[i] = 1+in.r.Uint32N(1<<16), in.r.Int64N(MaxEightScale+1)>>in.r.IntN(8)
		}
		q := &structs[LevelRates](in, 1, false)[0]
		*q = MakeLevelRates(&mf, uint(6+in.r.IntN(12)))
		return func() (results []int) {
			costs.ChooseEight(out, c, q, scale, start)
			for k := range c {
				if out.Large[k] != 0 {
					results = append(results, -1)
					continue
				}
				results = append(results, int(out.Cost[k]), int(out.Chosen[k]))
				for _, l := range out.Level[k] {
					results = append(results, int(l))
				}
			}
			return results
		}
	},
	"Deblock": func(in *input) func() []int {
		w := 1 + in.round%5
		n := 1 + in.r.IntN(w)
		list := structs[Strengths](in, n, false)
		for i := range list {
			list[i] = Strengths{Columns: randomEdges(in.r), Rows: randomEdges(in.r), X: uint32(w - n + i)}
		}
		luma := make([]EdgePlane, in.round/5%4)
		for i := range luma {
			luma[i] = in.edgePlane(w, n, 16)
		}
		var chroma *EdgePlane
		if in.r.IntN(2) == 0 {
			p := in.edgePlane(w, n, 8)
			chroma = &p
		}
		return func() []int { Deblock(list, luma, chroma); return nil }
	},
	"RowStrengths": func(in *input) func() []int {
		n := 1 + in.round%20
		list := structs[Strengths](in, n, true)
		var rows [2][]middleMB
		for i := range rows {
			rows[i] = structs[middleMB](in, n, false)
			for x := range rows[i] {
				rows[i][x].Blocks = randomBlocks(in.r)
			}
		}
		row, above := rows[0], rows[1]
		if in.r.IntN(4) == 0 {
			above = nil
		}
		return func() []int { return []int{len(RowStrengths(list, row, above, (*middleMB).blocks))} }
	},
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

func checkKernel(t testing.TB, name string, in *input) {
	t.Helper()
	call := kernels[name](in)
	twins(t, name, call, in.buffers...)
}

// TestKernels holds every kernel that has assembly against its portable form, at every size.
func TestKernels(t *testing.T) {
	for name := range kernels {
		t.Run(name, func(t *testing.T) {
			r := newRand(t)
			for round := range 1000 {
				checkKernel(t, name, &input{r: r, round: round})
			}
		})
	}
}

func FuzzKernels(f *testing.F) {
	names := slices.Sorted(maps.Keys(kernels))
	for _, name := range names {
		f.Add(name, uint64(1), uint16(2), []byte{0, 255, 254, 1})
	}
	f.Fuzz(func(t *testing.T, name string, seed uint64, round uint16, data []byte) {
		if kernels[name] == nil {
			name = names[seed%uint64(len(names))]
		}
		checkKernel(t, name, &input{r: rand.New(rand.NewPCG(seed, 5)), round: int(round), data: data})
	})
}

// TestKernelsAreComplete finds the functions that call assembly: each is one of kernels, and has a pair of benchmarks.
func TestKernelsAreComplete(t *testing.T) {
	names := slices.Collect(maps.Keys(kernels))
	testasm.Checked(t, names, 50, "prefetchAVX2")
	testasm.Benchmarked(t, names, "benchTwins", "benchDifference")
}
