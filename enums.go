package g264

import (
	"fmt"
	"slices"
	"strings"
)

// Chroma is the chroma format of the video.
type Chroma uint8

const (
	Chroma420 Chroma = iota // colour at half width and half height: plays everywhere
	Chroma444               // colour at full size: sharp coloured text and edges; few players
)

// Preset trades time for compression; x264's users know the names.
type Preset uint8

const (
	PresetMedium Preset = iota
	PresetUltrafast
	PresetVeryfast
	PresetSlow
)

// Tune suits the encoder to a kind of content, or to an aim; x264's users know
// most of the names. It decides AQStrength, QCompress, DeblockAlpha and DeblockBeta
// where they are zero.
type Tune uint8

const (
	TuneNone        Tune = iota // for the eye and real video
	TunePSNR                    // to be measured by PSNR: weaker adaptive quantisation
	TuneSSIM                    // to be measured by SSIM, as TuneNone is: adaptive quantisation at its full strength
	TuneAnimation               // drawn pictures: more references, more deblocking, weaker adaptive quantisation
	TuneStillImage              // pictures looked at for long: less deblocking, stronger adaptive quantisation
	TuneScreen                  // screens with text, flat areas and what scrolls: weaker adaptive quantisation, quantisers that follow the content more, pages found by whatever distance they scroll
	TuneZeroLatency             // sets LowLatency
)

// Profile is the H.264 profile that the stream keeps to.
type Profile uint8

const (
	ProfileAuto     Profile = iota // what the preset profits from
	ProfileBaseline                // Constrained Baseline: CAVLC, for the oldest hardware; 4:2:0 only
	ProfileMain                    // Main: CABAC; 4:2:0 only
	ProfileHigh                    // High: CABAC and the 8x8 transform; 4:2:0 only
	ProfileHigh444                 // High 4:4:4 Predictive: the tools of High; 4:4:4 or Lossless only
)

// RateControl says what decides the quantiser.
type RateControl uint8

const (
	ConstantRateFactor RateControl = iota // constant visual quality: Options.CRF
	ConstantQP                            // one quantiser: Options.QP
	AverageBitrate                        // a size: Options.Bitrate
)

// AQMode says what adaptive quantisation compares the detail of each 16x16 block
// with, to give flat ones a finer quantiser.
type AQMode uint8

const (
	AQVariance AQMode = iota // a constant
	AQAuto                   // the frame's mean and a constant, half each
)

// Matrix is the formula between RGB and the file's Y, Cb and Cr.
type Matrix uint8

const (
	MatrixBT709 Matrix = iota // ITU-R BT.709, of high definition
	MatrixBT601               // ITU-R BT.601, of standard definition and of JPEG
	MatrixGBR                 // none: the file's planes are green, blue and red. In 4:4:4 only, of full range whatever Range says
)

// Range is the range of the file's samples.
type Range uint8

const (
	RangeLimited Range = iota // luma 16 to 235, chroma 16 to 240: video's own
	RangeFull                 // 0 to 255
)

// ChromaSite is the place of the file's 4:2:0 chroma samples between the luma
// samples (ITU-T H.264, figure E-1).
type ChromaSite uint8

const (
	ChromaSiteAuto   ChromaSite = iota // centre in full-range BT.601, which is JPEG's colour, left in others
	ChromaSiteLeft                     // in the left luma column, between two rows: MPEG-2's and video's own
	ChromaSiteCentre                   // in the middle of four luma samples: JPEG's and MPEG-1's
)

// Primaries are the file's colour primaries, by their numbers in ITU-T H.273
// and table E-3 of H.264. They are signalled; samples do not depend on them.
type Primaries uint8

const (
	PrimariesAuto        Primaries = 0 // those of the matrix: 1 with BT.709 and GBR, 6 with BT.601
	PrimariesBT709       Primaries = 1 // also sRGB
	PrimariesUnspecified Primaries = 2
	PrimariesBT470M      Primaries = 4
	PrimariesBT470BG     Primaries = 5 // PAL
	PrimariesSMPTE170M   Primaries = 6 // NTSC
	PrimariesSMPTE240M   Primaries = 7
	PrimariesFilm        Primaries = 8
	PrimariesBT2020      Primaries = 9
	PrimariesSMPTE428    Primaries = 10
	PrimariesSMPTE431    Primaries = 11
	PrimariesSMPTE432    Primaries = 12 // Display P3
)

// Transfer is the file's transfer characteristic, by its number in ITU-T H.273
// and table E-4 of H.264. It is signalled; samples do not depend on it.
type Transfer uint8

