package h264

import (
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/internal/dsp"
)

// chromaSize is the size of a chroma plane of the picture that is shown.
func (e *Encoder) chromaSize() (w, h int) {
	if e.cfg.Chroma == Chroma420 {
		return e.cfg.Width / 2, e.cfg.Height / 2
	}
	return e.cfg.Width, e.cfg.Height
}

// show copies the reconstruction of a picture, cropped, into s.
func (e *Encoder) show(s *Picture, c *coding) {
	rec := c.rec
	w, h := e.cfg.Width, e.cfg.Height
	cw, ch := e.chromaSize()
	if s.Y == nil {
		*s = Picture{Y: make([]uint8, w*h), Cb: make([]uint8, cw*ch), Cr: make([]uint8, cw*ch), YStride: w, CStride: cw}
	}
	s.PTS = c.PTS
	copyPlane(s.Y, &rec.Luma.Plane, w, h)
	if rec.Is444 {
		copyPlane(s.Cb, &rec.Chroma44[0].Plane, w, h)
		copyPlane(s.Cr, &rec.Chroma44[1].Plane, w, h)
		return
	}
	for y := 0; y < ch; y++ {
		splitPairs(s.Cb[y*cw:(y+1)*cw], s.Cr[y*cw:(y+1)*cw], rec.Chroma.At(0, y))
	}
}

func copyPlane(dst []uint8, p *picture.Plane, w, h int) {
	for y := 0; y < h; y++ {
		copy(dst[y*w:(y+1)*w], p.At(0, y))
	}
}

// splitPairs takes interleaved chroma apart.
func splitPairs(cb, cr, pairs []uint8) {
	for x := range cb {
		cb[x], cr[x] = pairs[2*x], pairs[2*x+1]
	}
}

// shownSize is the size of the picture that is shown, in luma samples, and
// whether the coding is measured within it.
type shownSize struct {
	measure       bool
	width, height int
}

// measure adds the squared differences between source and reconstruction in
// luma rows [y0, y1), which are final, and their chroma.
func (c *coding) measure(y0, y1 int) {
	rec, src, w := c.frame.Rec, c.Source, c.show.width
	y1 = min(y1, c.show.height)
	if y0 >= y1 {
		return
	}
	c.ssd[0] += rowsSSD(&src.Planes[0], &rec.Luma.Plane, w, y0, y1)
	if rec.Is444 {
		c.ssd[1] += rowsSSD(&src.Planes[1], &rec.Chroma44[0].Plane, w, y0, y1)
		c.ssd[2] += rowsSSD(&src.Planes[2], &rec.Chroma44[1].Plane, w, y0, y1)
		return
	}
	for y := y0 / 2; y < y1/2; y++ {
		pairs := rec.Chroma.At(0, y)
		cb, cr := src.Planes[1].At(0, y), src.Planes[2].At(0, y)
		for x := 0; x < w/2; x++ {
			b, r := int(cb[x])-int(pairs[2*x]), int(cr[x])-int(pairs[2*x+1])
			c.ssd[1] += uint64(b * b)
			c.ssd[2] += uint64(r * r)
		}
	}
}

func rowsSSD(a, b *picture.Plane, w, y0, y1 int) uint64 {
	return dsp.SSDPlane(a.At(0, y0), a.Stride, b.At(0, y0), b.Stride, w, y1-y0)
}
