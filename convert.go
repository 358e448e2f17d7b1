package g264

import (
	"errors"

	"github.com/g264/g264/colorconv"
	"github.com/g264/g264/h264"
)

// converter makes the coder's pictures of frames.
type converter struct {
	colour     *colorconv.Converter
	subsampled bool

	// Fields, so that they are not allocated for each frame.
	picture             h264.Picture
	source, destination colorconv.YUV
}

var packedFormats = [...]colorconv.Packed{
	BGR: colorconv.BGR, RGB: colorconv.RGB, BGRA: colorconv.BGRA, RGBA: colorconv.RGBA, Gray8: colorconv.Gray,
}

func newConverter(o *Options) converter {
	space := colorconv.Space{FullRange: o.Range == RangeFull}
	switch o.Matrix {
	case MatrixBT601:
		space.Matrix = colorconv.BT601
	case MatrixGBR:
		space.Matrix = colorconv.GBR
	}
	c := converter{colour: colorconv.New(space, o.Background), subsampled: o.Chroma == Chroma420}
	if o.chromaSite() == ChromaSiteCentre {
		c.colour.Siting = colorconv.Centre
	}
	return c
}

// codedSize returns the size of the coder's pictures for frames of a size: even
// in 4:2:0.
func (o *Options) codedSize(width, height int) (int, int) {
	if o.Chroma == Chroma420 {
		return (width + 1) &^ 1, (height + 1) &^ 1
	}
	return width, height
}

// convert returns the picture for the coder to take of a frame, which has been
// checked, in the file's colour: the frame's own planes, or the coder's memory. The
// picture is valid until the next call.
func (c *converter) convert(coder *h264.Encoder, f *Frame, width, height int) (*h264.Picture, error) {
	if f.planar() && (f.Format == YUV420P) == c.subsampled && !(c.subsampled && (width|height)&1 != 0) {
		c.picture = h264.Picture{Y: f.Y, Cb: f.Cb, Cr: f.Cr, YStride: f.YStride, CStride: f.CStride}
		return &c.picture, nil
	}
	pic, err := coder.Lend()
	if err != nil {
		return nil, err
	}
	c.destination = colorconv.YUV{
		Y: pic.Y, Cb: pic.Cb, Cr: pic.Cr, YStride: pic.YStride, CStride: pic.CStride,
		Width: width, Height: height, Subsampled: c.subsampled,
	}
	switch {
	case f.Image != nil:
		err = c.colour.Image(&c.destination, f.Image)
	case f.planar():
		c.source = colorconv.YUV{
			Y: f.Y, Cb: f.Cb, Cr: f.Cr, YStride: f.YStride, CStride: f.CStride,
			Width: width, Height: height, Subsampled: f.Format == YUV420P,
		}
		err = c.colour.Planar(&c.destination, &c.source, c.colour.Siting)
	default:
		err = c.colour.Packed(&c.destination, packedFormats[f.Format], f.Pix, f.Stride)
	}
	switch {
	case errors.Is(err, colorconv.ErrImage):
		return nil, wrap(ErrFrame, colorconv.ErrImage, err)
	case err != nil:
		return nil, err
	}
	return pic, nil
}

// release forgets the caller's memory and the coder's.
func (c *converter) release() {
	c.picture, c.source, c.destination = h264.Picture{}, colorconv.YUV{}, colorconv.YUV{}
}
