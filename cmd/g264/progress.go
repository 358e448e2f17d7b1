package main

import (
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress counts frames on a terminal. Without one it does nothing.
type progress struct{ bar *progressbar.ProgressBar }

// newProgress starts a bar of so many frames, or a spinner where frames is -1.
func newProgress(out *os.File, frames int64, quiet bool) progress {
	if quiet || !isTerminal(out) {
		return progress{}
	}
	return progress{progressbar.NewOptions64(frames,
		progressbar.OptionSetWriter(out),
		progressbar.OptionSetDescription("g264"),
		progressbar.OptionShowCount(),
		progressbar.OptionShowIts(),
		progressbar.OptionSetItsString("frames"),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(),
	)}
}

// step counts a frame. That the terminal can't show it stops no encoder.
func (p progress) step() {
	if p.bar != nil {
		_ = p.bar.Add(1)
	}
}

// done clears the line.
func (p progress) done() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}

func isTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
