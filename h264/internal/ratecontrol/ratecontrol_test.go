package ratecontrol_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/g264/g264/h264/internal/lookahead"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/h264/internal/ratecontrol"
)

const fine = ratecontrol.Fine

// The pictures here have so many macroblocks.
const (
	mbW, mbH = 12, 4
	blocks   = mbW * mbH
)

// config is what others are made from.
var config = ratecontrol.Config{MaxQP: 51 * fine, IntraOffset: -5 * fine, QCompress: 154, FrameTime: fine}

// of is a window of one picture of a cost.
func of(intra bool, cost int64) []*lookahead.Picture {
	p := lookahead.NewPictures(1, mbW, mbH, false)[0]
	p.Energy = make([]uint32, mbW*mbH)
	p.Intra, p.InterCost = intra, cost
	return []*lookahead.Picture{p}
}

func with(crf int) ratecontrol.Config {
	cfg := config
	cfg.QP = crf
	return cfg
}

// sequence returns the QP of an I picture and of P pictures of one cost a
// macroblock, in order.
func sequence(cfg ratecontrol.Config, pictures int, cost int64) (qps []int) {
	c := ratecontrol.New(cfg)
	for i := range pictures {
		qps = append(qps, c.PictureQP(of(i == 0, cost*blocks)))
	}
	return qps
}

