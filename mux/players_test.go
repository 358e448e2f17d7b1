package mux

import (
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/g264/g264/internal/testenv"
)

// ffprobe finds the samples of every layout at their times, with and without
// reordering, late and before zero, and the metadata.
func TestFFprobeReadsEveryLayout(t *testing.T) {
	testenv.Need(t, "x264")
	testenv.Need(t, "ffprobe")
	clip := y4m(64, 48, 40, false)
	plain := encode(t, 1001, clip, "--profile", "baseline", "--keyint", "12", "--min-keyint", "12", "--no-scenecut")
	reordered := encode(t, 1001, clip, "--bframes", "3", "--b-adapt", "0", "--keyint", "12", "--min-keyint", "12", "--no-scenecut")
	for i, l := range layouts {
		for name, s := range map[string]stream{"plain": plain, "reordered": reordered} {
			for _, start := range []int64{0, 48048}[i%2 : i%2+1] {
				t.Run(fmt.Sprint(l.name, "/", name, "/", start), func(t *testing.T) {
					samples := slices.Clone(s.samples)
					for i := range samples {
						samples[i].PTS, samples[i].DTS = samples[i].PTS+start, samples[i].DTS+start
					}
					o := l.o
					o.Metadata = Metadata{Title: "Grüße", Comment: "a\ncomment", Rotation: 90, Created: time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)}
					p := ffprobe(t, muxAs(t, s.track(), o, samples))
					if len(p.Packets) != len(samples) {
						t.Fatalf("%d packets of %d", len(p.Packets), len(samples))
					}
					for i, packet := range p.Packets {
						if w := samples[i]; packet.PTS != w.PTS || packet.DTS != w.DTS || strings.HasPrefix(packet.Flags, "K") != w.Key {
							t.Fatalf("packet %d: PTS %d, DTS %d, %s; written were %d, %d, %v", i, packet.PTS, packet.DTS, packet.Flags, w.PTS, w.DTS, w.Key)
						}
					}
					for tag, want := range map[string]string{"title": "Grüße", "comment": "a\ncomment", "creation_time": "2024-02-29T12:00:00.000000Z"} {
						if got := p.Format.Tags[tag]; got != want {
							t.Errorf("%s is %q, want %q", tag, got, want)
						}
					}
				})
			}
		}
	}
}

// What was to be shown before time 0 is decoded and not shown.
func TestFFmpegShowsNothingBeforeZero(t *testing.T) {
	testenv.Need(t, "x264")
	testenv.Need(t, "ffmpeg")
	s := encode(t, 1001, y4m(64, 48, 20, false), "--bframes", "2", "--b-adapt", "0")
	all, _ := frameHashes(t, "all.mp4", muxAs(t, s.track(), Options{}, s.samples))
	for i := range s.samples {
		s.samples[i].PTS, s.samples[i].DTS = s.samples[i].PTS-5*1001, s.samples[i].DTS-5*1001
	}
	for _, l := range layouts[:3] {
		hashes, times := frameHashes(t, "late.mp4", muxAs(t, s.track(), l.o, s.samples))
		if !slices.Equal(hashes, all[5:]) || times[0] != 0 {
			t.Errorf("%s: %d frames from %d, want 15 from 0", l.name, len(hashes), times[0])
		}
	}
}

// MediaInfo knows the format as it should be and has nothing to complain about.
func TestMediaInfoFindsNothingWrong(t *testing.T) {
	mediainfo := testenv.Need(t, "mediainfo")
	testenv.Need(t, "x264")
	s := encode(t, 1001, y4m(64, 48, 40, false), "--bframes", "2", "--keyint", "12", "--min-keyint", "12", "--no-scenecut")
	inform := func(file []byte) string {
		out, err := exec.Command(mediainfo, "--Full", onDisk(t, "file.mp4", file)).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return strings.Join(strings.Fields(string(out)), " ")
	}
	complains := func(said string) bool {
		return strings.Contains(said, "Conformance") || strings.Contains(said, "IsTruncated")
	}
	for _, l := range layouts {
		o := l.o
		o.Metadata = Metadata{Title: "A title", Comment: "a comment", Rotation: 270, Created: time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)}
		file := muxAs(t, s.track(), o, s.samples)
		said := inform(file)
		if complains(said) {
			t.Errorf("%s: %s", l.name, said)
		}
		for _, want := range []string{"Format : MPEG-4", "Frame count : 40 ", "Rotation : 270.000", "Movie name : A title", "Comment : a comment",
			"Encoded date : 2024-02-29 12:00:00 UTC", "Codec ID : avc1", "Duration : 1668 "} {
			if !strings.Contains(said, want) {
				t.Errorf("%s: MediaInfo doesn't say %q but %s", l.name, want, said)
			}
		}
		if l.o.Layout != Fragmented && !complains(inform(file[:len(file)-len(file)/4])) {
			t.Errorf("%s: a cut file is no error: this test can't fail", l.name)
		}
	}
}
