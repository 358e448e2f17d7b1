package h264_test

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/g264/g264/h264"
	"github.com/g264/g264/internal/testvideo"
)

var update = flag.Bool("update", false, "rewrite testdata/golden.txt from this machine's streams")

//go:embed testdata/golden.txt
var goldenFile string

const goldenHeader = `# Streams of the cases in golden_test.go: name, length in bytes and SHA-256 of the byte stream (Annex B).
# Written by go test ./h264 -run TestGolden -update, after the decoding tests had passed. Every platform, thread count
# and build must give these bytes; a change of the encoder that changes them rewrites this file in the same commit.
`

type goldenCase struct {
	name          string
	config        h264.Config
	content       testvideo.Content
	width, height int
	frames        int
	subsampled    bool
	forced        int  // a forced key picture, if not 0
	fade          int  // pictures that a fade to black takes, if not 0
	flicker       bool // another scene between the pictures
}

// goldenCases reach every tool and option of the encoder in few macroblocks,
// since they run in emulators too.
func goldenCases() []goldenCase {
	var cases []goldenCase
	add := func(name string, cfg h264.Config, content testvideo.Content, frames int, subsampled bool) *goldenCase {
		cfg.NoSEI = true // names the version, which changes without the coding
		cases = append(cases, goldenCase{name: name, config: cfg, content: content,
			width: 94, height: 62, frames: frames, subsampled: subsampled})
		return &cases[len(cases)-1]
	}
	for _, preset := range h264.Presets() {
		for _, subsampled := range []bool{true, false} {
			chroma := "444"
			if subsampled {
				chroma = "420"
			}
			for i, content := range []testvideo.Content{testvideo.Moving, testvideo.Text} {
				cfg := h264.Config{Preset: preset, CRF: []float64{20.5, 29}[i]}
				add(fmt.Sprintf("%s-%s-%v", preset, chroma, content), cfg, content, 5, subsampled)
			}
		}
	}
	for _, profile := range []string{"baseline", "main", "high"} {
		for i, content := range []testvideo.Content{testvideo.Moving, testvideo.Text, testvideo.Noise} {
			cfg := h264.Config{Profile: profile, CRF: []float64{21, 28, 17}[i]}
			add(fmt.Sprintf("%s-%v", profile, content), cfg, content, 4, true)
		}
	}
	add("high-cavlc", h264.Config{Profile: "high", NoCABAC: true}, testvideo.Moving, 4, true)
	add("high444-4x4", h264.Config{Profile: "high444", NoTransform8x8: true}, testvideo.Moving, 3, false)
	add("high444-cavlc", h264.Config{Profile: "high444", NoCABAC: true}, testvideo.Moving, 3, false)
	add("high444", h264.Config{Profile: "high444"}, testvideo.Text, 3, false)
	add("crf1-noise-420", h264.Config{CRF: 1}, testvideo.Noise, 2, true)
	add("crf1-noise-444", h264.Config{CRF: 1}, testvideo.Noise, 2, false)
	add("crf51-noise", h264.Config{CRF: 51}, testvideo.Noise, 3, true)
	add("crf12.3-gradient", h264.Config{CRF: 12.3}, testvideo.Gradient, 4, true)
	for i, subsampled := range []bool{true, false} {
		for j, content := range []testvideo.Content{testvideo.Moving, testvideo.Text, testvideo.Noise} {
			cfg := h264.Config{Lossless: true, Preset: []string{"ultrafast", "medium", "slow"}[(i+j)%3], NoCABAC: j == 2}
			add(fmt.Sprintf("lossless-%v-%v", content, [2]string{"420", "444"}[i]), cfg, content, 3, subsampled)
		}
	}
	add("gbr", h264.Config{Colour: h264.Colour{Primaries: 1, Transfer: 13, GBR: true, FullRange: true}, Lossless: true},
		testvideo.Gradient, 2, false)
	for _, tune := range h264.Tunes()[1:] {
		add("tune-"+tune, h264.Config{Tune: tune}, testvideo.Text, 3, true)
	}
	add("screen-scrolls", h264.Config{Tune: "screen", Preset: "veryfast"}, testvideo.Text, 10, false)
	add("flat", h264.Config{}, testvideo.Flat, 6, true)
	add("qp0", h264.Config{RateControl: h264.ConstantQP, QP: 0}, testvideo.Moving, 3, true)
	add("qp30", h264.Config{RateControl: h264.ConstantQP, QP: 30}, testvideo.Moving, 4, false)
	add("cut", h264.Config{MinKeyInt: 1}, testvideo.Cut, 9, true)
	add("keyint3", h264.Config{KeyInt: 3, NoSceneCut: true}, testvideo.Moving, 7, true)
	add("forced", h264.Config{}, testvideo.Moving, 4, true).forced = 2
	add("bit-rate", h264.Config{RateControl: h264.AverageBitrate, Bitrate: 300, Lookahead: 3}, testvideo.Moving, 14, true)
	add("bit-rate-low-latency", h264.Config{RateControl: h264.AverageBitrate, Bitrate: 150, LowLatency: true, QCompress: 0.9}, testvideo.Moving, 6, true)
	add("buffer", h264.Config{CRF: 9, MaxRate: 250, BufferSize: 40, MinKeyInt: 1}, testvideo.Cut, 9, true)
	add("aq-auto", h264.Config{AQMode: h264.AQAuto, IPRatio: 1.4, QPMin: 20, QPMax: 30}, testvideo.Moving, 3, true)
	add("no-tree", h264.Config{NoMBTree: true}, testvideo.Moving, 4, true)
	add("aq-1.37", h264.Config{AQStrength: 1.37}, testvideo.Moving, 3, true)
	add("no-aq", h264.Config{NoAQ: true}, testvideo.Moving, 3, true)
	add("chroma-offset", h264.Config{ChromaQPOffset: -3}, testvideo.Moving, 3, true)
	add("deblock-offsets", h264.Config{DeblockAlpha: -2, DeblockBeta: 3}, testvideo.Moving, 3, true)
	add("no-deblock", h264.Config{NoDeblock: true}, testvideo.Moving, 3, true)
	add("described", h264.Config{Colour: h264.Colour{Primaries: 1, Transfer: 1, Matrix: 1, FullRange: true, ChromaLoc: 1},
		FrameRate: h264.Rational{Num: 24000, Den: 1001}, SampleAspect: h264.Rational{Num: 40, Den: 33}, VariableRate: true},
		testvideo.Moving, 2, true)
	add("sei", h264.Config{Options: "crf=23"}, testvideo.Flat, 1, true).config.NoSEI = false
	add("fade-main", h264.Config{Profile: "main"}, testvideo.Moving, 5, true).fade = 7
	add("fade-444", h264.Config{Preset: "slow", NoCABAC: true}, testvideo.Moving, 5, false).fade = 5
	add("flicker", h264.Config{NoSceneCut: true}, testvideo.Moving, 6, true).flicker = true
	odd := add("odd-size", h264.Config{}, testvideo.Moving, 4, false)
	odd.width, odd.height = 33, 17
	dot := add("1x1", h264.Config{}, testvideo.Noise, 3, false)
	dot.width, dot.height = 1, 1
	large := add("320x180", h264.Config{CRF: 26}, testvideo.Moving, 5, true)
	large.width, large.height = 320, 180
	return cases
}

