package colorconv

import (
	"fmt"
	"image"
)

// planes is a planar source after all checks. Chroma sample (x, y) stands for
// groupX by groupY pixels; the first begins phaseX and phaseY pixels before the
// image, where a SubImage cuts a group.
type planes struct {
	y, cb, cr      []uint8
	ys, cs         int
	cw, ch         int
	groupX, groupY int
	phaseX, phaseY int
	chromaOnFirst  bool // horizontally: left-sited 4:2:0
}

// Planar copies a picture whose samples have the colour of the converter's Space
// already, and interpolates its chroma where 4:2:0 meets 4:4:4 or sitings differ.
// siting is that of src, where it is 4:2:0. A src without Cb and Cr (both nil) is
// monochrome. After an error the samples of dst are as before.
func (c *Converter) Planar(dst, src *YUV, siting Siting) error {
	if err := c.checkDestination(dst); err != nil {
		return err
	}
	if src == nil {
		return fmt.Errorf("%w: source is nil", ErrImage)
	}
	if src.Width != dst.Width || src.Height != dst.Height {
		return sizeError(src.Width, src.Height, dst)
	}
	if err := checkPlane("source Y", len(src.Y), src.YStride, src.Width, src.Height); err != nil {
		return err
	}
	if src.Cb == nil && src.Cr == nil {
		copyPlane(dst.Y, dst.YStride, src.Y, src.YStride, dst.Width, dst.Height)
		c.withoutColour(dst)
		dst.padLuma()
		return nil
	}
	p := planes{
		y: src.Y, cb: src.Cb, cr: src.Cr, ys: src.YStride, cs: src.CStride,
		cw: src.chromaWidth(), ch: src.chromaHeight(), groupX: 1, groupY: 1,
	}
	if src.Subsampled {
		p.groupX, p.groupY, p.chromaOnFirst = 2, 2, siting != Centre
	}
	if err := checkChroma("source Cb", "source Cr", p.cb, p.cr, p.cs, p.cw, p.ch); err != nil {
		return err
	}
	c.convert(dst, &p, nil)
	return nil
}

func sizeError(w, h int, dst *YUV) error {
	return fmt.Errorf("%w: source is %dx%d, destination %dx%d", ErrImage, w, h, dst.Width, dst.Height)
}

// convert converts planes through a matrix, or copies what it can where m is nil.
func (c *Converter) convert(dst *YUV, src *planes, m *yccMatrix) {
	switch {
	case m == nil:
		copyPlane(dst.Y, dst.YStride, src.y, src.ys, dst.Width, dst.Height)
	case !m.crossed():
		for y := 0; y < dst.Height; y++ {
			limitedRow(dst.Y[y*dst.YStride:][:dst.Width], src.y[y*src.ys:], &c.grey)
		}
	default:
		c.start(src, m, newAxis(src.groupX, src.phaseX, src.chromaOnFirst, 1, false),
			newAxis(src.groupY, src.phaseY, false, 1, false), dst.Width)
		for y := 0; y < dst.Height; y++ {
			a, b, wa, wb := c.row(y)
			crossedRow(dst.Y[y*dst.YStride:][:dst.Width], src.y[y*src.ys:], a, b, wa, wb, m)
		}
	}
	c.convertChroma(dst, src, m)
	dst.padLuma()
	c.src = planes{} // don't keep the caller's picture alive
}

func (c *Converter) convertChroma(dst *YUV, src *planes, m *yccMatrix) {
	step := 1
	if dst.Subsampled {
		step = 2
	}
	w, h := dst.chromaWidth(), dst.chromaHeight()
	horizontal := newAxis(src.groupX, src.phaseX, src.chromaOnFirst, step, step == 2 && c.Siting != Centre)
	vertical := newAxis(src.groupY, src.phaseY, false, step, false)
	if m == nil && horizontal.aligned() && vertical.aligned() {
		copyPlane(dst.Cb, dst.CStride, src.cb, src.cs, w, h)
		copyPlane(dst.Cr, dst.CStride, src.cr, src.cs, w, h)
		return
	}
	c.start(src, nil, horizontal, vertical, w)
	for y := 0; y < h; y++ {
		a, b, wa, wb := c.row(y)
		cb, cr := dst.Cb[y*dst.CStride:][:w], dst.Cr[y*dst.CStride:][:w]
		if m == nil {
			splitRow(cb, cr, a, b, wa, wb)
		} else {
			matrixRow(cb, cr, a, b, wa, wb, m)
		}
	}
}

// groups returns how many pixels a chroma sample stands for; as in package image,
// an unknown ratio is 4:4:4.
func groups(ratio image.YCbCrSubsampleRatio) (x, y int) {
	switch ratio {
	case image.YCbCrSubsampleRatio422:
		return 2, 1
	case image.YCbCrSubsampleRatio420:
		return 2, 2
	case image.YCbCrSubsampleRatio440:
		return 1, 2
	case image.YCbCrSubsampleRatio411:
		return 4, 1
	case image.YCbCrSubsampleRatio410:
		return 4, 2
	}
	return 1, 1
}

