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
// orientation that a camera notes in a JPEG is not applied.
type stills struct {
	ctx   context.Context
	stdin *os.File
	paths []string
	index int          // of the next image in paths
	file  bytes.Buffer // the bytes of an image file

	first     image.Image // decoded to know its size, until it is fed
	firstName string
	size      image.Point // of all images
}

// openStills takes the first image opened; on success it has been closed.
func openStills(ctx context.Context, first *input, paths []string, stdin *os.File) (*stills, error) {
	s := &stills{ctx: ctx, stdin: stdin, paths: paths, firstName: first.name}
	img, err := s.decode(first)
	if err != nil {
		return nil, err
	}
	s.first, s.size = img, img.Bounds().Size()
	return s, first.Close()
}

func (s *stills) traits() traits {
	return traits{width: s.size.X, height: s.size.Y, frames: int64(len(s.paths))}
}

func (s *stills) next() (g264.Frame, error) {
	if s.index == len(s.paths) {
		return g264.Frame{}, io.EOF
	}
	img := s.first
	if s.index > 0 {
		var err error
		if img, err = s.open(s.paths[s.index]); err != nil {
			return g264.Frame{}, err
		}
	}
	s.index, s.first = s.index+1, nil
	return g264.Frame{Image: img}, nil
}

// open reads an image that is not the first.
func (s *stills) open(path string) (image.Image, error) {
	in, err := openInput(s.ctx, path, s.stdin)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	img, err := s.decode(in)
	if err != nil {
		return nil, err
	}
	if size := img.Bounds().Size(); size != s.size {
		return nil, fmt.Errorf("%s is %dx%d pixels, but %s is %dx%d; want one size for all images",
			in.name, size.X, size.Y, s.firstName, s.size.X, s.size.Y)
	}
	return img, nil
}

func (s *stills) decode(in *input) (image.Image, error) {
	if !in.isStill() {
		return nil, fmt.Errorf("%s is neither PNG nor JPEG", in.name)
	}
	decodeConfig, decode := png.DecodeConfig, png.Decode
	if in.startsWith(jpegMagic) {
		decodeConfig, decode = jpeg.DecodeConfig, jpeg.Decode
	}
	s.file.Reset()
	if _, err := s.file.ReadFrom(in); err != nil {
		return nil, naming(in, err)
	}
	config, err := decodeConfig(bytes.NewReader(s.file.Bytes()))
	if err != nil {
		return nil, naming(in, cutShort(err))
	}
	if int64(config.Width)*int64(config.Height) > maxPixels {
		return nil, fmt.Errorf("%s is %dx%d pixels, want %d at most", in.name, config.Width, config.Height, maxPixels)
	}
	img, err := decode(bytes.NewReader(s.file.Bytes()))
	if err != nil {
		return nil, naming(in, cutShort(err))
	}
	return img, nil
}

// cutShort says what an early end of an image means.
func cutShort(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		return fmt.Errorf("the image is cut short: %w", err)
	}
	return err
}

// Close has nothing to close: images are closed as they have been read.
func (s *stills) Close() error { return nil }
