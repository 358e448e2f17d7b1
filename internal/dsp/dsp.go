// Package dsp does arithmetic on blocks of 8-bit samples: differences (SAD, SATD, SSD) and structural similarity, the
// 4x4 and 8x8 transforms and quantisation of clause 8.5 of ITU-T H.264, intra predictions of clause 8.3, the
// interpolation and weights of clause 8.4.2, the edge filters of clause 8.7 with their strengths, the arithmetic encoder of
// clause 9.3.4, the choice of levels by what they cost, and copies and borders of planes. It knows arithmetic only: no
// syntax, no decisions about modes or motion, and of macroblocks what strengths are derived from.
//
// A block is a slice that starts at the block's first sample, and a stride, the distance in bytes from a sample to the
// one below it. A slice may end with the block's last sample: kernels read and write nothing outside the block, save
// where they say so (as HalfPlanes and Deblock do). A slice shorter than that panics, as an index out of range does anywhere.
//
// Kernels allocate nothing, keep no state, and give the same results on every platform.
//
// Each kernel has a portable form, which is its definition. On amd64 with AVX2 most have an assembly form too, with the
// same results, unless the build tags noasm or purego are set; folder _gen has the programs that write it.
package dsp

//go:generate go -C _gen run .

// Block is the shape of a block of samples, named by width and height.
type Block uint8

// The shapes of macroblock and sub-macroblock partitions (tables 7-13 and 7-17).
const (
	B16x16 Block = iota
	B16x8
	B8x16
	B8x8
	B8x4
	B4x8
	B4x4
)

var blockSizes = [8][2]uint8{B16x16: {16, 16}, B16x8: {16, 8}, B8x16: {8, 16}, B8x8: {8, 8}, B8x4: {8, 4}, B4x8: {4, 8}, B4x4: {4, 4}}

// W returns the block's width in samples.
func (b Block) W() int { return int(blockSizes[b&7][0]) }

// H returns the block's height in samples.
func (b Block) H() int { return int(blockSizes[b&7][1]) }

// Assembly tells whether kernels take assembly forms. Then a call for several candidates costs less than one for each;
// else one that stops early, with what was found so far as its limit, does.
func Assembly() bool { return useAVX2 }

// clip8 limits v to the range of a sample.
func clip8(v int) uint8 { return uint8(min(max(v, 0), 255)) }
