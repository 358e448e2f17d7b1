package mux

import (
	"fmt"
	"math/bits"
	"time"
)

// Segment is a piece of a stream that is sent or stored by itself: the
// initialisation segment, ftyp and moov, or a media segment, styp and one
// fragment or several. The initialisation segment and any media segment with
// those that follow it are a fragmented file; decoding can start at a segment
// with Key. A Segment's Data is valid until the function that gets it returns.
type Segment struct {
	Number   int    // from 1; 0 is the initialisation segment, which comes first
	Name     string // init.mp4, segment00001.m4s, ...
	Data     []byte
	Start    time.Duration // of its first picture, in the presentation
	Duration time.Duration // to the start of the segment after it
	Key      bool          // begins with a key sample
}

const initName = "init.mp4"

func segmentName(number int) string { return fmt.Sprintf("segment%05d.m4s", number) }

// NewSegmenter makes a Writer of segments, which sink gets as soon as each is
// complete: a group of pictures, what FragmentDuration says, or with
// SegmentDuration as many of these as it takes. Options.Layout is Fragmented
// whatever it says, and Mfra is no Index of segments. An error of sink stops the
// Writer, which returns it.
func NewSegmenter(sink func(Segment) error, t Track, o Options) (*Writer, error) {
	if sink == nil {
		return nil, fmt.Errorf("%w: the sink is nil", ErrOptions)
	}
	o.Layout = Fragmented
	m, err := newWriter(t, o)
	if err != nil {
		return nil, err
	}
	if o.Index == Mfra {
		return nil, fmt.Errorf("%w: Index Mfra: segments have none or Sidx", ErrOptions)
	}
	m.layout = newFragmenter(m, o, &segmenter{
		sink: sink, index: newIndexer(o.Index, t.Timescale), timescale: t.Timescale,
		cut: ticksOf(o.SegmentDuration, t.Timescale),
	})
	return m, nil
}

// segmenter gathers fragments into segments.
type segmenter struct {
	sink      func(Segment) error
	index     *indexer
	timescale uint32
	cut       int64 // SegmentDuration in ticks; 0: each fragment is a segment

	number     int
	fragments  []byte // of the segment so far
	data       []byte // of the last segment
	start, end int64  // of the segment, in ticks
	startDTS   int64
	key        bool
}

func (s *segmenter) head(b []byte) error {
	return s.hand(Segment{Name: initName, Data: b, Key: true})
}

func (s *segmenter) fragment(f *fragment, next bool) error {
	if len(s.fragments) == 0 {
		s.start, s.startDTS, s.key = f.pts, f.dts, f.key
	}
	s.end = s.start + f.dts + f.duration - s.startDTS
	s.index.ref(f)
	s.fragments = append(append(s.fragments, f.head...), f.media...)
	if s.cut == 0 || next && s.end-s.start >= s.cut {
		return s.emit()
	}
	return nil
}

func (s *segmenter) emit() error {
	lead, err := s.index.segment()
	if err != nil {
		return err
	}
	s.data = append(append(s.data[:0], lead...), s.fragments...)
	s.fragments = s.fragments[:0]
	s.number++
	start := seconds(s.start, s.timescale)
	return s.hand(Segment{
		Number: s.number, Name: segmentName(s.number), Data: s.data,
		Start: start, Duration: seconds(s.end, s.timescale) - start, Key: s.key,
	})
}

func (s *segmenter) hand(segment Segment) error {
	if err := s.sink(segment); err != nil {
		return fmt.Errorf("mux: %s: %w", segment.Name, err)
	}
	return nil
}

func (s *segmenter) finish() error {
	if len(s.fragments) == 0 {
		return nil
	}
	return s.emit()
}

func (s *segmenter) drop() { s.fragments, s.data, s.index = nil, nil, nil }

// seconds is a time to the nearest nanosecond.
func seconds(ticks int64, timescale uint32) time.Duration {
	if ticks < 0 {
		return -seconds(-ticks, timescale)
	}
	whole, rest := ticks/int64(timescale), ticks%int64(timescale)
	hi, lo := bits.Mul64(uint64(rest), uint64(time.Second))
	lo, carry := bits.Add64(lo, uint64(timescale/2), 0)
	ns, _ := bits.Div64(hi+carry, lo, uint64(timescale))
	return time.Duration(whole)*time.Second + time.Duration(ns)
}
