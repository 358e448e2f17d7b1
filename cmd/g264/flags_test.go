package main

import (
	"errors"
	"flag"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/g264/g264"
)

func TestFlagsStandAnywhere(t *testing.T) {
	want := []string{"a.png", "b.png"}
	for _, line := range []string{
		"--crf 20 --preset slow -o out.mp4 a.png b.png",
		"a.png b.png -crf 20 -preset slow -o out.mp4",
		"a.png --crf=20 -o=out.mp4 b.png --preset slow",
		"-o out.mp4 --preset=slow --crf 20 -- a.png b.png",
		"a.png -o out.mp4 --preset=slow --crf 20 -- b.png",
	} {
		s, err := parseFlags(strings.Fields(line))
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if !reflect.DeepEqual(s.inputs, want) || s.out != "out.mp4" || s.options.CRF != 20 || s.options.Preset != g264.PresetSlow {
			t.Errorf("%s: %+v", line, s)
		}
	}
}

func TestInputsAfterTwoDashes(t *testing.T) {
	s, err := parseFlags([]string{"-o", "x.mp4", "--", "-", "--psnr"})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"-", "--psnr"}; !reflect.DeepEqual(s.inputs, want) || s.options.MeasurePSNR {
		t.Errorf("inputs %q, want %q", s.inputs, want)
	}
}

func TestFlagValues(t *testing.T) {
	for _, c := range []struct {
		flags string
		want  g264.Options
	}{
		{"", g264.Options{}},
		{"--crf 17.5 --threads 4 --psnr --ssim", g264.Options{CRF: 17.5, Threads: 4, MeasurePSNR: true, MeasureSSIM: true}},
		{"--bitrate 500", g264.Options{RateControl: g264.AverageBitrate, Bitrate: 500}},
		{"--vbv-maxrate 900 --vbv-bufsize 1800 --nal-hrd vbr", g264.Options{MaxRate: 900, BufferSize: 1800, HRD: true}},
		{"--nal-hrd none", g264.Options{}},
		{"--crf 20 --vbv-maxrate 900 --vbv-bufsize 1800", g264.Options{CRF: 20, MaxRate: 900, BufferSize: 1800}},
		{"--qp 0", g264.Options{RateControl: g264.ConstantQP, Lossless: true}},
		{"--qp 1", g264.Options{RateControl: g264.ConstantQP, QP: 1}},
		{"--aud --repeat-headers=false", g264.Options{Delimiters: true, HeadersOnce: true}},
		{"--repeat-headers", g264.Options{}},
		{"--tune animation", g264.Options{Tune: g264.TuneAnimation}},
		{"--tune zerolatency", g264.Options{Tune: g264.TuneZeroLatency}},
		{"--tune screen,zerolatency", g264.Options{Tune: g264.TuneScreen, LowLatency: true}},
		{"--tune zerolatency,stillimage", g264.Options{Tune: g264.TuneStillImage, LowLatency: true}},
		{"--crf 0", g264.Options{Lossless: true}},
		{"--crf 0 --profile high444", g264.Options{Lossless: true, Profile: g264.ProfileHigh444}},
		{"--colormatrix gbr", g264.Options{Matrix: g264.MatrixGBR, Range: g264.RangeFull, Chroma: g264.Chroma444}},
		{"--qp 51 --threads auto", g264.Options{RateControl: g264.ConstantQP, QP: 51}},
		{"--fps 23.976", g264.Options{FrameRate: g264.Rational{Num: 24000, Den: 1001}}},
		{"--fps 24000/1001", g264.Options{FrameRate: g264.Rational{Num: 24000, Den: 1001}}},
		{"--fps 25", g264.Options{FrameRate: g264.Rational{Num: 25, Den: 1}}},
		{"--keyint 60 --min-keyint 10", g264.Options{KeyInt: 60, MinKeyInt: 10}},
		{"--keyint infinite", g264.Options{KeyInt: maxKeyInt}},
		{"--rc-lookahead 30 --no-mbtree", g264.Options{Lookahead: 30, NoMBTree: true}},
		{"--low-latency", g264.Options{LowLatency: true}},
		{"--qpmin 10 --qpmax 40 --qcomp 0.8 --ipratio 1.4", g264.Options{QPMin: 10, QPMax: 40, QCompress: 0.8, IPRatio: 1.4}},
		{"--aq-mode 1 --aq-strength 0.8", g264.Options{AQMode: g264.AQVariance, AQStrength: 0.8}},
		{"--aq-mode 2", g264.Options{AQMode: g264.AQAuto}},
		{"--aq-mode auto", g264.Options{AQMode: g264.AQAuto}},
		{"--aq-mode 0", g264.Options{NoAQ: true}},
		{"--aq-strength 0", g264.Options{NoAQ: true}},
		{"--preset ultrafast --profile baseline", g264.Options{Preset: g264.PresetUltrafast, Profile: g264.ProfileBaseline}},
		{"--chroma 444 --profile high444", g264.Options{Chroma: g264.Chroma444, Profile: g264.ProfileHigh444}},
		{"--profile high444", g264.Options{Chroma: g264.Chroma444, Profile: g264.ProfileHigh444}},
		{"--colormatrix bt709 --range tv", g264.Options{}},
		{"--colormatrix bt470bg --range pc", g264.Options{Matrix: g264.MatrixBT601, Range: g264.RangeFull}},
		{"--colormatrix smpte170m --range full", g264.Options{Matrix: g264.MatrixBT601, Range: g264.RangeFull}},
		{"--colormatrix bt601 --range jpeg", g264.Options{Matrix: g264.MatrixBT601, Range: g264.RangeFull}},
		{"--range mpeg", g264.Options{}},
		{"--range limited", g264.Options{}},
		{"--colorprim bt470bg --transfer iec61966-2-1", g264.Options{Primaries: g264.PrimariesBT470BG, Transfer: g264.TransferSRGB}},
		{"--layout progressive", g264.Options{}},
		{"--layout fragmented --frag-duration 500ms --frag-index sidx",
			g264.Options{Layout: g264.Fragmented, FragmentDuration: 500 * time.Millisecond, FragmentIndex: g264.Sidx}},
		{"--frag-duration 2s", g264.Options{Layout: g264.Fragmented, FragmentDuration: 2 * time.Second}},
		{"--faststart", g264.Options{Layout: g264.Seekable, FastStart: true}},
		{"--layout seekable", g264.Options{Layout: g264.Seekable}},
		{"--title Holiday --comment=sunny --rotate 270 --creation-time 2024-02-29T13:00:00+01:00",
			g264.Options{Title: "Holiday", Comment: "sunny", Rotation: 270, CreationTime: time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)}},
		{"--creation-time 2024-02-29", g264.Options{CreationTime: time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC)}},
	} {
		s, err := parseFlags(strings.Fields("in.y4m -o out.mp4 " + c.flags))
		if err != nil {
			t.Errorf("%s: %v", c.flags, err)
		} else if s.options != c.want {
			t.Errorf("%s:\n got %+v\nwant %+v", c.flags, s.options, c.want)
		}
	}
}

