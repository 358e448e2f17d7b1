package analysis_test

import (
	"bytes"
	"fmt"
	"sync"
	"testing"

	"github.com/g264/g264/h264/internal/analysis"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/internal/testvideo"
)

// wavefront runs all rows at once, each with a worker of its own.
func (c *coder) wavefront(rows []*picture.Progress, res [][]macroblock.Residual) {
	var wg sync.WaitGroup
	for y := len(rows) - 1; y >= 0; y-- {
		var above *picture.Progress
		if y > 0 {
			above = rows[y-1]
		}
		wg.Add(1)
		go func() {
			defer wg.Done()
			c.workers[y%len(c.workers)].Row(c.frame, y, res[y], above, rows[y])
		}()
	}
	wg.Wait()
}

// leastAhead decides each macroblock as soon as its row may: with no more of
// the row above than Lag promises, and all rows below as far as they get.
func (c *coder) leastAhead(rows []*picture.Progress, res [][]macroblock.Residual) {
	width := c.frame.MBW
	gates, done := make([]*picture.Progress, len(rows)), make([]int, len(rows))
	var wg sync.WaitGroup
	for y := range rows {
		gates[y] = picture.NewProgress()
		wg.Add(1)
		go func() {
			defer wg.Done()
			c.workers[y%len(c.workers)].Row(c.frame, y, res[y], gates[y], rows[y])
		}()
	}
	var advance func(y int)
	advance = func(y int) { // decides one more macroblock of row y
		x := done[y]
		above := min(x+analysis.Lag, width)
		for y > 0 && done[y-1] < above {
			advance(y - 1)
		}
		gates[y].Set(above)
		rows[y].Wait(x + 1)
		done[y] = x + 1
	}
	for range width {
		advance(len(rows) - 1)
	}
	wg.Wait()
}

// difference tells where two codings of a picture differ; empty if nowhere.
func difference(a, b *coded) string {
	if !bytes.Equal(a.walk(nil), b.walk(nil)) {
		for i := range a.rec.MBs {
			if a.rec.MBs[i] != b.rec.MBs[i] {
				return fmt.Sprintf("macroblock (%d, %d): %+v or %+v", i%a.frame.MBW, i/a.frame.MBW, a.rec.MBs[i], b.rec.MBs[i])
			}
		}
		return "levels"
	}
	planes := func(r *picture.Reconstruction) []*picture.Plane {
		return []*picture.Plane{&r.Luma.Plane, &r.Chroma, &r.Chroma44[0].Plane, &r.Chroma44[1].Plane}
	}
	for p, plane := range planes(a.rec) {
		if !bytes.Equal(plane.Pix, planes(b.rec)[p].Pix) {
			return fmt.Sprintf("samples of plane %d", p)
		}
	}
	return ""
}

// scatter makes the quantiser change from macroblock to macroblock.
func scatter(offsets []int16) {
	for i := range offsets {
		offsets[i] = int16(uint32(i+1)*2654435761>>16)%8192 - 4096
	}
}

// However the rows run beside each other, each picture is coded as row after
// row would code it.
func TestRowsBesideEachOtherCodeTheSame(t *testing.T) {
	const mbW, mbH, pictures = 5, 8, 5
	for _, preset := range analysis.Presets {
		for _, chroma444 := range []bool{false, true} {
			for _, content := range []testvideo.Content{testvideo.Moving, testvideo.Text} {
				t.Run(fmt.Sprintf("%s/444=%v/%v", preset.Name, chroma444, content), func(t *testing.T) {
					var coders [3]*coder
					for i := range coders {
						coders[i] = newCoder(preset.Name, mbW, mbH, chroma444, 33)
						scatter(coders[i].frame.Offsets)
					}
					for range mbH - 1 {
						coders[1].workers = append(coders[1].workers, analysis.NewWorker(chroma444))
						coders[2].workers = append(coders[2].workers, analysis.NewWorker(chroma444))
					}
					for i, src := range clip(content, mbW, mbH, pictures, chroma444) {
						want := coders[0].code(src, coders[0].serial)
						together := coders[1].code(src, coders[1].wavefront)
						if d := difference(&want, &together); d != "" {
							t.Fatalf("picture %d, all rows at once: %s", i, d)
						}
						late := coders[2].code(src, coders[2].leastAhead)
						if d := difference(&want, &late); d != "" {
							t.Fatalf("picture %d, rows as far ahead as they may: %s", i, d)
						}
						// The next picture finds the workers after other rows.
						w := coders[1].workers
						coders[1].workers = append(w[2:], w[:2]...)
					}
				})
			}
		}
	}
}
