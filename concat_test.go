package g264

import (
	"bytes"
	"io"
	"slices"
	"sync"
	"testing"

	"github.com/g264/g264/internal/testvideo"
	"github.com/g264/g264/mux"
)

// Parts of a video, encoded at the same time by encoders of their own and joined,
// play as one: ffmpeg decodes each part's frames, without a warning, at times
// that go on.
func TestJoinedPartsPlayWithoutASeam(t *testing.T) {
	for _, o := range []Options{
		{Width: 64, Height: 48, KeyInt: 5, FrameRate: FPS(23.976)},
		{Width: 37, Height: 21, Chroma: Chroma444, Preset: PresetSlow, CRF: 18},
		{Width: 64, Height: 48, Profile: ProfileBaseline, Preset: PresetUltrafast},
	} {
		lengths := []int{12, 1, 1, 8, 1, 10}
		parts := make([][]byte, len(lengths))
		var wait sync.WaitGroup
		start := 0
		for i, n := range lengths {
			frames := make([]Frame, n)
			for k := range frames {
				frames[k] = yuv(testvideo.Moving, o.Width, o.Height, start+k, o.Chroma == Chroma420)
			}
			start += n
			o := o
			o.Layout = Layout(i % 2) // Progressive and Fragmented
			wait.Add(1)
			go func() {
				defer wait.Done()
				parts[i] = encode(t, o, frames...)
			}()
		}
		wait.Wait()
		var want []byte
		var files []io.ReadSeeker
		for _, part := range parts {
			want = append(want, decode(t, part, "yuv444p")...)
			files = append(files, bytes.NewReader(part))
		}
		var joined bytes.Buffer
		if err := mux.Concat(&joined, mux.Options{}, files...); err != nil {
			t.Fatal(err)
		}
		if got := decode(t, joined.Bytes(), "yuv444p"); !bytes.Equal(got, want) {
			t.Errorf("%+v: the joined file shows other frames (%d bytes of %d)", o, len(got), len(want))
		}
		o.Layout = Progressive
		frames := make([]Frame, start)
		for k := range frames {
			frames[k] = yuv(testvideo.Moving, o.Width, o.Height, k, o.Chroma == Chroma420)
		}
		if a, b := deltas(track(t, joined.Bytes())), deltas(track(t, encode(t, o, frames...))); !slices.Equal(a, b) {
			t.Errorf("frames last %v, want %v", a, b)
		}
	}
}
