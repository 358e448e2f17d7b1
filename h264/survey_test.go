package h264

import (
	"testing"

	"github.com/g264/g264/h264/internal/picture"
)

// A caller that an interrupt wakes leaves a picture's samples to the workers that still take them: they end with
// their band, which Close waits for.
func TestInterruptLeavesWhatIsTaken(t *testing.T) {
	p, s, samples := newPool(2, false, 4, false), newSurvey(1), make([]uint8, 1)
	s.bands[0] = bandTaking // by another
	s.input[2] = picture.Samples{Pix: samples, Stride: 1, W: 1, H: 1}
	p.stop()
	if p.survey(s) {
		t.Error("the picture is taken in")
	}
	if s.input[2].Pix == nil {
		t.Error("a worker that takes the picture finds no samples")
	}
	p.wait()
}
