package h264

import (
	"fmt"

	"github.com/g264/g264/h264/internal/picture"
)

// check validates a picture against the configuration.
func (e *Encoder) check(pic *Picture) error {
	if pic == nil {
		return fmt.Errorf("%w: nil", ErrPicture)
	}
	if err := checkPlane("Y", pic.Y, pic.YStride, e.cfg.Width, e.cfg.Height); err != nil {
		return err
	}
	w, h := e.chromaSize()
	if err := checkPlane("Cb", pic.Cb, pic.CStride, w, h); err != nil {
		return err
	}
	if err := checkPlane("Cr", pic.Cr, pic.CStride, w, h); err != nil {
		return err
	}
	if e.started && pic.PTS <= e.lastPTS {
		return fmt.Errorf("%w: PTS is %d; want more than that of the picture before, %d", ErrPicture, pic.PTS, e.lastPTS)
	}
	return nil
}

func checkPlane(name string, pix []uint8, stride, w, h int) error {
	if stride < w {
		return fmt.Errorf("%w: stride of %s is %d; want at least its width, %d", ErrPicture, name, stride, w)
	}
	// Divided, so that no stride overflows.
	if len(pix) < w || h > 1 && (len(pix)-w)/(h-1) < stride {
		return fmt.Errorf("%w: %s has %d samples; want %d rows of %d, %d apart", ErrPicture, name, len(pix), h, w, stride)
	}
	return nil
}

// take makes the survey of a picture. Its samples are still to be taken in.
func (e *Encoder) take(pic *Picture) *survey {
	p := e.lent
	if p == nil {
		p = e.sources.take()
	}
	e.lent = nil
	p.PTS, p.Force = pic.PTS, pic.ForceKey
	e.lastPTS, e.started = pic.PTS, true
	s := e.ahead.survey(p)
	w, h := e.chromaSize()
	s.input = [3]picture.Samples{
		{Pix: pic.Y, Stride: pic.YStride, W: e.cfg.Width, H: e.cfg.Height},
		{Pix: pic.Cb, Stride: pic.CStride, W: w, H: h},
		{Pix: pic.Cr, Stride: pic.CStride, W: w, H: h},
	}
	s.light = e.pps.WeightedPred
	return s
}