const (
	TransferAuto         Transfer = 0 // that of the matrix: 1 with BT.709, 6 with BT.601 (the same curve), 13 with GBR
	TransferBT709        Transfer = 1
	TransferUnspecified  Transfer = 2
	TransferBT470M       Transfer = 4 // gamma 2.2
	TransferBT470BG      Transfer = 5 // gamma 2.8
	TransferSMPTE170M    Transfer = 6
	TransferSMPTE240M    Transfer = 7
	TransferLinear       Transfer = 8
	TransferLog100       Transfer = 9
	TransferLog316       Transfer = 10
	TransferIEC61966_2_4 Transfer = 11
	TransferBT1361       Transfer = 12
	TransferSRGB         Transfer = 13 // IEC 61966-2-1
	TransferBT2020_10    Transfer = 14
	TransferBT2020_12    Transfer = 15
	TransferPQ           Transfer = 16 // SMPTE ST 2084
	TransferSMPTE428     Transfer = 17
	TransferHLG          Transfer = 18 // ARIB STD-B67
)

// Format is what an Encoder writes.
type Format uint8

const (
	MP4    Format = iota // an MP4 file: see Layout for when it is written
	AnnexB               // an H.264 byte stream, written as the frames come
)

// Layout is the order of an MP4 file's parts, which decides when they are written.
type Layout uint8

const (
	// Progressive plays while it is being received. Close writes it at once; it
	// is held until then.
	Progressive Layout = iota
	// Fragmented is for streams and for recordings that may break off: a head,
	// then fragments, each written as soon as it is complete. What has been
	// written plays. See Options.FragmentDuration.
	Fragmented
	// Seekable is for files: the io.Writer must be an io.WriteSeeker, with nothing
	// after where it stands. Frames are written as they come, and Close goes back.
	// See Options.FastStart.
	Seekable
)

// FragmentIndex is what a fragmented file says of the places of its fragments.
type FragmentIndex uint8

const (
	NoIndex FragmentIndex = iota
	Mfra                  // one index at the end: players seek faster in a finished file
	Sidx                  // an index before each fragment, which is a segment (styp) then
)

// enum is the text of an enumeration: the names that ffmpeg and x264 use, by
// value ("" is no value), and other names that are read for the same values.
// Messages list the names in that order, unless there is a better one.
type enum struct {
	kind  string
	names []string
	also  map[string]uint8
	order []string
}

var (
	chromaNames = enum{kind: "chroma format", names: []string{"420", "444"}}
	presetNames = enum{kind: "preset", names: []string{"medium", "ultrafast", "veryfast", "slow"},
		order: []string{"ultrafast", "veryfast", "medium", "slow"}}
	tuneNames    = enum{kind: "tune", names: []string{"none", "psnr", "ssim", "animation", "stillimage", "screen", "zerolatency"}}
	profileNames = enum{kind: "profile", names: []string{"auto", "baseline", "main", "high", "high444"}}
	rateNames    = enum{kind: "rate control", names: []string{"crf", "qp", "abr"}}
	aqNames      = enum{kind: "mode of adaptive quantisation", names: []string{"variance", "auto"}}
	matrixNames  = enum{kind: "matrix", names: []string{"bt709", "bt601", "gbr"},
		also: map[string]uint8{"smpte170m": 1, "bt470bg": 1, "GBR": 2, "rgb": 2}}
	rangeNames = enum{kind: "range", names: []string{"limited", "full"},
		also: map[string]uint8{"tv": 0, "pc": 1}}
	siteNames = enum{kind: "chroma site", names: []string{"auto", "left", "centre"},
		also: map[string]uint8{"center": 2}}
	primariesNames = enum{kind: "primaries", names: []string{"auto", "bt709", "undef", "", "bt470m", "bt470bg", "smpte170m",
		"smpte240m", "film", "bt2020", "smpte428", "smpte431", "smpte432"}}
	transferNames = enum{kind: "transfer", names: []string{"auto", "bt709", "undef", "", "bt470m", "bt470bg", "smpte170m",
		"smpte240m", "linear", "log100", "log316", "iec61966-2-4", "bt1361e", "iec61966-2-1", "bt2020-10", "bt2020-12",
		"smpte2084", "smpte428", "arib-std-b67"}}
	layoutNames = enum{kind: "layout", names: []string{"progressive", "fragmented", "seekable"}}
	indexNames  = enum{kind: "fragment index", names: []string{"none", "mfra", "sidx"}}
	formatNames = enum{kind: "format", names: []string{"mp4", "annexb"}}
	pixelNames  = enum{kind: "pixel format",
		names: []string{"bgr24", "rgb24", "bgra", "rgba", "gray", "yuv420p", "yuv444p"}}
)

func (e *enum) valid(v uint8) bool { return int(v) < len(e.names) && e.names[v] != "" }

func (e *enum) text(v uint8) string {
	if !e.valid(v) {
		return fmt.Sprintf("%s %d", e.kind, v)
	}
	return e.names[v]
}

// list returns the names, for messages.
func (e *enum) list() string {
	if e.order != nil {
		return strings.Join(e.order, ", ")
	}
	known := slices.DeleteFunc(slices.Clone(e.names), func(s string) bool { return s == "" })
	return strings.Join(known, ", ")
}

func (e *enum) marshal(v uint8) ([]byte, error) {
	if !e.valid(v) {
		return nil, fmt.Errorf("g264: %s %d has no name; want one of %s", e.kind, v, e.list())
	}
	return []byte(e.names[v]), nil
}

