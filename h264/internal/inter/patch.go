package inter

import (
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/internal/dsp"
)

// Patch is the part of a reference plane around a block, with half-sample planes
// of its own: where few macroblocks need fractions of a sample, they are made for
// those alone. A patch has the coordinates of its reference.
type Patch struct {
	picture.RefPlane
	of             *picture.RefPlane // nil: none
	x0, y0, x1, y1 int               // half samples are those of x0 to x1-1 and y0 to y1-1
	all            [4 * patchSize]uint8
}

const (
	// PatchMargin is how many whole samples vectors may lead away from where a patch
	// was asked for, in every direction.
	PatchMargin = 2

	before = 2 // samples that the six-tap filter takes, and that a row of the patch has

	patchHeight = 16 + 2*PatchMargin
	patchStride = 48
	patchSize   = patchStride * patchHeight
)

var patchQuarters = picture.NewQuarters(patchSize, patchStride)

// Forget empties the patch: its reference may change.
func (p *Patch) Forget() { p.of = nil }

// Around makes the patch serve a block of w x h samples of r at (x, y), displaced
// by mv and by up to PatchMargin samples from there.
func (p *Patch) Around(r *picture.RefPlane, x, y, w, h int, mv macroblock.MV) {
	x, y = x+int(mv.X>>2), y+int(mv.Y>>2)
	p.take(r, x-PatchMargin, y-PatchMargin, x+w+PatchMargin, y+h+PatchMargin)
}

// exactly makes the patch serve a block at one vector, if it doesn't yet.
func (p *Patch) exactly(r *picture.RefPlane, x, y, w, h int, mv macroblock.MV) {
	x, y = x+int(mv.X>>2), y+int(mv.Y>>2)
	if p.of != r || x < p.x0 || y < p.y0 || x+w >= p.x1 || y+h >= p.y1 {
		p.take(r, x, y, x+w+1, y+h+1)
	}
}

func (p *Patch) take(r *picture.RefPlane, x0, y0, x1, y1 int) {
	p.of, p.x0, p.y0, p.x1, p.y1 = r, x0, y0, x1, y1
	p.All, p.Distance, p.Stride, p.Quarters = p.all[:], patchSize, patchStride, &patchQuarters
	p.Origin = before - y0*patchStride - x0
	dsp.HalfPatch(p.all[:], patchSize, patchStride, r.At(x0-before, y0-before), r.Stride, x1-x0, y1-y0)
}
