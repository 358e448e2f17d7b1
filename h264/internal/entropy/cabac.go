package entropy

import (
	"github.com/g264/g264/h264/internal/bits"
	"github.com/g264/g264/h264/internal/macroblock"
)

// CABAC writes the slice data of one slice after another, or says what it would
// cost. Macroblocks must have their contexts (macroblock.MB.SetContexts) where
// later ones have them as neighbours.
type CABAC struct {
	binCoder
	w         *bits.Writer
	initial   [8]initialContexts // by QP, which varies little from slice to slice
	own       Contexts           // states, but during Cost
	forHead   Contexts           // those of HeadCost
	chroma444 bool
	slice     Slice
	count     int  // macroblocks of the slice so far
	qp        int  // QP_Y,PRED of the next macroblock
	qpChanged bool // mb_qp_delta of the macroblock before wasn't zero

	mvd [mvdOrigin + 4*mvdRow][2]uint8 // magnitudes of mvd, at most macroblock.MaxMVD: see loadMVD
	pcm [256]byte                      // samples of an I_PCM macroblock on their way to buf
}

// NewCABAC makes a coder for 4:2:0 or, with chroma444, for 4:4:4.
func NewCABAC(chroma444 bool) *CABAC {
	c := &CABAC{chroma444: chroma444}
	c.states = &c.own
	return c
}

// First ctxIdx of syntax elements (table 9-34).
const (
	ctxMBTypeI        = 3
	ctxMBSkip         = 11
	ctxMBTypeP        = 14
	ctxMBTypeIntraInP = 17
	ctxSubType        = 21
	ctxMVDX           = 40
	ctxMVDY           = 47
	ctxRefIdx         = 54
	ctxQPDelta        = 60
	ctxChromaMode     = 64
	ctxIntraModeFlag  = 68
	ctxIntraMode      = 69
	ctxCBPLuma        = 73
	ctxCBPChroma      = 77
	ctxResidual       = 85
	ctxTransform8x8   = 399
)

// uCoff of UEGk binarisations: where the prefix ends (table 9-34).
const (
	mvdPrefix   = 9
	levelPrefix = 14
)

// BeginSlice starts the data of a slice behind the slice header that w holds,
// which c completes and uses until EndSlice. Without a writer (nil) only Cost
// and Learn may be used.
func (c *CABAC) BeginSlice(w *bits.Writer, s Slice) {
	c.slice, c.qp, c.qpChanged, c.count = s, s.QP, false, 0
	*c.states = *c.initial[s.QP&7].of(&s)
	c.w, c.counting = w, w == nil
	if w == nil {
		return
	}
	w.AlignOne()
	c.buf = w.Bytes()
	c.bins = 0
	c.start()
}

// Macroblock writes the next macroblock of the slice (clauses 7.3.4 and 7.3.5).
// See CAVLC.Macroblock for the parameters.
func (c *CABAC) Macroblock(mb *macroblock.MB, n *macroblock.Neighbours, r *macroblock.Residual) {
	if c.count > 0 {
		c.proceed() // end_of_slice_flag
	}
	c.count++
	c.macroblock(mb, n, r)
	c.settle()
}

// EndSlice writes the end_of_slice_flag and rbsp_slice_trailing_bits, with as
// many cabac_zero_word as a slice of so many bins needs: at most 32 bins for each
// three bytes and for each 32 bits of its samples (clause 7.4.2.10).
func (c *CABAC) EndSlice() {
	c.terminate()
	samples := 256 + 2*64
	if c.chroma444 {
		samples = 3 * 256
	}
	const wordBytes = 3 // with its emulation_prevention_three_byte
	for n := len(c.buf); 32*n < 3*(c.bins-8*samples*c.count/32); n += wordBytes {
		c.buf = append(c.buf, 0, 0)
	}
	c.w.SetBytes(c.buf)
	c.buf = nil
}

// macroblock is what mb_skip_flag and macroblock_layer say.
func (c *CABAC) macroblock(mb *macroblock.MB, n *macroblock.Neighbours, r *macroblock.Residual) {
	if c.head(mb, n, r) {
		c.residual(mb, n, r)
	}
}

