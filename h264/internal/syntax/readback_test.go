package syntax

import (
	"bytes"
	mathbits "math/bits"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/Eyevinn/mp4ff/avc"
	"github.com/Eyevinn/mp4ff/sei"

	"github.com/g264/g264/h264/internal/bits"
	"github.com/g264/g264/internal/testenv"
)

// readSPS is s as mp4ff's parser should see it.
func readSPS(s *SPS) *avc.SPS {
	unit := uint(s.cropUnit())
	width, height := s.Size()
	r := &avc.SPS{
		Profile: uint32(s.ProfileIDC), ProfileCompatibility: uint32(s.Constraints), Level: uint32(s.LevelIDC),
		ChromaFormatIDC: s.ChromaFormatIDC, QPPrimeYZeroTransformBypassFlag: s.TransformBypass,
		Log2MaxFrameNumMinus4: uint(s.Log2MaxFrameNum) - 4, PicOrderCntType: uint(s.POCType),
		NumRefFrames: uint(s.NumRefFrames), FrameMbsOnlyFlag: true, Direct8x8InferenceFlag: true,
		FrameCroppingFlag:   s.Crop != Crop{},
		FrameCropLeftOffset: uint(s.Crop.Left) / unit, FrameCropRightOffset: uint(s.Crop.Right) / unit,
		FrameCropTopOffset: uint(s.Crop.Top) / unit, FrameCropBottomOffset: uint(s.Crop.Bottom) / unit,
		Width: uint(width), Height: uint(height),
	}
	if s.POCType == 0 {
		r.Log2MaxPicOrderCntLsbMinus4 = uint(s.Log2MaxPOCLsb) - 4
	}
	v := s.VUI
	r.VUI = &avc.VUIParameters{
		VideoSignalTypePresentFlag: v.FullRange || v.ColourDescription, VideoFullRangeFlag: v.FullRange,
		ColourDescriptionFlag: v.ColourDescription, ColourPrimaries: uint(v.Primaries),
		TransferCharacteristics: uint(v.Transfer), MatrixCoefficients: uint(v.Matrix),
		TimingInfoPresentFlag: v.FrameRate != Ratio{}, BitstreamRestrictionFlag: true,
		MotionVectorsOverPicBoundariesFlag: v.MotionVectorsOverPicBoundaries,
		Log2MaxMvLengthHorizontal:          uint(v.Log2MaxMvLengthHorizontal),
		Log2MaxMvLengthVertical:            uint(v.Log2MaxMvLengthVertical),
		MaxNumReorderFrames:                uint(v.MaxNumReorderFrames),
		MaxDecFrameBuffering:               uint(v.MaxDecFrameBuffering),
	}
	if r.VUI.VideoSignalTypePresentFlag {
		r.VUI.VideoFormat = 5
	}
	if s.ChromaFormatIDC == Chroma420 && v.ChromaLoc != 0 {
		r.VUI.ChromaLocInfoPresentFlag = true
		r.VUI.ChromaSampleLocTypeTopField = uint(v.ChromaLoc)
		r.VUI.ChromaSampleLocTypeBottomField = uint(v.ChromaLoc)
	}
	if r.VUI.TimingInfoPresentFlag {
		r.VUI.FixedFrameRateFlag = v.FixedFrameRate
	}
	return r
}

