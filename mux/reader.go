package mux

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/Eyevinn/mp4ff/bits"
	"github.com/Eyevinn/mp4ff/mp4"
)

// maxHeaders bounds a moov or moof that is read into memory.
const maxHeaders = 1 << 30

// boxHeader is where a box lies.
type boxHeader struct {
	name             string
	start, body, end int64 // bytes of the file, or of its parent's payload
}

// parseHeader reads the header of a box (-12, 4.2) that starts at a byte of what
// ends at limit. b holds at least the first 8 bytes, 16 if there are as many.
func parseHeader(b []byte, at, limit int64) (boxHeader, error) {
	if len(b) < 8 {
		return boxHeader{}, fmt.Errorf("%d bytes at byte %d: too few for a box", len(b), at)
	}
	h := boxHeader{name: string(b[4:8]), start: at, body: at + 8}
	size := uint64(binary.BigEndian.Uint32(b))
	switch {
	case size == 0: // to the end
		size = uint64(limit - at)
	case size == 1:
		if len(b) < 16 {
			return h, fmt.Errorf("%q at byte %d: cut in its header", h.name, at)
		}
		size, h.body = binary.BigEndian.Uint64(b[8:]), at+16
	}
	if size < uint64(h.body-at) || size > uint64(limit-at) {
		return h, fmt.Errorf("%q at byte %d: %d bytes where %d are left", h.name, at, size, limit-at)
	}
	h.end = at + int64(size)
	return h, nil
}

// children calls f for each box in b, with all its bytes and with its payload.
func children(b []byte, f func(name string, box, payload []byte) error) error {
	for at := int64(0); at < int64(len(b)); {
		h, err := parseHeader(b[at:], at, int64(len(b)))
		if err != nil {
			return err
		}
		if err := f(h.name, b[at:h.end], b[h.body:h.end]); err != nil {
			return fmt.Errorf("%s: %w", h.name, err)
		}
		at = h.end
	}
	return nil
}

// decodeBox has mp4ff read a box without children, which is all there: what it
// allocates for the entries that the box counts is bounded by its bytes.
func decodeBox[T mp4.Box](dst *T, box []byte) error {
	decoded, err := mp4.DecodeBoxSR(0, bits.NewFixedSliceReader(box))
	if err != nil {
		return err
	}
	typed, ok := decoded.(T)
	if !ok {
		return fmt.Errorf("mp4ff reads it as %T", decoded)
	}
	*dst = typed
	return nil
}

// input is a file that is read: one video track, progressive or fragmented.
type input struct {
	r    io.ReadSeeker
	size int64

	track     Track
	rotation  int
	idr       idrParameters
	fragments bool
	shift     int64 // from media time to the presentation
	trex      mp4.TrexBox
	tables    inputTables
}

// inputTables are the sample tables of a progressive file.
type inputTables struct {
	stts    *mp4.SttsBox
	ctts    *mp4.CttsBox // nil: no offsets
	stsc    *mp4.StscBox
	stsz    *mp4.StszBox
	stss    *mp4.StssBox // nil: all are sync samples
	offsets []uint64     // of chunks
}

// inputSample is where a sample lies and when it is, in the presentation.
type inputSample struct {
	at       int64
	size     uint32
	pts, dts int64
	duration uint32
	key      bool
}

// openInput reads the parts of a file that stand before its samples.
func openInput(r io.ReadSeeker) (*input, error) {
	size, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	in := &input{r: r, size: size}
	found := false
	err = in.boxes(0, func(h boxHeader) error {
		switch {
		case h.name == "moov" && found:
			return errors.New("moov is there twice")
		case h.name != "moov":
			return nil
		}
		found = true
		b, err := in.payload(h)
		if err != nil {
			return err
		}
		return in.moov(b)
	})
	if err == nil && !found {
		err = errors.New("there is no moov")
	}
	return in, err
}

// boxes calls f for each box of the file from a byte on.
func (in *input) boxes(from int64, f func(boxHeader) error) error {
	for at := from; at < in.size; {
		head := make([]byte, min(16, in.size-at))
		if err := in.read(head, at); err != nil {
			return err
		}
		h, err := parseHeader(head, at, in.size)
		if err != nil {
			return err
		}
		if err := f(h); err != nil {
			return err
		}
		at = h.end
	}
	return nil
}

func (in *input) read(p []byte, at int64) error {
	if _, err := in.r.Seek(at, io.SeekStart); err != nil {
		return err
	}
	_, err := io.ReadFull(in.r, p)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return err
}

