package syntax

import "github.com/g264/g264/h264/internal/bits"

// PlaneWeight scales the prediction of one plane from one reference picture
// (clause 8.4.2.3.2): (sample*Scale + 1<<(denominator-1))>>denominator + Offset.
type PlaneWeight struct{ Scale, Offset int8 }

// RefWeight are the weights of one reference index: of luma, Cb and Cr.
type RefWeight [3]PlaneWeight

// WeightTable is pred_weight_table (clause 7.3.3.2) of a P slice.
type WeightTable struct {
	// Log2Denom are luma_log2_weight_denom and chroma_log2_weight_denom, 0 to 6
	// here: then the weight of one, that of an absent flag, fits a Scale.
	Log2Denom [2]uint8
	Refs      []RefWeight // of each reference index in use
}

// Identity is the weight that leaves the samples of a plane as they are.
func (t *WeightTable) Identity(plane int) PlaneWeight {
	return PlaneWeight{Scale: 1 << t.Log2Denom[min(plane, 1)]}
}

func (t *WeightTable) write(w *bits.Writer) {
	w.UE(uint32(t.Log2Denom[0]))
	w.UE(uint32(t.Log2Denom[1]))
	for i := range t.Refs {
		t.writePlanes(w, t.Refs[i][:1], t.Identity(0))
		t.writePlanes(w, t.Refs[i][1:], t.Identity(1))
	}
}

// writePlanes writes the weights that stand behind one flag.
func (t *WeightTable) writePlanes(w *bits.Writer, planes []PlaneWeight, identity PlaneWeight) {
	weighted := false
	for _, p := range planes {
		weighted = weighted || p != identity
	}
	w.Flag(weighted)
	if !weighted {
		return
	}
	for _, p := range planes {
		w.SE(int32(p.Scale))
		w.SE(int32(p.Offset))
	}
}
