package g264

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/g264/g264/h264"
)

func TestOptionsRefused(t *testing.T) {
	for _, c := range []struct {
		field string // as the message names it
		value string
		want  string // part of what would be right
		o     Options
	}{
		{"Width", "-1", "1 to 16880", Options{Width: -1, Height: 16}},
		{"Width", "0", "1 to 16880", Options{Height: 16}},
		{"Width", "16881", "1 to 16880", Options{Width: 16881, Height: 16}},
		{"Width", "9223372036854775807", "1 to 16880", Options{Width: math.MaxInt, Height: math.MaxInt}},
		{"Height", "0", "1 to 16880", Options{Width: 16}},
		{"Height", "-5", "1 to 16880", Options{Width: 16, Height: -5}},
		{"Height", "100000", "1 to 16880", Options{Width: 16, Height: 100000}},
		{"FrameRate", "NaN", "FPS(23.976)", Options{FrameRate: FPS(math.NaN())}},
		{"FrameRate", "+Inf", "positive", Options{FrameRate: FPS(math.Inf(1))}},
		{"FrameRate", "-Inf", "positive", Options{FrameRate: FPS(math.Inf(-1))}},
		{"FrameRate", "0", "positive", Options{FrameRate: FPS(0)}},
		{"FrameRate", "-25", "positive", Options{FrameRate: FPS(-25)}},
		{"FrameRate", "-24000/1001", "positive", Options{FrameRate: FPS(-23.976)}},
		{"FrameRate", "25/0", "positive", Options{FrameRate: Rational{Num: 25}}},
		{"FrameRate", "0/25", "positive", Options{FrameRate: Rational{Den: 25}}},
		{"FrameRate", "-25/-1", "positive", Options{FrameRate: Rational{-25, -1}}},
		{"TimeBase", "NaN", "1/90000", Options{TimeBase: FPS(math.NaN())}},
		{"TimeBase", "-1/90000", "1/90000", Options{TimeBase: Rational{-1, 90000}}},
		{"TimeBase", "90/0", "1/90000", Options{TimeBase: Rational{Num: 90}}},
		{"Chroma", "2", "420, 444", Options{Chroma: 2}},
		{"Preset", "4", "ultrafast, veryfast, medium, slow", Options{Preset: 4}},
		{"Tune", "7", "none, psnr, ssim, animation, stillimage, screen, zerolatency", Options{Tune: 7}},
		{"Lookahead", "5", "0 with LowLatency", Options{Lookahead: 5, Tune: TuneZeroLatency}},
		{"Profile", "5", "auto, baseline, main, high, high444", Options{Profile: 5}},
		{"Profile", "baseline", "auto or high444", Options{Profile: ProfileBaseline, Chroma: Chroma444}},
		{"Profile", "main", "auto or high444", Options{Profile: ProfileMain, Chroma: Chroma444}},
		{"Profile", "high", "auto or high444", Options{Profile: ProfileHigh, Chroma: Chroma444}},
		{"Profile", "high444", "auto, baseline, main or high", Options{Profile: ProfileHigh444}},
		{"RateControl", "3", "crf, qp, abr", Options{RateControl: 3}},
		{"CRF", "NaN", "1 to 51", Options{CRF: math.NaN()}},
		{"CRF", "+Inf", "1 to 51", Options{CRF: math.Inf(1)}},
		{"CRF", "-23", "1 to 51", Options{CRF: -23}},
		{"CRF", "0.5", "1 to 51", Options{CRF: 0.5}},
		{"CRF", "51.01", "1 to 51", Options{CRF: 51.01}},
		{"CRF", "17", "0, or RateControl", Options{RateControl: ConstantQP, CRF: 17}},
		{"CRF", "17", "0, or RateControl", Options{RateControl: AverageBitrate, Bitrate: 100, CRF: 17}},
		{"QP", "17", "ConstantQP", Options{RateControl: AverageBitrate, Bitrate: 100, QP: 17}},
		{"Bitrate", "0", "1 to 2000000", Options{RateControl: AverageBitrate}},
		{"Bitrate", "2000001", "1 to 2000000", Options{RateControl: AverageBitrate, Bitrate: 2000001}},
		{"Bitrate", "100", "AverageBitrate", Options{Bitrate: 100}},
		{"MaxRate", "-1", "0 to 2000000", Options{MaxRate: -1}},
		{"MaxRate", "5", "0 with ConstantQP", Options{RateControl: ConstantQP, MaxRate: 5, BufferSize: 5}},
		{"MaxRate", "99", "at least Bitrate, 100", Options{RateControl: AverageBitrate, Bitrate: 100, MaxRate: 99, BufferSize: 5}},
		{"BufferSize", "0", "1 to 2000000 with MaxRate", Options{MaxRate: 5}},
		{"BufferSize", "5", "0 without", Options{BufferSize: 5}},
		{"HRD", "true", "false without MaxRate", Options{HRD: true}},
		{"HRD", "true", "with TimeBase", Options{HRD: true, MaxRate: 5, BufferSize: 5, TimeBase: Rational{1, 1000}}},
		{"QP", "20", "ConstantQP", Options{QP: 20}},
		{"QP", "-1", "0 to 51", Options{RateControl: ConstantQP, QP: -1}},
		{"QP", "52", "0 to 51", Options{RateControl: ConstantQP, QP: 52}},
		{"KeyInt", "-1", "0 for 250", Options{KeyInt: -1}},
		{"KeyInt", "1073741825", "1073741824", Options{KeyInt: 1<<30 + 1}},
		{"MinKeyInt", "-1", "0 to 250", Options{MinKeyInt: -1}},
		{"MinKeyInt", "31", "0 to 30", Options{KeyInt: 30, MinKeyInt: 31}},
		{"Lookahead", "-1", "0 to 250", Options{Lookahead: -1}},
		{"Lookahead", "251", "0 to 250", Options{Lookahead: 251}},
		{"Lookahead", "5", "0 with LowLatency", Options{Lookahead: 5, LowLatency: true}},
		{"QPMin", "-1", "0 to 51", Options{QPMin: -1}},
		{"QPMin", "31", "0 to 30", Options{QPMin: 31, QPMax: 30}},
		{"QPMax", "52", "0 to 51", Options{QPMax: 52}},
		{"QCompress", "NaN", "0 to 1", Options{QCompress: math.NaN()}},
		{"QCompress", "1.1", "0 to 1", Options{QCompress: 1.1}},
		{"IPRatio", "0.9", "1 to 10", Options{IPRatio: 0.9}},
		{"IPRatio", "NaN", "1 to 10", Options{IPRatio: math.NaN()}},
		{"AQMode", "2", "variance, auto", Options{AQMode: 2}},
		{"AQStrength", "NaN", "0 to 4", Options{AQStrength: math.NaN()}},
		{"AQStrength", "-0.5", "0 to 4", Options{AQStrength: -0.5}},
		{"AQStrength", "4.5", "0 to 4", Options{AQStrength: 4.5}},
		{"AQStrength", "1.5", "0 with NoAQ", Options{AQStrength: 1.5, NoAQ: true}},
		{"ChromaQPOffset", "25", "-24 to 24", Options{ChromaQPOffset: 25}},
		{"ChromaQPOffset", "-25", "-24 to 24", Options{ChromaQPOffset: -25}},
		{"DeblockAlpha", "7", "-6 to 6", Options{DeblockAlpha: 7}},
		{"DeblockBeta", "-7", "-6 to 6", Options{DeblockBeta: -7}},
		{"Matrix", "3", "bt709, bt601, gbr", Options{Matrix: 3}},
		{"Chroma", "420", "444 with MatrixGBR", Options{Matrix: MatrixGBR}},
		{"CRF", "20", "0 with Lossless", Options{Lossless: true, CRF: 20}},
		{"QP", "20", "0 with Lossless", Options{Lossless: true, RateControl: ConstantQP, QP: 20}},
		{"Bitrate", "20", "0 with Lossless", Options{Lossless: true, RateControl: AverageBitrate, Bitrate: 20}},
		{"MaxRate", "20", "0 with Lossless", Options{Lossless: true, MaxRate: 20, BufferSize: 20}},
		{"Profile", "high", "auto or high444 with Lossless", Options{Lossless: true, Profile: ProfileHigh}},
		{"Range", "2", "limited, full", Options{Range: 2}},
		{"ChromaSite", "3", "auto, left, centre", Options{ChromaSite: 3}},
		{"Primaries", "3", "bt709", Options{Primaries: 3}},
		{"Primaries", "13", "bt2020", Options{Primaries: 13}},
		{"Transfer", "3", "bt709", Options{Transfer: 3}},
		{"Transfer", "19", "arib-std-b67", Options{Transfer: 19}},
		{"SampleAspect", "4/0", "4/3", Options{SampleAspect: Rational{Num: 4}}},
		{"SampleAspect", "-4/3", "4/3", Options{SampleAspect: Rational{-4, 3}}},
		{"SampleAspect", "65536", "65535", Options{SampleAspect: Rational{65536, 1}}},
		{"Format", "2", "mp4, annexb", Options{Format: 2}},
		{"KeepStart", "true", "TimeBase set", Options{KeepStart: true}},
		{"Layout", "3", "progressive, fragmented, seekable", Options{Layout: 3}},
		{"Layout", "fragmented", "Format MP4", Options{Layout: Fragmented, Format: AnnexB}},
		{"FragmentDuration", "-1ns", "0 or more", Options{Layout: Fragmented, FragmentDuration: -1}},
		{"FragmentDuration", "1s", "with Layout Fragmented", Options{FragmentDuration: time.Second}},
		{"FragmentIndex", "3", "none, mfra, sidx", Options{FragmentIndex: 3}},
		{"FragmentIndex", "mfra", "Layout Fragmented", Options{FragmentIndex: Mfra}},
		{"SegmentDuration", "-1ns", "0 or more", Options{Layout: Fragmented, SegmentDuration: -1}},
		{"SegmentDuration", "1s", "NewSegmentEncoder", Options{Layout: Fragmented, SegmentDuration: time.Second}},
		{"MoovSpace", "-1", "0 to 2147483647", Options{Layout: Seekable, MoovSpace: -1}},
		{"MoovSpace", "1", "Layout Seekable", Options{MoovSpace: 1}},
		{"FastStart", "true", "Layout Seekable", Options{FastStart: true}},
		{"Layout", "seekable", "io.WriteSeeker", Options{Layout: Seekable}},
		{"Rotation", "-90", "0, 90, 180 or 270", Options{Rotation: -90}},
		{"Title", `"\xff" (1 bytes)`, "UTF-8", Options{Title: "\xff"}},
		{"Comment", `"aaaaaaaaaaaaaaaaaaaa" (65536 bytes)`, "at most 65535", Options{Comment: strings.Repeat("a", 65536)}},
		{"CreationTime", "1903-12-31 23:59:59 +0000 UTC", "from 1904 on", Options{CreationTime: firstCreation.Add(-1e9)}},
		{"Threads", "-1", "0 to 256", Options{Threads: -1}},
		{"Threads", "257", "0 to 256", Options{Threads: 257}},
		{"MaxMemory", "-1", "0 for 2 GiB", Options{MaxMemory: -1}},
	} {
		if c.value == "9223372036854775807" && math.MaxInt == math.MaxInt32 {
			c.value = "2147483647"
		}
		enc, err := NewEncoder(io.Discard, c.o)
		if !errors.Is(err, ErrOptions) || enc != nil {
			t.Errorf("%s %s: %v", c.field, c.value, err)
			continue
		}
		want := "g264: invalid options: " + c.field + " is " + c.value + "; want "
		if msg := err.Error(); !strings.HasPrefix(msg, want) || !strings.Contains(msg[len(want):], c.want) {
			t.Errorf("the error is %q, want %q... %q", msg, want, c.want)
		}
		if o := c.o; o.Validate() == nil && !strings.Contains(c.want, "io.WriteSeeker") && !strings.Contains(c.want, "NewSegment") {
			t.Errorf("%s %s is valid to Validate", c.field, c.value)
		}
	}
}

