package ratecontrol_test

import (
	"testing"

	"github.com/g264/g264/h264/internal/lookahead"
	"github.com/g264/g264/h264/internal/ratecontrol"
)

// coder is a picture coder that takes k/256 bits per cost at QP 0, and half with
// every 6 QP.
func coder(k, cost int64, qp int) int64 {
	bits := float64(k*cost) / 256
	for ; qp >= 6*fine; qp -= 6 * fine {
		bits /= 2
	}
	return int64(bits*(1-float64(qp)/(12*fine))) + 40
}

// run codes pictures of costs with a coder that is far from what is expected at
// first, and returns their bits.
func run(cfg ratecontrol.Config, k int64, costs []int64) (taken []int64) {
	c := ratecontrol.New(cfg)
	for i, cost := range costs {
		window := of(i == 0, cost)
		for j := i + 1; j < min(i+4, len(costs)); j++ {
			window = append(window, of(false, costs[j])...)
		}
		qp := c.PictureQP(window)
		bits := coder(k, cost, qp)
		for again := c.Again(bits, qp); again != 0; again = c.Again(bits, qp) {
			qp = again
			bits = coder(k, cost, qp)
		}
		c.Coded(bits, qp)
		taken = append(taken, bits)
	}
	return taken
}

func costs(n int) (list []int64) {
	for i := range n {
		list = append(list, int64(blocks*(60+40*(i/50%2)+i%7)))
	}
	return list
}

// An average rate is met, however far off the first expectation is.
func TestAverageRate(t *testing.T) {
	for _, k := range []int64{400, 900, 4000} {
		for _, feedback := range []int{1, 9} {
			cfg := config
			cfg.Tree, cfg.PictureBits, cfg.Second, cfg.Feedback = true, 2000*fine, 25, feedback
			sum := int64(0)
			for _, bits := range run(cfg, k, costs(500)) {
				sum += bits
			}
			if sum < 500*2000*9/10 || sum > 500*2000*11/10 {
				t.Errorf("%d/256 bits per cost, feedback after %d: %d bits, want 1000000", k, feedback, sum)
			}
		}
	}
}

// The buffer never runs dry, and what fits is used.
func TestBuffer(t *testing.T) {
	for _, k := range []int64{400, 900, 4000} {
		cfg := with(10 * fine)
		cfg.MaxBits, cfg.Buffer, cfg.Second, cfg.Feedback = 1000*fine, 20000, 25, 1
		fill, sum := cfg.Buffer*9/10, int64(0)
		for i, bits := range run(cfg, k, costs(300)) {
			if fill -= bits; fill < 0 {
				t.Errorf("%d/256 bits per cost, picture %d: %d bits too many", k, i, -fill)
			}
			fill = min(fill+1000, cfg.Buffer)
			sum += bits
		}
		if sum < 300*1000*7/10 {
			t.Errorf("%d/256 bits per cost: %d bits of 300000 used", k, sum)
		}
	}
}

// Until a picture's feedback is due, its bits change nothing.
func TestFeedbackIsFixed(t *testing.T) {
	qps := func(told int) (list []int) {
		cfg := config
		cfg.Tree, cfg.PictureBits, cfg.Second, cfg.Feedback = true, 2000*fine, 25, 4
		c := ratecontrol.New(cfg)
		for i := range 12 {
			list = append(list, c.PictureQP([]*lookahead.Picture{of(i == 0, blocks*50)[0]}))
			if i >= told {
				c.Coded(int64(900*(i-told+1)), list[i-told])
			}
		}
		return list
	}
	want := qps(0)
	for told := 1; told < 4; told++ {
		for i, qp := range qps(told) {
			if qp != want[i] {
				t.Errorf("told %d pictures late: picture %d has QP %d/256, want %d/256", told, i, qp, want[i])
			}
		}
	}
}
