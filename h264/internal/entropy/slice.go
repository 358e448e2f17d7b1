package entropy

// Slice is what the coding of a slice's macroblocks depends on beside them.
type Slice struct {
	P            bool  // a P slice; otherwise an I slice
	NumRefIdx    int   // num_ref_idx_l0_active, 1 to 32 in a P slice
	QP           int   // SliceQP_Y, 0 to 51
	CABACInitIDC uint8 // cabac_init_idc, 0 to 2
	Transform8x8 bool  // transform_8x8_mode_flag
}
