package h264

import (
	"github.com/g264/g264/h264/internal/lookahead"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/h264/internal/ratecontrol"
)

// survey is the taking of a picture from the caller and its measuring beside its
// predecessor, in bands that can be taken and measured beside each other.
type survey struct {
	picture, previous *lookahead.Picture
	input             [3]picture.Samples // the caller's, until all is taken
	light             bool               // is measured too
	rate              *ratecontrol.Controller
	scroll            *lookahead.Scroll // nil: not looked for
	costs             [][2]int64        // intra and inter, of each band

	// The pool guards these.
	number   int // of the picture in the order of showing
	bands    []bandState
	taken    int // bands
	measured int // bands
	lit      stepState
}

// bandState is where a band of a survey stands.
type bandState uint8

const (
	bandWaiting bandState = iota
	bandTaking
	bandTaken
	bandMeasuring // or measured
)

// stepState is where a task stands that a survey has once.
type stepState uint8

const (
	stepWaiting stepState = iota
	stepBegun
	stepDone
)

func newSurvey(bands int) *survey {
	return &survey{costs: make([][2]int64, bands), bands: make([]bandState, bands)}
}

// begin makes ready for another picture.
func (s *survey) begin(p, previous *lookahead.Picture) {
	s.picture, s.previous = p, previous
	clear(s.bands)
	s.taken, s.measured, s.lit = 0, 0, stepWaiting
}

// takenIn reports whether the caller may have its picture back.
func (s *survey) takenIn() bool { return s.taken == len(s.bands) }

// complete reports whether all bands are measured.
func (s *survey) complete() bool { return s.measured == len(s.bands) }

// findTake finds a band to take that lies at the worker.
func (s *survey) findTake(w *worker) (band int, found bool) {
	for b, state := range s.bands {
		if state == bandWaiting && w.at(b, len(s.bands)) {
			return b, true
		}
	}
	return 0, false
}

// findMeasure finds a band to measure that lies at the worker: it and that above
// are taken, and the light is known.
func (s *survey) findMeasure(w *worker) (band int, found bool) {
	if s.asWhole() && s.lit != stepDone {
		return 0, false
	}
	for b, state := range s.bands {
		if state == bandTaken && (b == 0 || s.bands[b-1] >= bandTaken) && w.at(b, len(s.bands)) {
			return b, true
		}
	}
	return 0, false
}

// asWhole reports whether the picture is looked at as a whole before its bands are.
func (s *survey) asWhole() bool { return s.light || s.scroll != nil }

// lookAtWhole measures the light of the picture, finds what fades, and by how much
// a page has scrolled.
func (s *survey) lookAtWhole() {
	if s.light {
		s.picture.MeasureLight()
		s.picture.FindFade(s.previous)
	}
	if s.scroll != nil {
		s.scroll.Find(s.picture)
	}
}

// measure measures a band, and adapts it if it needs no other for that.
func (s *survey) measure(band int) {
	if s.rate.Adaptive() {
		s.picture.MeasureEnergy(s.previous, band)
	}
	if !s.rate.Relative() {
		first, last := s.picture.Macroblocks(band)
		s.rate.Adapt(s.picture, first, last)
	}
	s.costs[band][0], s.costs[band][1] = s.picture.AnalyseBand(s.previous, band)
}