// head is macroblock up to the residual; it reports whether that follows. Of r it
// has the samples of I_PCM.
func (c *CABAC) head(mb *macroblock.MB, n *macroblock.Neighbours, r *macroblock.Residual) (more bool) {
	if c.slice.P {
		c.skipFlag(mb, n)
		if mb.Type == macroblock.PSkip {
			c.qpChanged = false
			return false
		}
	}
	c.mbType(mb, n)
	if mb.Type == macroblock.IPCM {
		c.samples(r)
		c.qpChanged = false
		return false
	}
	if mb.Type == macroblock.I4x4 && c.slice.Transform8x8 {
		c.transformFlag(mb, n)
	}
	switch mb.Type {
	case macroblock.I4x4, macroblock.I16x16:
		c.intraPrediction(mb, n)
	case macroblock.P8x8:
		c.subMotion(mb, n)
	default:
		c.motion(mb, n)
	}
	if mb.Type != macroblock.I16x16 {
		c.codedBlockPattern(mb, n)
		if c.slice.Transform8x8 && mb.ChoosesTransform() {
			c.transformFlag(mb, n)
		}
	}
	if !mb.CarriesQP() {
		c.qpChanged = false
		return false
	}
	c.qpDelta(int(mb.QP))
	return true
}

func flag(b bool) uint8 {
	if b {
		return 1
	}
	return 0
}

// skipFlag is mb_skip_flag.
func (c *CABAC) skipFlag(mb *macroblock.MB, n *macroblock.Neighbours) {
	ctx := uint(ctxMBSkip)
	if n.A != nil && n.A.Type != macroblock.PSkip {
		ctx++
	}
	if n.B != nil && n.B.Type != macroblock.PSkip {
		ctx++
	}
	c.bin(ctx, flag(mb.Type == macroblock.PSkip))
}

// mbType is mb_type (9.3.2.5).
func (c *CABAC) mbType(mb *macroblock.MB, n *macroblock.Neighbours) {
	if !c.slice.P {
		ctx := uint(ctxMBTypeI)
		if n.A != nil && n.A.Type != macroblock.I4x4 {
			ctx++
		}
		if n.B != nil && n.B.Type != macroblock.I4x4 {
			ctx++
		}
		c.intraType(mb, ctx, [5]uint{3, 4, 5, 6, 7})
		return
	}
	switch mb.Type {
	case macroblock.P16x16, macroblock.P8x8:
		c.bin(ctxMBTypeP, 0)
		c.bin(ctxMBTypeP+1, 0)
		c.bin(ctxMBTypeP+2, flag(mb.Type == macroblock.P8x8))
	case macroblock.P16x8, macroblock.P8x16:
		c.bin(ctxMBTypeP, 0)
		c.bin(ctxMBTypeP+1, 1)
		c.bin(ctxMBTypeP+3, flag(mb.Type == macroblock.P16x8))
	default:
		c.bin(ctxMBTypeP, 1)
		c.intraType(mb, ctxMBTypeIntraInP, [5]uint{1, 2, 2, 3, 3})
	}
}

// intraType codes an intra mb_type. The first bin has context first; inc are
// those, relative to the element's own, of: luma coded, chroma coded, chroma AC
// coded, and the two bits of the Intra 16x16 mode.
func (c *CABAC) intraType(mb *macroblock.MB, first uint, inc [5]uint) {
	offset := uint(ctxMBTypeI)
	if c.slice.P {
		offset = ctxMBTypeIntraInP
	}
	switch mb.Type {
	case macroblock.I4x4:
		c.bin(first, 0)
		return
	case macroblock.IPCM:
		c.bin(first, 1)
		c.terminate()
		return
	}
	c.bin(first, 1)
	c.proceed()
	c.bin(offset+inc[0], mb.CBP&1)
	chroma := mb.CBP >> 4
	c.bin(offset+inc[1], flag(chroma != 0))
	if chroma != 0 {
		c.bin(offset+inc[2], flag(chroma == 2))
	}
	c.bin(offset+inc[3], mb.I16Mode>>1)
	c.bin(offset+inc[4], mb.I16Mode&1)
}

// samples writes those of I_PCM and starts the arithmetic code anew.
func (c *CABAC) samples(r *macroblock.Residual) {
	for p := range r.Level {
		samples := c.pcm[:]
		if p > 0 && !c.chroma444 {
			samples = c.pcm[:64]
		}
		if c.counting {
			c.cost += 8 * len(samples) << 8
			continue
		}
		for i := range samples {
			samples[i] = uint8(*r.PCM(p, i))
		}
		c.buf = append(c.buf, samples...)
	}
	c.start()
}

