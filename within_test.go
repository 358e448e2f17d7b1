package g264

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"testing"
)

// pixel is an image that has f called when it is read.
type pixel struct {
	bounds image.Rectangle
	f      func()
}

func (p pixel) ColorModel() color.Model { return color.GrayModel }
func (p pixel) Bounds() image.Rectangle { return p.bounds }
func (p pixel) At(x, y int) color.Color { p.f(); return color.Gray{128} }

// The end of the context stops a conversion, too, at the next row.
func TestContextEndsConversion(t *testing.T) {
	const width, height = 60, 40
	ctx, cancel := context.WithCancel(context.Background())
	e, err := NewEncoderContext(ctx, &bytes.Buffer{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	err = e.Encode(pixel{image.Rect(0, 0, width, height), func() {
		if read++; read == 5*width {
			cancel()
		}
	}})
	if !errors.Is(err, context.Canceled) || read > 6*width {
		t.Errorf("error %v after %d samples", err, read)
	}
	if closed := e.Close(); closed != err {
		t.Errorf("closed with %v, want %v", closed, err)
	}
}

// A function that the encoder calls may abort it; other methods refuse, and the file is
// whole.
func TestCallsWithinCalls(t *testing.T) {
	const frames = 20
	for _, format := range []Format{MP4, AnnexB} {
		for _, within := range []string{"OnReconstruction", "Write", "At", "OnReconstruction in Close", "Write in Close"} {
			for _, method := range []string{"Abort", "Close", "Encode", "Lend", "OnReconstruction"} {
				name := within + " calls " + method
				o := Options{Width: 34, Height: 22, FrameRate: FPS(25), Format: format, Layout: Fragmented, Lookahead: 3}
				if format == AnnexB {
					o.Layout = Progressive
				}
				var e *Encoder
				refused := 0
				img := image.NewGray(image.Rect(0, 0, 34, 22))
				closing := ""
				called := func(place string) {
					if place+closing != within || refused > 0 {
						return
					}
					var err error
					switch method {
					case "Abort":
						e.Abort()
						err = errWithin
					case "Close":
						err = e.Close()
					case "Encode":
						err = e.Encode(img)
					case "Lend":
						_, err = e.Lend()
					case "OnReconstruction":
						err = e.OnReconstruction(nil)
					}
					if err != errWithin {
						t.Errorf("%s: %v", name, err)
					}
					refused++
				}
				var file bytes.Buffer
				w := writerFunc(func(p []byte) (int, error) { called("Write"); return file.Write(p) })
				e, err := NewEncoder(w, o)
				if err != nil {
					t.Fatal(err)
				}
				if err := e.OnReconstruction(func(Frame) error { called("OnReconstruction"); return nil }); err != nil {
					t.Fatal(err)
				}
				for range frames {
					err = e.Encode(pixel{img.Rect, func() { called("At") }})
					if aborted := method == "Abort" && refused > 0; aborted != errors.Is(err, ErrAborted) {
						t.Errorf("%s: then %v", name, err)
					}
					if err != nil {
						break
					}
				}
				closing = " in Close"
				closed := e.Close()
				switch {
				case refused == 0:
					t.Errorf("%s: never", name)
				case method == "Abort" && (!errors.Is(closed, ErrAborted) || err != nil && !errors.Is(err, ErrAborted)):
					t.Errorf("%s: errors %v and %v", name, err, closed)
				case method != "Abort" && (err != nil || closed != nil || file.Len() == 0):
					t.Errorf("%s: errors %v and %v, %d bytes", name, err, closed, file.Len())
				}
			}
		}
	}
}
