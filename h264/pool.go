package h264

import (
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/g264/g264/h264/internal/analysis"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/h264/internal/wait"
)

// pool runs surveys and the stages of the pictures in flight, a band or a row at
// a time. The caller's goroutine is one of the workers while it waits, and has its
// processor while it doesn't; the others live while there is something to do. With one
// thread the caller's goroutine does everything.
type pool struct {
	mu       sync.Mutex
	surveys  []*survey // oldest first
	flight   []*coding // oldest first
	reach    int       // rows of a reference that a row may need beyond its own
	busy     int       // tasks that are being done
	paused   bool      // no task begins
	measured int       // surveys begun or past
	begun    int       // pictures in or past coding
	beside   bool      // the caller goes on as soon as its picture is taken

	changes  atomic.Uint32 // how often there may have come something to do
	watching int           // workers that wait for another change, awake

	observe func(Task) // nil: nobody

	places  places
	calling *worker   // the caller's
	idle    []*worker // without a goroutine
	waiting []*worker // without a task while others run
	quiet   sync.Cond // no task is being done
	stopped bool
	broken  bool     // a task has panicked
	failed  *failure // nil: none that the caller does not know of
	running sync.WaitGroup
}

// worker is what a goroutine works with.
type worker struct {
	pool     *pool
	number   int
	picture  int // whose row it decided last
	analysis *analysis.Worker
	ready    sync.Cond // there may be a task, or what the caller waits for
	serve    func()    // run, ready made
}

func newPool(threads int, chroma44 bool, reach int) *pool {
	p := &pool{reach: reach, places: newPlaces(threads)}
	p.quiet.L = &p.mu
	for i := range threads {
		w := &worker{pool: p, number: i, analysis: analysis.NewWorker(chroma44)}
		w.ready.L, w.serve = &p.mu, w.run
		p.idle = append(p.idle, w)
	}
	p.calling, p.idle = p.idle[0], p.idle[1:]
	return p
}

// survey takes a survey and waits until its picture is taken in; beside says that
// the caller doesn't wait for it to be measured then. It reports false if the pool has
// stopped before; then samples may be read until wait returns.
func (p *pool) survey(s *survey, beside bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.beside = beside
	s.number = p.measured
	p.measured++
	p.surveys = append(p.surveys, s)
	p.wake()
	p.await(s.takenIn)
	if !s.takenIn() {
		return false // bands that are being taken need the input still
	}
	s.input = [3]picture.Samples{}
	return true
}

// surveyed waits for the oldest survey and takes it out. It returns nil if the
// pool has stopped before.
func (p *pool) surveyed() *survey {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.surveys[0]
	p.await(s.complete)
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
		p.quiet.Wait()
	}
	p.paused = false
	p.flight = slices.Insert(p.flight, 0, c)
	for _, c := range p.flight {
		begin(c)
	}
	p.rouse()
	p.wake()
}

// finish waits for the oldest picture and takes it out. It returns nil if the
// pool has stopped before.
func (p *pool) finish() *coding {
	p.mu.Lock()
	defer p.mu.Unlock()
	c := p.flight[0]
	p.await(c.complete)
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
	p.halt()
	p.mu.Unlock()
}

// halt is stop. p.mu is held.
func (p *pool) halt() {
	p.stopped = true
	p.rouse()
}

// halted reports whether the pool has stopped.
func (p *pool) halted() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stopped
}

// wait returns when no goroutine of the pool is left. If a task panicked it panics with
// that, once.
func (p *pool) wait() {
	p.running.Wait()
	if f := p.failed; f != nil {
		p.failed = nil
		panic(f)
	}
}

// await has the caller's goroutine work until what it waits for has happened, or the
// pool stopped. p.mu is held.
func (p *pool) await(happened func() bool) {
	p.work(p.calling, happened)
	p.wake()
}

// wake gets a worker to look for a task if there is one to be found. p.mu is
// held.
func (p *pool) wake() {
	p.changes.Add(1)
	if p.watching > 0 || len(p.waiting)+len(p.idle) == 0 {
		return
	}
	if _, found := p.find(nil); !found {
		return
	}
	if last := len(p.waiting) - 1; last >= 0 {
		w := p.waiting[last]
		p.waiting = p.waiting[:last]
		w.ready.Signal()
		return
	}
	last := len(p.idle) - 1
	w := p.idle[last]
	p.idle = p.idle[:last]
	p.running.Add(1)
	go w.serve()
}

// rouse gets all workers that wait to look again. p.mu is held.
func (p *pool) rouse() {
	p.changes.Add(1)
	for _, w := range p.waiting {
		w.ready.Signal()
	}
	p.waiting = p.waiting[:0]
}

// at reports whether the i-th of n parts of a picture, from the top, lies at the
// worker. To nil all parts do. p.mu is held.
func (w *worker) at(i, n int) bool { return w == nil || w.pool.places.at(w.number, i, n) }

// run is a worker's goroutine.
func (w *worker) run() {
	p := w.pool
	defer p.running.Done()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.work(w, p.atRest)
	p.idle = append(p.idle, w)
}

// work does tasks until what the worker's goroutine waits for has happened, or the
// pool stopped. p.mu is held, but for the tasks.
func (p *pool) work(w *worker, happened func() bool) {
	for !p.stopped && !happened() {
		t, found := p.next(w)
		if !found {
			p.rest(w)
			continue
		}
		p.claim(t)
		if t.stage == StageAnalysis {
			w.picture = t.c.number
			p.places.shift(w.number, t.row, t.c.frame.MBH)
		}
		p.perform(w, t)
	}
}

// rest has a worker without a task wait until there may be one, or what it waits for may
// have happened. p.mu is held, but for the waiting.
func (p *pool) rest(w *worker) {
	seen := p.changes.Load()
	changed := func() bool { return p.changes.Load() != seen }
	p.watching++
	p.mu.Unlock()
	wait.Briefly(changed)
	p.mu.Lock()
	p.watching--
	if !changed() {
		p.waiting = append(p.waiting, w)
		w.ready.Wait()
	}
}

// perform has a worker carry out a task that is claimed. If the task panics the pool
// stops, and it is the caller who panics. p.mu is held, but for the task.
func (p *pool) perform(w *worker, t task) {
	ended := false
	defer func() {
		p.mu.Lock()
		if p.busy--; p.busy == 0 {
			p.quiet.Signal()
		}
		if ended {
			p.settle(t)
			return
		}
		p.halt()
		p.broken = true
		if t.stage == StageAnalysis {
			t.c.rows[t.row].Set(t.c.frame.MBW) // the row beneath may wait
		}
		if w == p.calling {
			return // and panics as it is
		}
		if v := recover(); v != nil && p.failed == nil {
			p.failed = &failure{value: v, stack: debug.Stack()}
		}
	}()
	p.busy++
	p.wake()
	p.mu.Unlock()
	w.carryOut(t)
	ended = true
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

// atRest reports whether goroutines may end. p.mu is held.
func (p *pool) atRest() bool { return p.complete() && !p.paused }

// tell wakes the caller, who may wait for what has happened, and all workers if
// nothing is left to do: they end. p.mu is held.
func (p *pool) tell() {
	if p.complete() {
		p.rouse()
		return
	}
	p.changes.Add(1)
	if i := slices.Index(p.waiting, p.calling); i >= 0 {
		p.waiting = slices.Delete(p.waiting, i, i+1)
		p.calling.ready.Signal()
	}
}
