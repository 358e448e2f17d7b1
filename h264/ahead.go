package h264

import (
	"github.com/g264/g264/h264/internal/lookahead"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/h264/internal/ratecontrol"
)

// pictureKind is what a picture is coded as.
type pictureKind uint8

const (
	pictureP pictureKind = iota
	pictureI             // intra, but later pictures may refer to earlier ones
	pictureIDR
)

// job is a picture with all that is decided before it is coded. Jobs are made
// by ahead and coded in the order in which it gives them out.
type job struct {
	source *picture.Source
	kind   pictureKind
	fineQP int             // of the picture, in 1/256
	seeds  []macroblock.MV // vectors found on half-size pictures, one a macroblock
}

// ahead decides what becomes of pictures before they are coded.
type ahead struct {
	cfg       *Config
	mbs       int // macroblocks of a picture
	sources   *sourcePool
	lookahead *lookahead.Analyser
	rate      *ratecontrol.Controller

	previous *picture.Source // nil before the second picture
	sinceKey int             // pictures since the last IDR picture, which counts
	jobs     [1]job          // what the last call gave out
}

func newAhead(cfg *Config, mbW, mbH int, sources *sourcePool, rate *ratecontrol.Controller) *ahead {
	return &ahead{cfg: cfg, mbs: mbW * mbH, sources: sources, lookahead: lookahead.New(mbW, mbH), rate: rate}
}

// add takes the next picture in the order of showing and returns the jobs that
// are decided by now, in the order of coding, until the next call. The source of
// a job is the coder's to release.
func (a *ahead) add(s *picture.Source) []job {
	kind, costs := a.decideKind(s)
	if kind == pictureIDR {
		a.sinceKey = 0
	}
	a.sinceKey++
	if a.previous != nil {
		a.sources.release(a.previous)
	}
	a.previous = s
	a.sources.hold(s)
	a.jobs[0] = job{
		source: s,
		kind:   kind,
		fineQP: a.rate.PictureQP(kind != pictureP, costs.Inter, a.mbs),
		seeds:  costs.Vectors,
	}
	return a.jobs[:]
}

// decideKind runs the lookahead and decides the kind of a picture.
func (a *ahead) decideKind(s *picture.Source) (pictureKind, lookahead.Costs) {
	costs := a.lookahead.Analyse(s, a.previous)
	switch {
	case a.previous == nil || s.Force || a.sinceKey >= a.cfg.KeyInt:
		return pictureIDR, costs
	case a.cfg.NoSceneCut || !costs.SceneCut(s, a.previous, a.sinceKey, a.cfg.MinKeyInt, a.cfg.KeyInt):
		return pictureP, costs
	case a.sinceKey < a.cfg.MinKeyInt:
		return pictureI, costs
	}
	return pictureIDR, costs
}

// sourcePool lends source pictures of one size. A source is in the pool again
// when all that hold it have released it.
type sourcePool struct {
	spare []*picture.Source
	holds map[*picture.Source]int
}

func newSourcePool(n, mbW, mbH int, chroma44 bool) *sourcePool {
	p := &sourcePool{holds: make(map[*picture.Source]int, n)}
	for range n {
		p.spare = append(p.spare, picture.NewSource(mbW, mbH, chroma44))
	}
	return p
}

// take lends a source, held once. There must be one.
func (p *sourcePool) take() *picture.Source {
	last := len(p.spare) - 1
	s := p.spare[last]
	p.spare = p.spare[:last]
	p.holds[s] = 1
	return s
}

// hold holds a source once more.
func (p *sourcePool) hold(s *picture.Source) { p.holds[s]++ }

// release takes one hold from a source.
func (p *sourcePool) release(s *picture.Source) {
	if p.holds[s]--; p.holds[s] == 0 {
		p.spare = append(p.spare, s)
	}
}
