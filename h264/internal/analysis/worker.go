package analysis

import (
	"github.com/g264/g264/h264/internal/entropy"
	"github.com/g264/g264/h264/internal/inter"
	"github.com/g264/g264/h264/internal/intra"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/internal/dsp"
)

const srcStride = macroblock.SrcStride

// Worker decides the macroblocks of one row at a time. Workers share nothing
// but their Frame.
type Worker struct {
	f     *Frame
	cavlc *entropy.CAVLC
	cabac *entropy.CABAC

	// What blocks cost with CABAC, by plane and kind, where bit 8*plane+kind of
	// costsKnown is set.
	costs      [3][8]entropy.BlockCosts
	costsKnown uint32
	choice     levelChoice

	coef8  [3][4][64]int16 // 8x8 transform coefficients
	modes8 [3][9][64]uint8 // Intra 8x8 predictions of one block

	// The macroblock in progress.
	x, y      int // in macroblocks
	qp        int // luma quantiser
	qpPred    int // what mb_qp_delta is taken to refer to
	settledQP int // the least at which it was skipped, if it is settled
	lambda1   int // per bit, for SATD in 1/16
	lambda2   int64
	src       macroblock.Src
	rec       [3]macroblock.Rec // neighbours, and Intra 4x4 in progress
	splitLine [2][8]uint8       // of chroma that lies in pairs
	n         macroblock.Neighbours
	avail     intra.Available

	// coded says that levels would be coded over the prediction of P_Skip, still that
	// none were in the macroblock before, quiet that the next but one macroblocks on a line
	// of the cache are settled.
	coded, still, quiet bool

	best, trial *candidate
	motion      motionSearch
	patches     [3]inter.Patch // of references without half-sample planes
	saved4      coded4
	coef        [16][16]int16 // transform coefficients of one plane

	// Intra predictions by mode: of one 4x4 block, of the macroblock, the best mode of
	// which is known if wholePicked, and of both chroma blocks, the best mode of which
	// is known if chromaPicked.
	modes        [3][9][16]uint8
	satd         [3][16]int // of the modes of one block, 4x4 or 8x8, in planes coded like luma
	modeCost     [16]int    // SATD costs of those that can be predicted
	whole        [3][4][256]uint8
	wholeMode    uint8
	wholeCost    int
	wholePicked  bool
	chroma       [2][4][256]uint8
	chromaMode   uint8
	chromaPicked bool
}

// candidate is a way to code the macroblock, carried out.
type candidate struct {
	mb   macroblock.MB
	res  macroblock.Residual
	rec  macroblock.Src
	cost int64 // distortion in 1/256 and lambda2 times bits

	// predicted is the set of planes, by bit, where rec is the prediction, which the
	// residual is still to be added to: see reconstruct.
	predicted uint8
	saved     [4]int64 // by how much less its quadrants cost than not coded, then
	chroma    int64    // cost of the chroma blocks of 4:2:0, of an inter macroblock

	// rated says of an intra macroblock that after is what CABAC's states would be.
	rated bool
	after entropy.After
}

// NewWorker makes a worker for pictures of one chroma format.
func NewWorker(chroma44 bool) *Worker {
	return &Worker{cavlc: entropy.NewCAVLC(chroma44), cabac: entropy.NewCABAC(chroma44), best: new(candidate), trial: new(candidate)}
}

// Row decides row y of the frame: it writes the row's MBs and unfiltered
// samples in f.Rec, and its levels in res. It follows the progress of the row
// above (nil at the top) and sets its own, both in macroblocks: before it waits, and
// else now and then, since telling another processor takes time.
func (w *Worker) Row(f *Frame, y int, res []macroblock.Residual, above, own *picture.Progress) {
	w.f, w.y = f, y
	w.qpPred = f.QP
	for p := range w.patches {
		w.patches[p].Forget()
	}
	w.still = true
	decided := f.MBW // of the row above, for all that is known
	if above != nil {
		decided = above.Done()
	}
	for x := 0; x < f.MBW; {
		if need := min(x+Lag, f.MBW); need > decided {
			if decided = above.Done(); need > decided {
				own.Set(x)
				above.Wait(need)
				decided = above.Done()
			}
		}
		end := f.MBW // of those for which enough is decided
		if decided < end {
			end = decided - Lag + 1
		}
		if after := w.passSettled(x, end); after > x {
			if x = after; x < f.MBW {
				own.Set(x)
			}
			continue
		}
		w.enter(x)
		w.prefetch()
		w.startBits()
		if !w.skipInPlace() {
			w.still = false
			w.load()
			w.decide()
			w.store(&res[x])
		}
		if x++; x%tellEach == 0 && x < f.MBW {
			own.Set(x)
		}
	}
	own.Set(f.MBW) // once: then the row may be another picture's at any time
}

