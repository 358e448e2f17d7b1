package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"

	"github.com/g264/g264/bench/internal/measure"
	"github.com/g264/g264/bench/internal/video"
	"github.com/g264/g264/internal/testvideo"
)

// speedup is what two cores shall bring.
const speedup = 1.85

// cores measures what a second thread brings at 1280x720.
func cores(w io.Writer, presets []string, rounds int) error {
	runtime.GOMAXPROCS(2)
	defer runtime.GOMAXPROCS(runtime.NumCPU())
	path, err := video.Path("hello")
	if err != nil {
		return err
	}
	clip, err := testvideo.ReadY4M(path, 60)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%d frames of %dx%d (hello) by one thread and by two, of %d processors; the best of %d runs.\n\n",
		len(clip), clip[0].Width, clip[0].Height, runtime.NumCPU(), rounds)
	table := measure.NewTable("preset", "frames/s with 1", "with 2", "ratio", "target", "met", "bytes")
	for _, preset := range presets {
		var streams [2]bytes.Buffer
		var sides []measure.Side
		for i := range streams {
			side, err := encoding(clip, preset, i+1, &streams[i])
			if err != nil {
				return err
			}
			sides = append(sides, measure.Side{Name: side.Name, Run: func() (measure.Took, error) {
				streams[i].Reset()
				return side.Run()
			}})
		}
		times, err := measure.Interleave(rounds, sides...)
		if err != nil {
			return err
		}
		if !bytes.Equal(streams[0].Bytes(), streams[1].Bytes()) {
			return errors.New("two threads make other bytes than one")
		}
		if err := coresRow(table, preset, len(clip), times); err != nil {
			return err
		}
	}
	table.Print(w)
	return nil
}

// coresRow adds the speeds with one and two threads.
func coresRow(table *measure.Table, preset string, frames int, times []measure.Times) error {
	one, two := measure.PerSecond(frames, times[0].Best()), measure.PerSecond(frames, times[1].Best())
	table.Row(preset, one, two, two/one, fmt.Sprintf("at least %g", speedup), measure.Verdict(two/one >= speedup), "the same")
	return measure.Goal{
		Figure:  fmt.Sprintf("two threads at 1280x720, %s: times the speed of one", preset),
		Reached: measure.Figure(two / one), Target: fmt.Sprint(speedup), Met: two/one >= speedup, Command: "go run ./machine -only cores",
	}.Tell()
}
