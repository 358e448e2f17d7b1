package h264_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/Eyevinn/mp4ff/avc"
	"github.com/Eyevinn/mp4ff/sei"

	"github.com/g264/g264/h264"
	"github.com/g264/g264/internal/testenv"
	"github.com/g264/g264/internal/testvideo"
)

// parsed is a stream as an independent parser (mp4ff) reads it.
type parsed struct {
	sps    *avc.SPS
	pps    *avc.PPS
	slices []*avc.SliceHeader // the first of each picture
}

// parse checks the order and the framing of the NAL units of each access unit,
// and reads its headers.
func parse(t *testing.T, s stream) parsed {
	t.Helper()
	var p parsed
	spsMap, ppsMap := map[uint32]*avc.SPS{}, map[uint32]*avc.PPS{}
	for i, au := range s.units {
		var types []avc.NaluType
		for _, nal := range au.NALs {
			checkNAL(t, fmt.Sprintf("%s: access unit %d", s.name, i), nal)
			types = append(types, avc.GetNaluType(nal[0]))
			var err error
			switch types[len(types)-1] {
			case avc.NALU_SPS:
				if p.sps, err = avc.ParseSPSNALUnit(nal, true); err == nil {
					spsMap[p.sps.ParameterID] = p.sps
				}
			case avc.NALU_PPS:
				if p.pps, err = avc.ParsePPSNALUnit(nal, spsMap); err == nil {
					ppsMap[p.pps.PicParameterSetID] = p.pps
				}
			case avc.NALU_NON_IDR, avc.NALU_IDR:
				var header *avc.SliceHeader
				if header, err = avc.ParseSliceHeader(nal, spsMap, ppsMap); err == nil && header.FirstMBInSlice == 0 {
					p.slices = append(p.slices, header)
				}
			}
			if err != nil {
				t.Fatalf("%s: access unit %d: %v: %v", s.name, i, types, err)
			}
		}
		var want []avc.NaluType
		if s.config.Delimiters {
			want = append(want, avc.NALU_AUD)
		}
		if au.Key && (i == 0 || !s.config.HeadersOnce) {
			want = append(want, avc.NALU_SPS, avc.NALU_PPS)
			if !s.config.NoSEI && !s.config.HRD {
				want = append(want, avc.NALU_SEI)
			}
		}
		if s.config.HRD {
			want = append(want, avc.NALU_SEI)
		}
		if au.Key {
			want = append(want, avc.NALU_IDR)
		} else {
			want = append(want, avc.NALU_NON_IDR)
		}
		if got := slices.Compact(types); !slices.Equal(got, want) {
			t.Errorf("%s: access unit %d (key %v) has NAL units %v, want %v", s.name, i, au.Key, got, want)
		}
		if len(p.slices) != i+1 {
			t.Fatalf("%s: access unit %d: %d pictures so far", s.name, i, len(p.slices))
		}
	}
	return p
}

// checkNAL checks what clause 7.4.1 asks of a NAL unit's bytes.
func checkNAL(t *testing.T, where string, nal []byte) {
	t.Helper()
	if len(nal) < 2 || nal[0]&0x80 != 0 {
		t.Fatalf("%s: NAL unit % x", where, nal[:min(len(nal), 8)])
	}
	for i := 0; i+2 < len(nal); i++ {
		if nal[i] == 0 && nal[i+1] == 0 && (nal[i+2] < 3 || nal[i+2] == 3 && i+3 < len(nal) && nal[i+3] > 3) {
			t.Fatalf("%s: NAL unit type %d has bytes % x at %d", where, nal[0]&31, nal[i:min(i+4, len(nal))], i)
		}
	}
	if nal[len(nal)-1] == 0 {
		t.Fatalf("%s: NAL unit type %d ends in a zero byte", where, nal[0]&31)
	}
	isReference := nal[0]>>5&3 != 0
	if kind := avc.GetNaluType(nal[0]); (kind == avc.NALU_IDR || kind == avc.NALU_SPS || kind == avc.NALU_PPS) != isReference && kind != avc.NALU_NON_IDR {
		t.Errorf("%s: NAL unit type %v has nal_ref_idc %d", where, kind, nal[0]>>5&3)
	}
}

