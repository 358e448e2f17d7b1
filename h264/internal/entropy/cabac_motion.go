package entropy

import "github.com/g264/g264/h264/internal/macroblock"

// motion is mb_pred of P_L0_16x16, P_L0_L0_16x8 and P_L0_L0_8x16.
func (c *CABAC) motion(mb *macroblock.MB, n *macroblock.Neighbours) {
	partitions := macroblock.Partitions[mb.Type]
	for _, p := range partitions {
		c.refIdx(mb, n, p)
	}
	c.loadMVD(n)
	for _, p := range partitions {
		c.vector(mb, n, p)
	}
}

// subMotion is sub_mb_pred of P_8x8.
func (c *CABAC) subMotion(mb *macroblock.MB, n *macroblock.Neighbours) {
	for _, sub := range mb.Sub {
		c.subType(sub)
	}
	for _, p := range macroblock.Partitions[macroblock.P8x8] {
		c.refIdx(mb, n, p)
	}
	c.loadMVD(n)
	for q, sub := range mb.Sub {
		for _, p := range macroblock.SubPartitions[sub] {
			c.vector(mb, n, p.Within(q))
		}
	}
}

// subType is sub_mb_type (table 9-38).
func (c *CABAC) subType(sub macroblock.SubType) {
	c.bin(ctxSubType, flag(sub == macroblock.Sub8x8))
	if sub == macroblock.Sub8x8 {
		return
	}
	c.bin(ctxSubType+1, flag(sub != macroblock.Sub8x4))
	if sub != macroblock.Sub8x4 {
		c.bin(ctxSubType+2, flag(sub == macroblock.Sub4x8))
	}
}

// refIdx is ref_idx_l0 of a partition.
func (c *CABAC) refIdx(mb *macroblock.MB, n *macroblock.Neighbours, p macroblock.Partition) {
	if c.slice.NumRefIdx == 1 {
		return
	}
	x, y := p.X>>1, p.Y>>1
	q := (y*2 + x) & 3
	left, above := mb, mb
	if x == 0 {
		left = n.A
	}
	if y == 0 {
		above = n.B
	}
	ctx := uint(ctxRefIdx)
	if left != nil && left.Ref[q^1] > 0 {
		ctx++
	}
	if above != nil && above.Ref[q^2] > 0 {
		ctx += 2
	}
	left4 := uint(ctxRefIdx + 4)
	for ref := mb.Ref[q]; ref > 0; ref-- {
		c.bin(ctx, 1)
		ctx, left4 = left4, ctxRefIdx+5
	}
	c.bin(ctx, 0)
}

// Geometry of CABAC.mvd.
const (
	mvdRow    = 5
	mvdOrigin = mvdRow + 1
)

// loadMVD enters the vector differences of the neighbours in c.mvd: a row above
// the blocks of the macroblock and a column left of them, in rows of mvdRow.
func (c *CABAC) loadMVD(n *macroblock.Neighbours) {
	for i := range uint8(4) {
		var left, above [2]uint8
		if n.A != nil {
			left = n.A.MVDRight[i]
		}
		if n.B != nil {
			above = n.B.MVDBelow[i]
		}
		c.mvd[mvdOrigin+i*mvdRow-1] = left
		c.mvd[mvdOrigin-mvdRow+i] = above
	}
}

// vector is mvd_l0 of a partition.
func (c *CABAC) vector(mb *macroblock.MB, n *macroblock.Neighbours, p macroblock.Partition) {
	c.makeRoom()
	mv := mb.MV[(p.Y*4+p.X)&15]
	pred := mb.PredictMV(n, p, mb.Ref[quadrant(p)])
	dx, dy := int32(mv.X)-int32(pred.X), int32(mv.Y)-int32(pred.Y)
	at := mvdOrigin + p.Y*mvdRow + p.X
	left, above := c.mvd[at-1], c.mvd[at-mvdRow]
	c.component(ctxMVDX, dx, uint(left[0])+uint(above[0]))
	c.component(ctxMVDY, dy, uint(left[1])+uint(above[1]))
	magnitude := [2]uint8{uint8(min(max(dx, -dx), macroblock.MaxMVD)), uint8(min(max(dy, -dy), macroblock.MaxMVD))}
	for y := range p.H {
		row := c.mvd[at+y*mvdRow:][:p.W]
		for x := range row {
			row[x] = magnitude
		}
	}
}

// component is one component of mvd_l0; around is the sum of the neighbours'
// magnitudes.
func (c *CABAC) component(first uint, v int32, around uint) {
	ctx := first
	switch {
	case around > 32:
		ctx += 2
	case around > 2:
		ctx++
	}
	if v == 0 {
		c.bin(ctx, 0)
		return
	}
	c.bin(ctx, 1)
	magnitude := uint32(max(v, -v))
	next := uint(3)
	for range min(magnitude, mvdPrefix) - 1 {
		c.bin(first+next, 1)
		next = min(next+1, 6)
	}
	sign := uint32(v) >> 31
	if magnitude < mvdPrefix {
		c.binThen(first+next, 0, sign)
	} else {
		bins, n := expGolomb(magnitude-mvdPrefix, 3)
		c.bypass(bins<<1|uint64(sign), n+1)
	}
}
