package picture

import (
	"bytes"

	"github.com/g264/g264/internal/dsp"
)

// Source is a picture to be coded: planar samples in whole macroblocks (the
// last column and row repeated), and where it is needed its half-size luma.
type Source struct {
	Planes [3]Plane // chroma at half size in 4:2:0
	Half   Half     // or none
	PTS    int64
	Force  bool // the caller wants an IDR picture

	// Version is the picture's own; those of its macroblocks are in raster order.
	Version  Version
	Versions []Version

	others bool // may show what another encoder left
}

// Half is luma at half width and height, with a border for searches.
type Half struct {
	Plane
	versions []Version // of the macroblocks that it was made from
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
		sources[i].Versions = make([]Version, mbW*mbH)
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
func NewHalves(n, mbW, mbH int) []Half {
	m := newMemory(int64(n) * planeBytes(mbW*8, mbH*8, HalfBorder))
	halves := make([]Half, n)
	for i := range halves {
		halves[i] = Half{newPlane(m, mbW*8, mbH*8, HalfBorder), make([]Version, mbW*mbH)}
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
// included if there is memory for it, from the three planes of a picture, repeating
// the last column and row up to whole macroblocks. The samples may lie in the source
// already, if it was disowned. Macroblocks that are those of prev (nil: none), the
// source taken before, get its version, all others the source's own. What the source's
// memory has by its versions until then isn't copied.
func (s *Source) Take(in *[3]Samples, prev *Source, first, last int) {
	for y := first; y < last; y += rowsAtOnce {
		s.takeRows(in, prev, y, min(y+rowsAtOnce, last))
	}
	if s.Half.Pix != nil {
		s.MakeHalf(first, last)
	}
}

// Disown says that others may write into the planes until they are taken: they don't
// have what the versions say, and don't show what another encoder left.
func (s *Source) Disown() {
	clear(s.Versions)
	for k := range s.Planes {
		if s.others {
			clear(s.Planes[k].Pix)
		}
	}
	s.others = false
}

// Leave leaves the source to another encoder, without half-size luma.
func (s *Source) Leave() {
	*s = Source{Planes: s.Planes, Versions: s.Versions, others: true}
	clear(s.Versions)
}

// Leave leaves half-size luma to another encoder.
func (h *Half) Leave() { clear(h.versions) }

const (
	// mbsAtOnce is the most macroblocks of a row that are looked at at once, rowsAtOnce
	// the most rows.
	mbsAtOnce, rowsAtOnce = 128, 8
	// leastAtOnce is how many kernels take to be fast: macroblocks that have what they
	// should have come out as they are.
	leastAtOnce = 4
)

// takeRows takes macroblock rows [first, last), plane by plane, as memory is read fastest.
func (s *Source) takeRows(in *[3]Samples, prev *Source, first, last int) {
	mbW := s.Planes[0].W / 16
	for k := range s.Planes {
		if p := &s.Planes[k]; in[k].within(p) {
			p.take(&in[k], s.area(k, 0, mbW, first, last))
		}
	}
	for x := 0; x < mbW; x += mbsAtOnce {
		end := min(x+mbsAtOnce, mbW)
		var flags [rowsAtOnce]dsp.Flags
		for k := range s.Planes {
			for y := first; y < last && prev != nil; y++ {
				if f := &flags[y-first]; k == 0 || f.Count() < end-x {
					prev.differ(f, k, &in[k], s.area(k, x, end, y, y+1))
				}
			}
		}
		for y := first; y < last; y++ {
			s.renew(&flags[y-first], prev, x, end, y)
		}
		for k := range s.Planes {
			if p := &s.Planes[k]; !in[k].within(p) {
				for y := first; y < last; y++ {
					stale := &flags[y-first]
					for a, b := stale.Span(0, leastAtOnce, end-x); a < b; a, b = stale.Span(b, leastAtOnce, end-x) {
						p.take(&in[k], s.area(k, x+a, x+b, y, y+1))
					}
				}
			}
		}
	}
}

// differ sets the flags of macroblocks whose samples in an area of plane k aren't those of
// the source. Beyond the last column and row is nothing else than there.
func (s *Source) differ(flags *dsp.Flags, k int, in *Samples, a area) {
	p, size, w, h := &s.Planes[k], a.y1-a.y0, min(a.x1, in.W)-a.x0, min(a.y1, in.H)-a.y0
	cur, ref, n := in.Pix[a.y0*in.Stride+a.x0:], p.At(a.x0, a.y0), w/size
	f := dsp.DifferRow(cur, in.Stride, ref, p.Stride, n, size, h)
	for y := 0; y < h && w > n*size; y++ {
		if !bytes.Equal(cur[y*in.Stride:][n*size:w], ref[y*p.Stride:][n*size:w]) {
			f.Set(n)
		}
	}
	flags.Join(f)
}

// renew gives macroblocks [x0, x1) of row y their versions, where the flags say what
// differs from prev; then they say which of them the source doesn't have.
func (s *Source) renew(flags *dsp.Flags, prev *Source, x0, x1, y int) {
	at := y*s.Planes[0].W/16 + x0
	own := s.Versions[at : at+x1-x0]
	if prev == nil {
		for i := range own {
			own[i] = s.Version
			flags.Set(i)
		}
		return
	}
	before := prev.Versions[at : at+x1-x0]
	changed := *flags
	flags.Join(Differing(own, before))
	for a, b := flags.Run(0); a < b; a, b = flags.Run(b) {
		now := own[a:b]
		copy(now, before[a:b])
		for i := range now {
			if changed.Has(a + i) {
				now[i] = s.Version
			}
		}
	}
}

// within reports whether the samples lie in the plane already.
func (in *Samples) within(p *Plane) bool { return &in.Pix[0] == &p.Pix[0] && in.Stride == p.Stride }

// area is columns [x0, x1) of rows [y0, y1) of a plane.
type area struct{ x0, x1, y0, y1 int }

// area is that of macroblocks [x0, x1) of rows [y0, y1) in plane k.
func (s *Source) area(k, x0, x1, y0, y1 int) area {
	size := s.Planes[k].W * 16 / s.Planes[0].W // of a macroblock
	return area{x0 * size, x1 * size, y0 * size, y1 * size}
}

// take fills an area, with what is beyond the samples too.
func (p *Plane) take(in *Samples, a area) {
	w, h := min(a.x1, in.W)-a.x0, min(a.y1, in.H)-a.y0
	if !in.within(p) {
		dsp.CopyBlock(p.At(a.x0, a.y0), p.Stride, in.Pix[a.y0*in.Stride+a.x0:], in.Stride, w, h)
	}
	for y := a.y0; y < a.y0+h && a.x0+w < a.x1; y++ {
		row := p.At(a.x0, y)[:a.x1-a.x0]
		last, beyond := row[w-1], row[w:]
		for x := range beyond {
			beyond[x] = last
		}
	}
	for y := a.y0 + h; y < a.y1; y++ {
		copy(p.At(a.x0, y)[:a.x1-a.x0], p.At(a.x0, a.y0+h-1))
	}
}

// MakeHalf makes macroblock rows [first, last) of the half-size luma from plane 0, where
// what its memory has isn't made from the same versions.
func (s *Source) MakeHalf(first, last int) {
	p, mbW := &s.Half, s.Planes[0].W/16
	for row := first; row < last; row++ {
		changed := false
		for x := 0; x < mbW; x += mbsAtOnce {
			changed = s.makeHalf(x, min(x+mbsAtOnce, mbW), row) || changed
		}
		if !changed {
			continue
		}
		y, width := 8*row, p.W+2*HalfBorder
		dsp.ExtendBorder(p.Pix, p.Origin+y*p.Stride, p.Stride, p.W, 8, HalfBorder)
		if row == 0 {
			dsp.ExtendRowsUp(p.Pix, p.Origin, p.Stride, HalfBorder, width, HalfBorder)
		}
		if y+8 == p.H {
			dsp.ExtendRowsDown(p.Pix, p.Origin, p.Stride, HalfBorder, width, p.H, HalfBorder)
		}
	}
}

// makeHalf makes macroblocks [x0, x1) of row y, and reports whether there was something
// to be made.
func (s *Source) makeHalf(x0, x1, y int) bool {
	l, p := &s.Planes[0], &s.Half
	at := y*l.W/16 + x0
	made := p.versions[at : at+x1-x0]
	stale := Differing(s.Versions[at:at+x1-x0], made)
	copy(made, s.Versions[at:])
	for a, b := stale.Span(0, leastAtOnce, x1-x0); a < b; a, b = stale.Span(b, leastAtOnce, x1-x0) {
		x := 8 * (x0 + a)
		dsp.Half(p.At(x, 8*y), p.Stride, l.At(2*x, 16*y), l.Stride, 8*(b-a), 8)
	}
	return stale != dsp.Flags{}
}
