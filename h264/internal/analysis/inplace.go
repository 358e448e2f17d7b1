package analysis

import (
	"github.com/g264/g264/h264/internal/inter"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/internal/dsp"
)

// skipInPlace codes the macroblock as P_Skip from picture to picture, without
// workspaces between them, where its vector is one of whole samples and no residual
// would be coded over its prediction. It reports whether that was so: it is of most
// macroblocks where little moves. Where it was not, it waits for a P_Skip.
func (w *Worker) skipInPlace() bool {
	f := w.f
	if len(f.Refs) == 0 || f.Weights != nil || f.Lossless {
		return false
	}
	i := w.y*f.MBW + w.x
	settled := f.settled(i) && w.qp >= int(f.Refs[0].SettledQP[i])
	if !w.still && !settled {
		return false
	}
	c := w.best
	mv := c.mb.SkipMV(&w.n)
	if (mv.X|mv.Y)&3 != 0 || !w.motion.contains(mv) {
		return false
	}
	inPairs := (mv.X|mv.Y)&7 == 0 // chroma's vector is one of whole samples too
	switch {
	case settled && mv == macroblock.MV{}:
		w.still, w.settledQP = true, int(f.Refs[0].SettledQP[i])
	case !w.still || !w.isSkipped(mv, inPairs):
		return false
	}
	x, y := w.x*16, w.y*16
	c.mb.SetSkip(int8(w.qp), mv)
	c.predicted = 0
	if w.storeMB() {
		return true
	}
	for p := range w.planes() {
		ref, rec := &f.Refs[0].LumaLike(p).Plane, &f.Rec.LumaLike(p).Plane
		pred := ref.At(x+int(mv.X>>2), y+int(mv.Y>>2))
		w.keepLine(p, pred[15*ref.Stride:][:16])
		dsp.CopyBlock(rec.At(x, y), rec.Stride, pred, ref.Stride, 16, 16)
	}
	switch {
	case f.Chroma44:
	case inPairs:
		w.copyPairs(mv)
	default:
		w.storeChroma420()
	}
	return true
}

// isSkipped reports whether no residual would be coded over the prediction of P_Skip by
// a vector of whole samples.
func (w *Worker) isSkipped(mv macroblock.MV, inPairs bool) bool {
	f, x, y := w.f, w.x*16, w.y*16
	for p := range w.planes() {
		src, ref := &f.Src.Planes[p], &f.Refs[0].LumaLike(p).Plane
		pred := ref.At(x+int(mv.X>>2), y+int(mv.Y>>2))
		if !w.quantiser(p).Zero16(src.At(x, y), src.Stride, pred, ref.Stride) {
			w.coded = true
			return false
		}
	}
	return f.Chroma44 || w.chromaIsSkipped(mv, inPairs)
}

// chromaIsSkipped reports whether the SAD of 4:2:0 chroma over the prediction by a
// vector tells that no residual would be coded. The prediction is in w.best, unless
// it lies in the reference in pairs.
func (w *Worker) chromaIsSkipped(mv macroblock.MV, inPairs bool) bool {
	f := w.f
	most := w.quantiser(1).ZeroSAD()
	cb, cr := &f.Src.Planes[1], &f.Src.Planes[2]
	if inPairs {
		pred := w.pairs(mv)
		b, c := dsp.SADPairs(cb.At(w.x*8, w.y*8), cr.At(w.x*8, w.y*8), cb.Stride, pred, f.Refs[0].Chroma.Stride)
		return max(b, c) <= most
	}
	rec := &w.best.rec
	inter.Chroma420(&rec[1], &rec[2], &f.Refs[0].Chroma, w.x*16, w.y*16, macroblock.Partitions[macroblock.PSkip][0], mv)
	return dsp.SAD(dsp.B8x8, cb.At(w.x*8, w.y*8), cb.Stride, rec[1][:], srcStride) <= most &&
		dsp.SAD(dsp.B8x8, cr.At(w.x*8, w.y*8), cr.Stride, rec[2][:], srcStride) <= most
}

// pairs are the first reference's chroma where a vector points that is one of whole
// chroma samples.
func (w *Worker) pairs(mv macroblock.MV) []uint8 {
	return w.f.Refs[0].Chroma.At(w.x*16+int(mv.X>>3)*2, w.y*8+int(mv.Y>>3))
}

// copyPairs stores 4:2:0 chroma as it is in the first reference.
func (w *Worker) copyPairs(mv macroblock.MV) {
	rec := &w.f.Rec.Chroma
	dsp.CopyPairs(rec.At(w.x*16, w.y*8), rec.Stride, w.pairs(mv), w.f.Refs[0].Chroma.Stride, w.line(1, 8), w.line(2, 8))
}
