package main

import (
	"strings"
	"testing"
	"time"

	"github.com/g264/g264"
	"github.com/g264/g264/bench/internal/measure"
	"github.com/g264/g264/bench/internal/video"
)

func testClip() *video.Clip {
	clip := &video.Clip{PixFmt: "bgr24", Width: 32, Height: 16, Rate: g264.FPS(30)}
	for i := range 5 {
		clip.Frames = append(clip.Frames, []uint8(strings.Repeat(string(rune('a'+i))+"xy", 32*16)))
	}
	return clip
}

// Every frame comes out once, after it came in, in a byte stream and in fragments.
func TestLive(t *testing.T) {
	clip := testClip()
	for _, out := range []output{byteStream, fragments} {
		o, err := optionsFor(clip, "medium", `{"LowLatency": true}`)
		if err != nil || !o.LowLatency || o.Width != 32 {
			t.Fatal(o, err)
		}
		start := time.Now()
		delays, behind, err := live(clip, o, out, 5*time.Millisecond)
		if err != nil || len(delays) != len(clip.Frames) || time.Since(start) < 20*time.Millisecond {
			t.Fatalf("%s: %v after %v, %v", out.name, delays, time.Since(start), err)
		}
		for _, d := range delays {
			if d <= 0 || d > time.Since(start) {
				t.Errorf("%s: a delay of %v", out.name, d)
			}
		}
		if behind != 0 {
			t.Errorf("%s: %d frames behind", out.name, behind)
		}
	}
	if _, err := optionsFor(clip, "medium", `{"Threads": "many"}`); err == nil {
		t.Error("options that are wrong pass")
	}
}

// Boxes are counted when their last byte is there, however the writes cut them.
func TestBoxes(t *testing.T) {
	file := "\x00\x00\x00\x0cftypisom\x00\x00\x00\x08moof\x00\x00\x00\x0bmdatabc\x00\x00\x00\x08moof\x00\x00\x00\x09mdatd"
	for cut := 1; cut < len(file); cut++ {
		var seen []int
		b := &boxes{}
		b.after = func() { seen = append(seen, b.media) }
		for rest := file; rest != ""; {
			n := min(cut, len(rest))
			if _, err := b.Write([]byte(rest[:n])); err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		if seen[len(seen)-1] != 2 || cut == 1 && (seen[29] != 0 || seen[30] != 1) {
			t.Errorf("cut at %d: %v", cut, seen)
		}
	}
	if _, err := (&boxes{after: func() {}}).Write([]byte("\x00\x00\x00\x02free")); err == nil {
		t.Error("a box that is shorter than its head passes")
	}
}

func TestRow(t *testing.T) {
	var delays []time.Duration
	for i := range 100 {
		delays = append(delays, time.Duration(100-i)*time.Millisecond)
	}
	table := measure.NewTable(make([]string, 7)...)
	if err := row(table, "medium", fragments, delays, 2); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	table.Print(&b)
	if want := "| medium | fragments | 100 | 51.0 | 96.0 | 100 | 2"; !strings.Contains(b.String(), want) {
		t.Errorf("%q is not in\n%s", want, &b)
	}
}
