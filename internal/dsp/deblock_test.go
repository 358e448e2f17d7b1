package dsp

import (
	"math/rand/v2"
	"testing"
)

// edgeCase is one edge in a small picture: its geometry, thresholds and strengths.
type edgeCase struct {
	p                     []uint8
	off, xstride, ystride int
	alpha, beta           int
	tc0                   [4]int8
}

// alphas and betas are table 8-16's columns.
var (
	alphas = [...]int{0, 4, 5, 6, 7, 8, 9, 10, 12, 13, 15, 17, 20, 22, 25, 28, 32, 36, 40, 45, 50, 56, 63, 71, 80, 90, 101, 113, 127, 144, 162, 182, 203, 226, 255, 255}
	betas  = [...]int{0, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15, 16, 16, 17, 17, 18}
)

// randomEdge makes an edge of n samples along in a picture with content of the given kind, and reach samples to either
// side of the edge: the buffer ends where the filter's reach ends. pair is 2 for interleaved chroma.
func randomEdge(r *rand.Rand, kind, n, reach, pair int, vertical bool) edgeCase {
	e := edgeCase{}
	stride := 40 + r.IntN(9)
	i := r.IntN(len(alphas))
	e.alpha, e.beta = alphas[i], betas[r.IntN(len(betas))]
	for k := range e.tc0 {
		e.tc0[k] = int8(r.IntN(27) - 1)
	}
	if vertical {
		e.xstride, e.ystride = pair, stride
		e.off = reach * pair
		e.p = make([]uint8, e.off+(n-1)*stride+reach*pair)
	} else {
		e.xstride, e.ystride = stride, pair
		e.off = reach * stride
		e.p = make([]uint8, e.off+(reach-1)*stride+n*pair)
	}
	fill(r, kind, e.p)
	// A step across the edge, of a size about alpha.
	for component := range pair {
		step := r.IntN(2*e.alpha+2) - e.alpha
		for k := range n {
			for x := range reach {
				j := e.off + component + k*e.ystride + x*e.xstride
				e.p[j] = uint8(refClip(0, 255, int(e.p[j])+step/2))
			}
		}
	}
	return e
}

func (e edgeCase) want(n, per, bS int, chroma bool) []uint8 {
	p := clone(e.p)
	for k := range n {
		tc := int(e.tc0[k/per])
		if bS < 4 && tc < 0 {
			continue
		}
		refDeblock(p, e.off+k*e.ystride, e.xstride, bS, e.alpha, e.beta, tc, chroma)
	}
	return p
}

func checkEdges(t *testing.T, r *rand.Rand, kind int, vertical bool) {
	t.Helper()
	e := randomEdge(r, kind, 16, 4, 1, vertical)
	want := e.want(16, 4, 1, false)
	DeblockLuma(e.p, e.off, e.xstride, e.ystride, e.alpha, e.beta, &e.tc0)
	checkPlane(t, "DeblockLuma", e.p, want)

	e = randomEdge(r, kind, 16, 4, 1, vertical)
	want = e.want(16, 4, 4, false)
	DeblockLumaStrong(e.p, e.off, e.xstride, e.ystride, e.alpha, e.beta)
	checkPlane(t, "DeblockLumaStrong", e.p, want)
}

// checkPairEdges compares the filters of chroma pairs with the reference of each component.
func checkPairEdges(t *testing.T, r *rand.Rand, kind int, vertical bool) {
	t.Helper()
	wants := func(e edgeCase, bS int) []uint8 {
		second := e
		second.p, second.off = e.want(8, 2, bS, true), e.off+1
		return second.want(8, 2, bS, true)
	}
	e := randomEdge(r, kind, 8, 2, 2, vertical)
	want := wants(e, 1)
	DeblockChromaPairs(e.p, e.off, e.xstride, e.ystride, e.alpha, e.beta, &e.tc0)
	checkPlane(t, "DeblockChromaPairs", e.p, want)

	e = randomEdge(r, kind, 8, 2, 2, vertical)
	want = wants(e, 4)
	DeblockChromaPairsStrong(e.p, e.off, e.xstride, e.ystride, e.alpha, e.beta)
	checkPlane(t, "DeblockChromaPairsStrong", e.p, want)
}

