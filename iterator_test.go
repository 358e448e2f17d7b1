package g264

import (
	"bytes"
	"errors"
	"image"
	"iter"
	"testing"
)

// source yields gray frames, then an error if it is not nil.
func source(n int, err error) iter.Seq2[image.Image, error] {
	return func(yield func(image.Image, error) bool) {
		for i := range n {
			img := image.NewGray(image.Rect(0, 0, 32, 16))
			for j := range img.Pix {
				img.Pix[j] = uint8(j + 8*i)
			}
			if !yield(img, nil) {
				return
			}
		}
		if err != nil {
			yield(nil, err)
		}
	}
}

func TestEncodeAll(t *testing.T) {
	o := Options{Preset: PresetUltrafast}
	whole, err := EncodeAll(source(4, nil), o)
	if err != nil || len(track(t, whole).Samples) != 4 {
		t.Fatal(err)
	}
	var written bytes.Buffer
	if err := WriteAll(&written, source(4, nil), o); err != nil || !bytes.Equal(written.Bytes(), whole) {
		t.Errorf("WriteAll writes another file than EncodeAll returns (%v)", err)
	}
	if file, err := EncodeAll(source(0, nil), o); !errors.Is(err, ErrNoFrames) || file != nil {
		t.Errorf("no frames: %d bytes, %v", len(file), err)
	}
	if file, err := EncodeAll(nil, o); !errors.Is(err, ErrFrame) || file != nil {
		t.Errorf("nil iterator: %d bytes, %v", len(file), err)
	}
	if file, err := EncodeAll(source(4, nil), Options{CRF: 77}); !errors.Is(err, ErrOptions) || file != nil {
		t.Errorf("bad options: %d bytes, %v", len(file), err)
	}
}

// The frames before a failure are a finished file, returned with the error.
func TestEncodeAllFails(t *testing.T) {
	o := Options{Preset: PresetUltrafast}
	lost := errors.New("camera unplugged")
	want, err := EncodeAll(source(3, nil), o)
	if err != nil {
		t.Fatal(err)
	}
	if file, err := EncodeAll(source(3, lost), o); !errors.Is(err, lost) || !bytes.Equal(file, want) {
		t.Errorf("the source fails: %d bytes of %d, %v", len(file), len(want), err)
	}
	if file, err := EncodeAll(source(0, lost), o); !errors.Is(err, lost) || errors.Is(err, ErrNoFrames) || file != nil {
		t.Errorf("the source fails at once: %d bytes, %v", len(file), err)
	}
	grows := func(yield func(image.Image, error) bool) {
		for img := range source(3, nil) {
			if !yield(img, nil) {
				return
			}
		}
		if yield(image.NewGray(image.Rect(0, 0, 48, 16)), nil) {
			t.Error("the iterator goes on after a refused frame")
		}
	}
	if file, err := EncodeAll(grows, o); !errors.Is(err, ErrFrame) || !bytes.Equal(file, want) {
		t.Errorf("a frame is refused: %d bytes of %d, %v", len(file), len(want), err)
	}
	full := errors.New("disk full")
	if err := WriteAll(&failing{left: 10, err: full}, source(3, nil), o); !errors.Is(err, full) {
		t.Errorf("the writer fails: %v", err)
	}
	if err := WriteAll(&failing{left: 10, err: full}, source(3, lost), o); !errors.Is(err, full) || !errors.Is(err, lost) {
		t.Errorf("source and writer fail: %v", err)
	}
	o.Format, o.LowLatency = AnnexB, true
	if err := WriteAll(&failing{left: 10, err: full}, source(3, lost), o); !errors.Is(err, full) || errors.Is(err, lost) {
		t.Errorf("the writer fails before the source: %v", err)
	}
}