func TestOutputFormats(t *testing.T) {
	for out, want := range map[string]g264.Format{
		"a.mp4": g264.MP4, "a.MP4": g264.MP4, "-": g264.MP4, "/dev/null": g264.MP4, "dir.264/a": g264.MP4,
		"a.264": g264.AnnexB, "a.h264": g264.AnnexB, "dir.mp4/a.H264": g264.AnnexB,
	} {
		s, err := parseFlags([]string{"in.y4m", "-o", out})
		if err != nil {
			t.Errorf("%s: %v", out, err)
		} else if s.options.Format != want {
			t.Errorf("%s: format %v, want %v", out, s.options.Format, want)
		}
	}
}

func TestWrongUsage(t *testing.T) {
	const rest = " in.y4m -o out.mp4"
	for _, c := range []struct{ line, want string }{
		{"", "no INPUT"},
		{"-o out.mp4", "no INPUT"},
		{"in.y4m", "no -o OUT"},
		{"in.y4m -o", "-o"},
		{"in.y4m -o out.mkv", "out.mkv"},
		{"--fast" + rest, "fast"},
		{"--tune film" + rest, "none, psnr, ssim, animation"},
		{"--crf 0.5" + rest, "1 (best) to 51"},
		{"--crf 0 --profile high" + rest, "auto or high444 with Lossless"},
		{"--qp 0 --profile main" + rest, "auto or high444 with Lossless"},
		{"--colormatrix gbr --chroma 420" + rest, "444 with MatrixGBR"},
		{"--crf 52" + rest, "1 (best) to 51"},
		{"--crf nan" + rest, "1 (best) to 51"},
		{"--crf x" + rest, `"x"`},
		{"--qp 52" + rest, "0 to 51"},
		{"--qp -1" + rest, "0 to 51"},
		{"--qp 20 --crf 20" + rest, "exclude"},
		{"--bitrate 500 --crf 20" + rest, "exclude"},
		{"--bitrate 0" + rest, "want 1 to 2000000"},
		{"--vbv-maxrate 500" + rest, "--vbv-bufsize"},
		{"--nal-hrd cbr" + rest, "want none or vbr"},
		{"--nal-hrd vbr" + rest, "HRD"},
		{"--qp 20 --vbv-maxrate 500 --vbv-bufsize 500" + rest, "MaxRate"},
		{"--fps 0" + rest, "23.976"},
		{"--fps 0/0" + rest, "23.976"},
		{"--fps -25" + rest, "23.976"},
		{"--fps NaN" + rest, "23.976"},
		{"--fps inf" + rest, "23.976"},
		{"--fps fast" + rest, `"fast"`},
		{"--preset placebo" + rest, "ultrafast"},
		{"--profile main10" + rest, "baseline"},
		{"--chroma 422" + rest, "444"},
		{"--profile baseline --chroma 444" + rest, "--profile baseline is for --chroma 420"},
		{"--profile high --chroma 444" + rest, "--profile high is for --chroma 420"},
		{"--profile high444 --chroma 420" + rest, "--profile high444 is for --chroma 444"},
		{"--keyint 0" + rest, "keyint"},
		{"--keyint 10 --min-keyint 20" + rest, "MinKeyInt"},
		{"--rc-lookahead 0" + rest, "want 1 to 250"},
		{"--rc-lookahead 5 --low-latency" + rest, "LowLatency"},
		{"--qpmin 40 --qpmax 30" + rest, "QPMin"},
		{"--qcomp 0" + rest, "want 0.01 to 1"},
		{"--ipratio nan" + rest, "want 1 to 10"},
		{"--aq-mode 3" + rest, "variance"},
		{"--aq-strength 5" + rest, "want 0.01 to 4"},
		{"--threads -1" + rest, "want 0 to 256"},
		{"--threads 257" + rest, "want 0 to 256"},
		{"--threads many" + rest, "want 0 to 256"},
		{"--colormatrix bt2020nc" + rest, "bt709"},
		{"--range wide" + rest, "limited"},
		{"--colorprim red" + rest, "bt709"},
		{"--transfer red" + rest, "bt709"},
		{"--pix-fmt nv12 --size 2x2" + rest, "yuv420p"},
		{"--pix-fmt rgb24" + rest, "--size"},
		{"--size 2x2" + rest, "--pix-fmt"},
		{"--pix-fmt rgb24 --size 2" + rest, "1920x1080"},
		{"--pix-fmt rgb24 --size 0x2" + rest, "1920x1080"},
		{"--pix-fmt rgb24 --size 16881x2" + rest, "1 to 16880"},
		{"--pix-fmt rgb24 --size 2x16881" + rest, "1 to 16880"},
		{"--pix-fmt rgb24 --size 2x2 b.raw" + rest, "one INPUT"},
		{"- - -o out.mp4", "once"},
		{"in.y4m -o - --recon -", "standard output"},
		{"--demo" + rest, "in.y4m"},
		{"--demo --pix-fmt rgb24 --size 2x2", "--demo"},
		{"--psnr=maybe" + rest, "maybe"},
		{"--layout hls" + rest, "progressive, fragmented, seekable"},
		{"--layout fragmented in.y4m -o out.264", "Format MP4"},
		{"--frag-duration 0" + rest, "500ms"},
		{"--frag-duration long" + rest, "500ms"},
		{"--frag-duration 1s --layout seekable" + rest, "--frag-duration is for --layout fragmented"},
		{"--frag-duration 1s --faststart" + rest, "--faststart is for --layout seekable"},
		{"--rotate 45" + rest, "0, 90, 180 or 270"},
		{"--creation-time yesterday" + rest, "2024-02-29"},
	} {
		_, err := parseFlags(strings.Fields(c.line))
		if !errors.As(err, new(usageError)) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: error %v, want a usageError that says %q", c.line, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %q has several lines", c.line, err)
		}
	}
}

