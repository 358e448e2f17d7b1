package lookahead

import "github.com/g264/g264/h264/internal/picture"

// TakeBand makes a band of the source from the planes of a picture, beside prev, the one
// taken before, if that is not nil. Then AnalyseBand may read it, and the band below if
// that is made too.
func (p *Picture) TakeBand(in *[3]picture.Samples, prev *Picture, band int) {
	first, last := p.band(band)
	var before *picture.Source
	if prev != nil {
		before = prev.Source
	}
	p.Take(in, before, first, last)
}
