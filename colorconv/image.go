package colorconv

import (
	"fmt"
	"image"
	"reflect"
)

// Image converts any image whose bounds have the size of dst. YCbCr and NYCbCrA
// are JFIF colour and go to the destination's without RGB in between; where the
// converter's space is BT.601 full range they keep their samples, and chroma that
// fits (4:4:4 to 4:4:4; 4:2:0 to 4:2:0 with Siting Centre, unless a SubImage begins
// on an odd column or row) is copied. To GBR their own methods convert them. YCbCr, opaque NYCbCrA, RGBA, NRGBA, Gray and
// Paletted are fast; all others are read through RGBA64At, or At where they lack it.
//
// After an error the samples of dst are as before, save where the image's own At
// returned no colour, or Stop ended the conversion.
func (c *Converter) Image(dst *YUV, img image.Image) error {
	if err := c.checkDestination(dst); err != nil {
		return err
	}
	if img == nil {
		return fmt.Errorf("%w: image is nil", ErrImage)
	}
	if v := reflect.ValueOf(img); v.Kind() == reflect.Pointer && v.IsNil() {
		return fmt.Errorf("%w: image is a nil %T", ErrImage, img)
	}
	r := img.Bounds()
	if r.Empty() {
		return fmt.Errorf("%w: bounds %v are empty", ErrImage, r)
	}
	if r.Dx() != dst.Width || r.Dy() != dst.Height {
		return sizeError(r.Dx(), r.Dy(), dst)
	}
	switch m := img.(type) {
	case *image.YCbCr:
		return c.ycbcr(dst, m)
	case *image.NYCbCrA:
		return c.nycbcra(dst, m)
	case *image.RGBA:
		return c.Packed(dst, PRGBA, m.Pix, m.Stride)
	case *image.NRGBA:
		return c.Packed(dst, RGBA, m.Pix, m.Stride)
	case *image.Gray:
		return c.Packed(dst, Gray, m.Pix, m.Stride)
	case *image.Paletted:
		return c.paletted(dst, m)
	}
	if err := checkPix(img, dst.Width, dst.Height); err != nil {
		return err
	}
	return c.anyImage(dst, img)
}

// checkPix refuses the other images of package image where their At would panic.
func checkPix(img image.Image, w, h int) error {
	check := func(pix []uint8, stride, n int) error {
		return checkPlane("image pixels", len(pix), stride, n*w, h)
	}
	switch m := img.(type) {
	case *image.RGBA64:
		return check(m.Pix, m.Stride, 8)
	case *image.NRGBA64:
		return check(m.Pix, m.Stride, 8)
	case *image.CMYK:
		return check(m.Pix, m.Stride, 4)
	case *image.Gray16:
		return check(m.Pix, m.Stride, 2)
	case *image.Alpha16:
		return check(m.Pix, m.Stride, 2)
	case *image.Alpha:
		return check(m.Pix, m.Stride, 1)
	}
	return nil
}

// paletted converts an image through a table of its composited colours.
func (c *Converter) paletted(dst *YUV, m *image.Paletted) error {
	w := dst.Width
	if err := checkPlane("image pixels", len(m.Pix), m.Stride, w, dst.Height); err != nil {
		return err
	}
	var colours [256][4]uint8
	var known [256]bool
	for i, col := range m.Palette[:min(len(m.Palette), 256)] {
		if col != nil {
			r, g, b, a := col.RGBA()
			colours[i], known[i] = c.over(r, g, b, a), true
		}
	}
	for y := 0; y < dst.Height; y++ {
		for x, i := range m.Pix[y*m.Stride:][:w] {
			if !known[i] {
				return fmt.Errorf("%w: pixel (%d, %d) has palette index %d, which has no colour (the palette has %d entries)",
					ErrImage, m.Rect.Min.X+x, m.Rect.Min.Y+y, i, len(m.Palette))
			}
		}
	}
	c.pixelRows(dst, 4, &c.rgb, func(y int, buf []uint8) []uint8 {
		out := buf
		for _, i := range m.Pix[y*m.Stride:][:w] {
			if len(out) >= 4 {
				*(*[4]uint8)(out) = colours[i]
				out = out[4:]
			}
		}
		return buf
	})
	return nil
}

// anyImage converts an image through its methods.
func (c *Converter) anyImage(dst *YUV, img image.Image) error {
	r := img.Bounds()
	fast, _ := img.(image.RGBA64Image)
	var err error
	c.pixelRows(dst, 4, &c.rgb, func(y int, buf []uint8) []uint8 {
		if c.Stop != nil && err == nil {
			err = c.Stop()
		}
		for x := 0; x < dst.Width && err == nil; x++ {
			var p [4]uint8
			if fast != nil {
				v := fast.RGBA64At(r.Min.X+x, r.Min.Y+y)
				p = c.over(uint32(v.R), uint32(v.G), uint32(v.B), uint32(v.A))
			} else if col := img.At(r.Min.X+x, r.Min.Y+y); col != nil {
				p = c.over(col.RGBA())
			} else {
				err = fmt.Errorf("%w: At(%d, %d) of %T returns a nil colour", ErrImage, r.Min.X+x, r.Min.Y+y, img)
			}
			*(*[4]uint8)(buf[4*x:]) = p
		}
		return buf
	})
	return err
}

// over composites a premultiplied colour of 16 bits on the background and rounds
// it to 8 bits once.
func (c *Converter) over(r, g, b, a uint32) [4]uint8 {
	t := 0xffff - min(a, 0xffff)
	mix := func(v uint32, bg uint8) uint8 {
		return uint8(min((min(v, 0xffff)*255+uint32(bg)*t+0x7fff)/0xffff, 255))
	}
	return [4]uint8{mix(r, c.background[0]), mix(g, c.background[1]), mix(b, c.background[2]), 255}
}
