package g264

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/g264/g264/h264"
)

// Options says what an Encoder makes. The zero value is a good default: 4:2:0,
// CRF 23, preset medium, 25 frames per second, the size from the first frame,
// BT.709 in limited range. Options is plain data: it can be copied, compared
// and kept as JSON, where enumerations and rates are text.
//
// [NewEncoder] refuses values that make no sense, with an error that wraps
// [ErrOptions] and names the field, its value and what would be right.
type Options struct {
	// Size in samples, as the frames have it. Both, or neither: then the first
	// frame that brings its size decides. Odd sizes are exact in 4:4:4; in 4:2:0
	// the last column or row is repeated to make them even. A side has at most
	// 16880 samples, a picture 139264 macroblocks of 16x16 (table A-1 of H.264).
	Width  int `json:",omitempty"`
	Height int `json:",omitempty"`

	// FrameRate in frames per second; zero is 25. With a TimeBase it is what the
	// encoder plans with and how long a frame lasts that does not say it.
	FrameRate Rational `json:",omitempty,omitzero"`
	// TimeBase in seconds per tick of [Frame.PTS] and [Frame.Duration], such as
	// 1/90000. Zero: the frame rate is constant and frames have no times.
	//
	// Times of a base that is finer than a microsecond are rounded to that. MP4
	// holds a frame's time on the screen in 31 bits: where a frame lasts longer
	// than 2147483647 units, 35 minutes of microseconds, the times of a
	// Progressive or Seekable file become coarser by a power of ten, and a
	// Fragmented one has a time without a frame after so many.
	TimeBase Rational `json:",omitempty,omitzero"`
	// KeepStart has the file's time 0 be tick 0 of the TimeBase: the first frame is
	// shown at its PTS, after nothing, and frames before 0 are not shown. Else the
	// first frame is shown at once, whatever its PTS.
	KeepStart bool `json:",omitempty"`

	// What is made of the samples.
	Chroma  Chroma  `json:",omitempty"` // Chroma420
	Preset  Preset  `json:",omitempty"` // PresetMedium
	Tune    Tune    `json:",omitempty"` // TuneNone
	Profile Profile `json:",omitempty"` // ProfileAuto

	// Quality and size.
	RateControl RateControl `json:",omitempty"` // ConstantRateFactor
	CRF         float64     `json:",omitempty"` // 1 (best) to 51; zero is 23. For ConstantRateFactor
	QP          int         `json:",omitempty"` // 0 (best) to 51, of P frames. For ConstantQP
	// Lossless has decoders show exactly the file's samples, in either chroma format;
	// with MatrixGBR and Chroma444 they are those of RGB frames. The profile is High
	// 4:4:4 Predictive, which few players have. CRF and QP are 0 then, and what adapts
	// the quantiser and the deblocking filter are off.
	Lossless bool `json:",omitempty"`

	// Rates in 1000 bit/s, and a buffer in 1000 bit. A player that receives MaxRate and
	// holds BufferSize never waits. Each frame counts as shown for 1/FrameRate: where
	// frames have times of their own, FrameRate is to be their mean rate, and those that
	// follow each other faster than that can ask for more than MaxRate. Up to four frames are coded at
	// once there, and no more than half of those that the buffer holds, so that of very
	// many threads, or with a small buffer, some gain little.
	Bitrate    int `json:",omitempty"` // mean over the video, for AverageBitrate
	MaxRate    int `json:",omitempty"` // zero is no limit; not with ConstantQP
	BufferSize int `json:",omitempty"` // goes with MaxRate
	// HRD has the stream say how that buffer fills, as hardware and broadcasting ask
	// for: in the sequence parameters, and in SEI messages of each frame. It goes with
	// MaxRate and a constant frame rate, and not with parts that are joined.
	HRD bool `json:",omitempty"`

	// Key frames, where decoding can start.
	KeyInt     int  `json:",omitempty"` // most frames from one to the next; zero is 250, 1 makes every frame one
	MinKeyInt  int  `json:",omitempty"` // least frames before one at a scene cut; zero is KeyInt/10, at most 25
	NoSceneCut bool `json:",omitempty"` // none at scene cuts

	// Looking ahead. Frames are held back so that those that later ones build on
	// get better quality; at medium and 1080p that takes some 170 MB.
	Lookahead  int  `json:",omitempty"` // frames held back, up to 250; zero is the preset's, less above 4K
	LowLatency bool `json:",omitempty"` // none held back: a frame is in the stream when Encode returns
	NoMBTree   bool `json:",omitempty"` // do not look at what later frames build on

	// Fine tuning of the encoder.
	QPMin          int     `json:",omitempty"` // least quantiser of frames
	QPMax          int     `json:",omitempty"` // greatest quantiser of frames; zero is 51
	QCompress      float64 `json:",omitempty"` // up to 1: how little the quantiser follows the content; zero is 0.6
	IPRatio        float64 `json:",omitempty"` // 1 to 10: how much finer key frames are quantised; zero is 1.8
	AQMode         AQMode  `json:",omitempty"` // AQVariance
	NoCABAC        bool    `json:",omitempty"` // CAVLC in every profile: larger files, easier to decode
	NoTransform8x8 bool    `json:",omitempty"` // the 4x4 transform alone in every profile
	NoWeights      bool    `json:",omitempty"` // no weighted prediction of fades
	NoAQ           bool    `json:",omitempty"` // no adaptive quantisation: one quantiser for the whole picture
	AQStrength     float64 `json:",omitempty"` // of adaptive quantisation, up to 4; zero is 1
	ChromaQPOffset int     `json:",omitempty"` // -24 to 24, added to the default of the chroma format; the sum is kept in -12 to 12
	NoDeblock      bool    `json:",omitempty"` // no deblocking filter
	DeblockAlpha   int     `json:",omitempty"` // -6 to 6: where the filter starts; x264's first deblock number
	DeblockBeta    int     `json:",omitempty"` // -6 to 6: what it takes for an edge; x264's second

	// Colour of the file. Every file says what it is, so no player guesses.
	Matrix       Matrix     `json:",omitempty"`          // MatrixBT709
	Range        Range      `json:",omitempty"`          // RangeLimited
	ChromaSite   ChromaSite `json:",omitempty"`          // ChromaSiteAuto; for Chroma420
	Primaries    Primaries  `json:",omitempty"`          // PrimariesAuto
	Transfer     Transfer   `json:",omitempty"`          // TransferAuto
	Background   [3]uint8   `json:",omitempty,omitzero"` // red, green, blue behind transparent images; zero is black
	SampleAspect Rational   `json:",omitempty,omitzero"` // width to height of a sample, terms up to 65535; zero is square

	// What comes out.
	Format      Format `json:",omitempty"` // MP4
	Layout      Layout `json:",omitempty"` // Progressive; of an MP4
	NoSEI       bool   `json:",omitempty"` // do not name encoder, version and options in the stream
	Delimiters  bool   `json:",omitempty"` // begin each frame with an access unit delimiter, as MPEG-TS asks for
	HeadersOnce bool   `json:",omitempty"` // parameter sets before the first key frame alone; of AnnexB, MP4 has them apart
	MeasurePSNR bool   `json:",omitempty"` // fill Stats.PSNR
	MeasureSSIM bool   `json:",omitempty"` // fill Stats.SSIM

	// How a Fragmented file is cut. FragmentDuration is how long a fragment lasts
	// at least, save that a key frame begins a new one unless as many frames as
	// from the key frame before still fit. Zero: from a key frame to the next. A
	// nanosecond makes every frame a fragment, for the least latency.
	FragmentDuration time.Duration `json:",omitempty"`
	FragmentIndex    FragmentIndex `json:",omitempty"` // NoIndex
	// SegmentDuration is how long the segments of NewSegmentEncoder last at least:
	// they end before the first key frame after that. Zero: each fragment is one.
	SegmentDuration time.Duration `json:",omitempty"`

	// Where moov, which players need first, goes in a Seekable file: into
	// MoovSpace bytes kept free before the frames, if it fits (some 900 bytes and 9
	// a frame do at a constant rate), else, with FastStart, before the frames,
	// which Close moves (the io.Writer must be an io.Reader too), else to the end.
	MoovSpace int64 `json:",omitempty"`
	FastStart bool  `json:",omitempty"`

	// What the file tells of itself.
	Title        string    `json:",omitempty"`          // UTF-8, at most 65535 bytes
	Comment      string    `json:",omitempty"`          // the same
	CreationTime time.Time `json:",omitempty,omitzero"` // to the second; zero: not said
	Rotation     int       `json:",omitempty"`          // degrees that players turn the video clockwise: 0, 90, 180, 270

	// Resources. They never change the bytes that come out.
	Threads   int   `json:",omitempty"` // at most 256; zero is runtime.GOMAXPROCS
	MaxMemory int64 `json:",omitempty"` // bytes that the encoder may need; zero is 2 GiB
}

