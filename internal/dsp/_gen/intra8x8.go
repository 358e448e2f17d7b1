package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// intra8x8 writes the predictions of 8x8 blocks.
func intra8x8(g *gen) {
	g.smooth8x8()
	g.predict8x8()
}

// smoothed returns samples from a place of the line on, sixteen or twice the same, filtered with both neighbours.
func (g *gen) smoothed(line reg.GPVirtual, place int, ones vec) vec {
	before, at, after, odd := g.line(line, place-1), g.line(line, place), g.line(line, place+1), g.YMM()
	g.VPXOR(before, after, odd)
	g.VPAND(ones, odd, odd)
	g.VPAVGB(before, after, before)
	g.VPSUBB(odd, before, before)
	g.VPAVGB(at, before, before)
	return before
}

// line loads sixteen samples from a place of the line on, twice.
func (g *gen) line(line reg.GPVirtual, place int) vec {
	v := g.YMM()
	g.VBROADCASTI128(Mem{Base: line, Disp: place}, v)
	return v
}

func (g *gen) smooth8x8() {
	g.function("smooth8x8AVX2", "(dst *[48]uint8, line *[48]uint8)", "smooth8x8AVX2 is Smooth8x8.")
	dst, line, ones := g.param("dst"), g.param("line"), g.loaded(g.lanes8("ones8", 1))
	for _, place := range []int{1, 17} {
		g.VMOVDQU(g.smoothed(line, place, ones).AsX(), Mem{Base: dst, Disp: place})
	}
	g.VZEROUPPER()
	g.RET()
}

// The windows of sixteen samples that predictions of 8x8 blocks pick from.
const (
	leftSamples = iota // the line from place 1 on
	leftTwo            // averages with the next, from place 1 on
	leftThree          // filtered with both neighbours, from place 1 on
	aboveTwo           // averages with the next, from place 10 on
	aboveThree         // filtered with both neighbours, from place 11 on
	windows8x8
)

// pick8x8 returns what sample (x, y) of a mode is: a place in a window.
func pick8x8(mode, x, y int) pick {
	k := y >> 1
	switch mode {
	case 1:
		return pick{leftSamples, 7 - y}
	case 3:
		return pick{aboveThree, x + y}
	case 4:
		return pick{leftThree, 8 - y + x}
	case 5:
		switch {
		case y&1 == 0 && x >= k:
			return pick{leftTwo, 8 + x - k}
		case y&1 == 0:
			return pick{leftThree, 9 - 2*(k-x)}
		case x >= k:
			return pick{leftThree, 8 + x - k}
		}
		return pick{leftThree, 8 - 2*(k-x)}
	case 6:
		switch j := 14 - 2*y + x; {
		case j >= 16:
			return pick{leftThree, 9 + j - 16}
		case j&1 == 0:
			return pick{leftTwo, j / 2}
		default:
			return pick{leftThree, 1 + j/2}
		}
	case 7:
		if y&1 == 0 {
			return pick{aboveTwo, k + x}
		}
		return pick{aboveThree, k + x}
	}
	switch j := 2*y + x; {
	case j >= 14:
		return pick{leftSamples, 0}
	case j&1 == 0:
		return pick{leftTwo, 6 - j/2}
	default:
		return pick{leftThree, 6 - j/2}
	}
}

func (g *gen) predict8x8() {
	g.function("predict8x8AVX2", "(dst *[9][64]uint8, line *[48]uint8, dc uint8)", "predict8x8AVX2 is Predict8x8.")
	dst, line, ones := g.param("dst"), g.param("line"), g.loaded(g.lanes8("ones8", 1))
	store := func(v vec, mode, half int) { g.VMOVDQU(v, Mem{Base: dst, Disp: 64*mode + 32*half}) }
	above, dc := g.YMM(), g.YMM()
	g.VPBROADCASTQ(Mem{Base: line, Disp: 10}, above)
	g.VPBROADCASTB(g.paramAddr("dc"), dc)
	for half := range 2 {
		store(above, 0, half)
		store(dc, 2, half)
	}
	var windows [windows8x8]vec
	windows[leftSamples] = g.line(line, 1)
	for _, w := range []pick{{leftTwo, 1}, {aboveTwo, 10}} {
		v := g.line(line, w.place)
		g.VPAVGB(g.line(line, w.place+1), v, v)
		windows[w.filter] = v
	}
	windows[leftThree] = g.smoothed(line, 1, ones)
	windows[aboveThree] = g.smoothed(line, 11, ones)
	for _, mode := range []int{1, 3, 4, 5, 6, 7, 8} {
		for half := range 2 {
			var all vec
			for w, from := range windows {
				var bytes []uint8
				any := false
				for i := range 32 {
					b := uint8(0x80)
					if p := pick8x8(mode, i%8, 4*half+i/8); p.filter == w {
						b, any = uint8(p.place), true
					}
					bytes = append(bytes, b)
				}
				if !any {
					continue
				}
				v := g.YMM()
				g.VPSHUFB(g.constant(sprintf("mode%dhalf%dfrom%d", mode, half, w), bytes...), from, v)
				if all != nil {
					g.VPOR(all, v, v)
				}
				all = v
			}
			store(all, mode, half)
		}
	}
	g.VZEROUPPER()
	g.RET()
}
