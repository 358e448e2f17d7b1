package main

import (
	"context"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/g264/g264/examples/internal/chromium"
	"github.com/g264/g264/examples/internal/numbered"
)

// The page plays the stream from the key frame before it was opened, while the
// encoder goes on.
func TestPagePlaysFromTheLastKeyFrame(t *testing.T) {
	tab := chromium.Start(t, chromium.Software)
	stream := NewStream()
	stream.Patience = 0
	server := httptest.NewServer(site(stream))
	defer server.Close()
	enc, err := newEncoder(context.Background(), stream)
	if err != nil {
		t.Fatal(err)
	}
	defer stream.End()
	evaluate := func(expression string, result any) {
		t.Helper()
		wait := func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
		ctx, stop := context.WithTimeout(tab, time.Minute)
		defer stop()
		if err := chromedp.Run(ctx, chromedp.Evaluate(expression, result, wait)); err != nil {
			t.Fatal(err)
		}
	}
	const joined = 60
	const lastKey = joined / framesPerSecond * framesPerSecond
	for n := range joined + 1 {
		if err := enc.Encode(numbered.Draw(n)); err != nil {
			t.Fatal(err)
		}
	}
	if err := chromedp.Run(tab, chromedp.Navigate(server.URL)); err != nil {
		t.Fatal(err)
	}
	var start float64
	evaluate(`(async () => {
		while (!video.buffered.length) await new Promise(resolve => setTimeout(resolve, 10))
		return video.buffered.start(0)
	})()`, &start)
	if want := float64(lastKey) / framesPerSecond; start < want-0.001 || start > want+0.001 {
		t.Errorf("the page has the stream from %.3f s, want %.3f", start, want)
	}
	watching, stopped := make(chan struct{}), make(chan int)
	go func() {
		clock := time.NewTicker(time.Second / framesPerSecond)
		defer clock.Stop()
		for n := joined + 1; ; n++ {
			select {
			case <-clock.C:
			case <-watching:
				stopped <- n - 1
				return
			}
			if err := enc.Encode(numbered.Draw(n)); err != nil {
				t.Error(err)
			}
		}
	}()
	var shown float64
	evaluate(`new Promise(resolve => {
		const see = (now, data) => data.mediaTime > 3 ? resolve(data.mediaTime) : video.requestVideoFrameCallback(see)
		video.requestVideoFrameCallback(see)
	})`, &shown)
	close(watching)
	last := <-stopped
	t.Logf("the page shows %.3f s, frame %d is the last encoded", shown, last)
	if shown > float64(last)/framesPerSecond {
		t.Errorf("the page shows %.3f s, before that is encoded", shown)
	}
}
