package g264

import (
	"fmt"
	"math"
	"time"
	"unicode/utf8"

	"github.com/g264/g264/h264"
	"github.com/g264/g264/mux"
)

// validateFile checks what Options say of the file around the video.
func (o *Options) validateFile() error {
	bad := func(field string, value any, want string) error {
		return fmt.Errorf("%w: %s is %v; want %s", ErrOptions, field, value, want)
	}
	fragmented, seekable := o.Layout == Fragmented, o.Layout == Seekable
	switch {
	case o.Format != MP4 && o.Layout != Progressive:
		return bad("Layout", o.Layout, "progressive, or Format MP4")
	case o.FragmentDuration < 0 || !fragmented && o.FragmentDuration != 0:
		return bad("FragmentDuration", o.FragmentDuration, "0 or more with Layout Fragmented, else 0")
	case o.SegmentDuration < 0 || !fragmented && o.SegmentDuration != 0:
		return bad("SegmentDuration", o.SegmentDuration, "0 or more with Layout Fragmented, else 0")
	case !fragmented && o.FragmentIndex != NoIndex:
		return bad("FragmentIndex", o.FragmentIndex, "none, or Layout Fragmented")
	case o.MoovSpace < 0 || o.MoovSpace > math.MaxInt32 || !seekable && o.MoovSpace != 0:
		return bad("MoovSpace", o.MoovSpace, "0 to 2147483647 bytes with Layout Seekable, else 0")
	case !seekable && o.FastStart:
		return bad("FastStart", true, "false, or Layout Seekable")
	}
	for _, text := range []struct{ field, value string }{{"Title", o.Title}, {"Comment", o.Comment}} {
		if len(text.value) > maxText || !utf8.ValidString(text.value) {
			return bad(text.field, fmt.Sprintf("%.20q (%d bytes)", text.value, len(text.value)), "UTF-8 of at most 65535 bytes")
		}
	}
	if !o.CreationTime.IsZero() && o.CreationTime.Before(firstCreation) {
		return bad("CreationTime", o.CreationTime, "a time from 1904 on, or zero for none")
	}
	switch o.Rotation {
	case 0, 90, 180, 270:
		return nil
	}
	return bad("Rotation", o.Rotation, "0, 90, 180 or 270 degrees")
}

// maxText bounds Title and Comment, as mux does.
const maxText = math.MaxUint16

// firstCreation is where MP4's count of seconds begins.
var firstCreation = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)

// mux returns the layout of the file and what it tells of itself.
func (o *Options) mux() mux.Options {
	m := mux.Options{
		FragmentDuration: o.FragmentDuration,
		SegmentDuration:  o.SegmentDuration,
		MoovSpace:        o.MoovSpace,
		FastStart:        o.FastStart,
		Metadata:         mux.Metadata{Title: o.Title, Comment: o.Comment, Created: o.CreationTime, Rotation: o.Rotation},
	}
	switch o.Layout {
	case Fragmented:
		m.Layout = mux.Fragmented
	case Seekable:
		m.Layout = mux.Seekable
	}
	switch o.FragmentIndex {
	case Mfra:
		m.Index = mux.Mfra
	case Sidx:
		m.Index = mux.Sidx
	}
	return m
}

// track describes the file's one track.
func (o *Options) track(coder *h264.Encoder, timescale uint32) mux.Track {
	colour := o.colour()
	t := mux.Track{
		SPS: coder.SPS(), PPS: coder.PPS(), Timescale: timescale,
		Colour: mux.Colour{
			Primaries: uint16(colour.Primaries), Transfer: uint16(colour.Transfer), Matrix: uint16(colour.Matrix),
			FullRange: colour.FullRange,
		},
	}
	if o.SampleAspect != (Rational{}) {
		t.SampleAspect = mux.Ratio(uint32s(o.SampleAspect.reduced()))
	}
	return t
}
