package mux

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/Eyevinn/mp4ff/mp4"
	gomp4 "github.com/abema/go-mp4"
)

// sampleSets are sequences of every kind of time.
func sampleSets() map[string][]Sample {
	long := constantRate(60, 12, 1001)
	said := constantRate(60, 12, 1001)
	for i := range said {
		said[i].Duration, said[i].Certain = 1001, true
	}
	uneven := unevenKeys(40)
	for i := range uneven {
		uneven[i].Key = i%7 == 0
	}
	late := constantRate(30, 10, 1001)
	early := constantRate(30, 10, 1001)
	reordered := timed([2]int64{0, -2}, [2]int64{3, -1}, [2]int64{1, 0}, [2]int64{2, 1}, [2]int64{6, 2}, [2]int64{4, 3}, [2]int64{5, 4})
	for i := range late {
		late[i].PTS, late[i].DTS = late[i].PTS+90000, late[i].DTS+90000
		early[i].PTS, early[i].DTS = early[i].PTS-5005, early[i].DTS-5005
	}
	return map[string][]Sample{
		"constant": long, "certain": said, "uneven": uneven, "late": late, "before zero": early,
		"reordered": reordered, "all key": constantRate(30, 1, 1001), "one": constantRate(1, 1, 1),
	}
}

// In every layout go-mp4 and mp4ff read the samples that were written, at their
// times.
func TestEveryLayoutHoldsTheSamples(t *testing.T) {
	for _, l := range layouts {
		for name, samples := range sampleSets() {
			t.Run(l.name+"/"+name, func(t *testing.T) {
				file := muxAs(t, testTrack(), l.o, samples)
				checkSamples(t, file, parse(t, bytes.NewReader(file)), samples)
				decoded, err := mp4.DecodeFile(bytes.NewReader(file))
				if err != nil {
					t.Fatal(err)
				}
				if n := countMP4FF(decoded); n != len(samples) {
					t.Errorf("mp4ff reads %d samples of %d", n, len(samples))
				}
				var again bytes.Buffer
				decoded.FragEncMode = mp4.EncModeBoxTree
				if err := decoded.Encode(&again); err != nil {
					t.Fatal(err)
				}
				if !bytes.Equal(again.Bytes(), file) {
					t.Error("what mp4ff read it writes otherwise")
				}
			})
		}
	}
}

func countMP4FF(f *mp4.File) (n int) {
	if !f.IsFragmented() {
		return int(f.Moov.Trak.GetNrSamples())
	}
	for _, s := range f.Segments {
		for _, fragment := range s.Fragments {
			n += int(fragment.Moof.Traf.Trun.SampleCount())
		}
	}
	return n
}