func TestHelpAndVersionNeedNothingElse(t *testing.T) {
	for _, line := range []string{"--help", "-h", "--version"} {
		if _, err := parseFlags([]string{line}); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// TestBoundsAreTheLibrarys holds the bounds of flags to what the library takes.
func TestBoundsAreTheLibrarys(t *testing.T) {
	for _, c := range []struct{ taken, refused g264.Options }{
		{g264.Options{KeyInt: maxKeyInt}, g264.Options{KeyInt: maxKeyInt + 1}},
		{g264.Options{Threads: maxThreads}, g264.Options{Threads: maxThreads + 1}},
		{g264.Options{Width: maxSide, Height: 1}, g264.Options{Width: maxSide + 1, Height: 1}},
		{g264.Options{Width: 1, Height: maxSide}, g264.Options{Width: 1, Height: maxSide + 1}},
	} {
		if err := c.taken.Validate(); err != nil {
			t.Error(err)
		}
		if c.refused.Validate() == nil {
			t.Errorf("the library takes %+v", c.refused)
		}
	}
	if _, err := parseFlags(strings.Fields("in -o out.mp4 --threads 256 --pix-fmt gray --size 16880x16880")); err != nil {
		t.Error(err)
	}
}

// TestManualNamesEveryFlag holds the manual and the flags together.
func TestManualNamesEveryFlag(t *testing.T) {
	flags := new(settings).flagSet()
	for _, name := range flagNames(flags) {
		if name != "h" && name != "o" && !strings.Contains(manual, "--"+name+" ") &&
			!strings.Contains(manual, "--"+name+",") && !strings.Contains(manual, "--"+name+"\n") {
			t.Errorf("the manual does not name --%s", name)
		}
	}
	for _, line := range strings.Split(manual, "\n") {
		if len(line) > 80 {
			t.Errorf("%d columns in the manual: %s", len(line), line)
		}
	}
	for _, name := range []string{"y4m", "PNG", "JPEG", "GIF", "without an extension: MP4", "no times of its own",
		"baseline, main, high (4:2:0), high444 (4:4:4)"} {
		if !strings.Contains(manual, name) {
			t.Errorf("the manual does not say %s", name)
		}
	}
}

func TestInputTraitsAndFlags(t *testing.T) {
	in := traits{
		width: 7, height: 5, rate: g264.Rational{Num: 10, Den: 1}, timeBase: g264.Rational{Num: 1, Den: 100},
		aspect: g264.Rational{Num: 4, Den: 3}, chroma: g264.Chroma444, site: g264.ChromaSiteCentre, colourRange: g264.RangeFull,
	}
	for _, c := range []struct {
		flags string
		want  g264.Options
	}{
		{"", g264.Options{Width: 7, Height: 5, FrameRate: in.rate, TimeBase: in.timeBase, SampleAspect: in.aspect,
			Chroma: g264.Chroma444, ChromaSite: g264.ChromaSiteCentre, Range: g264.RangeFull}},
		{"--fps 50 --chroma 420 --range limited", g264.Options{Width: 7, Height: 5, FrameRate: g264.Rational{Num: 50, Den: 1},
			SampleAspect: in.aspect, ChromaSite: g264.ChromaSiteCentre}},
		{"--profile baseline --fps 50", g264.Options{Width: 7, Height: 5, FrameRate: g264.Rational{Num: 50, Den: 1},
			SampleAspect: in.aspect, ChromaSite: g264.ChromaSiteCentre, Range: g264.RangeFull, Profile: g264.ProfileBaseline}},
	} {
		s, err := parseFlags(strings.Fields("in -o out.mp4 " + c.flags))
		if err != nil {
			t.Fatal(err)
		}
		if got := s.complete(in); got != c.want {
			t.Errorf("%q:\n got %+v\nwant %+v", c.flags, got, c.want)
		}
	}
}

// A profile decides the chroma format of every input, as of the demo.
func TestProfileImpliesChroma(t *testing.T) {
	for profile, want := range map[string]g264.Chroma{"baseline": g264.Chroma420, "main": g264.Chroma420, "high": g264.Chroma420, "high444": g264.Chroma444} {
		for _, of := range []g264.Chroma{g264.Chroma420, g264.Chroma444} {
			s, err := parseFlags(strings.Fields("in -o out.mp4 --profile " + profile))
			if err != nil {
				t.Fatal(err)
			}
			o := s.complete(traits{width: 7, height: 5, chroma: of})
			if o.Chroma != want || s.demoOptions().Chroma != want || o.Validate() != nil {
				t.Errorf("--profile %s of %v: %v, demo %v, want %v", profile, of, o.Chroma, s.demoOptions().Chroma, want)
			}
		}
	}
}

func flagNames(flags *flag.FlagSet) (names []string) {
	flags.VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	return names
}
