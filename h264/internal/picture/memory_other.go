//go:build !linux

package picture

// preferLargePages does nothing: this system isn't known to take advice.
func preferLargePages([]uint8) {}
