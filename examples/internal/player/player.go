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
	name := file(tb, video)
	luma := run(tb, "ffmpeg", "-i", name, "-fps_mode", "passthrough", "-enc_time_base", "-1", "-f", "rawvideo", "-pix_fmt", "gray", "-")
	times := strings.Fields(string(run(tb, "ffprobe", "-show_entries", "frame=pts_time", "-of", "default=nw=1:nk=1", name)))
	const size = numbered.Width * numbered.Height
	if len(luma) != len(times)*size {
		tb.Fatalf("%d bytes of pictures, %d times", len(luma), len(times))
	}
	frames := make([]Frame, len(times))
	for i := range frames {
		frames[i] = Frame{numbered.Read(luma[i*size:]), seconds(tb, times[i])}
	}
	return frames
}

// Duration is the length of a video in seconds.
func Duration(tb testing.TB, video []byte) float64 {
	tb.Helper()
	out := run(tb, "ffprobe", "-show_entries", "format=duration", "-of", "default=nw=1:nk=1", file(tb, video))
	return seconds(tb, strings.TrimSpace(string(out)))
}

func file(tb testing.TB, video []byte) string {
	tb.Helper()
	name := filepath.Join(tb.TempDir(), "video.mp4")
	if err := os.WriteFile(name, video, 0o666); err != nil {
		tb.Fatal(err)
	}
	return name
}

func run(tb testing.TB, program string, args ...string) []byte {
	tb.Helper()
	var out, complaints bytes.Buffer
	cmd := exec.Command(testenv.Need(tb, program), append([]string{"-v", "warning"}, args...)...)
	cmd.Stdout, cmd.Stderr = &out, &complaints
	if err := cmd.Run(); err != nil || complaints.Len() > 0 {
		tb.Fatalf("%s: %v: %s", program, err, &complaints)
	}
	return out.Bytes()
}

func seconds(tb testing.TB, text string) float64 {
	tb.Helper()
	s, err := strconv.ParseFloat(text, 64)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}
