package mux

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/Eyevinn/mp4ff/avc"
	"github.com/Eyevinn/mp4ff/mp4"
	gomp4 "github.com/abema/go-mp4"
)

var unityMatrix = [9]int32{0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000}

// withFlags is a version 0 header.
func withFlags(flags byte) gomp4.FullBox { return gomp4.FullBox{Flags: [3]byte{0, 0, flags}} }

func brands(names ...string) (list []gomp4.CompatibleBrandElem) {
	for _, n := range names {
		list = append(list, gomp4.CompatibleBrandElem{CompatibleBrand: [4]byte([]byte(n))})
	}
	return list
}

// typed gives an AnyTypeBox its type, which reading sets too.
func typed[T gomp4.IAnyType](name string, box T) T {
	box.SetType(gomp4.StrToBoxType(name))
	return box
}

func TestEveryBoxAndFieldIsAsGoMP4ReadsIt(t *testing.T) {
	// 50 frames of 24000/1001 per second: 24, 24 and 2 in chunks of a second.
	track := testTrack()
	track.SPS = spsFields{profile: 100, level: 11, chroma: 1, widthMbs: 12, heightMbs: 7, cropBottom: 2}.nal()
	track.SampleAspect = Ratio{4, 3}
	track.Colour = Colour{Primaries: 9, Transfer: 16, Matrix: 6, FullRange: true}
	samples := constantRate(50, 20, 1001)
	file := mustMux(t, track, samples)
	boxes := parse(t, bytes.NewReader(file))

	var sizes []uint32
	total, peak, largest := 0, 0, 0
	for i, s := range samples {
		sizes = append(sizes, uint32(len(s.Data)))
		total += len(s.Data)
		largest = max(largest, len(s.Data))
		second := 0
		for _, in := range samples[i:min(i+24, len(samples))] { // 24 frames start within a second
			second += len(in.Data)
		}
		peak = max(peak, second)
	}
	mdat := boxes[len(boxes)-1]
	media := uint32(mdat.offset + mdat.header)
	var second, third uint32 // where the chunks start after the first
	for i, size := range sizes[:48] {
		if i < 24 {
			second += size
		}
		third += size
	}
	name := [32]byte{4, 'g', '2', '6', '4'}

	want := []struct {
		path string
		box  gomp4.IBox
	}{
		{"ftyp", &gomp4.Ftyp{MajorBrand: [4]byte{'i', 's', 'o', 'm'}, MinorVersion: 512, CompatibleBrands: brands("isom", "iso2", "avc1", "mp42")}},
		{"moov", &gomp4.Moov{}},
		{"moov/mvhd", &gomp4.Mvhd{Timescale: 24000, DurationV0: 50050, Rate: 0x10000, Volume: 0x100, Matrix: unityMatrix, NextTrackID: 2}},
		{"moov/trak", &gomp4.Trak{}},
		{"moov/trak/tkhd", &gomp4.Tkhd{FullBox: withFlags(7), TrackID: 1, DurationV0: 50050, Matrix: unityMatrix, Width: 256 << 16, Height: 108 << 16}},
		{"moov/trak/mdia", &gomp4.Mdia{}},
		{"moov/trak/mdia/mdhd", &gomp4.Mdhd{Timescale: 24000, DurationV0: 50050, Language: [3]byte{'u' - 0x60, 'n' - 0x60, 'd' - 0x60}}},
		{"moov/trak/mdia/hdlr", &gomp4.Hdlr{HandlerType: [4]byte{'v', 'i', 'd', 'e'}, Name: "g264 video"}},
		{"moov/trak/mdia/minf", &gomp4.Minf{}},
		{"moov/trak/mdia/minf/vmhd", &gomp4.Vmhd{FullBox: withFlags(1)}},
		{"moov/trak/mdia/minf/dinf", &gomp4.Dinf{}},
		{"moov/trak/mdia/minf/dinf/dref", &gomp4.Dref{EntryCount: 1}},
		{"moov/trak/mdia/minf/dinf/dref/url ", &gomp4.Url{FullBox: withFlags(gomp4.UrlSelfContained)}},
		{"moov/trak/mdia/minf/stbl", &gomp4.Stbl{}},
		{"moov/trak/mdia/minf/stbl/stsd", &gomp4.Stsd{EntryCount: 1}},
		{"moov/trak/mdia/minf/stbl/stsd/avc1", typed("avc1", &gomp4.VisualSampleEntry{
			SampleEntry: gomp4.SampleEntry{DataReferenceIndex: 1}, Width: 192, Height: 108,
			Horizresolution: 72 << 16, Vertresolution: 72 << 16, FrameCount: 1, Compressorname: name, Depth: 24, PreDefined3: -1})},
		{"moov/trak/mdia/minf/stbl/stsd/avc1/avcC", typed("avcC", &gomp4.AVCDecoderConfiguration{
			ConfigurationVersion: 1, Profile: 100, Level: 11, Reserved: 63, LengthSizeMinusOne: 3, Reserved2: 7,
			NumOfSequenceParameterSets: 1,
			SequenceParameterSets:      []gomp4.AVCParameterSet{{Length: uint16(len(track.SPS)), NALUnit: track.SPS}},
			NumOfPictureParameterSets:  1,
			PictureParameterSets:       []gomp4.AVCParameterSet{{Length: uint16(len(testPPS)), NALUnit: testPPS}},
			HighProfileFieldsEnabled:   true, Reserved3: 63, ChromaFormat: 1, Reserved4: 31, Reserved5: 31, SequenceParameterSetsExt: []gomp4.AVCParameterSet{}})},
		{"moov/trak/mdia/minf/stbl/stsd/avc1/colr", &gomp4.Colr{ColourType: [4]byte{'n', 'c', 'l', 'x'},
			ColourPrimaries: 9, TransferCharacteristics: 16, MatrixCoefficients: 6, FullRangeFlag: true}},
		{"moov/trak/mdia/minf/stbl/stsd/avc1/pasp", typed("pasp", &gomp4.PixelAspectRatioBox{HSpacing: 4, VSpacing: 3})},
		{"moov/trak/mdia/minf/stbl/stsd/avc1/btrt", &gomp4.Btrt{BufferSizeDB: uint32(largest), MaxBitrate: uint32(peak * 8),
			AvgBitrate: uint32(total * 8 * 24000 / 50050)}},
		{"moov/trak/mdia/minf/stbl/stts", &gomp4.Stts{EntryCount: 1, Entries: []gomp4.SttsEntry{{SampleCount: 50, SampleDelta: 1001}}}},
		{"moov/trak/mdia/minf/stbl/stss", &gomp4.Stss{EntryCount: 3, SampleNumber: []uint32{1, 21, 41}}},
		{"moov/trak/mdia/minf/stbl/stsc", &gomp4.Stsc{EntryCount: 2, Entries: []gomp4.StscEntry{
			{FirstChunk: 1, SamplesPerChunk: 24, SampleDescriptionIndex: 1}, {FirstChunk: 3, SamplesPerChunk: 2, SampleDescriptionIndex: 1}}}},
		{"moov/trak/mdia/minf/stbl/stsz", &gomp4.Stsz{SampleCount: 50, EntrySize: sizes}},
		{"moov/trak/mdia/minf/stbl/stco", &gomp4.Stco{EntryCount: 3, ChunkOffset: []uint32{media, media + second, media + third}}},
		{"mdat", nil},
	}
	if len(boxes) != len(want) {
		t.Errorf("%d boxes, want %d", len(boxes), len(want))
	}
	for i := range min(len(boxes), len(want)) {
		if boxes[i].path != want[i].path {
			t.Fatalf("box %d is %s, want %s", i, boxes[i].path, want[i].path)
		}
		if !reflect.DeepEqual(boxes[i].box, want[i].box) {
			t.Errorf("%s is\n%+v, want\n%+v", boxes[i].path, boxes[i].box, want[i].box)
		}
	}
	if got := mdat.size - mdat.header; got != uint64(total) || mdat.offset+mdat.size != uint64(len(file)) {
		t.Errorf("mdat holds %d bytes and ends at %d of %d; the samples have %d", got, mdat.offset+mdat.size, len(file), total)
	}
	checkSamples(t, file, boxes, samples)
}

