package g264

import (
	"github.com/g264/g264/colorconv"
	"github.com/g264/g264/h264"
)

// converter makes the coder's pictures of frames, in one buffer for all.
type converter struct {
	colour     *colorconv.Converter
	subsampled bool
	yuv        *colorconv.YUV // made for the first frame that needs it
	source     colorconv.YUV  // the frame being converted; a field, so that it is not allocated
}

var packedFormats = [...]colorconv.Packed{
	BGR: colorconv.BGR, RGB: colorconv.RGB, BGRA: colorconv.BGRA, RGBA: colorconv.RGBA, Gray8: colorconv.Gray,
}

func newConverter(o *Options) converter {
	space := colorconv.Space{FullRange: o.Range == RangeFull}
	if o.Matrix == MatrixBT601 {
		space.Matrix = colorconv.BT601
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

// picture sets the planes of dst to the frame, which has been checked, in the
// file's colour. They are valid until the next call or as long as the frame's.
func (c *converter) picture(dst *h264.Picture, f *Frame, width, height int) error {
	if f.planar() && (f.Format == YUV420P) == c.subsampled && !(c.subsampled && (width|height)&1 != 0) {
		// As the coder takes it: no copy.
		dst.Y, dst.Cb, dst.Cr, dst.YStride, dst.CStride = f.Y, f.Cb, f.Cr, f.YStride, f.CStride
		return nil
	}
	if c.yuv == nil {
		yuv, err := colorconv.NewYUV(width, height, c.subsampled)
		if err != nil {
			return wrap(ErrFrame, colorconv.ErrImage, err)
		}
		c.yuv = yuv
	}
	var err error
	switch {
	case f.Image != nil:
		err = c.colour.Image(c.yuv, f.Image)
	case f.planar():
		c.source = colorconv.YUV{
			Y: f.Y, Cb: f.Cb, Cr: f.Cr, YStride: f.YStride, CStride: f.CStride,
			Width: width, Height: height, Subsampled: f.Format == YUV420P,
		}
		err = c.colour.Planar(c.yuv, &c.source, c.colour.Siting)
		c.source = colorconv.YUV{}
	default:
		err = c.colour.Packed(c.yuv, packedFormats[f.Format], f.Pix, f.Stride)
	}
	if err != nil {
		return wrap(ErrFrame, colorconv.ErrImage, err)
	}
	dst.Y, dst.Cb, dst.Cr, dst.YStride, dst.CStride = c.yuv.Y, c.yuv.Cb, c.yuv.Cr, c.yuv.YStride, c.yuv.CStride
	return nil
}
