// Package intra makes the intra predictions of ITU-T H.264 clause 8.3 from the
// unfiltered neighbouring samples in a macroblock.Rec.
package intra

import "github.com/g264/g264/h264/internal/macroblock"

// Available says which neighbouring macroblocks exist (all intra and inter
// ones may be predicted from: constrained_intra_pred_flag is 0).
type Available struct{ Left, Top, TopLeft, TopRight bool }

// Luma16Modes lists the Intra 16x16 modes that the neighbours permit; the same
// order serves 16x16 luma and, through ChromaModes, chroma.
func Luma16Modes(a Available) []uint8 {
	return modes16[a.index()]
}

// ChromaModes lists the intra chroma modes that the neighbours permit.
func ChromaModes(a Available) []uint8 {
	return modesChroma[a.index()]
}

func (a Available) index() int {
	switch {
	case a.Left && a.Top && a.TopLeft:
		return 3
	case a.Top:
		return 2
	case a.Left:
		return 1
	}
	return 0
}

var modes16 = [4][]uint8{
	{macroblock.I16DC},
	{macroblock.I16DC, macroblock.I16Horizontal},
	{macroblock.I16DC, macroblock.I16Vertical},
	{macroblock.I16DC, macroblock.I16Horizontal, macroblock.I16Vertical, macroblock.I16Plane},
}

var modesChroma = [4][]uint8{
	{macroblock.ChromaDC},
	{macroblock.ChromaDC, macroblock.ChromaHorizontal},
	{macroblock.ChromaDC, macroblock.ChromaVertical},
	{macroblock.ChromaDC, macroblock.ChromaHorizontal, macroblock.ChromaVertical, macroblock.ChromaPlane},
}

const (
	stride = macroblock.RecStride
	origin = macroblock.RecOrigin
)

func clip(v int32) uint8 {
	if uint32(v) > 255 {
		return uint8(^(v >> 31))
	}
	return uint8(v)
}
