package ratecontrol

import (
	"math"
	"math/bits"

	"github.com/g264/g264/h264/internal/lookahead"
)

// A picture is expected to take k times its cost, the lookahead's, times
// 2^(-QP/6) bits; k is learned from the pictures that were coded. From that
// follow the QP that meets an average bit rate over the pictures behind and those
// that the lookahead sees, and the QP at which the decoder's buffer never runs
// dry. What a picture really took counts when Feedback others have followed, no
// sooner: with more threads it may not be known before. Where the buffer may not
// have what those before take, all of them count at once: see Await. A picture that
// the buffer doesn't hold is coded again, and what was learned of it counts as late.

// planned is a picture that has its QP and doesn't count yet.
type planned struct {
	intra  bool
	cost   int64
	qp     int // in 1/256
	offset int // of qp from the base, on which the rate depends

	// Once it is coded.
	bits  int64
	coded int // the QP in 1/256
}

// budget follows the bits of a stream.
type budget struct {
	k       [2]int64  // of P and I pictures, in 1/256
	pending []planned // oldest first
	coded   int       // of them

	// The pictures that count, older ones less: their volume, which is the bits
	// that they would have taken at base QP 0, and their number in 1/256.
	volume, weight int64
	// All that count.
	pictures, spent int64
	// fill is the bits in the decoder's buffer before the oldest pending picture
	// is taken out, and level those before the oldest that is not coded.
	fill, level int64
	// floor keeps the base QP in 1/256 from falling at once where the buffer has
	// raised it: what is learned far off tells little.
	floor int
}

const (
	// First values of k: the mean over real clips.
	firstKP = 33 * Fine / 10
	firstKI = 45 * Fine / 10
	// memory is the number of pictures after which one counts a third.
	memory = 100
)

func newBudget(cfg *Config) budget {
	first := cfg.Buffer * 9 / 10
	return budget{k: [2]int64{firstKP, firstKI}, fill: first, level: first, floor: math.MinInt32}
}

// costOf is the lookahead's cost of a picture, without what it counts for blocks
// that are predicted exactly.
func costOf(p *lookahead.Picture) int64 {
	cost := p.InterCost
	if p.Intra {
		cost = p.IntraCost
	}
	blocks := int64(len(p.Vectors))
	return max(cost-lookahead.BlockBits*blocks, blocks/8+1)
}

// scale returns v times 2^(qp/6), qp in 1/256 and within 100 QP.
func scale(v int64, qp int) int64 {
	hi, lo := bits.Mul64(uint64(v), exp2(qp/6, 16))
	return int64(min(hi, 1<<14-1)<<48 | lo>>16)
}

// expected returns the bits of a picture at a QP.
func (b *budget) expected(intra bool, cost int64, qp int) int64 {
	return scale(b.k[kind(intra)]*cost/Fine, -qp)
}

func kind(intra bool) int {
	if intra {
		return 1
	}
	return 0
}

// plan notes a picture with the QP that it gets.
func (b *budget) plan(p *lookahead.Picture, qp, offset int) {
	b.pending = append(b.pending, planned{intra: p.Intra, cost: costOf(p), qp: qp, offset: offset})
}

// settle makes the pictures count that feedback others have followed, the next
// one included.
func (b *budget) settle(feedback int, cfg *Config) {
	n := min(len(b.pending)-feedback+1, b.coded)
	for i := 0; i < n; i++ {
		b.count(&b.pending[i], cfg)
	}
	if n > 0 {
		b.pending = append(b.pending[:0], b.pending[n:]...)
		b.coded -= n
	}
}

// count makes a picture count whose bits are known.
func (b *budget) count(p *planned, cfg *Config) {
	k := &b.k[kind(p.intra)]
	now := scale(p.bits, p.coded) * Fine / p.cost
	*k += (min(max(now, *k/4), *k*4) - *k) / 4
	*k = max(*k, 1)
	b.volume += scale(p.bits, p.coded-p.offset) - b.volume/memory
	b.weight += Fine - b.weight/memory
	b.pictures++
	b.spent += p.bits
	b.fill = cfg.without(b.fill, p.bits)
	if cfg.Buffer > 0 && p.coded > p.qp {
		b.raised(p.coded-p.offset, math.MinInt32)
	}
}

// without returns what the buffer holds before the next picture if it held fill
// before one of that many bits.
func (c *Config) without(fill, bits int64) int64 {
	return min(max(fill-bits, 0)+c.MaxBits/Fine, c.Buffer)
}

