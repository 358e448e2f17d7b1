package analysis_test

import (
	"math/rand/v2"
	"testing"

	"github.com/g264/g264/h264/internal/analysis"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/internal/testenv"
)

// No macroblock takes more bits than the standard permits, 128 + RawMbBits, nor
// more than its samples, at the finest quantisers and on noise of every
// strength.
func TestMacroblockBits(t *testing.T) {
	testenv.OneGoroutine(t)
	const mbW, mbH = 4, 2
	rng := rand.New(rand.NewPCG(1, 1))
	near := 0 // macroblocks within 200 bits of the limit
	for _, preset := range analysis.Presets {
		for _, chroma444 := range []bool{false, true} {
			for qp := 0; qp <= 12; qp += 4 {
				c := newCoder(preset.Name, mbW, mbH, chroma444, qp)
				for contrast := 31; contrast < 256; contrast += 32 {
					picture := c.code(noise(rng, mbW, mbH, chroma444, 0, contrast), c.serial)
					picture.walk(func(v mbVisit) {
						if v.bits > maxMBBits(chroma444) {
							t.Errorf("%s, 4:4:4 %v, QP %d, contrast %d: macroblock of type %d has %d bits", preset.Name, chroma444, qp, contrast, v.mb.Type, v.bits)
						}
						if samples := maxMBBits(chroma444) - 128; v.mb.Type != macroblock.IPCM && v.bits > samples+16 {
							t.Errorf("%s, 4:4:4 %v, QP %d, contrast %d: macroblock of type %d has %d bits, its samples %d", preset.Name, chroma444, qp, contrast, v.mb.Type, v.bits, samples)
						}
						if v.mb.Type != macroblock.IPCM && v.bits > maxMBBits(chroma444)-200 {
							near++
						}
					})
				}
			}
		}
	}
	if near == 0 {
		t.Error("no macroblock was near the limit")
	}
}

// Where nothing else is as small, macroblocks are I_PCM, and lossless.
func TestPCMWhereItMustBe(t *testing.T) {
	const mbW, mbH = 3, 2
	for _, preset := range analysis.Presets {
		for _, chroma444 := range []bool{false, true} {
			rng := rand.New(rand.NewPCG(2, 2))
			c := newCoder(preset.Name, mbW, mbH, chroma444, 0)
			for range 2 {
				src := noise(rng, mbW, mbH, chroma444, 0, 255)
				picture := c.code(src, c.serial)
				picture.walk(func(v mbVisit) {
					if v.mb.Type != macroblock.IPCM {
						t.Errorf("%s, 4:4:4 %v: macroblock (%d, %d) of noise at QP 0 has type %d", preset.Name, chroma444, v.x, v.y, v.mb.Type)
					}
				})
				d := newDecoder(&picture, nil)
				for p := range d.pix {
					for i := range d.pix[p] {
						x, y := i%d.stride[p], i/d.stride[p]
						if got, want := d.sample(p, x, y), src.Planes[p].At(x, y)[0]; got != want {
							t.Fatalf("%s: plane %d, sample (%d, %d) is %d, not %d", preset.Name, p, x, y, got, want)
						}
					}
				}
			}
		}
	}
}
