package main

import (
	"bytes"
	"context"
	"fmt"
	"image/color"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/g264/g264/cmd/g264/internal/y4m"
)

// runMain in the environment makes the test binary the command itself.
const runMain = "G264_TEST_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(runMain) != "" {
		main()
	}
	os.Exit(m.Run())
}

// g264Command returns the command with arguments, to be run in a folder of its
// own where nothing is.
func g264Command(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	if runtime.GOOS == "js" || runtime.GOOS == "wasip1" {
		t.Skip("no processes on " + runtime.GOOS)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	// A program under the race detector else waits for a second at its end.
	cmd.Env = append(os.Environ(), runMain+"=1", strings.TrimSpace("GORACE=atexit_sleep_ms=0 "+os.Getenv("GORACE")))
	cmd.Dir = t.TempDir()
	return cmd
}

type result struct {
	stdout, stderr string
	status         int
}

// call runs the command.
func call(t testing.TB, stdin io.Reader, args ...string) result {
	t.Helper()
	cmd := g264Command(t, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &stdout, &stderr
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// testClip is a y4m stream of frames that differ.
func testClip(width, height, frames int, tags string) []byte {
	h := fmt.Sprintf("YUV4MPEG2 W%d H%d F10:1 %s\n", width, height, tags)
	r, err := y4m.NewReader(strings.NewReader(h))
	if err != nil {
		panic(err)
	}
	b := []byte(h)
	for n := range frames {
		b = append(b, "FRAME\n"...)
		for i := range int(r.Header().FrameSize()) {
			b = append(b, uint8(64+(i/3+i/width*5+n*7)%128))
		}
	}
	return b
}

const (
	figures     = `\d+ bytes in \d+\.\d{3} s, \d+\.\d fps, \d+\.\d kbit/s, mean QP \d+\.\d\d`
	psnrFigures = `, PSNR Y [\d.]+ Cb [\d.]+ Cr [\d.]+ all [\d.]+ dB`
)

func wantMatch(t *testing.T, what, got, pattern string) {
	t.Helper()
	if !regexp.MustCompile(`^(?s:` + pattern + `)$`).MatchString(got) {
		t.Errorf("%s is %q, want %s", what, got, pattern)
	}
}

func TestEncodesToAFile(t *testing.T) {
	in := file(t, "in.y4m", testClip(32, 16, 5, "C420mpeg2"))
	out := filepath.Join(t.TempDir(), "out.mp4")
	// The words with which the project's ruler calls.
	r := call(t, nil, "--preset", "veryfast", "--crf", "30", "--threads", "1", "-o", out, in)
	if r.status != 0 || r.stderr != "" {
		t.Fatalf("status %d, %q", r.status, r.stderr)
	}
	wantMatch(t, "the summary", r.stdout, "g264: 5 frames, "+figures+"\n")
	video := content(t, out)
	if !strings.Contains(r.stdout, fmt.Sprintf(" %d bytes ", len(video))) {
		t.Errorf("%q, but the file has %d bytes", r.stdout, len(video))
	}
	if video[4:8] != "ftyp" {
		t.Errorf("the file begins with %q", video[:8])
	}

	r = call(t, nil, in, "-o", out, "-preset=veryfast", "-crf=30", "-threads=2", "--quiet")
	if r.status != 0 || r.stdout != "" || r.stderr != "" {
		t.Errorf("--quiet: status %d, %q, %q", r.status, r.stdout, r.stderr)
	}
	if content(t, out) != video {
		t.Error("flags behind the input, and two threads: the file is another one")
	}
}

func TestEncodesAPipe(t *testing.T) {
	r := call(t, bytes.NewReader(testClip(32, 16, 3, "C444")), "-", "-o", "-", "--psnr")
	if r.status != 0 || len(r.stdout) < 8 || r.stdout[4:8] != "ftyp" {
		t.Errorf("status %d, standard output begins with %.8q", r.status, r.stdout)
	}
	// No progress bar where there is no terminal: the line is all.
	wantMatch(t, "standard error", r.stderr, "g264: 3 frames, "+figures+psnrFigures+"\n")
}

func TestEncodesPipedImages(t *testing.T) {
	still, photo := pngFile(t, plain(32, 16, color.White)), jpegFile(t, plain(32, 16, color.White))
	r := call(t, bytes.NewReader(bytes.Repeat(still, 3)), "-", "-o", "out.mp4")
	if r.status != 0 || r.stderr != "" {
		t.Errorf("status %d, %q", r.status, r.stderr)
	}
	wantMatch(t, "the summary", r.stdout, "g264: 3 frames, "+figures+"\n")
	r = call(t, bytes.NewReader(bytes.Repeat(photo, 2)), "-", "-o", "out.mp4")
	if r.status != 1 || r.stdout != "" {
		t.Errorf("two JPEG images: status %d, %q", r.status, r.stdout)
	}
	wantMatch(t, "standard error", r.stderr, `g264: standard input goes on after a JPEG image[^\n]*\n`)
}

func TestEncodesToAnnexB(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out.h264")
	r := call(t, bytes.NewReader(testClip(32, 16, 3, "")), "-", "-o", out)
	if r.status != 0 {
		t.Fatalf("status %d, %q", r.status, r.stderr)
	}
	if video := content(t, out); !strings.HasPrefix(video, "\x00\x00\x00\x01\x67") {
		t.Errorf("the file begins with %.8q, want a start code and an SPS", video)
	}
}

func TestReconstructionToStandardOutput(t *testing.T) {
	r := call(t, bytes.NewReader(testClip(18, 14, 3, "C444 A4:3 XCOLORRANGE=FULL")), "-", "-o", "out.mp4", "--recon", "-")
	reader, err := y4m.NewReader(strings.NewReader(r.stdout))
	if r.status != 0 || err != nil {
		t.Fatalf("status %d, %q, %v", r.status, r.stderr, err)
	}
	want := y4m.Header{Width: 18, Height: 14, RateNum: 10, RateDen: 1, AspectNum: 4, AspectDen: 3, Chroma: y4m.Chroma444, Range: y4m.Full}
	if reader.Header() != want {
		t.Errorf("header %+v, want %+v", reader.Header(), want)
	}
	for range 3 {
		if _, err := reader.Read(); err != nil {
			t.Fatal(err)
		}
	}
	wantMatch(t, "standard error", r.stderr, "g264: 3 frames, "+figures+"\n")
}

func TestHelpAndVersion(t *testing.T) {
	if r := call(t, nil, "--help"); r.status != 0 || r.stdout != manual || r.stderr != "" {
		t.Errorf("--help: %+v", r)
	}
	r := call(t, nil, "--version")
	wantMatch(t, "--version", r.stdout, `g264 \d+\.\d+\.\d+\n`)
}

func TestErrors(t *testing.T) {
	in := file(t, "in.y4m", testClip(32, 16, 3, ""))
	cut := file(t, "cut.y4m", testClip(32, 16, 3, "")[:2000])
	huge := file(t, "huge.y4m", []byte("YUV4MPEG2 W20000 H20000\nFRAME\n"))
	empty := file(t, "empty.y4m", testClip(32, 16, 0, ""))
	for _, c := range []struct {
		name   string
		args   []string
		status int
		stderr string // a pattern
	}{
		{"nothing", nil, 2, `g264: there is no INPUT\ng264: g264 --help lists .*\n`},
		{"a wrong flag", []string{in, "--fast"}, 2, `g264: .*-fast\ng264: g264 --help lists .*\n`},
		{"a wrong value", []string{in, "-o", "out.mp4", "--preset", "best"}, 2,
			`g264: .*"best".*want one of .*ultrafast.*\ng264: g264 --help lists .*\n`},
		{"too large a size", []string{in, "-o", "out.mp4", "--pix-fmt", "gray", "--size", "16881x2"}, 2,
			`g264: .*"16881x2".*1 to 16880\ng264: g264 --help lists .*\n`},
		{"no such input", []string{"none.y4m", "-o", "out.mp4"}, 1, `g264: open none.y4m: [^\n]*\n`},
		{"no frames", []string{empty, "-o", "out.mp4"}, 1, `g264: no frames, nothing written\n`},
		{"an input cut short", []string{cut, "-o", "out.mp4"}, 1, `g264: [^\n]*cut.y4m: frame 2 holds 421 of 768 bytes[^\n]*\n`},
		{"cut short, to Annex B", []string{cut, "-o", "out.264", "--recon", "recon.y4m"}, 1, `g264: [^\n]*cut.y4m: frame 2 holds[^\n]*\n`},
		{"too large", []string{huge, "-o", "out.mp4"}, 1, `g264: [^\n]*20000[^\n]*\n`},
		{"no such folder", []string{in, "-o", "none/out.mp4"}, 1, `g264: open none/out.mp4: [^\n]*\n`},
		{"OUT is INPUT", []string{in, "-o", in, "--crf", "20"}, 2, `g264: [^\n]*in.y4m[^\n]*\n.*`},
		{"--recon is OUT", []string{in, "-o", "out.mp4", "--recon", "out.mp4"}, 2, `g264: out.mp4 would be [^\n]*\n.*`},
		{"a profile nowhere", []string{in, "-o", "out.mp4", "--cpuprofile", "none/p"}, 1, `g264: open none/p: [^\n]*\n`},
	} {
		t.Run(c.name, func(t *testing.T) {
			cmd := g264Command(t, c.args...)
			var stdout, stderr bytes.Buffer
			cmd.Stdout, cmd.Stderr = &stdout, &stderr
			cmd.Run()
			if got := cmd.ProcessState.ExitCode(); got != c.status || stdout.Len() > 0 {
				t.Errorf("status %d and %q, want %d and nothing", got, &stdout, c.status)
			}
			wantMatch(t, "standard error", stderr.String(), c.stderr)
			left, err := os.ReadDir(cmd.Dir)
			if err != nil || len(left) > 0 {
				t.Errorf("left behind: %v (%v)", left, err)
			}
		})
	}
	if !strings.HasPrefix(content(t, in), y4m.Magic) {
		t.Error("the input is no longer what it was")
	}
}

// TestInterrupt stops an encoding that waits for its input. Annex B is written
// as the frames come, so it shows when some have been encoded.
func TestInterrupt(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("a process can't be interrupted by another on windows")
	}
	for _, frames := range []int{0, 5} {
		out := filepath.Join(t.TempDir(), "out.264")
		cmd := g264Command(t, "-", "-o", out, "--threads", "1", "--low-latency")
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		stdin, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := stdin.Write(testClip(32, 16, frames, "")); err != nil {
			t.Fatal(err)
		}
		waitFor(t, cmd, func() bool {
			info, err := os.Stat(out)
			return err == nil && (frames == 0 || info.Size() > 0)
		})
		if err := cmd.Process.Signal(os.Interrupt); err != nil {
			t.Fatal(err)
		}
		cmd.Wait()
		if got := cmd.ProcessState.ExitCode(); got != exitInterrupted {
			t.Errorf("status %d, want %d", got, exitInterrupted)
		}
		if frames == 0 {
			wantMatch(t, "standard error", stderr.String(), "g264: interrupted before the first frame\n")
			if got := content(t, out); got != "(no file)" {
				t.Errorf("a file of %d bytes is left", len(got))
			}
			continue
		}
		wantMatch(t, "standard error", stderr.String(), `g264: interrupted: the video ends after [1-5] frames?\n`)
		wantMatch(t, "the summary", stdout.String(), `g264: [1-5] frames?, `+figures+`\n`)
		if content(t, out) == "" {
			t.Error("the file is empty")
		}
	}
}

// TestInterruptBeforeTheHeader has a pipe in which nothing has come yet.
func TestInterruptBeforeTheHeader(t *testing.T) {
	stdin, w, err := os.Pipe()
	if err != nil {
		t.Skip(err)
	}
	defer w.Close()
	s, err := parseFlags([]string{"-", "-o", filepath.Join(t.TempDir(), "out.mp4")})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	c := &command{s, stdin, os.Stdout, os.Stderr}
	if err := c.encodeInputs(ctx); err != errNothingYet {
		t.Errorf("error %v, want %v", err, errNothingYet)
	}
}

// waitFor waits until a condition holds, or kills the command.
func waitFor(t *testing.T, cmd *exec.Cmd, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			cmd.Process.Kill()
			t.Fatal("nothing has happened in 20 s")
		}
	}
}

