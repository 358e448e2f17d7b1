package lookahead_test

import (
	"fmt"
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

// analyse measures all bands of a picture, as predicted from prev if that is not nil.
func analyse(p, prev *lookahead.Picture) {
	for b := range p.Bands() {
		p.MeasureEnergy(nil, b)
	}
	p.Beside(prev, p)
}

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
func source(at func(x, y int) uint8) *lookahead.Picture {
	s := lookahead.NewPictures(1, mbW, mbH, false)[0]
	s.Energy = make([]uint32, blocks)
	s.Half = picture.NewHalves(1, mbW, mbH)[0]
	p := &s.Planes[0]
	for y := range p.H {
		for x := range p.W {
			p.At(x, y)[0] = at(x, y)
		}
	}
	s.MakeHalf(0, mbH)
	s.MeasureLight()
	return s
}

// shifted is the texture seen through a window at (dx, dy).
func shifted(t *texture, dx, dy int) *lookahead.Picture {
	return source(func(x, y int) uint8 { return t.at(x+dx+100, y+dy+100) })
}

func TestFirstPictureHasNoMotion(t *testing.T) {
	c := shifted(newTexture(1), 0, 0)
	analyse(c, nil)
	if c.InterCost != c.IntraCost {
		t.Errorf("inter cost %d, intra cost %d", c.InterCost, c.IntraCost)
	}
	if c.IntraCost < blocks {
		t.Errorf("intra cost %d of a textured picture", c.IntraCost)
	}
	if len(c.Vectors) != blocks || slices.ContainsFunc(c.Vectors, func(mv macroblock.MV) bool { return mv != macroblock.MV{} }) {
		t.Errorf("%d vectors: %v", len(c.Vectors), c.Vectors)
	}
}

// The content that moves by a vector is found there: nearly all blocks that
// stay in the picture have it, in quarter samples, and the inter cost says so.
func TestShiftIsFound(t *testing.T) {
	texture := newTexture(2)
	for _, shift := range [][2]int{{0, 0}, {4, 0}, {0, -6}, {-10, 8}, {16, 12}, {-18, -4}, {3, 0}, {0, -5}} {
		previous := shifted(texture, 0, 0)
		analyse(previous, nil)
		c := shifted(texture, shift[0], shift[1])
		analyse(c, previous)
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
		if c.InterCost > c.IntraCost/2 {
			t.Errorf("shift %v: inter cost %d, intra cost %d", shift, c.InterCost, c.IntraCost)
		}
		for _, sinceKey := range []int{1, 20, 100, 249} {
			if c.SceneCut(previous, sinceKey, 25, 250) {
				t.Errorf("shift %v is a scene cut %d pictures after the key frame", shift, sinceKey)
			}
		}
	}
}

func TestSceneCutIsFound(t *testing.T) {
	for seed := uint64(10); seed < 15; seed++ {
		previous := shifted(newTexture(seed), 0, 0)
		analyse(previous, nil)
		c := shifted(newTexture(seed+100), 0, 0)
		analyse(c, previous)
		for _, sinceKey := range []int{100, 249} {
			if !c.SceneCut(previous, sinceKey, 25, 250) {
				t.Errorf("another scene is no cut %d pictures after the key frame: inter cost %d, intra cost %d", sinceKey, c.InterCost, c.IntraCost)
			}
		}
	}
}

// On content of every kind, no block's cost is above its intra cost, and its
// vector, in halves of its samples, keeps it within the border.
func TestCostsAndVectorsStayInBounds(t *testing.T) {
	for _, content := range testvideo.Contents {
		var previous *lookahead.Picture
		for i := range 4 {
			f := testvideo.Render(content, mbW*16, mbH*16, i, true)
			c := source(func(x, y int) uint8 { return f.Y[y*f.YStride+x] })
			analyse(c, previous)
			if c.InterCost < 0 || c.InterCost > c.IntraCost {
				t.Errorf("%v, picture %d: intra cost %d, inter cost %d", content, i, c.IntraCost, c.InterCost)
			}
			for b, mv := range c.Vectors {
				x, y := b%mbW*8+int(mv.X)/8, b/mbW*8+int(mv.Y)/8
				if mv.X%4 != 0 || mv.Y%4 != 0 || x < -picture.HalfBorder || y < -picture.HalfBorder ||
					x+8 > mbW*8+picture.HalfBorder || y+8 > mbH*8+picture.HalfBorder {
					t.Errorf("%v, picture %d: vector %v of block %d", content, i, mv, b)
				}
			}
			previous = c
		}
	}
}

// Still pictures have no motion, whatever they show.
func TestStillPictures(t *testing.T) {
	for _, content := range testvideo.Contents {
		f := testvideo.Render(content, mbW*16, mbH*16, 0, true)
		at := func(x, y int) uint8 { return f.Y[y*f.YStride+x] }
		s, c := source(at), source(at)
		analyse(s, nil)
		analyse(c, s)
		if slices.ContainsFunc(c.Vectors, func(mv macroblock.MV) bool { return mv != macroblock.MV{} }) {
			t.Errorf("%v: vectors %v", content, c.Vectors)
		}
		if content != testvideo.Flat && c.InterCost >= c.IntraCost {
			t.Errorf("%v: inter cost %d, intra cost %d", content, c.InterCost, c.IntraCost)
		}
	}
}

// Where little changes, intra costs are those of a picture on its own: what is
// known of the picture before is used only where it holds.
func TestIntraCostsDontDependOnThePictureBefore(t *testing.T) {
	texture, rng := newTexture(5), rand.New(rand.NewPCG(6, 1))
	at := func(x, y int) uint8 { return texture.at(x, y) }
	previous := source(at)
	analyse(previous, nil)
	for i := range 300 {
		cx, cy := rng.IntN(mbW*16), rng.IntN(mbH*16) // the samples around change
		changed := func(x, y int) uint8 {
			if dx, dy := x-cx, y-cy; dx*dx+dy*dy < 1+i/10 {
				return ^at(x, y)
			}
			return at(x, y)
		}
		p, alone := source(changed), source(changed)
		analyse(p, previous)
		analyse(alone, nil)
		weigh(p)
		weigh(alone)
		for b := range p.Weights {
			got, _ := p.Worth(b)
			if want, _ := alone.Worth(b); got != want {
				t.Fatalf("samples around (%d, %d) change: block %d is worth %d, on its own %d", cx, cy, b, got, want)
			}
		}
		if p.IntraCost != alone.IntraCost {
			t.Fatalf("intra cost %d, on its own %d", p.IntraCost, alone.IntraCost)
		}
	}
}

// Energy is the sum of the squared differences from the mean, in all planes.
func TestEnergy(t *testing.T) {
	for _, chroma44 := range []bool{false, true} {
		for _, w := range []int{1, 2, 33, 70} {
			p := lookahead.NewPictures(1, w, 2, chroma44)[0]
			p.Energy = make([]uint32, w*2)
			rng := rand.New(rand.NewPCG(7, uint64(w)))
			want := make([]uint32, 2*w)
			for k := range p.Planes {
				plane := &p.Planes[k]
				size := plane.W / w
				for i := range plane.Pix {
					plane.Pix[i] = uint8(rng.Uint32())
				}
				for b := range want {
					sum, squares := 0, 0
					for j := range size * size {
						v := int(plane.At(b%w*size+j%size, b/w*size+j/size)[0])
						sum, squares = sum+v, squares+v*v
					}
					want[b] += uint32(squares - sum*sum/(size*size))
				}
			}
			p.MeasureEnergy(nil, 0)
			if !slices.Equal(p.Energy, want) {
				t.Errorf("%d macroblocks wide, 4:4:4 %v: energy %v, want %v", w, chroma44, p.Energy, want)
			}
		}
	}
}

// Used again, a Picture tells the same as a new one.
func TestPicturesAreUsedAgain(t *testing.T) {
	texture := newTexture(3)
	analyse := func(p, previous *lookahead.Picture) string {
		p.Intra = false
		analyse(p, previous)
		return fmt.Sprint(p.IntraCost, p.InterCost, p.Vectors, p.Energy)
	}
	first, other := shifted(texture, 0, 0), shifted(newTexture(4), 0, 0)
	analyse(first, nil)
	analyse(other, first)
	fresh, used := shifted(texture, 6, 3), shifted(texture, 6, 3)
	want := analyse(fresh, first)
	analyse(used, other)
	if got := analyse(used, first); got != want {
		t.Errorf("%s, then %s", want, got)
	}
}

// The bands of a picture can be measured in any order.
func TestBandsAreIndependent(t *testing.T) {
	const mbH = 19
	picture := func(i int) *lookahead.Picture {
		f := testvideo.Render(testvideo.Moving, mbW*16, mbH*16, i, true)
		p := lookahead.NewPictures(1, mbW, mbH, false)[0]
		p.Energy = make([]uint32, mbW*mbH)
		p.Half = picture.NewHalves(1, mbW, mbH)[0]
		in := [3]picture.Samples{
			{Pix: f.Y, Stride: f.YStride, W: f.Width, H: f.Height},
			{Pix: f.Cb, Stride: f.CStride, W: f.Width / 2, H: f.Height / 2},
			{Pix: f.Cr, Stride: f.CStride, W: f.Width / 2, H: f.Height / 2},
		}
		p.Take(&in, nil, 0, mbH)
		return p
	}
	first, whole, parts := picture(0), picture(3), picture(3)
	analyse(first, nil)
	analyse(whole, first)
	if parts.Bands() != 3 {
		t.Fatalf("%d bands", parts.Bands())
	}
	for _, b := range []int{2, 0, 1} {
		intra, inter := parts.AnalyseBand(first, b)
		parts.MeasureEnergy(first, b)
		parts.IntraCost += intra
		parts.InterCost += inter
	}
	if parts.IntraCost != whole.IntraCost || parts.InterCost != whole.InterCost ||
		!slices.Equal(parts.Vectors, whole.Vectors) || !slices.Equal(parts.Energy, whole.Energy) {
		t.Error("bands in another order are measured otherwise")
	}
}

// Macroblocks that are the same by their versions are measured as by their samples.
func TestVersionsSaveMeasuring(t *testing.T) {
	const mbW, mbH = 131, 10
	rng := rand.New(rand.NewPCG(6, 6))
	for _, chroma444 := range []bool{false, true} {
		f := testvideo.Render(testvideo.Moving, mbW*16, mbH*16, 0, !chroma444)
		cw, ch := f.ChromaSize()
		in := [3]picture.Samples{
			{Pix: f.Y, Stride: f.YStride, W: f.Width, H: f.Height},
			{Pix: f.Cb, Stride: f.CStride, W: cw, H: ch},
			{Pix: f.Cr, Stride: f.CStride, W: cw, H: ch},
		}
		pictures, halves := lookahead.NewPictures(4, mbW, mbH, chroma444), picture.NewHalves(4, mbW, mbH)
		for i, p := range pictures {
			p.Half, p.Energy = halves[i], make([]uint32, mbW*mbH)
		}
		measured := func(p, prev *lookahead.Picture) string {
			costs := ""
			for b := range p.Bands() {
				p.MeasureEnergy(prev, b)
				intra, inter := p.AnalyseBand(prev, b)
				costs += fmt.Sprintln(intra, inter)
			}
			return fmt.Sprint(costs, p.Vectors, p.Energy)
		}
		for n := range 8 {
			for range n * n * n * n {
				p := &in[rng.IntN(3)]
				p.Pix[rng.IntN(p.H)*p.Stride+rng.IntN(p.W)] ^= 32
			}
			with, without := pictures[n%2], pictures[2+n%2]
			with.Version = picture.Version(1 + n)
			var before, bare *lookahead.Picture
			var prev *picture.Source
			if n > 0 {
				before, bare = pictures[1-n%2], pictures[3-n%2]
				prev = before.Source
			}
			with.Take(&in, prev, 0, mbH)
			without.Disown()
			without.Take(&in, nil, 0, mbH)
			if measured(with, before) != measured(without, bare) {
				t.Fatalf("4:4:4 %v: picture %d is measured otherwise by its versions", chroma444, n)
			}
		}
	}
}
