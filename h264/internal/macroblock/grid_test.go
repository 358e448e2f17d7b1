package macroblock_test

import (
	"math/rand/v2"
	"testing"

	"github.com/g264/g264/h264/internal/macroblock"
)

// Unmoved tells of each macroblock what MBs tell of it, whatever it was before, and runs
// end where it says.
func TestGrid(t *testing.T) {
	const n = 40
	rng := rand.New(rand.NewPCG(3, 3))
	g := macroblock.NewGrid(n)
	want := make([]macroblock.MB, n)
	for round := range 50 * n {
		i := rng.IntN(n)
		if round < n {
			i = round
		}
		switch rng.IntN(4) {
		case 0:
			want[i] = randomMB(rng).mb
			g.Set(i, &want[i])
			if want[i].Type == macroblock.PSkip {
				want[i].QP = 0
			}
		case 1:
			want[i].SetSkip(30, macroblock.MV{X: int16(rng.IntN(2)), Y: int16(rng.IntN(2))})
			g.Set(i, &want[i])
			want[i].QP = 0
		default:
			want[i].SetSkip(0, macroblock.MV{})
			g.SetUnmoved(i)
		}
		from, end := rng.IntN(n), n-rng.IntN(n/4)
		run, ended := 0, false
		for k, mb := range g.MBs {
			unmoved := mb.Type == macroblock.PSkip && mb.MV[0] == macroblock.MV{}
			if mb != want[k] || (g.Unmoved[k] != 0) != unmoved && k <= round {
				t.Fatalf("macroblock %d is %+v, unmoved %d, want %+v", k, mb, g.Unmoved[k], want[k])
			}
			if k >= from && k < end && !ended {
				if ended = g.Unmoved[k] == 0; !ended {
					run++
				}
			}
		}
		if from < end {
			if got := g.UnmovedRun(from, end); got != run {
				t.Fatalf("a run of %d from %d to %d, want %d", got, from, end, run)
			}
		}
	}
}
