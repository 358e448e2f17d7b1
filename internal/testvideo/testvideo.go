// Package testvideo makes the pictures that tests and benchmarks encode:
// synthetic clips of any size in integer arithmetic, so that every machine
// draws the same samples and golden hashes can rest on them, and frames of y4m
// files.
package testvideo

import (
	"fmt"
	"image"
	"slices"

	"golang.org/x/image/font/basicfont"
)

// Content is what a synthetic clip shows.
type Content uint8

const (
	Flat     Content = iota // one colour, a level brighter every fourth frame
	Gradient                // ramps in all planes that scroll a sample per frame
	Noise                   // independent random samples: more than any codec can compress
	Text                    // lines of text that scroll, one of them changing every frame
	Moving                  // a panning texture with objects that move across it
	Cut                     // Moving, with another scene every CutLength frames
)

// CutLength is the number of frames from one scene cut of Cut to the next.
const CutLength = 7

// Contents are all kinds of content.
var Contents = []Content{Flat, Gradient, Noise, Text, Moving, Cut}

func (c Content) String() string {
	names := [...]string{"flat", "gradient", "noise", "text", "moving", "cut"}
	if int(c) < len(names) {
		return names[c]
	}
	return fmt.Sprintf("Content(%d)", uint8(c))
}

// Frame is a planar 8-bit picture without padding: strides are the planes'
// widths. Subsampled chroma planes (4:2:0) have half the width and height,
// rounded up.
type Frame struct {
	Width, Height    int
	Subsampled       bool
	Y, Cb, Cr        []uint8
	YStride, CStride int
}

// ChromaSize gives the width and height of the chroma planes.
func (f *Frame) ChromaSize() (w, h int) {
	if f.Subsampled {
		return (f.Width + 1) / 2, (f.Height + 1) / 2
	}
	return f.Width, f.Height
}

// NewFrame makes a black frame of width x height samples, each at least 1.
func NewFrame(width, height int, subsampled bool) Frame {
	f := Frame{Width: width, Height: height, Subsampled: subsampled}
	cw, ch := f.ChromaSize()
	f.YStride, f.CStride = width, cw
	f.Y = make([]uint8, width*height)
	f.Cb = make([]uint8, cw*ch)
	f.Cr = make([]uint8, cw*ch)
	for i := range f.Cb {
		f.Cb[i], f.Cr[i] = 128, 128
	}
	return f
}

// Darkened returns the frame with luma at n/of of its distance from black, 16,
// and chroma at that of its distance from grey.
func (f Frame) Darkened(n, of int) Frame {
	d := f
	d.Y, d.Cb, d.Cr = slices.Clone(f.Y), slices.Clone(f.Cb), slices.Clone(f.Cr)
	for p, plane := range [3][]uint8{d.Y, d.Cb, d.Cr} {
		dark := [3]int{16, 128, 128}[p]
		for i, v := range plane {
			plane[i] = uint8(dark + (int(v)-dark)*n/of)
		}
	}
	return d
}

// Render draws frame number index (from 0) of a synthetic clip. Chroma planes
// are sampled, not filtered, so that they keep their full contrast.
func Render(c Content, width, height, index int, subsampled bool) Frame {
	f := NewFrame(width, height, subsampled)
	sample := sampler(c, width, height, index)
	for p, plane := range [3][]uint8{f.Y, f.Cb, f.Cr} {
		w, h, scale := width, height, 1
		if p > 0 {
			w, h = f.ChromaSize()
			if subsampled {
				scale = 2
			}
		}
		for y := 0; y < h; y++ {
			row := plane[y*w : (y+1)*w]
			for x := range row {
				row[x] = sample(p, x*scale, y*scale)
			}
		}
	}
	return f
}

// Clip draws frames 0 to frames-1 of a synthetic clip.
func Clip(c Content, width, height, frames int, subsampled bool) []Frame {
	clip := make([]Frame, frames)
	for i := range clip {
		clip[i] = Render(c, width, height, i, subsampled)
	}
	return clip
}

// sampler gives the function that draws plane p (Y, Cb, Cr) at luma position
// (x, y) of frame t.
func sampler(c Content, width, height, t int) func(p, x, y int) uint8 {
	switch c {
	case Flat:
		return func(p, x, y int) uint8 { return [3]uint8{uint8(60 + t/4), 170, 90}[p] }
	case Gradient:
		return func(p, x, y int) uint8 {
			switch p {
			case 0:
				return uint8(triangle(x+y/2+t, 255))
			case 1:
				return uint8(triangle(2*x-t, 255))
			default:
				return uint8(triangle(3*y+t, 255))
			}
		}
	case Noise:
		return func(p, x, y int) uint8 { return uint8(hash(uint32(t*3+p), x, y) >> 24) }
	case Text:
		return textSampler(t)
	case Moving:
		return sceneSampler(0, width, height, t)
	case Cut:
		return sceneSampler(uint32(1+t/CutLength), width, height, t%CutLength)
	}
	panic("testvideo: unknown content " + c.String())
}

