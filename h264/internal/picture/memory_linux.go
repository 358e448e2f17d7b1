package picture

import "syscall"

// largePage is the usual size of a large page.
const largePage = 2 << 20

// preferLargePages asks for large pages in memory that has just been allocated:
// they take fewer faults to begin with, and fewer misses of address translation.
// Where there are none it changes nothing.
func preferLargePages(p []uint8) {
	if len(p) >= 2*largePage {
		_ = syscall.Madvise(p, syscall.MADV_HUGEPAGE)
	}
}
