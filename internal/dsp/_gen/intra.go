package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// intra writes the intra predictions.
func intra(g *gen) {
	g.predict4x4()
	g.predict16x16()
	g.predictChroma8x8()
}

// pick is a place in the edge of a 4x4 block: of the samples as they are, averaged with the next, or filtered with both
// neighbours.
type pick struct{ filter, place int }

const (
	asIs = iota
	two
	three
)

// picks returns what sample (x, y) of a mode is.
func picks(mode, x, y int) pick {
	const left, corner, top = 4, 5, 6
	switch mode {
	case 0:
		return pick{asIs, top + x}
	case 1:
		return pick{asIs, left - y}
	case 3:
		return pick{three, top + 1 + x + y}
	case 4:
		return pick{three, corner + x - y}
	case 5:
		switch z := 2*x - y; {
		case z >= 0 && z&1 == 0:
			return pick{two, corner + x - y>>1}
		case z >= -1:
			return pick{three, corner + x - y>>1}
		}
		return pick{three, corner + 1 - y}
	case 6:
		switch z := 2*y - x; {
		case z >= 0 && z&1 == 0:
			return pick{two, left - y + x>>1}
		case z >= -1:
			return pick{three, corner - y + x>>1}
		}
		return pick{three, corner - 1 + x}
	case 7:
		if y&1 == 0 {
			return pick{two, top + x + y>>1}
		}
		return pick{three, top + 1 + x + y>>1}
	}
	switch z := x + 2*y; {
	case z > 5:
		return pick{two, 0}
	case z == 5:
		return pick{three, 1}
	case z&1 == 0:
		return pick{two, left - 1 - z>>1}
	default:
		return pick{three, left - 1 - z>>1}
	}
}

// shuffles returns the shuffle that picks the samples of two modes from the edge with one filter; any says whether it
// picks any.
func shuffles(filter, mode int) (bytes []uint8, any bool) {
	for i := range 32 {
		p := picks(mode+i/16, i%4, i/4%4)
		b := uint8(0x80)
		if p.filter == filter {
			b, any = uint8(p.place), true
		}
		bytes = append(bytes, b)
	}
	return bytes, any
}

func (g *gen) predict4x4() {
	g.function("predict4x4AVX2", "(dst *[9][16]uint8, edge *[16]uint8, dc uint8)", "predict4x4AVX2 is Predict4x4.")
	dst, edge := g.param("dst"), g.YMM()
	g.VBROADCASTI128(Mem{Base: g.param("edge")}, edge)
	next, previous, odd, average, filtered := g.YMM(), g.YMM(), g.YMM(), g.YMM(), g.YMM()
	g.VPSRLDQ(Imm(1), edge, next)
	g.VPSLLDQ(Imm(1), edge, previous)
	g.VPAVGB(next, edge, average)
	// The average of both neighbours, rounded down, averaged with the sample between them.
	g.VPXOR(next, previous, odd)
	g.VPAND(g.lanes8("ones8", 1), odd, odd)
	g.VPAVGB(next, previous, filtered)
	g.VPSUBB(odd, filtered, filtered)
	g.VPAVGB(edge, filtered, filtered)
	for _, mode := range []int{0, 3, 5, 7} {
		var all vec
		for filter, from := range []vec{edge, average, filtered} {
			bytes, any := shuffles(filter, mode)
			if !any {
				continue
			}
			v := g.YMM()
			g.VPSHUFB(g.constant(sprintf("mode%dfilter%d", mode, filter), bytes...), from, v)
			if all != nil {
				g.VPOR(all, v, v)
			}
			all = v
		}
		g.VMOVDQU(all, Mem{Base: dst, Disp: 16 * mode})
	}
	dc := g.XMM()
	g.VPBROADCASTB(g.paramAddr("dc"), dc)
	g.VMOVDQU(dc, Mem{Base: dst, Disp: 32})
	g.VZEROUPPER()
	g.RET()
}

// paramAddr is the place of a parameter in memory.
func (g *gen) paramAddr(name string) Mem {
	p, err := g.Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	return p.Addr
}

// slope returns (factor*s+32)>>6, where s is the sum of (i-middle)*p[i] over the samples of p, less middle+1 times the
// corner.
func (g *gen) slope(name string, p reg.GPVirtual, size, middle int, factor uint64) reg.GPVirtual {
	var weights []uint8
	for i := range 16 {
		w := 0
		if i < size {
			w = i - middle
		}
		weights = append(weights, uint8(w))
	}
	v, t, ones, sum := g.XMM(), g.XMM(), g.XMM(), g.GP64()
	if size == 16 {
		g.VMOVDQU(Mem{Base: p}, v)
	} else {
		g.VMOVQ(Mem{Base: p}, v)
	}
	g.VPMADDUBSW(g.constant(name, weights...), v, v)
	g.VPCMPEQW(ones, ones, ones)
	g.VPSRLW(Imm(15), ones, ones)
	g.VPMADDWD(ones, v, v)
	g.VPSHUFD(Imm(0xee), v, t)
	g.VPADDD(t, v, v)
	g.VPSHUFD(Imm(0x55), v, t)
	g.VPADDD(t, v, v)
	g.VMOVD(v, sum.As32())
	corner := g.GP64()
	g.Load(g.Param("corner"), corner.As8())
	g.MOVBLZX(corner.As8(), corner.As32())
	g.SHLL(Imm(uint64(map[int]int{7: 3, 3: 2}[middle])), corner.As32())
	g.SUBL(corner.As32(), sum.As32())
	g.IMUL3L(Imm(factor), sum.As32(), sum.As32())
	g.ADDL(Imm(32), sum.As32())
	g.SARL(Imm(6), sum.As32())
	return sum
}

