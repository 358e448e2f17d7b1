package dsp

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// alphas and betas are table 8-16's columns.
var (
	alphas = [...]int{0, 4, 5, 6, 7, 8, 9, 10, 12, 13, 15, 17, 20, 22, 25, 28, 32, 36, 40, 45, 50, 56, 63, 71, 80, 90, 101, 113, 127, 144, 162, 182, 203, 226, 255, 255}
	betas  = [...]int{0, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15, 16, 16, 17, 17, 18}
)

// rowCase is a row of macroblocks in a small picture, of size x size units of pair samples each.
type rowCase struct {
	p           []uint8
	off, stride int
	size, pair  int
	list        []Strengths
	limits      []Limits
}

func randomLimit(r *rand.Rand) (l Limit) {
	k := r.IntN(len(alphas))
	l = Limit{Alpha: uint8(alphas[k]), Beta: uint8(betas[r.IntN(len(betas))]), TC0: [4]int8{-1}}
	for bS := 1; bS < 4; bS++ {
		l.TC0[bS] = int8(r.IntN(26))
	}
	return l
}

// randomEdges are strengths of one direction.
func randomEdges(r *rand.Rand) (bS [4][4]uint8) {
	for e := range bS {
		switch kind := r.IntN(6); kind {
		case 0:
		case 1:
			bS[e] = [4]uint8{4, 4, 4, 4}
		case 2:
			bS[e] = [4]uint8{3, 3, 3, 3}
		default:
			for k := range bS[e] {
				bS[e][k] = uint8(r.IntN(4))
			}
		}
	}
	return bS
}

// randomList is some macroblocks of a row.
func randomList(r *rand.Rand) (list []Strengths) {
	for x := range 1 + r.IntN(4) {
		if r.IntN(4) > 0 {
			list = append(list, Strengths{Columns: randomEdges(r), Rows: randomEdges(r), X: uint32(x)})
		}
	}
	return list
}

// randomRow makes a row of macroblocks of size x size units of pair samples, with content of the given kind and steps of
// about alpha at its edges, to be filtered as list says. The buffer ends where the filters' reach ends.
func randomRow(r *rand.Rand, kind int, list []Strengths, size, pair int) rowCase {
	c := rowCase{list: list, size: size, pair: pair}
	last := 0
	for i := range c.list {
		c.limits = append(c.limits, Limits{Left: randomLimit(r), Inner: randomLimit(r), Above: randomLimit(r)})
		last = int(c.list[i].X)
	}
	c.stride = 16*last + 16 + 4 + r.IntN(9)
	c.off = size / 4 * c.stride
	c.p = guarded(c.off + (size-1)*c.stride + 16*last + 16)
	fill(r, kind, c.p)
	c.edges(func(_ uint8, l *Limit, at, across int) {
		if r.IntN(8) > 0 {
			c.p[at] = uint8(refClip(0, 255, int(c.p[at-across])+r.IntN(int(l.Alpha)+2)-int(l.Alpha)/2))
		}
	})
	return c
}

// edges calls f in order for each sample q0 of each edge that may be filtered, with its strength and limit, the sample's
// place and the step across the edge.
func (c *rowCase) edges(f func(bS uint8, l *Limit, at, across int)) {
	for i, s := range c.list {
		l := &c.limits[i]
		c.edgesOf(s.Columns, &l.Left, &l.Inner, c.off+16*int(s.X), c.pair, c.stride, f)
		c.edgesOf(s.Rows, &l.Above, &l.Inner, c.off+16*int(s.X), c.stride, c.pair, f)
	}
}

// edgesOf is edges of one direction in the macroblock at p[at]. Those of chroma lie on every other one of luma.
func (c *rowCase) edgesOf(edges [4][4]uint8, outer, inner *Limit, at, across, along int, f func(bS uint8, l *Limit, at, across int)) {
	for e := 0; e < 4; e += 16 / c.size {
		l := inner
		if e == 0 {
			l = outer
		}
		for k := range c.size {
			for component := range c.pair {
				f(edges[e][4*k/c.size], l, at+e*c.size/4*across+k*along+component, across)
			}
		}
	}
}

