// Package player decodes numbered videos with ffmpeg, for tests.
package player

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/g264/g264/examples/internal/numbered"
	"github.com/g264/g264/internal/testenv"
)

// Frame is a picture of a numbered video and when it is shown, in seconds.
type Frame struct {
	Number int
	Time   float64
}

// Frames decodes a video. An error or a warning of the decoder fails the test.
func Frames(tb testing.TB, video []byte) []Frame {
	tb.Helper()
	ffmpeg, ffprobe := testenv.Need(tb, "ffmpeg"), testenv.Need(tb, "ffprobe")
	name := filepath.Join(tb.TempDir(), "video.mp4")
	if err := os.WriteFile(name, video, 0o666); err != nil {
		tb.Fatal(err)
	}
	run := func(program string, args ...string) []byte {
		tb.Helper()
		var out, complaints bytes.Buffer
		cmd := exec.Command(program, append([]string{"-v", "warning"}, args...)...)
		cmd.Stdout, cmd.Stderr = &out, &complaints
		if err := cmd.Run(); err != nil || complaints.Len() > 0 {
			tb.Fatalf("%s: %v: %s", program, err, &complaints)
		}
		return out.Bytes()
	}
	luma := run(ffmpeg, "-i", name, "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "gray", "-")
	times := strings.Fields(string(run(ffprobe, "-show_entries", "frame=pts_time", "-of", "default=nw=1:nk=1", name)))
	const size = numbered.Width * numbered.Height
	if len(luma) != len(times)*size {
		tb.Fatalf("%d bytes of pictures, %d times", len(luma), len(times))
	}
	frames := make([]Frame, len(times))
	for i := range frames {
		at, err := strconv.ParseFloat(times[i], 64)
		if err != nil {
			tb.Fatal(err)
		}
		frames[i] = Frame{numbered.Read(luma[i*size:]), at}
	}
	return frames
}
