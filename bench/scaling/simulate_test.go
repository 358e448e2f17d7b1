package main

import (
	"testing"
	"time"
)

// even are costs of pictures whose tasks take equal times; the work ahead is in
// bands, and so is a quarter as much to take them.
func even(pictures, mbW, mbH, bands int, ahead, analysis, filter, entropy time.Duration) *costs {
	c := newCosts(pictures, mbW, mbH)
	took := [3]time.Duration{analysis, filter, entropy}
	for i := range c.ahead {
		for range bands {
			c.ahead[i] = append(c.ahead[i], ahead/time.Duration(bands))
			c.take[i] = append(c.take[i], ahead/time.Duration(4*bands))
		}
		for s, stage := range c.coding() {
			for y := range mbH {
				(*stage)[i][y] = took[s]
			}
		}
	}
	return c
}

// One worker takes the sum of all tasks, whatever the rules.
func TestOneWorker(t *testing.T) {
	c := even(5, 10, 7, 1, 31, 1000, 70, 9)
	for _, r := range []rules{{1, 1, 4, false}, {3, 7, 2, true}} {
		if got, want := simulate(c, 1, r), c.total(); got != want {
			t.Errorf("%+v: %v, want %v", r, got, want)
		}
	}
}

// Where nothing is in flight but one picture, rows a wavefront apart bound the
// time: the last row ends two macroblocks later per row.
func TestWavefront(t *testing.T) {
	const mbW, mbH = 20, 10
	c := even(1, mbW, mbH, 1, 0, 1000*mbW, 0, 0)
	if got, want := simulate(c, mbH, rules{1, mbH, 4, true}), 1000*time.Duration(mbW+lag*(mbH-1)); got != want {
		t.Errorf("%v, want %v", got, want)
	}
}

// More workers are never slower than one, nor faster than their number, and
// pictures that overlap are faster than pictures that don't.
func TestSpeedups(t *testing.T) {
	c := even(20, 40, 30, 4, 500, 10000, 1000, 300)
	total := c.total()
	for _, n := range []int{2, 4, 16, 64} {
		took := simulate(c, n, rulesFor(n, 30))
		if took >= total || took*time.Duration(n) < total {
			t.Errorf("%d workers take %v, one %v", n, took, total)
		}
		if n == 16 {
			alone := rulesFor(n, 30)
			alone.flight = 1
			if slow := simulate(c, n, alone); slow <= took {
				t.Errorf("%v without overlap, %v with", slow, took)
			}
		}
	}
}

// Work that can't be spread bounds the speed-up.
func TestAheadBounds(t *testing.T) {
	speedup := func(bands int) float64 {
		c := even(30, 40, 30, bands, 100000, 10000, 0, 0) // 100 of 425 parts measure
		return c.total().Seconds() / simulate(c, 64, rulesFor(64, 30)).Seconds()
	}
	if s := speedup(1); s > 4.25 {
		t.Errorf("a speed-up of %.2f past what is done in order", s)
	}
	if s := speedup(8); s < 8 {
		t.Errorf("a speed-up of %.1f with eight bands", s)
	}
	c := even(30, 40, 30, 8, 0, 10000, 0, 0)
	for i := range c.call {
		c.call[i] = 100000
	}
	if s := c.total().Seconds() / simulate(c, 64, rulesFor(64, 30)).Seconds(); s > 4 {
		t.Errorf("a speed-up of %.1f past a caller who does a quarter", s)
	}
}
