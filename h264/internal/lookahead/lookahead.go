// Package lookahead estimates, on half-size pictures and before a picture is
// coded, what it will cost as intra and as inter picture, block by block. From
// that it decides scene cuts, follows what later pictures inherit from each
// block (the macroblock tree), and tells rate control how much there is to code.
package lookahead

import (
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
	// of each macroblock.
	Energy []uint32
	// Offsets are the QP offsets in 1/256 of the macroblocks, which rate control
	// fills in.
	Offsets []int16
	// Weights are what the information of the blocks counts in the tree, in 1/256,
	// which rate control fills in: less where they are coded coarsely.
	Weights []uint16

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

// NewPicture makes a Picture of that many macroblocks.
func NewPicture(mbW, mbH int, chroma44 bool) *Picture {
	n := mbW * mbH
	return &Picture{
		Source:  picture.NewSource(mbW, mbH, chroma44),
		Vectors: make([]macroblock.MV, n),
		Energy:  make([]uint32, n),
		Offsets: make([]int16, n),
		Weights: make([]uint16, n),
		mbW:     mbW, mbH: mbH, chroma44: chroma44,
		blocks: make([]block, n),
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
// Source.
const BlockBytes = 4 + 4 + 2 + 2 + 8

// BlockBits is the part of a block's cost that stands for its side information.
const BlockBits = 4

// bandRows is the number of rows of blocks in a band.
const bandRows = 8

// Bands is the number of bands of a picture: parts, from the top, that can be
// analysed beside each other.
func (p *Picture) Bands() int { return (p.mbH + bandRows - 1) / bandRows }

// Analyse measures the picture, its energy, and the picture as predicted from
// prev, one that was analysed, if that is not nil.
func (p *Picture) Analyse(prev *Picture) {
	for b := range p.Bands() {
		p.MeasureEnergy(b)
	}
	p.Beside(prev, p)
}

// AnalyseBand is Analyse for a band without its energy; it returns the costs.
func (p *Picture) AnalyseBand(prev *Picture, band int) (intraCost, interCost int64) {
	first, last := p.band(band)
	for y := first; y < last; y++ {
		for x := 0; x < p.mbW; x++ {
			i := y*p.mbW + x
			intra := intraSATD(&p.Half, dsp.B8x8, x*8, y*8) + BlockBits
			inter := intra
			p.Vectors[i] = macroblock.MV{}
			if prev != nil {
				inter = min(intra, p.interCost(prev, x, y, y > first))
			}
			p.blocks[i] = block{intra: uint16(intra), inter: uint16(inter)}
			intraCost += int64(intra)
			interCost += int64(inter)
		}
	}
	return intraCost, interCost
}

// band returns the first row of a band and that behind its last.
func (p *Picture) band(b int) (first, last int) { return b * bandRows, min((b+1)*bandRows, p.mbH) }

// MeasureEnergy fills in Energy for the macroblocks of a band.
func (p *Picture) MeasureEnergy(band int) {
	first, last := p.band(band)
	for i := first * p.mbW; i < last*p.mbW; i++ {
		x, y := i%p.mbW, i/p.mbW
		var e uint32
		for k := range p.Planes {
			plane, size := &p.Planes[k], 16
			if k > 0 && !p.chroma44 {
				size = 8
			}
			sum, squares := dsp.VarianceSums(plane.At(x*size, y*size), plane.Stride, size, size)
			e += squares - uint32(uint64(sum)*uint64(sum)/uint64(size*size))
		}
		p.Energy[i] = e
	}
}

// intraSATD is the least SATD of the square block at (x, y), predicted from its
// neighbours in the source by DC, horizontally or vertically.
func intraSATD(p *picture.Plane, b dsp.Block, x, y int) int {
	n := b.W()
	off := p.Origin + y*p.Stride + x
	top := p.Pix[off-p.Stride : off-p.Stride+n]
	var left [16]uint8
	sum := uint32(n)
	for i := 0; i < n; i++ {
		left[i] = p.Pix[off+i*p.Stride-1]
		sum += uint32(left[i]) + uint32(top[i])
	}
	columns, rows, flat := dsp.SATDEdges(b, p.Pix[off:], p.Stride, top, &left, uint8(sum/uint32(2*n)))
	return min(columns, rows, flat)
}