// ahead returns what the buffer is expected to hold before the next picture, and
// what the pictures that don't count yet are expected to take.
func (b *budget) ahead(cfg *Config) (fill, taken int64) {
	fill = b.fill
	for i := range b.pending {
		p := &b.pending[i]
		bits := b.expected(p.intra, p.cost, p.qp)
		taken += bits
		fill = cfg.without(fill, bits)
	}
	return fill, taken
}

// near reports whether the buffer may not have enough for the next picture: if
// those that don't count yet take half as much again as expected.
func (b *budget) near(cfg *Config) bool {
	if cfg.Buffer == 0 {
		return false
	}
	fill, taken := b.ahead(cfg)
	return fill < taken/2
}

// averageQP returns the base QP in 1/256 that meets the average bit rate. The
// window starts with the picture that gets its QP.
func (b *budget) averageQP(window []*lookahead.Picture, cfg *Config) int {
	volume, weight, pictures, spent := b.volume, b.weight, b.pictures, b.spent
	for i := range b.pending {
		p := &b.pending[i]
		taken := b.expected(p.intra, p.cost, p.qp)
		volume += scale(taken, p.qp-p.offset)
		weight += Fine
		pictures++
		spent += taken
	}
	for _, p := range window {
		volume += b.expected(p.Intra, costOf(p), cfg.kindOffset(p))
		weight += Fine
	}
	target := cfg.PictureBits * (weight / Fine) / Fine
	qp := 6 * (log2(uint64(max(volume, 1))) - log2(uint64(max(target, 1))))
	// What was spent too much or too little is made good in some seconds.
	debt := spent - cfg.PictureBits*pictures/Fine
	tolerance := max(cfg.PictureBits*max(cfg.Second, pictures/8)/Fine, 1)
	return qp + 6*(log2(uint64(min(max(Fine+debt*Fine/tolerance, Fine/2), 2*Fine)))-8*Fine)
}

// bufferQP raises a base QP until the pictures of the window are expected to
// leave the decoder's buffer some bits.
func (b *budget) bufferQP(window []*lookahead.Picture, wanted int, cfg *Config) int {
	const step, most = Fine / 4, 80 * Fine
	base := max(wanted, b.floor)
	for base < most && !b.lasts(window, base, cfg) {
		base += step
	}
	b.raised(base, wanted)
	return base
}

// raised sets the floor after a picture whose base QP is another than wanted.
func (b *budget) raised(base, wanted int) {
	b.floor = math.MinInt32
	if base > wanted {
		b.floor = base - 2*Fine
	}
}

// lasts reports whether the buffer is expected to last at a base QP: over the
// window, and beyond it, up to a second, with pictures like its last.
func (b *budget) lasts(window []*lookahead.Picture, base int, cfg *Config) bool {
	fill, _ := b.ahead(cfg)
	reserve := min(cfg.Buffer/8, fill/4)
	n := len(window)
	if last := window[n-1]; !last.Intra {
		n = max(n, int(cfg.Second))
	}
	for i := range n {
		p := window[min(i, len(window)-1)]
		fill -= b.expected(p.Intra, costOf(p), base+cfg.kindOffset(p))
		if fill < reserve {
			return false
		}
		fill = min(fill+cfg.MaxBits/Fine, cfg.Buffer)
	}
	return true
}

// Again returns another QP in 1/256, if the picture that is coded next after those
// that Coded has told of can't stay as it is: it took so many bits at a QP, and the
// decoder's buffer doesn't hold them. It returns 0 if all is well.
func (c *Controller) Again(taken int64, qp int) (again int) {
	const most = 102 * Fine
	b := &c.budget
	if c.cfg.Buffer == 0 || taken <= b.level || qp >= most {
		return 0
	}
	aim := max(b.level-b.level/8, 1)
	return min(qp+max(4*(log2(uint64(taken))-log2(uint64(aim))), Fine), most)
}

// Coded tells the bits that the oldest picture took that was not told yet, and the
// QP in 1/256 that it has.
func (c *Controller) Coded(taken int64, qp int) {
	b := &c.budget
	if !c.cfg.tracks() {
		return
	}
	p := &b.pending[b.coded]
	p.bits, p.coded = taken, qp
	b.level = c.cfg.without(b.level, taken)
	b.coded++
}
