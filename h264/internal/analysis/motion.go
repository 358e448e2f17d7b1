package analysis

import (
	"github.com/g264/g264/h264/internal/entropy"
	"github.com/g264/g264/h264/internal/inter"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/syntax"
	"github.com/g264/g264/internal/dsp"
)

// division is a way to divide the macroblock, with its motion and SATD cost.
type division struct {
	mb        macroblock.MB
	cost      int
	first     int    // cost with the first reference, undivided
	quadrants [4]int // costs of those of P_8x8, undivided
}

// search finds the vector of partition p for reference index ref, given the
// partitions of mb before it. The cost is that of all planes coded like luma, and
// holds the bits of both; it is not told beyond enough, as which any other will do.
// See run for hopeless.
func (w *Worker) search(mb *macroblock.MB, p macroblock.Partition, ref int8, candidates []macroblock.MV, hopeless, enough int) (macroblock.MV, int) {
	s := &w.motion
	s.ref, s.patch = &w.f.Refs[ref].Luma, &w.patches[0]
	if s.weight, s.weighted = w.weight(ref, 0); s.weighted {
		s.log2Denom = w.f.Weights.Log2Denom[0]
	}
	bx, by := int(p.X)*4, int(p.Y)*4
	s.x, s.y = w.x*16+bx, w.y*16+by
	s.src = w.src[0][by*srcStride+bx:]
	s.block, s.w, s.h = blockOf(p.W, p.H), int(p.W)*4, int(p.H)*4
	s.lambda = w.lambda1
	s.mvp = mb.PredictMV(&w.n, p, ref)
	s.run(w.f.Preset, candidates, hopeless)
	cost := s.cost + w.lambda1*entropy.RefBits(ref, len(w.f.Refs))
	for plane := 1; plane < w.planes() && cost < enough; plane++ {
		cost += w.searchCost44(plane, p, ref)
	}
	return s.mv, cost
}

// searchCost44 is the SATD cost of a chroma plane of 4:4:4 with the vector that was
// found for partition p.
func (w *Worker) searchCost44(plane int, p macroblock.Partition, ref int8) int {
	s, o := &w.motion, int(p.Y)*4*srcStride+int(p.X)*4
	src, r := w.src[plane][o:], w.f.Refs[ref].LumaLike(plane)
	weight, weighted := w.weight(ref, plane)
	if !weighted && r.Distance > 0 {
		return 16 * s.predictionSATD(src, r, s.mv, unknown)
	}
	inter.Luma(&s.tmp, r, w.x*16, w.y*16, p, s.mv, &w.patches[plane])
	if weighted {
		inter.Weigh(s.tmp[o:], s.w, s.h, w.f.Weights.Log2Denom[1], weight)
	}
	return 16 * dsp.SATD(s.block, src, srcStride, s.tmp[o:], srcStride)
}

// weight is the weight of a plane of a reference, and whether it changes anything.
func (w *Worker) weight(ref int8, plane int) (k syntax.PlaneWeight, changes bool) {
	t := w.f.Weights
	if t == nil {
		return k, false
	}
	k = t.Refs[ref][plane]
	return k, k != t.Identity(plane)
}

// searchBest searches several references, until one has a vector that costs less
// than enough, and enters the best motion in mb. It returns what that costs, and what
// the first reference does.
func (w *Worker) searchBest(mb *macroblock.MB, p macroblock.Partition, refs []int8, candidates []macroblock.MV, enough int) (least, first int) {
	least = unknown
	var bestMV macroblock.MV
	var bestRef int8
	hopeless := unknown
	for i, ref := range refs {
		if i > 0 && ref == refs[0] {
			continue
		}
		mv, cost := w.search(mb, p, ref, candidates, hopeless, least)
		hopeless = min(hopeless, w.motion.coarse+w.motion.coarse>>5)
		if i == 0 {
			first = cost
		}
		if cost < least {
			least, bestMV, bestRef = cost, mv, ref
		}
		if least < enough || i == 0 && w.motion.block == dsp.B16x16 && w.intraIsNearer44(least) {
			break
		}
	}
	mb.SetRef(p, bestRef)
	mb.SetMV(p, bestMV)
	return least, first
}

