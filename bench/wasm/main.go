// Command wasm measures g264 in WebAssembly under Node, from RGBA frames in
// memory to an MP4 in memory, beside what npm has: h264-mp4-encoder (minih264)
// and @ffmpeg/core (x264).
//
//	go run ./wasm
//
// It needs Node 20, npm, ffmpeg and the clips of scripts/clips.sh, and installs
// the peers, whose versions package-lock.json pins, in the user's cache.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/g264/g264"
	"github.com/g264/g264/bench/internal/measure"
	"github.com/g264/g264/bench/internal/node"
	"github.com/g264/g264/bench/internal/video"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("wasm: ")
	name := flag.String("clip", "anim", "`NAME` of a clip of scripts/clips.sh")
	rounds := flag.Int("rounds", 2, "processes of each encoder, in turns")
	repeats := flag.Int("repeats", 2, "encodings in a process, as the first runs before the code is compiled well")
	flag.Parse()
	if err := compare(os.Stdout, *name, *rounds, *repeats); err != nil {
		log.Fatal(err)
	}
}

// encoder is a side of the comparison.
type encoder struct {
	name    string
	command []string // up to the arguments FILE WIDTH HEIGHT RATE
	speed   string
	q       float64 // quantiser or CRF
}

// encoders lists g264 in a .wasm file, and its peers.
func encoders(npm node.Folder, g264 string) ([]encoder, error) {
	program, err := node.GoCommand(g264)
	if err != nil {
		return nil, err
	}
	var list []encoder
	for _, preset := range []string{"ultrafast", "medium"} {
		list = append(list, encoder{"g264 " + preset, program, preset, 23})
	}
	peers := filepath.Join(npm.Source, "peers.mjs")
	for _, speed := range []string{"0", "5", "10"} {
		list = append(list, encoder{"h264-mp4-encoder speed " + speed, []string{"node", peers, "minih264"}, speed, 28})
	}
	return append(list, encoder{"ffmpeg.wasm, x264 ultrafast", []string{"node", peers, "x264"}, "ultrafast", 23}), nil
}

func compare(w io.Writer, name string, rounds, repeats int) error {
	npm, err := node.Install()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "g264-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	wasm := filepath.Join(dir, "encode.wasm")
	if err := node.BuildGo("./wasm/encode", wasm); err != nil {
		return err
	}
	path, err := video.Path(name)
	if err != nil {
		return err
	}
	b := bench{dir: dir, npm: npm, repeats: repeats}
	if b.clip, err = video.Load(path, "rgba", "", 0); err != nil {
		return err
	}
	if err := b.clip.WriteRaw(b.raw()); err != nil {
		return err
	}
	list, err := encoders(npm, wasm)
	if err != nil {
		return err
	}
	results, err := b.run(list, rounds)
	if err != nil {
		return err
	}
	points, err := b.ourPoints()
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "WebAssembly under Node, one thread: %d RGBA frames of %dx%d (%s) to MP4; the best of %d runs.\n"+
		"dB are over RGB and over luma; \"g264\" is ultrafast's at the same bytes, without adaptive quantisation, which the peers\n"+
		"have not, and which spends bits where eyes look rather than where PSNR does.\n\n",
		len(b.clip.Frames), b.clip.Width, b.clip.Height, name, rounds*repeats)
	return b.print(w, results, points)
}

// bench is what all runs share.
type bench struct {
	clip    video.Clip
	dir     string
	npm     node.Folder
	repeats int
}

func (b *bench) raw() string { return filepath.Join(b.dir, "in.rgba") }

// result is what an encoder did.
type result struct {
	encoder
	times measure.Times
	point // the last run's
}

type point struct {
	bytes int
	video.Quality
}

// ourPoints are g264 ultrafast's from fine to coarse; its bytes are the same on
// every platform, so they need no WebAssembly.
func (b *bench) ourPoints() (points []point, err error) {
	for _, crf := range []float64{14, 20, 26, 32, 38} {
		mp4, err := b.clip.Encode(g264.Options{Preset: g264.PresetUltrafast, CRF: crf, NoAQ: true})
		if err != nil {
			return nil, err
		}
		quality, err := b.clip.Quality(mp4)
		if err != nil {
			return nil, err
		}
		points = append(points, point{len(mp4), quality})
	}
	return points, nil
}

// run times the encoders in turns and measures the quality of what they made.
func (b *bench) run(list []encoder, rounds int) ([]result, error) {
	results := make([]result, len(list))
	for round := range rounds {
		for i, e := range list {
			results[i].encoder = e
			if err := b.encode(&results[i], round == rounds-1); err != nil {
				return nil, fmt.Errorf("%s: %w", e.name, err)
			}
		}
	}
	return results, nil
}

// encode runs an encoder in a process of its own and adds its times, and what it
// made if that is to be looked at.
func (b *bench) encode(r *result, look bool) error {
	out := filepath.Join(b.dir, "out.mp4")
	args := append(r.command[1:len(r.command):len(r.command)], b.raw(), strconv.Itoa(b.clip.Width), strconv.Itoa(b.clip.Height),
		b.clip.Rate.String(), r.speed, strconv.FormatFloat(r.q, 'g', -1, 64), strconv.Itoa(b.repeats), out)
	cmd := exec.Command(r.command[0], args...)
	cmd.Dir = b.npm.Modules
	stdout, err := cmd.Output()
	if err != nil {
		var exit *exec.ExitError
		errors.As(err, &exit)
		return fmt.Errorf("%w: %s", err, lastOf(exit))
	}
	times, err := parse(stdout)
	if err != nil {
		return err
	}
	r.times = append(r.times, times...)
	if !look {
		return nil
	}
	mp4, err := os.ReadFile(out)
	if err != nil {
		return err
	}
	r.bytes = len(mp4)
	r.Quality, err = b.clip.Quality(mp4)
	return err
}

// lastOf is the end of what a process complained; Emscripten's glue can print all
// of itself.
func lastOf(exit *exec.ExitError) []byte {
	if exit == nil {
		return nil
	}
	return exit.Stderr[max(0, len(exit.Stderr)-1000):]
}

// parse reads the last line that an encoder's process prints: its times.
func parse(stdout []byte) (times measure.Times, err error) {
	lines := strings.Split(strings.TrimSpace(string(stdout)), "\n")
	var answer struct{ Wall, CPU []float64 }
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &answer); err != nil {
		return nil, fmt.Errorf("it prints %q: %w", lines[len(lines)-1], err)
	}
	if len(answer.CPU) != len(answer.Wall) {
		return nil, fmt.Errorf("it prints %q", lines[len(lines)-1])
	}
	for i := range answer.Wall {
		times = append(times, measure.Took{Wall: seconds(answer.Wall[i]), CPU: seconds(answer.CPU[i])})
	}
	return times, nil
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
