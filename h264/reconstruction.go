package h264

import "github.com/g264/g264/h264/internal/picture"

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
	for len(cb) > 0 && len(cr) > 0 && len(pairs) > 1 {
		cb[0], cr[0] = pairs[0], pairs[1]
		cb, cr, pairs = cb[1:], cr[1:], pairs[2:]
	}
}