// The ends of every range are taken, by h264 too.
func TestOptionsTaken(t *testing.T) {
	for i, o := range []Options{
		{},
		{Width: 1, Height: 1},
		{Width: 16880, Height: 1},
		{Width: 2, Height: 16880},
		{FrameRate: Rational{math.MaxInt32, 1}},
		{FrameRate: Rational{1, math.MaxInt32}},
		{FrameRate: Rational{50, 2}, TimeBase: Rational{1, math.MaxInt32}},
		{TimeBase: Rational{math.MaxInt32, 1}},
		{CRF: 1}, {CRF: 51}, {CRF: 17.5},
		{RateControl: ConstantQP}, {RateControl: ConstantQP, QP: 51},
		{KeyInt: 1}, {KeyInt: 1 << 30, MinKeyInt: 1 << 30}, {MinKeyInt: 250},
		{AQStrength: 4}, {NoAQ: true},
		{ChromaQPOffset: 24}, {ChromaQPOffset: -24, Chroma: Chroma444},
		{DeblockAlpha: 6, DeblockBeta: -6}, {NoDeblock: true, DeblockAlpha: 1},
		{Profile: ProfileBaseline}, {Profile: ProfileMain}, {Profile: ProfileHigh}, {Profile: ProfileHigh444, Chroma: Chroma444},
		{Primaries: PrimariesSMPTE432, Transfer: TransferHLG}, {Primaries: PrimariesUnspecified, Transfer: TransferUnspecified},
		{SampleAspect: Rational{1023, 1}}, {SampleAspect: Rational{131070, 131068}}, {SampleAspect: Rational{1, 65535}},
		{Threads: 256}, {MaxMemory: math.MaxInt64},
		{ChromaSite: ChromaSiteCentre, Chroma: Chroma444},
	} {
		if o.Width == 0 {
			o.Width, o.Height = 64, 48
		}
		e, err := NewEncoder(io.Discard, o)
		if err != nil {
			t.Errorf("options %d: %v", i, err)
			continue
		}
		e.Abort()
	}
}

