package main

import (
	. "github.com/mmcloughlin/avo/operand"
)

// scan8x8 writes what brings the levels of 8x8 blocks into order.
func scan8x8(g *gen) {
	g.zigZag8x8("zigZag8x8AVX2", "zigZag8x8AVX2 is ZigZag8x8.", zigZag)
	var inverse [64]int
	for i, r := range zigZag {
		inverse[r] = i
	}
	g.zigZag8x8("unZigZag8x8AVX2", "unZigZag8x8AVX2 is UnZigZag8x8.", inverse)
	g.splitScan8x8()
	g.joinScan8x8()
	g.magnitudes()
}

// zigZag is the raster position of each position of the 8x8 zig-zag scan: it follows the diagonals up and down in turn.
var zigZag = func() (places [64]int) {
	x, y, up := 0, 0, true
	for i := range places {
		places[i] = 8*y + x
		switch {
		case up && x == 7:
			y, up = y+1, false
		case up && y == 0:
			x, up = x+1, false
		case up:
			x, y = x+1, y-1
		case y == 7:
			x, up = x+1, true
		case x == 0:
			y, up = y+1, true
		default:
			x, y = x-1, y+1
		}
	}
	return places
}()

// zigZag8x8 writes a permutation that is symmetric: where position i comes from, 63-i comes from as far from the end. So
// eight results from the start and eight from the end share a register.
func (g *gen) zigZag8x8(name, doc string, from [64]int) {
	g.function(name, "(dst, src *[64]int16)", doc)
	dst, src := g.param("dst"), g.param("src")
	var rows [8]vec // row r in the low half, row 7-r in the high one
	for r := range rows {
		rows[r] = g.YMM()
		high := g.YMM()
		g.VBROADCASTI128(Mem{Base: src, Disp: 16 * r}, rows[r])
		g.VBROADCASTI128(Mem{Base: src, Disp: 16 * (7 - r)}, high)
		g.VPBLENDD(Imm(0xf0), high, rows[r], rows[r])
	}
	for o := range 4 {
		var all vec
		for r := range rows {
			bytes, any := make([]uint8, 32), false
			for i := range bytes {
				bytes[i] = 0x80
			}
			for i := range 8 {
				if f := from[8*o+i]; f/8 == r {
					if from[63-8*o-i] != 63-f {
						panic("not symmetric")
					}
					any = true
					bytes[2*i], bytes[2*i+1] = uint8(2*(f%8)), uint8(2*(f%8)+1)
					bytes[16+14-2*i], bytes[16+15-2*i] = uint8(14-2*(f%8)), uint8(15-2*(f%8))
				}
			}
			if !any {
				continue
			}
			v := g.YMM()
			g.VPSHUFB(g.constant(sprintf("%s%dfrom%d", name, o, r), bytes...), rows[r], v)
			if all != nil {
				g.VPOR(all, v, v)
			}
			all = v
		}
		g.VMOVDQU(low(all), Mem{Base: dst, Disp: 16 * o})
		g.VEXTRACTI128(Imm(1), all, Mem{Base: dst, Disp: 16 * (7 - o)})
	}
	g.VZEROUPPER()
	g.RET()
}

func (g *gen) splitScan8x8() {
	g.function("splitScan8x8AVX2", "(level *[4][16]int16, scan *[64]int16) int", "splitScan8x8AVX2 is SplitScan8x8.")
	level, scan := g.param("level"), g.param("scan")
	zero := g.YMM()
	g.VPXOR(zero, zero, zero)
	pairs := g.constant("fourApart", 0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15, 0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15)
	var x [4]vec
	for i := range x {
		x[i] = g.YMM()
		high := g.YMM()
		g.VBROADCASTI128(Mem{Base: scan, Disp: 16 * i}, x[i])
		g.VBROADCASTI128(Mem{Base: scan, Disp: 16*i + 64}, high)
		g.VPBLENDD(Imm(0xf0), high, x[i], x[i])
		g.VPSHUFB(pairs, x[i], x[i])
	}
	a0, a1 := g.unpack(32, x[0], x[1])
	b0, b1 := g.unpack(32, x[2], x[3])
	y0, y1 := g.unpack(64, a0, b0)
	y2, y3 := g.unpack(64, a1, b1)
	all, count := g.GP64(), g.GP64()
	for k, v := range []vec{y0, y1, y2, y3} {
		g.VMOVDQU(v, Mem{Base: level, Disp: 32 * k})
		g.VPCMPEQW(zero, v, v)
	}
	for k, v := range []vec{y0, y2} {
		g.VPACKSSWB([]vec{y1, y3}[k], v, v)
		g.VPMOVMSKB(v, count.As32())
		g.POPCNTL(count.As32(), count.As32())
		if k == 0 {
			g.MOVL(count.As32(), all.As32())
		} else {
			g.ADDL(count.As32(), all.As32())
		}
	}
	g.NEGL(all.As32())
	g.ADDL(Imm(64), all.As32())
	g.result(all)
}

func (g *gen) joinScan8x8() {
	g.function("joinScan8x8AVX2", "(scan *[64]int16, level *[4][16]int16)", "joinScan8x8AVX2 is JoinScan8x8.")
	scan, level := g.param("scan"), g.param("level")
	var x [4]vec
	for k := range x {
		x[k] = g.YMM()
		g.VMOVDQU(Mem{Base: level, Disp: 32 * k}, x[k])
	}
	a0, a1 := g.unpack(16, x[0], x[1])
	b0, b1 := g.unpack(16, x[2], x[3])
	y0, y1 := g.unpack(32, a0, b0)
	y2, y3 := g.unpack(32, a1, b1)
	for i, v := range []vec{y0, y1, y2, y3} {
		g.VMOVDQU(low(v), Mem{Base: scan, Disp: 16 * i})
		g.VEXTRACTI128(Imm(1), v, Mem{Base: scan, Disp: 16*i + 64})
	}
	g.VZEROUPPER()
	g.RET()
}

func (g *gen) magnitudes() {
	g.function("magnitudesAVX2", "(dst *uint32, c *int16, mf *uint32, shift uint64, n int) uint64",
		"magnitudesAVX2 is Magnitudes of n coefficients, a multiple of 8, but that the set's first bit is 64-n.")
	dst, c, mf, n := g.param("dst"), g.param("c"), g.param("mf"), g.param("n")
	shift := g.XMM()
	g.VMOVQ(g.param("shift"), shift)
	below := g.YMM() // half a level less one: 127
	g.VPCMPEQD(below, below, below)
	g.VPSRLD(Imm(25), below, below)
	set, eight := g.GP64(), g.GP64()
	g.XORQ(set, set)
	g.Label("eight")
	a, v := g.XMM(), g.YMM()
	g.VPABSW(Mem{Base: c}, a)
	g.VPMOVZXWD(a, v)
	g.VPMULLD(Mem{Base: mf}, v, v)
	g.VPSRLD(shift, v, v)
	g.VMOVDQU(v, Mem{Base: dst})
	g.VPCMPGTD(below, v, v)
	g.VMOVMSKPS(v, eight.As32())
	g.SHRQ(Imm(8), set)
	g.SHLQ(Imm(56), eight)
	g.ORQ(eight, set)
	g.ADDQ(Imm(16), c)
	g.ADDQ(Imm(32), mf)
	g.ADDQ(Imm(32), dst)
	g.SUBQ(Imm(8), n)
	g.JNZ(LabelRef("eight"))
	g.result(set)
}