func (in *input) payload(h boxHeader) ([]byte, error) {
	if h.end-h.body > maxHeaders {
		return nil, fmt.Errorf("%s of %d bytes: at most %d", h.name, h.end-h.body, maxHeaders)
	}
	b := make([]byte, h.end-h.body)
	return b, in.read(b, h.body)
}

// moov reads the movie.
func (in *input) moov(b []byte) error {
	var mvhd *mp4.MvhdBox
	tracks := 0
	err := children(b, func(name string, box, payload []byte) error {
		switch name {
		case "mvhd":
			return decodeBox(&mvhd, box)
		case "trak":
			if tracks++; tracks > 1 {
				return errors.New("more than one track")
			}
			return in.trak(payload, mvhd)
		case "mvex":
			in.fragments = true
			return children(payload, func(name string, box, _ []byte) error {
				if name != "trex" {
					return nil
				}
				var trex *mp4.TrexBox
				err := decodeBox(&trex, box)
				if err == nil {
					in.trex = *trex
				}
				return err
			})
		}
		return nil
	})
	if err == nil && tracks == 0 {
		err = errors.New("no track")
	}
	if err == nil && !in.fragments {
		err = in.tables.check()
	}
	return err
}

// trak reads the track; mvhd must have come before.
func (in *input) trak(b []byte, mvhd *mp4.MvhdBox) error {
	if mvhd == nil {
		return errors.New("mvhd does not stand before it")
	}
	var tkhd *mp4.TkhdBox
	var mdhd *mp4.MdhdBox
	var elst *mp4.ElstBox
	var leaf func(name string, box, payload []byte) error
	leaf = func(name string, box, payload []byte) error {
		switch name {
		case "edts", "mdia", "minf", "stbl":
			return children(payload, leaf)
		case "tkhd":
			return decodeBox(&tkhd, box)
		case "elst":
			return decodeBox(&elst, box)
		case "mdhd":
			return decodeBox(&mdhd, box)
		case "stsd":
			return in.stsd(payload)
		}
		return in.tables.read(name, box, payload)
	}
	if err := children(b, leaf); err != nil {
		return err
	}
	switch {
	case tkhd == nil || mdhd == nil:
		return errors.New("tkhd or mdhd is missing")
	case in.track.SPS == nil:
		return errors.New("stsd is missing")
	case mdhd.Timescale == 0:
		return errors.New("mdhd: timescale 0")
	case elst != nil && mvhd.Timescale != mdhd.Timescale:
		return fmt.Errorf("an edit list in units of 1/%d s, with media in 1/%d s", mvhd.Timescale, mdhd.Timescale)
	}
	in.track.Timescale = mdhd.Timescale
	if elst != nil {
		if err := in.edits(elst); err != nil {
			return err
		}
	}
	for _, in.rotation = range []int{0, 90, 180, 270} {
		m := Metadata{Rotation: in.rotation}
		if m.matrix(uint32(tkhd.Width), uint32(tkhd.Height)) == tkhd.Matrix {
			return nil
		}
	}
	return fmt.Errorf("tkhd: matrix %v is no rotation", tkhd.Matrix)
}

// edits reads an edit list of the kinds that timeline.edits and the fragmenter
// make: perhaps a wait, then all the media from a time on.
func (in *input) edits(elst *mp4.ElstBox) error {
	entries := elst.Entries
	if len(entries) > 0 && entries[0].MediaTime == -1 {
		if entries[0].SegmentDuration > maxTime {
			return fmt.Errorf("elst: waits %d ticks: at most 2^61", entries[0].SegmentDuration)
		}
		in.shift = int64(entries[0].SegmentDuration)
		entries = entries[1:]
	}
	if len(entries) != 1 || entries[0].MediaTime < 0 || entries[0].MediaTime > maxTime || entries[0].MediaRateInteger != 1 {
		return errors.New("elst: not one edit of the whole media")
	}
	in.shift -= entries[0].MediaTime
	return nil
}

// stsd reads the sample entry.
func (in *input) stsd(b []byte) error {
	const entryBytes = 78 // of a visual sample entry, before its boxes (-12, 12.1.3)
	if len(b) < 8 || in.track.SPS != nil {
		return errors.New("cut, or there twice")
	}
	entries := 0
	return children(b[8:], func(name string, _, payload []byte) error {
		if entries++; entries > 1 || name != "avc1" || len(payload) < entryBytes {
			return errors.New("not one entry avc1")
		}
		in.track.Width = int(binary.BigEndian.Uint16(payload[24:]))
		in.track.Height = int(binary.BigEndian.Uint16(payload[26:]))
		if err := children(payload[entryBytes:], in.entryBox); err != nil {
			return err
		}
		if in.track.SPS == nil {
			return errors.New("avcC is missing")
		}
		return nil
	})
}

