package h264

import (
	"github.com/g264/g264/h264/internal/analysis"
	"github.com/g264/g264/h264/internal/bits"
	"github.com/g264/g264/h264/internal/deblock"
	"github.com/g264/g264/h264/internal/entropy"
	"github.com/g264/g264/h264/internal/lookahead"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/h264/internal/syntax"
)

// coding is a picture on its way through the stages, row by row:
//
//   - analysis decides and reconstructs a row; rows run as a wavefront, each
//     behind the row above it;
//   - the filter, in order, gives macroblocks without residual their effective
//     QP, deblocks, and makes borders and half-sample planes;
//   - entropy coding, in order, writes the row's levels.
//
// A coding serves one picture after another.
type coding struct {
	job
	header syntax.SliceHeader
	rec    *reference
	refs   []*reference // list 0

	sketches  []lookahead.Sketch // of refs, before they are ordered
	favourite [1]syntax.RefPicListModification

	weights  syntax.WeightTable // of refs
	weighted bool               // weights change anything
	lights   []lookahead.Light  // of refs

	// Analysis.
	frame  *analysis.Frame
	grid   macroblock.Grid
	rows   []*picture.Progress // macroblocks decided of each row
	levels [][]macroblock.Residual

	// The filter.
	filter   *deblock.Filter // nil: no deblocking
	qp       int8            // QP_Y,PRED of the next row's first macroblock
	qpSum    int             // of all macroblocks
	measured measurement

	// Entropy coding.
	writer bits.Writer
	coder  entropyCoder
	around macroblock.Neighbours // of the macroblock in coder: a call through an interface would allocate them
	unit   *unitBuffer

	// Where the stages stand; the pool guards these.
	number    int // of the picture in coding order
	begun     int // rows that analysis has begun
	filtered  int // rows that have been filtered
	written   int // rows that have been entropy coded
	filtering bool
	writing   bool
}

// reach is how many rows of a reference a row may need beneath its own, which
// bounds the vectors that point down: the next picture follows so many rows
// behind. It depends on the picture's height and the tune, never on the machine:
// pages scroll far.
func (c *Config) reach(mbH int) int {
	if tune, _ := c.tuned(); tune.scrolls {
		return max(4, mbH*3/4)
	}
	return max(4, mbH/16)
}

// maxMVDown bounds the vectors, in quarter samples. When n rows are finished,
// half-sample planes are up to luma row 16*n-8, and a row of macroblocks needs
// them a sample beyond where its vectors point.
func maxMVDown(reach int) int { return 4 * (16*reach - 8) }

// entropyCoder is CAVLC or CABAC.
type entropyCoder interface {
	BeginSlice(w *bits.Writer, s entropy.Slice)
	Macroblock(mb *macroblock.MB, n *macroblock.Neighbours, r *macroblock.Residual)
	EndSlice()
}

func newEntropyCoder(f *analysis.Frame) entropyCoder {
	if f.CABAC {
		return entropy.NewCABAC(f.Chroma44)
	}
	return entropy.NewCAVLC(f.Chroma44)
}

// ringRows is the number of rows whose levels wait or are worked on. More would
// let rows run further ahead of where pictures wait for each other.
func ringRows(threads, mbH int) int {
	if threads == 1 {
		return 1
	}
	return min(4+threads/4, mbH)
}

// newCoding makes a coding around a frame.
func newCoding(f *analysis.Frame, threads int, filter *deblock.Filter, m measurement) *coding {
	c := &coding{
		frame: f, filter: filter, measured: m,
		grid:   macroblock.NewGrid(f.MBW * f.MBH),
		rows:   make([]*picture.Progress, f.MBH),
		levels: make([][]macroblock.Residual, ringRows(threads, f.MBH)),
		coder:  newEntropyCoder(f),
	}
	for i := range c.rows {
		c.rows[i] = picture.NewProgress()
	}
	for i := range c.levels {
		c.levels[i] = make([]macroblock.Residual, f.MBW)
	}
	return c
}

