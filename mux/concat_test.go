package mux

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	gomp4 "github.com/abema/go-mp4"
)

// idrUnit is a key sample of n bytes whose slice header (7.3.3 of H.264, with
// the fixture's SPS) has an idr_pic_id, with zeros behind it that need emulation
// prevention, and bytes of all kinds.
func idrUnit(n int, id uint, seed int) []byte {
	var b bitString
	b.ue(0)      // first_mb_in_slice
	b.ue(7)      // slice_type
	b.ue(0)      // pic_parameter_set_id
	b.bits(0, 4) // frame_num
	b.ue(id)
	b.bits(0, 40)
	for i := range n {
		b.bits(uint(i*7+seed*13)&0xff, 8)
	}
	nal := b.nal(0x65)
	return append(binary.BigEndian.AppendUint32(nil, uint32(len(nal))), nal...)
}

// part is n samples of a constant rate, key every keyInt with idr_pic_id 1 and 2
// by turns, as an encoder that begins anew has them.
func part(n, keyInt, seed int) []Sample {
	samples := constantRate(n, keyInt, 1001)
	for i := range samples {
		samples[i].Data = nalUnit(30+i%7, false, seed+i)
		if samples[i].Key {
			samples[i].Data = idrUnit(60, uint(1+i/keyInt%2), seed+i)
		}
		samples[i].Duration = 1001
	}
	return samples
}

// readIDs are the values of idr_pic_id in samples.
func readIDs(t *testing.T, samples []Sample) (ids []uint32) {
	t.Helper()
	p, err := readIDRParameters(baseline().nal())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range samples {
		if s.Key {
			id, _, err := p.find(unescape(nil, s.Data[4:]))
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
	}
	return ids
}

// Parts in every layout are joined to every layout: the samples of all, at times
// that go on, with idr_pic_id that differ.
func TestConcatJoinsEveryLayout(t *testing.T) {
	parts := [][]Sample{part(25, 10, 1), part(1, 1, 2), part(1, 1, 3), part(13, 4, 4), part(7, 7, 5)}
	var want []Sample
	var start int64
	for _, p := range parts {
		for _, s := range p {
			s.PTS, s.DTS = s.PTS+start, s.DTS+start
			want = append(want, s)
		}
		start += int64(len(p)) * 1001
	}
	track := testTrack()
	track.SampleAspect = Ratio{4, 3}
	for k, l := range layouts {
		var files []io.ReadSeeker
		for i, p := range parts {
			files = append(files, bytes.NewReader(muxAs(t, track, layouts[(k+i)%len(layouts)].o, p)))
		}
		out := &memoryFile{}
		if err := Concat(out, l.o, files...); err != nil {
			t.Fatalf("%s: %v", l.name, err)
		}
		boxes := parse(t, bytes.NewReader(out.data))
		got := readSamples(t, boxes)
		if len(got) != len(want) {
			t.Fatalf("%s: %d samples, want %d", l.name, len(got), len(want))
		}
		joined := slices.Clone(want)
		for i, g := range got {
			joined[i].Data = out.data[g.offset:][:g.size]
			if !want[i].Key && !bytes.Equal(joined[i].Data, want[i].Data) || g.key != want[i].Key {
				t.Errorf("%s: sample %d is another", l.name, i)
			}
		}
		checkSamples(t, out.data, boxes, joined)
		ids := readIDs(t, joined)
		for i := range ids[1:] {
			if ids[i] == ids[i+1] {
				t.Errorf("%s: idr_pic_id %v", l.name, ids)
				break
			}
		}
	}
}

// Joined files may be joined again, and a part alone stays as it is.
func TestConcatOfOneIsThatOne(t *testing.T) {
	for _, l := range layouts {
		file := muxAs(t, testTrack(), l.o, part(25, 10, 1))
		out := &memoryFile{}
		if err := Concat(out, l.o, bytes.NewReader(file)); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(out.data, file) {
			t.Errorf("%s: the file has changed", l.name)
		}
	}
}

// Only the bit that makes idr_pic_id another changes, emulation prevention apart.
func TestJoinChangesOneBit(t *testing.T) {
	p, err := readIDRParameters(baseline().nal())
	if err != nil {
		t.Fatal(err)
	}
	j := idrJoiner{params: p}
	data := idrUnit(100, 1, 3)
	two := append(bytes.Clone(data), data...) // two slices of a picture
	for i := range 5 {
		out, err := j.join(two)
		if err != nil {
			t.Fatal(err)
		}
		if changed := !bytes.Equal(out, two); changed != (i%2 == 1) {
			t.Errorf("picture %d changed: %v", i, changed)
		}
		_ = eachNAL(out, func(nal []byte) error {
			a, b := unescape(nil, data[4:]), unescape(nil, nal)
			bits := 0
			for k := range a {
				for x := a[k] ^ b[k]; x != 0; x &= x - 1 {
					bits++
				}
			}
			if len(a) != len(b) || bits != i%2 || !bytes.Equal(escape(nil, b), nal) {
				t.Errorf("picture %d: %d bits differ", i, bits)
			}
			return nil
		})
	}
	zeroWords := []byte{0x65, 1, 0, 0, 3, 0, 0, 3}
	if got := escape(nil, unescape(nil, zeroWords)); !bytes.Equal(got, zeroWords) {
		t.Errorf("cabac_zero_words become %x", got)
	}
}

func TestConcatRefusesWhatDiffers(t *testing.T) {
	samples := part(3, 3, 1)
	first := muxAs(t, testTrack(), Options{}, samples)
	with := func(f func(*Track, *Options)) []byte {
		track, o := testTrack(), Options{}
		f(&track, &o)
		return muxAs(t, track, o, samples)
	}
	early := slices.Clone(samples)
	for i := range early {
		early[i].PTS, early[i].DTS = early[i].PTS-1001, early[i].DTS-1001
	}
	odd := slices.Clone(samples)
	odd[0].Data = idrUnit(20, 7, 1)
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"timescale", with(func(tr *Track, _ *Options) { tr.Timescale = 25000 }), "timescale is 25000, and 24000 in the first"},
		{"colour", with(func(tr *Track, _ *Options) { tr.Colour.FullRange = true }), "colour is "},
		{"aspect", with(func(tr *Track, _ *Options) { tr.SampleAspect = Ratio{4, 3} }), "sample aspect is {4 3}, and {1 1}"},
		{"rotation", with(func(_ *Track, o *Options) { o.Metadata.Rotation = 90 }), "rotation is 90, and 0"},
		{"width", with(func(tr *Track, _ *Options) {
			s := baseline()
			s.widthMbs = 13
			tr.SPS = s.nal()
		}), "width is 208, and 192"},
		{"level", with(func(tr *Track, _ *Options) {
			s := baseline()
			s.level = 12
			tr.SPS = s.nal()
		}), "SPS: Level is 12, and 11 in the first"},
		{"PPS", with(func(tr *Track, _ *Options) { tr.PPS = []byte{0x68, 0xce, 0x3c, 0x80} }), "PPS is 68ce3c80"},
		{"before zero", muxAs(t, testTrack(), Options{}, early), "before its time 0"},
		{"nothing", nil, "there is no moov"},
		{"cut", first[:len(first)-1], "mdat"},
		{"text", []byte("this is no MP4 at all"), "bytes where"},
	} {
		for _, o := range []Options{{}, {Layout: Fragmented}} {
			err := Concat(io.Discard, o, bytes.NewReader(first), bytes.NewReader(c.file))
			if !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), "file 2: ") || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: %v, want %q", c.name, err, c.want)
			}
		}
	}
	twice := muxAs(t, testTrack(), Options{}, odd)
	if err := Concat(io.Discard, Options{}, bytes.NewReader(twice), bytes.NewReader(twice)); !errors.Is(err, ErrInput) || !strings.Contains(err.Error(), "idr_pic_id 7") {
		t.Errorf("idr_pic_id that is not ours: %v", err)
	}
	if err := Concat(io.Discard, Options{}); !errors.Is(err, ErrNoSamples) {
		t.Errorf("no files: %v", err)
	}
	boom := errors.New("boom")
	if err := Concat(&limitedWriter{limit: 700, err: boom}, Options{}, bytes.NewReader(first)); !errors.Is(err, boom) || errors.Is(err, ErrInput) {
		t.Errorf("a writer that fails: %v", err)
	}
}

