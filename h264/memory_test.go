package h264_test

import (
	"bytes"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/g264/g264/h264"
	"github.com/g264/g264/internal/testvideo"
)

// The estimate that MaxMemory bounds covers what an encoder holds at work, on
// content that nothing can compress, and is not far above.
func TestMemoryEstimate(t *testing.T) {
	if testing.Short() {
		t.Skip("long clips, and nothing for the race detector")
	}
	for _, subsampled := range []bool{true, false} {
		clip := testvideo.Clip(testvideo.Noise, 32, 208, 3, subsampled)
		for _, cfg := range []h264.Config{
			{Preset: "ultrafast", CRF: 1, Threads: 1},
			{Preset: "veryfast", CRF: 1, Threads: 2, Reconstruction: true},
			{Preset: "slow", CRF: 1, Threads: 12},
			{Preset: "medium", CRF: 1, Threads: 3, LowLatency: true},
		} {
			cfg = configFor(cfg, clip[0])
			t.Run(fmt.Sprintf("%s, %d threads, subsampled=%v", cfg.Preset, cfg.Threads, subsampled), func(t *testing.T) {
				estimate := estimated(t, cfg)
				before := heap()
				enc, err := h264.NewEncoder(cfg)
				if err != nil {
					t.Fatal(err)
				}
				defer enc.Close()
				for i := range 70 {
					if _, err := enc.Encode(picture(clip[i%len(clip)], int64(i))); err != nil {
						t.Fatal(err)
					}
				}
				held := heap() - before
				if held > estimate || held < estimate/3 {
					t.Errorf("%d bytes held, %d estimated", held, estimate)
				}
				runtime.KeepAlive(enc)
			})
		}
	}
}

// An encoder in memory that another has left writes what it writes in fresh memory.
func TestLeftMemory(t *testing.T) {
	const width, height, frames = 160, 80, 14
	for _, subsampled := range []bool{true, false} {
		clip := testvideo.Clip(testvideo.Moving, width, height, frames, subsampled)
		// As large, but rows and borders lie elsewhere.
		noise := testvideo.Clip(testvideo.Noise, height, width, frames, subsampled)
		for _, preset := range []string{"ultrafast", "medium"} {
			for _, threads := range []int{1, 2} {
				cfg := h264.Config{Preset: preset, Threads: threads}
				for range 3 {
					runtime.GC()
				}
				want := encode(t, "fresh", cfg, clip, nil)
				for range 4 { // now and then memory is lost
					encode(t, "noise", cfg, noise, nil)
					if got := encode(t, "left", cfg, clip, nil); !bytes.Equal(got.bytes, want.bytes) {
						t.Fatalf("%s, %d threads, subsampled=%v: %d bytes, %d in fresh memory", preset, threads, subsampled, len(got.bytes), len(want.bytes))
					}
				}
			}
		}
	}
}

// A picture that is lent when the encoder ends stays the caller's alone.
func TestLentPictureIsNotLeft(t *testing.T) {
	cfg := configFor(h264.Config{}, testvideo.Render(testvideo.Moving, 64, 48, 0, true))
	lent := map[*uint8]bool{}
	for range 30 {
		e, err := h264.NewEncoder(cfg)
		if err != nil {
			t.Fatal(err)
		}
		p, err := e.Lend()
		if err != nil {
			t.Fatal(err)
		}
		if lent[&p.Y[0]] || slices.Max(p.Y) != 0 {
			t.Fatal("memory is lent to two")
		}
		lent[&p.Y[0]] = true
		p.Y[0] = 1
		e.Close()
	}
}

// estimated is what the refusal of a configuration says that it needs.
func estimated(t *testing.T, cfg h264.Config) (n int64) {
	cfg.MaxMemory = 1
	_, err := h264.NewEncoder(cfg)
	if err == nil {
		t.Fatal("nothing was refused")
	}
	_, text, _ := strings.Cut(err.Error(), "needs about ")
	if _, err := fmt.Sscan(text, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// heap is the memory in use, without what encoders have left.
func heap() int64 {
	for range 3 {
		runtime.GC()
	}
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return int64(s.HeapAlloc)
}
