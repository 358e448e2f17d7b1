package h264

import (
	"errors"
	"fmt"
	"math"
	"runtime"
	"strings"

	"github.com/g264/g264/h264/internal/syntax"
)

// Errors that a caller can test for with errors.Is.
var (
	ErrConfig  = errors.New("h264: invalid configuration")
	ErrPicture = errors.New("h264: invalid picture")
	ErrMemory  = errors.New("h264: memory limit")
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
)

// Rational is a positive fraction, as 24000/1001 frames per second.
type Rational struct{ Num, Den uint32 }

// Colour is the colour description of the samples, as numbers of tables E-3 to
// E-5, and the place of 4:2:0 chroma samples (figure E-1).
type Colour struct {
	Primaries, Transfer, Matrix uint8 // 2 is unspecified
	FullRange                   bool
	ChromaLoc                   uint8 // 0 left-sited, 1 centred
}

// Config configures an Encoder. Width, Height and FrameRate must be set; for
// the rest the zero value is a good default.
type Config struct {
	Width, Height int      // in luma samples; 4:2:0 takes even sizes only
	Chroma        Chroma   // Chroma420
	FrameRate     Rational // frames per second, for timing and the level
	VariableRate  bool     // pictures have times of their own: fixed_frame_rate_flag 0
	Preset        string   // a name of Presets; "" is "medium"
	Profile       string   // "auto" or "", "baseline" (4:2:0 only), "high444"

	RateControl RateControl // ConstantRateFactor
	CRF         float64     // 1 to 51; 0 is 23
	QP          int         // 0 to 51, for ConstantQP
	KeyInt      int         // most pictures from one IDR picture to the next; 0 is 250
	MinKeyInt   int         // least pictures from a key frame to a scene cut's; 0 is KeyInt/10, at most 25
	NoSceneCut  bool        // no key frames at scene cuts

	// AQ and chroma, deblocking: fine tuning, as offsets to the defaults.
	AQStrength     float64 // strength of adaptive quantisation, 0 is 1.0, at most 4
	NoAQ           bool    // one quantiser for the whole picture
	ChromaQPOffset int     // added to the default chroma_qp_index_offset; the sum is kept in -12 to 12
	DeblockAlpha   int     // slice_alpha_c0_offset_div2, -6 to 6
	DeblockBeta    int     // slice_beta_offset_div2, -6 to 6
	NoDeblock      bool    // no deblocking filter

	Colour       Colour
	SampleAspect Rational // sample aspect ratio; zero is square
	Options      string   // what the SEI says beside name and version
	NoSEI        bool     // no SEI that names the encoder

	Threads        int   // 0 is GOMAXPROCS; never changes the stream
	MaxMemory      int64 // bytes that the encoder may need; 0 is 2 GiB
	MeasurePSNR    bool  // fill AccessUnit.SSD
	Reconstruction bool  // fill AccessUnit.Reconstruction
}

// Presets are the names that Config.Preset takes, fastest first.
func Presets() []string { return nil }

// Picture is a progressive picture of 8-bit planar samples.
type Picture struct {
	Y, Cb, Cr        []uint8
	YStride, CStride int
	PTS              int64 // in the caller's time base; must increase
	ForceKey         bool  // code as IDR picture
}

// AccessUnit is one coded picture. It and all it refers to are valid until the
// next call of the encoder that returned it.
type AccessUnit struct {
	NALs           [][]byte // NAL units without start codes: at a key picture SPS, PPS and SEI first
	PTS, DTS       int64
	Key            bool      // an IDR picture: decoding can start here
	QP             float64   // mean QP_Y over the macroblocks
	SSD            [3]uint64 // sum of squared differences of Y, Cb, Cr (cropped), if Config.MeasurePSNR
	Reconstruction *Picture  // what a decoder shows (cropped), if Config.Reconstruction
}

// AppendAnnexB appends the access unit as a byte stream (Annex B).
func (au *AccessUnit) AppendAnnexB(dst []byte) []byte { return dst }

// AppendAVCC appends the access unit as an MP4 sample (ISO/IEC 14496-15):
// four-byte lengths, parameter sets left out.
func (au *AccessUnit) AppendAVCC(dst []byte) []byte { return dst }

// Encoder turns pictures into access units.
type Encoder struct{}

// NewEncoder checks the configuration and makes an encoder.
func NewEncoder(cfg Config) (*Encoder, error) { return nil, nil }

// SPS and PPS return the parameter sets as NAL units (equal for equal Configs).
func (e *Encoder) SPS() []byte { return nil }
func (e *Encoder) PPS() []byte { return nil }

// Encode takes a picture (its planes are copied) and returns the access units,
// none or more, that are ready, in decoding order.
func (e *Encoder) Encode(pic *Picture) ([]AccessUnit, error) { return nil, nil }

// Flush returns what is left; after it Encode refuses pictures.
func (e *Encoder) Flush() ([]AccessUnit, error) { return nil, nil }

// Close stops the encoder's goroutines and gives its memory up; harmless twice.
func (e *Encoder) Close() {}

var _ = fmt.Sprint
var _ = math.Pi
var _ = runtime.GOMAXPROCS
var _ = strings.Join
var _ = syntax.LevelFor
