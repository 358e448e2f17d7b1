package syntax

import (
	"errors"
	"math"
	"strings"
	"testing"
)

func TestSetSize(t *testing.T) {
	for _, c := range []struct {
		width, height        int
		chroma               uint8
		widthMbs, heightMbs  int
		cropRight, cropBelow int
	}{
		{1, 1, Chroma444, 1, 1, 15, 15},
		{2, 2, Chroma420, 1, 1, 14, 14},
		{15, 17, Chroma444, 1, 2, 1, 15},
		{16, 16, Chroma420, 1, 1, 0, 0},
		{500, 258, Chroma420, 32, 17, 12, 14},
		{1920, 1080, Chroma420, 120, 68, 0, 8},
		{16880, 2, Chroma420, 1055, 1, 0, 14},
	} {
		s := SPS{ChromaFormatIDC: c.chroma}
		if err := s.SetSize(c.width, c.height); err != nil {
			t.Errorf("%dx%d: %v", c.width, c.height, err)
			continue
		}
		if s.WidthMbs != c.widthMbs || s.HeightMbs != c.heightMbs || s.Crop != (Crop{Right: c.cropRight, Bottom: c.cropBelow}) {
			t.Errorf("%dx%d: %dx%d macroblocks, crop %+v", c.width, c.height, s.WidthMbs, s.HeightMbs, s.Crop)
		}
	}
}

func TestSetSizeRefuses(t *testing.T) {
	for _, c := range []struct {
		width, height int
		chroma        uint8
		want          error
		says          string
	}{
		{0, 5, Chroma444, ErrInvalid, "width is 0"},
		{-3, 5, Chroma444, ErrInvalid, "width is -3"},
		{5, 0, Chroma444, ErrInvalid, "height is 0"},
		{15, 16, Chroma420, ErrInvalid, "width is 15, must be even"},
		{16, 17, Chroma420, ErrInvalid, "height is 17, must be even"},
		{16881, 16, Chroma444, ErrSize, "16881x16 samples"},
		{16, 16882, Chroma420, ErrSize, "16x16882 samples"},
		{math.MaxInt, math.MaxInt, Chroma420, ErrSize, "16880 samples"},
		{math.MinInt, math.MinInt, Chroma420, ErrInvalid, "width"},
	} {
		s := SPS{ChromaFormatIDC: c.chroma}
		if err := s.SetSize(c.width, c.height); !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%dx%d: %v, want %v that says %q", c.width, c.height, err, c.want, c.says)
		}
		if (s != SPS{ChromaFormatIDC: c.chroma}) {
			t.Errorf("%dx%d was refused and changed the SPS", c.width, c.height)
		}
	}
}