func TestDemo(t *testing.T) {
	const drawn = `g264: 100 frames of 192x108 BGR drawn in \d+\.\d{3} s\n`
	r := call(t, nil, "--demo", "--preset", "ultrafast")
	if r.status != 0 || r.stderr != "" {
		t.Fatalf("status %d, %q", r.status, r.stderr)
	}
	wantMatch(t, "standard output", r.stdout,
		drawn+"g264: 100 frames, "+figures+psnrFigures+`\ng264: PSNR over the RGB samples \d\d\.\d\d dB\n`)
	if testing.Short() {
		return // one demo is enough for the race detector
	}

	out := filepath.Join(t.TempDir(), "demo.mp4")
	r = call(t, nil, "--demo", "-o", out, "--chroma", "420", "--preset", "ultrafast")
	wantMatch(t, "standard output in 4:2:0", r.stdout, drawn+"g264: 100 frames, "+figures+psnrFigures+"\n")
	if video := content(t, out); video[4:8] != "ftyp" {
		t.Errorf("the file begins with %.8q", video)
	}
}

func TestCPUProfile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "p")
	r := call(t, bytes.NewReader(testClip(32, 16, 3, "")), "-", "-o", "out.mp4", "--cpuprofile", path)
	if r.status != 0 || !strings.HasPrefix(content(t, path), "\x1f\x8b") {
		t.Errorf("status %d, %q; the profile begins with %.2q", r.status, r.stderr, content(t, path))
	}
}
