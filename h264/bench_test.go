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

// In the steady state the encoder allocates nothing per picture, at every preset
// and with all that works per picture; a buffer that grows now and then is let pass.
func TestSteadyStateAllocatesNothing(t *testing.T) {
	configs := []h264.Config{
		{Preset: "medium", RateControl: h264.AverageBitrate, Bitrate: 300, MaxRate: 400, BufferSize: 400, HRD: true},
		{Preset: "medium", MeasurePSNR: true, MeasureSSIM: true, Reconstruction: true, Delimiters: true},
		{Preset: "medium", Lossless: true},
		{Preset: "medium", Profile: "baseline", LowLatency: true},
		{Preset: "medium", Tune: "screen"},
	}
	for _, preset := range h264.Presets() {
		configs = append(configs, h264.Config{Preset: preset})
	}
	for _, subsampled := range []bool{true, false} {
		clip := testvideo.Clip(testvideo.Moving, 80, 48, 8, subsampled)
		for _, threads := range []int{1, 2} {
			for _, cfg := range configs {
				if cfg.Profile == "baseline" && !subsampled || testing.Short() && subsampled != (threads == 2) {
					continue
				}
				cfg.KeyInt, cfg.NoSceneCut, cfg.Threads = 1000, true, threads
				if allocs := steadyAllocations(t, cfg, clip); allocs > 0 {
					t.Errorf("%+v, 4:2:0 %v: %.0f allocations per picture", cfg, subsampled, allocs)
				}
			}
		}
	}
}

// steadyAllocations returns the allocations per picture of an encoder that has
// filled its lookahead.
func steadyAllocations(t *testing.T, cfg h264.Config, clip []testvideo.Frame) float64 {
	t.Helper()
	enc, err := h264.NewEncoder(configFor(cfg, clip[0]))
	if err != nil {
		t.Fatal(err)
	}
	defer enc.Close()
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
	for n < 80 {
		next()
	}
	return testing.AllocsPerRun(16, next)
}