// want filters the row sample by sample.
func (c *rowCase) want() []uint8 {
	p := clone(c.p)
	c.edges(func(bS uint8, l *Limit, at, across int) {
		if bS != 0 && l.Alpha != 0 {
			refDeblock(p, at, across, int(bS), int(l.Alpha), int(l.Beta), int(l.TC0[bS&3]), c.pair == 2)
		}
	})
	return p
}

// plane is the row as Deblock takes it.
func (c *rowCase) plane() EdgePlane {
	return EdgePlane{Pix: c.p, Off: c.off, Stride: c.stride, Limits: c.limits}
}

// checkRows has a plane of luma alone, of chroma alone, and three and one together filtered.
func checkRows(t *testing.T, r *rand.Rand, kind int) {
	t.Helper()
	c := randomRow(r, kind, randomList(r), 16, 1)
	c.check(t, "luma", func() { Deblock(c.list, []EdgePlane{c.plane()}, nil) })
	c = randomRow(r, kind, randomList(r), 8, 2)
	c.check(t, "chroma", func() {
		p := c.plane()
		Deblock(c.list, nil, &p)
	})
	list := randomList(r)
	var all [4]rowCase
	for i := range all {
		size, pair := 16, 1
		if i == 3 {
			size, pair = 8, 2
		}
		all[i] = randomRow(r, kind, list, size, pair)
	}
	for i := range all {
		others := all
		for k := range others {
			others[k].p = clone(others[k].p)
		}
		others[i].p = all[i].p
		all[i].check(t, "four planes", func() {
			p := others[3].plane()
			Deblock(list, []EdgePlane{others[0].plane(), others[1].plane(), others[2].plane()}, &p)
		})
	}
}

// check has the row filtered in both forms.
func (c *rowCase) check(t *testing.T, what string, filter func()) {
	t.Helper()
	want := c.want()
	twins(t, what, func() []int {
		filter()
		return nil
	}, c.p)
	checkPlane(t, what, c.p, want)
}

func TestDeblock(t *testing.T) {
	r := newRand(t)
	for i := range 4000 {
		checkRows(t, r, i)
	}
}

// Nothing is filtered where strengths or thresholds are zero.
func TestDeblockLeavesAlone(t *testing.T) {
	r := newRand(t)
	none, strong, normal := [4][4]uint8{}, [4][4]uint8{}, [4][4]uint8{}
	for e := range 4 {
		strong[e], normal[e] = [4]uint8{4, 4, 4, 4}, [4]uint8{1, 2, 3, 1}
	}
	filters := Limit{Alpha: 255, Beta: 18, TC0: [4]int8{-1, 9, 9, 9}}
	for i, c := range []struct {
		edges [4][4]uint8
		limit Limit
	}{
		{none, filters}, {normal, Limit{Beta: 18, TC0: filters.TC0}}, {strong, Limit{Beta: 18}},
		{normal, Limit{Alpha: 255, TC0: filters.TC0}}, {strong, Limit{Alpha: 255}},
	} {
		list, limits := []Strengths{{Columns: c.edges, Rows: c.edges}}, []Limits{{c.limit, c.limit, c.limit}}
		for range 100 {
			p := guarded(20 * 40)
			fill(r, 2, p)
			before := clone(p)
			twins(t, "no edges", func() []int {
				plane := EdgePlane{p, 4*40 + 4, 40, limits}
				Deblock(list, []EdgePlane{plane}, &plane)
				return []int{i}
			}, p)
			checkPlane(t, "no edges", p, before)
		}
	}
}

