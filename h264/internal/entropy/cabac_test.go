package entropy

import (
	"math/rand"
	"testing"

	"github.com/g264/g264/h264/internal/bits"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/internal/dsp"
)

// What macroblocks cost, with states that follow them, sums to the size of the
// slice; to ask changes nothing.
func TestCABACCostSumsToSize(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	for kind := range 8 {
		p := newPicture(rng, pictureOptions{
			width: 12, height: 8, chroma444: kind&1 == 1, pSlice: kind&2 == 2, transform8x8: kind&4 == 4, cabac: true,
			numRefIdx: 3, maxLevel: 50, maxMV: 40, slices: 1,
		})
		var w bits.Writer
		p.write(p.coder(), &w, 0)
		c := NewCABAC(p.chroma444)
		c.BeginSlice(nil, p.slice)
		sum := 0
		for i := range p.mbs {
			m := &p.mbs[i]
			before := *c
			var after After
			cost := c.Cost(&m.mb, &m.n, &m.res, &after)
			if before.own != c.own || before.qp != c.qp || before.qpChanged != c.qpChanged {
				t.Fatalf("Cost of macroblock %d changes states", i)
			}
			if again := c.Cost(&m.mb, &m.n, &m.res, &after); again != cost {
				t.Fatalf("macroblock %d costs %d, then %d", i, cost, again)
			}
			sum += cost
			head := c.HeadCost(&m.mb, &m.n)
			if head > cost || (head == cost) == m.mb.CarriesQP() {
				t.Fatalf("macroblock %d costs %d, without residual %d", i, cost, head)
			}
			if before.own != c.own || before.qp != c.qp || before.qpChanged != c.qpChanged {
				t.Fatalf("HeadCost of macroblock %d changes states", i)
			}
			c.Learn(&m.mb, &m.n, &m.res)
			learnt := *c
			c.own, c.qp, c.qpChanged = before.own, before.qp, before.qpChanged
			c.Follow(&after)
			if c.own != learnt.own || c.qp != learnt.qp || c.qpChanged != learnt.qpChanged {
				t.Fatalf("Cost and Learn don't agree on what macroblock %d leaves", i)
			}
		}
		if size := w.Len(); sum>>8 < size-size/100 || sum>>8 > size+size/100 {
			t.Errorf("%d: macroblocks cost %d bits, the slice has %d", kind, sum>>8, size)
		}
	}
}

// Blocks whose bins have a context each cost what counting them says.
func TestBlockCosts(t *testing.T) {
	rng := rand.New(rand.NewSource(2))
	full, sub := NewCABAC(true), NewCABAC(false)
	full.BeginSlice(nil, Slice{QP: 30})
	sub.BeginSlice(nil, Slice{QP: 30})
	for range 200 {
		c := full
		for i := range c.states {
			c.states[i] = uint8(rng.Intn(126))
		}
		states := c.own
		*sub.States() = states
		for _, kind := range []BlockKind{BlockAC16, Block4x4, Block8x8, BlockChromaDC} {
			p := rng.Intn(3)
			if kind == BlockChromaDC {
				c = sub
			}
			var costs BlockCosts
			c.BlockCosts(&costs, kind, p)
			level := int16(rng.Intn(4) - 2)
			var r macroblock.Residual
			mb := macroblock.MB{CBP: 15, Type: macroblock.I16x16}
			mb.Transform8x8 = kind == Block8x8
			var n macroblock.Neighbours
			c.cost = 0
			got := 0
			switch kind {
			case Block8x8:
				at := rng.Intn(4) // the first positions share no context
				r.Level[p][at&3][at>>2] = level
				if level != 0 {
					mb.TotalCoeff[p][0] = 1
				}
				got = costs.Block8((*[4][16]int16)(r.Level[p][:4]), CodedContext8(&mb, &n, p, 0))
				c.block8(&mb, &n, &r, p, 0)
			case BlockChromaDC:
				mb = macroblock.MB{CBP: 1 << 4, Type: macroblock.P16x16}
				n.A = &macroblock.MB{CodedDC: 1 << 2} // so that both have a context each
				r.DC[1][rng.Intn(4)] = level
				got = costs.Levels(&r.DC[1], 0, 4, CodedContextDC(&mb, &n, 1)) + costs.Levels(&r.DC[2], 0, 4, CodedContextDC(&mb, &n, 2))
				c.residual(&mb, &n, &r)
			default:
				start := uint(0)
				if kind == BlockAC16 {
					start = 1
				}
				r.Level[p][0][start+uint(rng.Intn(int(16-start)))] = level
				if level != 0 {
					mb.TotalCoeff[p][0] = 1
				}
				got = costs.Levels(&r.Level[p][0], start, 16-start, CodedContext(&mb, &n, p, 0, 0, 4))
				coded := CodedAround(&mb, &n, p, 4).CodedWithin(&mb, p, 4)
				c.block4(&r.Level[p][0], start, levelSet(&r.Level[p][0], start, 16-start), coded, CodedPlace(0, 0), &blockContexts[planeCats[p][kind]])
			}
			if c.settle(); got != c.cost {
				t.Fatalf("kind %d, plane %d, level %d: cost %d, want %d", kind, p, level, got, c.cost)
			}
			c.own = states
		}
	}
}

