package entropy

import (
	"encoding/binary"
	"math/bits"

	"github.com/g264/g264/h264/internal/macroblock"
)

// CodedBlocks tells which 4x4 blocks have levels in one plane of a macroblock and
// beside it, for ctxIdxInc of coded_block_flag (9.3.3.1.1.9): by a bit of CodedPlace.
type CodedBlocks uint64

// CodedPlace is the bit of CodedBlocks for the block at (x, y), which may be -1.
func CodedPlace(x, y int) uint { return uint(8*y + x + 9) }

// CodedPlaces holds CodedPlace of the blocks of a plane in coding order.
var CodedPlaces = func() (places [16]uint) {
	for i, r := range macroblock.BlockRaster {
		places[i] = CodedPlace(int(r&3), int(r>>2))
	}
	return places
}()

// Bits of blocks to the left, from above down, and above.
const (
	leftCoded  CodedBlocks = 1<<8 | 1<<16 | 1<<24 | 1<<32
	aboveCoded CodedBlocks = 15 << 1
)

// CodedAround returns the blocks beside a macroblock, in plane p of so many blocks per
// row, 4 or 2.
func CodedAround(mb *macroblock.MB, n *macroblock.Neighbours, p, width int) (b CodedBlocks) {
	if mb.Type.IsIntra() { // what is not available counts as coded
		b = leftCoded | aboveCoded
	}
	if n.A != nil {
		b &^= leftCoded
		counts := &n.A.TotalCoeff[p]
		if width == 4 {
			b |= anyCoded(counts[3])<<8 | anyCoded(counts[7])<<16 | anyCoded(counts[11])<<24 | anyCoded(counts[15])<<32
		} else {
			b |= anyCoded(counts[1])<<8 | anyCoded(counts[3])<<16
		}
	}
	if n.B != nil {
		b &^= aboveCoded
		counts := &n.B.TotalCoeff[p]
		if width == 4 {
			b |= rowCoded(counts[12:]) << 1
		} else {
			b |= anyCoded(counts[2])<<1 | anyCoded(counts[3])<<2
		}
	}
	return b
}

// CodedWithin adds the blocks of the macroblock to those of CodedAround.
func (b CodedBlocks) CodedWithin(mb *macroblock.MB, p, width int) CodedBlocks {
	counts := &mb.TotalCoeff[p]
	if width == 4 {
		return b | rowCoded(counts[0:])<<9 | rowCoded(counts[4:])<<17 | rowCoded(counts[8:])<<25 | rowCoded(counts[12:])<<33
	}
	return b | rowCoded(counts[0:])&3<<9 | rowCoded(counts[0:])>>2<<17
}

// anyCoded is 1 where a count, below 128, is not zero.
func anyCoded(count uint8) CodedBlocks { return CodedBlocks((count + 127) >> 7) }

// rowCoded is anyCoded of the first four counts.
func rowCoded(counts []uint8) CodedBlocks {
	x := (binary.LittleEndian.Uint32(counts) + 0x7f7f7f7f) >> 7 & 0x01010101
	return CodedBlocks(x * (1<<28 | 1<<21 | 1<<14 | 1<<7) >> 28) // gathers the bits
}

// Context is ctxIdxInc of coded_block_flag of the block at a place.
func (b CodedBlocks) Context(place uint) uint {
	b >>= (place - 8) & 63 // that above now is the lowest bit
	return uint(b>>7&1 | b&1<<1)
}

// Sum adds up, for the four blocks of a quadrant, what costs says of Context. Blocks to
// the right and below don't count.
func (b CodedBlocks) Sum(quad int, costs *[4]int64) int64 {
	quadrant := CodedBlocks(0x60600) << (quad&1*2 + quad>>1&1*16)
	left, above := quadrant&(b<<1), quadrant&(b<<8)
	both, l, a := count(left&above), count(left), count(above)
	return both*costs[3] + (a-both)*costs[2] + (l-both)*costs[1] + (4-l-a+both)*costs[0]
}

func count(b CodedBlocks) int64 { return int64(bits.OnesCount64(uint64(b))) }