// tellEach is after how many macroblocks a row tells its progress.
const tellEach = 4

// lineMBs is how many macroblocks a line of the cache serves.
const lineMBs = 4

// prefetch has samples of macroblocks that come soon brought near, of the source,
// the picture and its first reference: too many rows for processors to see what
// comes next. Processors drop what they are told of at once beyond some twenty lines,
// so each macroblock of a line asks for some of the next but one. Of settled ones nothing
// is read.
func (w *Worker) prefetch() {
	if !dsp.Assembly() {
		return
	}
	f, y := w.f, w.y
	x := w.x&^(lineMBs-1) + 2*lineMBs
	if x >= f.MBW {
		return
	}
	if w.x%lineMBs == 0 {
		w.quiet = f.allSettled(w.y*f.MBW+x, w.y*f.MBW+min(x+lineMBs, f.MBW))
	}
	if w.quiet {
		return
	}
	switch w.x % lineMBs {
	case 0:
		prefetchLuma(&f.Src.Planes[0], x, y)
	case 1:
		if len(f.Refs) > 0 {
			prefetchLuma(&f.Refs[0].Luma.Plane, x, y)
		}
	case 2:
		if !f.Chroma44 && len(f.Refs) > 0 {
			c := &f.Refs[0].Chroma
			dsp.Prefetch(c.At(x*16, y*8), c.Stride, 8)
		}
		for p := 1; p < 3; p++ {
			size := f.blockSize(p)
			if s := &f.Src.Planes[p]; x*size%(16*lineMBs) == 0 {
				dsp.Prefetch(s.At(x*size, y*size), s.Stride, size)
			}
		}
	case 3:
		prefetchLuma(&f.Rec.Luma.Plane, x, y)
		if !f.Chroma44 {
			c := &f.Rec.Chroma
			dsp.Prefetch(c.At(x*16, y*8), c.Stride, 8)
		}
	}
}

func prefetchLuma(p *picture.Plane, x, y int) { dsp.Prefetch(p.At(x*16, y*16), p.Stride, 16) }

// planes is the number of planes that are coded like luma.
func (w *Worker) planes() int {
	if w.f.Chroma44 {
		return 3
	}
	return 1
}

// enter begins a macroblock of the row.
func (w *Worker) enter(x int) {
	f := w.f
	w.x, w.wholePicked, w.chromaPicked, w.coded = x, false, false, false
	w.n = Neighbours(f.Rec.MBs, f.MBW, x, w.y)
	w.avail = intra.Available{Left: w.n.A != nil, Top: w.n.B != nil, TopLeft: w.n.D != nil, TopRight: w.n.C != nil}
	w.setQP()
	w.settledQP = w.qp
	w.motion.setRange(f, x, w.y)
}

// load brings the source of the macroblock in.
func (w *Worker) load() {
	for p := range w.src {
		s, size := &w.f.Src.Planes[p], w.f.blockSize(p)
		dsp.CopyBlock(w.src[p][:], srcStride, s.At(w.x*size, w.y*size), s.Stride, size, size)
	}
}

// loadNeighbours brings the unfiltered samples around the macroblock in, which
// only intra prediction reads: above from their copy, since the filter may have
// begun there, and to the left from the picture.
func (w *Worker) loadNeighbours() {
	for p := range w.rec {
		size := w.f.blockSize(p)
		if w.y > 0 {
			w.loadLine(p, size)
		}
		if w.x > 0 {
			w.loadColumn(p, size)
		}
	}
}

func (w *Worker) loadLine(p, size int) {
	rec := &w.rec[p]
	if !w.besideTakenOver() {
		line := w.f.leaves[w.y-1].lines[p]
		copy(rec[macroblock.RecAt(0, -1):], line[w.x*size:min((w.x+1)*size+8, len(line))])
		if w.x > 0 {
			rec[macroblock.RecAt(-1, -1)] = line[w.x*size-1]
		}
		return
	}
	copy(rec[macroblock.RecAt(0, -1):], w.lineAbove(p, size, w.x))
	if w.x+1 < w.f.MBW {
		copy(rec[macroblock.RecAt(size, -1):], w.lineAbove(p, size, w.x+1)[:8])
	}
	if w.x > 0 {
		rec[macroblock.RecAt(-1, -1)] = w.lineAbove(p, size, w.x-1)[size-1]
	}
}

// besideTakenOver reports whether one of the macroblocks above, B to D, is taken over.
func (w *Worker) besideTakenOver() bool {
	f, n, b := w.f, &w.n, (w.y-1)*w.f.MBW+w.x
	return f.takenOver(b) || n.C != nil && f.takenOver(b+1) || n.D != nil && f.takenOver(b-1)
}

