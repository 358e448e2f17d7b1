package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Places in Bins and BinTables.
const (
	binsRange   = 8
	binsPending = 12
	tableRanges = 512
)

// The bits of symbols, as package dsp has them.
const (
	bypassCount = 11
	bypassBins  = 15
)

// bins writes the arithmetic encoder, without a branch but for words that are full. It has more registers and conditional
// moves than Go would take.
func bins(g *gen) {
	g.function("encodeBinsAVX2", "(b *uint64, symbols *uint32, n int, states *[1024]uint8, tables *[512]uint8) int",
		"encodeBinsAVX2 is Bins.Encode of at least one symbol. b and tables point to whole structures. It returns twice the number",
		"of words, and one more for a carry.")
	p, states, tables, out := g.param("symbols"), g.param("states"), g.param("tables"), g.GP64()
	low, rng, pending := g.GP64(), g.GP64(), g.GP64()
	y, s, lps, entry, shift, next, bin := g.GP64(), g.GP64(), g.GP64(), g.GP64(), g.GP64(), g.GP64(), g.GP64()
	b := g.param("b")
	g.MOVQ(Mem{Base: b}, low)
	g.MOVL(Mem{Base: b, Disp: binsRange}, rng.As32())
	g.MOVL(Mem{Base: b, Disp: binsPending}, pending.As32())
	g.MOVQ(p, out)
	carry, end := g.AllocLocal(8), g.AllocLocal(8)
	g.MOVQ(I32(0), carry)
	n := g.param("n")
	g.LEAQ(Mem{Base: p, Index: n, Scale: 4}, n)
	g.MOVQ(n, end)

	g.Label("symbol")
	g.MOVL(Mem{Base: p}, y.As32())
	g.ADDQ(Imm(4), p)
	// The state, and the next one. A bin is less probable where bin ends as 1.
	g.MOVL(y.As32(), shift.As32())
	g.SHRL(Imm(1), shift.As32())
	g.ANDL(U32(1023), shift.As32())
	g.MOVBLZX(Mem{Base: states, Index: shift, Scale: 1}, s.As32())
	g.MOVL(y.As32(), bin.As32())
	g.ANDL(Imm(1), bin.As32())
	g.LEAL(Mem{Base: bin, Index: s, Scale: 2}, next.As32())
	g.MOVBLZX(Mem{Base: tables, Index: next, Scale: 1}, next.As32())
	g.MOVB(next.As8(), Mem{Base: states, Index: shift, Scale: 1})
	g.MOVQ(Mem{Base: tables, Index: s, Scale: 8, Disp: tableRanges}, entry)
	g.XORL(s.As32(), bin.As32())
	// Both ranges, shifted, and both shifts.
	g.MOVL(rng.As32(), reg.ECX)
	g.SHRL(Imm(2), reg.ECX)
	g.ANDL(Imm(0x30), reg.ECX)
	g.SHRQ(reg.CL, entry)
	g.MOVBLZX(entry.As8(), lps.As32())
	g.SUBL(lps.As32(), rng.As32())
	g.SHRL(Imm(8), entry.As32())
	g.ANDL(Imm(7), entry.As32())
	g.MOVL(entry.As32(), reg.ECX)
	g.SHLL(reg.CL, lps.As32())
	g.MOVL(rng.As32(), shift.As32())
	g.SHRL(Imm(8), shift.As32())
	g.XORL(Imm(1), shift.As32())
	g.LEAQ(Mem{Base: low, Index: rng, Scale: 1}, s)
	g.LEAL(Mem{Base: rng, Index: rng, Scale: 1}, next.As32())
	g.CMPL(rng.As32(), U32(256))
	g.CMOVLCS(next.As32(), rng.As32())
	g.TESTL(U32(1), bin.As32())
	g.CMOVQNE(s, low)
	g.CMOVLNE(entry.As32(), shift.As32())
	g.CMOVLNE(lps.As32(), rng.As32())
	// The bins behind it.
	g.MOVL(y.As32(), next.As32())
	g.SHRL(Imm(bypassCount), next.As32())
	g.ANDL(Imm(15), next.As32())
	g.ADDL(next.As32(), shift.As32())
	g.SHRL(Imm(bypassBins), y.As32())
	g.IMULQ(rng, y)
	g.MOVL(shift.As32(), reg.ECX)
	g.SHLQ(reg.CL, low)
	g.ADDQ(y, low)
	g.ADDL(shift.As32(), pending.As32())
	g.CMPL(pending.As32(), U32(42))
	g.JCC(LabelRef("word"))
	g.Label("behind")
	g.CMPQ(p, end)
	g.JNE(LabelRef("symbol"))

	g.Load(g.Param("b"), b)
	g.MOVQ(low, Mem{Base: b})
	g.MOVL(rng.As32(), Mem{Base: b, Disp: binsRange})
	g.MOVL(pending.As32(), Mem{Base: b, Disp: binsPending})
	g.SUBQ(g.argument("symbols"), out)
	g.SHRQ(Imm(1), out)
	g.ADDQ(carry, out)
	g.Store(out, g.ReturnIndex(0))
	g.RET()

	g.Label("word")
	g.SUBL(U32(32), pending.As32())
	g.MOVL(pending.As32(), reg.ECX)
	g.MOVQ(low, y)
	g.SHRQ(reg.CL, y)
	g.MOVQ(y, s)
	g.SHLQ(reg.CL, s)
	g.SUBQ(s, low)
	g.MOVL(y.As32(), Mem{Base: out})
	g.MOVQ(out, s)
	g.ADDQ(Imm(4), out)
	g.SHRQ(Imm(32), y)
	g.JZ(LabelRef("behind"))
	g.Label("carry")
	g.CMPQ(s, g.argument("symbols"))
	g.JEQ(LabelRef("beyond"))
	g.SUBQ(Imm(4), s)
	g.ADDL(Imm(1), Mem{Base: s})
	g.JCS(LabelRef("carry"))
	g.JMP(LabelRef("behind"))
	g.Label("beyond")
	g.MOVQ(I32(1), carry)
	g.JMP(LabelRef("behind"))
}
