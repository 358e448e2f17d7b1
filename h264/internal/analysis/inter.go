package analysis

import (
	"github.com/g264/g264/h264/internal/entropy"
	"github.com/g264/g264/h264/internal/inter"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/residual"
	"github.com/g264/g264/internal/dsp"
)

// codeInter carries out inter prediction with the motion in mb, chooses levels and
// rates them. What is coded like luma is left to reconstruct.
func (w *Worker) codeInter(c *candidate, mb *macroblock.MB) {
	w.predict(c, mb)
	w.codePredicted(c)
}

// predict carries out inter prediction with the motion in mb.
func (w *Worker) predict(c *candidate, mb *macroblock.MB) {
	c.mb = *mb
	inter.Macroblock(&c.rec, w.f.Refs, w.f.Weights, w.x*16, w.y*16, &c.mb, &w.patches)
}

// codePredicted is codeInter for a candidate whose prediction is made.
func (w *Worker) codePredicted(c *candidate) {
	if w.f.Lossless {
		w.losslessInter(c)
		return
	}
	saved := w.quantiseInter(c)
	if !w.f.Chroma44 {
		w.codeChroma420(c, residual.Inter)
	}
	w.maySkip(c)
	c.predicted = 1<<w.planes() - 1
	c.chroma = w.chromaCost(c)
	c.cost = w.predictionCost(c) - saved + c.chroma + w.bitCost(w.headBits(c))
}

// maySkip makes an inter candidate P_Skip where that says the same.
func (w *Worker) maySkip(c *candidate) {
	if c.mb.CBP == 0 && c.mb.Type == macroblock.P16x16 && c.mb.Ref[0] == 0 && c.mb.MV[0] == c.mb.SkipMV(&w.n) {
		c.mb.Type = macroblock.PSkip
	}
}

// quantiseInter chooses the levels of an inter macroblock in the planes that are
// coded like luma, over the prediction in c.rec, and returns what they save of its
// cost. It drops quadrants whose bits cost more than they gain.
func (w *Worker) quantiseInter(c *candidate) (total int64) {
	saved := &c.saved
	*saved = [4]int64{}
	for p := 0; p < w.planes(); p++ {
		nonzero := w.quantiser(p).Inter16(&c.res.Level[p], &w.coef, &w.src[p], &c.rec[p])
		for quad, s := range w.optimise16(c, entropy.Block4x4, p, &nonzero) {
			saved[quad] += s
		}
		c.mb.CBP |= setCounts(&c.mb, p, &nonzero)
	}
	for quad, s := range saved {
		switch {
		case s <= 0:
			c.mb.CBP &^= 1 << quad
			saved[quad] = 0
		case c.mb.CBP>>quad&1 != 0:
			total += s
		}
	}
	clearQuadrants(&c.mb, w.planes())
	return total
}

// predictionCost is the distortion of the prediction in the planes that are coded
// like luma.
func (w *Worker) predictionCost(c *candidate) int64 {
	d := 0
	for p := 0; p < w.planes(); p++ {
		d += dsp.SSD(dsp.B16x16, w.src[p][:], srcStride, c.rec[p][:], srcStride)
	}
	return int64(d) << 8
}

// chromaCost is the cost of the chroma blocks of 4:2:0.
func (w *Worker) chromaCost(c *candidate) int64 {
	if w.f.Chroma44 {
		return 0
	}
	d := dsp.SSD(dsp.B8x8, w.src[1][:], srcStride, c.rec[1][:], srcStride) +
		dsp.SSD(dsp.B8x8, w.src[2][:], srcStride, c.rec[2][:], srcStride)
	return int64(d)<<8 + w.bitCost(w.chromaBits(c))
}

// reconstruct adds the residual of an inter macroblock to its prediction, where that
// has not been done.
func (w *Worker) reconstruct(c *candidate) {
	if c.predicted == 0 {
		return
	}
	for p := 0; p < w.planes(); p++ {
		q, quads := w.quantiser(p), uint(codedQuadrants(&c.mb.TotalCoeff[p]))
		switch {
		case quads == 0:
		case c.mb.Transform8x8:
			q.Add8x8Four(&c.rec[p], &c.res.Level[p], quads)
		default:
			q.Add16(&c.rec[p], &c.res.Level[p], quads)
		}
	}
	if !w.f.Chroma44 && c.predicted&2 != 0 {
		w.addChroma420(c)
	}
	c.predicted = 0
}

// skip makes the P_Skip candidate, if its vector is in range. certain says that
// no residual would be coded over its prediction; it must be, to be lossless.
func (w *Worker) skip(c *candidate) (ok, certain bool) {
	ok = w.predictSkip(c)
	w.still = ok && (w.f.Lossless || w.zeroResidual(&c.rec))
	return ok, w.still
}

// predictSkip makes the P_Skip candidate, if its vector is in range and, where the
// picture is lossless, its prediction exact.
func (w *Worker) predictSkip(c *candidate) bool {
	mv := c.mb.SkipMV(&w.n)
	if !w.motion.contains(mv) {
		return false
	}
	c.mb.SetSkip(int8(w.qp), mv)
	c.predicted = 0
	inter.Macroblock(&c.rec, w.f.Refs, w.f.Weights, w.x*16, w.y*16, &c.mb, &w.patches)
	return !w.f.Lossless || w.distortion(c) == 0
}

// zeroResidual reports whether all levels over the prediction of P_Skip are zero.
func (w *Worker) zeroResidual(pred *macroblock.Src) bool {
	if w.coded {
		return false
	}
	for p := 0; p < w.planes(); p++ {
		if !w.quantiser(p).Zero16(w.src[p][:], srcStride, pred[p][:], srcStride) {
			return false
		}
	}
	if w.f.Chroma44 {
		return true
	}
	return w.zeroChroma(pred)
}

// zeroChroma reports whether all chroma levels over a prediction in 4:2:0 are zero.
func (w *Worker) zeroChroma(pred *macroblock.Src) bool {
	return w.quantiser(1).ZeroChroma8(&[2][]uint8{w.src[1][:], w.src[2][:]}, &[2][]uint8{pred[1][:], pred[2][:]})
}
