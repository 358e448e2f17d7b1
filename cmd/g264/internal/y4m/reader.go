package y4m

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// maxLine bounds a line of text, the stream's own or a frame's.
const maxLine = 1 << 16

// Frame holds the planes of a frame. Cb and Cr are empty in Mono.
type Frame struct {
	Y, Cb, Cr        []uint8
	YStride, CStride int
}

// Reader reads the frames of a stream.
type Reader struct {
	r      *bufio.Reader
	header Header
	buf    []uint8 // one frame, made at the first Read
	frames int     // read so far
}

// NewReader reads the header of a stream. Errors about its content wrap
// ErrFormat.
func NewReader(r io.Reader) (*Reader, error) {
	br := bufio.NewReaderSize(r, maxLine)
	line, err := readLine(br)
	if err != nil {
		return nil, fmt.Errorf("y4m: the header: %w", err)
	}
	h, err := parseHeader(string(line))
	if err != nil {
		return nil, err
	}
	return &Reader{r: br, header: h}, nil
}

// Header describes the stream.
func (r *Reader) Header() Header { return r.header }

// Read returns the next frame, whose planes are valid until the next call; at
// the end of the stream the error is io.EOF. A frame that ends early wraps
// io.ErrUnexpectedEOF.
func (r *Reader) Read() (Frame, error) {
	if r.buf == nil {
		r.buf = make([]uint8, r.header.FrameSize())
	}
	f := r.planes()
	if err := r.ReadInto(&f); err != nil {
		return Frame{}, err
	}
	return f, nil
}

// ReadInto is Read into planes of the caller's, which must have room.
func (r *Reader) ReadInto(f *Frame) error {
	line, err := readLine(r.r)
	if err == io.EOF {
		return err
	}
	if err != nil {
		return fmt.Errorf("y4m: the header of frame %d: %w", r.frames, err)
	}
	// What may follow the word describes interlaced fields or is a comment.
	if !bytes.Equal(line, []byte(frameMagic)) && !bytes.HasPrefix(line, []byte(frameMagic+" ")) {
		return fmt.Errorf("%w: frame %d begins with %.16q, want %q", ErrFormat, r.frames, line, frameMagic)
	}
	if n, err := r.readPlanes(f); err != nil {
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("y4m: frame %d holds %d of %d bytes: %w", r.frames, n, r.header.FrameSize(), err)
	}
	r.frames++
	return nil
}

// readPlanes reads the planes and returns the number of bytes.
func (r *Reader) readPlanes(f *Frame) (n int64, err error) {
	cw, ch := r.header.chromaSize()
	for _, p := range [3]struct {
		pix          []uint8
		stride, w, h int
	}{
		{f.Y, f.YStride, r.header.Width, r.header.Height}, {f.Cb, f.CStride, cw, ch}, {f.Cr, f.CStride, cw, ch},
	} {
		w, h := p.w, p.h
		if p.stride == w { // one row
			w, h = w*h, min(1, h)
		}
		for y := range h {
			got, err := io.ReadFull(r.r, p.pix[y*p.stride:][:w])
			if n += int64(got); err != nil {
				return n, err
			}
		}
	}
	return n, nil
}

func (r *Reader) planes() Frame {
	w, h := r.header.Width, r.header.Height
	cw, ch := r.header.chromaSize()
	y, c := w*h, cw*ch
	return Frame{
		Y: r.buf[:y:y], Cb: r.buf[y : y+c : y+c], Cr: r.buf[y+c:],
		YStride: w, CStride: cw,
	}
}

// readLine returns a line without its line feed; it is valid until the next
// read. The error is io.EOF only where nothing is left.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	switch {
	case err == nil:
		return line[:len(line)-1], nil
	case errors.Is(err, bufio.ErrBufferFull):
		return nil, fmt.Errorf("%w: no line feed in %d bytes, which begin with %.16q", ErrFormat, len(line), line)
	case err == io.EOF && len(line) > 0:
		return nil, fmt.Errorf("%w: %.16q has no line feed: %w", ErrFormat, line, io.ErrUnexpectedEOF)
	}
	return nil, err
}
