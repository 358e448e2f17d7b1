package picture_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/g264/g264/h264/internal/picture"
)

// video is a caller's picture, of which few samples change.
type video struct {
	planes   [3]picture.Samples
	mbW, mbH int
}

func newVideo(rng *rand.Rand, w, h int, chroma444 bool) *video {
	cw, ch := (w+1)/2, (h+1)/2
	if chroma444 {
		cw, ch = w, h
	}
	v := &video{[3]picture.Samples{{W: w, H: h}, {W: cw, H: ch}, {W: cw, H: ch}}, (w + 15) / 16, (h + 15) / 16}
	for k := range v.planes {
		p := &v.planes[k]
		p.Stride = p.W + rng.IntN(20)
		p.Pix = make([]uint8, (p.H-1)*p.Stride+p.W)
		for i := range p.Pix {
			p.Pix[i] = uint8(rng.IntN(250))
		}
	}
	return v
}

// change changes up to n samples, and returns which macroblocks have them.
func (v *video) change(rng *rand.Rand, n int) []bool {
	changed := make([]bool, v.mbW*v.mbH)
	for range n {
		k := rng.IntN(3)
		p := &v.planes[k]
		x, y := rng.IntN(p.W), rng.IntN(p.H)
		if rng.IntN(4) == 0 {
			x, y = p.W-1, p.H-1
		}
		at := &p.Pix[y*p.Stride+x]
		if *at == 255 {
			continue
		}
		*at++ // and never down, to what it was
		size := 16
		if p.W < v.planes[0].W || p.H < v.planes[0].H {
			size = 8
		}
		changed[y/size*v.mbW+x/size] = true
	}
	return changed
}

// lend overwrites a source, in some planes with the picture, and returns it, as it lies
// there in part.
func (v *video) lend(rng *rand.Rand, s *picture.Source) [3]picture.Samples {
	in := v.planes
	for k := range in {
		p := &s.Planes[k]
		for i := range p.Pix {
			p.Pix[i] = 99
		}
		if rng.IntN(3) == 0 {
			continue
		}
		for y := range in[k].H {
			copy(p.At(0, y), in[k].Pix[y*in[k].Stride:][:in[k].W])
		}
		in[k].Pix, in[k].Stride = p.Pix, p.Stride
	}
	return in
}

// Versions tell exactly which macroblocks are other than in the picture before, wherever
// samples have changed. Memory that other pictures were in has the picture, half-size luma
// included, whether the caller's samples are copied or lie in it, all or some.
func TestVersions(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for _, size := range [][2]int{{1, 1}, {16, 16}, {15, 17}, {33, 2}, {50, 49}, {300, 33}, {2100, 18}} {
		for _, chroma444 := range []bool{false, true} {
			v := newVideo(rng, size[0], size[1], chroma444)
			sources, halves := picture.NewSources(3, v.mbW, v.mbH, chroma444), picture.NewHalves(3, v.mbW, v.mbH)
			var prev *picture.Source
			for n := range 24 {
				what := fmt.Sprintf("%v, 4:4:4 %v, picture %d", size, chroma444, n)
				changed := v.change(rng, rng.IntN(3)*rng.IntN(v.mbW*v.mbH+1))
				s := draw(rng, &sources)
				s.Half, s.Version = draw(rng, &halves), picture.Version(1+n)
				in := v.planes
				if rng.IntN(3) == 0 {
					s.Disown()
					in = v.lend(rng, s)
				}
				for y := v.mbH; y > 0; y -= 2 {
					s.Take(&in, prev, max(y-2, 0), y)
				}
				for i, got := range s.Versions {
					want := s.Version
					if prev != nil && !changed[i] {
						want = prev.Versions[i]
					}
					if got != want {
						t.Fatalf("%s: version of macroblock %d is %d, want %d", what, i, got, want)
					}
				}
				wantSamples(t, what, s, &v.planes)
				wantHalf(t, s)
				if prev != nil {
					sources, halves = append(sources, prev), append(halves, prev.Half)
				}
				if prev = s; n == 12 {
					sources, halves, prev = append(sources, s), append(halves, s.Half), nil
				}
			}
		}
	}
}

// draw takes any out of a list.
func draw[T any](rng *rand.Rand, list *[]T) T {
	i := rng.IntN(len(*list))
	v := (*list)[i]
	*list = slices.Delete(*list, i, i+1)
	return v
}

func TestDiffering(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for n := range 129 {
		for of := range 4 {
			a := make([]picture.Version, n)
			for i := range a {
				a[i] = 1 + picture.Version(rng.IntN(3))<<30
			}
			b := slices.Clone(a)
			for range rng.IntN(1 + n*of) {
				b[rng.IntN(n)] = picture.Version(rng.IntN(3)) << 31
			}
			if of == 3 {
				clear(a)
				clear(b)
			}
			flags := picture.Differing(a, b)
			for i := range 128 {
				if want := i < n && !a[i].Is(b[i]); flags.Has(i) != want {
					t.Fatalf("%d versions: %d is %v, want %v", n, i, !want, want)
				}
			}
		}
	}
}
