package y4m

import (
	"bufio"
	"io"
)

// Writer writes the frames of a stream.
type Writer struct {
	w      *bufio.Writer
	header Header
	err    error // the first one, returned ever after
}

// NewWriter writes the header of a stream.
func NewWriter(w io.Writer, h Header) (*Writer, error) {
	yw := &Writer{w: bufio.NewWriterSize(w, 1<<16), header: h}
	yw.put([]byte(h.String() + "\n"))
	return yw, yw.err
}

// Write appends a frame of the header's size and chroma format.
func (w *Writer) Write(f Frame) error {
	cw, ch := w.header.chromaSize()
	w.put([]byte(frameMagic + "\n"))
	w.plane(f.Y, f.YStride, w.header.Width, w.header.Height)
	w.plane(f.Cb, f.CStride, cw, ch)
	w.plane(f.Cr, f.CStride, cw, ch)
	return w.err
}

// Flush writes what is buffered; a stream ends with it.
func (w *Writer) Flush() error {
	if w.err == nil {
		w.err = w.w.Flush()
	}
	return w.err
}

func (w *Writer) plane(p []uint8, stride, width, height int) {
	for y := 0; y < height; y++ {
		w.put(p[y*stride:][:width])
	}
}

func (w *Writer) put(p []byte) {
	if w.err == nil {
		_, w.err = w.w.Write(p)
	}
}
