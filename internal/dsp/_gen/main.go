// Command gen writes the AVX2 forms of the kernels of package dsp: for each concept NAME the assembly NAME_amd64.s, its
// declarations NAME_amd64.go, and NAME_noasm.go, which lets the wrappers compile where there is no assembly.
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"log"
	"os"
	"path/filepath"
	"regexp"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
)

// concepts are the groups of kernels, each in files of its own.
var concepts = []struct {
	name  string
	write func(*gen)
}{
	{"difference", difference},
	{"halfplanes", halfPlanes},
	{"motion", motion},
	{"sums", sums},
	{"planes", planes},
	{"deblock", deblock},
	{"intra", intra},
	{"transform4x4", transform4x4},
	{"transform8x8", transform8x8},
}

func main() {
	files, err := generate()
	if err != nil {
		log.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// folder is package dsp, seen from the folder of this module.
const folder = ".."

// beyondAVX2 finds vector registers that only AVX-512 has, which the allocator takes when it runs out of others.
var beyondAVX2 = regexp.MustCompile(`\b[XY](1[6-9]|2\d|3[01])\b`)

// generate returns the files by name.
func generate() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, concept := range concepts {
		g := &gen{build.NewContext(), map[string]Mem{}}
		g.ConstraintExpr("amd64,!noasm,!purego")
		concept.write(g)
		file, err := g.Result()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", concept.name, err)
		}
		if err := pass.Compile.Execute(file); err != nil {
			return nil, fmt.Errorf("%s: %w", concept.name, err)
		}
		config := printer.Config{Name: "internal/dsp/_gen", Pkg: "dsp"}
		if files[concept.name+"_amd64.s"], err = printer.NewGoAsm(config).Print(file); err != nil {
			return nil, fmt.Errorf("%s: %w", concept.name, err)
		}
		if r := beyondAVX2.Find(files[concept.name+"_amd64.s"]); r != nil {
			return nil, fmt.Errorf("%s: too many registers: %s is of AVX-512", concept.name, r)
		}
		if files[concept.name+"_amd64.go"], err = printer.NewStubs(config).Print(file); err != nil {
			return nil, fmt.Errorf("%s: %w", concept.name, err)
		}
		if files[concept.name+"_noasm.go"], err = absent(config, file); err != nil {
			return nil, fmt.Errorf("%s: %w", concept.name, err)
		}
	}
	return files, nil
}

// absent declares the functions of file for builds that have no assembly. There useAVX2 is the constant false, and the
// compiler drops the calls.
func absent(config printer.Config, file *ir.File) ([]byte, error) {
	var text bytes.Buffer
	fmt.Fprintf(&text, "// %s\n\n//go:build !amd64 || noasm || purego\n\npackage %s\n", config.GeneratedWarning(), config.Pkg)
	for _, f := range file.Functions() {
		fmt.Fprintf(&text, "\n%s { panic(\"dsp: no assembly in this build\") }\n", f.Stub())
	}
	return format.Source(text.Bytes())
}
