//go:build amd64 && !noasm && !purego

package cpu

import "golang.org/x/sys/cpu"

// AVX2 tells whether processor and operating system have AVX2. It is a constant, false, where there is no assembly for
// it: on other processors, and with the tags noasm and purego.
var AVX2 = cpu.X86.HasAVX2
