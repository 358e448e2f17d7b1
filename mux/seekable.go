package mux

import (
	"errors"
	"fmt"
	"io"

	"github.com/Eyevinn/mp4ff/mp4"
)

// seekable is the layout that sends media out at once and goes back at the end.
//
//	ftyp, free (MoovSpace), mdat (its size still open)   begin
//	media                                                add
//	moov into free, or before mdat, or at the end        finish
type seekable struct {
	dst       io.WriteSeeker
	source    io.ReadSeeker // dst, with FastStart
	desc      *description
	table     sampleTable
	space     int64
	origin    int64 // where the file starts in dst
	mdatStart int64 // in the file, as what follows
	media     int64 // where the media starts
}

func newSeekable(w io.Writer, m *Writer, o Options) (layout, error) {
	dst, ok := w.(io.WriteSeeker)
	if !ok {
		return nil, fmt.Errorf("%w: Layout Seekable: a %T is no io.WriteSeeker", ErrOptions, w)
	}
	s := &seekable{dst: dst, desc: &m.desc, table: sampleTable{time: &m.time}, space: o.MoovSpace}
	if o.FastStart {
		if s.source, ok = w.(io.ReadSeeker); !ok {
			return nil, fmt.Errorf("%w: FastStart: a %T is no io.Reader", ErrOptions, w)
		}
	}
	var err error
	if s.origin, err = dst.Seek(0, io.SeekCurrent); err != nil {
		return nil, fmt.Errorf("mux: Layout Seekable: %w", err)
	}
	return s, nil
}

func (s *seekable) begin(_, _ int64) error {
	ftyp := fileType()
	boxes := []mp4.Box{ftyp}
	s.mdatStart = int64(ftyp.Size())
	if s.space > 0 {
		free := mp4.NewFreeBox(make([]byte, s.space))
		boxes = append(boxes, free)
		s.mdatStart += int64(free.Size())
	}
	mdat := openMdat(0)
	s.media = s.mdatStart + int64(mdat.Size())
	b, err := encodeBoxes(append(boxes, mdat)...)
	if err != nil {
		return err
	}
	return writeAll(s.dst, b)
}

// openMdat is the header of an mdat that may be of any size.
func openMdat(bytes uint64) mp4.Box {
	mdat := &mp4.MdatBox{LargeSize: true}
	mdat.SetLazyDataSize(bytes)
	return headerOf{mdat}
}

func (s *seekable) add(sample Sample) error {
	if err := writeAll(s.dst, sample.Data); err != nil {
		return err
	}
	s.table.add(&sample, uint32(len(sample.Data)))
	return nil
}

func (s *seekable) drop() { s.table = sampleTable{} }

func (s *seekable) finish() error {
	s.table.finish()
	if err := s.place(s.mdatStart, openMdat(s.table.bytes)); err != nil {
		return err
	}
	moov, err := s.table.movie(s.desc, uint64(s.media), false)
	if err != nil {
		return err
	}
	end := s.media + int64(s.table.bytes)
	room := s.space - int64(moov.Size())
	switch {
	case s.space > 0 && room >= 0:
		// What remains is free again: a header for it is there beside the space.
		free := mp4.NewFreeBox(make([]byte, room))
		if err := s.place(s.mdatStart-s.space-freeHeader, moov, free); err != nil {
			return err
		}
		return s.seek(end)
	case s.source != nil:
		return s.moveMedia(end)
	}
	return s.place(end, moov)
}

// freeHeader is the size of an empty free box.
const freeHeader = 8

// moveMedia puts moov before mdat, which ends the file. Offsets that are larger
// then may need more bytes.
func (s *seekable) moveMedia(end int64) error {
	moov, err := s.table.movie(s.desc, uint64(s.media), true)
	if err != nil {
		return err
	}
	size := int64(moov.Size())
	if err := s.move(s.mdatStart, end, size); err != nil {
		return err
	}
	if err := s.place(s.mdatStart, moov); err != nil {
		return err
	}
	return s.seek(end + size)
}

// move shifts the bytes of the file from start to end by a number of bytes, the
// last first.
func (s *seekable) move(start, end, by int64) error {
	buf := make([]byte, min(1<<20, end-start))
	for end > start {
		n := min(int64(len(buf)), end-start)
		end -= n
		if err := s.seek(end); err != nil {
			return err
		}
		if _, err := io.ReadFull(s.source, buf[:n]); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return fmt.Errorf("mux: FastStart: reading: %w", err)
		}
		if err := s.writeAt(buf[:n], end+by); err != nil {
			return err
		}
	}
	return nil
}

// place writes boxes at a byte of the file.
func (s *seekable) place(at int64, boxes ...mp4.Box) error {
	b, err := encodeBoxes(boxes...)
	if err != nil {
		return err
	}
	return s.writeAt(b, at)
}

func (s *seekable) seek(at int64) error {
	if _, err := s.dst.Seek(s.origin+at, io.SeekStart); err != nil {
		return fmt.Errorf("mux: seeking: %w", err)
	}
	return nil
}

func (s *seekable) writeAt(p []byte, at int64) error {
	if err := s.seek(at); err != nil {
		return err
	}
	return writeAll(s.dst, p)
}
