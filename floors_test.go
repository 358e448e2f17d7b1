package g264_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// floors are the storeys of the house, the ground floor first: a package
// imports only from floors below its own, never sideways.
var floors = [][]string{
	{"internal/cpu", "internal/numbers"},
	{"internal/dsp"},
	{"h264/internal/bits", "h264/internal/wait"},
	{"h264/internal/syntax", "h264/internal/macroblock"},
	{"h264/internal/picture"},
	{
		"h264/internal/intra", "h264/internal/inter", "h264/internal/residual", "h264/internal/entropy",
		"h264/internal/deblock", "h264/internal/lookahead",
	},
	{"h264/internal/analysis", "h264/internal/ratecontrol"},
	{"h264", "colorconv", "mux"},
	{"."},
	{"cmd/g264/internal/gifanim", "cmd/g264/internal/y4m"},
	{"cmd/g264"},
}

// Imports go only downwards in the house.
func TestImportsGoDownwards(t *testing.T) {
	const module = "github.com/g264/g264"
	floorOf := map[string]int{}
	for floor, packages := range floors {
		for _, p := range packages {
			floorOf[p] = floor
		}
	}
	seen := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); path != "." && (name == "testdata" || strings.HasPrefix(name, "_") || strings.HasPrefix(name, ".")) {
				return fs.SkipDir
			}
			if _, err := os.Stat(filepath.Join(path, "go.mod")); path != "." && err == nil {
				return fs.SkipDir // a module of its own stands beside the house
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		folder := filepath.ToSlash(filepath.Dir(path))
		if strings.HasPrefix(folder, "internal/test") {
			return nil // serves tests on every floor
		}
		floor, known := floorOf[folder]
		if !known {
			t.Errorf("%s stands on no floor", folder)
		}
		seen[folder] = true
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			below, ours := strings.CutPrefix(name, module)
			if !ours {
				continue
			}
			below = strings.TrimPrefix(below, "/")
			if below == "" {
				below = "."
			}
			if f, known := floorOf[below]; !known || f >= floor {
				t.Errorf("%s imports %s, which does not stand below", path, name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for p := range floorOf {
		if !seen[p] {
			t.Errorf("%s stands on a floor but has no code", p)
		}
	}
}