// transformFlag is transform_size_8x8_flag.
func (c *CABAC) transformFlag(mb *macroblock.MB, n *macroblock.Neighbours) {
	ctx := uint(ctxTransform8x8)
	if n.A != nil && n.A.Transform8x8 {
		ctx++
	}
	if n.B != nil && n.B.Transform8x8 {
		ctx++
	}
	c.bin(ctx, flag(mb.Transform8x8))
}

// intraPrediction is mb_pred of intra macroblocks.
func (c *CABAC) intraPrediction(mb *macroblock.MB, n *macroblock.Neighbours) {
	if mb.Type == macroblock.I4x4 {
		step := 1
		if mb.Transform8x8 {
			step = 4
		}
		for i := 0; i < 16; i += step {
			r := macroblock.BlockRaster[i&15]
			mode, pred := mb.I4Modes[r&15], mb.I4Predictor(n, int(r&3), int(r>>2))
			c.bin(ctxIntraModeFlag, flag(mode == pred))
			if mode == pred {
				continue
			}
			if mode > pred {
				mode--
			}
			c.bin(ctxIntraMode, mode&1)
			c.bin(ctxIntraMode, mode>>1&1)
			c.bin(ctxIntraMode, mode>>2)
		}
	}
	if !c.chroma444 {
		c.chromaMode(mb, n)
	}
}

// chromaMode is intra_chroma_pred_mode.
func (c *CABAC) chromaMode(mb *macroblock.MB, n *macroblock.Neighbours) {
	ctx := uint(ctxChromaMode)
	if n.A != nil && n.A.ChromaMode != 0 {
		ctx++
	}
	if n.B != nil && n.B.ChromaMode != 0 {
		ctx++
	}
	c.bin(ctx, flag(mb.ChromaMode > 0))
	if mb.ChromaMode > 0 {
		c.bin(ctxChromaMode+3, flag(mb.ChromaMode > 1))
	}
	if mb.ChromaMode > 1 {
		c.bin(ctxChromaMode+3, flag(mb.ChromaMode > 2))
	}
}

// codedBlockPattern is coded_block_pattern.
func (c *CABAC) codedBlockPattern(mb *macroblock.MB, n *macroblock.Neighbours) {
	// A bit of context says that a neighbouring quadrant is not coded; those of
	// I_PCM count as coded, as do all that are not available.
	a, b := uint8(0xff), uint8(0xff)
	if n.A != nil {
		a = n.A.CodedPattern()
	}
	if n.B != nil {
		b = n.B.CodedPattern()
	}
	cbp := mb.CBP
	for q := range uint(4) {
		left, above := cbp>>(q-1), cbp>>(q-2)
		if q&1 == 0 {
			left = a >> (q + 1)
		}
		if q < 2 {
			above = b >> (q + 2)
		}
		c.bin(ctxCBPLuma+uint(^left&1|^above&1<<1), cbp>>q&1)
	}
	if c.chroma444 {
		return
	}
	var anyA, anyB, acA, acB uint8
	if n.A != nil {
		anyA, acA = flag(a>>4 != 0), flag(a>>4 == 2)
	}
	if n.B != nil {
		anyB, acB = flag(b>>4 != 0), flag(b>>4 == 2)
	}
	c.bin(ctxCBPChroma+uint(anyA|anyB<<1), flag(cbp>>4 != 0))
	if cbp>>4 != 0 {
		c.bin(ctxCBPChroma+4+uint(acA|acB<<1), cbp>>5)
	}
}

// qpDelta is mb_qp_delta.
func (c *CABAC) qpDelta(qp int) {
	delta := qpDelta(qp, c.qp)
	c.qp = qp
	left := bits.CodeNum(delta)
	ctx := uint(ctxQPDelta)
	if c.qpChanged {
		ctx++
	}
	c.qpChanged = delta != 0
	for next := uint(ctxQPDelta + 2); left > 0; next = ctxQPDelta + 3 {
		c.bin(ctx, 1)
		left--
		ctx = next
	}
	c.bin(ctx, 0)
}
