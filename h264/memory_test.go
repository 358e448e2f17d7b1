package h264_test

import (
	"fmt"
	"runtime"
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
