package h264

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"

	"github.com/g264/g264/h264/internal/analysis"
	"github.com/g264/g264/h264/internal/syntax"
)

// Version is the encoder's version, as the SEI names it.
const Version = "0.1.0"

// Errors that a caller can test for with errors.Is.
var (
	ErrConfig  = errors.New("h264: invalid configuration")
	ErrPicture = errors.New("h264: invalid picture")
	ErrMemory  = errors.New("h264: memory limit exceeded")
	ErrClosed  = errors.New("h264: encoder is closed")
)

// Chroma is the chroma format of a sequence (table 6-1).
type Chroma uint8

const (
	Chroma420 Chroma = iota // Cb and Cr at half width and half height
	Chroma444               // Cb and Cr at full size
)

// RateControl says what decides the quantiser.
type RateControl uint8

const (
	ConstantRateFactor RateControl = iota // constant visual quality, Config.CRF
	ConstantQP                            // one quantiser for P macroblocks, Config.QP
	AverageBitrate                        // a bit rate over the whole stream, Config.Bitrate
)

// AQMode says what adaptive quantisation compares a macroblock's detail with.
type AQMode uint8

const (
	AQVariance AQMode = iota // a constant
	AQAuto                   // the picture's mean and a constant, half each
)

// Rational is a positive fraction, as 24000/1001 frames per second.
type Rational struct{ Num, Den uint32 }

// Colour is the colour description of the samples, as numbers of tables E-3 to
// E-5, and the place of 4:2:0 chroma samples (figure E-1). Zero numbers mean 2,
// unspecified.
type Colour struct {
	Primaries, Transfer, Matrix uint8
	GBR                         bool // matrix_coefficients 0: Y, Cb and Cr are green, blue and red, in 4:4:4
	FullRange                   bool
	ChromaLoc                   uint8 // 0 left-sited, 1 centred
}

// Config configures an Encoder. Width, Height and FrameRate must be set; for
// the rest the zero value is a good default.
type Config struct {
	Width, Height int      // in luma samples; 4:2:0 takes even sizes only
	Chroma        Chroma   // Chroma420
	FrameRate     Rational // frames per second, for timing and the level; with VariableRate the highest
	VariableRate  bool     // pictures have times of their own: fixed_frame_rate_flag 0
	Preset        string   // a name of Presets; "" is "medium"
	Profile       string   // a name of Profiles; "" is "auto"
	// Tune is a name of Tunes; "" is "none". It decides AQStrength, QCompress and the
	// deblocking offsets where they are zero, adds to the preset's reference pictures, or sets
	// LowLatency.
	Tune string

	NoCABAC        bool // CAVLC in every profile
	NoTransform8x8 bool // the 4x4 transform alone in every profile
	NoWeights      bool // no weighted prediction of fades

	RateControl RateControl // ConstantRateFactor
	CRF         float64     // 1 to 51, for ConstantRateFactor; 0 is 23
	QP          int         // 0 to 51, for ConstantQP
	Bitrate     int         // 1000 bit/s, for AverageBitrate
	// MaxRate is what reaches the decoder's buffer, in 1000 bit/s; 0 is no limit. Not for
	// ConstantQP. It counts each picture as shown for 1/FrameRate, whatever its PTS.
	MaxRate    int
	BufferSize int // 1000 bit in the decoder's buffer; goes with MaxRate
	// HRD has the stream tell how the buffer fills, as hardware and broadcasting ask
	// for: parameters in the SPS, and SEI messages in each access unit. With MaxRate and
	// without VariableRate.
	HRD bool
	// Lossless has decoders show exactly the samples of the pictures, in High 4:4:4
	// Predictive whatever the chroma format. CRF and QP are 0 then; what adapts the
	// quantiser, the deblocking filter and the 8x8 transform are off.
	Lossless   bool
	KeyInt     int  // most pictures from one IDR picture to the next; 0 is 250
	MinKeyInt  int  // least pictures from an IDR picture to a scene cut's; 0 is KeyInt/10, at most 25
	NoSceneCut bool // no intra pictures at scene cuts

	// Lookahead is how many pictures are held back to see what follows, at most
	// 250; 0 is the preset's, less where pictures are very large.
	Lookahead  int
	LowLatency bool // Encode returns the access unit of its own picture: none is held back, and pictures don't overlap
	NoMBTree   bool // what later pictures inherit from a block doesn't count

	QPMin     int     // least QP of pictures, at most QPMax
	QPMax     int     // greatest QP of pictures; 0 is 51
	QCompress float64 // up to 1, where the QP follows the content least; 0 is 0.6
	IPRatio   float64 // quantiser step of P pictures to that of I pictures, 1 to 10; 0 is 1.8

	AQMode         AQMode  // AQVariance
	AQStrength     float64 // strength of adaptive quantisation, at most 4; 0 is 1
	NoAQ           bool    // one quantiser for the whole picture
	ChromaQPOffset int     // added to the default chroma_qp_index_offset; the sum is kept in -12 to 12
	DeblockAlpha   int     // slice_alpha_c0_offset_div2, -6 to 6
	DeblockBeta    int     // slice_beta_offset_div2, -6 to 6
	NoDeblock      bool    // no deblocking filter

	Colour       Colour
	SampleAspect Rational // sample aspect ratio; zero is square
	Options      string   // what the SEI says after name and version
	NoSEI        bool     // no SEI that names the encoder

	Delimiters  bool // an access unit delimiter begins each access unit, as MPEG-TS asks for
	HeadersOnce bool // parameter sets and SEI in the first access unit alone, not in that of each key picture

	Threads        int   // 0 is GOMAXPROCS; never changes the stream
	MaxMemory      int64 // bytes that the encoder may need; 0 is 2 GiB
	MeasurePSNR    bool  // fill AccessUnit.SSD
	MeasureSSIM    bool  // fill AccessUnit.SSIM
	Reconstruction bool  // fill AccessUnit.Reconstruction
}

