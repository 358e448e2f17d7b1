// Package entropy codes macroblocks with CAVLC or CABAC: slice data of I and P
// slices of frames (ITU-T H.264 clauses 7.3.4, 7.3.5 and 9.1 to 9.3), for 4:2:0
// and, with the three planes coded alike, for 4:4:4. It also says what things
// would cost, without writing them.
package entropy

import (
	"github.com/g264/g264/h264/internal/bits"
	"github.com/g264/g264/h264/internal/macroblock"
)

//go:generate go run ./_gen

// CAVLC writes the slice data of one slice after another.
type CAVLC struct {
	w         *bits.Writer
	chroma444 bool
	slice     Slice
	qp        int // QP_Y,PRED of the next macroblock
	skipRun   uint32

	pcm [256]byte // samples of an I_PCM macroblock on their way to w
}

// NewCAVLC makes a coder for 4:2:0 or, with chroma444, for 4:4:4.
func NewCAVLC(chroma444 bool) *CAVLC { return &CAVLC{chroma444: chroma444} }

// BeginSlice starts the data of a slice behind the slice header that w holds.
// Without a writer (nil) only Bits may be used.
func (c *CAVLC) BeginSlice(w *bits.Writer, s Slice) {
	c.w, c.slice, c.qp, c.skipRun = w, s, s.QP, 0
}

// Macroblock writes the next macroblock of the slice (clause 7.3.5); a P_Skip
// macroblock joins the next mb_skip_run. n are its neighbours within the slice.
//
// In mb, CBP and TotalCoeff tell what of r is read: nothing in quadrants that
// are not coded, nor of coded blocks whose TotalCoeff is zero. Blocks that are
// not coded, and all of P_Skip, must have TotalCoeff zero. QP differs from the
// macroblock before only where mb_qp_delta is sent: with Intra 16x16 or with a
// CBP that is not zero. Levels beyond macroblock.MaxLevel need a profile_idc above 100.
func (c *CAVLC) Macroblock(mb *macroblock.MB, n *macroblock.Neighbours, r *macroblock.Residual) {
	if mb.Type == macroblock.PSkip {
		c.Skip(1)
		return
	}
	if c.slice.P {
		c.w.UE(c.skipRun)
		c.skipRun = 0
	}
	s := sink{w: c.w}
	c.header(&s, mb, n)
	switch {
	case mb.Type == macroblock.IPCM:
		c.writePCM(r)
	case mb.CarriesQP():
		c.residual(&s, mb, n, r)
		c.qp = int(mb.QP)
	}
}

// Skip codes n macroblocks of P_Skip.
func (c *CAVLC) Skip(n int) { c.skipRun += uint32(n) }

// EndSlice writes what is left of the slice: the last mb_skip_run and
// rbsp_slice_trailing_bits.
func (c *CAVLC) EndSlice() {
	if c.skipRun > 0 {
		c.w.UE(c.skipRun)
		c.skipRun = 0
	}
	c.w.TrailingBits()
}

// Bits returns the size of the macroblock_layer that Macroblock would write
// next for mb: all but mb_skip_run and, for I_PCM, the pcm_alignment_zero_bits
// (0 to 7). It is 0 for P_Skip.
func (c *CAVLC) Bits(mb *macroblock.MB, n *macroblock.Neighbours, r *macroblock.Residual) int {
	if mb.Type == macroblock.PSkip {
		return 0
	}
	s := sink{n: c.HeadBits(mb, n)}
	switch {
	case mb.Type == macroblock.IPCM && c.chroma444:
		s.n += 8 * 3 * 256
	case mb.Type == macroblock.IPCM:
		s.n += 8 * (256 + 2*64)
	case mb.CarriesQP():
		c.residual(&s, mb, n, r)
	}
	return s.n
}

// HeadBits is Bits without the residual, and without the samples of I_PCM.
func (c *CAVLC) HeadBits(mb *macroblock.MB, n *macroblock.Neighbours) int {
	if mb.Type == macroblock.PSkip {
		return 0
	}
	var s sink
	c.header(&s, mb, n)
	return s.n
}

// sink takes syntax elements: it writes them to w or, where that is nil, counts
// their bits in n. One walk over a macroblock so serves both.
type sink struct {
	w *bits.Writer
	n int
}

func (s *sink) bits(v uint32, n uint) {
	if s.w != nil {
		s.w.Bits(v, n)
		return
	}
	s.n += int(n)
}

func (s *sink) ue(v uint32) {
	if s.w != nil {
		s.w.UE(v)
		return
	}
	s.n += bits.UELen(v)
}

func (s *sink) se(v int32) {
	if s.w != nil {
		s.w.SE(v)
		return
	}
	s.n += bits.SELen(v)
}

