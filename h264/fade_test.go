package h264

import (
	"testing"

	"github.com/g264/g264/internal/testvideo"
)

// codeCounting codes frames and returns the bytes and the share of intra
// macroblocks, in percent, of the pictures behind the first.
func codeCounting(t *testing.T, cfg Config, frames []testvideo.Frame) (bytes, intra int) {
	t.Helper()
	cfg.Width, cfg.Height, cfg.FrameRate, cfg.Threads = frames[0].Width, frames[0].Height, Rational{25, 1}, 1
	if !frames[0].Subsampled {
		cfg.Chroma = Chroma444
	}
	e, err := NewEncoder(cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	pictures, macroblocks := 0, 0
	take := func(units []AccessUnit) {
		for _, au := range units {
			if pictures++; pictures == 1 {
				continue
			}
			for _, nal := range au.NALs {
				bytes += len(nal)
			}
			mbs := e.references.list[0].MBs
			for i := range mbs {
				if mbs[i].Type.IsIntra() {
					intra++
				}
			}
			macroblocks += len(mbs)
		}
	}
	for i, f := range frames {
		units, err := e.Encode(&Picture{Y: f.Y, Cb: f.Cb, Cr: f.Cr, YStride: f.YStride, CStride: f.CStride, PTS: int64(i)})
		if err != nil {
			t.Fatal(err)
		}
		take(units)
	}
	for pictures < len(frames) {
		units, err := e.Flush()
		if err != nil || len(units) == 0 {
			t.Fatalf("%d pictures of %d: %v", pictures, len(frames), err)
		}
		take(units)
	}
	return bytes, 100 * intra / macroblocks
}

// Weights follow a fade: it is neither coded as intra nor takes the bits that it
// takes without them. Where nothing fades they cost bytes in slice headers only.
func TestFadesAreWeighted(t *testing.T) {
	const width, height, frames = 128, 80, 16
	for _, subsampled := range []bool{true, false} {
		moving := testvideo.Clip(testvideo.Moving, width, height, frames, subsampled)
		still := func(i int) testvideo.Frame { return moving[0] }
		scene := func(i int) testvideo.Frame { return moving[i] }
		for _, c := range []struct {
			name    string
			draw    func(i int) testvideo.Frame
			light   func(i int) int // in parts of frames
			percent int             // at most, of the bytes without weights
			intra   int             // percent of the macroblocks, at most
		}{
			{"still to black", still, func(i int) int { return frames - i }, 25, 1},
			{"still from black", still, func(i int) int { return i + 1 }, 60, 2},
			{"moving to black", scene, func(i int) int { return frames - i }, 75, 8},
			{"moving from black", scene, func(i int) int { return i + 1 }, 80, 8},
			{"moving", scene, func(i int) int { return frames }, 101, 2},
		} {
			var clip []testvideo.Frame
			for i := range frames {
				clip = append(clip, c.draw(i).Darkened(c.light(i), frames))
			}
			plain, _ := codeCounting(t, Config{NoWeights: true}, clip)
			bytes, intra := codeCounting(t, Config{}, clip)
			if bytes*100 > plain*c.percent || intra > c.intra {
				t.Errorf("%s, 4:2:0 %v: %d bytes, %d %% of the macroblocks intra; without weights %d bytes", c.name, subsampled, bytes, intra, plain)
			}
		}
	}
}
