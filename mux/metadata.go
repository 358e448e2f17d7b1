package mux

import (
	"fmt"
	"math"
	"time"
	"unicode/utf8"

	"github.com/Eyevinn/mp4ff/mp4"
)

// Metadata is what a file tells about itself.
type Metadata struct {
	Title, Comment string    // UTF-8, at most 65535 bytes each; empty: none
	Created        time.Time // to the second, from 1904 on; the zero time: not said
	Rotation       int       // degrees that a player turns the pictures clockwise: 0, 90, 180 or 270
}

// check finds values that no box holds.
func (m *Metadata) check() error {
	for _, text := range []struct{ field, value string }{{"Title", m.Title}, {"Comment", m.Comment}} {
		if len(text.value) > math.MaxUint16 {
			return fmt.Errorf("%w: %s of %d bytes: at most 65535", ErrOptions, text.field, len(text.value))
		}
		if !utf8.ValidString(text.value) {
			return fmt.Errorf("%w: %s %q: want UTF-8", ErrOptions, text.field, text.value)
		}
	}
	if !m.Created.IsZero() && m.Created.Unix() < -mp4.EpochDiffS {
		return fmt.Errorf("%w: Created %v: from 1904 on", ErrOptions, m.Created)
	}
	switch m.Rotation {
	case 0, 90, 180, 270:
		return nil
	}
	return fmt.Errorf("%w: Rotation %d: 0, 90, 180 or 270 degrees", ErrOptions, m.Rotation)
}

// created is in seconds since 1904, as mvhd, tkhd and mdhd count them.
func (m *Metadata) created() uint64 {
	if m.Created.IsZero() {
		return 0
	}
	return uint64(m.Created.Unix() + mp4.EpochDiffS)
}

// matrix turns the track (-12, 6.2.2 and 8.3.2): a point (x, y) goes to
// (ax+cy+t, bx+dy+u), in 16.16, and t and u bring the picture, of the given
// size in 16.16, back to where x and y are positive.
func (m *Metadata) matrix(width, height uint32) [9]int32 {
	const one = 0x10000
	mat := mp4.UnityMatrix()
	set := func(a, b, c, d int32, t, u uint32) {
		mat[0], mat[1], mat[3], mat[4], mat[6], mat[7] = a, b, c, d, int32(t), int32(u)
	}
	switch m.Rotation {
	case 90:
		set(0, one, -one, 0, height, 0)
	case 180:
		set(-one, 0, 0, -one, width, height)
	case 270:
		set(0, -one, one, 0, 0, width)
	}
	return mat
}

// userData makes udta with the texts, as iTunes and ffmpeg write and read them,
// or nil.
func (m *Metadata) userData() *mp4.UdtaBox {
	ilst := &mp4.IlstBox{}
	for _, item := range []struct{ name, text string }{{"\xa9nam", m.Title}, {"\xa9cmt", m.Comment}} {
		if item.text != "" {
			box := mp4.NewGenericContainerBox(item.name)
			box.AddChild(&mp4.DataBox{Data: []byte(item.text)})
			ilst.AddChild(box)
		}
	}
	if len(ilst.Children) == 0 {
		return nil
	}
	// What Apple's handler has for a manufacturer isn't in mp4ff's hdlr; readers
	// don't ask for it.
	meta := mp4.CreateMetaBox(0, &mp4.HdlrBox{HandlerType: "mdir"})
	meta.AddChild(ilst)
	udta := &mp4.UdtaBox{}
	udta.AddChild(meta)
	return udta
}
