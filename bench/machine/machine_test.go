package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/g264/g264/bench/internal/measure"
	"github.com/g264/g264/internal/testenv"
	"github.com/g264/g264/internal/testvideo"
)

func printed(t *measure.Table) string {
	var b strings.Builder
	t.Print(&b)
	return b.String()
}

func row(cells int) *measure.Table { return measure.NewTable(make([]string, cells)...) }

func TestRows(t *testing.T) {
	costs := func(largest time.Duration) (times []measure.Times) {
		for i, s := range sizes {
			cost := 100 * time.Nanosecond
			if i == len(sizes)-1 {
				cost = largest
			}
			times = append(times, measure.Times{{Wall: cost * time.Duration(sizeFrames*(s[0]/16*(s[1]/16)))}})
		}
		return times
	}
	for largest, want := range map[time.Duration]string{120: "| 1.20 | at most 1.25 | yes |", 130: "| 1.30 | at most 1.25 | no"} {
		table := row(len(sizes) + 4)
		if err := sizeRow(table, "medium", costs(largest)); err != nil {
			t.Fatal(err)
		}
		if got := printed(table); !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	for two, want := range map[time.Duration]string{
		500: "| 2.00 | 4.50 | at least 1.85 | yes |", 600: "| 1.67 | 4.50 | at least 1.85 | no",
	} {
		table := row(9)
		// By the medians: the best of one and two threads are others.
		runs := []measure.Times{{{Wall: 900}, {Wall: 1000}, {Wall: 1100}}, {{Wall: 200}, {Wall: two}, {Wall: 2000}}}
		if err := coresRow(table, "hello", "medium", 60, runs); err != nil {
			t.Fatal(err)
		}
		if got := printed(table); !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
}

// Tiles repeat the middle of the clip, mirrored.
func TestTiled(t *testing.T) {
	clip := testvideo.Clip(testvideo.Moving, 400, 300, 1, true)
	f := tiled(clip, 768, 320)[0]
	at := func(x, y int) uint8 { return f.Y[y*f.YStride+x] }
	if at(0, 0) != clip[0].Y[6*clip[0].YStride+24] || at(351, 9) != at(352, 9) || at(3, 9) != at(700, 9) || at(5, 287) != at(5, 288) {
		t.Error("the tiles are not those of the clip")
	}
	var one, two bytes.Buffer
	for i, out := range []*bytes.Buffer{&one, &two} {
		side, err := encoding([]testvideo.Frame{f, f}, "ultrafast", i+1, out)
		if err != nil {
			t.Fatal(err)
		}
		if took, err := side.Run(); err != nil || took.Wall <= 0 {
			t.Fatal(took, err)
		}
	}
	if one.Len() == 0 || !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Errorf("%d and %d bytes", one.Len(), two.Len())
	}
	if _, err := encoding([]testvideo.Frame{f}, "no such preset", 1, nil); err == nil {
		t.Error("a preset that does not exist passes")
	}
}

// A process's peak is its own: dd with a buffer of 64 MiB needs that much.
func TestLeastPeak(t *testing.T) {
	testenv.Need(t, "dd")
	peak, err := leastPeak(1, "dd", "if=/dev/zero", "of=/dev/null", "bs=64M", "count=1")
	if ownPeak() == 0 {
		t.Skip("this system does not tell")
	}
	if err != nil || peak < 64 || peak > 80 {
		t.Errorf("dd: %.1f MiB, %v", peak, err)
	}
	if _, err := leastPeak(1, "true"); err == nil {
		t.Error("a process that is smaller than this one is measured")
	}
}
