package picture_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/g264/g264/h264/internal/picture"
)

const mvBytes, versionBytes = 4, 4

// steps divide rows [0, h) as they may become final: at once, as the pipeline
// finishes them (deblocking reaches up into the row above), by macroblocks, and in any
// even steps.
func steps(rng *rand.Rand, h int) (list [][]int) {
	list = [][]int{{0}, {0}, {0}, {0}}
	for y := 16; y < h; y += 16 {
		list[1] = append(list[1], y-4)
		list[2] = append(list[2], y)
	}
	for y := 2 + 2*rng.IntN(4); y < h; y += 2 + 2*rng.IntN(6) {
		list[3] = append(list[3], y)
	}
	for i := range list {
		list[i] = append(list[i], h)
	}
	return list
}

// randomReconstruction fills a picture row by row, finishing rows as the steps
// say. Rows that aren't final, and borders, hold other samples until then. Then it makes
// more pictures in the same memory, where few macroblocks have another version, and some
// that aren't finished between them.
func randomReconstruction(rng *rand.Rand, mbW, mbH int, chroma444 bool, ends []int) *picture.Reconstruction {
	r := picture.NewReconstructions(1, mbW, mbH, chroma444, true)[0]
	planes := []*picture.Plane{&r.Luma.Plane, &r.Chroma}
	if chroma444 {
		planes = []*picture.Plane{&r.Luma.Plane, &r.Chroma44[0].Plane, &r.Chroma44[1].Plane}
	}
	noise := func(s []uint8) {
		for i := range s {
			s[i] = uint8(rng.IntN(256))
			if rng.IntN(2) == 0 {
				s[i] = uint8(rng.IntN(2) * 255)
			}
		}
	}
	for _, p := range planes {
		noise(p.Pix)
	}
	fill := func(steps int) {
		for i := 1; i <= steps; i++ {
			for _, p := range planes {
				rows := p.H / mbH
				for y := ends[i-1] * rows / 16; y < ends[i]*rows/16; y++ {
					for x, v := range r.Versions[y/rows*mbW:][:mbW] {
						if v == r.Version {
							noise(p.At(16*x, y)[:16])
						}
					}
				}
			}
			r.FinishRows(ends[i-1], ends[i])
		}
	}
	change := func(of int) {
		r.Version++
		for i := range r.Versions {
			if rng.IntN(of) == 0 {
				r.Versions[i] = r.Version
			}
		}
	}
	change(1)
	fill(len(ends) - 1)
	for range 2 {
		versions, samples := slices.Clone(r.Versions), make([][]uint8, len(planes))
		for k, p := range planes {
			samples[k] = slices.Clone(p.Pix)
		}
		change(2)
		fill(rng.IntN(len(ends))) // and begin anew, with what was there before
		copy(r.Versions, versions)
		for k, p := range planes {
			copy(p.Pix, samples[k])
		}
		r.Unfinish()
		for range 2 {
			change(8)
			fill(len(ends) - 1)
		}
	}
	return r
}

// clamped returns a plane's sample nearest to (x, y); step is the distance of
// samples of one component.
func clamped(p *picture.Plane, step, component, x, y int) int {
	x, y = min(max(x, 0), p.W/step-1), min(max(y, 0), p.H-1)
	return int(p.Pix[p.Origin+y*p.Stride+x*step+component])
}

// Borders repeat the edges, however the rows were finished.
func TestFinishRowsRepeatsTheEdges(t *testing.T) {
	forEachReconstruction(t, func(t *testing.T, r *picture.Reconstruction) {
		check := func(p *picture.Plane, step, border int) {
			for y := -border; y < p.H+border; y++ {
				for x := -border; x < p.W/step+border; x++ {
					for c := range step {
						want := clamped(p, step, c, x, y)
						if got := p.Pix[p.Origin+y*p.Stride+x*step+c]; int(got) != want {
							t.Fatalf("sample (%d, %d) component %d of %dx%d is %d, want %d", x, y, c, p.W, p.H, got, want)
						}
					}
				}
			}
		}
		check(&r.Luma.Plane, 1, picture.Border)
		if !r.Is444 {
			check(&r.Chroma, 2, picture.ChromaBorder)
			return
		}
		check(&r.Chroma44[0].Plane, 1, picture.Border)
		check(&r.Chroma44[1].Plane, 1, picture.Border)
	})
}

// The half-sample planes hold b, h and j of clause 8.4.2.2.1 wherever vectors
// reach, with the samples that it takes clamped to the picture.
func TestFinishRowsMakesHalfSamples(t *testing.T) {
	forEachReconstruction(t, func(t *testing.T, r *picture.Reconstruction) {
		check := func(p *picture.RefPlane) {
			const reach = picture.Reach
			for y := -reach; y < p.H+reach; y++ {
				for x := -reach; x < p.W+reach; x++ {
					want := halfSamples(&p.Plane, x, y)
					for k := range want {
						if got := p.Half[k][p.Origin+y*p.Stride+x]; int(got) != want[k] {
							t.Fatalf("%c at (%d, %d) is %d, want %d", "bhj"[k], x, y, got, want[k])
						}
					}
				}
			}
		}
		check(&r.Luma)
		if r.Is444 {
			check(&r.Chroma44[0])
			check(&r.Chroma44[1])
		}
	})
}

// halfSamples are b, h and j of clause 8.4.2.2.1 for the sample G at (x, y).
func halfSamples(p *picture.Plane, x, y int) [3]int {
	taps := [6]int{1, -5, 20, 20, -5, 1}
	var b1, h1, j1 int
	for i, tap := range taps {
		b1 += tap * clamped(p, 1, 0, x+i-2, y)
		h1 += tap * clamped(p, 1, 0, x, y+i-2)
		for k, other := range taps {
			j1 += tap * other * clamped(p, 1, 0, x+i-2, y+k-2)
		}
	}
	clip := func(v int) int { return min(max(v, 0), 255) }
	return [3]int{clip((b1 + 16) >> 5), clip((h1 + 16) >> 5), clip((j1 + 512) >> 10)}
}

func forEachReconstruction(t *testing.T, check func(t *testing.T, r *picture.Reconstruction)) {
	rng := rand.New(rand.NewPCG(3, 3))
	for _, size := range [][2]int{{1, 1}, {9, 2}, {1, 5}} {
		for _, ends := range steps(rng, size[1]*16) {
			check(t, randomReconstruction(rng, size[0], size[1], false, ends))
			if size[0] == 1 {
				check(t, randomReconstruction(rng, size[0], size[1], true, ends))
			}
		}
	}
}
