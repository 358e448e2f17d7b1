package mux

import (
	"fmt"
	"io"
	"math"
	"math/bits"
	"time"

	mp4bits "github.com/Eyevinn/mp4ff/bits"
	"github.com/Eyevinn/mp4ff/mp4"
)

// maxFragment bounds the media of a fragment: readers keep sizes in 31 bits. A
// larger sample is a fragment of its own.
const maxFragment = 1 << 30

// Sample flags (-12, 8.8.3.1): sample_depends_on and sample_is_non_sync_sample.
const (
	flagsKey   = 2 << 24
	flagsInter = 1<<24 | 1<<16
)

// fragmentedType makes ftyp of a fragmented file: MP4 version 2; iso6 has what
// its fragments need (tfdt, offsets from moof); cmfc is CMAF's brand (ISO/IEC
// 23000-19, 7.2), to which cmf2 adds that there is no edit list.
func fragmentedType(edits bool) *mp4.FtypBox {
	brands := []string{"mp42", "iso6", "cmfc"}
	if !edits {
		brands = append(brands, "cmf2")
	}
	return mp4.NewFtyp("mp42", 0, brands)
}

// fragment is a moof and its mdat. Its bytes are valid until the next one.
type fragment struct {
	head  []byte // moof and the header of mdat
	media []byte
	// In ticks: the least PTS in the presentation, the DTS of the first sample in
	// media time, and the time to the first DTS after the fragment.
	pts, dts, duration int64
	key                bool // begins with a key sample
}

func (f *fragment) size() uint64 { return uint64(len(f.head) + len(f.media)) }

// fragmentSink takes what a fragmenter makes.
type fragmentSink interface {
	head(b []byte) error // ftyp and moov
	// fragment takes a fragment; next says whether a key sample comes next.
	fragment(f *fragment, next bool) error
	finish() error
	drop()
}

// fragmenter is the layout of fragments: it gathers samples and cuts.
type fragmenter struct {
	desc *description
	time *timeline
	sink fragmentSink
	cut  int64 // FragmentDuration in ticks; 0: at key samples only

	// Media time, which no box has below 0, is a sample's time and shift. Where
	// that isn't 0, an edit list takes it off again.
	shift int64

	// The fragment so far. The last sample's duration is 0 until it is known.
	samples  []mp4.Sample
	media    []byte
	firstDTS int64 // in media time, as the next two
	lastDTS  int64
	lastKey  int64 // DTS of the last key sample in it
	minPTS   int64 // in the presentation
	before   int64 // duration of the sample before the last, for the last of all

	// The boxes, filled again for each fragment, and their bytes.
	moof *mp4.MoofBox
	mfhd *mp4.MfhdBox
	tfhd *mp4.TfhdBox
	tfdt *mp4.TfdtBox
	trun *mp4.TrunBox
	head []byte
	out  fragment
}

func newFragmenter(m *Writer, o Options, sink fragmentSink) *fragmenter {
	f := &fragmenter{desc: &m.desc, time: &m.time, sink: sink, cut: ticksOf(o.FragmentDuration, m.time.timescale)}
	f.mfhd = mp4.CreateMfhd(0)
	f.tfhd = mp4.CreateTfhd(videoTrackID)
	f.tfdt = mp4.CreateTfdt(0)
	f.trun = mp4.CreateTrun(0)
	traf := &mp4.TrafBox{}
	f.moof = &mp4.MoofBox{}
	for _, add := range []struct {
		to    interface{ AddChild(mp4.Box) error }
		child mp4.Box
	}{{f.moof, f.mfhd}, {f.moof, traf}, {traf, f.tfhd}, {traf, f.tfdt}, {traf, f.trun}} {
		_ = add.to.AddChild(add.child) // never fails
	}
	return f
}

// ticksOf is a duration in ticks, rounded up so that one of less than a tick
// isn't none.
func ticksOf(d time.Duration, timescale uint32) int64 {
	hi, lo := bits.Mul64(uint64(d), uint64(timescale))
	q, rest := bits.Div64(hi, lo, uint64(time.Second))
	if rest != 0 {
		q++
	}
	return int64(min(q, math.MaxInt64))
}

