// Package ratecontrol sets the quantiser of pictures and macroblocks, from what
// the lookahead has measured and, where there is a bit rate or a decoder's buffer
// (ITU-T H.264 annex C) to keep, from what was spent. All arithmetic is in
// integers, QP in 1/256.
package ratecontrol

import "github.com/g264/g264/h264/internal/lookahead"

// Fine is one QP in the unit of this package.
const Fine = 256

// Config configures a Controller.
type Config struct {
	Constant bool // QP is the quantiser of all P macroblocks; no adaptation
	QP       int  // in 1/256: the rate factor, or the constant QP
	MinQP    int  // in 1/256, of pictures
	MaxQP    int

	IntraOffset int // in 1/256, at most 0: added in I pictures
	QCompress   int // in 1/256: 0 evens out the bits, 256 the quantiser
	// FrameTime is how long a picture is shown, in 1/256 of 1/25 s.
	FrameTime int
	Tree      bool // pictures carry what later ones inherit

	PictureBits int64 // average bits of a picture in 1/256; 0: QP decides
	MaxBits     int64 // most bits of a picture in 1/256 that reach the decoder's buffer in its time
	Buffer      int64 // bits that the decoder's buffer holds; 0: without end
	Second      int64 // pictures in a second, at least 1
	Feedback    int   // pictures from one to the first whose QP may depend on its bits, unless Await says so

	AQStrength int  // in 1/256; 0 is none
	AQRelative bool // adapt half to the picture's mean
}

// Controller gives each picture its QP, and each macroblock its offset.
type Controller struct {
	cfg Config
	// blurred is the complexity of the last P pictures, in 1/16 SATD a block,
	// each half the weight of the next.
	blurred int64
	base    int // QP in 1/256 that the last picture's is based on
	budget  budget
}

// New makes a Controller.
func New(cfg Config) *Controller {
	c := &Controller{cfg: cfg, budget: newBudget(&cfg)}
	c.base = c.factorQP()
	return c
}

// tracks reports whether the bits of pictures matter.
func (c *Config) tracks() bool { return c.PictureBits > 0 || c.Buffer > 0 }

// kindOffset is what a picture's QP differs from the base by for its kind.
func (c *Config) kindOffset(p *lookahead.Picture) int {
	if p.Intra {
		return c.IntraOffset
	}
	return 0
}

// Await reports whether all pictures before must be coded before the next one gets
// its QP.
func (c *Controller) Await() bool {
	c.budget.settle(c.cfg.Feedback, &c.cfg)
	return c.budget.near(&c.cfg)
}

// PictureQP returns the QP in 1/256 of the first picture of a window: those known
// that are coded from now on, in that order.
func (c *Controller) PictureQP(window []*lookahead.Picture) int {
	p := window[0]
	if !c.cfg.Constant {
		if c.Await() {
			c.budget.settle(1, &c.cfg)
		}
		c.base = c.factorQP()
		if c.cfg.PictureBits > 0 {
			c.base = c.budget.averageQP(window, &c.cfg)
		}
		c.base += c.contentOffset(p)
		if c.cfg.Buffer > 0 {
			c.base = c.budget.bufferQP(window, c.base, &c.cfg)
		}
	}
	offset := c.cfg.kindOffset(p)
	qp := min(max(c.base+offset, c.cfg.MinQP), c.cfg.MaxQP)
	if c.cfg.tracks() {
		c.budget.plan(p, qp, offset)
	}
	return qp
}

// These make the SSIM of clips about that of x264 at the same rate factor.
const (
	nearFactor        = 23 * Fine // rate factors below it are drawn a little towards it
	neutralComplexity = 16 * 140  // at which the QP is the rate factor without a tree
)

// treeStrength is the QP in 1/256 that the tree takes from a block for an octave
// of what it is worth.
func (c *Controller) treeStrength() int { return 5 * (Fine - c.cfg.QCompress) }

// treeOffset is the QP in 1/256 of a block that nothing inherits from, beyond the
// rate factor: as in x264 (measured on single pictures), so that macroblocks get
// the QP that they get there.
func (c *Controller) treeOffset() int { return c.treeStrength() * 27 / 10 }

