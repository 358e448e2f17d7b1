//go:build !(386 || amd64 || arm64 || loong64 || ppc64le || riscv64 || wasm)

package dsp

import (
	"encoding/binary"
	"unsafe"
)

// at8 returns the eight samples at p+i, inside a window, the first in the lowest byte.
func at8(p *uint8, i int) uint64 {
	return binary.LittleEndian.Uint64((*[8]uint8)(unsafe.Add(unsafe.Pointer(p), i))[:])
}

// at4 returns the four samples at p+i, inside a window.
func at4(p *uint8, i int) uint64 {
	return uint64(binary.LittleEndian.Uint32((*[4]uint8)(unsafe.Add(unsafe.Pointer(p), i))[:]))
}

// put8 stores eight samples at p+i, inside a window.
func put8(p *uint8, i int, v uint64) {
	binary.LittleEndian.PutUint64((*[8]uint8)(unsafe.Add(unsafe.Pointer(p), i))[:], v)
}

// put4 stores four samples at p+i, inside a window.
func put4(p *uint8, i int, v uint64) {
	binary.LittleEndian.PutUint32((*[4]uint8)(unsafe.Add(unsafe.Pointer(p), i))[:], uint32(v))
}
