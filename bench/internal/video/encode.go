package video

import (
	"bytes"

	"github.com/g264/g264"
)

// formats by ffmpeg's names.
var formats = map[string]g264.PixelFormat{"bgr24": g264.BGR, "rgba": g264.RGBA}

// Encode makes a video of the clip in memory. Size and frame rate of the
// options are the clip's.
func (c *Clip) Encode(o g264.Options) ([]byte, error) {
	o.Width, o.Height, o.FrameRate = c.Width, c.Height, c.Rate
	var file bytes.Buffer
	enc, err := g264.NewEncoder(&file, o)
	if err != nil {
		return nil, err
	}
	defer enc.Abort()
	for _, pix := range c.Frames {
		if err := enc.EncodeFrame(g264.Frame{Format: formats[c.PixFmt], Pix: pix, Stride: c.Stride()}); err != nil {
			return nil, err
		}
	}
	err = enc.Close()
	return file.Bytes(), err
}
