package g264_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/g264/g264"
	"github.com/g264/g264/mux"
)

// A fragmented MP4 leaves while frames still come: here as the body of a POST,
// which holds no more than a fragment.
func Example_stream() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		received, _ := io.ReadAll(r.Body)
		fmt.Println("received", bytes.Count(received, []byte("moof")), "fragments of", r.Header.Get("Content-Type"))
	}))
	defer server.Close()

	body, w := io.Pipe()
	enc, err := g264.NewEncoder(w, g264.Options{Layout: g264.Fragmented, FragmentDuration: 100 * time.Millisecond})
	if err != nil {
		log.Fatal(err)
	}
	go func() {
		for i := 0; i < 9; i++ {
			if err := enc.Encode(picture(i)); err != nil {
				w.CloseWithError(err)
				return
			}
		}
		w.CloseWithError(enc.Close())
	}()
	resp, err := http.Post(server.URL, "video/mp4", body)
	if err != nil {
		log.Fatal(err)
	}
	resp.Body.Close()
	// Output: received 3 fragments of video/mp4
}

// A Seekable file is written as the frames come. FastStart puts what players
// need first before them in the end.
func Example_seekable() {
	dir, err := os.MkdirTemp("", "g264")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	file, err := os.Create(filepath.Join(dir, "video.mp4"))
	if err != nil {
		log.Fatal(err)
	}
	enc, err := g264.NewEncoder(file, g264.Options{Layout: g264.Seekable, FastStart: true, Title: "A seekable file"})
	if err != nil {
		log.Fatal(err)
	}
	for i := 0; i < 5; i++ {
		if err := enc.Encode(picture(i)); err != nil {
			log.Fatal(err)
		}
	}
	if err := errors.Join(enc.Close(), file.Close()); err != nil {
		log.Fatal(err)
	}
	info, err := os.Stat(file.Name())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(info.Size() == enc.Stats().Written)
	// Output: true
}

// HLS: segments of a second or more and their playlist in a folder.
func ExampleNewSegmentEncoder() {
	folder, err := os.MkdirTemp("", "g264")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	hls, err := mux.NewHLS(mux.Dir(folder), mux.HLSOptions{})
	if err != nil {
		log.Fatal(err)
	}
	enc, err := g264.NewSegmentEncoder(context.Background(), hls.Add, g264.Options{
		KeyInt: 25, NoSceneCut: true, SegmentDuration: time.Second,
	})
	if err != nil {
		log.Fatal(err)
	}
	for i := 0; i < 60; i++ {
		if err := enc.Encode(picture(i)); err != nil {
			log.Fatal(err)
		}
	}
	if err := errors.Join(enc.Close(), hls.Close()); err != nil {
		log.Fatal(err)
	}
	playlist, err := os.ReadFile(filepath.Join(folder, "index.m3u8"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(string(playlist))
	// Output:
	// #EXTM3U
	// #EXT-X-VERSION:7
	// #EXT-X-TARGETDURATION:1
	// #EXT-X-MEDIA-SEQUENCE:1
	// #EXT-X-PLAYLIST-TYPE:VOD
	// #EXT-X-INDEPENDENT-SEGMENTS
	// #EXT-X-MAP:URI="init.mp4"
	// #EXTINF:1.000000,
	// segment00001.m4s
	// #EXTINF:1.000000,
	// segment00002.m4s
	// #EXTINF:0.400000,
	// segment00003.m4s
	// #EXT-X-ENDLIST
}

// Parts of a video, each encoded by a goroutine or a machine of its own, joined
// without a seam. Each part starts with a key frame.
func Example_join() {
	parts := make([][]byte, 4)
	var wait sync.WaitGroup
	for n := range parts {
		wait.Add(1)
		go func() {
			defer wait.Done()
			var part bytes.Buffer
			enc, err := g264.NewEncoder(&part, g264.Options{CRF: 20})
			if err != nil {
				log.Fatal(err)
			}
			for i := 10 * n; i < 10*(n+1); i++ {
				if err := enc.Encode(picture(i)); err != nil {
					log.Fatal(err)
				}
			}
			if err := enc.Close(); err != nil {
				log.Fatal(err)
			}
			parts[n] = part.Bytes()
		}()
	}
	wait.Wait()

	var files []io.ReadSeeker
	for _, part := range parts {
		files = append(files, bytes.NewReader(part))
	}
	var video bytes.Buffer
	if err := mux.Concat(&video, mux.Options{}, files...); err != nil {
		log.Fatal(err)
	}
	fmt.Println(bytes.Count(video.Bytes(), []byte("moov")), "file")
	// Output: 1 file
}