func (f *fragmenter) begin(pts, dts int64) error {
	f.shift = pts - dts + max(0, -pts)
	head, err := f.initSegment()
	if err != nil {
		return err
	}
	return f.sink.head(head)
}

// initSegment makes ftyp and a moov without samples.
func (f *fragmenter) initSegment() ([]byte, error) {
	stbl := mp4.NewStblBox()
	stsd := mp4.NewStsdBox()
	stsd.AddChild(f.desc.sampleEntry(nil))
	for _, b := range []mp4.Box{stsd, &mp4.SttsBox{}, &mp4.StscBox{}, &mp4.StszBox{}, &mp4.StcoBox{}} {
		stbl.AddChild(b)
	}
	var edts *mp4.EdtsBox
	if f.shift > 0 {
		elst := &mp4.ElstBox{Version: version(signed(f.shift))}
		elst.Entries = []mp4.ElstEntry{{MediaTime: f.shift, MediaRateInteger: 1}}
		edts = &mp4.EdtsBox{}
		edts.AddChild(elst)
	}
	moov, err := f.desc.movie(lasting{timescale: f.time.timescale}, edts, stbl)
	if err != nil {
		return nil, err
	}
	mvex := mp4.NewMvexBox()
	trex := mp4.CreateTrex(videoTrackID)
	trex.DefaultSampleFlags = flagsInter
	mvex.AddChild(trex)
	moov.AddChild(mvex)
	return encodeBoxes(fragmentedType(edts != nil), moov)
}

func (f *fragmenter) add(s Sample) error {
	dts := s.DTS + f.shift
	if n := len(f.samples); n > 0 {
		f.end(dts)
		if f.cutBefore(&s, dts) {
			if err := f.emit(dts, s.Key); err != nil {
				return err
			}
		}
	}
	if len(f.samples) == 0 {
		f.firstDTS, f.minPTS, f.lastKey = dts, s.PTS, dts
	}
	f.minPTS = min(f.minPTS, s.PTS)
	sample := mp4.Sample{Flags: flagsInter, Size: uint32(len(s.Data)), CompositionTimeOffset: int32(s.PTS - s.DTS)}
	if s.Key {
		sample.Flags, f.lastKey = flagsKey, dts
	}
	f.samples = append(f.samples, sample)
	f.media = append(f.media, s.Data...)
	f.lastDTS = dts
	if s.Certain {
		end := dts + s.Duration
		f.end(end)
		if f.cut > 0 && end-f.firstDTS >= f.cut {
			return f.emit(end, false)
		}
	}
	return nil
}

// end sets the last sample's duration, which ends at a DTS. What 31 bits don't
// hold is cut; the next fragment has its own time.
func (f *fragmenter) end(dts int64) {
	f.before = dts - f.lastDTS
	f.samples[len(f.samples)-1].Dur = uint32(min(f.before, maxTicks))
}

// cutBefore says whether the fragment, which isn't empty, ends before a sample.
func (f *fragmenter) cutBefore(s *Sample, dts int64) bool {
	lasts := dts - f.firstDTS
	switch {
	case f.before > maxTicks:
		return true
	case uint64(len(f.media))+uint64(len(s.Data)) > maxFragment:
		return true
	case f.cut == 0:
		return s.Key
	case lasts >= f.cut:
		return true
	case !s.Key:
		return false
	}
	// Where the fragment began within a group of pictures the key sample would
	// be out of reach in it; else another group may fit.
	return f.samples[0].Flags != flagsKey || lasts+dts-f.lastKey > f.cut
}

// emit makes a fragment of the samples, which last until a DTS, and hands it out.
func (f *fragmenter) emit(end int64, next bool) error {
	f.out = fragment{
		media: f.media, pts: f.minPTS, dts: f.firstDTS, duration: end - f.firstDTS, key: f.samples[0].Flags == flagsKey,
	}
	if err := f.encodeHead(); err != nil {
		return err
	}
	f.out.head = f.head
	f.samples, f.media = f.samples[:0], f.media[:0]
	return f.sink.fragment(&f.out, next)
}

