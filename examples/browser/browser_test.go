// Package browser proves in Chromium, on a page that a test drives, that
// browsers show what g264 writes: every frame, at its time, in its colours.
package browser

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/g264/g264"
	"github.com/g264/g264/examples/internal/chromium"
	"github.com/g264/g264/examples/internal/numbered"
	"github.com/g264/g264/mux"
)

//go:embed page.html
var page []byte

// frames is the length of the videos.
const frames = 32

// site is a page in Chromium and the files beside it.
type site struct {
	ctx    context.Context
	server *httptest.Server
	files  *http.ServeMux
}

func open(t *testing.T, drawing chromium.Drawing) *site {
	t.Helper()
	s := &site{ctx: chromium.Start(t, drawing), files: http.NewServeMux()}
	s.server = httptest.NewServer(s.files)
	t.Cleanup(s.server.Close)
	s.files.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) { w.Write(page) })
	if err := chromedp.Run(s.ctx, chromedp.Navigate(s.server.URL)); err != nil {
		t.Fatal(err)
	}
	return s
}

// file serves a file, in ranges too.
func (s *site) file(name string, data []byte) {
	s.files.HandleFunc("/"+name, func(w http.ResponseWriter, r *http.Request) {
		http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(data))
	})
}

// run has the page evaluate an expression and waits for what it promises.
func (s *site) run(t *testing.T, result any, format string, args ...any) {
	t.Helper()
	wait := func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
	ctx, stop := context.WithTimeout(s.ctx, 2*time.Minute)
	defer stop()
	expression := fmt.Sprintf(format, args...)
	if err := chromedp.Run(ctx, chromedp.Evaluate(expression, result, wait)); err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
}

func (s *site) do(t *testing.T, format string, args ...any) {
	t.Helper()
	var nothing *runtime.RemoteObject
	s.run(t, &nothing, format, args...)
}

// video encodes numbered frames, which are shown at times in seconds.
func video(t *testing.T, o g264.Options, times []float64) []byte {
	t.Helper()
	var file bytes.Buffer
	enc, err := g264.NewEncoder(&file, o)
	if err != nil {
		t.Fatal(err)
	}
	add(t, enc, o, times)
	return file.Bytes()
}

