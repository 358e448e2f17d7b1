package analysis

import (
	"encoding/binary"

	"github.com/g264/g264/h264/internal/entropy"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/residual"
	"github.com/g264/g264/internal/dsp"
)

// quantiser returns the quantiser of plane p.
func (w *Worker) quantiser(p int) *residual.Quantiser {
	if p == 0 {
		return &residual.Quantisers[w.qp]
	}
	return &residual.Quantisers[macroblock.ChromaQP(w.qp, w.f.ChromaOffset)]
}

// blockOf is the shape of a partition of w x h blocks of 4x4 samples.
func blockOf(w, h uint8) dsp.Block {
	return [5][5]dsp.Block{
		1: {1: dsp.B4x4, 2: dsp.B4x8},
		2: {1: dsp.B8x4, 2: dsp.B8x8, 4: dsp.B8x16},
		4: {2: dsp.B16x8, 4: dsp.B16x16},
	}[w][h]
}

// distortion is the squared error of a candidate's reconstruction.
func (w *Worker) distortion(c *candidate) int64 {
	d := dsp.SSD(dsp.B16x16, w.src[0][:], srcStride, c.rec[0][:], srcStride)
	b := dsp.B8x8
	if w.f.Chroma44 {
		b = dsp.B16x16
	}
	d += dsp.SSD(b, w.src[1][:], srcStride, c.rec[1][:], srcStride)
	d += dsp.SSD(b, w.src[2][:], srcStride, c.rec[2][:], srcStride)
	return int64(d)
}

// rate sets the cost of a reconstructed candidate from its bits and its distortion.
func (w *Worker) rate(c *candidate) {
	if w.f.Preset.Rough && len(w.f.Refs) > 0 && w.fewLevels(c) {
		c.cost = 0 // rough decisions need it near the limit of bits alone
		return
	}
	c.cost = w.distortion(c)<<8 + w.bitCost(w.macroblockBits(c))
}

// bitCost is the cost of bits, which are in 1/256.
func (w *Worker) bitCost(bits int) int64 { return w.lambda2 * int64(bits) >> 8 }

// levels sums TotalCoeff of a candidate: its levels, but for DC levels that are apart.
func (c *candidate) levels() int {
	const even, ones = 0x00ff00ff00ff00ff, 0x0001000100010001
	var pairs uint64 // four sums of 16 bits
	for p := range c.mb.TotalCoeff {
		counts := &c.mb.TotalCoeff[p]
		v, u := binary.LittleEndian.Uint64(counts[:8]), binary.LittleEndian.Uint64(counts[8:])
		pairs += v&even + v>>8&even + u&even + u>>8&even
	}
	return int(pairs * ones >> 48)
}

// few is the number of levels up to which a macroblock is far from the standard's limit
// of bits, whatever the levels are.
const few = 64

// fewLevels reports whether a candidate is far from the limit of bits by the number of
// its levels, or is I_PCM, which has bits of its own.
func (w *Worker) fewLevels(c *candidate) bool {
	n := c.levels()
	if c.mb.Transform8x8 && w.f.CABAC {
		n /= 4 // each is counted in four blocks
	}
	return c.mb.Type == macroblock.IPCM || n <= few
}

// setCounts enters the non-zero counts of a 16x16 plane, given in coding order,
// and returns the coded_block_pattern bits of its quadrants.
func setCounts(mb *macroblock.MB, p int, nonzero *[16]uint8) (cbp uint8) {
	counts := &mb.TotalCoeff[p]
	for half := 0; half < 2; half++ {
		// Of four pairs of blocks, the two in the middle change places.
		v := binary.LittleEndian.Uint64(nonzero[8*half:])
		binary.LittleEndian.PutUint64(counts[8*half:], v&0xffff00000000ffff|v&0xffff0000<<16|v>>16&0xffff0000)
		if uint32(v) != 0 {
			cbp |= 1 << (2 * half)
		}
		if v>>32 != 0 {
			cbp |= 2 << (2 * half)
		}
	}
	return cbp
}

// codedQuadrants is the set of a plane's quadrants that have levels, by bit.
func codedQuadrants(counts *[16]uint8) (set uint8) {
	for quad := range 4 {
		if at := firstCount(quad); counts[at]|counts[at+1]|counts[at+4]|counts[at+5] != 0 {
			set |= 1 << quad
		}
	}
	return set
}

// clearQuadrants zeroes the counts of quadrants that are not coded.
func clearQuadrants(mb *macroblock.MB, planes int) {
	for p := range min(planes, len(mb.TotalCoeff)) {
		for quad := range 4 {
			if mb.CBP>>quad&1 == 0 {
				clearQuadrant(mb, p, quad)
			}
		}
	}
}

