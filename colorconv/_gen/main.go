// Command gen writes the AVX2 forms of the row kernels of package colorconv.
package main

import (
	"github.com/g264/g264/internal/dsp/_gen/asm"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
)

// colorconv is package colorconv.
var colorconv = asm.Package{
	Name:      "colorconv",
	Generator: "colorconv/_gen",
	Concepts: []asm.Concept{
		concept("pixels", pixels),
		concept("alpha", alpha),
		concept("samples", samples),
		concept("apart", apart),
	},
}

// concept has a concept written through a gen of its own.
func concept(name string, write func(*gen)) asm.Concept {
	return asm.Concept{Name: name, Write: func(c *build.Context) { write(&gen{c, map[string]operand.Mem{}}) }}
}

func main() { colorconv.Main() }