// keys lists the key pictures' numbers, by which all four signs agree: the
// access unit's flag, NAL unit type, slice type and frame_num.
func keys(t *testing.T, s stream) []int {
	t.Helper()
	p := parse(t, s)
	var keys []int
	frameNum, idrPicID := uint32(0), int64(-1)
	for i, header := range p.slices {
		if s.units[i].Key {
			keys = append(keys, i)
			if int64(header.IDRPicID) == idrPicID {
				t.Errorf("%s: picture %d: idr_pic_id %d as at the IDR picture before", s.name, i, idrPicID)
			}
			frameNum, idrPicID = 0, int64(header.IDRPicID)
			if header.SliceType%5 != avc.SLICE_I {
				t.Errorf("%s: key picture %d has slice type %d", s.name, i, header.SliceType)
			}
		} else {
			frameNum = (frameNum + 1) % (1 << (p.sps.Log2MaxFrameNumMinus4 + 4))
		}
		if header.FrameNum != frameNum {
			t.Errorf("%s: picture %d: frame_num %d, want %d", s.name, i, header.FrameNum, frameNum)
		}
		if s.units[i].PTS != s.units[i].DTS {
			t.Errorf("%s: picture %d: PTS %d, DTS %d", s.name, i, s.units[i].PTS, s.units[i].DTS)
		}
	}
	return keys
}

func TestKeyPictures(t *testing.T) {
	cuts := []int{0, testvideo.CutLength, 2 * testvideo.CutLength, 3 * testvideo.CutLength}
	const frames = 3*testvideo.CutLength + 3
	tests := []struct {
		name    string
		config  h264.Config
		content testvideo.Content
		force   []int
		want    []int
	}{
		{name: "the first only", content: testvideo.Moving, want: []int{0}},
		{name: "KeyInt 10", config: h264.Config{KeyInt: 10, NoSceneCut: true}, content: testvideo.Moving, want: []int{0, 10, 20}},
		{name: "KeyInt 10 on flat pictures", config: h264.Config{KeyInt: 10}, content: testvideo.Flat, want: []int{0, 10, 20}},
		{name: "KeyInt 1", config: h264.Config{KeyInt: 1}, content: testvideo.Gradient, want: upTo(frames)},
		{name: "forced", content: testvideo.Moving, force: []int{0, 3, 4, 20}, want: []int{0, 3, 4, 20}},
		{name: "forced starts KeyInt anew", config: h264.Config{KeyInt: 10, NoSceneCut: true}, content: testvideo.Text,
			force: []int{6}, want: []int{0, 6, 16}},
		{name: "scene cuts", config: h264.Config{MinKeyInt: 1}, content: testvideo.Cut, want: cuts},
		{name: "scene cuts in constant QP", config: h264.Config{MinKeyInt: 1, RateControl: h264.ConstantQP, QP: 30},
			content: testvideo.Cut, want: cuts},
		{name: "scene cuts off", config: h264.Config{MinKeyInt: 1, NoSceneCut: true}, content: testvideo.Cut, want: []int{0}},
		{name: "scene cuts within MinKeyInt", config: h264.Config{MinKeyInt: testvideo.CutLength + 1}, content: testvideo.Cut,
			want: []int{0, 2 * testvideo.CutLength}},
		{name: "no scene cuts in text", config: h264.Config{MinKeyInt: 1}, content: testvideo.Text, want: []int{0}},
		{name: "no scene cuts in motion", config: h264.Config{MinKeyInt: 1}, content: testvideo.Moving, want: []int{0}},
		{name: "no scene cuts in text that scrolls", config: h264.Config{MinKeyInt: 1}, content: testvideo.Text, want: []int{0}},
		{name: "no scene cuts in a gradient", config: h264.Config{MinKeyInt: 1}, content: testvideo.Gradient, want: []int{0}},
	}
	for _, test := range tests {
		for _, preset := range presets() {
			t.Run(preset+"/"+test.name, func(t *testing.T) {
				clip := testvideo.Clip(test.content, 128, 80, frames, true)
				test.config.Preset = preset
				s := encode(t, test.name, test.config, clip, func(i int, p *h264.Picture) { p.ForceKey = slices.Contains(test.force, i) })
				if got := keys(t, s); !slices.Equal(got, test.want) {
					t.Errorf("key pictures %v, want %v", got, test.want)
				}
			})
		}
	}
}

func upTo(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = i
	}
	return list
}

// frame_num wraps where it must, whatever log2_max_frame_num is.
func TestFrameNumWraps(t *testing.T) {
	clip := testvideo.Clip(testvideo.Flat, 16, 16, 4, true)
	var long []testvideo.Frame
	for len(long) < 600 {
		long = append(long, clip...)
	}
	s := encode(t, "600 pictures", h264.Config{KeyInt: 1000, Preset: "ultrafast", Reconstruction: true}, long, nil)
	if got := keys(t, s); !slices.Equal(got, []int{0}) {
		t.Errorf("key pictures %v, want the first only", got)
	}
	decodeExactly(t, s)
}

