// Command latency measures how long after it came in a frame's bytes are out,
// as a live stream needs it: BGR frames of 1280x720 come at their rate, and each
// is complete in the byte stream, or in its fragment of an MP4, some time later.
//
//	go run ./latency
//	go run ./latency -options '{}'  # with the delay that the presets look ahead
//
// It needs ffmpeg and the clips of scripts/clips.sh.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/g264/g264"
	"github.com/g264/g264/bench/internal/measure"
	"github.com/g264/g264/bench/internal/video"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("latency: ")
	presets := flag.String("presets", "ultrafast,veryfast,medium", "`LIST` of presets")
	options := flag.String("options", `{"LowLatency": true}`, "more of g264.Options as `JSON`")
	frames := flag.Int("frames", 60, "to encode")
	fps := flag.Int("fps", 30, "frames that come in per second")
	flag.Parse()
	if err := report(os.Stdout, strings.Split(*presets, ","), *options, *frames, *fps); err != nil {
		log.Fatal(err)
	}
}

func report(w io.Writer, presets []string, options string, frames, fps int) error {
	path, err := video.Path("hello")
	if err != nil {
		return err
	}
	clip, err := video.Load(path, "bgr24", "scale=1280:720", frames)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "Milliseconds from a frame's Encode to its last byte out: %d frames of %dx%d BGR, %d a second, options %s.\n\n",
		len(clip.Frames), clip.Width, clip.Height, fps, options)
	table := measure.NewTable("preset", "out", "first", "median", "95th of 100", "longest", "frames behind")
	for _, preset := range presets {
		for _, out := range []output{byteStream, fragments} {
			o, err := optionsFor(&clip, preset, options)
			if err != nil {
				return err
			}
			delays, behind, err := live(&clip, o, out, time.Second/time.Duration(fps))
			if err != nil {
				return err
			}
			if err := row(table, preset, out, delays, behind); err != nil {
				return err
			}
		}
	}
	table.Print(w)
	return nil
}

// output is what is written: how it is asked for, and how to know that a frame
// is complete.
type output struct {
	name     string
	set      func(o *g264.Options)
	complete func(*boxes) int // frames that are complete in what was written
}

var (
	byteStream = output{"byte stream", func(o *g264.Options) { o.Format = g264.AnnexB }, func(b *boxes) int { return b.writes }}
	fragments  = output{"fragments", func(o *g264.Options) { o.Layout, o.FragmentDuration = g264.Fragmented, 1 }, func(b *boxes) int { return b.media }}
)

// optionsFor returns a preset's options with more as JSON.
func optionsFor(clip *video.Clip, preset, more string) (o g264.Options, err error) {
	if err := o.Preset.UnmarshalText([]byte(preset)); err != nil {
		return o, err
	}
	if err := json.Unmarshal([]byte(more), &o); err != nil {
		return o, fmt.Errorf("options %s: %w", more, err)
	}
	o.Width, o.Height, o.FrameRate = clip.Width, clip.Height, clip.Rate
	return o, nil
}

// live encodes the clip, whose frames come in a period apart, or when the
// encoder takes them if that is later. It returns the time from each frame's
// coming to its last byte, and how many more had been taken by then at most.
func live(clip *video.Clip, o g264.Options, out output, period time.Duration) (delays []time.Duration, behind int, err error) {
	out.set(&o)
	var came []time.Time
	written := &boxes{}
	written.after = func() {
		for len(delays) < min(out.complete(written), len(came)) {
			delays = append(delays, time.Since(came[len(delays)]))
			behind = max(behind, len(came)-len(delays))
		}
	}
	enc, err := g264.NewEncoder(written, o)
	if err != nil {
		return nil, 0, err
	}
	defer enc.Abort()
	start := time.Now()
	for i, pix := range clip.Frames {
		time.Sleep(time.Until(start.Add(time.Duration(i) * period)))
		came = append(came, time.Now())
		if err := enc.EncodeBGR(pix, clip.Stride()); err != nil {
			return nil, 0, err
		}
	}
	if err := enc.Close(); err != nil {
		return nil, 0, err
	}
	if len(delays) != len(came) {
		return nil, 0, fmt.Errorf("%s: %d frames of %d came out", out.name, len(delays), len(came))
	}
	return delays, behind, nil
}

// row adds the delays of frames.
func row(table *measure.Table, preset string, out output, delays []time.Duration, behind int) error {
	ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
	sorted := slices.Sorted(slices.Values(delays))
	first, median, longest := ms(delays[0]), ms(sorted[len(sorted)/2]), ms(sorted[len(sorted)-1])
	table.Row(preset, out.name, first, median, ms(sorted[len(sorted)*95/100]), longest, behind)
	return measure.Goal{
		Figure: fmt.Sprintf("live at 1280x720, %s, low latency, %s: ms from a frame's Encode to its last byte out", preset, out.name),
		Reached: fmt.Sprintf("first %s, median %s, longest %s; %d frames behind",
			measure.Figure(first), measure.Figure(median), measure.Figure(longest), behind),
		Target: "0 frames behind", Met: behind == 0, Command: "go run ./latency",
	}.Tell()
}
