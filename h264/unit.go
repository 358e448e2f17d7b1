package h264

import (
	"github.com/g264/g264/h264/internal/bits"
	"github.com/g264/g264/h264/internal/syntax"
)

// AccessUnit is one coded picture. It and all that it refers to are valid until
// the next call of the encoder that returned it.
type AccessUnit struct {
	// NALs are the NAL units without start codes: with Config.Delimiters a delimiter
	// stands first, and at a key picture, or the first, SPS, PPS and SEI before the
	// slice; with Config.HRD an SEI stands before each.
	NALs     [][]byte
	PTS, DTS int64
	Key      bool      // an IDR picture: decoding can start here
	QP       float64   // mean QP_Y over the macroblocks
	SSD      [3]uint64 // squared differences from the input of Y, Cb, Cr, if Config.MeasurePSNR
	SSIM     float64   // mean structural similarity of luma to the input, if Config.MeasureSSIM; 0 below 8x8 samples
	// Reconstruction is what a decoder shows, if Config.Reconstruction.
	Reconstruction *Picture
}

// AppendAnnexB appends the access unit to dst as a byte stream (Annex B).
func (au *AccessUnit) AppendAnnexB(dst []byte) []byte {
	for i, nal := range au.NALs {
		t := nal[0] & 31
		if i == 0 || t == bits.NALSPS || t == bits.NALPPS {
			dst = append(dst, 0) // zero_byte
		}
		dst = append(dst, 0, 0, 1)
		dst = append(dst, nal...)
	}
	return dst
}

// AppendAVCC appends the access unit to dst as an MP4 sample (ISO/IEC
// 14496-15): lengths of four bytes before the NAL units, and parameter sets
// left out.
func (au *AccessUnit) AppendAVCC(dst []byte) []byte {
	for _, nal := range au.NALs {
		if t := nal[0] & 31; t == bits.NALSPS || t == bits.NALPPS {
			continue
		}
		n := len(nal)
		dst = append(dst, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
		dst = append(dst, nal...)
	}
	return dst
}

// bits is the length of the access unit as a byte stream.
func (au *AccessUnit) bits() int64 {
	n := 1
	for _, nal := range au.NALs {
		n += 4 + len(nal) // at most
	}
	return 8 * int64(n)
}

// delimiters are access_unit_delimiter_rbsp by the type of a picture's slices
// (clause 7.3.2.4): primary_pic_type 0 has I slices, 1 P slices too.
var delimiters = [...][2]byte{
	syntax.SliceI: {bits.NALAUD, 0<<5 | 1<<4},
	syntax.SliceP: {bits.NALAUD, 1<<5 | 1<<4},
}

// unitBuffer is what an access unit refers to.
type unitBuffer struct {
	slice  []byte    // the NAL unit
	timing []byte    // that of the buffer's SEI messages, with Config.HRD
	nals   [6][]byte // delimiter, parameter sets, SEI and slice
	shown  Picture   // the reconstruction
}

// hand makes the access unit of a picture that is complete. What it refers to
// is the caller's until reclaim.
func (e *Encoder) hand(c *coding) AccessUnit {
	b := c.unit
	c.unit = nil
	e.given = append(e.given, b)
	nals, named := b.nals[:0], false
	if e.cfg.Delimiters {
		nals = append(nals, delimiters[c.header.Type][:])
	}
	if c.header.IDR && !(e.cfg.HeadersOnce && e.headed) {
		nals = append(nals, e.spsNAL, e.ppsNAL)
		named = e.seiNAL != nil
	}
	if e.timing.params != nil {
		b.timing = e.timing.append(b.timing[:0], c.header.IDR)
		nals = append(nals, b.timing)
	}
	if named {
		nals = append(nals, e.seiNAL)
	}
	au := AccessUnit{
		NALs: append(nals, b.slice),
		PTS:  c.PTS, DTS: c.PTS,
		Key: c.header.IDR,
		QP:  float64(c.qpSum) / float64(len(c.rec.MBs)),
		SSD: c.measured.ssd, SSIM: c.measured.meanSSIM(),
	}
	if e.cfg.Reconstruction {
		e.show(&b.shown, c)
		au.Reconstruction = &b.shown
	}
	return au
}

// reclaim takes back what the last call gave.
func (e *Encoder) reclaim() {
	e.units = e.units[:0]
	e.buffers = append(e.buffers, e.given...)
	e.given = e.given[:0]
}

// buffer returns a unitBuffer that nobody uses.
func (e *Encoder) buffer() *unitBuffer {
	last := len(e.buffers) - 1
	if last < 0 {
		return new(unitBuffer)
	}
	b := e.buffers[last]
	e.buffers = e.buffers[:last]
	return b
}
