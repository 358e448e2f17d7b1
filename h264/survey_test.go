package h264

import (
	"testing"
	"time"

	"github.com/g264/g264/h264/internal/picture"
)

// A caller that an interrupt wakes leaves a picture's samples to the workers that still take them: they end with
// their band, which Close waits for.
func TestInterruptLeavesWhatIsTaken(t *testing.T) {
	p, s, samples := newPool(2, false, 4), newSurvey(1), make([]uint8, 1)
	s.bands[0] = bandTaking // by another
	s.input[2] = picture.Samples{Pix: samples, Stride: 1, W: 1, H: 1}
	p.stop()
	if p.survey(s, false) {
		t.Error("the picture is taken in")
	}
	if s.input[2].Pix == nil {
		t.Error("a worker that takes the picture finds no samples")
	}
	p.wait()
}

// A picture is surveyed while the caller goes on as long as the lookahead fills and there are workers for it, and with
// many workers always. What is held at once stays within what the estimate counts on.
func TestSurveysBesideCaller(t *testing.T) {
	const w, depth = 64, 6
	for _, c := range []struct {
		threads, lookahead int // no lookahead: low latency
		filling, after     int
	}{{1, depth, 0, 0}, {2, 0, 0, 0}, {2, depth, 1, 0}, {4, depth, 1, 0}, {5, depth, 1, 1}, {10, 3, 1, 1}, {10, 2, 1, 1}, {10, 1, 1, 1}, {32, 1, 1, 1}} {
		h := 160
		if c.threads > h/16 {
			h = 640
		}
		for _, preset := range []string{"ultrafast", "medium"} { // of one reference and of several
			e, err := NewEncoder(Config{
				Width: w, Height: h, FrameRate: Rational{25, 1}, Preset: preset, Threads: c.threads,
				Lookahead: c.lookahead, LowLatency: c.lookahead == 0,
			})
			if err != nil {
				t.Fatal(err)
			}
			samples := make([]uint8, w*h)
			for i := range 3 * depth {
				if _, err := e.Encode(&Picture{Y: samples, Cb: samples, Cr: samples, YStride: w, CStride: w / 2, PTS: int64(i)}); err != nil {
					t.Fatal(err)
				}
				want := c.filling
				if i >= depth {
					want = c.after
				}
				if got := len(e.pool.surveys); got != want {
					t.Errorf("%d threads, lookahead %d: %d surveys after picture %d; want %d", c.threads, c.lookahead, got, i, want)
				}
				if held := len(e.sources.holds); held > e.stock.mostSources || e.sources.madeHalves > e.stock.mostHalves {
					t.Errorf("%s, %d threads, lookahead %d: %d sources of %d, %d halves of %d", preset, c.threads, c.lookahead,
						held, e.stock.mostSources, e.sources.madeHalves, e.stock.mostHalves)
				}
			}
			e.Close()
		}
	}
}

// A caller that has what it waited for passes on what it was woken for: others are at work while it goes on.
func TestCallerLeavesWorkToOthers(t *testing.T) {
	const w, h = 64, 160
	e, err := NewEncoder(Config{Width: w, Height: h, FrameRate: Rational{25, 1}, Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	samples := make([]uint8, w*h)
	s := e.take(&Picture{Y: samples, Cb: samples, Cr: samples, YStride: w, CStride: w / 2})
	p := e.pool
	p.mu.Lock()
	p.surveys = append(p.surveys, s)
	p.await(func() bool { return true })
	p.mu.Unlock()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		p.mu.Lock()
		complete := s.complete()
		p.mu.Unlock()
		if complete {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("nobody surveys the picture")
		}
	}
}
