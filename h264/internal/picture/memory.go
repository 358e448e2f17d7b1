package picture

// memory is where planes of pictures lie behind each other: in few large pieces
// the system can map them by large pages.
type memory struct{ rest []uint8 }

// aligned is what planes begin at a multiple of, from the start of their memory.
const aligned = 64

// newMemory allocates memory of n bytes.
func newMemory(n int64) *memory {
	m := &memory{rest: make([]uint8, n)}
	preferLargePages(m.rest)
	return m
}

// take cuts off n bytes.
func (m *memory) take(n int) []uint8 {
	p := m.rest[:n:n]
	m.rest = m.rest[inMemory(n):]
	return p
}

// inMemory is what n bytes need.
func inMemory(n int) int64 { return (int64(n) + aligned - 1) &^ (aligned - 1) }
