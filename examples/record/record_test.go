package main

import (
	"bytes"
	"fmt"
	"image"
	"math"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/g264/g264"
	"github.com/g264/g264/examples/internal/chromium"
	"github.com/g264/g264/examples/internal/numbered"
	"github.com/g264/g264/examples/internal/player"
)

// site draws numbers as package numbered does.
const site = `<!doctype html><body style="margin:0; background:#346">
<canvas id="canvas" width="320" height="20" style="display:block"></canvas>
<script>
function draw(n) {
	const context = document.getElementById('canvas').getContext('2d')
	for (let bit = 0; bit < 16; bit++) {
		context.fillStyle = n >> bit & 1 ? '#fff' : '#000'
		context.fillRect(20 * bit, 0, 20, 20)
	}
}
draw(0)
</script>`

// refresh is two refreshes of the screen in seconds: the time of a picture is that
// of one to come.
const refresh = 2. / 60

// Every picture that the page showed is in the video, at the time at which it
// came onto the page, however uneven these times are.
func TestRecording(t *testing.T) {
	tab := chromium.Start(t, chromium.Software)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte(site)) }))
	defer server.Close()
	type painted struct {
		number int
		at     time.Time
	}
	events := make(chan painted, 1000)
	chromedp.ListenTarget(tab, func(event any) {
		if f, ok := event.(*page.EventScreencastFrame); ok {
			img, at, err := read(f)
			if err != nil {
				t.Error(err)
				return
			}
			events <- painted{number(img), at}
		}
	})
	if err := chromedp.Run(tab, chromedp.EmulateViewport(numbered.Width, numbered.Height), chromedp.Navigate(server.URL)); err != nil {
		t.Fatal(err)
	}

	var video bytes.Buffer
	r, err := Record(tab, &video, g264.Options{})
	if err != nil {
		t.Fatal(err)
	}
	pauses := []time.Duration{150, 0, 20, 400, 3, 0, 90, 250, 1, 40, 33, 600} // milliseconds after number n is on the page
	var want []painted
	for n, pause := range pauses {
		if n > 0 {
			var nothing any
			if err := chromedp.Run(tab, chromedp.Evaluate(fmt.Sprintf("draw(%d)", n), &nothing)); err != nil {
				t.Fatal(err)
			}
		}
		for seen := -1; seen != n; {
			select {
			case p := <-events:
				seen = p.number
				want = append(want, p)
			case err := <-r.ended:
				t.Fatal(err)
			case <-time.After(time.Minute):
				t.Fatalf("number %d doesn't come onto the page", n)
			}
		}
		time.Sleep(pause * time.Millisecond)
	}
	if err := r.Stop(); err != nil {
		t.Fatal(err)
	}
	for len(events) > 0 {
		want = append(want, <-events)
	}

	got := player.Frames(t, video.Bytes())
	if len(got) != len(want) {
		t.Fatalf("%d frames, want %d", len(got), len(want))
	}
	for i, f := range got {
		at := want[i].at.Sub(want[0].at).Seconds()
		if f.Number != want[i].number || math.Abs(f.Time-at) > 0.001 {
			t.Errorf("frame %d shows %d at %.6f s, want %d at %.6f", i, f.Number, f.Time, want[i].number, at)
		}
		if i > 0 && want[i].number > want[i-1].number {
			pause := pauses[want[i-1].number] * time.Millisecond
			if f.Time-got[i-1].Time < pause.Seconds()-refresh {
				t.Errorf("%d is shown for %.3f s, the page kept it for %v", f.Number-1, f.Time-got[i-1].Time, pause)
			}
			t.Logf("number %d for %.3f s", want[i-1].number, f.Time-got[i-1].Time)
		}
	}
	last := pauses[len(pauses)-1] * time.Millisecond
	if rest := player.Duration(t, video.Bytes()) - got[len(got)-1].Time; rest < last.Seconds()-refresh {
		t.Errorf("the last picture is shown for %.3f s, the page kept it for %v", rest, last)
	}
}

// number reads a picture's number.
func number(img image.Image) int {
	luma := make([]byte, numbered.Width*numbered.Square)
	for x := range numbered.Width {
		r, _, _, _ := img.At(x, numbered.Square/2).RGBA()
		luma[numbered.Square/2*numbered.Width+x] = byte(r >> 8)
	}
	return numbered.Read(luma)
}