func add(t *testing.T, enc *g264.Encoder, o g264.Options, times []float64) {
	t.Helper()
	for n, at := range times {
		f := g264.Frame{Image: numbered.Draw(n)}
		if o.TimeBase != (g264.Rational{}) {
			f.PTS = g264.At(int64(math.Round(at * float64(o.TimeBase.Den) / float64(o.TimeBase.Num))))
		}
		if err := enc.EncodeFrame(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := enc.Close(); err != nil {
		t.Fatal(err)
	}
}

// steady are the times of frames at a constant rate.
func steady(perSecond float64) []float64 {
	times := make([]float64, frames)
	for n := range times {
		times[n] = float64(n) / perSecond
	}
	return times
}

// uneven are times between 20 and 90 ms apart.
func uneven() []float64 {
	times := make([]float64, frames)
	for n := 1; n < frames; n++ {
		times[n] = times[n-1] + 0.02 + float64(n*n%8)/100
	}
	return times
}

// shown is the number and the time of a picture on the page.
type shown [2]float64

// isFrame checks that what the page showed is a frame of the video at its time.
func (s shown) isFrame(t *testing.T, times []float64) bool {
	t.Helper()
	n := int(s[0])
	if n >= len(times) || math.Abs(s[1]-times[n]) > 0.001 {
		t.Errorf("the page showed picture %d at %.4f s", n, s[1])
		return false
	}
	return true
}

// playsAll checks that the page shows every frame, in order and at its time. A
// busy machine leaves frames out, at any rate of play: what it left out it
// gets another chance to show, more slowly.
func (s *site) playsAll(t *testing.T, times []float64) {
	t.Helper()
	seen := map[int]bool{}
	for rate := 0.5; len(seen) < len(times); rate /= 2 {
		if rate < 1.0/16 { // Chromium's least
			t.Fatalf("the page showed %d of %d frames", len(seen), len(times))
		}
		var pictures [][3]float64
		s.do(t, "seek(0)")
		s.run(t, &pictures, "play(%g)", rate)
		last := 0
		for _, p := range pictures {
			if !(shown{p[0], p[1]}).isFrame(t, times) {
				return
			}
			if !slices.ContainsFunc(times, func(at float64) bool { return math.Abs(at-p[2]) <= 0.001 }) {
				t.Errorf("requestVideoFrameCallback told of %.4f s", p[2])
			}
			n := int(p[0])
			if n < last {
				t.Errorf("the page showed frame %d after %d", n, last)
			}
			last = n
			seen[n] = true
		}
		t.Logf("at rate %g %d pictures; %d of %d frames seen", rate, len(pictures), len(seen), len(times))
	}
}

// seeks checks that the frame at a time is shown there.
func (s *site) seeks(t *testing.T, times []float64) {
	t.Helper()
	for _, n := range []int{7, frames - 1, 8, 0, 24, 23, 12} {
		at := times[n] + 0.008 // no frame is shorter than 20 ms
		var p shown
		s.run(t, &p, "seek(%g)", at)
		if p.isFrame(t, times) && int(p[0]) != n {
			t.Errorf("at %g s is frame %g, want %d", at, p[0], n)
		}
	}
}

// Files of every layout play by URL: frames in order, none missing, times to a
// millisecond. Seeking shows the frame of the time.
func TestFilesPlayByURL(t *testing.T) {
	s := open(t, chromium.Software)
	milliseconds := g264.Rational{Num: 1, Den: 1000}
	for _, c := range []struct {
		name  string
		o     g264.Options
		times []float64
	}{
		{"progressive", g264.Options{FrameRate: g264.FPS(23.976)}, steady(24000. / 1001)},
		{"uneven", g264.Options{TimeBase: milliseconds, Profile: g264.ProfileBaseline}, uneven()},
		{"fragmented", g264.Options{Layout: g264.Fragmented, KeyInt: 12, FragmentIndex: g264.Sidx}, steady(25)},
		{"fragments of a frame", g264.Options{Layout: g264.Fragmented, KeyInt: 12, FragmentDuration: 1, TimeBase: milliseconds}, uneven()},
		{"444", g264.Options{Chroma: g264.Chroma444}, steady(25)},
	} {
		t.Run(c.name, func(t *testing.T) {
			name := strings.ReplaceAll(c.name, " ", "-") + ".mp4"
			s.file(name, video(t, c.o, c.times))
			s.do(t, "load(%q)", name)
			s.playsAll(t, c.times)
			s.seeks(t, c.times)
		})
	}
}

// Fragments play through Media Source Extensions as they arrive: frames are on
// the page before others have been encoded.
func TestFragmentsPlayAsTheyArrive(t *testing.T) {
	s := open(t, chromium.Software)
	onPage := make(chan struct{})
	o := g264.Options{Width: numbered.Width, Height: numbered.Height, Layout: g264.Fragmented, FragmentDuration: 1, LowLatency: true}
	s.files.HandleFunc("/seen", func(w http.ResponseWriter, r *http.Request) { close(onPage) })
	s.files.HandleFunc("/live.mp4", func(w http.ResponseWriter, r *http.Request) {
		enc, err := g264.NewEncoderContext(r.Context(), w, o)
		if err != nil {
			t.Error(err)
			return
		}
		w.Header().Set("Content-Type", enc.MIMEType())
		for n := range frames {
			if n == frames/2 {
				select {
				case <-onPage:
				case <-r.Context().Done():
					return
				}
			}
			if err := enc.Encode(numbered.Draw(n)); err != nil {
				t.Error(err)
				return
			}
		}
		if err := enc.Close(); err != nil {
			t.Error(err)
		}
	})
	var first shown
	s.run(t, &first, `(async () => {
		const picture = frame(), end = stream("live.mp4")
		await picture
		const first = shown()
		await fetch("seen")
		await end
		return first
	})()`)
	times := steady(25)
	if !first.isFrame(t, times) || first[0] >= frames/2 {
		t.Errorf("the first picture on the page was %g", first[0])
	}
	s.playsAll(t, times)
	s.seeks(t, times)
}

// folder keeps the files of an HLS stream on the site.
type folder struct{ *site }

func (f folder) WriteFile(name string, data []byte) error {
	f.file(name, bytes.Clone(data))
	return nil
}

func (f folder) Remove(string) error { return nil }

// The segments that an HLS playlist lists play through Media Source Extensions.
func TestSegmentsPlay(t *testing.T) {
	s := open(t, chromium.Software)
	hls, err := mux.NewHLS(folder{s}, mux.HLSOptions{})
	if err != nil {
		t.Fatal(err)
	}
	o := g264.Options{KeyInt: 12, SegmentDuration: 500 * time.Millisecond, FrameRate: g264.FPS(23.976)}
	enc, err := g264.NewSegmentEncoder(context.Background(), hls.Add, o)
	if err != nil {
		t.Fatal(err)
	}
	times := steady(24000. / 1001)
	add(t, enc, o, times)
	if err := hls.Close(); err != nil {
		t.Fatal(err)
	}
	s.do(t, "segments(%q, %q)", "index.m3u8", enc.MIMEType())
	s.playsAll(t, times)
	s.seeks(t, times)
}

// bars are the colours of the upper and the lower half of the test picture.
var bars = [2][8]color.RGBA{
	{
		{255, 255, 255, 255}, {255, 255, 0, 255}, {0, 255, 255, 255}, {0, 255, 0, 255},
		{255, 0, 255, 255}, {255, 0, 0, 255}, {0, 0, 255, 255}, {0, 0, 0, 255},
	}, {
		{191, 191, 191, 255}, {191, 191, 0, 255}, {0, 191, 191, 255}, {0, 191, 0, 255},
		{191, 0, 191, 255}, {191, 0, 0, 255}, {0, 0, 191, 255}, {64, 64, 64, 255},
	},
}

// barWidth and barHeight are multiples of 16, so that bars are flat to the codec.
const barWidth, barHeight = 48, 64

// Flat areas have the colours of the source within 3 of 255, in both matrices
// and ranges, where Chromium draws with shaders. Without them its conversion of
// limited BT.709 has too little blue: 2 of the 2.11 that Cb stands for, a
// coefficient that doesn't fit its signed bytes.
func TestColours(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 8*barWidth, 2*barHeight))
	for row, colours := range bars {
		for i, c := range colours {
			at := image.Rect(i*barWidth, row*barHeight, (i+1)*barWidth, (row+1)*barHeight)
			draw.Draw(img, at, image.NewUniform(c), image.Point{}, draw.Src)
		}
	}
	for _, drawn := range []struct {
		how     string
		drawing chromium.Drawing
		blue    float64 // furthest from the source in limited BT.709
	}{{"shaders", chromium.Shaders, 3}, {"software", chromium.Software, 13}} {
		t.Run(drawn.how, func(t *testing.T) {
			s := open(t, drawn.drawing)
			for _, matrix := range []g264.Matrix{g264.MatrixBT709, g264.MatrixBT601} {
				for _, levels := range []g264.Range{g264.RangeLimited, g264.RangeFull} {
					name := fmt.Sprintf("%v-%v.mp4", matrix, levels)
					s.file(name, still(t, img, g264.Options{Matrix: matrix, Range: levels, CRF: 12}))
					s.do(t, "load(%q)", name)
					limit := [3]float64{3, 3, 3}
					if matrix == g264.MatrixBT709 && levels == g264.RangeLimited {
						limit[2] = drawn.blue
					}
					var worst [3]float64
					for row, colours := range bars {
						for i, c := range colours {
							var got [3]float64
							s.run(t, &got, "colour(%d, %d, %d, %d)", i*barWidth+8, row*barHeight+8, barWidth-16, barHeight-16)
							for channel, want := range []uint8{c.R, c.G, c.B} {
								off := math.Abs(got[channel] - float64(want))
								worst[channel] = max(worst[channel], off)
								if off > limit[channel] {
									t.Errorf("%s: %v is shown as %.2f", name, c, got)
								}
							}
						}
					}
					t.Logf("%s: furthest from the source are %.2f in red, green, blue", name, worst)
				}
			}
		})
	}
}

// still encodes a picture, three times.
func still(t *testing.T, img image.Image, o g264.Options) []byte {
	t.Helper()
	var file bytes.Buffer
	enc, err := g264.NewEncoder(&file, o)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if err := enc.Encode(img); err != nil {
			t.Fatal(err)
		}
	}
	if err := enc.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}
