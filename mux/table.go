package mux

import (
	"fmt"
	"math"
	"math/bits"
	"slices"

	"github.com/Eyevinn/mp4ff/mp4"
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
// grows by four bytes a sample and by eight for what doesn't repeat.
type sampleTable struct {
	time *timeline

	sizes   []uint32     // in bytes, of every sample
	deltas  runs[uint64] // from a DTS to the next; the last sample's comes with finish
	offsets runs[int32]  // PTS - DTS
	sync    []uint32     // numbers of the key samples, from 1

	chunks    []uint64     // where each chunk starts in the media
	chunkLens runs[uint32] // samples in each chunk; the last chunk's comes with finish
	chunkLen  uint32       // samples in the last chunk so far
	chunkDTS  int64        // of the first sample in the last chunk

	bytes uint64 // of the whole media
}

// add takes a sample that was checked, of size bytes, before the timeline does.
func (t *sampleTable) add(s *Sample, size uint32) {
	if len(t.sizes) > 0 {
		t.deltas.add(uint64(s.DTS - t.time.lastDTS))
	}
	// A chunk holds a second: few entries, equal ones at a constant rate, and
	// not much to read before another track's turn.
	if t.chunkLen > 0 && s.DTS-t.chunkDTS >= int64(t.time.timescale) {
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
}

// finish completes the tables for the last sample, and makes them coarser where
// a duration needs it.
func (t *sampleTable) finish() {
	var before uint64
	if n := len(t.deltas.values); n > 0 {
		before = t.deltas.values[n-1]
	}
	t.time.finish(int64(before))
	t.deltas.add(uint64(t.time.lastDuration))
	t.chunkLens.add(t.chunkLen)
	if longest := slices.Max(t.deltas.values); longest > maxTicks {
		t.coarsen(int64(longest))
	}
}

// coarsen divides the timescale by powers of ten until the longest duration fits
// its 32 bits. Each time is rounded by itself, so they don't drift.
func (t *sampleTable) coarsen(longest int64) {
	from := t.time.timescale
	to := from
	for scaled(longest, from, to) > maxTicks {
		to = max(1, to/10)
	}
	old := walk{deltas: &t.deltas, offsets: &t.offsets}
	var deltas runs[uint64]
	var offsets runs[int32]
	var dts, firstOffset, maxPTS int64 // new ones, from the first DTS
	for i := range t.sizes {
		offset := max(0, scaled(old.time+int64(old.offset()), from, to)-dts)
		offsets.add(int32(offset))
		if i == 0 {
			firstOffset = offset
		}
		maxPTS = max(maxPTS, dts+offset)
		old.next()
		next := max(dts+1, scaled(old.time, from, to))
		deltas.add(uint64(min(next-dts, maxTicks)))
		t.time.lastDTS, t.time.lastDuration = dts, next-dts
		dts = next
	}
	t.deltas, t.offsets = deltas, offsets

	l := t.time
	l.timescale = to
	if l.firstPTS < 0 {
		l.firstPTS = -scaled(-l.firstPTS, from, to)
	} else {
		l.firstPTS = scaled(l.firstPTS, from, to)
	}
	l.firstDTS = l.firstPTS - firstOffset
	l.lastDTS += l.firstDTS
	l.maxPTS = maxPTS + l.firstDTS
	l.maxPTSDuration = max(1, scaled(l.maxPTSDuration, from, to))
}

// walk goes through the samples' times.
type walk struct {
	deltas  *runs[uint64]
	offsets *runs[int32] // nil: not wanted
	time    int64        // in ticks from the first DTS

	delta, deltaUsed   int // run, and how much of it is behind
	offsetRun, offUsed int
}

func (w *walk) offset() int32 { return w.offsets.values[w.offsetRun] }

func (w *walk) next() {
	w.time += int64(w.deltas.values[w.delta])
	if w.deltaUsed++; w.deltaUsed == int(w.deltas.counts[w.delta]) {
		w.delta, w.deltaUsed = w.delta+1, 0
	}
	if w.offsets == nil {
		return
	}
	if w.offUsed++; w.offUsed == int(w.offsets.counts[w.offsetRun]) {
		w.offsetRun, w.offUsed = w.offsetRun+1, 0
	}
}

// boxes makes stbl without stsd and the chunk offsets, which wait until the
// size of moov is known.
func (t *sampleTable) boxes() ([]mp4.Box, error) {
	stts := &mp4.SttsBox{SampleCount: t.deltas.counts, SampleTimeDelta: make([]uint32, len(t.deltas.values))}
	for i, d := range t.deltas.values {
		stts.SampleTimeDelta[i] = uint32(d)
	}
	boxes := []mp4.Box{
		stts,
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

// chunkOffsets makes stco or, where an offset passes 32 bits, co64. The media
// starts before bytes into the file or, where moov without this box has some
// bytes in front of it, after these and this box too.
func (t *sampleTable) chunkOffsets(before, moov uint64) mp4.Box {
	stco := &mp4.StcoBox{ChunkOffset: make([]uint32, len(t.chunks))}
	start := before
	if moov > 0 {
		start += moov + stco.Size()
	}
	if start+t.chunks[len(t.chunks)-1] <= math.MaxUint32 {
		for i, c := range t.chunks {
			stco.ChunkOffset[i] = uint32(start + c)
		}
		return stco
	}
	co64 := &mp4.Co64Box{ChunkOffset: make([]uint64, len(t.chunks))}
	start = before
	if moov > 0 {
		start += moov + co64.Size()
	}
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
	average := bitRate(t.bytes, t.time.mediaDuration(), t.time.timescale)
	peak := bitRate(t.peakSecond(), 1, 1)
	return &mp4.BtrtBox{BufferSizeDB: largest, AvgBitrate: average, MaxBitrate: max(average, peak)}
}

// peakSecond is the most bytes in any window of one second of decoding time.
func (t *sampleTable) peakSecond() uint64 {
	var peak, window uint64
	first, last := 0, walk{deltas: &t.deltas}
	start := last
	for _, size := range t.sizes {
		window += uint64(size)
		for last.time-start.time >= int64(t.time.timescale) {
			window -= uint64(t.sizes[first])
			first++
			start.next()
		}
		peak = max(peak, window)
		last.next()
	}
	return peak
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
