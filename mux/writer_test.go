package mux

import (
	"bytes"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
)

func TestTrackIsChecked(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Track)
		want   string // in the error; "" for none
	}{
		{"good", func(*Track) {}, ""},
		{"size as in the SPS", func(tr *Track) { tr.Width, tr.Height = 192, 108 }, ""},
		{"no timescale", func(tr *Track) { tr.Timescale = 0 }, "Timescale 0"},
		{"width", func(tr *Track) { tr.Width = 191 }, "Width 191: the SPS says 192"},
		{"negative height", func(tr *Track) { tr.Height = -108 }, "Height -108: the SPS says 108"},
		{"no SPS", func(tr *Track) { tr.SPS = nil }, "SPS: missing"},
		{"start code", func(tr *Track) { tr.SPS = append([]byte{0, 0, 0, 1}, tr.SPS...) }, "SPS: nal_unit_type 0: want 7"},
		{"cut SPS", func(tr *Track) { tr.SPS = tr.SPS[:5] }, "SPS: "},
		{"only a header", func(tr *Track) { tr.SPS = tr.SPS[:1] }, "SPS: "},
		{"long SPS", func(tr *Track) { tr.SPS = append(tr.SPS, make([]byte, 65535)...) }, "at most 65535"},
		{"chroma format", func(tr *Track) {
			tr.SPS = spsFields{profile: 100, chroma: 4, widthMbs: 1, heightMbs: 1}.nal()
		}, "chroma_format_idc 4: 0 to 3"},
		{"bit depth", func(tr *Track) {
			tr.SPS = spsFields{profile: 100, chroma: 1, lumaBits: 7, widthMbs: 1, heightMbs: 1}.nal()
		}, "bit depths of 15 and 8: 8 to 14"},
		{"large picture", func(tr *Track) { tr.SPS = spsFields{profile: 66, widthMbs: 4096, heightMbs: 1}.nal() }, "pictures of 65536x16"},
		{"cropped away", func(tr *Track) { tr.SPS = spsFields{profile: 66, widthMbs: 1, heightMbs: 1, cropRight: 8}.nal() }, "pictures of 0x16"},
		{"cropped below nothing", func(tr *Track) { tr.SPS = spsFields{profile: 66, widthMbs: 1, heightMbs: 1, cropBottom: 9}.nal() }, "pictures of 16x"},
		{"no PPS", func(tr *Track) { tr.PPS = []byte{} }, "PPS: missing"},
		{"PPS is an SPS", func(tr *Track) { tr.PPS = tr.SPS }, "PPS: nal_unit_type 7: want 8"},
		{"reserved primaries", func(tr *Track) { tr.Colour = Colour{Transfer: 1, Matrix: 1} }, "primaries and transfer of 0 are reserved"},
		{"range alone", func(tr *Track) { tr.Colour = Colour{FullRange: true} }, "primaries and transfer of 0 are reserved"},
		{"half an aspect", func(tr *Track) { tr.SampleAspect = Ratio{Num: 4} }, "SampleAspect 4:0"},
		{"very wide samples", func(tr *Track) { tr.SampleAspect = Ratio{math.MaxUint32, 1} }, "SampleAspect 4294967295:1"},
		{"very narrow samples", func(tr *Track) { tr.SampleAspect = Ratio{1, math.MaxUint32} }, "SampleAspect 1:4294967295"},
	} {
		t.Run(c.name, func(t *testing.T) {
			track := testTrack()
			c.change(&track)
			w, err := NewWriter(io.Discard, track, Options{})
			if c.want == "" {
				if err != nil || w == nil {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			if w != nil || !errors.Is(err, ErrTrack) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %q, want ErrTrack with %q", err, c.want)
			}
		})
	}
	if _, err := NewWriter(nil, testTrack(), Options{}); !errors.Is(err, ErrTrack) {
		t.Errorf("a nil io.Writer gives %v", err)
	}
}