func unmarshal[T ~uint8](e *enum, v *T, text []byte) error {
	name := string(text)
	i := slices.Index(e.names, name)
	if also, ok := e.also[name]; ok {
		i = int(also)
	}
	if i < 0 || name == "" {
		return fmt.Errorf("g264: unknown %s %q; want one of %s", e.kind, name, e.list())
	}
	*v = T(i)
	return nil
}

// Each enumeration has a name as text and in JSON, and is read from it; so the
// flag package's TextVar takes it too.

func (c Chroma) String() string                { return chromaNames.text(uint8(c)) }
func (c Chroma) MarshalText() ([]byte, error)  { return chromaNames.marshal(uint8(c)) }
func (c *Chroma) UnmarshalText(b []byte) error { return unmarshal(&chromaNames, c, b) }

func (p Preset) String() string                { return presetNames.text(uint8(p)) }
func (p Preset) MarshalText() ([]byte, error)  { return presetNames.marshal(uint8(p)) }
func (p *Preset) UnmarshalText(b []byte) error { return unmarshal(&presetNames, p, b) }

func (t Tune) String() string                { return tuneNames.text(uint8(t)) }
func (t Tune) MarshalText() ([]byte, error)  { return tuneNames.marshal(uint8(t)) }
func (t *Tune) UnmarshalText(b []byte) error { return unmarshal(&tuneNames, t, b) }

func (p Profile) String() string                { return profileNames.text(uint8(p)) }
func (p Profile) MarshalText() ([]byte, error)  { return profileNames.marshal(uint8(p)) }
func (p *Profile) UnmarshalText(b []byte) error { return unmarshal(&profileNames, p, b) }

func (a AQMode) String() string                { return aqNames.text(uint8(a)) }
func (a AQMode) MarshalText() ([]byte, error)  { return aqNames.marshal(uint8(a)) }
func (a *AQMode) UnmarshalText(b []byte) error { return unmarshal(&aqNames, a, b) }

func (r RateControl) String() string                { return rateNames.text(uint8(r)) }
func (r RateControl) MarshalText() ([]byte, error)  { return rateNames.marshal(uint8(r)) }
func (r *RateControl) UnmarshalText(b []byte) error { return unmarshal(&rateNames, r, b) }

func (m Matrix) String() string                { return matrixNames.text(uint8(m)) }
func (m Matrix) MarshalText() ([]byte, error)  { return matrixNames.marshal(uint8(m)) }
func (m *Matrix) UnmarshalText(b []byte) error { return unmarshal(&matrixNames, m, b) }

func (r Range) String() string                { return rangeNames.text(uint8(r)) }
func (r Range) MarshalText() ([]byte, error)  { return rangeNames.marshal(uint8(r)) }
func (r *Range) UnmarshalText(b []byte) error { return unmarshal(&rangeNames, r, b) }

func (s ChromaSite) String() string                { return siteNames.text(uint8(s)) }
func (s ChromaSite) MarshalText() ([]byte, error)  { return siteNames.marshal(uint8(s)) }
func (s *ChromaSite) UnmarshalText(b []byte) error { return unmarshal(&siteNames, s, b) }

func (p Primaries) String() string                { return primariesNames.text(uint8(p)) }
func (p Primaries) MarshalText() ([]byte, error)  { return primariesNames.marshal(uint8(p)) }
func (p *Primaries) UnmarshalText(b []byte) error { return unmarshal(&primariesNames, p, b) }

func (t Transfer) String() string                { return transferNames.text(uint8(t)) }
func (t Transfer) MarshalText() ([]byte, error)  { return transferNames.marshal(uint8(t)) }
func (t *Transfer) UnmarshalText(b []byte) error { return unmarshal(&transferNames, t, b) }

func (f Format) String() string                { return formatNames.text(uint8(f)) }
func (f Format) MarshalText() ([]byte, error)  { return formatNames.marshal(uint8(f)) }
func (f *Format) UnmarshalText(b []byte) error { return unmarshal(&formatNames, f, b) }

func (l Layout) String() string                { return layoutNames.text(uint8(l)) }
func (l Layout) MarshalText() ([]byte, error)  { return layoutNames.marshal(uint8(l)) }
func (l *Layout) UnmarshalText(b []byte) error { return unmarshal(&layoutNames, l, b) }

func (i FragmentIndex) String() string                { return indexNames.text(uint8(i)) }
func (i FragmentIndex) MarshalText() ([]byte, error)  { return indexNames.marshal(uint8(i)) }
func (i *FragmentIndex) UnmarshalText(b []byte) error { return unmarshal(&indexNames, i, b) }

func (p PixelFormat) String() string                { return pixelNames.text(uint8(p)) }
func (p PixelFormat) MarshalText() ([]byte, error)  { return pixelNames.marshal(uint8(p)) }
func (p *PixelFormat) UnmarshalText(b []byte) error { return unmarshal(&pixelNames, p, b) }
