// Package y4m reads and writes YUV4MPEG2 streams: a line of text that describes
// the video, then frames of 8-bit planar samples, each behind a line of its own.
// Both ends hold one frame at most, whatever the length of the stream.
package y4m

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// ErrFormat is what errors about the content of a stream wrap.
var ErrFormat = errors.New("y4m: not a stream that can be read")

// Magic is what every stream begins with.
const Magic = "YUV4MPEG2 "

const frameMagic = "FRAME"

// maxSide keeps a damaged header from asking for a frame of any size.
const maxSide = 1 << 16

// Chroma is the chroma format of a stream.
type Chroma uint8

const (
	Chroma420 Chroma = iota // Cb and Cr at half width and half height, rounded up
	Chroma444               // Cb and Cr at full size
	Mono                    // no Cb and Cr
)

// Siting is the place of 4:2:0 chroma samples among the luma samples.
type Siting uint8

const (
	Centre  Siting = iota // between four luma samples: 420jpeg, 420 and no tag at all
	Left                  // beside the left column, between its rows: 420mpeg2
	TopLeft               // on the top left luma sample: 420paldv, whose Cb and Cr in truth alternate by line
)

// Range is what the XCOLORRANGE extension says of the samples.
type Range uint8

const (
	RangeUnknown Range = iota // no such tag
	Limited                   // luma 16 to 235
	Full                      // luma 0 to 255
)

// Header describes a stream.
type Header struct {
	Width, Height        int    // in luma samples, at least 1
	RateNum, RateDen     uint32 // frames per second; both zero where unknown
	AspectNum, AspectDen uint32 // sample aspect ratio; both zero where unknown
	Chroma               Chroma
	Siting               Siting // of Chroma420
	Range                Range
}

// chromaSize returns the size of the Cb and Cr planes.
func (h Header) chromaSize() (w, ht int) {
	switch h.Chroma {
	case Chroma420:
		return (h.Width + 1) / 2, (h.Height + 1) / 2
	case Chroma444:
		return h.Width, h.Height
	}
	return 0, 0
}

// FrameSize returns the bytes of a frame's samples.
func (h Header) FrameSize() int64 {
	cw, ch := h.chromaSize()
	return int64(h.Width)*int64(h.Height) + 2*int64(cw)*int64(ch)
}

// parseHeader reads the first line of a stream, without its line feed.
func parseHeader(line string) (Header, error) {
	var h Header
	if !strings.HasPrefix(line, Magic) {
		return h, fmt.Errorf("%w: it begins with %.16q, want %q", ErrFormat, line, Magic)
	}
	for _, tag := range strings.Fields(line[len(Magic):]) {
		if err := h.parseTag(tag[0], tag[1:]); err != nil {
			return h, fmt.Errorf("%w: %w", ErrFormat, err)
		}
	}
	if h.Width == 0 || h.Height == 0 {
		return h, fmt.Errorf("%w: its header lacks the width (W) or the height (H): %.80q", ErrFormat, line)
	}
	if size := h.FrameSize(); int64(int(size)) != size {
		return h, fmt.Errorf("%w: a frame of %dx%d is more than this machine can address", ErrFormat, h.Width, h.Height)
	}
	return h, nil
}

func (h *Header) parseTag(name byte, value string) (err error) {
	switch name {
	case 'W':
		h.Width, err = parseSide(name, value)
	case 'H':
		h.Height, err = parseSide(name, value)
	case 'F':
		h.RateNum, h.RateDen, err = parseRatio(name, value)
	case 'A':
		h.AspectNum, h.AspectDen, err = parseRatio(name, value)
	case 'C':
		err = h.parseChroma(value)
	case 'I':
		if value != "p" && value != "?" {
			err = fmt.Errorf("tag I%s: the video is interlaced, want progressive frames (ffmpeg -vf bwdif makes them)", value)
		}
	case 'X':
		h.parseExtension(value)
	}
	return err
}

func parseSide(name byte, value string) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > maxSide {
		return 0, fmt.Errorf("tag %c%s: want a number from 1 to %d", name, value, maxSide)
	}
	return n, nil
}

// parseRatio reads NUM:DEN; a zero in either is unknown, as in A0:0.
func parseRatio(name byte, value string) (num, den uint32, err error) {
	a, b, _ := strings.Cut(value, ":")
	n, errN := strconv.ParseUint(a, 10, 32)
	d, errD := strconv.ParseUint(b, 10, 32)
	if errN != nil || errD != nil {
		return 0, 0, fmt.Errorf("tag %c%s: want two numbers, as in %c25:1", name, value, name)
	}
	if n == 0 || d == 0 {
		return 0, 0, nil
	}
	return uint32(n), uint32(d), nil
}

func (h *Header) parseChroma(value string) error {
	switch value {
	case "420jpeg", "420":
		h.Chroma, h.Siting = Chroma420, Centre
	case "420mpeg2":
		h.Chroma, h.Siting = Chroma420, Left
	case "420paldv":
		h.Chroma, h.Siting = Chroma420, TopLeft
	case "444":
		h.Chroma = Chroma444
	case "mono":
		h.Chroma = Mono
	default:
		return fmt.Errorf("tag C%s: want 8 bits per sample in 420, 420jpeg, 420mpeg2, 420paldv, 444 or mono (ffmpeg -pix_fmt yuv420p or yuv444p makes them)", value)
	}
	return nil
}

// parseExtension takes the one extension that changes what samples mean;
// others are comments.
func (h *Header) parseExtension(value string) {
	switch value {
	case "COLORRANGE=FULL":
		h.Range = Full
	case "COLORRANGE=LIMITED":
		h.Range = Limited
	}
}

// String is the header as the first line of a stream, without its line feed.
func (h Header) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%sW%d H%d", Magic, h.Width, h.Height)
	if h.RateNum != 0 {
		fmt.Fprintf(&b, " F%d:%d", h.RateNum, h.RateDen)
	}
	fmt.Fprintf(&b, " Ip A%d:%d C%s", h.AspectNum, h.AspectDen, h.chromaTag())
	switch h.Range {
	case Limited:
		b.WriteString(" XCOLORRANGE=LIMITED")
	case Full:
		b.WriteString(" XCOLORRANGE=FULL")
	}
	return b.String()
}

func (h Header) chromaTag() string {
	switch {
	case h.Chroma == Chroma444:
		return "444"
	case h.Chroma == Mono:
		return "mono"
	case h.Siting == Left:
		return "420mpeg2"
	case h.Siting == TopLeft:
		return "420paldv"
	}
	return "420jpeg"
}
