package main

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
)

// peakMemory encodes frames of grey with a light square that moves, in fragments
// of 2 s, and returns the most memory that the process had, in KiB.
func peakMemory(t *testing.T, width, height, frames int) int64 {
	t.Helper()
	cmd := g264Command(t, strings.Fields(fmt.Sprintf("--pix-fmt gray --size %dx%d --preset ultrafast --keyint 50 --fps 25 "+
		"--layout fragmented --quiet - -o /dev/null", width, height))...)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	cmd.Stderr = &stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	const side = 32
	frame := make([]byte, width*height)
	paint := func(at int, light bool) {
		for y := range side {
			for x := range side {
				i := y*width + at + x
				frame[i] = byte(60 + (i*i>>7)%50)
				if light {
					frame[i] = 200
				}
			}
		}
	}
	for i := range frame {
		frame[i] = byte(60 + (i*i>>7)%50)
	}
	for n := range frames {
		at := n * 3 % (width - side)
		paint(at, true)
		if _, err := stdin.Write(frame); err != nil {
			t.Fatal(err)
		}
		paint(at, false)
	}
	if err := stdin.Close(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s", err, &stderr)
	}
	return int64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss) // 32 bits on some
}

// The length of a fragmented video takes no memory: 2 hours at 64x64 have the
// peak of 10 seconds, and so has a longer one at 1280x720.
func TestMemoryDoesNotGrowWithLength(t *testing.T) {
	if testing.Short() {
		t.Skip("encodes 180,000 frames")
	}
	for _, c := range []struct {
		width, height, frames int
		slack                 int64 // KiB: pages that the Go runtime takes at its own times
	}{{64, 64, 2 * 3600 * 25, 2048}, {1280, 720, 600, 0}} {
		short, long := peakMemory(t, c.width, c.height, 250), peakMemory(t, c.width, c.height, c.frames)
		t.Logf("%dx%d: %d KiB for 250 frames, %d KiB for %d", c.width, c.height, short, long, c.frames)
		if long > short+short/20+c.slack {
			t.Errorf("%dx%d: %d KiB for 250 frames, %d KiB for %d", c.width, c.height, short, long, c.frames)
		}
	}
}
