package colorconv_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"math/rand/v2"
	"testing"

	"github.com/g264/g264/colorconv"
)

// GBR keeps every sample of every source that has RGB, in planes.
func TestGBRKeepsSamples(t *testing.T) {
	const w, h = 37, 5
	rng := rand.New(rand.NewPCG(1, 1))
	var r, g, b [w * h]uint8
	for i := range r {
		r[i], g[i], b[i] = uint8(rng.IntN(256)), uint8(rng.IntN(256)), uint8(rng.IntN(256))
	}
	dst, err := colorconv.NewYUV(w, h, false)
	if err != nil {
		t.Fatal(err)
	}
	c := colorconv.New(colorconv.Space{Matrix: colorconv.GBR}, [3]uint8{9, 8, 7})
	check := func(name string, err error, wantG, wantB, wantR []uint8) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !bytes.Equal(dst.Y, wantG) || !bytes.Equal(dst.Cb, wantB) || !bytes.Equal(dst.Cr, wantR) {
			t.Errorf("%s: the planes aren't green, blue and red", name)
		}
		clear(dst.Y)
		clear(dst.Cb)
		clear(dst.Cr)
	}
	packed := func(order ...*[w * h]uint8) (pix []uint8) {
		for i := range r {
			for _, plane := range order {
				if plane == nil {
					pix = append(pix, 255)
				} else {
					pix = append(pix, plane[i])
				}
			}
		}
		return pix
	}
	check("BGR", c.Packed(dst, colorconv.BGR, packed(&b, &g, &r), 3*w), g[:], b[:], r[:])
	check("RGB", c.Packed(dst, colorconv.RGB, packed(&r, &g, &b), 3*w), g[:], b[:], r[:])
	check("BGRA", c.Packed(dst, colorconv.BGRA, packed(&b, &g, &r, nil), 4*w), g[:], b[:], r[:])
	check("RGBA", c.Packed(dst, colorconv.RGBA, packed(&r, &g, &b, nil), 4*w), g[:], b[:], r[:])
	check("grey", c.Packed(dst, colorconv.Gray, g[:], w), g[:], g[:], g[:])
	source := colorconv.YUV{Y: g[:], Cb: b[:], Cr: r[:], YStride: w, CStride: w, Width: w, Height: h}
	check("planes", c.Planar(dst, &source, colorconv.Left), g[:], b[:], r[:])
	source.Cb, source.Cr = nil, nil
	check("one plane", c.Planar(dst, &source, colorconv.Left), g[:], g[:], g[:])

	rect := image.Rect(3, 2, 3+w, 2+h)
	rgba := &image.RGBA{Pix: packed(&r, &g, &b, nil), Stride: 4 * w, Rect: rect}
	check("image.RGBA", c.Image(dst, rgba), g[:], b[:], r[:])
	check("any image", c.Image(dst, struct{ image.Image }{rgba}), g[:], b[:], r[:])

	// Those that have none are converted as image/color has it.
	jfif := image.NewYCbCr(rect, image.YCbCrSubsampleRatio420)
	alpha := image.NewNYCbCrA(rect, image.YCbCrSubsampleRatio444)
	for _, plane := range [][]uint8{jfif.Y, jfif.Cb, jfif.Cr, alpha.Y, alpha.Cb, alpha.Cr} {
		for i := range plane {
			plane[i] = uint8(rng.IntN(256))
		}
	}
	for i := range alpha.A {
		alpha.A[i] = 255
	}
	for _, img := range []image.Image{jfif, alpha} {
		if err := c.Image(dst, img); err != nil {
			t.Fatal(err)
		}
		for i := range r {
			want := color.NRGBAModel.Convert(img.At(3+i%w, 2+i/w)).(color.NRGBA)
			for _, pair := range [][2]uint8{{dst.Y[i], want.G}, {dst.Cb[i], want.B}, {dst.Cr[i], want.R}} {
				if d := int(pair[0]) - int(pair[1]); d < -1 || d > 1 {
					t.Fatalf("%T: pixel %d is (%d, %d, %d), want %v", img, i, dst.Cr[i], dst.Y[i], dst.Cb[i], want)
				}
			}
		}
	}
}

// There is no GBR at half the width.
func TestGBRIsNotSubsampled(t *testing.T) {
	dst, err := colorconv.NewYUV(4, 4, true)
	if err != nil {
		t.Fatal(err)
	}
	c := colorconv.New(colorconv.Space{Matrix: colorconv.GBR}, [3]uint8{})
	if err := c.Packed(dst, colorconv.BGR, make([]uint8, 48), 12); !errors.Is(err, colorconv.ErrImage) {
		t.Errorf("error %v, want ErrImage", err)
	}
}
