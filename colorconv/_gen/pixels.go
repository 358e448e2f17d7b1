package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// Bits of package colorconv's matrix.go.
const (
	lumaBits     = 14
	chromaBits   = 13
	chromaBias   = 128<<chromaBits + 1<<(chromaBits-1) - 1
	filteredBits = chromaBits + 3
	filteredBias = 128<<filteredBits + 1<<(filteredBits-1) - 1
	yccBits      = 14
	weightBits   = 6
)

// blockPixels is how many pixels of a row the kernels take at once.
//
// A pixel's components c0, c1, c2 become the words c0-c1 and c2-c1 of a lane of 32 bits, and the bytes c1 twice: the
// coefficients of chroma sum to zero, and those of luma to one of their own, so one multiplication of pairs gives each
// chroma sample, and two the luma sample. Vector k of a block has pixels 4k to 4k+3 in its low half and 16 more in its
// high half, so that packing four vectors leaves 32 samples in order.
const blockPixels = 32

// pixels writes the kernels of packed pixels.
func pixels(g *gen) {
	for _, n := range []int{3, 4} {
		g.full(n)
	}
	for _, n := range []int{3, 4} {
		g.subsampled(n, false)
		g.subsampled(n, true)
	}
}

// source reads pixels of n bytes.
type source struct {
	*gen
	n    int
	mask Mem
	last Mem // the mask of vector 3
	sign reg.VecVirtual
}

func (g *gen) source(n int) *source {
	low, high := []int{}, []int{}
	for i := range 4 {
		for _, c := range []int{0, 1, 2, 1} {
			low = append(low, n*i+c)
			high = append(high, n*i+c+16-4*n)
		}
	}
	return &source{g, n, g.bytes(low...), g.bytes(append(low, high...)...), g.constant(g.bytes(1, -1))}
}

// pixels returns vector k of the block at p: c0, c1, c2, c1 in bytes. The last four pixels are read from the bytes
// before, so that nothing beyond the block is.
func (s *source) pixels(p reg.GPVirtual, k int) reg.VecVirtual {
	v := s.YMM()
	high := 4 * s.n * (4 + k)
	s.VBROADCASTI128(Mem{Base: p, Disp: 4 * s.n * k}, v) // defines all of v, which frees its register in between
	if k == 3 {
		s.VINSERTI128(Imm(1), Mem{Base: p, Disp: blockPixels*s.n - 16}, v, v)
		s.VPSHUFB(s.last, v, v)
		return v
	}
	s.VINSERTI128(Imm(1), Mem{Base: p, Disp: high}, v, v)
	s.VPSHUFB(s.mask, v, v)
	return v
}

// differences returns the words c0-c1 and c2-c1 of each pixel of v.
func (s *source) differences(v reg.VecVirtual) reg.VecVirtual {
	d := s.YMM()
	s.VPMADDUBSW(s.sign, v, d)
	return d
}

// luma makes luma samples.
type luma struct {
	*gen
	pair, sum, bias reg.VecVirtual
}

func (g *gen) luma(m reg.GPVirtual) *luma {
	return &luma{g, g.broadcast(Mem{Base: m}), g.broadcast(Mem{Base: m, Disp: 12}), g.broadcast(Mem{Base: m, Disp: 16})}
}

// of returns Y of each pixel, in lanes of 32 bits, and leaves nothing of v.
func (l *luma) of(v, d reg.VecVirtual) reg.VecVirtual {
	y := l.YMM()
	l.VPSRLW(Imm(8), v, v)
	l.VPMADDWD(l.pair, d, y)
	l.VPMADDWD(l.sum, v, v)
	l.VPADDD(l.bias, y, y)
	l.VPADDD(v, y, y)
	l.VPSRLD(Imm(lumaBits), y, y)
	return y
}

// pack stores the samples in lanes of four vectors, and moves p on.
func (g *gen) pack(p reg.GPVirtual, vector func(k int) reg.VecVirtual) {
	var words [2]reg.VecVirtual
	for i := range words {
		words[i] = vector(2 * i)
		g.VPACKUSDW(vector(2*i+1), words[i], words[i])
	}
	g.VPACKUSWB(words[1], words[0], words[0])
	g.VMOVDQU(words[0], Mem{Base: p})
	g.ADDQ(Imm(blockPixels), p)
}

// full writes the kernel of a row of 4:4:4.
func (g *gen) full(n int) {
	name := fmt.Sprintf("pixelRow%dAVX2", n)
	g.function(name, "(y, cb, cr, pix *uint8, blocks int, k *[5]uint32)",
		fmt.Sprintf("%s is pixelRow%d of that many times 32 pixels, at least one.", name, n))
	y, cb, cr, pix := g.load("y"), g.load("cb"), g.load("cr"), g.load("pix")
	blocks, m := g.load("blocks"), g.load("k")
	s, l := g.source(n), g.luma(m)
	pairs := [2]reg.VecVirtual{g.broadcast(Mem{Base: m, Disp: 4}), g.broadcast(Mem{Base: m, Disp: 8})}
	bias := g.dwords(chromaBias)
	g.Label("block")
	var d [4]reg.VecVirtual
	g.pack(y, func(k int) reg.VecVirtual {
		v := s.pixels(pix, k)
		d[k] = s.differences(v)
		return l.of(v, d[k])
	})
	for j, p := range []reg.GPVirtual{cb, cr} {
		g.pack(p, func(k int) reg.VecVirtual {
			c := g.YMM()
			g.VPMADDWD(pairs[j], d[k], c)
			g.VPADDD(bias, c, c)
			g.VPSRLD(Imm(chromaBits), c, c)
			return c
		})
	}
	g.ADDQ(Imm(uint64(blockPixels*n)), pix)
	g.DECQ(blocks)
	g.JNZ(LabelRef("block"))
	g.VZEROUPPER()
	g.RET()
}

