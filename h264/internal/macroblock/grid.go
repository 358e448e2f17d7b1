package macroblock

import "bytes"

// Grid is the macroblocks of a picture, in raster order.
type Grid struct {
	MBs []MB

	// Unmoved is 1 of P_Skip without a vector, 0 of all others: where most of a picture
	// stands still, these few bytes tell what else would be many lines of the cache.
	Unmoved []uint8

	// QP is the luma quantiser in effect, of rows that the filter has come to.
	QP []int8
}

// NewGrid makes a Grid of n macroblocks.
func NewGrid(n int) Grid {
	return Grid{MBs: make([]MB, n), Unmoved: make([]uint8, n), QP: make([]int8, n)}
}

// Set sets macroblock i, without the QP if it is P_Skip.
func (g *Grid) Set(i int, mb *MB) {
	g.MBs[i], g.Unmoved[i] = *mb, 0
	if mb.Type != PSkip {
		return
	}
	if g.MBs[i].QP = 0; mb.MV[0] == (MV{}) {
		g.Unmoved[i] = 1
	}
}

// SetUnmoved makes macroblock i a P_Skip without a vector.
func (g *Grid) SetUnmoved(i int) {
	if g.Unmoved[i] == 0 {
		g.MBs[i].SetSkip(0, MV{})
		g.Unmoved[i] = 1
	}
}

// UnmovedRun is how many from macroblock i on, up to the end, are P_Skip without a vector.
func (g *Grid) UnmovedRun(i, end int) int {
	if n := bytes.IndexByte(g.Unmoved[i:end], 0); n >= 0 {
		return n
	}
	return end - i
}
