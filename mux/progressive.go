package mux

import (
	"fmt"
	"io"
	"math"

	"github.com/Eyevinn/mp4ff/bits"
	"github.com/Eyevinn/mp4ff/mp4"
)

// maxMoov bounds moov, and what is reserved for it.
const maxMoov = math.MaxInt32

// progressive is the layout that holds all until the end.
type progressive struct {
	dst   io.Writer
	desc  *description
	table sampleTable
	media store
	copy  func() error // writes the media in place of what was held
}

func (p *progressive) begin(_, _ int64) error { return nil }

func (p *progressive) add(s Sample) error {
	p.table.add(&s, uint32(len(s.Data)))
	p.media.append(s.Data)
	return nil
}

func (p *progressive) drop() { p.table, p.media = sampleTable{}, store{} }

// finish writes what stands before the media, then the media.
func (p *progressive) finish() error {
	p.table.finish()
	head, err := head(p.desc, &p.table)
	if err != nil {
		return err
	}
	grow(p.dst, uint64(len(head))+p.table.bytes)
	if err := writeAll(p.dst, head); err != nil {
		return err
	}
	if p.copy != nil {
		return p.copy()
	}
	for i, b := range p.media.blocks {
		if err := writeAll(p.dst, b); err != nil {
			return err
		}
		p.media.blocks[i] = nil // the collector may have it while others are written
	}
	return nil
}

// grow tells a writer that wants to know how much will come.
func grow(w io.Writer, size uint64) {
	if g, ok := w.(interface{ Grow(int) }); ok && size <= math.MaxInt {
		g.Grow(int(size))
	}
}

// head makes all that stands before the media: ftyp, moov and the header of
// mdat.
func head(d *description, t *sampleTable) ([]byte, error) {
	ftyp, mdat := fileType(), &mp4.MdatBox{}
	mdat.SetLazyDataSize(t.bytes)
	moov, err := t.movie(d, ftyp.Size()+mdat.HeaderSize(), true)
	if err != nil {
		return nil, err
	}
	return encodeBoxes(ftyp, moov, headerOf{mdat})
}

// headerOf is mdat without its media.
type headerOf struct{ *mp4.MdatBox }

func (h headerOf) Size() uint64 { return h.HeaderSize() }

// encodeBoxes makes bytes of boxes.
func encodeBoxes(boxes ...mp4.Box) ([]byte, error) {
	var size uint64
	for _, b := range boxes {
		size += b.Size()
	}
	sw := bits.NewFixedSliceWriter(int(size))
	for _, b := range boxes {
		if err := b.EncodeSW(sw); err != nil {
			return nil, fmt.Errorf("mux: %s: %w", b.Type(), err)
		}
	}
	return sw.Bytes(), sw.AccError()
}
