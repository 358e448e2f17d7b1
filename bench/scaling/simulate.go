package main

import (
	"slices"
	"time"
)

// costs is what the work on a clip takes, measured with one thread.
type costs struct {
	mbW      int               // macroblocks of a row
	call     []time.Duration   // of each picture, what the caller's goroutine does
	light    []time.Duration   // of each picture; 0 where it is not measured
	take     [][]time.Duration // of each picture and band, while the caller waits
	ahead    [][]time.Duration // of each picture and band, beside other pictures' coding
	analysis [][]time.Duration // of each picture and row
	filter   [][]time.Duration
	entropy  [][]time.Duration
}

// rules are the constants by which the encoder orders its work; h264/pool.go and
// h264/coding.go have them.
type rules struct {
	flight int  // pictures that are coded at once
	ring   int  // rows of a picture whose levels wait or are worked on
	reach  int  // rows of the reference beneath its own that a row waits for
	beside bool // a picture is measured while the caller goes on
}

// rulesFor are the encoder's rules for a number of threads.
func rulesFor(threads, mbH int) rules {
	return rules{
		flight: min(2+threads/4, 8),
		ring:   min(4+threads/4, mbH),
		reach:  max(4, mbH/16),
		beside: threads > 4,
	}
}

// total is the time of all work by one thread.
func (c *costs) total() (total time.Duration) {
	for _, sum := range c.sums() {
		total += sum
	}
	return total
}

// lag is how many macroblocks a row stays behind the row above.
const lag = 2

// progress is where a picture stands at a moment of the simulation.
type progress struct {
	begun, filtered, written int
	filtering, writing       bool
	decided                  [][]time.Duration // when each macroblock of the rows begun is, by row
}

// simulation carries the work out with workers that cost nothing but the time of
// their tasks: each picture refers to the one before.
type simulation struct {
	*costs
	rules
	now      time.Duration
	pictures []progress
	oldest   int // picture that is not complete
	started  int // pictures in or past coding
	given    int // pictures that the caller is through with
	calling  bool
	surveyed int // pictures whose bands are all measured
	surveys  []survey
	last     []int // picture whose row each worker decided last
	places   places
	events   []event
}

// survey is where the taking and measuring of a picture stand.
type survey struct {
	bands           []bandState
	taken, measured int // bands
	lighting, lit   bool
}

// bandState is where a band of a survey stands.
type bandState uint8

const (
	bandWaiting bandState = iota
	bandTaking
	bandTaken
	bandMeasuring // or measured
)

// event is the end of a task.
type event struct {
	at      time.Duration
	done    func()
	worker  int // of the task
	decides int // picture of whose rows it decides one; nowhere: none
}

// nowhere is a worker that has no place, and a picture that is not there.
const nowhere = -1

// simulate returns how long the work takes with a number of workers.
func simulate(c *costs, workers int, r rules) time.Duration {
	n := len(c.call)
	s := &simulation{
		costs: c, rules: r, pictures: make([]progress, n), surveys: make([]survey, n),
		last: make([]int, workers), places: newPlaces(workers),
	}
	for i := range s.surveys {
		s.surveys[i].bands = make([]bandState, len(c.ahead[i]))
	}
	var idle []int
	for w := range workers {
		idle = append(idle, w)
	}
	for s.start(); s.oldest < len(s.pictures); s.start() {
		idle = slices.DeleteFunc(idle, s.work)
		first := 0
		for i := range s.events {
			if s.events[i].at < s.events[first].at {
				first = i
			}
		}
		e := s.events[first]
		s.events = append(s.events[:first], s.events[first+1:]...)
		s.now = e.at
		e.done()
		idle = append(idle, e.worker)
	}
	return s.now
}

// start takes pictures whose work ahead is done into coding.
func (s *simulation) start() {
	for s.oldest < s.started && s.pictures[s.oldest].written == len(s.analysis[s.oldest]) {
		s.oldest++
	}
	for s.started < min(s.surveyed, s.given) && s.started-s.oldest < s.flight {
		s.started++
	}
}

// run enters a task that takes that long from now on.
func (s *simulation) run(took time.Duration, done func()) bool {
	s.events = append(s.events, event{at: s.now + took, done: done, decides: nowhere})
	return true
}

// work finds a task for a worker as the pool does, and reports whether there is
// one.
func (s *simulation) work(worker int) bool {
	if !s.claim(worker) && !s.claim(nowhere) {
		return false
	}
	e := &s.events[len(s.events)-1]
	e.worker = worker
	if e.decides != nowhere {
		s.last[worker] = e.decides
		s.places.shift(worker, s.pictures[e.decides].begun-1, len(s.analysis[e.decides]))
	}
	return true
}

// claim finds a task that lies at a worker, and reports whether there is one.
func (s *simulation) claim(worker int) bool {
	if s.claimAhead(worker) {
		return true
	}
	if worker != nowhere {
		if i := s.last[worker]; i >= s.oldest && i < s.started && s.claimRow(worker, i) {
			return true
		}
	}
	for i := s.oldest; i < s.started; i++ {
		if s.claimRow(worker, i) {
			return true
		}
	}
	return s.claimBehind(worker)
}

