package mux

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"testing"
	"time"
)

// spsFields is what the tests vary in a sequence parameter set.
type spsFields struct {
	profile, constraints, level uint8
	chroma, lumaBits, chromaBit uint // chroma_format_idc and bit depths minus 8; from High on
	widthMbs, heightMbs         uint
	cropRight, cropBottom       uint // in crop units
	reorders                    bool // pic_order_cnt_type 0
}

// nal builds a sequence parameter set (7.3.2.1.1 of H.264) bit by bit.
func (f spsFields) nal() []byte {
	var b bitString
	b.bits(uint(f.profile), 8)
	b.bits(uint(f.constraints), 8)
	b.bits(uint(f.level), 8)
	b.ue(0) // seq_parameter_set_id
	switch f.profile {
	case 100, 110, 122, 244:
		b.ue(f.chroma)
		if f.chroma == 3 {
			b.bits(0, 1) // separate_colour_plane_flag
		}
		b.ue(f.lumaBits)
		b.ue(f.chromaBit)
		b.bits(0, 2) // no transform bypass, no scaling matrices
	}
	b.ue(0) // log2_max_frame_num_minus4
	if f.reorders {
		b.ue(0) // pic_order_cnt_type
		b.ue(4) // log2_max_pic_order_cnt_lsb_minus4
	} else {
		b.ue(2) // pic_order_cnt_type
	}
	b.ue(1)      // max_num_ref_frames
	b.bits(0, 1) // gaps_in_frame_num_value_allowed_flag
	b.ue(f.widthMbs - 1)
	b.ue(f.heightMbs - 1)
	b.bits(3, 2) // frame_mbs_only_flag, direct_8x8_inference_flag
	if f.cropRight != 0 || f.cropBottom != 0 {
		b.bits(1, 1)
		b.ue(0)
		b.ue(f.cropRight)
		b.ue(0)
		b.ue(f.cropBottom)
	} else {
		b.bits(0, 1)
	}
	b.bits(0, 1) // no VUI
	return b.nal(0x67)
}

// bitString collects bits, one per byte.
type bitString []byte

func (b *bitString) bits(v uint, n int) {
	for n--; n >= 0; n-- {
		*b = append(*b, byte(v>>n&1))
	}
}

// ue appends an Exp-Golomb code (9.1 of H.264).
func (b *bitString) ue(v uint) {
	n := 0
	for v+1 > 2<<n-1 {
		n++
	}
	b.bits(0, n)
	b.bits(v+1, n+1)
}

// nal closes the RBSP and makes a NAL unit of it (7.3.1 of H.264).
func (b bitString) nal(header byte) []byte {
	b = append(b, 1)
	for len(b)%8 != 0 {
		b = append(b, 0)
	}
	nal, zeros := []byte{header}, 0
	for i := 0; i < len(b); i += 8 {
		var v byte
		for _, bit := range b[i : i+8] {
			v = v<<1 | bit
		}
		if zeros == 2 && v <= 3 {
			nal, zeros = append(nal, 3), 0
		}
		if nal = append(nal, v); v == 0 {
			zeros++
		} else {
			zeros = 0
		}
	}
	return nal
}

// testPPS is a picture parameter set with pic_init_qp 26 and all else off.
var testPPS = []byte{0x68, 0xce, 0x38, 0x80}

// baseline is a 4:2:0 stream of 192x108, as Constrained Baseline.
func baseline() spsFields {
	return spsFields{profile: 66, constraints: 0xc0, level: 11, widthMbs: 12, heightMbs: 7, cropBottom: 2}
}

// testTrack is a track of 24000/1001 frames per second.
func testTrack() Track {
	return Track{SPS: baseline().nal(), PPS: testPPS, Timescale: 24000,
		Colour: Colour{Primaries: 1, Transfer: 1, Matrix: 1}}
}

