package deblock_test

import (
	"hash/fnv"
	"math/rand/v2"
	"testing"

	"github.com/g264/g264/h264/internal/deblock"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
)

// randomPicture makes a picture of random macroblocks. Its samples vary by up
// to contrast, so that some edges pass the filter's thresholds and some don't.
func randomPicture(rng *rand.Rand, mbW, mbH int, chroma444 bool, contrast int) *planar {
	p := &planar{mbW: mbW, mbH: mbH, chroma444: chroma444}
	for i := range p.pix {
		p.w[i], p.h[i] = mbW*16, mbH*16
		if i > 0 && !chroma444 {
			p.w[i], p.h[i] = mbW*8, mbH*8
		}
		p.pix[i] = make([]uint8, p.w[i]*p.h[i])
		level := rng.IntN(256)
		for j := range p.pix[i] {
			if rng.IntN(100) == 0 {
				level = rng.IntN(256)
			}
			p.pix[i][j] = uint8(clip3(0, 255, level+rng.IntN(contrast+1)-contrast/2))
		}
	}
	mean, moving := rng.IntN(52), []float64{0.2, 0.9}[rng.IntN(2)]
	for range mbW * mbH {
		var mb macroblock.MB // P_Skip without a vector
		if rng.Float64() < moving {
			mb = randomMB(rng)
		}
		if mb.QP = int8(clip3(0, 51, mean+rng.IntN(13)-6)); rng.IntN(8) == 0 {
			mb.QP = int8(rng.IntN(52))
		}
		p.mbs = append(p.mbs, mb)
	}
	return p
}

// randomMB is any macroblock; those of P types have few different vectors and
// references and few coefficients, so that all strengths occur.
func randomMB(rng *rand.Rand) (mb macroblock.MB) {
	mb.Type = macroblock.Type([]int{0, 0, 1, 1, 2, 3, 4, 4, 5, 6, 7}[rng.IntN(11)])
	mb.Transform8x8 = mb.Type == macroblock.I4x4 && rng.IntN(2) == 0
	if mb.Type.IsIntra() {
		mb.Ref = [4]int8{-1, -1, -1, -1}
		if mb.Type != macroblock.IPCM {
			mb.CBP = 15
		}
		for i := range mb.TotalCoeff[0] {
			mb.TotalCoeff[0][i] = uint8(rng.IntN(3))
		}
		return mb
	}
	vector := func() macroblock.MV {
		return macroblock.MV{X: int16(rng.IntN(5)*2 - 4), Y: int16(rng.IntN(6))}
	}
	for i, p := range macroblock.Partitions[mb.Type] {
		if mb.Type != macroblock.PSkip {
			mb.SetRef(p, int8(rng.IntN(5)/4))
		}
		mb.SetMV(p, vector())
		if mb.Type == macroblock.P8x8 {
			mb.Sub[i] = macroblock.SubType(rng.IntN(4))
			for _, s := range macroblock.SubPartitions[mb.Sub[i]] {
				mb.SetMV(s.Within(i), vector())
			}
		}
	}
	if mb.Type == macroblock.PSkip || rng.IntN(2) == 0 {
		return mb
	}
	for i := range 16 {
		if rng.IntN(4) == 0 {
			mb.TotalCoeff[0][i] = uint8(1 + rng.IntN(16))
			mb.CBP |= 1 << (i/8*2 + i%4/2)
		}
		mb.TotalCoeff[1][i] = uint8(rng.IntN(2)) // of chroma, which doesn't count
	}
	mb.Transform8x8 = mb.ChoosesTransform() && rng.IntN(2) == 0
	return mb
}

