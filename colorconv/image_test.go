package colorconv

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"testing"
)

// opaqueNoise is an image of random opaque colours with the given bounds.
func opaqueNoise(seed int64, r image.Rectangle) *image.RGBA {
	m := image.NewRGBA(r)
	copy(m.Pix, noise(seed, len(m.Pix)))
	for i := 3; i < len(m.Pix); i += 4 {
		m.Pix[i] = 255
	}
	return m
}

// imagesOf returns the pixels of src, which are opaque, as images of many types.
func imagesOf(src *image.RGBA) map[string]image.Image {
	r := src.Rect
	out := map[string]image.Image{
		"RGBA":      src,
		"At":        plain{src},
		"RGBA64":    image.NewRGBA64(r),
		"NRGBA":     image.NewNRGBA(r),
		"NRGBA64":   image.NewNRGBA64(r),
		"other RGB": struct{ *image.RGBA }{src},
	}
	for _, m := range out {
		if d, ok := m.(draw.Image); ok && m != image.Image(src) {
			draw.Draw(d, r, src, r.Min, draw.Src)
		}
	}
	return out
}

func TestEveryImageTypeGivesTheSameSamples(t *testing.T) {
	whole := opaqueNoise(1, image.Rect(-5, -3, 20, 9))
	for _, r := range []image.Rectangle{whole.Rect, image.Rect(-3, -2, 4, 3), image.Rect(0, 1, 1, 2), image.Rect(3, 2, 20, 9)} {
		for name, m := range imagesOf(whole) {
			if s, ok := m.(interface {
				SubImage(image.Rectangle) image.Image
			}); ok && m != image.Image(whole) {
				m = s.SubImage(r)
			} else {
				hidden := m
				m = whole.SubImage(r)
				if _, ok := hidden.(plain); ok {
					m = plain{m}
				}
			}
			for _, subsampled := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s/%v/%v", name, r, subsampled), func(t *testing.T) {
					dst, check := guarded(t, r.Dx(), r.Dy(), subsampled)
					c := New(Space{}, [3]uint8{})
					if err := c.Image(dst, m); err != nil {
						t.Fatal(err)
					}
					check()
					expectPixels(t, dst, Space{}, Left, func(x, y int) (float64, float64, float64) {
						p := whole.RGBAAt(r.Min.X+x, r.Min.Y+y)
						return float64(p.R), float64(p.G), float64(p.B)
					})
				})
			}
		}
	}
}

func TestGreyAndPalettedImages(t *testing.T) {
	r := image.Rect(2, -1, 13, 6)
	grey, deep := image.NewGray(r), image.NewGray16(r)
	copy(grey.Pix, noise(2, len(grey.Pix)))
	draw.Draw(deep, r, grey, r.Min, draw.Src)
	paletted := image.NewPaletted(r, color.Palette{color.White, color.RGBA{200, 10, 20, 255}, color.NRGBA{0, 255, 7, 255}, color.Gray{77}})
	for i := range paletted.Pix {
		paletted.Pix[i] = uint8(i*i) % 4
	}
	cmyk := image.NewCMYK(r)
	copy(cmyk.Pix, noise(3, len(cmyk.Pix)))
	for name, m := range map[string]interface {
		image.Image
		SubImage(image.Rectangle) image.Image
	}{"Gray": grey, "Gray16": deep, "Paletted": paletted, "CMYK": cmyk} {
		for _, sub := range []image.Rectangle{r, image.Rect(3, 0, 8, 5), image.Rect(12, 5, 13, 6)} {
			for _, subsampled := range []bool{true, false} {
				t.Run(fmt.Sprintf("%s/%v/%v", name, sub, subsampled), func(t *testing.T) {
					s := m.SubImage(sub)
					dst, check := guarded(t, sub.Dx(), sub.Dy(), subsampled)
					if err := New(Space{}, [3]uint8{}).Image(dst, s); err != nil {
						t.Fatal(err)
					}
					check()
					expectPixels(t, dst, Space{}, Left, func(x, y int) (float64, float64, float64) {
						r, g, b, _ := s.At(sub.Min.X+x, sub.Min.Y+y).RGBA()
						return float64((r + 128) / 257), float64((g + 128) / 257), float64((b + 128) / 257)
					})
				})
			}
		}
	}
}

