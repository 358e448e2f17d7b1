package picture

import (
	"sync"
	"sync/atomic"

	"github.com/g264/g264/h264/internal/wait"
)

// Progress counts finished units of a row or picture; others wait for it.
type Progress struct {
	done    atomic.Int32
	waiting atomic.Int32
	mu      sync.Mutex
	cond    *sync.Cond

	_ [64]byte // so that no two share a line of a cache
}

// NewProgress makes a Progress at zero.
func NewProgress() *Progress {
	p := new(Progress)
	p.cond = sync.NewCond(&p.mu)
	return p
}

// Reset starts again at zero. Nobody may be waiting.
func (p *Progress) Reset() { p.done.Store(0) }

// Set says that n units are finished; what was written before is visible to
// those who waited for them.
func (p *Progress) Set(n int) {
	p.done.Store(int32(n))
	if p.waiting.Load() > 0 {
		p.mu.Lock()
		p.cond.Broadcast()
		p.mu.Unlock()
	}
}

// Done returns how many units are finished.
func (p *Progress) Done() int { return int(p.done.Load()) }

// Reached reports whether n units are finished.
func (p *Progress) Reached(n int) bool { return p.done.Load() >= int32(n) }

// Wait returns when n units are finished.
func (p *Progress) Wait(n int) {
	if wait.Briefly(func() bool { return p.Reached(n) }) {
		return
	}
	p.mu.Lock()
	p.waiting.Add(1)
	for p.done.Load() < int32(n) {
		p.cond.Wait()
	}
	p.waiting.Add(-1)
	p.mu.Unlock()
}
