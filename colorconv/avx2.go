//go:build amd64 && !noasm && !purego

package colorconv

import "github.com/g264/g264/internal/cpu"

// useAVX2 tells whether kernels take their AVX2 forms.
var useAVX2 = cpu.AVX2
