// Command simd says what a small module of SIMD kernels on Go's own memory, for
// GOOS=js, would gain: what a call of it costs (go:wasmimport), what its SAD and
// SATD cost beside the portable ones, and how much of an encoding's time such
// kernels take.
//
//	go run ./simd
//
// It needs Node 20, npm, ffmpeg and the clips of scripts/clips.sh, and installs
// wabt, which assembles the module, in the user's cache.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/g264/g264/bench/internal/measure"
	"github.com/g264/g264/bench/internal/module"
	"github.com/g264/g264/bench/internal/node"
	"github.com/g264/g264/bench/internal/video"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("simd: ")
	name := flag.String("clip", "anim", "`NAME` of a clip of scripts/clips.sh")
	flag.Parse()
	if err := report(os.Stdout, *name); err != nil {
		log.Fatal(err)
	}
}

func report(w io.Writer, name string) error {
	npm, err := node.Install()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "g264-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ns, err := timeKernels(npm, dir)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "Kernels in WebAssembly under Node, nanoseconds per call of 16x16 samples; a call of another module that does nothing costs %s.\n\n",
		measure.Figure(ns.call()))
	ns.print(w)

	path, err := video.Path(name)
	if err != nil {
		return err
	}
	clip, err := video.Load(path, "rgba", "", 0)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "What encoding %d RGBA frames of %s spends in kernels, and how much faster it would be in the module's.\n\n", len(clip.Frames), name)
	table := measure.NewTable("preset", "SAD", "SATD", "other dsp", "colorconv", "the rest", "SAD and SATD in SIMD", "all as SATD")
	for _, preset := range []string{"ultrafast", "medium"} {
		shares, err := profileEncoding(&clip, preset, dir)
		if err != nil {
			return err
		}
		shares.row(table, preset, ns)
	}
	table.Print(w)
	return nil
}

// nanoseconds are what program kernels prints.
type nanoseconds struct {
	Nothing, SAD, SADModule, SADScript, FourModule, SATD, SATDModule, ClosureOnly float64
}

// call is what a call of the module costs; the loop around each call does not count.
func (n nanoseconds) call() float64 { return n.Nothing - n.ClosureOnly }
func (n nanoseconds) sadSpeed() float64 {
	return (n.SAD - n.ClosureOnly) / (n.FourModule - n.ClosureOnly) * 4
}
func (n nanoseconds) satdSpeed() float64 {
	return (n.SATD - n.ClosureOnly) / (n.SATDModule - n.ClosureOnly)
}

func (n nanoseconds) print(w io.Writer) {
	table := measure.NewTable("kernel", "portable", "in the module", "times as fast")
	row := func(name string, portable, module float64) {
		portable, module = portable-n.ClosureOnly, module-n.ClosureOnly
		table.Row(name, portable, module, portable/module)
	}
	row("SAD", n.SAD, n.SADModule)
	row("SAD, called through JavaScript", n.SAD, n.SADScript)
	row("four SADs in a call, each", n.SAD, (n.FourModule-n.ClosureOnly)/4+n.ClosureOnly)
	row("SATD", n.SATD, n.SATDModule)
	table.Print(w)
}

// timeKernels builds program kernels and runs it with the module.
func timeKernels(npm node.Folder, dir string) (n nanoseconds, err error) {
	program := filepath.Join(dir, "kernels.wasm")
	if err := node.BuildGo("./simd/kernels", program); err != nil {
		return n, err
	}
	support, err := node.Support()
	if err != nil {
		return n, err
	}
	script, err := module.Path("bench/simd/run.mjs")
	if err != nil {
		return n, err
	}
	cmd := exec.Command("node", "--no-liftoff", script, support, program) // compiled well from the start
	cmd.Dir, cmd.Stderr = npm.Modules, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return n, fmt.Errorf("run.mjs: %w", err)
	}
	return n, json.Unmarshal(out, &n)
}

// profileEncoding encodes a clip under Node's profiler.
func profileEncoding(clip *video.Clip, preset, dir string) (s shares, err error) {
	wasm, raw := filepath.Join(dir, "encode.wasm"), filepath.Join(dir, "in.rgba")
	if err := node.BuildGo("./wasm/encode", wasm); err != nil {
		return s, err
	}
	if err := clip.WriteRaw(raw); err != nil {
		return s, err
	}
	program, err := node.GoCommand(wasm)
	if err != nil {
		return s, err
	}
	profile := filepath.Join(dir, "cpu.cpuprofile")
	args := append([]string{"--cpu-prof", "--cpu-prof-dir", dir, "--cpu-prof-name", filepath.Base(profile)}, program[1:]...)
	args = append(args, raw, strconv.Itoa(clip.Width), strconv.Itoa(clip.Height), clip.Rate.String(), preset, "23", "2", filepath.Join(dir, "out.mp4"))
	if out, err := exec.Command(program[0], args...).CombinedOutput(); err != nil {
		return s, fmt.Errorf("encode: %w: %s", err, out)
	}
	data, err := os.ReadFile(profile)
	if err != nil {
		return s, err
	}
	return readProfile(data)
}