// header is macroblock_layer up to the residual or the samples of I_PCM.
func (c *CAVLC) header(s *sink, mb *macroblock.MB, n *macroblock.Neighbours) {
	s.ue(mbTypeNum(mb.Type, mb.I16Mode, mb.CBP, c.slice.P))
	if mb.Type == macroblock.I4x4 && c.slice.Transform8x8 {
		s.bits(uint32(flag(mb.Transform8x8)), 1) // transform_size_8x8_flag
	}
	switch mb.Type {
	case macroblock.IPCM:
		return
	case macroblock.I4x4, macroblock.I16x16:
		c.intraPrediction(s, mb, n)
	case macroblock.P8x8:
		c.subMotion(s, mb, n)
	default:
		c.motion(s, mb, n)
	}
	if mb.Type != macroblock.I16x16 {
		s.ue(uint32(cbpCodeNum[cbpColumn(mb.Type.IsIntra(), c.chroma444)][mb.CBP]))
		if c.slice.Transform8x8 && mb.ChoosesTransform() {
			s.bits(uint32(flag(mb.Transform8x8)), 1)
		}
	}
	if mb.CarriesQP() {
		s.se(qpDelta(int(mb.QP), c.qp))
	}
}

// mbTypeNum is the codeNum of mb_type (tables 7-11 and 7-13); mode and cbp
// count for Intra 16x16 only.
func mbTypeNum(t macroblock.Type, mode, cbp uint8, pSlice bool) uint32 {
	var num uint32
	switch t {
	case macroblock.I4x4:
		num = 0
	case macroblock.I16x16:
		num = 1 + uint32(mode) + 4*uint32(cbp>>4)
		if cbp&15 != 0 {
			num += 12
		}
	case macroblock.IPCM:
		num = 25
	default:
		return uint32(t - macroblock.P16x16)
	}
	if pSlice {
		num += 5
	}
	return num
}

// cbpColumn is the row of cbpCodeNum for a macroblock.
func cbpColumn(intra, chroma444 bool) int {
	column := 0
	if !intra {
		column++
	}
	if chroma444 {
		column += 2
	}
	return column
}

// qpDelta is mb_qp_delta: QP_Y is taken modulo 52 (7-37), and the delta's range
// is -26 to 25.
func qpDelta(qp, pred int) int32 {
	delta := qp - pred
	switch {
	case delta > 25:
		delta -= 52
	case delta < -26:
		delta += 52
	}
	return int32(delta)
}

// intraPrediction is mb_pred of intra macroblocks (clause 7.3.5.1).
func (c *CAVLC) intraPrediction(s *sink, mb *macroblock.MB, n *macroblock.Neighbours) {
	if mb.Type == macroblock.I4x4 {
		step := 1
		if mb.Transform8x8 {
			step = 4
		}
		for i := 0; i < 16; i += step {
			raster := macroblock.BlockRaster[i&15]
			mode, pred := mb.I4Modes[raster&15], mb.I4Predictor(n, int(raster&3), int(raster>>2))
			switch {
			case mode == pred:
				s.bits(1, 1) // prev_intra4x4_pred_mode_flag, or that of 8x8
			case mode < pred:
				s.bits(uint32(mode), 4) // a zero flag and rem_intra4x4_pred_mode
			default:
				s.bits(uint32(mode)-1, 4)
			}
		}
	}
	if !c.chroma444 {
		s.ue(uint32(mb.ChromaMode))
	}
}

// motion is mb_pred of P_L0_16x16, P_L0_L0_16x8 and P_L0_L0_8x16.
func (c *CAVLC) motion(s *sink, mb *macroblock.MB, n *macroblock.Neighbours) {
	partitions := macroblock.Partitions[mb.Type]
	for _, p := range partitions {
		c.refIdx(s, mb.Ref[quadrant(p)])
	}
	for _, p := range partitions {
		mvd(s, mb, n, p)
	}
}

// subMotion is sub_mb_pred of P_8x8 (clause 7.3.5.2).
func (c *CAVLC) subMotion(s *sink, mb *macroblock.MB, n *macroblock.Neighbours) {
	for _, sub := range mb.Sub {
		s.ue(uint32(sub))
	}
	for _, ref := range mb.Ref {
		c.refIdx(s, ref)
	}
	for q, sub := range mb.Sub {
		for _, p := range macroblock.SubPartitions[sub] {
			mvd(s, mb, n, p.Within(q))
		}
	}
}

// quadrant is the index of the 8x8 quadrant that holds the partition's first
// block.
func quadrant(p macroblock.Partition) uint8 { return (p.Y>>1*2 + p.X>>1) & 3 }

// refIdx is ref_idx_l0, te(v) of clause 9.1.
func (c *CAVLC) refIdx(s *sink, ref int8) {
	switch c.slice.NumRefIdx {
	case 1: // not sent
	case 2:
		s.bits(uint32(ref)^1, 1)
	default:
		s.ue(uint32(ref))
	}
}

// mvd is mvd_l0 of one partition.
func mvd(s *sink, mb *macroblock.MB, n *macroblock.Neighbours, p macroblock.Partition) {
	mv := mb.MV[(p.Y*4+p.X)&15]
	pred := mb.PredictMV(n, p, mb.Ref[quadrant(p)])
	s.se(int32(mv.X) - int32(pred.X))
	s.se(int32(mv.Y) - int32(pred.Y))
}

// writePCM writes pcm_alignment_zero_bits and the samples.
func (c *CAVLC) writePCM(r *macroblock.Residual) {
	c.w.AlignZero()
	for plane := range r.Level {
		samples := c.pcm[:]
		if plane > 0 && !c.chroma444 {
			samples = c.pcm[:64]
		}
		for i := range samples {
			samples[i] = uint8(*r.PCM(plane, i))
		}
		c.w.AppendBytes(samples)
	}
}
