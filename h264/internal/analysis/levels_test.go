package analysis

import (
	"math/rand/v2"
	"testing"

	"github.com/g264/g264/h264/internal/entropy"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/internal/dsp"
)

// newLevelWorker makes a worker that decides on levels alone.
func newLevelWorker(cabac bool, qp int) (*Worker, *candidate) {
	w := NewWorker(false)
	w.f = NewFrame(1, 1, false)
	w.f.Preset, _ = PresetByName("medium")
	w.f.CABAC, w.f.QP, w.qp = cabac, qp, qp
	w.lambda1, w.lambda2 = int(lambda1[qp]), int64(lambda2[qp])
	w.cabac.BeginSlice(nil, w.f.Slice())
	return w, new(candidate)
}

// costDC is what DC levels cost in 1/256 bit, less what they would without distortion.
func (w *Worker) costDC(p int, level []int16, bits int) int64 {
	cost := int64(bits)
	for i, l := range level {
		cost -= dsp.GainedCost(int64(w.choice.exact[i]), int64(max(l, -l)), w.choice.scale(w.quantiser(p).DCErrors()[i]))
	}
	return cost
}

// DC levels that are chosen cost less than those that are rounded, in distortion
// and bits together, with both entropy coders; and many take fewer bits.
func TestDCLevelsAreOptimised(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 6))
	for _, cabac := range []bool{false, true} {
		for _, kind := range []entropy.BlockKind{entropy.BlockDC16, entropy.BlockChromaDC} {
			lowered := 0
			for range 2000 {
				w, c := newLevelWorker(cabac, 20+rng.IntN(27))
				p, count, nC := 0, kind.Levels(), 0
				if kind == entropy.BlockChromaDC {
					p, nC = 1, -1
				}
				q := w.quantiser(p)
				var coef, rounded [16]int16
				for i := range count {
					coef[i] = int16(rng.NormFloat64() * float64(int(12)<<(w.qp/6)))
					w.coef[i][0] = coef[i]
				}
				q.ExactDC(&w.choice.exact, coef[:count])
				nonzero := false
				for i := range count {
					l := int16(w.choice.exact[i]+85) >> 8
					if coef[i] < 0 {
						l = -l
					}
					rounded[i] = l
					nonzero = nonzero || l != 0
				}
				c.res.DC[p] = rounded
				if got := w.optimiseDC(c, kind, p); got != (c.res.DC[p] != [16]int16{}) {
					t.Fatalf("levels %v are said to be left: %v", c.res.DC[p][:count], got)
				}
				bits := func(level *[16]int16) int {
					if cabac {
						return w.costsOf(kind, p).Levels(level, 0, uint(count), 0)
					}
					return entropy.BlockBits(level, 0, count, nC) << 8
				}
				before, after := bits(&rounded), bits(&c.res.DC[p])
				// With CABAC a level decides what those before it cost, which a choice doesn't foresee.
				if a, b := w.costDC(p, rounded[:count], before), w.costDC(p, c.res.DC[p][:count], after); nonzero && (b > a && !cabac || b > a+8<<8) {
					t.Fatalf("CABAC %v, kind %d, QP %d: levels %v cost %d, %v cost %d", cabac, kind, w.qp, rounded[:count], a, c.res.DC[p][:count], b)
				}
				if after < before {
					lowered++
				}
			}
			if lowered < 200 {
				t.Errorf("CABAC %v, kind %d: %d blocks of 2000 take fewer bits", cabac, kind, lowered)
			}
		}
	}
}

// With CAVLC an 8x8 block is optimised as the four that it is coded as, and their
// counts are what is left.
func TestLevelsOf8x8AreOptimisedWithCAVLC(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	saved := 0
	for range 500 {
		var bits [2]int
		qp, size := 20+rng.IntN(27), float64(rng.IntN(40))
		var coef [64]int16
		for i := range coef {
			coef[i] = int16(rng.NormFloat64() * size * float64(int(1)<<(qp/6)))
		}
		for pass := range bits {
			w, c := newLevelWorker(false, qp)
			if pass == 0 {
				w.f.Preset, _ = PresetByName("ultrafast")
			}
			quad := rng.IntN(4)
			n, _ := w.levels8(c, 0, quad, &coef, 0)
			left := 0
			for i := 4 * quad; i < 4*quad+4; i++ {
				count := 0
				for _, l := range c.res.Level[0][i] {
					if l != 0 {
						count++
					}
				}
				left += count
				if got := c.mb.TotalCoeff[0][macroblock.BlockRaster[i]]; pass == 1 && n > 0 && int(got) != count {
					t.Fatalf("block %d has %d levels, the count is %d", i, count, got)
				}
				bits[pass] += entropy.BlockBits(&c.res.Level[0][i], 0, 16, 0)
			}
			if n != left {
				t.Fatalf("%d levels are left, said to be %d", left, n)
			}
		}
		if bits[1] > bits[0]+16 {
			t.Errorf("QP %d: %d bits, rounded %d", qp, bits[1], bits[0])
		}
		if bits[1] < bits[0] {
			saved++
		}
	}
	if saved < 250 {
		t.Errorf("%d blocks of 500 take fewer bits", saved)
	}
}
