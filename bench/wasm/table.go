package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/g264/g264/bench/internal/measure"
	"github.com/g264/g264/bench/internal/video"
)

// target is what g264 ultrafast shall reach, in frames per second.
const target = 85

// print writes the comparison; the first result and the points are g264
// ultrafast's.
func (b *bench) print(w io.Writer, results []result, points []point) error {
	ours := results[0]
	fps := measure.PerSecond(len(b.clip.Frames), ours.times.Best())
	speed := measure.Goal{
		Figure:  fmt.Sprintf("WebAssembly under Node, RGBA at %dx%d to MP4, ultrafast: frames/s", b.clip.Width, b.clip.Height),
		Reached: measure.Figure(fps), Target: fmt.Sprint(target), Met: fps >= target, Command: "go run ./wasm",
	}
	if err := speed.Tell(); err != nil {
		return err
	}
	table := measure.NewTable("encoder", "frames/s", "ultrafast's ratio", "of processor time", "bytes", "dB RGB", "g264", "dB luma", "g264")
	for _, r := range results {
		p, equal := r.point, at(points, r.bytes)
		table.Row(r.name, measure.PerSecond(len(b.clip.Frames), r.times.Best()), r.times.Best().Seconds()/ours.times.Best().Seconds(),
			r.times.CPU().Seconds()/ours.times.CPU().Seconds(),
			p.bytes, fmt.Sprintf("%.2f", p.RGB), fmt.Sprintf("%.2f", equal.RGB), fmt.Sprintf("%.2f", p.Luma), fmt.Sprintf("%.2f", equal.Luma))
		if !strings.HasPrefix(r.name, "h264-mp4-encoder") {
			continue
		}
		goal := measure.Goal{
			Figure:  "the same: dB of luma, dB of RGB at the bytes of " + r.name,
			Reached: fmt.Sprintf("%.2f : %.2f, %.2f : %.2f", equal.Luma, p.Luma, equal.RGB, p.RGB),
			Target:  "better", Met: equal.Luma > p.Luma && equal.RGB > p.RGB, Command: "go run ./wasm",
		}
		if err := goal.Tell(); err != nil {
			return err
		}
	}
	table.Print(w)
	fmt.Fprintf(w, "Target: ultrafast at %d frames/s or more: %s, met: %s.\n\n", target, measure.Figure(fps), measure.Verdict(fps >= target))
	return nil
}

// at is the quality of points at a number of bytes, interpolated over the
// logarithm of the bytes; NaN beyond them.
func at(points []point, bytes int) video.Quality {
	sorted := slices.SortedFunc(slices.Values(points), func(a, b point) int { return a.bytes - b.bytes })
	for i := 1; i < len(sorted); i++ {
		a, b := sorted[i-1], sorted[i]
		if a.bytes <= bytes && bytes <= b.bytes {
			share := 0.0
			if b.bytes > a.bytes {
				share = math.Log(float64(bytes)/float64(a.bytes)) / math.Log(float64(b.bytes)/float64(a.bytes))
			}
			return video.Quality{RGB: a.RGB + share*(b.RGB-a.RGB), Luma: a.Luma + share*(b.Luma-a.Luma)}
		}
	}
	return video.Quality{RGB: math.NaN(), Luma: math.NaN()}
}