func TestDecoderConfigurationFollowsTheSPS(t *testing.T) {
	for _, c := range []struct {
		name string
		sps  spsFields
		tail []byte // of avcC, after the parameter sets
	}{
		{"baseline", baseline(), nil},
		{"main", spsFields{profile: 77, level: 30, widthMbs: 2, heightMbs: 2}, nil},
		{"extended", spsFields{profile: 88, level: 30, widthMbs: 2, heightMbs: 2}, nil},
		{"high", spsFields{profile: 100, level: 40, chroma: 1, widthMbs: 2, heightMbs: 2}, []byte{0xfd, 0xf8, 0xf8, 0}},
		{"high mono", spsFields{profile: 100, level: 40, chroma: 0, widthMbs: 2, heightMbs: 2}, []byte{0xfc, 0xf8, 0xf8, 0}},
		{"high 10", spsFields{profile: 110, level: 40, chroma: 1, lumaBits: 2, chromaBit: 1, widthMbs: 2, heightMbs: 2}, []byte{0xfd, 0xfa, 0xf9, 0}},
		{"high 4:2:2", spsFields{profile: 122, level: 40, chroma: 2, widthMbs: 2, heightMbs: 2}, []byte{0xfe, 0xf8, 0xf8, 0}},
		{"high 4:4:4", spsFields{profile: 244, level: 40, chroma: 3, widthMbs: 2, heightMbs: 2}, []byte{0xff, 0xf8, 0xf8, 0}},
		{"high 4:4:4 14 bit", spsFields{profile: 244, level: 40, chroma: 3, lumaBits: 6, chromaBit: 6, widthMbs: 2, heightMbs: 2}, []byte{0xff, 0xfe, 0xfe, 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			track := testTrack()
			track.SPS = c.sps.nal()
			boxes := parse(t, bytes.NewReader(mustMux(t, track, constantRate(1, 1, 1))))
			avcC, at := find[*gomp4.AVCDecoderConfiguration](t, boxes, "avcC")
			if avcC.Profile != c.sps.profile || avcC.ProfileCompatibility != c.sps.constraints || avcC.Level != c.sps.level {
				t.Errorf("avcC has profile %d, constraints %#x, level %d", avcC.Profile, avcC.ProfileCompatibility, avcC.Level)
			}
			want := []byte{1, c.sps.profile, c.sps.constraints, c.sps.level, 0xff, 0xe1, 0, byte(len(track.SPS))}
			want = append(want, track.SPS...)
			want = append(want, 1, 0, byte(len(testPPS)))
			want = append(append(want, testPPS...), c.tail...)
			if !bytes.Equal(at.raw, want) {
				t.Errorf("avcC is\n%x, want\n%x", at.raw, want)
			}
		})
	}
}

