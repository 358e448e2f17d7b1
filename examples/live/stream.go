package main

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/g264/g264/mux"
)

// Stream is a live stream and the http.Handler that shows it to any number of
// viewers, who may come late. Its Add is the sink of a g264.NewSegmentEncoder and
// never waits for a viewer: the stream keeps the last two groups of pictures, and
// each viewer reads from it at its own pace. Who has fallen behind what is kept
// goes on at the last key frame; who takes nothing for as long as Patience is
// dropped. So memory doesn't grow with the number of viewers.
type Stream struct {
	Type     string        // the Content-Type
	Patience time.Duration // for one fragment; zero: any

	mu    sync.Mutex
	more  chan struct{} // closed, and replaced, when something is added
	ended bool
	head  []byte   // the initialisation segment
	kept  [][]byte // fragments
	first int      // number of the first one kept, from 0
	key   int      // number of the last one that begins with a key frame
}

// NewStream returns a stream without content.
func NewStream() *Stream {
	return &Stream{Patience: 10 * time.Second, more: make(chan struct{})}
}

// Add adds a piece of the stream. It returns no error.
func (s *Stream) Add(piece mux.Segment) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	data := bytes.Clone(piece.Data)
	if piece.Number == 0 {
		s.head = data
		return nil
	}
	if piece.Key {
		end := s.first + len(s.kept)
		s.kept = slices.Delete(s.kept, 0, s.key-s.first)
		s.first, s.key = s.key, end
	}
	s.kept = append(s.kept, data)
	if s.ended {
		return nil
	}
	close(s.more)
	s.more = make(chan struct{})
	return nil
}

// End tells the viewers that nothing more will come.
func (s *Stream) End() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.ended = true
		close(s.more)
	}
}

// next waits for fragment n, or the last key frame's for one who has fallen
// behind or is new (n < 0), and returns it with its number and the stream's head.
// No data is the end.
func (s *Stream) next(ctx context.Context, n int) (head, data []byte, number int) {
	for {
		s.mu.Lock()
		number = n
		if n < s.first {
			number = s.key
		}
		more, ended := s.more, s.ended
		if number < s.first+len(s.kept) {
			head, data = s.head, s.kept[number-s.first]
		}
		s.mu.Unlock()
		if data != nil || ended {
			return head, data, number
		}
		select {
		case <-more:
		case <-ctx.Done():
			return nil, nil, number
		}
	}
}

// ServeHTTP sends the stream to one viewer.
func (s *Stream) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", s.Type)
	w.Header().Set("Cache-Control", "no-store")
	out := http.NewResponseController(w)
	send := func(data []byte) bool {
		if s.Patience > 0 {
			out.SetWriteDeadline(time.Now().Add(s.Patience)) // a server without deadlines has more patience
		}
		if _, err := w.Write(data); err != nil {
			return false
		}
		return out.Flush() == nil
	}
	head, data, n := s.next(r.Context(), -1)
	if data == nil || !send(head) {
		return
	}
	for data != nil && send(data) {
		_, data, n = s.next(r.Context(), n+1)
	}
}
