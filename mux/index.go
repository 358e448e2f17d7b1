package mux

import (
	"math"

	"github.com/Eyevinn/mp4ff/mp4"
)

// segmentType makes styp: of a CMAF segment (cmfs) that is a DASH media segment
// (msdh), with an index where it has one (msix).
func segmentType(indexed bool) *mp4.StypBox {
	if indexed {
		return mp4.NewStyp("msdh", 0, []string{"msdh", "msix", "cmfs"})
	}
	return mp4.NewStyp("msdh", 0, []string{"msdh", "cmfs"})
}

// indexer makes what an Index asks for.
type indexer struct {
	kind      Index
	timescale uint32
	entries   []mp4.TfraEntry // Mfra
	refs      []mp4.SidxRef   // Sidx: of the segment so far
	pts       int64           // of the segment
}

func newIndexer(kind Index, timescale uint32) *indexer {
	return &indexer{kind: kind, timescale: timescale}
}

// before makes what a fragment that is a segment has before it, or nil.
func (x *indexer) before(f *fragment) ([]byte, error) {
	if x.kind != Sidx {
		return nil, nil
	}
	x.ref(f)
	return x.segment()
}

// ref notes a fragment of a segment.
func (x *indexer) ref(f *fragment) {
	if x.kind != Sidx {
		return
	}
	if len(x.refs) == 0 {
		x.pts = f.pts
	}
	ref := mp4.SidxRef{ReferencedSize: uint32(f.size()), SubSegmentDuration: uint32(min(f.duration, math.MaxUint32))}
	if f.key {
		ref.StartsWithSAP, ref.SAPType = 1, 1
	}
	x.refs = append(x.refs, ref)
}

// segment makes styp and, where asked for, sidx (-12, 8.16.3) of the fragments
// noted since the last segment.
func (x *indexer) segment() ([]byte, error) {
	if x.kind != Sidx {
		return encodeBoxes(segmentType(false))
	}
	sidx := &mp4.SidxBox{
		Version: 1, ReferenceID: videoTrackID, Timescale: x.timescale, EarliestPresentationTime: uint64(max(0, x.pts)), SidxRefs: x.refs,
	}
	x.refs = x.refs[:0]
	return encodeBoxes(segmentType(true), sidx)
}

// add notes a fragment whose moof lies at a byte of the file.
func (x *indexer) add(f *fragment, at uint64) {
	if x.kind == Mfra && f.key {
		x.entries = append(x.entries, mp4.TfraEntry{
			Time: uint64(max(0, f.pts)), MoofOffset: at, TrafNumber: 1, TrunNumber: 1, SampleNumber: 1,
		})
	}
}

// tail makes mfra (-12, 8.8.9), or nil.
func (x *indexer) tail() ([]byte, error) {
	if x.kind != Mfra {
		return nil, nil
	}
	tfra := &mp4.TfraBox{TrackID: videoTrackID, Entries: x.entries}
	if n := len(x.entries); n > 0 {
		tfra.Version = version(x.entries[n-1].Time, x.entries[n-1].MoofOffset)
	}
	mfro := &mp4.MfroBox{}
	mfra := &mp4.MfraBox{}
	for _, b := range []mp4.Box{tfra, mfro} {
		_ = mfra.AddChild(b) // never fails
	}
	mfro.ParentSize = uint32(mfra.Size())
	return encodeBoxes(mfra)
}