// checkSPS writes s and compares every field with what mp4ff reads. The two
// fractions are compared by value, because they may be written in other terms.
func checkSPS(t *testing.T, s *SPS) *avc.SPS {
	t.Helper()
	unit := nal(t, bits.NALSPS, written(s.Write))
	got, err := avc.ParseSPSNALUnit(unit, true)
	if err != nil {
		t.Fatalf("%+v: %v", s, err)
	}
	// The parser stops before the stop bit, which may have the last byte for itself.
	if rest := unit[got.NrBytesRead:]; len(rest) > 0 && !bytes.Equal(rest, []byte{0x80}) {
		t.Fatalf("%+v: %d of %d bytes read", s, got.NrBytesRead, len(unit))
	}
	parsed := *got
	vui := *got.VUI
	parsed.VUI = &vui

	sar := s.VUI.SampleAspect
	if uint64(vui.SampleAspectRatioWidth)*uint64(sar.Den) != uint64(vui.SampleAspectRatioHeight)*uint64(sar.Num) ||
		(vui.SampleAspectRatioWidth == 0) != (sar == Ratio{}) {
		t.Fatalf("sample aspect ratio %d:%d, want %v", vui.SampleAspectRatioWidth, vui.SampleAspectRatioHeight, sar)
	}
	// Where uint has 32 bits, mp4ff's reader loses the upper bits of such fields.
	if rate := s.VUI.FrameRate; rate != (Ratio{}) && mathbits.UintSize == 64 {
		// time_scale / (2*num_units_in_tick) = num/den; the products have up to 65 bits
		hi, lo := mathbits.Mul64(uint64(vui.TimeScale), uint64(rate.Den))
		hi2, lo2 := mathbits.Mul64(2*uint64(vui.NumUnitsInTick), uint64(rate.Num))
		if hi != hi2 || lo != lo2 {
			t.Fatalf("time_scale %d, num_units_in_tick %d, frame rate %v", vui.TimeScale, vui.NumUnitsInTick, rate)
		}
	}
	vui.SampleAspectRatioWidth, vui.SampleAspectRatioHeight = 0, 0
	vui.TimeScale, vui.NumUnitsInTick = 0, 0
	parsed.NrBytesBeforeVUI, parsed.NrBytesRead = 0, 0
	if want := readSPS(s); !reflect.DeepEqual(&parsed, want) {
		t.Fatalf("read back\n%+v %+v, want\n%+v %+v", parsed, *parsed.VUI, *want, *want.VUI)
	}
	return got
}

// checkPPS writes p and compares every field with what mp4ff reads.
func checkPPS(t *testing.T, p *PPS, sps *avc.SPS) *avc.PPS {
	t.Helper()
	got, err := avc.ParsePPSNALUnit(nal(t, bits.NALPPS, written(p.Write)), map[uint32]*avc.SPS{0: sps})
	if err != nil {
		t.Fatalf("%+v: %v", p, err)
	}
	want := &avc.PPS{
		EntropyCodingModeFlag: p.EntropyCABAC, WeightedPredFlag: p.WeightedPred, NumRefIdxI0DefaultActiveMinus1: uint(p.NumRefIdxL0Default - 1),
		PicInitQpMinus26: p.PicInitQP - 26, ChromaQpIndexOffset: int(p.ChromaQPIndexOffset[0]),
		DeblockingFilterControlPresentFlag: p.DeblockingControlPresent, Transform8x8ModeFlag: p.Transform8x8,
	}
	if p.Transform8x8 || p.ChromaQPIndexOffset[0] != p.ChromaQPIndexOffset[1] {
		want.SecondChromaQpIndexOffset = int(p.ChromaQPIndexOffset[1])
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("read back\n%+v, want\n%+v", *got, *want)
	}
	return got
}

