//go:build 386 || amd64 || arm64 || loong64 || ppc64le || riscv64 || wasm

package dsp

import "unsafe"

// Little-endian processors that load and store words at any address take them as they lie in memory. (Two calls less to
// inline than in words_portable.go, each of which leaves an instruction behind.)

// at8 returns the eight samples at p+i, inside a window, the first in the lowest byte.
func at8(p *uint8, i int) uint64 { return *(*uint64)(unsafe.Add(unsafe.Pointer(p), i)) }

// at4 returns the four samples at p+i, inside a window.
func at4(p *uint8, i int) uint64 { return uint64(*(*uint32)(unsafe.Add(unsafe.Pointer(p), i))) }

// put8 stores eight samples at p+i, inside a window.
func put8(p *uint8, i int, v uint64) { *(*uint64)(unsafe.Add(unsafe.Pointer(p), i)) = v }

// put4 stores four samples at p+i, inside a window.
func put4(p *uint8, i int, v uint64) { *(*uint32)(unsafe.Add(unsafe.Pointer(p), i)) = uint32(v) }
