package h264

import "time"

// Stage is what a task does.
type Stage uint8

const (
	StageAnalysis Stage = iota // decides and reconstructs a row of macroblocks
	StageFilter                // deblocks a row and makes it ready for reference
	StageEntropy               // writes a row's bits
	StageAhead                 // measures a band of rows before the picture is coded
	StageTake                  // copies a band of rows of the caller's picture
	StageLight                 // looks at a picture as a whole: its light, and how far it has scrolled
)

// Task tells of a piece of an encoder's work.
type Task struct {
	Stage   Stage
	Picture int // in coding order, from 0; of StageAhead, StageTake and StageLight in the order of showing
	Row     int // of macroblocks; of StageAhead and StageTake the band
	Took    time.Duration
}

// task is one stage of one row, or of a survey or one of its bands.
type task struct {
	c     *coding // nil in a survey's
	s     *survey // nil in a coding's
	stage Stage
	row   int
	whole bool // all stages of the row, from analysis on
}

// next finds a task for a worker, one that lies at it if there is one. p.mu is
// held.
func (p *pool) next(w *worker) (task, bool) {
	if t, found := p.find(w); found {
		return t, true
	}
	return p.find(nil)
}

// find finds a task that lies at a worker: the next of the picture that it is at,
// older pictures before newer ones. Two workers come to do the upper parts of all
// pictures and the lower ones. Rows that follow behind another still being decided
// come last: whoever decides that goes back to what lies at it. p.mu is held.
func (p *pool) find(w *worker) (task, bool) {
	if p.paused {
		return task{}, false
	}
	if t, found := p.findBand(w); found {
		return t, true
	}
	for _, c := range p.flight {
		if w != nil && c.number == w.picture {
			if t, found := p.findRow(c, w); found {
				return t, true
			}
		}
	}
	for _, c := range p.flight {
		if t, found := p.findRow(c, w); found {
			return t, true
		}
	}
	return p.findBehind(w)
}

// findRow finds a task of a picture that lies at a worker, and is not behind a row
// that is still being decided: what others wait for first. Where nothing else is left
// of the rows above, the worker that decides a row finishes it. p.mu is held.
func (p *pool) findRow(c *coding, w *worker) (task, bool) {
	y, rows := c.begun, c.frame.MBH
	switch {
	case c.filterReady() && w.at(c.filtered, rows):
		return task{c: c, stage: StageFilter, row: c.filtered}, true
	case !c.writing && c.written < c.filtered && w.at(c.written, rows):
		return task{c: c, stage: StageEntropy, row: c.written}, true
	case p.analysisReady(c) && (y == 0 || c.decided(y-1)) && w.at(y, rows):
		return task{c: c, stage: StageAnalysis, row: y, whole: c.written == y}, true
	}
	return task{}, false
}

// findBehind finds a row to decide that lies at a worker and follows behind another
// still being decided: the one that can run furthest before it waits. p.mu is held.
func (p *pool) findBehind(w *worker) (task, bool) {
	var behind *coding
	lead := -1
	for _, c := range p.flight {
		if !p.analysisReady(c) || !w.at(c.begun, c.frame.MBH) {
			continue
		}
		if n := c.rows[c.begun-1].Done(); n > lead {
			behind, lead = c, n
		}
	}
	if behind == nil {
		return task{}, false
	}
	return task{c: behind, stage: StageAnalysis, row: behind.begun}, true
}

// findBand finds a task of a survey that lies at a worker. The samples just taken are
// measured first, as long as the caches have them, unless the caller waits for others to
// be taken. p.mu is held.
func (p *pool) findBand(w *worker) (task, bool) {
	if !p.beside {
		if t, found := p.findMeasure(w); found {
			return t, true
		}
	}
	for _, s := range p.surveys {
		if band, found := s.findTake(w); found {
			return task{s: s, stage: StageTake, row: band}, true
		}
	}
	return p.findMeasure(w)
}

// findMeasure finds something to measure that lies at a worker, of a picture
// whose predecessor is measured: its vectors are candidates. p.mu is held.
func (p *pool) findMeasure(w *worker) (task, bool) {
	for _, s := range p.surveys {
		if s.complete() {
			continue
		}
		if s.asWhole() && s.lit == stepWaiting && s.takenIn() {
			return task{s: s, stage: StageLight}, true
		}
		band, found := s.findMeasure(w)
		return task{s: s, stage: StageAhead, row: band}, found
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
		if t.whole {
			t.c.filtering, t.c.writing = true, true
		}
	case StageFilter:
		t.c.filtering = true
	case StageEntropy:
		t.c.writing = true
	case StageAhead:
		t.s.bands[t.row] = bandMeasuring
	case StageTake:
		t.s.bands[t.row] = bandTaking
	case StageLight:
		t.s.lit = stepBegun
	}
}

// carryOut carries a task out, and what follows it.
func (w *worker) carryOut(t task) {
	w.carryOutStage(t)
	if t.whole {
		t.stage = StageFilter
		w.carryOutStage(t)
		t.stage = StageEntropy
		w.carryOutStage(t)
	}
}

// carryOutStage carries one stage of a task out.
func (w *worker) carryOutStage(t task) {
	if w.pool.observe == nil {
		w.do(t)
	} else {
		w.observed(t)
	}
}

// observed carries a task out and tells how long it took.
func (w *worker) observed(t task) {
	o := Task{Stage: t.stage, Row: t.row}
	if t.s != nil {
		o.Picture = t.s.number
	} else {
		o.Picture = t.c.number // which may be another's as soon as the last row is decided
	}
	began := time.Now()
	w.do(t)
	o.Took = time.Since(began)
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
	case StageTake:
		t.s.picture.TakeBand(&t.s.input, t.s.previous, t.row)
	case StageLight:
		t.s.lookAtWhole()
	}
}

// settle marks a task as done. p.mu is held.
func (p *pool) settle(t task) {
	if t.whole {
		p.settle(task{c: t.c, stage: StageFilter})
		t.stage = StageEntropy
	}
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
		if t.s.measured++; t.s.complete() {
			p.tell()
		}
	case StageTake:
		t.s.bands[t.row] = bandTaken
		if t.s.taken++; t.s.takenIn() {
			p.tell()
		}
	case StageLight:
		t.s.lit = stepDone
	}
}