const (
	defaultCRF       = 23
	defaultKeyInt    = 250
	defaultMaxMemory = 2 << 30
	defaultQCompress = 0.6
	defaultIPRatio   = 1.8
	maxLookahead     = 250
	maxRate          = 2000000 // beyond every level
	maxThreads       = 256
)

// Presets returns the names that Config.Preset takes, fastest first.
func Presets() []string {
	var names []string
	for _, p := range analysis.Presets {
		names = append(names, p.Name)
	}
	return names
}

// Profiles returns the names that Config.Profile takes. Main has CABAC, high and
// high444 (High 4:4:4 Predictive, the one for 4:4:4) the 8x8 transform too. Auto
// is what the preset profits from.
func Profiles() []string { return []string{"auto", "baseline", "main", "high", "high444"} }

// invalid is an ErrConfig that names the field, its value and what would be
// right.
func invalid(field string, value any, want string) error {
	return fmt.Errorf("%w: %s is %v; want %s", ErrConfig, field, value, want)
}

// withDefaults fills in what is zero.
func (c Config) withDefaults() Config {
	if c.Preset == "" {
		c.Preset = "medium"
	}
	if c.Profile == "" {
		c.Profile = "auto"
	}
	if c.Tune == "" {
		c.Tune = "none"
	}
	if t, ok := c.tuned(); ok {
		t.apply(&c)
	}
	if c.Lossless {
		if c.RateControl == ConstantRateFactor {
			c.RateControl = ConstantQP
		}
		c.QPMin, c.ChromaQPOffset = 0, 0
		c.NoMBTree, c.NoAQ, c.NoDeblock, c.DeblockAlpha, c.DeblockBeta = true, true, true, 0, 0
	} else if c.CRF == 0 {
		c.CRF = defaultCRF
	}
	if c.KeyInt == 0 {
		c.KeyInt = defaultKeyInt
	}
	if c.MinKeyInt == 0 {
		c.MinKeyInt = min(max(c.KeyInt/10, 1), 25)
	}
	if c.AQStrength == 0 {
		c.AQStrength = 1
	}
	if c.QPMax == 0 {
		c.QPMax = 51
	}
	if c.QCompress == 0 {
		c.QCompress = defaultQCompress
	}
	if c.IPRatio == 0 {
		c.IPRatio = defaultIPRatio
	}
	if c.SampleAspect == (Rational{}) {
		c.SampleAspect = Rational{1, 1}
	}
	for _, number := range []*uint8{&c.Colour.Primaries, &c.Colour.Transfer, &c.Colour.Matrix} {
		if *number == 0 && !(c.Colour.GBR && number == &c.Colour.Matrix) {
			*number = 2
		}
	}
	if c.Threads == 0 {
		c.Threads = min(runtime.GOMAXPROCS(0), maxThreads)
	}
	if c.MaxMemory == 0 {
		c.MaxMemory = defaultMaxMemory
	}
	c.MaxMemory = min(c.MaxMemory, math.MaxInt) // which has 32 bits on some platforms
	return c
}

