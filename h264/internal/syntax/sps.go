package syntax

import (
	"fmt"

	"github.com/g264/g264/h264/internal/bits"
)

// Chroma formats (table 6-1).
const (
	Chroma420 = 1 // Cb and Cr at half width and half height
	Chroma444 = 3 // Cb and Cr at full size
)

// Crop is the frame cropping rectangle: how many luma samples a decoder leaves
// out at each side.
type Crop struct{ Left, Right, Top, Bottom int }

// SPS is a sequence parameter set (clause 7.3.2.1) of progressive frames with
// frame_mbs_only_flag and direct_8x8_inference_flag 1, without gaps in
// frame_num.
type SPS struct {
	ProfileIDC  Profile
	Constraints uint8 // constraint_set0_flag in bit 7 and so on: see Profile.Constraints
	LevelIDC    uint8

	ChromaFormatIDC uint8 // Chroma420 or Chroma444
	TransformBypass bool  // qpprime_y_zero_transform_bypass_flag: QP 0 is lossless

	Log2MaxFrameNum uint8 // 4 to 16
	POCType         uint8 // 2: output in decoding order; 0: POCLsb in the slice headers
	Log2MaxPOCLsb   uint8 // 4 to 16, with POCType 0
	NumRefFrames    int   // max_num_ref_frames

	WidthMbs, HeightMbs int // with Crop: see SetSize
	Crop                Crop

	VUI VUI
}

// SetSize sets the size in macroblocks and the cropping for frames of width x
// height luma samples; the padding is at the right and at the bottom. In 4:2:0
// both must be even (ErrInvalid), because cropping counts in whole chroma
// samples. A side beyond every level's is ErrSize; LevelFor judges the area.
func (s *SPS) SetSize(width, height int) error {
	most := 16 * Levels[len(Levels)-1].MaxSide()
	unit := s.cropUnit()
	switch {
	case width < 1:
		return invalid("width", width, "at least 1")
	case height < 1:
		return invalid("height", height, "at least 1")
	case width > most || height > most:
		return sizeError(fmt.Sprintf("%dx%d samples", width, height))
	case width%unit != 0:
		return invalid("width", width, "even in 4:2:0")
	case height%unit != 0:
		return invalid("height", height, "even in 4:2:0")
	}
	s.WidthMbs, s.HeightMbs = (width+15)/16, (height+15)/16
	s.Crop = Crop{Right: 16*s.WidthMbs - width, Bottom: 16*s.HeightMbs - height}
	return nil
}

// Size returns the size of the cropped frame in luma samples.
func (s *SPS) Size() (width, height int) {
	return 16*s.WidthMbs - s.Crop.Left - s.Crop.Right, 16*s.HeightMbs - s.Crop.Top - s.Crop.Bottom
}

// cropUnit is CropUnitX and CropUnitY (7-19 to 7-22): SubWidthC and SubHeightC
// are equal in both chroma formats.
func (s *SPS) cropUnit() int {
	if s.ChromaFormatIDC == Chroma420 {
		return 2
	}
	return 1
}

// Validate reports the first field with a value that the standard, or this
// package, doesn't permit, as ErrInvalid or ErrSize.
func (s *SPS) Validate() error {
	level, known := levelOf(s.LevelIDC)
	if !known {
		return invalid("level_idc", s.LevelIDC, "one of table A-1")
	}
	if err := s.validateProfile(); err != nil {
		return err
	}
	if err := s.validateOrder(); err != nil {
		return err
	}
	if err := s.validateSize(level); err != nil {
		return err
	}
	most := level.MaxDpbFrames(s.WidthMbs, s.HeightMbs)
	if s.NumRefFrames < 0 || s.NumRefFrames > most {
		return invalid("max_num_ref_frames", s.NumRefFrames, fmt.Sprintf("0 to %d at level %v", most, level))
	}
	return s.VUI.validate(s, most)
}

func (s *SPS) validateProfile() error {
	switch s.ProfileIDC {
	case ConstrainedBaseline, Main, High, High444Predictive:
	default:
		return invalid("profile_idc", uint8(s.ProfileIDC), "66, 77, 100 or 244")
	}
	switch {
	case s.Constraints&3 != 0:
		return invalid("constraint_set flags", s.Constraints, "without reserved_zero_2bits")
	case s.ProfileIDC == ConstrainedBaseline && s.Constraints&0x40 == 0:
		return invalid("constraint_set flags", s.Constraints, "with constraint_set1_flag in Constrained Baseline")
	case s.ChromaFormatIDC != Chroma420 && s.ChromaFormatIDC != Chroma444:
		return invalid("chroma_format_idc", s.ChromaFormatIDC, "1 (4:2:0) or 3 (4:4:4)")
	case s.ChromaFormatIDC == Chroma444 && s.ProfileIDC != High444Predictive:
		return invalid("chroma_format_idc", s.ChromaFormatIDC, "1 in profile "+s.ProfileIDC.String())
	case s.TransformBypass && s.ProfileIDC != High444Predictive:
		return invalid("qpprime_y_zero_transform_bypass_flag", s.TransformBypass, "false in profile "+s.ProfileIDC.String())
	}
	return nil
}

