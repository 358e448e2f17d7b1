package entropy

import (
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/internal/dsp"
)

// residual is the residual of clause 7.3.5.3, all of it: startIdx 0, endIdx 15.
func (c *CAVLC) residual(s *sink, mb *macroblock.MB, n *macroblock.Neighbours, r *macroblock.Residual) {
	residualLuma(s, mb, n, r, 0)
	if c.chroma444 {
		residualLuma(s, mb, n, r, 1)
		residualLuma(s, mb, n, r, 2)
		return
	}
	chroma := mb.CBP >> 4
	if chroma == 0 {
		return
	}
	s.block(&r.DC[1], 0, 4, -1)
	s.block(&r.DC[2], 0, 4, -1)
	if chroma < 2 {
		return
	}
	for p := 1; p <= 2; p++ {
		for i := range 4 {
			nC := mb.NC(n, p, i&1, i>>1, 2)
			if mb.TotalCoeff[p][i] == 0 {
				s.emptyBlock(nC)
				continue
			}
			s.block(&r.Level[p][i], 1, 15, nC)
		}
	}
}

// residualLuma is residual_luma of luma, or of a chroma plane p of 4:4:4.
func residualLuma(s *sink, mb *macroblock.MB, n *macroblock.Neighbours, r *macroblock.Residual, p int) {
	start := 0
	if mb.Type == macroblock.I16x16 {
		start = 1
		s.block(&r.DC[p], 0, 16, mb.NC(n, p, 0, 0, 4))
	}
	if mb.CBP&15 == 0 {
		return
	}
	var around counts
	around.load(mb, n, p)
	var sets [16]uint32
	if s.w != nil {
		dsp.LevelSets(&sets, &r.Level[p])
	}
	for q := range 4 {
		if mb.CBP>>q&1 == 0 {
			continue
		}
		for i := 4 * q; i < 4*q+4; i++ {
			place := CodedPlaces[i&15]
			nC := around.nC(place)
			if around[place&63] == 0 {
				s.emptyBlock(nC)
				continue
			}
			level := &r.Level[p][i&15]
			if s.w == nil {
				s.n += BlockBits(level, start, 16-start, nC)
				continue
			}
			set := sets[i&15] & 0xffff >> (start & 1)
			writeScanned(s.w, level, start, 16-start, nC, levelsOf(set, sets[i&15]>>16>>(start&1)&set))
		}
	}
}

// counts holds TotalCoeff of the blocks of a plane and of those beside it, by
// CodedPlace.
type counts [64]uint8

// unknownCount stands for blocks that are not available.
const unknownCount = 64

// load sets the counts of a plane of 16 blocks.
func (c *counts) load(mb *macroblock.MB, n *macroblock.Neighbours, p int) {
	own := &mb.TotalCoeff[p]
	for y := range 4 {
		c[8*y+8] = unknownCount
		copy(c[8*y+9:8*y+13], own[4*y:4*y+4])
	}
	if n.A != nil {
		left := &n.A.TotalCoeff[p]
		c[8], c[16], c[24], c[32] = left[3], left[7], left[11], left[15]
	}
	above := [4]uint8{unknownCount, unknownCount, unknownCount, unknownCount}
	if n.B != nil {
		above = [4]uint8(n.B.TotalCoeff[p][12:])
	}
	copy(c[1:5], above[:])
}

// nC is that of the block at a place (clause 9.2.1).
func (c *counts) nC(place uint) int {
	return int(nCOfSum[c[(place-1)&63]+c[(place-8)&63]])
}

// nCOfSum is nC by the sum of the counts to the left and above.
var nCOfSum = func() (t [256]uint8) {
	for sum := range t {
		if t[sum] = uint8((sum + 1) / 2); sum >= unknownCount {
			t[sum] = uint8(sum % unknownCount)
		}
	}
	return t
}()

// block takes residual_block_cavlc.
func (s *sink) block(level *[16]int16, start, maxCoeff, nC int) {
	if s.w != nil {
		writeBlock(s.w, level, start, maxCoeff, nC)
		return
	}
	s.n += BlockBits(level, start, maxCoeff, nC)
}

// emptyBlock takes residual_block_cavlc without levels.
func (s *sink) emptyBlock(nC int) {
	token := coeffToken[nCClass(nC)][0]
	s.bits(uint32(token.code), uint(token.n))
}
