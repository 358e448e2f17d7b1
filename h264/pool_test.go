package h264_test

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/g264/g264/h264"
	"github.com/g264/g264/internal/testvideo"
)

// All that an access unit tells is the same for every number of threads, fewer
// and more than rows, and so are the bytes.
func TestThreadsChangeNothing(t *testing.T) {
	for _, c := range []struct {
		config        h264.Config
		content       testvideo.Content
		width, height int
		subsampled    bool
	}{
		{h264.Config{Preset: "ultrafast", KeyInt: 7}, testvideo.Moving, 96, 400, true},
		{h264.Config{Preset: "medium", CRF: 30}, testvideo.Moving, 160, 176, true},
		{h264.Config{Preset: "slow", MinKeyInt: 3}, testvideo.Cut, 64, 160, false},
		{h264.Config{CRF: 3, NoDeblock: true}, testvideo.Noise, 48, 96, true},
	} {
		pictures, counts := 14, []int{1, 2, 3, 8, 64}
		if testing.Short() {
			pictures, counts = 8, []int{1, 3, 64}
		}
		clip := testvideo.Clip(c.content, c.width, c.height, pictures, c.subsampled)
		var want stream
		for _, threads := range counts {
			cfg := c.config
			cfg.Threads, cfg.Reconstruction = threads, true
			cfg.MeasurePSNR, cfg.MeasureSSIM = true, true
			got := encode(t, fmt.Sprintf("%s with %d threads", cfg.Preset, threads), cfg, clip, nil)
			if threads == 1 {
				want = got
				continue
			}
			if !bytes.Equal(got.bytes, want.bytes) || !bytes.Equal(got.recon, want.recon) {
				t.Errorf("%s: another stream", got.name)
			}
			for i, au := range got.units {
				w := want.units[i]
				if au.PTS != w.PTS || au.DTS != w.DTS || au.Key != w.Key || au.QP != w.QP || au.SSD != w.SSD || au.SSIM != w.SSIM {
					au.NALs, w.NALs = nil, nil
					t.Errorf("%s: access unit %d is %+v, want %+v", got.name, i, au, w)
				}
			}
		}
	}
}

// Access units come by a fixed count of pictures: at low latency at once, and else
// with one thread when the lookahead is full.
func TestDelayIsFixed(t *testing.T) {
	clip := testvideo.Clip(testvideo.Moving, 64, 64, 24, true)
	for _, c := range []struct {
		config     h264.Config
		least, max int
	}{
		{h264.Config{Threads: 1, LowLatency: true}, 0, 0},
		{h264.Config{Threads: 4, LowLatency: true}, 0, 0},
		{h264.Config{Threads: 1, NoMBTree: true}, 0, 0},
		{h264.Config{Threads: 1, RateControl: h264.ConstantQP}, 0, 0},
		{h264.Config{Threads: 1, Lookahead: 5}, 5, 5},
		{h264.Config{Threads: 1, Lookahead: 12}, 12, 12},
		{h264.Config{Threads: 1, Preset: "ultrafast"}, 1, 16},
		{h264.Config{Threads: 2, Lookahead: 5}, 6, 10},
		{h264.Config{Threads: 4, Lookahead: 5}, 6, 12},
	} {
		enc, err := h264.NewEncoder(configFor(c.config, clip[0]))
		if err != nil {
			t.Fatal(err)
		}
		delay := -1
		for i, f := range clip {
			units, err := enc.Encode(picture(f, int64(i)))
			if err != nil {
				t.Fatal(err)
			}
			if len(units) == 0 && delay < 0 {
				continue
			}
			if delay < 0 {
				delay = i
			}
			if len(units) != 1 || units[0].PTS != int64(i-delay) {
				t.Fatalf("%+v: Encode of picture %d gave %d units, %+v", c.config, i, len(units), units)
			}
		}
		if delay < c.least || delay > c.max {
			t.Errorf("%+v: a delay of %d pictures", c.config, delay)
		}
		enc.Close()
	}
}

