package lookahead_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/g264/g264/h264/internal/lookahead"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/internal/testvideo"
)

const (
	mbW, mbH = 12, 8
	blocks   = mbW * mbH
)

// texture is smooth noise that a search can follow: random values every eight
// samples, interpolated, and a little grain.
type texture struct {
	knots [64][64]int
	grain [512][512]uint8
}

func newTexture(seed uint64) *texture {
	rng := rand.New(rand.NewPCG(seed, 1))
	t := new(texture)
	for y := range t.knots {
		for x := range t.knots[y] {
			t.knots[y][x] = 20 + rng.IntN(200)
		}
	}
	for y := range t.grain {
		for x := range t.grain[y] {
			t.grain[y][x] = uint8(rng.IntN(6))
		}
	}
	return t
}

func (t *texture) at(x, y int) uint8 {
	x, y = x&511, y&511
	kx, ky, fx, fy := x/8, y/8, x%8, y%8
	knot := func(x, y int) int { return t.knots[y&63][x&63] }
	v := (8-fy)*((8-fx)*knot(kx, ky)+fx*knot(kx+1, ky)) + fy*((8-fx)*knot(kx, ky+1)+fx*knot(kx+1, ky+1))
	return uint8(v/64) + t.grain[y][x]
}

// source makes a picture of the samples that at gives.
func source(at func(x, y int) uint8) *picture.Source {
	s := picture.NewSource(mbW, mbH, false)
	p := &s.Planes[0]
	for y := range p.H {
		for x := range p.W {
			p.At(x, y)[0] = at(x, y)
		}
	}
	s.MakeHalf()
	return s
}

// shifted is the texture seen through a window at (dx, dy).
func shifted(t *texture, dx, dy int) *picture.Source {
	return source(func(x, y int) uint8 { return t.at(x+dx+100, y+dy+100) })
}

func TestFirstPictureHasNoMotion(t *testing.T) {
	c := lookahead.New(mbW, mbH).Analyse(shifted(newTexture(1), 0, 0), nil)
	if c.Inter != c.Intra {
		t.Errorf("inter cost %d, intra cost %d", c.Inter, c.Intra)
	}
	if c.Intra < blocks {
		t.Errorf("intra cost %d of a textured picture", c.Intra)
	}
	if len(c.Vectors) != blocks || slices.ContainsFunc(c.Vectors, func(mv macroblock.MV) bool { return mv != macroblock.MV{} }) {
		t.Errorf("%d vectors: %v", len(c.Vectors), c.Vectors)
	}
}

// The content that moves by a vector is found there: nearly all blocks that
// stay in the picture have it, in quarter samples, and the inter cost says so.
func TestShiftIsFound(t *testing.T) {
	texture := newTexture(2)
	for _, shift := range [][2]int{{0, 0}, {4, 0}, {0, -6}, {-10, 8}, {16, 12}, {-18, -4}} {
		a := lookahead.New(mbW, mbH)
		previous := shifted(texture, 0, 0)
		a.Analyse(previous, nil)
		current := shifted(texture, shift[0], shift[1])
		c := a.Analyse(current, previous)
		want := macroblock.MV{X: int16(4 * shift[0]), Y: int16(4 * shift[1])}
		found, inner := 0, 0
		for y := 2; y < mbH-2; y++ {
			for x := 2; x < mbW-2; x++ {
				inner++
				if c.Vectors[y*mbW+x] == want {
					found++
				}
			}
		}
		if found < inner*9/10 {
			t.Errorf("shift %v: %d of %d vectors are %v: %v", shift, found, inner, want, c.Vectors)
		}
		if c.Inter > c.Intra/2 {
			t.Errorf("shift %v: inter cost %d, intra cost %d", shift, c.Inter, c.Intra)
		}
		for _, sinceKey := range []int{1, 20, 100, 249} {
			if c.SceneCut(current, previous, sinceKey, 25, 250) {
				t.Errorf("shift %v is a scene cut %d pictures after the key frame", shift, sinceKey)
			}
		}
	}
}

