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
	if p.predicted() {
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

// predicted reports whether prediction leaves nearly nothing of the picture.
func (p *Picture) predicted() bool { return p.InterCost <= int64(len(p.Vectors))*2*BlockBits }

// Bare reports whether there is nearly nothing to predict in the picture, rather than
// nearly nothing that prediction leaves, as of one that repeats another.
func (p *Picture) Bare() bool { return p.predicted() && p.IntraCost < 16*p.InterCost }

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
	f := fadeBetween(ref, p)
	for y := 16; y < p.H; y += 16 {
		for x := 16; x < p.W; x += 16 {
			least := intraSATD(p, dsp.B16x16, x, y)
			intra += int64(least)
			mv := vectors[y/16*(p.W/16)+x/16]
			inter += int64(min(least, f.interSATD(p, ref, x, y, x+int(mv.X>>2), y+int(mv.Y>>2))))
		}
	}
	return intra, inter
}

// fade turns the samples of a picture into those of another with the same content
// in another light, as dsp.Weight does.
type fade struct {
	log2          uint
	scale, offset int
}

// fadeBetween returns the fade that gives a picture mean and variance of another.
func fadeBetween(a, b *picture.Plane) fade {
	from, to := measure(a), measure(b)
	f := fade{log2: 6, scale: (contrast(from.variance, to.variance) + 2) >> 2}
	if f.scale > 127 {
		f.log2, f.scale = 5, min(f.scale>>1, 127)
	}
	f.offset = (to.mean<<f.log2 - from.mean*f.scale + 8<<f.log2) >> (f.log2 + 4)
	return f
}

// contrast is the scale in 1/256 that gives a variance to samples of another, 4
// at most.
func contrast(from, to uint64) int {
	if from == 0 {
		return 256
	}
	return squareRoot(min(to<<16/from, 1<<20))
}

// fadeEnd is what a fade changes in a plane: the mean in 1/16 and the variance
// in 1/256 of its samples.
type fadeEnd struct {
	mean     int
	variance uint64
}

// measure measures a plane of whole blocks of 8x8.
func measure(p *picture.Plane) fadeEnd {
	n := 16
	if (p.W|p.H)&8 != 0 {
		n = 8
	}
	var sum, squares uint64
	var s, q [blocksAtOnce]uint32
	for y := 0; y < p.H; y += n {
		for x := 0; x < p.W; x += 8 * blocksAtOnce {
			blocks := min(blocksAtOnce, (p.W-x)/8)
			dsp.VarianceRow(s[:blocks], q[:blocks], p.At(x, y), p.Stride, n)
			for i := range blocks {
				sum += uint64(s[i])
				squares += uint64(q[i])
			}
		}
	}
	samples := uint64(p.W) * uint64(p.H)
	m := sum * 16 / samples
	return fadeEnd{int(m), max(squares*256/samples, m*m) - m*m}
}

// squareRoot returns the square root of v, rounded down.
func squareRoot(v uint64) int {
	root := uint64(0)
	for bit := uint64(1) << 31; bit > 0; bit >>= 1 {
		if r := root | bit; r*r <= v {
			root = r
		}
	}
	return int(root)
}

// interSATD is the SATD of the 16x16 block at (x, y) against the best of those
// within a sample of (rx, ry) in ref, as it is or faded.
func (f *fade) interSATD(p, ref *picture.Plane, x, y, rx, ry int) int {
	src := p.At(x, y)
	least, best := 1<<30, ref.At(0, 0)
	var faded [256]uint8
	f.apply(&faded, ref.At(x, y), ref.Stride) // in another light vectors may mislead
	satd := dsp.SATD(dsp.B16x16, src, p.Stride, faded[:], 16)
	for dy := -1; dy <= 1; dy++ {
		for dx := -1; dx <= 1; dx++ {
			r := ref.At(min(max(rx+dx, 0), ref.W-16), min(max(ry+dy, 0), ref.H-16))
			if sad := dsp.SAD(dsp.B16x16, src, p.Stride, r, ref.Stride); sad < least {
				least, best = sad, r
			}
			f.apply(&faded, r, ref.Stride)
			satd = min(satd, dsp.SATD(dsp.B16x16, src, p.Stride, faded[:], 16))
		}
	}
	return min(satd, dsp.SATD(dsp.B16x16, src, p.Stride, best, ref.Stride))
}

// apply fades a block of 16x16 samples.
func (f *fade) apply(dst *[256]uint8, src []uint8, stride int) {
	dsp.CopyBlock(dst[:], 16, src, stride, 16, 16)
	dsp.Weight(dst[:], 16, 16, 16, f.log2, f.scale, f.offset)
}
