package h264

import (
	"slices"

	"github.com/g264/g264/h264/internal/lookahead"
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
	*lookahead.Picture
	kind    pictureKind
	fineQP  int // of the picture, in 1/256
	sliceQP int // SliceQP_Y
}

// treeBatch is how many pictures the macroblock tree is worked out for at once.
const treeBatch = 8

// ahead decides what becomes of pictures before they are coded. It holds them
// back until as many as the lookahead's depth have followed.
type ahead struct {
	cfg   *Config
	depth int
	pool  *sourcePool
	rate  *ratecontrol.Controller
	// sketched says that the coder sketches half-size luma.
	sketched bool

	latest   *lookahead.Picture // the last that survey took, nil before the first
	version  picture.Version    // its own
	energy   [2][]uint32        // memory for it and the one before
	scroll   *lookahead.Scroll  // nil: not looked for
	spare    []*survey
	previous *lookahead.Picture // the last that was added
	given    *lookahead.Picture // the last that was given out, as long as others are held beside it
	queue    []job              // not given out yet
	kinds    int                // of them, whose kind is decided
	decided  int                // of them, which are in the tree
	window   []*lookahead.Picture
	sinceKey int // pictures since the last IDR picture, which counts
	flash    int // pictures to come that are no scene cut
}

func newAhead(cfg *Config, depth int, pool *sourcePool, rate *ratecontrol.Controller, sketched bool) *ahead {
	a := &ahead{cfg: cfg, depth: depth, pool: pool, rate: rate, sketched: sketched}
	if tune, _ := cfg.tuned(); tune.scrolls {
		a.scroll = new(lookahead.Scroll)
	}
	return a
}

// survey makes the survey of the next picture in the order of showing.
func (a *ahead) survey(p *lookahead.Picture) *survey {
	var s *survey
	if last := len(a.spare) - 1; last >= 0 {
		s, a.spare = a.spare[last], a.spare[:last]
	} else {
		s = newSurvey(p.Bands())
	}
	s.begin(p, a.latest)
	a.version++
	p.Version = a.version
	energy := &a.energy[a.version&1]
	if *energy == nil {
		*energy = make([]uint32, len(p.Offsets))
	}
	p.Energy = *energy
	s.rate, s.scroll = a.rate, a.scroll
	a.latest = p
	return s
}

// add takes the next picture in the order of showing by its survey, which is
// complete.
func (a *ahead) add(s *survey) {
	p := s.picture
	p.IntraCost, p.InterCost = 0, 0
	for _, c := range s.costs {
		p.IntraCost += c[0]
		p.InterCost += c[1]
	}
	a.spare = append(a.spare, s)
	if a.rate.Relative() {
		a.rate.Adapt(p, 0, len(p.Offsets))
	}
	p.Intra = false // unless it is decided
	a.queue = append(a.queue, job{Picture: p})
	if a.previous != nil {
		a.pool.release(a.previous)
	}
	a.previous = p
	a.pool.hold(p)
	a.decideKinds(0)
	a.strip()
}

// strip takes the half-size luma from pictures that no others are held beside any more.
func (a *ahead) strip() {
	for i := 0; i < a.kinds-1; i++ {
		a.stripOne(a.queue[i].Picture)
	}
}

// stripOne takes the half-size luma from a picture, unless the coder sketches that.
func (a *ahead) stripOne(p *lookahead.Picture) {
	if !a.sketched {
		a.pool.strip(p)
	}
}

// flashReach is the length in pictures of the longest flash that is told from a
// scene cut.
const flashReach = 3

// decideKinds decides the kinds of the next pictures: of the first n in the
// queue at least, of others as soon as it holds what a flash would end with.
func (a *ahead) decideKinds(n int) {
	for n = max(n, len(a.queue)-flashReach); a.kinds < n; a.kinds++ {
		previous := a.given
		if a.kinds > 0 {
			previous = a.queue[a.kinds-1].Picture
		}
		j := &a.queue[a.kinds]
		j.kind = a.kind(previous, a.queue[a.kinds:])
		if j.kind == pictureIDR {
			a.sinceKey = 0
		}
		a.sinceKey++
	}
}

// kind decides the kind of the first picture of a queue, which previous went
// before.
func (a *ahead) kind(previous *lookahead.Picture, queue []job) pictureKind {
	p := queue[0]
	inFlash := a.flash > 0
	a.flash = max(0, a.flash-1)
	switch {
	case previous == nil || p.Force || a.sinceKey >= a.cfg.KeyInt:
		a.flash = 0
		return pictureIDR
	case a.cfg.NoSceneCut || inFlash:
		return pictureP
	case p.Bare() && !previous.Bare() && a.flashes(previous, queue):
		return pictureP
	case !a.cut(p.Picture, previous) || a.flashes(previous, queue):
		return pictureP
	case a.sinceKey < a.cfg.MinKeyInt:
		return pictureI
	}
	return pictureIDR
}

// cut reports whether p, analysed beside previous, begins another scene.
func (a *ahead) cut(p, previous *lookahead.Picture) bool {
	return p.SceneCut(previous, a.sinceKey, a.cfg.MinKeyInt, a.cfg.KeyInt)
}

