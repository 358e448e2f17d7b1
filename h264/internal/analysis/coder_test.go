package analysis_test

import (
	"slices"

	"github.com/g264/g264/h264/internal/analysis"
	"github.com/g264/g264/h264/internal/bits"
	"github.com/g264/g264/h264/internal/entropy"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/internal/testvideo"
)

// coder codes pictures through analysis alone: without deblocking and entropy
// coding.
type coder struct {
	frame   *analysis.Frame
	workers []*analysis.Worker
	refs    []*picture.Reconstruction // latest first
	most    int                       // reference pictures
	version picture.Version
	memory  *picture.Reconstruction // of the next picture, nil for one of its own
}

// newCoder makes a coder of mbW x mbH macroblocks, with the limits of a level
// that has none that matter at small sizes.
func newCoder(preset string, mbW, mbH int, chroma444 bool, qp int) *coder {
	c := &coder{frame: analysis.NewFrame(mbW, mbH, chroma444)}
	f := c.frame
	f.Preset, _ = analysis.PresetByName(preset)
	f.QP, f.FineQP, f.Offsets = qp, qp*256, make([]int16, mbW*mbH)
	f.MaxMVY, f.MaxMVDown, f.MaxMVs, f.MaxSub, f.RawMbBits = 2048, 2048, 16, 1<<30, maxMBBits(chroma444)-128
	c.most = f.Preset.Refs
	c.workers = []*analysis.Worker{analysis.NewWorker(chroma444)}
	return c
}

// maxMBBits is the standard's limit of macroblock_layer: 128 + RawMbBits.
func maxMBBits(chroma444 bool) int {
	if chroma444 {
		return 128 + 8*3*256
	}
	return 128 + 8*(256+2*64)
}

// coded is what analysis leaves of a picture.
type coded struct {
	frame *analysis.Frame
	refs  int
	rec   *picture.Reconstruction
	res   [][]macroblock.Residual
}

// serial decides all rows with the first worker.
func (c *coder) serial(rows []*picture.Progress, res [][]macroblock.Residual) {
	for y := range rows {
		var above *picture.Progress
		if y > 0 {
			above = rows[y-1]
		}
		c.workers[0].Row(c.frame, y, res[y], above, rows[y])
	}
}

// code codes a picture, as an I picture if it is the first, with the rows run
// by run; what it returns is valid as long as the picture is a reference.
func (c *coder) code(src *picture.Source, run func(rows []*picture.Progress, res [][]macroblock.Residual)) coded {
	f := c.frame
	f.Src, f.Rec, f.Refs = src, c.memory, c.refs
	if f.Rec == nil {
		f.Rec = picture.NewReconstructions(1, f.MBW, f.MBH, f.Chroma44, f.Preset.HalfPlanes)[0]
	}
	if f.Rec.MBs == nil {
		f.Rec.Grid = macroblock.NewGrid(f.MBW * f.MBH)
	}
	c.version++
	f.Rec.Version = c.version
	rows, res := make([]*picture.Progress, f.MBH), make([][]macroblock.Residual, f.MBH)
	for y := range rows {
		rows[y], res[y] = picture.NewProgress(), make([]macroblock.Residual, f.MBW)
	}
	run(rows, res)
	out := coded{f, len(c.refs), f.Rec, res}
	f.Rec.FinishRows(0, f.MBH*16)
	c.refs = append([]*picture.Reconstruction{f.Rec}, c.refs...)
	c.refs = c.refs[:min(len(c.refs), c.most)]
	return out
}

// sourceOf makes a source picture of a frame.
func sourceOf(f *testvideo.Frame) *picture.Source {
	s := picture.NewSources(1, (f.Width+15)/16, (f.Height+15)/16, !f.Subsampled)[0]
	cw, ch := f.ChromaSize()
	s.Take(&[3]picture.Samples{
		{Pix: f.Y, Stride: f.YStride, W: f.Width, H: f.Height},
		{Pix: f.Cb, Stride: f.CStride, W: cw, H: ch},
		{Pix: f.Cr, Stride: f.CStride, W: cw, H: ch},
	}, nil, 0, (f.Height+15)/16)
	return s
}

// clip draws a synthetic clip of source pictures.
func clip(content testvideo.Content, mbW, mbH, pictures int, chroma444 bool) (list []*picture.Source) {
	for i := range pictures {
		f := testvideo.Render(content, mbW*16, mbH*16, i, !chroma444)
		list = append(list, sourceOf(&f))
	}
	return list
}

// mbVisit is a macroblock as the entropy coder meets it.
type mbVisit struct {
	x, y   int
	mb     *macroblock.MB // with the QP that a decoder has
	n      macroblock.Neighbours
	res    *macroblock.Residual
	qpPred int // QP_Y,PRED
	bits   int // of macroblock_layer
}

// walk writes the picture's slice data, which it returns, and calls visit for
// each macroblock in coding order.
func (c *coded) walk(visit func(v mbVisit)) []byte {
	f, w := c.frame, new(bits.Writer)
	mbs := slices.Clone(c.rec.MBs)
	cavlc := entropy.NewCAVLC(f.Chroma44)
	cavlc.BeginSlice(w, f.Slice())
	qp := int8(f.QP)
	for i := range mbs {
		v := mbVisit{x: i % f.MBW, y: i / f.MBW, mb: &mbs[i], qpPred: int(qp)}
		v.res, v.n = &c.res[v.y][v.x], analysis.Neighbours(mbs, f.MBW, v.x, v.y)
		if v.mb.CBP != 0 || v.mb.Type == macroblock.I16x16 { // mb_qp_delta is sent
			qp = v.mb.QP
		}
		v.mb.QP = qp
		v.bits = cavlc.Bits(v.mb, &v.n, v.res)
		if visit != nil {
			visit(v)
		}
		cavlc.Macroblock(v.mb, &v.n, v.res)
	}
	cavlc.EndSlice()
	return w.Bytes()
}

// vectors lists an inter macroblock's partitions with their vectors.
func vectors(mb *macroblock.MB) (parts []macroblock.Partition, mvs []macroblock.MV) {
	if mb.Type.IsIntra() {
		return nil, nil
	}
	for q, p := range macroblock.Partitions[mb.Type] {
		if mb.Type != macroblock.P8x8 {
			parts = append(parts, p)
			continue
		}
		for _, s := range macroblock.SubPartitions[mb.Sub[q]] {
			parts = append(parts, s.Within(q))
		}
	}
	for _, p := range parts {
		mvs = append(mvs, mb.MV[p.Y*4+p.X])
	}
	return parts, mvs
}
