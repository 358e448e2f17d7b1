package g264

import (
	"fmt"
	"image"
	"io"
	"testing"

	"github.com/g264/g264/internal/testvideo"
)

// The whole way from frames in memory to the finished MP4, for every kind of
// frame. MB/s are of the frames' own bytes; the allocations include the file's.
func BenchmarkEncode(b *testing.B) {
	const width, height, frames = 640, 360, 16
	kinds := []struct {
		name  string
		bytes int
		make  func(i int) Frame
	}{
		{"BGR", 3 * width * height, func(i int) Frame {
			return Frame{Format: BGR, Pix: bgr(width, height, i), Stride: 3 * width}
		}},
		{"RGBA", 4 * width * height, func(i int) Frame {
			m := image.NewRGBA(image.Rect(0, 0, width, height))
			copy(m.Pix, repack(bgr(width, height, i), width, 3, 4, 4*width, 2, 1, 0, -1))
			return Frame{Image: m}
		}},
		{"YCbCr", width * height * 3 / 2, func(i int) Frame {
			f := testvideo.Render(testvideo.Moving, width, height, i, true)
			return Frame{Image: &image.YCbCr{Y: f.Y, Cb: f.Cb, Cr: f.Cr, YStride: f.YStride, CStride: f.CStride,
				SubsampleRatio: image.YCbCrSubsampleRatio420, Rect: image.Rect(0, 0, width, height)}}
		}},
		{"planar", width * height * 3 / 2, func(i int) Frame { return yuv(testvideo.Moving, width, height, i, true) }},
	}
	for _, preset := range []Preset{PresetUltrafast, PresetMedium} {
		for _, kind := range kinds {
			b.Run(fmt.Sprintf("%v/%s", preset, kind.name), func(b *testing.B) {
				clip := make([]Frame, frames)
				for i := range clip {
					clip[i] = kind.make(i)
				}
				e, err := NewEncoder(io.Discard, Options{Width: width, Height: height, Preset: preset})
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(kind.bytes))
				b.ReportAllocs()
				b.ResetTimer()
				for i := range b.N {
					// There and back, so that the content moves on and never cuts.
					if err := e.EncodeFrame(clip[max(i%(2*frames)-frames, frames-1-i%(2*frames))]); err != nil {
						b.Fatal(err)
					}
				}
				if err := e.Close(); err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "frames/s")
			})
		}
	}
}
