// Package colorconv turns pictures into the planar 8-bit YCbCr samples that an
// H.264 encoder takes: packed BGR, RGB, BGRA, RGBA and grey, planar YCbCr, and
// any image.Image, to 4:2:0 or 4:4:4 in the colour of BT.601 or BT.709, limited
// or full range; or to planes of green, blue and red, where nothing is lost.
//
// The matrices are those of Rec. ITU-T BT.601-7, clause 2.5.1, and Rec. ITU-T
// BT.709-6, items 3.2 to 3.4, with the 8-bit quantisation of both; full range is
// that of Rec. ITU-T H.264, clause E.2.1 (video_full_range_flag). Go's
// image.YCbCr is the colour of Rec. ITU-T T.871 (JFIF): BT.601 full range, its
// subsampled chroma centred between the pixels it stands for.
//
// All arithmetic is in integers of fixed point, so that every platform gives the
// same samples, and each sample is rounded once: 4:2:0 chroma is computed from
// the unrounded sum of the pixels under its filter, not from rounded 4:4:4
// chroma. Against the exact formula a sample is off by at most 0.52.
//
// 4:2:0 chroma lies on the even columns, between two rows, where Siting is Left
// (Rec. ITU-T H.264, figure E-1, type 0; MPEG-2, H.264's default): columns are
// filtered [1 2 1]/4 and two rows averaged. Where it is Centre (type 1; JPEG,
// MPEG-1) it is the mean of two by two pixels. A 4:2:0 picture of odd size is
// padded to even size by repeating its last column or row; 4:4:4 has the exact
// size.
//
// Rows are converted by kernels that have a portable form, which is their
// definition, and on amd64 with AVX2 an assembly form with the same results, unless
// the build tags noasm or purego are set; folder _gen has the programs that write it.
package colorconv

import (
	"errors"
	"fmt"
)

// ErrImage is wrapped by every error of this package, but for that of a Converter's
// Stop: a picture, source or destination, whose description is wrong or whose buffers
// are too short.
var ErrImage = errors.New("colorconv: invalid image")

// Matrix names the luma weights of a colour space.
type Matrix uint8

const (
	BT709 Matrix = iota // Kr 0.2126, Kb 0.0722
	BT601               // Kr 0.299, Kb 0.114
	GBR                 // none: Y, Cb and Cr are G, B and R, of full range and in 4:4:4 only
)

// Space is the colour of YCbCr samples. The zero value is BT.709 limited range
// (Y 16 to 235, Cb and Cr 16 to 240).
type Space struct {
	Matrix    Matrix // any value but BT601 and GBR is taken as BT709
	FullRange bool   // Y, Cb and Cr use 0 to 255
}

// jfif is the colour of image.YCbCr.
var jfif = Space{BT601, true}

// Siting is the horizontal place of 4:2:0 chroma samples; vertically they are
// always between two rows.
type Siting uint8

const (
	Left   Siting = iota // on the even columns
	Centre               // between the even column and the odd one; any other value is taken as Left
)

// Packed is an order of the bytes of a pixel.
type Packed uint8

const (
	BGR   Packed = iota // 3 bytes; OpenCV's order
	RGB                 // 3 bytes
	BGRA                // 4 bytes, alpha not premultiplied
	RGBA                // 4 bytes, alpha not premultiplied (image.NRGBA)
	PRGBA               // 4 bytes, RGBA with colour premultiplied by alpha (image.RGBA)
	Gray                // 1 byte, full range grey: R = G = B
)

var packedBytes = [...]int{BGR: 3, RGB: 3, BGRA: 4, RGBA: 4, PRGBA: 4, Gray: 1}

// BytesPerPixel returns the size of a pixel, or 0 for a value that is no format.
func (f Packed) BytesPerPixel() int {
	if int(f) >= len(packedBytes) {
		return 0
	}
	return packedBytes[f]
}

// Converter converts pictures to one colour space. It keeps buffers of a few
// rows between calls, so that after the first picture of a size a call allocates
// nothing (save for images that have no fast path). One goroutine at a time may
// use it.
type Converter struct {
	// Siting is where the 4:2:0 chroma of the destination lies.
	Siting Siting

	// Stop, unless it is nil, is asked before each row of an image that is read through its
	// methods, which may take long: an error ends the conversion, which returns it.
	Stop func() error

	space      Space
	background [3]uint8    // R, G, B under transparent pixels
	rgb, bgr   pixelMatrix // for the two orders of bytes
	grey       [256]uint8  // Y of a grey pixel
	fromJFIF   *yccMatrix  // nil where space is JFIF's own

	pixels  [2][]uint8 // rows of composited pixels, 4 bytes each
	samples []uint8    // two rows of composited 4:4:4 YCbCr
	resampler
}

// New makes a converter to the given space. Where a source has alpha it is
// composited on the background (R, G, B).
func New(space Space, background [3]uint8) *Converter {
	c := &Converter{space: space, background: background}
	r, g, b := pixelCoefs(space)
	tables := newPixelTables(space, r, g, b)
	c.rgb = newPixelMatrix(space, [3]coefs{r, g, b}, [3]*pixelTable{&tables[0], &tables[1], &tables[2]})
	c.bgr = newPixelMatrix(space, [3]coefs{b, g, r}, [3]*pixelTable{&tables[2], &tables[1], &tables[0]})
	for i := range c.grey {
		c.grey[i] = c.rgb.lumaOf([]uint8{uint8(i), uint8(i), uint8(i)})
	}
	c.fromJFIF = newYCCMatrix(space)
	return c
}

