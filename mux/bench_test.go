package mux

import (
	"fmt"
	"io"
	"testing"
)

// BenchmarkFile makes whole files of 250 samples, ten seconds; the time is a file's.
func BenchmarkFile(b *testing.B) {
	for _, size := range []int{500, 5_000, 50_000} {
		b.Run(fmt.Sprintf("%dB", size), func(b *testing.B) {
			const n = 250
			data, track := nalUnit(size, true, 0), testTrack()
			b.SetBytes(n * int64(size))
			b.ReportAllocs()
			for range b.N {
				w, err := NewWriter(io.Discard, track, Options{})
				if err != nil {
					b.Fatal(err)
				}
				for i := range int64(n) {
					if err := w.WriteSample(Sample{Data: data, PTS: i * 960, DTS: i * 960, Key: i == 0}); err != nil {
						b.Fatal(err)
					}
				}
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkWriteSample is a sample of a long video; the writer is replaced
// every 64 MiB, so that the benchmark itself stays small.
func BenchmarkWriteSample(b *testing.B) {
	const size = 4096
	data, track := nalUnit(size, true, 0), testTrack()
	var w *Writer
	b.SetBytes(size)
	b.ReportAllocs()
	for i := range b.N {
		if i%(64<<20/size) == 0 {
			var err error
			if w, err = NewWriter(io.Discard, track, Options{}); err != nil {
				b.Fatal(err)
			}
		}
		time := int64(i) * 960
		if err := w.WriteSample(Sample{Data: data, PTS: time, DTS: time, Key: true}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkClose is the end of an hour of 25 frames per second; the time is per
// file, for tables of 90,000 samples.
func BenchmarkClose(b *testing.B) {
	const n = 90_000
	data, track := nalUnit(64, true, 0), testTrack()
	b.ReportAllocs()
	for range b.N {
		b.StopTimer()
		w, err := NewWriter(io.Discard, track, Options{})
		if err != nil {
			b.Fatal(err)
		}
		for i := range int64(n) {
			if err := w.WriteSample(Sample{Data: data, PTS: i * 960, DTS: i * 960, Key: i%250 == 0}); err != nil {
				b.Fatal(err)
			}
		}
		b.StartTimer()
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
