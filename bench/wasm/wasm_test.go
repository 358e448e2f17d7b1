package main

import (
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/g264/g264"
	"github.com/g264/g264/bench/internal/measure"
	"github.com/g264/g264/bench/internal/node"
	"github.com/g264/g264/bench/internal/video"
	"github.com/g264/g264/internal/testenv"
)

func TestQualityAtBytes(t *testing.T) {
	points := []point{{400, video.Quality{RGB: 40, Luma: 42}}, {100, video.Quality{RGB: 30, Luma: 32}}}
	if q := at(points, 200); math.Abs(q.RGB-35) > 1e-9 || math.Abs(q.Luma-37) > 1e-9 {
		t.Errorf("%+v halfway between 30 and 40 dB", q)
	}
	if q := at(points, 100); q.RGB != 30 {
		t.Errorf("%+v at a point of 30 dB", q)
	}
	if q := at(points, 401); !math.IsNaN(q.RGB) {
		t.Errorf("%+v beyond the points", q)
	}
}

func TestParse(t *testing.T) {
	times, err := parse([]byte("chatter\n\n{\"wall\":[2,1.5],\"cpu\":[3,4]}\n"))
	if err != nil || len(times) != 2 || times.Best().Seconds() != 1.5 || times.CPU().Seconds() != 3 {
		t.Errorf("%v, %v", times, err)
	}
	for _, bad := range []string{"", "nothing", `{"wall":[1]}`} {
		if _, err := parse([]byte(bad)); err == nil {
			t.Errorf("%q passes", bad)
		}
	}
}

// The program runs under Node and makes there what it makes here.
func TestEncodeUnderNode(t *testing.T) {
	testenv.Need(t, "node")
	dir := t.TempDir()
	wasm := filepath.Join(dir, "encode.wasm")
	if err := node.BuildGo("./wasm/encode", wasm); err != nil {
		t.Fatal(err)
	}
	program, err := node.GoCommand(wasm)
	if err != nil {
		t.Fatal(err)
	}
	clip := video.Clip{PixFmt: "rgba", Width: 32, Height: 16, Rate: g264.FPS(29.97)}
	for i := range 4 {
		clip.Frames = append(clip.Frames, []uint8(strings.Repeat(string(rune('a'+i))+"bcd", 32*16)))
	}
	b := bench{dir: dir, npm: node.Folder{Modules: dir}, clip: clip, repeats: 2}
	if err := clip.WriteRaw(b.raw()); err != nil {
		t.Fatal(err)
	}
	results, err := b.run([]encoder{{"g264", program, "veryfast", 23}}, 2)
	if err != nil {
		t.Fatal(err)
	}
	if r := results[0]; len(r.times) != 4 || r.bytes == 0 || r.RGB < 10 || r.times.CPU() <= 0 {
		t.Errorf("%+v", r)
	}
	here, err := clip.Encode(g264.Options{Preset: g264.PresetVeryfast})
	if err != nil {
		t.Fatal(err)
	}
	there, err := os.ReadFile(filepath.Join(dir, "out.mp4"))
	if err != nil || string(there) != string(here) {
		t.Errorf("%d bytes under Node, %d here, %v", len(there), len(here), err)
	}
	var out strings.Builder
	peer := result{encoder: encoder{name: "peer"}, times: measure.Times{{Wall: 1e9, CPU: 1e9}}, point: results[0].point}
	points, err := b.ourPoints()
	if err != nil || len(points) < 2 || points[0].bytes < points[len(points)-1].bytes {
		t.Fatal(points, err)
	}
	if err := b.print(&out, append(results, peer), points); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "| peer ") || !strings.Contains(out.String(), "Target: ") {
		t.Errorf("it prints\n%s", &out)
	}
	if err := b.encode(&result{encoder: encoder{"absent", program, "nosuch", 23}}, false); err == nil || !strings.Contains(err.Error(), "nosuch") {
		t.Errorf("an encoder that fails: %v", err)
	}
}

// Of the peers' script at least the syntax is right; they come from npm.
func TestPeersParse(t *testing.T) {
	if out, err := exec.Command(testenv.Need(t, "node"), "--check", "peers.mjs").CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
}
