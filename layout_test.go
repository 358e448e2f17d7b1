package g264

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/g264/g264/h264"
	"github.com/g264/g264/internal/testvideo"
	"github.com/g264/g264/mux"
)

// layoutCases are options for every layout.
var layoutCases = []struct {
	name string
	o    Options
}{
	{"fragmented", Options{Layout: Fragmented}},
	{"fragmented by frame", Options{Layout: Fragmented, FragmentDuration: 1, FragmentIndex: Sidx}},
	{"fragmented by time", Options{Layout: Fragmented, FragmentDuration: 100 * time.Millisecond, FragmentIndex: Mfra}},
	{"seekable", Options{Layout: Seekable}},
	{"seekable with space", Options{Layout: Seekable, MoovSpace: 4000}},
	{"seekable, moved", Options{Layout: Seekable, FastStart: true}},
}

// inFile encodes frames to a file on disk, behind some bytes that are there.
func inFile(t *testing.T, o Options, frames []Frame) []byte {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(t.TempDir(), "out.mp4"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const before = "before"
	if _, err := f.WriteString(before); err != nil {
		t.Fatal(err)
	}
	e, err := NewEncoder(f, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, frame := range frames {
		if err := e.EncodeFrame(frame); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	all, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	if e.Stats().Written != int64(len(all)-len(before)) {
		t.Errorf("%d bytes written by the statistics, %d in the file", e.Stats().Written, len(all)-len(before))
	}
	if at, err := f.Seek(0, io.SeekCurrent); err != nil || at != int64(len(all)) {
		t.Errorf("the file stands at %d of %d, %v", at, len(all), err)
	}
	if string(all[:len(before)]) != before {
		t.Errorf("what was in the file before is now %q", all[:len(before)])
	}
	return all[len(before):]
}

// Every layout shows the same frames at the same times.
func TestLayoutsDecodeAlike(t *testing.T) {
	o := Options{Width: 48, Height: 32, KeyInt: 7, TimeBase: Rational{1, 600}}
	var frames []Frame
	for i := range 20 {
		f := yuv(testvideo.Moving, o.Width, o.Height, i, true)
		f.PTS = At(int64(i*24 + i*i%5))
		frames = append(frames, f)
	}
	file := encode(t, o, frames...)
	want, times := decode(t, file, "yuv420p"), packetTimes(t, file)
	for _, c := range layoutCases {
		t.Run(c.name, func(t *testing.T) {
			o := o
			o.Layout, o.FragmentDuration, o.FragmentIndex = c.o.Layout, c.o.FragmentDuration, c.o.FragmentIndex
			o.MoovSpace, o.FastStart = c.o.MoovSpace, c.o.FastStart
			got := inFile(t, o, frames)
			if !bytes.Equal(decode(t, got, "yuv420p"), want) {
				t.Error("ffmpeg decodes other frames")
			}
			if got := packetTimes(t, got); got != times {
				t.Errorf("packets at\n%s, want\n%s", got, times)
			}
		})
	}
}

// packetTimes are the times of the packets that ffprobe finds.
func packetTimes(t *testing.T, file []byte) string {
	t.Helper()
	return probePackets(t, file, "pts_time,dts_time")
}

// The head comes with the first frame, each fragment with the key frame after it,
// or with its last frame where fragments have a length.
func TestFragmentsComeAtOnce(t *testing.T) {
	for _, c := range []struct {
		cut  time.Duration
		want string // moofs after each frame
	}{{0, "0 0 0 1 1 1 2 2 3"}, {time.Nanosecond, "1 2 3 4 5 6 7 8 8"}, {80 * time.Millisecond, "0 1 1 2 3 3 4 5 5"}} {
		var file bytes.Buffer
		e, err := NewEncoder(&file, Options{Width: 32, Height: 32, Layout: Fragmented, KeyInt: 3, FragmentDuration: c.cut, Threads: 1, LowLatency: true})
		if err != nil {
			t.Fatal(err)
		}
		if file.Len() != 0 {
			t.Errorf("%d bytes before the first frame", file.Len())
		}
		var got []string
		for i := range 8 {
			if err := e.EncodeFrame(yuv(testvideo.Moving, 32, 32, i, true)); err != nil {
				t.Fatal(err)
			}
			if !bytes.Contains(file.Bytes(), []byte("moov")) {
				t.Fatal("no head with the first frame")
			}
			got = append(got, fmt.Sprint(bytes.Count(file.Bytes(), []byte("moof"))))
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		got = append(got, fmt.Sprint(bytes.Count(file.Bytes(), []byte("moof"))))
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("cut %v: %s fragments, want %s", c.cut, s, c.want)
		}
	}
}

func TestSegmentEncoder(t *testing.T) {
	var stream []byte
	var starts []time.Duration
	e, err := NewSegmentEncoder(context.Background(), func(s Segment) error {
		stream = append(stream, s.Data...)
		if s.Number > 0 {
			starts = append(starts, s.Start)
		}
		return nil
	}, Options{KeyInt: 5, NoSceneCut: true, SegmentDuration: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Width: 32, Height: 32}
	frames := numbered(o, 22)
	for _, f := range frames {
		f.Width, f.Height = o.Width, o.Height
		if err := e.EncodeFrame(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(starts) != "[0s 400ms 800ms]" {
		t.Errorf("segments from %v", starts)
	}
	if e.Stats().Written != int64(len(stream)) {
		t.Errorf("%d bytes by the statistics, %d handed out", e.Stats().Written, len(stream))
	}
	if got := probe(t, stream, "nb_read_packets"); got != "nb_read_packets=22" {
		t.Error(got)
	}

	boom := errors.New("boom")
	e, err = NewSegmentEncoder(context.Background(), func(s Segment) error { return boom }, Options{})
	if err != nil {
		t.Fatal(err)
	}
	f := frames[0]
	f.Width, f.Height = o.Width, o.Height
	first := e.EncodeFrame(f)
	if !errors.Is(first, boom) || e.EncodeFrame(f) != first || e.Close() != first {
		t.Errorf("a sink that fails gives %v, Close then %v", first, e.Close())
	}
	if _, err := NewSegmentEncoder(context.Background(), nil, Options{}); !errors.Is(err, ErrOptions) {
		t.Errorf("no sink: %v", err)
	}
}

func TestCodecString(t *testing.T) {
	e, err := NewEncoder(io.Discard, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if e.CodecString() != "" || e.MIMEType() != "video/mp4" {
		t.Errorf("%q, %q before the size is known", e.CodecString(), e.MIMEType())
	}
	e, err = NewEncoder(io.Discard, Options{Width: 320, Height: 240, Profile: ProfileBaseline})
	if err != nil {
		t.Fatal(err)
	}
	if got := e.CodecString(); got != "avc1.42c00c" && !strings.HasPrefix(got, "avc1.42c0") {
		t.Error(got)
	}
	if got, want := e.MIMEType(), `video/mp4; codecs="`+e.CodecString()+`"`; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// Gaps, starts and nanoseconds come out as they went in, in every layout.
func TestFFprobeReadsTimesInEveryLayout(t *testing.T) {
	for _, c := range []struct {
		name  string
		o     Options
		ticks []int64
		want  string // seconds
	}{
		{"an hour of nanoseconds", Options{TimeBase: Rational{1, 1000000000}}, []int64{4e18, 4e18 - 1 + 41e6, 4e18 + 3600e9, 4e18 + 3600e9 + 40e6},
			"0.000000 0.041000 3600.000000 3600.040000"},
		{"started late", Options{TimeBase: Rational{1, 1000}, KeepStart: true}, []int64{5000, 5040, 9000}, "5.000000 5.040000 9.000000"},
		{"started at once", Options{TimeBase: Rational{1, 1000}}, []int64{5000, 5040, 9000}, "0.000000 0.040000 4.000000"},
	} {
		for _, layout := range []Layout{Progressive, Fragmented, Seekable} {
			o := c.o
			o.Layout, o.Width, o.Height = layout, 32, 32
			frames := numbered(o, len(c.ticks))
			for i := range frames {
				frames[i].PTS = At(c.ticks[i])
			}
			got := probePackets(t, inFile(t, o, frames), "pts_time")
			if got = strings.Join(strings.FieldsFunc(got, func(r rune) bool { return r == '\n' || r == ',' }), " "); got != c.want {
				t.Errorf("%s, %s: packets at %s, want %s", c.name, layout, got, c.want)
			}
		}
	}
}

// A frame before time 0 is coded, and not shown. In fragments ffmpeg shows it all
// the same, at its time below 0.
func TestFramesBeforeZeroAreNotShown(t *testing.T) {
	for _, layout := range []Layout{Progressive, Fragmented, Seekable} {
		o := Options{Layout: layout, Width: 32, Height: 32, TimeBase: Rational{1, 1000}, KeepStart: true}
		frames := numbered(o, 4)
		for i := range frames {
			frames[i].PTS = At(int64(40 * (i - 2)))
		}
		file := inFile(t, o, frames)
		if layout == Fragmented {
			if got := strings.Fields(probePackets(t, file, "pts")); strings.Join(got, "") != "-80-40040" {
				t.Errorf("packets at %v", got)
			}
		} else if n := len(decode(t, file, "gray")) / (32 * 32); n != 2 {
			t.Errorf("%s: %d frames are shown, want 2", layout, n)
		}
	}
}

// Muxing takes at most 2 % of what the fastest encoding takes, in every layout.
func TestMuxingTakesLittleTime(t *testing.T) {
	o := Options{Width: 320, Height: 180, Preset: PresetUltrafast, Threads: 1, KeyInt: 12}
	coder, err := h264.NewEncoder(o.h264(o.Width, o.Height))
	if err != nil {
		t.Fatal(err)
	}
	var samples []mux.Sample
	take := func(units []h264.AccessUnit, err error) {
		if err != nil {
			t.Fatal(err)
		}
		for i := range units {
			au := &units[i]
			samples = append(samples, mux.Sample{Data: au.AppendAVCC(nil), PTS: au.PTS, DTS: au.DTS, Duration: 1, Key: au.Key})
		}
	}
	var coding time.Duration
	for i := range 120 {
		f := yuv(testvideo.Moving, o.Width, o.Height, i%9, true)
		start := time.Now()
		units, err := coder.Encode(&h264.Picture{Y: f.Y, Cb: f.Cb, Cr: f.Cr, YStride: f.YStride, CStride: f.CStride, PTS: int64(i)})
		coding += time.Since(start)
		take(units, err)
	}
	start := time.Now()
	units, err := coder.Flush()
	coding += time.Since(start)
	take(units, err)
	for _, layout := range []mux.Options{{}, {Layout: mux.Seekable}, {Layout: mux.Fragmented}, {Layout: mux.Fragmented, FragmentDuration: 1}} {
		muxing := time.Hour
		for range 5 { // the least: others may have had the processor
			start := time.Now()
			w, err := mux.NewWriter(discardSeeker{}, o.track(coder, 25), layout)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range samples {
				if err := w.WriteSample(s); err != nil {
					t.Fatal(err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			muxing = min(muxing, time.Since(start))
		}
		t.Logf("%+v: %v for muxing, %v for coding: %.2f %%", layout.Layout, muxing, coding, 100*float64(muxing)/float64(coding))
		if muxing > coding/50 {
			t.Errorf("%+v: %v for muxing, %v for coding", layout, muxing, coding)
		}
	}
}

type discardSeeker struct{}

func (discardSeeker) Write(p []byte) (int, error)    { return len(p), nil }
func (discardSeeker) Seek(int64, int) (int64, error) { return 0, nil }