// With a constant QP, P pictures have just that, whatever they cost, and I
// pictures at most that.
func TestConstantQP(t *testing.T) {
	for qp := range 52 {
		for _, cost := range []int64{0, 1, 100, 1 << 20} {
			for i, got := range sequence(ratecontrol.Config{Constant: true, QP: qp * fine, MaxQP: 51 * fine, IntraOffset: -4 * fine}, 20, cost) {
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
		for _, cost := range []int64{0, 1, 1 << 10, 1 << 20, 1 << 40} {
			for i, qp := range sequence(with(crf), 10, cost) {
				if qp < 0 || qp > 51*fine {
					t.Errorf("CRF %d/256, cost %d, picture %d: QP %d/256", crf, cost, i, qp)
				}
			}
		}
	}
	c := ratecontrol.New(with(23 * fine))
	if qp := c.PictureQP(of(false, 0)); qp < 0 || qp > 51*fine {
		t.Errorf("no cost, before any I picture: QP %d/256", qp)
	}
}

// QP limits hold for all kinds of pictures.
func TestQPLimits(t *testing.T) {
	for _, constant := range []bool{false, true} {
		cfg := with(3 * fine)
		cfg.Constant, cfg.MinQP, cfg.MaxQP = constant, 20*fine, 22*fine
		for _, crf := range []int{3, 21, 40} {
			cfg.QP = crf * fine
			for i, qp := range sequence(cfg, 5, 100) {
				if qp < 20*fine || qp > 22*fine {
					t.Errorf("constant %v, %d: picture %d has QP %d/256", constant, crf, i, qp)
				}
			}
		}
	}
}

// Where nothing is inherited, a picture with a tree has the QP that x264 gave the
// only picture of a clip at CRF 23, by QCompress; it writes whole QPs.
func TestTreeOffset(t *testing.T) {
	for _, c := range []struct{ qCompress, qp int }{{0, 37}, {77, 32}, {128, 30}, {154, 28}, {205, 26}, {256, 23}} {
		cfg := with(23 * fine)
		cfg.Tree, cfg.QCompress = true, c.qCompress
		got := ratecontrol.New(cfg).PictureQP(of(false, 1000))
		if off := got - c.qp*fine; off < -fine*5/8 || off > fine*5/8 {
			t.Errorf("QCompress %d/256: QP %d/256, want %d", c.qCompress, got, c.qp)
		}
	}
}

// A greater rate factor never gives a finer quantiser, and over the whole range
// the quantiser follows it.
func TestQPFollowsCRF(t *testing.T) {
	for _, cost := range []int64{1, 40, 400} {
		before := sequence(with(fine), 12, cost)
		first := before
		for crf := fine + 64; crf <= 51*fine; crf += 64 {
			now := sequence(with(crf), 12, cost)
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
	cfg := with(23 * fine)
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
	cfg := with(23 * fine)
	c := ratecontrol.New(cfg)
	for range 10 {
		c.PictureQP(of(false, 20*blocks))
	}
	settled := sequence(cfg, 60, 500)[59]
	for i := range 60 {
		got := c.PictureQP(of(false, 500*blocks))
		if got > settled+fine {
			t.Errorf("picture %d after the change: QP %d/256, above %d/256 where it settles", i, got, settled)
		}
		if i > 40 && got < settled-fine {
			t.Errorf("picture %d after the change: QP %d/256, still below %d/256", i, got, settled)
		}
	}
}

// shaded is a picture whose macroblocks are flat at the left and busier with
// every column.
func shaded() *lookahead.Picture {
	p := lookahead.NewPictures(1, mbW, mbH, false)[0]
	p.Energy = make([]uint32, mbW*mbH)
	p.Half = picture.NewHalves(1, mbW, mbH)[0]
	luma := &p.Planes[0]
	for y := range luma.H {
		for x := range luma.W {
			luma.At(x, y)[0] = uint8(128 + (x*7+y*13)%16*(x/16)/2)
		}
	}
	p.MakeHalf(0, luma.H/16)
	for b := range p.Bands() {
		p.MeasureEnergy(nil, b)
	}
	p.Beside(nil, p)
	return p
}

// Macroblocks with more detail have a coarser quantiser and count less in the
// tree, more so with more strength; relative to the picture, the flat ones gain
// less.
func TestAdapt(t *testing.T) {
	spread := 0
	for _, strength := range []int{64, fine, 4 * fine} {
		p := shaded()
		ratecontrol.New(ratecontrol.Config{QP: 23 * fine, AQStrength: strength}).Adapt(p, 0, len(p.Offsets))
		for x := 1; x < mbW; x++ {
			if p.Offsets[x] < p.Offsets[x-1] || p.Weights[x] > p.Weights[x-1] {
				t.Fatalf("strength %d/256: offsets %v, weights %v", strength, p.Offsets[:mbW], p.Weights[:mbW])
			}
		}
		now := int(p.Offsets[mbW-1]) - int(p.Offsets[0])
		if p.Offsets[0] >= 0 || now <= spread {
			t.Errorf("strength %d/256: offsets %v", strength, p.Offsets[:mbW])
		}
		spread = now
		parts := shaded()
		for _, part := range [][2]int{{3, len(parts.Offsets)}, {0, 3}} {
			ratecontrol.New(ratecontrol.Config{QP: 23 * fine, AQStrength: strength}).Adapt(parts, part[0], part[1])
			if done := slices.Equal(parts.Offsets, p.Offsets); done != (part[0] == 0) {
				t.Fatalf("strength %d/256: macroblocks %d: offsets %v, of the whole %v", strength, part, parts.Offsets, p.Offsets)
			}
		}
		if !slices.Equal(parts.Weights, p.Weights) {
			t.Fatalf("strength %d/256: weights %v in parts, %v of the whole", strength, parts.Weights, p.Weights)
		}
	}
	p, q := shaded(), shaded()
	ratecontrol.New(ratecontrol.Config{AQStrength: fine}).Adapt(p, 0, len(p.Offsets))
	ratecontrol.New(ratecontrol.Config{AQStrength: fine, AQRelative: true}).Adapt(q, 0, len(q.Offsets))
	if q.Offsets[0] <= p.Offsets[0] || q.Offsets[mbW-1]-q.Offsets[0] != p.Offsets[mbW-1]-p.Offsets[0] {
		t.Errorf("relative offsets are %v, others %v", q.Offsets[:mbW], p.Offsets[:mbW])
	}
}

func TestNoAdaptation(t *testing.T) {
	p := shaded()
	p.Offsets[3] = 7
	ratecontrol.New(ratecontrol.Config{QP: 23 * fine}).Adapt(p, 0, len(p.Offsets))
	for i := range p.Offsets {
		if p.Offsets[i] != 0 || p.Weights[i] != fine {
			t.Fatalf("macroblock %d: offset %d, weight %d", i, p.Offsets[i], p.Weights[i])
		}
	}
}

// What later pictures inherit makes the quantiser finer: by strength for each
// doubling.
func TestAddTree(t *testing.T) {
	c := ratecontrol.New(ratecontrol.Config{QP: 23 * fine, QCompress: fine / 2, Tree: true})
	var window []*lookahead.Picture
	for i := range 8 {
		p := shaded()
		if i > 0 {
			p.Beside(window[i-1], p)
		}
		c.Adapt(p, 0, len(p.Offsets))
		window = append(window, p)
	}
	lookahead.Inherit(window, 1<<20)
	for n, doublings := range map[int]int{0: 3, 4: 2, 6: 1, 7: 0} {
		c.AddTree(window[n])
		want := -doublings * 5 * fine / 2
		for x := 1; x < mbW; x++ {
			if got := int(window[n].Offsets[x]); got < want-2 || got > want+2 {
				t.Errorf("picture %d, macroblock %d: offset %d, want %d", n, x, got, want)
			}
		}
	}
}

// Pictures that are shown for twice as long have a quantiser finer by the share
// of an octave that qcompress leaves.
func TestQPFollowsFrameTime(t *testing.T) {
	qp := func(frameTime, qcompress int) int {
		cfg := config
		cfg.QP, cfg.Tree, cfg.FrameTime, cfg.QCompress = 23*fine, true, frameTime, qcompress
		return sequence(cfg, 2, 10)[1]
	}
	for _, qcompress := range []int{0, fine / 2, fine} {
		want := 6 * (fine - qcompress)
		if got := qp(fine, qcompress) - qp(2*fine, qcompress); got != want {
			t.Errorf("qcompress %d/256: QP finer by %d/256 at half the rate, want %d", qcompress, got, want)
		}
	}
	if qp(100*fine, 0) < 0 || qp(0, 0) > 51*fine {
		t.Error("pictures shown for very long or short have no QP")
	}
}

func TestSliceQPIsTheMean(t *testing.T) {
	for _, test := range []struct {
		qp      int
		offsets []int16
		want    int
	}{
		{20 * fine, []int16{0, 0}, 20},
		{20*fine + 127, []int16{0}, 20},
		{20*fine + 128, []int16{0}, 21},
		{20 * fine, []int16{-4 * fine, 0, 0, 0}, 19},
		{0, []int16{-51 * fine}, 0},
		{51 * fine, []int16{20 * fine}, 51},
	} {
		if got := ratecontrol.SliceQP(test.qp, test.offsets); got != test.want {
			t.Errorf("QP %d/256 with offsets %v: slice QP %d, want %d", test.qp, test.offsets, got, test.want)
		}
	}
}

// The same pictures give the same quantisers, whatever another Controller does.
func TestControllersShareNothing(t *testing.T) {
	cfg := with(30 * fine)
	want := fmt.Sprint(sequence(cfg, 10, 77))
	a, b := ratecontrol.New(cfg), ratecontrol.New(cfg)
	var got []int
	for i := range 10 {
		got = append(got, a.PictureQP(of(i == 0, 77*blocks)))
		b.PictureQP(of(i == 0, 7700*blocks))
	}
	if fmt.Sprint(got) != want {
		t.Errorf("QP %v beside another, %v alone", got, want)
	}
}