// Bounds that do not come from the types.
const (
	// maxSide is the longest side of a picture: sqrt(8*MaxFS) macroblocks at the
	// last level of table A-1.
	maxSide      = 1055 * 16
	maxKeyInt    = 1 << 30
	maxThreads   = 256            // h264's
	maxAspect    = math.MaxUint16 // sar_width and sar_height, E.1.1
	maxFrameTerm = math.MaxInt32  // time_scale, twice the numerator, has 32 bits (E.1.1)
)

// Validate returns an error that wraps [ErrOptions] and names the first field
// that is wrong, its value and what would be right, or nil. NewEncoder calls it.
func (o Options) Validate() error {
	bad := func(field string, value any, want string) error {
		return fmt.Errorf("%w: %s is %v; want %s", ErrOptions, field, value, want)
	}
	for _, side := range []struct {
		field        string
		value, other int
	}{{"Width", o.Width, o.Height}, {"Height", o.Height, o.Width}} {
		if side.value < 0 || side.value > maxSide || side.value == 0 && side.other != 0 {
			return bad(side.field, side.value, fmt.Sprintf("1 to %d, or Width and Height 0 for the first frame's size", maxSide))
		}
	}
	if o.FrameRate != (Rational{}) && !o.FrameRate.valid(maxFrameTerm) {
		return bad("FrameRate", o.FrameRate, "a positive rate with terms up to 2147483647, such as 25, FPS(23.976) or 24000/1001")
	}
	if o.TimeBase != (Rational{}) && !o.TimeBase.valid(maxFrameTerm) {
		return bad("TimeBase", o.TimeBase, "positive seconds per tick with terms up to 2147483647, such as 1/90000")
	}
	if o.KeepStart && o.TimeBase == (Rational{}) {
		return bad("KeepStart", true, "false, or TimeBase set")
	}
	for _, e := range []struct {
		field string
		enum  *enum
		value uint8
	}{
		{"Chroma", &chromaNames, uint8(o.Chroma)},
		{"Preset", &presetNames, uint8(o.Preset)},
		{"Tune", &tuneNames, uint8(o.Tune)},
		{"Profile", &profileNames, uint8(o.Profile)},
		{"RateControl", &rateNames, uint8(o.RateControl)},
		{"Matrix", &matrixNames, uint8(o.Matrix)},
		{"Range", &rangeNames, uint8(o.Range)},
		{"ChromaSite", &siteNames, uint8(o.ChromaSite)},
		{"Primaries", &primariesNames, uint8(o.Primaries)},
		{"Transfer", &transferNames, uint8(o.Transfer)},
		{"AQMode", &aqNames, uint8(o.AQMode)},
		{"Format", &formatNames, uint8(o.Format)},
		{"Layout", &layoutNames, uint8(o.Layout)},
		{"FragmentIndex", &indexNames, uint8(o.FragmentIndex)},
	} {
		if !e.enum.valid(e.value) {
			return bad(e.field, e.value, "one of the constants for "+e.enum.list())
		}
	}
	if of420 := o.Profile == ProfileBaseline || o.Profile == ProfileMain || o.Profile == ProfileHigh; of420 && o.Chroma == Chroma444 {
		return bad("Profile", o.Profile, "auto or high444 with Chroma444")
	}
	if o.Lossless && o.Profile != ProfileAuto && o.Profile != ProfileHigh444 {
		return bad("Profile", o.Profile, "auto or high444 with Lossless")
	}
	if o.Profile == ProfileHigh444 && o.Chroma == Chroma420 && !o.Lossless {
		return bad("Profile", o.Profile, "auto, baseline, main or high with Chroma420")
	}
	if o.Matrix == MatrixGBR && o.Chroma != Chroma444 {
		return bad("Chroma", o.Chroma, "444 with MatrixGBR")
	}
	if o.Lossless && o.CRF != 0 {
		return bad("CRF", o.CRF, "0 with Lossless")
	}
	for _, n := range []struct {
		field string
		value int
	}{{"QP", o.QP}, {"Bitrate", o.Bitrate}, {"MaxRate", o.MaxRate}} {
		if o.Lossless && n.value != 0 {
			return bad(n.field, n.value, "0 with Lossless")
		}
	}
	if o.RateControl == ConstantRateFactor {
		if o.CRF != 0 && !(o.CRF >= 1 && o.CRF <= 51) {
			return bad("CRF", o.CRF, "1 to 51, or 0 for 23")
		}
	} else if o.CRF != 0 {
		return bad("CRF", o.CRF, "0, or RateControl: ConstantRateFactor")
	}
	if err := o.validateRates(bad); err != nil {
		return err
	}
	for _, n := range []struct {
		field            string
		value, low, high int
		zero             string
	}{
		{"QP", o.QP, 0, 51, ""},
		{"KeyInt", o.KeyInt, 0, maxKeyInt, ", 0 for 250"},
		{"MinKeyInt", o.MinKeyInt, 0, o.keyInt(), " (KeyInt), 0 for a tenth of it"},
		{"Lookahead", o.Lookahead, 0, 250, ", 0 for the preset's"},
		{"QPMax", o.QPMax, 0, 51, ", 0 for 51"},
		{"QPMin", o.QPMin, 0, o.qpMax(), " (QPMax)"},
		{"ChromaQPOffset", o.ChromaQPOffset, -24, 24, ""},
		{"DeblockAlpha", o.DeblockAlpha, -6, 6, ""},
		{"DeblockBeta", o.DeblockBeta, -6, 6, ""},
		{"Threads", o.Threads, 0, maxThreads, ", 0 for one per processor"},
	} {
		if n.value < n.low || n.value > n.high {
			return bad(n.field, n.value, fmt.Sprintf("%d to %d%s", n.low, n.high, n.zero))
		}
	}
	if (o.LowLatency || o.Tune == TuneZeroLatency) && o.Lookahead != 0 {
		return bad("Lookahead", o.Lookahead, "0 with LowLatency")
	}
	if !(o.QCompress >= 0 && o.QCompress <= 1) {
		return bad("QCompress", o.QCompress, "0 to 1, 0 for 0.6")
	}
	if o.IPRatio != 0 && !(o.IPRatio >= 1 && o.IPRatio <= 10) {
		return bad("IPRatio", o.IPRatio, "1 to 10, or 0 for 1.8")
	}
	if !(o.AQStrength >= 0 && o.AQStrength <= 4) {
		return bad("AQStrength", o.AQStrength, "0 to 4, 0 for 1")
	}
	if o.NoAQ && o.AQStrength != 0 {
		return bad("AQStrength", o.AQStrength, "0 with NoAQ")
	}
	if o.SampleAspect != (Rational{}) && !o.SampleAspect.valid(maxAspect) {
		return bad("SampleAspect", o.SampleAspect, "a positive ratio with terms up to 65535, such as 4/3")
	}
	if err := o.validateFile(); err != nil {
		return err
	}
	if o.MaxMemory < 0 {
		return bad("MaxMemory", o.MaxMemory, "a number of bytes, 0 for 2 GiB")
	}
	return nil
}

