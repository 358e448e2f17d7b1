// Command machine measures what g264 asks of the machine: peak memory beside
// x264's, processor time per macroblock from small pictures to large ones, and
// what a second core brings.
//
//	go run ./machine
//	go run ./machine -only memory,size,cores
//
// It needs ffmpeg, x264 and the clips of scripts/clips.sh.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("machine: ")
	only := flag.String("only", "memory,size,cores", "`LIST` of what to measure")
	presets := flag.String("presets", "ultrafast,medium", "`LIST` of presets")
	rounds := flag.Int("rounds", 3, "runs of each side that count")
	flag.Parse()
	measures := map[string]func(w io.Writer, presets []string, rounds int) error{"memory": memory, "size": size, "cores": cores}
	for _, name := range strings.Split(*only, ",") { // memory first: see there
		f := measures[name]
		if f == nil {
			log.Fatalf("-only %s; want memory, size, cores", name)
		}
		if err := f(os.Stdout, strings.Split(*presets, ","), *rounds); err != nil {
			log.Fatal(fmt.Errorf("%s: %w", name, err))
		}
	}
}