// validate checks a Config that has its defaults.
func (c *Config) validate() error {
	switch {
	case c.Chroma > Chroma444:
		return invalid("Chroma", c.Chroma, "Chroma420 or Chroma444")
	case c.FrameRate.Num == 0 || c.FrameRate.Den == 0:
		return invalid("FrameRate", fmt.Sprintf("%d/%d", c.FrameRate.Num, c.FrameRate.Den), "a fraction above zero, as 25/1")
	case c.SampleAspect.Num == 0 || c.SampleAspect.Den == 0:
		return invalid("SampleAspect", fmt.Sprintf("%d/%d", c.SampleAspect.Num, c.SampleAspect.Den), "a fraction above zero, as 1/1")
	case c.Colour.GBR && c.Colour.Matrix != 0:
		return invalid("Colour.Matrix", c.Colour.Matrix, "0 with GBR")
	case c.Colour.GBR && c.Chroma != Chroma444:
		return invalid("Colour.GBR", true, "false, or 4:4:4 chroma")
	case c.Colour.ChromaLoc > 5:
		return invalid("Colour.ChromaLoc", c.Colour.ChromaLoc, "0 to 5")
	case c.Threads < 0 || c.Threads > maxThreads:
		return invalid("Threads", c.Threads, fmt.Sprintf("0 to %d", maxThreads))
	case c.MaxMemory < 0:
		return invalid("MaxMemory", c.MaxMemory, "a number of bytes")
	}
	if _, ok := analysis.PresetByName(c.Preset); !ok {
		return invalid("Preset", fmt.Sprintf("%q", c.Preset), "one of "+strings.Join(Presets(), ", "))
	}
	if _, ok := c.tuned(); !ok {
		return invalid("Tune", fmt.Sprintf("%q", c.Tune), "one of "+strings.Join(Tunes(), ", "))
	}
	if err := c.validateProfile(); err != nil {
		return err
	}
	if err := c.validateRate(); err != nil {
		return err
	}
	return c.validateOffsets()
}

func (c *Config) validateProfile() error {
	value := fmt.Sprintf("%q", c.Profile)
	switch c.Profile {
	case "auto":
	case "baseline", "main", "high":
		if c.Lossless {
			return invalid("Profile", value, `"auto" or "high444" with Lossless`)
		}
		if c.Chroma == Chroma444 {
			return invalid("Profile", value, `"auto" or "high444" with 4:4:4 chroma`)
		}
	case "high444":
		if c.Chroma != Chroma444 && !c.Lossless {
			return invalid("Profile", value, `"auto", "baseline", "main" or "high" with 4:2:0 chroma`)
		}
	default:
		return invalid("Profile", value, "one of "+strings.Join(Profiles(), ", "))
	}
	return nil
}