func (o *Options) validateRates(bad func(field string, value any, want string) error) error {
	const most = 2000000
	switch {
	case o.QP != 0 && o.RateControl != ConstantQP:
		return bad("QP", o.QP, "0, or RateControl: ConstantQP")
	case o.RateControl == AverageBitrate && (o.Bitrate < 1 || o.Bitrate > most):
		return bad("Bitrate", o.Bitrate, fmt.Sprintf("1 to %d, in 1000 bit/s", most))
	case o.RateControl != AverageBitrate && o.Bitrate != 0:
		return bad("Bitrate", o.Bitrate, "0, or RateControl: AverageBitrate")
	case o.MaxRate < 0 || o.MaxRate > most:
		return bad("MaxRate", o.MaxRate, fmt.Sprintf("0 to %d, in 1000 bit/s", most))
	case o.MaxRate != 0 && o.RateControl == ConstantQP:
		return bad("MaxRate", o.MaxRate, "0 with ConstantQP")
	case o.MaxRate != 0 && o.MaxRate < o.Bitrate:
		return bad("MaxRate", o.MaxRate, fmt.Sprintf("at least Bitrate, %d", o.Bitrate))
	case o.BufferSize < 0 || o.BufferSize > most || (o.BufferSize == 0) != (o.MaxRate == 0):
		return bad("BufferSize", o.BufferSize, fmt.Sprintf("1 to %d with MaxRate, 0 without", most))
	case o.HRD && (o.MaxRate == 0 || o.TimeBase != (Rational{})):
		return bad("HRD", o.HRD, "false without MaxRate or with TimeBase")
	}
	return nil
}

