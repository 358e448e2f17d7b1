package h264

import (
	"slices"
	"sync"

	"github.com/g264/g264/h264/internal/analysis"
	"github.com/g264/g264/h264/internal/picture"
)

// pool runs surveys and the stages of the pictures in flight, a band or a row at
// a time. Its workers are goroutines that live while there is something to do;
// with one thread the caller's goroutine does everything.
type pool struct {
	mu       sync.Mutex
	surveys  []*survey // oldest first
	flight   []*coding // oldest first
	reach    int       // rows of a reference that a row may need beyond its own
	busy     int       // tasks that are being done
	paused   bool      // no task begins
	measured int       // surveys begun or past
	begun    int       // pictures in or past coding

	observe func(Task) // nil: nobody

	workers int
	idle    []*worker
	waiting int       // workers without a task while others run
	ready   sync.Cond // there may be a task
	done    sync.Cond // a picture or survey is complete, or the pool stopped
	stopped bool
	running sync.WaitGroup
	inline  bool
}

// worker is what a goroutine works with.
type worker struct {
	pool     *pool
	number   int
	analysis *analysis.Worker
	serve    func()
}

func newPool(threads int, chroma44 bool, reach int) *pool {
	p := &pool{reach: reach, workers: threads, inline: threads == 1}
	p.ready.L, p.done.L = &p.mu, &p.mu
	for i := range threads {
		w := &worker{pool: p, number: i, analysis: analysis.NewWorker(chroma44)}
		w.serve = w.run
		p.idle = append(p.idle, w)
	}
	return p
}

// survey takes a survey and waits until its picture is taken in. It reports false
// if the pool has stopped before.
func (p *pool) survey(s *survey) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	s.number = p.measured
	p.measured++
	p.surveys = append(p.surveys, s)
	p.wake()
	if p.inline {
		p.work(p.idle[0])
	}
	for !s.takenIn() && !p.stopped {
		p.done.Wait()
	}
	s.input = [3]picture.Samples{}
	return s.takenIn()
}

// surveyed waits for the oldest survey and takes it out. It returns nil if the
// pool has stopped before.
func (p *pool) surveyed() *survey {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.surveys[0]
	for !s.complete() && !p.stopped {
		p.done.Wait()
	}
	if !s.complete() {
		return nil
	}
	p.surveys = append(p.surveys[:0], p.surveys[1:]...)
	return s
}

// start takes a picture that is ready for the first row.
func (p *pool) start(c *coding) {
	p.mu.Lock()
	c.number = p.begun
	p.begun++
	p.flight = append(p.flight, c)
	p.wake()
	p.mu.Unlock()
}

// rewind puts a picture that finish gave back before all others, which refer to
// it, and has begin make each of them ready for the first row.
func (p *pool) rewind(c *coding, begin func(c *coding)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.paused = true
	for p.busy > 0 {
		p.done.Wait()
	}
	p.paused = false
	p.flight = slices.Insert(p.flight, 0, c)
	for _, c := range p.flight {
		begin(c)
	}
	p.ready.Broadcast()
	p.wake()
}

// finish waits for the oldest picture and takes it out. It returns nil if the
// pool has stopped before.
func (p *pool) finish() *coding {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.flight[0]
	if p.inline {
		p.work(p.idle[0])
	}
	for !c.complete() && !p.stopped {
		p.done.Wait()
	}
	if !c.complete() {
		return nil
	}
	p.flight = append(p.flight[:0], p.flight[1:]...)
	return c
}

// stop makes the workers end after the rows that they are at. Any goroutine may
// call it.
func (p *pool) stop() {
	p.mu.Lock()
	p.stopped = true
	p.ready.Broadcast()
	p.done.Broadcast()
	p.mu.Unlock()
}

// halted reports whether stop has been called.
func (p *pool) halted() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stopped
}

// wait returns when no goroutine of the pool is left.
func (p *pool) wait() { p.running.Wait() }

// wake gets a worker to look for a task if there is one to be found. p.mu is
// held.
func (p *pool) wake() {
	if p.inline || p.waiting == 0 && len(p.idle) == 0 {
		return
	}
	if _, found := p.find(nil); !found {
		return
	}
	if p.waiting > 0 {
		p.ready.Signal()
		return
	}
	last := len(p.idle) - 1
	w := p.idle[last]
	p.idle = p.idle[:last]
	p.running.Add(1)
	go w.serve()
}

// at reports whether the i-th of n parts of a picture, from the top, lies at the
// worker: its processor has the samples there in its caches from the pictures before.
// To nil all parts do.
func (w *worker) at(i, n int) bool { return w == nil || i*w.pool.workers/n == w.number }

// run is a worker's goroutine.
func (w *worker) run() {
	p := w.pool
	defer p.running.Done()
	p.mu.Lock()
	p.work(w)
	p.idle = append(p.idle, w)
	p.mu.Unlock()
}

// work does tasks until all pictures are complete. p.mu is held, but for the
// tasks.
func (p *pool) work(w *worker) {
	for !p.stopped {
		t, found := p.next(w)
		if !found {
			if p.complete() && !p.paused {
				return
			}
			p.waiting++
			p.ready.Wait()
			p.waiting--
			continue
		}
		p.claim(t)
		p.busy++
		p.wake()
		p.mu.Unlock()
		if p.observe == nil {
			w.do(t)
		} else {
			w.observed(t)
		}
		p.mu.Lock()
		p.settle(t)
		if p.busy--; p.busy == 0 && p.paused {
			p.done.Broadcast()
		}
	}
}

// complete reports whether nothing is left to do. p.mu is held.
func (p *pool) complete() bool {
	for _, c := range p.flight {
		if !c.complete() {
			return false
		}
	}
	for _, s := range p.surveys {
		if !s.complete() {
			return false
		}
	}
	return true
}

// tell wakes who waits for a picture or survey that is complete, and all workers
// if nothing is left to do: they end. p.mu is held.
func (p *pool) tell() {
	p.done.Broadcast()
	if p.complete() {
		p.ready.Broadcast()
	}
}
