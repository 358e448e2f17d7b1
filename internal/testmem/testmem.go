// Package testmem gives tests of assembly memory that ends where nothing can be
// read or written.
package testmem

// Before returns n bytes before the first byte that can't be read or written, so
// that a kernel which goes on past the end of its block faults. They may be reused
// after some 250 calls. Elsewhere than on Linux nothing guards their end.
func Before(n int) []uint8 {
	if p := page(n); p != nil {
		return p[len(p)-n:]
	}
	return make([]uint8, n)
}

// After is Before with the forbidden bytes on the other side.
func After(n int) []uint8 {
	if p := page(n); p != nil {
		return p[:n:n]
	}
	return make([]uint8, n)
}
