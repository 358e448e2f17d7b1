package dsp

import (
	"math/rand/v2"
	"testing"
	"unsafe"
)

// Macroblocks that hold their blocks at different places, of different sizes.
type (
	bareMB   struct{ Blocks }
	paddedMB struct {
		before [21]uint16
		Blocks
	}
	middleMB struct {
		before [2]uint16
		Blocks
		after [3]uint32
	}
)

func (m *bareMB) blocks() *Blocks   { return &m.Blocks }
func (m *paddedMB) blocks() *Blocks { return &m.Blocks }
func (m *middleMB) blocks() *Blocks { return &m.Blocks }

// randomVector is one of few, or one of the extremes.
func randomVector(r *rand.Rand, spread int) MV {
	component := func() int16 {
		if r.IntN(64) == 0 {
			return []int16{-32768, -32767, -32765, -4, 4, 32764, 32767}[r.IntN(7)]
		}
		return int16(r.IntN(2*spread+1) - spread)
	}
	return MV{component(), component()}
}

// randomBlocks are blocks of any macroblock: still, moved as one, divided, with levels, intra.
func randomBlocks(r *rand.Rand) (b Blocks) {
	kind := r.IntN(8)
	if kind < 3 {
		return b
	}
	v, ref := randomVector(r, 5), int8(r.IntN(5)/4)
	for i := range b.MV {
		if b.MV[i] = v; kind > 4 && r.IntN(4) == 0 {
			b.MV[i] = randomVector(r, 5)
		}
	}
	for i := range b.Ref {
		if b.Ref[i] = ref; kind > 4 && r.IntN(4) == 0 {
			b.Ref[i] = int8(r.IntN(2))
		}
	}
	if r.IntN(4) == 0 {
		b.Ref = [4]int8{-1, -1, -1, -1}
	}
	if r.IntN(16) == 0 {
		b.Ref[r.IntN(4)] = 127
	}
	b.Transform8x8 = r.IntN(4) == 0
	for p := range b.TotalCoeff {
		for i := range b.TotalCoeff[p] {
			if r.IntN(1+kind) > 3 {
				b.TotalCoeff[p][i] = []uint8{1, 2, 16, 64, 128, 255}[r.IntN(6)]
			}
		}
	}
	return b
}

// refStrength is bS of the edge between block i of macroblock p and block j of q as clause 8.7.2.1 says, in P and I
// pictures of frames.
func refStrength(p *Blocks, i int, q *Blocks, j int) uint8 {
	coded := func(b *Blocks, i int) bool {
		if !b.Transform8x8 {
			return b.TotalCoeff[0][i] != 0
		}
		for k, n := range b.TotalCoeff[0] {
			if n != 0 && k/8 == i/8 && k%4/2 == i%4/2 {
				return true
			}
		}
		return false
	}
	v, w := p.MV[i], q.MV[j]
	switch {
	case (p.Ref[0] < 0 || q.Ref[0] < 0) && p != q:
		return 4
	case p.Ref[0] < 0:
		return 3
	case coded(p, i) || coded(q, j):
		return 2
	case p.Ref[i/8*2+i%4/2] != q.Ref[j/8*2+j%4/2], refAbs(int(v.X)-int(w.X)) >= 4, refAbs(int(v.Y)-int(w.Y)) >= 4:
		return 1
	}
	return 0
}

// refStrengths derives a macroblock's strengths block by block.
func refStrengths(own, left, above *Blocks) (s Strengths) {
	for i := range 16 {
		x, y := i%4, i/4
		switch {
		case x == 0 && left != nil:
			s.Columns[0][y] = refStrength(left, i+3, own, i)
		case x > 0 && !(own.Transform8x8 && x%2 == 1):
			s.Columns[x][y] = refStrength(own, i-1, own, i)
		}
		switch {
		case y == 0 && above != nil:
			s.Rows[0][x] = refStrength(above, i+12, own, i)
		case y > 0 && !(own.Transform8x8 && y%2 == 1):
			s.Rows[y][x] = refStrength(own, i-4, own, i)
		}
	}
	return s
}

// rowOf is a row of n random macroblocks that ends before what can't be read, among noise.
func rowOf[M any](r *rand.Rand, n int, blocks func(*M) *Blocks) []M {
	var m M
	bytes := guarded(n * int(unsafe.Sizeof(m)))
	fill(r, 0, bytes)
	row := unsafe.Slice((*M)(unsafe.Pointer(&bytes[0])), n)
	for x := range row {
		*blocks(&row[x]) = randomBlocks(r)
		if x > 0 && r.IntN(2) == 0 {
			*blocks(&row[x]) = *blocks(&row[x-1])
		}
	}
	return row
}

