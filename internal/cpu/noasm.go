//go:build !amd64 || noasm || purego

package cpu

// AVX2 tells whether processor and operating system have AVX2; this build doesn't ask.
const AVX2 = false
