package main

import (
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// sums writes sums of squares and products: SSD, variance, SSIM.
func sums(g *gen) {
	for _, w := range []int{16, 8, 4} {
		g.ssd(w)
	}
	g.ssdRow()
	for _, w := range []int{16, 8} {
		g.variance(w)
	}
	g.ssim()
}

// widened loads a row of 16 or 8 samples, or four rows of 4, in 16-bit lanes.
func (g *gen) widened(w int, b block, y int) reg.VecVirtual {
	v := g.vector(w != 8)
	if w == 4 {
		g.VPMOVZXBW(g.quad(b), v)
	} else {
		g.VPMOVZXBW(b.row(y), v)
	}
	return v
}

// addSquares adds to sum the squares of the lanes of v.
func (g *gen) addSquares(v, sum reg.VecVirtual) {
	g.VPMADDWD(v, v, v)
	g.VPADDD(v, sum, sum)
}

func (g *gen) ssd(w int) {
	name := sprintf("ssd%dAVX2", w)
	g.function(name, "(a *uint8, aStride int, r *uint8, rStride int, h int) int",
		sprintf("%s is the SSD of %d columns and h rows, a multiple of 4.", name, w))
	a, r, h := g.block("a", "aStride").with3(g), g.block("r", "rStride").with3(g), g.param("h")
	sum, sum2 := g.vector(w != 8), g.vector(w != 8)
	g.VPXOR(sum, sum, sum)
	g.VPXOR(sum2, sum2, sum2)
	g.Label("rows")
	for y := range 4 {
		if w == 4 && y > 0 {
			break
		}
		v, u := g.widened(w, a, y), g.widened(w, r, y)
		g.VPSUBW(u, v, v)
		g.addSquares(v, sum)
		sum, sum2 = sum2, sum
	}
	a.next(g, 4)
	r.next(g, 4)
	g.SUBQ(Imm(4), h)
	g.JNZ(LabelRef("rows"))
	g.VPADDD(sum2, sum, sum)
	g.result(g.sum32(sum, w != 8))
}

func (g *gen) ssdRow() {
	g.function("ssdRowAVX2", "(a, b *uint8, n int) int",
		"ssdRowAVX2 is the SSD of n samples, a multiple of 16 below 1<<18: each of 8 lanes takes n/8 squares.")
	a, b, n := g.param("a"), g.param("b"), g.param("n")
	sum := g.YMM()
	g.VPXOR(sum, sum, sum)
	g.Label("samples")
	v, u := g.YMM(), g.YMM()
	g.VPMOVZXBW(Mem{Base: a}, v)
	g.VPMOVZXBW(Mem{Base: b}, u)
	g.VPSUBW(u, v, v)
	g.addSquares(v, sum)
	g.ADDQ(Imm(16), a)
	g.ADDQ(Imm(16), b)
	g.SUBQ(Imm(16), n)
	g.JNZ(LabelRef("samples"))
	// 64-bit lanes from here: the sum of eight lanes may need more than 32 bits.
	zero, high := g.YMM(), g.YMM()
	g.VPXOR(zero, zero, zero)
	g.VPUNPCKHDQ(zero, sum, high)
	g.VPUNPCKLDQ(zero, sum, sum)
	g.VPADDQ(high, sum, sum)
	g.VEXTRACTI128(Imm(1), sum, high.AsX())
	low := sum.AsX().(reg.VecVirtual)
	g.VPADDQ(high.AsX(), low, low)
	g.result(g.sum64(low))
}

func (g *gen) variance(w int) {
	name := sprintf("variance%dAVX2", w)
	g.function(name, "(a *uint8, stride, h int) (sum, sumSq uint32)",
		sprintf("%s is VarianceSums of %d columns and h rows.", name, w))
	a, h := g.block("a", "stride"), g.param("h")
	wide := w == 16
	sum, squares, zero := g.XMM(), g.vector(wide), g.XMM()
	g.VPXOR(sum, sum, sum)
	g.VPXOR(squares, squares, squares)
	g.VPXOR(zero, zero, zero)
	g.Label("rows")
	v := g.widened(w, a, 0)
	g.addSquares(v, squares)
	row := g.loadRow(w, a.row(0))
	g.VPSADBW(zero, row, row)
	g.VPADDQ(row, sum, sum)
	g.ADDQ(a.stride, a.p)
	g.DECQ(h)
	g.JNZ(LabelRef("rows"))
	total, totalSquares := g.sum64(sum), g.sum32(squares, wide)
	g.VZEROUPPER()
	g.Store(total.As32(), g.Return("sum"))
	g.Store(totalSquares.As32(), g.Return("sumSq"))
	g.RET()
}

// ssim writes the sums of pairs of 4x4 blocks, two pairs a step: a lane of 32 bits serves two columns of one row after
// the other.
func (g *gen) ssim() {
	g.function("ssimAVX2", "(out *uint32, a *uint8, aStride int, b *uint8, bStride int, n int)",
		"ssimAVX2 is SSIMSums4x4 of n pairs of blocks, an even number: out takes four sums for each.")
	out, n := g.param("out"), g.param("n")
	a, b := g.block("a", "aStride").with3(g), g.block("b", "bStride").with3(g)
	ones := g.XMM()
	g.VPCMPEQW(ones, ones, ones)
	g.VPSRLW(Imm(15), ones, ones)
	g.Label("pairs")
	var sumA, sumB, squares, products reg.VecVirtual
	for y := range 4 {
		v, u := g.XMM(), g.XMM()
		g.VPMOVZXBW(a.row(y), v)
		g.VPMOVZXBW(b.row(y), u)
		vv, uu, vu := g.XMM(), g.XMM(), g.XMM()
		g.VPMADDWD(v, v, vv)
		g.VPMADDWD(u, u, uu)
		g.VPMADDWD(v, u, vu)
		g.VPADDD(uu, vv, vv)
		if y == 0 {
			sumA, sumB, squares, products = v, u, vv, vu
			continue
		}
		g.VPADDW(v, sumA, sumA)
		g.VPADDW(u, sumB, sumB)
		g.VPADDD(vv, squares, squares)
		g.VPADDD(vu, products, products)
	}
	g.VPMADDWD(ones, sumA, sumA)
	g.VPMADDWD(ones, sumB, sumB)
	g.VPHADDD(sumB, sumA, sumA)            // A, A', B, B' of the pairs of blocks
	g.VPHADDD(products, squares, squares)  // squares, squares', products, products'
	g.VPSHUFD(Imm(0xd8), sumA, sumA)       // A, B, A', B'
	g.VPSHUFD(Imm(0xd8), squares, squares) // squares, products, and so on
	low, high := g.XMM(), g.XMM()
	g.VPUNPCKLQDQ(squares, sumA, low)
	g.VPUNPCKHQDQ(squares, sumA, high)
	g.VMOVDQU(low, Mem{Base: out})
	g.VMOVDQU(high, Mem{Base: out, Disp: 16})
	g.ADDQ(Imm(32), out)
	g.ADDQ(Imm(8), a.p)
	g.ADDQ(Imm(8), b.p)
	g.SUBQ(Imm(2), n)
	g.JNZ(LabelRef("pairs"))
	g.RET()
}
