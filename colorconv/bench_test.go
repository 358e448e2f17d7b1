package colorconv

import (
	"fmt"
	"image"
	"image/color/palette"
	"testing"
)

// The benchmarks convert 1920x1080; MB/s counts the bytes of the source.

const benchW, benchH = 1920, 1080

func bench(b *testing.B, subsampled bool, bytes int, convert func(c *Converter, dst *YUV) error) {
	b.Helper()
	c, dst := New(Space{}, [3]uint8{}), newYUV(b, benchW, benchH, subsampled)
	b.SetBytes(int64(bytes))
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		if err := convert(c, dst); err != nil {
			b.Fatal(err)
		}
	}
}

func formatName(subsampled bool) string {
	if subsampled {
		return "420"
	}
	return "444"
}

func BenchmarkPacked(b *testing.B) {
	for _, o := range orders {
		n := o.format.BytesPerPixel()
		pix := noise(1, n*benchW*benchH)
		if n == 4 {
			for i := 3; i < len(pix); i += 4 {
				pix[i] = 255
			}
		}
		for _, subsampled := range []bool{true, false} {
			b.Run(o.name+"/"+formatName(subsampled), func(b *testing.B) {
				bench(b, subsampled, len(pix), func(c *Converter, dst *YUV) error { return c.Packed(dst, o.format, pix, n*benchW) })
			})
		}
	}
	pix := noise(1, 3*benchW*benchH)
	b.Run("BGR/420centre", func(b *testing.B) {
		bench(b, true, len(pix), func(c *Converter, dst *YUV) error {
			c.Siting = Centre
			return c.Packed(dst, BGR, pix, 3*benchW)
		})
	})
}

func BenchmarkAlpha(b *testing.B) {
	pix := noise(1, 4*benchW*benchH)
	for _, format := range []Packed{RGBA, PRGBA} {
		b.Run(orders[format].name, func(b *testing.B) {
			bench(b, true, len(pix), func(c *Converter, dst *YUV) error { return c.Packed(dst, format, pix, 4*benchW) })
		})
	}
}

func BenchmarkYCbCr(b *testing.B) {
	for _, ratio := range allRatios {
		m := smoothYCbCr(image.Rect(0, 0, benchW, benchH), ratio)
		for _, subsampled := range []bool{true, false} {
			b.Run(fmt.Sprintf("%v/%s", ratio, formatName(subsampled)), func(b *testing.B) {
				bench(b, subsampled, len(m.Y)+2*len(m.Cb), func(c *Converter, dst *YUV) error { return c.Image(dst, m) })
			})
		}
	}
}

func BenchmarkPaletted(b *testing.B) {
	m := image.NewPaletted(image.Rect(0, 0, benchW, benchH), palette.Plan9)
	copy(m.Pix, noise(1, len(m.Pix)))
	bench(b, true, len(m.Pix), func(c *Converter, dst *YUV) error { return c.Image(dst, m) })
}

func BenchmarkAnyImage(b *testing.B) {
	m := image.NewRGBA64(image.Rect(0, 0, benchW, benchH))
	bench(b, true, len(m.Pix), func(c *Converter, dst *YUV) error { return c.Image(dst, m) })
}

func BenchmarkPlanar(b *testing.B) {
	for _, in := range []bool{true, false} {
		for _, out := range []bool{true, false} {
			src := newYUV(b, benchW, benchH, in)
			b.Run(formatName(in)+"to"+formatName(out), func(b *testing.B) {
				bench(b, out, len(src.Y)+2*len(src.Cb), func(c *Converter, dst *YUV) error { return c.Planar(dst, src, Left) })
			})
		}
	}
}

// smoothYCbCr is a picture whose samples rarely leave the range of any space, as
// those of photographs.
func smoothYCbCr(r image.Rectangle, ratio image.YCbCrSubsampleRatio) *image.YCbCr {
	m := image.NewYCbCr(r, ratio)
	for k, p := range [][]uint8{m.Y, m.Cb, m.Cr} {
		for i, v := range noise(int64(k), len(p)) {
			p[i] = uint8(64 + i>>(10+k)&127 + int(v>>4))
		}
	}
	return m
}
