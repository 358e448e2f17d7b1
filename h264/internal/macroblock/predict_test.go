package macroblock_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/g264/g264/h264/internal/macroblock"
)

// part is a macroblock or sub-macroblock partition in luma samples, as tables
// 7-13 and 7-17 divide a macroblock.
type part struct {
	x, y, w, h     int
	mbPart, subMB  int // mbPartIdx and subMbPartIdx
	ref            int
	mvx, mvy       int
	place          macroblock.Partition
	directionalFor int // 168 and 816: the type of 8.4.1.3's special cases, else 0
}

// testMB is a macroblock as its list of partitions; none if it is intra.
type testMB struct {
	mb    macroblock.MB
	parts []part
}

// covering returns the partition that covers sample (x, y).
func (m *testMB) covering(x, y int) *part {
	for i := range m.parts {
		p := &m.parts[i]
		if x >= p.x && x < p.x+p.w && y >= p.y && y < p.y+p.h {
			return p
		}
	}
	return nil
}

func randomMB(rng *rand.Rand) *testMB {
	m := new(testMB)
	m.mb.Type = macroblock.Type(rng.IntN(8))
	if m.mb.Type.IsIntra() {
		m.mb.Ref = [4]int8{-1, -1, -1, -1}
		for i := range m.mb.I4Modes {
			m.mb.I4Modes[i] = uint8(rng.IntN(9))
		}
		return m
	}
	directional := 0
	switch m.mb.Type {
	case macroblock.P16x8:
		directional = 168
	case macroblock.P8x16:
		directional = 816
	}
	size := partitionSizes[m.mb.Type]
	for i, p := range macroblock.Partitions[m.mb.Type] {
		x, y := inverseRasterScan(i, size[0], size[1], 16)
		ref := rng.IntN(3)
		if m.mb.Type == macroblock.PSkip {
			ref = 0
		}
		if m.mb.Type != macroblock.P8x8 {
			m.parts = append(m.parts, part{x: x, y: y, w: size[0], h: size[1], mbPart: i, ref: ref, place: p, directionalFor: directional})
			continue
		}
		sub := macroblock.SubType(rng.IntN(4))
		m.mb.Sub[i] = sub
		for j, s := range macroblock.SubPartitions[sub] {
			subSize := subPartitionSizes[sub]
			dx, dy := inverseRasterScan(j, subSize[0], subSize[1], 8)
			m.parts = append(m.parts, part{x: x + dx, y: y + dy, w: subSize[0], h: subSize[1], mbPart: i, subMB: j, ref: ref, place: s.Within(i)})
		}
	}
	for i := range m.parts {
		p := &m.parts[i]
		p.mvx, p.mvy = rng.IntN(7)-3, rng.IntN(7)-3
		if rng.IntN(4) == 0 {
			p.mvx, p.mvy = 0, 0
		}
		if rng.IntN(16) == 0 {
			p.mvx, p.mvy = rng.IntN(16385)-8192, rng.IntN(4097)-2048
		}
		m.mb.SetRef(p.place, int8(p.ref))
		m.mb.SetMV(p.place, macroblock.MV{X: int16(p.mvx), Y: int16(p.mvy)})
	}
	return m
}

// around are the macroblocks mbAddrA to mbAddrD, nil where not available.
type around struct{ a, b, c, d *testMB }

func (n around) neighbours() (m macroblock.Neighbours) {
	at := func(t *testMB) *macroblock.MB {
		if t == nil {
			return nil
		}
		return &t.mb
	}
	return macroblock.Neighbours{A: at(n.a), B: at(n.b), C: at(n.c), D: at(n.d)}
}

// locate is table 6-3: the macroblock that covers luma location (x, y) relative
// to the current one, and the location in that.
func (n around) locate(current *testMB, x, y int) (m *testMB, xW, yW int) {
	xW, yW = (x+16)%16, (y+16)%16
	switch {
	case x < 0 && y < 0:
		return n.d, xW, yW
	case x < 0 && y <= 15:
		return n.a, xW, yW
	case x <= 15 && y < 0:
		return n.b, xW, yW
	case x <= 15 && y <= 15 && x >= 0 && y >= 0:
		return current, xW, yW
	case x > 15 && y < 0:
		return n.c, xW, yW
	}
	return nil, xW, yW
}

// motion is what clause 8.4.1.3.2 derives for a neighbouring partition.
type motion struct {
	available     bool
	ref, mvx, mvy int
}

