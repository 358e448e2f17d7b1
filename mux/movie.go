package mux

import (
	"fmt"
	"math"

	"github.com/Eyevinn/mp4ff/mp4"
)

const (
	videoTrackID = 1
	handlerName  = "g264 video"
)

// fileType makes ftyp (-12, 4.3): the base format with what iso2 added, AVC
// samples, and MP4 version 2, the one that can do without an object descriptor.
func fileType() *mp4.FtypBox {
	return mp4.NewFtyp("isom", 512, []string{"isom", "iso2", "avc1", "mp42"})
}

// movie makes moov after finish. The media starts before bytes into the file,
// and moov's own where they come first too.
func (t *sampleTable) movie(d *description, before uint64, moovFirst bool) (*mp4.MoovBox, error) {
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
	edts, duration := t.time.edits()
	moov, err := d.movie(lasting{t.time.timescale, duration, t.time.mediaDuration()}, edts, stbl)
	if err != nil {
		return nil, err
	}
	if !moovFirst {
		stbl.AddChild(t.chunkOffsets(before, 0))
	} else {
		stbl.AddChild(t.chunkOffsets(before, moov.Size()))
	}
	if size := moov.Size(); size > maxMoov {
		return nil, fmt.Errorf("mux: %d samples: their tables of %d bytes are too large for a file", len(t.sizes), size)
	}
	return moov, nil
}

// lasting is the durations in moov, in ticks of one timescale.
type lasting struct {
	timescale    uint32
	movie, media uint64
}

// movie makes moov with one track (-12, 8.2 to 8.4). The movie's timescale is
// the track's, so that the durations in both are exact. Creation times are zero
// unless given: nothing that depends on the time of the build enters the file.
func (d *description) movie(l lasting, edts *mp4.EdtsBox, stbl *mp4.StblBox) (*mp4.MoovBox, error) {
	created := d.metadata.created()

	mvhd := mp4.CreateMvhd()
	mvhd.Timescale = l.timescale
	mvhd.CreationTime, mvhd.ModificationTime = created, created
	mvhd.Duration = l.movie
	mvhd.Version = version(l.movie, created)
	mvhd.NextTrackID = videoTrackID + 1

	tkhd := mp4.CreateTkhd()
	tkhd.TrackID = videoTrackID
	tkhd.CreationTime, tkhd.ModificationTime = created, created
	tkhd.Duration = l.movie
	tkhd.Version = version(l.movie, created)
	tkhd.Width = mp4.Fixed32(d.displayWidth)
	tkhd.Height = mp4.Fixed32(uint32(d.height) << 16)
	tkhd.Matrix = d.metadata.matrix(d.displayWidth, uint32(d.height)<<16)

	mdhd := &mp4.MdhdBox{Timescale: l.timescale, Duration: l.media, CreationTime: created, ModificationTime: created}
	mdhd.Version = version(l.media, created)
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
	if udta := d.metadata.userData(); udta != nil {
		moov.AddChild(udta)
	}
	return moov, nil
}

// edits places the media in the presentation (-12, 8.6.5 and 8.6.6) and returns
// how long that is, in ticks. Without an edit list the sample decoded first is
// decoded at time 0 and the presentation lasts as long as the media: where the
// first picture is shown at its DTS, and that is 0, nothing needs to be said
// (edts is nil). Else an empty edit waits for the first picture, and the next
// skips what reordering puts before it, and pictures before time 0.
func (t *timeline) edits() (edts *mp4.EdtsBox, duration uint64) {
	if t.firstPTS == 0 && t.firstDTS == 0 {
		return nil, t.mediaDuration()
	}
	wait, shown := t.wait(), t.shownDuration()
	start := t.firstPTS - t.firstDTS + int64(t.skip())
	elst := &mp4.ElstBox{Version: version(wait, shown, signed(start))}
	if wait > 0 {
		elst.Entries = append(elst.Entries, mp4.ElstEntry{
			SegmentDuration: wait, MediaTime: -1, MediaRateInteger: 1,
		})
	}
	elst.Entries = append(elst.Entries, mp4.ElstEntry{
		SegmentDuration: shown, MediaTime: start, MediaRateInteger: 1,
	})
	edts = &mp4.EdtsBox{}
	edts.AddChild(elst)
	return edts, wait + shown
}

// signed makes a time that a box holds with a sign, as media_time, one for
// version: it has a bit less room.
func signed(t int64) uint64 { return 2 * uint64(t) }

// version is the version of a box that holds times: 1, with 64 bits, where 32
// don't hold one. All ones would mean a duration that isn't known.
func version(times ...uint64) byte {
	for _, t := range times {
		if t >= math.MaxUint32 {
			return 1
		}
	}
	return 0
}
