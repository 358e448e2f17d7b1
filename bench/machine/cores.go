package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/g264/g264/bench/internal/measure"
	"github.com/g264/g264/bench/internal/video"
	"github.com/g264/g264/internal/testvideo"
)

// speedup is what two cores shall bring.
const speedup = 1.85

// cores measures what a second thread brings at 1280x720: on a clip that hardly
// moves, and on one that does.
func cores(w io.Writer, presets []string, rounds int) error {
	runtime.GOMAXPROCS(2)
	defer runtime.GOMAXPROCS(runtime.NumCPU())
	rounds *= 5 // they are short
	const width, height, frames = 1280, 720, 120
	fmt.Fprintf(w, "%d frames of %dx%d by one thread and by two, of %d processors, in turns; frames/s are the median of %d runs\n"+
		"(the best), each behind one of its kind that doesn't count. What disturbs one processor disturbs two threads: of many\n"+
		"runs the best is luckier with one.\n\n",
		frames, width, height, runtime.NumCPU(), rounds)
	table := measure.NewTable("clip", "preset", "frames/s with 1", "with 2", "ratio", "of the best", "target", "met", "bytes")
	var passes []string
	for _, name := range []string{"hello", "tour"} {
		path, err := video.Path(name)
		if err != nil {
			return err
		}
		clip, err := video.Scaled(path, frames, width, height)
		if err != nil {
			return err
		}
		for _, preset := range presets {
			passes = append(passes, pass().String())
			times, err := oneAndTwo(clip, preset, rounds)
			if err != nil {
				return err
			}
			if err := coresRow(table, name, preset, len(clip), times); err != nil {
				return err
			}
		}
	}
	table.Print(w)
	fmt.Fprintf(w, "\nA line of a cache went from one processor to the other in %s before each row: where that is 0.1 µs and\n"+
		"more, they share no cache, and each waits for what the other has written.\n", strings.Join(passes, ", "))
	return nil
}

// oneAndTwo are the times of one thread and of two, which must make the same bytes.
func oneAndTwo(clip []testvideo.Frame, preset string, rounds int) ([]measure.Times, error) {
	var streams [2]bytes.Buffer
	var sides []measure.Side
	for i := range streams {
		side, err := encoding(clip, preset, i+1, &streams[i])
		if err != nil {
			return nil, err
		}
		sides = append(sides, measure.Side{Name: side.Name, Run: func() (measure.Took, error) {
			// An encoder takes the memory of the one before only if that had as many pictures.
			if took, err := side.Run(); err != nil {
				return took, err
			}
			streams[i].Reset()
			return side.Run()
		}})
	}
	times, err := measure.Interleave(rounds, sides...)
	if err == nil && !bytes.Equal(streams[0].Bytes(), streams[1].Bytes()) {
		err = errors.New("two threads make other bytes than one")
	}
	return times, err
}

// pass is how long a line of a cache takes from one processor to the other: the
// least of some tries, since others may have the processors.
func pass() time.Duration {
	const tries, rounds = 20, 2000
	least := time.Hour
	for range tries {
		var turn atomic.Int32
		done := make(chan bool)
		go func() {
			for i := int32(1); i < 2*rounds; i += 2 {
				for turn.Load() != i {
				}
				turn.Store(i + 1)
			}
			close(done)
		}()
		began := time.Now()
		for i := int32(0); i < 2*rounds; i += 2 {
			turn.Store(i + 1)
			for turn.Load() != i+2 {
			}
		}
		least = min(least, time.Since(began)/(2*rounds))
		<-done
	}
	return least
}

// coresRow adds the speeds with one and two threads.
func coresRow(table *measure.Table, clip, preset string, frames int, times []measure.Times) error {
	rate := func(t measure.Times) string {
		return fmt.Sprintf("%s (%s)", measure.Figure(measure.PerSecond(frames, t.Median())), measure.Figure(measure.PerSecond(frames, t.Best())))
	}
	one, two := times[0], times[1]
	ratio, best := one.Median().Seconds()/two.Median().Seconds(), one.Best().Seconds()/two.Best().Seconds()
	table.Row(clip, preset, rate(one), rate(two), ratio, best, fmt.Sprintf("at least %g", speedup), measure.Verdict(ratio >= speedup), "the same")
	return measure.Goal{
		Figure:  fmt.Sprintf("two threads at 1280x720, %s, %s: times the speed of one", clip, preset),
		Reached: measure.Figure(ratio), Target: fmt.Sprint(speedup), Met: ratio >= speedup, Command: "go run ./machine -only cores",
	}.Tell()
}
