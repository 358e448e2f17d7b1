package mux

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	gomp4 "github.com/abema/go-mp4"
)

// boxAt is a box as go-mp4, which shares no code with mp4ff, reads it.
type boxAt struct {
	path   string // as moov/trak/tkhd
	box    gomp4.IBox
	offset uint64
	header uint64 // bytes of the box's header
	size   uint64
	raw    []byte // the payload, of avcC only
}

// parse reads every box of a file and fails if go-mp4 doesn't know one, can't
// read it, or finds bytes in it that its fields don't account for.
func parse(tb testing.TB, r io.ReadSeeker) []boxAt {
	tb.Helper()
	var list []boxAt
	_, err := gomp4.ReadBoxStructure(r, func(h *gomp4.ReadHandle) (any, error) {
		names := make([]string, len(h.Path))
		for i, p := range h.Path {
			names[i] = p.String()
		}
		at := boxAt{path: strings.Join(names, "/"), offset: h.BoxInfo.Offset, header: h.BoxInfo.HeaderSize, size: h.BoxInfo.Size}
		switch {
		case !h.BoxInfo.IsSupportedType():
			return nil, fmt.Errorf("%s is not known", at.path)
		case at.path == "mdat": // may be larger than memory
			list = append(list, at)
			return nil, nil
		}
		box, n, err := h.ReadPayload()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", at.path, err)
		}
		at.box = box
		if h.BoxInfo.Type == gomp4.BoxTypeAvcC() {
			// go-mp4 1.6 knows the fields of High and above for profiles 100, 110
			// and 122 only (it has 144 for 244), so the tests read the bytes too.
			var raw bytes.Buffer
			if _, err := h.ReadData(&raw); err != nil {
				return nil, err
			}
			at.raw = raw.Bytes()
			list = append(list, at)
			return nil, nil
		}
		list = append(list, at)
		isContainer := slices.Contains(containers, names[len(names)-1])
		if !isContainer {
			if n != at.size-at.header {
				return nil, fmt.Errorf("%s: %d bytes read of %d", at.path, n, at.size-at.header)
			}
			return nil, nil
		}
		return h.Expand()
	})
	if err != nil {
		tb.Fatal(err)
	}
	return list
}

var containers = []string{"moov", "trak", "edts", "mdia", "minf", "dinf", "dref", "stbl", "stsd", "avc1", "mvex", "moof", "traf",
	"mfra", "udta", "meta", "ilst", "(c)nam", "(c)cmt"}

// find is the only box at a path that ends so, or nil.
func find[T gomp4.IBox](tb testing.TB, boxes []boxAt, name string) (box T, at boxAt) {
	tb.Helper()
	for _, b := range boxes {
		if b.path == name || strings.HasSuffix(b.path, "/"+name) {
			if at.path != "" {
				tb.Fatalf("%s is there twice", name)
			}
			box, at = b.box.(T), b
		}
	}
	return box, at
}

// readSample is a sample as the tables of a file describe it.
type readSample struct {
	offset   uint64
	size     uint32
	pts, dts int64 // in the presentation: after the edit list
	duration uint32
	key      bool
}

