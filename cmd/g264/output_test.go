package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func content(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return "(no file)"
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestOutputFile(t *testing.T) {
	const long = "what stood there before, longer than what is written"
	for _, c := range []struct {
		name          string
		before, write string
		finish        bool
		want          string
	}{
		{"new, finished", "", "new", true, "new"},
		{"new, discarded", "", "new", false, "(no file)"},
		{"new, discarded before the first byte", "", "", false, "(no file)"},
		{"there before, finished", long, "new", true, "new"},
		{"there before, discarded before the first byte", long, "", false, long},
		{"there before, discarded when half written", long, "new", false, "(no file)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "out")
			if c.before != "" {
				if err := os.WriteFile(path, []byte(c.before), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			o, err := openOutput(path, os.O_WRONLY, nil, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, part := range c.write { // several writes: only the first empties the file
				if _, err := o.Write([]byte(string(part))); err != nil {
					t.Fatal(err)
				}
			}
			if c.finish {
				if err := o.finish(); err != nil {
					t.Fatal(err)
				}
			} else {
				o.discard()
			}
			if got := content(t, path); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestOutputThatIsAnInput(t *testing.T) {
	path := file(t, "in.y4m", []byte("precious"))
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := openOutput(filepath.Join(filepath.Dir(path), ".", "in.y4m"), os.O_WRONLY, nil, []os.FileInfo{info}); !errors.As(err, new(usageError)) {
		t.Errorf("error %v, want a usageError", err)
	}
	if got := content(t, path); got != "precious" {
		t.Errorf("the input holds %q now", got)
	}
}

func TestOutputThatCantBeWritten(t *testing.T) {
	folder := t.TempDir()
	for _, path := range []string{folder, filepath.Join(folder, "none", "out.mp4")} {
		if _, err := openOutput(path, os.O_WRONLY, nil, nil); err == nil {
			t.Errorf("%s: no error", path)
		}
	}
}
