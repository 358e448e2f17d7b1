// Command e2e measures the whole way, from BGR frames in memory to an MP4 in
// memory, beside PyAV with x264 at the same preset and CRF: both with one
// thread, in turns, in one run; the demo also with as many as either takes itself.
//
//	go run ./e2e
//
// It needs ffmpeg, Debian's python3-av and the clips of scripts/clips.sh.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"github.com/g264/g264"
	"github.com/g264/g264/bench/internal/measure"
	"github.com/g264/g264/bench/internal/python"
	"github.com/g264/g264/bench/internal/video"
	"github.com/g264/g264/internal/numbers"
)

func main() {
	log.SetFlags(0)
	clip := flag.String("clip", "vtest", "`NAME` of a clip of scripts/clips.sh, or a y4m file")
	presets := flag.String("presets", "ultrafast,veryfast,medium", "`LIST` of presets")
	crf := flag.Float64("crf", 23, "quality of the clip")
	rounds := flag.Int("rounds", 3, "runs of each side that count")
	flag.Parse()
	if err := compare(os.Stdout, *clip, strings.Split(*presets, ","), *crf, *rounds); err != nil {
		log.Fatal("e2e: ", err)
	}
}

// job is one line of the table.
type job struct {
	clip   *video.Clip
	chroma g264.Chroma
	preset string
	crf    float64
	// threads of both sides; 0 takes what each chooses.
	threads int
	target  float64 // frames per second beside PyAV's
}

func compare(w io.Writer, name string, presets []string, crf float64, rounds int) error {
	peer, err := python.Start("av")
	if err != nil {
		return err
	}
	defer peer.Close()
	clip, err := loadClip(name)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "BGR frames in memory to MP4 in memory; frames/s are the best of %d runs (their median); PyAV %s.\n\n",
		rounds, peer.Versions["av"])
	table := measure.NewTable("frames", "preset, CRF", "threads", "g264", "PyAV, x264", "ratio", "of processor time", "target", "met", "bytes", "dB RGB")
	if err := peer.Load(&clip); err != nil {
		return err
	}
	for _, preset := range presets {
		if err := (job{&clip, g264.Chroma420, preset, crf, 1, 1}).run(table, peer, rounds); err != nil {
			return err
		}
	}
	demo, err := demoClip()
	if err != nil {
		return err
	}
	if err := peer.Load(&demo); err != nil {
		return err
	}
	for _, threads := range []int{1, 0} {
		if err := (job{&demo, g264.Chroma444, "medium", 17, threads, 2}).run(table, peer, rounds); err != nil {
			return err
		}
	}
	table.Print(w)
	return nil
}

// loadClip reads a clip by its name or path.
func loadClip(name string) (clip video.Clip, err error) {
	path := name
	if !strings.HasSuffix(name, ".y4m") {
		if path, err = video.Path(name); err != nil {
			return clip, err
		}
	}
	return video.Load(path, "bgr24", "", 0)
}

// demoClip is the video of the command's --demo.
func demoClip() (video.Clip, error) {
	clip := video.Clip{Name: "demo", PixFmt: "bgr24", Width: 192, Height: 108, Rate: g264.FPS(23.976)}
	var err error
	clip.Frames, err = numbers.Draw(100, clip.Width, clip.Height)
	return clip, err
}

// run measures both sides and adds a row.
func (j job) run(table *measure.Table, peer *python.Peer, rounds int) error {
	ours, oursOut, err := j.ours()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "g264-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "out.mp4")
	pixFmt := map[g264.Chroma]string{g264.Chroma420: "yuv420p", g264.Chroma444: "yuv444p"}[j.chroma]
	theirs := measure.Side{Name: "PyAV " + j.preset, Run: func() (measure.Took, error) {
		return peer.Encode(python.Encoding{Clip: j.clip, Format: pixFmt, Preset: j.preset, CRF: j.crf, Threads: j.threads, Out: out})
	}}
	times, err := measure.Interleave(rounds, ours, theirs)
	if err != nil {
		return err
	}
	theirsOut, err := os.ReadFile(out)
	if err != nil {
		return err
	}
	var psnr [2]float64
	for i, mp4 := range [][]byte{*oursOut, theirsOut} {
		q, err := j.clip.Quality(mp4)
		if err != nil {
			return err
		}
		psnr[i] = q.RGB
	}
	return j.row(table, times, [2]int{len(*oursOut), len(theirsOut)}, psnr)
}

// ours is g264's side; out is what its last run made.
func (j job) ours() (side measure.Side, out *[]byte, err error) {
	o := g264.Options{Chroma: j.chroma, CRF: j.crf, Threads: j.threads}
	if err := o.Preset.UnmarshalText([]byte(j.preset)); err != nil {
		return side, nil, err
	}
	out = new([]byte)
	return measure.Side{Name: "g264 " + j.preset, Run: func() (measure.Took, error) {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(j.threads)) // the garbage collector's too
		return measure.Time(func() (err error) {
			*out, err = j.clip.Encode(o)
			return err
		})
	}}, out, nil
}

func (j job) threadsText() string {
	if j.threads == 0 {
		return "default"
	}
	return strconv.Itoa(j.threads)
}

// row adds what was measured: times, bytes and PSNR of g264 and PyAV.
func (j job) row(table *measure.Table, times []measure.Times, bytes [2]int, psnr [2]float64) error {
	n := len(j.clip.Frames)
	rate := func(t measure.Times) string {
		return fmt.Sprintf("%s (%s)", measure.Figure(measure.PerSecond(n, t.Best())), measure.Figure(measure.PerSecond(n, t.Median())))
	}
	ours, theirs := times[0], times[1]
	ratio := theirs.Best().Seconds() / ours.Best().Seconds()
	frames := fmt.Sprintf("%s, %d of %dx%d, %v", j.clip.Name, n, j.clip.Width, j.clip.Height, j.chroma)
	table.Row(frames,
		fmt.Sprintf("%s, %g", j.preset, j.crf), j.threadsText(), rate(ours), rate(theirs), ratio,
		theirs.CPU().Seconds()/ours.CPU().Seconds(), fmt.Sprintf("%g", j.target), measure.Verdict(ratio >= j.target),
		fmt.Sprintf("%d : %d", bytes[0], bytes[1]), fmt.Sprintf("%.2f : %.2f", psnr[0], psnr[1]))
	return measure.Goal{
		Figure: fmt.Sprintf("BGR to MP4 in memory, %s, %s, threads %s: frames/s beside PyAV's", frames, j.preset, j.threadsText()),
		Reached: fmt.Sprintf("%s : %s, %s times", measure.Figure(measure.PerSecond(n, ours.Best())),
			measure.Figure(measure.PerSecond(n, theirs.Best())), measure.Figure(ratio)),
		Target: fmt.Sprintf("%g times", j.target), Met: ratio >= j.target, Command: "go run ./e2e",
	}.Tell()
}
