// Package macroblock holds what the stages of the encoder hand to each other:
// a decided macroblock, its residual, and what the standard derives from its
// neighbours (ITU-T H.264 clauses 6.4.9 to 6.4.12 and 8.4.1).
package macroblock

import "github.com/g264/g264/internal/dsp"

// Type is a macroblock type of tables 7-11 and 7-13.
type Type uint8

const (
	PSkip Type = iota
	P16x16
	P16x8
	P8x16
	P8x8
	I4x4
	I16x16
	IPCM
)

// IsIntra reports whether the type is one of the intra types.
func (t Type) IsIntra() bool { return t >= I4x4 }

// SubType is a sub-macroblock type of table 7-17.
type SubType uint8

const (
	Sub8x8 SubType = iota
	Sub8x4
	Sub4x8
	Sub4x4
)

// MV is a motion vector in quarter luma samples.
type MV = dsp.MV

// Intra 4x4 prediction modes (table 8-2).
const (
	I4Vertical = iota
	I4Horizontal
	I4DC
	I4DiagonalDownLeft
	I4DiagonalDownRight
	I4VerticalRight
	I4HorizontalDown
	I4VerticalLeft
	I4HorizontalUp
)

// Intra 16x16 prediction modes (table 8-4).
const (
	I16Vertical = iota
	I16Horizontal
	I16DC
	I16Plane
)

// Intra chroma prediction modes (table 8-5).
const (
	ChromaDC = iota
	ChromaHorizontal
	ChromaVertical
	ChromaPlane
)

// MB is one decided macroblock: what the entropy coder writes, the deblocking
// filter reads and later macroblocks predict from. Arrays of 16 are indexed by
// 4x4 block in raster order (4*y+x) within the macroblock, arrays of 4 by 8x8
// quadrant in raster order.
type MB struct {
	Type Type
	Sub  [4]SubType // of P8x8

	QP  int8  // luma quantiser, QP_Y of clause 7.4.5, of one that carries it
	CBP uint8 // coded_block_pattern: luma quadrants in bits 0-3, chroma in bits 4-5 (0 in 4:4:4)

	I16Mode    uint8
	ChromaMode uint8
	I4Modes    [16]uint8

	// What CABAC reads of neighbours (SetContexts).
	MVDRight, MVDBelow [4][2]uint8 // magnitudes of mvd_l0, at most MaxMVD, in the right column and the bottom row
	CodedDC            uint8       // bit p: DC levels of plane p, coded apart, are not all zero; 7 in I_PCM

	// Blocks is what the strengths of edges are derived from too:
	//
	//   - MV, vectors of list 0, zero in intra macroblocks.
	//   - Ref, refIdxL0, -1 in intra macroblocks.
	//   - Transform8x8, transform_size_8x8_flag; an I4x4 macroblock then is Intra
	//     8x8 with its modes in all four entries of each quadrant.
	//   - TotalCoeff, the numbers of non-zero levels of each coded 4x4 block, for
	//     nC (clause 9.2.1) and bS (8.7.2.1). Planes 1 and 2 are Cb and Cr: 16
	//     blocks each in 4:4:4, the first 4 (raster, 2*y+x) in 4:2:0, where they
	//     count AC levels only. Intra 16x16 luma counts AC levels only too. I_PCM
	//     counts 16. With the 8x8 transform the four entries of a quadrant hold the
	//     levels that CAVLC puts in each of four blocks, or with CABAC all of the
	//     8x8 block.
	dsp.Blocks
}

// CarriesQP reports whether mb_qp_delta and residual are sent: only then does
// the macroblock have a QP of its own (clause 7.4.5).
func (mb *MB) CarriesQP() bool { return mb.CBP != 0 || mb.Type == I16x16 }

// ChoosesTransform reports whether an inter macroblock may have either transform:
// with a luma residual, and partitions of 8x8 samples at least.
func (mb *MB) ChoosesTransform() bool {
	return mb.CBP&15 != 0 && mb.Type < I4x4 && (mb.Type != P8x8 || mb.Sub == [4]SubType{})
}

// CodedPattern is CBP as neighbours see it: all of I_PCM is coded.
func (mb *MB) CodedPattern() uint8 {
	if mb.Type == IPCM {
		return 2<<4 | 15
	}
	return mb.CBP
}

// MaxLevel bounds the magnitude of levels whose level_prefix is at most 15
// wherever they stand in a block. Beyond it a level may need a level_prefix of
// 16 and more, which profile_idc 66, 77, 88 and 100 forbid (clause 9.2.2.1).
const MaxLevel = 2063

// Residual holds the quantised levels of one macroblock in scanning order.
// Blocks are indexed in coding order (BlockRaster maps to raster).
type Residual struct {
	// DC holds the 16 Intra 16x16 DC levels of each plane; in 4:2:0 planes 1
	// and 2 hold the 4 chroma DC levels (raster order, 8-330).
	DC [3][16]int16
	// Level holds the 4x4 blocks of each plane. Blocks whose DC is coded apart
	// use entries 1 to 15. Level i of the 8x8 block of quadrant q is entry i/4 of
	// block 4*q+i%4, as CAVLC has it. In 4:2:0 planes 1 and 2 hold 4 blocks each. For
	// I_PCM each plane holds its samples in raster order instead.
	Level [3][16][16]int16
}

// PCM gives the samples of plane p of an I_PCM macroblock: 256 of luma or 4:4:4
// chroma, 64 of 4:2:0 chroma, in raster order. Each block of 16 samples stands
// in one block of Level.
func (r *Residual) PCM(p, i int) *int16 { return &r.Level[p][i>>4][i&15] }

// BlockRaster maps a 4x4 block's index in coding order (figure 6-10) to its
// raster index; the map is its own inverse.
var BlockRaster = [16]uint8{0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15}

// Neighbours are the macroblocks A (left), B (above), C (above right) and D
// (above left) of figure 6-12, nil where not available.
type Neighbours struct{ A, B, C, D *MB }
