package picture

import "github.com/g264/g264/internal/dsp"

// FinishRows makes luma rows [y0, y1) and their chroma ready for reference, but for what
// is, since macroblocks have the version that the memory held before. The rows must be
// final (deblocked), and be finished in order.
func (r *Reconstruction) FinishRows(y0, y1 int) {
	mbW, last := r.Luma.W/16, y1 == r.Luma.H
	// Half samples of rows from 3 above take up to 2 more.
	top, bottom := max(y0-5, 0)/16, (y1-1)/16
	for x := 0; x < mbW; x += mbsAtOnce {
		n := min(mbsAtOnce, mbW-x)
		changed := r.changed(top, bottom, x, n)
		for a, b := changed.Span(0, 1, n); a < b; a, b = changed.Span(b, 1, n) {
			r.finish(span{y0: y0, y1: y1, first: x + a, end: x + b})
		}
	}
	done := (y1 - 5) / 16 // no later rows take samples of those above
	if last {
		done = r.Luma.H / 16
	}
	copy(r.finished[top*mbW:max(done, top)*mbW], r.Versions[top*mbW:])
}

// Unfinish makes FinishRows begin anew, with nothing ready.
func (r *Reconstruction) Unfinish() { clear(r.finished) }

// span is a part of the rows that become ready together.
type span struct {
	y0, y1     int // of luma
	first, end int // macroblocks [first, end) of each row
}

// changed returns which of n columns of macroblocks from x on have one in rows top to
// bottom that isn't finished.
func (r *Reconstruction) changed(top, bottom, x, n int) (flags dsp.Flags) {
	mbW := r.Luma.W / 16
	for at := top*mbW + x; at <= bottom*mbW+x; at += mbW {
		flags.Join(Differing(r.Versions[at:at+n], r.finished[at:at+n]))
	}
	return flags
}

// finish makes a span ready.
func (r *Reconstruction) finish(s span) {
	r.Luma.finish(s)
	if r.Is444 {
		r.Chroma44[0].finish(s)
		r.Chroma44[1].finish(s)
		return
	}
	c := &r.Chroma
	s.y0, s.y1 = s.y0/2, s.y1/2
	if c.atEdge(s) {
		dsp.ExtendBorderPairs(c.Pix, c.Origin+s.y0*c.Stride, c.Stride, c.W/2, s.y1-s.y0, ChromaBorder)
	}
	x, width := c.columns(s, 0, 2*ChromaBorder)
	c.extendRows(s, x, width, ChromaBorder)
}

// atEdge reports whether the span lies at the left or the right edge of the plane, which has
// 16 samples to a macroblock.
func (p *Plane) atEdge(s span) bool { return s.first == 0 || 16*s.end == p.W }

// columns are those of the span in a plane with 16 samples to a macroblock: the first, and
// how many. Inside the picture they are so many more on each side, at its edges all of the
// border.
func (p *Plane) columns(s span, beside, border int) (x, width int) {
	x, end := 16*s.first-beside, 16*s.end+beside
	if s.first == 0 {
		x = -border
	}
	if 16*s.end == p.W {
		end = p.W + border
	}
	return x, end - x
}

// extendRows extends columns of the first or last row, if the span has it, into the
// border above or below.
func (p *Plane) extendRows(s span, x, width, border int) {
	if s.y0 == 0 {
		dsp.ExtendRowsUp(p.Pix, p.Origin+x, p.Stride, 0, width, border)
	}
	if s.y1 == p.H {
		dsp.ExtendRowsDown(p.Pix, p.Origin+x, p.Stride, 0, width, p.H, border)
	}
}

// finish extends a span, which must be final, into the borders; then it makes the
// half-sample planes where their filter takes its samples, as far as those are final.
func (r *RefPlane) finish(s span) {
	if r.atEdge(s) {
		dsp.ExtendBorder(r.Pix, r.Origin+s.y0*r.Stride, r.Stride, r.W, s.y1-s.y0, Border)
	}
	x, width := r.columns(s, 0, Border)
	r.extendRows(s, x, width, Border)
	if r.Distance == 0 {
		return
	}
	// Rows from 3 above the picture up, and from 2 beneath it down, are alike.
	h0, h1 := s.y0-3, s.y1-3
	if s.y1 == r.H {
		h1 = r.H + 2
	}
	const beside = 8 // 3 are needed, but kernels like no less than 32 columns
	x, width = r.columns(s, beside, Reach)
	off := r.Origin + h0*r.Stride + x
	dsp.HalfPlanes(r.Half[0], r.Half[1], r.Half[2], r.Pix, off, r.Stride, width, h1-h0)
	for _, half := range r.Half {
		if s.y0 == 0 {
			dsp.ExtendRowsUp(half, off, r.Stride, 0, width, Reach-3)
		}
		if s.y1 == r.H {
			dsp.ExtendRowsDown(half, off, r.Stride, 0, width, h1-h0, Reach-2)
		}
	}
}
