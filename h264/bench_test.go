package h264_test

import (
	"runtime"
	"testing"

	"github.com/g264/g264/h264"
	"github.com/g264/g264/internal/testvideo"
)

// BenchmarkEncode measures one thread on a moving picture of 640x360 samples:
// pictures and megabytes of samples per second, and allocations per picture.
func BenchmarkEncode(b *testing.B) {
	for _, preset := range h264.Presets() {
		for _, subsampled := range []bool{true, false} {
			chroma := "444"
			if subsampled {
				chroma = "420"
			}
			b.Run(preset+"/"+chroma, func(b *testing.B) {
				benchmark(b, h264.Config{Preset: preset, Threads: 1}, subsampled)
			})
		}
	}
}

// BenchmarkThreads measures preset medium on all processors.
func BenchmarkThreads(b *testing.B) {
	benchmark(b, h264.Config{Threads: runtime.GOMAXPROCS(0)}, true)
}

func benchmark(b *testing.B, cfg h264.Config, subsampled bool) {
	clip := testvideo.Clip(testvideo.Moving, 640, 360, 20, subsampled)
	enc, err := h264.NewEncoder(configFor(cfg, clip[0]))
	if err != nil {
		b.Fatal(err)
	}
	defer enc.Close()
	b.SetBytes(int64(len(clip[0].Y) + 2*len(clip[0].Cb)))
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		j := i % (2*len(clip) - 2) // there and back, without a cut
		if j >= len(clip) {
			j = 2*len(clip) - 2 - j
		}
		if _, err := enc.Encode(picture(clip[j], int64(i))); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := enc.Flush(); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "frames/s")
}

// In the steady state the encoder allocates nothing per picture; a buffer that
// grows now and then is let pass.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	clip := testvideo.Clip(testvideo.Moving, 80, 48, 8, true)
	for i, preset := range append(h264.Presets(), h264.Presets()...) {
		threads := 1 + i/len(h264.Presets())
		enc, err := h264.NewEncoder(configFor(h264.Config{Preset: preset, KeyInt: 1000, NoSceneCut: true, Threads: threads}, clip[0]))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		pictures := make([]*h264.Picture, len(clip))
		for i, f := range clip {
			pictures[i] = picture(f, 0)
		}
		next := func() {
			p := pictures[n%len(pictures)]
			p.PTS = int64(n)
			n++
			if _, err := enc.Encode(p); err != nil {
				t.Fatal(err)
			}
		}
		for n < 80 { // beyond the lookahead
			next()
		}
		if allocs := testing.AllocsPerRun(16, next); allocs > 0 {
			t.Errorf("%s, %d threads: %.0f allocations per picture", preset, threads, allocs)
		}
		enc.Close()
	}
}
