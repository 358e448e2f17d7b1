package h264_test

import (
	"bytes"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/g264/g264/h264"
	"github.com/g264/g264/internal/testenv"
	"github.com/g264/g264/internal/testvideo"
)

// stream is an encoded clip and what a decoder must make of it.
type stream struct {
	name   string
	config h264.Config
	units  []h264.AccessUnit // copies that own their NAL units; without Reconstruction
	bytes  []byte            // the byte stream (Annex B)
	recon  []byte            // planes Y, Cb, Cr of the cropped reconstruction, picture after picture
}

// rate is the frame rate of streams whose case doesn't say another.
var rate = h264.Rational{Num: 25, Den: 1}

// presets are those that a test goes through: all, or with -short the fastest
// and the slowest.
func presets() []string {
	all := h264.Presets()
	if testing.Short() {
		return []string{all[0], all[len(all)-1]}
	}
	return all
}

// picture wraps a frame for the encoder.
func picture(f testvideo.Frame, pts int64) *h264.Picture {
	return &h264.Picture{Y: f.Y, Cb: f.Cb, Cr: f.Cr, YStride: f.YStride, CStride: f.CStride, PTS: pts}
}

// configFor is cfg with the frames' size and chroma format, and a frame rate.
func configFor(cfg h264.Config, f testvideo.Frame) h264.Config {
	cfg.Width, cfg.Height = f.Width, f.Height
	cfg.Chroma = h264.Chroma444
	if f.Subsampled {
		cfg.Chroma = h264.Chroma420
	}
	if cfg.FrameRate == (h264.Rational{}) {
		cfg.FrameRate = rate
	}
	return cfg
}

// encode codes the frames with cfg, whose size and chroma format it fills in.
// PTS are picture numbers; edit, if not nil, may change a picture before it is
// coded.
func encode(tb testing.TB, name string, cfg h264.Config, frames []testvideo.Frame, edit func(i int, p *h264.Picture)) stream {
	tb.Helper()
	s := stream{name: name, config: configFor(cfg, frames[0])}
	enc, err := h264.NewEncoder(s.config)
	if err != nil {
		tb.Fatalf("%s: %v", name, err)
	}
	defer enc.Close()
	for i, f := range frames {
		p := picture(f, int64(i))
		if edit != nil {
			edit(i, p)
		}
		units, err := enc.Encode(p)
		if err != nil {
			tb.Fatalf("%s: picture %d: %v", name, i, err)
		}
		s.take(tb, units)
	}
	s.flush(tb, enc)
	if len(s.units) != len(frames) {
		tb.Fatalf("%s: %d access units for %d pictures", name, len(s.units), len(frames))
	}
	return s
}

// flush takes the access units that are left in an encoder.
func (s *stream) flush(tb testing.TB, enc *h264.Encoder) {
	tb.Helper()
	for {
		units, err := enc.Flush()
		if err != nil {
			tb.Fatalf("%s: flush: %v", s.name, err)
		}
		if len(units) == 0 {
			return
		}
		s.take(tb, units)
	}
}

// take copies access units, which the next call to the encoder overwrites.
func (s *stream) take(tb testing.TB, units []h264.AccessUnit) {
	tb.Helper()
	for _, au := range units {
		s.bytes = au.AppendAnnexB(s.bytes)
		own := au
		own.Reconstruction = nil
		own.NALs = nil
		for _, nal := range au.NALs {
			own.NALs = append(own.NALs, bytes.Clone(nal))
		}
		s.units = append(s.units, own)
		if !s.config.Reconstruction {
			continue
		}
		r := au.Reconstruction
		if r == nil {
			tb.Fatalf("%s: access unit %d has no reconstruction", s.name, len(s.units)-1)
		}
		for _, g := range s.planes() {
			plane, stride := [3][]uint8{r.Y, r.Cb, r.Cr}[g.index], r.YStride
			if g.index > 0 {
				stride = r.CStride
			}
			for y := 0; y < g.height; y++ {
				s.recon = append(s.recon, plane[y*stride:y*stride+g.width]...)
			}
		}
	}
}

// planeGeometry is where a plane stands among the bytes of a raw picture.
type planeGeometry struct{ index, offset, width, height int }

func (s *stream) planes() [3]planeGeometry {
	w, h := s.config.Width, s.config.Height
	cw, ch := w, h
	if s.config.Chroma == h264.Chroma420 {
		cw, ch = w/2, h/2
	}
	return [3]planeGeometry{{0, 0, w, h}, {1, w * h, cw, ch}, {2, w*h + cw*ch, cw, ch}}
}