// entryBox reads a box of the sample entry.
func (in *input) entryBox(name string, box, payload []byte) error {
	switch name {
	case "avcC":
		var avcC *mp4.AvcCBox
		if err := decodeBox(&avcC, box); err != nil {
			return err
		}
		if len(payload) < 5 || payload[4]&3 != 3 || len(avcC.SPSnalus) != 1 || len(avcC.PPSnalus) != 1 {
			return errors.New("not one SPS, one PPS and lengths of four bytes")
		}
		in.track.SPS, in.track.PPS = avcC.SPSnalus[0], avcC.PPSnalus[0]
		if err := checkParameterSet(in.track.PPS, nalPPS); err != nil {
			return fmt.Errorf("PPS: %w", err)
		}
		var err error
		in.idr, err = readIDRParameters(in.track.SPS)
		return err
	case "pasp":
		var pasp *mp4.PaspBox
		if err := decodeBox(&pasp, box); err != nil {
			return err
		}
		in.track.SampleAspect = Ratio{pasp.HSpacing, pasp.VSpacing}
	case "colr":
		var colr *mp4.ColrBox
		if err := decodeBox(&colr, box); err != nil {
			return err
		}
		if colr.ColorType == mp4.ColorTypeOnScreenColors {
			in.track.Colour = Colour{colr.ColorPrimaries, colr.TransferCharacteristics, colr.MatrixCoefficients, colr.FullRangeFlag}
		}
	}
	return nil
}

// read takes one of the sample tables.
func (t *inputTables) read(name string, box, payload []byte) error {
	switch name {
	case "stts":
		return decodeBox(&t.stts, box)
	case "ctts":
		return decodeBox(&t.ctts, box)
	case "stsc":
		// mp4ff's own check of the count wraps around where int has 32 bits.
		if len(payload) < 8 || uint64(len(payload)-8) != 12*uint64(binary.BigEndian.Uint32(payload[4:])) {
			return fmt.Errorf("%d bytes: not those of the entries that it counts", len(payload))
		}
		return decodeBox(&t.stsc, box)
	case "stsz":
		return decodeBox(&t.stsz, box)
	case "stss":
		return decodeBox(&t.stss, box)
	case "stco":
		var stco *mp4.StcoBox
		if err := decodeBox(&stco, box); err != nil {
			return err
		}
		t.offsets = make([]uint64, len(stco.ChunkOffset))
		for i, o := range stco.ChunkOffset {
			t.offsets[i] = uint64(o)
		}
	case "co64":
		var co64 *mp4.Co64Box
		if err := decodeBox(&co64, box); err != nil {
			return err
		}
		t.offsets = co64.ChunkOffset
	}
	return nil
}

func (t *inputTables) check() error {
	if t.stts == nil || t.stsc == nil || t.stsz == nil || t.offsets == nil {
		return errors.New("stbl: stts, stsc, stsz, stco or co64 is missing")
	}
	if len(t.stsc.Entries) > 0 && t.stsc.Entries[0].FirstChunk != 1 {
		return errors.New("stsc: does not begin with chunk 1")
	}
	return nil
}

// each calls f for every sample, in order.
func (in *input) each(f func(inputSample) error) error {
	var bytes int64 // of all samples, which don't share any
	next := func(s inputSample) error {
		bytes += int64(s.size)
		if s.size == 0 || s.size > maxFragment || s.at < 0 || s.at > in.size-int64(s.size) || bytes > in.size {
			return fmt.Errorf("a sample of %d bytes at byte %d of %d", s.size, s.at, in.size)
		}
		if s.dts < -maxTime || s.dts > maxTime || s.pts > maxTime {
			return fmt.Errorf("a sample at %d ticks: at most 2^61 from 0", s.dts)
		}
		return f(s)
	}
	if in.fragments {
		return in.eachOfFragments(next)
	}
	return in.eachOfTables(next)
}

