package picture

import (
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/internal/dsp"
)

// Source is a picture to be coded: planar samples in whole macroblocks (the
// last column and row repeated), and where it is needed its half-size luma.
type Source struct {
	Planes [3]Plane // chroma at half size in 4:2:0
	Half   Plane    // luma at half width and height, with a border for searches; or none
	PTS    int64
	Force  bool // the caller wants an IDR picture
}

// HalfBorder is the border of half-size luma.
const HalfBorder = 16

// NewSources allocates n source pictures of that many macroblocks, without
// half-size luma.
func NewSources(n, mbW, mbH int, chroma444 bool) []*Source {
	m := newMemory(int64(n) * sourceBytes(mbW*16, mbH*16, chroma444))
	sources := make([]*Source, n)
	for i := range sources {
		sources[i] = newSource(m, mbW*16, mbH*16, chroma444)
	}
	return sources
}

func newSource(m *memory, w, h int, chroma444 bool) *Source {
	s := new(Source)
	s.Planes[0] = newPlane(m, w, h, 0)
	if !chroma444 {
		w, h = w/2, h/2
	}
	s.Planes[1], s.Planes[2] = newPlane(m, w, h, 0), newPlane(m, w, h, 0)
	return s
}

// NewHalves allocates half-size luma for n sources of that many macroblocks.
func NewHalves(n, mbW, mbH int) []Plane {
	m := newMemory(int64(n) * planeBytes(mbW*8, mbH*8, HalfBorder))
	halves := make([]Plane, n)
	for i := range halves {
		halves[i] = newPlane(m, mbW*8, mbH*8, HalfBorder)
	}
	return halves
}

// Samples are those of a plane as a caller has them: W x H, at least 1 x 1, from
// Pix[0] on.
type Samples struct {
	Pix          []uint8
	Stride, W, H int
}

// Take makes macroblock rows [first, last) of the source, half-size luma
// included if there is memory for it, from the three planes of a picture, repeating the last column and row up
// to whole macroblocks. The samples may lie in the source already.
func (s *Source) Take(in *[3]Samples, first, last int) {
	for k := range s.Planes {
		p := &s.Planes[k]
		rows := p.H * 16 / s.Planes[0].H // of a macroblock
		p.take(&in[k], first*rows, last*rows)
	}
	if s.Half.Pix != nil {
		s.MakeHalf(first, last)
	}
}

// take fills rows [y0, y1).
func (p *Plane) take(in *Samples, y0, y1 int) {
	inPlace := &in.Pix[0] == &p.Pix[0] && in.Stride == p.Stride
	for y := y0; y < y1; y++ {
		row := p.Pix[y*p.Stride : y*p.Stride+p.W]
		if !inPlace || y >= in.H {
			copy(row, in.Pix[min(y, in.H-1)*in.Stride:][:in.W])
		}
		beyond, last := row[in.W:], row[in.W-1]
		for x := range beyond {
			beyond[x] = last
		}
	}
}

// MakeHalf makes macroblock rows [first, last) of the half-size luma from plane 0.
func (s *Source) MakeHalf(first, last int) {
	l, p := &s.Planes[0], &s.Half
	y, h := 8*first, 8*(last-first)
	dsp.Half(p.At(0, y), p.Stride, l.At(0, 2*y), l.Stride, p.W, h)
	dsp.ExtendBorder(p.Pix, p.Origin+y*p.Stride, p.Stride, p.W, h, HalfBorder)
	if first == 0 {
		dsp.ExtendRowsUp(p.Pix, p.Origin, p.Stride, HalfBorder, p.W+2*HalfBorder, HalfBorder)
	}
	if y+h == p.H {
		dsp.ExtendRowsDown(p.Pix, p.Origin, p.Stride, HalfBorder, p.W+2*HalfBorder, p.H, HalfBorder)
	}
}

