// Command live serves a live video: one encoder, any number of viewers, who see
// it from the last key frame on.
//
//	go run ./live        # then open http://localhost:8264
//	ffplay http://localhost:8264/live.mp4
package main

import (
	"context"
	_ "embed"
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/g264/g264"
	"github.com/g264/g264/examples/internal/numbered"
)

//go:embed page.html
var page []byte

const framesPerSecond = 25

func main() {
	address := flag.String("listen", "localhost:8264", "address to serve at")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := serve(ctx, *address); err != nil {
		log.Fatal(err)
	}
}

func serve(ctx context.Context, address string) error {
	stream := NewStream()
	enc, err := newEncoder(ctx, stream)
	if err != nil {
		return err
	}
	server := &http.Server{Addr: address, Handler: site(stream)}
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	defer server.Close()
	fmt.Printf("http://%s\n", address)

	clock := time.NewTicker(time.Second / framesPerSecond)
	defer clock.Stop()
	for n := 0; ; n++ {
		select {
		case err := <-failed:
			return err
		case <-ctx.Done():
			stream.End()
			return nil
		case <-clock.C:
		}
		if err := enc.Encode(numbered.Draw(n % (1 << numbered.Bits))); err != nil {
			return err
		}
	}
}

// site is a page that plays the stream, and the stream.
func site(stream *Stream) http.Handler {
	files := http.NewServeMux()
	files.Handle("/live.mp4", stream)
	files.HandleFunc("/{$}", func(w http.ResponseWriter, r *http.Request) { w.Write(page) })
	return files
}

// newEncoder returns an encoder into a stream: a key frame every second, where
// viewers come in, and each frame sent when it is encoded.
func newEncoder(ctx context.Context, stream *Stream) (*g264.Encoder, error) {
	enc, err := g264.NewSegmentEncoder(ctx, stream.Add, g264.Options{
		Width: numbered.Width, Height: numbered.Height, FrameRate: g264.FPS(framesPerSecond),
		KeyInt: framesPerSecond, NoSceneCut: true, LowLatency: true, FragmentDuration: 1,
	})
	if err != nil {
		return nil, err
	}
	stream.Type = enc.MIMEType()
	return enc, nil
}
