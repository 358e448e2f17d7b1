package mux

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"

	"github.com/Eyevinn/mp4ff/mp4"
)

const (
	// maxTime bounds times, so that the difference of two fits an int64.
	maxTime = 1 << 62
	// maxTicks bounds a sample's duration and its composition offset: the boxes
	// have 32 bits for them, but readers keep them in signed ones.
	maxTicks = math.MaxInt32
	// defaultRate is the frame rate of a track that doesn't show one: a single
	// sample without duration.
	defaultRate = 25
)

// runs holds a sequence as runs of equal values, as stts, ctts and stsc do.
type runs[T comparable] struct {
	counts []uint32
	values []T
}

func (r *runs[T]) add(v T) {
	if last := len(r.values) - 1; last >= 0 && r.values[last] == v {
		r.counts[last]++
		return
	}
	r.counts = append(r.counts, 1)
	r.values = append(r.values, v)
}

// sampleTable gathers what stbl says about the samples (-12, 8.5 to 8.7). It
// grows by four bytes a sample and as many again for what doesn't repeat.
type sampleTable struct {
	timescale uint32

	sizes   []uint32     // in bytes, of every sample
	deltas  runs[uint32] // from a DTS to the next; the last sample's comes with finish
	offsets runs[int32]  // PTS - DTS
	sync    []uint32     // numbers of the key samples, from 1

	chunks    []uint64     // where each chunk starts in the media
	chunkLens runs[uint32] // samples in each chunk; the last chunk's comes with finish
	chunkLen  uint32       // samples in the last chunk so far
	chunkDTS  int64        // of the first sample in the last chunk

	bytes              uint64 // of the whole media
	firstPTS, firstDTS int64
	lastDTS            int64
	lastDuration       uint32 // as the last sample says, or 0
	maxPTS             int64
	maxPTSDuration     uint32 // as the sample shown last says, or 0
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

// check says whether a sample's times can follow those before it.
func (t *sampleTable) check(s *Sample) error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: "+format, append([]any{ErrSample}, args...)...)
	}
	switch {
	case s.PTS < 0 || s.PTS > maxTime:
		return bad("PTS %d: 0 to 2^62", s.PTS)
	case s.DTS < -maxTime:
		return bad("DTS %d: at least -2^62", s.DTS)
	case s.DTS > s.PTS:
		return bad("DTS %d: after its PTS %d", s.DTS, s.PTS)
	case s.PTS-s.DTS > maxTicks:
		return bad("PTS %d: more than 2147483647 ticks after its DTS %d", s.PTS, s.DTS)
	case s.Duration > maxTicks:
		return bad("Duration %d: at most 2147483647 ticks", s.Duration)
	}
	if len(t.sizes) == 0 {
		if !s.Key {
			return bad("Key is false: the first sample must be a key sample")
		}
		return nil
	}
	switch {
	case s.DTS <= t.lastDTS:
		return bad("DTS %d: not after the sample before it, at %d", s.DTS, t.lastDTS)
	case s.DTS-t.lastDTS > maxTicks:
		return bad("DTS %d: more than 2147483647 ticks after the sample before it, at %d; a coarser Timescale than %d holds it",
			s.DTS, t.lastDTS, t.timescale)
	case s.PTS < t.firstPTS:
		return bad("PTS %d: before the first sample's, %d", s.PTS, t.firstPTS)
	}
	return nil
}

// add takes a sample that was checked, of size bytes.
func (t *sampleTable) add(s *Sample, size uint32) {
	if len(t.sizes) == 0 {
		t.firstPTS, t.firstDTS = s.PTS, s.DTS
		t.maxPTS, t.maxPTSDuration = s.PTS, s.Duration
	} else {
		t.deltas.add(uint32(s.DTS - t.lastDTS))
	}
	// A chunk holds a second: few entries, equal ones at a constant rate, and
	// not much to read before another track's turn.
	if t.chunkLen > 0 && s.DTS-t.chunkDTS >= int64(t.timescale) {
		t.chunkLens.add(t.chunkLen)
		t.chunkLen = 0
	}
	if t.chunkLen == 0 {
		t.chunks = append(t.chunks, t.bytes)
		t.chunkDTS = s.DTS
	}
	t.chunkLen++

	t.sizes = append(t.sizes, size)
	t.bytes += uint64(size)
	t.offsets.add(int32(s.PTS - s.DTS))
	if s.Key {
		t.sync = append(t.sync, uint32(len(t.sizes)))
	}
	if s.PTS > t.maxPTS {
		t.maxPTS, t.maxPTSDuration = s.PTS, s.Duration
	}
	t.lastDTS, t.lastDuration = s.DTS, s.Duration
}

