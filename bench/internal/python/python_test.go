package python

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/g264/g264"
	"github.com/g264/g264/bench/internal/video"
	"github.com/g264/g264/internal/testenv"
)

// The process answers what it can't do with an error, and goes on.
func TestErrorsComeBack(t *testing.T) {
	testenv.Need(t, "python3")
	p, err := start("python3", []string{"json"})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	if p.Versions["json"] == "" {
		t.Errorf("versions %v", p.Versions)
	}
	for _, r := range []request{{Do: "load", Path: "no such file"}, {Do: "nonsense"}, {Do: "cvtcolor", Chroma: "411"}} {
		if _, err := p.ask(r); err == nil || !strings.Contains(err.Error(), r.Do) {
			t.Errorf("%s: error %v", r.Do, err)
		}
	}
	if _, err := start("python3", []string{"no_such_module"}); err == nil || !strings.Contains(err.Error(), "no_such_module") {
		t.Errorf("a module that is not there: %v", err)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if _, err := p.ask(request{Do: "use", Module: "json"}); err == nil {
		t.Error("a closed process answers")
	}
}

// Where PyAV and OpenCV are installed (test.sh doesn't), they do their work.
func TestPeersWork(t *testing.T) {
	p, err := Start("av", "cv2")
	if err != nil {
		t.Skip(err)
	}
	defer p.Close()
	clip := video.Clip{PixFmt: "bgr24", Width: 64, Height: 48, Rate: g264.Rational{Num: 25, Den: 1}}
	for range 3 {
		clip.Frames = append(clip.Frames, make([]uint8, 3*64*48))
	}
	if err := p.Load(&clip); err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "out.mp4")
	took, err := p.Encode(Encoding{Clip: &clip, Format: "yuv420p", Preset: "ultrafast", CRF: 23, Threads: 1, Out: out})
	if err != nil || took.Wall <= 0 {
		t.Errorf("%v, %v", took, err)
	}
	if info, err := os.Stat(out); err != nil || info.Size() == 0 {
		t.Errorf("no MP4: %v", err)
	}
	for _, with := range []string{"cvtcolor", "swscale"} {
		for _, chroma := range []string{"420", "444"} {
			if took, err := p.Convert(with, chroma, 3); err != nil || took.Wall <= 0 {
				t.Errorf("%s %s: %v, %v", with, chroma, took, err)
			}
		}
	}
}
