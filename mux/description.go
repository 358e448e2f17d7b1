package mux

import (
	"bytes"
	"errors"
	"fmt"
	"math"

	"github.com/Eyevinn/mp4ff/avc"
	"github.com/Eyevinn/mp4ff/mp4"
)

// Ratio is a fraction.
type Ratio struct{ Num, Den uint32 }

// Colour is the colour description of the samples, in the numbers of
// ITU-T H.273 (the same as in tables E-3 to E-5 of H.264).
type Colour struct {
	Primaries, Transfer uint16 // 2 is unspecified; 0 is reserved
	Matrix              uint16 // 0 is GBR, 2 unspecified
	FullRange           bool
}

// Track describes the video track.
type Track struct {
	Width, Height int    // of the decoded pictures, after cropping; 0: what the SPS says
	SPS, PPS      []byte // one NAL unit each, without start code; copied
	Timescale     uint32 // ticks per second of all times; 24000 for 24000/1001 frames per second
	Colour        Colour // the zero value writes no colr box
	SampleAspect  Ratio  // width to height of a sample; zero is square
}

// compressorName is what the sample entry says for people to read (-12, 12.1.3).
const compressorName = "g264"

// Types of NAL units (table 7-1 of H.264).
const (
	nalSPS = 7
	nalPPS = 8
)

// nalType reads nal_unit_type from a NAL unit that has at least its first byte.
func nalType(nal []byte) byte { return nal[0] & 0x1f }

// description is a checked Track: what the boxes say about the samples,
// whichever way these are laid out in the file.
type description struct {
	width, height uint16
	displayWidth  uint32 // 16.16: the width in square samples, for tkhd
	avcC          *mp4.AvcCBox
	reorders      bool // pictures may be shown in another order than they are coded in
	colour        Colour
	aspect        Ratio
	metadata      Metadata
}

// newDescription checks a track and completes it from its SPS.
func newDescription(t Track, m Metadata) (description, error) {
	bad := func(format string, args ...any) (description, error) {
		return description{}, fmt.Errorf("%w: "+format, append([]any{ErrTrack}, args...)...)
	}
	if t.Timescale == 0 {
		return bad("Timescale 0: at least 1 tick per second")
	}
	if err := checkParameterSet(t.SPS, nalSPS); err != nil {
		return bad("SPS: %w", err)
	}
	if err := checkParameterSet(t.PPS, nalPPS); err != nil {
		return bad("PPS: %w", err)
	}
	avcC, sps, err := decoderConfiguration(bytes.Clone(t.SPS), bytes.Clone(t.PPS))
	if err != nil {
		return bad("SPS: %w", err)
	}
	if sps.Width < 1 || sps.Width > math.MaxUint16 || sps.Height < 1 || sps.Height > math.MaxUint16 {
		return bad("SPS: pictures of %dx%d: 1 to 65535 each", sps.Width, sps.Height)
	}
	if t.Width != 0 && t.Width != int(sps.Width) {
		return bad("Width %d: the SPS says %d", t.Width, sps.Width)
	}
	if t.Height != 0 && t.Height != int(sps.Height) {
		return bad("Height %d: the SPS says %d", t.Height, sps.Height)
	}
	if t.Colour != (Colour{}) && (t.Colour.Primaries == 0 || t.Colour.Transfer == 0) {
		return bad("Colour %+v: primaries and transfer of 0 are reserved; 2 is unspecified", t.Colour)
	}
	aspect := t.SampleAspect
	if aspect == (Ratio{}) {
		aspect = Ratio{1, 1}
	}
	if aspect.Num == 0 || aspect.Den == 0 {
		return bad("SampleAspect %d:%d: both positive, or both 0 for square", aspect.Num, aspect.Den)
	}
	// At most (2^32-1)^2 + 2^31: 64 bits hold it.
	display := (uint64(sps.Width)<<16*uint64(aspect.Num) + uint64(aspect.Den)/2) / uint64(aspect.Den)
	if display == 0 || display > math.MaxUint32 {
		return bad("SampleAspect %d:%d: makes a width of %d no width below 65536 square samples",
			aspect.Num, aspect.Den, sps.Width)
	}
	return description{
		width: uint16(sps.Width), height: uint16(sps.Height), displayWidth: uint32(display),
		avcC: avcC, reorders: sps.PicOrderCntType != 2, colour: t.Colour, aspect: aspect, metadata: m,
	}, nil
}

// checkParameterSet checks that a NAL unit is of a type and fits the 16 bits
// that avcC has for its length.
func checkParameterSet(nal []byte, want byte) error {
	switch {
	case len(nal) == 0:
		return errors.New("missing")
	case nalType(nal) != want:
		return fmt.Errorf("nal_unit_type %d: want %d, without start code or length", nalType(nal), want)
	case len(nal) > math.MaxUint16:
		return fmt.Errorf("%d bytes: at most 65535", len(nal))
	}
	return nil
}

// decoderConfiguration makes avcC (-15, 5.3.3.1) and parses the SPS for it.
// mp4ff fills in 4:2:0 and 8 bits for every stream, so these fields, which
// profiles from High on carry, are set here.
func decoderConfiguration(sps, pps []byte) (*mp4.AvcCBox, *avc.SPS, error) {
	// The VUI isn't needed, and HRD parameters could ask a parser for more
	// loops than it has bits.
	parsed, err := avc.ParseSPSNALUnit(sps, false)
	if err != nil {
		return nil, nil, err
	}
	if parsed.ChromaFormatIDC > 3 {
		return nil, nil, fmt.Errorf("chroma_format_idc %d: 0 to 3", parsed.ChromaFormatIDC)
	}
	if parsed.BitDepthLumaMinus8 > 6 || parsed.BitDepthChromaMinus8 > 6 {
		return nil, nil, fmt.Errorf("bit depths of %d and %d: 8 to 14",
			uint64(parsed.BitDepthLumaMinus8)+8, uint64(parsed.BitDepthChromaMinus8)+8)
	}
	avcC, err := mp4.CreateAvcC([][]byte{sps}, [][]byte{pps}, true)
	if err != nil {
		return nil, nil, err
	}
	avcC.ChromaFormat = parsed.ChromaFormatIDC
	avcC.BitDepthLumaMinus1 = byte(parsed.BitDepthLumaMinus8) // the standard's bit_depth_luma_minus8
	avcC.BitDepthChromaMinus1 = byte(parsed.BitDepthChromaMinus8)
	return avcC, parsed, nil
}

// sampleEntry makes avc1 (-15, 5.4.2): all parameter sets are in avcC, none in
// the samples. btrt is nil where the bit rate isn't known.
func (d *description) sampleEntry(btrt *mp4.BtrtBox) *mp4.VisualSampleEntryBox {
	entry := mp4.CreateVisualSampleEntryBox("avc1", d.width, d.height, d.avcC)
	entry.CompressorName = compressorName
	if d.colour != (Colour{}) {
		entry.AddChild(&mp4.ColrBox{
			ColorType:               mp4.ColorTypeOnScreenColors,
			ColorPrimaries:          d.colour.Primaries,
			TransferCharacteristics: d.colour.Transfer,
			MatrixCoefficients:      d.colour.Matrix,
			FullRangeFlag:           d.colour.FullRange,
		})
	}
	entry.AddChild(&mp4.PaspBox{HSpacing: d.aspect.Num, VSpacing: d.aspect.Den})
	if btrt != nil {
		entry.AddChild(btrt)
	}
	return entry
}
