package main

import (
	"encoding"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/g264/g264"
)

// settings is what a command line says.
type settings struct {
	inputs []string
	out    string // "" only with demo

	options g264.Options
	given   map[string]bool // flags that stand on the command line

	pixFmt        g264.PixelFormat // of raw video
	width, height int              // of raw video; zero: the input is not raw

	recon      string
	cpuProfile string
	demo       bool
	quiet      bool
	help       bool
	version    bool
}

// usageError is a command line that can't be meant: exit status 2.
type usageError struct{ error }

func usagef(format string, args ...any) error {
	return usageError{fmt.Errorf(format, args...)}
}

// parseFlags reads a command line. Flags may stand before, between and behind
// the inputs; what follows "--" is an input whatever it looks like. Every error
// is a usageError.
func parseFlags(args []string) (*settings, error) {
	s := &settings{given: map[string]bool{}}
	flags := s.flagSet()
	for len(args) > 0 {
		if err := flags.Parse(args); err != nil {
			return nil, usageError{err}
		}
		rest := flags.Args()
		if n := len(args) - len(rest); n > 0 && args[n-1] == "--" {
			s.inputs = append(s.inputs, rest...)
			break
		}
		if len(rest) > 0 {
			s.inputs, rest = append(s.inputs, rest[0]), rest[1:]
		}
		args = rest
	}
	flags.Visit(func(f *flag.Flag) { s.given[f.Name] = true })
	if s.help || s.version {
		return s, nil
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *settings) flagSet() *flag.FlagSet {
	flags := flag.NewFlagSet("g264", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	o := &s.options

	flags.StringVar(&s.out, "o", "", "")
	flags.BoolVar(&s.demo, "demo", false, "")
	flags.BoolVar(&s.quiet, "quiet", false, "")
	flags.BoolVar(&s.help, "help", false, "")
	flags.BoolVar(&s.help, "h", false, "")
	flags.BoolVar(&s.version, "version", false, "")
	flags.StringVar(&s.recon, "recon", "", "")
	flags.StringVar(&s.cpuProfile, "cpuprofile", "", "")

	flags.Func("crf", "", func(v string) error {
		f, err := strconv.ParseFloat(v, 64)
		if err != nil || !(f == 0 || f >= 1 && f <= 51) {
			return errors.New("want 1 (best) to 51, or 0: lossless")
		}
		o.CRF, o.Lossless = f, f == 0
		return nil
	})
	flags.Func("qp", "", func(v string) error {
		o.RateControl = g264.ConstantQP
		err := whole(&o.QP, v, 0, 51)
		o.Lossless = o.QP == 0
		return err
	})
	flags.Func("bitrate", "", func(v string) error {
		o.RateControl = g264.AverageBitrate
		return whole(&o.Bitrate, v, 1, maxRate)
	})
	flags.Func("vbv-maxrate", "", func(v string) error { return whole(&o.MaxRate, v, 1, maxRate) })
	flags.Func("nal-hrd", "", func(v string) error {
		if v != "none" && v != "vbr" {
			return fmt.Errorf("want none or vbr")
		}
		o.HRD = v == "vbr"
		return nil
	})
	flags.Func("vbv-bufsize", "", func(v string) error { return whole(&o.BufferSize, v, 1, maxRate) })
	flags.Func("keyint", "", func(v string) error {
		if v == "infinite" {
			o.KeyInt = maxKeyInt
			return nil
		}
		return whole(&o.KeyInt, v, 1, maxKeyInt)
	})
	flags.Func("min-keyint", "", func(v string) error {
		if v == "auto" {
			v = "0"
		}
		return whole(&o.MinKeyInt, v, 0, maxKeyInt)
	})
	flags.Func("rc-lookahead", "", func(v string) error { return whole(&o.Lookahead, v, 1, 250) })
	flags.BoolVar(&o.LowLatency, "low-latency", false, "")
	flags.BoolVar(&o.NoMBTree, "no-mbtree", false, "")
	flags.Func("qpmin", "", func(v string) error { return whole(&o.QPMin, v, 0, 51) })
	flags.Func("qpmax", "", func(v string) error { return whole(&o.QPMax, v, 1, 51) })
	flags.Func("qcomp", "", number(&o.QCompress, 0.01, 1))
	flags.Func("ipratio", "", number(&o.IPRatio, 1, 10))
	flags.Func("aq-mode", "", func(v string) error {
		switch v { // x264's numbers
		case "0":
			o.NoAQ = true
			return nil
		case "1":
			v = "variance"
		case "2":
			v = "auto"
		}
		return named(&o.AQMode)(v)
	})
	flags.Func("aq-strength", "", func(v string) error {
		if f, err := strconv.ParseFloat(v, 64); err == nil && f == 0 {
			o.NoAQ = true
			return nil
		}
		return number(&o.AQStrength, 0.01, 4)(v)
	})
	flags.Func("threads", "", func(v string) error {
		if v == "auto" {
			v = "0"
		}
		return whole(&o.Threads, v, 0, maxThreads)
	})
	flags.BoolVar(&o.MeasurePSNR, "psnr", false, "")
	flags.BoolVar(&o.MeasureSSIM, "ssim", false, "")
	flags.Func("fps", "", func(v string) error {
		if err := named(&o.FrameRate)(v); err != nil {
			return err
		}
		if o.FrameRate == (g264.Rational{}) || (g264.Options{FrameRate: o.FrameRate}).Validate() != nil {
			return errors.New("want a positive number, such as 25, 23.976 or 24000/1001")
		}
		return nil
	})
	flags.BoolVar(&o.Delimiters, "aud", false, "")
	flags.BoolFunc("repeat-headers", "", func(v string) error {
		repeat, err := strconv.ParseBool(v)
		if err != nil {
			return errors.New("want true or false")
		}
		o.HeadersOnce = !repeat
		return nil
	})
	flags.Func("preset", "", named(&o.Preset))
	flags.Func("tune", "", func(v string) error {
		// As in x264 zerolatency goes with the others.
		rest, low := strings.CutSuffix(v, ",zerolatency")
		if first, ok := strings.CutPrefix(rest, "zerolatency,"); ok {
			rest, low = first, true
		}
		o.LowLatency = o.LowLatency || low
		return named(&o.Tune)(rest)
	})
	flags.Func("profile", "", named(&o.Profile))
	flags.Func("chroma", "", named(&o.Chroma))
	flags.Func("colormatrix", "", named(&o.Matrix))
	flags.Func("colorprim", "", named(&o.Primaries))
	flags.Func("transfer", "", named(&o.Transfer))
	flags.Func("range", "", func(v string) error {
		switch v { // ffmpeg's second names
		case "mpeg":
			v = "limited"
		case "jpeg":
			v = "full"
		}
		return named(&o.Range)(v)
	})
	flags.Func("pix-fmt", "", named(&s.pixFmt))
	s.fileFlags(flags)
	flags.Func("size", "", func(v string) error {
		w, h, _ := strings.Cut(v, "x")
		if whole(&s.width, w, 1, maxSide) != nil || whole(&s.height, h, 1, maxSide) != nil {
			return fmt.Errorf("want WIDTHxHEIGHT in pixels, such as 1920x1080, each 1 to %d", maxSide)
		}
		return nil
	})
	return flags
}

// Bounds of the library.
const (
	maxKeyInt  = 1 << 30 // beyond any video
	maxThreads = 256
	maxRate    = 2000000 // 1000 bit/s
	maxSide    = 16880   // of a picture, at the last level of table A-1
)

// whole sets an integer from text.
func whole(dst *int, text string, low, high int) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < low || n > high {
		return fmt.Errorf("want %d to %d", low, high)
	}
	*dst = n
	return nil
}

// number sets a number, zero being the default in Options.
func number(dst *float64, low, high float64) func(string) error {
	return func(v string) error {
		f, err := strconv.ParseFloat(v, 64)
		if err != nil || !(f >= low && f <= high) {
			return fmt.Errorf("want %v to %v", low, high)
		}
		*dst = f
		return nil
	}
}

// named sets a value from its name; the flag package says the rest of what
// stands in the library's error.
func named(dst encoding.TextUnmarshaler) func(string) error {
	return func(v string) error {
		err := dst.UnmarshalText([]byte(v))
		if err != nil {
			return errors.New(strings.TrimPrefix(err.Error(), "g264: "))
		}
		return nil
	}
}

// check finds what no single flag can know, and completes the options.
func (s *settings) check() error {
	switch {
	case s.demo && len(s.inputs) > 0:
		return usagef("--demo draws its own frames: it takes no INPUT (%s)", s.inputs[0])
	case s.demo && s.raw():
		return usagef("--demo draws its own frames: it takes no --pix-fmt and no --size")
	case !s.demo && len(s.inputs) == 0:
		return usagef("there is no INPUT")
	case !s.demo && s.out == "":
		return usagef("there is no -o OUT")
	case s.given["pix-fmt"] != s.given["size"]:
		return usagef("--pix-fmt and --size belong together: they say that INPUT is raw video")
	case s.raw() && len(s.inputs) > 1:
		return usagef("raw video comes from one INPUT, not from %d", len(s.inputs))
	case s.given["crf"] && s.given["qp"]:
		return usagef("--crf and --qp exclude each other")
	case s.given["bitrate"] && (s.given["crf"] || s.given["qp"]):
		return usagef("--bitrate and --crf or --qp exclude each other")
	case s.given["vbv-maxrate"] != s.given["vbv-bufsize"]:
		return usagef("--vbv-maxrate and --vbv-bufsize belong together")
	case s.out == "-" && s.recon == "-":
		return usagef("-o and --recon can't both go to standard output")
	}
	stdin := 0
	for _, in := range s.inputs {
		if in == "-" {
			stdin++
		}
	}
	if stdin > 1 {
		return usagef("standard input (-) can be read once only")
	}
	format, err := formatFor(s.out)
	if err != nil {
		return err
	}
	s.options.Format = format
	if err := s.checkFile(); err != nil {
		return err
	}
	lossless, gbr := s.options.Lossless, s.options.Matrix == g264.MatrixGBR
	if gbr {
		s.options.Range = g264.RangeFull
	}
	switch high444 := s.options.Profile == g264.ProfileHigh444; {
	case gbr && !s.given["chroma"], high444 && !lossless && !s.given["chroma"]:
		s.options.Chroma = g264.Chroma444
	case high444 && !lossless && s.options.Chroma == g264.Chroma420:
		return usagef("--profile high444 is for --chroma 444, not 420")
	case !high444 && s.options.Profile != g264.ProfileAuto && s.options.Chroma == g264.Chroma444:
		return usagef("--profile %v is for --chroma 420, not 444", s.options.Profile)
	}
	if err := s.options.Validate(); err != nil {
		return usagef("%s", strings.TrimPrefix(err.Error(), "g264: "))
	}
	return nil
}

func (s *settings) raw() bool { return s.given["pix-fmt"] || s.given["size"] }

// formatFor chooses what is written from the name of OUT.
func formatFor(out string) (g264.Format, error) {
	switch ext := filepath.Ext(out); strings.ToLower(ext) {
	case ".264", ".h264":
		return g264.AnnexB, nil
	case ".mp4", ".m4v", "": // no extension: "-", /dev/null, a pipe
		return g264.MP4, nil
	default:
		return 0, usagef("OUT is %s, want a name in .mp4, .264 or .h264, or -", out)
	}
}
