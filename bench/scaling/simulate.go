package main

import "time"

// costs is what the work on a clip takes, measured with one thread.
type costs struct {
	mbW      int               // macroblocks of a row
	take     []time.Duration   // of each picture, what the caller's goroutine does
	ahead    [][]time.Duration // of each picture and band, beside other pictures' coding
	analysis [][]time.Duration // of each picture and row
	filter   [][]time.Duration
	entropy  [][]time.Duration
}

// rules are the constants by which the encoder orders its work; h264/pool.go and
// h264/coding.go have them.
type rules struct {
	flight int // pictures that are coded at once
	ring   int // rows of a picture whose levels wait or are worked on
	reach  int // rows of the reference beneath its own that a row waits for
}

// rulesFor are the encoder's rules for a number of threads.
func rulesFor(threads, mbH int) rules {
	return rules{
		flight: min(2+threads/4, 8),
		ring:   min(4+threads/4, mbH),
		reach:  max(4, mbH/16),
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
	taken    int // pictures that the caller has taken
	taking   bool
	surveyed int // pictures whose bands are all done
	band     int // of the next picture, the next to begin
	banding  int // bands of that picture at work
	events   []event
}

// event is the end of a task.
type event struct {
	at   time.Duration
	done func()
}

// simulate returns how long the work takes with a number of workers.
func simulate(c *costs, workers int, r rules) time.Duration {
	s := &simulation{costs: c, rules: r, pictures: make([]progress, len(c.take))}
	idle := workers
	for s.start(); s.oldest < len(s.pictures); s.start() {
		for idle > 0 && s.claim() {
			idle--
		}
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
		idle++
	}
	return s.now
}

// start takes pictures whose work ahead is done into coding.
func (s *simulation) start() {
	for s.oldest < s.started && s.pictures[s.oldest].written == len(s.analysis[s.oldest]) {
		s.oldest++
	}
	for s.started < s.surveyed && s.started-s.oldest < s.flight {
		s.started++
	}
}

// run enters a task that takes that long from now on.
func (s *simulation) run(took time.Duration, done func()) bool {
	s.events = append(s.events, event{s.now + took, done})
	return true
}

// claim finds a task as the pool does, and reports whether there is one.
func (s *simulation) claim() bool {
	if s.claimAhead() {
		return true
	}
	for i := s.oldest; i < s.started; i++ {
		p, rows := &s.pictures[i], len(s.analysis[i])
		switch y := p.filtered; {
		case !p.filtering && y < p.begun && s.isDecided(p, y):
			p.filtering = true
			return s.run(s.filter[i][y], func() { p.filtering = false; p.filtered++ })
		case !p.writing && p.written < p.filtered:
			p.writing = true
			return s.run(s.entropy[i][p.written], func() { p.writing = false; p.written++ })
		case p.begun < rows && s.analysisReady(i) && (p.begun == 0 || s.isDecided(p, p.begun-1)):
			return s.claimAnalysis(i)
		}
	}
	behind, lead := -1, -1
	for i := s.oldest; i < s.started; i++ {
		if s.analysisReady(i) {
			if n := s.lead(i); n > lead {
				behind, lead = i, n
			}
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

// claimAhead takes what the caller does for the next picture, which may be at
// most two ahead of what is in flight, or a band of one that the caller has taken.
// The caller needs a processor as the workers do.
func (s *simulation) claimAhead() bool {
	if i := s.taken; !s.taking && i < len(s.pictures) && i <= s.started+1 {
		s.taking = true
		return s.run(s.take[i], func() { s.taking = false; s.taken++ })
	}
	i := s.surveyed
	if i == s.taken || s.band == len(s.ahead[i]) {
		return false
	}
	s.band++
	s.banding++
	return s.run(s.ahead[i][s.band-1], func() {
		if s.banding--; s.banding == 0 && s.band == len(s.ahead[i]) {
			s.surveyed, s.band = i+1, 0
		}
	})
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
	return s.run(at-s.now, func() {})
}
