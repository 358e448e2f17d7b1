package syntax

import "github.com/g264/g264/h264/internal/bits"

// PPS is a picture parameter set (clause 7.3.2.2) with one slice group, no
// constrained intra prediction, no redundant pictures and flat scaling.
type PPS struct {
	EntropyCABAC             bool    // entropy_coding_mode_flag; false is CAVLC
	NumRefIdxL0Default       int     // num_ref_idx_l0_default_active, 1 to 16
	WeightedPred             bool    // P slices have a WeightTable
	PicInitQP                int     // 26 + pic_init_qp_minus26, 0 to 51
	ChromaQPIndexOffset      [2]int8 // of Cb and Cr, -12 to 12; unequal ones need a High profile
	DeblockingControlPresent bool    // slice headers control the deblocking filter
	Transform8x8             bool    // transform_8x8_mode_flag
}

// Validate reports the first field with a value that the standard doesn't
// permit with this SPS, as ErrInvalid.
func (p *PPS) Validate(sps *SPS) error {
	high, cb, cr := sps.ProfileIDC.hasHighSyntax(), p.ChromaQPIndexOffset[0], p.ChromaQPIndexOffset[1]
	switch {
	case p.EntropyCABAC && sps.ProfileIDC == ConstrainedBaseline:
		return invalid("entropy_coding_mode_flag", p.EntropyCABAC, "false in profile Constrained Baseline")
	case p.WeightedPred && sps.ProfileIDC == ConstrainedBaseline:
		return invalid("weighted_pred_flag", p.WeightedPred, "false in profile Constrained Baseline")
	case p.NumRefIdxL0Default < 1 || p.NumRefIdxL0Default > 16:
		return invalid("num_ref_idx_l0_default_active", p.NumRefIdxL0Default, "1 to 16")
	case p.PicInitQP < 0 || p.PicInitQP > 51:
		return invalid("initial QP", p.PicInitQP, "0 to 51")
	case cb < -12 || cb > 12 || cr < -12 || cr > 12:
		return invalid("chroma_qp_index_offset", p.ChromaQPIndexOffset, "-12 to 12")
	case cb != cr && !high:
		return invalid("chroma_qp_index_offset", p.ChromaQPIndexOffset, "equal for Cb and Cr in profile "+sps.ProfileIDC.String())
	case p.Transform8x8 && !high:
		return invalid("transform_8x8_mode_flag", p.Transform8x8, "false in profile "+sps.ProfileIDC.String())
	}
	return nil
}

// hasExtension reports whether the part that came with the High profiles says
// anything; a decoder infers the values that p then has.
func (p *PPS) hasExtension() bool {
	return p.Transform8x8 || p.ChromaQPIndexOffset[0] != p.ChromaQPIndexOffset[1]
}

// Write writes pic_parameter_set_rbsp.
func (p *PPS) Write(w *bits.Writer) {
	w.UE(0) // pic_parameter_set_id
	w.UE(0) // seq_parameter_set_id
	w.Flag(p.EntropyCABAC)
	w.Bit(0) // bottom_field_pic_order_in_frame_present_flag
	w.UE(0)  // num_slice_groups_minus1
	w.UE(uint32(p.NumRefIdxL0Default - 1))
	w.UE(0) // num_ref_idx_l1_default_active_minus1
	w.Flag(p.WeightedPred)
	w.Bits(0, 2) // weighted_bipred_idc
	w.SE(int32(p.PicInitQP - 26))
	w.SE(0) // pic_init_qs_minus26
	w.SE(int32(p.ChromaQPIndexOffset[0]))
	w.Flag(p.DeblockingControlPresent)
	w.Bit(0) // constrained_intra_pred_flag
	w.Bit(0) // redundant_pic_cnt_present_flag
	if p.hasExtension() {
		w.Flag(p.Transform8x8)
		w.Bit(0) // pic_scaling_matrix_present_flag
		w.SE(int32(p.ChromaQPIndexOffset[1]))
	}
	w.TrailingBits()
}
