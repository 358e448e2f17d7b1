// Command kernels compares kernels of package dsp, in the portable form that
// WebAssembly runs, with kernels of another WebAssembly module, which work on
// this program's memory in SIMD. It prints nanoseconds per call as JSON.
package main

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"time"
	"unsafe"

	"github.com/g264/g264/internal/dsp"
)

//go:wasmimport kernels nothing
//go:noescape
func nothing(a unsafe.Pointer, aStride int32, b unsafe.Pointer, bStride, height int32) int32

//go:wasmimport kernels sad16
//go:noescape
func sad16(a unsafe.Pointer, aStride int32, b unsafe.Pointer, bStride, height int32) int32

//go:wasmimport kernels sad16Script
//go:noescape
func sad16Script(a unsafe.Pointer, aStride int32, b unsafe.Pointer, bStride, height int32) int32

//go:wasmimport kernels satd16
//go:noescape
func satd16(a unsafe.Pointer, aStride int32, b unsafe.Pointer, bStride, height int32) int32

//go:wasmimport kernels sad16Four
//go:noescape
func sad16Four(out, a unsafe.Pointer, stride int32, p0, p1, p2, p3 unsafe.Pointer)

const stride = 64

func main() {
	a, b := make([]uint8, 32*stride), make([]uint8, 32*stride)
	rnd := rand.New(rand.NewSource(1))
	pa, pb := unsafe.Pointer(&a[3]), unsafe.Pointer(&b[5])
	at := [4]int{5, 8, 69, 136}
	var sums [4]int
	var out [4]int32
	four := func() {
		sad16Four(unsafe.Pointer(&out), pa, stride, unsafe.Pointer(&b[at[0]]), unsafe.Pointer(&b[at[1]]), unsafe.Pointer(&b[at[2]]), unsafe.Pointer(&b[at[3]]))
	}
	for range 1000 { // both compute the same
		rnd.Read(a)
		rnd.Read(b)
		same("SAD", dsp.SAD(dsp.B16x16, a[3:], stride, b[5:], stride), sad16(pa, stride, pb, stride, 16))
		same("SAD", dsp.SAD(dsp.B16x16, a[3:], stride, b[5:], stride), sad16Script(pa, stride, pb, stride, 16))
		same("SATD", dsp.SATD(dsp.B16x16, a[3:], stride, b[5:], stride), satd16(pa, stride, pb, stride, 16))
		dsp.SADBelow4(&sums, dsp.B16x16, a[3:], stride, b, stride, 0, &at, 1<<30)
		four()
		for i := range sums {
			same("SAD of four", sums[i], out[i])
		}
	}
	ns := map[string]float64{
		"nothing":     clock(func() { nothing(pa, stride, pb, stride, 16) }),
		"sad":         clock(func() { dsp.SAD(dsp.B16x16, a[3:], stride, b[5:], stride) }),
		"sadModule":   clock(func() { sad16(pa, stride, pb, stride, 16) }),
		"sadScript":   clock(func() { sad16Script(pa, stride, pb, stride, 16) }),
		"fourModule":  clock(four),
		"satd":        clock(func() { dsp.SATD(dsp.B16x16, a[3:], stride, b[5:], stride) }),
		"satdModule":  clock(func() { satd16(pa, stride, pb, stride, 16) }),
		"closureOnly": clock(func() {}),
	}
	if err := json.NewEncoder(os.Stdout).Encode(ns); err != nil {
		panic(err)
	}
}

func same(what string, portable int, module int32) {
	if portable != int(module) {
		fmt.Fprintf(os.Stderr, "%s: %d, but %d in the module\n", what, portable, module)
		os.Exit(1)
	}
}

// clock returns the nanoseconds of a call, the least of many runs of it.
func clock(f func()) float64 {
	const calls = 100_000
	best := time.Duration(1 << 62)
	for range 15 {
		start := time.Now()
		for range calls {
			f()
		}
		best = min(best, time.Since(start))
	}
	return float64(best) / calls
}