// flashes reports whether the scene of previous comes back soon behind the first
// picture of a queue. Until then no picture begins a scene.
func (a *ahead) flashes(previous *lookahead.Picture, queue []job) bool {
	for n := 1; n < len(queue) && n <= flashReach; n++ {
		if !a.cut(queue[n].Beside(previous, a.pool.scratch()), previous) {
			a.flash = n
			return true
		}
	}
	return false
}

// setQP sets the QP of the picture, in 1/256.
func (j *job) setQP(qp int) {
	j.fineQP, j.sliceQP = qp, ratecontrol.SliceQP(qp, j.Offsets)
}

// ready reports whether next has a picture to give. It holds back what the depth
// asks for, unless no more pictures will come: last.
func (a *ahead) ready(last bool) bool {
	return a.decided > 0 || len(a.queue) > a.depth || last && len(a.queue) > 0
}

// lacks is how many pictures are to be added until the next one is given out.
func (a *ahead) lacks() int { return a.depth + 1 - len(a.queue) }

// weigh decides all of the next picture that coding those before it doesn't change.
func (a *ahead) weigh() {
	if a.decided == 0 {
		a.decide()
	}
	a.look()
	if a.cfg.tree() {
		a.rate.AddTree(a.window[0])
	}
}

// next gives out the next picture in the order of coding, which has been weighed, and
// whose source is the coder's to release.
func (a *ahead) next() job {
	j := a.queue[0]
	j.setQP(a.rate.PictureQP(a.window))
	a.queue = append(a.queue[:0], a.queue[1:]...)
	a.decided--
	a.kinds--
	if a.given != nil {
		a.stripOne(a.given)
		a.pool.release(a.given)
		a.given = nil
	}
	if a.kinds == 0 {
		a.given = j.Picture
		a.pool.hold(a.given)
	} else {
		a.stripOne(j.Picture)
	}
	return j
}

// look makes the window that of the pictures in the queue.
func (a *ahead) look() {
	a.window = a.window[:0]
	for _, j := range a.queue {
		a.window = append(a.window, j.Picture)
	}
}

// decide decides the kinds of the next pictures of the queue, and works out the
// tree for them.
func (a *ahead) decide() {
	a.decided = min(treeBatch, a.depth+1, len(a.queue))
	a.decideKinds(a.decided)
	for i := range a.kinds {
		a.queue[i].Intra = a.queue[i].kind != pictureP
	}
	if a.cfg.tree() {
		a.look()
		lookahead.Inherit(a.window, a.rate.Spare())
	}
}

// sourcePool lends source pictures. A source is in the pool again when all that hold
// it have released it.
type sourcePool struct {
	stock      *stock
	spare      []*lookahead.Picture
	halves     []picture.Half // spare half-size luma
	madeHalves int
	holds      map[*lookahead.Picture]int
	compared   *lookahead.Picture // what scratch returns
}

// newSourcePool makes a pool of what there is in the stock; it makes more as it needs
// them.
func newSourcePool(s *stock) *sourcePool {
	return &sourcePool{
		stock: s, spare: slices.Clone(s.sources), halves: s.halves, madeHalves: len(s.halves), holds: map[*lookahead.Picture]int{},
	}
}

// scratch is a picture without a source.
func (p *sourcePool) scratch() *lookahead.Picture {
	if p.compared == nil {
		p.compared = lookahead.NewScratch(p.stock.mbW, p.stock.mbH)
	}
	return p.compared
}

// sourceMemory is about what is allocated for sources at once: enough for large
// pages, little for a video of few pictures.
const sourceMemory = 8 << 20

// take lends a source, held once.
func (p *sourcePool) take() *lookahead.Picture {
	d := &p.stock.demand
	if len(p.spare) == 0 {
		p.spare = append(p.spare, lookahead.NewPictures(p.batch(d.mostSources-len(p.holds)), d.mbW, d.mbH, d.chroma44)...)
		p.stock.sources = append(p.stock.sources, p.spare...)
	}
	last := len(p.spare) - 1
	s := p.spare[last]
	p.spare = p.spare[:last]
	if len(p.halves) == 0 {
		p.halves = append(p.halves, picture.NewHalves(p.batch(d.mostHalves-p.madeHalves), d.mbW, d.mbH)...)
		p.madeHalves += len(p.halves)
	}
	last = len(p.halves) - 1
	s.Half, p.halves = p.halves[last], p.halves[:last]
	p.holds[s] = 1
	return s
}

// batch is how many sources, or half-size lumas, are allocated at once where there
// may be so many more.
func (p *sourcePool) batch(more int) int {
	return max(min(sourceMemory/(p.stock.mbW*p.stock.mbH*256), more), 1)
}

// strip takes a source's half-size luma for another.
func (p *sourcePool) strip(s *lookahead.Picture) {
	if s.Half.Pix != nil {
		p.halves = append(p.halves, s.Half)
		s.Half = picture.Half{}
	}
}

// hold holds a source once more.
func (p *sourcePool) hold(s *lookahead.Picture) { p.holds[s]++ }

// release takes one hold from a source.
func (p *sourcePool) release(s *lookahead.Picture) {
	if p.holds[s]--; p.holds[s] == 0 {
		p.strip(s)
		p.spare = append(p.spare, s)
	}
}
