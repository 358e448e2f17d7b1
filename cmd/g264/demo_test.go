package main

import (
	"bytes"
	"context"
	"math"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/g264/g264"
	"github.com/g264/g264/internal/numbers"
	"github.com/g264/g264/internal/testenv"
)

var demoNumbers = sync.OnceValues(func() ([][]uint8, error) { return numbers.Draw(demoFrames, demoWidth, demoHeight) })

// drawn returns all numbers; those of the demo are drawn once. Short tests are
// without them: drawing takes the race detector seconds, in one goroutine, and
// TestDemo draws too.
func drawn(t *testing.T, w, h int) [][]uint8 {
	t.Helper()
	if testing.Short() {
		t.Skip("draws 100 numbers")
	}
	draw := demoNumbers
	if w != demoWidth || h != demoHeight {
		draw = func() ([][]uint8, error) { return numbers.Draw(demoFrames, w, h) }
	}
	frames, err := draw()
	if err != nil {
		t.Fatal(err)
	}
	return frames
}

// inked reports whether a pixel of a drawn frame is nearer to blue than to grey.
func inked(frame []uint8, width, x, y int) bool {
	return frame[3*(y*width+x)] > (numbers.Blue.B+numbers.DarkGrey.B)/2
}

func TestNumbersFillTheFrame(t *testing.T) {
	for _, size := range [][2]int{{demoWidth, demoHeight}, {33, 90}} {
		w, h := size[0], size[1]
		frames := drawn(t, w, h)
		seen := map[string]int{}
		for n, f := range frames {
			if len(f) != 3*w*h {
				t.Fatalf("%dx%d: frame %d has %d bytes", w, h, n, len(f))
			}
			if m, ok := seen[string(f)]; ok {
				t.Errorf("%dx%d: frames %d and %d are equal", w, h, m, n)
			}
			seen[string(f)] = n
		}
		// 88: both digits are as wide and high as any.
		left, right, top, bottom, ink := w, 0, h, 0, 0
		for y := range h {
			for x := range w {
				if inked(frames[88], w, x, y) {
					left, right, top, bottom = min(left, x), max(right, x), min(top, y), max(bottom, y)
					ink++
				}
			}
		}
		wide, high := float64(right-left+1)/float64(w), float64(bottom-top+1)/float64(h)
		if max(wide, high) < 0.75 {
			t.Errorf("%dx%d: the number covers %.0f %% of the width and %.0f %% of the height", w, h, 100*wide, 100*high)
		}
		if thick := float64(ink) / float64((right-left+1)*(bottom-top+1)); thick < 0.4 {
			t.Errorf("%dx%d: %.0f %% of the number's place is ink", w, h, 100*thick)
		}
		if centre := float64(left+right+1) / float64(w); math.Abs(centre-1) > 0.1 {
			t.Errorf("%dx%d: columns %d to %d are not in the middle", w, h, left, right)
		}
		corner := frames[88][:3]
		if !bytes.Equal(corner, []uint8{numbers.DarkGrey.B, numbers.DarkGrey.G, numbers.DarkGrey.R}) {
			t.Errorf("%dx%d: the corner is %v, not dark grey", w, h, corner)
		}
	}
}

func TestDigitsKeepTheirPlace(t *testing.T) {
	const w, h = demoWidth, demoHeight
	frames := drawn(t, w, h)
	half := func(n, from, to int) (pixels []uint8) {
		for y := range h {
			pixels = append(pixels, frames[n][3*(y*w+from):3*(y*w+to)]...)
		}
		return pixels
	}
	if !bytes.Equal(half(70, 0, w/2-4), half(79, 0, w/2-4)) {
		t.Error("the 7 moves from 70 to 79")
	}
	if !bytes.Equal(half(13, w/2+4, w), half(93, w/2+4, w)) {
		t.Error("the 3 moves from 13 to 93")
	}
}

