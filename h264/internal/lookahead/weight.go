package lookahead

import (
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/h264/internal/syntax"
	"github.com/g264/g264/internal/dsp"
)

// Light is how bright the planes Y, Cb and Cr of a picture are and how much
// contrast they have; zero where it isn't known.
type Light [3]fadeEnd

// MeasureLight measures the light of the source: luma at half size, which is
// made, and chroma.
func (p *Picture) MeasureLight() {
	p.Light = Light{measure(&p.Half.Plane), measure(&p.Planes[1]), measure(&p.Planes[2])}
}

// FindFade decides which planes are predicted from prev, the picture before, in
// another light: those where that leaves clearly less of the difference.
func (p *Picture) FindFade(prev *Picture) {
	p.Fades, p.fade = [3]bool{}, weight{}
	if prev == nil || p.Light == (Light{}) || prev.Light == (Light{}) {
		return
	}
	w, ok := weightBetween(prev.Light[0], p.Light[0], maxLog2Denom)
	if !ok || !w.pays(&p.Half.Plane, &prev.Half.Plane) {
		return
	}
	p.Fades[0], p.fade = true, w
	for k := 1; k < 3; k++ {
		w, ok := weightBetween(prev.Light[k], p.Light[k], maxLog2Denom)
		p.Fades[k] = ok && w.pays(&p.Planes[k], &prev.Planes[k])
	}
}

// weight is a plane's weight and the denominator of its scale.
type weight struct {
	syntax.PlaneWeight
	log2Denom uint8
}

// maxLog2Denom is the finest denominator for which one fits a scale.
const maxLog2Denom = 6

// weightBetween is the weight that gives a plane mean and variance of another,
// with the finest denominator, up to the given one, in which it can be written.
// ok is false if there is none, or none but that which changes nothing.
func weightBetween(from, to fadeEnd, log2Denom uint8) (w weight, ok bool) {
	scale := contrast(from.variance, to.variance)
	s := (scale<<log2Denom + 128) >> 8
	for ; s > 127; s = (scale<<log2Denom + 128) >> 8 {
		log2Denom--
	}
	o := (to.mean - from.mean*s>>log2Denom + 8) >> 4
	w = weight{syntax.PlaneWeight{Scale: int8(s), Offset: int8(o)}, log2Denom}
	return w, (s != 1<<log2Denom || o != 0) && o >= -128 && o <= 127
}

// pays reports whether ref weighted is clearly more like cur than ref is, at no
// motion.
func (w *weight) pays(cur, ref *picture.Plane) bool {
	plain, weighted := int64(0), int64(0)
	var tmp [64]uint8
	for y := 0; y < cur.H; y += 8 {
		for x := 0; x < cur.W; x += 8 {
			src, pred := cur.At(x, y), ref.At(x, y)
			plain += int64(dsp.SAD(dsp.B8x8, src, cur.Stride, pred, ref.Stride))
			dsp.CopyBlock(tmp[:], 8, pred, ref.Stride, 8, 8)
			w.apply(&tmp)
			weighted += int64(dsp.SAD(dsp.B8x8, src, cur.Stride, tmp[:], 8))
		}
	}
	return weighted*16 < plain*15
}

// apply weights a block of 8x8 samples.
func (w *weight) apply(block *[64]uint8) {
	dsp.Weight(block[:], 8, 8, 8, uint(w.log2Denom), int(w.Scale), int(w.Offset))
}

// Weigh makes the table that predicts the picture from references of that light,
// and reports whether it changes anything. It uses t's memory.
func (p *Picture) Weigh(t *syntax.WeightTable, refs []Light) bool {
	*t = syntax.WeightTable{Log2Denom: p.log2Denoms(refs), Refs: t.Refs[:0]}
	changes := false
	for i := range refs {
		var r syntax.RefWeight
		for k := range r {
			r[k] = t.Identity(k)
			if !p.Fades[k] {
				continue
			}
			if w, ok := weightBetween(refs[i][k], p.Light[k], t.Log2Denom[min(k, 1)]); ok {
				r[k], changes = w.PlaneWeight, true
			}
		}
		t.Refs = append(t.Refs, r)
	}
	return changes
}

// log2Denoms are the finest denominators, of luma and of chroma, in which the
// weights of all planes that fade can be written; zero if there are none.
func (p *Picture) log2Denoms(refs []Light) (log2 [2]uint8) {
	for k, fades := range p.Fades {
		if !fades {
			continue
		}
		d := &log2[min(k, 1)]
		if *d == 0 {
			*d = maxLog2Denom
		}
		for i := range refs {
			w, _ := weightBetween(refs[i][k], p.Light[k], *d)
			*d = w.log2Denom
		}
	}
	return log2
}
