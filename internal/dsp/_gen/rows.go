package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// rows writes measures of blocks of 8 columns that lie beside each other, four blocks a step.
func rows(g *gen) {
	g.sadRow()
	g.varianceRow()
	g.differRow("differRowAVX2", 128, 2048)
	g.differRow("differShortAVX2", 32, 128)
}

// storeBlocks stores the low 32 bits of four 64-bit lanes for the blocks from sample x on.
func (g *gen) storeBlocks(v reg.VecVirtual, out, x reg.GPVirtual) {
	high := g.XMM()
	g.VEXTRACTI128(Imm(1), v, high)
	g.VSHUFPS(Imm(0x88), high, low(v), high)
	g.VMOVDQU(high, g.blocks(out, x))
}

// blocks is where the results of 32 bits of the blocks from sample x on are.
func (g *gen) blocks(out, x reg.GPVirtual) Mem {
	at := g.GP64()
	g.MOVQ(x, at)
	g.SHRQ(Imm(1), at)
	return Mem{Base: out, Index: at, Scale: 1}
}

// at is row y of a block, x samples further right.
func (b block) at(g *gen, x reg.GPVirtual) block {
	p := g.GP64()
	g.LEAQ(Mem{Base: b.p, Index: x, Scale: 1}, p)
	return block{p, b.stride, b.stride3}
}

func (g *gen) sadRow() {
	g.function("sadRowAVX2", "(out *uint32, a *uint8, aStride int, r *uint8, rStride int, n int)",
		"sadRowAVX2 is SADRow of n columns, a multiple of 8 and at least 32.")
	out, n, x := g.param("out"), g.param("n"), g.GP64()
	a, r := g.block("a", "aStride").with3(g), g.block("r", "rStride").with3(g)
	g.XORQ(x, x)
	g.Label("columns")
	p, q := a.at(g, x), r.at(g, x)
	var sum reg.VecVirtual
	for y := range 8 {
		if y == 4 {
			p.next(g, 4)
			q.next(g, 4)
		}
		v := g.YMM()
		g.VMOVDQU(p.row(y&3), v)
		g.VPSADBW(q.row(y&3), v, v)
		if y == 0 {
			sum = v
		} else {
			g.VPADDQ(v, sum, sum)
		}
	}
	g.storeBlocks(sum, out, x)
	g.nextChunk(x, n, "columns", "done")
	g.VZEROUPPER()
	g.RET()
}

func (g *gen) varianceRow() {
	g.function("varianceRowAVX2", "(sums, squares *uint32, a *uint8, stride int, n, h int)",
		"varianceRowAVX2 is VarianceRow of n columns, a multiple of 8 and at least 32, and h rows.")
	sums, squares, n, h, x := g.param("sums"), g.param("squares"), g.param("n"), g.param("h"), g.GP64()
	a := g.block("a", "stride")
	zero := g.YMM()
	g.VPXOR(zero, zero, zero)
	g.XORQ(x, x)
	g.Label("columns")
	p, y := a.at(g, x), g.GP64()
	g.MOVQ(h, y)
	sum, even, odd := g.YMM(), g.YMM(), g.YMM() // squares of the even blocks and of the odd ones
	for _, v := range []reg.VecVirtual{sum, even, odd} {
		g.VPXOR(v, v, v)
	}
	g.Label("rows")
	v, u, s := g.YMM(), g.YMM(), g.YMM()
	g.VMOVDQU(p.row(0), s)
	g.VPUNPCKLBW(zero, s, v)
	g.VPUNPCKHBW(zero, s, u)
	g.VPSADBW(zero, s, s)
	g.VPADDQ(s, sum, sum)
	g.addSquares(v, even)
	g.addSquares(u, odd)
	g.ADDQ(p.stride, p.p)
	g.DECQ(y)
	g.JNZ(LabelRef("rows"))
	g.storeBlocks(sum, sums, x)
	g.VPHADDD(odd, even, even)
	g.VPHADDD(even, even, even)
	g.VPERMQ(Imm(0x08), even, even)
	g.VMOVDQU(low(even), g.blocks(squares, x))
	g.nextChunk(x, n, "columns", "done")
	g.VZEROUPPER()
	g.RET()
}

