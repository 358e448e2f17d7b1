package analysis

import "github.com/g264/g264/h264/internal/residual"

// In a lossless picture every candidate reconstructs the source: they differ in
// bits alone.

// losslessLambda1 is lambda1 there: a sample's difference of one takes about a bit.
const losslessLambda1 = 16

// losslessInterCost stands for the SATD cost of inter prediction where intra modes
// are weighed against it. It has them all coded: which residual takes fewer bits
// SATD doesn't say.
const losslessInterCost = 1 << 28

// losslessInter codes the residual of an inter macroblock over the prediction in
// c.rec.
func (w *Worker) losslessInter(c *candidate) {
	for p := 0; p < w.planes(); p++ {
		nonzero := residual.Bypass16(&c.res.Level[p], &w.src[p], &c.rec[p])
		c.mb.CBP |= setCounts(&c.mb, p, &nonzero)
		c.rec[p] = w.src[p]
	}
	c.predicted = 0
	if !w.f.Chroma44 {
		w.codeChroma420(c, residual.Inter)
	}
	w.maySkip(c)
	w.rate(c)
}

// losslessIntra16 codes the residual of Intra 16x16 in plane p over the prediction
// in c.rec.
func (w *Worker) losslessIntra16(c *candidate, p int) {
	nonzero := residual.BypassIntra16(&c.res.DC[p], &c.res.Level[p], &w.src[p], &c.rec[p])
	if setCounts(&c.mb, p, &nonzero) != 0 {
		c.mb.CBP |= 15
	}
	c.rec[p] = w.src[p]
}