// The generic path composites in 16 bits, the fast ones in 8: both round to the
// nearest, so that a pixel differs by 1 at most, and only in odd cases.
func TestTransparentImagesAgreeWithTheGenericPath(t *testing.T) {
	r := image.Rect(0, 0, 61, 33)
	straight, premultiplied := image.NewNRGBA(r), image.NewRGBA(r)
	copy(straight.Pix, noise(4, len(straight.Pix)))
	draw.Draw(premultiplied, r, straight, r.Min, draw.Src)
	paletted := image.NewPaletted(r, color.Palette{color.Transparent, color.NRGBA{250, 60, 70, 100}, color.Alpha{9}})
	for i := range paletted.Pix {
		paletted.Pix[i] = uint8(i*i) % 3
	}
	for name, m := range map[string]image.Image{"NRGBA": straight, "RGBA": premultiplied, "Paletted": paletted} {
		t.Run(name, func(t *testing.T) {
			c := New(Space{}, [3]uint8{30, 240, 128})
			got, want := newYUV(t, 61, 33, false), newYUV(t, 61, 33, false)
			if err := errors.Join(c.Image(got, m), c.Image(want, plain{m})); err != nil {
				t.Fatal(err)
			}
			for _, p := range [][2][]uint8{{got.Y, want.Y}, {got.Cb, want.Cb}, {got.Cr, want.Cr}} {
				for i := range p[0] {
					if d := int(p[0][i]) - int(p[1][i]); d < -1 || d > 1 {
						t.Fatalf("sample %d is %d, the generic path gives %d", i, p[0][i], p[1][i])
					}
				}
			}
		})
	}
}

func TestFullyTransparentPixelsAreTheBackground(t *testing.T) {
	bg := [3]uint8{200, 30, 99}
	r := image.Rect(0, 0, 4, 2)
	c, want := New(Space{}, bg), newYUV(t, 4, 2, true)
	pix := make([]uint8, 0, 24)
	for i := 0; i < 8; i++ {
		pix = append(pix, bg[:]...)
	}
	if err := c.Packed(want, RGB, pix, 12); err != nil {
		t.Fatal(err)
	}
	for _, m := range []image.Image{image.NewRGBA(r), image.NewNRGBA(r), image.NewAlpha(r), plain{image.NewNRGBA64(r)},
		image.NewNYCbCrA(r, image.YCbCrSubsampleRatio420), image.NewPaletted(r, color.Palette{color.Transparent})} {
		t.Run(fmt.Sprintf("%T", m), func(t *testing.T) {
			got := newYUV(t, 4, 2, true)
			if err := c.Image(got, m); err != nil {
				t.Fatal(err)
			}
			for k, p := range [][2][]uint8{{got.Y, want.Y}, {got.Cb, want.Cb}, {got.Cr, want.Cr}} {
				for i := range p[0] {
					// By way of JFIF the background is rounded twice.
					if d := int(p[0][i]) - int(p[1][i]); d < -1 || d > 1 || d != 0 && k != 0 && fmt.Sprintf("%T", m) != "*image.NYCbCrA" {
						t.Errorf("plane %d is %d, the background %d", k, p[0][i], p[1][i])
					}
				}
			}
		})
	}
}

// nilColour is an image whose At breaks its contract.
type nilColour struct{}

func (nilColour) ColorModel() color.Model { return color.RGBAModel }
func (nilColour) Bounds() image.Rectangle { return image.Rect(0, 0, 5, 3) }
func (nilColour) At(x, y int) color.Color { return nil }