// eachOfTables walks the sample tables side by side.
func (in *input) eachOfTables(f func(inputSample) error) error {
	t := &in.tables
	total := t.stsz.SampleNumber
	dts := in.shift
	var delta, deltaUsed, offset, group, sync int // entries of stts, ctts, stsc and stss
	sample := uint32(0)
	for chunk := range t.offsets {
		for group+1 < len(t.stsc.Entries) && int64(t.stsc.Entries[group+1].FirstChunk) <= int64(chunk)+1 {
			group++
		}
		if group >= len(t.stsc.Entries) {
			return errors.New("stsc: no entries for the chunks")
		}
		at := int64(min(t.offsets[chunk], maxTime))
		for range t.stsc.Entries[group].SamplesPerChunk {
			if sample == total {
				return errors.New("stsz: fewer samples than the chunks hold")
			}
			sample++
			s := inputSample{at: at, size: t.stsz.SampleUniformSize, dts: dts, pts: dts, key: t.stss == nil}
			if s.size == 0 {
				s.size = t.stsz.SampleSize[sample-1]
			}
			for delta < len(t.stts.SampleCount) && deltaUsed >= int(t.stts.SampleCount[delta]) {
				delta, deltaUsed = delta+1, 0
			}
			if delta == len(t.stts.SampleCount) {
				return errors.New("stts: fewer samples than stsz")
			}
			s.duration = t.stts.SampleTimeDelta[delta]
			deltaUsed++
			if t.ctts != nil {
				for offset < len(t.ctts.SampleOffset) && t.ctts.EndSampleNr[offset+1] < sample {
					offset++
				}
				if offset == len(t.ctts.SampleOffset) {
					return errors.New("ctts: fewer samples than stsz")
				}
				s.pts += int64(t.ctts.SampleOffset[offset])
			}
			if t.stss != nil {
				for sync < len(t.stss.SampleNumber) && t.stss.SampleNumber[sync] < sample {
					sync++
				}
				s.key = sync < len(t.stss.SampleNumber) && t.stss.SampleNumber[sync] == sample
			}
			if err := f(s); err != nil {
				return fmt.Errorf("sample %d: %w", sample, err)
			}
			at += int64(s.size)
			dts += int64(s.duration)
		}
	}
	if sample != total {
		return fmt.Errorf("stsz: %d samples, of which the chunks hold %d", total, sample)
	}
	return nil
}

// eachOfFragments reads one moof after the other.
func (in *input) eachOfFragments(f func(inputSample) error) error {
	dts := in.shift
	return in.boxes(0, func(h boxHeader) error {
		if h.name != "moof" {
			return nil
		}
		b, err := in.payload(h)
		if err != nil {
			return err
		}
		err = children(b, func(name string, _, payload []byte) error {
			if name != "traf" {
				return nil
			}
			return in.traf(payload, h.start, &dts, f)
		})
		if err != nil {
			return fmt.Errorf("moof at byte %d: %w", h.start, err)
		}
		return nil
	})
}

// traf reads the samples of a fragment that starts at a byte of the file.
func (in *input) traf(b []byte, moof int64, dts *int64, f func(inputSample) error) error {
	var tfhd *mp4.TfhdBox
	at := moof
	return children(b, func(name string, box, payload []byte) error {
		switch name {
		case "tfhd":
			if err := decodeBox(&tfhd, box); err != nil {
				return err
			}
			if tfhd.HasBaseDataOffset() || !tfhd.DefaultBaseIfMoof() {
				return errors.New("offsets do not count from moof")
			}
		case "tfdt":
			var tfdt *mp4.TfdtBox
			if err := decodeBox(&tfdt, box); err != nil {
				return err
			}
			*dts = int64(min(tfdt.BaseMediaDecodeTime(), maxTime)) + in.shift
		case "trun":
			if len(payload) < 8 || tfhd == nil {
				return errors.New("cut, or there is no tfhd before it")
			}
			var trun *mp4.TrunBox
			if err := decodeBox(&trun, box); err != nil {
				return err
			}
			trun.AddSampleDefaultValues(tfhd, &in.trex)
			if trun.HasDataOffset() {
				at = moof + int64(trun.DataOffset)
			}
			for _, s := range trun.Samples {
				err := f(inputSample{
					at: at, size: s.Size, dts: *dts, pts: *dts + int64(s.CompositionTimeOffset), duration: s.Dur,
					key: s.Flags&mp4.NonSyncSampleFlags == 0,
				})
				if err != nil {
					return err
				}
				at += int64(s.Size)
				*dts += int64(s.Dur)
			}
		}
		return nil
	})
}