// encodeHead fills the boxes, leaving out what is the same for all samples, and
// writes them and the header of mdat to f.head.
func (f *fragmenter) encodeHead() error {
	first, last := f.samples[0], f.samples[len(f.samples)-1]
	tfhd, trun := f.tfhd, f.trun
	f.mfhd.SequenceNumber++
	f.tfdt.SetBaseMediaDecodeTime(uint64(f.firstDTS))

	sameDuration, sameFlags, offsets := true, true, false
	for i := range f.samples {
		s := &f.samples[i]
		sameDuration = sameDuration && s.Dur == first.Dur
		sameFlags = sameFlags && (i == 0 || s.Flags == last.Flags)
		offsets = offsets || s.CompositionTimeOffset != 0
	}
	tfhd.Flags = mp4.TfhdDefaultBaseIsMoofFlag
	trun.Flags = mp4.TrunDataOffsetPresentFlag | mp4.TrunSampleSizePresentFlag
	trun.Samples = f.samples
	if sameDuration {
		tfhd.Flags |= mp4.TfhdDefaultSampleDurationPresentFlag
		tfhd.DefaultSampleDuration = first.Dur
	} else {
		trun.Flags |= mp4.TrunSampleDurationPresentFlag
	}
	if sameFlags {
		tfhd.Flags |= mp4.TfhdDefaultSampleFlagsPresentFlag
		tfhd.DefaultSampleFlags = last.Flags
		if first.Flags != last.Flags {
			trun.SetFirstSampleFlags(first.Flags)
		}
	} else {
		trun.Flags |= mp4.TrunSampleFlagsPresentFlag
	}
	if offsets {
		trun.Flags |= mp4.TrunSampleCompositionTimeOffsetPresentFlag
	}

	mdat := mp4.MdatBox{}
	mdat.SetLazyDataSize(uint64(len(f.media)))
	size := f.moof.Size() + mdat.HeaderSize()
	trun.DataOffset = int32(size)
	if uint64(cap(f.head)) < size {
		f.head = make([]byte, 2*size)
	}
	f.head = f.head[:size]
	sw := mp4bits.NewFixedSliceWriterFromSlice(f.head)
	if err := f.moof.EncodeSW(sw); err != nil {
		return fmt.Errorf("mux: moof: %w", err)
	}
	if err := mdat.EncodeSW(sw); err != nil {
		return fmt.Errorf("mux: mdat: %w", err)
	}
	return sw.AccError()
}

func (f *fragmenter) finish() error {
	f.time.finish(f.before)
	if len(f.samples) > 0 {
		end := f.lastDTS + f.time.lastDuration
		f.end(end)
		if err := f.emit(end, false); err != nil {
			return err
		}
	}
	return f.sink.finish()
}

func (f *fragmenter) drop() {
	f.samples, f.media, f.head, f.trun.Samples = nil, nil, nil, nil
	f.sink.drop()
}

// streamed sends fragments to an io.Writer.
type streamed struct {
	dst   io.Writer
	index *indexer
	at    uint64 // bytes written
}

func newFragmented(w io.Writer, m *Writer, o Options) layout {
	return newFragmenter(m, o, &streamed{dst: w, index: newIndexer(o.Index, m.time.timescale)})
}

func (s *streamed) write(p []byte) error {
	s.at += uint64(len(p))
	return writeAll(s.dst, p)
}

func (s *streamed) head(b []byte) error {
	if err := s.write(b); err != nil {
		return err
	}
	return s.flush()
}

func (s *streamed) fragment(f *fragment, _ bool) error {
	lead, err := s.index.before(f)
	if err != nil {
		return err
	}
	if lead != nil {
		if err := s.write(lead); err != nil {
			return err
		}
	}
	s.index.add(f, s.at)
	if err := s.write(f.head); err != nil {
		return err
	}
	if err := s.write(f.media); err != nil {
		return err
	}
	return s.flush()
}

// flush passes on that something is complete.
func (s *streamed) flush() error {
	switch w := s.dst.(type) {
	case interface{ Flush() error }:
		if err := w.Flush(); err != nil {
			return fmt.Errorf("mux: flushing: %w", err)
		}
	case interface{ Flush() }:
		w.Flush()
	}
	return nil
}

func (s *streamed) finish() error {
	tail, err := s.index.tail()
	if tail == nil || err != nil {
		return err
	}
	if err := s.write(tail); err != nil {
		return err
	}
	return s.flush()
}

func (s *streamed) drop() { s.index = nil }
