// Package crosstest proves that the encoder gives the same bytes on other
// processors: it builds the golden tests for 32-bit, big-endian and WebAssembly
// machines and runs them here, directly, in emulators, or in wazero. It is a
// module of its own, so that users of g264 never download wazero.
package crosstest

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// proofs are the tests that every platform runs, by package, from the root of
// the main module.
var proofs = []struct{ pkg, run string }{
	{"./internal/dsp", "."},
	{"./colorconv", "^TestSamplesAreTheSameOnEveryPlatform$"},
	{"./h264/internal/lookahead", "^TestFadeOfLargePicture$"},
	{"./h264", "^TestGolden$|^TestMemoryBeyondInt$"},
	{".", "^TestGolden$"},
}

// target is a platform, and how its programs run on this one.
type target struct {
	os, arch string
	level    string   // GOAMD64
	runner   []string // command before the program; nil runs it directly
	wasi     bool     // runs in wazero, in this process
}

func targets(t *testing.T) []target {
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatalf("go env GOROOT: %v", err)
	}
	// Go moved the WebAssembly support files from misc/wasm to lib/wasm in 1.24.
	node := filepath.Join(strings.TrimSpace(string(goroot)), "lib", "wasm", "wasm_exec_node.js")
	if _, err := os.Stat(node); err != nil {
		node = filepath.Join(strings.TrimSpace(string(goroot)), "misc", "wasm", "wasm_exec_node.js")
	}
	return []target{
		{os: "linux", arch: "386"},
		{os: "linux", arch: "amd64", level: "v3"}, // Go fuses floating-point products and sums there
		{os: "linux", arch: "arm64", runner: []string{"qemu-aarch64"}},
		{os: "linux", arch: "s390x", runner: []string{"qemu-s390x"}},
		{os: "js", arch: "wasm", runner: []string{"node", "--stack-size=8192", node}},
		{os: "wasip1", arch: "wasm", wasi: true},
	}
}

// hasFMA reports whether Linux says that the processor has what GOAMD64=v3 asks for.
func hasFMA() bool {
	info, _ := os.ReadFile("/proc/cpuinfo")
	for _, feature := range []string{" avx2 ", " bmi2 ", " fma ", " movbe "} {
		if !bytes.Contains(info, []byte(feature)) {
			return false
		}
	}
	return true
}

// skipOrFail skips what this machine can't run, or fails where ./test.sh has
// said that everything must run.
func skipOrFail(t *testing.T, reason string) {
	t.Helper()
	if os.Getenv("G264_REQUIRE") != "" {
		t.Fatalf("G264_REQUIRE is set: %s", reason)
	}
	t.Skip(reason)
}

func TestPlatforms(t *testing.T) {
	for _, target := range targets(t) {
		t.Run(target.os+"-"+target.arch+target.level, func(t *testing.T) {
			if target.runner == nil && !target.wasi && (runtime.GOOS != "linux" || runtime.GOARCH != "amd64") {
				skipOrFail(t, "these programs run on linux/amd64 only")
			}
			if target.level == "v3" && !hasFMA() {
				t.Skip("this processor is older than GOAMD64=v3")
			}
			if target.runner != nil {
				if _, err := exec.LookPath(target.runner[0]); err != nil {
					skipOrFail(t, target.runner[0]+" is not installed; ./test.sh installs it")
				}
			}
			for _, proof := range proofs {
				t.Run(strings.TrimPrefix(proof.pkg, "./"), func(t *testing.T) {
					prove(t, target, proof.pkg, proof.run)
				})
			}
		})
	}
}

// prove builds a package's tests for the target and runs those that match.
func prove(t *testing.T, target target, pkg, run string) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "test.exe")
	build := exec.Command("go", "test", "-c", "-o", program, pkg)
	build.Dir = filepath.Join("..", "..")
	build.Env = append(os.Environ(), "GOOS="+target.os, "GOARCH="+target.arch, "CGO_ENABLED=0", "GOAMD64="+target.level)
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", build, out)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	args := []string{"-test.short", "-test.v", "-test.run=" + run}
	var out bytes.Buffer
	start := time.Now()
	dir := filepath.Join(build.Dir, filepath.FromSlash(pkg))
	var err error
	if target.wasi {
		err = runWASI(ctx, program, args, dir, &out)
	} else {
		command := append(append(target.runner[:len(target.runner):len(target.runner)], program), args...)
		err = runProgram(ctx, command, dir, &out)
	}
	text := out.String()
	passed := strings.Count(text, "--- PASS")
	if err != nil || passed == 0 {
		t.Fatalf("%d tests passed, then: %v\n%s", passed, err, text[max(0, len(text)-4000):])
	}
	t.Logf("%d tests passed in %.1f s", passed, time.Since(start).Seconds())
}

// runProgram runs a command in a folder. Its environment is small: js/wasm
// gives programs little room for it.
func runProgram(ctx context.Context, command []string, dir string, out io.Writer) error {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.TempDir()}
	cmd.Stdout, cmd.Stderr = out, out
	return cmd.Run()
}
