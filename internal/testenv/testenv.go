// Package testenv finds the outside programs that some proofs need. Where one
// is absent a test is skipped with the reason; where G264_REQUIRE is set, as
// test.sh does, the same absence is a failure. It also tells of the race
// detector.
package testenv

import (
	"os"
	"os/exec"
	"testing"
)

// Required reports whether a missing program must fail the test.
func Required() bool { return os.Getenv("G264_REQUIRE") != "" }

// Need returns the path of an outside program, or skips (fails, if Required).
func Need(tb testing.TB, program string) string {
	tb.Helper()
	path, err := exec.LookPath(program)
	if err != nil {
		SkipOrFail(tb, program+" is not installed; ./test.sh installs it")
	}
	return path
}

// SkipOrFail skips the test for a reason outside the project's code, or fails
// it if Required.
func SkipOrFail(tb testing.TB, reason string) {
	tb.Helper()
	if Required() {
		tb.Fatalf("G264_REQUIRE is set: %s", reason)
	}
	tb.Skip(reason)
}

// OneGoroutine skips a test under the race detector, which makes it slow and has
// nothing to find in it.
func OneGoroutine(tb testing.TB) {
	tb.Helper()
	if raceDetector {
		tb.Skip("one goroutine: nothing for the race detector")
	}
}
