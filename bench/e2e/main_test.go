package main

import (
	"strings"
	"testing"
	"time"

	"github.com/g264/g264"
	"github.com/g264/g264/bench/internal/measure"
	"github.com/g264/g264/bench/internal/video"
)

func TestOurSide(t *testing.T) {
	clip, err := demoClip()
	if err != nil || len(clip.Frames) != 100 {
		t.Fatal(len(clip.Frames), err)
	}
	clip.Frames = clip.Frames[:8]
	side, out, err := job{&clip, g264.Chroma444, "ultrafast", 17, 1, 1}.ours()
	if err != nil {
		t.Fatal(err)
	}
	if took, err := side.Run(); err != nil || took.Wall <= 0 || len(*out) < 1000 {
		t.Errorf("%d bytes in %v, %v", len(*out), took, err)
	}
	if _, _, err := (job{&clip, g264.Chroma444, "no such preset", 17, 1, 1}).ours(); err == nil {
		t.Error("a preset that does not exist passes")
	}
	if _, err := loadClip("no such clip"); err == nil {
		t.Error("a clip that does not exist passes")
	}
}

func TestRow(t *testing.T) {
	j := job{&video.Clip{Name: "c", Frames: make([][]uint8, 10)}, g264.Chroma420, "medium", 23, 1, 1}
	for ours, want := range map[time.Duration][]string{
		time.Second: {"| 10.0 (10.0) | 5.00 (2.50) | 2.00 ", "| yes "}, 4 * time.Second: {"| 0.500 ", "| no "},
	} {
		table := measure.NewTable("", "", "", "", "", "", "", "", "", "", "")
		err := j.row(table, []measure.Times{{{Wall: ours, CPU: ours}}, {{Wall: 4 * time.Second, CPU: 1}, {Wall: 2 * time.Second, CPU: 2}}}, [2]int{1, 2}, [2]float64{30, 31})
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		table.Print(&b)
		for _, w := range want {
			if !strings.Contains(b.String(), w) {
				t.Errorf("%v: %q is not in\n%s", ours, w, &b)
			}
		}
	}
}
