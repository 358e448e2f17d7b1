package mux

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"testing"

	"github.com/Eyevinn/mp4ff/mp4"
	gomp4 "github.com/abema/go-mp4"
)

// markSink takes a file of any size, keeps what comes before the media, and
// notes where each block lies that starts with a mark.
type markSink struct {
	head  []byte
	size  uint64
	marks []uint64
}

const mark = 0x6d61726b5f5f5f5f

func (s *markSink) Write(p []byte) (int, error) {
	if s.size == 0 {
		s.head = bytes.Clone(p)
	} else if binary.BigEndian.Uint64(p) == mark {
		s.marks = append(s.marks, s.size)
	}
	s.size += uint64(len(p))
	return len(p), nil
}

// TestFileBeyond4GiB writes a real file of 6 GiB, through a Writer whose media
// blocks are the same two buffers again and again: 20 samples of 300 MiB.
func TestFileBeyond4GiB(t *testing.T) {
	const samples, blocks, blockLen = 20, 300, 1 << 20
	first, other := make([]byte, blockLen), make([]byte, blockLen)
	binary.BigEndian.PutUint64(first, mark)
	var sink markSink
	w, err := NewWriter(&sink, testTrack(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := w.layout.(*progressive)
	for i := range int64(samples) {
		s := Sample{PTS: 12000 * i, DTS: 12000 * i, Key: i == 0}
		p.table.add(&s, blocks*blockLen)
		w.time.add(&s)
		p.media.blocks = append(p.media.blocks, first)
		for range blocks - 1 {
			p.media.blocks = append(p.media.blocks, other)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	boxes := parse(t, bytes.NewReader(sink.head))
	if _, at := find[*gomp4.Co64](t, boxes, "moov/trak/mdia/minf/stbl/co64"); at.path == "" {
		t.Error("no co64")
	}
	if _, at := find[*gomp4.Stco](t, boxes, "stco"); at.path != "" {
		t.Error("stco as well as co64")
	}
	mdat := boxes[len(boxes)-1]
	if mdat.path != "mdat" || mdat.header != 16 || mdat.offset+mdat.header != uint64(len(sink.head)) ||
		mdat.size != 16+samples*blocks*blockLen || mdat.offset+mdat.size != sink.size {
		t.Errorf("mdat of %d bytes with a header of %d at %d of %d", mdat.size, mdat.header, mdat.offset, sink.size)
	}
	read := readSamples(t, boxes)
	if len(read) != samples || len(sink.marks) != samples {
		t.Fatalf("%d samples in the tables, %d in the file", len(read), len(sink.marks))
	}
	for i, s := range read {
		if s.offset != sink.marks[i] || s.size != blocks*blockLen {
			t.Errorf("sample %d: %d bytes at %d, but it lies at %d", i, s.size, s.offset, sink.marks[i])
		}
	}
}

// headOf is the file before its media, for samples of which only the sizes exist.
func headOf(t *testing.T, sizes ...uint32) []byte {
	t.Helper()
	w, err := NewWriter(io.Discard, testTrack(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := w.layout.(*progressive)
	for i, size := range sizes {
		s := Sample{PTS: int64(i) * 24000, DTS: int64(i) * 24000, Key: true}
		p.table.add(&s, size)
		w.time.add(&s)
	}
	p.table.finish()
	b, err := head(&w.desc, &p.table)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestOffsetsAndMdatHeaderGrowExactlyWhereNeeded(t *testing.T) {
	const (
		mdatMax = math.MaxUint32 - 8 // what a header with a 32-bit size can hold
		small   = 100
	)
	start := uint32(len(headOf(t, small, small)))
	for _, c := range []struct {
		name   string
		sizes  []uint32
		co64   bool
		header uint64
	}{
		{"small", []uint32{small, small}, false, 8},
		{"last offset 2^32-1", []uint32{math.MaxUint32 - start, 1}, false, 8},
		{"last offset 2^32", []uint32{math.MaxUint32 - start + 1, 1}, true, 8},
		{"largest mdat of 32 bits", []uint32{small, mdatMax - small}, false, 8},
		{"mdat beyond 32 bits, offsets not", []uint32{small, mdatMax - small + 1}, false, 16},
		{"largest samples", []uint32{math.MaxUint32, math.MaxUint32, math.MaxUint32}, true, 16},
	} {
		b := headOf(t, c.sizes...)
		boxes := parse(t, bytes.NewReader(b))
		mdat := boxes[len(boxes)-1]
		if mdat.header != c.header || mdat.offset+mdat.header != uint64(len(b)) {
			t.Errorf("%s: mdat header of %d bytes, want %d", c.name, mdat.header, c.header)
		}
		if _, at := find[*gomp4.Co64](t, boxes, "co64"); (at.path != "") != c.co64 {
			t.Errorf("%s: co64 %v, want %v", c.name, at.path != "", c.co64)
		}
		offset := uint64(len(b))
		for i, s := range readSamples(t, boxes) {
			if s.offset != offset || s.size != c.sizes[i] {
				t.Errorf("%s: sample %d of %d bytes at %d, want %d at %d", c.name, i, s.size, s.offset, c.sizes[i], offset)
			}
			offset += uint64(s.size)
		}
		if mdat.offset+mdat.size != offset {
			t.Errorf("%s: mdat ends at %d, the samples at %d", c.name, mdat.offset+mdat.size, offset)
		}
	}
}

func TestMP4FFReadsLargeOffsets(t *testing.T) {
	b := headOf(t, math.MaxUint32, math.MaxUint32, 7)
	file, err := mp4.DecodeFile(bytes.NewReader(b), mp4.WithDecodeMode(mp4.DecModeLazyMdat))
	if err != nil {
		t.Fatal(err)
	}
	offset, err := file.Moov.Trak.Mdia.Minf.Stbl.Co64.GetOffset(3)
	if err != nil || offset != uint64(len(b))+2*math.MaxUint32 {
		t.Errorf("the third chunk is at %d (error %v), want %d", offset, err, uint64(len(b))+2*math.MaxUint32)
	}
	if got := file.Mdat.GetLazyDataSize(); got != 2*math.MaxUint32+7 {
		t.Errorf("mdat holds %d bytes", got)
	}
}
