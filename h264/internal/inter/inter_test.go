package inter_test

import (
	"math/rand/v2"
	"testing"

	"github.com/g264/g264/h264/internal/inter"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/syntax"
)

// sizes of pictures, in macroblocks.
var sizes = [][2]int{{1, 1}, {3, 2}, {2, 4}}

// Every block that a partition can have is predicted sample by sample as clause
// 8.4.2.2.1 says, at all sixteen positions between samples, inside the picture
// and over its edges.
func TestBlockAndLuma(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	var positions [16]int
	for _, size := range sizes {
		for i := range 2 {
			ref, bare := newReference(rng, size[0], size[1], false, true, i > 0), newReference(rng, size[0], size[1], false, false, i > 0)
			var patch inter.Patch
			w, h := size[0]*16, size[1]*16
			for range 150 {
				x, y := 16*rng.IntN(size[0]), 16*rng.IntN(size[1])
				p := randomPartition(rng)
				mv := randomMV(rng, x, y, w, h)
				positions[mv.Y&3<<2|mv.X&3]++
				checkBlock(t, &ref, x, y, p, mv)
				checkLuma(t, &ref, x, y, p, mv, nil)
				checkLuma(t, &bare, x, y, p, mv, &patch)
				checkPatch(t, rng, &bare, x, y, p, mv, &patch)
			}
		}
	}
	for i, n := range positions {
		if n == 0 {
			t.Errorf("position (%d/4, %d/4) was never tried", i&3, i>>2)
		}
	}
}

func randomPartition(rng *rand.Rand) macroblock.Partition {
	mbType := macroblock.Type(rng.IntN(5))
	if mbType != macroblock.P8x8 {
		parts := macroblock.Partitions[mbType]
		return parts[rng.IntN(len(parts))]
	}
	parts := macroblock.SubPartitions[rng.IntN(4)]
	return parts[rng.IntN(len(parts))].Within(rng.IntN(4))
}

func checkBlock(t *testing.T, ref *reference, x, y int, p macroblock.Partition, mv macroblock.MV) {
	t.Helper()
	bx, by, w, h := int(p.X)*4, int(p.Y)*4, int(p.W)*4, int(p.H)*4
	var block [256]uint8
	luma := &ref.recon.Luma
	inter.Block(block[:], luma, x+bx, y+by, w, h, mv)
	a, b := inter.Offsets(luma, x+bx, y+by, mv)
	for dy := range h {
		for dx := range w {
			want := ref.predict(0, x+bx+dx, y+by+dy, mv)
			i := dy*luma.Stride + dx
			if got := (int(luma.All[a+i]) + int(luma.All[b+i]) + 1) >> 1; got != want {
				t.Fatalf("block at (%d, %d), vector %v: the average at Offsets is %d, want %d", x+bx, y+by, mv, got, want)
			}
			if got := block[dy*macroblock.SrcStride+dx]; int(got) != want {
				t.Fatalf("block at (%d, %d), vector %v: (%d, %d) is %d, want %d", x+bx, y+by, mv, dx, dy, got, want)
			}
		}
	}
}

func checkLuma(t *testing.T, ref *reference, x, y int, p macroblock.Partition, mv macroblock.MV, patch *inter.Patch) {
	t.Helper()
	bx, by, w, h := int(p.X)*4, int(p.Y)*4, int(p.W)*4, int(p.H)*4
	var dst [256]uint8
	for i := range dst {
		dst[i] = 77
	}
	inter.Luma(&dst, &ref.recon.Luma, x, y, p, mv, patch)
	for i, got := range dst {
		dx, dy := i%macroblock.SrcStride, i/macroblock.SrcStride
		if dx < bx || dx >= bx+w || dy < by || dy >= by+h {
			if got != 77 {
				t.Fatalf("partition %+v: Luma wrote (%d, %d)", p, dx, dy)
			}
			continue
		}
		if want := ref.predict(0, x+dx, y+dy, mv); int(got) != want {
			t.Fatalf("macroblock at (%d, %d), partition %+v, vector %v: Luma (%d, %d) is %d, want %d", x, y, p, mv, dx, dy, got, want)
		}
	}
}

