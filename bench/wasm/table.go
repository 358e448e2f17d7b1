package main

import (
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/g264/g264/bench/internal/measure"
	"github.com/g264/g264/bench/internal/video"
)

// target is what g264 ultrafast shall reach, in frames per second.
const target = 85

// print writes the comparison; the first result is g264 ultrafast's.
func (b *bench) print(w io.Writer, results []result) {
	ours := results[0]
	table := measure.NewTable("encoder", "frames/s", "ultrafast's ratio", "of processor time", "bytes", "dB RGB", "g264", "dB luma", "g264")
	for _, r := range results {
		p := r.points[len(r.points)-1]
		equal := at(ours.points, p.bytes)
		table.Row(r.name, measure.PerSecond(len(b.clip.Frames), r.times.Best()), r.times.Best().Seconds()/ours.times.Best().Seconds(),
			r.times.CPU().Seconds()/ours.times.CPU().Seconds(),
			p.bytes, fmt.Sprintf("%.2f", p.RGB), fmt.Sprintf("%.2f", equal.RGB), fmt.Sprintf("%.2f", p.Luma), fmt.Sprintf("%.2f", equal.Luma))
	}
	table.Print(w)
	fps := measure.PerSecond(len(b.clip.Frames), ours.times.Best())
	fmt.Fprintf(w, "Target: ultrafast at %d frames/s or more: %s, %s met.\n\n", target, measure.Figure(fps), measure.Verdict(fps >= target))
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