func TestEveryFragmentBoxIsAsGoMP4ReadsIt(t *testing.T) {
	samples := constantRate(5, 3, 1001)
	file := muxAs(t, testTrack(), Options{Layout: Fragmented, Index: Mfra}, samples)
	boxes := parse(t, bytes.NewReader(file))
	var sizes [][]gomp4.TrunEntry
	for i, s := range samples {
		if i%3 == 0 {
			sizes = append(sizes, nil)
		}
		last := len(sizes) - 1
		sizes[last] = append(sizes[last], gomp4.TrunEntry{SampleSize: uint32(len(s.Data))})
	}
	trun := func(entries []gomp4.TrunEntry) *gomp4.Trun {
		return &gomp4.Trun{FullBox: gomp4.FullBox{Version: 1, Flags: [3]byte{0, 2, 5}}, SampleCount: uint32(len(entries)),
			DataOffset: int32(8 + 16 + 8 + 24 + 16 + 24 + 4*len(entries) + 8), FirstSampleFlags: flagsKey, Entries: entries}
	}
	tfhd := &gomp4.Tfhd{FullBox: gomp4.FullBox{Flags: [3]byte{2, 0, 0x28}}, TrackID: 1, DefaultSampleDuration: 1001, DefaultSampleFlags: flagsInter}
	var moofs []uint32
	for _, b := range boxes {
		if b.path == "moof" {
			moofs = append(moofs, uint32(b.offset))
		}
	}
	want := []struct {
		path string
		box  gomp4.IBox
	}{
		{"ftyp", &gomp4.Ftyp{MajorBrand: [4]byte{'m', 'p', '4', '2'}, CompatibleBrands: brands("mp42", "iso6", "cmfc", "cmf2")}},
		{"moov/mvhd", &gomp4.Mvhd{Timescale: 24000, Rate: 0x10000, Volume: 0x100, Matrix: unityMatrix, NextTrackID: 2}},
		{"moov/trak/tkhd", &gomp4.Tkhd{FullBox: withFlags(7), TrackID: 1, Matrix: unityMatrix, Width: 192 << 16, Height: 108 << 16}},
		{"moov/trak/mdia/mdhd", &gomp4.Mdhd{Timescale: 24000, Language: [3]byte{'u' - 0x60, 'n' - 0x60, 'd' - 0x60}}},
		{"moov/trak/mdia/minf/stbl/stts", &gomp4.Stts{Entries: []gomp4.SttsEntry{}}},
		{"moov/trak/mdia/minf/stbl/stsc", &gomp4.Stsc{Entries: []gomp4.StscEntry{}}},
		{"moov/trak/mdia/minf/stbl/stsz", &gomp4.Stsz{EntrySize: []uint32{}}},
		{"moov/trak/mdia/minf/stbl/stco", &gomp4.Stco{ChunkOffset: []uint32{}}},
		{"moov/mvex/trex", &gomp4.Trex{TrackID: 1, DefaultSampleDescriptionIndex: 1, DefaultSampleFlags: flagsInter}},
		{"moof/mfhd", &gomp4.Mfhd{SequenceNumber: 1}},
		{"moof/traf/tfhd", tfhd},
		{"moof/traf/tfdt", &gomp4.Tfdt{}},
		{"moof/traf/trun", trun(sizes[0])},
		{"moof/mfhd", &gomp4.Mfhd{SequenceNumber: 2}},
		{"moof/traf/tfhd", tfhd},
		{"moof/traf/tfdt", &gomp4.Tfdt{BaseMediaDecodeTimeV0: 3003}},
		{"moof/traf/trun", trun(sizes[1])},
		{"mfra/tfra", &gomp4.Tfra{TrackID: 1, NumberOfEntry: 2, Entries: []gomp4.TfraEntry{
			{MoofOffsetV0: moofs[0], TrafNumber: 1, TrunNumber: 1, SampleNumber: 1},
			{TimeV0: 3003, MoofOffsetV0: moofs[1], TrafNumber: 1, TrunNumber: 1, SampleNumber: 1}}}},
		{"mfra/mfro", &gomp4.Mfro{Size: 8 + 24 + 2*11 + 16}},
	}
	at := 0
	for _, b := range boxes {
		if at < len(want) && b.path == want[at].path {
			if !reflect.DeepEqual(b.box, want[at].box) {
				t.Errorf("%s is\n%+v, want\n%+v", b.path, b.box, want[at].box)
			}
			at++
		}
	}
	if at != len(want) {
		t.Errorf("%s is not there", want[at].path)
	}
}

// cuts are the lengths in samples of a file's fragments.
func cuts(t *testing.T, file []byte) (n []int) {
	t.Helper()
	for _, b := range parse(t, bytes.NewReader(file)) {
		if trun, ok := b.box.(*gomp4.Trun); ok {
			n = append(n, int(trun.SampleCount))
		}
	}
	return n
}