// What the configuration says stands in the sequence parameter set, as mp4ff
// reads it.
func TestParameterSets(t *testing.T) {
	const auto = 100 // what medium and slow profit from
	tests := []struct {
		name          string
		config        h264.Config
		width, height int
		subsampled    bool
		profile       uint32
		level         uint32
	}{
		// Levels follow from table A-1: macroblocks per second, frame size, and sides.
		{"QCIF at 15 Hz", h264.Config{FrameRate: h264.Rational{Num: 15, Den: 1}}, 176, 144, true, auto, 12},
		{"QCIF at 15 Hz in 60 kbit/s", h264.Config{FrameRate: h264.Rational{Num: 15, Den: 1}, MaxRate: 60, BufferSize: 60}, 176, 144, true, auto, 10},
		{"CIF at 30 Hz", h264.Config{FrameRate: h264.Rational{Num: 30, Den: 1}}, 352, 288, true, auto, 21},
		{"576p at 25 Hz", h264.Config{}, 720, 576, true, auto, 30},
		{"720p at 30 Hz", h264.Config{FrameRate: h264.Rational{Num: 30, Den: 1}}, 1280, 720, true, auto, 31},
		{"1080p at 30000/1001", h264.Config{FrameRate: h264.Rational{Num: 30000, Den: 1001}}, 1920, 1080, true, auto, 40},
		{"1080p at 60 Hz", h264.Config{FrameRate: h264.Rational{Num: 60, Den: 1}}, 1920, 1080, true, auto, 42},
		{"720p at CRF 20", h264.Config{CRF: 20, FrameRate: h264.Rational{Num: 30, Den: 1}}, 1280, 720, true, auto, 31},
		{"720p at CRF 17", h264.Config{CRF: 17, FrameRate: h264.Rational{Num: 30, Den: 1}}, 1280, 720, true, auto, 41},
		{"720p of screens", h264.Config{Tune: "screen", FrameRate: h264.Rational{Num: 30, Den: 1}}, 1280, 720, true, auto, 41},
		{"1080p at QP 27", h264.Config{RateControl: h264.ConstantQP, QP: 27}, 1920, 1080, true, auto, 40},
		{"2160p at 30 Hz", h264.Config{FrameRate: h264.Rational{Num: 30, Den: 1}}, 3840, 2160, true, auto, 51},
		{"a long row", h264.Config{FrameRate: h264.Rational{Num: 1, Den: 1}}, 1024, 16, true, auto, 21},
		{"4:4:4", h264.Config{FrameRate: h264.Rational{Num: 24000, Den: 1001}}, 192, 108, false, 244, 12},
		{"odd 4:4:4", h264.Config{}, 17, 33, false, 244, 10},
		{"1x1", h264.Config{}, 1, 1, false, 244, 10},
		{"colour", h264.Config{Colour: h264.Colour{Primaries: 1, Transfer: 13, Matrix: 6, FullRange: true, ChromaLoc: 1},
			SampleAspect: h264.Rational{Num: 16, Den: 11}}, 64, 48, true, auto, 11},
		{"uncommon aspect", h264.Config{SampleAspect: h264.Rational{Num: 123, Den: 457}}, 64, 48, true, auto, 11},
		{"variable rate", h264.Config{VariableRate: true, FrameRate: h264.Rational{Num: 30000, Den: 1001}}, 64, 48, true, auto, 11},
		{"slow", h264.Config{Preset: "slow"}, 64, 48, true, auto, 11},
		{"ultrafast", h264.Config{Preset: "ultrafast"}, 64, 48, true, 66, 11},
		{"baseline", h264.Config{Profile: "baseline"}, 64, 48, true, 66, 11},
		{"main", h264.Config{Profile: "main"}, 64, 48, true, 77, 11},
		{"high", h264.Config{Profile: "high"}, 64, 48, true, 100, 11},
		{"high without CABAC", h264.Config{Profile: "high", NoCABAC: true}, 64, 48, true, 100, 11},
		{"high without 8x8 transform", h264.Config{Profile: "high", NoTransform8x8: true}, 64, 48, true, 100, 11},
		{"lossless", h264.Config{Lossless: true, NoTransform8x8: true}, 64, 48, true, 244, 12},
		{"GBR", h264.Config{Colour: h264.Colour{Primaries: 1, Transfer: 13, GBR: true, FullRange: true}}, 64, 48, false, 244, 10},
		{"high444", h264.Config{Profile: "high444"}, 64, 48, false, 244, 10},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cfg := configFor(test.config, testvideo.Frame{Width: test.width, Height: test.height, Subsampled: test.subsampled})
			enc, err := h264.NewEncoder(cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer enc.Close()
			sps, err := avc.ParseSPSNALUnit(enc.SPS(), true)
			if err != nil {
				t.Fatal(err)
			}
			if pps, err := avc.ParsePPSNALUnit(enc.PPS(), map[uint32]*avc.SPS{sps.ParameterID: sps}); err != nil {
				t.Error(err)
			} else {
				if cabac := test.profile > 66 && !cfg.NoCABAC; pps.EntropyCodingModeFlag != cabac {
					t.Errorf("entropy_coding_mode_flag %t, want %t", pps.EntropyCodingModeFlag, cabac)
				}
				if transform8x8 := test.profile > 77 && !cfg.NoTransform8x8; pps.Transform8x8ModeFlag != transform8x8 {
					t.Errorf("transform_8x8_mode_flag %t, want %t", pps.Transform8x8ModeFlag, transform8x8)
				}
			}
			vui := sps.VUI
			if vui == nil {
				t.Fatal("no VUI")
			}
			aspect, chromaFormat := cfg.SampleAspect, 3
			if aspect.Num == 0 {
				aspect = h264.Rational{Num: 1, Den: 1}
			}
			if test.subsampled {
				chromaFormat = 1
			}
			colour := cfg.Colour
			for _, field := range []struct {
				name      string
				got, want any
			}{
				{"profile_idc", sps.Profile, test.profile},
				{"constraint_set1_flag", sps.ProfileCompatibility&0x40 != 0, test.profile <= 77},
				{"level_idc", sps.Level, test.level},
				{"chroma_format_idc", int(sps.ChromaFormatIDC), chromaFormat},
				{"width", int(sps.Width), test.width},
				{"height", int(sps.Height), test.height},
				{"frame_mbs_only_flag", sps.FrameMbsOnlyFlag, true},
				{"sample aspect", [2]uint{vui.SampleAspectRatioWidth, vui.SampleAspectRatioHeight}, [2]uint{uint(aspect.Num), uint(aspect.Den)}},
				{"video_full_range_flag", vui.VideoFullRangeFlag, colour.FullRange},
				{"fixed_frame_rate_flag", vui.FixedFrameRateFlag, !cfg.VariableRate},
				{"timing", uint64(vui.TimeScale) * uint64(cfg.FrameRate.Den), 2 * uint64(vui.NumUnitsInTick) * uint64(cfg.FrameRate.Num)},
				{"bitstream_restriction_flag", vui.BitstreamRestrictionFlag, true},
				{"motion_vectors_over_pic_boundaries_flag", vui.MotionVectorsOverPicBoundariesFlag, true},
				{"max_num_reorder_frames", vui.MaxNumReorderFrames, uint(0)},
				{"max_dec_frame_buffering", vui.MaxDecFrameBuffering, sps.NumRefFrames},
			} {
				if field.got != field.want {
					t.Errorf("%s is %v, want %v", field.name, field.got, field.want)
				}
			}
			if colour.Primaries != 0 {
				got := [3]uint{vui.ColourPrimaries, vui.TransferCharacteristics, vui.MatrixCoefficients}
				if want := [3]uint{uint(colour.Primaries), uint(colour.Transfer), uint(colour.Matrix)}; got != want {
					t.Errorf("colour description %v, want %v", got, want)
				}
				if vui.ChromaSampleLocTypeTopField != uint(colour.ChromaLoc) || vui.ChromaSampleLocTypeBottomField != uint(colour.ChromaLoc) {
					t.Errorf("chroma location %d, %d, want %d", vui.ChromaSampleLocTypeTopField, vui.ChromaSampleLocTypeBottomField, colour.ChromaLoc)
				}
			}
		})
	}
}

