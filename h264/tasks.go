package h264

import "time"

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
