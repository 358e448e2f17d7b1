package picture_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/g264/g264/h264/internal/picture"
)

// A source is the caller's samples, with the last column and row repeated up
// to whole macroblocks, whatever rows are taken at once; of a stride, only the width
// counts.
func TestTakeRepeatsTheEdges(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, test := range []struct{ w, h, stride int }{{1, 1, 1}, {16, 16, 16}, {15, 17, 20}, {33, 2, 40}, {32, 31, 32}, {20, 70, 21}} {
		mbW, mbH := (test.w+15)/16, (test.h+15)/16
		var in [3]picture.Samples
		for p := range in {
			in[p] = picture.Samples{Pix: make([]uint8, (test.h-1)*test.stride+test.w), Stride: test.stride, W: test.w, H: test.h}
			for i := range in[p].Pix {
				in[p].Pix[i] = uint8(rng.IntN(256))
			}
		}
		s := picture.NewSources(1, mbW, mbH, true)[0]
		s.Version = 1
		s.Half = picture.NewHalves(1, mbW, mbH)[0]
		for _, inPlace := range []bool{false, true} {
			own := in
			for p := range own {
				if d := &s.Planes[p]; inPlace {
					own[p].Pix, own[p].Stride = d.Pix, d.Stride
					for i := range d.Pix { // other samples beyond the picture
						if i%d.Stride >= test.w || i/d.Stride >= test.h {
							d.Pix[i] = 99
						}
					}
				}
			}
			for y := mbH; y > 0; y -= 2 {
				s.Take(&own, nil, max(y-2, 0), y)
			}
			wantSamples(t, fmt.Sprintf("%+v, in place %v", test, inPlace), s, &in)
			wantHalf(t, s)
		}
	}
}

// wantSamples checks the planes of a source.
func wantSamples(t *testing.T, what string, s *picture.Source, in *[3]picture.Samples) {
	t.Helper()
	for k := range in {
		p, d := &in[k], &s.Planes[k]
		for i := range d.W * d.H {
			x, y := i%d.W, i/d.W
			if got, want := d.At(x, y)[0], p.Pix[min(y, p.H-1)*p.Stride+min(x, p.W-1)]; got != want {
				t.Fatalf("%s, plane %d: sample (%d, %d) is %d, want %d", what, k, x, y, got, want)
			}
		}
	}
}

// The half-size picture holds the rounded means of 2x2 samples, with its edges
// repeated into the border.
func TestMakeHalf(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	for _, size := range [][2]int{{1, 1}, {2, 3}} {
		s := picture.NewSources(1, size[0], size[1], false)[0]
		s.Half = picture.NewHalves(1, size[0], size[1])[0]
		for i := range s.Planes[0].Pix {
			s.Planes[0].Pix[i] = uint8(rng.IntN(256))
		}
		for i := range s.Half.Pix {
			s.Half.Pix[i] = 99
		}
		s.MakeHalf(0, size[1])
		wantHalf(t, s)
	}
}

// wantHalf checks the half-size picture of a source.
func wantHalf(t *testing.T, s *picture.Source) {
	t.Helper()
	luma, half := &s.Planes[0], &s.Half
	if half.W != luma.W/2 || half.H != luma.H/2 {
		t.Fatalf("%dx%d: half size is %dx%d", luma.W, luma.H, half.W, half.H)
	}
	const b = picture.HalfBorder
	for y := -b; y < half.H+b; y++ {
		for x := -b; x < half.W+b; x++ {
			cx, cy := 2*min(max(x, 0), half.W-1), 2*min(max(y, 0), half.H-1)
			at := func(x, y int) int { return int(luma.At(x, y)[0]) }
			want := (at(cx, cy) + at(cx+1, cy) + at(cx, cy+1) + at(cx+1, cy+1) + 2) / 4
			if got := half.Pix[half.Origin+y*half.Stride+x]; int(got) != want {
				t.Fatalf("%dx%d: sample (%d, %d) of half size is %d, want %d", luma.W, luma.H, x, y, got, want)
			}
		}
	}
}

func TestPlaneSizes(t *testing.T) {
	for _, chroma444 := range []bool{false, true} {
		t.Run(fmt.Sprintf("444=%v", chroma444), func(t *testing.T) {
			s, r := picture.NewSources(1, 3, 2, chroma444)[0], picture.NewReconstructions(1, 3, 2, chroma444, false)[0]
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
			if len(r.Motion) != 6 {
				t.Errorf("%d vectors", len(r.Motion))
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
			s, r := picture.NewSources(1, size[0], size[1], chroma444)[0], picture.NewReconstructions(1, size[0], size[1], chroma444, half)[0]
			versions := int64(len(s.Versions)) * versionBytes
			source, halfSize := versions, versions+int64(len(picture.NewHalves(1, size[0], size[1])[0].Pix))
			for p := range s.Planes {
				source += int64(len(s.Planes[p].Pix))
			}
			recon := int64(len(r.Chroma.Pix)) + int64(len(r.Motion))*mvBytes
			for _, p := range []*picture.RefPlane{&r.Luma, &r.Chroma44[0], &r.Chroma44[1]} {
				recon += int64(len(p.All))
			}
			want := 2*source + 4*halfSize + 3*recon
			got := picture.EstimateBytes(size[0], size[1], chroma444, half, 2, 4, 3)
			if got < want || got > want+want*2/5 {
				t.Errorf("%dx%d, 4:4:4 %v, half-sample planes %v: estimate %d, allocated %d", size[0], size[1], chroma444, half, got, want)
			}
		}
	}
}
