package analysis_test

import (
	"fmt"
	"testing"

	"github.com/g264/g264/h264/internal/analysis"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/internal/testenv"
	"github.com/g264/g264/internal/testvideo"
)

// Whatever the content and the quantisers, macroblocks are such as the syntax
// can say and a decoder can reconstruct.
func TestMacroblocksAreLegal(t *testing.T) {
	testenv.OneGoroutine(t)
	const mbW, mbH = 6, 4
	types := map[macroblock.Type]int{}
	for _, preset := range analysis.Presets {
		for i, content := range []testvideo.Content{testvideo.Moving, testvideo.Noise, testvideo.Text, testvideo.Cut} {
			for _, chroma444 := range []bool{false, true} {
				for _, qp := range []int{0, 14 + 7*i, 51} {
					name := fmt.Sprintf("%s, %v, 4:4:4 %v, QP %d", preset.Name, content, chroma444, qp)
					c := newCoder(preset.Name, mbW, mbH, chroma444, qp)
					scatter(c.frame.Offsets)
					for n, src := range clip(content, mbW, mbH, 3, chroma444) {
						picture := c.code(src, c.serial)
						picture.walk(func(v mbVisit) {
							types[v.mb.Type]++
							for _, complaint := range illegal(&picture, &v) {
								t.Errorf("%s, picture %d, macroblock (%d, %d) of type %d: %s", name, n, v.x, v.y, v.mb.Type, complaint)
							}
						})
					}
				}
			}
		}
	}
	for mbType := macroblock.PSkip; mbType <= macroblock.IPCM; mbType++ {
		if types[mbType] == 0 {
			t.Errorf("no macroblock has type %d: %v", mbType, types)
		}
	}
}

// illegal lists what is wrong with a macroblock.
func illegal(c *coded, v *mbVisit) (list []string) {
	complain := func(wrong bool, format string, args ...any) {
		if wrong {
			list = append(list, fmt.Sprintf(format, args...))
		}
	}
	mb := v.mb
	if sends := mb.CBP != 0 || mb.Type == macroblock.I16x16; sends {
		delta := int(mb.QP) - v.qpPred
		complain(delta < -26 || delta > 25, "mb_qp_delta %d", delta)
	}
	complain(mb.QP < 0 || mb.QP > 51, "QP %d", mb.QP)
	if mb.Type.IsIntra() {
		list = append(list, illegalIntra(v)...)
	} else {
		complain(c.refs == 0, "inter in an I picture")
		for _, ref := range mb.Ref {
			complain(ref < 0 || int(ref) >= c.refs, "ref_idx %d of %d", ref, c.refs)
		}
	}
	if mb.Type == macroblock.PSkip {
		skip := mb.SkipMV(&v.n)
		complain(mb.CBP != 0, "CBP %d", mb.CBP)
		for i := range mb.MV {
			complain(mb.MV[i] != skip, "skip vector %v of block %d, must be %v", mb.MV[i], i, skip)
		}
		for _, ref := range mb.Ref {
			complain(ref != 0, "ref_idx %d in a skipped macroblock", ref)
		}
	}
	return append(list, illegalLevels(c, v)...)
}

// illegalIntra checks that the samples are there that the modes predict from.
func illegalIntra(v *mbVisit) (list []string) {
	mb, left, top := v.mb, v.n.A != nil, v.n.B != nil
	// The neighbours that each mode needs, in the order of tables 8-2, 8-4, 8-5.
	const l, t, both = 1, 2, 3
	needs4, needs16, needsChroma := []int{t, l, 0, t, both, both, both, t, l}, []int{t, l, 0, both}, []int{0, l, t, both}
	check := func(what string, mode uint8, needs []int, left, top bool) {
		if int(mode) >= len(needs) || needs[mode]&l != 0 && !left || needs[mode]&t != 0 && !top {
			list = append(list, fmt.Sprintf("%s mode %d, left %v, top %v", what, mode, left, top))
		}
	}
	switch mb.Type {
	case macroblock.I4x4:
		for i, mode := range mb.I4Modes {
			check("Intra 4x4", mode, needs4, left || i%4 > 0, top || i/4 > 0)
		}
	case macroblock.I16x16:
		check("Intra 16x16", mb.I16Mode, needs16, left, top)
	}
	check("chroma", mb.ChromaMode, needsChroma, left, top)
	for i := range mb.MV {
		if mb.MV[i] != (macroblock.MV{}) || mb.Ref[i/4] != -1 {
			return append(list, "motion in an intra macroblock")
		}
	}
	return list
}

// illegalLevels compares CBP and TotalCoeff with the levels, and these with
// their range: level_prefix must not pass 15 (clause 7.4.5.3.2).
func illegalLevels(c *coded, v *mbVisit) (list []string) {
	mb, chroma444 := v.mb, c.frame.Chroma44
	complain := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	if mb.Type == macroblock.IPCM {
		if mb.CBP != 0 || mb.TotalCoeff[0] != [16]uint8{16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16} {
			complain("I_PCM with CBP %d, counts %v", mb.CBP, mb.TotalCoeff[0])
		}
		return list
	}
	if chroma444 && mb.CBP > 15 {
		complain("CBP %d in 4:4:4", mb.CBP)
	}
	if mb.Type == macroblock.I16x16 && mb.CBP&15 != 0 && mb.CBP&15 != 15 {
		complain("CBP %d in Intra 16x16", mb.CBP)
	}
	const maxLevel = 2063
	inRange := func(levels []int16) {
		for _, l := range levels {
			if l < -maxLevel || l > maxLevel {
				complain("level %d", l)
			}
		}
	}
	for p := range 3 {
		likeLuma := p == 0 || chroma444
		blocks, first := 16, 0
		if !likeLuma {
			blocks, first = 4, 1
		} else if mb.Type == macroblock.I16x16 {
			first = 1
		}
		if first == 1 && (likeLuma || mb.CBP > 15) {
			inRange(v.res.DC[p][:])
		}
		for i := range blocks {
			raster, isCoded := i, mb.CBP >= 32
			if likeLuma {
				raster, isCoded = int(macroblock.BlockRaster[i]), mb.CBP>>(i/4)&1 != 0
			}
			count := int(mb.TotalCoeff[p][raster])
			if !isCoded {
				if count != 0 {
					complain("plane %d, block %d isn't coded and has %d levels, CBP %d", p, i, count, mb.CBP)
				}
				continue
			}
			levels := v.res.Level[p][i][first:]
			inRange(levels)
			nonzero := 0
			for _, l := range levels {
				if l != 0 {
					nonzero++
				}
			}
			if count != 0 && nonzero != count {
				complain("plane %d, block %d: TotalCoeff %d, but %d levels", p, i, count, nonzero)
			}
		}
	}
	return list
}
