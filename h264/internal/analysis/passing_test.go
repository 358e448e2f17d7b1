package analysis

import (
	"testing"

	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
)

// settledWorker is a worker at the second row of a P picture of which all macroblocks are
// settled and, if that is asked for, held.
func settledWorker(preset string, held bool) *Worker {
	const mbW, mbH = 9, 2
	f := NewFrame(mbW, mbH, false)
	f.Preset, _ = PresetByName(preset)
	f.QP, f.FineQP, f.Offsets, f.CABAC = 30, 30*256, make([]int16, mbW*mbH), true
	f.MaxMVY, f.MaxMVDown = 512, 512
	f.Src = picture.NewSources(1, mbW, mbH, false)[0]
	pictures := picture.NewReconstructions(2, mbW, mbH, false, true)
	f.Rec, f.Refs = pictures[0], pictures[1:]
	f.Rec.Grid = macroblock.NewGrid(mbW * mbH)
	f.Rec.Version, f.Refs[0].Version = 3, 2
	for i := range f.Offsets {
		f.Src.Versions[i], f.Refs[0].Settled[i], f.Refs[0].SettledQP[i] = 1, 1, 30
		f.Refs[0].Versions[i] = 1
		if held {
			f.Rec.Versions[i] = 1
		}
	}
	w := NewWorker(false)
	progress := picture.NewProgress()
	w.Row(f, 0, make([]macroblock.Residual, mbW), nil, progress)
	w.Row(f, 1, make([]macroblock.Residual, mbW), progress, picture.NewProgress())
	return w
}

// Passing learns what deciding one by one does.
func TestPassSettledLearns(t *testing.T) {
	for _, preset := range []string{"veryfast", "medium"} {
		passing, plain := settledWorker(preset, true), settledWorker(preset, false)
		if *passing.cabac.States() != *plain.cabac.States() || passing.costsKnown != plain.costsKnown {
			t.Errorf("%s: other states", preset)
		}
		for i, mb := range passing.f.Rec.MBs {
			if mb != plain.f.Rec.MBs[i] || mb.Type != macroblock.PSkip {
				t.Fatalf("%s: macroblock %d is %+v", preset, i, mb)
			}
		}
	}
}

// Passing stops at what may be no P_Skip without a vector, or isn't held.
func TestPassSettledStops(t *testing.T) {
	const row, end = 9, 8
	var moving macroblock.MB
	moving.SetSkip(0, macroblock.MV{X: 4})
	for _, c := range []struct {
		name   string
		change func(w *Worker)
		x      int
		want   int
	}{
		{"all settled", func(w *Worker) {}, 2, end},
		{"the second macroblock", func(w *Worker) {}, 1, 1},
		{"a neighbour that moves", func(w *Worker) { w.f.Rec.Set(row+1, &moving) }, 2, 2},
		{"a coded neighbour", func(w *Worker) { w.f.Rec.Set(row+1, &macroblock.MB{Type: macroblock.P16x16}) }, 2, 2},
		{"an I picture", func(w *Worker) { w.f.Refs = nil }, 2, 2},
		{"another source", func(w *Worker) { w.f.Src.Versions[row+4] = 7 }, 2, 4},
		{"another reference", func(w *Worker) { w.f.Refs[0].Versions[row+4] = w.f.Refs[0].Version }, 2, 4},
		{"other memory", func(w *Worker) { w.f.Rec.Versions[row+4] = 9 }, 2, 4},
		{"a finer QP", func(w *Worker) { w.f.Offsets[row+4] = -256 }, 2, 4},
		{"a coarser QP", func(w *Worker) { w.f.Offsets[row+4] = 256 }, 2, end},
	} {
		w := settledWorker("medium", true)
		w.still = false
		c.change(w)
		if got := w.passSettled(c.x, end); got != c.want || w.still != (got > c.x) {
			t.Errorf("%s: passed up to %d, want %d; still %v", c.name, got, c.want, w.still)
		}
	}
}
