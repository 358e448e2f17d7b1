package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What is committed is what the generator writes.
func TestCommittedFilesAreGenerated(t *testing.T) {
	files, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		if got, err := os.ReadFile(filepath.Join(folder, name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what the generator writes: run go generate in colorconv (%v)", name, err)
		}
	}
	assembly, err := filepath.Glob(filepath.Join(folder, "*.s"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range assembly {
		if files[filepath.Base(path)] == nil && strings.HasSuffix(path, "_amd64.s") {
			t.Errorf("%s has no generator", path)
		}
	}
}
