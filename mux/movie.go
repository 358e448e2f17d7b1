package mux

import (
	"fmt"
	"math"

	"github.com/Eyevinn/mp4ff/bits"
	"github.com/Eyevinn/mp4ff/mp4"
)

const (
	videoTrackID = 1
	handlerName  = "g264 video"
)

// head makes all that stands before the media: ftyp, moov and the header of
// mdat.
func head(d *description, t *sampleTable) ([]byte, error) {
	ftyp := fileType()
	mdat := &mp4.MdatBox{}
	mdat.SetLazyDataSize(t.bytes)

	stbl := mp4.NewStblBox()
	stsd := mp4.NewStsdBox()
	stsd.AddChild(d.sampleEntry(t.btrt()))
	stbl.AddChild(stsd)
	tables, err := t.boxes()
	if err != nil {
		return nil, err
	}
	for _, b := range tables {
		stbl.AddChild(b)
	}
	moov, err := movie(d, t, stbl)
	if err != nil {
		return nil, err
	}
	stbl.AddChild(t.chunkOffsets(ftyp.Size() + moov.Size() + mdat.HeaderSize()))

	size := ftyp.Size() + moov.Size() + mdat.HeaderSize()
	if size > math.MaxInt32 {
		return nil, fmt.Errorf("mux: %d samples: their tables of %d bytes are too large for a file", len(t.sizes), size)
	}
	sw := bits.NewFixedSliceWriter(int(size))
	for _, b := range []mp4.Box{ftyp, moov, mdat} {
		if err := b.EncodeSW(sw); err != nil {
			return nil, fmt.Errorf("mux: %s: %w", b.Type(), err)
		}
	}
	return sw.Bytes(), sw.AccError()
}

// fileType makes ftyp (-12, 4.3): the base format with what iso2 added, AVC
// samples, and MP4 version 2, the one that can do without an object descriptor.
func fileType() *mp4.FtypBox {
	return mp4.NewFtyp("isom", 512, []string{"isom", "iso2", "avc1", "mp42"})
}

// movie makes moov with one track (-12, 8.2 to 8.4). The movie's timescale is
// the track's, so that the durations in both are exact. Creation times stay
// zero: nothing that depends on the time of the build enters the file.
func movie(d *description, t *sampleTable, stbl *mp4.StblBox) (*mp4.MoovBox, error) {
	edts, duration := edits(t)

	mvhd := mp4.CreateMvhd()
	mvhd.Timescale = d.timescale
	mvhd.Duration = duration
	mvhd.Version = durationVersion(duration)
	mvhd.NextTrackID = videoTrackID + 1

	tkhd := mp4.CreateTkhd()
	tkhd.TrackID = videoTrackID
	tkhd.Duration = duration
	tkhd.Version = durationVersion(duration)
	tkhd.Width = mp4.Fixed32(d.displayWidth)
	tkhd.Height = mp4.Fixed32(uint32(d.height) << 16)

	mdhd := &mp4.MdhdBox{Timescale: d.timescale, Duration: t.mediaDuration()}
	mdhd.Version = durationVersion(mdhd.Duration)
	mdhd.SetLanguage("und")

	hdlr, err := mp4.CreateHdlr("vide")
	if err != nil {
		return nil, fmt.Errorf("mux: hdlr: %w", err)
	}
	hdlr.Name = handlerName

	dinf := &mp4.DinfBox{}
	dinf.AddChild(mp4.CreateDref())
	minf := mp4.NewMinfBox()
	minf.AddChild(mp4.CreateVmhd())
	minf.AddChild(dinf)
	minf.AddChild(stbl)

	mdia := mp4.NewMdiaBox()
	mdia.AddChild(mdhd)
	mdia.AddChild(hdlr)
	mdia.AddChild(minf)

	trak := mp4.NewTrakBox()
	trak.AddChild(tkhd)
	if edts != nil {
		trak.AddChild(edts)
	}
	trak.AddChild(mdia)

	moov := mp4.NewMoovBox()
	moov.AddChild(mvhd)
	moov.AddChild(trak)
	return moov, nil
}

// edits places the media in the presentation (-12, 8.6.5 and 8.6.6) and returns
// how long that is, in ticks. Without an edit list the sample decoded first is
// decoded at time 0 and the presentation lasts as long as the media: where the
// first picture is shown at its DTS, and that is 0, nothing needs to be said
// (edts is nil). Else an empty edit waits for the first picture, and the next
// skips what reordering puts before it.
func edits(t *sampleTable) (edts *mp4.EdtsBox, duration uint64) {
	if t.firstPTS == 0 && t.firstDTS == 0 {
		return nil, t.mediaDuration()
	}
	wait, shown := uint64(t.firstPTS), t.shownDuration()
	elst := &mp4.ElstBox{Version: durationVersion(max(wait, shown))}
	if wait > 0 {
		elst.Entries = append(elst.Entries, mp4.ElstEntry{
			SegmentDuration: wait, MediaTime: -1, MediaRateInteger: 1,
		})
	}
	elst.Entries = append(elst.Entries, mp4.ElstEntry{
		SegmentDuration: shown, MediaTime: t.firstPTS - t.firstDTS, MediaRateInteger: 1,
	})
	edts = &mp4.EdtsBox{}
	edts.AddChild(elst)
	return edts, wait + shown
}

// durationVersion is the version of a box that holds a duration: 1, with 64
// bits, where 32 don't hold it. All ones would mean a duration that isn't known.
func durationVersion(duration uint64) byte {
	if duration >= math.MaxUint32 {
		return 1
	}
	return 0
}
