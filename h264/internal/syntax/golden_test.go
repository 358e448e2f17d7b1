package syntax

import (
	"bytes"
	"testing"

	"github.com/g264/g264/h264/internal/bits"
)

// The golden headers are written out by hand from clauses 7.3.2.1, 7.3.2.2,
// 7.3.3 and E.1.1 and tables 9-2 and 9-3, a syntax element to a line.

func baselineSPS(t *testing.T) *SPS {
	s := &SPS{
		ProfileIDC: ConstrainedBaseline, Constraints: ConstrainedBaseline.Constraints(), LevelIDC: 11,
		ChromaFormatIDC: Chroma420, Log2MaxFrameNum: 4, POCType: 2, NumRefFrames: 1,
		VUI: VUI{
			SampleAspect: Ratio{1, 1}, ColourDescription: true, Primaries: 1, Transfer: 1, Matrix: 1,
			FrameRate: Ratio{24000, 1001}, FixedFrameRate: true, MotionVectorsOverPicBoundaries: true,
			Log2MaxMvLengthHorizontal: Log2MvLength(2048), Log2MaxMvLengthVertical: Log2MvLength(128),
			MaxDecFrameBuffering: 1,
		},
	}
	return sized(t, s, 192, 108)
}

const baselineSPSBits = `
profile_idc 01000010
constraint_set_flags 11000000
level_idc 00001011
seq_parameter_set_id 1
log2_max_frame_num_minus4 1
pic_order_cnt_type 011
max_num_ref_frames 010
gaps_in_frame_num_value_allowed_flag 0
pic_width_in_mbs_minus1 0001100
pic_height_in_map_units_minus1 00111
frame_mbs_only_flag 1
direct_8x8_inference_flag 1
frame_cropping_flag 1
frame_crop_left_offset 1
frame_crop_right_offset 1
frame_crop_top_offset 1
frame_crop_bottom_offset 011
vui_parameters_present_flag 1
aspect_ratio_info_present_flag 1
aspect_ratio_idc 00000001
overscan_info_present_flag 0
video_signal_type_present_flag 1
video_format 101
video_full_range_flag 0
colour_description_present_flag 1
colour_primaries 00000001
transfer_characteristics 00000001
matrix_coefficients 00000001
chroma_loc_info_present_flag 0
timing_info_present_flag 1
num_units_in_tick 00000000000000000000001111101001
time_scale 00000000000000001011101110000000
fixed_frame_rate_flag 1
nal_hrd_parameters_present_flag 0
vcl_hrd_parameters_present_flag 0
pic_struct_present_flag 0
bitstream_restriction_flag 1
motion_vectors_over_pic_boundaries_flag 1
max_bytes_per_pic_denom 1
max_bits_per_mb_denom 1
log2_max_mv_length_horizontal 0001110
log2_max_mv_length_vertical 0001010
max_num_reorder_frames 1
max_dec_frame_buffering 010
rbsp_stop_one_bit 1`

func high444SPS(t *testing.T) *SPS {
	s := &SPS{
		ProfileIDC: High444Predictive, Constraints: High444Predictive.Constraints(), LevelIDC: 10,
		ChromaFormatIDC: Chroma444, TransformBypass: true,
		Log2MaxFrameNum: 16, POCType: 0, Log2MaxPOCLsb: 6, NumRefFrames: 2,
		VUI: VUI{
			SampleAspect: Ratio{70, 50}, FullRange: true, ColourDescription: true, Primaries: 1, Transfer: 13,
			ChromaLoc: 1, MaxNumReorderFrames: 1, MaxDecFrameBuffering: 3,
		},
	}
	return sized(t, s, 15, 17)
}

