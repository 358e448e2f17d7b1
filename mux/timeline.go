package mux

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
)

const (
	// maxTime bounds times and durations, so that the difference of two times and
	// a duration together fit an int64.
	maxTime = 1 << 61
	// maxTicks bounds a sample's duration and its composition offset in a box:
	// there are 32 bits for them, but readers keep them in signed ones.
	maxTicks = math.MaxInt32
	// defaultRate is the frame rate of a track that doesn't show one: a single
	// sample without duration.
	defaultRate = 25
)

// Sample is one access unit, in decoding order.
//
// A sample lasts until the DTS of the next. Duration says how long the last one
// does; where it is zero, the last sample lasts as long as the one before it,
// and an only sample 1/25 second.
//
// A time from one sample to the next of more than 2^31-1 ticks, which no box
// holds, makes the times of a Progressive or Seekable file coarser by a power of
// ten, as far as needed. In fragments a new one begins after it: their times
// have 64 bits.
type Sample struct {
	Data     []byte // NAL units, each after its length in four bytes, big-endian; no SPS or PPS
	PTS, DTS int64  // in ticks of the track; PTS not before DTS; DTS increases; at most 2^61 from 0
	Duration int64  // in ticks, at most 2^31-1 seconds; 0: not said
	// Certain promises that the DTS of the next sample will be this one's and
	// Duration, which isn't 0, or later. So a fragment can end with this sample
	// without waiting for the next; where that comes later, a time without
	// samples lies between.
	Certain bool
	Key     bool // a sync sample: an IDR picture
}

// checkData checks that data is a sequence of NAL units with four-byte lengths,
// none of them a parameter set: avc1 keeps these in avcC (-15, 5.4.2).
func checkData(data []byte) error {
	if len(data) == 0 {
		return fmt.Errorf("%w: Data is empty", ErrSample)
	}
	if uint64(len(data)) > math.MaxUint32 {
		return fmt.Errorf("%w: Data of %d bytes: at most 4294967295", ErrSample, len(data))
	}
	for at := 0; at < len(data); {
		rest := data[at:]
		if len(rest) < 4 {
			return fmt.Errorf("%w: Data ends at byte %d with %d bytes, too few for the length of a NAL unit",
				ErrSample, at, len(rest))
		}
		length := uint64(binary.BigEndian.Uint32(rest))
		if length == 0 || length > uint64(len(rest)-4) {
			return fmt.Errorf("%w: Data at byte %d: a NAL unit of %d bytes where %d follow",
				ErrSample, at, length, len(rest)-4)
		}
		if t := nalType(rest[4:]); t == nalSPS || t == nalPPS {
			return fmt.Errorf("%w: Data at byte %d: a parameter set (nal_unit_type %d), which belongs in Track",
				ErrSample, at, t)
		}
		at += 4 + int(length)
	}
	return nil
}

// timeline is what the times of the samples so far add up to.
type timeline struct {
	timescale uint32
	samples   uint64

	firstPTS, firstDTS int64
	lastDTS            int64
	lastDuration       int64 // as the last sample says, or 0
	lastCertain        bool
	maxPTS             int64
	maxPTSDuration     int64 // as the sample shown last says, or 0
}

// check says whether a sample's times can follow those before it.
func (t *timeline) check(s *Sample) error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: "+format, append([]any{ErrSample}, args...)...)
	}
	// 2^31-1 seconds to the nearest, which a timescale of 1 can hold.
	longest := min(maxTicks*int64(t.timescale)+int64(t.timescale-1)/2, maxTime)
	switch {
	case s.PTS < -maxTime || s.PTS > maxTime:
		return bad("PTS %d: at most 2^61 from 0", s.PTS)
	case s.DTS < -maxTime:
		return bad("DTS %d: at most 2^61 from 0", s.DTS)
	case s.DTS > s.PTS:
		return bad("DTS %d: after its PTS %d", s.DTS, s.PTS)
	case s.PTS-s.DTS > maxTicks:
		return bad("PTS %d: more than 2147483647 ticks after its DTS %d", s.PTS, s.DTS)
	case s.Duration < 0 || s.Duration > longest:
		return bad("Duration %d: 0 to %d ticks", s.Duration, longest)
	case s.Certain && s.Duration == 0:
		return bad("Duration 0: Certain, so it must say how long")
	}
	if t.samples == 0 {
		if !s.Key {
			return bad("Key is false: the first sample must be a key sample")
		}
		return nil
	}
	switch {
	case s.DTS <= t.lastDTS:
		return bad("DTS %d: not after the sample before it, at %d", s.DTS, t.lastDTS)
	case s.DTS-t.lastDTS > longest:
		return bad("DTS %d: more than %d ticks after the sample before it, at %d", s.DTS, longest, t.lastDTS)
	case t.lastCertain && s.DTS < t.lastDTS+t.lastDuration:
		return bad("DTS %d: before the end of the sample before it, which was certain to be %d", s.DTS, t.lastDTS+t.lastDuration)
	case s.PTS < t.firstPTS:
		return bad("PTS %d: before the first sample's, %d", s.PTS, t.firstPTS)
	}
	return nil
}

// add takes a sample that was checked.
func (t *timeline) add(s *Sample) {
	if t.samples == 0 {
		t.firstPTS, t.firstDTS = s.PTS, s.DTS
	}
	if t.samples == 0 || s.PTS > t.maxPTS {
		t.maxPTS, t.maxPTSDuration = s.PTS, s.Duration
	}
	t.lastDTS, t.lastDuration, t.lastCertain = s.DTS, s.Duration, s.Certain
	t.samples++
}

// finish completes the timeline: before is how long the sample before the last
// lasts, or 0.
func (t *timeline) finish(before int64) {
	switch {
	case t.lastDuration != 0:
	case before != 0:
		t.lastDuration = before
	default:
		t.lastDuration = max(1, int64(t.timescale/defaultRate))
	}
	if t.maxPTSDuration == 0 {
		t.maxPTSDuration = t.lastDuration
	}
}

// mediaDuration is from the first DTS to the end of the last sample, in ticks,
// after finish.
func (t *timeline) mediaDuration() uint64 { return uint64(t.lastDTS - t.firstDTS + t.lastDuration) }

// wait is the time before the first picture, skip that of pictures before zero.
func (t *timeline) wait() uint64 { return uint64(max(t.firstPTS, 0)) }
func (t *timeline) skip() uint64 { return uint64(max(-t.firstPTS, 0)) }

// shownDuration is the time from the first picture, or from zero, to the end of
// the last, in ticks, after finish.
func (t *timeline) shownDuration() uint64 {
	return uint64(max(1, t.maxPTS+t.maxPTSDuration-max(t.firstPTS, 0)))
}

// scaled is ticks of one timescale, at least 0, in those of another, to the
// nearest. The result fits an int64 where to is not above from.
func scaled(ticks int64, from, to uint32) int64 {
	hi, lo := bits.Mul64(uint64(ticks), uint64(to))
	lo, carry := bits.Add64(lo, uint64(from/2), 0)
	q, _ := bits.Div64(hi+carry, lo, uint64(from))
	return int64(q)
}
