package macroblock

// motion is the motion data of a neighbouring partition (clause 8.4.1.3.2):
// ref -1 and a zero vector where the neighbour is intra or not available.
type motion struct {
	mv        MV
	ref       int8
	available bool
}

func (mb *MB) motionAt(x, y int) motion {
	if mb == nil {
		return motion{ref: -1}
	}
	return motion{mb.MV[(y*4+x)&15], mb.Ref[(y>>1*2+x>>1)&3], true}
}

// neighbour returns the motion of the block at (x, y) relative to mb, in 4x4
// units, for a partition whose first block is `first` in coding order: blocks
// of mb that come later are not available.
func (mb *MB) neighbour(n *Neighbours, x, y int, first uint8) motion {
	switch {
	case y >= 0 && x >= 4:
		return motion{ref: -1}
	case x >= 0 && y >= 0:
		if BlockRaster[(y*4+x)&15] > first {
			return motion{ref: -1}
		}
		return mb.motionAt(x, y)
	case y >= 0:
		return n.A.motionAt(3, y)
	case x < 0:
		return n.D.motionAt(3, 3)
	case x < 4:
		return n.B.motionAt(x, 3)
	}
	return n.C.motionAt(0, 3)
}

// PredictMV predicts the vector of a partition with reference index ref from
// its neighbours (clause 8.4.1.3). The partitions of mb that come before it
// must have their Ref and MV set.
func (mb *MB) PredictMV(n *Neighbours, p Partition, ref int8) MV {
	x, y, w := int(p.X), int(p.Y), int(p.W)
	first := BlockRaster[(y*4+x)&15]
	a := mb.neighbour(n, x-1, y, first)
	b := mb.neighbour(n, x, y-1, first)
	c := mb.neighbour(n, x+w, y-1, first)
	if !c.available {
		c = mb.neighbour(n, x-1, y-1, first)
	}
	switch {
	case p.Prefer == PreferA && a.ref == ref:
		return a.mv
	case p.Prefer == PreferB && b.ref == ref:
		return b.mv
	case p.Prefer == PreferC && c.ref == ref:
		return c.mv
	}
	return medianMV(a, b, c, ref)
}

// medianMV is the median prediction of clause 8.4.1.3.1.
func medianMV(a, b, c motion, ref int8) MV {
	if !b.available && !c.available && a.available {
		return a.mv
	}
	switch {
	case a.ref == ref && b.ref != ref && c.ref != ref:
		return a.mv
	case b.ref == ref && a.ref != ref && c.ref != ref:
		return b.mv
	case c.ref == ref && a.ref != ref && b.ref != ref:
		return c.mv
	}
	return MV{X: median(a.mv.X, b.mv.X, c.mv.X), Y: median(a.mv.Y, b.mv.Y, c.mv.Y)}
}

func median(a, b, c int16) int16 {
	return max(min(a, b), min(max(a, b), c))
}

// SkipMV is the vector of a P_Skip macroblock (clause 8.4.1.1).
func (mb *MB) SkipMV(n *Neighbours) MV {
	if n.A == nil || n.B == nil {
		return MV{}
	}
	a, b := n.A.motionAt(3, 0), n.B.motionAt(0, 3)
	if a.ref == 0 && a.mv == (MV{}) || b.ref == 0 && b.mv == (MV{}) {
		return MV{}
	}
	return mb.PredictMV(n, Partitions[P16x16][0], 0)
}

// NC derives nC of clause 9.2.1 for the 4x4 block at column x and row y of
// plane p. Width is the plane's blocks per macroblock row: 4 for luma and 4:4:4
// chroma, 2 for 4:2:0 chroma.
func (mb *MB) NC(n *Neighbours, p, x, y, width int) int {
	left, above := mb, mb
	ax, by := x-1, y-1
	if x == 0 {
		left, ax = n.A, width-1
	}
	if y == 0 {
		above, by = n.B, width-1
	}
	switch {
	case left != nil && above != nil:
		return (int(left.TotalCoeff[p][(y*width+ax)&15]) + int(above.TotalCoeff[p][(by*width+x)&15]) + 1) >> 1
	case left != nil:
		return int(left.TotalCoeff[p][(y*width+ax)&15])
	case above != nil:
		return int(above.TotalCoeff[p][(by*width+x)&15])
	}
	return 0
}

// I4Predictor is predIntra4x4PredMode of the 4x4 block at (x, y) (clause
// 8.3.1.1).
func (mb *MB) I4Predictor(n *Neighbours, x, y int) uint8 {
	left, above := mb, mb
	if x == 0 {
		left = n.A
	}
	if y == 0 {
		above = n.B
	}
	if left == nil || above == nil {
		return I4DC
	}
	return min(left.i4ModeAt((x-1)&3, y), above.i4ModeAt(x, (y-1)&3))
}

func (mb *MB) i4ModeAt(x, y int) uint8 {
	if mb.Type != I4x4 {
		return I4DC
	}
	return mb.I4Modes[(y*4+x)&15]
}