const high444SPSBits = `
profile_idc 11110100
constraint_set_flags 00000000
level_idc 00001010
seq_parameter_set_id 1
chroma_format_idc 00100
separate_colour_plane_flag 0
bit_depth_luma_minus8 1
bit_depth_chroma_minus8 1
qpprime_y_zero_transform_bypass_flag 1
seq_scaling_matrix_present_flag 0
log2_max_frame_num_minus4 0001101
pic_order_cnt_type 1
log2_max_pic_order_cnt_lsb_minus4 011
max_num_ref_frames 011
gaps_in_frame_num_value_allowed_flag 0
pic_width_in_mbs_minus1 1
pic_height_in_map_units_minus1 010
frame_mbs_only_flag 1
direct_8x8_inference_flag 1
frame_cropping_flag 1
frame_crop_left_offset 1
frame_crop_right_offset 010
frame_crop_top_offset 1
frame_crop_bottom_offset 000010000
vui_parameters_present_flag 1
aspect_ratio_info_present_flag 1
aspect_ratio_idc 11111111
sar_width 0000000000000111
sar_height 0000000000000101
overscan_info_present_flag 0
video_signal_type_present_flag 1
video_format 101
video_full_range_flag 1
colour_description_present_flag 1
colour_primaries 00000001
transfer_characteristics 00001101
matrix_coefficients 00000000
chroma_loc_info_present_flag 0
timing_info_present_flag 0
nal_hrd_parameters_present_flag 0
vcl_hrd_parameters_present_flag 0
pic_struct_present_flag 0
bitstream_restriction_flag 1
motion_vectors_over_pic_boundaries_flag 0
max_bytes_per_pic_denom 1
max_bits_per_mb_denom 1
log2_max_mv_length_horizontal 1
log2_max_mv_length_vertical 1
max_num_reorder_frames 010
max_dec_frame_buffering 00100
rbsp_stop_one_bit 1`

func highSPS(t *testing.T) *SPS {
	s := &SPS{
		ProfileIDC: High, Constraints: High.Constraints(), LevelIDC: 40,
		ChromaFormatIDC: Chroma420, Log2MaxFrameNum: 8, POCType: 2, NumRefFrames: 4,
		VUI: VUI{
			SampleAspect: Ratio{8, 6}, FullRange: true, ChromaLoc: 1, FrameRate: Ratio{60, 2},
			MotionVectorsOverPicBoundaries: true,
			Log2MaxMvLengthHorizontal:      Log2MvLength(2048), Log2MaxMvLengthVertical: Log2MvLength(512),
			MaxDecFrameBuffering: 4,
		},
	}
	return sized(t, s, 1920, 1080)
}

const highSPSBits = `
profile_idc 01100100
constraint_set_flags 00000000
level_idc 00101000
seq_parameter_set_id 1
chroma_format_idc 010
bit_depth_luma_minus8 1
bit_depth_chroma_minus8 1
qpprime_y_zero_transform_bypass_flag 0
seq_scaling_matrix_present_flag 0
log2_max_frame_num_minus4 00101
pic_order_cnt_type 011
max_num_ref_frames 00101
gaps_in_frame_num_value_allowed_flag 0
pic_width_in_mbs_minus1 0000001111000
pic_height_in_map_units_minus1 0000001000100
frame_mbs_only_flag 1
direct_8x8_inference_flag 1
frame_cropping_flag 1
frame_crop_left_offset 1
frame_crop_right_offset 1
frame_crop_top_offset 1
frame_crop_bottom_offset 00101
vui_parameters_present_flag 1
aspect_ratio_info_present_flag 1
aspect_ratio_idc 00001110
overscan_info_present_flag 0
video_signal_type_present_flag 1
video_format 101
video_full_range_flag 1
colour_description_present_flag 0
chroma_loc_info_present_flag 1
chroma_sample_loc_type_top_field 010
chroma_sample_loc_type_bottom_field 010
timing_info_present_flag 1
num_units_in_tick 00000000000000000000000000000001
time_scale 00000000000000000000000000111100
fixed_frame_rate_flag 0
nal_hrd_parameters_present_flag 0
vcl_hrd_parameters_present_flag 0
pic_struct_present_flag 0
bitstream_restriction_flag 1
motion_vectors_over_pic_boundaries_flag 1
max_bytes_per_pic_denom 1
max_bits_per_mb_denom 1
log2_max_mv_length_horizontal 0001110
log2_max_mv_length_vertical 0001100
max_num_reorder_frames 1
max_dec_frame_buffering 00101
rbsp_stop_one_bit 1`

