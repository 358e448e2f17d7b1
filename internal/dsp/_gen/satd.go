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
	weights := g.weights(s, signs)
	sum := g.vector(s.wide())
	g.VPXOR(sum, sum, sum)
	g.Label("rows")
	v := g.firstStage(s, weights, r)
	for y, w := range g.firstStage(s, weights, reference{p: a}) {
		g.VPSUBW(v[y], w, v[y])
	}
	g.laterStages(v, sum)
	a.next(g, s.h)
	r.next(g, s.h)
	g.SUBQ(Imm(uint64(s.h)), h)
	g.JNZ(LabelRef("rows"))
	g.result(g.sum16(sum))
}

// satdFour writes the SATD of a shape against four averages of two blocks, or against four blocks, at offsets from r.
func (g *gen) satdFour(s satdShape, signs signs, avg bool) {
	name, against := "satdFour"+s.name+"AVX2", "the first blocks of the pairs at"
	if avg {
		name, against = "satdAvgFour"+s.name+"AVX2", "the averages of the pairs at"
	}
	g.function(name, "(out *[4]int, a *uint8, aStride int, r *uint8, rStride int, at *[4][2]int, h, limit int)",
		sprintf("%s is SATDBelow4 against %s, of %d columns and h rows, a multiple of %d.", name, against, s.w, s.h))
	a, r, at, h := g.block("a", "aStride").with3(g), g.block("r", "rStride").with3(g), g.param("at"), g.param("h")
	weights := g.weights(s, signs)
	var sum [4]reg.VecVirtual
	for k := range sum {
		sum[k] = g.vector(s.wide())
		g.VPXOR(sum[k], sum[k], sum[k])
	}
	g.Label("rows")
	src := g.firstStage(s, weights, reference{p: a})
	for k := range sum {
		v := g.firstStage(s, weights, r.pair(g, at, k, avg))
		for y := range v {
			g.VPSUBW(v[y], src[y], v[y])
		}
		g.laterStages(v, sum[k])
	}
	a.next(g, s.h)
	r.next(g, s.h)
	g.SUBQ(Imm(uint64(s.h)), h)
	g.JNZ(LabelRef("rows"))
	for k := range sum {
		g.VPMADDWD(g.ones(s.wide()), sum[k], sum[k])
	}
	g.VPHADDD(sum[1], sum[0], sum[0])
	g.VPHADDD(sum[3], sum[2], sum[2])
	g.VPHADDD(sum[2], sum[0], sum[0])
	x := sum[0].AsX()
	if s.wide() {
		high := g.XMM()
		g.VEXTRACTI128(Imm(1), sum[0], high)
		g.VPADDD(high, x, x)
	}
	g.storeFour(x)
}

// pair takes pair k at offsets from b.
func (b block) pair(g *gen, at reg.GPVirtual, k int, avg bool) reference {
	block := func(i int) block {
		c := b
		c.p = g.GP64()
		g.MOVQ(Mem{Base: at, Disp: 16*k + 8*i}, c.p)
		g.ADDQ(b.p, c.p)
		return c
	}
	pair := reference{p: block(0), avg: avg}
	if avg {
		pair.q = block(1)
	}
	return pair
}

// storeFour stores the four 32-bit lanes of x, but at most limit, as the integers of out.
func (g *gen) storeFour(x Op) {
	v, limit, most := g.YMM(), g.YMM(), g.YMM()
	g.VPMOVSXDQ(x, v)
	g.VPBROADCASTQ(g.argument("limit"), limit)
	g.VPCMPGTQ(limit, v, most)
	g.VPBLENDVB(most, limit, v, v)
	g.VMOVDQU(v, Mem{Base: g.param("out")})
	g.VZEROUPPER()
	g.RET()
}

func (g *gen) weights(s satdShape, signs signs) reg.VecVirtual {
	weights := g.vector(s.wide())
	if s.wide() {
		g.VMOVDQU(signs.ymm, weights)
	} else {
		g.VMOVDQU(signs.xmm, weights)
	}
	return weights
}

// firstStage loads four rows of a shape and makes sums and differences of neighbouring samples.
func (g *gen) firstStage(s satdShape, weights reg.VecVirtual, r reference) (v [4]reg.VecVirtual) {
	upper, lower := r, r
	if s.h == 8 {
		lower = r.below(g)
	}
	row := func(r reference, y int) reg.VecVirtual {
		return r.load(g, func(b block) reg.VecVirtual {
			x := g.vector(s.wide())
			switch s.w {
			case 16:
				g.VBROADCASTI128(b.row(y), x)
			case 8:
				g.VPBROADCASTQ(b.row(y), x)
			case 4:
				g.VPBROADCASTD(b.row(y), x)
			}
			return x
		})
	}
	for y := range v {
		v[y] = row(upper, y)
		switch {
		case s.h == 8 && s.w == 8:
			g.VPBLENDD(Imm(0xcc), row(lower, y), v[y], v[y])
		case s.h == 8 && s.w == 4:
			g.VPBLENDD(Imm(0xa), row(lower, y), v[y], v[y])
		}
		g.VPMADDUBSW(weights, v[y], v[y])
	}
	return v
}

// columnStages makes the columns' transform: v[0] has their sums.
func (g *gen) columnStages(v *[4]reg.VecVirtual) {
	g.butterfly(&v[0], &v[1])
	g.butterfly(&v[2], &v[3])
	g.butterfly(&v[0], &v[2])
	g.butterfly(&v[1], &v[3])
}

// laterStages makes the columns' transform and the last stage of the rows', and adds the absolute values to sum.
func (g *gen) laterStages(v [4]reg.VecVirtual, sum reg.VecVirtual) {
	g.columnStages(&v)
	g.VPADDW(g.greaterOfNeighbours(v[0], v[1]), sum, sum)
	g.VPADDW(g.greaterOfNeighbours(v[2], v[3]), sum, sum)
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
	g.result(g.sum16(g.greaterOfNeighbours(even, odd)))
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
