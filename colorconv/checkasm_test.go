package colorconv

import (
	"bytes"
	"fmt"
	"math/rand"
	"testing"
	"unsafe"

	"github.com/g264/g264/internal/testasm"
	"github.com/g264/g264/internal/testmem"
)

// Every kernel that has assembly is held against its portable form. Sources lie
// between bytes that can't be read, destinations between bytes that must stay.

// input is what kernels get: rows of bytes of any length.
type input struct {
	rng   *rand.Rand
	kind  int    // of the bytes. 0: all values; 1: the two ends; 2: one of them; 3: near 128
	data  []byte // if any, the bytes themselves, again and again
	after bool   // rows lie at the beginning of readable memory, not at its end
}

// row returns n bytes.
func (in *input) row(n int) []uint8 {
	place := testmem.Before
	if in.after {
		place = testmem.After
	}
	p := place(n)
	end := uint8(-in.rng.Intn(2))
	for i := range p {
		switch {
		case len(in.data) > 0:
			p[i] = in.data[0]
			in.data = append(in.data[1:], in.data[0])
		case in.kind == 0:
			p[i] = uint8(in.rng.Intn(256))
		case in.kind == 1:
			p[i] = uint8(-in.rng.Intn(2))
		case in.kind == 2:
			p[i] = end
		default:
			p[i] = uint8(126 + in.rng.Intn(5))
		}
	}
	return p
}

// output is the rows that a kernel writes: those of the first call serve again.
type output struct {
	whole [][]uint8
	used  int
}

const margin = 36

// row returns n bytes to write between others.
func (o *output) row(n int) []uint8 {
	if o.used == len(o.whole) {
		p := make([]uint8, n+2*margin)
		for i := range p {
			p[i] = uint8(89*i + 7)
		}
		o.whole = append(o.whole, p)
	}
	p := o.whole[o.used]
	o.used++
	return p[margin : margin+n : margin+n]
}

// rowKernels are the kernels, each made for rows of a length: make takes what is
// random from in, and returns a call that writes rows of out.
var rowKernels = []struct {
	name string
	make func(in *input, w int) func(out *output)
}{
	{"pixelRow", func(in *input, w int) func(*output) {
		m, n := in.matrix(), 3+in.rng.Intn(2)
		pix := in.row(n * w)
		return func(out *output) { pixelRow(out.row(w), out.row(w), out.row(w), pix, n, m) }
	}},
	{"subsampledRows", func(in *input, w int) func(*output) {
		m, n, siting := in.matrix(), 3+in.rng.Intn(2), Siting(in.rng.Intn(2))
		top, bottom := in.row(n*w), in.row(n*w)
		if in.rng.Intn(4) == 0 {
			bottom = top
		}
		cw := (w + 1) / 2
		return func(out *output) {
			subsampledRows(out.row(w), out.row(w), out.row(cw), out.row(cw), top, bottom, n, m, siting)
		}
	}},
	{"splitPixels", func(in *input, w int) func(*output) {
		n := 3 + in.rng.Intn(2)
		pix := in.row(n * w)
		return func(out *output) { splitPixels(out.row(w), out.row(w), out.row(w), pix, n) }
	}},
	{"limitedRow", func(in *input, w int) func(*output) {
		c, src := New(Space{}, [3]uint8{}), in.row(w)
		return func(out *output) { limitedRow(out.row(w), src, &c.grey) }
	}},
	{"composite", func(in *input, w int) func(*output) {
		pix, straight := in.row(4*w), in.rng.Intn(2) == 0
		background := in.rng.Uint64() & byteLanes
		return func(out *output) { composite(out.row(4*w), pix, straight, background) }
	}},
	{"opaque", func(in *input, w int) func(*output) {
		pix := in.row(4 * w)
		for i := 3; i < len(pix); i += 4 {
			pix[i] = 255
		}
		if in.rng.Intn(2) == 0 {
			pix[4*in.rng.Intn(w)+3] = uint8(in.rng.Intn(255))
		}
		return func(out *output) {
			if opaque(pix) {
				out.row(1)[0] = 1
			} else {
				out.row(1)[0] = 0
			}
		}
	}},
	{"betweenRow", func(in *input, w int) func(*output) {
		src, w0, w1 := in.line(w+1, false), in.weight(), in.weight()
		return func(out *output) { betweenRow(out.line(w), src, w0, w1) }
	}},
	{"halveRow", func(in *input, w int) func(*output) {
		src, w0, w1, w2 := in.line(2*w+2, false), in.weight(), in.weight(), in.weight()
		return func(out *output) { halveRow(out.line(w), src, w0, w1, w2) }
	}},
	{"doubleRow", func(in *input, w int) func(*output) {
		even, odd := in.line((w+1)/2+1, false), in.line(w/2+1, false)
		w0, w1, v0, v1 := in.weight(), in.weight(), in.weight(), in.weight()
		return func(out *output) { doubleRow(out.line(w), even, odd, w0, w1, v0, v1) }
	}},
	{"pairRow", func(in *input, w int) func(*output) {
		cb, cr := in.row(w), in.row(w)
		return func(out *output) { pairRow(out.line(w), cb, cr) }
	}},
	{"crossRow", func(in *input, w int) func(*output) {
		cb, cr, m := in.row(w), in.row(w), in.yccMatrix()
		return func(out *output) { crossRow(out.line(w), cb, cr, m) }
	}},
	{"splitRow", func(in *input, w int) func(*output) {
		a, b, wb := in.line(w, true), in.line(w, true), in.weight()
		return func(out *output) { splitRow(out.row(w), out.row(w), a, b, axisWeight-wb, wb) }
	}},
	{"matrixRow", func(in *input, w int) func(*output) {
		a, b, wb, m := in.line(w, true), in.line(w, true), in.weight(), in.yccMatrix()
		return func(out *output) { matrixRow(out.row(w), out.row(w), a, b, axisWeight-wb, wb, m) }
	}},
	{"crossedRow", func(in *input, w int) func(*output) {
		m, wb := in.yccMatrix(), in.weight()
		// As stretched lines are.
		a, b := make([]uint32, w), make([]uint32, w)
		for _, line := range [][]uint32{a, b} {
			crossRowPortable(line, in.row(w), in.row(w), m)
			betweenRowPortable(line[:w-1], line, axisWeight/2, axisWeight/2)
			line[w-1] *= axisWeight
		}
		src := in.row(w)
		return func(out *output) { crossedRow(out.row(w), src, a, b, axisWeight-wb, wb, m) }
	}},
}

