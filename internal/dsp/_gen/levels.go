package main

import (
	"encoding/binary"

	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// levels writes what chooses levels by rate and distortion.
func levels(g *gen) {
	e := eight{gen: g}
	e.choose()
}

// Places in EightChoices and LevelCosts.
const (
	choiceChosen    = 32
	choiceLarge     = 64
	choiceLevel     = 96
	choiceMagnitude = choiceLevel + 8*32
	choiceColumns   = choiceMagnitude + 16*16

	costOnes = 64 * 8
	costBase = costOnes + 32
	costStep = costBase + 32
)

// eight is the state of chooseEight, a lane per block.
type eight struct {
	*gen
	out, mf, scale, costs, flags reg.GPVirtual
	at, row                      reg.GPVirtual // the position, and twice that
	bits                         reg.GPVirtual // of positions
	cost, node, chosen           vec
	x, active                    vec // exact magnitudes, and those that are rounded to a level
}

func (e *eight) choose() {
	e.function("chooseEightAVX2", "(out *int32, c *[8][16]int16, mf *[16]uint32, shift uint64, likely uint16, scale *[64]int64, costs *int32, start uint64)",
		"chooseEightAVX2 is LevelCosts.ChooseEight. out and costs point to whole structures.")
	e.out, e.mf, e.scale, e.costs = e.param("out"), e.param("mf"), e.param("scale"), e.param("costs")
	c, start, shift, left := e.param("c"), e.param("start"), e.XMM(), e.columns()
	e.VMOVQ(e.argument("shift"), shift)
	e.flags, e.at, e.row, e.bits = e.GP64(), e.GP64(), e.GP64(), e.GP64()
	e.MOVQ(start, e.flags) // they are counted from start
	e.NEGQ(e.flags)
	e.LEAQ(Mem{Base: e.costs, Index: e.flags, Scale: 8}, e.flags)
	e.LEAQ(e.positions(), e.bits)
	e.cost, e.node, e.chosen = e.YMM(), e.YMM(), e.YMM()
	e.VMOVDQU(e.lanes32("nothingChosen", 1<<28), e.cost)
	e.VPXOR(e.node, e.node, e.node)
	e.VPXOR(e.chosen, e.chosen, e.chosen)
	e.VMOVDQU(e.chosen, Mem{Base: e.out, Disp: choiceLarge})
	for i := range 8 {
		e.VMOVDQU(e.chosen, Mem{Base: e.out, Disp: choiceMagnitude + 32*i})
	}

	e.Label("position")
	e.BSRQ(left, e.at)
	e.JZ(LabelRef("done"))
	e.CMPQ(e.at, start)
	e.JLT(LabelRef("done"))
	e.BTRQ(e.at, left)
	e.LEAQ(Mem{Base: e.at, Index: e.at, Scale: 1}, e.row)
	e.x, e.active = e.YMM(), e.YMM()
	e.VPMOVZXWD(Mem{Base: e.out, Index: e.row, Scale: 8, Disp: choiceColumns}, e.x)
	e.VPMULLD(e.broadcast(Mem{Base: e.mf, Index: e.at, Scale: 4}), e.x, e.x)
	e.VPSRLD(shift, e.x, e.x)
	e.VPCMPGTD(e.lanes32("lessThanHalf", 127), e.x, e.active)
	larger := e.YMM()
	e.VPCMPGTD(e.lanes32("lessThanHalfMore", 256+127), e.x, larger)
	e.VPTEST(larger, larger)
	e.JNZ(LabelRef("larger"))
	e.ones()
	e.JMP(LabelRef("position"))
	e.Label("larger")
	e.larger()
	e.JMP(LabelRef("position"))
	e.Label("done")
	e.VMOVDQU(e.cost, Mem{Base: e.out})
	e.VMOVDQU(e.chosen, Mem{Base: e.out, Disp: choiceChosen})
	e.levels(c)
	e.VZEROUPPER()
	e.RET()
}

// positions are a bit for each position, low ones and high ones of rows in turn as columns has them.
func (e *eight) positions() Mem {
	var bytes []uint8
	for at := range 16 {
		bytes = binary.LittleEndian.AppendUint32(bytes, 1<<at)
	}
	return e.constant("positions", bytes...)
}

// transposed exchanges blocks and positions: of 8 vectors, the low halves and the high ones by themselves.
func (e *eight) transposed(rows [8]vec) [8]vec {
	for bits, step := 16, 1; bits <= 64; bits, step = 2*bits, 2*step {
		var next [8]vec
		for k := range 4 {
			// Pairs of rows that hold the same positions.
			first := [5][4]int{1: {0, 2, 4, 6}, 2: {0, 1, 4, 5}, 4: {0, 1, 2, 3}}[step][k]
			next[2*k], next[2*k+1] = e.unpack(bits, rows[first], rows[first+step])
		}
		rows = next
	}
	return rows
}

// columns stores the magnitudes of coefficients by position, and returns which positions have any that may be a level.
func (e *eight) columns() (left reg.GPVirtual) {
	c, likely := e.param("c"), e.YMM()
	var rows [8]vec
	for k := range rows {
		rows[k] = e.YMM()
		e.VPABSW(Mem{Base: c, Disp: 32 * k}, rows[k])
	}
	rows = e.transposed(rows)
	for j, r := range rows {
		e.VMOVDQU(low(r), Mem{Base: e.out, Disp: choiceColumns + 16*j})
		e.VEXTRACTI128(Imm(1), r, Mem{Base: e.out, Disp: choiceColumns + 16*(8+j)})
	}
	e.VPBROADCASTW(e.argument("likely"), likely)
	left = e.GP64()
	zero, none, high := e.YMM(), e.GP32(), e.GP32()
	e.VPXOR(zero, zero, zero)
	e.XORL(left.As32(), left.As32())
	for j := 0; j < 8; j += 2 {
		e.VPCMPGTW(likely, rows[j], rows[j])
		e.VPCMPGTW(likely, rows[j+1], rows[j+1])
		e.VPACKSSWB(rows[j+1], rows[j], rows[j])
		e.VPCMPEQQ(zero, rows[j], rows[j])
		e.VMOVMSKPD(rows[j], none)
		e.MOVL(none, high)
		e.ANDL(Imm(3), none)
		e.ANDL(Imm(12), high)
		e.SHLL(Imm(uint64(j)), none)
		e.SHLL(Imm(uint64(j+8-2)), high)
		e.ORL(none, left.As32())
		e.ORL(high, left.As32())
	}
	e.XORL(U32(0xffff), left.As32())
	return left
}

// levels stores the levels by block, from magnitudes by position.
func (e *eight) levels(c reg.GPVirtual) {
	chosen := e.YMM()
	e.VPACKUSDW(e.chosen, e.chosen, chosen)
	e.VPERMQ(Imm(0x88), chosen, chosen)
	var rows [8]vec
	for j := range rows {
		rows[j] = e.YMM()
		bit, is := e.YMM(), e.YMM()
		e.VBROADCASTI128(Mem{Base: e.out, Disp: choiceMagnitude + 16*j}, rows[j])
		e.VINSERTI128(Imm(1), Mem{Base: e.out, Disp: choiceMagnitude + 16*(8+j)}, rows[j], rows[j])
		var bits []uint8
		for lane := range 16 {
			bits = binary.LittleEndian.AppendUint16(bits, 1<<(j+lane/8*8))
		}
		e.VMOVDQU(e.constant(sprintf("position%d", j), bits...), bit)
		e.VPAND(bit, chosen, is)
		e.VPCMPEQW(bit, is, is)
		e.VPAND(is, rows[j], rows[j])
	}
	for k, r := range e.transposed(rows) {
		e.VPSIGNW(Mem{Base: c, Disp: 32 * k}, r, r)
		e.VMOVDQU(r, Mem{Base: e.out, Disp: choiceLevel + 32*k})
	}
}

// keep stores the levels of the position.
func (e *eight) keep(v vec) {
	high := e.XMM()
	e.VEXTRACTI128(Imm(1), v, high)
	e.VPACKSSDW(high, low(v), high)
	e.VMOVDQU(high, Mem{Base: e.out, Index: e.row, Scale: 8, Disp: choiceMagnitude})
}

// broadcast returns a 32-bit number in all lanes.
func (e *eight) broadcast(m Mem) vec {
	d := e.YMM()
	e.VPBROADCASTD(m, d)
	return d
}

// ofNode looks up a table of LevelCosts, at an offset, by node.
func (e *eight) ofNode(offset int) vec {
	d := e.YMM()
	e.VPERMD(Mem{Base: e.costs, Disp: offset}, e.node, d)
	return d
}

// ofFirst takes the entry of such a table for node 0.
func (e *eight) ofFirst(offset int) vec { return e.broadcast(Mem{Base: e.costs, Disp: offset}) }

// last and more are FlagCosts of the position.
func (e *eight) last() vec { return e.broadcast(Mem{Base: e.flags, Index: e.at, Scale: 8}) }
func (e *eight) more() vec { return e.broadcast(Mem{Base: e.flags, Index: e.at, Scale: 8, Disp: 4}) }

// gain makes m*(2x-256m) the gain of levels m.
func (e *eight) gain(v vec) {
	e.VPMULLD(e.broadcast(Mem{Base: e.scale, Index: e.at, Scale: 8}), v, v)
	e.VPSRAD(Imm(12), v, v)
}

// greater returns which lanes of a are greater than those of b.
func (e *eight) greater(a, b vec) vec {
	d := e.YMM()
	e.VPCMPGTD(b, a, d)
	return d
}

// take replaces the state of active lanes, but where zero says that no level costs less.
func (e *eight) take(least, node, goesOn, zero vec) {
	e.VPANDN(e.active, zero, zero)
	e.VPAND(goesOn, e.chosen, goesOn)
	e.VPOR(e.broadcast(Mem{Base: e.bits, Index: e.at, Scale: 4}), goesOn, goesOn)
	e.VPBLENDVB(zero, least, e.cost, e.cost)
	e.VPBLENDVB(zero, node, e.node, e.node)
	e.VPBLENDVB(zero, goesOn, e.chosen, e.chosen)
}

// ones goes on where all levels of a position are rounded to 1.
func (e *eight) ones() {
	gained, one := e.YMM(), e.YMM()
	e.VPADDD(e.x, e.x, gained)
	e.VPSUBD(e.lanes32("whole", 256), gained, gained)
	e.gain(gained)
	e.VPABSD(e.active, one)
	e.keep(one)
	last, more := e.last(), e.more()
	e.VPADDD(e.ofFirst(costOnes), last, last)
	e.VPSUBD(gained, last, last)
	e.VPADDD(e.cost, more, more)
	e.VPADDD(e.ofNode(costOnes), more, more)
	e.VPSUBD(gained, more, more)
	goesOn := e.greater(last, more)
	e.VPMINSD(more, last, last)
	zero := e.greater(last, e.cost)
	node, full := e.YMM(), e.YMM()
	e.VPAND(goesOn, e.node, node)
	e.VPCMPGTD(e.lanes32("two", 2), node, full) // 3 ones at least, or larger ones
	e.VPSUBD(e.lanes32("minusOne", 1<<32-1), node, node)
	e.VPADDD(full, node, node)
	e.take(last, node, goesOn, zero)
}

// ofLevels returns what levels m and m-1 cost; one and two tell where m is 1 and 2. The tables' entries come from entry.
func (e *eight) ofLevels(m, one, two vec, entry func(offset int) vec) (of, below vec) {
	of, below = e.YMM(), entry(costStep)
	e.VPMULLD(below, m, of)
	e.VPADDD(entry(costBase), of, of)
	e.VPSUBD(below, of, below)
	ones := entry(costOnes)
	e.VPBLENDVB(one, ones, of, of)
	e.VPBLENDVB(two, ones, below, below)
	e.VPBLENDVB(one, e.lanes32("never", 1<<29), below, below)
	return of, below
}

// addTo adds a to both costs and takes the gains from them.
func (e *eight) addTo(of, below, a, gained, gainedBelow vec) {
	e.VPADDD(a, of, of)
	e.VPADDD(a, below, below)
	e.VPSUBD(gained, of, of)
	e.VPSUBD(gainedBelow, below, below)
}

// larger goes on where levels of a position may be larger than 1.
func (e *eight) larger() {
	m, gained, gainedBelow, large := e.YMM(), e.YMM(), e.YMM(), e.YMM()
	e.VPCMPGTD(e.lanes32("maxEight", 8*256+127), e.x, large)
	e.VPOR(Mem{Base: e.out, Disp: choiceLarge}, large, large)
	e.VMOVDQU(large, Mem{Base: e.out, Disp: choiceLarge})
	e.VPADDD(e.lanes32("half", 128), e.x, m)
	e.VPSRLD(Imm(8), m, m)
	below := e.YMM()
	e.VPSLLD(Imm(8), m, below)
	e.VPADDD(e.x, e.x, gained)
	e.VPSUBD(below, gained, gained)
	e.VPADDD(e.lanes32("whole", 256), gained, gainedBelow)
	e.VPMULLD(m, gained, gained)
	e.gain(gained)
	e.VPADDD(e.lanes32("minusOne", 1<<32-1), m, below)
	e.VPMULLD(below, gainedBelow, gainedBelow)
	e.gain(gainedBelow)
	one, two := e.YMM(), e.YMM()
	e.VPCMPEQD(e.lanes32("one", 1), m, one)
	e.VPCMPEQD(e.lanes32("two", 2), m, two)

	// To start here.
	least, start := e.ofLevels(m, one, two, e.ofFirst)
	e.addTo(least, start, e.last(), gained, gainedBelow)
	level := e.greater(least, start)
	e.VPADDD(m, level, level) // one less where that costs less
	e.VPMINSD(start, least, least)

	// To go on.
	of, ofBelow := e.ofLevels(m, one, two, e.ofNode)
	more := e.more()
	e.VPADDD(e.cost, more, more)
	e.addTo(of, ofBelow, more, gained, gainedBelow)
	goesOn := e.greater(least, of)
	e.VPBLENDVB(goesOn, m, level, level)
	e.VPMINSD(of, least, least)
	lower := e.greater(least, ofBelow)
	e.VPMINSD(ofBelow, least, least)
	e.VPADDD(lower, m, m)
	e.VPBLENDVB(lower, m, level, level)
	e.VPOR(lower, goesOn, goesOn)
	e.keep(level)

	// None, of those that are rounded to 2 at most.
	zero, node, after := e.greater(least, e.cost), e.YMM(), e.YMM()
	e.VPOR(one, two, two)
	e.VPAND(two, zero, zero)
	e.VPAND(goesOn, e.node, node)
	e.VMOVDQU(e.lanes32("nodeAfterMore", 4, 4, 4, 4, 5, 6, 7, 7), after)
	e.VPERMD(after, node, after)
	single := e.YMM()
	e.VMOVDQU(e.lanes32("nodeAfterOne", 1, 2, 3, 3, 4, 5, 6, 7), single)
	e.VPERMD(single, node, node)
	e.VPCMPEQD(e.lanes32("one", 1), level, single)
	e.VPBLENDVB(single, node, after, node)
	e.take(least, node, goesOn, zero)
}