// textSampler draws text in a bitmap font of 7x13 samples per character. The
// page scrolls up by a line every eighth frame; every fifth line is light on
// dark and shows the frame's number.
func textSampler(t int) func(p, x, y int) uint8 {
	const page = "The quick brown fox jumps over the lazy dog; 0123456789 (sphinx of black quartz) {judge my vow} "
	ink, paper := [3]uint8{20, 110, 150}, [3]uint8{235, 128, 120}
	face := basicfont.Face7x13
	mask := face.Mask.(*image.Alpha)
	number := fmt.Sprintf("%06d frame ", t)
	return func(p, x, y int) uint8 {
		line := y/face.Height + t/8
		text, offset := page, line*17
		fore, back := ink, paper
		if line%5 == 2 {
			text, offset = number, 0
			fore, back = [3]uint8{220, 60, 200}, [3]uint8{40, 140, 100}
		}
		column := x % face.Advance
		char := text[(offset+x/face.Advance)%len(text)]
		glyphRow := int(char-' ')*face.Height + y%face.Height
		if column < face.Width && mask.AlphaAt(column, glyphRow).A >= 128 {
			return fore[p]
		}
		return back[p]
	}
}

// sceneSampler draws a texture that pans by a fraction of a sample per frame
// behind three rectangles: a slow one, one at 5.5 samples per frame and one
// that crosses the picture at 23, leaving it on all sides.
func sceneSampler(seed uint32, width, height, t int) func(p, x, y int) uint8 {
	type rectangle struct{ x, y, w, h, dx, dy int } // position and motion in 1/16 sample
	seed *= 100
	turn := 1 - 2*int(seed/100%2)
	rects := [3]rectangle{
		{x: width * 2, y: height * 3, w: width/4 + 1, h: height/3 + 1, dx: 9 * turn, dy: -5},
		{x: width * 8, y: height * 6, w: width/5 + 1, h: height/4 + 1, dx: -88, dy: 28 * turn},
		{x: -width * 2, y: height * 8, w: width/8 + 3, h: height/5 + 3, dx: 368 * turn, dy: 40},
	}
	for i := range rects {
		r := &rects[i]
		r.x += t * r.dx
		r.y += t * r.dy
	}
	panX, panY := 21*t*turn, 7*t
	return func(p, x, y int) uint8 {
		layer, px, py := uint32(0), 16*x+panX, 16*y+panY
		for i, r := range rects {
			if 16*x >= r.x && 16*x < r.x+16*r.w && 16*y >= r.y && 16*y < r.y+16*r.h {
				layer, px, py = uint32(i+1), 16*x-r.x, 16*y-r.y
			}
		}
		s := seed + 10*layer + uint32(p)
		coarse, fine := texture(s, px, py, 9), texture(s+5, px, py, 6)
		if p > 0 { // chroma is smoother than luma, as in nature
			return uint8(64 + coarse/2)
		}
		return uint8(16 + (coarse*5+fine*2)*220/(7*255))
	}
}

// texture is value noise: random values 0 to 255 on a lattice of 1<<shift units
// of 1/16 sample, interpolated bilinearly at (x, y) in 1/16 sample.
func texture(seed uint32, x, y int, shift uint) int {
	cellX, cellY := x>>shift, y>>shift
	fx, fy := x&(1<<shift-1), y&(1<<shift-1)
	corner := func(dx, dy int) int { return int(hash(seed, cellX+dx, cellY+dy) >> 24) }
	one := 1 << shift
	top := corner(0, 0)*(one-fx) + corner(1, 0)*fx
	bottom := corner(0, 1)*(one-fx) + corner(1, 1)*fx
	return (top*(one-fy) + bottom*fy) >> (2 * shift)
}

// triangle is a wave that rises from 0 to peak and falls again, one per step.
func triangle(v, peak int) int {
	v %= 2 * peak
	if v < 0 {
		v += 2 * peak
	}
	if v > peak {
		v = 2*peak - v
	}
	return v
}

// hash mixes a seed and a position into 32 random bits.
func hash(seed uint32, x, y int) uint32 {
	h := seed*0x9E3779B1 ^ uint32(int32(x))*0x85EBCA77 ^ uint32(int32(y))*0xC2B2AE3D
	h ^= h >> 15
	h *= 0x2C1B3C6D
	h ^= h >> 12
	h *= 0x297A2D39
	return h ^ h>>15
}
