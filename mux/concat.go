package mux

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/Eyevinn/mp4ff/avc"
)

// ErrInput is the error of a file that can't be read or joined.
var ErrInput = errors.New("mux: invalid file")

// Concat joins files that g264 wrote, in any layout, without decoding them: each
// is shown after the one before, and decoding can start where each begins. So
// parts of a video can be encoded at the same time, each by an encoder of its
// own with the same options, and joined.
//
// All must have the same parameters; else an error that wraps ErrInput says what
// differs. The title and so on are those of o; a rotation is kept. Each picture
// is read when it is written: memory holds the tables of one file, those that o's
// layout needs, and one picture. (A Progressive file is written in a second pass,
// so its media isn't held.) idr_pic_id is changed where two IDR pictures that
// meet have the same.
func Concat(w io.Writer, o Options, files ...io.ReadSeeker) error {
	if len(files) == 0 {
		return ErrNoSamples
	}
	c := concat{files: files}
	first, err := c.open(0)
	if err != nil {
		return err
	}
	c.first = first
	if o.Metadata.Rotation == 0 {
		o.Metadata.Rotation = first.rotation
	}
	out, err := NewWriter(w, first.track, o)
	if err != nil {
		return err
	}
	if p, ok := out.layout.(*progressive); ok {
		return c.progressive(out, p)
	}
	err = c.pass(func(s *Sample, read func() error) error {
		if err := read(); err != nil {
			return err
		}
		return out.WriteSample(*s)
	})
	if err != nil {
		return err
	}
	return out.Close()
}

// concat is the files that are joined.
type concat struct {
	files []io.ReadSeeker
	first *input
	buf   []byte
}

// progressive makes the tables in one pass and copies the media in another.
func (c *concat) progressive(out *Writer, p *progressive) error {
	err := c.pass(func(s *Sample, read func() error) error {
		size := len(s.Data)
		if s.Key { // a changed one may need more bytes, or fewer
			if err := read(); err != nil {
				return err
			}
			size = len(s.Data)
		}
		if err := out.time.check(s); err != nil {
			return err
		}
		p.table.add(s, uint32(size))
		out.time.add(s)
		return nil
	})
	if err != nil {
		return err
	}
	p.copy = func() error {
		return c.pass(func(s *Sample, read func() error) error {
			if err := read(); err != nil {
				return err
			}
			return writeAll(p.dst, s.Data)
		})
	}
	return out.Close()
}

// open opens a file and compares it with the first.
func (c *concat) open(i int) (*input, error) {
	in, err := openInput(c.files[i])
	if err == nil && c.first != nil {
		err = in.sameAs(c.first)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: file %d: %w", ErrInput, i+1, err)
	}
	return in, nil
}

// pass calls f for every sample of all files. Data has its size in its file, and
// what stands in it once read has been called.
func (c *concat) pass(f func(s *Sample, read func() error) error) error {
	ids := idrJoiner{params: c.first.idr}
	var start int64 // of the file, in the presentation
	for i := range c.files {
		in, err := c.open(i)
		if err != nil {
			return err
		}
		end, err := c.file(in, i, start, &ids, f)
		if err != nil {
			return err
		}
		start = end
	}
	return nil
}

// file calls f for the samples of one file, which starts at a time, and returns
// when it ends.
func (c *concat) file(in *input, i int, start int64, ids *idrJoiner, f func(s *Sample, read func() error) error) (int64, error) {
	var failed error // not the file's fault
	var time timeline
	var last inputSample
	err := in.each(func(at inputSample) error {
		if time.samples == 0 && i > 0 && at.pts < 0 {
			return fmt.Errorf("pictures before its time 0, at %d: only the first file can have them", at.pts)
		}
		if cap(c.buf) < int(at.size) {
			c.buf = make([]byte, at.size+at.size/2)
		}
		s := Sample{
			Data: c.buf[:at.size], PTS: start + at.pts, DTS: start + at.dts, Duration: int64(at.duration), Key: at.key,
		}
		err := f(&s, func() (err error) {
			if err = in.read(s.Data, at.at); err == nil {
				err = checkData(s.Data)
			}
			if err == nil && s.Key {
				s.Data, err = ids.join(s.Data)
			}
			if err != nil {
				return &readError{err}
			}
			return nil
		})
		var read *readError
		switch {
		case err == nil:
			time.add(&s)
			last = at
		case !errors.As(err, &read) && !errors.Is(err, ErrSample):
			failed = err
		}
		return err
	})
	if failed != nil {
		return 0, failed
	}
	if err == nil && time.samples == 0 {
		err = ErrNoSamples
	}
	if err != nil {
		return 0, fmt.Errorf("%w: file %d: %w", ErrInput, i+1, err)
	}
	// The pictures are shown as long as they are decoded, and the last for a tick
	// at least.
	lasts := time.lastDTS - time.firstDTS + int64(last.duration)
	return max(time.firstPTS+lasts, time.maxPTS+1), nil
}

// readError is an error of a file that is read, among those of the output.
type readError struct{ error }

func (e *readError) Unwrap() error { return e.error }

// sameAs says in what a file differs from the first.
func (in *input) sameAs(first *input) error {
	a, b := &first.track, &in.track
	for _, field := range []struct {
		name        string
		first, here any
	}{
		{"timescale", a.Timescale, b.Timescale},
		{"width", a.Width, b.Width},
		{"height", a.Height, b.Height},
		{"colour", a.Colour, b.Colour},
		{"sample aspect", a.SampleAspect, b.SampleAspect},
		{"rotation", first.rotation, in.rotation},
	} {
		if field.first != field.here {
			return fmt.Errorf("%s is %v, and %v in the first", field.name, field.here, field.first)
		}
	}
	if !bytes.Equal(a.SPS, b.SPS) {
		return differentSPS(a.SPS, b.SPS)
	}
	if !bytes.Equal(a.PPS, b.PPS) {
		return fmt.Errorf("PPS is %x, and %x in the first", b.PPS, a.PPS)
	}
	return nil
}

// differentSPS names the first field in which two parameter sets differ.
func differentSPS(first, here []byte) error {
	a, err1 := avc.ParseSPSNALUnit(first, false)
	b, err2 := avc.ParseSPSNALUnit(here, false)
	if err1 == nil && err2 == nil {
		va, vb := reflect.ValueOf(*a), reflect.ValueOf(*b)
		for i := range va.NumField() {
			name := va.Type().Field(i).Name
			if x, y := va.Field(i).Interface(), vb.Field(i).Interface(); name[:2] != "Nr" && !reflect.DeepEqual(x, y) {
				return fmt.Errorf("SPS: %s is %v, and %v in the first", name, y, x)
			}
		}
		return fmt.Errorf("SPS: its VUI (frame rate, colour, reordering) is not that of the first")
	}
	return fmt.Errorf("SPS is %x, and %x in the first", here, first)
}