func sized(t *testing.T, s *SPS, width, height int) *SPS {
	t.Helper()
	if err := s.SetSize(width, height); err != nil {
		t.Fatal(err)
	}
	if err := s.Validate(); err != nil {
		t.Fatal(err)
	}
	if w, h := s.Size(); w != width || h != height {
		t.Fatalf("Size() = %dx%d, want %dx%d", w, h, width, height)
	}
	return s
}

func TestSPSGolden(t *testing.T) {
	for _, c := range []struct {
		name string
		sps  *SPS
		want string
	}{
		{"Constrained Baseline", baselineSPS(t), baselineSPSBits},
		{"High 4:4:4 Predictive", high444SPS(t), high444SPSBits},
		{"High", highSPS(t), highSPSBits},
	} {
		if got, want := written(c.sps.Write), pack(t, c.want); !bytes.Equal(got, want) {
			t.Errorf("%s:\n%x, want\n%x", c.name, got, want)
		}
	}
}

// TestSPSGoldenNAL holds whole NAL units, as they stand in avcC: the elements
// above put together by hand. In the second one the zeros of num_units_in_tick
// and time_scale call for emulation prevention before 00 and before 03.
func TestSPSGoldenNAL(t *testing.T) {
	for _, c := range []struct {
		sps  *SPS
		want []byte
	}{
		{baselineSPS(t), []byte{
			0x67, 0x42, 0xc0, 0x0b, 0xda, 0x0c, 0x3f, 0xef, 0x01, 0x6a, 0x02, 0x02, 0x02, 0x80, 0x00, 0x01,
			0xf4, 0x80, 0x00, 0x5d, 0xc0, 0x47, 0x8e, 0x15, 0x50,
		}},
		{highSPS(t), []byte{
			0x67, 0x64, 0x00, 0x28, 0xac, 0x2b, 0x28, 0x0f, 0x00, 0x44, 0xfc, 0xb8, 0x73, 0x6a, 0x50, 0x00,
			0x00, 0x03, 0x00, 0x10, 0x00, 0x00, 0x03, 0x03, 0xc0, 0xf1, 0xc3, 0x25, 0x80,
		}},
	} {
		if got := nal(t, bits.NALSPS, written(c.sps.Write)); !bytes.Equal(got, c.want) {
			t.Errorf("%v:\n% x, want\n% x", c.sps.ProfileIDC, got, c.want)
		}
	}
}

func plainPPS() *PPS {
	return &PPS{NumRefIdxL0Default: 1, PicInitQP: 26, DeblockingControlPresent: true}
}

const plainPPSBits = `
pic_parameter_set_id 1
seq_parameter_set_id 1
entropy_coding_mode_flag 0
bottom_field_pic_order_in_frame_present_flag 0
num_slice_groups_minus1 1
num_ref_idx_l0_default_active_minus1 1
num_ref_idx_l1_default_active_minus1 1
weighted_pred_flag 0
weighted_bipred_idc 00
pic_init_qp_minus26 1
pic_init_qs_minus26 1
chroma_qp_index_offset 1
deblocking_filter_control_present_flag 1
constrained_intra_pred_flag 0
redundant_pic_cnt_present_flag 0
rbsp_stop_one_bit 1`

func highPPS() *PPS {
	return &PPS{
		EntropyCABAC: true, NumRefIdxL0Default: 3, PicInitQP: 20, ChromaQPIndexOffset: [2]int8{-2, 3},
		DeblockingControlPresent: true, Transform8x8: true,
	}
}