func TestMP4FFReadsTheFileAgain(t *testing.T) {
	samples := constantRate(60, 25, 1001)
	file := mustMux(t, testTrack(), samples)
	parsed, err := mp4.DecodeFile(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	trak := parsed.Moov.Trak
	if parsed.IsFragmented() || trak.GetNrSamples() != 60 {
		t.Fatalf("fragmented %v, %d samples", parsed.IsFragmented(), trak.GetNrSamples())
	}
	entry := trak.Mdia.Minf.Stbl.Stsd.AvcX
	sps, err := avc.ParseSPSNALUnit(entry.AvcC.SPSnalus[0], true)
	if err != nil || sps.Width != 192 || sps.Height != 108 {
		t.Errorf("SPS %+v, error %v", sps, err)
	}
	if entry.CompressorName != "g264" || trak.Mdia.Hdlr.Name != "g264 video" || trak.Mdia.Mdhd.GetLanguage() != "und" {
		t.Errorf("names %q, %q, language %q", entry.CompressorName, trak.Mdia.Hdlr.Name, trak.Mdia.Mdhd.GetLanguage())
	}
	ranges, err := trak.GetRangesForSampleInterval(1, 60)
	if err != nil {
		t.Fatal(err)
	}
	var media, written []byte
	for _, r := range ranges {
		media = append(media, file[r.Offset:r.Offset+r.Size]...)
	}
	for _, s := range samples {
		written = append(written, s.Data...)
	}
	if !bytes.Equal(media, written) {
		t.Error("the media differs from the samples")
	}
	var again bytes.Buffer
	if err := parsed.Encode(&again); err != nil || !bytes.Equal(again.Bytes(), file) {
		t.Errorf("encoded again the file differs (error %v)", err)
	}
}

func TestColourIsWrittenWhereItIsSaid(t *testing.T) {
	track := testTrack()
	track.Colour = Colour{}
	for _, b := range parse(t, bytes.NewReader(mustMux(t, track, constantRate(2, 1, 1)))) {
		if strings.HasSuffix(b.path, "colr") {
			t.Error("colr although no colour was given")
		}
	}
	track.Colour = Colour{Primaries: 2, Transfer: 2, Matrix: 0, FullRange: true} // GBR
	boxes := parse(t, bytes.NewReader(mustMux(t, track, constantRate(2, 1, 1))))
	colr, _ := find[*gomp4.Colr](t, boxes, "colr")
	if colr.ColourPrimaries != 2 || colr.TransferCharacteristics != 2 || colr.MatrixCoefficients != 0 || !colr.FullRangeFlag {
		t.Errorf("colr is %+v", colr)
	}
}

func TestAspectStretchesTheTrackHeader(t *testing.T) {
	for _, c := range []struct {
		aspect Ratio
		width  uint32 // 16.16
	}{
		{Ratio{}, 192 << 16},
		{Ratio{1, 1}, 192 << 16},
		{Ratio{12, 11}, 13726813}, // 192*12/11 * 65536 = 13726813.09
		{Ratio{1, 2}, 96 << 16},
	} {
		track := testTrack()
		track.SampleAspect = c.aspect
		boxes := parse(t, bytes.NewReader(mustMux(t, track, constantRate(1, 1, 1))))
		tkhd, _ := find[*gomp4.Tkhd](t, boxes, "tkhd")
		if tkhd.Width != c.width || tkhd.Height != 108<<16 {
			t.Errorf("aspect %v: tkhd %d x %d, want %d x %d", c.aspect, tkhd.Width, tkhd.Height, c.width, 108<<16)
		}
	}
}
