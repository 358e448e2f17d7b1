package h264

import (
	"sync"
	"time"

	"github.com/g264/g264/h264/internal/analysis"
)

// pool runs surveys and the stages of the pictures in flight, a band or a row at
// a time. Its workers are goroutines that live while there is something to do;
// with one thread the caller's goroutine does everything.
type pool struct {
	mu       sync.Mutex
	surveys  []*survey // oldest first
	flight   []*coding // oldest first
	reach    int       // rows of a reference that a row may need beyond its own
	measured int       // surveys begun or past
	begun    int       // pictures in or past coding

	observe func(Task) // nil: nobody

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
	analysis *analysis.Worker
	serve    func()
}

// Stage is what a task does.
type Stage uint8

const (
	StageAnalysis Stage = iota // decides and reconstructs a row of macroblocks
	StageFilter                // deblocks a row and makes it ready for reference
	StageEntropy               // writes a row's bits
	StageAhead                 // measures a band of rows before the picture is coded
)

// Task tells of a piece of an encoder's work.
type Task struct {
	Stage   Stage
	Picture int // in coding order, from 0; of StageAhead in the order of showing
	Row     int // of macroblocks; of StageAhead the band
	Took    time.Duration
}

// task is one stage of one row, or one band of a survey.
type task struct {
	c     *coding // nil in StageAhead
	s     *survey // nil but in StageAhead
	stage Stage
	row   int
}

func newPool(threads int, chroma44 bool, reach int) *pool {
	p := &pool{reach: reach, inline: threads == 1}
	p.ready.L, p.done.L = &p.mu, &p.mu
	for range threads {
		w := &worker{pool: p, analysis: analysis.NewWorker(chroma44)}
		w.serve = w.run
		p.idle = append(p.idle, w)
	}
	return p
}

// survey takes a survey.
func (p *pool) survey(s *survey) {
	p.mu.Lock()
	s.number = p.measured
	p.measured++
	p.surveys = append(p.surveys, s)
	p.wake()
	p.mu.Unlock()
}

// surveyed waits for the oldest survey and takes it out. It returns nil if the
// pool has stopped before.
func (p *pool) surveyed() *survey {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.surveys[0]
	if p.inline {
		p.work(p.idle[0])
	}
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
	if _, found := p.next(); !found {
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
		t, found := p.next()
		if !found {
			if p.complete() {
				return
			}
			p.waiting++
			p.ready.Wait()
			p.waiting--
			continue
		}
		p.claim(t)
		p.wake()
		p.mu.Unlock()
		if p.observe == nil {
			w.do(t)
		} else {
			w.observed(t)
		}
		p.mu.Lock()
		p.settle(t)
	}
}

// complete reports whether nothing is left to do. p.mu is held.
func (p *pool) complete() bool {
	n, m := len(p.flight), len(p.surveys)
	return (n == 0 || p.flight[n-1].complete()) && (m == 0 || p.surveys[m-1].complete())
}

// next finds a task: what others wait for first, older pictures before newer
// ones. Rows that follow behind another still being decided come last, the one
// that can run furthest before it waits first. p.mu is held.
func (p *pool) next() (task, bool) {
	if t, found := p.nextBand(); found {
		return t, true
	}
	var behind *coding
	lead := -1
	for _, c := range p.flight {
		y := c.begun
		switch {
		case c.filterReady():
			return task{c: c, stage: StageFilter, row: c.filtered}, true
		case !c.writing && c.written < c.filtered:
			return task{c: c, stage: StageEntropy, row: c.written}, true
		case !p.analysisReady(c):
			continue
		case y == 0 || c.decided(y-1):
			return task{c: c, stage: StageAnalysis, row: y}, true
		}
		if n := c.rows[y-1].Done(); n > lead {
			behind, lead = c, n
		}
	}
	if behind == nil {
		return task{}, false
	}
	return task{c: behind, stage: StageAnalysis, row: behind.begun}, true
}

// nextBand finds a band to measure, of a picture whose predecessor is measured:
// its vectors are candidates. p.mu is held.
func (p *pool) nextBand() (task, bool) {
	for _, s := range p.surveys {
		if s.begun < len(s.costs) {
			return task{s: s, stage: StageAhead, row: s.begun}, true
		}
		if !s.complete() {
			break
		}
	}
	return task{}, false
}

// decided reports whether analysis is through with row y.
func (c *coding) decided(y int) bool { return c.rows[y].Reached(c.frame.MBW) }

// filterReady reports whether the next row can be filtered.
func (c *coding) filterReady() bool {
	return !c.filtering && c.filtered < c.begun && c.decided(c.filtered)
}

// analysisReady reports whether analysis of the next row can begin: there is
// room for its levels, and the references have come far enough.
func (p *pool) analysisReady(c *coding) bool {
	y := c.begun
	if y == c.frame.MBH || y >= c.written+len(c.levels) {
		return false
	}
	need := min(y+1+p.reach, c.frame.MBH)
	for _, r := range c.refs {
		if r.finished < need {
			return false
		}
	}
	return true
}

// claim marks a task as taken. p.mu is held.
func (p *pool) claim(t task) {
	switch t.stage {
	case StageAnalysis:
		t.c.begun++
	case StageFilter:
		t.c.filtering = true
	case StageEntropy:
		t.c.writing = true
	case StageAhead:
		t.s.begun++
	}
}

// observed carries a task out and tells how long it took.
func (w *worker) observed(t task) {
	began := time.Now()
	w.do(t)
	o := Task{Stage: t.stage, Row: t.row, Took: time.Since(began)}
	if t.stage == StageAhead {
		o.Picture = t.s.number
	} else {
		o.Picture = t.c.number
	}
	w.pool.observe(o)
}

// do carries a task out.
func (w *worker) do(t task) {
	switch t.stage {
	case StageAnalysis:
		t.c.decide(w.analysis, t.row)
	case StageFilter:
		t.c.finish(t.row)
	case StageEntropy:
		t.c.write(t.row)
	case StageAhead:
		t.s.measure(t.row)
	}
}

// settle marks a task as done. p.mu is held.
func (p *pool) settle(t task) {
	switch t.stage {
	case StageFilter:
		t.c.filtering = false
		t.c.filtered++
		t.c.rec.finished = t.c.filtered
	case StageEntropy:
		t.c.writing = false
		t.c.written++
		if t.c.complete() {
			p.tell()
		}
	case StageAhead:
		if t.s.done++; t.s.complete() {
			p.tell()
		}
	}
}

// tell wakes who waits for a picture or survey that is complete, and all workers
// if nothing is left to do: they end. p.mu is held.
func (p *pool) tell() {
	p.done.Broadcast()
	if p.complete() {
		p.ready.Broadcast()
	}
}
