package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/g264/g264/bench/internal/measure"
	"github.com/g264/g264/bench/internal/module"
	"github.com/g264/g264/bench/internal/video"
)

// memory compares the peak memory of the commands g264 and x264 at 1920x1080.
// What the system reports of a child counts this process's own memory before
// exec too, so that must stay small: nothing is loaded here.
func memory(w io.Writer, presets []string, rounds int) error {
	dir, err := os.MkdirTemp("", "g264-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	command, clip := filepath.Join(dir, "g264"), filepath.Join(dir, "clip.y4m")
	if err := module.Build("./cmd/g264", command, "CGO_ENABLED=0"); err != nil {
		return err
	}
	source, err := video.Path("hello")
	if err != nil {
		return err
	}
	scale := exec.Command("ffmpeg", "-nostdin", "-v", "error", "-i", source, "-vf", "scale=1920:1080", "-frames:v", "60", "-pix_fmt", "yuv420p", clip)
	if out, err := scale.CombinedOutput(); err != nil {
		return fmt.Errorf("ffmpeg: %w: %s", err, out)
	}
	fmt.Fprintf(w, "Peak memory of the commands, 60 frames of 1920x1080 (hello) from y4m to a byte stream; the least of %d runs.\n"+
		"g264 is built static, with CGO_ENABLED=0.\n\n", rounds)
	table := measure.NewTable("preset, threads", "g264 MiB", "x264 MiB", "ratio", "target", "met")
	for _, preset := range presets {
		for _, threads := range []int{1, 2} {
			out := filepath.Join(dir, "out.264")
			n := strconv.Itoa(threads)
			ours, err := leastPeak(rounds, command, "--preset", preset, "--threads", n, "--quiet", "-o", out, clip)
			if err != nil {
				return err
			}
			theirs, err := leastPeak(rounds, "x264", "--quiet", "--no-progress", "--preset", preset, "--threads", n, "-o", out, clip)
			if err != nil {
				return err
			}
			ratio := ours / theirs
			table.Row(fmt.Sprintf("%s, %d", preset, threads), ours, theirs, ratio, "at most 1", measure.Verdict(ratio <= 1))
			goal := measure.Goal{
				Figure:  fmt.Sprintf("peak memory at 1920x1080, %s, %d threads: MiB beside x264's", preset, threads),
				Reached: fmt.Sprintf("%s : %s", measure.Figure(ours), measure.Figure(theirs)), Target: "no more", Met: ratio <= 1,
				Command: "go run ./machine -only memory",
			}
			if err := goal.Tell(); err != nil {
				return err
			}
		}
	}
	table.Print(w)
	return nil
}

// leastPeak runs a command a number of times and returns its least peak of
// resident memory in MiB.
func leastPeak(rounds int, name string, args ...string) (least float64, err error) {
	for i := range rounds {
		cmd := exec.Command(name, args...)
		if out, err := cmd.CombinedOutput(); err != nil {
			return 0, fmt.Errorf("%s: %w: %s", name, err, out)
		}
		peak, own := peakOf(cmd.ProcessState), ownPeak()
		if peak <= own {
			return 0, fmt.Errorf("%s needs no more memory than this program, %.1f MiB: it can't be measured from here", name, own)
		}
		if i == 0 || peak < least {
			least = peak
		}
	}
	return least, nil
}
