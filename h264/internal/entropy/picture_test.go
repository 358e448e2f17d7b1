package entropy

import (
	"math/rand"

	"github.com/g264/g264/h264/internal/macroblock"
)

// codedMB is a random macroblock: as the coder gets it, with noise where it
// must not look, and the residual that a decoder must find.
type codedMB struct {
	mb        macroblock.MB
	res, want macroblock.Residual
	n         macroblock.Neighbours
}

// testPicture is a picture of random macroblocks that a decoder accepts: their
// prediction modes use what is available only.
type testPicture struct {
	width     int // in macroblocks
	chroma444 bool
	cabac     bool
	slice     Slice
	firsts    []int // addresses at which slices begin, ascending from 0
	mbs       []codedMB
}

// pictureOptions says what newPicture may put into a picture.
type pictureOptions struct {
	width, height     int
	chroma444, pSlice bool
	cabac             bool
	transform8x8      bool
	initIDC           uint8
	numRefIdx         int
	maxLevel          int // largest magnitude of levels
	maxMV             int // largest magnitude of vector components
	slices            int
}

func newPicture(rng *rand.Rand, o pictureOptions) *testPicture {
	p := &testPicture{
		width: o.width, chroma444: o.chroma444, cabac: o.cabac,
		slice: Slice{
			P: o.pSlice, NumRefIdx: o.numRefIdx, QP: rng.Intn(52), CABACInitIDC: o.initIDC, Transform8x8: o.transform8x8,
		},
		mbs: make([]codedMB, o.width*o.height),
	}
	first := 0
	for s := range o.slices {
		p.firsts = append(p.firsts, first)
		end := len(p.mbs)
		if s < o.slices-1 {
			end = first + 1 + rng.Intn(len(p.mbs)-first-(o.slices-1-s))
		}
		qp := p.slice.QP
		for addr := first; addr < end; addr++ {
			m := &p.mbs[addr]
			m.n = p.neighbours(addr, first)
			randomMB(rng, m, &o, qp)
			if o.cabac {
				m.mb.SetContexts(&m.n, &m.res, o.chroma444)
			}
			qp = int(m.mb.QP)
		}
		first = end
	}
	return p
}

// end is the address behind slice s.
func (p *testPicture) end(s int) int {
	if s+1 < len(p.firsts) {
		return p.firsts[s+1]
	}
	return len(p.mbs)
}

func (p *testPicture) neighbours(addr, first int) macroblock.Neighbours {
	x := addr % p.width
	at := func(a int, within bool) *macroblock.MB {
		if a < first || !within {
			return nil
		}
		return &p.mbs[a].mb
	}
	return macroblock.Neighbours{
		A: at(addr-1, x > 0), B: at(addr-p.width, true),
		C: at(addr-p.width+1, x < p.width-1), D: at(addr-p.width-1, x > 0),
	}
}

func randomMB(rng *rand.Rand, m *codedMB, o *pictureOptions, qp int) {
	mb := &m.mb
	intra := []macroblock.Type{macroblock.I4x4, macroblock.I4x4, macroblock.I16x16, macroblock.I16x16, macroblock.IPCM}
	inter := []macroblock.Type{macroblock.PSkip, macroblock.PSkip, macroblock.PSkip, macroblock.P16x16,
		macroblock.P16x8, macroblock.P8x16, macroblock.P8x8, macroblock.P8x8}
	mb.QP = int8(qp)
	mb.Type = intra[rng.Intn(len(intra))]
	if o.pSlice && rng.Intn(4) > 0 {
		mb.Type = inter[rng.Intn(len(inter))]
	}
	for p := range m.res.Level {
		for i := range m.res.Level[p] {
			for k := range m.res.Level[p][i] {
				m.res.Level[p][i][k] = int16(rng.Int()) // noise, where nothing else comes
			}
		}
	}
	if mb.Type == macroblock.IPCM {
		mb.Ref = [4]int8{-1, -1, -1, -1}
		randomPCM(rng, m, o.chroma444)
		return
	}
	if mb.Type.IsIntra() {
		mb.Ref = [4]int8{-1, -1, -1, -1}
		mb.Transform8x8 = mb.Type == macroblock.I4x4 && o.transform8x8 && rng.Intn(2) == 0
		randomModes(rng, m, o.chroma444)
	} else {
		randomMotion(rng, m, o)
	}
	if mb.Type != macroblock.PSkip {
		randomResidual(rng, m, o)
	}
}

