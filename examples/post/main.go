// Command post sends a video to a server while it is being encoded: the body of
// the POST leaves in chunks, a fragment at a time, and is never held as a whole.
//
//	go run ./post -frames 500 https://example.com/upload
package main

import (
	"context"
	"flag"
	"fmt"
	"image"
	"io"
	"iter"
	"log"
	"net/http"
	"os"
	"os/signal"
	"time"

	"github.com/g264/g264"
	"github.com/g264/g264/examples/internal/numbered"
)

func main() {
	frames := flag.Int("frames", 500, "length of the video")
	flag.Parse()
	if flag.NArg() != 1 {
		log.Fatal("usage: post [-frames N] URL")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	video := func(yield func(image.Image, error) bool) {
		for n := range *frames {
			if !yield(numbered.Draw(n), nil) {
				return
			}
		}
	}
	if err := post(ctx, flag.Arg(0), video); err != nil {
		log.Fatal(err)
	}
}

// options are those of a video that leaves in fragments of half a second.
var options = g264.Options{
	Width: numbered.Width, Height: numbered.Height,
	Layout: g264.Fragmented, FragmentDuration: 500 * time.Millisecond,
}

// post encodes frames as they come and sends them to url. The encoder waits for
// the connection where that is slower. When the server answers early or frames
// fails, both ends stop.
func post(ctx context.Context, url string, frames iter.Seq2[image.Image, error]) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	body, w := io.Pipe()
	enc, err := g264.NewEncoderContext(ctx, w, options)
	if err != nil {
		return err
	}
	encoded := make(chan struct{})
	go func() {
		defer close(encoded)
		w.CloseWithError(encode(enc, frames)) // nil is the end of the body
	}()
	defer func() {
		body.Close() // a write that waits for the connection ends
		<-encoded
	}()

	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, body) // no length: chunked
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", enc.MIMEType())
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("%s: %s", url, response.Status)
	}
	<-encoded
	fmt.Fprintf(os.Stderr, "%d bytes, %v\n", enc.Stats().Written, enc.Stats().Duration)
	return nil
}

func encode(enc *g264.Encoder, frames iter.Seq2[image.Image, error]) error {
	defer enc.Abort()
	for img, err := range frames {
		if err != nil {
			return err
		}
		if err := enc.Encode(img); err != nil {
			return err
		}
	}
	return enc.Close()
}
