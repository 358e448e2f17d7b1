// Package h264 is an H.264 encoder (ITU-T H.264, ISO/IEC 14496-10): planar
// 8-bit pictures in, access units out. It writes progressive streams of the
// profiles Constrained Baseline (4:2:0) and High 4:4:4 Predictive (4:4:4) with
// CAVLC entropy coding, and depends on nothing but Go.
//
// The same pictures and configuration give the same bytes on every platform
// and for every number of threads.
package h264

import (
	"bytes"
	"fmt"

	"github.com/g264/g264/h264/internal/analysis"
	"github.com/g264/g264/h264/internal/bits"
	"github.com/g264/g264/h264/internal/deblock"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/h264/internal/ratecontrol"
	"github.com/g264/g264/h264/internal/syntax"
)

// Picture is a progressive picture of 8-bit planar samples. Cb and Cr have half
// the width and height of Y in 4:2:0, the same in 4:4:4. Sample (x, y) of a
// plane is at y*stride+x.
type Picture struct {
	Y, Cb, Cr        []uint8
	YStride, CStride int
	PTS              int64 // in the caller's time base; must increase from picture to picture
	ForceKey         bool  // code as IDR picture
}

// AccessUnit is one coded picture. It and all that it refers to are valid until
// the next call of the encoder that returned it.
type AccessUnit struct {
	// NALs are the NAL units without start codes: at a key picture SPS, PPS and
	// SEI stand first.
	NALs     [][]byte
	PTS, DTS int64
	Key      bool      // an IDR picture: decoding can start here
	QP       float64   // mean QP_Y over the macroblocks
	SSD      [3]uint64 // squared differences from the input of Y, Cb, Cr, if Config.MeasurePSNR
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

// Encoder turns pictures into access units. One goroutine uses it at a time.
type Encoder struct {
	cfg Config
	sps syntax.SPS
	pps syntax.PPS

	spsNAL, ppsNAL, seiNAL []byte

	// The way of a picture.
	sources *sourcePool
	lent    *picture.Source // by Lend, nil if none is
	ahead   *ahead
	source  *picture.Source // being coded
	rate    *ratecontrol.Controller
	rows    *rowPipeline
	spare   []*picture.Reconstruction
	refs    []*picture.Reconstruction // list 0, latest first

	// Where the sequence stands.
	started  bool
	frameNum uint32
	idrPicID uint16
	lastPTS  int64
	closed   bool

	// What the last call returned lives here.
	nalBuffer   []byte
	nals        [4][]byte
	shown       Picture
	lentPicture Picture
	units       [1]AccessUnit
}

// NewEncoder checks the configuration and makes an encoder. Its goroutines run
// within its calls only. Errors wrap ErrConfig or ErrMemory.
func NewEncoder(cfg Config) (*Encoder, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	preset, _ := analysis.PresetByName(cfg.Preset)
	sps, pps, level, err := cfg.parameterSets(preset)
	if err != nil {
		return nil, err
	}
	mbW, mbH, chroma44 := sps.WidthMbs, sps.HeightMbs, cfg.Chroma == Chroma444
	cfg.Threads = min(cfg.Threads, mbH)
	need := picture.EstimateBytes(int64(mbW), int64(mbH), chroma44, 2, int64(sps.NumRefFrames)+1) +
		estimateRows(mbW, mbH, cfg.Threads)
	if need > cfg.MaxMemory {
		return nil, fmt.Errorf("%w: %dx%d needs about %d bytes; MaxMemory is %d", ErrMemory, cfg.Width, cfg.Height, need, cfg.MaxMemory)
	}
	e := &Encoder{
		cfg: cfg, sps: sps, pps: pps,
		sources: newSourcePool(2, mbW, mbH, chroma44),
		rate:    newRateControl(&cfg),
	}
	e.ahead = newAhead(&e.cfg, mbW, mbH, e.sources, e.rate)
	e.writeParameterSets()
	for i := 0; i <= sps.NumRefFrames; i++ {
		e.spare = append(e.spare, picture.NewReconstruction(mbW, mbH, chroma44))
	}
	e.rows = newRowPipeline(e.newFrame(preset, level), cfg.Threads, e.deblockParams())
	return e, nil
}

func newRateControl(cfg *Config) *ratecontrol.Controller {
	rc := ratecontrol.Config{
		Constant:   cfg.RateControl == ConstantQP,
		QP:         cfg.QP * ratecontrol.Fine,
		AQStrength: int(cfg.AQStrength*ratecontrol.Fine + 0.5),
	}
	if !rc.Constant {
		rc.QP = int(cfg.CRF*ratecontrol.Fine + 0.5)
	}
	if rc.Constant || cfg.NoAQ {
		rc.AQStrength = 0
	}
	return ratecontrol.New(rc)
}

// newFrame makes what all pictures share from the configuration, the preset and
// the limits of the level.
func (e *Encoder) newFrame(preset *analysis.Preset, level syntax.Level) *analysis.Frame {
	f := analysis.NewFrame(e.sps.WidthMbs, e.sps.HeightMbs, e.cfg.Chroma == Chroma444)
	f.Preset = preset
	f.ChromaOffset = int(e.pps.ChromaQPIndexOffset[0])
	f.MaxMVY = 4 * level.MaxVmvR
	f.MaxMVs = level.MaxMvsPer2Mb / 2
	f.MaxSub = level.MaxSubMbRectSize(e.sps.ProfileIDC)
	f.RawMbBits = 8 * (256 + 2*64)
	if f.Chroma44 {
		f.RawMbBits = 8 * 3 * 256
	}
	if e.rate.Adaptive() {
		f.Adaptive = e.rate
	}
	return f
}

// deblockParams returns the parameters of the deblocking filter, nil for none.
func (e *Encoder) deblockParams() *deblock.Params {
	if e.cfg.NoDeblock {
		return nil
	}
	return &deblock.Params{
		OffsetA:      2 * e.cfg.DeblockAlpha,
		OffsetB:      2 * e.cfg.DeblockBeta,
		ChromaOffset: int(e.pps.ChromaQPIndexOffset[0]),
	}
}

func (e *Encoder) writeParameterSets() {
	var w bits.Writer
	nal := func(refIDC, unitType uint8) []byte {
		n := bits.AppendNAL(nil, refIDC, unitType, w.Bytes())
		w.Reset()
		return n
	}
	e.sps.Write(&w)
	e.spsNAL = nal(3, bits.NALSPS)
	e.pps.Write(&w)
	e.ppsNAL = nal(3, bits.NALPPS)
	if !e.cfg.NoSEI {
		text := "g264 " + Version
		if e.cfg.Options != "" {
			text += " - " + e.cfg.Options
		}
		syntax.SEIUserData(&w, syntax.EncoderUUID, text)
		e.seiNAL = nal(0, bits.NALSEI)
	}
}

// SPS returns a copy of the sequence parameter set, a NAL unit without start
// code. It is the same for equal configurations.
func (e *Encoder) SPS() []byte { return bytes.Clone(e.spsNAL) }

// PPS returns a copy of the picture parameter set, a NAL unit without start
// code.
func (e *Encoder) PPS() []byte { return bytes.Clone(e.ppsNAL) }

// Encode takes a picture, copying its samples (save those of Lend), and returns
// the access units that are ready, in decoding order. A picture that is refused
// (ErrPicture) leaves the encoder as it was.
func (e *Encoder) Encode(pic *Picture) ([]AccessUnit, error) {
	if e.closed {
		return nil, ErrClosed
	}
	if err := e.check(pic); err != nil {
		return nil, err
	}
	units := e.units[:0]
	for _, j := range e.ahead.add(e.take(pic)) {
		units = append(units, e.code(&j))
	}
	return units, nil
}

// Flush returns the access units that are left and closes the encoder.
func (e *Encoder) Flush() ([]AccessUnit, error) {
	if e.closed {
		return nil, ErrClosed
	}
	e.Close()
	return nil, nil
}

// Close makes the encoder refuse pictures. It is harmless to call it again.
func (e *Encoder) Close() { e.closed = true }

// check validates a picture against the configuration.
func (e *Encoder) check(pic *Picture) error {
	if pic == nil {
		return fmt.Errorf("%w: nil", ErrPicture)
	}
	if err := checkPlane("Y", pic.Y, pic.YStride, e.cfg.Width, e.cfg.Height); err != nil {
		return err
	}
	w, h := e.chromaSize()
	if err := checkPlane("Cb", pic.Cb, pic.CStride, w, h); err != nil {
		return err
	}
	if err := checkPlane("Cr", pic.Cr, pic.CStride, w, h); err != nil {
		return err
	}
	if e.started && pic.PTS <= e.lastPTS {
		return fmt.Errorf("%w: PTS is %d; want more than that of the picture before, %d", ErrPicture, pic.PTS, e.lastPTS)
	}
	return nil
}

func checkPlane(name string, pix []uint8, stride, w, h int) error {
	if stride < w {
		return fmt.Errorf("%w: stride of %s is %d; want at least its width, %d", ErrPicture, name, stride, w)
	}
	// Divided, so that no stride overflows.
	if len(pix) < w || h > 1 && (len(pix)-w)/(h-1) < stride {
		return fmt.Errorf("%w: %s has %d samples; want %d rows of %d, %d apart", ErrPicture, name, len(pix), h, w, stride)
	}
	return nil
}

// take copies a picture, where it was not lent.
func (e *Encoder) take(pic *Picture) *picture.Source {
	s := e.lent
	if s == nil {
		s = e.sources.take()
	}
	e.lent = nil
	s.CopyPlane(0, pic.Y, pic.YStride, e.cfg.Width, e.cfg.Height)
	w, h := e.chromaSize()
	s.CopyPlane(1, pic.Cb, pic.CStride, w, h)
	s.CopyPlane(2, pic.Cr, pic.CStride, w, h)
	s.MakeHalf()
	s.PTS, s.Force = pic.PTS, pic.ForceKey
	e.lastPTS, e.started = pic.PTS, true
	return s
}

// code codes a picture and returns its access unit.
func (e *Encoder) code(j *job) AccessUnit {
	h := e.sliceHeader(j.kind)
	e.source = j.source
	f := e.rows.frame
	f.Src, f.Rec, f.Refs = j.source, e.spare[len(e.spare)-1], nil
	if j.kind == pictureP {
		f.Refs = e.refs
	}
	f.Seeds = j.seeds
	f.FineQP = j.fineQP
	f.QP = min((f.FineQP+ratecontrol.Fine/2)/ratecontrol.Fine, 51)
	h.QP = f.QP

	w := e.rows.writer
	w.Reset()
	h.Write(w, &e.sps, &e.pps)
	e.rows.run(&h)
	au := e.accessUnit(&h, w)
	e.retire(f.Rec)
	e.sources.release(j.source)
	return au
}

// sliceHeader makes the header of the next picture and moves the sequence on.
func (e *Encoder) sliceHeader(kind pictureKind) syntax.SliceHeader {
	if kind == pictureIDR {
		e.spare = append(e.spare, e.refs...)
		e.refs = e.refs[:0]
		e.frameNum = 0
		e.idrPicID++
	}
	h := syntax.SliceHeader{
		Type:            syntax.SliceI,
		RefIDC:          2,
		IDR:             kind == pictureIDR,
		IDRPicID:        e.idrPicID,
		FrameNum:        e.frameNum & (1<<e.sps.Log2MaxFrameNum - 1),
		NumRefIdxActive: len(e.refs),
		AlphaOffsetDiv2: int8(e.cfg.DeblockAlpha),
		BetaOffsetDiv2:  int8(e.cfg.DeblockBeta),
	}
	if kind == pictureIDR {
		h.RefIDC = 3
	}
	if kind == pictureP {
		h.Type = syntax.SliceP
	}
	if e.cfg.NoDeblock {
		h.DisableDeblock = 1
	}
	e.frameNum++
	return h
}

// retire makes the coded picture the first reference; the sliding window drops
// the oldest.
func (e *Encoder) retire(rec *picture.Reconstruction) {
	e.spare = e.spare[:len(e.spare)-1]
	if len(e.refs) == e.sps.NumRefFrames {
		last := len(e.refs) - 1
		e.spare = append(e.spare, e.refs[last])
		e.refs = e.refs[:last]
	}
	e.refs = append(e.refs, nil)
	copy(e.refs[1:], e.refs)
	e.refs[0] = rec
}

// accessUnit wraps the slice in w.
func (e *Encoder) accessUnit(h *syntax.SliceHeader, w *bits.Writer) AccessUnit {
	e.nalBuffer = bits.AppendNAL(e.nalBuffer[:0], h.RefIDC, h.NALType(), w.Bytes())
	nals := e.nals[:0]
	if h.IDR {
		nals = append(nals, e.spsNAL, e.ppsNAL)
		if e.seiNAL != nil {
			nals = append(nals, e.seiNAL)
		}
	}
	au := AccessUnit{
		NALs: append(nals, e.nalBuffer),
		PTS:  e.source.PTS, DTS: e.source.PTS,
		Key: h.IDR,
		QP:  meanQP(e.rows.frame.Rec.MBs),
	}
	if e.cfg.MeasurePSNR {
		au.SSD = e.measure()
	}
	if e.cfg.Reconstruction {
		e.show()
		au.Reconstruction = &e.shown
	}
	return au
}

func meanQP(mbs []macroblock.MB) float64 {
	sum := 0
	for i := range mbs {
		sum += int(mbs[i].QP)
	}
	return float64(sum) / float64(len(mbs))
}
