// Package intra makes the intra predictions of ITU-T H.264 clause 8.3 from the
// unfiltered neighbouring samples in a macroblock.Rec.
package intra

import "github.com/g264/g264/h264/internal/macroblock"

// Available says which neighbouring macroblocks exist (all intra and inter
// ones may be predicted from: constrained_intra_pred_flag is 0).
type Available struct{ Left, Top, TopLeft, TopRight bool }

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

// The modes that the neighbours permit, by index.
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
