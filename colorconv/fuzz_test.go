package colorconv

import (
	"errors"
	"image"
	"image/color"
	"testing"
)

// FuzzConvert gives every entry point pictures whose description need not fit
// their buffers. None may panic or write outside of the destination's samples, and
// what is refused is refused with ErrImage.
func FuzzConvert(f *testing.F) {
	for kind := uint8(0); kind < 16; kind++ {
		f.Add(kind, uint8(5), uint8(3), int16(20), int16(10), int8(0), uint8(3), noise(int64(kind), 80))
		f.Add(kind, uint8(16), uint8(2), int16(-1), int16(64), int8(-3), uint8(0x1f), noise(int64(kind), 64))
	}
	f.Fuzz(func(t *testing.T, kind, w, h uint8, stride, stride2 int16, origin int8, flags uint8, data []byte) {
		width, height := int(w%32)+1, int(h%16)+1
		r := image.Rect(0, 0, width, height).Add(image.Pt(int(origin), int(origin)/2))
		ratio := image.YCbCrSubsampleRatio(flags >> 3 & 7)
		c := New(Space{Matrix: Matrix(flags & 1), FullRange: flags&2 != 0}, [3]uint8{flags, 7, 250})
		c.Siting = Siting(flags >> 2 & 1)
		dst, check := guarded(t, width, height, flags&64 == 0)
		third := len(data) / 3
		a, b, d := data[:third], data[third:2*third], data[2*third:]
		ycbcr := image.YCbCr{Y: d, Cb: a, Cr: b, YStride: int(stride), CStride: int(stride2), SubsampleRatio: ratio, Rect: r}
		var err error
		switch kind % 16 {
		case 0, 1, 2, 3, 4, 5:
			err = c.Packed(dst, Packed(kind%16), data, int(stride))
		case 6, 7:
			src := &YUV{Y: d, Cb: a, Cr: b, YStride: int(stride), CStride: int(stride2), Width: width, Height: height, Subsampled: flags&1 == 0}
			err = c.Planar(dst, src, Siting(kind%16-6))
		case 8, 9, 10:
			err = c.Image(dst, &ycbcr)
		case 11:
			err = c.Image(dst, &image.NYCbCrA{YCbCr: ycbcr, A: data, AStride: int(stride2)})
		case 12:
			err = c.Image(dst, &image.Paletted{Pix: data, Stride: int(stride), Rect: r, Palette: make(color.Palette, 3)})
		case 13:
			err = c.Image(dst, &image.Paletted{Pix: data, Stride: int(stride), Rect: r, Palette: color.Palette{color.Black, color.White, color.Transparent}})
		case 14:
			err = c.Image(dst, &image.RGBA64{Pix: data, Stride: int(stride), Rect: r})
		case 15:
			err = c.Image(dst, &image.CMYK{Pix: data, Stride: int(stride), Rect: r})
		}
		check()
		if err != nil && !errors.Is(err, ErrImage) {
			t.Fatalf("error %v is no ErrImage", err)
		}
	})
}