// reconstruction puts a picture into the encoder's form; what isn't picture is
// noise.
func reconstruction(rng *rand.Rand, p *planar) *picture.Reconstruction {
	r := picture.NewReconstructions(1, p.mbW, p.mbH, p.chroma444, true)[0]
	r.Grid = macroblock.NewGrid(p.mbW * p.mbH)
	for i := range p.mbs {
		r.Set(i, &p.mbs[i])
		r.QP[i] = p.mbs[i].QP
	}
	for _, plane := range []*picture.Plane{&r.Luma.Plane, &r.Chroma, &r.Chroma44[0].Plane, &r.Chroma44[1].Plane} {
		for i := range plane.Pix {
			plane.Pix[i] = uint8(rng.IntN(256))
		}
	}
	for plane := range 3 {
		for y := range p.h[plane] {
			for x := range p.w[plane] {
				*sample(r, plane, x, y) = *p.at(plane, x, y)
			}
		}
	}
	return r
}

func sample(r *picture.Reconstruction, plane, x, y int) *uint8 {
	if plane > 0 && !r.Is444 {
		return &r.Chroma.At(2*x+plane-1, y)[0]
	}
	return &r.LumaLike(plane).At(x, y)[0]
}

// hashOutside is a hash of all samples around the picture.
func hashOutside(r *picture.Reconstruction) uint64 {
	h := fnv.New64a()
	for _, p := range []*picture.Plane{&r.Luma.Plane, &r.Chroma, &r.Chroma44[0].Plane, &r.Chroma44[1].Plane} {
		if len(p.Pix) == 0 {
			continue
		}
		h.Write(p.Pix[:p.Origin])
		for y := range p.H - 1 {
			h.Write(p.At(p.W, y)[:p.Stride-p.W])
		}
		h.Write(p.At(p.W, p.H-1))
	}
	return h.Sum64()
}

// Row by row, pictures of every kind of macroblock are filtered to the samples
// that clause 8.7 gives, and nothing outside the picture is touched.
func TestRow(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 7))
	var changed, unchanged int
	for i := range 400 {
		chroma444 := i&1 == 1
		p := randomPicture(rng, 1+rng.IntN(6), 1+rng.IntN(4), chroma444, []int{3, 12, 40, 255}[rng.IntN(4)])
		params := deblock.Params{OffsetA: 2 * (rng.IntN(13) - 6), OffsetB: 2 * (rng.IntN(13) - 6),
			ChromaOffset: rng.IntN(25) - 12}
		if rng.IntN(2) == 0 {
			params.OffsetA, params.OffsetB = 0, 0
		}
		r := reconstruction(rng, p)
		before := *p
		for plane := range before.pix {
			before.pix[plane] = append([]uint8(nil), p.pix[plane]...)
		}
		border := hashOutside(r)

		f := filter{p, params}
		f.picture()
		rows := deblock.New(params, p.mbW)
		for y := range p.mbH {
			rows.Row(r, y)
		}
		for plane := range 3 {
			for y := range p.h[plane] {
				for x := range p.w[plane] {
					got, want := *sample(r, plane, x, y), *p.at(plane, x, y)
					if got != want {
						t.Fatalf("picture %d (%dx%d macroblocks, 4:4:4 %v, %+v): plane %d, sample (%d, %d) is %d, want %d, was %d", i, p.mbW, p.mbH,
							chroma444, params, plane, x, y, got, want, *before.at(plane, x, y))
					}
					if want != *before.at(plane, x, y) {
						changed++
					} else {
						unchanged++
					}
				}
			}
		}
		if hashOutside(r) != border {
			t.Fatalf("picture %d: samples outside the picture were changed", i)
		}
	}
	if changed < 10000 || unchanged < 10000 {
		t.Errorf("%d samples changed, %d unchanged: the test isn't worth much", changed, unchanged)
	}
}

func TestTables(t *testing.T) {
	for i, want := range thresholds {
		tC0 := deblock.TC0[i]
		got := threshold{int(deblock.Alpha[i]), int(deblock.Beta[i]), [4]int{0, int(tC0[1]), int(tC0[2]), int(tC0[3])}}
		if got != want || tC0[0] != -1 {
			t.Errorf("index %d: %+v, and %d where bS is 0; want %+v and -1", i, got, tC0[0], want)
		}
	}
}
