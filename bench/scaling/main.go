// Command scaling shows how the encoder's work would spread over more
// processors than the machine has: it measures each task of an encoding with one
// thread, the least of several runs, and simulates workers that carry the tasks
// out by the encoder's rules and dependencies.
//
//	go run ./scaling
//
// Clips are scaled by ffmpeg. The simulation knows nothing of memory bandwidth,
// shared caches, clock rates and the cost of handing work over.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"strings"

	"github.com/g264/g264/bench/internal/measure"
	"github.com/g264/g264/bench/internal/video"
)

var (
	sizes   = [][2]int{{1280, 720}, {1920, 1080}, {3840, 2160}}
	workers = []int{2, 4, 8, 16, 32, 64}
)

// target is the speed-up of 16 workers from 1080p on.
const target = 12

func main() {
	log.SetFlags(0)
	log.SetPrefix("scaling: ")
	clip := flag.String("clip", "tour", "`NAME` of a clip")
	presets := flag.String("presets", "ultrafast,medium", "`LIST` of presets")
	frames := flag.Int("frames", 16, "frames to encode; the simulation repeats the inter pictures")
	runs := flag.Int("runs", 3, "runs, of which the least time of each task counts")
	flag.Parse()
	if err := run(*clip, strings.Split(*presets, ","), *frames, *runs); err != nil {
		log.Fatal(err)
	}
}

func run(name string, presets []string, frames, runs int) error {
	path, err := video.Path(name)
	if err != nil {
		return err
	}
	heads := []string{"preset", "size", "call", "take", "ahead", "analysis", "filter", "entropy"}
	for _, n := range workers {
		heads = append(heads, fmt.Sprint(n))
	}
	table := measure.NewTable(append(heads, "target at 16", "met")...)
	for _, size := range sizes {
		clip, err := video.Scaled(path, frames, size[0], size[1])
		if err != nil {
			return err
		}
		for _, preset := range presets {
			c, err := measureCosts(clip, preset, runs)
			if err != nil {
				return err
			}
			if err := row(table, preset, size, c); err != nil {
				return err
			}
		}
	}
	fmt.Printf("Shares of one thread's time, and speed-ups of simulated workers; %s scaled, %d frames.\n\n", name, frames)
	table.Print(os.Stdout)
	return nil
}

// row adds the speed-ups of a clip.
func row(table *measure.Table, preset string, size [2]int, c *costs) error {
	c = c.repeated(repeats)
	total := c.total()
	cells := []any{preset, fmt.Sprintf("%dx%d", size[0], size[1])}
	for _, sum := range c.sums() {
		cells = append(cells, fmt.Sprintf("%.0f %%", 100*sum.Seconds()/total.Seconds()))
	}
	at16 := 0.0
	for _, n := range workers {
		speedup := total.Seconds() / simulate(c, n, rulesFor(n, len(c.analysis[0]))).Seconds()
		if n == 16 {
			at16 = speedup
		}
		cells = append(cells, fmt.Sprintf("%.1f", speedup))
	}
	if size[1] < 1080 {
		table.Row(append(cells, "", "")...)
		return nil
	}
	table.Row(append(cells, fmt.Sprint(target), measure.Verdict(at16 >= target))...)
	return measure.Goal{
		Figure:  fmt.Sprintf("16 simulated workers at %dx%d, %s: times the speed of one", size[0], size[1], preset),
		Reached: measure.Figure(at16), Target: fmt.Sprint(target), Met: at16 >= target, Command: "go run ./scaling",
	}.Tell()
}