// goroutinesEnd waits until there are no more goroutines than before.
func goroutinesEnd(t *testing.T, when string, before int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Errorf("%s: %d goroutines, %d before", when, runtime.NumGoroutine(), before)
			return
		}
	}
}

// goroutines counts goroutines until there are at most n, for a while: it counts too many where some are just ending, and
// where the runtime puts away what those before had.
func goroutines(n int) (count int) {
	for range 200 {
		if count = runtime.NumGoroutine(); count <= n {
			break
		}
		time.Sleep(time.Millisecond)
	}
	return count
}

// There are no more goroutines than threads, the caller's included.
func TestThreadsBoundGoroutines(t *testing.T) {
	clip := testvideo.Clip(testvideo.Moving, 160, 320, 12, true)
	for _, threads := range []int{1, 2, 5} {
		before, limit := runtime.NumGoroutine(), threads-1
		enc, err := h264.NewEncoder(configFor(h264.Config{Threads: threads, Lookahead: 4}, clip[0]))
		if err != nil {
			t.Fatal(err)
		}
		var most atomic.Int64
		enc.Observe(func(h264.Task) {
			if n := int64(goroutines(before+limit) - before); n > most.Load() {
				most.Store(n)
			}
		})
		for i, f := range clip {
			if _, err := enc.Encode(picture(f, int64(i))); err != nil {
				t.Fatal(err)
			}
		}
		new(stream).flush(t, enc)
		enc.Close()
		if n := int(most.Load()); n > limit || n == 0 && threads > 1 {
			t.Errorf("%d threads: %d goroutines", threads, n)
		}
		goroutinesEnd(t, "Close", before)
	}
}

// Close, Flush to the end and Interrupt leave no goroutine behind, and an
// encoder that is dropped none for long.
func TestGoroutinesEnd(t *testing.T) {
	clip := testvideo.Clip(testvideo.Moving, 160, 160, 6, true)
	for _, end := range []struct {
		name string
		call func(e *h264.Encoder)
	}{
		{"Close", func(e *h264.Encoder) { e.Close() }},
		{"Flush", func(e *h264.Encoder) { new(stream).flush(t, e) }},
		{"Interrupt", func(e *h264.Encoder) { e.Interrupt() }},
		{"dropped", func(e *h264.Encoder) {}},
	} {
		for pictures := range len(clip) + 1 {
			before := runtime.NumGoroutine()
			enc, err := h264.NewEncoder(configFor(h264.Config{Threads: 4}, clip[0]))
			if err != nil {
				t.Fatal(err)
			}
			for i, f := range clip[:pictures] {
				if _, err := enc.Encode(picture(f, int64(i))); err != nil {
					t.Fatal(err)
				}
			}
			end.call(enc)
			goroutinesEnd(t, fmt.Sprintf("%s after %d pictures", end.name, pictures), before)
		}
	}
}

// When Close returns, whatever was being coded has stopped.
func TestNothingRunsAfterClose(t *testing.T) {
	clip := testvideo.Clip(testvideo.Moving, 160, 320, 4, true)
	enc, err := h264.NewEncoder(configFor(h264.Config{Threads: 3, NoMBTree: true}, clip[0]))
	if err != nil {
		t.Fatal(err)
	}
	var closed atomic.Bool
	enc.Observe(func(h264.Task) {
		time.Sleep(time.Millisecond) // a slow task
		if closed.Load() {
			t.Error("a task ended after Close")
		}
	})
	for i, f := range clip[:2] {
		if _, err := enc.Encode(picture(f, int64(i))); err != nil {
			t.Fatal(err)
		}
	}
	enc.Close()
	closed.Store(true)
	time.Sleep(10 * time.Millisecond)
}