// The fields whose zero stands for another value.

func (o *Options) frameRate() Rational {
	if o.FrameRate == (Rational{}) {
		return Rational{25, 1}
	}
	return o.FrameRate.reduced()
}

func (o *Options) crf() float64 {
	if o.CRF == 0 {
		return 23
	}
	return o.CRF
}

func (o *Options) keyInt() int {
	if o.KeyInt == 0 {
		return 250
	}
	return o.KeyInt
}

func (o *Options) qpMax() int {
	if o.QPMax == 0 {
		return 51
	}
	return o.QPMax
}

func (o *Options) aqStrength() float64 {
	if o.AQStrength == 0 && !o.NoAQ && o.Tune == TuneNone {
		return 1
	}
	return o.AQStrength
}

func (o *Options) chromaSite() ChromaSite {
	switch {
	case o.ChromaSite != ChromaSiteAuto:
		return o.ChromaSite
	case o.Matrix == MatrixBT601 && o.Range == RangeFull:
		return ChromaSiteCentre
	}
	return ChromaSiteLeft
}

// colour returns the description of the file's samples in the numbers of
// tables E-3 to E-5.
func (o *Options) colour() h264.Colour {
	c := h264.Colour{Primaries: 1, Transfer: 1, Matrix: 1, FullRange: o.Range == RangeFull}
	switch o.Matrix {
	case MatrixBT601:
		c.Primaries, c.Transfer, c.Matrix = 6, 6, 6
	case MatrixGBR:
		c.Transfer, c.Matrix, c.GBR, c.FullRange = uint8(TransferSRGB), 0, true, true
	}
	if o.Primaries != PrimariesAuto {
		c.Primaries = uint8(o.Primaries)
	}
	if o.Transfer != TransferAuto {
		c.Transfer = uint8(o.Transfer)
	}
	if o.Chroma == Chroma420 && o.chromaSite() == ChromaSiteCentre {
		c.ChromaLoc = 1
	}
	return c
}