// finish completes the tables for the last sample.
func (t *sampleTable) finish() {
	last := t.lastDuration
	if last == 0 {
		if n := len(t.deltas.values); n > 0 {
			last = t.deltas.values[n-1]
		} else {
			last = max(1, t.timescale/defaultRate)
		}
	}
	t.deltas.add(last)
	t.chunkLens.add(t.chunkLen)
	if t.maxPTSDuration == 0 {
		t.maxPTSDuration = last
	}
	t.lastDuration = last
}

// mediaDuration is the sum of all deltas, in ticks, after finish.
func (t *sampleTable) mediaDuration() uint64 {
	return uint64(t.lastDTS-t.firstDTS) + uint64(t.lastDuration)
}

// shownDuration is the time from the first picture to the end of the last, in
// ticks, after finish.
func (t *sampleTable) shownDuration() uint64 {
	return uint64(t.maxPTS-t.firstPTS) + uint64(t.maxPTSDuration)
}

// boxes makes stbl without stsd and the chunk offsets, which wait until the
// size of moov is known.
func (t *sampleTable) boxes() ([]mp4.Box, error) {
	boxes := []mp4.Box{
		&mp4.SttsBox{SampleCount: t.deltas.counts, SampleTimeDelta: t.deltas.values},
		&mp4.StssBox{SampleNumber: t.sync},
	}
	if len(t.offsets.values) > 1 || t.offsets.values[0] != 0 {
		ctts := &mp4.CttsBox{}
		if err := ctts.AddSampleCountsAndOffset(t.offsets.counts, t.offsets.values); err != nil {
			return nil, fmt.Errorf("mux: ctts: %w", err)
		}
		boxes = append(boxes, ctts)
	}
	stsc, chunk := &mp4.StscBox{}, uint32(1)
	for i, samples := range t.chunkLens.values {
		if err := stsc.AddEntry(chunk, samples, 1); err != nil {
			return nil, fmt.Errorf("mux: stsc: %w", err)
		}
		chunk += t.chunkLens.counts[i]
	}
	stsz := &mp4.StszBox{SampleNumber: uint32(len(t.sizes)), SampleSize: t.sizes}
	return append(boxes, stsc, stsz), nil
}

// chunkOffsets makes stco or, where an offset passes 32 bits, co64. base is
// where the media would start in the file if this box had no bytes.
func (t *sampleTable) chunkOffsets(base uint64) mp4.Box {
	stco := &mp4.StcoBox{ChunkOffset: make([]uint32, len(t.chunks))}
	start := base + stco.Size()
	if start+t.chunks[len(t.chunks)-1] <= math.MaxUint32 {
		for i, c := range t.chunks {
			stco.ChunkOffset[i] = uint32(start + c)
		}
		return stco
	}
	co64 := &mp4.Co64Box{ChunkOffset: make([]uint64, len(t.chunks))}
	start = base + co64.Size()
	for i, c := range t.chunks {
		co64.ChunkOffset[i] = start + c
	}
	return co64
}

// btrt says what the samples ask of a decoder's buffer and of a connection
// (-12, 8.5.2.2), after finish.
func (t *sampleTable) btrt() *mp4.BtrtBox {
	var largest uint32
	for _, size := range t.sizes {
		largest = max(largest, size)
	}
	average := bitRate(t.bytes, t.mediaDuration(), t.timescale)
	peak := bitRate(t.peakSecond(), 1, 1)
	return &mp4.BtrtBox{BufferSizeDB: largest, AvgBitrate: average, MaxBitrate: max(average, peak)}
}

// peakSecond is the most bytes in any window of one second of decoding time.
func (t *sampleTable) peakSecond() uint64 {
	var peak, window uint64
	first, last := 0, cursor{deltas: &t.deltas}
	start := last
	for _, size := range t.sizes {
		window += uint64(size)
		for last.time-start.time >= uint64(t.timescale) {
			window -= uint64(t.sizes[first])
			first++
			start.next()
		}
		peak = max(peak, window)
		last.next()
	}
	return peak
}

// cursor walks the decoding times of the samples.
type cursor struct {
	deltas *runs[uint32]
	run    int
	used   uint32 // of the run
	time   uint64 // in ticks from the first sample
}

func (c *cursor) next() {
	c.time += uint64(c.deltas.values[c.run])
	if c.used++; c.used == c.deltas.counts[c.run] {
		c.run, c.used = c.run+1, 0
	}
}

// bitRate is bytes in a number of ticks as bits per second, at most 2^32-1.
func bitRate(bytes, ticks uint64, timescale uint32) uint32 {
	hi, lo := bits.Mul64(bytes, 8*uint64(timescale))
	if hi >= ticks {
		return math.MaxUint32
	}
	rate, _ := bits.Div64(hi, lo, ticks)
	return uint32(min(rate, math.MaxUint32))
}
