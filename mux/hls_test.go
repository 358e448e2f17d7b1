package mux

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/g264/g264/internal/testenv"
)

// memoryFiles keeps files in memory.
type memoryFiles struct {
	files map[string]string
	fail  string // the name that can't be written or removed
}

func (m *memoryFiles) WriteFile(name string, data []byte) error {
	if name == m.fail {
		return errors.New("boom")
	}
	m.files[name] = string(data)
	return nil
}

func (m *memoryFiles) Remove(name string) error {
	if _, ok := m.files[name]; !ok || name == m.fail {
		return os.ErrNotExist
	}
	delete(m.files, name)
	return nil
}

// hlsOf makes a stream of n segments of 0.4 s.
func hlsOf(t *testing.T, files Files, o HLSOptions, n int, each func(i int)) *HLS {
	t.Helper()
	h, err := NewHLS(files, o)
	if err != nil {
		t.Fatal(err)
	}
	segments := 0
	w, err := NewSegmenter(func(s Segment) error {
		err := h.Add(s)
		if s.Number > 0 && each != nil {
			segments++
			each(segments)
		}
		return err
	}, testTrack(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	writeSamples(t, w, constantRate(10*n, 10, 960))
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	return h
}

func TestPlaylistOfAFinishedVideo(t *testing.T) {
	m := &memoryFiles{files: map[string]string{}}
	h := hlsOf(t, m, HLSOptions{}, 2, func(int) {
		if _, ok := m.files["index.m3u8"]; ok {
			t.Error("there is a playlist before the end")
		}
	})
	want := `#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:1
#EXT-X-MEDIA-SEQUENCE:1
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="init.mp4"
#EXTINF:0.400000,
segment00001.m4s
#EXTINF:0.400000,
segment00002.m4s
#EXT-X-ENDLIST
`
	if got := m.files["index.m3u8"]; got != want {
		t.Errorf("playlist\n%s\nwant\n%s", got, want)
	}
	total := int64(len(m.files["segment00001.m4s"]) + len(m.files["segment00002.m4s"]))
	largest := int64(max(len(m.files["segment00001.m4s"]), len(m.files["segment00002.m4s"])))
	if peak, average := h.Bandwidth(); peak != largest*20 || average != total*10 {
		t.Errorf("bandwidth %d, %d; want %d, %d", peak, average, largest*20, total*10)
	}
}

func TestPlaylistOfALiveStreamMoves(t *testing.T) {
	m := &memoryFiles{files: map[string]string{}}
	hlsOf(t, m, HLSOptions{Playlist: "live.m3u8", Live: true, Window: 3, Target: 2 * time.Second}, 12, func(i int) {
		list := m.files["live.m3u8"]
		first := max(1, i-2)
		if want := fmt.Sprintf("#EXT-X-MEDIA-SEQUENCE:%d\n", first); !strings.Contains(list, want) {
			t.Errorf("after %d segments the playlist lacks %q:\n%s", i, want, list)
		}
		for n := 1; n <= i; n++ {
			name := segmentName(n)
			if listed := strings.Contains(list, name); listed != (n >= first) {
				t.Errorf("after %d segments %s is in the playlist: %v", i, name, listed)
			}
			if _, there := m.files[name]; there != (n >= first-3) {
				t.Errorf("after %d segments %s is there: %v", i, name, there)
			}
		}
		if strings.Contains(list, "ENDLIST") || strings.Contains(list, "PLAYLIST-TYPE") || !strings.Contains(list, "TARGETDURATION:2\n") {
			t.Errorf("after %d segments:\n%s", i, list)
		}
	})
	if !strings.HasSuffix(m.files["live.m3u8"], "#EXT-X-ENDLIST\n") {
		t.Errorf("the stream doesn't end:\n%s", m.files["live.m3u8"])
	}
}

func TestHLSErrors(t *testing.T) {
	for _, c := range []struct {
		o     HLSOptions
		files Files
	}{{HLSOptions{}, nil}, {HLSOptions{Window: 3}, &memoryFiles{}}, {HLSOptions{Live: true, Window: -1}, &memoryFiles{}}, {HLSOptions{Target: -1}, &memoryFiles{}}} {
		if _, err := NewHLS(c.files, c.o); !errors.Is(err, ErrOptions) {
			t.Errorf("%+v: %v", c.o, err)
		}
	}
	for _, fail := range []string{"init.mp4", "segment00002.m4s", "index.m3u8", "segment00001.m4s"} {
		m := &memoryFiles{files: map[string]string{}, fail: fail}
		h, err := NewHLS(m, HLSOptions{Live: true, Window: 1})
		if err != nil {
			t.Fatal(err)
		}
		var failed error
		for n := range 4 {
			s := Segment{Number: n, Name: segmentName(n), Duration: time.Second}
			if n == 0 {
				s.Name = initName
			}
			if err := h.Add(s); err != nil && failed == nil {
				failed = err
			}
		}
		if failed == nil || !strings.HasPrefix(failed.Error(), "mux: HLS: ") {
			t.Errorf("%s can't be written: %v", fail, failed)
		}
	}
	if err := Dir(filepath.Join(t.TempDir(), "none")).WriteFile("a", nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no directory: %v", err)
	}
}

// ffprobe finds every frame through the playlists, at its time.
func TestFFprobeReadsThePlaylist(t *testing.T) {
	testenv.Need(t, "x264")
	ffprobe := testenv.Need(t, "ffprobe")
	s := encode(t, 1001, y4m(64, 48, 45, false), "--profile", "high", "--bframes", "2", "--keyint", "10", "--min-keyint", "10", "--no-scenecut")
	for _, o := range []HLSOptions{{}, {Live: true}} {
		dir := t.TempDir()
		h, err := NewHLS(Dir(dir), o)
		if err != nil {
			t.Fatal(err)
		}
		w, err := NewSegmenter(h.Add, s.track(), Options{SegmentDuration: 800 * time.Millisecond, FragmentDuration: 200 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		writeSamples(t, w, s.samples)
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		peak, average := h.Bandwidth()
		codec, err := CodecString(s.sps)
		if err != nil {
			t.Fatal(err)
		}
		master := MasterPlaylist(Variant{"index.m3u8", codec, 64, 48, peak, average})
		if err := (Dir(dir)).WriteFile("master.m3u8", master); err != nil {
			t.Fatal(err)
		}
		for _, list := range []string{"index.m3u8", "master.m3u8"} {
			out, err := exec.Command(ffprobe, "-v", "warning", "-show_entries", "packet=pts", "-of", "csv=p=0", filepath.Join(dir, list)).CombinedOutput()
			if err != nil {
				t.Fatalf("%s: %v\n%s", list, err, out)
			}
			var got, want []string
			for _, line := range strings.Fields(string(out)) {
				got = append(got, strings.TrimSuffix(line, ","))
			}
			for _, sample := range s.samples {
				want = append(want, fmt.Sprint(sample.PTS))
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: packets at %v, want %v", list, got, want)
			}
		}
		left, err := filepath.Glob(filepath.Join(dir, ".g264*"))
		if err != nil || len(left) > 0 {
			t.Errorf("temporary files are left: %v", left)
		}
	}
}
