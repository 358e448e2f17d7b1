package residual_test

import (
	"math/rand/v2"
	"testing"

	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/residual"
)

// zigzag holds column and row of each position of the frame scan (figure 8-8).
var zigzag = [16][2]int{
	{0, 0}, {1, 0}, {0, 1}, {0, 2}, {1, 1}, {2, 0}, {3, 0}, {2, 1}, {1, 2}, {0, 3}, {1, 3}, {2, 2}, {3, 1}, {3, 2}, {2, 3}, {3, 3},
}

// The levels of a bypassed residual are its samples in scanning order, and the DC
// levels the first samples of the blocks: for luma in the scanning order of blocks,
// for chroma in raster order. Counts are those of the levels.
func TestBypass(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	var src, pred [256]uint8
	for i := range src {
		src[i], pred[i] = uint8(255*rng.IntN(2)), uint8(255*rng.IntN(2))
	}
	difference := func(block [2]int, position int) int16 {
		i := (4*block[1]+zigzag[position][1])*macroblock.SrcStride + 4*block[0] + zigzag[position][0]
		return int16(src[i]) - int16(pred[i])
	}
	check := func(name string, block [2]int, start int, level *[16]int16, nonzero uint8) {
		t.Helper()
		count := uint8(0)
		for i := start; i < 16; i++ {
			if level[i] != difference(block, i) {
				t.Errorf("%s, block %v, level %d: %d, want %d", name, block, i, level[i], difference(block, i))
			}
			if level[i] != 0 {
				count++
			}
		}
		if nonzero != count {
			t.Errorf("%s, block %v: count %d, want %d", name, block, nonzero, count)
		}
	}

	var level [16][16]int16
	var dc [16]int16
	counts := residual.Bypass16(&level, &src, &pred)
	for i, r := range macroblock.BlockRaster {
		check("inter", [2]int{int(r & 3), int(r >> 2)}, 0, &level[i], counts[i])
	}
	counts = residual.BypassIntra16(&dc, &level, &src, &pred)
	for i, r := range macroblock.BlockRaster {
		check("Intra 16x16", [2]int{int(r & 3), int(r >> 2)}, 1, &level[i], counts[i])
		if want := difference(zigzag[i], 0); dc[i] != want {
			t.Errorf("Intra 16x16: DC %d is %d, want %d", i, dc[i], want)
		}
	}
	chroma, anyDC := residual.BypassChroma8(&dc, &level, &src, &pred)
	any := false
	for i := range chroma {
		block := [2]int{i & 1, i >> 1}
		check("chroma", block, 1, &level[i], chroma[i])
		if want := difference(block, 0); dc[i] != want {
			t.Errorf("chroma: DC %d is %d, want %d", i, dc[i], want)
		}
		any = any || dc[i] != 0
	}
	if anyDC != any {
		t.Errorf("chroma: DC levels %v, want %v", anyDC, any)
	}
}