func TestFragmentsEndWhereTheyShould(t *testing.T) {
	at25 := func(keyInt int) []Sample { // 40 ms each
		s := constantRate(30, keyInt, 960)
		for i := range s {
			s[i].Duration, s[i].Certain = 960, true
		}
		return s
	}
	gap := constantRate(6, 6, 960)
	for i := 3; i < 6; i++ {
		gap[i].PTS, gap[i].DTS = gap[i].PTS+1<<31, gap[i].DTS+1<<31
	}
	for _, c := range []struct {
		name     string
		samples  []Sample
		duration time.Duration
		want     []int
	}{
		{"groups of pictures", at25(12), 0, []int{12, 12, 6}},
		{"a frame", at25(12), time.Nanosecond, []int{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}},
		{"200 ms", at25(12), 200 * time.Millisecond, []int{5, 5, 2, 5, 5, 2, 5, 1}},
		{"210 ms", at25(30), 210 * time.Millisecond, []int{6, 6, 6, 6, 6}},
		{"groups that fit", at25(3), 300 * time.Millisecond, []int{6, 6, 6, 6, 6}},
		{"every frame key", at25(1), 400 * time.Millisecond, []int{10, 10, 10}},
		{"not certain", constantRate(12, 12, 960), 200 * time.Millisecond, []int{5, 5, 2}},
		{"a long gap", gap, 0, []int{3, 3}},
	} {
		file := muxAs(t, testTrack(), Options{Layout: Fragmented, FragmentDuration: c.duration}, c.samples)
		if got := cuts(t, file); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: fragments of %v samples, want %v", c.name, got, c.want)
		}
		checkSamples(t, file, parse(t, bytes.NewReader(file)), c.samples)
	}
}

// A fragment is written, and flushed, as soon as it is known to be complete.
func TestFragmentsLeaveAtOnce(t *testing.T) {
	var f flushed
	samples := constantRate(7, 3, 960)
	for i := range samples {
		samples[i].Duration, samples[i].Certain = 960, i > 3
	}
	w, err := NewWriter(&f, testTrack(), Options{Layout: Fragmented, FragmentDuration: time.Nanosecond})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Begin(); err != nil {
		t.Fatal(err)
	}
	if f.Len() == 0 || f.Len() != f.flushed {
		t.Fatalf("%d bytes written at the beginning, %d flushed", f.Len(), f.flushed)
	}
	head := f.Len()
	for i, s := range samples {
		if err := w.WriteSample(s); err != nil {
			t.Fatal(err)
		}
		media := 0
		for _, out := range samples[:i] {
			media += len(out.Data)
		}
		if s.Certain {
			media += len(s.Data)
		}
		fragments := bytes.Count(f.Bytes(), []byte("moof"))
		if f.flushed != f.Len() || f.flushed != head+media+104*fragments {
			t.Errorf("after sample %d: %d bytes written, %d flushed, %d of media due", i, f.Len(), f.flushed, media)
		}
	}
}

// flushed notes how many bytes were there when Flush was called last.
type flushed struct {
	bytes.Buffer
	flushed int
}

func (f *flushed) Flush() { f.flushed = f.Len() }

func TestSidxDescribesEachFragment(t *testing.T) {
	samples := constantRate(9, 4, 1001)
	file := muxAs(t, testTrack(), Options{Layout: Fragmented, Index: Sidx}, samples)
	boxes := parse(t, bytes.NewReader(file))
	n := 0
	for i, b := range boxes {
		sidx, ok := b.box.(*gomp4.Sidx)
		if !ok {
			continue
		}
		if boxes[i-1].path != "styp" || boxes[i+1].path != "moof" {
			t.Errorf("sidx stands between %s and %s", boxes[i-1].path, boxes[i+1].path)
		}
		end := uint64(len(file))
		for _, next := range boxes[i+1:] {
			if next.path == "styp" {
				end = next.offset
				break
			}
		}
		duration := uint32(4 * 1001)
		if n == 2 {
			duration = 1001
		}
		want := []gomp4.SidxReference{{ReferencedSize: uint32(end - b.offset - b.size), SubsegmentDuration: duration, StartsWithSAP: true, SAPType: 1}}
		if !reflect.DeepEqual(sidx.References, want) || sidx.GetEarliestPresentationTime() != uint64(n*4004) || sidx.Timescale != 24000 {
			t.Errorf("sidx %d: %+v, want %+v", n, sidx, want)
		}
		n++
	}
	if n != 3 {
		t.Errorf("%d sidx boxes, want 3", n)
	}
}