// checkSlice writes h and compares every field with what mp4ff reads.
func checkSlice(t *testing.T, h *SliceHeader, s *SPS, p *PPS, sps *avc.SPS, pps *avc.PPS) {
	t.Helper()
	var w bits.Writer
	h.Write(&w, s, p)
	length := w.Len()
	w.TrailingBits()
	unit := bits.AppendNAL(nil, h.RefIDC, h.NALType(), w.Bytes())
	got, err := avc.ParseSliceHeader(unit, map[uint32]*avc.SPS{0: sps}, map[uint32]*avc.PPS{0: pps})
	if err != nil {
		t.Fatalf("%+v: %v", h, err)
	}
	want := &avc.SliceHeader{
		SliceType: avc.SliceType(h.Type), FirstMBInSlice: uint32(h.FirstMB), FrameNum: h.FrameNum,
		PicOrderCntLsb: h.POCLsb, SliceQPDelta: int32(h.QP - p.PicInitQP),
	}
	if h.IDR {
		want.IDRPicID = uint32(h.IDRPicID)
	}
	if h.Type == SliceP {
		want.NumRefIdxActiveOverrideFlag = h.NumRefIdxActive != p.NumRefIdxL0Default
		want.NumRefIdxL0ActiveMinus1 = uint32(h.NumRefIdxActive - 1)
		if p.WeightedPred {
			want.LumaLog2WeightDenom, want.ChromaLog2WeightDenom = uint32(h.Weights.Log2Denom[0]), uint32(h.Weights.Log2Denom[1])
		}
		if p.EntropyCABAC {
			want.CabacInitIDC = uint32(h.CABACInitIDC)
		}
		for _, m := range h.ListModifications {
			want.RefPicListModificationL0Flag = true
			want.ModificationOfPicNumsIDC = 3
			if m.IDC == 2 {
				want.LongTermPicNum = m.Value
			} else {
				want.AbsDiffPicNumMinus1 = m.Value
			}
		}
	}
	if p.DeblockingControlPresent {
		want.DisableDeblockingFilterIDC = uint32(h.DisableDeblock)
		if h.DisableDeblock != 1 {
			want.SliceAlphaC0OffsetDiv2, want.SliceBetaOffsetDiv2 = int32(h.AlphaOffsetDiv2), int32(h.BetaOffsetDiv2)
		}
	}
	// mp4ff counts the header's bytes with the NAL header and prevention bytes.
	if least := uint32(1 + (length+7)/8); got.Size < least {
		t.Fatalf("%+v: header of %d bytes read, want %d", h, got.Size, least)
	}
	got.Size = 0
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("read back\n%+v, want\n%+v", *got, *want)
	}
}

func TestHeadersReadBack(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	for range 3000 {
		s := randomSPS(t, rng)
		sps := checkSPS(t, s)
		p := randomPPS(t, rng, s)
		pps := checkPPS(t, p, sps)
		for i := range 4 {
			checkSlice(t, randomSlice(rng, s, p, i == 0), s, p, sps, pps)
		}
	}
}

// TestTiming holds the values themselves: time_scale is twice the rate's
// numerator in lowest terms, or the numerator where that has no room.
func TestTiming(t *testing.T) {
	for _, c := range []struct {
		rate         Ratio
		units, scale uint32
	}{
		{Ratio{25, 1}, 1, 50},
		{Ratio{24000, 1001}, 1001, 48000},
		{Ratio{60, 2}, 1, 60},
		{Ratio{57, 4}, 4, 114},
		{Ratio{1, 10}, 10, 2},
		{Ratio{1<<31 - 1, 2}, 2, 1<<32 - 2},
		{Ratio{1<<31 + 1, 2}, 1, 1<<31 + 1},
		{Ratio{1<<32 - 1, 1<<32 - 2}, 1<<31 - 1, 1<<32 - 1},
		{Ratio{1 << 31, 1 << 30}, 1, 4},
	} {
		s := baselineSPS(t)
		s.VUI.FrameRate = c.rate
		if err := s.Validate(); err != nil {
			t.Errorf("%v: %v", c.rate, err)
			continue
		}
		if tick, ok := c.rate.timing(); !ok || tick != (Ratio{c.scale, c.units}) {
			t.Errorf("%v: %v ticks per second, %v, want %d/%d", c.rate, tick, ok, c.scale, c.units)
		}
		checkSPS(t, s)
	}
}

// TestSampleAspect proves that no ratio of table E-1 is written as Extended_SAR,
// and that others are, in lowest terms.
func TestSampleAspect(t *testing.T) {
	idc := func(r Ratio) []byte {
		return written(func(w *bits.Writer) { writeSampleAspect(w, r.reduced()) })
	}
	for want, r := range sampleAspects[1:] {
		if got := idc(Ratio{r.Num * 30030, r.Den * 30030}); !bytes.Equal(got, []byte{byte(want + 1)}) {
			t.Errorf("%v: % x, want aspect_ratio_idc %d", r, got, want+1)
		}
	}
	if got := idc(Ratio{600, 200000}); !bytes.Equal(got, []byte{255, 0, 3, 1000 >> 8, 1000 & 255}) {
		t.Errorf("3:1000 written as % x", got)
	}
}

