// Package h264 is an H.264 encoder (ITU-T H.264, ISO/IEC 14496-10): planar
// 8-bit pictures in, access units out. It writes progressive streams of the
// profiles Constrained Baseline, Main and High (4:2:0) and High 4:4:4 Predictive
// (4:4:4, and lossless) with CAVLC or CABAC entropy coding, and depends on
// nothing but Go.
//
// The same pictures and configuration give the same bytes on every platform
// and for every number of threads. An encoder that is closed leaves the memory of its
// pictures to the next with the same demand, or to the garbage collector.
package h264

import (
	"bytes"
	"fmt"

	"github.com/g264/g264/h264/internal/analysis"
	"github.com/g264/g264/h264/internal/bits"
	"github.com/g264/g264/h264/internal/deblock"
	"github.com/g264/g264/h264/internal/lookahead"
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

// Encoder turns pictures into access units. One goroutine uses it at a time.
type Encoder struct {
	cfg Config
	sps syntax.SPS
	pps syntax.PPS

	spsNAL, ppsNAL, seiNAL []byte

	// The way of a picture.
	stock      *stock // nil when it is left to others
	sources    *sourcePool
	lent       *lookahead.Picture // by Lend, nil if none is
	ahead      *ahead
	rate       *ratecontrol.Controller
	references *references
	codings    []*coding // spare
	pool       *pool
	leash      leash
	timing     timing
	atOnce     bool // no picture is in flight when a call returns

	// Where the sequence stands.
	started  bool
	headed   bool // parameter sets have been handed out
	frameNum uint32
	idrPicID uint16
	version  picture.Version // the latest of a reconstruction
	lastPTS  int64
	flushing bool
	closed   bool

	// What the last call returned lives here.
	units       []AccessUnit
	given       []*unitBuffer // of units
	buffers     []*unitBuffer // spare
	lentPicture Picture
}

// NewEncoder checks the configuration and makes an encoder. With more than one
// thread its goroutines code pictures between calls too; they end with the
// pictures that it was given. Errors wrap ErrConfig or ErrMemory.
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
	flight, depth := cfg.flight(), cfg.depth(preset, mbW*mbH)
	need := cfg.estimate(preset, mbW, mbH, sps.NumRefFrames, depth)
	if need > cfg.MaxMemory {
		return nil, fmt.Errorf("%w: %dx%d needs about %d bytes; MaxMemory is %d", ErrMemory, cfg.Width, cfg.Height, need, cfg.MaxMemory)
	}
	stock := takeStock(demand{
		mbW: mbW, mbH: mbH, chroma44: chroma44, halfPlanes: preset.HalfPlanes,
		mostSources: cfg.sources(depth), mostHalves: cfg.halves(depth, sps.NumRefFrames), mostReconstructions: sps.NumRefFrames + flight,
	})
	e := &Encoder{
		cfg: cfg, sps: sps, pps: pps, stock: stock,
		sources:    newSourcePool(stock),
		rate:       ratecontrol.New(cfg.rateControl()),
		references: newReferences(stock, sps.NumRefFrames),
		pool:       newPool(cfg.Threads, chroma44, cfg.reach(mbH)),
		atOnce:     cfg.atOnce(),
		leash:      cfg.newLeash(level, sps.ProfileIDC, mbW*mbH),
	}
	e.timing = cfg.newTiming(&e.sps.VUI.HRD)
	e.ahead = newAhead(&e.cfg, depth, e.sources, e.rate, sps.NumRefFrames > 1)
	e.writeParameterSets()
	for range flight {
		e.codings = append(e.codings, newCoding(e.newFrame(preset, level), cfg.Threads, e.deblocking(),
			newMeasurement(&cfg)))
	}
	return e, nil
}

// newFrame makes what all pictures share from the configuration, the preset and
// the limits of the level.
func (e *Encoder) newFrame(preset *analysis.Preset, level syntax.Level) *analysis.Frame {
	f := analysis.NewFrame(e.sps.WidthMbs, e.sps.HeightMbs, e.cfg.Chroma == Chroma444)
	f.Preset = preset
	f.ChromaOffset = int(e.pps.ChromaQPIndexOffset[0])
	f.MaxMVY = 4 * level.MaxVmvR
	f.MaxMVDown = maxMVDown(e.cfg.reach(e.sps.HeightMbs))
	f.MaxMVs = level.MaxMvsPer2Mb / 2
	f.MaxSub = level.MaxSubMbRectSize(e.sps.ProfileIDC)
	f.RawMbBits = 8 * (256 + 2*64)
	if f.Chroma44 {
		f.RawMbBits = 8 * 3 * 256
	}
	f.CABAC, f.Transform8x8 = e.pps.EntropyCABAC, e.pps.Transform8x8
	f.Lossless = e.sps.TransformBypass
	return f
}

