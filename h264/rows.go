package h264

import (
	"sync"
	"sync/atomic"

	"github.com/g264/g264/h264/internal/analysis"
	"github.com/g264/g264/h264/internal/bits"
	"github.com/g264/g264/h264/internal/deblock"
	"github.com/g264/g264/h264/internal/entropy"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/h264/internal/syntax"
)

// rowPipeline carries the rows of a picture through the stages. Workers decide
// and reconstruct rows as a wavefront; behind them one goroutine, the caller's,
// finishes rows in order: effective QP, entropy coding, deblocking, borders and
// half-sample planes.
type rowPipeline struct {
	frame  *analysis.Frame
	filter *deblock.Params // nil: no deblocking
	writer *bits.Writer
	cavlc  *entropy.CAVLC

	// levels is a ring of rows: a row's levels wait here for entropy coding.
	levels   [][]macroblock.Residual
	decided  []*picture.Progress // macroblocks of each row
	finished *picture.Progress   // rows
	next     atomic.Int32        // row that the next free worker takes

	workers []*analysis.Worker
	serve   []func()       // what each worker does for a picture, in a goroutine
	running sync.WaitGroup // workers at work on the picture
}

// estimateRows is the memory that the pipeline takes, and what the largest
// picture that it can code takes as bits and as NAL unit.
func estimateRows(mbW, mbH, threads int) int64 {
	const (
		residualBytes = 1632
		lineBytes     = 3 * 16
		codedBytes    = 2 * 2 * 400 // buffers grow by doubling
		workerBytes   = 32 << 10
	)
	ring := int64(min(ringRows(threads), mbH))
	return int64(mbW)*(ring*residualBytes+int64(mbH)*(lineBytes+codedBytes)) + int64(threads)*workerBytes
}

// ringRows is the number of rows that wait or are worked on.
func ringRows(threads int) int {
	if threads == 1 {
		return 1
	}
	return 2*threads + 2
}

func newRowPipeline(f *analysis.Frame, threads int, filter *deblock.Params) *rowPipeline {
	p := &rowPipeline{
		frame: f, filter: filter,
		writer:   new(bits.Writer),
		cavlc:    entropy.NewCAVLC(f.Chroma44),
		levels:   make([][]macroblock.Residual, min(ringRows(threads), f.MBH)),
		decided:  make([]*picture.Progress, f.MBH),
		finished: picture.NewProgress(),
	}
	for i := range p.levels {
		p.levels[i] = make([]macroblock.Residual, f.MBW)
	}
	for i := range p.decided {
		p.decided[i] = picture.NewProgress()
	}
	for range threads {
		w := analysis.NewWorker(f.Chroma44)
		p.workers = append(p.workers, w)
		p.serve = append(p.serve, func() {
			defer p.running.Done()
			p.decideRows(w)
		})
	}
	return p
}

// decideRows takes rows, from the top, until none is left.
func (p *rowPipeline) decideRows(w *analysis.Worker) {
	for y := int(p.next.Add(1)) - 1; y < p.frame.MBH; y = int(p.next.Add(1)) - 1 {
		p.finished.Wait(y - len(p.levels) + 1)
		p.decide(w, y)
	}
}

// run codes the frame behind the slice header in p.writer.
func (p *rowPipeline) run(h *syntax.SliceHeader) {
	f := p.frame
	for _, d := range p.decided {
		d.Reset()
	}
	p.finished.Reset()
	p.next.Store(0)
	if len(p.workers) > 1 {
		p.running.Add(len(p.workers))
		for _, serve := range p.serve {
			go serve()
		}
	}
	p.cavlc.BeginSlice(p.writer, h.Type == syntax.SliceP, len(f.Refs), f.QP)
	qp := int8(f.QP)
	for y := 0; y < f.MBH; y++ {
		if len(p.workers) == 1 {
			p.decide(p.workers[0], y)
		} else {
			p.decided[y].Wait(f.MBW)
		}
		qp = p.finish(y, qp)
		p.finished.Set(y + 1)
	}
	p.running.Wait()
	p.cavlc.EndSlice()
}

// decide runs the analysis of row y.
func (p *rowPipeline) decide(w *analysis.Worker, y int) {
	var above *picture.Progress
	if y > 0 {
		above = p.decided[y-1]
	}
	w.Row(p.frame, y, p.levels[y%len(p.levels)], above, p.decided[y])
}

// finish takes row y, decided, through all that goes in raster order. qp is
// QP_Y,PRED of its first macroblock; that of the next row is returned.
func (p *rowPipeline) finish(y int, qp int8) int8 {
	f := p.frame
	levels := p.levels[y%len(p.levels)]
	for x := range levels {
		mb := &f.Rec.MBs[y*f.MBW+x]
		if mb.CarriesQP() {
			qp = mb.QP
		}
		mb.QP = qp
		n := analysis.Neighbours(f.Rec.MBs, f.MBW, x, y)
		p.cavlc.Macroblock(mb, &n, &levels[x])
	}
	if p.filter != nil {
		deblock.Row(f.Rec, f.MBW, y, p.filter)
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
	return qp
}
