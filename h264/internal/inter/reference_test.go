package inter_test

import (
	"math/rand/v2"

	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
)

// field is a plane of samples without borders, as the standard sees it.
type field struct {
	w, h int
	pix  []uint8
}

func newField(rng *rand.Rand, w, h int) field {
	f := field{w, h, make([]uint8, w*h)}
	for i := range f.pix {
		f.pix[i] = uint8(rng.IntN(256))
		if rng.IntN(3) == 0 {
			f.pix[i] = uint8(rng.IntN(2) * 255)
		}
	}
	return f
}

// at clamps the location, as 8-239 and 8-240 (luma) and 8-262 to 8-265 (chroma).
func (f *field) at(x, y int) int {
	return int(f.pix[min(max(y, 0), f.h-1)*f.w+min(max(x, 0), f.w-1)])
}

// reference is a picture as its fields and as the encoder has it.
type reference struct {
	fields [3]field
	recon  *picture.Reconstruction
}

// newReference makes a random picture and finishes its rows in steps, as they
// become final in the pipeline or, if at random, in others; with half-sample
// planes or without.
func newReference(rng *rand.Rand, mbW, mbH int, chroma444, half, atRandom bool) reference {
	w, h := mbW*16, mbH*16
	cw, ch := w/2, h/2
	if chroma444 {
		cw, ch = w, h
	}
	r := reference{
		fields: [3]field{newField(rng, w, h), newField(rng, cw, ch), newField(rng, cw, ch)},
		recon:  picture.NewReconstructions(1, mbW, mbH, chroma444, half)[0],
	}
	step := func() int {
		if atRandom {
			return 2 + 2*rng.IntN(16)
		}
		return 16
	}
	for y0, y1 := 0, 12; y0 < h; y0, y1 = y1, y1+step() {
		if y1 > h-4 {
			y1 = h
		}
		for p := range r.fields {
			scale := h / r.fields[p].h
			for y := y0 / scale; y < y1/scale; y++ {
				r.copyRow(p, y)
			}
		}
		r.recon.FinishRows(y0, y1)
	}
	return r
}

func (r *reference) copyRow(p, y int) {
	f := &r.fields[p]
	row := f.pix[y*f.w : (y+1)*f.w]
	if p == 0 || r.recon.Is444 {
		copy(r.recon.LumaLike(p).At(0, y), row)
		return
	}
	for x, v := range row {
		r.recon.Chroma.At(0, y)[2*x+p-1] = v
	}
}

func clip1(v int) int { return min(max(v, 0), 255) }

func sixTap(e, f, g, h, i, j int) int { return e - 5*f + 20*g + 20*h - 5*i + j }

// luma is the luma sample interpolation process of clause 8.4.2.2.1, with the
// sample names of figure 8-4.
func (f *field) luma(xInt, yInt, xFrac, yFrac int) int {
	full := func(dx, dy int) int { return f.at(xInt+dx, yInt+dy) }
	across := func(dx, dy int) int { // b1 of the sample at (dx, dy)
		return sixTap(full(dx-2, dy), full(dx-1, dy), full(dx, dy), full(dx+1, dy), full(dx+2, dy), full(dx+3, dy))
	}
	down := func(dx, dy int) int { // h1
		return sixTap(full(dx, dy-2), full(dx, dy-1), full(dx, dy), full(dx, dy+1), full(dx, dy+2), full(dx, dy+3))
	}
	round := func(v int) int { return clip1((v + 16) >> 5) }
	mean := func(a, b int) int { return (a + b + 1) >> 1 }
	G, H, M := full(0, 0), full(1, 0), full(0, 1)
	b, h, m, s := round(across(0, 0)), round(down(0, 0)), round(down(1, 0)), round(across(0, 1))
	j := clip1((sixTap(across(0, -2), across(0, -1), across(0, 0), across(0, 1), across(0, 2), across(0, 3)) + 512) >> 10)
	return [4][4]int{ // table 8-12, by xFracL and yFracL
		{G, mean(G, h), h, mean(h, M)},
		{mean(G, b), mean(b, h), mean(h, j), mean(h, s)},
		{b, mean(b, j), j, mean(j, s)},
		{mean(b, H), mean(b, m), mean(j, m), mean(s, m)},
	}[xFrac][yFrac]
}

// predict is the sample at (x, y) of plane p displaced by mv, in the words of
// clause 8.4.2.2.
func (r *reference) predict(p, x, y int, mv macroblock.MV) int {
	f := &r.fields[p]
	mvx, mvy := int(mv.X), int(mv.Y)
	if p == 0 || r.recon.Is444 {
		return f.luma(x+mvx>>2, y+mvy>>2, mvx&3, mvy&3)
	}
	xInt, yInt, dx, dy := x+mvx>>3, y+mvy>>3, mvx&7, mvy&7
	a, b, c, d := f.at(xInt, yInt), f.at(xInt+1, yInt), f.at(xInt, yInt+1), f.at(xInt+1, yInt+1)
	return ((8-dx)*(8-dy)*a + dx*(8-dy)*b + (8-dx)*dy*c + dx*dy*d + 32) >> 6
}

// overreach is how far a macroblock may lie outside the picture, in samples: as
// far as the encoder searches.
const overreach = picture.Reach - 4

// randomMV is a vector for the macroblock at (x, y) of a w x h picture, in part
// at the ends of its range.
func randomMV(rng *rand.Rand, x, y, w, h int) macroblock.MV {
	component := func(low, high int) int16 {
		switch rng.IntN(6) {
		case 0:
			return int16(4 * low)
		case 1:
			return int16(4 * high)
		}
		return int16(4*low + rng.IntN(4*(high-low)+1))
	}
	return macroblock.MV{X: component(-x-overreach, w-16-x+overreach), Y: component(-y-overreach, h-16-y+overreach)}
}

func recons(refs []reference) (list []*picture.Reconstruction) {
	for i := range refs {
		list = append(list, refs[i].recon)
	}
	return list
}