// factorQP is the QP of a picture of usual content at the rate factor. Pictures
// that are shown for longer get a finer quantiser.
func (c *Controller) factorQP() int {
	switch {
	case c.cfg.Constant:
		return c.cfg.QP
	case c.cfg.PictureBits > 0:
		return 26 * Fine
	}
	shown := log2(uint64(min(max(c.cfg.FrameTime, Fine/4), 4*Fine))) - 8*Fine
	return c.cfg.QP + max(nearFactor-c.cfg.QP, 0)/8 - c.share()*shown/Fine
}

// share is how far the QP in 1/256 follows an octave of what it depends on.
func (c *Controller) share() int { return 6 * (Fine - c.cfg.QCompress) }

// contentOffset is what a picture's QP differs from the base by, which is finer
// where little changes: by the tree, block by block, or else by the complexity of
// the pictures.
func (c *Controller) contentOffset(p *lookahead.Picture) int {
	switch {
	case c.cfg.Tree && c.cfg.PictureBits > 0:
		return 0
	case c.cfg.Tree:
		return c.treeOffset()
	}
	if !p.Intra {
		now := 16*p.InterCost/int64(len(p.Vectors)) + 1
		if c.blurred == 0 {
			c.blurred = now
		}
		c.blurred = (c.blurred + now + 1) / 2
	}
	if c.blurred == 0 {
		return 0
	}
	octaves := log2(uint64(c.blurred)) - log2(neutralComplexity)
	return min(max(c.share()/2*octaves/Fine, -4*Fine), 4*Fine)
}

// Adapt gives macroblocks [first, last) of a picture offsets by the AC energy of
// their samples, which has been measured if Adaptive, and that of all others too if
// Relative: flat ones, where errors show most, get a finer quantiser. The weights in
// the tree follow. Parts of a picture may be adapted beside each other.
func (c *Controller) Adapt(p *lookahead.Picture, first, last int) {
	offsets, weights := p.Offsets[first:last], p.Weights[first:last]
	if !c.Adaptive() {
		clear(offsets)
		for i := range weights {
			weights[i] = Fine
		}
		return
	}
	neutral := 14427 * Fine / 1000 // log2 of the energy at which the offset is zero
	if c.Relative() {
		sum := 0
		for _, e := range p.Energy {
			sum += log2(uint64(e) + 1)
		}
		neutral = (neutral + sum/len(p.Energy)) / 2
	}
	for i, e := range p.Energy[first:last] {
		if i > 0 && e == p.Energy[first+i-1] { // as on flat ground
			offsets[i], weights[i] = offsets[i-1], weights[i-1]
			continue
		}
		offset := (log2(uint64(e)+1) - neutral) * c.cfg.AQStrength / Fine
		offsets[i] = int16(min(max(offset, -32*Fine), 32*Fine))
		weights[i] = uint16(min(exp2(-int(offsets[i])/6, 8), 1<<16-1))
	}
}

// Adaptive reports whether Adapt goes by the AC energy.
func (c *Controller) Adaptive() bool { return c.cfg.AQStrength != 0 }

// Relative reports whether Adapt goes by the energy of the whole picture too.
func (c *Controller) Relative() bool { return c.Adaptive() && c.cfg.AQRelative }

// Spare returns the SATD of a block of the lookahead that quantisation takes
// away.
func (c *Controller) Spare() int {
	qp := c.factorQP()
	if c.cfg.PictureBits > 0 {
		qp = c.base - c.treeOffset()
	}
	return int(exp2((qp-4*Fine)/6, 0))
}

// AddTree adds to the offsets of a picture, which Adapt made, what they should
// be finer by for what later pictures inherit.
func (c *Controller) AddTree(p *lookahead.Picture) {
	strength := c.treeStrength()
	for i := range p.Offsets {
		own, inherited := p.Worth(i)
		gain := (log2(own+inherited) - log2(own)) * strength / Fine
		p.Offsets[i] = int16(max(int(p.Offsets[i])-gain, -51*Fine))
	}
}

// SliceQP returns the mean QP of the macroblocks of a picture, rounded: that of
// its slice.
func SliceQP(fineQP int, offsets []int16) int {
	sum := 0
	for _, o := range offsets {
		sum += int(o)
	}
	return min(max((fineQP+sum/len(offsets)+Fine/2)>>8, 0), 51)
}

// StepQP is the QP in 1/256 that changes the quantiser's step by a ratio of
// v/65536, at least 1.
func StepQP(v uint64) int { return 6 * (log2(v) - 16*Fine) }
