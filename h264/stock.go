package h264

import (
	"slices"
	"sync"

	"github.com/g264/g264/h264/internal/lookahead"
	"github.com/g264/g264/h264/internal/picture"
)

// stock is the pictures of an encoder. One that has ended leaves them to the next with
// the same demand: in fresh memory the first of a video take the system as long as their
// coding does.
type stock struct {
	demand
	sources         []*lookahead.Picture
	halves          []picture.Half // that no encoder has
	reconstructions []*picture.Reconstruction
}

// demand is what an encoder asks of a stock. Those that ask for the same can take all of
// each other's pictures, and hold no more memory then than with their own.
type demand struct {
	mbW, mbH   int
	chroma44   bool
	halfPlanes bool // of reconstructions

	mostSources, mostHalves int // that are held at once
	mostReconstructions     int
}

// stocks are what encoders have left, until the garbage collector takes them.
var stocks sync.Pool

// takeStock returns a stock that an encoder with that demand has left, or an empty one.
// Others that it comes upon are lost: what is put back is young again in the eyes of the
// garbage collector, and would stay as long as encoders come and go.
func takeStock(d demand) *stock {
	for {
		s, ok := stocks.Get().(*stock)
		if !ok {
			return &stock{demand: d}
		}
		if s.demand == d {
			return s
		}
	}
}

// leave leaves the encoder's pictures to others, but for that which the caller may write
// to, and unless somebody works on them still or has panicked over them.
func (e *Encoder) leave() {
	s := e.stock
	if e.stock = nil; s == nil || e.pool.broken || e.pool.busy > 0 {
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