func TestSegmentsAreHandedOut(t *testing.T) {
	samples := constantRate(50, 5, 960) // groups of 200 ms
	for _, c := range []struct {
		name    string
		o       Options
		lengths []time.Duration // in ms
		key     []bool
	}{
		{"groups of pictures", Options{}, []time.Duration{200, 200, 200, 200, 200, 200, 200, 200, 200, 200}, nil},
		{"half a second", Options{SegmentDuration: 500 * time.Millisecond}, []time.Duration{600, 600, 600, 200}, nil},
		{"half a second with an index", Options{SegmentDuration: 500 * time.Millisecond, Index: Sidx}, []time.Duration{600, 600, 600, 200}, nil},
		{"chunks in segments", Options{SegmentDuration: 600 * time.Millisecond, FragmentDuration: 80 * time.Millisecond}, []time.Duration{600, 600, 600, 200}, nil},
		{"chunks", Options{FragmentDuration: 120 * time.Millisecond},
			[]time.Duration{120, 80, 120, 80, 120, 80, 120, 80, 120, 80, 120, 80, 120, 80, 120, 80, 120, 80, 120, 80},
			[]bool{true, false, true, false, true, false, true, false, true, false, true, false, true, false, true, false, true, false, true, false}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var stream []byte
			var segments []Segment
			w, err := NewSegmenter(func(s Segment) error {
				stream = append(stream, s.Data...)
				s.Data = bytes.Clone(s.Data)
				segments = append(segments, s)
				return nil
			}, testTrack(), c.o)
			if err != nil {
				t.Fatal(err)
			}
			writeSamples(t, w, samples)
			checkSamples(t, stream, parse(t, bytes.NewReader(stream)), samples)
			if segments[0].Number != 0 || segments[0].Name != "init.mp4" || !bytes.Contains(segments[0].Data, []byte("moov")) {
				t.Errorf("the first piece is %d, %s", segments[0].Number, segments[0].Name)
			}
			at := time.Duration(0)
			if len(segments) != len(c.lengths)+1 {
				t.Fatalf("%d segments, want %d", len(segments)-1, len(c.lengths))
			}
			for i, s := range segments[1:] {
				key := c.key == nil || c.key[i]
				if s.Number != i+1 || s.Start != at || s.Duration != c.lengths[i]*time.Millisecond || s.Key != key {
					t.Errorf("segment %d: number %d from %v for %v, key %v", i+1, s.Number, s.Start, s.Duration, s.Key)
				}
				if string(s.Data[4:8]) != "styp" || bytes.Count(s.Data, []byte("styp")) != 1 {
					t.Errorf("segment %d begins with %q", i+1, s.Data[4:8])
				}
				at += s.Duration
			}
			if c.o.Index == Sidx {
				checkSegmentIndex(t, segments[1:])
			}
			// A viewer may begin at any segment with Key.
			last := segments[len(segments)-1]
			if c.key == nil {
				late := append(bytes.Clone(segments[0].Data), last.Data...)
				if f, err := mp4.DecodeFile(bytes.NewReader(late)); err != nil || len(f.Segments) == 0 {
					t.Errorf("the last segment by itself: %v", err)
				}
			}
		})
	}
}