// h264 returns the configuration for pictures of a size, which 4:2:0 has padded
// to even.
func (o *Options) h264(width, height int) h264.Config {
	cfg := h264.Config{
		Width: width, Height: height,
		FrameRate:      uint32s(o.frameRate()),
		VariableRate:   o.TimeBase != Rational{},
		Preset:         o.Preset.String(),
		Profile:        o.Profile.String(),
		Tune:           o.Tune.String(),
		NoCABAC:        o.NoCABAC,
		NoTransform8x8: o.NoTransform8x8,
		NoWeights:      o.NoWeights,
		CRF:            o.crf(),
		KeyInt:         o.keyInt(),
		MinKeyInt:      o.MinKeyInt,
		NoSceneCut:     o.NoSceneCut,
		MaxRate:        o.MaxRate,
		BufferSize:     o.BufferSize,
		HRD:            o.HRD,
		Lookahead:      o.Lookahead,
		LowLatency:     o.LowLatency,
		NoMBTree:       o.NoMBTree,
		QPMin:          o.QPMin,
		QPMax:          o.qpMax(),
		QCompress:      o.QCompress,
		IPRatio:        o.IPRatio,
		AQMode:         h264.AQMode(o.AQMode),
		AQStrength:     o.aqStrength(),
		NoAQ:           o.NoAQ,
		ChromaQPOffset: o.ChromaQPOffset,
		DeblockAlpha:   o.DeblockAlpha,
		DeblockBeta:    o.DeblockBeta,
		NoDeblock:      o.NoDeblock,
		Colour:         o.colour(),
		Options:        o.summary(),
		NoSEI:          o.NoSEI,
		Delimiters:     o.Delimiters,
		HeadersOnce:    o.HeadersOnce,
		Threads:        o.Threads,
		MaxMemory:      o.MaxMemory,
		MeasurePSNR:    o.MeasurePSNR,
		MeasureSSIM:    o.MeasureSSIM,
	}
	if o.Chroma == Chroma444 {
		cfg.Chroma = h264.Chroma444
	}
	switch {
	case o.Lossless:
		cfg.Lossless, cfg.CRF = true, 0
	case o.RateControl == ConstantQP:
		cfg.RateControl, cfg.CRF, cfg.QP = h264.ConstantQP, 0, o.QP
	case o.RateControl == AverageBitrate:
		cfg.RateControl, cfg.CRF, cfg.Bitrate = h264.AverageBitrate, 0, o.Bitrate
	}
	if o.SampleAspect != (Rational{}) {
		cfg.SampleAspect = uint32s(o.SampleAspect.reduced())
	}
	return cfg
}

