// Command curves draws rate against quality for g264, x264 and OpenH264, as SVG:
// psnr.svg and ssim.svg with one panel per clip, and frontier.svg with the mean
// over the clips of BD-rate against processor time.
//
//	go run ./curves                        # measures (some minutes), then draws
//	go run ./curves --json curves/rd.json  # draws what was measured
//
// To measure it needs what the ruler, scripts/rd.py, needs; its figures are kept
// in rd.json beside the drawings. OpenH264 is left out where libopenh264-dev is
// not installed.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/g264/g264/bench/internal/module"
	"github.com/g264/g264/bench/internal/video"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("curves: ")
	file := flag.String("json", "", "draw this `FILE`, which rd.py --json wrote, and measure nothing")
	out := flag.String("o", "curves", "`FOLDER` for the drawings")
	presets := flag.String("presets", "ultrafast,veryfast,medium,slow", "`LIST` of g264's presets to measure")
	peers := flag.String("peers", "x264-ultrafast,x264-superfast,x264-veryfast,x264-medium,x264-baseline,x264-medium-ip", "`LIST` of rd.py's encoders to measure beside")
	clips := flag.String("clips", video.Folder(), "`FOLDER` of y4m clips, or one clip")
	flag.Parse()
	if *file == "" {
		*file = filepath.Join(*out, "rd.json")
		if err := measureAll(*file, *presets, *peers, *clips); err != nil {
			log.Fatal(err)
		}
	}
	curves, err := read(*file)
	if err != nil {
		log.Fatal(err)
	}
	if err := draw(curves, *out); err != nil {
		log.Fatal(err)
	}
	if err := tell(frontier(curves)); err != nil {
		log.Fatal(err)
	}
}

// measureAll builds the command and has the ruler measure it and its peers.
func measureAll(file, presets, peers, clips string) error {
	dir, err := os.MkdirTemp("", "g264-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	command := filepath.Join(dir, "g264")
	if err := module.Build("./cmd/g264", command); err != nil {
		return err
	}
	if _, err := os.Stat("/usr/include/wels/codec_api.h"); err == nil {
		peers += ",openh264"
	}
	return ruler(command, file, presets, peers, clips)
}

// ruler runs scripts/rd.py, which needs numpy.
func ruler(command, file, presets, peers, clips string) error {
	python := "python3"
	if exec.Command(python, "-c", "import numpy").Run() != nil {
		python = "/usr/bin/python3"
	}
	rd, err := module.Path("scripts/rd.py")
	if err != nil {
		return err
	}
	return run(python, rd, "--g264", command, "--presets", presets, "--enc", peers, "--clips", clips, "--json", file)
}

func run(name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s %s: %w", name, strings.Join(args, " "), err)
	}
	return nil
}