// encode codes the case on a number of threads and gives its line of the file.
func (c *goldenCase) encode(t *testing.T, threads int) string {
	frames := testvideo.Clip(c.content, c.width, c.height, c.frames, c.subsampled)
	for i := range frames {
		if c.fade > 0 {
			frames[i] = frames[i].Darkened(c.fade-i, c.fade)
		}
		if c.flicker && i%2 == 1 {
			frames[i] = testvideo.Render(testvideo.Cut, c.width, c.height, i, c.subsampled)
		}
	}
	cfg := c.config
	cfg.Threads = threads
	s := encode(t, c.name, cfg, frames, func(i int, p *h264.Picture) { p.ForceKey = c.forced > 0 && i == c.forced })
	return fmt.Sprintf("%s %d %x", c.name, len(s.bytes), sha256.Sum256(s.bytes))
}

// The same pictures and options give the same bytes, here and everywhere. The
// tests in internal/crosstest run this one for other processors.
func TestGolden(t *testing.T) {
	if *update {
		var file bytes.Buffer
		file.WriteString(goldenHeader)
		for _, c := range goldenCases() {
			fmt.Fprintln(&file, c.encode(t, 1))
		}
		if err := os.WriteFile("testdata/golden.txt", file.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
		goldenFile = file.String()
	}
	want := map[string]string{}
	for _, line := range strings.Split(goldenFile, "\n") {
		if name, _, ok := strings.Cut(line, " "); ok && name != "#" {
			want[name] = line
		}
	}
	for _, c := range goldenCases() {
		t.Run(c.name, func(t *testing.T) {
			for _, threads := range []int{1, 2, 8} {
				if got := c.encode(t, threads); got != want[c.name] {
					t.Errorf("%d threads: got %q, want %q", threads, got, want[c.name])
				}
			}
		})
		delete(want, c.name)
	}
	for name := range want {
		t.Errorf("testdata/golden.txt has %q, which is no case", name)
	}
}
