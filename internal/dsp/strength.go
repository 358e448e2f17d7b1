package dsp

import "unsafe"

// MV is a motion vector in quarter samples.
type MV struct{ X, Y int16 }

// Blocks is what the strengths of a macroblock's edges are derived from. Arrays of 16 are indexed by 4x4 block in raster
// order, arrays of 4 by quadrant in raster order.
type Blocks struct {
	MV           [16]MV
	Ref          [4]int8      // which reference the vectors point into: -1 in intra macroblocks, all four
	Transform8x8 bool         // edges inside quadrants are not filtered
	TotalCoeff   [3][16]uint8 // numbers of levels that aren't zero, of each plane; strengths depend on luma's
}

// Strengths are the boundary strengths of a macroblock (bS of clause 8.7.2.1): those of its vertical edges from left to
// right and of its horizontal ones from the top down, each of the four blocks along it. Strength 4 is that of all four.
type Strengths struct {
	Columns, Rows [4][4]uint8
	X             uint32 // the macroblock's place in its row
}

// RowStrengths derives the strengths of a row of macroblocks M from their blocks. above is the row above, nil at the top
// of the picture. It returns those macroblocks where not all strengths are zero, from left to right, at the beginning of
// list, which must be as long as the row.
func RowStrengths[M any](list []Strengths, row, above []M, blocks func(*M) *Blocks) []Strengths {
	if len(row) == 0 {
		return list[:0]
	}
	list = list[:len(row)]
	if above != nil {
		above = above[:len(row)]
	}
	if useAVX2 {
		first, size := blocks(&row[0]), unsafe.Sizeof(row[0])
		at := uintptr(unsafe.Pointer(first)) - uintptr(unsafe.Pointer(&row[0]))
		if size < unsafe.Sizeof(*first) || at > size-unsafe.Sizeof(*first) {
			panic("dsp: blocks that are not their macroblock's")
		}
		var upper *uint8
		if above != nil {
			upper = (*uint8)(unsafe.Add(unsafe.Pointer(&above[0]), at))
		}
		n := rowStrengthsAVX2((*uint8)(unsafe.Pointer(&list[0])), (*uint8)(unsafe.Pointer(first)), upper, int(size), len(row))
		return list[:n]
	}
	n := 0
	var left, upper *Blocks
	leftAlike := true
	for x := range row {
		own := blocks(&row[x])
		if above != nil {
			upper = blocks(&above[x])
		}
		m := own.motion()
		alike := m.ref >= 0 && !own.coded() && own.allMove(m)
		// This tells most macroblocks that have strengths of zero alone.
		quiet := alike && leftAlike && (left == nil || left.motion() == m) &&
			(upper == nil || !upper.coded() && upper.allMove(m))
		if s := (Strengths{X: uint32(x)}); !quiet && s.derive(own, left, upper) {
			list[n] = s
			n++
		}
		left, leftAlike = own, alike
	}
	return list[:n]
}

// motion is how a block moves: its vector, and its reference.
type motion struct {
	mv  MV
	ref int8
}

// motion is that of the first block.
func (b *Blocks) motion() motion { return motion{b.MV[0], b.Ref[0]} }

// allMove tells whether all blocks have the same motion.
func (b *Blocks) allMove(m motion) bool {
	mv := (*uint8)(unsafe.Pointer(&b.MV))
	first := at8(mv, 0)
	return b.Ref == [4]int8{m.ref, m.ref, m.ref, m.ref} && b.MV[0] == m.mv && b.MV[1] == m.mv &&
		(at8(mv, 8)^first)|(at8(mv, 16)^first)|(at8(mv, 24)^first)|
			(at8(mv, 32)^first)|(at8(mv, 40)^first)|(at8(mv, 48)^first)|(at8(mv, 56)^first) == 0
}

// coded tells whether there are levels.
func (b *Blocks) coded() bool {
	levels := &b.TotalCoeff[0][0]
	return at8(levels, 0)|at8(levels, 8) != 0
}

// derive derives the strengths of a macroblock whose neighbours, where they are nil, are outside the picture, from zeros.
// It reports whether any isn't zero.
func (s *Strengths) derive(own, left, above *Blocks) bool {
	least := own.least()
	divided := !own.allMove(own.motion())
	step := 1
	switch {
	case !divided && least == [16]uint8{}:
		step = 4 // nothing inside
	case own.Transform8x8:
		step = 2
	}
	for e := step; e < 4; e += step {
		for k := range 4 {
			s.Columns[e][k] = min(3, strength(own, 4*k+e, &least, own, 4*k+e-1, &least, divided))
			s.Rows[e][k] = min(3, strength(own, 4*e+k, &least, own, 4*e+k-4, &least, divided))
		}
	}
	if left != nil {
		other := left.least()
		for k := range 4 {
			s.Columns[0][k] = strength(own, 4*k, &least, left, 4*k+3, &other, true)
		}
	}
	if above != nil {
		other := above.least()
		for k := range 4 {
			s.Rows[0][k] = strength(own, k, &least, above, 12+k, &other, true)
		}
	}
	return s.Columns != [4][4]uint8{} || s.Rows != [4][4]uint8{}
}

// least returns the least strength of the edges of each block at those of a macroblock: 4 of intra macroblocks, 2 in
// transform blocks with levels, 0 else.
func (b *Blocks) least() (least [16]uint8) {
	for i := 0; i < 16; i += 8 { // two rows of blocks in a word
		w := at8(&b.TotalCoeff[0][0], i)
		w = (w&lowBits + lowBits | w) & highBits >> 6
		if b.Transform8x8 {
			w |= w>>32 | w<<32
			w |= w>>8&evenBytes | w&evenBytes<<8
		}
		if b.Ref[0] < 0 {
			w = highBits >> 5
		}
		put8(&least[0], i, w)
	}
	return least
}

// strength is that between block i of p and block j of q, which may differ in motion.
func strength(p *Blocks, i int, leastP *[16]uint8, q *Blocks, j int, leastQ *[16]uint8, differ bool) uint8 {
	bS := max(leastP[i&15], leastQ[j&15])
	if differ && bS == 0 && moved(p, i, q, j) {
		return 1
	}
	return bS
}

// moved reports whether block i of p and block j of q differ in reference, or in a component of their vectors by a sample
// or more.
func moved(p *Blocks, i int, q *Blocks, j int) bool {
	i, j = i&15, j&15
	a, b := p.MV[i], q.MV[j]
	return p.Ref[i>>3<<1|i>>1&1] != q.Ref[j>>3<<1|j>>1&1] ||
		uint32(int32(a.X)-int32(b.X)+3) > 6 || uint32(int32(a.Y)-int32(b.Y)+3) > 6
}
