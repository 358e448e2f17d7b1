package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/g264/g264/internal/testenv"
)

// Each layout holds the frames; the fragmented one goes to standard output too.
func TestLayouts(t *testing.T) {
	in := file(t, "in.y4m", testClip(32, 16, 7, "C420mpeg2"))
	for _, flags := range []string{"--layout progressive", "--layout fragmented", "--frag-duration 200ms --frag-index mfra", "--layout seekable", "--faststart"} {
		out := filepath.Join(t.TempDir(), "out.mp4")
		if err := os.WriteFile(out, bytes.Repeat([]byte("older and longer"), 10000), 0o600); err != nil {
			t.Fatal(err)
		}
		args := append(strings.Fields(flags), "--keyint", "3", "--title", "A b", in)
		if r := call(t, nil, append(args, "-o", out)...); r.status != 0 {
			t.Fatalf("%s: %s", flags, r.stderr)
		} else if size := len(content(t, out)); !strings.Contains(r.stdout, " "+strconv.Itoa(size)+" bytes") {
			t.Errorf("%s: %d bytes, but %s", flags, size, r.stdout)
		}
		if ffprobe, err := exec.LookPath("ffprobe"); err == nil {
			said, err := exec.Command(ffprobe, "-v", "warning", "-count_packets", "-show_entries", "stream=nb_read_packets:format_tags=title", "-of", "csv=p=0", out).CombinedOutput()
			if got := strings.Join(strings.Fields(string(said)), " "); err != nil || got != "7 A b" {
				t.Errorf("%s: ffprobe says %q, %v", flags, got, err)
			}
		}
		r := call(t, nil, append(args, "-o", "-")...)
		seeks := strings.Contains(flags, "seek") || strings.Contains(flags, "fast")
		if seeks && (r.status != 1 || !strings.Contains(r.stderr, "seek")) {
			t.Errorf("%s to a pipe: status %d, %q", flags, r.status, r.stderr)
		} else if !seeks && r.stdout != content(t, out) {
			t.Errorf("%s: standard output gets another file", flags)
		}
	}
}

// After an error, what a fragmented file has stays; other files do not.
func TestFragmentsSurviveAnError(t *testing.T) {
	clip := testClip(32, 16, 40, "C420mpeg2")
	for _, c := range []struct {
		layout string
		stays  bool
	}{{"fragmented", true}, {"seekable", false}, {"progressive", false}} {
		out := filepath.Join(t.TempDir(), "out.mp4")
		r := call(t, bytes.NewReader(clip[:len(clip)-100]), "--layout", c.layout, "--keyint", "4", "-", "-o", out)
		_, err := os.Stat(out)
		if r.status != 1 || errors.Is(err, os.ErrNotExist) == c.stays {
			t.Errorf("%s: status %d, %s, then %v", c.layout, r.status, r.stderr, err)
		}
		if c.stays && strings.Count(content(t, out), "moof") < 10 {
			t.Errorf("%s: little is left", c.layout)
		}
	}
}

// A recording that is killed plays to its last fragment: 50 times at moments
// that nobody chose.
func TestKilledRecordingPlays(t *testing.T) {
	ffprobe, ffmpeg := testenv.Need(t, "ffprobe"), testenv.Need(t, "ffmpeg")
	clip := testClip(64, 64, 3, "C420mpeg2")
	head := bytes.IndexByte(clip, '\n') + 1
	rng := rand.New(rand.NewSource(time.Now().UnixNano()))
	times, fragments := 50, 0
	if testing.Short() {
		times = 5
	}
	for n := range times {
		out := filepath.Join(t.TempDir(), "out.mp4")
		cmd := g264Command(t, "--layout", "fragmented", "--keyint", "3", "--preset", "ultrafast", "--quiet", "-", "-o", out)
		stdin, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		go func() { // frames without end
			_, err := stdin.Write(clip[:head])
			for err == nil {
				_, err = stdin.Write(clip[head:])
			}
		}()
		// The clock starts with the first fragment, so that each run has some.
		for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(time.Millisecond) {
			if info, err := os.Stat(out); err == nil && info.Size() > 2000 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal("nothing is written")
			}
		}
		time.Sleep(time.Duration(rng.Intn(60_000)) * time.Microsecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		video := []byte(content(t, out))
		whole, moofs := wholeFragments(video)
		fragments += moofs
		if moofs == 0 {
			t.Errorf("run %d: no whole fragment in %d bytes", n, len(video))
			continue
		}
		// As it was left: every sample of the whole fragments is found.
		said, err := exec.Command(ffprobe, "-v", "error", "-count_packets", "-show_entries", "stream=nb_read_packets", "-of", "csv=p=0", out).Output()
		if found, _ := strconv.Atoi(strings.TrimSpace(string(said))); err != nil || found < 3*moofs {
			t.Errorf("run %d: ffprobe finds %d packets of %d, %v", n, found, 3*moofs, err)
		}
		if n%10 != 0 {
			continue
		}
		// Up to its last whole fragment: it decodes without a warning.
		frames, err := exec.Command(ffmpeg, "-v", "warning", "-err_detect", "explode", "-i", file(t, "whole.mp4", whole),
			"-f", "rawvideo", "-pix_fmt", "yuv420p", "-fps_mode", "passthrough", "-").Output()
		if err != nil || len(frames) != 3*moofs*64*64*3/2 {
			t.Errorf("run %d: %d bytes of frames from %d fragments, %v", n, len(frames), moofs, err)
		}
	}
	t.Logf("%d fragments", fragments)
}

// wholeFragments is the file up to the end of its last whole mdat, and how many
// fragments it has.
func wholeFragments(video []byte) (whole []byte, n int) {
	for at := 0; at+8 <= len(video); {
		end := at + int(binary.BigEndian.Uint32(video[at:]))
		if end > len(video) {
			break
		}
		if string(video[at+4:at+8]) == "mdat" {
			whole, n = video[:end], n+1
		}
		at = end
	}
	return whole, n
}
