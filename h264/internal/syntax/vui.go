package syntax

import (
	"fmt"
	"math"
	mathbits "math/bits"

	"github.com/g264/g264/h264/internal/bits"
)

// VUI is the video usability information (annex E).
type VUI struct {
	SampleAspect Ratio // sample aspect ratio; zero: unspecified

	// Colour, as numbers of tables E-3 to E-5.
	FullRange                   bool
	ColourDescription           bool // the next three are given; if not, they are unspecified
	Primaries, Transfer, Matrix uint8
	ChromaLoc                   uint8 // of both fields, figure E-1; 4:2:0 only

	FrameRate      Ratio // frames per second; zero: no timing information
	FixedFrameRate bool  // every frame lasts as long

	HRD HRD // goes with FrameRate

	// Bitstream restriction. A length n says that vectors are in [-1<<n, 1<<n)
	// quarter samples: see Log2MvLength.
	MotionVectorsOverPicBoundaries bool
	Log2MaxMvLengthHorizontal      uint8 // 0 to 15
	Log2MaxMvLengthVertical        uint8 // 0 to 15
	MaxNumReorderFrames            int
	MaxDecFrameBuffering           int // at least the SPS's NumRefFrames
}

// Log2MvLength returns the length for vectors in [-samples, samples) luma samples.
func Log2MvLength(samples int) uint8 { return uint8(mathbits.Len(uint(4*samples - 1))) }

// extendedSAR is aspect_ratio_idc Extended_SAR.
const extendedSAR = 255

// sampleAspects is table E-1 by aspect_ratio_idc.
var sampleAspects = [17]Ratio{
	{0, 0}, {1, 1}, {12, 11}, {10, 11}, {16, 11}, {40, 33}, {24, 11}, {20, 11}, {32, 11},
	{80, 33}, {18, 11}, {15, 11}, {64, 33}, {160, 99}, {4, 3}, {3, 2}, {2, 1},
}

// validate checks the VUI of s, whose level holds most frames.
func (v *VUI) validate(s *SPS, most int) error {
	if err := v.validateRatios(); err != nil {
		return err
	}
	if err := v.validateColour(s.ChromaFormatIDC); err != nil {
		return err
	}
	switch {
	case v.Log2MaxMvLengthHorizontal > 15:
		return invalid("log2_max_mv_length_horizontal", v.Log2MaxMvLengthHorizontal, "at most 15")
	case v.Log2MaxMvLengthVertical > 15:
		return invalid("log2_max_mv_length_vertical", v.Log2MaxMvLengthVertical, "at most 15")
	case v.MaxDecFrameBuffering < s.NumRefFrames || v.MaxDecFrameBuffering > most:
		return invalid("max_dec_frame_buffering", v.MaxDecFrameBuffering,
			fmt.Sprintf("%d (max_num_ref_frames) to %d (the level's)", s.NumRefFrames, most))
	case v.MaxNumReorderFrames < 0 || v.MaxNumReorderFrames > v.MaxDecFrameBuffering:
		return invalid("max_num_reorder_frames", v.MaxNumReorderFrames,
			fmt.Sprintf("0 to %d (max_dec_frame_buffering)", v.MaxDecFrameBuffering))
	}
	return nil
}

func (v *VUI) validateRatios() error {
	if r := v.SampleAspect; r.given() {
		if r.Num == 0 || r.Den == 0 {
			return invalid("sample aspect ratio", r, "positive")
		}
		if r = r.reduced(); r.Num > math.MaxUint16 || r.Den > math.MaxUint16 {
			return invalid("sample aspect ratio", r, "a fraction with terms of at most 65535")
		}
	}
	if r := v.FrameRate; r.given() {
		if r.Num == 0 || r.Den == 0 {
			return invalid("frame rate", r, "positive")
		}
		if _, ok := r.timing(); !ok {
			return invalid("frame rate", r, "such that twice its numerator (in lowest terms) has 32 bits")
		}
	}
	return nil
}

