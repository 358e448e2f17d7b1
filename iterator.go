package g264

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"
	"iter"
)

// EncodeAll encodes the images of an iterator and returns the file.
//
// Where the iterator yields an error, or a frame is refused, the frames before
// it are returned as a finished file together with the error, as io.ReadAll
// does; without any frame there is no file.
func EncodeAll(frames iter.Seq2[image.Image, error], o Options) ([]byte, error) {
	var file bytes.Buffer
	err := WriteAll(&file, frames, o)
	return file.Bytes(), err
}

// WriteAll encodes the images of an iterator and writes the file to w. Where
// the iterator yields an error, or a frame is refused, the frames before it are
// written as a finished file, and the error is returned.
func WriteAll(w io.Writer, frames iter.Seq2[image.Image, error], o Options) error {
	if frames == nil {
		return fmt.Errorf("%w: the iterator is nil", ErrFrame)
	}
	e, err := NewEncoder(w, o)
	if err != nil {
		return err
	}
	defer e.Abort() // if the iterator panics
	failed := encodeEach(e, frames)
	switch err := e.Close(); {
	case failed == nil:
		return err
	case err == nil || errors.Is(err, ErrNoFrames) || errors.Is(failed, err):
		return failed
	default:
		return errors.Join(failed, err)
	}
}

func encodeEach(e *Encoder, frames iter.Seq2[image.Image, error]) error {
	n := 0
	for img, err := range frames {
		if err != nil {
			return fmt.Errorf("g264: source of frames, after %d: %w", n, err)
		}
		if err := e.Encode(img); err != nil {
			return err
		}
		n++
	}
	return nil
}