func (n around) motionAt(current *testMB, now *part, x, y int) motion {
	m, xW, yW := n.locate(current, x, y)
	if m == nil {
		return motion{ref: -1}
	}
	p := m.covering(xW, yW)
	if p == nil { // intra
		return motion{available: true, ref: -1}
	}
	if m == current && (p.mbPart > now.mbPart || p.mbPart == now.mbPart && p.subMB > now.subMB) {
		return motion{ref: -1} // not yet decoded (clause 6.4.11.7)
	}
	return motion{true, p.ref, p.mvx, p.mvy}
}

// predictMV is clause 8.4.1.3 for partition p of current, word for word.
func (n around) predictMV(current *testMB, p *part) (x, y int) {
	a := n.motionAt(current, p, p.x-1, p.y)
	b := n.motionAt(current, p, p.x, p.y-1)
	c := n.motionAt(current, p, p.x+p.w, p.y-1)
	if !c.available {
		c = n.motionAt(current, p, p.x-1, p.y-1)
	}
	switch {
	case p.directionalFor == 168 && p.mbPart == 0 && b.ref == p.ref:
		return b.mvx, b.mvy
	case p.directionalFor == 168 && p.mbPart == 1 && a.ref == p.ref:
		return a.mvx, a.mvy
	case p.directionalFor == 816 && p.mbPart == 0 && a.ref == p.ref:
		return a.mvx, a.mvy
	case p.directionalFor == 816 && p.mbPart == 1 && c.ref == p.ref:
		return c.mvx, c.mvy
	}
	if !b.available && !c.available && a.available { // 8.4.1.3.1
		b, c = a, a
	}
	var same []motion
	for _, m := range []motion{a, b, c} {
		if m.ref == p.ref {
			same = append(same, m)
		}
	}
	if len(same) == 1 {
		return same[0].mvx, same[0].mvy
	}
	median := func(a, b, c int) int {
		v := []int{a, b, c}
		slices.Sort(v)
		return v[1]
	}
	return median(a.mvx, b.mvx, c.mvx), median(a.mvy, b.mvy, c.mvy)
}

func randomAround(rng *rand.Rand) (n around) {
	for _, m := range []**testMB{&n.a, &n.b, &n.c, &n.d} {
		if rng.IntN(5) > 0 {
			*m = randomMB(rng)
		}
	}
	return n
}

// Every partition's vector is predicted as clause 8.4.1.3 has it, from random
// neighbours, any of which may be missing or intra; partitions that come later
// in the macroblock are not looked at.
func TestPredictMV(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	tested := map[macroblock.Type]int{}
	for range 20000 {
		n, current := randomAround(rng), randomMB(rng)
		neighbours := n.neighbours()
		for i := range current.parts {
			p := &current.parts[i]
			x, y := n.predictMV(current, p)
			got := current.mb.PredictMV(&neighbours, p.place, int8(p.ref))
			if int(got.X) != x || int(got.Y) != y {
				t.Fatalf("type %d, partition %+v: %v, want (%d, %d)", current.mb.Type, *p, got, x, y)
			}
			tested[current.mb.Type]++
		}
	}
	for mbType := macroblock.PSkip; mbType <= macroblock.P8x8; mbType++ {
		if tested[mbType] == 0 {
			t.Errorf("no macroblock of type %d", mbType)
		}
	}
}

// TestSkipMV states clause 8.4.1.1.
func TestSkipMV(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 2))
	var zero, predicted int
	for range 20000 {
		n := randomAround(rng)
		skip := &testMB{mb: macroblock.MB{Type: macroblock.PSkip}}
		skip.parts = []part{{w: 16, h: 16, place: macroblock.Partitions[macroblock.PSkip][0]}}
		p := &skip.parts[0]
		a, b := n.motionAt(skip, p, -1, 0), n.motionAt(skip, p, 0, -1)
		still := func(m motion) bool { return m.ref == 0 && m.mvx == 0 && m.mvy == 0 }
		x, y := 0, 0
		if a.available && b.available && !still(a) && !still(b) {
			x, y = n.predictMV(skip, p)
			predicted++
		} else {
			zero++
		}
		neighbours := n.neighbours()
		if got := skip.mb.SkipMV(&neighbours); int(got.X) != x || int(got.Y) != y {
			t.Fatalf("SkipMV %v, want (%d, %d); A %+v, B %+v", got, x, y, a, b)
		}
	}
	if zero == 0 || predicted == 0 {
		t.Errorf("%d zero and %d predicted vectors", zero, predicted)
	}
}