// CodedBlocks says of all blocks what CodedContext says of each.
func TestCodedBlocks(t *testing.T) {
	rng := rand.New(rand.NewSource(4))
	for range 500 {
		random := func() *macroblock.MB {
			mb := &macroblock.MB{Type: macroblock.Type(rng.Intn(int(macroblock.IPCM) + 1))}
			for p := range mb.TotalCoeff {
				for i := range mb.TotalCoeff[p] {
					mb.TotalCoeff[p][i] = uint8(max(0, rng.Intn(130)-65))
				}
			}
			return mb
		}
		mb, n := random(), macroblock.Neighbours{}
		if rng.Intn(3) > 0 {
			n.A = random()
		}
		if rng.Intn(3) > 0 {
			n.B = random()
		}
		for p := range mb.TotalCoeff {
			for _, width := range [2]int{2, 4} {
				coded := CodedAround(mb, &n, p, width).CodedWithin(mb, p, width)
				costs, sums := [4]int64{1, 100, 10000, 1000000}, [4]int64{}
				for i := range width * width {
					x, y := i%width, i/width
					if got, want := coded.Context(CodedPlace(x, y)), CodedContext(mb, &n, p, x, y, width); got != want {
						t.Fatalf("block (%d, %d) of plane %d, %d wide: context %d, want %d", x, y, p, width, got, want)
					}
					sums[x>>1|y>>1<<1] += costs[coded.Context(CodedPlace(x, y))]
					if (coded>>CodedPlace(x, y)&1 != 0) != (mb.TotalCoeff[p][i] != 0) {
						t.Fatalf("block (%d, %d) of plane %d, %d wide: not as its count", x, y, p, width)
					}
				}
				for quad, want := range sums[:width*width/4] {
					if got := coded.Sum(quad, &costs); got != want {
						t.Fatalf("quadrant %d of plane %d, %d wide: sum %d, want %d", quad, p, width, got, want)
					}
				}
			}
		}
	}
}

// Level counts what level codes, for all magnitudes, where states hardly move.
func TestLevelCosts(t *testing.T) {
	c := NewCABAC(false)
	c.BeginSlice(nil, Slice{QP: 30})
	for i := range c.states {
		c.states[i] = 2*62 + 1 // stays with its MPS, 1
	}
	c.states[ctxNothing] = nothingState
	var costs BlockCosts
	c.BlockCosts(&costs, Block4x4, 0)
	for magnitude := uint32(15); magnitude < 30000; magnitude = magnitude*5/4 + 1 {
		c.cost = 0
		node := c.level(-int16(magnitude), 0, &blockContexts[2], 16)
		c.settle()
		if got := costs.Level(0, magnitude); got != c.cost {
			t.Errorf("magnitude %d: cost %d, want %d", magnitude, got, c.cost)
		}
		if next := dsp.NextNode(0, magnitude); next != node {
			t.Errorf("magnitude %d: node %d, want %d", magnitude, next, node)
		}
	}
}

// Carries run through bytes that are all ones: the most extreme decisions in
// every order decode.
func TestCarries(t *testing.T) {
	rng := rand.New(rand.NewSource(3))
	for round := range 300 {
		b := binCoder{states: &Contexts{ctxNothing: nothingState}}
		b.start()
		var want []uint8
		least := rng.Intn(100)
		for range 2000 {
			v := uint8(0)
			if rng.Intn(100) < least {
				v = 1
			}
			want = append(want, v)
			if round&1 == 0 {
				b.bypass(uint64(v), 1)
			} else {
				b.bin(5, v)
			}
			if rng.Intn(100) == 0 || b.waiting > settleAbove {
				b.settle()
			}
		}
		b.terminate()
		d := newCABACDecoder(decoder{reader: reader{data: b.buf}})
		d.pState[5], d.valMPS[5] = 0, 0
		d.initialise()
		for i, v := range want {
			got := 0
			if round&1 == 0 {
				got = d.bypassed()
			} else {
				got = d.decision(5)
			}
			if got != int(v) {
				t.Fatalf("round %d: bin %d is %d, want %d", round, i, got, v)
			}
		}
	}
}

// A slice of many bins in few bytes, as of blocks whose only level is the last,
// ends in words of zeros; other slices do not.
func TestZeroWords(t *testing.T) {
	for _, level := range []int16{0, 1} {
		p := &testPicture{width: 20, cabac: true, slice: Slice{QP: 30, Transform8x8: true}, firsts: []int{0}, mbs: make([]codedMB, 300)}
		for i := range p.mbs {
			m := &p.mbs[i]
			m.mb = macroblock.MB{Type: macroblock.I4x4, QP: 30, CBP: 15 * uint8(level)}
			m.mb.Transform8x8, m.mb.Ref = true, [4]int8{-1, -1, -1, -1}
			for k := range m.mb.I4Modes {
				m.mb.I4Modes[k] = macroblock.I4DC
				m.mb.TotalCoeff[0][k] = uint8(level)
			}
			for q := range 4 {
				m.res.Level[0][4*q+3][15] = level
			}
			m.n = p.neighbours(i, 0)
		}
		var w bits.Writer
		c := NewCABAC(false)
		p.write(c, &w, 0)
		data := w.Bytes()
		zeros := 0
		for zeros < len(data) && data[len(data)-1-zeros] == 0 {
			zeros++
		}
		if level == 0 {
			if zeros != 0 {
				t.Errorf("%d bytes of zeros, want none", zeros)
			}
			continue
		}
		// NAL bytes have an emulation prevention byte for each word.
		size, bound := len(data)+zeros/2, 8*384*len(p.mbs)/32
		if zeros == 0 || zeros%2 != 0 || 3*(c.bins-bound) > 32*size || 3*(c.bins-bound) <= 32*(size-3) {
			t.Errorf("%d bins in %d bytes, %d of zeros", c.bins, size, zeros)
		}
	}
}
