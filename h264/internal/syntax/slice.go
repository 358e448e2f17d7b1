package syntax

import "github.com/g264/g264/h264/internal/bits"

// SliceType is a slice_type (table 7-6).
type SliceType uint8

const (
	SliceP SliceType = 0
	SliceI SliceType = 2
)

// RefPicListModification is one command of clause 7.3.3.1.
type RefPicListModification struct {
	IDC   uint8  // modification_of_pic_nums_idc: 0 subtract, 1 add, 2 long-term
	Value uint32 // abs_diff_pic_num_minus1, or long_term_pic_num
}

// endOfModifications is the modification_of_pic_nums_idc that ends the commands.
const endOfModifications = 3

// SliceHeader is the header of a slice of a frame (clause 7.3.3). Reference
// pictures are marked by the sliding window; an IDR picture lets all earlier
// pictures be shown and isn't a long-term reference.
type SliceHeader struct {
	FirstMB int // first_mb_in_slice
	Type    SliceType
	RefIDC  uint8 // nal_ref_idc of the slice's NAL unit, 0 to 3; not 0 in IDR pictures

	IDR      bool   // slice of an IDR picture, Type SliceI
	IDRPicID uint16 // differs between consecutive IDR pictures
	FrameNum uint32 // frame_num; the bits above Log2MaxFrameNum don't count
	POCLsb   uint32 // with SPS.POCType 0; the bits above Log2MaxPOCLsb don't count

	NumRefIdxActive   int // reference indices in use in a P slice, 1 to 16
	ListModifications []RefPicListModification

	Weights WeightTable // in P slices with PPS.WeightedPred

	CABACInitIDC uint8 // 0 to 2, in P slices with PPS.EntropyCABAC
	QP           int   // SliceQP_Y, 0 to 51

	// Deblocking, with PPS.DeblockingControlPresent.
	DisableDeblock  uint8 // disable_deblocking_filter_idc: 0 filter, 1 don't, 2 not across slices
	AlphaOffsetDiv2 int8  // slice_alpha_c0_offset_div2, -6 to 6
	BetaOffsetDiv2  int8  // slice_beta_offset_div2, -6 to 6
}

// NALType returns the nal_unit_type of the slice.
func (h *SliceHeader) NALType() uint8 {
	if h.IDR {
		return bits.NALIDR
	}
	return bits.NALSlice
}

// Write writes slice_header.
func (h *SliceHeader) Write(w *bits.Writer, sps *SPS, pps *PPS) {
	w.UE(uint32(h.FirstMB))
	w.UE(uint32(h.Type))
	w.UE(0) // pic_parameter_set_id
	w.Bits(h.FrameNum, uint(sps.Log2MaxFrameNum))
	if h.IDR {
		w.UE(uint32(h.IDRPicID))
	}
	if sps.POCType == 0 {
		w.Bits(h.POCLsb, uint(sps.Log2MaxPOCLsb))
	}
	if h.Type == SliceP {
		h.writeRefList(w, pps)
		if pps.WeightedPred {
			h.Weights.write(w)
		}
	}
	if h.RefIDC != 0 {
		h.writeMarking(w)
	}
	if pps.EntropyCABAC && h.Type != SliceI {
		w.UE(uint32(h.CABACInitIDC))
	}
	w.SE(int32(h.QP - pps.PicInitQP)) // slice_qp_delta
	if pps.DeblockingControlPresent {
		h.writeDeblocking(w)
	}
}

// writeRefList writes the size of list 0 and ref_pic_list_modification.
func (h *SliceHeader) writeRefList(w *bits.Writer, pps *PPS) {
	override := h.NumRefIdxActive != pps.NumRefIdxL0Default
	w.Flag(override) // num_ref_idx_active_override_flag
	if override {
		w.UE(uint32(h.NumRefIdxActive - 1))
	}
	modified := len(h.ListModifications) > 0
	w.Flag(modified) // ref_pic_list_modification_flag_l0
	if !modified {
		return
	}
	for _, m := range h.ListModifications {
		w.UE(uint32(m.IDC))
		w.UE(m.Value)
	}
	w.UE(endOfModifications)
}

// writeMarking writes dec_ref_pic_marking (clause 7.3.3.3).
func (h *SliceHeader) writeMarking(w *bits.Writer) {
	if h.IDR {
		w.Bit(0) // no_output_of_prior_pics_flag
		w.Bit(0) // long_term_reference_flag
		return
	}
	w.Bit(0) // adaptive_ref_pic_marking_mode_flag
}

func (h *SliceHeader) writeDeblocking(w *bits.Writer) {
	w.UE(uint32(h.DisableDeblock))
	if h.DisableDeblock == 1 {
		return
	}
	w.SE(int32(h.AlphaOffsetDiv2))
	w.SE(int32(h.BetaOffsetDiv2))
}
