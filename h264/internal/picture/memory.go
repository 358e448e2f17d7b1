package picture

import (
	"slices"
	"sync"
)

// Memory is where the planes of an encoder's pictures lie, in few large pieces that the
// system can map by large pages. An encoder that has ended leaves it to one that begins:
// fresh memory costs the system as much time as coding a few pictures does. From nil comes
// fresh memory that nobody else will have.
type Memory struct{ spare, used [][]uint8 }

// left are the Memories that encoders have left, as long as the garbage collector agrees.
var left sync.Pool

// NewMemory returns what another encoder has left, or a Memory that has nothing yet.
func NewMemory() *Memory {
	if m, ok := left.Get().(*Memory); ok {
		return m
	}
	return new(Memory)
}

// Leave leaves the memory to others. Nobody may use a picture in it any more. What it had
// and nobody asked for goes.
func (m *Memory) Leave() {
	m.spare, m.used = m.used, nil
	left.Put(m)
}

// piece returns a piece of n bytes. Only a fresh one is zero.
func (m *Memory) piece(n int64) *piece {
	if m == nil {
		return fresh(n)
	}
	var p *piece
	if i := slices.IndexFunc(m.spare, func(p []uint8) bool { return int64(len(p)) == n }); i >= 0 {
		p = &piece{rest: m.spare[i], others: true}
		m.spare = slices.Delete(m.spare, i, i+1)
	} else {
		p = fresh(n)
	}
	m.used = append(m.used, p.rest)
	return p
}

// piece is memory from which planes are cut off, one behind the other.
type piece struct {
	rest   []uint8
	others bool // has samples of another encoder
}

func fresh(n int64) *piece {
	p := &piece{rest: make([]uint8, n)}
	preferLargePages(p.rest)
	return p
}

// aligned is what planes begin at a multiple of, from the start of their memory.
const aligned = 64

// take cuts off n bytes.
func (p *piece) take(n int) []uint8 {
	cut := p.rest[:n:n]
	p.rest = p.rest[inMemory(n):]
	return cut
}

// inMemory is what n bytes need.
func inMemory(n int) int64 { return (int64(n) + aligned - 1) &^ (aligned - 1) }