func randomPCM(rng *rand.Rand, m *codedMB, chroma444 bool) {
	for p := range m.res.Level {
		size := 256
		if p > 0 && !chroma444 {
			size = 64
		}
		for i := range size {
			v := int16(rng.Intn(256))
			*m.res.PCM(p, i), *m.want.PCM(p, i) = v, v
		}
		for i := range size / 16 {
			m.mb.TotalCoeff[p][i] = 16
		}
	}
}

// pick returns one of the modes whose samples are available; need holds bit 0
// for A, 1 for B and 2 for D.
func pick(rng *rand.Rand, need []int, have int) uint8 {
	for {
		if mode := rng.Intn(len(need)); need[mode]&^have == 0 {
			return uint8(mode)
		}
	}
}

func randomModes(rng *rand.Rand, m *codedMB, chroma444 bool) {
	mb := &m.mb
	have := func(a, b, d bool) int {
		set := 0
		for i, available := range []bool{a, b, d} {
			if available {
				set |= 1 << i
			}
		}
		return set
	}
	whole := have(m.n.A != nil, m.n.B != nil, m.n.D != nil)
	if !chroma444 {
		mb.ChromaMode = pick(rng, []int{0, 1, 2, 7}, whole)
	}
	if mb.Type == macroblock.I16x16 {
		mb.I16Mode = pick(rng, []int{2, 1, 0, 7}, whole)
		return
	}
	for i := range 16 {
		x, y := scan4x4(i)
		if mb.Transform8x8 && i&3 != 0 {
			mb.I4Modes[4*y+x] = mb.I4Modes[y&2*4+x&2]
			continue
		}
		a, b := x > 0 || m.n.A != nil, y > 0 || m.n.B != nil
		d := a && b
		if x == 0 && y == 0 {
			d = m.n.D != nil
		}
		mode := mb.I4Predictor(&m.n, x, y)
		if rng.Intn(2) == 0 {
			mode = pick(rng, []int{2, 1, 0, 2, 7, 7, 7, 2, 1}, have(a, b, d))
		}
		mb.I4Modes[4*y+x] = mode
	}
	// The predicted mode may need samples that are not there: start over.
	for i := range 16 {
		x, y := scan4x4(i)
		if mb.Transform8x8 && i&3 != 0 {
			continue
		}
		needs := []int{2, 1, 0, 2, 7, 7, 7, 2, 1}[mb.I4Modes[4*y+x]]
		a, b := x > 0 || m.n.A != nil, y > 0 || m.n.B != nil
		d := a && b
		if x == 0 && y == 0 {
			d = m.n.D != nil
		}
		if needs&^have(a, b, d) != 0 {
			randomModes(rng, m, chroma444)
			return
		}
	}
}

func randomMotion(rng *rand.Rand, m *codedMB, o *pictureOptions) {
	mb := &m.mb
	if mb.Type == macroblock.PSkip {
		mv := mb.SkipMV(&m.n)
		for i := range mb.MV {
			mb.MV[i] = mv
		}
		return
	}
	small := rng.Intn(2) == 0 // vectors that often agree, zero included
	component := func() int16 {
		if small {
			return int16(rng.Intn(3) - 1)
		}
		return int16(rng.Intn(2*o.maxMV+1) - o.maxMV)
	}
	fill := func(p macroblock.Partition) {
		mv := macroblock.MV{X: component(), Y: component()}
		for y := p.Y; y < p.Y+p.H; y++ {
			for x := p.X; x < p.X+p.W; x++ {
				mb.MV[4*y+x] = mv
			}
		}
	}
	for q, p := range macroblock.Partitions[mb.Type] {
		ref := int8(rng.Intn(o.numRefIdx))
		for y := p.Y / 2; y < (p.Y+p.H)/2; y++ {
			for x := p.X / 2; x < (p.X+p.W)/2; x++ {
				mb.Ref[2*y+x] = ref
			}
		}
		if mb.Type != macroblock.P8x8 {
			fill(p)
			continue
		}
		mb.Sub[q] = macroblock.SubType(rng.Intn(4))
		for _, s := range macroblock.SubPartitions[mb.Sub[q]] {
			s.X += p.X
			s.Y += p.Y
			fill(s)
		}
	}
}

