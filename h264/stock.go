package h264

import (
	"slices"
	"sync"

	"github.com/g264/g264/h264/internal/lookahead"
	"github.com/g264/g264/h264/internal/picture"
)

// stock is the pictures of an encoder. One that has ended leaves them to the next with
// such pictures: in fresh memory the first of a video take the system as long as their
// coding does.
type stock struct {
	geometry
	sources         []*lookahead.Picture
	halves          []picture.Half // that no encoder has
	reconstructions []*picture.Reconstruction
}

// geometry is what pictures have in common that can take each other's place.
type geometry struct {
	mbW, mbH   int
	chroma44   bool
	halfPlanes bool // of reconstructions
}

// stocks are what encoders have left, as long as the garbage collector lets them.
var stocks sync.Pool

// takeStock returns what encoders have left, but no more than so many pictures.
func takeStock(g geometry, sources, halves, reconstructions int) *stock {
	taken, rest := &stock{geometry: g}, &stock{geometry: g}
	var others [4]*stock
	for i := range others {
		s, ok := stocks.Get().(*stock)
		if !ok {
			break
		}
		if s.geometry != g {
			others[i] = s
			continue
		}
		taken.sources, rest.sources = share(taken.sources, s.sources, sources, rest.sources)
		taken.halves, rest.halves = share(taken.halves, s.halves, halves, rest.halves)
		taken.reconstructions, rest.reconstructions = share(taken.reconstructions, s.reconstructions, reconstructions, rest.reconstructions)
	}
	for _, s := range others {
		if s != nil {
			stocks.Put(s)
		}
	}
	if len(rest.sources)+len(rest.halves)+len(rest.reconstructions) > 0 {
		stocks.Put(rest)
	}
	return taken
}

// share appends more to some until that is n, and the others to the rest.
func share[T any](some, more []T, n int, rest []T) (shared, others []T) {
	k := min(n-len(some), len(more))
	return append(some, more[:k]...), append(rest, more[k:]...)
}

// leave leaves the encoder's pictures to others, but for that which the caller may write
// to. No goroutine works on them any more, nor has one panicked who did.
func (e *Encoder) leave() {
	s := e.stock
	if e.stock = nil; s == nil || e.pool.broken {
		return
	}
	s.sources = slices.DeleteFunc(s.sources, func(p *lookahead.Picture) bool { return p == e.lent })
	for _, p := range s.sources {
		e.sources.strip(p)
		p.Leave()
	}
	s.halves = e.sources.halves
	for _, h := range s.halves {
		h.Leave()
	}
	for _, r := range s.reconstructions {
		r.Leave()
	}
	stocks.Put(s)
}
