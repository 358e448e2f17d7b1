package lookahead

import "github.com/g264/g264/h264/internal/picture"

// TakeBand makes a band of the source from the planes of a picture. Then
// AnalyseBand may read it, and the band below if that is made too.
func (p *Picture) TakeBand(in *[3]picture.Samples, band int) {
	first, last := p.band(band)
	p.Take(in, first, last)
}