func (s *stream) pictureBytes() int {
	last := s.planes()[2]
	return last.offset + last.width*last.height
}

// differences compares a decoder's raw output with the reconstruction and says
// where they part.
func (s *stream) differences(decoded []byte) error {
	if bytes.Equal(decoded, s.recon) {
		return nil
	}
	if len(decoded) != len(s.recon) {
		return fmt.Errorf("%d bytes decoded, want %d pictures of %d", len(decoded), len(s.units), s.pictureBytes())
	}
	count, first := 0, -1
	for i := range decoded {
		if decoded[i] != s.recon[i] {
			if count++; first < 0 {
				first = i
			}
		}
	}
	size := s.pictureBytes()
	for _, g := range s.planes() {
		at := first%size - g.offset
		if at < 0 || at >= g.width*g.height {
			continue
		}
		x, y := at%g.width, at/g.width
		mbWidth, mbHeight := 16, 16
		if g.index > 0 && s.config.Chroma == h264.Chroma420 {
			mbWidth, mbHeight = 8, 8
		}
		return fmt.Errorf("%d of %d samples differ; the first in picture %d plane %d at (%d,%d), macroblock (%d,%d): decoded %d, reconstruction has %d",
			count, len(decoded), first/size, g.index, x, y, x/mbWidth, y/mbHeight, decoded[first], s.recon[first])
	}
	return nil
}

// decodeExactly has ffmpeg decode the streams, joined to one, and requires
// that it complains of nothing and shows each stream's reconstruction, sample
// for sample in the stream's own pixel format. The streams must agree in size,
// chroma format and range, lest ffmpeg convert them to the first one's.
func decodeExactly(tb testing.TB, streams ...stream) {
	tb.Helper()
	if err := decode(testenv.Need(tb, "ffmpeg"), streams); err != nil {
		tb.Error(err)
	}
}

// smallOutput is what ffmpeg warns of when its raw output, not the stream, has
// fewer than 1000 bits per second.
const smallOutput = "The bitrate parameter is set too low. It takes bits/s as argument, not kbits/s\n"

func decode(ffmpeg string, streams []stream) error {
	var input bytes.Buffer
	names := make([]string, len(streams))
	for i, s := range streams {
		input.Write(s.bytes)
		names[i] = s.name
	}
	cmd := exec.Command(ffmpeg, "-nostdin", "-hide_banner", "-v", "warning", "-err_detect", "explode", "-threads", "1",
		"-probesize", "1G", "-f", "h264", "-i", "pipe:0", "-f", "rawvideo", "-fps_mode", "passthrough", "pipe:1")
	var decoded, messages bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &input, &decoded, &messages
	if err := cmd.Run(); err != nil {
		messages.WriteString(err.Error())
	}
	var errs []error
	if text := strings.ReplaceAll(messages.String(), smallOutput, ""); text != "" {
		errs = append(errs, fmt.Errorf("ffmpeg on %s: %s", strings.Join(names, ", "), firstLines(text, 6)))
	}
	rest := decoded.Bytes()
	for _, s := range streams {
		n := min(len(s.recon), len(rest))
		if err := s.differences(rest[:n]); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", s.name, err))
			return errors.Join(errs...) // the streams after it have moved
		}
		rest = rest[n:]
	}
	if len(rest) > 0 {
		errs = append(errs, fmt.Errorf("ffmpeg on %s: %d bytes decoded beyond the last picture", strings.Join(names, ", "), len(rest)))
	}
	return errors.Join(errs...)
}

func firstLines(text string, n int) string {
	lines := strings.SplitAfterN(text, "\n", n+1)
	return strings.Join(lines[:min(n, len(lines))], "")
}

// batch gathers streams of one pixel format and decodes them in few runs.
type batch struct {
	streams []stream
	size    int
}

// add takes a stream and decodes what has gathered when it grows large.
func (b *batch) add(tb testing.TB, s stream) {
	tb.Helper()
	b.streams = append(b.streams, s)
	if b.size += len(s.recon); b.size > 32<<20 {
		b.decode(tb)
	}
}

// decode checks what has gathered.
func (b *batch) decode(tb testing.TB) {
	tb.Helper()
	if len(b.streams) > 0 {
		decodeExactly(tb, b.streams...)
	}
	*b = batch{}
}
