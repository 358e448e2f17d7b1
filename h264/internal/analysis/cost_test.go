package analysis

import (
	"math/rand/v2"
	"testing"

	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
)

// noisyWorker is a worker at the middle of a P picture of 3x3 macroblocks; source and
// reference are noise.
func noisyWorker(r *rand.Rand, chroma444, cabac bool, qp int) *Worker {
	f := NewFrame(3, 3, chroma444)
	f.Preset, _ = PresetByName("medium")
	f.QP, f.FineQP, f.Offsets, f.CABAC, f.Transform8x8 = qp, qp*256, make([]int16, 9), cabac, true
	f.Src, f.Rec = picture.NewSources(1, 3, 3, chroma444)[0], picture.NewReconstructions(1, 3, 3, chroma444, true)[0]
	f.Rec.Grid = macroblock.NewGrid(9)
	ref := picture.NewReconstructions(1, 3, 3, chroma444, true)[0]
	f.Refs = []*picture.Reconstruction{ref}
	noise := func(pix []uint8) {
		for i := range pix {
			pix[i] = uint8(116 + r.IntN(24))
		}
	}
	for p := range f.Src.Planes {
		noise(f.Src.Planes[p].Pix)
		if p == 0 || chroma444 {
			noise(ref.LumaLike(p).Pix)
		}
	}
	if !chroma444 {
		noise(ref.Chroma.Pix)
	}
	w := NewWorker(chroma444)
	w.f, w.y = f, 1
	w.startBits()
	w.enter(1)
	w.load()
	return w
}

// What inter candidates are said to cost before they are reconstructed, block by
// block and by coefficients, they do cost.
func TestInterCostIsThatOfReconstruction(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for qp := 8; qp <= 32; qp += 4 {
		for kind := range 4 {
			w := noisyWorker(r, kind&1 != 0, kind&2 != 0, qp)
			mb := macroblock.MB{Type: macroblock.P16x16, QP: int8(w.qp)}
			mb.SetMV(macroblock.Partitions[macroblock.P16x16][0], macroblock.MV{X: 8, Y: 4})
			for range 16 { // so that CABAC's states are those of noise
				w.costsKnown = 0
				w.codeInter(w.best, &mb)
				w.best.saved = [4]int64{-1 << 40} // so that it doesn't give up
				if !w.codeInter8(w.trial, w.best) {
					t.Fatal("gave up")
				}
				w.learnBits(w.best)
				w.learnBits(w.trial)
			}
			for _, c := range []*candidate{w.best, w.trial} {
				said := c.cost
				w.reconstruct(c)
				w.rate(c)
				if said < c.cost-c.cost/12 || said > c.cost+c.cost/12 {
					t.Errorf("QP %d, 4:4:4 %t, CABAC %t, 8x8 %t: said to cost %d, costs %d", qp, kind&1 != 0, kind&2 != 0, c.mb.Transform8x8, said, c.cost)
				}
			}
		}
	}
}
