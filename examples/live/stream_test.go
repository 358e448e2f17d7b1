package main

import (
	"bytes"
	"context"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/g264/g264"
	"github.com/g264/g264/examples/internal/numbered"
	"github.com/g264/g264/examples/internal/player"
)

// viewer counts what it has of a stream.
type viewer struct {
	mu   sync.Mutex
	more *sync.Cond
	data bytes.Buffer
	done chan struct{}
}

// watch makes a viewer of a URL, who has the head of the stream.
func watch(t *testing.T, url string) *viewer {
	t.Helper()
	v := &viewer{done: make(chan struct{})}
	v.more = sync.NewCond(&v.mu)
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := resp.Header.Get("Content-Type"), `video/mp4; codecs="avc1.`; len(got) < len(want) || got[:len(want)] != want {
		t.Errorf("Content-Type is %q", got)
	}
	go func() {
		defer close(v.done)
		defer resp.Body.Close()
		io.Copy(v, resp.Body)
	}()
	return v
}

func (v *viewer) Write(p []byte) (int, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.more.Broadcast()
	return v.data.Write(p)
}

// has waits for a number of bytes.
func (v *viewer) has(n int64) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for int64(v.data.Len()) < n {
		v.more.Wait()
	}
}

// gated is a viewer's connection that takes a number of writes, and others only
// once it is open.
type gated struct {
	bytes.Buffer
	writes int
	shut   chan struct{} // closed when it stops taking
	open   chan struct{}
}

func (g *gated) Header() http.Header { return http.Header{} }
func (g *gated) WriteHeader(int)     {}
func (g *gated) Flush()              {}

func (g *gated) Write(p []byte) (int, error) {
	if g.writes--; g.writes == 0 {
		close(g.shut)
		<-g.open
	}
	return g.Buffer.Write(p)
}

// check checks that a viewer's bytes are the frames from..to of the stream, each
// range from first to last.
func check(t *testing.T, who string, data []byte, ranges ...[2]int) {
	t.Helper()
	var want []int
	for _, r := range ranges {
		for n := r[0]; n <= r[1]; n++ {
			want = append(want, n)
		}
	}
	got := player.Frames(t, data)
	if len(got) != len(want) {
		t.Fatalf("%s saw %d frames, want %d", who, len(got), len(want))
	}
	for i, f := range got {
		if f.Number != want[i] || math.Abs(f.Time-float64(want[i])/framesPerSecond) > 0.0005 {
			t.Fatalf("%s: picture %d is frame %d at %g s, want frame %d", who, i, f.Number, f.Time, want[i])
		}
	}
}

// Viewers come when they like and are as slow as they like. Who comes late starts
// with the last key frame; who can't follow goes on at one. The encoder waits for
// nobody.
func TestViewers(t *testing.T) {
	stream := NewStream()
	stream.Patience = 0
	server := httptest.NewServer(stream)
	defer server.Close()
	enc, err := newEncoder(context.Background(), stream)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	encode := func(to int) {
		t.Helper()
		for ; n <= to; n++ {
			if err := enc.Encode(numbered.Draw(n)); err != nil {
				t.Fatal(err)
			}
		}
	}

	encode(0)
	first := []*viewer{watch(t, server.URL), watch(t, server.URL), watch(t, server.URL)}
	slow := &gated{writes: 6, shut: make(chan struct{}), open: make(chan struct{})} // the head, frames 0 to 3, and holds 4
	over := make(chan struct{})
	go func() {
		defer close(over)
		stream.ServeHTTP(slow, httptest.NewRequest("GET", "/", nil))
	}()
	keepUp := func(viewers []*viewer) {
		for _, v := range viewers {
			v.has(enc.Stats().Written)
		}
	}
	encode(framesPerSecond - 1)
	<-slow.shut
	keepUp(first)
	encode(60) // in the third group of pictures, while slow is held
	keepUp(first)
	late := watch(t, server.URL)
	encode(90)
	keepUp(first)
	encode(4*framesPerSecond + 10)
	keepUp(first)
	close(slow.open)
	if err := enc.Close(); err != nil {
		t.Fatal(err)
	}
	stream.End()

	<-over
	for _, v := range append(first, late) {
		<-v.done
	}
	last := n - 1
	for _, v := range first {
		check(t, "one who was there first", v.data.Bytes(), [2]int{0, last})
	}
	check(t, "one who came late", late.data.Bytes(), [2]int{50, last})
	check(t, "a slow one", slow.Bytes(), [2]int{0, 4}, [2]int{100, last})
}

// pipes is a listener whose connections buffer nothing.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	if c, ok := <-p; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (p pipes) Close() error   { return nil }
func (p pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

// Who takes nothing at all is dropped, and the encoder goes on meanwhile.
func TestViewerWhoTakesNothingIsDropped(t *testing.T) {
	stream := NewStream()
	stream.Patience = 20 * time.Millisecond
	enc, err := newEncoder(context.Background(), stream)
	if err != nil {
		t.Fatal(err)
	}
	defer enc.Abort()
	dropped := make(chan struct{})
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		stream.ServeHTTP(w, r)
		close(dropped)
	})}
	connections := make(pipes, 1)
	go server.Serve(connections)
	defer server.Close()
	defer close(connections)
	ours, theirs := net.Pipe()
	defer ours.Close()
	connections <- theirs
	if _, err := io.WriteString(ours, "GET / HTTP/1.1\r\nHost: test\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	for n := 0; ; n++ {
		select {
		case <-dropped: // the stream has not ended
			return
		default:
		}
		if err := enc.Encode(numbered.Draw(n % 1000)); err != nil {
			t.Fatal(err)
		}
	}
}

// What a stream keeps doesn't grow with its length.
func TestStreamKeepsTwoGroupsOfPictures(t *testing.T) {
	stream := NewStream()
	enc, err := g264.NewSegmentEncoder(context.Background(), stream.Add, g264.Options{
		Width: 64, Height: 48, KeyInt: 10, NoSceneCut: true, LowLatency: true, FragmentDuration: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer enc.Abort()
	for n := range 205 {
		if err := enc.EncodeBGR(bytes.Repeat([]byte{byte(n)}, 3*64*48), 3*64); err != nil {
			t.Fatal(err)
		}
	}
	if stream.first != 190 || stream.key != 200 || len(stream.kept) != 15 {
		t.Errorf("%d fragments are kept from number %d, the last key frame's is %d", len(stream.kept), stream.first, stream.key)
	}
}