// deblocking makes the deblocking filter, nil for none.
func (e *Encoder) deblocking() *deblock.Filter {
	if e.cfg.NoDeblock {
		return nil
	}
	return deblock.New(deblock.Params{
		OffsetA:      2 * e.cfg.DeblockAlpha,
		OffsetB:      2 * e.cfg.DeblockBeta,
		ChromaOffset: int(e.pps.ChromaQPIndexOffset[0]),
	}, e.sps.WidthMbs)
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
// the access units that are complete by a fixed count of pictures, in decoding
// order. A picture that is refused (ErrPicture) leaves the encoder as it was.
func (e *Encoder) Encode(pic *Picture) ([]AccessUnit, error) {
	if e.ended() {
		return nil, ErrClosed
	}
	if err := e.check(pic); err != nil {
		return nil, err
	}
	e.reclaim()
	left := e.surveying()
	if !e.pool.survey(e.take(pic), left > 0) {
		e.Close()
		return nil, ErrClosed
	}
	for len(e.pool.surveys) > left {
		if err := e.surveyed(); err != nil {
			return nil, err
		}
	}
	if err := e.advance(false); err != nil {
		return nil, err
	}
	return e.units, nil
}

// ended reports whether no picture is taken any more.
func (e *Encoder) ended() bool {
	if !e.closed && e.pool.halted() {
		e.Close()
	}
	return e.closed || e.flushing
}

// surveying is how many pictures are surveyed still when Encode returns with the next
// one. At the beginning nothing else keeps the workers busy while the caller goes on.
func (e *Encoder) surveying() int {
	if e.cfg.surveysAhead() || !e.atOnce && e.ahead.lacks() > len(e.pool.surveys)+1 {
		return 1
	}
	return 0
}

// surveyed waits for the oldest survey and hands its picture on.
func (e *Encoder) surveyed() error {
	s := e.pool.surveyed()
	if s == nil {
		e.Close()
		return ErrClosed
	}
	e.ahead.add(s)
	return nil
}

// advance begins the next picture that is decided, if there is one, and
// collects those that must be complete by then.
func (e *Encoder) advance(last bool) error {
	if !e.ahead.ready(last) {
		return nil
	}
	e.ahead.weigh() // while workers have the pictures in flight
	if len(e.codings) == 0 {
		if err := e.collect(); err != nil {
			return err
		}
	}
	for len(e.pool.flight) > 0 && e.rate.Await() {
		if err := e.collect(); err != nil {
			return err
		}
	}
	j := e.ahead.next()
	e.begin(&j)
	if e.atOnce {
		return e.collect()
	}
	return nil
}

// Flush returns the next of the access units that are left, and none once all
// are out; then the encoder is closed. No picture is taken after the first call.
func (e *Encoder) Flush() ([]AccessUnit, error) {
	if e.closed || e.pool.halted() {
		e.Close()
		return nil, ErrClosed
	}
	e.flushing = true
	e.reclaim()
	for len(e.pool.surveys) > 0 {
		if err := e.surveyed(); err != nil {
			return nil, err
		}
	}
	for {
		if err := e.advance(true); err != nil {
			return nil, err
		}
		switch {
		case len(e.units) > 0:
			return e.units, nil
		case len(e.ahead.queue) > 0:
			continue
		case len(e.pool.flight) == 0:
			e.Close()
			return nil, nil
		}
		if err := e.collect(); err != nil {
			return nil, err
		}
	}
}

// Close stops what is being coded, waits for the encoder's goroutines to end and
// makes it refuse pictures. It is harmless to call it again. If one of the goroutines
// has panicked, the first call that finds it, Close or another, panics with that.
func (e *Encoder) Close() {
	e.closed = true
	e.pool.stop()
	e.pool.wait()
	e.leave()
}

// Interrupt makes a call that waits for pictures being coded return ErrClosed
// soon, and every later one. Any goroutine may call it. Close must be called
// still.
func (e *Encoder) Interrupt() { e.pool.stop() }

// Observe has f told of each task when it is done, to measure how the work
// divides. It must be called before the first picture; tasks run beside each
// other, and so do the calls of f, which may call Interrupt, but no other method.
func (e *Encoder) Observe(f func(Task)) { e.pool.observe = f }