// planeRow returns the first row of the plane prediction, times 32, and the step to the next row.
func (g *gen) planeRow(top, left reg.GPVirtual, size, middle int, factor uint64) (row, step vec) {
	b, c := g.slope("slope"+sprintf("%d", size), top, size, middle, factor), g.slope("slope"+sprintf("%d", size), left, size, middle, factor)
	first, t := g.GP64(), g.GP64()
	g.MOVBLZX(Mem{Base: top, Disp: size - 1}, first.As32())
	g.MOVBLZX(Mem{Base: left, Disp: size - 1}, t.As32())
	g.ADDL(t.As32(), first.As32())
	g.SHLL(Imm(4), first.As32())
	g.ADDL(Imm(16), first.As32())
	g.MOVL(b.As32(), t.As32())
	g.ADDL(c.As32(), t.As32())
	g.IMUL3L(Imm(uint64(middle)), t.As32(), t.As32())
	g.SUBL(t.As32(), first.As32())
	var x []uint8
	for i := range 16 {
		x = append(x, uint8(i), 0)
	}
	row, step = g.vector(size == 16), g.vector(size == 16)
	g.broadcast(b, row)
	g.VPMULLW(g.constant("columns", x...), row, row)
	f := g.vector(size == 16)
	g.broadcast(first, f)
	g.VPADDW(f, row, row)
	g.broadcast(c, step)
	return row, step
}

func (g *gen) predict16x16() {
	g.function("predict16x16AVX2", "(dst *[4][256]uint8, top, left *[16]uint8, corner, dc uint8)", "predict16x16AVX2 is Predict16x16.")
	dst, top, left := g.param("dst"), g.param("top"), g.param("left")
	above, beside, rows, ones, dc := g.YMM(), g.YMM(), g.YMM(), g.YMM(), g.YMM()
	g.VBROADCASTI128(Mem{Base: top}, above)
	g.VBROADCASTI128(Mem{Base: left}, beside)
	g.VPBROADCASTB(g.paramAddr("dc"), dc)
	var firstRows []uint8
	for i := range 32 {
		firstRows = append(firstRows, uint8(i/16))
	}
	g.VMOVDQU(g.constant("firstRows", firstRows...), rows)
	g.VMOVDQU(g.lanes8("twos8", 2), ones)
	row, step := g.planeRow(top, left, 16, 7, 5)
	for y := 0; y < 16; y += 2 {
		at := func(mode int) Mem { return Mem{Base: dst, Disp: 256*mode + 16*y} }
		g.VMOVDQU(above, at(0))
		v := g.YMM()
		g.VPSHUFB(rows, beside, v)
		g.VMOVDQU(v, at(1))
		g.VPADDB(ones, rows, rows)
		g.VMOVDQU(dc, at(2))
		v = g.shifted(row, 5)
		g.VPADDW(step, row, row)
		g.VMOVDQU(g.narrow(v, g.shifted(row, 5)), at(3))
		g.VPADDW(step, row, row)
	}
	g.VZEROUPPER()
	g.RET()
}

func (g *gen) predictChroma8x8() {
	g.function("predictChroma8x8AVX2", "(dst *[4][256]uint8, top, left *[8]uint8, corner uint8, dc *[4]uint8)",
		"predictChroma8x8AVX2 is PredictChroma8x8.")
	dst, top, left := g.param("dst"), g.param("top"), g.param("left")
	above, beside, rows, twos, dc := g.XMM(), g.XMM(), g.XMM(), g.XMM(), g.XMM()
	g.VMOVQ(Mem{Base: top}, above)
	g.VMOVQ(Mem{Base: left}, beside)
	g.VMOVD(Mem{Base: g.param("dc")}, dc)
	g.VPUNPCKLBW(dc, dc, dc)
	g.VPUNPCKLWD(dc, dc, dc) // four times each
	g.VMOVDQU(g.constant("firstHalfRows", 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1), rows)
	g.VMOVDQU(g.lanes8("twos8", 2), twos)
	row, step := g.planeRow(top, left, 8, 3, 34)
	for y := 0; y < 8; y += 2 {
		at := func(mode, n int) Mem { return Mem{Base: dst, Disp: 256*mode + 16*(y+n)} }
		for n := range 2 {
			if y < 4 {
				g.VMOVQ(dc, at(0, n))
			} else {
				g.VPEXTRQ(Imm(1), dc, at(0, n))
			}
			g.VMOVQ(above, at(2, n))
		}
		v := g.XMM()
		g.VPSHUFB(rows, beside, v)
		g.VMOVQ(v, at(1, 0))
		g.VPEXTRQ(Imm(1), v, at(1, 1))
		g.VPADDB(twos, rows, rows)
		v, w := g.shifted(row, 5), g.XMM()
		g.VPADDW(step, row, row)
		g.VPACKUSWB(g.shifted(row, 5), v, w)
		g.VPADDW(step, row, row)
		g.VMOVQ(w, at(3, 0))
		g.VPEXTRQ(Imm(1), w, at(3, 1))
	}
	g.RET()
}
