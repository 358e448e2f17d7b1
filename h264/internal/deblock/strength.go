package deblock

import (
	"encoding/binary"

	"github.com/g264/g264/h264/internal/macroblock"
)

// strengths holds bS of the four edges of one direction, that of the four 4x4
// blocks along each edge in a byte each.
type strengths [4]uint32

// all is a strength of 1 along a whole edge.
const all = 0x01010101

// boundaries derives bS of a macroblock's edges (clause 8.7.2.1) by direction;
// left and above are nil at the picture's edges.
func boundaries(mb, left, above *macroblock.MB) (bs [2]strengths) {
	if mb.Type.IsIntra() {
		bs = [2]strengths{{4 * all, 3 * all, 3 * all, 3 * all}, {4 * all, 3 * all, 3 * all, 3 * all}}
		if left == nil {
			bs[columns][0] = 0
		}
		if above == nil {
			bs[rows][0] = 0
		}
		inTransforms(mb, &bs)
		return bs
	}
	coded := codedBlocks(mb)
	if left != nil {
		bs[columns][0] = outer(mb, left, coded, columns)
	}
	if above != nil {
		bs[rows][0] = outer(mb, above, coded, rows)
	}
	if whole(mb) {
		return bs
	}
	for direction := range bs {
		// Bits 4*e to 4*e+3 are those along edge e.
		blocks := coded
		if direction == columns {
			blocks = transposed(coded)
		}
		blocks |= blocks << 4
		moved := moves(mb, direction) &^ blocks
		for e := 1; e < 4; e++ {
			bs[direction][e] = 2*spread[blocks>>(4*e)&15] + spread[moved>>(4*e)&15]
		}
	}
	inTransforms(mb, &bs)
	return bs
}

// untouched reports quickly whether bS is 0 along all edges of most macroblocks
// where it is: undivided and without residual, as are those around, and moved as
// they are.
func untouched(mb, left, above *macroblock.MB) bool {
	return whole(mb) &&
		(left == nil || whole(left) && !moved(mb, 0, left, 0)) &&
		(above == nil || whole(above) && !moved(mb, 0, above, 0))
}

// whole reports whether an inter macroblock is undivided and has no luma residual.
func whole(mb *macroblock.MB) bool { return mb.Type <= macroblock.P16x16 && mb.CBP&15 == 0 }

// inTransforms clears the edges that lie within 8x8 transform blocks.
func inTransforms(mb *macroblock.MB, bs *[2]strengths) {
	if mb.Transform8x8 {
		for direction := range bs {
			bs[direction][1], bs[direction][3] = 0, 0
		}
	}
}

// spread puts four bits into a byte each.
var spread = [16]uint32{
	0x0, 0x1, 0x100, 0x101, 0x10000, 0x10001, 0x10100, 0x10101,
	0x1000000, 0x1000001, 0x1000100, 0x1000101, 0x1010000, 0x1010001, 0x1010100, 0x1010101,
}

// outer derives bS along the edge between the inter macroblock mb, whose coded
// blocks are given, and its left (columns) or upper (rows) neighbour.
func outer(mb, neighbour *macroblock.MB, coded uint, direction int) uint32 {
	if neighbour.Type.IsIntra() {
		return 4 * all
	}
	if whole(mb) && whole(neighbour) {
		if moved(mb, 0, neighbour, 0) {
			return all
		}
		return 0
	}
	other := codedBlocks(neighbour)
	step := 1 // between blocks along the edge
	if direction == columns {
		step = 4
		coded, other = transposed(coded), transposed(other)
	}
	blocks := (coded | other>>12) & 15
	bs := 2 * spread[blocks]
	for i := range 4 {
		p, q := i*step, 15-(3-i)*step
		if blocks>>i&1 == 0 && moved(mb, p, neighbour, q) {
			bs |= 1 << (8 * i)
		}
	}
	return bs
}

// codedBlocks returns the blocks of an inter macroblock that lie in transform
// blocks with luma coefficients, a bit each in raster order.
func codedBlocks(mb *macroblock.MB) uint {
	if mb.CBP&15 == 0 {
		return 0
	}
	bits := notZero(binary.LittleEndian.Uint64(mb.TotalCoeff[0][:])) | notZero(binary.LittleEndian.Uint64(mb.TotalCoeff[0][8:]))<<8
	if mb.Transform8x8 {
		bits |= bits>>1&0x5555 | bits<<1&0xaaaa
		bits |= bits>>4&0x0f0f | bits<<4&0xf0f0
	}
	return bits
}

// notZero returns a bit for each byte of v that isn't zero. Bytes are below 128.
func notZero(v uint64) uint {
	v = (v + 0x7f7f7f7f7f7f7f7f) >> 7 & 0x0101010101010101
	return uint(v * 0x0102040810204080 >> 56)
}

// transposed exchanges rows and columns of blocks.
func transposed(blocks uint) uint {
	column := func(x int) uint { return blocks >> x & 0x1111 * 0x1248 >> 12 & 15 }
	return column(0) | column(1)<<4 | column(2)<<8 | column(3)<<12
}

// moves returns the blocks that have another reference or a vector a sample or
// more from that of the block before them in their macroblock. Bits 4*e to
// 4*e+3 are the blocks along edge e.
func moves(mb *macroblock.MB, direction int) (bits uint) {
	between, along := 4, 1
	if direction == columns {
		between, along = along, between
	}
	switch {
	case mb.Type <= macroblock.P16x16, mb.Type == macroblock.P16x8 && direction == columns, mb.Type == macroblock.P8x16 && direction == rows:
		return 0
	case mb.Type != macroblock.P8x8:
		if moved(mb, 2*between, mb, between) {
			return 15 << 8
		}
		return 0
	}
	step := 1
	if mb.Sub == [4]macroblock.SubType{} {
		step = 2
	}
	for e := step; e < 4; e += step {
		for i := range 4 {
			p := e*between + i*along
			if moved(mb, p, mb, p-between) {
				bits |= 1 << (4*e + i)
			}
		}
	}
	return bits
}

// moved reports whether block i of p and block j of q differ in reference, or in
// a component of their vectors by a sample or more.
func moved(p *macroblock.MB, i int, q *macroblock.MB, j int) bool {
	i, j = i&15, j&15
	a, b := p.MV[i], q.MV[j]
	return p.Ref[i>>3<<1|i>>1&1] != q.Ref[j>>3<<1|j>>1&1] ||
		uint32(int32(a.X)-int32(b.X)+3) > 6 || uint32(int32(a.Y)-int32(b.Y)+3) > 6
}
