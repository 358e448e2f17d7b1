package colorconv

import (
	"hash/crc32"
	"image"
	"testing"
)

// Every conversion of fixed noise, on every platform and with every form of the
// kernels, gives samples of this CRC-32 (IEEE). Made by this test; it may change
// only where the arithmetic is meant to change, and with it every coded file.
const goldenCRC = 0x7f8760f8

func TestSamplesAreTheSameOnEveryPlatform(t *testing.T) {
	sum := uint32(0)
	for i := 0; i < 4*2*2*2; i++ {
		w, h := 37-i&1, 11-i>>1&1
		c := New(allSpaces[i>>3&3], [3]uint8{20, 150, 240})
		c.Siting = Siting(i >> 2 & 1)
		for _, subsampled := range []bool{true, false} {
			dst := newYUV(t, w, h, subsampled)
			add := func(err error) {
				if err != nil {
					t.Fatal(err)
				}
				for _, p := range [][]uint8{dst.Y, dst.Cb, dst.Cr} {
					sum = crc32.Update(sum, crc32.IEEETable, p)
				}
			}
			for _, o := range orders {
				add(c.Packed(dst, o.format, noise(1, 4*w*h), o.format.BytesPerPixel()*w))
			}
			r := image.Rect(1, 1, 1+w, 1+h)
			for _, ratio := range allRatios {
				m := noisyYCbCr(2, r, ratio)
				add(c.Image(dst, m))
				add(c.Image(dst, &image.NYCbCrA{YCbCr: *m, A: noise(3, w*h), AStride: w}))
			}
			grey := image.NewGray16(r)
			copy(grey.Pix, noise(4, len(grey.Pix)))
			add(c.Image(dst, grey))
			src := newYUV(t, w, h, !subsampled)
			copy(src.Y, noise(5, len(src.Y)))
			copy(src.Cb, noise(6, len(src.Cb)))
			copy(src.Cr, noise(7, len(src.Cr)))
			add(c.Planar(dst, src, Left))
			add(c.Planar(dst, src, Centre))
		}
	}
	if sum != goldenCRC {
		t.Errorf("CRC-32 is %#08x, want %#08x", sum, uint32(goldenCRC))
	}
}
