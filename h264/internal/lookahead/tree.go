package lookahead

import "github.com/g264/g264/h264/internal/macroblock"

// The macroblock tree (J. Garrett-Glaser, "A novel macroblock-tree algorithm
// for high-performance optimization of dependent video coding in H.264/AVC"):
// what a block shows is worth more bits the more of it later pictures inherit.
// From the last picture of a window back to the first, each block passes on to
// the blocks that predict it the part of its information, its own and what it
// inherits itself, that prediction saves.

// maxInherited bounds what a block inherits.
const maxInherited = 1 << 31

// Inherit works out what later pictures of the window, which follow each other
// in coding order, inherit from each block. What prediction misses by up to
// dead, as SATD of a block, is taken to be lost in quantisation: the prediction
// stays as it is, and the block inherits all.
func Inherit(window []*Picture, dead int) {
	window[len(window)-1].disinherit()
	for i := len(window) - 1; i > 0; i-- {
		window[i-1].disinherit()
		if !window[i].Intra {
			window[i].passOn(window[i-1], uint64(dead))
		}
	}
}

// disinherit begins anew.
func (p *Picture) disinherit() {
	blocks := p.blocks
	for i := range blocks {
		blocks[i].inherited = 0
	}
}

// passOn gives prev what p inherits from it.
func (p *Picture) passOn(prev *Picture, dead uint64) {
	for y := 0; y < p.mbH; y++ {
		for x := 0; x < p.mbW; x++ {
			i := y*p.mbW + x
			b := &p.blocks[i]
			intra, inter := uint64(b.intra), uint64(b.inter)
			if inter == intra {
				continue
			}
			amount := intra*uint64(p.Weights[i]) + uint64(b.inherited)
			if inter > dead {
				amount = amount * (intra - inter + dead) / intra
			}
			if p.Vectors[i] == (macroblock.MV{}) {
				prev.blocks[i].inherit(amount)
				continue
			}
			// In halves of half-size samples, of which a block has 16.
			vx, vy := x*16+int(p.Vectors[i].X>>2), y*16+int(p.Vectors[i].Y>>2)
			prev.receive(vx>>4, vy>>4, uint64(vx&15), uint64(vy&15), amount)
		}
	}
}

// receive spreads an amount over the four blocks from (x, y) on that an area of
// one block's size covers, (fx, fy) sixteenths right of and below the first.
func (p *Picture) receive(x, y int, fx, fy, amount uint64) {
	if fx|fy == 0 {
		p.add(x, y, amount)
		return
	}
	p.add(x, y, amount*(16-fx)*(16-fy)>>8)
	p.add(x+1, y, amount*fx*(16-fy)>>8)
	p.add(x, y+1, amount*(16-fx)*fy>>8)
	p.add(x+1, y+1, amount*fx*fy>>8)
}

func (p *Picture) add(x, y int, amount uint64) {
	if uint(x) < uint(p.mbW) && uint(y) < uint(p.mbH) {
		p.blocks[y*p.mbW+x].inherit(amount)
	}
}

func (b *block) inherit(amount uint64) {
	b.inherited = uint32(min(uint64(b.inherited)+amount, maxInherited))
}

// Worth returns a block's own information and what later pictures inherit from
// it, in 1/256 SATD. Own is above zero.
func (p *Picture) Worth(i int) (own, inherited uint64) {
	b := &p.blocks[i]
	return max(1, uint64(b.intra)*uint64(p.Weights[i])), uint64(b.inherited)
}
