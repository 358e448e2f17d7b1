package g264

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite testdata/golden.txt from this machine's files")

//go:embed testdata/golden.txt
var goldenFile string

const goldenHeader = `# Files of the cases in golden_test.go: name, length in bytes and SHA-256. Written by go test . -run TestGolden -update,
# after all other tests had passed. Every platform, thread count and build must give these bytes; a change that changes
# them rewrites this file in the same commit.
`

// goldenCases are few and small, since they run in emulators too: h264 has those
// of the coding, these add the conversion of colours and the file around it.
var goldenCases = []struct {
	name    string
	options Options
}{
	{"420", Options{Width: 62, Height: 46}},
	{"444", Options{Width: 62, Height: 46, Chroma: Chroma444}},
	{"420-odd-full-601", Options{Width: 33, Height: 19, Matrix: MatrixBT601, Range: RangeFull, ChromaSite: ChromaSiteCentre,
		FrameRate: Rational{24000, 1001}, SampleAspect: Rational{4, 3}, Preset: PresetVeryfast}},
	{"444-odd-times", Options{Width: 33, Height: 19, Chroma: Chroma444, TimeBase: Rational{1, 90000}, KeyInt: 3, CRF: 30.5}},
	{"gbr-lossless", Options{Width: 33, Height: 19, Chroma: Chroma444, Matrix: MatrixGBR, Lossless: true}},
	{"420-annexb", Options{Width: 33, Height: 19, Format: AnnexB, Preset: PresetUltrafast}},
}

// goldenLine encodes a case on a number of threads and gives its line of the file.
func goldenLine(t *testing.T, name string, o Options, threads int) string {
	o.Threads = threads
	o.NoSEI = true // names the version, which changes without the coding
	frames := numbered(o, 5)
	if o.TimeBase != (Rational{}) {
		for i := range frames {
			frames[i].PTS = At(int64(1000 + 3003*i + 500*(i&1)))
		}
	}
	file := encode(t, o, frames...)
	return fmt.Sprintf("%s %d %x", name, len(file), sha256.Sum256(file))
}

// The same frames and options give the same file, here and everywhere. The
// tests in internal/crosstest run this one for other processors.
func TestGolden(t *testing.T) {
	if *update {
		var file bytes.Buffer
		file.WriteString(goldenHeader)
		for _, c := range goldenCases {
			fmt.Fprintln(&file, goldenLine(t, c.name, c.options, 1))
		}
		if err := os.WriteFile("testdata/golden.txt", file.Bytes(), 0o666); err != nil {
			t.Fatal(err)
		}
		goldenFile = file.String()
	}
	want := map[string]string{}
	for _, line := range strings.Split(goldenFile, "\n") {
		if name, _, ok := strings.Cut(line, " "); ok && name != "#" {
			want[name] = line
		}
	}
	for _, c := range goldenCases {
		t.Run(c.name, func(t *testing.T) {
			for _, threads := range []int{1, 2, 8} {
				if got := goldenLine(t, c.name, c.options, threads); got != want[c.name] {
					t.Errorf("%d threads: got %q, want %q", threads, got, want[c.name])
				}
			}
		})
		delete(want, c.name)
	}
	for name := range want {
		t.Errorf("testdata/golden.txt has %q, which is no case", name)
	}
}
