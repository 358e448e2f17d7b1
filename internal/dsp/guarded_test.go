package dsp

import "github.com/g264/g264/internal/testmem"

// guarded returns n bytes before the first byte that can't be read or written, so that a kernel that goes on past the end
// of its block faults.
func guarded(n int) []uint8 { return testmem.Before(n) }