// Rows that reach out of the plane panic, in both forms.
func TestDeblockRefuses(t *testing.T) {
	list := []Strengths{{X: 1}, {X: 2}, {X: 0}}
	p, limits := make([]uint8, 20*64), make([]Limits, len(list))
	for _, f := range []struct {
		name    string
		deblock func(list []Strengths, p EdgePlane)
		h       int
	}{
		{"luma", func(list []Strengths, p EdgePlane) { Deblock(list, []EdgePlane{p}, nil) }, 16},
		{"chroma", func(list []Strengths, p EdgePlane) { Deblock(list, nil, &p) }, 8},
	} {
		first, end := f.h/4*64, f.h/4*64+(f.h-1)*64+48
		for _, c := range []struct {
			what   string
			panics bool
			list   []Strengths
			plane  EdgePlane
		}{
			{"a row that fits", false, list, EdgePlane{p[:end], first, 64, limits}},
			{"one too short at the end", true, list, EdgePlane{p[:end-1], first, 64, limits}},
			{"one too short at the beginning", true, list, EdgePlane{p, first - 1, 64, limits}},
			{"limits of fewer macroblocks", true, list, EdgePlane{p, first, 64, limits[:2]}},
			{"a macroblock far off", true, []Strengths{{X: 1 << 20}}, EdgePlane{p, first, 64, limits}},
			{"one at a place that overflows 32 bits", true, []Strengths{{X: 1 << 28}}, EdgePlane{p, first, 64, limits}},
			{"one at a place that is negative in 32 bits", true, []Strengths{{X: 1 << 31}}, EdgePlane{p, first, 64, limits}},
		} {
			call := func() { f.deblock(c.list, c.plane) }
			if got := panics(call); got != c.panics {
				t.Errorf("%s, %s: panics %v, want %v", f.name, c.what, got, c.panics)
			}
			portably(func() {
				if got := panics(call); got != c.panics {
					t.Errorf("%s, %s, portable form: panics %v, want %v", f.name, c.what, got, c.panics)
				}
			})
		}
	}
	if !panics(func() { Deblock(list, make([]EdgePlane, 4), nil) }) {
		t.Error("four planes: no panic")
	}
}

func FuzzDeblock(f *testing.F) {
	f.Add(uint8(0), uint64(1))
	f.Add(uint8(3), uint64(2))
	f.Fuzz(func(t *testing.T, kind uint8, seed uint64) {
		checkRows(t, rand.New(rand.NewPCG(seed, 4)), int(kind))
	})
}

// BenchmarkDeblock times the edges of a macroblock where all samples are filtered (flat), about half are (mixed), and none
// is (sharp), and where only those between macroblocks are (outer).
func BenchmarkDeblock(b *testing.B) {
	const stride, width = 320, 16
	for _, c := range []struct {
		name        string
		noise, step int
	}{{"flat", 3, 4}, {"mixed", 16, 8}, {"sharp", 3, 120}, {"outer", 3, 4}} {
		r := rand.New(rand.NewPCG(9, 9))
		fresh := make([]uint8, stride*20)
		for i := range fresh {
			fresh[i] = uint8(100 + r.IntN(c.noise) + c.step*((i/4+i/stride/4)&1))
		}
		p := clone(fresh)
		for _, bS := range []uint8{2, 4} {
			l := Limit{Alpha: 25, Beta: 7, TC0: [4]int8{-1, 1, 1, 2}}
			var list []Strengths
			var limits []Limits
			for x := range width {
				s := Strengths{X: uint32(x)}
				for e := range 4 {
					if e == 0 || c.name != "outer" {
						s.Columns[e], s.Rows[e] = [4]uint8{bS, bS, bS, bS}, [4]uint8{bS, bS, bS, bS}
					}
				}
				list, limits = append(list, s), append(limits, Limits{l, l, l})
			}
			plane := EdgePlane{p, 4*stride + 8, stride, limits}
			for _, f := range []struct {
				name   string
				luma   []EdgePlane
				chroma *EdgePlane
			}{{"luma", []EdgePlane{plane}, nil}, {"chroma", nil, &plane}, {"420", []EdgePlane{plane}, &plane}} {
				benchTwins(b, fmt.Sprintf("%s/%s/bS%d", f.name, c.name, bS), func(n int) {
					for i := 0; i < n; i += width {
						if i/width&7 == 0 {
							copy(p, fresh)
						}
						Deblock(list, f.luma, f.chroma)
					}
				})
			}
		}
	}
}
