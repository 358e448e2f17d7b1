package g264

import (
	"fmt"
	"math"
	"math/bits"
	"time"
)

const (
	// maxGap is the longest time between two frames, in media units: MP4 tables
	// hold it in 32 bits, which readers keep signed.
	maxGap = math.MaxInt32
	// coarser is the way out of a gap that is too long.
	coarser = " (a coarser Options.TimeBase, such as 1/90000 or 1/1000, allows more)"
	// maxMediaTime bounds the time of the last frame, in media units.
	maxMediaTime = 1 << 61
	// maxTicks bounds the caller's times; nanoseconds since 1970 have a century left.
	maxTicks = 1 << 62
)

// clock gives frames their times on the media's scale. At a constant rate a
// frame lasts FrameRate.Den units of a scale of FrameRate.Num per second; with
// a time base num/den a tick is num units of a scale of den per second. So all
// times are exact. It is a value: place works on a copy until the frame is taken.
type clock struct {
	variable bool   // frames may have times
	scale    uint32 // units per second
	tick     int64  // units per tick

	// The frame rate's duration of a frame, in ticks: whole + rem/div. The rest
	// is carried from frame to frame, so that it never adds up to a drift.
	whole, rem, div int64
	carry           int64

	frames   int64
	origin   int64 // what the caller calls the first frame's time, in ticks
	last     int64 // the last frame's time after the first, in ticks
	gap      int64 // between the last two frames, in ticks
	duration int64 // that the last frame asked for, in ticks; 0: none
	next     int64 // where a frame without a time goes, in ticks after the first
}

func newClock(o *Options) clock {
	rate := o.frameRate()
	if o.TimeBase == (Rational{}) {
		return clock{scale: uint32(rate.Num), tick: int64(rate.Den), whole: 1, div: 1}
	}
	base := o.TimeBase.reduced()
	c := clock{variable: true, scale: uint32(base.Den), tick: int64(base.Num)}
	// Terms are below 2^31, so products and sums of them fit.
	num, den := int64(base.Den)*int64(rate.Den), int64(base.Num)*int64(rate.Num)
	c.whole, c.rem, c.div = num/den, num%den, den
	if c.whole == 0 { // a tick is longer than a frame
		c.whole, c.rem = 1, 0
	}
	return c
}

// place gives the next frame its time after the first frame, in media units.
func (c *clock) place(f *Frame) (pts int64, err error) {
	if !c.variable {
		if f.PTS.set {
			return 0, badFrame("PTS", f.PTS.ticks, "none, or Options.TimeBase set")
		}
		if f.Duration != 0 {
			return 0, badFrame("Duration", f.Duration, "0, or Options.TimeBase set")
		}
	}
	limit := maxGap / c.tick // in ticks
	if f.Duration < 0 || f.Duration > limit {
		return 0, badFrame("Duration", f.Duration, fmt.Sprintf("0 to %d ticks of the time base%s", limit, coarser))
	}
	at := c.next
	if f.PTS.set {
		// Within these bounds no sum and no difference below overflows.
		if f.PTS.ticks <= -maxTicks || f.PTS.ticks >= maxTicks {
			return 0, badFrame("PTS", f.PTS.ticks, "less than 2^62 ticks from 0")
		}
		if c.frames == 0 {
			c.origin = f.PTS.ticks
		}
		at = f.PTS.ticks - c.origin
	}
	if c.frames > 0 {
		before := c.origin + c.last
		if at <= c.last {
			return 0, badFrame("PTS", f.PTS.ticks, fmt.Sprintf("more than %d, the time of the frame before", before))
		}
		if at-c.last > limit || at > maxMediaTime/c.tick {
			return 0, badFrame("the frame's time", c.origin+at,
				fmt.Sprintf("at most %d ticks after %d, the time of the frame before%s", limit, before, coarser))
		}
	}
	if c.frames > 0 {
		c.gap = at - c.last
	}
	if f.PTS.set || c.duration != 0 {
		c.carry = 0
	}
	c.last, c.duration = at, f.Duration
	c.frames++
	if f.Duration != 0 {
		c.next = at + f.Duration
	} else {
		c.next = at + c.whole
		if c.carry += c.rem; c.carry >= c.div {
			c.carry -= c.div
			c.next++
		}
	}
	return at * c.tick, nil
}

// lastDuration returns how long the last frame lasts if it is the last, in
// media units: what it says, as long as the one before, or a frame of the rate.
func (c *clock) lastDuration() int64 {
	switch {
	case c.duration != 0:
		return c.duration * c.tick
	case c.frames > 1:
		return c.gap * c.tick
	}
	return min(c.whole*c.tick, maxGap)
}

// ticks turns a media time into the caller's time.
func (c *clock) ticks(pts int64) int64 { return c.origin + pts/c.tick }

// length returns the time from the first frame's start to the last one's end.
func (c *clock) length() time.Duration {
	if c.frames == 0 {
		return 0
	}
	units := uint64(c.last*c.tick + c.lastDuration())
	hi, lo := bits.Mul64(units, uint64(time.Second))
	if hi >= uint64(c.scale) {
		return math.MaxInt64
	}
	ns, rem := bits.Div64(hi, lo, uint64(c.scale))
	if rem >= uint64(c.scale+1)/2 {
		ns++
	}
	return time.Duration(min(ns, math.MaxInt64))
}
