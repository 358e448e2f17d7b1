// Package lookahead estimates, on half-size pictures and before a picture is
// coded, what it will cost as intra and as inter picture, block by block. From
// that it decides scene cuts, follows what later pictures inherit from each
// block (the macroblock tree), and tells rate control how much there is to code.
package lookahead

import (
	"bytes"

	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/internal/dsp"
)

// Picture is a source picture and what is known of it before it is coded. Costs
// are SATD at half size, by block of 8x8, one a macroblock.
type Picture struct {
	*picture.Source
	// Intra says that it is coded without reference to pictures before it.
	Intra bool

	IntraCost int64 // all blocks intra
	InterCost int64 // each block the cheaper of inter and intra
	// Vectors are the best vectors found, in quarter samples of full size.
	Vectors []macroblock.MV
	// Energy is the sum of the squared differences from the mean over all planes
	// of each macroblock, if there is memory for it: it is needed until rate control
	// has adapted the picture, and the next one is measured.
	Energy []uint32
	// Offsets are the QP offsets in 1/256 of the macroblocks, which rate control
	// fills in.
	Offsets []int16
	// Weights are what the information of the blocks counts in the tree, in 1/256,
	// which rate control fills in: less where they are coded coarsely.
	Weights []uint16

	// Scroll is how far a page has scrolled since the picture before, in quarter samples
	// of full size, zero if it hasn't or isn't looked for.
	Scroll macroblock.MV

	Light Light
	// Fades are the planes that FindFade found in another light.
	Fades [3]bool
	fade  weight // of half-size luma of the picture before, if Fades[0]

	mbW, mbH int
	chroma44 bool
	blocks   []block
}

// block is a block in the tree.
type block struct {
	intra, inter uint16 // costs, inter at most intra
	inherited    uint32 // information that later pictures take over, in 1/256 SATD
}

// NewPictures makes Pictures of that many macroblocks. Their half-size luma must be
// set before they are filled.
func NewPictures(n, mbW, mbH int, chroma44 bool) []*Picture {
	pictures := make([]*Picture, n)
	for i, source := range picture.NewSources(n, mbW, mbH, chroma44) {
		pictures[i] = newPicture(source, mbW, mbH, chroma44)
	}
	return pictures
}

func newPicture(source *picture.Source, mbW, mbH int, chroma44 bool) *Picture {
	n := mbW * mbH
	return &Picture{
		Source:  source,
		Vectors: make([]macroblock.MV, n),
		Offsets: make([]int16, n),
		Weights: make([]uint16, n),
		mbW:     mbW, mbH: mbH, chroma44: chroma44,
		blocks: make([]block, n),
	}
}

// Leave leaves the picture to another encoder: as it was made, but for the samples.
func (p *Picture) Leave() {
	p.Source.Leave()
	*p = Picture{
		Source: p.Source, Vectors: p.Vectors, Offsets: p.Offsets, Weights: p.Weights,
		mbW: p.mbW, mbH: p.mbH, chroma44: p.chroma44, blocks: p.blocks,
	}
}

// NewScratch makes a Picture without a source, for Beside.
func NewScratch(mbW, mbH int) *Picture {
	n := mbW * mbH
	return &Picture{Vectors: make([]macroblock.MV, n), mbW: mbW, mbH: mbH, blocks: make([]block, n)}
}

// Beside analyses the picture's source beside another picture than that before
// it, in scratch, which it returns.
func (p *Picture) Beside(other, scratch *Picture) *Picture {
	scratch.Source, scratch.Light = p.Source, p.Light
	scratch.FindFade(other)
	scratch.IntraCost, scratch.InterCost = 0, 0
	for b := range p.Bands() {
		intra, inter := scratch.AnalyseBand(other, b)
		scratch.IntraCost += intra
		scratch.InterCost += inter
	}
	return scratch
}

// BlockBytes is the memory that a Picture takes for a macroblock beside its
// Source and Energy.
const BlockBytes = 4 + 2 + 2 + 8

// BlockBits is the part of a block's cost that stands for its side information.
const BlockBits = 4

// bandRows is the number of rows of blocks in a band.
const bandRows = 8

// Bands is the number of bands of a picture: parts, from the top, that can be
// analysed beside each other.
func (p *Picture) Bands() int { return (p.mbH + bandRows - 1) / bandRows }

// AnalyseBand measures a band of the picture by itself and as predicted from prev, one
// that was analysed, if that is not nil; it returns the costs. See MeasureEnergy for
// the energy.
func (p *Picture) AnalyseBand(prev *Picture, band int) (intraCost, interCost int64) {
	first, last := p.band(band)
	for y := first; y < last; y++ {
		var apart [comparedAtOnce]uint32 // SADs against the blocks in their places in prev
		left := true                     // the block to the left is the same
		for x := 0; x < p.mbW; x++ {
			if prev != nil && x%comparedAtOnce == 0 {
				p.compare(&apart, prev, x, y)
			}
			sad := int(apart[x%comparedAtOnce])
			i, same := y*p.mbW+x, prev != nil && sad == 0
			p.Vectors[i] = macroblock.MV{}
			var intra int
			if same && left && (y > 0 && p.Versions[i-p.mbW].Is(prev.Versions[i-p.mbW]) || p.sameAbove(prev, x, y)) {
				intra = int(prev.blocks[i].intra)
			} else {
				intra = intraSATD(&p.Half.Plane, dsp.B8x8, x*8, y*8) + BlockBits
			}
			left = same
			inter := intra
			if same && !p.Fades[0] {
				inter = BlockBits
			} else if prev != nil {
				inter = min(intra, p.interCost(prev, x, y, sad, y > first))
			}
			p.blocks[i] = block{intra: uint16(intra), inter: uint16(inter)}
			intraCost += int64(intra)
			interCost += int64(inter)
		}
	}
	return intraCost, interCost
}