func checkStrengths[M any](t *testing.T, r *rand.Rand, blocks func(*M) *Blocks) {
	t.Helper()
	n := 1 + r.IntN(9)
	row, above := rowOf(r, n, blocks), rowOf(r, n, blocks)
	for x := range row {
		if r.IntN(2) == 0 {
			*blocks(&above[x]) = *blocks(&row[x])
		}
	}
	if r.IntN(4) == 0 {
		above = nil
	}
	guard := Strengths{X: 0xdeadbeef}
	whole := make([]Strengths, n+2)
	for i := range whole {
		whole[i] = guard
	}
	var list []Strengths
	twins(t, "strengths", func() []int {
		list = RowStrengths(whole[1:n+1], row, above, blocks)
		return []int{len(list)}
	}, whole)
	if whole[0] != guard || whole[n+1] != guard {
		t.Fatal("strengths beside the list were written")
	}
	var left, up *Blocks
	for x := range row {
		if above != nil {
			up = blocks(&above[x])
		}
		want := refStrengths(blocks(&row[x]), left, up)
		left = blocks(&row[x])
		if want == (Strengths{}) {
			continue
		}
		want.X = uint32(x)
		if len(list) == 0 || list[0] != want {
			t.Fatalf("%d macroblocks, above them some: %v; first of %v, want %v", n, above != nil, list, want)
		}
		list = list[1:]
	}
	if len(list) != 0 {
		t.Fatalf("strengths beyond those that aren't zero: %v", list)
	}
}

func checkAllStrengths(t *testing.T, r *rand.Rand) {
	t.Helper()
	checkStrengths(t, r, (*bareMB).blocks)
	checkStrengths(t, r, (*paddedMB).blocks)
	checkStrengths(t, r, (*middleMB).blocks)
}

func TestRowStrengths(t *testing.T) {
	r := newRand(t)
	for range 6000 {
		checkAllStrengths(t, r)
	}
}

// Lists and rows above that are too short are refused, and blocks that lie elsewhere than in their macroblock.
func TestRowStrengthsRefuses(t *testing.T) {
	row, list := make([]bareMB, 3), make([]Strengths, 3)
	var elsewhere Blocks
	if len(RowStrengths(nil, nil, nil, (*bareMB).blocks)) != 0 {
		t.Error("an empty row has strengths")
	}
	for what, f := range map[string]func(){
		"a list too short":      func() { RowStrengths(list[:2:2], row, nil, (*bareMB).blocks) },
		"a row above too short": func() { RowStrengths(list, row, row[:2:2], (*bareMB).blocks) },
	} {
		if !panics(f) || !panics(func() { portably(f) }) {
			t.Errorf("%s: no panic", what)
		}
	}
	if haveAssembly && !panics(func() { RowStrengths(list, row, nil, func(*bareMB) *Blocks { return &elsewhere }) }) {
		t.Error("blocks elsewhere: no panic")
	}
}

func FuzzRowStrengths(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) {
		checkAllStrengths(t, rand.New(rand.NewPCG(seed, 7)))
	})
}

// BenchmarkRowStrengths times a macroblock in rows where all stand still, move alike, are divided, or are anything.
func BenchmarkRowStrengths(b *testing.B) {
	const width = 48
	for _, c := range []struct {
		name string
		make func(r *rand.Rand) Blocks
	}{
		{"still", func(*rand.Rand) Blocks { return Blocks{} }},
		{"alike", func(*rand.Rand) (m Blocks) {
			for i := range m.MV {
				m.MV[i] = MV{8, -5}
			}
			return m
		}},
		{"divided", func(r *rand.Rand) (m Blocks) {
			for i := range m.MV {
				m.MV[i] = randomVector(r, 3)
			}
			return m
		}},
		{"any", randomBlocks},
	} {
		r := rand.New(rand.NewPCG(9, 9))
		list, row, above := make([]Strengths, width), make([]paddedMB, width), make([]paddedMB, width)
		for x := range row {
			row[x].Blocks, above[x].Blocks = c.make(r), c.make(r)
		}
		benchTwins(b, c.name, func(n int) {
			for i := 0; i < n; i += width {
				RowStrengths(list, row, above, (*paddedMB).blocks)
			}
		})
	}
}