// claimRow finds a task of a picture that lies at a worker, and is not behind a row
// that is still being decided.
func (s *simulation) claimRow(worker, i int) bool {
	p, rows := &s.pictures[i], len(s.analysis[i])
	switch y := p.filtered; {
	case !p.filtering && y < p.begun && s.isDecided(p, y) && s.places.at(worker, y, rows):
		p.filtering = true
		return s.run(s.filter[i][y], func() { p.filtering = false; p.filtered++ })
	case !p.writing && p.written < p.filtered && s.places.at(worker, p.written, rows):
		p.writing = true
		return s.run(s.entropy[i][p.written], func() { p.writing = false; p.written++ })
	case p.begun < rows && s.analysisReady(i) && (p.begun == 0 || s.isDecided(p, p.begun-1)) && s.places.at(worker, p.begun, rows):
		return s.claimAnalysis(i)
	}
	return false
}

// claimBehind finds a row to decide that lies at a worker and follows behind another
// still being decided.
func (s *simulation) claimBehind(worker int) bool {
	behind, lead := -1, -1
	for i := s.oldest; i < s.started; i++ {
		if !s.analysisReady(i) || !s.places.at(worker, s.pictures[i].begun, len(s.analysis[i])) {
			continue
		}
		if n := s.lead(i); n > lead {
			behind, lead = i, n
		}
	}
	return behind >= 0 && s.claimAnalysis(behind)
}

// lead is how many macroblocks of the row above the next are decided.
func (s *simulation) lead(i int) int {
	p := &s.pictures[i]
	row := p.decided[p.begun-1]
	n := 0
	for n < len(row) && row[n] <= s.now {
		n++
	}
	return n
}

// claimAhead finds a task of the caller, who needs a processor as the workers do,
// or of a survey.
func (s *simulation) claimAhead(worker int) bool {
	if s.beside {
		return s.claimTake(worker) || s.claimCall() || s.claimMeasure(worker)
	}
	return s.claimCall() || s.claimMeasure(worker) || s.claimTake(worker)
}

// claimTake takes a band of the picture that the caller waits with, which may be at
// most two ahead of what is in flight.
func (s *simulation) claimTake(worker int) bool {
	i := s.given
	if i == len(s.pictures) || i > s.started+1 {
		return false
	}
	v := &s.surveys[i]
	for b, state := range v.bands {
		if state == bandWaiting && s.places.at(worker, b, len(v.bands)) {
			v.bands[b] = bandTaking
			return s.run(s.take[i][b], func() { v.bands[b] = bandTaken; v.taken++ })
		}
	}
	return false
}

// claimCall does what the caller does once its picture is taken.
func (s *simulation) claimCall() bool {
	i := s.given
	if i == len(s.pictures) || s.calling || s.surveys[i].taken < len(s.take[i]) || !s.beside && s.surveyed <= i {
		return false
	}
	s.calling = true
	return s.run(s.call[i], func() { s.calling = false; s.given++ })
}

// claimMeasure measures the light or a band of the first picture that is not
// surveyed.
func (s *simulation) claimMeasure(worker int) bool {
	i := s.surveyed
	if i == len(s.pictures) {
		return false
	}
	v := &s.surveys[i]
	if s.light[i] > 0 && !v.lit {
		if v.lighting || v.taken < len(v.bands) {
			return false
		}
		v.lighting = true
		return s.run(s.light[i], func() { v.lit = true })
	}
	for b, state := range v.bands {
		if state == bandTaken && (b == 0 || v.bands[b-1] >= bandTaken) && s.places.at(worker, b, len(v.bands)) {
			v.bands[b] = bandMeasuring
			return s.run(s.ahead[i][b], func() {
				if v.measured++; v.measured == len(v.bands) {
					s.surveyed++
				}
			})
		}
	}
	return false
}

// isDecided reports whether analysis is through with row y.
func (s *simulation) isDecided(p *progress, y int) bool { return p.decided[y][s.mbW-1] <= s.now }

func (s *simulation) analysisReady(i int) bool {
	p, rows := &s.pictures[i], len(s.analysis[i])
	if p.begun == rows || p.begun >= p.written+s.ring {
		return false
	}
	return i == 0 || s.pictures[i-1].filtered >= min(p.begun+1+s.reach, rows)
}

// claimAnalysis begins the next row of a picture: its macroblocks take equal
// time, and wait for those of the row above.
func (s *simulation) claimAnalysis(i int) bool {
	p := &s.pictures[i]
	y := p.begun
	p.begun++
	row := make([]time.Duration, s.mbW)
	at, each := s.now, s.analysis[i][y]/time.Duration(s.mbW)
	for x := range row {
		if y > 0 {
			at = max(at, p.decided[y-1][min(x+lag, s.mbW)-1])
		}
		at += each
		row[x] = at
	}
	p.decided = append(p.decided, row)
	took, done := at-s.now, func() {}
	if p.written == y { // nothing else is left of the rows above
		p.filtering, p.writing = true, true
		took += s.filter[i][y] + s.entropy[i][y]
		done = func() {
			p.filtering, p.writing = false, false
			p.filtered++
			p.written++
		}
	}
	s.run(took, done)
	s.events[len(s.events)-1].decides = i
	return true
}