func (c *Config) validateRate() error {
	switch {
	case c.Lossless && c.CRF != 0:
		return invalid("CRF", c.CRF, "0 with Lossless")
	case c.Lossless && c.QP != 0:
		return invalid("QP", c.QP, "0 with Lossless")
	case c.Lossless && c.Bitrate != 0:
		return invalid("Bitrate", c.Bitrate, "0 with Lossless")
	case c.Lossless && c.MaxRate != 0:
		return invalid("MaxRate", c.MaxRate, "0 with Lossless")
	case c.RateControl > AverageBitrate:
		return invalid("RateControl", c.RateControl, "ConstantRateFactor, ConstantQP or AverageBitrate")
	case c.RateControl == AverageBitrate && (c.Bitrate < 1 || c.Bitrate > maxRate):
		return invalid("Bitrate", c.Bitrate, fmt.Sprintf("1 to %d with AverageBitrate", maxRate))
	case c.RateControl != AverageBitrate && c.Bitrate != 0:
		return invalid("Bitrate", c.Bitrate, "0 unless RateControl is AverageBitrate")
	case c.MaxRate < 0 || c.MaxRate > maxRate:
		return invalid("MaxRate", c.MaxRate, fmt.Sprintf("0 to %d", maxRate))
	case c.MaxRate != 0 && c.RateControl == ConstantQP:
		return invalid("MaxRate", c.MaxRate, "0 with ConstantQP")
	case c.MaxRate != 0 && c.MaxRate < c.Bitrate:
		return invalid("MaxRate", c.MaxRate, fmt.Sprintf("at least Bitrate, %d", c.Bitrate))
	case c.BufferSize < 0 || c.BufferSize > maxRate || (c.BufferSize == 0) != (c.MaxRate == 0):
		return invalid("BufferSize", c.BufferSize, fmt.Sprintf("1 to %d with MaxRate, 0 without", maxRate))
	case c.HRD && (c.MaxRate == 0 || c.VariableRate):
		return invalid("HRD", c.HRD, "false without MaxRate or with VariableRate")
	case !c.Lossless && !(c.CRF >= 1 && c.CRF <= 51): // NaN too
		return invalid("CRF", c.CRF, "1 to 51")
	case c.QP < 0 || c.QP > 51:
		return invalid("QP", c.QP, "0 to 51")
	case c.RateControl != ConstantQP && c.QP != 0:
		return invalid("QP", c.QP, "0 unless RateControl is ConstantQP")
	case c.KeyInt < 1 || c.KeyInt > math.MaxInt32:
		return invalid("KeyInt", c.KeyInt, fmt.Sprintf("1 to %d", math.MaxInt32))
	case c.QPMax < 0 || c.QPMax > 51:
		return invalid("QPMax", c.QPMax, "0 to 51, 0 for 51")
	case c.QPMin < 0 || c.QPMin > c.QPMax:
		return invalid("QPMin", c.QPMin, fmt.Sprintf("0 to QPMax, %d", c.QPMax))
	case !(c.QCompress >= 0 && c.QCompress <= 1):
		return invalid("QCompress", c.QCompress, "0 to 1, 0 for 0.6")
	case !(c.IPRatio >= 1 && c.IPRatio <= 10):
		return invalid("IPRatio", c.IPRatio, "1 to 10, 0 for 1.8")
	case c.Lookahead < 0 || c.Lookahead > maxLookahead:
		return invalid("Lookahead", c.Lookahead, fmt.Sprintf("0 to %d, 0 for the preset's", maxLookahead))
	case c.LowLatency && c.Lookahead != 0:
		return invalid("Lookahead", c.Lookahead, "0 with LowLatency")
	case c.MinKeyInt < 1 || c.MinKeyInt > c.KeyInt:
		return invalid("MinKeyInt", c.MinKeyInt, fmt.Sprintf("1 to KeyInt, %d", c.KeyInt))
	}
	return nil
}

func (c *Config) validateOffsets() error {
	switch {
	case c.AQMode > AQAuto:
		return invalid("AQMode", c.AQMode, "AQVariance or AQAuto")
	case !(c.AQStrength >= 0 && c.AQStrength <= 4):
		return invalid("AQStrength", c.AQStrength, "0 to 4")
	case c.ChromaQPOffset < -24 || c.ChromaQPOffset > 24:
		return invalid("ChromaQPOffset", c.ChromaQPOffset, "-24 to 24")
	case c.DeblockAlpha < -6 || c.DeblockAlpha > 6:
		return invalid("DeblockAlpha", c.DeblockAlpha, "-6 to 6")
	case c.DeblockBeta < -6 || c.DeblockBeta > 6:
		return invalid("DeblockBeta", c.DeblockBeta, "-6 to 6")
	}
	return nil
}