// TestSPSValidate changes one field of a valid SPS at a time.
func TestSPSValidate(t *testing.T) {
	for _, c := range []struct {
		says   string
		want   error
		change func(s *SPS)
	}{
		{"profile_idc is 88", ErrInvalid, func(s *SPS) { s.ProfileIDC = 88 }},
		{"level_idc is 9", ErrInvalid, func(s *SPS) { s.LevelIDC = 9 }},
		{"constraint_set flags", ErrInvalid, func(s *SPS) { s.Constraints |= 1 }},
		{"constraint_set1_flag", ErrInvalid, func(s *SPS) { s.Constraints = 0 }},
		{"chroma_format_idc is 2", ErrInvalid, func(s *SPS) { s.ChromaFormatIDC = 2 }},
		{"chroma_format_idc is 3, must be 1", ErrInvalid, func(s *SPS) { s.ChromaFormatIDC = Chroma444 }},
		{"transform_bypass", ErrInvalid, func(s *SPS) { s.TransformBypass = true }},
		{"log2_max_frame_num is 3", ErrInvalid, func(s *SPS) { s.Log2MaxFrameNum = 3 }},
		{"log2_max_frame_num is 17", ErrInvalid, func(s *SPS) { s.Log2MaxFrameNum = 17 }},
		{"pic_order_cnt_type is 1", ErrInvalid, func(s *SPS) { s.POCType = 1 }},
		{"log2_max_pic_order_cnt_lsb is 0", ErrInvalid, func(s *SPS) { s.POCType = 0 }},
		{"max_num_reorder_frames is 1, must be 0 with", ErrInvalid, func(s *SPS) { s.VUI.MaxNumReorderFrames = 1 }},
		{"size in macroblocks is 0x7", ErrInvalid, func(s *SPS) { s.WidthMbs = 0 }},
		{"40x40 macroblocks at level 1.1", ErrSize, func(s *SPS) { s.WidthMbs, s.HeightMbs = 40, 40 }},
		{"57x1 macroblocks at level 1.1", ErrSize, func(s *SPS) { s.WidthMbs, s.HeightMbs = 57, 1 }},
		{"multiples of 2", ErrInvalid, func(s *SPS) { s.Crop.Left = 1 }},
		{"multiples of 2", ErrInvalid, func(s *SPS) { s.Crop.Top = -2 }},
		{"smaller than the frame", ErrInvalid, func(s *SPS) { s.Crop.Left, s.Crop.Right = 96, 96 }},
		{"smaller than the frame", ErrInvalid, func(s *SPS) { s.Crop.Left, s.Crop.Right = math.MaxInt-1, math.MaxInt-1 }},
		{"max_num_ref_frames is 11, must be 0 to 10 at level 1.1", ErrInvalid, func(s *SPS) { s.NumRefFrames = 11 }},
		{"max_num_ref_frames is -1", ErrInvalid, func(s *SPS) { s.NumRefFrames = -1 }},
		{"max_dec_frame_buffering is 0", ErrInvalid, func(s *SPS) { s.VUI.MaxDecFrameBuffering = 0 }},
		{"max_dec_frame_buffering is 11", ErrInvalid, func(s *SPS) { s.VUI.MaxDecFrameBuffering = 11 }},
		{"max_num_reorder_frames is 2", ErrInvalid, func(s *SPS) {
			s.POCType, s.Log2MaxPOCLsb, s.VUI.MaxNumReorderFrames = 0, 8, 2
		}},
		{"log2_max_mv_length_horizontal is 16", ErrInvalid, func(s *SPS) { s.VUI.Log2MaxMvLengthHorizontal = 16 }},
		{"log2_max_mv_length_vertical is 16", ErrInvalid, func(s *SPS) { s.VUI.Log2MaxMvLengthVertical = 16 }},
		{"sample aspect ratio is 1/0", ErrInvalid, func(s *SPS) { s.VUI.SampleAspect = Ratio{1, 0} }},
		{"sample aspect ratio is 0/1", ErrInvalid, func(s *SPS) { s.VUI.SampleAspect = Ratio{0, 1} }},
		{"sample aspect ratio is 65536/1", ErrInvalid, func(s *SPS) { s.VUI.SampleAspect = Ratio{131072, 2} }},
		{"frame rate is 25/0", ErrInvalid, func(s *SPS) { s.VUI.FrameRate = Ratio{25, 0} }},
		{"frame rate is 0/1", ErrInvalid, func(s *SPS) { s.VUI.FrameRate = Ratio{0, 1} }},
		{"frame rate is 4294967295/1", ErrInvalid, func(s *SPS) { s.VUI.FrameRate = Ratio{math.MaxUint32, 1} }},
		{"chroma_sample_loc_type is 6", ErrInvalid, func(s *SPS) { s.VUI.ChromaLoc = 6 }},
		{"colour_primaries is 0", ErrInvalid, func(s *SPS) { s.VUI.Primaries = 0 }},
		{"colour_primaries is 3", ErrInvalid, func(s *SPS) { s.VUI.Primaries = 3 }},
		{"colour_primaries is 13", ErrInvalid, func(s *SPS) { s.VUI.Primaries = 13 }},
		{"transfer_characteristics is 19", ErrInvalid, func(s *SPS) { s.VUI.Transfer = 19 }},
		{"matrix_coefficients is 15", ErrInvalid, func(s *SPS) { s.VUI.Matrix = 15 }},
		{"matrix_coefficients is 3", ErrInvalid, func(s *SPS) { s.VUI.Matrix = 3 }},
		{"matrix_coefficients is 0, must be other than 0 (GBR)", ErrInvalid, func(s *SPS) { s.VUI.Matrix = 0 }},
	} {
		s := baselineSPS(t)
		c.change(s)
		if err := s.Validate(); !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%v, want %v that says %q", err, c.want, c.says)
		}
	}
}

func TestPPSValidate(t *testing.T) {
	for _, c := range []struct {
		says string
		sps  *SPS
		pps  PPS
	}{
		{"entropy_coding_mode_flag", baselineSPS(t), PPS{NumRefIdxL0Default: 1, EntropyCABAC: true}},
		{"num_ref_idx_l0_default_active is 0", baselineSPS(t), PPS{}},
		{"num_ref_idx_l0_default_active is 17", baselineSPS(t), PPS{NumRefIdxL0Default: 17}},
		{"initial QP is 52", baselineSPS(t), PPS{NumRefIdxL0Default: 1, PicInitQP: 52}},
		{"initial QP is -1", baselineSPS(t), PPS{NumRefIdxL0Default: 1, PicInitQP: -1}},
		{"must be -12 to 12", baselineSPS(t), PPS{NumRefIdxL0Default: 1, ChromaQPIndexOffset: [2]int8{13, 13}}},
		{"must be -12 to 12", highSPS(t), PPS{NumRefIdxL0Default: 1, ChromaQPIndexOffset: [2]int8{0, -13}}},
		{"equal for Cb and Cr", baselineSPS(t), PPS{NumRefIdxL0Default: 1, ChromaQPIndexOffset: [2]int8{0, 1}}},
		{"transform_8x8_mode_flag", baselineSPS(t), PPS{NumRefIdxL0Default: 1, Transform8x8: true}},
	} {
		if err := c.pps.Validate(c.sps); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v, want ErrInvalid that says %q", c.pps, err, c.says)
		}
	}
}
