package lookahead

import "github.com/g264/g264/internal/dsp"

// Sketch is what is kept of a picture to tell which of several it looks like: a
// quarter of the 8x8 blocks of its half-size luma, one behind the other.
type Sketch []uint8

const (
	sketchBlock = 64  // samples
	sketchChunk = 256 // samples compared at once
)

// SketchBytes bounds the bytes of a sketch by the picture's macroblocks.
func SketchBytes(mbs int64) int64 { return mbs*sketchBlock/4 + sketchChunk }

// Draw makes the sketch that of p.
func (s *Sketch) Draw(p *Picture) {
	d := (*s)[:0]
	if d == nil {
		d = make([]uint8, 0, SketchBytes(int64(p.mbW*p.mbH)))
	}
	for y := 0; y < p.mbH; y += 2 {
		for x := y / 2 % 2; x < p.mbW; x += 2 {
			for row := range 8 {
				d = append(d, p.Half.At(8*x, 8*y+row)[:8]...)
			}
		}
	}
	for len(d)%sketchChunk != 0 {
		d = append(d, 0)
	}
	*s = d
}

// difference is the sum of absolute differences from a sketch of equal size.
func (s Sketch) difference(o Sketch) (sum int) {
	for i := 0; i+sketchChunk <= len(s); i += sketchChunk {
		sum += dsp.SAD(dsp.B16x16, s[i:], 16, o[i:], 16)
	}
	return sum
}

// Favourite returns which of the references, given by their sketches in list
// order, deserves index 0: another than the first only if the picture is far more
// like it, as where two scenes alternate.
func (p *Picture) Favourite(own Sketch, refs []Sketch) int {
	if len(refs) < 2 || p.InterCost*4 < p.IntraCost {
		return 0
	}
	best, least := 0, own.difference(refs[0])/8*7
	for i, r := range refs[1:] {
		if d := own.difference(r); d < least {
			best, least = 1+i, d
		}
	}
	return best
}
