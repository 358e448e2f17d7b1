package main

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/g264/g264/bench/internal/module"
	"github.com/g264/g264/internal/testenv"
)

func percent(v float64) *float64 { return &v }

// measured are two clips; the last encoder shares no quality with the base on one.
func measured() []curve {
	points := []point{{100, 30, 10}, {200, 33, 12}, {400, 36, 14}}
	return []curve{
		{"a", "x264-medium", points, percent(0), 1}, {"a", "g264-slow", points, percent(10), 2}, {"a", "g264-ultrafast", points, percent(80), 0.25},
		{"b", "x264-medium", points, percent(0), 1}, {"b", "g264-slow", points, percent(20), 2}, {"b", "g264-ultrafast", points, nil, 0.25},
	}
}

func TestFrontierIsTheMeanOverClips(t *testing.T) {
	got := frontier(measured())
	want := []place{{"x264-medium", 0, 1}, {"g264-slow", 15, 2}, {"g264-ultrafast", 80, 0.25}}
	for i := range want {
		if got[i].encoder != want[i].encoder || math.Abs(got[i].bits-want[i].bits) > 1e-9 || math.Abs(got[i].cpu-want[i].cpu) > 1e-9 {
			t.Errorf("%+v, want %+v", got[i], want[i])
		}
	}
}

func TestTargetsAreTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "goals.md")
	t.Setenv("G264_GOALS", path)
	if err := tell([]place{{"x264-medium", 0, 1}, {"g264-medium", 5.9, 1}, {"g264-slow", 1.5, 2.01}}); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if lines := strings.Split(string(got), "\n"); err != nil || len(lines) != 3 || !strings.Contains(lines[0], "+5.9 % at 1.00 | +6 % at 1.00 | yes") ||
		!strings.Contains(lines[1], "+1.5 % at 2.01 | +2 % at 2.00 | no") {
		t.Errorf("%s, %v", got, err)
	}
}

func TestEncodersStandByFamilyAndSpeed(t *testing.T) {
	got := bySpeed([]string{"other", "x264-medium", "g264-slow", "openh264", "x264-medium-ip", "x264-ultrafast", "g264-ultrafast"})
	want := []string{"g264-ultrafast", "g264-slow", "x264-ultrafast", "x264-medium", "x264-medium-ip", "openh264", "other"}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestTicks(t *testing.T) {
	for _, r := range [][2]float64{{0, 280}, {29.7, 42.1}, {-4, 3}, {0.1, 0.19}} {
		ticks := steps{}.Ticks(r[0], r[1])
		if len(ticks) < 4 || len(ticks) > 12 || ticks[0].Value < r[0] || ticks[len(ticks)-1].Value > r[1] {
			t.Errorf("%v: %v", r, ticks)
		}
	}
	var labels []string
	for _, tick := range (decades{}).Ticks(0.2, 25) {
		labels = append(labels, tick.Label)
	}
	if got := strings.Join(labels, " "); got != "0.2 0.5 1 2 5 10 20" {
		t.Errorf("ticks %s", got)
	}
}

// The drawings are SVG that names every clip and encoder.
func TestDraw(t *testing.T) {
	dir := t.TempDir()
	if err := draw(measured(), dir); err != nil {
		t.Fatal(err)
	}
	for file, texts := range map[string][]string{
		"psnr.svg":     {">a<", ">b<", "g264-ultrafast", "x264-medium", "PSNR"},
		"ssim.svg":     {">a<", ">b<", "SSIM"},
		"frontier.svg": {"g264-slow", "x264-medium", "processor time"},
	} {
		data, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range texts {
			if !strings.Contains(string(data), text) {
				t.Errorf("%s does not say %q", file, text)
			}
		}
		for d := xml.NewDecoder(strings.NewReader(string(data))); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
		}
	}
	none := measured()
	for i := range none {
		none[i].BDSSIM = nil
	}
	if err := draw(none, dir); err == nil {
		t.Error("a frontier of nothing is drawn")
	}
}

func TestReadRefuses(t *testing.T) {
	for _, data := range []string{"", "[]", `[{"clip":"a","enc":"b"}]`, `[{"clip":"a","enc":"b","pts":[{"kbps":0}]}]`} {
		file := filepath.Join(t.TempDir(), "rd.json")
		if err := os.WriteFile(file, []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
		if _, err := read(file); err == nil {
			t.Errorf("%q passes", data)
		}
	}
}

// The ruler builds and measures OpenH264, and writes what read understands.
func TestRulerMeasuresOpenH264(t *testing.T) {
	for _, program := range []string{"gcc", "ffmpeg", "x264", "taskset", "python3"} {
		testenv.Need(t, program)
	}
	if _, err := os.Stat("/usr/include/wels/codec_api.h"); err != nil {
		testenv.SkipOrFail(t, "libopenh264-dev is not installed; ./test.sh installs it")
	}
	dir := t.TempDir()
	clip, file := filepath.Join(dir, "clip.y4m"), filepath.Join(dir, "rd.json")
	if out, err := exec.Command("ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=160x96:d=0.6", "-pix_fmt", "yuv420p", clip).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	command := filepath.Join(dir, "g264")
	if err := module.Build("./cmd/g264", command); err != nil {
		t.Fatal(err)
	}
	if err := ruler(command, file, "ultrafast", "openh264", clip); err != nil {
		t.Fatal(err)
	}
	curves, err := read(file)
	if err != nil {
		t.Fatal(err)
	}
	if got := names(curves, func(c curve) string { return c.Encoder }); !slices.Equal(got, []string{"x264-medium", "openh264", "g264-ultrafast"}) {
		t.Errorf("encoders %v", got)
	}
	for _, c := range curves {
		if p := c.Points; len(p) != 4 || p[0].Kbps <= p[3].Kbps || p[0].PSNR <= p[3].PSNR || c.CPU <= 0 {
			t.Errorf("%s: %+v", c.Encoder, c)
		}
	}
}