func (v *VUI) validateColour(chromaFormat uint8) error {
	switch {
	case v.ChromaLoc > 5:
		return invalid("chroma_sample_loc_type", v.ChromaLoc, "0 to 5")
	case !v.ColourDescription:
		return nil
	case reserved(v.Primaries, 12) && v.Primaries != 22:
		return invalid("colour_primaries", v.Primaries, "a value of table E-3: 1, 2, 4 to 12 or 22")
	case reserved(v.Transfer, 18):
		return invalid("transfer_characteristics", v.Transfer, "a value of table E-4: 1, 2 or 4 to 18")
	case v.Matrix != 0 && reserved(v.Matrix, 14):
		return invalid("matrix_coefficients", v.Matrix, "a value of table E-5: 0, 1, 2 or 4 to 14")
	case v.Matrix == 0 && chromaFormat != Chroma444:
		return invalid("matrix_coefficients", v.Matrix, "other than 0 (GBR) outside 4:4:4")
	}
	return nil
}

// reserved reports whether tables E-3 to E-5, which end at last, reserve the value.
func reserved(v, last uint8) bool { return v == 0 || v == 3 || v > last }

// write writes vui_parameters.
func (v *VUI) write(w *bits.Writer, chromaFormat uint8) {
	w.Flag(v.SampleAspect.given()) // aspect_ratio_info_present_flag
	if v.SampleAspect.given() {
		writeSampleAspect(w, v.SampleAspect.reduced())
	}
	w.Bit(0) // overscan_info_present_flag
	v.writeColour(w)

	// Left-sited chroma is what a decoder takes for granted.
	chromaLocPresent := chromaFormat == Chroma420 && v.ChromaLoc != 0
	w.Flag(chromaLocPresent)
	if chromaLocPresent {
		w.UE(uint32(v.ChromaLoc)) // chroma_sample_loc_type_top_field
		w.UE(uint32(v.ChromaLoc)) // chroma_sample_loc_type_bottom_field
	}

	w.Flag(v.FrameRate.given()) // timing_info_present_flag
	if v.FrameRate.given() {
		tick, _ := v.FrameRate.timing()
		w.Bits(tick.Den, 32) // num_units_in_tick
		w.Bits(tick.Num, 32) // time_scale
		w.Flag(v.FixedFrameRate)
	}
	w.Flag(v.HRD.given()) // nal_hrd_parameters_present_flag
	if v.HRD.given() {
		v.HRD.write(w)
	}
	w.Bit(0) // vcl_hrd_parameters_present_flag
	if v.HRD.given() {
		w.Bit(0) // low_delay_hrd_flag
	}
	w.Bit(0) // pic_struct_present_flag

	w.Bit(1) // bitstream_restriction_flag
	w.Flag(v.MotionVectorsOverPicBoundaries)
	w.UE(0) // max_bytes_per_pic_denom: not limited
	w.UE(0) // max_bits_per_mb_denom: not limited
	w.UE(uint32(v.Log2MaxMvLengthHorizontal))
	w.UE(uint32(v.Log2MaxMvLengthVertical))
	w.UE(uint32(v.MaxNumReorderFrames))
	w.UE(uint32(v.MaxDecFrameBuffering))
}

// writeSampleAspect writes a ratio in lowest terms, as all of table E-1 are.
func writeSampleAspect(w *bits.Writer, sar Ratio) {
	for idc, r := range sampleAspects {
		if r == sar {
			w.Bits(uint32(idc), 8)
			return
		}
	}
	w.Bits(extendedSAR, 8)
	w.Bits(sar.Num, 16)
	w.Bits(sar.Den, 16)
}

func (v *VUI) writeColour(w *bits.Writer) {
	present := v.FullRange || v.ColourDescription
	w.Flag(present) // video_signal_type_present_flag
	if !present {
		return
	}
	w.Bits(5, 3) // video_format: unspecified
	w.Flag(v.FullRange)
	w.Flag(v.ColourDescription)
	if v.ColourDescription {
		w.Bits(uint32(v.Primaries), 8)
		w.Bits(uint32(v.Transfer), 8)
		w.Bits(uint32(v.Matrix), 8)
	}
}

// timing returns time_scale over num_units_in_tick of a frame rate: a frame is
// two ticks, one for each field (clause E.2.1). Where twice the numerator has
// more than 32 bits, half the denominator says the same; if that isn't whole, ok
// is false.
func (r Ratio) timing() (tick Ratio, ok bool) {
	r = r.reduced()
	if r.Num <= math.MaxUint32/2 {
		return Ratio{2 * r.Num, r.Den}, true
	}
	return Ratio{r.Num, r.Den / 2}, r.Den%2 == 0
}