// newPlanes checks an image whose bounds have the destination's size.
func newPlanes(m *image.YCbCr, w, h int) (planes, error) {
	p := planes{y: m.Y, cb: m.Cb, cr: m.Cr, ys: m.YStride, cs: m.CStride}
	p.groupX, p.groupY = groups(m.SubsampleRatio)
	r := m.Rect
	p.cw = (r.Max.X-1)/p.groupX - r.Min.X/p.groupX + 1
	p.ch = (r.Max.Y-1)/p.groupY - r.Min.Y/p.groupY + 1
	p.phaseX, p.phaseY = r.Min.X%p.groupX, r.Min.Y%p.groupY
	if err := checkPlane("image Y", len(p.y), p.ys, w, h); err != nil {
		return p, err
	}
	return p, checkChroma("image Cb", "image Cr", p.cb, p.cr, p.cs, p.cw, p.ch)
}

// ycbcr converts an image.YCbCr.
func (c *Converter) ycbcr(dst *YUV, m *image.YCbCr) error {
	p, err := newPlanes(m, dst.Width, dst.Height)
	if err != nil {
		return err
	}
	if c.space.Matrix == GBR {
		return c.anyImage(dst, m)
	}
	if m.Rect.Min.X < 0 && p.groupX > 1 || m.Rect.Min.Y < 0 && p.groupY > 1 {
		c.expanded(dst, m, nil, 0)
		return nil
	}
	c.convert(dst, &p, c.fromJFIF)
	return nil
}

// nycbcra converts an image.NYCbCrA: its alpha is straight.
func (c *Converter) nycbcra(dst *YUV, m *image.NYCbCrA) error {
	if _, err := newPlanes(&m.YCbCr, dst.Width, dst.Height); err != nil {
		return err
	}
	if err := checkPlane("image A", len(m.A), m.AStride, dst.Width, dst.Height); err != nil {
		return err
	}
	if c.space.Matrix == GBR {
		return c.anyImage(dst, m)
	}
	for y := 0; y < dst.Height; y++ {
		for _, a := range m.A[y*m.AStride:][:dst.Width] {
			if a != 255 {
				c.expanded(dst, &m.YCbCr, m.A, m.AStride)
				return nil
			}
		}
	}
	return c.ycbcr(dst, &m.YCbCr)
}

// expanded converts an image two rows at a time through 4:4:4 samples, each pixel
// with the chroma that the image's At gives it, composited in YCbCr where there is
// alpha. It serves transparent images, and bounds below zero, across which
// package image groups pixels unevenly (its divisions round towards zero).
func (c *Converter) expanded(dst *YUV, m *image.YCbCr, alpha []uint8, alphaStride int) {
	w := dst.Width
	c.samples = grow(c.samples, 6*w)
	s := c.samples
	src := planes{y: s[:2*w], cb: s[2*w : 4*w], cr: s[4*w:], ys: w, cs: w, cw: w, groupX: 1, groupY: 1}
	groupX, groupY := groups(m.SubsampleRatio)
	r := m.Rect
	bg := jfifBackground(c.background)
	for y := 0; y < dst.Height; y += 2 {
		band := dst.band(y, min(2, dst.Height-y))
		src.ch = band.Height
		for i := 0; i < band.Height; i++ {
			py, pb, pr := src.y[i*w:][:w], src.cb[i*w:][:w], src.cr[i*w:][:w]
			row := m.Y[(y+i)*m.YStride:][:w]
			chromaRow := ((r.Min.Y+y+i)/groupY - r.Min.Y/groupY) * m.CStride
			cb, cr := m.Cb[chromaRow:], m.Cr[chromaRow:]
			for x := range py {
				j := (r.Min.X+x)/groupX - r.Min.X/groupX
				py[x], pb[x], pr[x] = row[x], cb[j], cr[j]
			}
			if alpha != nil {
				a := alpha[(y+i)*alphaStride:][:w]
				blendRow(py, a, bg[0])
				blendRow(pb, a, bg[1])
				blendRow(pr, a, bg[2])
			}
		}
		c.convert(&band, &src, c.fromJFIF)
	}
}

// jfifBackground returns a colour in JFIF's space, in 1/256.
func jfifBackground(rgb [3]uint8) [3]uint32 {
	r, g, b := pixelCoefs(jfif)
	v := coefs{0, 128 << chromaBits, 128 << chromaBits}
	for i, k := range [3]coefs{r, g, b} {
		n := int64(rgb[i])
		v.y, v.cb, v.cr = v.y+k.y*n, v.cb+k.cb*n, v.cr+k.cr*n
	}
	return [3]uint32{uint32(v.y >> (lumaBits - 8)), uint32(v.cb >> (chromaBits - 8)), uint32(v.cr >> (chromaBits - 8))}
}

// blendRow composites samples on a background in 1/256.
func blendRow(s, alpha []uint8, bg uint32) {
	alpha = alpha[:len(s)]
	for i := range s {
		a := uint32(alpha[i])
		s[i] = uint8(min((uint32(s[i])*a<<8+bg*(255-a)+255*128)/(255*256), 255))
	}
}