// parameterSets derives the SPS, the PPS and the level from the configuration
// alone.
func (c *Config) parameterSets(preset *analysis.Preset) (sps syntax.SPS, pps syntax.PPS, level syntax.Level, err error) {
	profile, cabac, transform8x8 := c.tools(preset)
	sps = syntax.SPS{
		ProfileIDC:      profile,
		ChromaFormatIDC: syntax.Chroma420,
		TransformBypass: c.Lossless,
		Log2MaxFrameNum: 8,
		POCType:         2,
	}
	if c.Chroma == Chroma444 {
		sps.ChromaFormatIDC = syntax.Chroma444
	}
	sps.Constraints = sps.ProfileIDC.Constraints()
	if err = sps.SetSize(c.Width, c.Height); err != nil {
		return sps, pps, level, fmt.Errorf("%w: Width, Height: %w", ErrConfig, err)
	}
	level, err = syntax.LevelFor(sps.WidthMbs, sps.HeightMbs, c.FrameRate.Num, c.FrameRate.Den, 1)
	if err != nil {
		return sps, pps, level, fmt.Errorf("%w: Width, Height: %w", ErrConfig, err)
	}
	// More references than that would ask for a higher level of every decoder.
	tune, _ := c.tuned()
	refs := min(preset.Refs+tune.refs, level.MaxDpbFrames(sps.WidthMbs, sps.HeightMbs))
	level = c.roomy(level, profile, sps.WidthMbs*sps.HeightMbs)
	level.MaxVmvR = min(level.MaxVmvR, 512) // vectors are searched no further
	sps.LevelIDC, sps.NumRefFrames = level.IDC, refs
	sps.VUI = syntax.VUI{
		SampleAspect:      syntax.Ratio(c.SampleAspect),
		FullRange:         c.Colour.FullRange,
		ColourDescription: true,
		Primaries:         c.Colour.Primaries,
		Transfer:          c.Colour.Transfer,
		Matrix:            c.Colour.Matrix,
		ChromaLoc:         c.Colour.ChromaLoc,
		FrameRate:         syntax.Ratio(c.FrameRate),
		FixedFrameRate:    !c.VariableRate,
		HRD:               c.hrd(),

		MotionVectorsOverPicBoundaries: true,
		Log2MaxMvLengthHorizontal:      syntax.Log2MvLength(syntax.MaxHmvR),
		Log2MaxMvLengthVertical:        syntax.Log2MvLength(level.MaxVmvR),
		MaxDecFrameBuffering:           refs,
	}
	offset := int8(min(max(c.chromaQPOffset(), -12), 12))
	pps = syntax.PPS{
		EntropyCABAC:             cabac,
		Transform8x8:             transform8x8,
		NumRefIdxL0Default:       refs,
		WeightedPred:             preset.Weighted && !c.NoWeights && profile != syntax.ConstrainedBaseline,
		PicInitQP:                26,
		ChromaQPIndexOffset:      [2]int8{offset, offset},
		DeblockingControlPresent: true,
	}
	if err = errors.Join(sps.Validate(), pps.Validate(&sps)); err != nil {
		err = fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return sps, pps, level, err
}

// tools returns the profile and those of its tools that are used.
func (c *Config) tools(preset *analysis.Preset) (p syntax.Profile, cabac, transform8x8 bool) {
	eight := !c.NoTransform8x8 && !c.Lossless
	switch c.Profile {
	case "baseline":
		return syntax.ConstrainedBaseline, false, false
	case "main":
		return syntax.Main, !c.NoCABAC, false
	case "high":
		return syntax.High, !c.NoCABAC, eight
	case "high444":
		return syntax.High444Predictive, !c.NoCABAC, eight
	}
	cabac, transform8x8 = preset.CABAC && !c.NoCABAC, preset.Transform8x8 && eight
	switch {
	case c.Chroma == Chroma444 || c.Lossless:
		p = syntax.High444Predictive
	case transform8x8:
		p = syntax.High
	case cabac:
		p = syntax.Main
	default:
		p = syntax.ConstrainedBaseline
	}
	return p, cabac, transform8x8
}

// chromaQPOffset is chroma_qp_index_offset before it is clipped. In 4:4:4
// chroma has four times the samples of 4:2:0 and needs less precision.
func (c *Config) chromaQPOffset() int {
	if c.Chroma == Chroma444 && !c.Lossless {
		return default444Offset + c.ChromaQPOffset
	}
	return c.ChromaQPOffset
}

const default444Offset = 4
