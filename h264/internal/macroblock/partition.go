package macroblock

// Prefer names the neighbour whose vector alone predicts a 16x8 or 8x16
// partition of the same reference (clause 8.4.1.3).
type Prefer uint8

const (
	Median Prefer = iota
	PreferA
	PreferB
	PreferC
)

// Partition is a rectangle of a macroblock that has one vector, in units of
// 4x4 blocks.
type Partition struct {
	X, Y, W, H uint8
	Prefer     Prefer
}

// Partitions of the inter macroblock types, in coding order (figure 6-9). Those
// of P8x8 are its quadrants, each divided further by SubPartitions.
var Partitions = [...][]Partition{
	PSkip:  {{0, 0, 4, 4, Median}},
	P16x16: {{0, 0, 4, 4, Median}},
	P16x8:  {{0, 0, 4, 2, PreferB}, {0, 2, 4, 2, PreferA}},
	P8x16:  {{0, 0, 2, 4, PreferA}, {2, 0, 2, 4, PreferC}},
	P8x8:   {{0, 0, 2, 2, Median}, {2, 0, 2, 2, Median}, {0, 2, 2, 2, Median}, {2, 2, 2, 2, Median}},
}

// SubPartitions of the sub-macroblock types, relative to their quadrant.
var SubPartitions = [...][]Partition{
	Sub8x8: {{0, 0, 2, 2, Median}},
	Sub8x4: {{0, 0, 2, 1, Median}, {0, 1, 2, 1, Median}},
	Sub4x8: {{0, 0, 1, 2, Median}, {1, 0, 1, 2, Median}},
	Sub4x4: {{0, 0, 1, 1, Median}, {1, 0, 1, 1, Median}, {0, 1, 1, 1, Median}, {1, 1, 1, 1, Median}},
}

// Within returns the sub-partition's rectangle within its macroblock, for the
// quadrant q (raster order).
func (p Partition) Within(q int) Partition {
	p.X += uint8(q&1) * 2
	p.Y += uint8(q>>1) * 2
	return p
}

// SetMV sets the vector of all 4x4 blocks of the partition.
func (mb *MB) SetMV(p Partition, mv MV) {
	if p.W&p.H == 4 {
		mb.fillMV(mv)
		return
	}
	for y := p.Y; y < p.Y+p.H; y++ {
		for x := p.X; x < p.X+p.W; x++ {
			mb.MV[(y*4+x)&15] = mv
		}
	}
}

// SetSkip makes the macroblock a P_Skip with a vector.
func (mb *MB) SetSkip(qp int8, mv MV) {
	*mb = MB{Type: PSkip, QP: qp}
	if mv != (MV{}) { // which most are
		mb.fillMV(mv)
	}
}

// fillMV sets the vector of all blocks.
func (mb *MB) fillMV(mv MV) {
	for i := range mb.MV {
		mb.MV[i] = mv
	}
}

// SetRef sets the reference index of all quadrants that the partition touches.
func (mb *MB) SetRef(p Partition, ref int8) {
	for y := p.Y >> 1; y < (p.Y+p.H+1)>>1; y++ {
		for x := p.X >> 1; x < (p.X+p.W+1)>>1; x++ {
			mb.Ref[(y*2+x)&3] = ref
		}
	}
}
