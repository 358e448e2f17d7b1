package g264

import (
	"fmt"
	"math"
	"math/bits"
	"time"
)

const (
	// finestScale is the most units per second that the file counts in for a time
	// base: 31 bits of them, which a box has for a frame's duration, are 35 minutes.
	finestScale = 1000000
	// maxMediaTime bounds times in the file, in media units.
	maxMediaTime = 1 << 60
	// maxSeconds bounds the time from a frame to the next; 68 years.
	maxSeconds = math.MaxInt32
	// maxTicks bounds the caller's times; nanoseconds since 1970 have a century left.
	maxTicks = 1 << 62
)

// clock gives frames their times on the media's scale. At a constant rate a
// frame lasts FrameRate.Den units of a scale of FrameRate.Num per second. With a
// time base num/den a tick is num units of a scale of den per second; where that
// is finer than finestScale, each time is rounded to the nearest unit of that,
// by itself, so that nothing drifts. It is a value: place works on a copy until
// the frame is taken.
type clock struct {
	variable bool   // frames may have times
	keep     bool   // Options.KeepStart
	scale    uint32 // units per second
	mul, div uint64 // a tick is mul/div units

	// The frame rate's duration of a frame, in ticks: whole + rem/per. The rest
	// is carried from frame to frame, so that it never adds up to a drift.
	whole, rem, per int64
	carry           int64

	frames   int64
	origin   int64 // what the caller calls time 0 of the file, in ticks
	last     int64 // the last frame's time after that, in ticks
	duration int64 // that the last frame asked for, in ticks; 0: none
	next     int64 // where a frame without a time goes, in ticks after origin

	first, pts int64 // of the first and the last frame, in media units
	gap        int64 // between the last two frames, in media units
}

func newClock(o *Options) clock {
	rate := o.frameRate()
	if o.TimeBase == (Rational{}) {
		return clock{scale: uint32(rate.Num), mul: uint64(rate.Den), div: 1, whole: 1, per: 1}
	}
	base := o.TimeBase.reduced()
	c := clock{variable: true, keep: o.KeepStart, scale: uint32(base.Den), mul: uint64(base.Num), div: 1}
	if base.Den > finestScale {
		c.scale, c.mul, c.div = finestScale, uint64(base.Num)*finestScale, uint64(base.Den)
	}
	// Terms are below 2^31, so products and sums of them fit.
	num, den := int64(base.Den)*int64(rate.Den), int64(base.Num)*int64(rate.Num)
	c.whole, c.rem, c.per = num/den, num%den, den
	if c.whole == 0 { // a tick is longer than a frame
		c.whole, c.rem = 1, 0
	}
	return c
}

// units returns a number of ticks, less than 2^63 from 0, as media units to the
// nearest, and false where these are beyond maxMediaTime.
func (c *clock) units(ticks int64) (units int64, ok bool) {
	hi, lo := bits.Mul64(uint64(max(ticks, -ticks)), c.mul)
	lo, carry := bits.Add64(lo, c.div/2, 0)
	if hi += carry; hi >= c.div {
		return 0, false
	}
	n, _ := bits.Div64(hi, lo, c.div)
	if n > maxMediaTime {
		return 0, false
	}
	if ticks < 0 {
		return -int64(n), true
	}
	return int64(n), true
}

// longest returns the longest time from a frame to the next, in ticks.
func (c *clock) longest() int64 {
	hi, lo := bits.Mul64(maxSeconds*uint64(c.scale), c.div)
	if hi >= c.mul {
		return maxTicks - 1
	}
	n, _ := bits.Div64(hi, lo, c.mul)
	return int64(min(n, maxTicks-1))
}

// place gives the next frame its time in the file, in media units.
func (c *clock) place(f *Frame) (pts int64, err error) {
	if !c.variable {
		if f.PTS.set {
			return 0, badFrame("PTS", f.PTS.ticks, "none, or Options.TimeBase set")
		}
		if f.Duration != 0 {
			return 0, badFrame("Duration", f.Duration, "0, or Options.TimeBase set")
		}
	}
	if longest := c.longest(); f.Duration < 0 || f.Duration > longest {
		return 0, badFrame("Duration", f.Duration, fmt.Sprintf("0 to %d ticks of the time base", longest))
	}
	at := c.next
	if f.PTS.set {
		// Within these bounds no sum and no difference below overflows.
		if f.PTS.ticks <= -maxTicks || f.PTS.ticks >= maxTicks {
			return 0, badFrame("PTS", f.PTS.ticks, "less than 2^62 ticks from 0")
		}
		if c.frames == 0 && !c.keep {
			c.origin = f.PTS.ticks
		}
		at = f.PTS.ticks - c.origin
	}
	if c.frames > 0 {
		before := c.origin + c.last
		if at <= c.last {
			return 0, badFrame("PTS", f.PTS.ticks, fmt.Sprintf("more than %d, the time of the frame before", before))
		}
		if longest := c.longest(); at-c.last > longest {
			return 0, badFrame("the frame's time", c.origin+at,
				fmt.Sprintf("at most %d ticks after %d, the time of the frame before", longest, before))
		}
	}
	pts, ok := c.units(at)
	if !ok || at > maxTicks {
		return 0, badFrame("the frame's time", c.origin+at, fmt.Sprintf("at most %d units of 1/%d seconds from the file's start", int64(maxMediaTime), c.scale))
	}
	if c.frames == 0 {
		c.first = pts
	} else {
		pts = max(pts, c.pts+1) // frames closer than the scale can tell apart
		c.gap = pts - c.pts
	}
	if f.PTS.set || c.duration != 0 {
		c.carry = 0
	}
	c.last, c.duration, c.pts = at, f.Duration, pts
	c.frames++
	if f.Duration != 0 {
		c.next = at + f.Duration
	} else {
		c.next = at + c.whole
		if c.carry += c.rem; c.carry >= c.per {
			c.carry -= c.per
			c.next++
		}
	}
	return pts, nil
}

// lastDuration returns how long the last frame lasts if it is the last, in
// media units: what it says; as long as the one before, but no longer than frames
// do in the mean, so that a pause doesn't come twice; or a frame of the rate.
func (c *clock) lastDuration() int64 {
	ticks := c.duration
	if ticks == 0 {
		if c.frames > 1 {
			return min(c.gap, max(1, (c.pts-c.first)/(c.frames-1)))
		}
		ticks = min(c.whole, c.longest())
	}
	// Its end is rounded, as the next frame's time would be.
	end, ok := c.units(c.last + ticks)
	if !ok {
		end, _ = c.units(ticks)
		end += c.pts
	}
	return max(1, end-c.pts)
}

// time returns the last frame's time as the caller has it.
func (c *clock) time() int64 { return c.origin + c.last }

// length returns the time from the first frame's start to the last one's end.
func (c *clock) length() time.Duration {
	if c.frames == 0 {
		return 0
	}
	units := uint64(c.pts - c.first + c.lastDuration())
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
