package dsp

import (
	"math/rand/v2"
	"testing"
)

// alphas and betas are table 8-16's columns.
var (
	alphas = [...]int{0, 4, 5, 6, 7, 8, 9, 10, 12, 13, 15, 17, 20, 22, 25, 28, 32, 36, 40, 45, 50, 56, 63, 71, 80, 90, 101, 113, 127, 144, 162, 182, 203, 226, 255, 255}
	betas  = [...]int{0, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15, 16, 16, 17, 17, 18}
)

// macroblockCase is a macroblock in a small picture with the edges of one direction.
type macroblockCase struct {
	p           []uint8
	off, stride int
	edges       []Edge
}

// randomMacroblock makes a macroblock of w x h units of pair samples, with content of the given kind and steps of about
// alpha at its n edges. The buffer ends where the filters' reach ends.
func randomMacroblock(r *rand.Rand, kind, w, h, pair, n, reach int, vertical bool) macroblockCase {
	c := macroblockCase{stride: w*pair + reach*pair + r.IntN(9), edges: make([]Edge, n)}
	for i := range c.edges {
		k := r.IntN(len(alphas))
		c.edges[i] = Edge{Alpha: uint8(alphas[k]), Beta: uint8(betas[r.IntN(len(betas))]), Strong: r.IntN(4) == 0}
		for j := range c.edges[i].TC0 {
			c.edges[i].TC0[j] = int8(r.IntN(27) - 1)
		}
		if r.IntN(8) == 0 {
			c.edges[i].TC0 = [4]int8{-1, -1, -1, -1}
		}
	}
	before := reach * pair
	if !vertical {
		before = reach * c.stride
	}
	if c.edges[0].Alpha != 0 {
		c.off = before
	}
	c.p = guarded(c.off + (h-1)*c.stride + w*pair)
	fill(r, kind, c.p)
	for i, e := range c.edges {
		for component := range pair {
			step := r.IntN(2*int(e.Alpha)+2) - int(e.Alpha)
			for y := range h {
				for x := range w {
					if at := c.off + y*c.stride + x*pair + component; vertical && x/4 == i || !vertical && y/4 == i {
						c.p[at] = uint8(refClip(0, 255, int(c.p[at])+step/2))
					}
				}
			}
		}
	}
	return c
}

// want filters the macroblock's edges sample by sample.
func (c macroblockCase) want(length, pair int, chroma, vertical bool) []uint8 {
	p := clone(c.p)
	for i, e := range c.edges {
		across, along := c.stride, pair
		if vertical {
			across, along = along, across
		}
		for k := range length {
			bS, tc := 1, int(e.TC0[4*k/length])
			if e.Strong {
				bS = 4
			} else if tc < 0 {
				continue
			}
			for component := range pair {
				if e.Alpha != 0 {
					refDeblock(p, c.off+component+4*i*across+k*along, across, bS, int(e.Alpha), int(e.Beta), tc, chroma)
				}
			}
		}
	}
	return p
}

func checkEdges(t *testing.T, r *rand.Rand, kind int, vertical bool) {
	t.Helper()
	c := randomMacroblock(r, kind, 16, 16, 1, 4, 4, vertical)
	want := c.want(16, 1, false, vertical)
	twins(t, "luma edges", func() []int {
		if vertical {
			DeblockLumaColumns(c.p, c.off, c.stride, (*[4]Edge)(c.edges))
		} else {
			DeblockLumaRows(c.p, c.off, c.stride, (*[4]Edge)(c.edges))
		}
		return nil
	}, c.p)
	checkPlane(t, "luma edges", c.p, want)

	c = randomMacroblock(r, kind, 8, 8, 2, 2, 2, vertical)
	want = c.want(8, 2, true, vertical)
	twins(t, "chroma edges", func() []int {
		if vertical {
			DeblockChromaColumns(c.p, c.off, c.stride, (*[2]Edge)(c.edges))
		} else {
			DeblockChromaRows(c.p, c.off, c.stride, (*[2]Edge)(c.edges))
		}
		return nil
	}, c.p)
	checkPlane(t, "chroma edges", c.p, want)
}

func TestDeblock(t *testing.T) {
	r := newRand(t)
	for i := range 8000 {
		checkEdges(t, r, i>>1, i&1 == 0)
	}
}

// TestDeblockLeavesAlone has edges that no filter may touch: bS 0 everywhere, and thresholds of zero.
func TestDeblockLeavesAlone(t *testing.T) {
	r := newRand(t)
	none, all := [4]int8{-1, -1, -1, -1}, [4]int8{9, 9, 9, 9}
	for i, e := range []Edge{
		{Alpha: 255, Beta: 18, TC0: none}, {Beta: 18, TC0: all}, {Beta: 18, Strong: true, TC0: all}, {Alpha: 255, TC0: all}, {Alpha: 255, Strong: true, TC0: all},
	} {
		for range 100 {
			luma, chroma := [4]Edge{e, e, e, e}, [2]Edge{e, e}
			p := guarded(20 * 40)
			fill(r, 2, p)
			before := clone(p)
			twins(t, "no edges", func() []int {
				DeblockLumaColumns(p, 4*40+4, 40, &luma)
				DeblockLumaRows(p, 4*40+4, 40, &luma)
				DeblockChromaColumns(p, 4*40+4, 40, &chroma)
				DeblockChromaRows(p, 4*40+4, 40, &chroma)
				return []int{i}
			}, p)
			checkPlane(t, "no edges", p, before)
		}
	}
}

func FuzzDeblock(f *testing.F) {
	f.Add(uint8(0), uint64(1))
	f.Add(uint8(3), uint64(2))
	f.Fuzz(func(t *testing.T, kind uint8, seed uint64) {
		checkEdges(t, rand.New(rand.NewPCG(seed, 4)), int(kind>>1), kind&1 == 0)
	})
}

// BenchmarkDeblock times the edges of a macroblock where all samples are filtered (flat), about half are (mixed), and none
// is (sharp).
func BenchmarkDeblock(b *testing.B) {
	const stride = 64
	for _, c := range []struct {
		name  string
		noise int
		step  int
	}{{"flat", 3, 4}, {"mixed", 16, 8}, {"sharp", 3, 120}} {
		r := rand.New(rand.NewPCG(9, 9))
		fresh := make([]uint8, stride*32)
		for i := range fresh {
			fresh[i] = uint8(100 + r.IntN(c.noise) + c.step*((i/4+i/stride/4)&1))
		}
		p := clone(fresh)
		run := func(name string, strong bool, f func(e Edge)) {
			benchTwins(b, name+"/"+c.name, func(n int) {
				for i := range n {
					if i&7 == 0 {
						copy(p, fresh)
					}
					f(Edge{Alpha: 25, Beta: 7, Strong: strong, TC0: [4]int8{1, 1, 2, 1}})
				}
			})
		}
		const off = 4*stride + 8
		for _, strong := range []bool{false, true} {
			suffix := ""
			if strong {
				suffix = "Strong"
			}
			run("LumaColumns"+suffix, strong, func(e Edge) { DeblockLumaColumns(p, off, stride, &[4]Edge{e, e, e, e}) })
			run("LumaRows"+suffix, strong, func(e Edge) { DeblockLumaRows(p, off, stride, &[4]Edge{e, e, e, e}) })
			run("ChromaColumns"+suffix, strong, func(e Edge) { DeblockChromaColumns(p, off, stride, &[2]Edge{e, e}) })
			run("ChromaRows"+suffix, strong, func(e Edge) { DeblockChromaRows(p, off, stride, &[2]Edge{e, e}) })
		}
	}
}
