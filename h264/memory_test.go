package h264_test

import (
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/g264/g264/h264"
	"github.com/g264/g264/internal/testvideo"
)

// The estimate that MaxMemory bounds covers what an encoder holds at work, on
// content that nothing can compress, and is not far above, though an encoder before leaves
// more pictures than this one has.
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
				many := cfg
				many.Threads, many.LowLatency = 12, false
				atWork(t, many, clip).Close()
				enc := atWork(t, cfg, clip)
				defer enc.Close()
				held := heap() - before
				if held > estimate || held < estimate/3 {
					t.Errorf("%d bytes held, %d estimated", held, estimate)
				}
				runtime.KeepAlive(enc)
			})
		}
	}
}

// atWork is an encoder that has taken frames.
func atWork(t *testing.T, cfg h264.Config, clip []testvideo.Frame) *h264.Encoder {
	t.Helper()
	enc, err := h264.NewEncoder(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 70 {
		if _, err := enc.Encode(picture(clip[i%len(clip)], int64(i))); err != nil {
			t.Fatal(err)
		}
	}
	return enc
}

// Where an int has 32 bits, what needs more is refused, whatever MaxMemory allows.
func TestMemoryBeyondInt(t *testing.T) {
	if strconv.IntSize > 32 {
		t.Skip("an int has 64 bits")
	}
	cfg := h264.Config{
		Width: 8192, Height: 4096, Chroma: h264.Chroma444, FrameRate: h264.Rational{Num: 25, Den: 1}, Preset: "slow", Threads: 16,
		MaxMemory: 1 << 40,
	}
	if _, err := h264.NewEncoder(cfg); !errors.Is(err, h264.ErrMemory) {
		t.Errorf("error %v", err)
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