// intraIsNearer44 reports whether Intra 16x16 is so much nearer than the first
// reference that others need no search, in 4:4:4.
func (w *Worker) intraIsNearer44(interCost int) bool {
	if !w.f.Chroma44 || w.f.Lossless || interCost < w.worth(w.f.Preset.DivideAbove) {
		return false
	}
	_, cost := w.intra16Mode()
	return 3*cost < interCost
}

// maxCandidates is the most that a search begins from beside the predicted vector.
const maxCandidates = 8

// search16 finds the motion of the undivided macroblock.
func (w *Worker) search16() (d division) {
	d.mb = macroblock.MB{Type: macroblock.P16x16, QP: int8(w.qp)}
	var candidates [maxCandidates]macroblock.MV
	c := candidates[:0]
	for _, n := range [3]*macroblock.MB{w.n.A, w.n.B, w.n.C} {
		if n != nil {
			c = append(c, n.MV[0])
		}
	}
	i := w.y*w.f.MBW + w.x
	if w.f.Seeds != nil {
		c = append(c, w.f.Seeds[i])
	}
	if w.f.Scroll != (macroblock.MV{}) {
		c = append(c, w.f.Scroll)
	}
	c = append(c, w.f.Refs[0].Motion[i], macroblock.MV{})
	var refs [16]int8
	for r := range w.f.Refs {
		refs[r&15] = int8(r)
	}
	d.cost, d.first = w.searchBest(&d.mb, macroblock.Partitions[macroblock.P16x16][0], refs[:w.searchedRefs()], c, w.worth(w.f.Preset.RefsAbove))
	d.cost += w.lambda1 * entropy.MBTypeBits(macroblock.P16x16, true)
	return d
}

// worth is the SATD cost from which on something is tried that the preset tries from
// that many bits on: more in 4:4:4, where it is the cost of three planes.
func (w *Worker) worth(bits int) int {
	if w.f.Chroma44 {
		bits += bits >> 1
	}
	return w.lambda1 * bits
}

// searchedRefs is how many references are searched for the undivided macroblock.
func (w *Worker) searchedRefs() int {
	n, more := len(w.f.Refs), w.f.Preset.RefsMore
	if more == 0 {
		return n
	}
	highest := int8(0)
	for _, mb := range [3]*macroblock.MB{w.n.A, w.n.B, w.n.C} {
		if mb != nil {
			highest = max(highest, mb.Ref[0], mb.Ref[1], mb.Ref[2], mb.Ref[3])
		}
	}
	return min(n, int(highest)+1+more)
}

// divide searches the quadrants, sub-partitions as the preset has it, and halves. It
// returns the division that costs least.
func (w *Worker) divide(whole *division) division {
	best := *whole
	hopeless := whole.cost + whole.cost>>4
	quads := w.searchQuadrants(whole, hopeless)
	promising := quads.cost < hopeless
	if w.f.Preset.SubAbove > 0 && promising {
		w.subdivide(&quads)
	}
	if quads.cost < best.cost {
		best = quads
	}
	if promising && !quads.moveAlike() {
		for _, t := range [2]macroblock.Type{macroblock.P16x8, macroblock.P8x16} {
			if d := w.searchHalves(t, whole, &quads, best.cost); d.cost < best.cost {
				best = d
			}
		}
	}
	return best
}

// moveAlike reports whether the quadrants of P_8x8 have one vector.
func (d *division) moveAlike() bool {
	mv := &d.mb.MV
	return mv[0] == mv[2] && mv[0] == mv[8] && mv[0] == mv[10]
}

// searchQuadrants searches the quadrants from the vector of the undivided
// macroblock, as long as they cost less than hopeless: in its reference, and in the
// first where that is about as near.
func (w *Worker) searchQuadrants(whole *division, hopeless int) (d division) {
	d.mb = macroblock.MB{Type: macroblock.P8x8, QP: int8(w.qp)}
	d.cost = w.lambda1 * (entropy.MBTypeBits(macroblock.P8x8, true) + 4*entropy.SubTypeBits(macroblock.Sub8x8))
	refs := []int8{whole.mb.Ref[0], 0}
	if whole.first > whole.cost+whole.cost>>3 {
		refs = refs[:1]
	}
	for q, p := range macroblock.Partitions[macroblock.P8x8] {
		candidates := [2]macroblock.MV{whole.mb.MV[0], d.mb.MV[max(0, int(p.Y*4+p.X)-2)]}
		d.quadrants[q], _ = w.searchBest(&d.mb, p, refs, candidates[:min(q+1, 2)], 0)
		if d.cost += d.quadrants[q]; d.cost >= hopeless {
			break
		}
	}
	return d
}