// checkSegmentIndex holds the index of each segment to its fragments.
func checkSegmentIndex(t *testing.T, segments []Segment) {
	t.Helper()
	for i, s := range segments {
		var sidx *gomp4.Sidx
		var sizes []uint64
		for _, b := range parse(t, bytes.NewReader(s.Data)) {
			switch {
			case b.path == "sidx":
				sidx = b.box.(*gomp4.Sidx)
			case b.path == "moof":
				sizes = append(sizes, b.size)
			case b.path == "mdat":
				sizes[len(sizes)-1] += b.size
			}
		}
		if sidx == nil || len(sidx.References) != len(sizes) || sidx.GetEarliestPresentationTime() != uint64(s.Start*24000/time.Second) {
			t.Fatalf("segment %d: index %+v of %d fragments", i+1, sidx, len(sizes))
		}
		for k, ref := range sidx.References {
			if uint64(ref.ReferencedSize) != sizes[k] || ref.SubsegmentDuration != 5*960 || !ref.StartsWithSAP || ref.SAPType != 1 {
				t.Errorf("segment %d, fragment %d of %d bytes: %+v", i+1, k, sizes[k], ref)
			}
		}
	}
}

func TestErrorOfTheSinkStops(t *testing.T) {
	boom, calls := errors.New("boom"), 0
	w, err := NewSegmenter(func(s Segment) error {
		if calls++; s.Number == 2 {
			return boom
		}
		return nil
	}, testTrack(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	var first error
	for _, s := range constantRate(20, 5, 960) {
		if err := w.WriteSample(s); err != nil && first == nil {
			first = err
		} else if err != first {
			t.Fatalf("then %v", err)
		}
	}
	if !errors.Is(first, boom) || !strings.Contains(first.Error(), "segment00002.m4s") || w.Close() != first || calls != 3 {
		t.Errorf("error %v after %d calls, Close returns %v", first, calls, w.Close())
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, c := range []struct {
		o    Options
		want string
	}{
		{Options{Layout: 3}, "Layout 3"},
		{Options{Layout: Fragmented, Index: 9}, "Index 9"},
		{Options{Layout: Fragmented, FragmentDuration: -1}, "FragmentDuration -1ns"},
		{Options{FragmentDuration: 1}, "FragmentDuration 1ns"},
		{Options{Layout: Fragmented, SegmentDuration: 1}, "SegmentDuration 1ns: only a Segmenter"},
		{Options{Layout: Fragmented, SegmentDuration: -1}, "SegmentDuration -1ns"},
		{Options{Index: Mfra}, "Index 1"},
		{Options{MoovSpace: 5}, "MoovSpace 5"},
		{Options{Layout: Seekable, MoovSpace: -5}, "MoovSpace -5"},
		{Options{FastStart: true}, "FastStart true"},
		{Options{Layout: Seekable}, "bytes.Buffer is no io.WriteSeeker"},
		{Options{Metadata: Metadata{Rotation: 45}}, "Rotation 45"},
		{Options{Metadata: Metadata{Title: "\xff"}}, "Title"},
		{Options{Metadata: Metadata{Comment: strings.Repeat("a", 65536)}}, "Comment of 65536 bytes"},
		{Options{Metadata: Metadata{Created: time.Date(1903, 1, 1, 0, 0, 0, 0, time.UTC)}}, "Created 1903"},
	} {
		if w, err := NewWriter(&bytes.Buffer{}, testTrack(), c.o); w != nil || !errors.Is(err, ErrOptions) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: error %v, want ErrOptions with %q", c.o, err, c.want)
		}
	}
	if _, err := NewSegmenter(nil, testTrack(), Options{}); !errors.Is(err, ErrOptions) {
		t.Errorf("no sink: %v", err)
	}
	if _, err := NewSegmenter(func(Segment) error { return nil }, testTrack(), Options{Index: Mfra}); !errors.Is(err, ErrOptions) {
		t.Errorf("mfra in segments: %v", err)
	}
	if _, err := NewWriter(struct {
		io.Writer
		io.Seeker
	}{&memoryFile{}, &memoryFile{}}, testTrack(), Options{Layout: Seekable, FastStart: true}); !errors.Is(err, ErrOptions) {
		t.Errorf("FastStart without a reader: %v", err)
	}
}
