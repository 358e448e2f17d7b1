package entropy

import "github.com/g264/g264/h264/internal/macroblock"

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
	for q := range 4 {
		if mb.CBP>>q&1 == 0 {
			continue
		}
		for i := 4 * q; i < 4*q+4; i++ {
			raster := int(macroblock.BlockRaster[i&15])
			nC := mb.NC(n, p, raster&3, raster>>2, 4)
			if mb.TotalCoeff[p][raster&15] == 0 {
				s.emptyBlock(nC)
				continue
			}
			s.block(&r.Level[p][i&15], start, 16-start, nC)
		}
	}
}

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