const highPPSBits = `
pic_parameter_set_id 1
seq_parameter_set_id 1
entropy_coding_mode_flag 1
bottom_field_pic_order_in_frame_present_flag 0
num_slice_groups_minus1 1
num_ref_idx_l0_default_active_minus1 011
num_ref_idx_l1_default_active_minus1 1
weighted_pred_flag 0
weighted_bipred_idc 00
pic_init_qp_minus26 0001101
pic_init_qs_minus26 1
chroma_qp_index_offset 00101
deblocking_filter_control_present_flag 1
constrained_intra_pred_flag 0
redundant_pic_cnt_present_flag 0
transform_8x8_mode_flag 1
pic_scaling_matrix_present_flag 0
second_chroma_qp_index_offset 00110
rbsp_stop_one_bit 1`

func TestPPSGolden(t *testing.T) {
	for _, c := range []struct {
		name string
		pps  *PPS
		want string
	}{
		{"plain", plainPPS(), plainPPSBits},
		{"with extension", highPPS(), highPPSBits},
	} {
		if got, want := written(c.pps.Write), pack(t, c.want); !bytes.Equal(got, want) {
			t.Errorf("%s: %x, want %x", c.name, got, want)
		}
	}
}

func TestSliceHeaderGolden(t *testing.T) {
	for _, c := range []struct {
		name   string
		header SliceHeader
		sps    *SPS
		pps    *PPS
		want   string
	}{
		{
			"IDR", SliceHeader{Type: SliceI, RefIDC: 3, IDR: true, IDRPicID: 1, QP: 30}, baselineSPS(t), plainPPS(), `
			first_mb_in_slice 1
			slice_type 011
			pic_parameter_set_id 1
			frame_num 0000
			idr_pic_id 010
			no_output_of_prior_pics_flag 0
			long_term_reference_flag 0
			slice_qp_delta 0001000
			disable_deblocking_filter_idc 1
			slice_alpha_c0_offset_div2 1
			slice_beta_offset_div2 1`,
		},
		{
			"I that is no IDR", SliceHeader{Type: SliceI, RefIDC: 2, FrameNum: 15, QP: 26}, highSPS(t), plainPPS(), `
			first_mb_in_slice 1
			slice_type 011
			pic_parameter_set_id 1
			frame_num 00001111
			adaptive_ref_pic_marking_mode_flag 0
			slice_qp_delta 1
			disable_deblocking_filter_idc 1
			slice_alpha_c0_offset_div2 1
			slice_beta_offset_div2 1`,
		},
		{
			"P", SliceHeader{
				FirstMB: 12, Type: SliceP, RefIDC: 2, FrameNum: 5, NumRefIdxActive: 1, QP: 25,
				DisableDeblock: 1, AlphaOffsetDiv2: 3,
			}, baselineSPS(t), plainPPS(), `
			first_mb_in_slice 0001101
			slice_type 1
			pic_parameter_set_id 1
			frame_num 0101
			num_ref_idx_active_override_flag 0
			ref_pic_list_modification_flag_l0 0
			adaptive_ref_pic_marking_mode_flag 0
			slice_qp_delta 011
			disable_deblocking_filter_idc 010`,
		},
		{
			"P with everything", SliceHeader{
				Type: SliceP, FrameNum: 0x70102, POCLsb: 64 + 10, NumRefIdxActive: 2,
				ListModifications: []RefPicListModification{{0, 4}}, CABACInitIDC: 2, QP: 20,
				DisableDeblock: 2, AlphaOffsetDiv2: -1, BetaOffsetDiv2: 2,
			}, high444SPS(t), highPPS(), `
			first_mb_in_slice 1
			slice_type 1
			pic_parameter_set_id 1
			frame_num 0000000100000010
			pic_order_cnt_lsb 001010
			num_ref_idx_active_override_flag 1
			num_ref_idx_l0_active_minus1 010
			ref_pic_list_modification_flag_l0 1
			modification_of_pic_nums_idc 1
			abs_diff_pic_num_minus1 00101
			modification_of_pic_nums_idc 00100
			cabac_init_idc 011
			slice_qp_delta 1
			disable_deblocking_filter_idc 011
			slice_alpha_c0_offset_div2 011
			slice_beta_offset_div2 00100`,
		},
		{
			"P with weights", SliceHeader{
				Type: SliceP, NumRefIdxActive: 2, QP: 26, Weights: WeightTable{
					Log2Denom: [2]uint8{5, 2},
					Refs:      []RefWeight{{{31, -1}, {4, 0}, {5, 1}}, {{32, 0}, {4, 0}, {4, 0}}},
				},
			}, high444SPS(t), &PPS{NumRefIdxL0Default: 2, PicInitQP: 26, WeightedPred: true}, `
			first_mb_in_slice 1
			slice_type 1
			pic_parameter_set_id 1
			frame_num 0000000000000000
			pic_order_cnt_lsb 000000
			num_ref_idx_active_override_flag 0
			ref_pic_list_modification_flag_l0 0
			luma_log2_weight_denom 00110
			chroma_log2_weight_denom 011
			luma_weight_l0_flag 1
			luma_weight_l0 00000111110
			luma_offset_l0 011
			chroma_weight_l0_flag 1
			chroma_weight_l0 0001000
			chroma_offset_l0 1
			chroma_weight_l0 0001010
			chroma_offset_l0 010
			luma_weight_l0_flag 0
			chroma_weight_l0_flag 0
			slice_qp_delta 1`,
		},
		{
			"without deblocking control", SliceHeader{Type: SliceP, RefIDC: 1, NumRefIdxActive: 1, QP: 26, AlphaOffsetDiv2: 1},
			baselineSPS(t), &PPS{NumRefIdxL0Default: 1, PicInitQP: 26}, `
			first_mb_in_slice 1
			slice_type 1
			pic_parameter_set_id 1
			frame_num 0000
			num_ref_idx_active_override_flag 0
			ref_pic_list_modification_flag_l0 0
			adaptive_ref_pic_marking_mode_flag 0
			slice_qp_delta 1`,
		},
	} {
		got := written(func(w *bits.Writer) { c.header.Write(w, c.sps, c.pps) })
		if want := pack(t, c.want); !bytes.Equal(got, want) {
			t.Errorf("%s: %x, want %x", c.name, got, want)
		}
	}
}

