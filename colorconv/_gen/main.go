// Command gen writes the AVX2 forms of the row kernels of package colorconv: for each concept NAME the assembly
// NAME_amd64.s, its declarations NAME_amd64.go, and NAME_noasm.go, which lets the wrappers compile where there is no
// assembly.
package main

import (
	"bytes"
	"fmt"
	"go/format"
	"log"
	"os"
	"path/filepath"
	"regexp"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
	"github.com/mmcloughlin/avo/reg"
)

// concepts are the groups of kernels, each in files of its own.
var concepts = []struct {
	name  string
	write func(*gen)
}{
	{"pixels", pixels},
	{"alpha", alpha},
	{"samples", samples},
}

// gen is what the kernels of a concept are written with.
type gen struct {
	*build.Context
	concept   string
	constants map[string]operand.Mem
}

// function begins a function of the given signature, as in "(p *uint8) int".
func (g *gen) function(name, signature string, doc ...string) {
	g.Function(name)
	g.Attributes(attr.NOSPLIT)
	g.SignatureExpr("func" + signature)
	g.Pragma("noescape")
	g.Doc(doc...)
}

// load returns the parameter of the given name.
func (g *gen) load(name string) reg.GPVirtual {
	return g.Load(g.Param(name), g.GP64()).(reg.GPVirtual)
}

// bytes returns the address of 32 constant bytes, those given again and again.
func (g *gen) bytes(pattern ...int) operand.Mem {
	key := fmt.Sprint(pattern)
	if m, ok := g.constants[key]; ok {
		return m
	}
	m := g.StaticGlobal(fmt.Sprintf("%s%d", g.concept, len(g.constants)))
	g.DataAttributes(attr.RODATA | attr.NOPTR)
	for i := 0; i < 32; i += 8 {
		v := uint64(0)
		for j := range 8 {
			v |= uint64(uint8(pattern[(i+j)%len(pattern)])) << (8 * j)
		}
		g.AddDatum(i, operand.U64(v))
	}
	g.constants[key] = m
	return m
}

// dwords returns the address of a constant in all lanes of 32 bits.
func (g *gen) dwords(v uint32) operand.Mem {
	return g.bytes(int(v&255), int(v>>8&255), int(v>>16&255), int(v>>24))
}

// constant returns a register that holds a constant.
func (g *gen) constant(m operand.Mem) reg.VecVirtual {
	r := g.YMM()
	g.VMOVDQU(m, r)
	return r
}

// broadcast returns a register with the 32 bits at m in all lanes.
func (g *gen) broadcast(m operand.Mem) reg.VecVirtual {
	r := g.YMM()
	g.VPBROADCASTD(m, r)
	return r
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

// folder is package colorconv, seen from the folder of this module.
const folder = ".."

// beyondAVX2 finds the registers that avo takes where sixteen are too few: only AVX-512 has them.
var beyondAVX2 = regexp.MustCompile(`\b[XY](1[6-9]|2[0-9]|3[01])\b`)

// generate returns the files by name.
func generate() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, concept := range concepts {
		g := &gen{build.NewContext(), concept.name, map[string]operand.Mem{}}
		g.ConstraintExpr("amd64,!noasm,!purego")
		concept.write(g)
		file, err := g.Result()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", concept.name, err)
		}
		if err := pass.Compile.Execute(file); err != nil {
			return nil, fmt.Errorf("%s: %w", concept.name, err)
		}
		config := printer.Config{Name: "colorconv/_gen", Pkg: "colorconv"}
		if files[concept.name+"_amd64.s"], err = printer.NewGoAsm(config).Print(file); err != nil {
			return nil, fmt.Errorf("%s: %w", concept.name, err)
		}
		if r := beyondAVX2.Find(files[concept.name+"_amd64.s"]); r != nil {
			return nil, fmt.Errorf("%s: takes register %s, which AVX2 doesn't have", concept.name, r)
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

// absent declares the functions of file for builds that have no assembly. There cpu.AVX2 is the constant false, and the
// compiler drops the calls.
func absent(config printer.Config, file *ir.File) ([]byte, error) {
	var text bytes.Buffer
	fmt.Fprintf(&text, "// %s\n\n//go:build !amd64 || noasm || purego\n\npackage %s\n", config.GeneratedWarning(), config.Pkg)
	for _, f := range file.Functions() {
		fmt.Fprintf(&text, "\n%s { panic(\"colorconv: no assembly in this build\") }\n", f.Stub())
	}
	return format.Source(text.Bytes())
}