// firstCount is where the counts of a quadrant begin in TotalCoeff; the others are 1, 4
// and 5 behind.
func firstCount(quad int) int { return quad>>1*8 + quad&1*2 }

// clearQuadrant zeroes the counts of a quadrant.
func clearQuadrant(mb *macroblock.MB, p, quad int) {
	counts, at := &mb.TotalCoeff[p], firstCount(quad)
	counts[at], counts[at+1], counts[at+4], counts[at+5] = 0, 0, 0, 0
}

// codeChroma420 codes both chroma blocks of a candidate over the predictions
// in its rec.
func (w *Worker) codeChroma420(c *candidate, kind int) {
	w.quantiseChroma420(c, kind)
	w.addChroma420(c)
}

// quantiseChroma420 chooses the levels of both chroma blocks of a candidate over the
// predictions in its rec, and sets the chroma bits of CBP. For rough decisions it
// returns by about how much less distortion there is with them, and their number.
func (w *Worker) quantiseChroma420(c *candidate, kind int) (gain int64, levels int) {
	if kind == residual.Inter && !w.f.Lossless && w.zeroChroma(&c.rec) {
		return 0, 0 // as most have it, known sooner
	}
	var anyDC, anyAC bool
	for p := 1; p < 3; p++ {
		ac, dc := w.chromaLevels(c, p, kind)
		if w.f.Preset.Rough && !w.f.Lossless && (dc || ac != [4]uint8{}) {
			g, n := w.quantiser(p).GainChroma8(&c.res.DC[p], &c.res.Level[p], &w.coef, &ac)
			gain, levels = gain+g, levels+n
		}
		c.mb.TotalCoeff[p] = [16]uint8{ac[0], ac[1], ac[2], ac[3]}
		anyDC = anyDC || dc
		anyAC = anyAC || ac != [4]uint8{}
	}
	switch {
	case anyAC:
		c.mb.CBP |= 2 << 4
	case anyDC:
		c.mb.CBP |= 1 << 4
	}
	return gain, levels
}

// addChroma420 adds the residual of both chroma blocks to their predictions.
func (w *Worker) addChroma420(c *candidate) {
	if c.mb.CBP>>4 == 0 {
		return
	}
	for p := 1; p < 3; p++ {
		if w.f.Lossless {
			c.rec[p] = w.src[p]
			continue
		}
		ac := (*[4]uint8)(c.mb.TotalCoeff[p][:])
		w.quantiser(p).AddChroma8(&c.rec[p], &c.res.DC[p], &c.res.Level[p], ac, c.mb.CBP>>4 == 2)
	}
}

// chromaLevels sets the levels of a chroma block over the prediction in c.rec. It
// returns the number of non-zero AC levels of each 4x4 block and whether any DC
// level is not zero.
func (w *Worker) chromaLevels(c *candidate, p, kind int) (nonzero [4]uint8, dc bool) {
	if w.f.Lossless {
		return residual.BypassChroma8(&c.res.DC[p], &c.res.Level[p], &w.src[p], &c.rec[p])
	}
	nonzero, dc = w.quantiser(p).Chroma8(&c.res.DC[p], &c.res.Level[p], &w.coef, &w.src[p], &c.rec[p], kind)
	if !w.f.Preset.OptimiseLevels {
		return nonzero, dc
	}
	dc = w.optimiseDC(c, entropy.BlockChromaDC, p)
	if w.f.CABAC {
		w.chooseAC(c, p, &nonzero)
		return nonzero, dc
	}
	for j := range nonzero {
		if nonzero[j] != 0 {
			b := chromaBlock(p, j)
			w.setContext(c, &b)
			n, _ := w.optimise(c, &b, &w.coef[j], int(nonzero[j]))
			nonzero[j] = uint8(n)
		}
		c.mb.TotalCoeff[p][j] = nonzero[j]
	}
	return nonzero, dc
}

// codePCM makes the I_PCM candidate.
func (w *Worker) codePCM(c *candidate) {
	w.startIntra(c, macroblock.IPCM)
	c.rec = w.src
	for p := range c.rec {
		size := w.f.blockSize(p)
		for i := 0; i < size*size/16; i++ {
			c.mb.TotalCoeff[p][i] = 16
		}
		for y := 0; y < size; y++ {
			for x := 0; x < size; x++ {
				*c.res.PCM(p, y*size+x) = int16(c.rec[p][y*srcStride+x])
			}
		}
	}
	w.rate(c)
}
