package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// satdShape is how a SATD walks over a block of w columns: each step takes h rows as four rows of 8 or 16 samples, where
// the rows 4 to 7, if there are any, stand to the right of the rows 0 to 3.
type satdShape struct {
	name string
	w, h int
}

func (s satdShape) wide() bool { return s.w*s.h == 64 }

// signs are the weights of neighbouring samples in the first stage: sums, then differences.
type signs struct{ xmm, ymm Mem }

func (g *gen) signs() signs {
	const sums, differences = 0x0101010101010101, 0xff01ff01ff01ff01
	return signs{g.table("signs8", sums, differences), g.table("signs16", sums, sums, differences, differences)}
}

// satd writes the SATD of a shape.
//
// The first stage of the transform of rows, sums and differences of neighbours, comes with the widening to 16 bits
// (VPMADDUBSW); two stages of columns follow on whole registers; and of the last stage, p+q and p-q, half of the sum of
// the absolute values is the greater of |p| and |q|.
func (g *gen) satd(s satdShape, signs signs, avg bool) {
	name, signature, against := "satd"+s.name+"AVX2", plainSignature, "r"
	if avg {
		name, signature, against = "satdAvg"+s.name+"AVX2", avgSignature, "the average of p and q"
	}
	g.function(name, sprintf(signature, ", h int"),
		sprintf("%s is the SATD against %s of %d columns and h rows, a multiple of %d.", name, against, s.w, s.h))
	a, r, h := g.block("a", "aStride").with3(g), g.reference(avg).with3(g), g.param("h")
	lower := func(b block) block { // the rows 4 to 7
		if s.h == 8 {
			p := g.GP64()
			g.LEAQ(Mem{Base: b.p, Index: b.stride, Scale: 4}, p)
			b.p = p
		}
		return b
	}
	weights := g.vector(s.wide())
	if s.wide() {
		g.VMOVDQU(signs.ymm, weights)
	} else {
		g.VMOVDQU(signs.xmm, weights)
	}
	sum, ones := g.vector(s.wide()), g.vector(s.wide())
	g.VPXOR(sum, sum, sum)
	g.Label("rows")
	a4, p4, q4 := lower(a), lower(r.p), block{}
	if avg {
		q4 = lower(r.q)
	}
	var v [4]reg.VecVirtual
	for y := range v {
		load := func(b, b4 block) reg.VecVirtual {
			x := g.vector(s.wide())
			switch {
			case s.w == 16:
				g.VBROADCASTI128(b.row(y), x)
			case s.h == 4:
				g.VPBROADCASTQ(b.row(y), x)
			case s.w == 8:
				low := g.vector(true)
				g.VPBROADCASTQ(b.row(y), low)
				g.VPBROADCASTQ(b4.row(y), x)
				g.VPBLENDD(Imm(0x33), low, x, x)
			case s.w == 4:
				low := g.XMM()
				g.VPBROADCASTD(b.row(y), low)
				g.VPBROADCASTD(b4.row(y), x)
				g.VPBLENDD(Imm(0x5), low, x, x)
			}
			return x
		}
		v[y] = load(r.p, p4)
		if avg {
			w := load(r.q, q4)
			g.VPAVGB(w, v[y], v[y])
		}
		w := load(a, a4)
		g.VPMADDUBSW(weights, v[y], v[y])
		g.VPMADDUBSW(weights, w, w)
		g.VPSUBW(v[y], w, v[y])
	}
	g.butterfly(&v[0], &v[1])
	g.butterfly(&v[2], &v[3])
	g.butterfly(&v[0], &v[2])
	g.butterfly(&v[1], &v[3])
	m, n := g.greaterOfNeighbours(v[0], v[1]), g.greaterOfNeighbours(v[2], v[3])
	g.VPADDW(m, sum, sum)
	g.VPADDW(n, sum, sum)
	a.next(g, s.h)
	r.next(g, s.h)
	g.SUBQ(Imm(uint64(s.h)), h)
	g.JNZ(LabelRef("rows"))
	g.VPCMPEQW(ones, ones, ones)
	g.VPSRLW(Imm(15), ones, ones)
	g.VPMADDWD(ones, sum, sum)
	g.result(g.sum32(sum, s.wide()))
}

// satd4x4 writes the SATD of a 4x4 block. Rows 0 and 1 share a register, and so do rows 2 and 3, so that the second stage
// of the transform of columns is between the parts of a register.
func (g *gen) satd4x4(signs signs, avg bool) {
	name, signature, against := "satd4x4AVX2", plainSignature, "r"
	if avg {
		name, signature, against = "satdAvg4x4AVX2", avgSignature, "the average of p and q"
	}
	g.function(name, sprintf(signature, ""), sprintf("%s is the SATD against %s of a 4x4 block.", name, against))
	a, r := g.block("a", "aStride").with3(g), g.reference(avg).with3(g)
	weights := g.XMM()
	g.VMOVDQU(signs.xmm, weights)
	var v [2]reg.VecVirtual
	for k := range v {
		load := func(b block) reg.VecVirtual {
			x, y := g.XMM(), g.XMM()
			g.VPBROADCASTD(b.row(2*k), y)
			g.VPBROADCASTD(b.row(2*k+1), x)
			g.VPBLENDD(Imm(0x5), y, x, x)
			return x
		}
		v[k] = r.load(g, load)
		w := load(a)
		g.VPMADDUBSW(weights, v[k], v[k])
		g.VPMADDUBSW(weights, w, w)
		g.VPSUBW(v[k], w, v[k])
	}
	g.butterfly(&v[0], &v[1])
	even, odd := g.XMM(), g.XMM()
	g.VSHUFPS(Imm(0x88), v[1], v[0], even)
	g.VSHUFPS(Imm(0xdd), v[1], v[0], odd)
	g.butterfly(&even, &odd)
	m, ones := g.greaterOfNeighbours(even, odd), g.XMM()
	g.VPCMPEQW(ones, ones, ones)
	g.VPSRLW(Imm(15), ones, ones)
	g.VPMADDWD(ones, m, m)
	g.result(g.sum32(m, false))
}

// greaterOfNeighbours returns max(|p|,|q|) of the pairs of neighbouring 16-bit lanes p and q, those of v in the even
// lanes, those of w in the odd ones.
func (g *gen) greaterOfNeighbours(v, w reg.VecVirtual) reg.VecVirtual {
	first, second := g.like(v), g.like(v)
	g.VPABSW(v, v)
	g.VPABSW(w, w)
	g.VPSLLD(Imm(16), w, first)
	g.VPBLENDW(Imm(0xaa), first, v, first)
	g.VPSRLD(Imm(16), v, second)
	g.VPBLENDW(Imm(0xaa), w, second, second)
	g.VPMAXSW(first, second, first)
	return first
}
