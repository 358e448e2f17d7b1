package entropy

import (
	"github.com/g264/g264/h264/internal/bits"
	"github.com/g264/g264/h264/internal/macroblock"
)

// MBTypeBits returns the size of mb_type, 0 for P_Skip; see I16TypeBits for
// Intra 16x16.
func MBTypeBits(t macroblock.Type, pSlice bool) int {
	if t == macroblock.PSkip {
		return 0
	}
	return bits.UELen(mbTypeNum(t, 0, 0, pSlice))
}

// I16TypeBits returns the size of mb_type of Intra 16x16, which says its
// prediction mode and coded_block_pattern too.
func I16TypeBits(mode, cbp uint8, pSlice bool) int {
	return bits.UELen(mbTypeNum(macroblock.I16x16, mode, cbp, pSlice))
}

// SubTypeBits returns the size of sub_mb_type.
func SubTypeBits(t macroblock.SubType) int { return bits.UELen(uint32(t)) }

// RefBits returns the size of ref_idx_l0 where numRefIdxActive pictures are
// referred to.
func RefBits(ref int8, numRefIdxActive int) int {
	switch numRefIdxActive {
	case 1:
		return 0
	case 2:
		return 1
	}
	return bits.UELen(uint32(ref))
}

// I4ModeBits returns the size of an Intra 4x4 prediction mode where pred is
// predicted (MB.I4Predictor).
func I4ModeBits(mode, pred uint8) int {
	if mode == pred {
		return 1
	}
	return 4
}

// ChromaModeBits returns the size of intra_chroma_pred_mode, which 4:4:4 lacks.
func ChromaModeBits(mode uint8) int { return bits.UELen(uint32(mode)) }