// Parameter sets depend on the configuration alone, stand before every key
// picture and are those that SPS and PPS give before the first picture.
func TestParameterSetsAreConstant(t *testing.T) {
	cfg := h264.Config{KeyInt: 2, Threads: 1}
	moving := encode(t, "moving", cfg, testvideo.Clip(testvideo.Moving, 80, 48, 5, true), nil)
	cfg.Threads = 4
	noise := encode(t, "noise", cfg, testvideo.Clip(testvideo.Noise, 80, 48, 5, true), nil)
	enc, err := h264.NewEncoder(moving.config)
	if err != nil {
		t.Fatal(err)
	}
	defer enc.Close()
	for _, s := range []stream{moving, noise} {
		for i, au := range s.units {
			if au.Key && (!bytes.Equal(au.NALs[0], enc.SPS()) || !bytes.Equal(au.NALs[1], enc.PPS())) {
				t.Errorf("%s: key picture %d has other parameter sets than SPS and PPS give", s.name, i)
			}
		}
	}
}

// Access unit delimiters say what slices follow: I alone, or P too (table 7-5).
// Parameter sets stand in every key picture, or once.
func TestDelimitersAndHeaders(t *testing.T) {
	testenv.Need(t, "ffmpeg")
	for _, cfg := range []h264.Config{{Delimiters: true}, {HeadersOnce: true}, {Delimiters: true, HeadersOnce: true, NoSEI: true}} {
		cfg.MinKeyInt, cfg.KeyInt, cfg.Reconstruction = 9, 9, true
		clip := testvideo.Clip(testvideo.Cut, 80, 48, 3*testvideo.CutLength, true)
		s := encode(t, fmt.Sprintf("delimiters %v, headers once %v", cfg.Delimiters, cfg.HeadersOnce), cfg, clip, nil)
		p := parse(t, s)
		for i, au := range s.units {
			want := []byte{9, 0x10}
			if p.slices[i].SliceType%5 == avc.SLICE_P {
				want = []byte{9, 0x30}
			}
			if cfg.Delimiters && !bytes.Equal(au.NALs[0], want) {
				t.Errorf("%s: access unit %d begins with % x, want % x", s.name, i, au.NALs[0], want)
			}
		}
		decodeExactly(t, s)
	}
}

