package g264

import (
	"errors"
	"math"
	"testing"
	"time"
)

// place gives a frame to a clock as the encoder does: a refused one leaves no trace.
func place(c *clock, f Frame) (int64, error) {
	next := *c
	pts, err := next.place(&f)
	if err == nil {
		*c = next
	}
	return pts, err
}

func TestConstantRateTimes(t *testing.T) {
	c := newClock(&Options{FrameRate: FPS(23.976)})
	for i := int64(0); i < 1000; i++ {
		if pts, err := place(&c, Frame{}); err != nil || pts != i*1001 {
			t.Fatalf("frame %d is at %d, %v", i, pts, err)
		}
	}
	if c.scale != 24000 || c.lastDuration() != 1001 {
		t.Errorf("scale %d, last frame %d units", c.scale, c.lastDuration())
	}
	if got, want := c.length(), 41708333333*time.Nanosecond; got != want {
		t.Errorf("1000 frames last %v, want %v", got, want)
	}
	for _, f := range []Frame{{PTS: At(2000)}, {PTS: At(0)}, {Duration: 1}} {
		if _, err := place(&c, f); !errors.Is(err, ErrFrame) {
			t.Errorf("a time without a time base: %v", err)
		}
	}
}

// Frames without a time follow each other at the frame rate and do not drift.
func TestUntimedFramesKeepTheRate(t *testing.T) {
	c := newClock(&Options{FrameRate: FPS(29.97), TimeBase: Rational{1, 1000}})
	for i := int64(0); i < 100000; i++ {
		pts, err := place(&c, Frame{})
		if want := i * 1001 / 30; err != nil || pts != want {
			t.Fatalf("frame %d is at %d ms, want %d (%v)", i, pts, want, err)
		}
	}
}