// searchHalves searches 16x8 or 8x16 partitions from the vectors of the
// quadrants that they are made of, as long as they cost less than hopeless.
func (w *Worker) searchHalves(t macroblock.Type, whole, quads *division, hopeless int) (d division) {
	d.mb = macroblock.MB{Type: t, QP: int8(w.qp)}
	d.cost = w.lambda1 * entropy.MBTypeBits(t, true)
	for _, p := range macroblock.Partitions[t] {
		first, last := p.Y*4+p.X, (p.Y+p.H-2)*4+p.X+p.W-2
		candidates := [3]macroblock.MV{whole.mb.MV[0], quads.mb.MV[first], quads.mb.MV[last]}
		refs := [2]int8{quads.mb.Ref[p.Y>>1*2+p.X>>1], quads.mb.Ref[last>>3*2+last&3>>1]}
		cost, _ := w.searchBest(&d.mb, p, refs[:], candidates[:], 0)
		if d.cost += cost; d.cost >= hopeless {
			break
		}
	}
	return d
}

// subdivide replaces quadrants by sub-partitions where those cost less, within
// the level's number of vectors. Their vectors are searched around those of the
// quadrants by fractions of a sample only.
func (w *Worker) subdivide(d *division) {
	vectors := 4
	for q, p := range macroblock.Partitions[macroblock.P8x8] {
		ref := d.mb.Ref[q]
		mv, least := d.mb.MV[p.Y*4+p.X], d.quadrants[q]
		if least < w.lambda1*w.f.Preset.SubAbove {
			continue
		}
		best := d.mb
		for _, sub := range [3]macroblock.SubType{macroblock.Sub8x4, macroblock.Sub4x8, macroblock.Sub4x4} {
			parts := macroblock.SubPartitions[sub]
			if vectors+len(parts)-1 > w.f.MaxMVs {
				continue
			}
			if sub == macroblock.Sub4x4 && best.Sub[q] == macroblock.Sub8x8 {
				continue
			}
			t := d.mb
			t.Sub[q] = sub
			cost := w.lambda1 * (entropy.SubTypeBits(sub) - entropy.SubTypeBits(macroblock.Sub8x8) + entropy.RefBits(ref, len(w.f.Refs)))
			for _, s := range parts {
				s = s.Within(q)
				v, c := w.search(&t, s, ref, []macroblock.MV{mv}, unknown, unknown)
				t.SetMV(s, v)
				cost += c - w.lambda1*entropy.RefBits(ref, len(w.f.Refs))
			}
			if cost < least && w.subRectFits(&t, q) {
				least, best = cost, t
			}
		}
		vectors += len(macroblock.SubPartitions[best.Sub[q]]) - 1
		d.cost += least - d.quadrants[q]
		d.mb = best
	}
}

// subRectFits checks MaxSubMbRectSize (table A-4): the rectangle of reference
// samples of a divided sub-macroblock.
func (w *Worker) subRectFits(mb *macroblock.MB, q int) bool {
	x0, y0, x1, y1 := 1<<20, 1<<20, -1<<20, -1<<20
	for _, p := range macroblock.SubPartitions[mb.Sub[q]] {
		p = p.Within(q)
		mv := mb.MV[(p.Y*4+p.X)&15]
		x, y := int(p.X)*4+int(mv.X>>2), int(p.Y)*4+int(mv.Y>>2)
		x0, y0 = min(x0, x), min(y0, y)
		x1, y1 = max(x1, x+int(p.W)*4-1), max(y1, y+int(p.H)*4-1)
	}
	return (x1-x0+6)*(y1-y0+6) <= w.f.MaxSub
}
