package video

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/g264/g264"
	"github.com/g264/g264/internal/testenv"
	"github.com/g264/g264/internal/testvideo"
)

// clipFile writes a moving clip as y4m.
func clipFile(t *testing.T, width, height, frames int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "moving.y4m")
	data := fmt.Appendf(nil, "YUV4MPEG2 W%d H%d F24000:1001 Ip A1:1 C420mpeg2\n", width, height)
	for _, f := range testvideo.Clip(testvideo.Moving, width, height, frames, true) {
		data = append(append(append(append(data, "FRAME\n"...), f.Y...), f.Cb...), f.Cr...)
	}
	if err := os.WriteFile(path, data, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoad(t *testing.T) {
	testenv.Need(t, "ffmpeg")
	path := clipFile(t, 64, 48, 5)
	c, err := Load(path, "rgba", "scale=32:24", 3)
	if err != nil {
		t.Fatal(err)
	}
	if c.Name != "moving" || c.Width != 32 || c.Height != 24 || len(c.Frames) != 3 || len(c.Frames[2]) != 4*32*24 ||
		c.Rate != (g264.Rational{Num: 24000, Den: 1001}) {
		t.Errorf("%s %dx%d, %d frames at %v", c.Name, c.Width, c.Height, len(c.Frames), c.Rate)
	}
	if c, err := Load(path, "bgr24", "", 0); err != nil || len(c.Frames) != 5 {
		t.Errorf("%d frames, %v; want all 5", len(c.Frames), err)
	}
	if _, err := Load(path, "yuv420p", "", 0); err == nil {
		t.Error("a planar format passes")
	}
	if _, err := Path("no such clip"); err == nil {
		t.Error("a clip that is not there has a path")
	}
}

// The better of two videos of a clip has the higher PSNR, in both layouts alike.
func TestQuality(t *testing.T) {
	testenv.Need(t, "ffmpeg")
	path := clipFile(t, 64, 48, 5)
	var q [2][2]Quality
	for i, format := range []string{"bgr24", "rgba"} {
		c, err := Load(path, format, "", 0)
		if err != nil {
			t.Fatal(err)
		}
		for j, crf := range []float64{12, 30} {
			mp4, err := c.Encode(g264.Options{CRF: crf, Chroma: g264.Chroma444})
			if err != nil {
				t.Fatal(err)
			}
			if q[i][j], err = c.Quality(mp4); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := c.Quality(nil); err == nil {
			t.Error("no video has a quality")
		}
		c.Frames = c.Frames[1:]
		mp4, _ := c.Encode(g264.Options{})
		c.Frames = append(c.Frames, c.Frames[0])
		if _, err := c.Quality(mp4); err == nil {
			t.Error("a video of too few frames passes")
		}
	}
	good, bad := q[0][0], q[0][1]
	if good.RGB < 36 || bad.RGB > good.RGB-5 || good.Luma < good.RGB || bad.Luma > good.Luma-5 {
		t.Errorf("%+v at CRF 12, %+v at CRF 30", good, bad)
	}
	if other := q[1][0]; math.Abs(good.RGB-other.RGB) > 0.1 || math.Abs(good.Luma-other.Luma) > 0.1 {
		t.Errorf("%+v of BGR, %+v of RGBA", good, other)
	}
	if d := decibels(0); !math.IsInf(d, 1) {
		t.Errorf("no error is %v dB", d)
	}
}