// line returns n elements: of stretched pairs, or any.
func (in *input) line(n int, stretched bool) []uint32 {
	p := unsafe.Slice((*uint32)(unsafe.Pointer(&in.row(4 * n)[0])), n)
	if stretched {
		for i, v := range p {
			p[i] = (v&0xff + v>>8&0xff<<16) * axisWeight
		}
	}
	return p
}

// weight returns one of a pair of weights.
func (in *input) weight() uint32 { return uint32(in.rng.Intn(axisWeight + 1)) }

func (in *input) yccMatrix() *yccMatrix { return newYCCMatrix(allSpaces[in.rng.Intn(3)]) }

// line is row for elements of 32 bits.
func (o *output) line(n int) []uint32 {
	return unsafe.Slice((*uint32)(unsafe.Pointer(&o.row(4 * n)[0])), n)
}

func (in *input) matrix() *pixelMatrix {
	c := New(allSpaces[in.rng.Intn(len(allSpaces))], [3]uint8{})
	if in.rng.Intn(2) == 0 {
		return &c.bgr
	}
	return &c.rgb
}

// sameInBothForms runs a kernel in both forms on rows of a length.
func sameInBothForms(t testing.TB, name string, kernel func(in *input, w int) func(*output), in *input, w int) {
	t.Helper()
	call := kernel(in, w)
	var got, want output
	call(&got)
	portably(func() { call(&want) })
	for k := range want.whole {
		for i, v := range want.whole[k] {
			if g := got.whole[k][i]; g != v {
				t.Fatalf("%s of %d, row %d: byte %d is %d, want %d", name, w, k, i-margin, g, v)
			}
		}
	}
}

func TestKernelsEqualTheirPortableForms(t *testing.T) {
	for _, k := range rowKernels {
		t.Run(k.name, func(t *testing.T) {
			rng := rand.New(rand.NewSource(1))
			for w := 1; w <= 200; w++ {
				for i := range 16 {
					sameInBothForms(t, k.name, k.make, &input{rng: rng, kind: i / 2 % 4, after: i&1 != 0}, w)
				}
			}
		})
	}
}

func FuzzKernelsEqualTheirPortableForms(f *testing.F) {
	f.Add(uint8(0), int64(1), uint16(33), []byte{0, 255, 254})
	f.Add(uint8(1), int64(2), uint16(97), []byte{})
	f.Fuzz(func(t *testing.T, kernel uint8, seed int64, w uint16, data []byte) {
		k := rowKernels[int(kernel)%len(rowKernels)]
		in := &input{rng: rand.New(rand.NewSource(seed)), data: bytes.Clone(data), after: seed&1 != 0}
		sameInBothForms(t, k.name, k.make, in, 1+int(w)%2000)
	})
}

// The benchmarks convert rows of 1920 pixels, of kinds that the seed picks.
func BenchmarkKernels(b *testing.B) {
	for _, k := range rowKernels {
		for seed := range int64(3) {
			bench := func(b *testing.B) {
				call := k.make(&input{rng: rand.New(rand.NewSource(seed))}, 1920)
				var out output
				for range b.N {
					out.used = 0
					call(&out)
				}
			}
			name := fmt.Sprintf("%s/%d", k.name, seed)
			if haveAssembly {
				b.Run(name+"/avx2", bench)
			}
			b.Run(name+"/portable", func(b *testing.B) { portably(func() { bench(b) }) })
		}
	}
}

// Every function of assembly is called by one of rowKernels, or by what one calls.
func TestKernelsAreComplete(t *testing.T) {
	var names []string
	for _, k := range rowKernels {
		names = append(names, k.name)
	}
	testasm.Checked(t, names, 15)
}
