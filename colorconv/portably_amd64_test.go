//go:build !noasm && !purego

package colorconv

import "github.com/g264/g264/internal/cpu"

const haveAssembly = true

// portably runs f with the portable forms of the kernels.
func portably(f func()) {
	useAVX2 = false
	defer func() { useAVX2 = cpu.AVX2 }()
	f()
}
