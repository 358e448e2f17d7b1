// Command gen writes the AVX2 forms of the kernels of package dsp.
package main

import (
	"github.com/g264/g264/internal/dsp/_gen/asm"
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
)

// dsp is package dsp.
var dsp = asm.Package{
	Name:      "dsp",
	Generator: "internal/dsp/_gen",
	Concepts: []asm.Concept{
		concept("difference", difference),
		concept("halfplanes", halfPlanes),
		concept("motion", motion),
		concept("vectors", vectors),
		concept("sums", sums),
		concept("planes", planes),
		concept("rows", rows),
		concept("deblock", deblock),
		concept("strength", strength),
		concept("intra", intra),
		concept("intra8x8", intra8x8),
		concept("levels", levels),
		concept("levelsets", levelSets),
		concept("bins", bins),
		concept("scan8x8", scan8x8),
		concept("transform4x4", transform4x4),
		concept("transform8x8", transform8x8),
		concept("inverse16x16", inverse16x16),
		concept("residual", residual),
	},
}

// concept has a concept written through a gen of its own.
func concept(name string, write func(*gen)) asm.Concept {
	return asm.Concept{Name: name, Write: func(c *build.Context) { write(&gen{c, map[string]Mem{}}) }}
}

func main() { dsp.Main() }
