package main

import (
	"bytes"
	"context"
	"errors"
	"image"
	"io"
	"iter"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/g264/g264/examples/internal/numbered"
	"github.com/g264/g264/examples/internal/player"
)

// The server has fragments while frames are still to come: the video pauses until
// it has.
func TestServerReceivesWhileFramesArrive(t *testing.T) {
	const frames, pause = 150, 120
	var received bytes.Buffer
	half := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !slices.Equal(r.TransferEncoding, []string{"chunked"}) || r.ContentLength != -1 {
			t.Errorf("the body's encoding is %v, its length %d", r.TransferEncoding, r.ContentLength)
		}
		if kind := r.Header.Get("Content-Type"); !strings.HasPrefix(kind, `video/mp4; codecs="avc1.`) {
			t.Errorf("Content-Type is %q", kind)
		}
		early := false
		buffer := make([]byte, 1<<12)
		for {
			n, err := r.Body.Read(buffer)
			received.Write(buffer[:n])
			if !early && bytes.Count(received.Bytes(), []byte("moof")) >= 3 {
				early = true
				close(half)
			}
			if err == io.EOF {
				return
			} else if err != nil {
				t.Error(err)
				return
			}
		}
	}))
	defer server.Close()
	err := post(context.Background(), server.URL, func(yield func(image.Image, error) bool) {
		for n := range frames {
			if n == pause {
				<-half
			}
			if !yield(numbered.Draw(n), nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	got := player.Frames(t, received.Bytes())
	for n, f := range got {
		if f.Number != n {
			t.Fatalf("picture %d is frame %d", n, f.Number)
		}
	}
	if len(got) != frames {
		t.Errorf("the server received %d frames of %d", len(got), frames)
	}
}

// noise is frames that fill what the network buffers; all of them, if frames is 0.
func noise(frames int) iter.Seq2[image.Image, error] {
	return func(yield func(image.Image, error) bool) {
		img, random := image.NewRGBA(image.Rect(0, 0, numbered.Width, numbered.Height)), rand.NewChaCha8([32]byte{})
		for n := 0; frames == 0 || n < frames; n++ {
			random.Read(img.Pix)
			for i := 3; i < len(img.Pix); i += 4 {
				img.Pix[i] = 255
			}
			if !yield(img, nil) {
				return
			}
		}
	}
}

// The memory in use while the second half of a long body leaves is that of the
// first half.
func TestMemoryIsConstant(t *testing.T) {
	const step = 1 << 17
	var inUse []int64 // after each step of the body
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for {
			if n, err := io.CopyN(io.Discard, r.Body, step); n < step {
				if err != io.EOF {
					t.Error(err)
				}
				return
			}
			var stats runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&stats)
			inUse = append(inUse, int64(stats.HeapAlloc))
		}
	}))
	defer server.Close()
	if err := post(context.Background(), server.URL, noise(240)); err != nil {
		t.Fatal(err)
	}
	half := len(inUse) / 2
	if half < 8 {
		t.Fatalf("the body had %d steps", len(inUse))
	}
	first, second := slices.Max(inUse[:half]), slices.Max(inUse[half:])
	t.Logf("%d bytes posted; in use %d in the first half, %d in the second", len(inUse)*step, first, second)
	if second-first > int64(half)*step/4 {
		t.Errorf("memory in use grew from %d to %d bytes", first, second)
	}
}

// A server that refuses, one that breaks off, and frames that fail end the POST
// with their error, and nothing is left running.
func TestFailures(t *testing.T) {
	broken := errors.New("no camera")
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		frames iter.Seq2[image.Image, error]
		want   string
	}{
		{"refusal", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusForbidden) }, noise(0), "403 Forbidden"},
		{"broken connection", func(w http.ResponseWriter, r *http.Request) {
			io.CopyN(io.Discard, r.Body, 1000)
			panic(http.ErrAbortHandler)
		}, noise(0), ""},
		{"frames", func(w http.ResponseWriter, r *http.Request) { io.Copy(io.Discard, r.Body) }, func(yield func(image.Image, error) bool) {
			if yield(numbered.Draw(0), nil) {
				yield(nil, broken)
			}
		}, "no camera"},
	} {
		t.Run(c.name, func(t *testing.T) {
			server := httptest.NewServer(c.answer)
			defer server.Close()
			if err := post(context.Background(), server.URL, c.frames); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("post returns %v, want %q", err, c.want)
			}
		})
	}
}
