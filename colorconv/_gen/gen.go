package main

import (
	"fmt"

	"github.com/g264/g264/internal/dsp/_gen/asm"
	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// gen is what the kernels of a concept are written with.
type gen struct {
	*build.Context
	constants map[string]operand.Mem
}

// function begins a function of the given signature, as in "(p *uint8) int".
func (g *gen) function(name, signature string, doc ...string) {
	asm.Function(g.Context, name, signature, doc...)
}

// load returns the parameter of the given name.
func (g *gen) load(name string) reg.GPVirtual {
	return asm.Param(g.Context, name)
}

// bytes returns the address of 32 constant bytes, those given again and again.
func (g *gen) bytes(pattern ...int) operand.Mem {
	key := fmt.Sprint(pattern)
	if m, ok := g.constants[key]; ok {
		return m
	}
	m := g.StaticGlobal(fmt.Sprintf("constant%d", len(g.constants)))
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