// A partition's vector and reference are those of all blocks and quadrants that
// it covers, and of no others.
func TestSetMVAndSetRef(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for range 500 {
		m := randomMB(rng)
		if m.mb.Type.IsIntra() {
			continue
		}
		for raster := range 16 {
			p := m.covering(raster%4*4, raster/4*4)
			if want := (macroblock.MV{X: int16(p.mvx), Y: int16(p.mvy)}); m.mb.MV[raster] != want {
				t.Fatalf("type %d: vector of block %d is %v, want %v", m.mb.Type, raster, m.mb.MV[raster], want)
			}
			if got := m.mb.Ref[raster/8*2+raster%4/2]; int(got) != p.ref {
				t.Fatalf("type %d: reference of block %d is %d, want %d", m.mb.Type, raster, got, p.ref)
			}
		}
	}
}

// A P_Skip has its vector everywhere, and nothing of what was there before.
func TestSetSkip(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 9))
	for _, mv := range []macroblock.MV{{}, {X: 4}, {Y: -8}, {X: -3, Y: 5}} {
		mb := randomMB(rng).mb
		mb.CBP, mb.TotalCoeff[0][3], mb.Transform8x8 = 15, 2, true
		want := macroblock.MB{Type: macroblock.PSkip, QP: 30}
		for i := range want.MV {
			want.MV[i] = mv
		}
		if mb.SetSkip(30, mv); mb != want {
			t.Errorf("P_Skip with vector %v: %+v", mv, mb)
		}
	}
}

// TestNC states clause 9.2.1 with the neighbouring blocks of clauses 6.4.11.4
// and 6.4.11.5, for luma (and chroma of 4:4:4) and for chroma of 4:2:0.
func TestNC(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for range 2000 {
		current, n := randomMB(rng), randomAround(rng)
		for _, m := range []*testMB{current, n.a, n.b, n.c, n.d} {
			if m != nil {
				for p := range m.mb.TotalCoeff {
					for i := range m.mb.TotalCoeff[p] {
						m.mb.TotalCoeff[p][i] = uint8(rng.IntN(17))
					}
				}
			}
		}
		neighbours := n.neighbours()
		for _, blocks := range []int{4, 2} { // a side of the plane
			size := blocks * 4
			// total is total_coeff of the block that covers (x, y) in samples of the plane.
			total := func(p, x, y int) (coeffs int, available bool) {
				m := current
				switch {
				case x < 0:
					m = n.a
				case y < 0:
					m = n.b
				}
				if m == nil {
					return 0, false
				}
				x, y = (x+size)%size, (y+size)%size
				return int(m.mb.TotalCoeff[p][y/4*blocks+x/4]), true
			}
			for i := range blocks * blocks {
				p := rng.IntN(3)
				x, y := inverseRasterScan(i, 4, 4, size)
				nA, availableA := total(p, x-1, y)
				nB, availableB := total(p, x, y-1)
				want := nA + nB
				if availableA && availableB {
					want = (nA + nB + 1) >> 1
				}
				if got := current.mb.NC(&neighbours, p, x/4, y/4, blocks); got != want {
					t.Fatalf("plane %d of %dx%d blocks, block %d: nC %d, want %d", p, blocks, blocks, i, got, want)
				}
			}
		}
	}
}

// TestI4Predictor states clause 8.3.1.1.
func TestI4Predictor(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	for range 5000 {
		n, current := randomAround(rng), randomMB(rng)
		current.mb.Type = macroblock.I4x4
		neighbours := n.neighbours()
		for blkIdx := range 16 {
			x, y := blockOrigin(blkIdx)
			mode := func(x, y int) (mode int, available bool) {
				m, xW, yW := n.locate(current, x, y)
				switch {
				case m == nil:
					return 2, false
				case m.mb.Type != macroblock.I4x4:
					return 2, true
				}
				xN, yN := blockOrigin(blockAt(xW, yW))
				return int(m.mb.I4Modes[yN/4*4+xN/4]), true
			}
			modeA, availableA := mode(x-1, y)
			modeB, availableB := mode(x, y-1)
			if !availableA || !availableB { // dcPredModePredictedFlag
				modeA, modeB = 2, 2
			}
			if got := current.mb.I4Predictor(&neighbours, x/4, y/4); int(got) != min(modeA, modeB) {
				t.Fatalf("block %d: %d, want the less of %d and %d", blkIdx, got, modeA, modeB)
			}
		}
	}
}
