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

// show copies the reconstruction, cropped, into e.shown.
func (e *Encoder) show() {
	rec, s := e.rows.frame.Rec, &e.shown
	w, h := e.cfg.Width, e.cfg.Height
	cw, ch := e.chromaSize()
	if s.Y == nil {
		*s = Picture{Y: make([]uint8, w*h), Cb: make([]uint8, cw*ch), Cr: make([]uint8, cw*ch), YStride: w, CStride: cw}
	}
	s.PTS = e.source.PTS
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

// measure returns the squared differences between source and reconstruction
// within the cropped picture.
func (e *Encoder) measure() (ssd [3]uint64) {
	rec, src := e.rows.frame.Rec, e.source
	w, h := e.chromaSize()
	ssd[0] = planeSSD(&src.Planes[0], &rec.Luma.Plane, e.cfg.Width, e.cfg.Height)
	if rec.Is444 {
		ssd[1] = planeSSD(&src.Planes[1], &rec.Chroma44[0].Plane, w, h)
		ssd[2] = planeSSD(&src.Planes[2], &rec.Chroma44[1].Plane, w, h)
		return ssd
	}
	for y := 0; y < h; y++ {
		pairs := rec.Chroma.At(0, y)
		cb, cr := src.Planes[1].At(0, y), src.Planes[2].At(0, y)
		for x := 0; x < w; x++ {
			b, r := int(cb[x])-int(pairs[2*x]), int(cr[x])-int(pairs[2*x+1])
			ssd[1] += uint64(b * b)
			ssd[2] += uint64(r * r)
		}
	}
	return ssd
}

func planeSSD(a, b *picture.Plane, w, h int) uint64 {
	return dsp.SSDPlane(a.At(0, 0), a.Stride, b.At(0, 0), b.Stride, w, h)
}
