package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/g264/g264"
)

// errInterrupted is what an interrupt leaves: exit status 130, as shells have it.
var errInterrupted = errors.New("interrupted")

var errNothingYet = fmt.Errorf("%w before the first frame", errInterrupted)

// encodeInputs encodes the video that the inputs hold. An interrupt ends the
// video with the frame reached: its file is finished, and the error is
// errInterrupted. After any other error the outputs are removed.
func (c *command) encodeInputs(ctx context.Context) error {
	src, err := openSource(ctx, c.settings, c.stdin)
	if ctx.Err() != nil {
		return errNothingYet
	}
	if err != nil {
		return err
	}
	defer src.Close()
	files, err := c.openOutputs()
	if err != nil {
		return err
	}
	started := time.Now()
	stats, err := c.encodeSource(ctx, src, files)
	interrupted := errors.Is(err, errInterrupted)
	if err != nil && !(interrupted && stats.Frames > 0) {
		files.discard()
		if interrupted {
			return errNothingYet
		}
		return err
	}
	if err := files.finish(); err != nil {
		return err
	}
	c.report(summary(stats, time.Since(started), &c.options))
	if interrupted {
		return fmt.Errorf("%w: the video ends after %d frames", err, stats.Frames)
	}
	return nil
}

// encodeSource encodes all frames of a source, or those before an interrupt.
func (c *command) encodeSource(ctx context.Context, src source, files *outputs) (g264.Stats, error) {
	t := src.traits()
	o := c.complete(t)
	enc, err := g264.NewEncoder(files.video, o)
	if err != nil {
		return g264.Stats{}, err
	}
	defer enc.Abort()
	if files.recon != nil {
		files.recon.options = o
		if err := enc.OnReconstruction(files.recon.add); err != nil {
			return g264.Stats{}, err
		}
	}
	bar := newProgress(c.stderr, t.frames, c.quiet)
	err = feedAll(ctx, src, enc, bar)
	bar.done()
	if err != nil && !errors.Is(err, errInterrupted) {
		if o.Layout == g264.Fragmented {
			enc.Close() // the frames before the error stay; it is what there is to say
		}
		return enc.Stats(), err
	}
	// Without a frame there is nothing to finish, and the interrupt is the reason.
	if closeErr := enc.Close(); closeErr != nil && (err == nil || !errors.Is(closeErr, g264.ErrNoFrames)) {
		return enc.Stats(), closeErr
	}
	return enc.Stats(), err
}

// feedAll gives every frame to the encoder. Once the context has ended, the
// error is errInterrupted, whatever became of a frame that was being read.
func feedAll(ctx context.Context, src source, enc *g264.Encoder, bar progress) error {
	lend := lender(enc.Lend)
	for {
		f, err := src.next(lend)
		switch {
		case ctx.Err() != nil:
			return errInterrupted
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
		if err := enc.EncodeFrame(f); err != nil {
			return err
		}
		bar.step()
	}
}
