//go:build !amd64 || noasm || purego

package colorconv

// useAVX2 tells whether kernels take their AVX2 forms: this build has none.
const useAVX2 = false