func TestConcatKeepsTheRotation(t *testing.T) {
	file := muxAs(t, testTrack(), Options{Metadata: Metadata{Rotation: 180}}, part(3, 3, 1))
	out := &memoryFile{}
	if err := Concat(out, Options{Metadata: Metadata{Title: "both"}}, bytes.NewReader(file), bytes.NewReader(file)); err != nil {
		t.Fatal(err)
	}
	boxes := parse(t, bytes.NewReader(out.data))
	if tkhd, _ := find[*gomp4.Tkhd](t, boxes, "tkhd"); tkhd.Matrix[0] != -1<<16 {
		t.Errorf("matrix %v", tkhd.Matrix)
	}
	if title, at := find[*gomp4.Data](t, boxes, "(c)nam/data"); at.path == "" || string(title.Data) != "both" {
		t.Errorf("title %+v", title)
	}
}

// All samples together have no more bytes than the file: a small one has no end of
// them else.
func TestConcatRefusesSamplesThatOverlap(t *testing.T) {
	samples := constantRate(60, 1, 24000) // a chunk each
	for i := range samples {
		samples[i].Data = idrUnit(150, uint(1+i%2), 7)
	}
	file := muxAs(t, testTrack(), Options{}, samples)
	at := bytes.Index(file, []byte("stco")) + 12
	for i := 1; i < 60; i++ {
		copy(file[at+4*i:], file[at:at+4])
	}
	media := int(binary.BigEndian.Uint32(file[at:]))
	file = file[:media+len(samples[0].Data)] // mdat with one sample
	binary.BigEndian.PutUint32(file[media-8:], uint32(8+len(samples[0].Data)))
	if err := Concat(io.Discard, Options{}, bytes.NewReader(file)); !errors.Is(err, ErrInput) {
		t.Fatalf("60 samples in the bytes of one: %v", err)
	}
	whole := muxAs(t, testTrack(), Options{}, samples)
	long := int(binary.BigEndian.Uint32(whole[bytes.Index(whole, []byte("stsz"))+12:]))
	if err := Concat(io.Discard, Options{}, bytes.NewReader(whole)); err != nil || long != 60 {
		t.Errorf("%d samples apart: %v", long, err)
	}
}