// checkPatch searches around mv in a patch and predicts with what it finds.
func checkPatch(t *testing.T, rng *rand.Rand, ref *reference, x, y int, p macroblock.Partition, mv macroblock.MV, patch *inter.Patch) {
	t.Helper()
	bx, by, w, h := int(p.X)*4, int(p.Y)*4, int(p.W)*4, int(p.H)*4
	patch.Around(&ref.recon.Luma, x+bx, y+by, w, h, mv)
	const reach = 4 * inter.PatchMargin
	near := macroblock.MV{X: mv.X&^3 + int16(rng.IntN(2*reach)) - reach, Y: mv.Y&^3 + int16(rng.IntN(2*reach)) - reach}
	a, b := inter.Offsets(&patch.RefPlane, x+bx, y+by, near)
	for dy := range h {
		for dx := range w {
			i := dy*patch.Stride + dx
			want := ref.predict(0, x+bx+dx, y+by+dy, near)
			if got := (int(patch.All[a+i]) + int(patch.All[b+i]) + 1) >> 1; got != want {
				t.Fatalf("block at (%d, %d), vector %v in the patch around %v: the average at Offsets is %d, want %d", x+bx, y+by, near, mv, got, want)
			}
		}
	}
	checkLuma(t, ref, x, y, p, near, patch)
}

// randomMB is a P macroblock, divided in any way, with references and vectors
// at random.
func randomMB(rng *rand.Rand, refs, x, y, w, h int) *macroblock.MB {
	mb := &macroblock.MB{Type: macroblock.Type(rng.IntN(5))}
	for i, p := range macroblock.Partitions[mb.Type] {
		if mb.Type != macroblock.PSkip {
			mb.SetRef(p, int8(rng.IntN(refs)))
		}
		if mb.Type != macroblock.P8x8 {
			mb.SetMV(p, randomMV(rng, x, y, w, h))
			continue
		}
		mb.Sub[i] = macroblock.SubType(rng.IntN(4))
		for _, s := range macroblock.SubPartitions[mb.Sub[i]] {
			mb.SetMV(s.Within(i), randomMV(rng, x, y, w, h))
		}
	}
	return mb
}

// A whole macroblock is predicted in all planes of both chroma formats: each
// sample with the vector and from the reference picture of the 4x4 luma block
// over it.
func TestMacroblock(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for k := range 4 {
		chroma444, half := k&1 != 0, k&2 != 0
		for _, size := range sizes {
			refs := []reference{
				newReference(rng, size[0], size[1], chroma444, half, false),
				newReference(rng, size[0], size[1], chroma444, half, true),
				newReference(rng, size[0], size[1], chroma444, half, false),
			}
			var patches [3]inter.Patch
			for range 40 {
				checkMacroblock(t, rng, refs, &patches, size, 16*rng.IntN(size[0]), 16*rng.IntN(size[1]))
			}
		}
	}
}

// randomWeights are weights for n references, nil as often as not.
func randomWeights(rng *rand.Rand, n int) *syntax.WeightTable {
	if rng.IntN(2) == 0 {
		return nil
	}
	t := &syntax.WeightTable{Log2Denom: [2]uint8{uint8(rng.IntN(7)), uint8(rng.IntN(7))}, Refs: make([]syntax.RefWeight, n)}
	for i := range t.Refs {
		for p := range t.Refs[i] {
			t.Refs[i][p] = t.Identity(p)
			if rng.IntN(2) == 0 {
				t.Refs[i][p].Scale += int8(rng.IntN(9) - 4)
				t.Refs[i][p].Offset = int8(rng.IntN(41) - 20)
			}
		}
	}
	return t
}

// weighted is 8-298 and 8-299.
func weighted(sample int, logWD uint8, k syntax.PlaneWeight) int {
	v := sample*int(k.Scale) + int(k.Offset)
	if logWD >= 1 {
		v = (sample*int(k.Scale)+1<<(logWD-1))>>logWD + int(k.Offset)
	}
	return min(max(v, 0), 255)
}

func checkMacroblock(t *testing.T, rng *rand.Rand, refs []reference, patches *[3]inter.Patch, size [2]int, x, y int) {
	t.Helper()
	mb := randomMB(rng, len(refs), x, y, size[0]*16, size[1]*16)
	weights := randomWeights(rng, len(refs))
	var dst macroblock.Src
	inter.Macroblock(&dst, recons(refs), weights, x, y, mb, patches)
	for p := range dst {
		scale := 1
		if p > 0 && !refs[0].recon.Is444 {
			scale = 2
		}
		for j := range 16 / scale {
			for i := range 16 / scale {
				lumaX, lumaY := i*scale, j*scale
				mv := mb.MV[lumaY/4*4+lumaX/4]
				ref := mb.Ref[lumaY/8*2+lumaX/8]
				want := refs[ref].predict(p, x/scale+i, y/scale+j, mv)
				if weights != nil {
					want = weighted(want, weights.Log2Denom[min(p, 1)], weights.Refs[ref][p])
				}
				if got := dst[p][j*macroblock.SrcStride+i]; int(got) != want {
					t.Fatalf("4:4:4 %v, macroblock at (%d, %d) of type %d, %v: plane %d, sample (%d, %d) is %d, want %d (reference %d, vector %v)",
						refs[0].recon.Is444, x, y, mb.Type, mb.Sub, p, i, j, got, want, ref, mv)
				}
			}
		}
	}
}