// order puts the reference first that the picture is most like, if that is clear.
func (c *coding) order() {
	c.rec.sketch.Draw(c.Picture)
	c.sketches = c.sketches[:0]
	for _, r := range c.refs {
		c.sketches = append(c.sketches, r.sketch)
	}
	if k := c.Favourite(c.rec.sketch, c.sketches); k > 0 {
		favour(c.refs, k)
		// All pictures are references: that of index k is k+1 before this one.
		c.favourite[0] = syntax.RefPicListModification{Value: uint32(k)}
		c.header.ListModifications = c.favourite[:]
	}
}

// begin makes ready for the picture in c.job, c.header, c.rec and c.refs.
func (c *coding) begin(sps *syntax.SPS, pps *syntax.PPS) {
	f := c.frame
	c.rec.Grid = c.grid
	f.Src, f.Rec, f.Refs = c.Source, c.rec.Reconstruction, f.Refs[:0]
	for _, r := range c.refs {
		f.Refs = append(f.Refs, r.Reconstruction)
	}
	if f.Weights = nil; c.weighted {
		f.Weights = &c.weights
	}
	f.Seeds, f.Scroll, f.Offsets = c.Vectors, c.Scroll, c.Offsets
	f.FineQP, f.QP, f.CABACInitIDC = c.fineQP, c.header.QP, c.header.CABACInitIDC
	for _, r := range c.rows {
		r.Reset()
	}
	c.qp, c.qpSum = int8(f.QP), 0
	c.measured.begin()
	c.writer.Reset()
	c.header.Write(&c.writer, sps, pps)
	c.coder.BeginSlice(&c.writer, f.Slice())
	c.begun, c.filtered, c.written = 0, 0, 0
}

// complete reports whether all rows are through.
func (c *coding) complete() bool { return c.written == c.frame.MBH }

// decide runs the analysis of row y.
func (c *coding) decide(w *analysis.Worker, y int) {
	var above *picture.Progress
	if y > 0 {
		above = c.rows[y-1]
	}
	w.Row(c.frame, y, c.levels[y%len(c.levels)], above, c.rows[y])
}

// finish filters row y and makes ready for reference what is final then.
func (c *coding) finish(y int) {
	f := c.frame
	mbs := f.Rec.MBs[y*f.MBW:][:f.MBW]
	unmoved, qps := f.Rec.Unmoved[y*f.MBW:][:len(mbs)], f.Rec.QP[y*f.MBW:][:len(mbs)]
	for x := range mbs {
		if unmoved[x] == 0 && mbs[x].CarriesQP() {
			c.qp = mbs[x].QP
		}
		qps[x] = c.qp
		c.qpSum += int(c.qp)
	}
	if c.filter != nil {
		c.filter.Row(f.Rec, y)
	}
	// The next row's edges reach three rows up.
	y0, y1 := y*16-4, y*16+12
	if y == 0 {
		y0 = 0
	}
	if y == f.MBH-1 {
		y1 = f.MBH * 16
	}
	f.Rec.FinishRows(y0, y1)
	c.measured.rows(c.Source, f.Rec, y0, y1)
}

// write codes the levels of row y.
func (c *coding) write(y int) {
	f := c.frame
	levels := c.levels[y%len(c.levels)]
	row := y * f.MBW
	for x := 0; x < f.MBW; {
		if cavlc, ok := c.coder.(*entropy.CAVLC); ok {
			if n := f.Rec.UnmovedRun(row+x, row+f.MBW); n > 0 {
				cavlc.Skip(n)
				x += n
				continue
			}
		}
		c.around = analysis.Neighbours(f.Rec.MBs, f.MBW, x, y)
		c.coder.Macroblock(&f.Rec.MBs[row+x], &c.around, &levels[x])
		x++
	}
	if y == f.MBH-1 {
		c.coder.EndSlice()
		c.unit.slice = bits.AppendNAL(c.unit.slice[:0], c.header.RefIDC, c.header.NALType(), c.writer.Bytes())
	}
}