func (s *SPS) validateOrder() error {
	switch {
	case s.Log2MaxFrameNum < 4 || s.Log2MaxFrameNum > 16:
		return invalid("log2_max_frame_num", s.Log2MaxFrameNum, "4 to 16")
	case s.POCType != 0 && s.POCType != 2:
		return invalid("pic_order_cnt_type", s.POCType, "0 or 2")
	case s.POCType == 0 && (s.Log2MaxPOCLsb < 4 || s.Log2MaxPOCLsb > 16):
		return invalid("log2_max_pic_order_cnt_lsb", s.Log2MaxPOCLsb, "4 to 16")
	case s.POCType == 2 && s.VUI.MaxNumReorderFrames != 0:
		return invalid("max_num_reorder_frames", s.VUI.MaxNumReorderFrames, "0 with pic_order_cnt_type 2")
	}
	return nil
}

func (s *SPS) validateSize(level Level) error {
	if s.WidthMbs < 1 || s.HeightMbs < 1 {
		return invalid("size in macroblocks", fmt.Sprintf("%dx%d", s.WidthMbs, s.HeightMbs), "at least 1x1")
	}
	if !level.Fits(s.WidthMbs, s.HeightMbs) {
		return fmt.Errorf("%w: %dx%d macroblocks at level %v", ErrSize, s.WidthMbs, s.HeightMbs, level)
	}
	c, unit := s.Crop, s.cropUnit()
	for _, v := range [...]int{c.Left, c.Right, c.Top, c.Bottom} {
		if v < 0 || v%unit != 0 {
			return invalid("frame cropping", c, fmt.Sprintf("of multiples of %d luma samples", unit))
		}
	}
	if width, height := s.Size(); width < 1 || height < 1 || width > 16*s.WidthMbs || height > 16*s.HeightMbs {
		return invalid("frame cropping", c, "smaller than the frame")
	}
	return nil
}

// Write writes seq_parameter_set_rbsp.
func (s *SPS) Write(w *bits.Writer) {
	w.Bits(uint32(s.ProfileIDC), 8)
	w.Bits(uint32(s.Constraints), 8)
	w.Bits(uint32(s.LevelIDC), 8)
	w.UE(0) // seq_parameter_set_id
	if s.ProfileIDC.hasHighSyntax() {
		s.writeHigh(w)
	}

	w.UE(uint32(s.Log2MaxFrameNum - 4))
	w.UE(uint32(s.POCType))
	if s.POCType == 0 {
		w.UE(uint32(s.Log2MaxPOCLsb - 4))
	}
	w.UE(uint32(s.NumRefFrames))
	w.Bit(0) // gaps_in_frame_num_value_allowed_flag

	w.UE(uint32(s.WidthMbs - 1))
	w.UE(uint32(s.HeightMbs - 1)) // pic_height_in_map_units_minus1
	w.Bit(1)                      // frame_mbs_only_flag
	w.Bit(1)                      // direct_8x8_inference_flag
	s.writeCrop(w)

	w.Bit(1) // vui_parameters_present_flag
	s.VUI.write(w, s.ChromaFormatIDC)
	w.TrailingBits()
}

// writeHigh writes what profile_idc 100 and 244 have more.
func (s *SPS) writeHigh(w *bits.Writer) {
	w.UE(uint32(s.ChromaFormatIDC))
	if s.ChromaFormatIDC == Chroma444 {
		w.Bit(0) // separate_colour_plane_flag
	}
	w.UE(0) // bit_depth_luma_minus8
	w.UE(0) // bit_depth_chroma_minus8
	w.Flag(s.TransformBypass)
	w.Bit(0) // seq_scaling_matrix_present_flag
}

func (s *SPS) writeCrop(w *bits.Writer) {
	c, unit := s.Crop, s.cropUnit()
	w.Flag(c != Crop{})
	if c == (Crop{}) {
		return
	}
	for _, v := range [...]int{c.Left, c.Right, c.Top, c.Bottom} {
		w.UE(uint32(v / unit))
	}
}
