package h264_test

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/g264/g264/h264"
	"github.com/g264/g264/internal/testenv"
	"github.com/g264/g264/internal/testvideo"
)

// AccessUnit.SSIM is what ffmpeg's filter finds between the pictures and their
// reconstructions, and measuring changes nothing.
func TestSSIM(t *testing.T) {
	ffmpeg := testenv.Need(t, "ffmpeg")
	for _, c := range []struct {
		content       testvideo.Content
		width, height int
		subsampled    bool
		crf           float64
	}{
		{testvideo.Moving, 96, 80, true, 23},
		{testvideo.Moving, 98, 70, true, 40},
		{testvideo.Text, 75, 51, false, 51},
		{testvideo.Noise, 8, 8, true, 45},
		{testvideo.Flat, 64, 64, true, 1},
	} {
		name := fmt.Sprintf("%v %dx%d CRF %v", c.content, c.width, c.height, c.crf)
		clip := testvideo.Clip(c.content, c.width, c.height, 5, c.subsampled)
		cfg := h264.Config{CRF: c.crf, MeasureSSIM: true, Reconstruction: true}
		s := encode(t, name, cfg, clip, nil)
		cfg.MeasureSSIM = false
		if without := encode(t, name, cfg, clip, nil); !bytes.Equal(without.bytes, s.bytes) || without.units[0].SSIM != 0 {
			t.Errorf("%s: measuring changes the stream", name)
		}
		for i, want := range ffmpegSSIM(t, ffmpeg, &s, clip) {
			if got := s.units[i].SSIM; math.Abs(got-want) > 1e-5 {
				t.Errorf("%s, picture %d: SSIM %.6f, ffmpeg has %.6f", name, i, got, want)
			}
		}
	}
}

// Where no window fits, the SSIM is 0.
func TestSSIMOfTinyPictures(t *testing.T) {
	for _, size := range [][2]int{{7, 64}, {64, 7}, {3, 3}} {
		s := encode(t, "tiny", h264.Config{MeasureSSIM: true}, testvideo.Clip(testvideo.Text, size[0], size[1], 2, false), nil)
		if s.units[1].SSIM != 0 {
			t.Errorf("%v: SSIM %v", size, s.units[1].SSIM)
		}
	}
}

// ffmpegSSIM has ffmpeg compare the luma of pictures and reconstructions.
func ffmpegSSIM(t *testing.T, ffmpeg string, s *stream, clip []testvideo.Frame) []float64 {
	t.Helper()
	dir, size := t.TempDir(), s.config.Width*s.config.Height
	var source, shown []byte
	for i, f := range clip {
		source = append(source, f.Y...)
		shown = append(shown, s.recon[i*s.pictureBytes():][:size]...)
	}
	args := []string{"-nostdin", "-v", "error", "-cpuflags", "0"} // with SSE, 5.1 errs in rows of 4n+1 windows
	for name, luma := range map[string][]byte{"source": source, "shown": shown} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, luma, 0o666); err != nil {
			t.Fatal(err)
		}
		args = append(args, "-f", "rawvideo", "-pix_fmt", "gray", "-s", fmt.Sprintf("%dx%d", s.config.Width, s.config.Height), "-i", path)
	}
	out, err := exec.Command(ffmpeg, append(args, "-lavfi", "ssim=stats_file=-", "-f", "null", "-")...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var list []float64
	for _, m := range regexp.MustCompile(`(?m)^n:\d+ Y:(\S+)`).FindAllSubmatch(out, -1) {
		v, err := strconv.ParseFloat(string(m[1]), 64)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, v)
	}
	if len(list) != len(clip) {
		t.Fatalf("%d figures for %d pictures: %s", len(list), len(clip), out)
	}
	return list
}