func TestSampleIsCheckedAndWriterStaysUsable(t *testing.T) {
	key := func(pts, dts int64) Sample { return Sample{Data: nalUnit(40, true, 3), PTS: pts, DTS: dts, Key: true} }
	inter := func(pts, dts int64) Sample { return Sample{Data: nalUnit(20, false, 4), PTS: pts, DTS: dts} }
	with := func(data ...byte) Sample { return Sample{Data: data, PTS: 20, DTS: 20} }
	for _, c := range []struct {
		name   string
		before []Sample
		bad    Sample
		want   string
	}{
		{"inter first", nil, inter(0, 0), "first sample must be a key sample"},
		{"PTS too low", nil, key(-maxTime-1, -maxTime-1), "PTS -2305843009213693953: at most 2^61 from 0"},
		{"PTS too large", nil, key(maxTime+1, maxTime+1), "PTS 2305843009213693953: at most 2^61 from 0"},
		{"DTS too low", nil, key(0, math.MinInt64), "DTS -9223372036854775808: at most 2^61 from 0"},
		{"DTS after PTS", nil, key(5, 6), "DTS 6: after its PTS 5"},
		{"far before its PTS", nil, key(1<<40, 0), "PTS 1099511627776: more than 2147483647 ticks after its DTS 0"},
		{"Duration", nil, Sample{Data: nalUnit(40, true, 0), Key: true, Duration: 24000 << 31}, "Duration 51539607552000: 0 to 51539607539999 ticks"},
		{"back", []Sample{key(0, 0), inter(10, 10)}, inter(9, 9), "DTS 9: not after the sample before it, at 10"},
		{"again", []Sample{key(0, 0), inter(10, 10)}, inter(10, 10), "DTS 10: not after the sample before it, at 10"},
		{"long gap", []Sample{key(0, 0), inter(10, 10)}, inter(24000<<31, 24000<<31), "DTS 51539607552000: more than 51539607539999 ticks after the sample before it, at 10"},
		{"before what was certain", []Sample{key(0, 0), {Data: nalUnit(20, false, 4), PTS: 10, DTS: 10, Duration: 5, Certain: true}}, inter(14, 14), "DTS 14: before the end of the sample before it, which was certain to be 15"},
		{"certain of nothing", nil, Sample{Data: nalUnit(40, true, 0), Key: true, Certain: true}, "Duration 0: Certain"},
		{"shown before the first", []Sample{key(4, 0), inter(8, 1)}, inter(3, 2), "PTS 3: before the first sample's, 4"},
		{"no data", []Sample{key(0, 0)}, with(), "Data is empty"},
		{"cut length", []Sample{key(0, 0)}, with(0, 0, 1), "too few for the length"},
		{"length without unit", []Sample{key(0, 0)}, with(0, 0, 0, 0), "a NAL unit of 0 bytes where 0 follow"},
		{"cut unit", []Sample{key(0, 0)}, with(0, 0, 0, 2, 0x41), "a NAL unit of 2 bytes where 1 follow"},
		{"huge length", []Sample{key(0, 0)}, with(0xff, 0xff, 0xff, 0xff, 0x41), "a NAL unit of 4294967295 bytes"},
		{"start code", []Sample{key(0, 0)}, with(0, 0, 0, 1, 0x41, 0, 0, 1, 0x41), "Data at byte 5"},
		{"SPS inside", []Sample{key(0, 0)}, with(0, 0, 0, 1, 0x41, 0, 0, 0, 1, 0x67), "Data at byte 5: a parameter set (nal_unit_type 7)"},
		{"PPS inside", []Sample{key(0, 0)}, with(0, 0, 0, 1, 0x68), "Data at byte 0: a parameter set (nal_unit_type 8)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var buf bytes.Buffer
			w, err := NewWriter(&buf, testTrack(), Options{})
			if err != nil {
				t.Fatal(err)
			}
			good := append([]Sample{}, c.before...)
			for _, s := range c.before {
				if err := w.WriteSample(s); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.WriteSample(c.bad); !errors.Is(err, ErrSample) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %q, want ErrSample with %q", err, c.want)
			}
			for _, s := range []Sample{key(100, 100), inter(130, 120)} {
				if err := w.WriteSample(s); err != nil {
					t.Errorf("after the refusal: %v", err)
				}
				good = append(good, s)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(buf.Bytes(), mustMux(t, testTrack(), good)) {
				t.Error("the refused sample left a trace in the file")
			}
		})
	}
}

