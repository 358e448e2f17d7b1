package analysis

import (
	"github.com/g264/g264/h264/internal/inter"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/internal/dsp"
)

// skipInPlace codes the macroblock as P_Skip from picture to picture, without
// workspaces between them, where its vector is one of whole samples and no residual
// would be coded over its prediction. It reports whether that was so: it is of most
// macroblocks where little moves.
func (w *Worker) skipInPlace() bool {
	f := w.f
	if len(f.Refs) == 0 || f.Weights != nil || f.Lossless {
		return false
	}
	c := w.best
	mv := c.mb.SkipMV(&w.n)
	if (mv.X|mv.Y)&3 != 0 || !w.motion.contains(mv) {
		return false
	}
	x, y := w.x*16, w.y*16
	for p := range w.planes() {
		src, ref := &f.Src.Planes[p], &f.Refs[0].LumaLike(p).Plane
		pred := ref.At(x+int(mv.X>>2), y+int(mv.Y>>2))
		if !w.quantiser(p).Zero16(src.At(x, y), src.Stride, pred, ref.Stride) {
			w.coded = true
			return false
		}
	}
	if !f.Chroma44 {
		inter.Chroma420(&c.rec[1], &c.rec[2], &f.Refs[0].Chroma, x, y, macroblock.Partitions[macroblock.PSkip][0], mv)
		most := w.quantiser(1).ZeroSAD()
		for p := 1; p < 3; p++ {
			src := &f.Src.Planes[p]
			if dsp.SAD(dsp.B8x8, src.At(x/2, y/2), src.Stride, c.rec[p][:], srcStride) > most {
				return false
			}
		}
	}
	c.mb.SetSkip(int8(w.qp), mv)
	c.predicted = false
	w.storeMB()
	for p := range w.planes() {
		ref, rec := &f.Refs[0].LumaLike(p).Plane, &f.Rec.LumaLike(p).Plane
		pred := ref.At(x+int(mv.X>>2), y+int(mv.Y>>2))
		w.keepLine(p, pred[15*ref.Stride:][:16])
		dsp.CopyBlock(rec.At(x, y), rec.Stride, pred, ref.Stride, 16, 16)
	}
	if !f.Chroma44 {
		w.storeChroma420()
	}
	return true
}
