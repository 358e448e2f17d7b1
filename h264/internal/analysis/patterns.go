package analysis

import (
	"slices"

	"github.com/g264/g264/h264/internal/inter"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/internal/dsp"
)

// A pattern has vectors around one, in quarter samples, four at a time.
type pattern []ring4

// ring4 are four vectors of a pattern, or three and the last one again.
type ring4 struct {
	mv     [4]macroblock.MV
	corner [4]int8 // which of the pattern's they are
	n      int     // vectors, without the repeated one
	at     [4]int  // how far they lead, in samples of a reference
}

// patterns are the rings that whole samples are searched by, in planes of a stride.
type patterns struct {
	stride  int
	hexagon pattern
	onward  [6]pattern // corners of a hexagon that the one before it has not tried, by the way there
	square  pattern
}

var (
	hexagon = [6]macroblock.MV{{X: -8, Y: 0}, {X: -4, Y: -8}, {X: 4, Y: -8}, {X: 8, Y: 0}, {X: 4, Y: 8}, {X: -4, Y: 8}}
	square  = [8]macroblock.MV{{X: 0, Y: -4}, {X: -4, Y: 0}, {X: 4, Y: 0}, {X: 0, Y: 4}, {X: -4, Y: -4}, {X: 4, Y: -4}, {X: -4, Y: 4}, {X: 4, Y: 4}}
	diamond = [4]macroblock.MV{{X: 0, Y: -1}, {X: -1, Y: 0}, {X: 1, Y: 0}, {X: 0, Y: 1}} // at any distance

	onward = [6][]int8{{0, 1, 5}, {0, 1, 2}, {1, 2, 3}, {2, 3, 4}, {3, 4, 5}, {0, 4, 5}}
)

func (p *patterns) set(stride int) {
	if p.stride == stride {
		return
	}
	p.stride = stride
	p.hexagon = newPattern(hexagon[:], []int8{0, 1, 2, 3, 4, 5}, stride)
	p.square = newPattern(square[:], []int8{0, 1, 2, 3, 4, 5, 6, 7}, stride)
	for towards, corners := range onward {
		p.onward[towards] = newPattern(hexagon[:], corners, stride)
	}
}

// newPattern makes the pattern of some corners.
func newPattern(around []macroblock.MV, corners []int8, stride int) (p pattern) {
	for ; len(corners) > 0; corners = corners[min(4, len(corners)):] {
		r := ring4{n: min(4, len(corners))}
		for k := range r.mv {
			i := corners[min(k, len(corners)-1)]
			mv := around[i]
			r.mv[k], r.corner[k], r.at[k] = mv, i, int(mv.Y>>2)*stride+int(mv.X>>2)
		}
		p = append(p, r)
	}
	return p
}

// ringReach is the greatest component of the hexagon's and the square's vectors.
const ringReach = 8

// plus returns a + scale*b.
func plus(a, b macroblock.MV, scale int16) macroblock.MV {
	return macroblock.MV{X: a.X + scale*b.X, Y: a.Y + scale*b.Y}
}

// vectors are some that are unlike each other.
type vectors struct {
	mv [maxCandidates + 1]macroblock.MV
	n  int
}

// four returns four vectors from i on, or three of them and the last one again.
func (v *vectors) four(i int) *[4]macroblock.MV {
	four := (*[4]macroblock.MV)(v.mv[i:])
	if v.n-i == 3 {
		four[3] = four[2]
	}
	return four
}

func (v *vectors) add(mv macroblock.MV) {
	if !slices.Contains(v.mv[:v.n], mv) {
		v.mv[v.n] = mv
		v.n++
	}
}

// diamonds are those at 1, 2 and 4 quarter samples, in reference planes of one geometry.
type diamonds struct {
	stride, distance int
	at               [3]struct {
		mv [4]macroblock.MV
		// By fractions of the vector in the middle: where corners are predicted from,
		// behind where its whole samples lead.
		pairs [16]dsp.BlockPairs
	}
}

func (d *diamonds) set(r *picture.RefPlane) {
	if d.stride == r.Stride && d.distance == r.Distance {
		return
	}
	d.stride, d.distance = r.Stride, r.Distance
	for i := range d.at {
		at := &d.at[i]
		for k, corner := range diamond {
			at.mv[k] = plus(macroblock.MV{}, corner, 1<<i)
		}
		for fraction := range at.pairs {
			middle := macroblock.MV{X: int16(fraction & 3), Y: int16(fraction >> 2)}
			var pairs [4][2]int
			for k, mv := range at.mv {
				a, b := inter.Offsets(r, 0, 0, plus(middle, mv, 1))
				pairs[k] = [2]int{a - r.Origin, b - r.Origin}
			}
			at.pairs[fraction] = dsp.NewBlockPairs(&pairs)
		}
	}
}
