// Command encode encodes raw RGBA frames in memory a number of times and prints
// as JSON how many seconds each took. bench/wasm builds it for GOOS=js and runs it under
// Node, with the arguments FILE WIDTH HEIGHT RATE PRESET CRF ROUNDS OUT.mp4.
package main

import (
	"encoding/json"
	"fmt"
	"log"
	"os"

	"github.com/g264/g264"
	"github.com/g264/g264/bench/internal/measure"
	"github.com/g264/g264/bench/internal/video"
)

func main() {
	log.SetFlags(0)
	if err := run(os.Args[1:]); err != nil {
		log.Fatal("encode: ", err)
	}
}

func run(args []string) error {
	clip := video.Clip{PixFmt: "rgba"}
	var o g264.Options
	var in, rate, preset, out string
	var rounds int
	if len(args) != 8 {
		return fmt.Errorf("%d arguments, want FILE WIDTH HEIGHT RATE PRESET CRF ROUNDS OUT", len(args))
	}
	for i, to := range []any{&in, &clip.Width, &clip.Height, &rate, &preset, &o.CRF, &rounds, &out} {
		if _, err := fmt.Sscan(args[i], to); err != nil {
			return fmt.Errorf("argument %q: %w", args[i], err)
		}
	}
	if err := clip.Rate.UnmarshalText([]byte(rate)); err != nil {
		return err
	}
	if err := o.Preset.UnmarshalText([]byte(preset)); err != nil {
		return err
	}
	if err := clip.ReadRaw(in); err != nil {
		return err
	}
	var wall, cpu []float64
	var mp4 []byte
	for range rounds {
		took, err := measure.Time(func() (err error) {
			mp4, err = clip.Encode(o)
			return err
		})
		if err != nil {
			return err
		}
		wall, cpu = append(wall, took.Wall.Seconds()), append(cpu, took.CPU.Seconds())
	}
	if err := os.WriteFile(out, mp4, 0o666); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(map[string]any{"wall": wall, "cpu": cpu})
}
