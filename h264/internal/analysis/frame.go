// Package analysis decides each macroblock of a picture: its type, partitions,
// prediction modes, vectors, QP and levels, and reconstructs it (before the
// deblocking filter). It asks the stages what things cost. Macroblocks of a row
// are decided in order; rows may overlap as long as each stays behind the row
// above it by Lag macroblocks.
package analysis

import (
	"github.com/g264/g264/h264/internal/entropy"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/h264/internal/syntax"
)

// Lag is how many macroblocks of the row above must be finished beyond the
// column of a macroblock: C is one to the right.
const Lag = 2

// Frame is what all rows of a picture share. The fields are set before the
// first row and read only after, but for what Row says that it writes.
type Frame struct {
	MBW, MBH int
	Chroma44 bool
	Preset   *Preset

	Src     *picture.Source
	Rec     *picture.Reconstruction   // written: samples, macroblocks, and what is said of them
	Refs    []*picture.Reconstruction // list 0; empty in an I picture
	Weights *syntax.WeightTable       // of Refs; nil: none

	QP           int     // of the slice, SliceQP_Y
	FineQP       int     // of the picture in 1/256
	Offsets      []int16 // QP offset of each macroblock in 1/256
	ChromaOffset int     // chroma_qp_index_offset

	CABAC        bool // otherwise CAVLC
	CABACInitIDC uint8
	Transform8x8 bool // both transforms may be used
	Lossless     bool // QP is 0 and residual bypasses the transform

	// Seeds are vectors found on half-size pictures, one a macroblock.
	Seeds []macroblock.MV
	// Scroll is one for all macroblocks, zero if there is none.
	Scroll macroblock.MV

	MaxMVY    int // vertical vector range of the level, in quarter samples
	MaxMVDown int // downward vectors are below that: the rows beneath may not be finished
	MaxMVs    int // most vectors in a macroblock (half of MaxMvsPer2Mb)
	MaxSub    int // MaxSubMbRectSize
	RawMbBits int // bits of a macroblock's samples

	// leaves is what each row leaves for the one beneath. Behind a row whose task failed
	// others don't wait any more, so no two share memory.
	leaves []rowAbove
}

// rowAbove is what a row leaves for the one beneath it.
type rowAbove struct {
	// lines hold the unfiltered last row, but for macroblocks taken over: intra prediction
	// reads them after deblocking has begun.
	lines [3][]uint8
	// states are CABAC's after the second macroblock.
	states entropy.Contexts
}

// NewFrame makes a Frame for pictures of that size, to be used again and again.
func NewFrame(mbW, mbH int, chroma44 bool) *Frame {
	f := &Frame{MBW: mbW, MBH: mbH, Chroma44: chroma44, leaves: make([]rowAbove, mbH)}
	for i := range f.leaves {
		for p := range 3 {
			f.leaves[i].lines[p] = make([]uint8, f.lineWidth(p))
		}
	}
	return f
}

// Slice is what entropy coding must know of the picture's only slice.
func (f *Frame) Slice() entropy.Slice {
	return entropy.Slice{
		P: len(f.Refs) > 0, NumRefIdx: len(f.Refs), QP: f.QP, CABACInitIDC: f.CABACInitIDC, Transform8x8: f.Transform8x8,
	}
}

// takenOver reports whether macroblock i, decided, has, before the filter, the samples of the first
// reference in its place. Behind one whose task failed they are what was there before, and
// there may be no reference.
func (f *Frame) takenOver(i int) bool {
	return f.Rec.Unmoved[i] != 0 && len(f.Refs) > 0 && f.Weights == nil
}

func (f *Frame) lineWidth(p int) int { return f.MBW * f.blockSize(p) }

// blockSize is the width and height of a macroblock in plane p.
func (f *Frame) blockSize(p int) int {
	if p > 0 && !f.Chroma44 {
		return 8
	}
	return 16
}

// Neighbours returns the macroblocks around (x, y) of a picture with one slice.
func Neighbours(mbs []macroblock.MB, mbW, x, y int) (n macroblock.Neighbours) {
	i := y*mbW + x
	if x > 0 {
		n.A = &mbs[i-1]
	}
	if y > 0 {
		n.B = &mbs[i-mbW]
		if x > 0 {
			n.D = &mbs[i-mbW-1]
		}
		if x+1 < mbW {
			n.C = &mbs[i-mbW+1]
		}
	}
	return n
}
