package dsp

import "syscall"

const (
	guardPages = 512
	pageSize   = 64 << 10 // a multiple of every processor's pages
)

// guards is memory in which a page that may be used and one that may not take turns.
var guards []uint8

var nextGuard int

// guarded returns n bytes before the first byte that can't be read or written, so that a kernel that goes on past the end
// of its block faults. They may be reused after half of guardPages more calls.
func guarded(n int) []uint8 {
	if n > pageSize {
		return make([]uint8, n)
	}
	if guards == nil {
		m, err := syscall.Mmap(-1, 0, guardPages*pageSize, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
		if err != nil {
			panic(err)
		}
		for i := 1; i < guardPages; i += 2 {
			if err := syscall.Mprotect(m[i*pageSize:(i+1)*pageSize], syscall.PROT_NONE); err != nil {
				panic(err)
			}
		}
		guards = m
	}
	nextGuard = (nextGuard + 2) % guardPages
	end := (nextGuard + 1) * pageSize
	return guards[end-n : end : end]
}