// subsampled writes the kernel of two rows of 4:2:0.
func (g *gen) subsampled(n int, centre bool) {
	siting, which := "Left", "left-sited"
	if centre {
		siting, which = "Centre", "centred"
	}
	name := fmt.Sprintf("subsampledRows%d%sAVX2", n, siting)
	doc := []string{fmt.Sprintf("%s is subsampledRows of that many times 32 pixels of %d bytes, at least one, with %s chroma.", name, n, which)}
	if !centre {
		doc = append(doc, "The pixel before the first lies back bytes before it.")
	}
	signature := "(y0, y1, cb, cr, top, bottom *uint8, blocks, back int, k *[5]uint32)"
	if centre {
		signature = "(y0, y1, cb, cr, top, bottom *uint8, blocks int, k *[5]uint32)"
	}
	g.function(name, signature, doc...)
	m := g.load("k")
	s, l := g.source(n), g.luma(m)
	rows := [2]reg.GPVirtual{g.load("top"), g.load("bottom")}
	before := g.YMM() // the odd columns before the block's, in its high half the last four
	if !centre {
		back := g.load("back")
		for i, row := range rows {
			v := g.YMM()
			p := g.GP64()
			g.MOVQ(row, p)
			g.SUBQ(back, p)
			g.VPBROADCASTD(Mem{Base: p}, v)
			g.VPSHUFB(g.bytes(0, 1, 2, 1), v, v)
			d := s.differences(v)
			if i == 0 {
				g.VMOVDQA(d, before)
			} else {
				g.VPADDW(d, before, before)
			}
		}
	}
	lumas := [2]reg.GPVirtual{g.load("y0"), g.load("y1")}
	blocks := g.load("blocks")
	cb, cr := g.load("cb"), g.load("cr")
	// Rows that follow lie as far behind: two of them at a time are more than processors foresee.
	ahead := g.GP64()
	g.MOVQ(rows[1], ahead)
	g.SUBQ(rows[0], ahead)
	g.Label("block")
	for _, row := range rows {
		for line := 0; line < blockPixels*n; line += 64 {
			g.PREFETCHT0(Mem{Base: row, Index: ahead, Scale: 2, Disp: line})
		}
	}
	var even, odd [2]reg.VecVirtual // columns of the sum of both rows
	var words [2][2]reg.VecVirtual
	for half := range 2 {
		var sums [2]reg.VecVirtual
		for j, row := range rows {
			var y [2]reg.VecVirtual
			for i := range sums {
				v := s.pixels(row, 2*half+i)
				d := s.differences(v)
				y[i] = l.of(v, d)
				if j == 0 {
					sums[i] = d
				} else {
					g.VPADDW(d, sums[i], sums[i])
				}
			}
			g.VPACKUSDW(y[1], y[0], y[0])
			words[j][half] = y[0]
		}
		even[half], odd[half] = g.YMM(), g.YMM()
		g.VSHUFPS(Imm(0x88), sums[1], sums[0], even[half])
		g.VSHUFPS(Imm(0xdd), sums[1], sums[0], odd[half])
	}
	for j := range words {
		g.VPACKUSWB(words[j][1], words[j][0], words[j][0])
		g.VMOVDQU(words[j][0], Mem{Base: lumas[j]})
		g.ADDQ(Imm(blockPixels), lumas[j])
		g.ADDQ(Imm(uint64(blockPixels*n)), rows[j])
	}
	if centre {
		for i := range even {
			g.VPADDW(odd[i], even[i], even[i])
			g.VPADDW(even[i], even[i], even[i])
		}
	} else {
		joined, shifted := g.YMM(), g.YMM()
		g.VPERM2I128(Imm(0x21), odd[1], before, joined) // high half of before, low half of odd[1]
		g.VMOVDQA(odd[1], before)
		for i := range even {
			g.VPADDW(even[i], even[i], even[i])
			g.VPADDW(odd[i], even[i], even[i])
		}
		g.VPALIGNR(Imm(12), odd[0], odd[1], shifted)
		g.VPADDW(shifted, even[1], even[1])
		g.VPALIGNR(Imm(12), joined, odd[0], shifted)
		g.VPADDW(shifted, even[0], even[0])
	}
	var chroma [2]reg.VecVirtual
	for j := range chroma {
		pair := g.broadcast(Mem{Base: m, Disp: 4 * (1 + j)})
		var c [2]reg.VecVirtual
		for i := range c {
			c[i] = g.YMM()
			g.VPMADDWD(pair, even[i], c[i])
			g.VPADDD(g.dwords(filteredBias), c[i], c[i])
			g.VPSRLD(Imm(filteredBits), c[i], c[i])
		}
		g.VPACKUSDW(c[1], c[0], c[0])
		chroma[j] = c[0]
	}
	g.VPACKUSWB(chroma[1], chroma[0], chroma[0])
	g.VPERMQ(Imm(0xd8), chroma[0], chroma[0])
	g.VMOVDQU(chroma[0].AsX(), Mem{Base: cb})
	g.VEXTRACTI128(Imm(1), chroma[0], Mem{Base: cr})
	g.ADDQ(Imm(blockPixels/2), cb)
	g.ADDQ(Imm(blockPixels/2), cr)
	g.DECQ(blocks)
	g.JNZ(LabelRef("block"))
	g.VZEROUPPER()
	g.RET()
}
