package analysis

import (
	"github.com/g264/g264/h264/internal/entropy"
	"github.com/g264/g264/h264/internal/intra"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/residual"
	"github.com/g264/g264/internal/dsp"
)

// newIntra is a macroblock of an intra type.
func (w *Worker) newIntra(t macroblock.Type) macroblock.MB {
	return macroblock.MB{Type: t, QP: int8(w.qp), Ref: [4]int8{-1, -1, -1, -1}}
}

// intra16Mode picks the Intra 16x16 mode by SATD and returns its cost; the
// prediction is left in w.pred[0].
func (w *Worker) intra16Mode() (mode uint8, cost int) {
	cost = 1 << 30
	for _, m := range intra.Luma16Modes(w.avail) {
		c := w.lambda1 * entropy.I16TypeBits(m, 15, len(w.f.Refs) > 0)
		for p := 0; p < w.planes(); p++ {
			intra.Luma16(&w.pred[1][p], &w.rec[p], m, w.avail)
			c += 16 * dsp.SATD(dsp.B16x16, w.src[p][:], srcStride, w.pred[1][p][:], srcStride)
		}
		if c < cost {
			mode, cost = m, c
			for p := 0; p < w.planes(); p++ {
				w.pred[0][p], w.pred[1][p] = w.pred[1][p], w.pred[0][p]
			}
		}
	}
	return mode, cost
}

// codeIntra16 carries out Intra 16x16 with the luma prediction in w.pred[0].
func (w *Worker) codeIntra16(c *candidate, mode uint8) {
	c.mb = w.newIntra(macroblock.I16x16)
	c.mb.I16Mode = mode
	for p := 0; p < w.planes(); p++ {
		c.rec[p] = w.pred[0][p]
		nonzero, ac := w.quantiser(p).Intra16(&c.res.DC[p], &c.res.Level[p], &w.src[p], &c.rec[p])
		setCounts(&c.mb, p, &nonzero)
		if ac {
			c.mb.CBP |= 15
		}
	}
	w.codeIntraChroma(c)
	w.rate(c)
}

// codeIntraChroma picks the chroma mode of 4:2:0 by SATD and codes both blocks.
func (w *Worker) codeIntraChroma(c *candidate) {
	if w.f.Chroma44 {
		return
	}
	best := 1 << 30
	for _, m := range intra.ChromaModes(w.avail) {
		cost := w.lambda1 * entropy.ChromaModeBits(m)
		for p := 1; p < 3; p++ {
			intra.Chroma8(&w.pred[1][p], &w.rec[p], m, w.avail)
			cost += 16 * dsp.SATD(dsp.B8x8, w.src[p][:], srcStride, w.pred[1][p][:], srcStride)
		}
		if cost < best {
			best = cost
			c.mb.ChromaMode = m
			c.rec[1], c.rec[2] = w.pred[1][1], w.pred[1][2]
		}
	}
	w.codeChroma420(c, residual.Intra)
}

// codeIntra4 carries out Intra 4x4, block by block. It gives up, returning
// false, as soon as the sum of SATD costs passes limit.
func (w *Worker) codeIntra4(c *candidate, limit int) bool {
	c.mb = w.newIntra(macroblock.I4x4)
	sum := 24 * w.lambda1 // side information beyond that of Intra 16x16
	for i, r := range macroblock.BlockRaster {
		bx, by := int(r&3), int(r>>2)
		sum += w.intra4Block(c, i, bx, by)
		if sum > limit {
			return false
		}
	}
	for p := 0; p < w.planes(); p++ {
		for i, r := range macroblock.BlockRaster {
			if c.mb.TotalCoeff[p][r] != 0 {
				c.mb.CBP |= 1 << (i >> 2)
			}
		}
		dsp.CopyBlock(c.rec[p][:], srcStride, w.rec[p][macroblock.RecOrigin:], macroblock.RecStride, 16, 16)
	}
	w.codeIntraChroma(c)
	w.rate(c)
	return true
}

// intra4Block decides and codes 4x4 block i (coding order) of all luma-like
// planes in w.rec, and returns its SATD cost.
func (w *Worker) intra4Block(c *candidate, i, bx, by int) int {
	r := by*4 + bx
	predicted := c.mb.I4Predictor(&w.n, bx, by)
	var modes []uint8
	var costs [9]int
	for p := 0; p < w.planes(); p++ {
		modes = intra.Luma4(&w.modes[p], &w.rec[p], bx, by, w.avail)
		src := w.src[p][by*4*srcStride+bx*4:]
		for k := range modes {
			costs[k] += 16 * dsp.SATD(dsp.B4x4, src, srcStride, w.modes[p][k][:], intra.Stride4)
		}
	}
	for k, m := range modes {
		costs[k] += w.lambda1 * entropy.I4ModeBits(m, predicted)
	}
	best := w.pickIntra4(c, modes, costs[:len(modes)], i, bx, by, predicted)
	c.mb.I4Modes[r] = modes[best]
	w.codeIntra4Block(c, best, i, bx, by)
	return costs[best]
}

// pickIntra4 returns the index of the best mode: by SATD, or by the distortion
// and bits of the best few.
func (w *Worker) pickIntra4(c *candidate, modes []uint8, costs []int, i, bx, by int, predicted uint8) int {
	trials := min(w.f.Preset.Intra4RD, len(modes))
	least, best := int64(1)<<62, 0
	var tried [9]bool
	for t := 0; t < trials; t++ {
		k := cheapest(costs, &tried)
		if trials == 1 {
			return k
		}
		if 2*costs[k] > 3*costs[best] && t > 0 {
			break
		}
		tried[k] = true
		ssd, bits := w.codeIntra4Block(c, k, i, bx, by)
		cost := ssd<<8 + w.lambda2*int64(bits+entropy.I4ModeBits(modes[k], predicted))
		if cost < least {
			least, best = cost, k
		}
	}
	return best
}

// cheapest returns the index of the least cost that was not tried.
func cheapest(costs []int, tried *[9]bool) int {
	best := -1
	for k, c := range costs {
		if !tried[k] && (best < 0 || c < costs[best]) {
			best = k
		}
	}
	return best
}

// codeIntra4Block codes 4x4 block i with the prediction of index k in w.modes,
// and returns its distortion and bits.
func (w *Worker) codeIntra4Block(c *candidate, k, i, bx, by int) (ssd int64, bits int) {
	for p := 0; p < w.planes(); p++ {
		src, rec := w.src[p][by*4*srcStride+bx*4:], w.rec[p][macroblock.RecAt(bx*4, by*4):]
		dsp.CopyBlock(rec, macroblock.RecStride, w.modes[p][k][:], intra.Stride4, 4, 4)
		n := w.quantiser(p).Block4(&c.res.Level[p][i], src, rec, macroblock.RecStride)
		c.mb.TotalCoeff[p][by*4+bx] = uint8(n)
		if w.f.Preset.Intra4RD > 1 {
			ssd += int64(dsp.SSD(dsp.B4x4, src, srcStride, rec, macroblock.RecStride))
			bits += entropy.BlockBits(&c.res.Level[p][i], 0, 16, c.mb.NC(&w.n, p, bx, by, 4))
		}
	}
	return ssd, bits
}
