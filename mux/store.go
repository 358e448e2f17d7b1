package mux

// Sizes of the blocks that hold the media: the first is small, for small
// files, and each is twice the one before up to the largest.
const (
	minBlock = 64 << 10
	maxBlock = 1 << 20
)

// store holds the media in blocks that are filled and never moved, so that a
// long video isn't copied as it grows and is in memory once.
type store struct {
	blocks [][]byte
}

// append copies p to the end of the media. A sample may cross blocks: they are
// written one after the other.
func (s *store) append(p []byte) {
	for len(p) > 0 {
		last := len(s.blocks) - 1
		if last < 0 || len(s.blocks[last]) == cap(s.blocks[last]) {
			size := minBlock
			if last >= 0 {
				size = min(2*cap(s.blocks[last]), maxBlock)
			}
			s.blocks = append(s.blocks, make([]byte, 0, size))
			last++
		}
		b := s.blocks[last]
		n := min(cap(b)-len(b), len(p))
		s.blocks[last] = append(b, p[:n]...)
		p = p[n:]
	}
}
