package main

import (
	"strings"
	"testing"
	"time"

	"github.com/g264/g264/bench/internal/measure"
)

func TestConverterTimesOneFrame(t *testing.T) {
	for _, chroma := range []string{"420", "444"} {
		convert, err := converter(65, 33, chroma, texture(65, 33))
		if err != nil {
			t.Fatal(err)
		}
		if took, err := convert(); err != nil || took.Wall <= 0 || took.Wall > time.Second {
			t.Errorf("%s: %v, %v", chroma, took, err)
		}
	}
	if _, err := converter(65, 33, "420", make([]uint8, 10)); err == nil {
		t.Error("a frame that is too short passes")
	}
}

func TestRow(t *testing.T) {
	for ours, want := range map[time.Duration]string{time.Millisecond: "| 3.00 ", 2 * time.Millisecond: "| no"} {
		table := measure.NewTable("", "", "", "", "", "", "", "")
		if err := row(table, "420", []measure.Times{{{Wall: ours}}, {{Wall: 3 * time.Millisecond}}, {{Wall: 6 * time.Millisecond}}}); err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		table.Print(&b)
		if !strings.Contains(b.String(), want) {
			t.Errorf("%v: %q is not in\n%s", ours, want, &b)
		}
	}
}
