package g264

import (
	"fmt"
	"image"
	"reflect"
)

// PixelFormat is the layout of a Frame's samples. Its text is ffmpeg's name.
type PixelFormat uint8

const (
	BGR     PixelFormat = iota // bgr24: blue, green, red; OpenCV's and gocv's order
	RGB                        // rgb24
	BGRA                       // straight alpha (not premultiplied), as in image.NRGBA
	RGBA                       // straight alpha, as in image.NRGBA
	Gray8                      // gray: one byte, black 0 to white 255
	YUV420P                    // planes; chroma at half width and half height, rounded up
	YUV444P                    // planes, all of full size
)

// bytesPerPixel of a packed format; zero of a planar one.
func (p PixelFormat) bytesPerPixel() int {
	switch p {
	case BGR, RGB:
		return 3
	case BGRA, RGBA:
		return 4
	case Gray8:
		return 1
	}
	return 0
}

// Frame is a picture with its time. The encoder has read its samples when
// [Encoder.EncodeFrame] returns, so buffers can be used again.
//
// A Frame is an image (Image), or packed pixels (Format, Pix, Stride), or
// planes (Format YUV420P or YUV444P, Y, Cb, Cr, YStride, CStride). Strides are
// the bytes from a row to the next, at least as many as a row has; the last row
// may end with its last sample.
//
// Planes are taken to be in the file's colour already: in the matrix, range and
// chroma site that Options say; with MatrixGBR Y, Cb and Cr are green, blue and red. Where the file has the other chroma format
// their chroma is resampled. Everything else is converted to the file's colour.
type Frame struct {
	Image image.Image // if not nil, in place of all fields up to Height

	Format        PixelFormat // BGR
	Pix           []uint8     // packed formats: the rows, top to bottom
	Stride        int
	Y, Cb, Cr     []uint8 // planar formats
	YStride       int
	CStride       int // of Cb and Cr
	Width, Height int // in pixels; both zero: the encoder's

	// PTS is when the frame is shown, Duration for how long, in ticks of
	// Options.TimeBase, which both need. A frame without PTS follows the frame
	// before it, after its Duration or one frame of the FrameRate. Durations only
	// matter there and at the end: the next frame's PTS ends a frame in any case,
	// and the last one, if it does not say, lasts as long as the one before, but no
	// longer than frames do in the mean. From a frame to the next are at most 68
	// years.
	PTS      Timestamp
	Duration int64

	ForceKey bool // code as a key frame
}

// Timestamp is a time in ticks of Options.TimeBase, or its zero value: no time
// of its own. [At] makes one.
type Timestamp struct {
	ticks int64
	set   bool
}

// At is the time of a number of ticks of Options.TimeBase. Only differences
// count, unless Options.KeepStart is set: the file starts with its first frame.
func At(ticks int64) Timestamp { return Timestamp{ticks, true} }

// Ticks returns the number of ticks, and false if the Timestamp is not set.
func (t Timestamp) Ticks() (ticks int64, ok bool) { return t.ticks, t.set }

// planar reports whether the frame is planes.
func (f *Frame) planar() bool { return f.Image == nil && f.Format.bytesPerPixel() == 0 }

// badFrame makes an error that wraps ErrFrame and names a field.
func badFrame(field string, value any, want string) error {
	return fmt.Errorf("%w: %s is %v; want %s", ErrFrame, field, value, want)
}

// size returns the frame's size, or zeros where it leaves it to the encoder.
func (f *Frame) size() (width, height int, err error) {
	if f.Image == nil {
		if f.Width < 0 || f.Width == 0 && f.Height != 0 {
			return 0, 0, badFrame("Width", f.Width, "a positive number of pixels, or Width and Height 0 for the encoder's size")
		}
		if f.Height < 0 || f.Height == 0 && f.Width != 0 {
			return 0, 0, badFrame("Height", f.Height, "a positive number of pixels, or Width and Height 0 for the encoder's size")
		}
		return f.Width, f.Height, nil
	}
	// Bounds of a nil pointer in the interface would panic.
	if v := reflect.ValueOf(f.Image); v.Kind() == reflect.Pointer && v.IsNil() {
		return 0, 0, fmt.Errorf("%w: the image is a nil %T", ErrFrame, f.Image)
	}
	b := f.Image.Bounds()
	if b.Empty() || b.Dx() <= 0 || b.Dy() <= 0 { // a difference can overflow
		return 0, 0, badFrame("the image's rectangle", b, "one that is not empty")
	}
	return b.Dx(), b.Dy(), nil
}

// check checks that the buffers hold a frame of a size. Images are checked by
// the conversion, which knows their kinds.
func (f *Frame) check(width, height int) error {
	if f.Image != nil {
		return nil
	}
	if !pixelNames.valid(uint8(f.Format)) {
		return badFrame("Format", uint8(f.Format), "one of the constants for "+pixelNames.list())
	}
	if n := f.Format.bytesPerPixel(); n > 0 {
		return checkPlane("Pix", f.Pix, "Stride", f.Stride, width*n, height)
	}
	cw, ch := width, height
	if f.Format == YUV420P {
		cw, ch = (width+1)/2, (height+1)/2
	}
	if err := checkPlane("Y", f.Y, "YStride", f.YStride, width, height); err != nil {
		return err
	}
	if err := checkPlane("Cb", f.Cb, "CStride", f.CStride, cw, ch); err != nil {
		return err
	}
	return checkPlane("Cr", f.Cr, "CStride", f.CStride, cw, ch)
}

// checkPlane checks rows of a number of bytes, stride bytes apart.
func checkPlane(name string, p []uint8, strideName string, stride, row, rows int) error {
	if stride < row {
		return badFrame(strideName, stride, fmt.Sprintf("at least %d, the bytes of a row", row))
	}
	// Divided, not multiplied: a stride can be any number.
	if len(p) < row || rows > 1 && (len(p)-row)/(rows-1) < stride {
		return badFrame("len("+name+")", len(p),
			fmt.Sprintf("%d rows of %d bytes, each %d after the one before", rows, row, stride))
	}
	return nil
}