func TestDeblock(t *testing.T) {
	r := newRand(t)
	for i := range 20000 {
		checkEdges(t, r, i>>1, i&1 == 0)
		checkPairEdges(t, r, i>>1, i&1 == 0)
	}
}

// TestDeblockLeavesAlone has edges that no filter may touch: bS 0 everywhere, and thresholds of zero.
func TestDeblockLeavesAlone(t *testing.T) {
	r := newRand(t)
	for _, vertical := range []bool{true, false} {
		for i := range 200 {
			e := randomEdge(r, 2, 16, 4, 1, vertical)
			before := clone(e.p)
			DeblockLuma(e.p, e.off, e.xstride, e.ystride, 255, 18, &[4]int8{-1, -1, -1, -1})
			checkPlane(t, "DeblockLuma without strength", e.p, before)
			alpha, beta := 0, 18
			if i&1 == 0 {
				alpha, beta = 255, 0
			}
			DeblockLuma(e.p, e.off, e.xstride, e.ystride, alpha, beta, &[4]int8{9, 9, 9, 9})
			DeblockLumaStrong(e.p, e.off, e.xstride, e.ystride, alpha, beta)
			checkPlane(t, "luma with zero thresholds", e.p, before)
		}
	}
}

func FuzzDeblock(f *testing.F) {
	f.Add(uint8(0), uint64(1))
	f.Add(uint8(3), uint64(2))
	f.Fuzz(func(t *testing.T, kind uint8, seed uint64) {
		checkEdges(t, rand.New(rand.NewPCG(seed, 4)), int(kind>>1), kind&1 == 0)
		checkPairEdges(t, rand.New(rand.NewPCG(seed, 5)), int(kind>>1), kind&1 == 0)
	})
}

// BenchmarkDeblock times an edge where all samples are filtered (flat), about half are (mixed), and none is (sharp).
func BenchmarkDeblock(b *testing.B) {
	const stride = 64
	for _, c := range []struct {
		name  string
		noise int
		step  int
	}{{"flat", 3, 4}, {"mixed", 16, 8}, {"sharp", 3, 120}} {
		for _, vertical := range []bool{true, false} {
			r := rand.New(rand.NewPCG(9, 9))
			fresh := make([]uint8, stride*32)
			for i := range fresh {
				fresh[i] = uint8(100 + r.IntN(c.noise))
				if vertical && i%8 >= 4 && i%16 < 12 || !vertical && i/stride%8 >= 4 && i/stride%16 < 12 {
					fresh[i] += uint8(c.step)
				}
			}
			p := clone(fresh)
			tc0 := [4]int8{1, 1, 2, 1}
			run := func(name string, f func(off, xs, ys int)) {
				dir, xs, ys := "h", stride, 1
				if vertical {
					dir, xs, ys = "v", 1, stride
				}
				b.Run(name+"/"+dir+"/"+c.name, func(b *testing.B) {
					for i := range b.N {
						if i&7 == 0 {
							copy(p, fresh)
						}
						if vertical {
							f(4+8*(i&7), xs, ys)
						} else {
							f(4*stride+8*(i&3)+stride*8*(i>>2&1), xs, ys)
						}
					}
				})
			}
			run("Luma", func(off, xs, ys int) { DeblockLuma(p, off, xs, ys, 25, 7, &tc0) })
			run("LumaStrong", func(off, xs, ys int) { DeblockLumaStrong(p, off, xs, ys, 25, 7) })
			run("ChromaPairs", func(off, xs, ys int) { DeblockChromaPairs(p, off&^1, pairStep(xs), pairStep(ys), 25, 7, &tc0) })
			run("ChromaPairsStrong", func(off, xs, ys int) { DeblockChromaPairsStrong(p, off&^1, pairStep(xs), pairStep(ys), 25, 7) })
		}
	}
}

// pairStep turns a step between neighbouring samples into one between those of a component of interleaved chroma.
func pairStep(step int) int {
	if step == 1 {
		return 2
	}
	return step
}
