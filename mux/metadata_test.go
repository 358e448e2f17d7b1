package mux

import (
	"bytes"
	"testing"
	"time"

	gomp4 "github.com/abema/go-mp4"
)

// In every layout go-mp4 reads the texts, the time and the rotation.
func TestMetadataIsAsGoMP4ReadsIt(t *testing.T) {
	track := testTrack()
	track.SampleAspect = Ratio{4, 3}
	const w, h, one = 256 << 16, 108 << 16, 0x10000
	for _, l := range layouts {
		for rotation, matrix := range map[int][9]int32{
			0:   unityMatrix,
			90:  {0, one, 0, -one, 0, 0, h, 0, 1 << 30},
			180: {-one, 0, 0, 0, -one, 0, w, h, 1 << 30},
			270: {0, -one, 0, one, 0, 0, 0, w, 1 << 30},
		} {
			o := l.o
			o.Metadata = Metadata{Title: "Ein Titel", Comment: "Grüße\nund mehr", Rotation: rotation, Created: time.Date(1970, 1, 1, 1, 0, 7, 9, time.FixedZone("", 3600))}
			boxes := parse(t, bytes.NewReader(muxAs(t, track, o, constantRate(5, 3, 1001))))
			const created = 2082844800 + 7 // 66 years with 17 leap days after 1904
			mvhd, _ := find[*gomp4.Mvhd](t, boxes, "mvhd")
			tkhd, _ := find[*gomp4.Tkhd](t, boxes, "tkhd")
			mdhd, _ := find[*gomp4.Mdhd](t, boxes, "mdhd")
			if mvhd.GetCreationTime() != created || tkhd.GetCreationTime() != created || mdhd.GetCreationTime() != created || mvhd.GetModificationTime() != created {
				t.Errorf("%s: created at %d, %d, %d; want %d", l.name, mvhd.GetCreationTime(), tkhd.GetCreationTime(), mdhd.GetCreationTime(), created)
			}
			if tkhd.Matrix != matrix {
				t.Errorf("%s: %d degrees: matrix %v, want %v", l.name, rotation, tkhd.Matrix, matrix)
			}
			for path, want := range map[string]string{
				"moov/udta/meta/ilst/(c)nam/data": "Ein Titel",
				"moov/udta/meta/ilst/(c)cmt/data": "Grüße\nund mehr",
			} {
				data, at := find[*gomp4.Data](t, boxes, path)
				if at.path == "" || string(data.Data) != want || data.DataType != gomp4.DataTypeStringUTF8 {
					t.Errorf("%s: %s is %+v", l.name, path, data)
				}
			}
		}
	}
}

// A time that 32 bits don't hold takes 64; no metadata takes no box.
func TestMetadataLimits(t *testing.T) {
	o := Options{Metadata: Metadata{Created: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)}}
	boxes := parse(t, bytes.NewReader(muxAs(t, testTrack(), o, constantRate(2, 2, 1))))
	mvhd, _ := find[*gomp4.Mvhd](t, boxes, "mvhd")
	if mvhd.Version != 1 || mvhd.GetCreationTime() != 2082844800+4102444800 {
		t.Errorf("version %d, created at %d", mvhd.Version, mvhd.GetCreationTime())
	}
	if _, at := find[*gomp4.Udta](t, boxes, "udta"); at.path != "" {
		t.Error("udta without anything to say")
	}
}

// Begin writes the head of fragments at once where the stream keeps the order of
// pictures; else the first sample does, which says what to take off.
func TestBeginWritesTheHead(t *testing.T) {
	reordering := baseline()
	reordering.reorders = true
	for _, c := range []struct {
		sps spsFields
		o   Options
		now bool
	}{
		{baseline(), Options{Layout: Fragmented}, true},
		{reordering, Options{Layout: Fragmented}, false},
		{baseline(), Options{}, false},
	} {
		var buf bytes.Buffer
		track := testTrack()
		track.SPS = c.sps.nal()
		w, err := NewWriter(&buf, track, c.o)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Begin(); err != nil || (buf.Len() > 0) != c.now {
			t.Errorf("%+v: %d bytes, %v", c.o, buf.Len(), err)
		}
		if err := w.Begin(); err != nil {
			t.Error(err)
		}
		late := Sample{Data: nalUnit(20, true, 1), PTS: 5, DTS: 3, Key: true}
		if err := w.WriteSample(late); (err != nil) != c.now {
			t.Errorf("%+v: a first sample that waits: %v", c.o, err)
		}
		if c.now {
			late.DTS = 5
			if err := w.WriteSample(late); err != nil {
				t.Error(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		if err := w.Begin(); err != ErrClosed {
			t.Errorf("Begin after Close: %v", err)
		}
	}
}
