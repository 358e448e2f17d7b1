package testmem

import "syscall"

const (
	pages    = 512
	pageSize = 64 << 10 // a multiple of every processor's pages
)

// memory holds pages that may be used, each between two that may not.
var memory []uint8

var next int

// page returns the next page that may be used, nil where it has fewer than n bytes.
func page(n int) []uint8 {
	if n > pageSize {
		return nil
	}
	if memory == nil {
		m, err := syscall.Mmap(-1, 0, (pages+1)*pageSize, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
		if err != nil {
			panic(err)
		}
		for i := 0; i <= pages; i += 2 {
			if err := syscall.Mprotect(m[i*pageSize:(i+1)*pageSize], syscall.PROT_NONE); err != nil {
				panic(err)
			}
		}
		memory = m
	}
	next = (next + 2) % pages
	return memory[(next+1)*pageSize : (next+2)*pageSize : (next+2)*pageSize]
}