func TestSceneCutIsFound(t *testing.T) {
	for seed := uint64(10); seed < 15; seed++ {
		a := lookahead.New(mbW, mbH)
		previous := shifted(newTexture(seed), 0, 0)
		a.Analyse(previous, nil)
		current := shifted(newTexture(seed+100), 0, 0)
		c := a.Analyse(current, previous)
		for _, sinceKey := range []int{100, 249} {
			if !c.SceneCut(current, previous, sinceKey, 25, 250) {
				t.Errorf("another scene is no cut %d pictures after the key frame: inter cost %d, intra cost %d", sinceKey, c.Inter, c.Intra)
			}
		}
	}
}

// On content of every kind, no block's cost is above its intra cost, and its
// vector, a whole sample of half size, keeps it within the border.
func TestCostsAndVectorsStayInBounds(t *testing.T) {
	for _, content := range testvideo.Contents {
		a := lookahead.New(mbW, mbH)
		var previous *picture.Source
		for i := range 4 {
			f := testvideo.Render(content, mbW*16, mbH*16, i, true)
			current := source(func(x, y int) uint8 { return f.Y[y*f.YStride+x] })
			c := a.Analyse(current, previous)
			if c.Inter < 0 || c.Inter > c.Intra {
				t.Errorf("%v, picture %d: intra cost %d, inter cost %d", content, i, c.Intra, c.Inter)
			}
			for b, mv := range c.Vectors {
				x, y := b%mbW*8+int(mv.X)/8, b/mbW*8+int(mv.Y)/8
				if mv.X%8 != 0 || mv.Y%8 != 0 || x < -picture.HalfBorder || y < -picture.HalfBorder ||
					x+8 > mbW*8+picture.HalfBorder || y+8 > mbH*8+picture.HalfBorder {
					t.Errorf("%v, picture %d: vector %v of block %d", content, i, mv, b)
				}
			}
			previous = current
		}
	}
}

// Still pictures have no motion, whatever they show.
func TestStillPictures(t *testing.T) {
	for _, content := range testvideo.Contents {
		f := testvideo.Render(content, mbW*16, mbH*16, 0, true)
		s := source(func(x, y int) uint8 { return f.Y[y*f.YStride+x] })
		a := lookahead.New(mbW, mbH)
		a.Analyse(s, nil)
		c := a.Analyse(s, s)
		if slices.ContainsFunc(c.Vectors, func(mv macroblock.MV) bool { return mv != macroblock.MV{} }) {
			t.Errorf("%v: vectors %v", content, c.Vectors)
		}
		if content != testvideo.Flat && c.Inter >= c.Intra {
			t.Errorf("%v: inter cost %d, intra cost %d", content, c.Inter, c.Intra)
		}
	}
}

// The same pictures give the same costs, from any Analyser that starts with
// them, and a result outlives the next call.
func TestAnalyseIsDeterministic(t *testing.T) {
	texture := newTexture(3)
	var clip []*picture.Source
	for i := range 5 {
		clip = append(clip, shifted(texture, i*6, i*i))
	}
	analyse := func(a *lookahead.Analyser) (list []lookahead.Costs) {
		var previous *picture.Source
		var last []macroblock.MV
		for i, s := range clip {
			c := a.Analyse(s, previous)
			if i > 0 && !slices.Equal(last, list[i-1].Vectors) {
				t.Errorf("the vectors of picture %d changed when the next was analysed", i-1)
			}
			last = c.Vectors
			c.Vectors = slices.Clone(c.Vectors)
			list, previous = append(list, c), s
		}
		return list
	}
	used := lookahead.New(mbW, mbH)
	want := analyse(used)
	for _, again := range [][]lookahead.Costs{analyse(lookahead.New(mbW, mbH)), analyse(used)} {
		for i := range want {
			a, b := want[i], again[i]
			if a.Intra != b.Intra || a.Inter != b.Inter || !slices.Equal(a.Vectors, b.Vectors) {
				t.Errorf("picture %d: %+v, then %+v", i, a, b)
			}
		}
	}
}
