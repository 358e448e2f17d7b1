package main

import (
	"fmt"

	"github.com/g264/g264/internal/dsp/_gen/asm"
	"github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// gen is what the kernels of a concept are written with.
type gen struct {
	*build.Context
	constants map[string]Mem // by name
}

// function begins a function of the given signature, as in "(p *uint8) int".
func (g *gen) function(name, signature string, doc ...string) {
	asm.Function(g.Context, name, signature, doc...)
}

// param returns the parameter of the given name in a 64-bit register.
func (g *gen) param(name string) reg.GPVirtual {
	return asm.Param(g.Context, name)
}

// result returns v from the function.
func (g *gen) result(v reg.Register) {
	g.VZEROUPPER()
	g.Store(v, g.ReturnIndex(0))
	g.RET()
}

func sprintf(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// block is a block of samples on its way through a loop: the address of its next row, and its stride.
type block struct{ p, stride, stride3 reg.GPVirtual }

// block takes the address and the stride from the parameters of these names.
func (g *gen) block(p, stride string) block {
	return block{p: g.param(p), stride: g.param(stride)}
}

// with3 makes rows up to 3 addressable.
func (b block) with3(g *gen) block {
	b.stride3 = g.GP64()
	g.LEAQ(Mem{Base: b.stride, Index: b.stride, Scale: 2}, b.stride3)
	return b
}

// row is the memory of row y, 0 to 3; row 3 wants with3.
func (b block) row(y int) Mem {
	switch y {
	case 0:
		return Mem{Base: b.p}
	case 3:
		return Mem{Base: b.p, Index: b.stride3, Scale: 1}
	}
	return Mem{Base: b.p, Index: b.stride, Scale: uint8(y)}
}

// next moves on by n rows, 2, 4 or 8.
func (b block) next(g *gen, n int) {
	g.LEAQ(Mem{Base: b.p, Index: b.stride, Scale: uint8(n)}, b.p)
}

// vector returns a register of 32 bytes or 16.
func (g *gen) vector(wide bool) reg.VecVirtual {
	if wide {
		return g.YMM()
	}
	return g.XMM()
}

// like returns a register as wide as v.
func (g *gen) like(v reg.VecVirtual) reg.VecVirtual { return g.vector(v.Size() == 32) }

// butterfly replaces v and w by v+w and v-w of 16-bit lanes.
func (g *gen) butterfly(v, w *reg.VecVirtual) {
	sum := g.like(*v)
	g.VPADDW(*w, *v, sum)
	g.VPSUBW(*w, *v, *w)
	*v = sum
}

// ones returns ones in 16-bit lanes.
func (g *gen) ones(wide bool) reg.VecVirtual {
	v := g.vector(wide)
	g.VPCMPEQW(v, v, v)
	g.VPSRLW(Imm(15), v, v)
	return v
}

// sum16 adds up the 16-bit lanes of x, of which it leaves nothing.
func (g *gen) sum16(x reg.VecVirtual) reg.GPVirtual {
	wide := x.Size() == 32
	g.VPMADDWD(g.ones(wide), x, x)
	return g.sum32(x, wide)
}

// sum32 adds up the 32-bit lanes of x, of which it leaves nothing.
func (g *gen) sum32(x reg.VecVirtual, wide bool) reg.GPVirtual {
	t, sum := g.XMM(), g.GP64()
	low := x.AsX()
	if wide {
		g.VEXTRACTI128(Imm(1), x, t)
		g.VPADDD(t, low, low)
	}
	g.VPSHUFD(Imm(0xee), low, t)
	g.VPADDD(t, low, low)
	g.VPSHUFD(Imm(0x55), low, t)
	g.VPADDD(t, low, low)
	g.VMOVD(low, sum.As32())
	return sum
}

// argument is the parameter of the given name where it lies on the stack.
func (g *gen) argument(name string) Mem {
	basic, err := g.Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return basic.Addr
}
