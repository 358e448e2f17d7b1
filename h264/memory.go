package h264

import (
	"github.com/g264/g264/h264/internal/analysis"
	"github.com/g264/g264/h264/internal/lookahead"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/h264/internal/ratecontrol"
)

// atOnce reports whether a picture is coded in the call that decides it.
func (c *Config) atOnce() bool { return c.LowLatency || c.Threads == 1 }

// surveysAhead reports whether a picture is always surveyed while the caller goes on, at
// the cost of the memory of one more: few threads have enough to do without, but for the
// beginning.
func (c *Config) surveysAhead() bool { return !c.atOnce() && c.Threads > 4 }

// maxFlight is the most pictures that are coded at once.
const maxFlight = 8

// maxBuffered is the most where a decoder's buffer limits what they take, which
// shall be known soon: half of those that the buffer holds.
func (c *Config) maxBuffered() int {
	held := 1000 * int64(c.BufferSize) * ratecontrol.Fine / max(c.pictureBits(c.MaxRate), 1)
	return int(min(max(held/2, 1), maxFlight/2))
}

// flight is the number of pictures that are coded at once.
func (c *Config) flight() int {
	switch n := 2 + c.Threads/4; {
	case c.atOnce():
		return 1
	case c.buffered():
		return min(n, c.maxBuffered())
	default:
		return min(n, maxFlight)
	}
}

// sources is the most source pictures that are held at once.
func (c *Config) sources(depth int) int {
	n := c.flight() + depth
	if !c.atOnce() {
		n++ // just taken
	}
	if c.surveysAhead() {
		n++
	}
	if depth <= flashReach {
		n++ // the one before the queue
	}
	return n
}

// halves is how many of them have half-size luma, by the number of references.
func (c *Config) halves(depth, refs int) int {
	n := c.sources(depth)
	if refs > 1 {
		return n
	}
	undecided := flashReach + 2 // those around included
	if !c.atOnce() {
		undecided++ // surveyed beside the caller, at the beginning at least
	}
	return min(n, undecided)
}

// estimate is the memory that an encoder takes: that of its pictures, of the
// stages, and of the largest access units that it can make.
func (c *Config) estimate(preset *analysis.Preset, mbW, mbH, refs, depth int) int64 {
	const (
		residualBytes = 1632
		mbBytes       = 176 + 2
		progressBytes = 256      // of a row
		leftBytes     = 1200     // by a row for the one beneath
		leftMBBytes   = 3 * 16   // of each macroblock
		sourceBytes   = 1 << 10  // beside its samples and blocks
		coderBytes    = 12 << 10 // the entropy coder of a picture
		workerBytes   = 88 << 10 // its goroutine included
		energyBytes   = 2 * 4    // of two pictures
	)
	flight, sources, mbs := int64(c.flight()), int64(c.sources(depth)), int64(mbW)*int64(mbH)
	sampleBytes := int64(384)
	if c.Chroma == Chroma444 {
		sampleBytes = 768
	}
	references := int64(refs) + flight
	scroll := int64(0)
	if tune, _ := c.tuned(); tune.scrolls {
		scroll = lookahead.ScrollBytes(16*int64(mbW), 16*int64(mbH))
	}
	units := flight + 1
	coded := (flight + units) * sampleBytes * 3 / 2 // bits and NAL units, in buffers that grow
	if c.Reconstruction {
		coded += units * sampleBytes
	}
	ring := int64(ringRows(c.Threads, mbH)) * int64(mbW)
	left := int64(mbH) * (leftBytes + int64(mbW)*leftMBBytes)
	return picture.EstimateBytes(mbW, mbH, c.Chroma == Chroma444, preset.HalfPlanes, sources, int64(c.halves(depth, refs)), references) +
		sources*(mbs*lookahead.BlockBytes+sourceBytes) + references*lookahead.SketchBytes(mbs) + flight*(mbs*mbBytes+int64(mbH)*progressBytes+left+ring*residualBytes+coderBytes) + mbs*coded +
		mbs*energyBytes + scroll + int64(c.Threads)*workerBytes
}
