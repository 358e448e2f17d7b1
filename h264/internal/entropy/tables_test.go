package entropy

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/g264/g264/internal/testenv"
)

// The committed tables are what the generator makes of the standard's.
func TestTablesAreGenerated(t *testing.T) {
	if runtime.GOOS == "js" || runtime.GOOS == "wasip1" {
		t.Skip("no processes on " + runtime.GOOS)
	}
	out := filepath.Join(t.TempDir(), "tables.go")
	run := exec.Command(testenv.Need(t, "go"), "run", "./_gen", "-o", out)
	run.Env = append(os.Environ(), "GOOS=", "GOARCH=") // the generator runs here, whatever is tested
	if output, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	want, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("tables.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("tables.go differs from what go generate makes")
	}
}
