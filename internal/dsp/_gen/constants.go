package main

import (
	"encoding/binary"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/operand"
)

// constant is data of the file, declared where it is asked for first.
func (g *gen) constant(name string, bytes ...uint8) Mem {
	if m, ok := g.constants[name]; ok {
		return m
	}
	m := g.StaticGlobal(name)
	g.DataAttributes(attr.RODATA | attr.NOPTR)
	for _, b := range bytes {
		g.AppendDatum(U8(b))
	}
	g.constants[name] = m
	return m
}

// table is constant data of the file.
func (g *gen) table(name string, words ...uint64) Mem {
	m := g.StaticGlobal(name)
	g.DataAttributes(attr.RODATA | attr.NOPTR)
	for _, w := range words {
		g.AppendDatum(U64(w))
	}
	return m
}

// broadcast16 repeats a 16-bit lane in a word.
func broadcast16(v uint64) uint64 { return v * 0x0001000100010001 }

// lanes8 is a constant of 32 equal bytes.
func (g *gen) lanes8(name string, value uint8) Mem {
	var bytes [32]uint8
	for i := range bytes {
		bytes[i] = value
	}
	return g.constant(name, bytes[:]...)
}

// lanes16 is a constant of sixteen equal 16-bit lanes.
func (g *gen) lanes16(name string, value uint16) Mem {
	var bytes []uint8
	for range 16 {
		bytes = binary.LittleEndian.AppendUint16(bytes, value)
	}
	return g.constant(name, bytes...)
}

// lanes32 is a constant in eight 32-bit lanes: one number, or eight.
func (g *gen) lanes32(name string, numbers ...uint32) Mem {
	var bytes []uint8
	for i := range 8 {
		bytes = binary.LittleEndian.AppendUint32(bytes, numbers[i%len(numbers)])
	}
	return g.constant(name, bytes...)
}

// loaded returns 32 bytes of constants in a register.
func (g *gen) loaded(m Mem) vec {
	v := g.YMM()
	g.VMOVDQU(m, v)
	return v
}

// word is a constant of a 16-bit word, in all lanes.
func (g *gen) word(name string, w uint16) vec {
	v := g.YMM()
	g.VPBROADCASTW(g.constant(name, uint8(w), uint8(w>>8)), v)
	return v
}

// thirtyTwo is a word of 32.
func (g *gen) thirtyTwo() Mem { return g.constant("thirtyTwo", 32, 0) }
