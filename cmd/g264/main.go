// Command g264 encodes video to H.264 in MP4: y4m streams, PNG and JPEG images,
// animated GIFs and raw video. See help.go for its manual, which g264 --help
// prints.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime/pprof"
	"strings"

	"github.com/g264/g264/h264"
)

// Exit statuses.
const (
	exitOK          = 0
	exitError       = 1
	exitUsage       = 2
	exitInterrupted = 130 // 128 and the number of SIGINT, as shells have it
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// command is one call of the program.
type command struct {
	*settings
	stdin, stdout, stderr *os.File
}

func run(args []string, stdin, stdout, stderr *os.File) (status int) {
	s, err := parseFlags(args)
	if err == nil {
		c := &command{s, stdin, stdout, stderr}
		ctx, stop := onInterrupt()
		defer stop()
		err = c.do(ctx)
	}
	if err == nil {
		return exitOK
	}
	fmt.Fprintf(stderr, "g264: %s\n", strings.TrimPrefix(err.Error(), "g264: "))
	switch {
	case errors.As(err, new(usageError)):
		fmt.Fprintln(stderr, "g264: g264 --help lists the flags; g264 [flags] INPUT... -o OUT")
		return exitUsage
	case errors.Is(err, errInterrupted):
		return exitInterrupted
	}
	return exitError
}

func (c *command) do(ctx context.Context) error {
	switch {
	case c.help:
		_, err := fmt.Fprint(c.stdout, manual)
		return err
	case c.version:
		_, err := fmt.Fprintln(c.stdout, "g264", h264.Version)
		return err
	}
	if c.cpuProfile != "" {
		f, err := os.Create(c.cpuProfile)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	if c.demo {
		return c.runDemo(ctx)
	}
	return c.encodeInputs(ctx)
}

// report prints figures: to standard output, unless that carries a stream.
func (c *command) report(line string) {
	if c.quiet {
		return
	}
	out := c.stdout
	if c.out == "-" || c.recon == "-" {
		out = c.stderr
	}
	fmt.Fprintln(out, "g264:", line)
}
