package dsp

import (
	"reflect"
	"testing"
)

// Every kernel that has assembly is held against its portable form: twins runs both from the same buffers. Buffers come
// from cut or margins, so that a read or a write past the end of a block is a fault, and one beside it a difference.

// twins runs kernel once with the assembly forms and once with the portable ones, from the same contents of the buffers
// that it may write (slices of any integers, with the margins around what is to be written), and fails where its results
// or the buffers differ. Buffers hold what the portable forms wrote afterwards.
func twins(t testing.TB, what string, kernel func() []int, buffers ...any) {
	t.Helper()
	before := snapshot(buffers)
	got := kernel()
	after := snapshot(buffers)
	restore(buffers, before)
	var want []int
	portably(func() { want = kernel() })
	if len(got) != len(want) {
		t.Fatalf("%s: %d results, want %d", what, len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%s: result %d is %d, want %d", what, i, got[i], want[i])
		}
	}
	for k := range buffers {
		if reflect.DeepEqual(after[k], buffers[k]) {
			continue
		}
		g, w := reflect.ValueOf(after[k]), reflect.ValueOf(buffers[k])
		for i := range w.Len() {
			if a, b := g.Index(i).Interface(), w.Index(i).Interface(); a != b {
				t.Fatalf("%s: element %d of buffer %d is %v, want %v", what, i, k, a, b)
			}
		}
	}
}

func snapshot(buffers []any) []any {
	kept := make([]any, len(buffers))
	for k, b := range buffers {
		v := reflect.ValueOf(b)
		c := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
		reflect.Copy(c, v)
		kept[k] = c.Interface()
	}
	return kept
}

func restore(buffers, kept []any) {
	for k, b := range buffers {
		reflect.Copy(reflect.ValueOf(b), reflect.ValueOf(kept[k]))
	}
}

// margins returns n elements in the middle of a buffer of noise, for kernels that write them, and the whole buffer.
func margins[T ~uint8 | ~int16 | ~uint16 | ~int32 | ~uint32 | ~int](n int) (whole, part []T) {
	const margin = 37
	whole = make([]T, n+2*margin)
	for i := range whole {
		whole[i] = T(i*89 + 7)
	}
	return whole, whole[margin : margin+n : margin+n]
}

// patterns are blocks of the two extremes that drive sums, differences and transforms to the ends of their ranges.
var patterns = []func(x, y int) bool{
	func(x, y int) bool { return false },
	func(x, y int) bool { return true },
	func(x, y int) bool { return x&1 == 0 },
	func(x, y int) bool { return y&1 == 0 },
	func(x, y int) bool { return x&2 == 0 },
	func(x, y int) bool { return y&2 == 0 },
	func(x, y int) bool { return x&4 == 0 },
	func(x, y int) bool { return y&4 == 0 },
	func(x, y int) bool { return (x+y)&1 == 0 },
	func(x, y int) bool { return (x^y)&2 == 0 },
	func(x, y int) bool { return (x>>1^y)&1 == 0 },
	func(x, y int) bool { return (x^y>>1)&1 == 0 },
	func(x, y int) bool { return x&3 == 0 && y&3 == 0 },
}

// draw fills a block of w x h samples, at the end of a page where it can be, with a pattern.
func draw(pattern func(x, y int) bool, w, h int) []uint8 {
	p := guarded(w * h)
	for i := range p {
		p[i] = 0
		if pattern(i%w, i/w) {
			p[i] = 255
		}
	}
	return p
}

// panics tells whether f panics.
func panics(f func()) (yes bool) {
	defer func() { yes = recover() != nil }()
	f()
	return false
}

// benchTwins times a kernel in both forms.
func benchTwins(b *testing.B, name string, kernel func(n int)) {
	run := func(b *testing.B) {
		before := processorTime()
		kernel(b.N)
		b.ReportMetric(float64(processorTime()-before)/float64(b.N), "cpu-ns/op")
	}
	if haveAssembly {
		b.Run(name+"/avx2", run)
	}
	b.Run(name+"/portable", func(b *testing.B) { portably(func() { run(b) }) })
}
