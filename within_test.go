package g264

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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

// A function that the encoder calls may abort it, and then isn't called again; other
// methods refuse, and the file is as if they hadn't been called.
func TestCallsWithinCalls(t *testing.T) {
	const frames = 20
	for _, format := range []Format{MP4, AnnexB} {
		for _, layout := range []Layout{Fragmented, Progressive} {
			var whole []byte
			for _, within := range []string{"nothing", "OnReconstruction", "Write", "At", "OnReconstruction in Close", "Write in Close"} {
				for _, method := range []string{"Abort", "Close", "Encode", "Lend", "OnReconstruction"} {
					if format == AnnexB && layout != Progressive || layout == Progressive && format == MP4 && within == "Write" {
						continue
					}
					name := fmt.Sprintf("%v, %v: %s calls %s", format, layout, within, method)
					o := Options{Width: 34, Height: 22, FrameRate: FPS(25), Format: format, Layout: layout, Lookahead: 3}
					var e *Encoder
					img := image.NewGray(image.Rect(0, 0, 34, 22))
					closing := ""
					refused, after := 0, 0
					called := func(place string) {
						if refused > 0 {
							after++
						}
						if place+closing != within || refused > 0 {
							return
						}
						var err error
						switch method {
						case "Abort":
							e.Abort()
							err = ErrWithin
						case "Close":
							err = e.Close()
						case "Encode":
							err = e.Encode(img)
						case "Lend":
							_, err = e.Lend()
						case "OnReconstruction":
							err = e.OnReconstruction(nil)
						}
						if err != ErrWithin {
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
						samples := 0
						err = e.Encode(pixel{img.Rect, func() {
							switch samples++; {
							case samples == 1:
								called("At")
							case samples > img.Rect.Dx() && method == "Abort" && refused > 0:
								t.Errorf("%s: %d samples are read", name, samples)
							}
						}})
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
					case within == "nothing":
						whole = file.Bytes()
					case refused == 0:
						t.Errorf("%s: never", name)
					case method == "Abort":
						if !errors.Is(closed, ErrAborted) || err != nil && !errors.Is(err, ErrAborted) {
							t.Errorf("%s: errors %v and %v", name, err, closed)
						}
						if after > 0 {
							t.Errorf("%s: %d calls after that", name, after)
						}
					case err != nil || closed != nil || !bytes.Equal(file.Bytes(), whole):
						t.Errorf("%s: errors %v and %v, %d bytes, %d without", name, err, closed, file.Len(), len(whole))
					}
				}
			}
		}
	}
}

// seeker is a file whose Seek calls f.
type seeker struct {
	bytes.Buffer
	f func()
}

func (s *seeker) Seek(int64, int) (int64, error) { s.f(); return int64(s.Len()), nil }

// Where Lend opens the file, what that calls may abort, too.
func TestCallsWithinLend(t *testing.T) {
	for _, abort := range []bool{true, false} {
		var e *Encoder
		calls := 0
		w := &seeker{f: func() {
			if e == nil {
				return
			}
			if calls++; abort {
				e.Abort()
			} else if err := e.Close(); err != ErrWithin {
				t.Errorf("Close within Seek: %v", err)
			}
		}}
		e, err := NewEncoder(w, Options{Width: 34, Height: 22, Layout: Seekable})
		if err != nil {
			t.Fatal(err)
		}
		if err := e.OnReconstruction(nil); err != nil { // which begins anew
			t.Fatal(err)
		}
		_, err = e.Lend()
		if calls == 0 || abort != errors.Is(err, ErrAborted) || !abort && err != nil || abort && e.coder != nil {
			t.Errorf("abort %v: %d calls, error %v", abort, calls, err)
		}
		e.Abort()
	}
}

// A panic of the caller's own, recovered, costs no more than it must: one of an image only
// that frame; one of what writes the file, which lacks something then, all of it.
func TestCallersPanic(t *testing.T) {
	encode := func(e *Encoder, img image.Image) (err error, panicked any) {
		defer func() { panicked = recover() }()
		return e.Encode(img), nil
	}
	first, other := image.Rect(0, 0, 60, 40), image.Rect(0, 0, 34, 22)
	var file bytes.Buffer
	e, err := NewEncoder(&file, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, p := encode(e, pixel{first, func() { panic("At") }}); p != "At" {
		t.Fatalf("panic %v", p)
	}
	for range 3 {
		if err := e.Encode(image.NewGray(other)); err != nil {
			t.Fatal(err)
		}
	}
	if _, p := encode(e, pixel{other, func() { panic("At") }}); p != "At" {
		t.Fatalf("panic %v", p)
	}
	if err := e.Close(); err != nil || e.Stats().Frames != 3 {
		t.Errorf("error %v after %d frames", err, e.Stats().Frames)
	}

	for _, within := range []string{"Write", "OnReconstruction"} {
		panics := func(place string) {
			if place == within {
				within = ""
				panic(place)
			}
		}
		w := writerFunc(func(p []byte) (int, error) { panics("Write"); return len(p), nil })
		e, err := NewEncoder(w, Options{Format: AnnexB, Lookahead: 3})
		if err != nil {
			t.Fatal(err)
		}
		if err := e.OnReconstruction(func(Frame) error { panics("OnReconstruction"); return nil }); err != nil {
			t.Fatal(err)
		}
		name, panicked := within, any(nil)
		for n := 0; n < 20 && panicked == nil; n++ {
			if err, panicked = encode(e, image.NewGray(other)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := e.Lend(); !errors.Is(err, ErrAborted) {
			t.Errorf("%s: Lend after a panic: %v", name, err)
		}
		if err := e.Encode(image.NewGray(other)); panicked != name || !errors.Is(err, ErrAborted) || e.Close() != err {
			t.Errorf("%s: panic %v, then error %v, closed with %v", name, panicked, err, e.Close())
		}
	}
}