func randomResidual(rng *rand.Rand, m *codedMB, o *pictureOptions) {
	mb := &m.mb
	chroma := 0
	if !o.chroma444 {
		chroma = rng.Intn(3)
	}
	luma := []int{0, 15, rng.Intn(16)}[rng.Intn(3)]
	start := 0
	if mb.Type == macroblock.I16x16 {
		luma = luma & 1 * 15
		start = 1
	}
	mb.CBP = uint8(luma | chroma<<4)
	if mb.CBP == 0 && start == 0 {
		return
	}
	mb.QP = int8(rng.Intn(52))
	if o.transform8x8 && mb.ChoosesTransform() {
		mb.Transform8x8 = rng.Intn(2) == 0
	}

	density := rng.Float64()
	if rng.Intn(2) == 0 {
		density /= 8
	}
	block := func(p, i int) {
		level := &m.want.Level[p][i]
		total := randomLevels(rng, level[start:], density, o.maxLevel)
		if total > 0 { // the levels of empty blocks are not looked at
			m.res.Level[p][i] = *level
		}
		raster := i
		if p == 0 || o.chroma444 {
			x, y := scan4x4(i)
			raster = 4*y + x
		}
		mb.TotalCoeff[p][raster] = uint8(total)
	}
	lumaLike := []int{0, 1, 2}
	if !o.chroma444 {
		lumaLike = lumaLike[:1]
	}
	for _, p := range lumaLike {
		if start == 1 {
			randomLevels(rng, m.want.DC[p][:], density, o.maxLevel)
			m.res.DC[p] = m.want.DC[p]
		}
		for i := range 16 {
			if luma>>(i/4)&1 == 1 {
				block(p, i)
			}
		}
		if mb.Transform8x8 && o.cabac {
			joinCounts(m, p, !o.chroma444)
		}
	}
	start = 1
	for p := 1; p <= 2 && chroma > 0; p++ {
		randomLevels(rng, m.want.DC[p][:4], density, o.maxLevel)
		m.res.DC[p] = m.want.DC[p]
		for i := 0; i < 4 && chroma == 2; i++ {
			block(p, i)
		}
	}
}

// joinCounts gives the four blocks of an 8x8 block one count. Where something
// has to be coded, something is.
func joinCounts(m *codedMB, p int, something bool) {
	for q := range 4 {
		count := &m.mb.TotalCoeff[p]
		at := q>>1*8 + q&1*2
		sum := count[at] + count[at+1] + count[at+4] + count[at+5]
		if sum == 0 && something && m.mb.CBP>>q&1 == 1 {
			m.want.Level[p][4*q][0] = 1
			sum = 1
		}
		count[at], count[at+1], count[at+4], count[at+5] = sum, sum, sum, sum
		if sum > 0 {
			copy(m.res.Level[p][4*q:4*q+4], m.want.Level[p][4*q:4*q+4])
		}
	}
}

// randomLevels fills a block and returns its TotalCoeff. Most levels are small,
// few as large as maxLevel, and they get larger towards the front.
func randomLevels(rng *rand.Rand, level []int16, density float64, maxLevel int) int {
	total := 0
	scale := 1 << rng.Intn(8)
	for i := range level {
		level[i] = 0
		if rng.Float64() >= density {
			continue
		}
		magnitude := 1 + rng.Intn(scale)/(1+i/2)
		switch rng.Intn(40) {
		case 0:
			magnitude = 1 + rng.Intn(maxLevel)
		case 1:
			magnitude = maxLevel
		}
		level[i] = int16(magnitude)
		if rng.Intn(2) == 0 {
			level[i] = int16(-magnitude)
		}
		if level[i] != 0 { // 32768 has no positive form
			total++
		}
	}
	return total
}
