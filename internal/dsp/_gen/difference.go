package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// difference writes SAD and SATD.
func difference(g *gen) {
	for _, w := range []int{16, 8, 4} {
		g.sad(w)
		g.sadFour(w)
	}
	signs := g.signs()
	for _, avg := range []bool{false, true} {
		g.satd(satdShape{"16", 16, 4}, signs, avg)
		g.satd(satdShape{"8", 8, 8}, signs, avg)
		g.satd(satdShape{"8x4", 8, 4}, signs, avg)
		g.satd(satdShape{"4x8", 4, 8}, signs, avg)
		g.satd4x4(signs, avg)
		g.satdFour(satdShape{"16", 16, 4}, signs, avg)
		g.satdFour(satdShape{"8", 8, 8}, signs, avg)
		g.satdFour(satdShape{"8x4", 8, 4}, signs, avg)
		g.satdFour(satdShape{"4x8", 4, 8}, signs, avg)
		g.satdFour4x4(signs, avg)
	}
	g.sadPairs()
	g.satd4x4Each(signs)
	g.satdEdges(satdShape{"16", 16, 4}, signs)
	g.satdEdges(satdShape{"8", 8, 8}, signs)
}

// sadPairs has the sums of the first samples in the low half of its vectors, and of the second in the high half.
func (g *gen) sadPairs() {
	g.function("sadPairsAVX2", "(cb, cr *uint8, stride int, r *uint8, rStride int) (sadCb, sadCr int)",
		"sadPairsAVX2 is SADPairs.")
	cb := g.block("cb", "stride").with3(g)
	cr, r := block{g.param("cr"), cb.stride, cb.stride3}, g.block("r", "rStride").with3(g)
	apart := g.XMM()
	g.VMOVDQU(g.constant("apart", 0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15), apart)
	var sum reg.VecVirtual
	for y := range 8 {
		if y == 4 {
			for _, b := range []block{cb, cr, r} {
				b.next(g, 4)
			}
		}
		v, p := g.XMM(), g.XMM()
		g.VMOVDQU(r.row(y&3), p)
		g.VPSHUFB(apart, p, p)
		g.VMOVQ(cb.row(y&3), v)
		g.VPINSRQ(Imm(1), cr.row(y&3), v, v)
		g.VPSADBW(p, v, v)
		if y == 0 {
			sum = v
		} else {
			g.VPADDQ(v, sum, sum)
		}
	}
	first, second := g.GP64(), g.GP64()
	g.VMOVQ(sum, first)
	g.VPEXTRQ(Imm(1), sum, second)
	g.Store(first, g.ReturnIndex(0))
	g.Store(second, g.ReturnIndex(1))
	g.RET()
}

// A reference is a block, or the average of two with the same stride.
type reference struct {
	p, q block
	avg  bool
}

const (
	plainSignature = "(a *uint8, aStride int, r *uint8, rStride int%s) int"
	avgSignature   = "(a *uint8, aStride int, p, q *uint8, rStride int%s) int"
)

// reference takes the reference of the parameters r, or p and q.
func (g *gen) reference(avg bool) reference {
	if !avg {
		return reference{p: g.block("r", "rStride")}
	}
	p := g.block("p", "rStride")
	return reference{p: p, q: block{p: g.param("q"), stride: p.stride}, avg: true}
}

func (r reference) with3(g *gen) reference {
	r.p = r.p.with3(g)
	r.q.stride3 = r.p.stride3
	return r
}

func (r reference) next(g *gen, n int) {
	r.p.next(g, n)
	if r.avg {
		r.q.next(g, n)
	}
}

// below is the reference four rows further down.
func (r reference) below(g *gen) reference {
	down := func(b block) block {
		p := g.GP64()
		g.LEAQ(Mem{Base: b.p, Index: b.stride, Scale: 4}, p)
		b.p = p
		return b
	}
	r.p = down(r.p)
	if r.avg {
		r.q = down(r.q)
	}
	return r
}

// load applies load to the reference, or to both and averages.
func (r reference) load(g *gen, load func(block) reg.VecVirtual) reg.VecVirtual {
	v := load(r.p)
	if r.avg {
		w := load(r.q)
		g.VPAVGB(w, v, v)
	}
	return v
}

// sum64 adds up both 64-bit lanes of x.
func (g *gen) sum64(x reg.VecVirtual) reg.GPVirtual {
	high, sum := g.XMM(), g.GP64()
	g.VPSHUFD(Imm(0xee), x, high)
	g.VPADDQ(high, x, x)
	g.VMOVQ(x, sum)
	return sum
}

