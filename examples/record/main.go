// Command record makes a video of a web page in a headless Chromium.
//
//	go run ./record -for 10s -o page.mp4 https://example.com
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"os"
	"os/signal"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/g264/g264"
)

func main() {
	length := flag.Duration("for", 10*time.Second, "how long to record")
	name := flag.String("o", "page.mp4", "file to write")
	width := flag.Int64("width", 1280, "of the page")
	height := flag.Int64("height", 720, "of the page")
	flag.Parse()
	if flag.NArg() != 1 {
		log.Fatal("usage: record [flags] URL")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := record(ctx, *name, flag.Arg(0), *width, *height, *length); err != nil {
		log.Fatal(err)
	}
}

func record(ctx context.Context, name, url string, width, height int64, length time.Duration) error {
	tab, stop := chromedp.NewContext(context.Background())
	defer stop()
	if err := chromedp.Run(tab, chromedp.EmulateViewport(width, height), chromedp.Navigate(url)); err != nil {
		return err
	}
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	// What is written plays, should this program or the machine stop short.
	r, err := Record(tab, file, g264.Options{Layout: g264.Fragmented, KeyInt: 100, CRF: 20})
	if err == nil {
		select {
		case <-time.After(length):
		case <-ctx.Done():
		}
		err = r.Stop()
	}
	return errors.Join(err, file.Close())
}