// nalUnit is a sample of one NAL unit of n bytes in all, at least five; seed
// varies the bytes.
func nalUnit(n int, key bool, seed int) []byte {
	data := make([]byte, n)
	binary.BigEndian.PutUint32(data, uint32(n-4))
	data[4] = 0x41
	if key {
		data[4] = 0x65
	}
	for i := 5; i < n; i++ {
		data[i] = byte(i*7 + seed*13 + 1)
	}
	return data
}

// constantRate is n samples of a constant frame rate, delta ticks each, with a
// key sample every keyInt, of sizes that differ.
func constantRate(n, keyInt int, delta int64) []Sample {
	samples := make([]Sample, n)
	for i := range samples {
		key := i%keyInt == 0
		size := 20 + i%9
		if key {
			size += 100
		}
		samples[i] = Sample{Data: nalUnit(size, key, i), PTS: int64(i) * delta, DTS: int64(i) * delta, Key: key}
	}
	return samples
}

// memoryFile is a file in memory.
type memoryFile struct {
	data []byte
	at   int64
}

func (m *memoryFile) Write(p []byte) (int, error) {
	if end := m.at + int64(len(p)); end > int64(len(m.data)) {
		m.data = append(m.data, make([]byte, end-int64(len(m.data)))...)
	}
	n := copy(m.data[m.at:], p)
	m.at += int64(n)
	return n, nil
}

func (m *memoryFile) Read(p []byte) (int, error) {
	if m.at >= int64(len(m.data)) {
		return 0, io.EOF
	}
	n := copy(p, m.data[m.at:])
	m.at += int64(n)
	return n, nil
}

func (m *memoryFile) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += m.at
	case io.SeekEnd:
		offset += int64(len(m.data))
	}
	if offset < 0 {
		return 0, errors.New("before the start")
	}
	m.at = offset
	return offset, nil
}

// muxAs is the file of a track and its samples in any layout.
func muxAs(tb testing.TB, track Track, o Options, samples []Sample) []byte {
	tb.Helper()
	file := &memoryFile{}
	w, err := NewWriter(file, track, o)
	if err != nil {
		tb.Fatal(err)
	}
	writeSamples(tb, w, samples)
	return file.data
}

// writeSamples gives samples to a writer and closes it.
func writeSamples(tb testing.TB, w *Writer, samples []Sample) {
	tb.Helper()
	for i, s := range samples {
		if err := w.WriteSample(s); err != nil {
			tb.Fatalf("sample %d: %v", i, err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
}

// layouts are all the ways to lay a file out.
var layouts = []struct {
	name string
	o    Options
}{
	{"progressive", Options{}},
	{"seekable, moov last", Options{Layout: Seekable}},
	{"seekable, space for moov", Options{Layout: Seekable, MoovSpace: 64 << 10}},
	{"seekable, too little space", Options{Layout: Seekable, MoovSpace: 10}},
	{"seekable, moved", Options{Layout: Seekable, FastStart: true}},
	{"seekable, moved for want of space", Options{Layout: Seekable, MoovSpace: 10, FastStart: true}},
	{"fragmented by GOP", Options{Layout: Fragmented}},
	{"fragmented by time", Options{Layout: Fragmented, FragmentDuration: 200 * time.Millisecond}},
	{"fragmented by frame, mfra", Options{Layout: Fragmented, FragmentDuration: 1, Index: Mfra}},
	{"fragmented, sidx", Options{Layout: Fragmented, Index: Sidx}},
}

// mustMux is the file of a track and its samples.
func mustMux(tb testing.TB, track Track, samples []Sample) []byte {
	tb.Helper()
	var buf bytes.Buffer
	w, err := NewWriter(&buf, track, Options{})
	if err != nil {
		tb.Fatal(err)
	}
	for i, s := range samples {
		if err := w.WriteSample(s); err != nil {
			tb.Fatalf("sample %d: %v", i, err)
		}
	}
	if buf.Len() != 0 {
		tb.Fatalf("%d bytes written before Close", buf.Len())
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}
