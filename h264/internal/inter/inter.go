// Package inter makes the inter predictions of ITU-T H.264 clause 8.4.2.2:
// quarter-sample luma from stored half-sample planes, and bilinear chroma; and
// weights them as clause 8.4.2.3 says.
package inter

import (
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/h264/internal/syntax"
	"github.com/g264/g264/internal/dsp"
)

// Offsets returns where in r.All the two blocks start whose average is the
// prediction of a block whose first sample is at (x, y), displaced by mv. They
// are the same where the prediction is one of the planes'. The first is of the row
// itself.
func Offsets(r *picture.RefPlane, x, y int, mv macroblock.MV) (a, b int) {
	off := r.Index(x+int(mv.X>>2), y+int(mv.Y>>2))
	q := &r.Quarters[(mv.Y&3)<<2|mv.X&3]
	return off + q[0], off + q[1]
}

// Block writes the prediction of a block of w x h samples to dst, which has
// stride macroblock.SrcStride; see Offsets. For fractions of a sample r must have
// half-sample planes.
func Block(dst []uint8, r *picture.RefPlane, x, y, w, h int, mv macroblock.MV) {
	a, b := Offsets(r, x, y, mv)
	if a == b {
		dsp.CopyBlock(dst, macroblock.SrcStride, r.All[a:], r.Stride, w, h)
		return
	}
	dsp.Avg(dst, macroblock.SrcStride, r.All[a:], r.Stride, r.All[b:], r.Stride, w, h)
}

// Luma predicts one partition of a luma-like plane into dst, which has stride
// macroblock.SrcStride and starts at the macroblock's first sample. (x, y) is
// the place of the macroblock in the picture. Half samples that r has no planes of
// are made in patch.
func Luma(dst *[256]uint8, r *picture.RefPlane, x, y int, p macroblock.Partition, mv macroblock.MV, patch *Patch) {
	bx, by, w, h := int(p.X)*4, int(p.Y)*4, int(p.W)*4, int(p.H)*4
	if r.Distance == 0 && (mv.X|mv.Y)&3 != 0 {
		patch.exactly(r, x+bx, y+by, w, h, mv)
		r = &patch.RefPlane
	}
	Block(dst[by*macroblock.SrcStride+bx:], r, x+bx, y+by, w, h, mv)
}

// Chroma420 predicts one partition of both 4:2:0 chroma planes (clause
// 8.4.2.2.2) into cb and cr. (x, y) is the place of the macroblock in luma
// samples.
func Chroma420(cb, cr *[256]uint8, r *picture.Plane, x, y int, p macroblock.Partition, mv macroblock.MV) {
	bx, by, w, h := int(p.X)*2, int(p.Y)*2, int(p.W)*2, int(p.H)*2
	off := r.Origin + (y/2+by+int(mv.Y>>3))*r.Stride + 2*(x/2+bx+int(mv.X>>3))
	o := by*macroblock.SrcStride + bx
	dsp.ChromaMCPlanes(cb[o:], cr[o:], macroblock.SrcStride, r.Pix[off:], r.Stride, int(mv.X&7), int(mv.Y&7), w, h)
}

// Macroblock predicts a whole inter macroblock from its references: all three
// planes of 4:4:4, or luma and both chroma blocks of 4:2:0. Without weights
// (nil) the predictions stay as they are. Patches serve the planes; see Luma.
func Macroblock(dst *macroblock.Src, refs []*picture.Reconstruction, weights *syntax.WeightTable, x, y int, mb *macroblock.MB, patches *[3]Patch) {
	forEachPartition(mb, func(p macroblock.Partition) {
		ref := mb.Ref[p.Y>>1*2+p.X>>1]
		r := refs[ref]
		mv := mb.MV[p.Y*4+p.X]
		Luma(&dst[0], &r.Luma, x, y, p, mv, &patches[0])
		if r.Is444 {
			Luma(&dst[1], &r.Chroma44[0], x, y, p, mv, &patches[1])
			Luma(&dst[2], &r.Chroma44[1], x, y, p, mv, &patches[2])
		} else {
			Chroma420(&dst[1], &dst[2], &r.Chroma, x, y, p, mv)
		}
		if weights != nil {
			weigh(dst, weights, int(ref), p, r.Is444)
		}
	})
}

// weigh applies the weights of a reference index to the prediction of one
// partition.
func weigh(dst *macroblock.Src, t *syntax.WeightTable, ref int, p macroblock.Partition, is444 bool) {
	size := 4 // samples of a 4x4 block's side
	for plane := range dst {
		if plane > 0 && !is444 {
			size = 2
		}
		if k := t.Refs[ref][plane]; k != t.Identity(plane) {
			o := int(p.Y)*size*macroblock.SrcStride + int(p.X)*size
			Weigh(dst[plane][o:], int(p.W)*size, int(p.H)*size, t.Log2Denom[min(plane, 1)], k)
		}
	}
}

// Weigh applies a weight to a block of w x h predicted samples, which has stride
// macroblock.SrcStride.
func Weigh(p []uint8, w, h int, log2 uint8, k syntax.PlaneWeight) {
	dsp.Weight(p, macroblock.SrcStride, w, h, uint(log2), int(k.Scale), int(k.Offset))
}

func forEachPartition(mb *macroblock.MB, f func(macroblock.Partition)) {
	if mb.Type != macroblock.P8x8 {
		for _, p := range macroblock.Partitions[mb.Type] {
			f(p)
		}
		return
	}
	for q, sub := range mb.Sub {
		for _, p := range macroblock.SubPartitions[sub] {
			f(p.Within(q))
		}
	}
}
