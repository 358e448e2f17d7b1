//go:build !amd64 || noasm || purego

package colorconv

const haveAssembly = false

// portably runs f with the portable forms of the kernels: this build has no others.
func portably(f func()) { f() }
