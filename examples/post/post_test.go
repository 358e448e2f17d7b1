package main

import (
	"bytes"
	"context"
	"errors"
	"image"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
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
			if !early && bytes.Count(received.Bytes(), []byte("moof")) == 3 {
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

// A server that refuses, one that breaks off, and frames that fail end the POST
// with their error, and nothing is left running.
func TestFailures(t *testing.T) {
	endless := func(yield func(image.Image, error) bool) { // of noise, which fills what the network buffers
		img, random := image.NewRGBA(image.Rect(0, 0, numbered.Width, numbered.Height)), rand.NewChaCha8([32]byte{})
		for more := true; more; more = yield(img, nil) {
			random.Read(img.Pix)
			for i := 3; i < len(img.Pix); i += 4 {
				img.Pix[i] = 255
			}
		}
	}
	broken := errors.New("no camera")
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		frames func(func(image.Image, error) bool)
		want   string
	}{
		{"refusal", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusForbidden) }, endless, "403 Forbidden"},
		{"broken connection", func(w http.ResponseWriter, r *http.Request) {
			io.CopyN(io.Discard, r.Body, 1000)
			panic(http.ErrAbortHandler)
		}, endless, ""},
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