// every returns Options whose fields all differ from their zero values.
func every() Options {
	return Options{
		Width: 640, Height: 360, FrameRate: FPS(23.976), TimeBase: Rational{1, 90000}, KeepStart: true,
		Chroma: Chroma444, Preset: PresetSlow, Tune: TuneAnimation, Profile: ProfileHigh444,
		RateControl: ConstantQP, QP: 20, CRF: 17.5, Lossless: true, Bitrate: 900, MaxRate: 1000, BufferSize: 2000, HRD: true, KeyInt: 100, MinKeyInt: 5, NoSceneCut: true,
		Lookahead: 30, LowLatency: true, NoMBTree: true, QPMin: 3, QPMax: 48, QCompress: 0.7, IPRatio: 1.4, AQMode: AQAuto,
		NoCABAC: true, NoTransform8x8: true, NoWeights: true, NoAQ: true, AQStrength: 0.8, ChromaQPOffset: -3, NoDeblock: true, DeblockAlpha: -1, DeblockBeta: 2,
		Matrix: MatrixBT601, Range: RangeFull, ChromaSite: ChromaSiteLeft, Primaries: PrimariesBT2020, Transfer: TransferPQ,
		Background: [3]uint8{255, 128, 1}, SampleAspect: Rational{4, 3},
		Format: AnnexB, Layout: Seekable, FragmentDuration: time.Second, FragmentIndex: Sidx, SegmentDuration: 6 * time.Second, MoovSpace: 1000, FastStart: true,
		Title: "title", Comment: "comment", CreationTime: time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC), Rotation: 90,
		NoSEI: true, Delimiters: true, HeadersOnce: true, MeasurePSNR: true, MeasureSSIM: true, Threads: 3, MaxMemory: 1 << 30,
	}
}

