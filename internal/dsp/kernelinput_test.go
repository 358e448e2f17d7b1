package dsp

import (
	"math/rand/v2"
	"unsafe"

	"github.com/g264/g264/internal/testmem"
)

// input is where a kernel's operands come from: memory that begins or ends where nothing can be read or written, or lies
// between elements that must stay, at any alignment.
type input struct {
	r       *rand.Rand
	round   int    // counts, so that sizes come in turns
	data    []byte // if any, the samples
	buffers []any  // that the kernel may write, with what lies around
}

// place returns n elements, for the kernel to write or only to read.
func place[T ~uint8 | ~int16 | ~uint16 | ~uint32 | ~int](in *input, n int, written bool) []T {
	const margin = 37
	size := int(unsafe.Sizeof(T(0)))
	elements := func(p []uint8) []T { return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(p))), len(p)/size) }
	var whole, part []T
	switch in.r.IntN(3) {
	case 0:
		whole = elements(testmem.Before((n + margin) * size))
		part = whole[margin:]
	case 1:
		whole = elements(testmem.After((n + margin) * size))
		part = whole[:n:n]
	default:
		whole, part = margins[T](n)
	}
	for i := range whole {
		whole[i] = T(i*89 + 7)
	}
	if written {
		in.buffers = append(in.buffers, whole)
	}
	return part
}

// samples fills rows of stride samples: with what fill makes, a pattern of the two extremes, or the data.
func (in *input) samples(p []uint8, stride int) []uint8 {
	if kind := in.r.IntN(8); kind < 5 {
		fill(in.r, kind, p)
	} else {
		pattern, high := patterns[in.r.IntN(len(patterns))], in.r.IntN(2) == 0
		for i := range p {
			p[i] = 0
			if pattern(i%stride, i/stride) == high {
				p[i] = 255
			}
		}
	}
	in.data = in.data[copy(p, in.data):]
	return p
}

// block returns a block that the kernel reads, and its stride.
func (in *input) block(w, h int) ([]uint8, int) { return in.strided(w, h, false) }

// target returns a block that the kernel writes or changes, and its stride.
func (in *input) target(w, h int) ([]uint8, int) { return in.strided(w, h, true) }

func (in *input) strided(w, h int, written bool) ([]uint8, int) {
	stride := w + []int{0, 1, 3, 16, 29}[in.r.IntN(5)]
	return in.samples(place[uint8](in, (h-1)*stride+w, written), stride), stride
}

// row returns samples that lie beside each other.
func (in *input) row(n int) []uint8 { return in.samples(place[uint8](in, n, false), n) }

// shape returns the shapes in turn.
func (in *input) shape() (b Block, w, h int) {
	b = allBlocks[in.round%len(allBlocks)]
	return b, b.W(), b.H()
}

// coefs returns n numbers from -limit to limit, of any density, or of the ends of that range.
func (in *input) coefs(n, limit int) []int16 {
	c := place[int16](in, n, false)
	magnitude, density := limit>>in.r.IntN(14), in.r.IntN(17)
	for i := range c {
		switch {
		case in.r.IntN(16) >= density:
			c[i] = 0
		case in.round&3 == 0:
			c[i] = int16(limit - 2*limit*in.r.IntN(2))
		default:
			c[i] = int16(in.r.IntN(2*magnitude+1) - magnitude)
		}
	}
	return c
}

// few is coefs for inverse transforms of n coefficients a block, none of whose sums needs more than 16 bits: the sum of the
// magnitudes, or that of one sign or the other, is within that.
func (in *input) few(blocks, n int) []int16 {
	c := place[int16](in, blocks*n, false)
	for i := range c {
		c[i] = 0
	}
	for b := range blocks {
		for left, k := 1<<15-1-1<<6, in.r.IntN(n+1); k > 0; k-- {
			at := &c[b*n+in.r.IntN(n)]
			if *at != 0 {
				continue
			}
			v := in.r.IntN(left + 1)
			if in.r.IntN(3) > 0 {
				v >>= in.r.IntN(15)
			}
			left -= v
			if *at = int16(v); in.r.IntN(2) == 0 {
				*at = int16(-v)
			}
		}
	}
	return c
}

// ones returns factors of 1.
func (in *input) ones(n int) []int16 {
	s := place[int16](in, n, false)
	for i := range s {
		s[i] = 1
	}
	return s
}

// array returns the address of an array in elements that place has returned.
func array[A, T any](p []T) *A {
	var a A
	if want, have := unsafe.Sizeof(a), uintptr(len(p))*unsafe.Sizeof(p[0]); want != have {
		panic("elements are not of the array's size")
	}
	return (*A)(unsafe.Pointer(&p[0]))
}

func (in *input) quant4x4() *Quant4x4 {
	mf, bias, shift := quantTables(in.r.IntN(52), in.r.IntN(2) == 0)
	mf, bias = scannedTables(mf, bias)
	q := MakeQuant4x4(&mf, &bias, shift)
	return &q
}

// tables8x8 are those of a QP, in memory of their own.
type tables8x8 struct {
	mf    *[64]uint16
	bias  *[64]uint32
	scale *[64]int16
	shift uint
}

func (in *input) quant8x8() (q tables8x8) {
	mf, bias, scale, shift := quantTables8(in.r.IntN(52))
	q.mf, q.bias = array[[64]uint16](place[uint16](in, 64, false)), array[[64]uint32](place[uint32](in, 64, false))
	q.scale, q.shift = array[[64]int16](place[int16](in, 64, false)), shift
	*q.mf, *q.bias, *q.scale = mf, bias, scale
	return q
}

// randomLevelCosts are any that may be.
func randomLevelCosts(r *rand.Rand) (t LevelCosts) {
	skipped := int32(0)
	bin := func() int32 { return 5 + r.Int32N(1<<r.IntN(11)) }
	for i := range t.Flags {
		zero := bin()
		t.Flags[i] = FlagCosts{Last: skipped + bin() + bin(), More: bin() + bin() - zero}
		skipped += zero
	}
	for node := range t.Ones {
		t.Ones[node], t.Step[node] = 256+bin(), bin()
		t.Base[node] = 256 + bin() + bin() - 2*t.Step[node]
		t.Prefix[node] = 256 + bin() + 13*t.Step[node]
	}
	return t
}

// structs is place for structures of whole words.
func structs[T any](in *input, n int, written bool) []T {
	var t T
	words := place[uint32](in, n*int(unsafe.Sizeof(t))/4, written)
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(words))), n)
}

// edgePlane returns a row of w macroblocks of h rows with what the filters reach, and limits of any kind for n.
func (in *input) edgePlane(w, n, h int) EdgePlane {
	p, stride := in.target(16*w+4, h+h/4)
	limits := structs[Limits](in, n, false)
	for i := range limits {
		limits[i] = Limits{Left: randomLimit(in.r), Inner: randomLimit(in.r), Above: randomLimit(in.r)}
	}
	return EdgePlane{p, h/4*stride + 4, stride, limits}
}