func TestSEI(t *testing.T) {
	clip := testvideo.Clip(testvideo.Flat, 16, 16, 1, true)
	const options = "crf=17 preset=medium \x00\x00\x01 end"
	s := encode(t, "SEI", h264.Config{Options: options}, clip, nil)
	sps := parse(t, s).sps
	for _, nal := range s.units[0].NALs {
		if avc.GetNaluType(nal[0]) != avc.NALU_SEI {
			continue
		}
		messages, err := avc.ParseSEINalu(nal, sps)
		if err != nil || len(messages) != 1 {
			t.Fatalf("%d SEI messages, error %v", len(messages), err)
		}
		if messages[0].Type() != sei.SEIUserDataUnregisteredType {
			t.Errorf("SEI payload type %d", messages[0].Type())
		}
		if text := string(messages[0].Payload()); !strings.Contains(text, "g264") || !strings.Contains(text, options) {
			t.Errorf("SEI says %q: want the encoder's name and %q", text, options)
		}
	}
	without := encode(t, "no SEI", h264.Config{Options: options, NoSEI: true}, clip, nil)
	parse(t, without)
}

// AppendAnnexB puts start codes before the NAL units, with the zero_byte where
// clause B.1.2 asks for it; AppendAVCC puts lengths before those that an MP4
// sample holds.
func TestFraming(t *testing.T) {
	clip := testvideo.Clip(testvideo.Moving, 48, 32, 3, true)
	s := encode(t, "framing", h264.Config{KeyInt: 2, NoSceneCut: true}, clip, nil)
	for i, au := range s.units {
		rest, found := bytes.CutPrefix(au.AppendAnnexB([]byte("before")), []byte("before"))
		if !found {
			t.Fatalf("access unit %d: not behind what is there already", i)
		}
		want := []byte("before")
		for j, nal := range au.NALs {
			kind := avc.GetNaluType(nal[0])
			parameters := kind == avc.NALU_SPS || kind == avc.NALU_PPS
			if j == 0 || parameters || bytes.HasPrefix(rest, []byte{0, 0, 0, 1}) {
				rest, found = bytes.CutPrefix(rest, []byte{0, 0, 0, 1})
			} else {
				rest, found = bytes.CutPrefix(rest, []byte{0, 0, 1})
			}
			if !found || !bytes.HasPrefix(rest, nal) {
				t.Fatalf("access unit %d, NAL unit type %v: byte stream goes on with % x", i, kind, rest[:min(len(rest), 10)])
			}
			rest = rest[len(nal):]
			if !parameters {
				want = append(binary.BigEndian.AppendUint32(want, uint32(len(nal))), nal...)
			}
		}
		if len(rest) > 0 {
			t.Errorf("access unit %d: %d bytes after the last NAL unit", i, len(rest))
		}
		if got := au.AppendAVCC([]byte("before")); !bytes.Equal(got, want) {
			t.Errorf("access unit %d: MP4 sample % x, want % x", i, got[:min(len(got), 40)], want[:min(len(want), 40)])
		}
	}
}
