package main

import (
	"fmt"
	"io"
	"runtime"
	"time"

	"github.com/g264/g264"
	"github.com/g264/g264/bench/internal/measure"
	"github.com/g264/g264/bench/internal/video"
	"github.com/g264/g264/internal/testvideo"
)

// sizes are whole tiles, so that all show the same; the largest is more than
// 3840x2160.
var sizes = [][2]int{{tileWidth, tileHeight}, {2 * tileWidth, 2 * tileHeight}, {4 * tileWidth, 3 * tileHeight},
	{6 * tileWidth, 4 * tileHeight}, {11 * tileWidth, 8 * tileHeight}}

const (
	tileWidth, tileHeight = 352, 288
	sizeFrames            = 10
	maxSpread             = 1.25 // of the costs per macroblock
)

// size measures what a macroblock costs, on one thread, in pictures that show
// the same content once or many times: tiles of a real clip, mirrored so that
// their edges fit.
func size(w io.Writer, presets []string, rounds int) error {
	runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(runtime.NumCPU())
	path, err := video.Path("vtest")
	if err != nil {
		return err
	}
	clip, err := testvideo.ReadY4M(path, sizeFrames)
	if err != nil {
		return err
	}
	rounds *= 3 // a noisy machine is noisy for longer than a run of small pictures takes
	fmt.Fprintf(w, "Nanoseconds of processor time per macroblock, one thread, %d frames of tiles of vtest; the least of %d runs.\n\n", sizeFrames, rounds)
	heads := []string{"preset"}
	for _, s := range sizes {
		heads = append(heads, fmt.Sprintf("%dx%d", s[0], s[1]))
	}
	table := measure.NewTable(append(heads, "most to least", "target", "met")...)
	for _, preset := range presets {
		var sides []measure.Side
		for _, s := range sizes {
			side, err := encoding(tiled(clip, s[0], s[1]), preset, 1, nil)
			if err != nil {
				return err
			}
			sides = append(sides, side)
		}
		times, err := measure.Interleave(rounds, sides...)
		if err != nil {
			return err
		}
		if err := sizeRow(table, preset, times); err != nil {
			return err
		}
	}
	table.Print(w)
	return nil
}

// sizeRow adds the costs at each size.
func sizeRow(table *measure.Table, preset string, times []measure.Times) error {
	row := []any{preset}
	var least, most float64
	for i, s := range sizes {
		macroblocks := s[0] / 16 * (s[1] / 16)
		took := times[i].CPU()
		if took == 0 { // where the system does not say
			took = times[i].Best()
		}
		cost := float64(took/time.Nanosecond) / float64(sizeFrames*macroblocks)
		if i == 0 {
			least, most = cost, cost
		}
		least, most = min(least, cost), max(most, cost)
		row = append(row, cost)
	}
	spread := most / least
	table.Row(append(row, spread, fmt.Sprintf("at most %g", maxSpread), measure.Verdict(spread <= maxSpread))...)
	return measure.Goal{
		Figure:  fmt.Sprintf("time per macroblock from 352x288 to 3840x2160, %s: most to least", preset),
		Reached: measure.Figure(spread), Target: fmt.Sprint(maxSpread), Met: spread <= maxSpread, Command: "go run ./machine -only size",
	}.Tell()
}

// tiled fills frames of a size with the middle 352x288 of a clip's frames, each
// tile the mirror image of its neighbours.
func tiled(clip []testvideo.Frame, width, height int) []testvideo.Frame {
	mirror := func(i, n int) int {
		if i %= 2 * n; i >= n {
			i = 2*n - 1 - i
		}
		return i
	}
	fill := func(dst []uint8, w, h int, src []uint8, stride, left, top, tw, th int) {
		for y := range h {
			row := src[(top+mirror(y, th))*stride+left:]
			for x := range w {
				dst[y*w+x] = row[mirror(x, tw)]
			}
		}
	}
	frames := make([]testvideo.Frame, len(clip))
	for i, f := range clip {
		g := testvideo.NewFrame(width, height, true)
		left, top := (f.Width-tileWidth)/2&^1, (f.Height-tileHeight)/2&^1
		fill(g.Y, width, height, f.Y, f.YStride, left, top, tileWidth, tileHeight)
		fill(g.Cb, width/2, height/2, f.Cb, f.CStride, left/2, top/2, tileWidth/2, tileHeight/2)
		fill(g.Cr, width/2, height/2, f.Cr, f.CStride, left/2, top/2, tileWidth/2, tileHeight/2)
		frames[i] = g
	}
	return frames
}

// encoding is the encoding of planar frames to a byte stream, which out, if not
// nil, gets.
func encoding(frames []testvideo.Frame, preset string, threads int, out io.Writer) (measure.Side, error) {
	o := g264.Options{Width: frames[0].Width, Height: frames[0].Height, Threads: threads, Format: g264.AnnexB}
	if err := o.Preset.UnmarshalText([]byte(preset)); err != nil {
		return measure.Side{}, err
	}
	if out == nil {
		out = io.Discard
	}
	name := fmt.Sprintf("%s %dx%d, %d threads", preset, o.Width, o.Height, threads)
	return measure.Side{Name: name, Run: func() (measure.Took, error) {
		enc, err := g264.NewEncoder(out, o)
		if err != nil {
			return measure.Took{}, err
		}
		defer enc.Abort()
		return measure.Time(func() error {
			for _, f := range frames {
				err := enc.EncodeFrame(g264.Frame{Format: g264.YUV420P, Y: f.Y, Cb: f.Cb, Cr: f.Cr, YStride: f.YStride, CStride: f.CStride})
				if err != nil {
					return err
				}
			}
			return enc.Close()
		})
	}}, nil
}