func TestOptionsSurviveJSON(t *testing.T) {
	full := every()
	for v, i := reflect.ValueOf(full), 0; i < v.NumField(); i++ {
		if v.Field(i).IsZero() {
			t.Errorf("the test lacks %s", v.Type().Field(i).Name)
		}
	}
	for _, o := range []Options{{}, full, {FrameRate: FPS(math.NaN())}, {Background: [3]uint8{0, 0, 7}}} {
		text, err := json.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		var got Options
		if err := json.Unmarshal(text, &got); err != nil || got != o {
			t.Errorf("%s became %+v, %v", text, got, err)
		}
	}
	var o Options
	const written = `{"frameRate": "23.976", "chroma": "444", "preset": "slow", "matrix": "smpte170m", "range": "pc",
		"transfer": "iec61966-2-1", "background": [1, 2, 3], "sampleAspect": "4/3", "format": "annexb"}`
	want := Options{FrameRate: Rational{24000, 1001}, Chroma: Chroma444, Preset: PresetSlow, Matrix: MatrixBT601,
		Range: RangeFull, Transfer: TransferSRGB, Background: [3]uint8{1, 2, 3}, SampleAspect: Rational{4, 3}, Format: AnnexB}
	if err := json.Unmarshal([]byte(written), &o); err != nil || o != want {
		t.Errorf("read %+v, %v", o, err)
	}
	for _, bad := range []string{`{"Preset": "placebo"}`, `{"Preset": ""}`, `{"Primaries": ""}`, `{"FrameRate": "fast"}`,
		`{"FrameRate": true}`, `{"FrameRate": [25]}`, `{"FrameRate": 1e999}`} {
		if err := json.Unmarshal([]byte(bad), &o); err == nil || !strings.Contains(err.Error(), "g264: ") {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if _, err := json.Marshal(Options{Preset: 77}); err == nil {
		t.Error("a preset without a name was written")
	}
}

// Every enumeration's values have names that are read back, and that h264
// knows where it takes names.
func TestEnumNames(t *testing.T) {
	fs := flag.NewFlagSet("", flag.ContinueOnError)
	var preset Preset
	fs.TextVar(&preset, "preset", PresetMedium, "")
	for _, name := range h264.Presets() {
		if err := fs.Parse([]string{"-preset", name}); err != nil || preset.String() != name {
			t.Errorf("preset %s: %v, %v", name, preset, err)
		}
	}
	if got, want := len(presetNames.names), len(h264.Presets()); got != want {
		t.Errorf("%d presets, h264 has %d", got, want)
	}
	if got, want := presetNames.list(), strings.Join(h264.Presets(), ", "); got != want {
		t.Errorf("presets are listed as %s, want %s: fastest first", got, want)
	}
	for v := range uint8(20) {
		for _, e := range []interface {
			MarshalText() ([]byte, error)
			String() string
		}{Chroma(v), Preset(v), Profile(v), RateControl(v), Matrix(v), Range(v), ChromaSite(v), Primaries(v), Transfer(v), Format(v), PixelFormat(v)} {
			text, err := e.MarshalText()
			if err != nil {
				if !strings.HasSuffix(e.String(), fmt.Sprintf(" %d", v)) {
					t.Errorf("%T(%d) prints as %q", e, v, e)
				}
				continue
			}
			p := reflect.New(reflect.TypeOf(e))
			if err := p.Interface().(interface{ UnmarshalText([]byte) error }).UnmarshalText(text); err != nil || p.Elem().Interface() != e {
				t.Errorf("%T(%d) is %q and reads as %v, %v", e, v, text, p.Elem(), err)
			}
		}
	}
	if Transfer(18).String() != "arib-std-b67" || Primaries(12).String() != "smpte432" || !slices.Contains(presetNames.names, "veryfast") {
		t.Error("names and numbers are out of step")
	}
}

// What the SEI says depends on what shapes the stream and on nothing else.
func TestSummary(t *testing.T) {
	full := every()
	full.Lossless = false // the alternative to QP
	const want = "fps=24000/1001 timebase=1/90000 chroma=444 preset=slow tune=animation profile=high444 cabac=0 8x8dct=0 weightp=0 rc=cqp qp=20 vbv_maxrate=1000 vbv_bufsize=2000 nal_hrd=vbr keyint=100 " +
		"min-keyint=5 scenecut=0 rc_lookahead=30 lowlatency=1 mbtree=0 qpmin=3 qpmax=48 qcomp=0.7 ip_ratio=1.4 aq=auto:0.8 chroma_qp_offset=-3 deblock=0:-1:2 matrix=bt601 range=full"
	if got := full.summary(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	machine := full
	machine.Threads, machine.MaxMemory, machine.Format = 1, 0, MP4
	machine.MeasurePSNR, machine.MeasureSSIM = false, false
	if machine.summary() != want {
		t.Errorf("threads or memory change it: %s", machine.summary())
	}
	zero := Options{}
	const defaults = "fps=25 chroma=420 preset=medium profile=auto rc=crf crf=23 keyint=250 scenecut=1 lowlatency=0 mbtree=1 qpmin=0 qpmax=51 aq=variance:1 " +
		"chroma_qp_offset=0 deblock=1:0:0 matrix=bt709 range=limited"
	if got := zero.summary(); got != defaults {
		t.Errorf("got  %s\nwant %s", got, defaults)
	}
}

func TestColourNumbers(t *testing.T) {
	for _, c := range []struct {
		o    Options
		want h264.Colour
	}{
		{Options{}, h264.Colour{Primaries: 1, Transfer: 1, Matrix: 1}},
		{Options{Range: RangeFull}, h264.Colour{Primaries: 1, Transfer: 1, Matrix: 1, FullRange: true}},
		{Options{Matrix: MatrixBT601}, h264.Colour{Primaries: 6, Transfer: 6, Matrix: 6}},
		{Options{Matrix: MatrixBT601, Range: RangeFull}, h264.Colour{Primaries: 6, Transfer: 6, Matrix: 6, FullRange: true, ChromaLoc: 1}},
		{Options{Matrix: MatrixBT601, Range: RangeFull, Chroma: Chroma444}, h264.Colour{Primaries: 6, Transfer: 6, Matrix: 6, FullRange: true}},
		{Options{Matrix: MatrixBT601, Range: RangeFull, ChromaSite: ChromaSiteLeft}, h264.Colour{Primaries: 6, Transfer: 6, Matrix: 6, FullRange: true}},
		{Options{Matrix: MatrixGBR, Chroma: Chroma444}, h264.Colour{Primaries: 1, Transfer: 13, GBR: true, FullRange: true}},
		{Options{ChromaSite: ChromaSiteCentre}, h264.Colour{Primaries: 1, Transfer: 1, Matrix: 1, ChromaLoc: 1}},
		{Options{Primaries: PrimariesBT2020, Transfer: TransferHLG}, h264.Colour{Primaries: 9, Transfer: 18, Matrix: 1}},
		{Options{Matrix: MatrixBT601, Primaries: PrimariesBT470BG}, h264.Colour{Primaries: 5, Transfer: 6, Matrix: 6}},
		{Options{Primaries: PrimariesUnspecified, Transfer: TransferUnspecified}, h264.Colour{Primaries: 2, Transfer: 2, Matrix: 1}},
	} {
		if got := c.o.colour(); got != c.want {
			t.Errorf("%+v\ngives %+v\nwant  %+v", c.o, got, c.want)
		}
	}
}

// Every option reaches the coder.
func TestConfiguration(t *testing.T) {
	full := every()
	full.Lossless = false // the alternative to QP
	want := h264.Config{
		Width: 640, Height: 360, Chroma: h264.Chroma444, FrameRate: h264.Rational{Num: 24000, Den: 1001}, VariableRate: true,
		Preset: "slow", Tune: "animation", Profile: "high444", RateControl: h264.ConstantQP, QP: 20, MaxRate: 1000, BufferSize: 2000, HRD: true, KeyInt: 100, MinKeyInt: 5, NoSceneCut: true,
		NoCABAC: true, NoTransform8x8: true, NoWeights: true, Lookahead: 30, LowLatency: true, NoMBTree: true, QPMin: 3, QPMax: 48, QCompress: 0.7, IPRatio: 1.4, AQMode: h264.AQAuto,
		AQStrength: 0.8, NoAQ: true, ChromaQPOffset: -3, DeblockAlpha: -1, DeblockBeta: 2, NoDeblock: true,
		Colour:       h264.Colour{Primaries: 9, Transfer: 16, Matrix: 6, FullRange: true},
		SampleAspect: h264.Rational{Num: 4, Den: 3}, Options: full.summary(), NoSEI: true, Delimiters: true, HeadersOnce: true,
		Threads: 3, MaxMemory: 1 << 30, MeasurePSNR: true, MeasureSSIM: true,
	}
	if got := full.h264(640, 360); got != want {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	for v, i := reflect.ValueOf(want), 0; i < v.NumField(); i++ {
		switch name := v.Type().Field(i).Name; name {
		case "CRF", "Bitrate", "Lossless", "Reconstruction": // three are for other rate controls, one for OnReconstruction
		default:
			if v.Field(i).IsZero() {
				t.Errorf("the test lacks %s", name)
			}
		}
	}
	abr := Options{RateControl: AverageBitrate, Bitrate: 900}
	if got := abr.h264(2, 2); got.CRF != 0 || got.RateControl != h264.AverageBitrate || got.Bitrate != 900 {
		t.Errorf("900 kbit/s became %+v", got)
	}
	lossless := Options{Lossless: true, Matrix: MatrixGBR, Chroma: Chroma444}
	if got := lossless.h264(2, 2); !got.Lossless || got.CRF != 0 || got.QP != 0 || !got.Colour.GBR {
		t.Errorf("lossless GBR became %+v", got)
	}
	if got := lossless.summary(); !strings.Contains(got, " rc=lossless ") || !strings.Contains(got, "matrix=gbr") {
		t.Errorf("lossless GBR is told as %s", got)
	}
	crf := Options{CRF: 17.5}
	if got := crf.h264(2, 2); got.CRF != 17.5 || got.RateControl != h264.ConstantRateFactor {
		t.Errorf("CRF 17.5 became %+v", got)
	}
}

// Options that ask for the same video in other words give the same configuration.
func TestConfigurationOfDefaults(t *testing.T) {
	a, b := Options{}, Options{FrameRate: Rational{50, 2}, CRF: 23, KeyInt: 250, AQStrength: 1, ChromaSite: ChromaSiteLeft}
	if x, y := a.h264(64, 48), b.h264(64, 48); x != y {
		t.Errorf("%+v\n%+v", x, y)
	}
	var text bytes.Buffer
	if err := json.NewEncoder(&text).Encode(a); err != nil || text.String() != "{}\n" && !strings.Contains(text.String(), `"FrameRate":""`) {
		t.Errorf("the zero value is %s, %v", text.String(), err)
	}
}