// pair loads rows y and y+1 of 8 samples.
func (g *gen) pair(b block, y int) reg.VecVirtual {
	v := g.XMM()
	g.VMOVQ(b.row(y), v)
	g.VPINSRQ(Imm(1), b.row(y+1), v, v)
	return v
}

// quad loads four rows of 4 samples.
func (g *gen) quad(b block) reg.VecVirtual {
	v, w, x := g.XMM(), g.XMM(), g.XMM()
	g.VMOVD(b.row(0), v)
	g.VPINSRD(Imm(1), b.row(1), v, v)
	g.VPBROADCASTD(b.row(2), w)
	g.VPBLENDD(Imm(4), w, v, v)
	g.VPBROADCASTD(b.row(3), x)
	g.VPBLENDD(Imm(8), x, v, v)
	return v
}

// sad writes the SAD of h rows, a multiple of 4.
func (g *gen) sad(w int) {
	name := sprintf("sad%dAVX2", w)
	g.function(name, sprintf(plainSignature, ", h int"),
		sprintf("%s is the SAD of %d columns and h rows, a multiple of 4.", name, w))
	a, r, h := g.block("a", "aStride").with3(g), g.block("r", "rStride").with3(g), g.param("h")
	sum, sum2 := g.XMM(), g.XMM()
	g.VPXOR(sum, sum, sum)
	g.VPXOR(sum2, sum2, sum2)
	g.Label("rows")
	switch w {
	case 16:
		for y := range 4 {
			v := g.XMM()
			g.VMOVDQU(r.row(y), v)
			g.VPSADBW(a.row(y), v, v)
			g.VPADDQ(v, sum, sum)
			sum, sum2 = sum2, sum
		}
	case 8:
		for y := 0; y < 4; y += 2 {
			v, s := g.pair(r, y), g.pair(a, y)
			g.VPSADBW(s, v, v)
			g.VPADDQ(v, sum, sum)
			sum, sum2 = sum2, sum
		}
	case 4:
		v, s := g.quad(r), g.quad(a)
		g.VPSADBW(s, v, v)
		g.VPADDQ(v, sum, sum)
	}
	a.next(g, 4)
	r.next(g, 4)
	g.SUBQ(Imm(4), h)
	g.JNZ(LabelRef("rows"))
	g.VPADDQ(sum2, sum, sum)
	g.result(g.sum64(sum))
}

// sadFour writes the SADs of a block against four of the same stride, at offsets from r.
func (g *gen) sadFour(w int) {
	name := sprintf("sadFour%dAVX2", w)
	g.function(name, "(out *[4]int, a *uint8, aStride int, r *uint8, rStride int, at *[4]int, h, limit int)",
		sprintf("%s is SADBelow4 of %d columns and h rows, a multiple of 4.", name, w))
	a, first, at, h := g.block("a", "aStride"), g.block("r", "rStride"), g.param("at"), g.param("h")
	if w == 4 {
		a, first = a.with3(g), first.with3(g)
	}
	var r [4]block
	for k := range r {
		r[k] = first
		r[k].p = g.GP64()
		g.MOVQ(Mem{Base: at, Disp: 8 * k}, r[k].p)
		g.ADDQ(first.p, r[k].p)
	}
	var sum [4]reg.VecVirtual
	for k := range sum {
		sum[k] = g.XMM()
		g.VPXOR(sum[k], sum[k], sum[k])
	}
	step := 2
	if w == 4 {
		step = 4
	}
	g.Label("rows")
	switch w {
	case 16:
		for y := range 2 {
			v := g.XMM()
			g.VMOVDQU(a.row(y), v)
			for k := range r {
				d := g.XMM()
				g.VPSADBW(r[k].row(y), v, d)
				g.VPADDQ(d, sum[k], sum[k])
			}
		}
	case 8, 4:
		load := func(b block) reg.VecVirtual { return g.pair(b, 0) }
		if w == 4 {
			load = g.quad
		}
		v := load(a)
		for k := range r {
			d := load(r[k])
			g.VPSADBW(v, d, d)
			g.VPADDQ(d, sum[k], sum[k])
		}
	}
	a.next(g, step)
	for k := range r {
		r[k].next(g, step)
	}
	g.SUBQ(Imm(uint64(step)), h)
	g.JNZ(LabelRef("rows"))
	// The two halves of each sum, side by side.
	g.VPACKUSDW(sum[1], sum[0], sum[0])
	g.VPACKUSDW(sum[3], sum[2], sum[2])
	g.VPHADDD(sum[2], sum[0], sum[0])
	g.storeFour(sum[0])
}
