// Package asm makes files of a package from kernels that are written with avo: for each concept NAME the assembly
// NAME_amd64.s, its declarations NAME_amd64.go, and NAME_noasm.go, which lets the callers compile where there is no
// assembly.
package asm

import (
	"bytes"
	"fmt"
	"go/format"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
	"github.com/mmcloughlin/avo/reg"
)

// Package is a package with kernels. Its folder is the one above that of the generator.
type Package struct {
	Name      string
	Generator string // the generator's folder, from that of the main module
	Concepts  []Concept
}

// Concept is a group of kernels in files of its own.
type Concept struct {
	Name  string
	Write func(*build.Context)
}

const folder = ".."

// Main writes the files.
func (p *Package) Main() {
	files, err := p.files()
	if err != nil {
		log.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), text, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}

// Check fails the test where the files that are there are not what Main writes.
func (p *Package) Check(t *testing.T) {
	files, err := p.files()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		if got, err := os.ReadFile(filepath.Join(folder, name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what the generator writes: run go generate in %s (%v)", name, filepath.Dir(p.Generator), err)
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

// Function begins a function of the given signature, as in "(p *uint8) int".
func Function(c *build.Context, name, signature string, doc ...string) {
	c.Function(name)
	c.Attributes(attr.NOSPLIT)
	c.SignatureExpr("func" + signature)
	c.Pragma("noescape")
	c.Doc(doc...)
}

// Param returns the parameter of the given name in a 64-bit register.
func Param(c *build.Context, name string) reg.GPVirtual {
	return c.Load(c.Param(name), c.GP64()).(reg.GPVirtual)
}

// beyondAVX2 finds vector registers that only AVX-512 has, which the allocator takes when it runs out of others.
var beyondAVX2 = regexp.MustCompile(`\b[XY](1[6-9]|2\d|3[01])\b`)

// files returns the files by name.
func (p *Package) files() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, concept := range p.Concepts {
		if err := p.concept(files, concept); err != nil {
			return nil, fmt.Errorf("%s: %w", concept.Name, err)
		}
	}
	return files, nil
}

// concept adds the files of a concept.
func (p *Package) concept(files map[string][]byte, concept Concept) error {
	c := build.NewContext()
	c.ConstraintExpr("amd64,!noasm,!purego")
	concept.Write(c)
	file, err := c.Result()
	if err != nil {
		return err
	}
	if err := pass.Compile.Execute(file); err != nil {
		return err
	}
	config := printer.Config{Name: p.Generator, Pkg: p.Name}
	assembly, err := printer.NewGoAsm(config).Print(file)
	if err != nil {
		return err
	}
	if r := beyondAVX2.Find(assembly); r != nil {
		return fmt.Errorf("too many registers: %s is of AVX-512", r)
	}
	declarations, err := printer.NewStubs(config).Print(file)
	if err != nil {
		return err
	}
	none, err := absent(config, file)
	if err != nil {
		return err
	}
	files[concept.Name+"_amd64.s"] = assembly
	files[concept.Name+"_amd64.go"] = declarations
	files[concept.Name+"_noasm.go"] = none
	return nil
}

// absent declares the functions of file for builds that have no assembly. There useAVX2 is the constant false, and the
// compiler drops the calls.
func absent(config printer.Config, file *ir.File) ([]byte, error) {
	var text bytes.Buffer
	fmt.Fprintf(&text, "// %s\n\n//go:build !amd64 || noasm || purego\n\npackage %s\n", config.GeneratedWarning(), config.Pkg)
	for _, f := range file.Functions() {
		fmt.Fprintf(&text, "\n%s { panic(\"%s: no assembly in this build\") }\n", f.Stub(), config.Pkg)
	}
	return format.Source(text.Bytes())
}
