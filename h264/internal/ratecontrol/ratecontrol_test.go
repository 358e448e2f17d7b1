package ratecontrol_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/g264/g264/h264/internal/ratecontrol"
)

const fine = ratecontrol.Fine

// blocks is the number of macroblocks of the pictures here.
const blocks = 100

// sequence returns the QP of an I picture and of P pictures of one cost a
// macroblock, in order.
func sequence(cfg ratecontrol.Config, pictures int, cost int64) (qps []int) {
	c := ratecontrol.New(cfg)
	for i := range pictures {
		qps = append(qps, c.PictureQP(i == 0, cost*blocks, blocks))
	}
	return qps
}

// With a constant QP, P pictures have just that, whatever they cost, and I
// pictures at most that.
func TestConstantQP(t *testing.T) {
	for qp := range 52 {
		for _, cost := range []int64{0, 1, 100, 1 << 20} {
			for i, got := range sequence(ratecontrol.Config{Constant: true, QP: qp * fine}, 20, cost) {
				if i > 0 && got != qp*fine {
					t.Fatalf("constant QP %d, picture %d of cost %d: %d/256", qp, i, cost, got)
				}
				if got < 0 || got > qp*fine {
					t.Fatalf("constant QP %d, I picture of cost %d: %d/256", qp, cost, got)
				}
			}
		}
	}
}

// Pictures have a QP of 0 to 51, at any rate factor and at costs that no
// picture has.
func TestPictureQPBounds(t *testing.T) {
	for _, crf := range []int{1 * fine, 23 * fine, 51*fine - 1, 51 * fine} {
		for _, cost := range []int64{0, 1, 1 << 10, 1 << 20, math.MaxInt64 / 16 / blocks} {
			for i, qp := range sequence(ratecontrol.Config{QP: crf}, 10, cost) {
				if qp < 0 || qp > 51*fine {
					t.Errorf("CRF %d/256, cost %d, picture %d: QP %d/256", crf, cost, i, qp)
				}
			}
		}
	}
	c := ratecontrol.New(ratecontrol.Config{QP: 23 * fine})
	if qp := c.PictureQP(false, 0, 1); qp < 0 || qp > 51*fine {
		t.Errorf("one block without cost, before any I picture: QP %d/256", qp)
	}
}

// A greater rate factor never gives a finer quantiser, and over the whole range
// the quantiser follows it.
func TestQPFollowsCRF(t *testing.T) {
	for _, cost := range []int64{1, 40, 400} {
		before := sequence(ratecontrol.Config{QP: fine}, 12, cost)
		first := before
		for crf := fine + 64; crf <= 51*fine; crf += 64 {
			now := sequence(ratecontrol.Config{QP: crf}, 12, cost)
			for i := range now {
				if now[i] < before[i] {
					t.Fatalf("cost %d, picture %d: QP %d/256 at CRF %d/256, but %d/256 at less", cost, i, now[i], crf, before[i])
				}
			}
			before = now
		}
		for i := range before {
			if before[i]-first[i] < 30*fine {
				t.Errorf("cost %d, picture %d: QP only from %d/256 to %d/256", cost, i, first[i], before[i])
			}
		}
	}
}

// Where more changes from picture to picture the quantiser is no finer, and is
// clearly coarser over the range of real content; the same cost holds it.
func TestQPFollowsComplexity(t *testing.T) {
	cfg := ratecontrol.Config{QP: 23 * fine}
	var before []int
	for cost := int64(1); cost < 1<<16; cost += cost/8 + 1 {
		now := sequence(cfg, 12, cost)
		for i := range before {
			if now[i] < before[i] {
				t.Fatalf("picture %d: QP %d/256 at cost %d, but %d/256 at less", i, now[i], cost, before[i])
			}
		}
		before = now
	}
	still, busy := sequence(cfg, 12, 10), sequence(cfg, 12, 1000)
	if busy[11]-still[11] < 2*fine {
		t.Errorf("QP %d/256 in still content, %d/256 in busy content", still[11], busy[11])
	}
}

// A change of complexity is followed with delay, not overshot.
func TestQPSettles(t *testing.T) {
	cfg := ratecontrol.Config{QP: 23 * fine}
	c := ratecontrol.New(cfg)
	for range 10 {
		c.PictureQP(false, 20*blocks, blocks)
	}
	settled := sequence(cfg, 60, 500)[59]
	for i := range 60 {
		got := c.PictureQP(false, 500*blocks, blocks)
		if got > settled+fine {
			t.Errorf("picture %d after the change: QP %d/256, above %d/256 where it settles", i, got, settled)
		}
		if i > 40 && got < settled-fine {
			t.Errorf("picture %d after the change: QP %d/256, still below %d/256", i, got, settled)
		}
	}
}

// The macroblock's offset never falls as its energy grows, is negative where
// it is flat and positive where it is busy, and grows with the strength.
func TestOffset(t *testing.T) {
	for _, strength := range []int{64, fine, 4 * fine} {
		c := ratecontrol.New(ratecontrol.Config{QP: 23 * fine, AQStrength: strength})
		if !c.Adaptive() {
			t.Errorf("strength %d/256 isn't adaptive", strength)
		}
		before := c.Offset(0)
		if before >= 0 || c.Offset(math.MaxUint32) <= 0 {
			t.Errorf("strength %d/256: offset %d/256 for no energy, %d/256 for the most", strength, before, c.Offset(math.MaxUint32))
		}
		if low := -20 * strength; before < low {
			t.Errorf("strength %d/256: offset %d/256 for no energy", strength, before)
		}
		for energy := uint32(0); energy < 1<<31; energy += energy/16 + 1 {
			now := c.Offset(energy)
			if now < before {
				t.Fatalf("strength %d/256: offset %d/256 at energy %d, but %d/256 at less", strength, now, energy, before)
			}
			before = now
		}
	}
	weak := ratecontrol.New(ratecontrol.Config{AQStrength: fine})
	strong := ratecontrol.New(ratecontrol.Config{AQStrength: 2 * fine})
	for _, energy := range []uint32{0, 100, 1 << 24, math.MaxUint32} {
		if a, b := weak.Offset(energy), strong.Offset(energy); b < 2*a-2 || b > 2*a+2 {
			t.Errorf("energy %d: offset %d/256 at strength 1, %d/256 at strength 2", energy, a, b)
		}
	}
}

func TestNoAdaptation(t *testing.T) {
	c := ratecontrol.New(ratecontrol.Config{QP: 23 * fine})
	if c.Adaptive() {
		t.Error("strength 0 is adaptive")
	}
	for _, energy := range []uint32{0, 1000, math.MaxUint32} {
		if got := c.Offset(energy); got != 0 {
			t.Errorf("offset %d/256 at energy %d", got, energy)
		}
	}
}

// The same pictures give the same quantisers, whatever another Controller does.
func TestControllersShareNothing(t *testing.T) {
	cfg := ratecontrol.Config{QP: 30 * fine}
	want := fmt.Sprint(sequence(cfg, 10, 77))
	a, b := ratecontrol.New(cfg), ratecontrol.New(cfg)
	var got []int
	for i := range 10 {
		got = append(got, a.PictureQP(i == 0, 77*blocks, blocks))
		b.PictureQP(i == 0, 7700*blocks, blocks)
	}
	if fmt.Sprint(got) != want {
		t.Errorf("QP %v beside another, %v alone", got, want)
	}
}