// Reconstruction is a picture as the decoder has it, and what later pictures
// need to refer to it.
type Reconstruction struct {
	Luma     RefPlane
	Chroma   Plane       // 4:2:0: Cb and Cr interleaved, W in samples (2 a pair)
	Chroma44 [2]RefPlane // 4:4:4: Cb and Cr
	Is444    bool

	// MBs are the macroblocks, in raster order, while the picture is coded; they are
	// its coder's. Motion keeps a vector of each.
	MBs    []macroblock.MB
	Motion []macroblock.MV

	// Version is the picture's own; those of its macroblocks are in raster order. Until
	// a macroblock is decided its version is that of what the memory held before.
	Version  Version
	Versions []Version
	finished []Version // of the samples that borders and half-sample planes are made from
}

// NewReconstructions allocates n pictures of that many macroblocks, with
// half-sample planes or without, and without MBs.
func NewReconstructions(n, mbW, mbH int, chroma444, half bool) []*Reconstruction {
	m := newMemory(int64(n) * reconstructionBytes(mbW*16, mbH*16, chroma444, half))
	pictures := make([]*Reconstruction, n)
	for i := range pictures {
		pictures[i] = newReconstruction(m, mbW, mbH, chroma444, half)
	}
	return pictures
}

func newReconstruction(m *memory, mbW, mbH int, chroma444, half bool) *Reconstruction {
	w, h := mbW*16, mbH*16
	r := &Reconstruction{
		Luma: newRefPlane(m, w, h, half), Is444: chroma444, Motion: make([]macroblock.MV, mbW*mbH),
		Versions: make([]Version, mbW*mbH), finished: make([]Version, mbW*mbH),
	}
	if chroma444 {
		r.Chroma44 = [2]RefPlane{newRefPlane(m, w, h, half), newRefPlane(m, w, h, half)}
		return r
	}
	var n int
	r.Chroma, n = chromaLayout(w, h)
	r.Chroma.Pix = m.take(n)
	return r
}

// chromaLayout is a plane of interleaved chroma without its samples, and their
// number.
func chromaLayout(w, h int) (p Plane, n int) {
	stride := (w + 4*ChromaBorder + 15) &^ 15
	p = Plane{Origin: ChromaBorder*stride + 2*ChromaBorder, Stride: stride, W: w, H: h / 2}
	return p, stride * (h/2 + 2*ChromaBorder)
}

// LumaLike returns the luma-like plane p: luma, or in 4:4:4 Cb or Cr.
func (r *Reconstruction) LumaLike(p int) *RefPlane {
	if p == 0 {
		return &r.Luma
	}
	return &r.Chroma44[p-1]
}

// EstimateBytes is the memory that `sources` source pictures, `halves` half-size
// lumas and `reconstructions` reference pictures take, with half-sample planes or
// without.
func EstimateBytes(mbW, mbH int, chroma444, half bool, sources, halves, reconstructions int64) int64 {
	const mvBytes, versionBytes = 4, 4
	return sources*sourceBytes(mbW*16, mbH*16, chroma444) + halves*planeBytes(mbW*8, mbH*8, HalfBorder) +
		reconstructions*(reconstructionBytes(mbW*16, mbH*16, chroma444, half)+int64(mbW)*int64(mbH)*(mvBytes+2*versionBytes))
}

// sourceBytes is what the planes of a source picture take.
func sourceBytes(w, h int, chroma444 bool) int64 {
	cw, ch := w, h
	if !chroma444 {
		cw, ch = w/2, h/2
	}
	return planeBytes(w, h, 0) + 2*planeBytes(cw, ch, 0)
}

// reconstructionBytes is what the planes of a reference picture take.
func reconstructionBytes(w, h int, chroma444, half bool) int64 {
	luma := refPlaneBytes(w, h, half)
	if chroma444 {
		return 3 * luma
	}
	_, n := chromaLayout(w, h)
	return luma + inMemory(n)
}
