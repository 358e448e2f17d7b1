package main

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/g264/g264"
	"github.com/g264/g264/internal/numbers"
)

// The demo's video: the case for which g264 was begun.
const (
	demoFrames = 100
	demoWidth  = 192
	demoHeight = 108
	demoCRF    = 17
)

// demoOptions are those of the demo, unless flags say otherwise.
func (s *settings) demoOptions() g264.Options {
	o := s.options
	o.Width, o.Height = demoWidth, demoHeight
	o.MeasurePSNR = true
	if !s.given["fps"] {
		o.FrameRate = g264.FPS(23.976)
	}
	if !s.given["chroma"] && (o.Profile == g264.ProfileAuto || o.Lossless) { // the others have one each
		o.Chroma = g264.Chroma444
	}
	if !s.given["crf"] && !s.given["qp"] {
		o.CRF = demoCRF
	}
	return o
}

// runDemo draws frames in memory, encodes them in memory, writes the video
// where -o says and prints the figures.
func (c *command) runDemo(ctx context.Context) error {
	files, err := c.openOutputs()
	if err != nil {
		return err
	}
	figures, err := c.encodeDemo(ctx, files)
	if err != nil {
		files.discard()
		if ctx.Err() != nil {
			return errInterrupted
		}
		return err
	}
	if err := files.finish(); err != nil {
		return err
	}
	for _, line := range figures {
		c.report(line)
	}
	return nil
}

// encodeDemo returns the lines to print. The time of encoding is that of
// encoding alone.
func (c *command) encodeDemo(ctx context.Context, files *outputs) (figures []string, err error) {
	o := c.demoOptions()
	started := time.Now()
	frames, err := numbers.Draw(demoFrames, demoWidth, demoHeight)
	if err != nil {
		return nil, err
	}
	drawn := time.Since(started)

	started = time.Now()
	video, shown, stats, err := encodeBGR(ctx, frames, o)
	if err != nil {
		return nil, err
	}
	encoded := time.Since(started)

	if files.video != nil {
		if _, err := files.video.Write(video); err != nil {
			return nil, err
		}
	}
	if files.recon != nil {
		files.recon.options = o
		for _, f := range shown {
			if err := files.recon.add(f); err != nil {
				return nil, err
			}
		}
	}
	figures = []string{
		fmt.Sprintf("%d frames of %dx%d BGR drawn in %.3f s", len(frames), demoWidth, demoHeight, drawn.Seconds()),
		summary(stats, encoded, &o),
	}
	if o.Chroma == g264.Chroma444 {
		psnr := psnrRGB(frames, shown, o.Matrix, o.Range)
		figures = append(figures, fmt.Sprintf("PSNR over the RGB samples %s dB", decibels(psnr)))
	}
	return figures, nil
}

// encodeBGR encodes packed BGR frames of the options' size in memory. With the
// video it returns the frames that a decoder will show.
func encodeBGR(ctx context.Context, frames [][]uint8, o g264.Options) (video []byte, shown []g264.Frame, stats g264.Stats, err error) {
	var file bytes.Buffer
	enc, err := g264.NewEncoderContext(ctx, &file, o)
	if err != nil {
		return nil, nil, stats, err
	}
	defer enc.Abort()
	err = enc.OnReconstruction(func(f g264.Frame) error {
		f.Y, f.Cb, f.Cr = bytes.Clone(f.Y), bytes.Clone(f.Cb), bytes.Clone(f.Cr)
		shown = append(shown, f)
		return nil
	})
	if err != nil {
		return nil, nil, stats, err
	}
	for _, pix := range frames {
		if err := enc.EncodeBGR(pix, 3*o.Width); err != nil {
			return nil, nil, stats, err
		}
	}
	err = enc.Close()
	return file.Bytes(), shown, enc.Stats(), err
}
