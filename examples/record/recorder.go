package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"image"
	_ "image/jpeg"
	"io"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/g264/g264"
)

// Recorder makes a video of what a tab shows. Chromium sends a picture when the
// page has changed, and says when; the video shows it from then to the next.
type Recorder struct {
	tab    context.Context
	stop   context.CancelFunc // of the events
	events chan *page.EventScreencastFrame
	ended  chan error // what run returns
}

// Record starts to record a tab, a context of chromedp's, whose size must not
// change. The video is written as o has it; its times are in microseconds.
func Record(tab context.Context, w io.Writer, o g264.Options) (*Recorder, error) {
	o.TimeBase = g264.Rational{Num: 1, Den: 1_000_000}
	enc, err := g264.NewEncoderContext(tab, w, o)
	if err != nil {
		return nil, err
	}
	events, stop := context.WithCancel(tab)
	r := &Recorder{
		tab: tab, stop: stop,
		events: make(chan *page.EventScreencastFrame, 64), // Chromium waits for acknowledgement after a few
		ended:  make(chan error, 1),
	}
	chromedp.ListenTarget(events, func(event any) {
		if f, ok := event.(*page.EventScreencastFrame); ok {
			select {
			case r.events <- f:
			case <-events.Done():
			}
		}
	})
	go func() { r.ended <- r.run(events, enc) }()
	cast := page.StartScreencast().WithFormat(page.ScreencastFormatJpeg).WithQuality(95)
	if err := chromedp.Run(tab, cast); err != nil {
		stop()
		<-r.ended
		return nil, err
	}
	return r, nil
}

// Stop ends the video, whose last picture is shown until now.
func (r *Recorder) Stop() error {
	err := chromedp.Run(r.tab, page.StopScreencast())
	r.stop()
	if ended := <-r.ended; ended != nil {
		return ended
	}
	return err
}

// run encodes what comes until ctx ends.
func (r *Recorder) run(ctx context.Context, enc *g264.Encoder) error {
	defer enc.Abort()
	defer r.stop()
	reel := reel{enc: enc}
	for {
		select {
		case f := <-r.events:
			if err := reel.add(f); err != nil {
				return err
			}
			if err := chromedp.Run(r.tab, page.ScreencastFrameAck(f.SessionID)); err != nil {
				return err
			}
		case <-ctx.Done():
			for len(r.events) > 0 {
				if err := reel.add(<-r.events); err != nil {
					return err
				}
			}
			return reel.end(time.Now())
		}
	}
}

// reel encodes pictures. It holds one back: how long it is shown is known when
// the next has come.
type reel struct {
	enc     *g264.Encoder
	picture image.Image
	since   time.Time // when it came onto the page
}

func (r *reel) add(f *page.EventScreencastFrame) error {
	img, at, err := read(f)
	if err != nil {
		return err
	}
	if r.picture == nil || at.UnixMicro() > r.since.UnixMicro() {
		if err := r.encode(at); err != nil {
			return err
		}
		r.since = at
	}
	r.picture = img // in place of one from the same moment
	return nil
}

func (r *reel) encode(until time.Time) error {
	if r.picture == nil {
		return nil
	}
	from, to := r.since.UnixMicro(), until.UnixMicro()
	return r.enc.EncodeFrame(g264.Frame{Image: r.picture, PTS: g264.At(from), Duration: max(to-from, 1)})
}

func (r *reel) end(at time.Time) error {
	if err := r.encode(at); err != nil {
		return err
	}
	return r.enc.Close()
}

// read returns the picture of an event and when it came onto the page.
func read(f *page.EventScreencastFrame) (image.Image, time.Time, error) {
	if f.Metadata == nil || f.Metadata.Timestamp == nil {
		return nil, time.Time{}, fmt.Errorf("a screencast frame without a time")
	}
	data, err := base64.StdEncoding.DecodeString(f.Data)
	if err != nil {
		return nil, time.Time{}, err
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	return img, f.Metadata.Timestamp.Time(), err
}