func TestSEIReadsBack(t *testing.T) {
	for _, n := range []int{0, 1, 100, 238, 239, 240, 493, 494, 495, 5000} {
		text := strings.Repeat("\x00\x00\x01 g264 ", n/9+1)[:n]
		var w bits.Writer
		SEIUserData(&w, EncoderUUID, text)
		msgs, err := avc.ParseSEINalu(nal(t, bits.NALSEI, w.Bytes()), nil)
		if err != nil || len(msgs) != 1 || msgs[0].Type() != sei.SEIUserDataUnregisteredType {
			t.Fatalf("%d bytes: %v, %v", n, msgs, err)
		}
		if got, want := msgs[0].Payload(), string(EncoderUUID[:])+text; string(got) != want {
			t.Errorf("%d bytes: % x, want % x", n, got, want)
		}
	}
}

// TestFFmpegReadsHeaders lets ffmpeg trace the headers of many streams, where it
// checks the range of every element, and compares the digits it read, element
// by element, with what was written.
func TestFFmpegReadsHeaders(t *testing.T) {
	ffmpeg := testenv.Need(t, "ffmpeg")
	rng := rand.New(rand.NewSource(2))
	var stream []byte
	var want []string
	add := func(refIDC, unitType uint8, rbsp []byte, length int) { // length of what the trace shows, in bits
		stream = append(stream, 0, 0, 0, 1)
		stream = bits.AppendNAL(stream, refIDC, unitType, rbsp)
		want = append(want, digits(rbsp)[:length])
	}
	whole := func(unitType uint8, rbsp []byte) { add(3, unitType, rbsp, 8*len(rbsp)) }
	for range 40 {
		s := randomSPS(t, rng)
		p := randomPPS(t, rng, s)
		whole(bits.NALSPS, written(s.Write))
		whole(bits.NALPPS, written(p.Write))
		for i := range 3 {
			h := randomSlice(rng, s, p, i == 0)
			h.FirstMB = 0
			var w bits.Writer
			h.Write(&w, s, p)
			length := w.Len()
			for p.EntropyCABAC && !w.ByteAligned() {
				w.Bit(1) // cabac_alignment_one_bit
			}
			w.TrailingBits()
			add(h.RefIDC, h.NALType(), w.Bytes(), length)
		}
	}
	file := filepath.Join(t.TempDir(), "headers.264")
	if err := os.WriteFile(file, stream, 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(ffmpeg, "-hide_banner", "-f", "h264", "-i", file, "-c", "copy", "-bsf:v", "trace_headers", "-f", "null", "-").CombinedOutput()
	if err != nil {
		t.Fatalf("ffmpeg: %v\n%s", err, out)
	}
	got := traced(string(out))
	if len(got) != len(want) {
		t.Fatalf("%d NAL units traced, want %d", len(got), len(want))
	}
	for i := range got {
		if got[i] != want[i] {
			t.Fatalf("NAL unit %d: read\n%s, want\n%s", i, got[i], want[i])
		}
	}
}

// traceLine is an element in ffmpeg's trace: position, name, digits, value.
var traceLine = regexp.MustCompile(`\] \d+ +(\S+) +([01]+) = -?\d+$`)

// traced returns the digits of each NAL unit's elements after its header byte,
// without the alignment that belongs to the slice data. The trace of the packets follows one of the stream's extradata.
func traced(out string) []string {
	_, out, _ = strings.Cut(out, "Packet:")
	var units []string
	for _, line := range strings.Split(out, "\n") {
		m := traceLine.FindStringSubmatch(line)
		switch {
		case m == nil || m[1] == "nal_ref_idc" || m[1] == "nal_unit_type" || m[1] == "cabac_alignment_one_bit":
		case m[1] == "forbidden_zero_bit":
			units = append(units, "")
		default:
			units[len(units)-1] += m[2]
		}
	}
	return units
}

func digits(p []byte) string {
	var s strings.Builder
	for _, b := range p {
		for i := 7; i >= 0; i-- {
			s.WriteByte('0' + b>>i&1)
		}
	}
	return s.String()
}
