package h264

import (
	"bytes"
	"runtime"
	"slices"
	"testing"

	"github.com/g264/g264/internal/testvideo"
)

// stockConfig is a configuration for frames.
func stockConfig(preset string, threads int, f testvideo.Frame) Config {
	cfg := Config{Width: f.Width, Height: f.Height, Chroma: Chroma444, FrameRate: Rational{25, 1}, Preset: preset, Threads: threads}
	if f.Subsampled {
		cfg.Chroma = Chroma420
	}
	return cfg
}

// codeAll codes a clip and returns the stream.
func codeAll(t *testing.T, cfg Config, clip []testvideo.Frame) (stream []byte) {
	t.Helper()
	e, err := NewEncoder(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return codeWith(t, e, clip)
}

// codeWith is codeAll by an encoder that has just begun.
func codeWith(t *testing.T, e *Encoder, clip []testvideo.Frame) (stream []byte) {
	t.Helper()
	take := func(units []AccessUnit, err error) int {
		if err != nil {
			t.Fatal(err)
		}
		for _, u := range units {
			stream = u.AppendAnnexB(stream)
		}
		return len(units)
	}
	for i, f := range clip {
		take(e.Encode(&Picture{Y: f.Y, Cb: f.Cb, Cr: f.Cr, YStride: f.YStride, CStride: f.CStride, PTS: int64(i)}))
	}
	for take(e.Flush()) > 0 {
	}
	return stream
}

// emptyStocks has the garbage collector take what encoders have left.
func emptyStocks() {
	for range 3 {
		runtime.GC()
	}
}

// An encoder with the pictures of another makes the stream that it makes with its own:
// whatever versions these had, and though the other had a slightly larger picture, looked
// for fades and chose quantisers otherwise.
func TestLeftPicturesGiveTheSameStream(t *testing.T) {
	const width, height, frames = 160, 80, 14
	for _, subsampled := range []bool{true, false} {
		moving := testvideo.Clip(testvideo.Moving, width-6, height-10, frames, subsampled)
		text := testvideo.Clip(testvideo.Text, width-6, height-10, frames, subsampled)
		still := slices.Repeat(testvideo.Clip(testvideo.Noise, width, height, 1, subsampled), frames)
		fading := fade(testvideo.Clip(testvideo.Text, width, height, 1, subsampled)[0], frames)
		for _, preset := range []string{"ultrafast", "medium"} {
			for _, threads := range []int{1, 2} {
				cfg, other := stockConfig(preset, threads, text[0]), stockConfig(preset, threads, still[0])
				cfg.NoWeights = true
				other.CRF, other.NoAQ = 35, true
				for name, clip := range map[string][]testvideo.Frame{"moving": moving, "text": text, "page": slices.Repeat(text[:1], frames)} {
					emptyStocks()
					want := codeAll(t, cfg, clip)
					taken := 0
					for try := 0; try < 4 || taken == 0 && try < 40; try++ { // the garbage collector may take some
						emptyStocks()
						codeAll(t, other, [][]testvideo.Frame{still, fading}[try%2])
						e, err := NewEncoder(cfg)
						if err != nil {
							t.Fatal(err)
						}
						if len(e.stock.sources) > 0 {
							taken++
						}
						if got := codeWith(t, e, clip); !bytes.Equal(got, want) {
							t.Fatalf("%s, %s, %d threads, subsampled=%v: %d bytes, %d with pictures of its own",
								name, preset, threads, subsampled, len(got), len(want))
						}
					}
					if taken == 0 {
						t.Errorf("%s, %d threads: no pictures are taken", preset, threads)
					}
				}
			}
		}
	}
}

// fade is a frame that goes dark.
func fade(f testvideo.Frame, frames int) (clip []testvideo.Frame) {
	for i := range frames {
		darker := f
		darker.Y = slices.Clone(f.Y)
		for k, v := range f.Y {
			darker.Y[k] = uint8(16 + max(int(v)-16, 0)*(frames-i)/frames)
		}
		clip = append(clip, darker)
	}
	return clip
}

// Pictures go to the next encoder if it has the same demand. What another comes upon is lost.
func TestStocks(t *testing.T) {
	clip := testvideo.Clip(testvideo.Text, 96, 64, 14, true)
	cfg := stockConfig("ultrafast", 2, clip[0])
	begin := func(cfg Config) *Encoder {
		t.Helper()
		e, err := NewEncoder(cfg)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	// left reports whether something is left for an encoder, others having begun between.
	left := func(between ...Config) bool {
		for range 100 { // with -race a sync.Pool loses some
			emptyStocks()
			codeAll(t, cfg, clip)
			for _, cfg := range between {
				defer begin(cfg).Close()
			}
			e := begin(cfg)
			defer e.Close()
			if s := e.stock; len(s.sources) > 0 {
				if len(s.sources) > s.mostSources || len(s.halves) != s.mostHalves || len(s.reconstructions) != s.mostReconstructions {
					t.Errorf("%d sources, %d halves and %d reconstructions of %d, %d and %d", len(s.sources), len(s.halves),
						len(s.reconstructions), s.mostSources, s.mostHalves, s.mostReconstructions)
				}
				return true
			}
		}
		return false
	}
	fewer, small, full := cfg, cfg, cfg
	fewer.Threads, small.Width, full.Preset = 1, 64, "medium"
	for _, c := range []struct {
		name    string
		between []Config
		left    bool
	}{
		{"nothing", nil, true},
		{"the same", []Config{cfg}, false},
		{"fewer threads", []Config{fewer}, false},
		{"another width", []Config{small}, false},
		{"another preset", []Config{full}, false},
	} {
		if got := left(c.between...); got != c.left {
			t.Errorf("after %s: left %v", c.name, got)
		}
	}
}

// A picture that is lent when the encoder ends stays the caller's alone, and shows what
// no other has made.
func TestLentPictureIsNotLeft(t *testing.T) {
	clip := testvideo.Clip(testvideo.Noise, 64, 48, 14, true)
	cfg := stockConfig("medium", 1, clip[0])
	lent := map[*uint8]bool{}
	for range 30 {
		codeAll(t, cfg, clip)
		e, err := NewEncoder(cfg)
		if err != nil {
			t.Fatal(err)
		}
		p, err := e.Lend()
		if err != nil {
			t.Fatal(err)
		}
		if lent[&p.Y[0]] || slices.Max(p.Y) != 0 || slices.Max(p.Cb) != 0 || slices.Max(p.Cr) != 0 {
			t.Fatal("memory is lent to two, or shows another's picture")
		}
		lent[&p.Y[0]] = true
		e.Close()
	}
}

// Close within a task, which Observe's function may not call, at least leaves nothing that
// the task goes on with.
func TestNothingIsLeftWithinTask(t *testing.T) {
	clip := testvideo.Clip(testvideo.Noise, 64, 48, 4, true)
	cfg := stockConfig("ultrafast", 1, clip[0])
	for range 30 {
		emptyStocks()
		e, err := NewEncoder(cfg)
		if err != nil {
			t.Fatal(err)
		}
		asked := e.stock.demand
		e.Observe(func(Task) { e.Close() })
		for i, f := range clip {
			if _, err = e.Encode(&Picture{Y: f.Y, Cb: f.Cb, Cr: f.Cr, YStride: f.YStride, CStride: f.CStride, PTS: int64(i)}); err != nil {
				break
			}
		}
		if s := takeStock(asked); err != ErrClosed || len(s.sources) > 0 {
			t.Fatalf("error %v, %d sources are left", err, len(s.sources))
		}
	}
}