// Close has those workers end too that wait for what another does.
func TestCloseWakesWorkers(t *testing.T) {
	clip := testvideo.Clip(testvideo.Moving, 160, 64, 8, true)
	enc, err := h264.NewEncoder(configFor(h264.Config{Threads: 3, NoMBTree: true}, clip[0]))
	if err != nil {
		t.Fatal(err)
	}
	goOn, closed := make(chan struct{}), make(chan struct{})
	enc.Observe(func(task h264.Task) {
		if task.Stage == h264.StageFilter { // of which a picture has one at a time
			<-goOn
		}
	})
	go func() {
		defer close(closed)
		for i := 0; i < len(clip) && err == nil; i++ {
			_, err = enc.Encode(picture(clip[i], int64(i)))
		}
		enc.Close()
	}()
	time.Sleep(20 * time.Millisecond) // until all wait
	enc.Interrupt()
	close(goOn)
	select {
	case <-closed:
		if !errors.Is(err, h264.ErrClosed) {
			t.Errorf("Encode says %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("Close waits for workers that wait")
	}
}

// Interrupt ends a call that waits, and all that follow.
func TestInterrupt(t *testing.T) {
	f := testvideo.Render(testvideo.Noise, 320, 240, 0, true)
	for _, threads := range []int{1, 3} {
		// all encodes, interrupted with the task of that number, and counts the tasks.
		all := func(interruptAt int64) (enc *h264.Encoder, tasks int64, err error) {
			enc, err = h264.NewEncoder(configFor(h264.Config{Preset: "slow", CRF: 5, Threads: threads}, f))
			if err != nil {
				t.Fatal(err)
			}
			var n atomic.Int64
			enc.Observe(func(h264.Task) {
				if n.Add(1) == interruptAt {
					enc.Interrupt()
				}
			})
			for i := range 6 {
				if _, err := enc.Encode(picture(f, int64(i))); err != nil {
					return enc, n.Load(), err
				}
			}
			for {
				if units, err := enc.Flush(); err != nil || len(units) == 0 {
					return enc, n.Load(), err
				}
			}
		}
		_, whole, err := all(-1)
		if err != nil {
			t.Fatal(err)
		}
		enc, part, err := all(whole / 4)
		if !errors.Is(err, h264.ErrClosed) || part > whole/2 {
			t.Errorf("%d threads: error %v after %d tasks; uninterrupted %d", threads, err, part, whole)
		}
		if _, err := enc.Encode(picture(f, 9)); !errors.Is(err, h264.ErrClosed) {
			t.Errorf("%d threads: then error %v", threads, err)
		}
		enc.Close()
		enc, err = h264.NewEncoder(configFor(h264.Config{Threads: threads}, f))
		if err != nil {
			t.Fatal(err)
		}
		enc.Interrupt()
		if units, err := enc.Flush(); !errors.Is(err, h264.ErrClosed) {
			t.Errorf("%d threads: %d units though nothing was taken, error %v", threads, len(units), err)
		}
	}
}

// The caller's goroutine works while it waits: alone with one thread, among others
// with more.
func TestCallerWorks(t *testing.T) {
	clip := testvideo.Clip(testvideo.Moving, 320, 240, 8, true)
	for _, threads := range []int{1, 2, 4} {
		enc, err := h264.NewEncoder(configFor(h264.Config{Threads: threads, LowLatency: true}, clip[0]))
		if err != nil {
			t.Fatal(err)
		}
		var here, elsewhere atomic.Int64
		enc.Observe(func(h264.Task) {
			var stack [4096]byte
			if bytes.Contains(stack[:runtime.Stack(stack[:], false)], []byte("TestCallerWorks(")) {
				here.Add(1)
			} else {
				elsewhere.Add(1)
			}
		})
		for i, f := range clip {
			if _, err := enc.Encode(picture(f, int64(i))); err != nil {
				t.Fatal(err)
			}
		}
		enc.Close()
		if here.Load() == 0 || threads == 1 && elsewhere.Load() > 0 {
			t.Errorf("%d threads: %d tasks by the caller, %d by others", threads, here.Load(), elsewhere.Load())
		}
	}
}
