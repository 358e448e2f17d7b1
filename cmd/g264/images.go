package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"slices"

	"github.com/g264/g264"
)

// The first bytes of still images.
const (
	pngMagic  = "\x89PNG\r\n\x1a\n"
	jpegMagic = "\xff\xd8"
)

// maxPixels bounds an image before it is decoded: more than the largest frame
// of H.264's last level.
const maxPixels = 1 << 26

func (in *input) isStill() bool { return in.startsWith(pngMagic) || in.startsWith(jpegMagic) }

// stills are PNG and JPEG images, a frame each, one at a time in memory. An
// input can be many PNG images one right after the other. An orientation that a
// camera notes in a JPEG is not applied.
type stills struct {
	ctx   context.Context
	stdin *os.File
	paths []string
	index int // in paths, of the input to open next

	in    *input // being read; nil: all of it has been
	count int    // of the images read from it
	photo bool   // the last one was a JPEG

	first     image.Image // decoded to know its size, until it is fed
	firstName string
	size      image.Point // of all images
}

// openStills takes the first input opened; on success it is the stills' to close.
func openStills(ctx context.Context, first *input, paths []string, stdin *os.File) (*stills, error) {
	s := &stills{ctx: ctx, stdin: stdin, paths: paths, index: 1, in: first, firstName: first.name}
	img, err := s.decode()
	if err != nil {
		return nil, err
	}
	s.first, s.size = img, img.Bounds().Size()
	return s, nil
}

func (s *stills) traits() traits {
	t := traits{width: s.size.X, height: s.size.Y, frames: int64(len(s.paths))}
	if slices.Contains(s.paths, "-") {
		t.frames = -1
	}
	return t
}

func (s *stills) next(lender) (g264.Frame, error) {
	img := s.first
	if img == nil {
		if err := s.advance(); err != nil {
			return g264.Frame{}, err
		}
		var err error
		if img, err = s.decode(); err != nil {
			return g264.Frame{}, err
		}
		if size := img.Bounds().Size(); size != s.size {
			return g264.Frame{}, fmt.Errorf("%s is %dx%d pixels, but %s is %dx%d; want one size for all images",
				s.name(), size.X, size.Y, s.firstName, s.size.X, s.size.Y)
		}
	}
	s.first = nil
	return g264.Frame{Image: img}, nil
}

// advance goes to the next image: of the input being read, or else of the next
// one. At the end of all it returns io.EOF.
func (s *stills) advance() error {
	if s.in != nil {
		more, err := s.more()
		if more || err != nil {
			return err
		}
		if err := s.Close(); err != nil {
			return err
		}
	}
	if s.index == len(s.paths) {
		return io.EOF
	}
	in, err := openInput(s.ctx, s.paths[s.index], s.stdin)
	if err != nil {
		return err
	}
	s.in, s.count, s.index = in, 0, s.index+1
	return nil
}

// more reports whether the input being read goes on with an image. Many cameras
// put previews and films behind the JPEG in a file, which are not frames; but
// what follows one on standard input was meant to be read.
func (s *stills) more() (bool, error) {
	if s.photo && !s.in.std {
		return false, nil
	}
	switch _, err := s.in.Peek(1); {
	case err == io.EOF:
		return false, nil
	case err != nil:
		return false, naming(s.in, err)
	case s.photo:
		return false, fmt.Errorf("%s goes on after a JPEG image; want PNG images there, or the JPEG images as files", s.in.name)
	case !s.in.isStill():
		return false, fmt.Errorf("%s goes on after %d PNG %s with something else; want another image or its end",
			s.in.name, s.count, plural(s.count, "image", "images"))
	}
	return true, nil
}

// name says which image of the input was read last.
func (s *stills) name() string {
	if s.count < 2 {
		return s.in.name
	}
	return fmt.Sprintf("image %d of %s", s.count, s.in.name)
}

// decode reads an image, and what comes after a PNG not at all.
func (s *stills) decode() (image.Image, error) {
	if !s.in.isStill() {
		return nil, fmt.Errorf("%s is neither PNG nor JPEG", s.in.name)
	}
	s.count, s.photo = s.count+1, s.in.startsWith(jpegMagic)
	failed := func(err error) error { return &namedError{s.name(), cutShort(err)} }

	// Package png reads no byte too many. Package jpeg does, unless it gets one
	// at a time.
	var in io.Reader = s.in
	decodeConfig, decode := png.DecodeConfig, png.Decode
	if s.photo {
		decodeConfig, decode = jpeg.DecodeConfig, jpeg.Decode
		if s.in.std {
			in = byteReader{s.in}
		}
	}
	var head bytes.Buffer // what knowing the size takes, to be read again
	config, err := decodeConfig(io.TeeReader(in, &head))
	if err != nil {
		return nil, failed(err)
	}
	if int64(config.Width)*int64(config.Height) > maxPixels {
		return nil, fmt.Errorf("%s is %dx%d pixels, want %d at most", s.name(), config.Width, config.Height, maxPixels)
	}
	img, err := decode(io.MultiReader(&head, in))
	if err != nil {
		return nil, failed(err)
	}
	return img, nil
}

// byteReader reads one byte at a time.
type byteReader struct{ io.Reader }

func (r byteReader) Read(p []byte) (int, error) { return r.Reader.Read(p[:min(len(p), 1)]) }

// cutShort says what an early end of an image means.
func cutShort(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return fmt.Errorf("the image is cut short: %w", err)
	}
	return err
}

// Close closes the input being read.
func (s *stills) Close() error {
	if s.in == nil {
		return nil
	}
	in := s.in
	s.in = nil
	return in.Close()
}