func uint32s(r Rational) h264.Rational {
	return h264.Rational{Num: uint32(r.Num), Den: uint32(r.Den)}
}

// summary returns what the SEI tells of the options, in x264's manner: what
// shaped the stream, never the machine's part (threads, memory).
func (o *Options) summary() string {
	var s strings.Builder
	put := func(name string, value any) {
		if s.Len() > 0 {
			s.WriteByte(' ')
		}
		fmt.Fprintf(&s, "%s=%v", name, value)
	}
	onOff := func(off bool) int {
		if off {
			return 0
		}
		return 1
	}
	number := func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

	put("fps", o.frameRate())
	if o.TimeBase != (Rational{}) {
		put("timebase", o.TimeBase.reduced())
	}
	put("chroma", o.Chroma)
	put("preset", o.Preset)
	if o.Tune != TuneNone {
		put("tune", o.Tune)
	}
	put("profile", o.Profile)
	if o.NoCABAC {
		put("cabac", 0)
	}
	if o.NoTransform8x8 {
		put("8x8dct", 0)
	}
	if o.NoWeights {
		put("weightp", 0)
	}
	switch {
	case o.Lossless:
		put("rc", "lossless")
	case o.RateControl == ConstantQP:
		put("rc", "cqp")
		put("qp", o.QP)
	case o.RateControl == AverageBitrate:
		put("rc", "abr")
		put("bitrate", o.Bitrate)
	default:
		put("rc", "crf")
		put("crf", number(o.crf()))
	}
	if o.MaxRate != 0 {
		put("vbv_maxrate", o.MaxRate)
		put("vbv_bufsize", o.BufferSize)
		if o.HRD {
			put("nal_hrd", "vbr")
		}
	}
	put("keyint", o.keyInt())
	if o.MinKeyInt != 0 {
		put("min-keyint", o.MinKeyInt)
	}
	put("scenecut", onOff(o.NoSceneCut))
	if o.Lookahead != 0 {
		put("rc_lookahead", o.Lookahead)
	}
	put("lowlatency", onOff(!o.LowLatency))
	put("mbtree", onOff(o.NoMBTree))
	put("qpmin", o.QPMin)
	put("qpmax", o.qpMax())
	if o.QCompress != 0 {
		put("qcomp", number(o.QCompress))
	}
	if o.IPRatio != 0 {
		put("ip_ratio", number(o.IPRatio))
	}
	if o.Tune == TuneNone || o.NoAQ || o.AQStrength != 0 { // else the tune decides
		put("aq", fmt.Sprintf("%v:%s", o.AQMode, number(o.aqStrength())))
	}
	put("chroma_qp_offset", o.ChromaQPOffset)
	put("deblock", fmt.Sprintf("%d:%d:%d", onOff(o.NoDeblock), o.DeblockAlpha, o.DeblockBeta))
	put("matrix", o.Matrix)
	put("range", o.Range)
	return s.String()
}