// lineAbove returns the unfiltered bottom line, of that size, of macroblock x of the row
// above.
func (w *Worker) lineAbove(p, size, x int) []uint8 {
	f, y := w.f, w.y-1
	switch {
	case !f.takenOver(y*f.MBW + x):
		return f.leaves[y].lines[p][x*size:][:size]
	case p == 0 || f.Chroma44:
		return f.Refs[0].LumaLike(p).At(x*16, y*16+15)[:size]
	}
	pairs := f.Refs[0].Chroma.At(x*16, y*8+7)
	dsp.SplitPairs(w.splitLine[0][:], w.splitLine[1][:], 8, pairs, f.Refs[0].Chroma.Stride, 8, 1)
	return w.splitLine[p-1][:]
}

func (w *Worker) loadColumn(p, size int) {
	var column []uint8
	stride := 0
	if p == 0 || w.f.Chroma44 {
		plane := &w.f.Rec.LumaLike(p).Plane
		column, stride = plane.At(w.x*16-1, w.y*16), plane.Stride
	} else {
		plane := &w.f.Rec.Chroma
		column, stride = plane.At(w.x*16-3+p, w.y*8), plane.Stride
	}
	dsp.Column(w.rec[p][macroblock.RecAt(-1, 0):], macroblock.RecStride, column, stride, size)
}

// qp is the luma quantiser of a macroblock by its offset.
func (f *Frame) qp(offset int16) int {
	qp := min(max((f.FineQP+int(offset)+128)>>8, 0), 51)
	// mb_qp_delta reaches from -26 to 25.
	return min(max(qp, f.QP-12), f.QP+12)
}

func (w *Worker) setQP() {
	f := w.f
	w.qp = f.qp(f.Offsets[w.y*f.MBW+w.x])
	w.lambda1, w.lambda2 = int(lambda1[w.qp]), int64(lambda2[w.qp])
	if f.Lossless {
		w.lambda1 = losslessLambda1
	}
}

// store writes the best candidate where neighbours, entropy coding and
// deblocking find it.
func (w *Worker) store(res *macroblock.Residual) {
	f, c := w.f, w.best
	if w.storeMB() {
		return
	}
	switch {
	case c.mb.CarriesQP():
		*res = c.res
		w.qpPred = w.qp
	case c.mb.Type == macroblock.IPCM:
		*res = c.res
	}
	for p := range w.planes() {
		plane := &f.Rec.LumaLike(p).Plane
		w.keepLine(p, c.rec[p][15*srcStride:][:16])
		dsp.CopyBlock(plane.At(w.x*16, w.y*16), plane.Stride, c.rec[p][:], srcStride, 16, 16)
	}
	if !f.Chroma44 {
		w.storeChroma420()
	}
}

// storeMB writes what is known of the best candidate beside its samples. It reports
// whether the picture's memory holds those already.
func (w *Worker) storeMB() (held bool) {
	f, c := w.f, w.best
	w.learnBits(c)
	i := w.y*f.MBW + w.x
	f.Rec.Set(i, &c.mb)
	f.Rec.Motion[i] = c.mb.MV[5]
	version := f.Rec.Version
	settled := picture.Version(0)
	if f.takenOver(i) {
		version = f.Refs[0].Versions[i] // until the filter changes it
		held = version.Is(f.Rec.Versions[i])
		settled = f.Src.Versions[i]
	}
	f.Rec.Versions[i] = version
	f.Rec.Settled[i], f.Rec.SettledQP[i] = settled, int8(w.settledQP)
	return held
}

// storeChroma420 writes the chroma samples of the best candidate.
func (w *Worker) storeChroma420() {
	c, r := w.best, &w.f.Rec.Chroma
	w.keepLine(1, c.rec[1][7*srcStride:][:8])
	w.keepLine(2, c.rec[2][7*srcStride:][:8])
	dsp.JoinPairs(r.At(w.x*16, w.y*8), r.Stride, c.rec[1][:], c.rec[2][:], srcStride, 8, 8)
}

// keepLine keeps the unfiltered bottom line of plane p for the row below.
func (w *Worker) keepLine(p int, line []uint8) {
	copy(w.line(p, len(line)), line)
}

// line is where that line of n samples is kept.
func (w *Worker) line(p, n int) []uint8 {
	return w.f.leaves[w.y].lines[p][w.x*n:][:n]
}

// keep makes the trial candidate the best one.
func (w *Worker) keep() { w.best, w.trial = w.trial, w.best }

// keepBetter keeps the trial candidate if it costs less than the best one.
func (w *Worker) keepBetter() {
	if w.trial.cost < w.best.cost {
		w.keep()
	}
}