// Gaps and uneven times are kept across the seam.
func TestConcatKeepsTimes(t *testing.T) {
	a, b := part(3, 3, 1), part(3, 3, 2)
	for i, at := range []int64{500, 900, 4000} {
		a[i].PTS, a[i].DTS, a[i].Duration = at, at, 70
		b[i].PTS, b[i].DTS, b[i].Duration = at-100, at-100, 30
	}
	for _, l := range layouts {
		out := &memoryFile{}
		err := Concat(out, l.o, bytes.NewReader(muxAs(t, testTrack(), l.o, a)), bytes.NewReader(muxAs(t, testTrack(), l.o, b)))
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, s := range readSamples(t, parse(t, bytes.NewReader(out.data))) {
			got = append(got, s.pts)
		}
		if want := []int64{500, 900, 4000, 4470, 4870, 7970}; !slices.Equal(got, want) {
			t.Errorf("%s: shown at %v, want %v", l.name, got, want)
		}
	}
}

// The memory that joining takes doesn't grow with the media.
func TestConcatHoldsNoMedia(t *testing.T) {
	const size = 1 << 20
	samples := part(8, 4, 1)
	for i := range samples {
		if samples[i].Key {
			samples[i].Data = idrUnit(size, 1+uint(i/4%2), 1)
		} else {
			samples[i].Data = nalUnit(size, false, 1)
		}
	}
	file := muxAs(t, testTrack(), Options{}, samples)
	for _, o := range []Options{{}, {Layout: Fragmented, FragmentDuration: time.Nanosecond}} {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		var files []io.ReadSeeker
		for range 8 {
			files = append(files, bytes.NewReader(file))
		}
		if err := Concat(io.Discard, o, files...); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		if grown := after.TotalAlloc - before.TotalAlloc; grown > 24<<20 {
			t.Errorf("%d MiB were allocated in all to join %d MiB", grown>>20, 8*len(file)>>20)
		}
	}
}

// limitedAllocs fails where reading a file allocates more than its size allows.
func limitedAllocs(t *testing.T, file []byte, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	if n, limit := after.TotalAlloc-before.TotalAlloc, uint64(1<<20+200*len(file)); n > limit {
		t.Fatalf("%d bytes allocated for a file of %d, want at most %d", n, len(file), limit)
	}
}

func FuzzConcat(f *testing.F) {
	samples := part(6, 3, 1)
	for _, l := range layouts {
		if l.o.MoovSpace < 1000 {
			f.Add(mustSeed(f, l.o, samples), uint8(l.o.Layout))
		}
	}
	f.Fuzz(func(t *testing.T, file []byte, layout uint8) {
		o := Options{Layout: Layout(layout % 3)}
		limitedAllocs(t, file, func() {
			err := Concat(&memoryFile{}, o, bytes.NewReader(file), bytes.NewReader(file))
			if err != nil && !errors.Is(err, ErrInput) && !errors.Is(err, ErrTrack) {
				t.Fatal(err)
			}
		})
	})
}

func mustSeed(f *testing.F, o Options, samples []Sample) []byte {
	file := &memoryFile{}
	w, err := NewWriter(file, testTrack(), o)
	if err != nil {
		f.Fatal(err)
	}
	writeSamples(f, w, samples)
	return file.data
}

// Every byte of a file's tables is broken in several ways: errors, no panic.
func TestConcatOfBrokenFiles(t *testing.T) {
	samples := part(6, 3, 1)
	for _, o := range []Options{{Metadata: Metadata{Title: "t"}}, {Layout: Fragmented, Index: Sidx}} {
		file := muxAs(t, testTrack(), o, samples)
		for i := range file {
			for _, v := range []byte{0, 1, 0x7f, 0x80, 0xff} {
				broken := bytes.Clone(file)
				broken[i] = v
				limitedAllocs(t, broken, func() {
					err := Concat(io.Discard, Options{}, bytes.NewReader(broken))
					if err != nil && !errors.Is(err, ErrInput) && !errors.Is(err, ErrTrack) && !strings.Contains(fmt.Sprint(err), "too large") {
						t.Fatalf("byte %d as %d: %v", i, v, err)
					}
				})
			}
			if err := Concat(io.Discard, Options{}, bytes.NewReader(file[:i])); err == nil && i > 0 && o.Layout != Fragmented {
				t.Fatalf("cut at byte %d of %d: no error", i, len(file))
			}
		}
	}
}
