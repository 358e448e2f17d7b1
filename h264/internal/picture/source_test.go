package picture_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/g264/g264/h264/internal/picture"
)

// A source is the caller's samples, with the last column and row repeated up
// to whole macroblocks; of a stride, only the width counts.
func TestCopyPlaneRepeatsTheEdges(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, test := range []struct{ w, h, stride int }{{1, 1, 1}, {16, 16, 16}, {15, 17, 20}, {33, 2, 40}, {32, 31, 32}} {
		pix := make([]uint8, (test.h-1)*test.stride+test.w)
		for i := range pix {
			pix[i] = uint8(rng.IntN(256))
		}
		s := picture.NewSource((test.w+15)/16, (test.h+15)/16, true)
		for p := range 2 * len(s.Planes) {
			d := &s.Planes[p/2]
			if p%2 == 0 {
				s.CopyPlane(p/2, pix, test.stride, test.w, test.h)
			} else {
				// In place, with other samples beyond the picture.
				for i := range d.Pix {
					if i%d.Stride >= test.w || i/d.Stride >= test.h {
						d.Pix[i] = 99
					}
				}
				s.CopyPlane(p/2, d.Pix, d.Stride, test.w, test.h)
			}
			for y := range d.H {
				for x := range d.W {
					want := pix[min(y, test.h-1)*test.stride+min(x, test.w-1)]
					if got := d.At(x, y)[0]; got != want {
						t.Fatalf("%+v, plane %d: sample (%d, %d) is %d, want %d", test, p, x, y, got, want)
					}
				}
			}
		}
	}
}

// The half-size picture holds the rounded means of 2x2 samples, with its edges
// repeated into the border.
func TestMakeHalf(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for _, size := range [][2]int{{1, 1}, {2, 3}} {
		s := picture.NewSource(size[0], size[1], false)
		luma, half := &s.Planes[0], &s.Half
		for i := range luma.Pix {
			luma.Pix[i] = uint8(rng.IntN(256))
		}
		for i := range half.Pix {
			half.Pix[i] = 99
		}
		s.MakeHalf()
		if half.W != luma.W/2 || half.H != luma.H/2 {
			t.Fatalf("%dx%d macroblocks: half size is %dx%d", size[0], size[1], half.W, half.H)
		}
		const b = picture.HalfBorder
		for y := -b; y < half.H+b; y++ {
			for x := -b; x < half.W+b; x++ {
				cx, cy := 2*min(max(x, 0), half.W-1), 2*min(max(y, 0), half.H-1)
				at := func(x, y int) int { return int(luma.At(x, y)[0]) }
				want := (at(cx, cy) + at(cx+1, cy) + at(cx, cy+1) + at(cx+1, cy+1) + 2) / 4
				if got := half.Pix[half.Origin+y*half.Stride+x]; int(got) != want {
					t.Fatalf("%dx%d macroblocks: sample (%d, %d) is %d, want %d", size[0], size[1], x, y, got, want)
				}
			}
		}
	}
}

func TestPlaneSizes(t *testing.T) {
	for _, chroma444 := range []bool{false, true} {
		t.Run(fmt.Sprintf("444=%v", chroma444), func(t *testing.T) {
			s, r := picture.NewSource(3, 2, chroma444), picture.NewReconstruction(3, 2, chroma444, false)
			w, h := 24, 16
			if chroma444 {
				w, h = 48, 32
			}
			for p, size := range [3][2]int{{48, 32}, {w, h}, {w, h}} {
				if got := [2]int{s.Planes[p].W, s.Planes[p].H}; got != size {
					t.Errorf("source plane %d is %v, want %v", p, got, size)
				}
				if !chroma444 && p > 0 {
					continue
				}
				if got := [2]int{r.LumaLike(p).W, r.LumaLike(p).H}; got != size {
					t.Errorf("reconstructed plane %d is %v, want %v", p, got, size)
				}
			}
			if len(r.MBs) != 6 {
				t.Errorf("%d macroblocks", len(r.MBs))
			}
		})
	}
}

// The estimate that guards a caller's memory covers what is allocated, and not
// much more.
func TestEstimateBytes(t *testing.T) {
	for _, size := range [][2]int{{1, 1}, {2, 30}, {40, 3}, {64, 40}} {
		for k := range 4 {
			chroma444, half := k&1 != 0, k&2 != 0
			s, r := picture.NewSource(size[0], size[1], chroma444), picture.NewReconstruction(size[0], size[1], chroma444, half)
			source := int64(len(s.Half.Pix))
			for p := range s.Planes {
				source += int64(len(s.Planes[p].Pix))
			}
			recon := int64(len(r.Chroma.Pix)) + int64(len(r.MBs))*mbBytes()
			for _, p := range []*picture.RefPlane{&r.Luma, &r.Chroma44[0], &r.Chroma44[1]} {
				recon += int64(len(p.All))
			}
			want := 2*source + 3*recon
			got := picture.EstimateBytes(int64(size[0]), int64(size[1]), chroma444, half, 2, 3)
			if got < want || got > want+want*2/5 {
				t.Errorf("%dx%d, 4:4:4 %v, half-sample planes %v: estimate %d, allocated %d", size[0], size[1], chroma444, half, got, want)
			}
		}
	}
}