func TestImageRefusesWhatItCantConvert(t *testing.T) {
	const maxInt = int(^uint(0) >> 1)
	r := image.Rect(0, 0, 5, 3)
	ycbcr := func(change func(*image.YCbCr)) *image.YCbCr {
		m := image.NewYCbCr(r, image.YCbCrSubsampleRatio420)
		change(m)
		return m
	}
	paletted := func(p color.Palette, index uint8) image.Image {
		m := image.NewPaletted(r, p)
		m.Pix[7] = index
		return m
	}
	short := image.NewNYCbCrA(r, image.YCbCrSubsampleRatio444)
	short.A = short.A[:14]
	for _, tc := range []struct {
		name string
		img  image.Image
		text string
	}{
		{"nil", nil, "image is nil"},
		{"typed nil", (*image.RGBA)(nil), "image is a nil *image.RGBA"},
		{"empty", image.NewRGBA(image.Rectangle{}), "bounds (0,0)-(0,0) are empty"},
		{"reversed", &image.YCbCr{Rect: image.Rectangle{Min: image.Pt(maxInt-1, 0), Max: image.Pt(-maxInt+2, 3)}},
			fmt.Sprintf("bounds (%d,0)-(%d,3) are empty", maxInt-1, -maxInt+2)},
		{"size", image.NewRGBA(image.Rect(0, 0, 5, 4)), "source is 5x4, destination 5x3"},
		{"uniform", image.Black, "source is 2000000000x2000000000, destination 5x3"},
		{"short RGBA", &image.RGBA{Pix: make([]uint8, 59), Stride: 20, Rect: r}, "pixels: 59 bytes are too few for 3 rows of 20 bytes at stride 20"},
		{"NRGBA stride", &image.NRGBA{Pix: make([]uint8, 60), Stride: 19, Rect: r}, "stride of pixels is 19, a row has 20 bytes"},
		{"negative Gray stride", &image.Gray{Pix: make([]uint8, 60), Stride: -5, Rect: r}, "stride of pixels is -5, a row has 5 bytes"},
		{"short Gray16", &image.Gray16{Pix: make([]uint8, 29), Stride: 10, Rect: r}, "image pixels: 29 bytes are too few for 3 rows of 10 bytes at stride 10"},
		{"short RGBA64", &image.RGBA64{Pix: nil, Stride: 40, Rect: r}, "image pixels: 0 bytes are too few for 3 rows of 40 bytes at stride 40"},
		{"short NRGBA64", &image.NRGBA64{Pix: nil, Stride: 40, Rect: r}, "image pixels: 0 bytes are too few for 3 rows of 40 bytes at stride 40"},
		{"short CMYK", &image.CMYK{Pix: nil, Stride: 20, Rect: r}, "image pixels: 0 bytes are too few for 3 rows of 20 bytes at stride 20"},
		{"short Alpha", &image.Alpha{Pix: nil, Stride: 5, Rect: r}, "image pixels: 0 bytes are too few for 3 rows of 5 bytes at stride 5"},
		{"short Alpha16", &image.Alpha16{Pix: nil, Stride: 10, Rect: r}, "image pixels: 0 bytes are too few for 3 rows of 10 bytes at stride 10"},
		{"short Y", ycbcr(func(m *image.YCbCr) { m.Y = m.Y[:14] }), "image Y: 14 bytes are too few for 3 rows of 5 bytes at stride 5"},
		{"short Cb", ycbcr(func(m *image.YCbCr) { m.Cb = m.Cb[:5] }), "image Cb: 5 bytes are too few for 2 rows of 3 bytes at stride 3"},
		{"no Cr", ycbcr(func(m *image.YCbCr) { m.Cr = nil }), "image Cr: 0 bytes are too few for 2 rows of 3 bytes at stride 3"},
		{"Y stride", ycbcr(func(m *image.YCbCr) { m.YStride = 0 }), "stride of image Y is 0, a row has 5 bytes"},
		{"C stride", ycbcr(func(m *image.YCbCr) { m.CStride = -3 }), "stride of image Cb is -3, a row has 3 bytes"},
		{"420 taken as 444", ycbcr(func(m *image.YCbCr) { m.SubsampleRatio = 99 }), "stride of image Cb is 3, a row has 5 bytes"},
		{"short A", short, "image A: 14 bytes are too few for 3 rows of 5 bytes at stride 5"},
		{"palette index", paletted(color.Palette{color.Black}, 200), "pixel (2, 1) has palette index 200, which has no colour (the palette has 1 entries)"},
		{"no palette", paletted(nil, 0), "pixel (0, 0) has palette index 0, which has no colour (the palette has 0 entries)"},
		{"nil in palette", paletted(color.Palette{color.Black, nil}, 1), "pixel (2, 1) has palette index 1, which has no colour (the palette has 2 entries)"},
		{"short Paletted", &image.Paletted{Stride: 5, Rect: r}, "image pixels: 0 bytes are too few for 3 rows of 5 bytes at stride 5"},
		{"nil colour", nilColour{}, "At(0, 0) of colorconv.nilColour returns a nil colour"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dst := newYUV(t, 5, 3, true)
			err := New(Space{}, [3]uint8{}).Image(dst, tc.img)
			expectError(t, err, tc.text)
			if tc.name == "nil colour" {
				return
			}
			for _, v := range dst.Y {
				if v != 0 {
					t.Fatal("a refused image changed the destination")
				}
			}
		})
	}
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	const w, h = 65, 35
	r := image.Rect(0, 0, w, h)
	alpha := image.NewNYCbCrA(r, image.YCbCrSubsampleRatio420)
	alpha.A[9] = 7
	images := []image.Image{image.NewRGBA(r), opaqueNoise(1, r), image.NewNRGBA(r), image.NewGray(r), alpha,
		image.NewPaletted(r, color.Palette{color.Black})}
	for _, ratio := range allRatios {
		images = append(images, image.NewYCbCr(r, ratio))
	}
	pix := make([]uint8, 4*w*h)
	for _, subsampled := range []bool{true, false} {
		dst, src := newYUV(t, w, h, subsampled), newYUV(t, w, h, !subsampled)
		c := New(Space{}, [3]uint8{1, 2, 3})
		for _, m := range images {
			if n := testing.AllocsPerRun(3, func() { c.Image(dst, m) }); n > 0 {
				t.Errorf("%T, 4:2:0 %v: %v allocations", m, subsampled, n)
			}
		}
		for _, o := range orders {
			if n := testing.AllocsPerRun(3, func() { c.Packed(dst, o.format, pix, 4*w) }); n > 0 {
				t.Errorf("%s, 4:2:0 %v: %v allocations", o.name, subsampled, n)
			}
		}
		if n := testing.AllocsPerRun(3, func() { c.Planar(dst, src, Left) }); n > 0 {
			t.Errorf("planar to 4:2:0 %v: %v allocations", subsampled, n)
		}
	}
}
