package h264_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/g264/g264/h264"
	"github.com/g264/g264/internal/testvideo"
)

// Pictures filled in place give the stream that pictures copied give: whichever of
// them come so, after pictures that were refused, and after Lend alone.
func TestLentPicturesGiveTheSameStream(t *testing.T) {
	const width, height, frames = 70, 38, 6
	for _, chroma := range []h264.Chroma{h264.Chroma420, h264.Chroma444} {
		cfg := h264.Config{Width: width, Height: height, Chroma: chroma, FrameRate: h264.Rational{Num: 25, Den: 1}, Preset: "veryfast"}
		stream := func(lend func(e *h264.Encoder, pic *h264.Picture, i int) *h264.Picture) (all []byte) {
			e, err := h264.NewEncoder(cfg)
			if err != nil {
				t.Fatal(err)
			}
			defer e.Close()
			for i := range frames {
				f := testvideo.Render(testvideo.Moving, width, height, i, chroma == h264.Chroma420)
				pic := &h264.Picture{Y: f.Y, Cb: f.Cb, Cr: f.Cr, YStride: f.YStride, CStride: f.CStride, PTS: int64(i)}
				units, err := e.Encode(lend(e, pic, i))
				all = appendUnits(t, all, units, err)
			}
			for left := true; left; {
				units, err := e.Flush()
				all, left = appendUnits(t, all, units, err), len(units) > 0
			}
			return all
		}
		want := stream(func(_ *h264.Encoder, pic *h264.Picture, _ int) *h264.Picture { return pic })
		got := stream(func(e *h264.Encoder, pic *h264.Picture, i int) *h264.Picture {
			if i == 2 {
				return pic
			}
			lent, err := e.Lend()
			if err != nil {
				t.Fatal(err)
			}
			if i == 3 {
				return pic // though one is lent
			}
			fill(lent.Y, lent.YStride, pic.Y, pic.YStride)
			fill(lent.Cb, lent.CStride, pic.Cb, pic.CStride)
			fill(lent.Cr, lent.CStride, pic.Cr, pic.CStride)
			lent.PTS = pic.PTS
			if i == 4 {
				lent.PTS = 0
				if _, err := e.Encode(lent); !errors.Is(err, h264.ErrPicture) {
					t.Fatalf("time that does not increase: %v", err)
				}
				again, err := e.Lend()
				if err != nil || &again.Y[0] != &lent.Y[0] {
					t.Fatalf("another picture is lent while one is: %v", err)
				}
				lent.PTS = pic.PTS
			}
			return lent
		})
		if !bytes.Equal(got, want) {
			t.Errorf("%v: pictures filled in place give another stream", chroma)
		}
	}
}

func appendUnits(t *testing.T, dst []byte, units []h264.AccessUnit, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for i := range units {
		dst = units[i].AppendAnnexB(dst)
	}
	return dst
}

// fill copies rows from a plane without gaps, and writes what is beyond them too.
func fill(dst []uint8, dstStride int, src []uint8, srcStride int) {
	for i := range dst {
		dst[i] = uint8(i)
	}
	for y := 0; y*srcStride < len(src); y++ {
		copy(dst[y*dstStride:], src[y*srcStride:][:srcStride])
	}
}

func TestLendAfterClose(t *testing.T) {
	e, err := h264.NewEncoder(h264.Config{Width: 16, Height: 16, FrameRate: h264.Rational{Num: 25, Den: 1}})
	if err != nil {
		t.Fatal(err)
	}
	e.Close()
	if _, err := e.Lend(); !errors.Is(err, h264.ErrClosed) {
		t.Errorf("Lend after Close: %v", err)
	}
}