// TestYUVToBGR turns random colours to YUV with the exact formula, and back.
func TestYUVToBGR(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	for _, m := range []struct {
		matrix g264.Matrix
		kr, kb float64
	}{{g264.MatrixBT709, 0.2126, 0.0722}, {g264.MatrixBT601, 0.299, 0.114}} {
		for _, full := range []bool{false, true} {
			black, ys, cs, most := 16.0, 219.0, 224.0, 4
			if full {
				black, ys, cs, most = 0, 255, 255, 3
			}
			for range 2000 {
				want := [3]int{rnd.Intn(256), rnd.Intn(256), rnd.Intn(256)} // b, g, r
				b, g, r := float64(want[0])/255, float64(want[1])/255, float64(want[2])/255
				y := m.kr*r + (1-m.kr-m.kb)*g + m.kb*b
				f := g264.Frame{Width: 1, Height: 1, YStride: 1, CStride: 1,
					Y:  []uint8{clip(black + ys*y)},
					Cb: []uint8{clip(128 + cs*(b-y)/(2*(1-m.kb)))},
					Cr: []uint8{clip(128 + cs*(r-y)/(2*(1-m.kr)))}}
				for i, got := range yuvToBGR(f, m.matrix, full) {
					if d := int(got) - want[i]; d > most || d < -most {
						t.Fatalf("%v full=%t: sample %d of %v comes back as %d", m.matrix, full, i, want, got)
					}
				}
			}
		}
	}
}

func TestPSNRRGB(t *testing.T) {
	grey := func(v uint8) g264.Frame { // full range: grey is its luma
		return g264.Frame{Width: 2, Height: 1, YStride: 2, CStride: 2, Y: []uint8{v, v}, Cb: []uint8{128, 128}, Cr: []uint8{128, 128}}
	}
	bgr := [][]uint8{{50, 50, 50, 50, 50, 50}, {60, 60, 60, 60, 60, 60}}
	same := []g264.Frame{grey(50), grey(60)}
	if got := psnrRGB(bgr, same, g264.MatrixBT709, g264.RangeFull); !math.IsInf(got, 1) {
		t.Errorf("equal frames: %v dB, want +Inf", got)
	}
	// One frame off by 2: the mean squared error is 2, 45.12 dB.
	off := []g264.Frame{grey(50), grey(62)}
	if got := psnrRGB(bgr, off, g264.MatrixBT709, g264.RangeFull); math.Abs(got-45.12) > 0.005 {
		t.Errorf("%v dB, want 45.12", got)
	}
}

// TestDemoFigures bounds the demo's size and loss (x264's medium makes 39.3 dB of
// these frames at the same CRF), and compares its PSNR over RGB with what
// ffmpeg's conversion gives.
func TestDemoFigures(t *testing.T) {
	s, err := parseFlags([]string{"--demo"})
	if err != nil {
		t.Fatal(err)
	}
	o := s.demoOptions()
	frames := drawn(t, demoWidth, demoHeight)
	video, shown, stats, err := encodeBGR(context.Background(), frames, o)
	if err != nil {
		t.Fatal(err)
	}
	psnr := psnrRGB(frames, shown, o.Matrix, o.Range)
	if len(video) > 80000 || psnr < 40 || stats.Frames != 100 || len(shown) != 100 || stats.Written != int64(len(video)) {
		t.Errorf("%d frames in %d bytes (%+v) at %.2f dB over RGB, want 100 in at most 80000 at 40 dB", len(shown), len(video), stats, psnr)
	}

	ffmpeg := testenv.Need(t, "ffmpeg")
	path := filepath.Join(t.TempDir(), "demo.mp4")
	if err := os.WriteFile(path, video, 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(ffmpeg, "-v", "warning", "-err_detect", "explode", "-i", path,
		"-vf", "scale=flags=accurate_rnd+full_chroma_int,format=bgr24", "-f", "rawvideo", "-")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	decoded, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("ffmpeg: %v\n%s", err, &stderr)
	}
	all := bytes.Join(frames, nil)
	if len(decoded) != len(all) {
		t.Fatalf("ffmpeg decodes %d bytes, want %d", len(decoded), len(all))
	}
	sum := 0.0
	for i, v := range decoded {
		d := float64(v) - float64(all[i])
		sum += d * d
	}
	if theirs := 10 * math.Log10(255*255*float64(len(all))/sum); math.Abs(theirs-psnr) > 0.1 {
		t.Errorf("PSNR over RGB is %.2f dB here, %.2f dB through ffmpeg", psnr, theirs)
	}
}
