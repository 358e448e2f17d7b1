package video

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/g264/g264/internal/testvideo"
)

// Scaled reads the first frames of a y4m file, scaled by ffmpeg.
func Scaled(path string, frames, width, height int) ([]testvideo.Frame, error) {
	dir, err := os.MkdirTemp("", "g264-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "scaled.y4m")
	ffmpeg := exec.Command("ffmpeg", "-v", "error", "-i", path, "-vf", fmt.Sprintf("scale=%d:%d", width, height),
		"-frames:v", fmt.Sprint(frames), "-pix_fmt", "yuv420p", file)
	if out, err := ffmpeg.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("ffmpeg: %w: %s", err, out)
	}
	return testvideo.ReadY4M(file, frames)
}