// Packed converts dst.Width x dst.Height pixels. Row y starts at pix[y*stride];
// stride is in bytes, at least the bytes of a row. After an error the samples of
// dst are as before.
func (c *Converter) Packed(dst *YUV, format Packed, pix []uint8, stride int) error {
	if err := c.checkDestination(dst); err != nil {
		return err
	}
	n := format.BytesPerPixel()
	if n == 0 {
		return fmt.Errorf("%w: pixel format %d is not known, the last is %d", ErrImage, format, Gray)
	}
	if err := checkPlane("pixels", len(pix), stride, n*dst.Width, dst.Height); err != nil {
		return err
	}
	if format == Gray {
		c.grayRows(dst, pix, stride)
		return nil
	}
	m, bg := &c.rgb, c.background
	if format == BGR || format == BGRA {
		m, bg = &c.bgr, [3]uint8{bg[2], bg[1], bg[0]}
	}
	row := n * dst.Width
	switch format {
	case BGR, RGB:
		c.pixelRows(dst, n, m, func(y int, _ []uint8) []uint8 { return pix[y*stride:][:row] })
	default:
		under := uint64(bg[0]) | uint64(bg[1])<<16 | uint64(bg[2])<<32
		c.pixelRows(dst, n, m, func(y int, buf []uint8) []uint8 {
			p := pix[y*stride:][:row]
			if opaque(p) {
				return p
			}
			composite(buf, p, format != PRGBA, under)
			return buf
		})
	}
	return nil
}

// checkDestination refuses a picture that can't hold all samples of its size, or
// not in the converter's space.
func (c *Converter) checkDestination(dst *YUV) error {
	if err := dst.checkDestination(); err != nil {
		return err
	}
	if c.space.Matrix == GBR && dst.Subsampled {
		return fmt.Errorf("%w: destination is 4:2:0, GBR needs 4:4:4", ErrImage)
	}
	return nil
}

// grayRows converts rows of full range grey.
func (c *Converter) grayRows(dst *YUV, pix []uint8, stride int) {
	for y := 0; y < dst.Height; y++ {
		out := dst.Y[y*dst.YStride:][:dst.Width]
		in := pix[y*stride:][:dst.Width]
		if c.space.FullRange || c.space.Matrix == GBR {
			copy(out, in)
			continue
		}
		limitedRow(out, in, &c.grey)
	}
	c.withoutColour(dst)
	dst.padLuma()
}

// withoutColour makes chroma of a picture that is grey.
func (c *Converter) withoutColour(dst *YUV) {
	if c.space.Matrix != GBR {
		dst.neutralChroma()
		return
	}
	copyPlane(dst.Cb, dst.CStride, dst.Y, dst.YStride, dst.Width, dst.Height)
	copyPlane(dst.Cr, dst.CStride, dst.Y, dst.YStride, dst.Width, dst.Height)
}

// pixelRows converts pixels of n bytes (3 or 4) that row returns. row may use
// buf, which holds dst.Width pixels and stays untouched for the next call of row.
func (c *Converter) pixelRows(dst *YUV, n int, m *pixelMatrix, row func(y int, buf []uint8) []uint8) {
	w := dst.Width
	for i := range c.pixels {
		c.pixels[i] = grow(c.pixels[i], 4*w)
	}
	if c.space.Matrix == GBR {
		for y := 0; y < dst.Height; y++ {
			i := y * dst.CStride
			green, first, last := dst.Y[y*dst.YStride:][:w], dst.Cb[i:][:w], dst.Cr[i:][:w]
			if m == &c.rgb {
				first, last = last, first
			}
			splitPixels(first, green, last, row(y, c.pixels[0]), n)
		}
		return
	}
	if !dst.Subsampled {
		for y := 0; y < dst.Height; y++ {
			i := y * dst.CStride
			pixelRow(dst.Y[y*dst.YStride:][:w], dst.Cb[i:][:w], dst.Cr[i:][:w], row(y, c.pixels[0]), n, m)
		}
		return
	}
	cw := (w + 1) / 2
	for y := 0; y < dst.Height; y += 2 {
		top, y0 := row(y, c.pixels[0]), dst.Y[y*dst.YStride:][:w]
		bottom, y1 := top, y0
		if y+1 < dst.Height {
			bottom, y1 = row(y+1, c.pixels[1]), dst.Y[(y+1)*dst.YStride:][:w]
		}
		i := y / 2 * dst.CStride
		subsampledRows(y0, y1, dst.Cb[i:][:cw], dst.Cr[i:][:cw], top, bottom, n, m, c.Siting)
	}
	dst.padLuma()
}

// grow returns a slice of n elements, s itself where it has them.
func grow[T any](s []T, n int) []T {
	if cap(s) >= n {
		return s[:n]
	}
	return make([]T, n)
}