func TestTimes(t *testing.T) {
	type step struct {
		frame Frame
		pts   int64 // in media units; -1: refused
	}
	hour := int64(3600e9)
	for _, c := range []struct {
		name   string
		o      Options
		steps  []step
		length time.Duration
	}{
		{"timestamps start at the first", Options{TimeBase: Rational{1, 1000}}, []step{
			{Frame{PTS: At(5000)}, 0}, {Frame{PTS: At(5040)}, 40}, {Frame{PTS: At(5100)}, 100},
		}, 150 * time.Millisecond},
		{"negative start", Options{TimeBase: Rational{1, 1000}}, []step{
			{Frame{PTS: At(-7)}, 0}, {Frame{PTS: At(0)}, 7},
		}, 14 * time.Millisecond},
		{"durations", Options{TimeBase: Rational{1, 100}}, []step{
			{Frame{Duration: 10}, 0}, {Frame{Duration: 3}, 10}, {Frame{Duration: 50}, 13},
		}, 630 * time.Millisecond},
		{"untimed frames follow", Options{TimeBase: Rational{1, 100}}, []step{
			{Frame{PTS: At(100)}, 0}, {Frame{}, 4}, {Frame{PTS: At(120)}, 20}, {Frame{Duration: 7}, 24}, {Frame{}, 31}, {Frame{}, 35},
		}, 390 * time.Millisecond},
		{"a time cuts a duration", Options{TimeBase: Rational{1, 100}}, []step{
			{Frame{PTS: At(0), Duration: 10}, 0}, {Frame{PTS: At(4)}, 4},
		}, 80 * time.Millisecond},
		{"a pause before the end", Options{TimeBase: Rational{1, 1000}}, []step{
			{Frame{PTS: At(0)}, 0}, {Frame{PTS: At(40)}, 40}, {Frame{PTS: At(80)}, 80}, {Frame{PTS: At(3600000)}, 3600000},
		}, 4800 * time.Second},
		{"going back", Options{TimeBase: Rational{1, 100}}, []step{
			{Frame{PTS: At(10)}, 0}, {Frame{PTS: At(20)}, 10}, {Frame{PTS: At(20)}, -1}, {Frame{PTS: At(19)}, -1},
			{Frame{PTS: At(math.MinInt64)}, -1}, {Frame{PTS: At(30)}, 20},
		}, 300 * time.Millisecond},
		{"ticks of several units", Options{TimeBase: Rational{1001, 24000}}, []step{
			{Frame{PTS: At(3)}, 0}, {Frame{PTS: At(5)}, 2002},
		}, 4 * 1001 * time.Second / 24000},
		{"a time forgets the rest of a tick", Options{TimeBase: Rational{1, 1000}, FrameRate: FPS(29.97)}, []step{
			{Frame{}, 0}, {Frame{}, 33}, {Frame{}, 66}, {Frame{PTS: At(1000)}, 1000}, {Frame{}, 1033},
			{Frame{Duration: 10}, 1066}, {Frame{}, 1076}, {Frame{}, 1109},
		}, 1142 * time.Millisecond},
		{"ticks longer than frames", Options{TimeBase: Rational{1, 1}}, []step{
			{Frame{}, 0}, {Frame{}, 1}, {Frame{PTS: At(10)}, 10},
		}, 15 * time.Second},
		{"nanoseconds of an epoch", Options{TimeBase: Rational{1, 1000000000}}, []step{
			{Frame{PTS: At(1800000000e9)}, 0}, {Frame{PTS: At(1800000000e9 + 40e6)}, 40e3},
		}, 80 * time.Millisecond},
		{"hours of nanoseconds", Options{TimeBase: Rational{1, 1000000000}}, []step{
			{Frame{PTS: At(499)}, 0}, {Frame{PTS: At(hour)}, 3600e6}, {Frame{PTS: At(2*hour + 1000)}, 7200e6 + 1},
			{Frame{PTS: At(2*hour + 1200)}, 7200e6 + 2}, {Frame{PTS: At(1800000000e9)}, 1800000000e6},
			{Frame{PTS: At(math.MaxInt64)}, -1}, {Frame{PTS: At(4100000000e9)}, -1},
		}, 1800000000e9 * 5 / 4},
		{"the start is kept", Options{TimeBase: Rational{1, 1000}, KeepStart: true}, []step{
			{Frame{PTS: At(5000)}, 5000}, {Frame{PTS: At(5040)}, 5040},
		}, 80 * time.Millisecond},
		{"the start is kept below 0", Options{TimeBase: Rational{1, 1000000000}, KeepStart: true}, []step{
			{Frame{PTS: At(-40e6)}, -40e3}, {Frame{PTS: At(-600)}, -1}, {Frame{PTS: At(0)}, 0}, {Frame{PTS: At(40e6)}, 40e3},
		}, 106666 * time.Microsecond},
		{"too far", Options{TimeBase: Rational{1000, 1}}, []step{
			{Frame{PTS: At(0)}, 0}, {Frame{PTS: At(2147484)}, -1}, {Frame{PTS: At(2147483)}, 2147483000},
		}, 2 * 2147483000 * time.Second},
		{"bad durations", Options{TimeBase: Rational{1, 100}}, []step{
			{Frame{Duration: -1}, -1}, {Frame{Duration: math.MaxInt64}, -1}, {Frame{Duration: 1}, 0},
		}, 10 * time.Millisecond},
		{"a frame long for its time base", Options{TimeBase: Rational{1, math.MaxInt32}, FrameRate: Rational{1, 10}}, []step{
			{Frame{}, 0}, {Frame{}, 10e6}, {Frame{PTS: At(5)}, -1},
		}, 20 * time.Second},
		{"extreme terms", Options{TimeBase: Rational{1, math.MaxInt32}, FrameRate: Rational{1, math.MaxInt32}}, []step{
			{Frame{PTS: At(maxTicks - 1)}, 0}, {Frame{}, maxSeconds * 1e6}, {Frame{PTS: At(maxTicks - 1)}, -1},
		}, 2 * maxSeconds * time.Second},
		{"nothing", Options{}, nil, 0},
	} {
		clock := newClock(&c.o)
		for i, s := range c.steps {
			pts, err := place(&clock, s.frame)
			refused := s.pts < 0 && !c.o.KeepStart
			if (err != nil) != refused || err == nil && pts != s.pts || err != nil && !errors.Is(err, ErrFrame) {
				t.Errorf("%s: frame %d is at %d, want %d (%v)", c.name, i, pts, s.pts, err)
			}
			if err == nil && s.frame.PTS.set && clock.time() != s.frame.PTS.ticks {
				t.Errorf("%s: frame %d is back at tick %d", c.name, i, clock.time())
			}
		}
		if got := clock.length(); got != c.length {
			t.Errorf("%s: lasts %v, want %v", c.name, got, c.length)
		}
	}
}

// A frame may come 68 years after the one before, in any time base.
func TestLongestGap(t *testing.T) {
	for _, c := range []struct {
		base Rational
		want int64 // ticks
	}{
		{Rational{1, 1000000000}, maxSeconds * 1e9}, {Rational{1, 90000}, maxSeconds * 90000}, {Rational{1, 1}, maxSeconds},
		{Rational{1001, 24000}, maxSeconds * 24000 / 1001}, {Rational{math.MaxInt32, 1}, 1},
	} {
		k := newClock(&Options{TimeBase: c.base})
		for _, f := range []Frame{{PTS: At(0)}, {PTS: At(c.want), Duration: c.want}} {
			if _, err := place(&k, f); err != nil {
				t.Errorf("base %v: %v", c.base, err)
			}
		}
		for _, f := range []Frame{{PTS: At(2*c.want + 1)}, {Duration: c.want + 1}} {
			if _, err := place(&k, f); !errors.Is(err, ErrFrame) {
				t.Errorf("base %v: error %v for a gap of %d ticks", c.base, err, c.want+1)
			}
		}
	}
}

// Ten hours of nanoseconds at 23.976 frames per second are off by no more than
// half a microsecond anywhere.
func TestNanosecondsDoNotDrift(t *testing.T) {
	c := newClock(&Options{TimeBase: Rational{1, 1000000000}})
	for i := int64(0); i < 10*3600*24; i++ {
		ns := i * 1001e9 / 24000
		pts, err := place(&c, Frame{PTS: At(ns)})
		if off := pts*1000 - ns; err != nil || off < -500 || off > 500 {
			t.Fatalf("frame %d at %d ns is at %d us (%v)", i, ns, pts, err)
		}
	}
}