// readSamples resolves the sample tables or the fragments that go-mp4 read.
func readSamples(tb testing.TB, boxes []boxAt) []readSample {
	tb.Helper()
	if slices.ContainsFunc(boxes, func(b boxAt) bool { return b.path == "moof" }) {
		return readFragments(tb, boxes)
	}
	stsz, _ := find[*gomp4.Stsz](tb, boxes, "stsz")
	samples := make([]readSample, stsz.SampleCount)
	for i, size := range stsz.EntrySize {
		samples[i].size = size
	}

	var shift int64
	if elst, at := find[*gomp4.Elst](tb, boxes, "elst"); at.path != "" {
		for i := range elst.Entries {
			if media := elst.GetMediaTime(i); media >= 0 {
				shift -= media
			} else {
				shift += int64(elst.GetSegmentDuration(i))
			}
		}
	}
	stts, _ := find[*gomp4.Stts](tb, boxes, "stts")
	i, dts := 0, int64(0)
	for _, e := range stts.Entries {
		for range e.SampleCount {
			samples[i].dts, samples[i].duration = dts+shift, e.SampleDelta
			samples[i].pts = samples[i].dts
			dts += int64(e.SampleDelta)
			i++
		}
	}
	if i != len(samples) {
		tb.Fatalf("stts has %d samples, stsz %d", i, len(samples))
	}
	if ctts, at := find[*gomp4.Ctts](tb, boxes, "ctts"); at.path != "" {
		i = 0
		for e := range ctts.Entries {
			for range ctts.Entries[e].SampleCount {
				samples[i].pts += ctts.GetSampleOffset(e)
				i++
			}
		}
		if i != len(samples) {
			tb.Fatalf("ctts has %d samples, stsz %d", i, len(samples))
		}
	}
	stss, _ := find[*gomp4.Stss](tb, boxes, "stss")
	for _, n := range stss.SampleNumber {
		samples[n-1].key = true
	}

	var chunks []uint64
	if stco, at := find[*gomp4.Stco](tb, boxes, "stco"); at.path != "" {
		for _, c := range stco.ChunkOffset {
			chunks = append(chunks, uint64(c))
		}
	} else {
		co64, _ := find[*gomp4.Co64](tb, boxes, "co64")
		chunks = co64.ChunkOffset
	}
	stsc, _ := find[*gomp4.Stsc](tb, boxes, "stsc")
	i = 0
	for c, offset := range chunks {
		var perChunk uint32
		for _, e := range stsc.Entries {
			if int(e.FirstChunk) <= c+1 {
				perChunk = e.SamplesPerChunk
			}
		}
		for range perChunk {
			samples[i].offset = offset
			offset += uint64(samples[i].size)
			i++
		}
	}
	if i != len(samples) {
		tb.Fatalf("stsc and the chunk offsets have %d samples, stsz %d", i, len(samples))
	}
	return samples
}

// readFragments resolves the fragments. Their times are media time; the only edit
// there can be takes off what comes before time 0.
func readFragments(tb testing.TB, boxes []boxAt) (samples []readSample) {
	tb.Helper()
	var tfhd *gomp4.Tfhd
	var moof, sequence uint64
	var dts, shift int64
	for _, b := range boxes {
		switch box := b.box.(type) {
		case *gomp4.Elst:
			shift = box.GetMediaTime(0)
		case *gomp4.Moof:
			moof = b.offset
		case *gomp4.Mfhd:
			if sequence++; uint64(box.SequenceNumber) != sequence {
				tb.Fatalf("mfhd has the number %d, want %d", box.SequenceNumber, sequence)
			}
		case *gomp4.Tfhd:
			if tfhd = box; !tfhd.CheckFlag(gomp4.TfhdDefaultBaseIsMoof) {
				tb.Fatal("offsets do not count from moof")
			}
		case *gomp4.Tfdt:
			next := int64(box.BaseMediaDecodeTimeV0)
			if box.GetVersion() == 1 {
				next = int64(box.BaseMediaDecodeTimeV1)
			}
			if next < dts {
				tb.Fatalf("a fragment starts at %d, the one before ends at %d", next, dts)
			}
			dts = next
		case *gomp4.Trun:
			at := moof + uint64(box.DataOffset)
			for i, e := range box.Entries {
				s := readSample{offset: at, size: e.SampleSize, dts: dts - shift, duration: tfhd.DefaultSampleDuration}
				flags := tfhd.DefaultSampleFlags
				switch {
				case box.CheckFlag(0x400):
					flags = e.SampleFlags
				case i == 0 && box.CheckFlag(0x4):
					flags = box.FirstSampleFlags
				}
				if box.CheckFlag(0x100) {
					s.duration = e.SampleDuration
				}
				s.pts = s.dts + int64(e.SampleCompositionTimeOffsetV1)
				s.key = flags == flagsKey
				if !s.key && flags != flagsInter {
					tb.Fatalf("sample flags %x", flags)
				}
				samples = append(samples, s)
				at += uint64(s.size)
				dts += int64(s.duration)
			}
		}
	}
	return samples
}

// checkSamples compares what a file holds with what was written to it.
func checkSamples(tb testing.TB, file []byte, boxes []boxAt, want []Sample) {
	tb.Helper()
	got := readSamples(tb, boxes)
	if len(got) != len(want) {
		tb.Fatalf("%d samples in the file, %d were written", len(got), len(want))
	}
	for i, g := range got {
		w := want[i]
		if end := g.offset + uint64(g.size); end > uint64(len(file)) || !bytes.Equal(file[g.offset:end], w.Data) {
			tb.Fatalf("sample %d: the bytes at %d differ from those written", i, g.offset)
		}
		if g.pts != w.PTS || g.dts != w.DTS || g.key != w.Key {
			tb.Fatalf("sample %d: PTS %d, DTS %d, key %v; written were %d, %d, %v", i, g.pts, g.dts, g.key, w.PTS, w.DTS, w.Key)
		}
	}
}
