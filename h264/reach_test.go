package h264

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/g264/g264/h264/internal/analysis"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/internal/testenv"
)

// A row is decided alike when the picture that it refers to has just come as far
// as the pool waits for, and when that is finished: with vectors that point down
// as far as they may, at every fraction of a sample.
func TestReachSuffices(t *testing.T) {
	testenv.OneGoroutine(t)
	for _, chroma := range []Chroma{Chroma420, Chroma444} {
		for _, c := range []struct {
			rows int
			tune string
		}{{8, "none"}, {80, "none"}, {9, "screen"}} {
			for shift := range 4 {
				cfg := Config{Tune: c.tune}
				down := maxMVDown(cfg.reach(c.rows)) - 1 - shift
				late, early := codeBehind(t, chroma, c.rows, c.tune, down, true), codeBehind(t, chroma, c.rows, c.tune, down, false)
				name := fmt.Sprintf("chroma %d, %d rows, tune %s, vectors of %d", chroma, c.rows, c.tune, down)
				if !slices.Equal(late.rec.MBs, early.rec.MBs) || !bytes.Equal(late.rec.Luma.Pix, early.rec.Luma.Pix) ||
					!bytes.Equal(late.rec.Chroma.Pix, early.rec.Chroma.Pix) {
					t.Errorf("%s: what is not finished counts", name)
				}
				longest := 0
				for i := range late.rec.MBs {
					for _, mv := range late.rec.MBs[i].MV {
						longest = max(longest, int(mv.Y))
					}
				}
				if longest < down {
					t.Errorf("%s: the longest is %d", name, longest)
				}
			}
		}
	}
}

// codeBehind codes two pictures of random samples, the second the first one
// moved up, so that vectors point down by that many quarter samples.
// Late says that the first is finished no further than a row of the second needs.
func codeBehind(t *testing.T, chroma Chroma, rows int, tune string, down int, late bool) *coding {
	t.Helper()
	const width = 32
	height := 16 * rows
	e, err := NewEncoder(Config{
		Width: width, Height: height, Chroma: chroma, FrameRate: Rational{25, 1}, Preset: "medium", Tune: tune,
		RateControl: ConstantQP, QP: 20, Threads: 2, NoSceneCut: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close) // which leaves the pictures to others
	// Noise that is smooth down the columns, so that fractions of a sample matter.
	rng := rand.New(rand.NewPCG(3, 4))
	noise := make([]int, width*(height+512))
	for i := range noise {
		noise[i] = rng.IntN(256)
		if i >= width {
			noise[i] = (noise[i] + 3*noise[i-width] + 2) / 4
		}
	}
	w := analysis.NewWorker(chroma == Chroma444)
	var codings [2]*coding
	for i, moved := range []int{0, down} {
		plane := make([]uint8, width*height)
		for k := range plane {
			above := noise[k+moved/4*width:]
			plane[k] = uint8(((4-moved&3)*above[0] + moved&3*above[width] + 2) / 4)
		}
		s := e.take(&Picture{Y: plane, Cb: plane, Cr: plane, YStride: width, CStride: width, PTS: int64(i)})
		for band := range s.costs {
			s.picture.TakeBand(&s.input, s.previous, band)
			s.measure(band)
		}
		e.ahead.add(s)
		e.ahead.weigh()
		j := e.ahead.next()
		for k := range j.Vectors {
			j.Vectors[k] = macroblock.MV{Y: int16(down)}
		}
		c := e.prepare(&j)
		c.levels = append(c.levels, make([][]macroblock.Residual, rows-len(c.levels))...)
		for y := range c.levels {
			c.levels[y] = make([]macroblock.Residual, c.frame.MBW)
		}
		codings[i] = c
	}
	first, second := codings[0], codings[1]
	for y := range rows {
		first.decide(w, y)
	}
	finished := 0
	for y := range rows {
		for ; finished < rows && (!late || finished < y+1+e.pool.reach); finished++ {
			first.finish(finished)
		}
		second.decide(w, y)
	}
	return second
}
