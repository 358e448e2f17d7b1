package lookahead

import (
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/internal/dsp"
)

// SceneCut reports whether the picture shows something new, given its costs
// against prev: prediction from prev helps little, though there is something to
// predict. The bar is higher soon after a key frame.
func (p *Picture) SceneCut(prev *Picture, sinceKey, minKeyInt, keyInt int) bool {
	if p.InterCost <= int64(len(p.Vectors))*2*BlockBits {
		return false
	}
	similar := int64(100 - bias(sinceKey, minKeyInt, keyInt))
	// At half size, averages of samples predict even what is new a little, and fine
	// text that moves by odd distances looks new.
	if p.InterCost*108 < p.IntraCost*similar {
		return false
	}
	intra, inter := fullSizeCosts(p.Source, prev.Source, p.Vectors)
	return inter*100 >= intra*similar
}

// bias is how many percent inter prediction must save for a picture to be none
// of a new scene: a quarter of the most up to minKeyInt, all of it at keyInt.
func bias(sinceKey, minKeyInt, keyInt int) int {
	const most = 40
	if sinceKey <= minKeyInt || keyInt <= minKeyInt {
		return most / 4
	}
	span := int64(keyInt - minKeyInt)
	return most/4 + int(most*3/4*min(int64(sinceKey-minKeyInt), span)/span)
}

// fullSizeCosts sums SATD over the macroblocks with neighbours on two sides:
// intra, and the less of intra and inter around the vectors found at half size.
func fullSizeCosts(cur, prev *picture.Source, vectors []macroblock.MV) (intra, inter int64) {
	p, ref := &cur.Planes[0], &prev.Planes[0]
	for y := 16; y < p.H; y += 16 {
		for x := 16; x < p.W; x += 16 {
			least := intraSATD(p, dsp.B16x16, x, y)
			intra += int64(least)
			mv := vectors[y/16*(p.W/16)+x/16]
			inter += int64(min(least, interSATD(p, ref, x, y, x+int(mv.X>>2), y+int(mv.Y>>2))))
		}
	}
	return intra, inter
}

// interSATD is the SATD of the 16x16 block at (x, y) against the best of those
// within a sample of (rx, ry) in ref.
func interSATD(p, ref *picture.Plane, x, y, rx, ry int) int {
	src := p.At(x, y)
	least, best := 1<<30, ref.At(0, 0)
	for dy := -1; dy <= 1; dy++ {
		for dx := -1; dx <= 1; dx++ {
			r := ref.At(min(max(rx+dx, 0), ref.W-16), min(max(ry+dy, 0), ref.H-16))
			if sad := dsp.SAD(dsp.B16x16, src, p.Stride, r, ref.Stride); sad < least {
				least, best = sad, r
			}
		}
	}
	return dsp.SATD(dsp.B16x16, src, p.Stride, best, ref.Stride)
}