// differRow goes through memory row by row, as that is read fastest, and keeps the bits that differ in a row of its own.
func (g *gen) differRow(name string, columns, most int) {
	const flagged = 128 // columns
	g.function(name, "(out *uint64, a *uint8, aStride int, r *uint8, rStride int, n, h int, narrow bool)",
		sprintf("%s is DifferRow of n columns, from %d to %d, and h rows, in blocks of 8 columns or of 16.", name, columns, most))
	g.Attributes(0) // there is room for the row on any stack
	out, n, h, x := g.param("out"), g.param("n"), g.param("h"), g.GP64()
	a, r := g.block("a", "aStride"), g.block("r", "rStride")
	row, zero := g.GP64(), g.YMM()
	g.LEAQ(g.AllocLocal(most+flagged), row)
	g.VPXOR(zero, zero, zero)
	at := func(p reg.Register, i int) Mem { return Mem{Base: p, Index: x, Scale: 1, Disp: 32 * i} }

	narrow := g.Load(g.Param("narrow"), g.GP64()).(reg.GPVirtual)
	halves := g.YMM() // ones if half of 16 columns is a block
	g.VMOVQ(narrow, low(halves))
	g.VPBROADCASTQ(low(halves), halves)
	g.VPSUBQ(halves, zero, halves)

	g.Comment("Beyond the last column is what doesn't differ.")
	g.MOVQ(n, x)
	for i := range flagged / 32 {
		g.VMOVDQU(zero, at(row, i))
	}
	differences := func(label string, more bool) {
		g.XORQ(x, x)
		g.Label(label)
		for i := range columns / 32 {
			v := g.YMM()
			g.VMOVDQU(at(a.p, i), v)
			g.VPXOR(at(r.p, i), v, v)
			if more {
				g.VPOR(at(row, i), v, v)
			}
			g.VMOVDQU(v, at(row, i))
		}
		g.nextColumns(columns, x, n, label, label+"Done")
		g.DECQ(h)
		g.JZ(LabelRef("flags"))
	}
	differences("first", false)
	g.Label("rows")
	g.ADDQ(a.stride, a.p)
	g.ADDQ(r.stride, r.p)
	differences("more", true)
	g.TESTQ(U32(3), h)
	g.JNZ(LabelRef("rows"))

	g.Comment("As long as a block is the same.")
	g.XORQ(x, x)
	g.Label("check")
	var same reg.VecVirtual
	for i := range columns / 32 {
		v, other := g.YMM(), g.YMM()
		g.VPCMPEQQ(at(row, i), zero, v)
		g.VPSHUFD(Imm(0x4e), v, other)
		g.VPOR(halves, other, other)
		g.VPAND(other, v, v)
		if i == 0 {
			same = v
		} else {
			g.VPOR(v, same, same)
		}
	}
	g.VPTEST(same, same)
	g.JNZ(LabelRef("rows"))
	g.nextColumns(columns, x, n, "check", "flags")

	g.XORQ(x, x)
	g.TESTQ(narrow, narrow)
	g.JZ(LabelRef("wide"))
	g.Label("narrow")
	bits := g.sameBits(at(row, 0), zero)
	for i := 1; i < 4; i++ {
		more := g.sameBits(at(row, i), zero)
		g.SHLL(Imm(uint64(4*i)), more)
		g.ORL(more, bits)
	}
	g.NOTL(bits)
	g.MOVW(bits.As16(), Mem{Base: out})
	g.ADDQ(Imm(2), out)
	g.ADDQ(Imm(flagged), x)
	g.CMPQ(x, n)
	g.JLT(LabelRef("narrow"))
	g.VZEROUPPER()
	g.RET()

	g.Label("wide")
	bits = g.samePairs(at(row, 0), at(row, 1), zero)
	more := g.samePairs(at(row, 2), at(row, 3), zero)
	g.SHLL(Imm(4), more)
	g.ORL(more, bits)
	g.NOTL(bits)
	g.MOVB(bits.As8(), Mem{Base: out})
	g.INCQ(out)
	g.ADDQ(Imm(flagged), x)
	g.CMPQ(x, n)
	g.JLT(LabelRef("wide"))
	g.VZEROUPPER()
	g.RET()
}

// sameBits returns a bit for each of four blocks of 8 bytes that are zero.
func (g *gen) sameBits(m Mem, zero reg.VecVirtual) reg.GPVirtual {
	v, bits := g.YMM(), g.GP32()
	g.VPCMPEQQ(m, zero, v)
	g.VMOVMSKPD(v, bits)
	return bits
}

// samePairs returns a bit for each of four blocks of 16 bytes that are zero, two in m and two in next.
func (g *gen) samePairs(m, next Mem, zero reg.VecVirtual) reg.GPVirtual {
	v, u, w, bits := g.YMM(), g.YMM(), g.YMM(), g.GP32()
	g.VPCMPEQQ(m, zero, v)
	g.VPCMPEQQ(next, zero, u)
	g.VPUNPCKLQDQ(u, v, w)
	g.VPUNPCKHQDQ(u, v, v)
	g.VPAND(v, w, w)
	g.VPERMQ(Imm(0xd8), w, w)
	g.VMOVMSKPD(w, bits)
	return bits
}