const (
	// comparedAtOnce is how many macroblocks are compared at once.
	comparedAtOnce = 128
	// leastAtOnce is how many blocks kernels take at least to be fast.
	leastAtOnce = 4
)

// others returns which of the macroblocks from (x, y) on, as many as are compared at once,
// aren't known to be the same in prev, and how many these are.
func (p *Picture) others(prev *Picture, x, y int) (flags dsp.Flags, n int) {
	n = min(comparedAtOnce, p.mbW-x)
	i := y*p.mbW + x
	return picture.Differing(p.Versions[i:i+n], prev.Versions[i:i+n]), n
}

// compare fills in apart for blocks from (x, y) on.
func (p *Picture) compare(apart *[comparedAtOnce]uint32, prev *Picture, x, y int) {
	*apart = [comparedAtOnce]uint32{}
	cur, ref := &p.Half, &prev.Half
	others, n := p.others(prev, x, y)
	for a, b := others.Span(0, leastAtOnce, n); a < b; a, b = others.Span(b, leastAtOnce, n) {
		dsp.SADRow(apart[a:b], cur.At(8*(x+a), 8*y), cur.Stride, ref.At(8*(x+a), 8*y), ref.Stride)
	}
}

// sameAbove reports whether the samples above a block, which intra prediction takes, are
// those of prev: its intra cost is, if the block itself and that to its left are the same.
// Outside the picture the block's own samples are repeated.
func (p *Picture) sameAbove(prev *Picture, x, y int) bool {
	return bytes.Equal(p.Half.At(8*x, 8*y-1)[:8], prev.Half.At(8*x, 8*y-1)[:8])
}

// band returns the first row of a band and that behind its last.
func (p *Picture) band(b int) (first, last int) { return b * bandRows, min((b+1)*bandRows, p.mbH) }

// Macroblocks returns the first macroblock of a band and that behind its last.
func (p *Picture) Macroblocks(band int) (first, last int) {
	first, last = p.band(band)
	return first * p.mbW, last * p.mbW
}

// blocksAtOnce is how many blocks of 8 columns are measured at once.
const blocksAtOnce = 64

// MeasureEnergy fills in Energy for the macroblocks of a band, beside prev, one that was
// measured, if that is not nil.
func (p *Picture) MeasureEnergy(prev *Picture, band int) {
	first, last := p.band(band)
	for y := first; y < last; y++ {
		if prev == nil {
			p.measureEnergy(p.Energy[y*p.mbW:(y+1)*p.mbW], 0, y)
			continue
		}
		for x := 0; x < p.mbW; x += comparedAtOnce {
			others, n := p.others(prev, x, y)
			row := p.Energy[y*p.mbW+x:][:n]
			copy(row, prev.Energy[y*p.mbW+x:])
			for a, b := others.Span(0, leastAtOnce, n); a < b; a, b = others.Span(b, leastAtOnce, n) {
				p.measureEnergy(row[a:b], x+a, y)
			}
		}
	}
}

// measureEnergy measures that of macroblocks from (x, y) on.
func (p *Picture) measureEnergy(energy []uint32, x, y int) {
	clear(energy)
	for k := range p.Planes {
		size := 16
		if k > 0 && !p.chroma44 {
			size = 8
		}
		addEnergy(energy, &p.Planes[k], x*size, y*size, size)
	}
}

// addEnergy adds that of plane p, from (x0, y) on, to the energy of macroblocks beside each
// other, which are squares of size samples there.
func addEnergy(energy []uint32, p *picture.Plane, x0, y, size int) {
	var sums, squares [blocksAtOnce]uint32
	blocks := size / 8 // in a macroblock
	for x := 0; x < len(energy); {
		n := min(blocksAtOnce/blocks, len(energy)-x)
		dsp.VarianceRow(sums[:n*blocks], squares[:n*blocks], p.At(x0+x*size, y), p.Stride, size)
		part := energy[x : x+n]
		if size == 16 {
			for i := range part {
				sum := uint64(sums[2*i&63] + sums[(2*i+1)&63])
				part[i] += squares[2*i&63] + squares[(2*i+1)&63] - uint32(sum*sum>>8)
			}
		} else {
			for i := range part {
				sum := uint64(sums[i&63])
				part[i] += squares[i&63] - uint32(sum*sum>>6)
			}
		}
		x += n
	}
}

// intraSATD is the least SATD of the square block at (x, y), predicted from its
// neighbours in the source by DC, horizontally or vertically.
func intraSATD(p *picture.Plane, b dsp.Block, x, y int) int {
	n := b.W()
	off := p.Index(x, y)
	top := p.Pix[off-p.Stride : off-p.Stride+n]
	var left [16]uint8
	dsp.Column(left[:], 1, p.Pix[off-1:], p.Stride, n)
	sum := uint32(n)
	for i, v := range top {
		sum += uint32(v) + uint32(left[i&15])
	}
	columns, rows, flat := dsp.SATDEdges(b, p.Pix[off:], p.Stride, top, &left, uint8(sum/uint32(2*n)))
	return min(columns, rows, flat)
}
