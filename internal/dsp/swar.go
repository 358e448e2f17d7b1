package dsp

import (
	"encoding/binary"
	"unsafe"
)

// Eight samples fit a uint64, and most kernels work on all of them at once. Where a result needs more than eight bits,
// the even and the odd samples of a word are taken apart into two words of four 16-bit lanes. Lanes may be negative: a
// word is then the sum of its lanes times powers of 65536, which additions and subtractions of whole words keep right,
// borrows and all. Before lanes are masked or shifted a bias makes each of them positive.
const (
	evenBytes = 0x00ff00ff00ff00ff // the even samples of a word
	lowBits   = 0x7f7f7f7f7f7f7f7f // all bits of a byte but the highest, in each byte
	highBits  = 0x8080808080808080 // the highest bit of each byte
	lanes     = 0x0001000100010001 // a one in each 16-bit lane
)

// store8 stores eight samples to p, the first from the lowest byte.
func store8(p []uint8, v uint64) { binary.LittleEndian.PutUint64(p, v) }

// window checks once that p holds a block of w x h samples, h at least 2, and returns the block's address for at8 and
// at4: the innermost loops keep neither lengths nor checks, which leaves the registers to the arithmetic.
func window(p []uint8, stride, w, h int) *uint8 {
	if uint(stride) > uint(len(p)) || h < 1 {
		panic("dsp: no rows, or a stride beyond the end of the block")
	}
	_ = p[int64(h-1)*int64(stride)+int64(w-1)] // an int of 32 bits would overflow
	return &p[0]
}

// lastBlock checks that p holds a block of w x h samples, as window does, and returns where the last one in it starts.
func lastBlock(p []uint8, stride, w, h int) int {
	window(p, stride, w, h)
	return len(p) - (h-1)*stride - w
}

// offset returns the address p+i, inside a window.
func offset(p *uint8, i int) *uint8 { return (*uint8)(unsafe.Add(unsafe.Pointer(p), i)) }

// four returns the four samples at p+i, inside a window.
func four(p *uint8, i int) *[4]uint8 { return (*[4]uint8)(unsafe.Add(unsafe.Pointer(p), i)) }

// flatten returns the samples of four blocks of stride 16 as those of one.
func flatten(p *[4][256]uint8) []uint8 { return (*[4 * 256]uint8)(unsafe.Pointer(p))[:] }

// at1 returns the sample at p+i, inside a window.
func at1(p *uint8, i int) uint8 { return *(*uint8)(unsafe.Add(unsafe.Pointer(p), i)) }

// put2 stores two samples at p+i, inside a window.
func put2(p *uint8, i int, v uint64) {
	q := (*[2]uint8)(unsafe.Add(unsafe.Pointer(p), i))
	q[0], q[1] = uint8(v), uint8(v>>8)
}

// copy16 copies sixteen samples from s+j to d+i, inside windows. (As an array of sixteen they would be a call of memmove
// under WebAssembly.)
func copy16(d *uint8, i int, s *uint8, j int) {
	v, w := at8(s, j), at8(s, j+8)
	put8(d, i, v)
	put8(d, i+8, w)
}

// even returns the even samples of a word in 16-bit lanes.
func even(v uint64) uint64 { return v & evenBytes }

// odd returns the odd samples of a word in 16-bit lanes.
func odd(v uint64) uint64 { return v >> 8 & evenBytes }

// packLanes returns four lanes below 256 as four samples, in the low half of the word.
func packLanes(v uint64) uint64 {
	v = (v | v>>8) & 0x0000ffff0000ffff
	return v | v>>16
}

// unpackLanes returns the four samples in the low half of v in lanes.
func unpackLanes(v uint64) uint64 {
	v = (v | v<<16) & 0x0000ffff0000ffff
	return (v | v<<8) & evenBytes
}

// sumLanes returns the sum of the four lanes of v, which must be below 65536.
func sumLanes(v uint64) int { return int(v * lanes >> 48) }

// interleave4 returns the first halves of a and b in a word, and the second halves.
func interleave4(a, b uint64) (uint64, uint64) {
	lb := uint64(uint32(b))
	return uint64(uint32(a)) | b<<32, a>>32 | (b ^ lb)
}

// interleave2 returns the 16-bit lanes 0 of a, 0 of b, 2 of a and 2 of b, and likewise the lanes 1 and 3.
func interleave2(a, b uint64) (uint64, uint64) {
	const firsts = 0x0000ffff0000ffff
	ea, eb := a&firsts, b&firsts
	return ea | eb<<16, (a^ea)>>16 | (b ^ eb)
}

// interleave1 returns the even bytes of a and b in turn, and the odd ones.
func interleave1(a, b uint64) (uint64, uint64) {
	ea, eb := even(a), even(b)
	return ea | eb<<8, (a^ea)>>8 | (b ^ eb)
}