func TestCallerMayReuseItsBuffers(t *testing.T) {
	track, samples := testTrack(), constantRate(5, 2, 1001)
	want := mustMux(t, track, samples)
	var buf bytes.Buffer
	track.SPS, track.PPS = bytes.Clone(track.SPS), bytes.Clone(track.PPS)
	w, err := NewWriter(&buf, track, Options{})
	if err != nil {
		t.Fatal(err)
	}
	clear(track.SPS)
	clear(track.PPS)
	scratch := make([]byte, 200)
	for _, s := range samples {
		s.Data = scratch[:copy(scratch, s.Data)]
		if err := w.WriteSample(s); err != nil {
			t.Fatal(err)
		}
		clear(scratch)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(buf.Bytes(), want) {
		t.Error("the file depends on what the caller did with its buffers afterwards")
	}
}

func TestCloseIsRepeatable(t *testing.T) {
	var buf bytes.Buffer
	w, err := NewWriter(&buf, testTrack(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.WriteSample(constantRate(1, 1, 1)[0]); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	size := buf.Len()
	if err := w.Close(); err != nil || buf.Len() != size {
		t.Errorf("the second Close returns %v and leaves %d bytes of %d", err, buf.Len(), size)
	}
	if err := w.WriteSample(constantRate(1, 1, 1)[0]); !errors.Is(err, ErrClosed) {
		t.Errorf("WriteSample after Close returns %v", err)
	}
}

func TestNoSampleNoFile(t *testing.T) {
	var buf bytes.Buffer
	w, err := NewWriter(&buf, testTrack(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := w.Close(); !errors.Is(err, ErrNoSamples) {
			t.Errorf("Close returns %v", err)
		}
	}
	if buf.Len() != 0 {
		t.Errorf("%d bytes written", buf.Len())
	}
}

// limitedWriter takes so many bytes, then fails with err or, where that is nil,
// writes short without saying so.
type limitedWriter struct {
	got   bytes.Buffer
	limit int
	err   error
	calls int // after the limit
}

func (l *limitedWriter) Write(p []byte) (int, error) {
	if room := l.limit - l.got.Len(); len(p) > room {
		l.calls++
		l.got.Write(p[:room])
		return room, l.err
	}
	return l.got.Write(p)
}

func TestWriterErrorAtEveryByteIsReturnedAndSticks(t *testing.T) {
	samples := constantRate(10, 5, 1001)
	file := mustMux(t, testTrack(), samples)
	boom := errors.New("boom")
	for _, fault := range []error{boom, nil} {
		want := fault
		if want == nil {
			want = io.ErrShortWrite
		}
		for limit := range file {
			failingMux(t, samples, file, limit, fault, want)
		}
	}

	// Media of several blocks, at offsets around the ends of all writes.
	samples = constantRate(3, 1, 1001)
	samples[0].Data = nalUnit(minBlock-5, true, 0)
	samples[1].Data = nalUnit(4*minBlock, true, 1)
	file = mustMux(t, testTrack(), samples)
	media := len(file) - len(samples[0].Data) - len(samples[1].Data) - len(samples[2].Data)
	for _, end := range []int{media, media + minBlock, media + 3*minBlock, len(file) - 1} {
		for limit := end - 1; limit <= end+1 && limit < len(file); limit++ {
			failingMux(t, samples, file, limit, boom, boom)
		}
	}
}

// failingMux muxes to a writer that fails after limit bytes.
func failingMux(t *testing.T, samples []Sample, file []byte, limit int, fault, want error) {
	t.Helper()
	dst := &limitedWriter{limit: limit, err: fault}
	w, err := NewWriter(dst, testTrack(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range samples {
		if err := w.WriteSample(s); err != nil {
			t.Fatal(err)
		}
	}
	first := w.Close()
	if !errors.Is(first, want) {
		t.Fatalf("failing at byte %d: Close returns %v, want %v", limit, first, want)
	}
	if again := w.Close(); again != first {
		t.Errorf("failing at byte %d: the second Close returns %v", limit, again)
	}
	if again := w.WriteSample(samples[0]); again != first {
		t.Errorf("failing at byte %d: WriteSample returns %v afterwards", limit, again)
	}
	if dst.calls != 1 || !bytes.Equal(dst.got.Bytes(), file[:limit]) {
		t.Errorf("failing at byte %d: %d bytes, %d writes at the fault", limit, dst.got.Len(), dst.calls)
	}
}

// liar claims to have written more than it was given.
type liar struct{}

func (liar) Write(p []byte) (int, error) { return len(p) + 1, nil }

func TestWriterThatBreaksItsContractIsAnError(t *testing.T) {
	w, err := NewWriter(liar{}, testTrack(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.WriteSample(constantRate(1, 1, 1)[0]); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err == nil {
		t.Error("Close believed it")
	}
}

func TestMediaIsHeldOnceAndHardlyAllocates(t *testing.T) {
	const n, size = 5000, 4096
	key, inter := nalUnit(size, true, 0), nalUnit(size, false, 0)
	var w *Writer
	allocs := testing.AllocsPerRun(1, func() {
		var err error
		if w, err = NewWriter(io.Discard, testTrack(), Options{}); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			s := Sample{Data: inter, PTS: int64(i), DTS: int64(i), Key: i%100 == 0}
			if s.Key {
				s.Data = key
			}
			if err := w.WriteSample(s); err != nil {
				t.Fatal(err)
			}
		}
	})
	if allocs > n/20 {
		t.Errorf("%v allocations for %d samples", allocs, n)
	}
	var held int
	for _, b := range w.layout.(*progressive).media.blocks {
		held += cap(b)
	}
	if held > n*size+maxBlock {
		t.Errorf("%d bytes held for %d of media", held, n*size)
	}
}

// growing notes what Grow was asked for.
type growing struct {
	bytes.Buffer
	asked []int
}

func (g *growing) Grow(n int) { g.asked = append(g.asked, n) }

func TestBufferIsSizedOnce(t *testing.T) {
	var g growing
	w, err := NewWriter(&g, testTrack(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range constantRate(100, 10, 1001) {
		if err := w.WriteSample(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if len(g.asked) != 1 || g.asked[0] != g.Len() {
		t.Errorf("Grow was called with %v for a file of %d bytes", g.asked, g.Len())
	}
}

func TestContainerOverheadIsSmall(t *testing.T) {
	for _, c := range []struct {
		name     string
		samples  []Sample
		perFrame int // bytes
	}{
		{"constant rate", constantRate(5000, 250, 1001), 5},
		{"every duration its own, all key", unevenKeys(5000), 18},
	} {
		base := len(mustMux(t, testTrack(), c.samples[:1])) - len(c.samples[0].Data)
		total := len(mustMux(t, testTrack(), c.samples))
		for _, s := range c.samples {
			total -= len(s.Data)
		}
		if per := (total - base) / len(c.samples); per > c.perFrame {
			t.Errorf("%s: %d bytes a frame, want at most %d", c.name, per, c.perFrame)
		}
	}
}

// unevenKeys is n key samples of which no two neighbours last equally long.
func unevenKeys(n int) []Sample {
	samples, time := constantRate(n, 1, 1), int64(0)
	for i := range samples {
		samples[i].PTS, samples[i].DTS = time, time
		time += 1000 + int64(i*i%97)*2 + int64(i%2)
	}
	return samples
}