func TestSEIGolden(t *testing.T) {
	uuid := [16]byte{0, 0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	got := written(func(w *bits.Writer) { SEIUserData(w, uuid, "abc") })
	want := append(append([]byte{5, 19}, uuid[:]...), 'a', 'b', 'c', 0x80)
	if !bytes.Equal(got, want) {
		t.Errorf("% x, want % x", got, want)
	}
}

func BenchmarkSliceHeader(b *testing.B) {
	var w bits.Writer
	sps := &SPS{Log2MaxFrameNum: 8, POCType: 2}
	h := SliceHeader{Type: SliceP, RefIDC: 2, FrameNum: 7, NumRefIdxActive: 3, QP: 30}
	pps := plainPPS()
	b.ReportAllocs()
	for range b.N {
		w.Reset()
		h.Write(&w, sps, pps)
	}
}

func BenchmarkSPS(b *testing.B) {
	var w bits.Writer
	sps := &SPS{
		ProfileIDC: ConstrainedBaseline, ChromaFormatIDC: Chroma420, Log2MaxFrameNum: 8, POCType: 2,
		WidthMbs: 120, HeightMbs: 68, VUI: VUI{FrameRate: Ratio{24000, 1001}, SampleAspect: Ratio{1, 1}},
	}
	b.ReportAllocs()
	for range b.N {
		w.Reset()
		sps.Write(&w)
	}
}
