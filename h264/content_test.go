package h264

import (
	"slices"
	"testing"

	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/internal/testenv"
	"github.com/g264/g264/internal/testvideo"
)

// codedPicture is what became of a picture.
type codedPicture struct {
	key   bool
	bytes int // of its slices
	mbs   []macroblock.MB
}

// code codes frames, whose size and chroma format it fills in, on one thread.
func code(t *testing.T, cfg Config, frames []testvideo.Frame) (pictures []codedPicture) {
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
	take := func(units []AccessUnit) { // one at a time, coded last
		for _, au := range units {
			pictures = append(pictures, codedPicture{au.Key, len(au.NALs[len(au.NALs)-1]), slices.Clone(e.references.list[0].MBs)})
		}
	}
	for i, f := range frames {
		units, err := e.Encode(&Picture{Y: f.Y, Cb: f.Cb, Cr: f.Cr, YStride: f.YStride, CStride: f.CStride, PTS: int64(i)})
		if err != nil {
			t.Fatal(err)
		}
		take(units)
	}
	for len(pictures) < len(frames) {
		units, err := e.Flush()
		if err != nil || len(units) == 0 {
			t.Fatalf("%d pictures of %d: %v", len(pictures), len(frames), err)
		}
		take(units)
	}
	return pictures
}

// sums are the bytes of pictures and the percentage of intra macroblocks.
func sums(pictures []codedPicture) (bytes, intra int) {
	macroblocks := 0
	for _, p := range pictures {
		bytes += p.bytes
		macroblocks += len(p.mbs)
		for i := range p.mbs {
			if p.mbs[i].Type.IsIntra() {
				intra++
			}
		}
	}
	return bytes, 100 * intra / macroblocks
}

// Weights follow a fade: it is neither coded as intra nor takes the bits that it
// takes without them. Where nothing fades they cost bytes in slice headers only.
func TestFadesAreWeighted(t *testing.T) {
	testenv.OneGoroutine(t)
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
			{"still to black", still, func(i int) int { return frames - i }, 25, 3},
			{"still from black", still, func(i int) int { return i + 1 }, 60, 6},
			{"moving to black", scene, func(i int) int { return frames - i }, 75, 13},
			{"moving from black", scene, func(i int) int { return i + 1 }, 80, 15},
			{"moving", scene, func(i int) int { return frames }, 101, 6},
		} {
			var clip []testvideo.Frame
			for i := range frames {
				clip = append(clip, c.draw(i).Darkened(c.light(i), frames))
			}
			plain, _ := sums(code(t, Config{NoWeights: true}, clip)[1:])
			bytes, intra := sums(code(t, Config{}, clip)[1:])
			if bytes*100 > plain*c.percent || intra > c.intra {
				t.Errorf("%s, 4:2:0 %v: %d bytes, %d %% of the macroblocks intra; without weights %d bytes", c.name, subsampled, bytes, intra, plain)
			}
		}
	}
}

// What stands still costs next to nothing, in every preset and profile: text from
// when it is refined, one colour from the first picture on.
func TestStillPicturesAreSmall(t *testing.T) {
	testenv.OneGoroutine(t)
	configs := []Config{{Profile: "baseline"}, {Profile: "main"}}
	for _, preset := range Presets() {
		configs = append(configs, Config{Preset: preset})
	}
	text := testvideo.Render(testvideo.Text, 1280, 720, 0, true)
	colour := testvideo.Render(testvideo.Flat, 1280, 720, 0, true)
	for _, cfg := range configs {
		for i, p := range code(t, cfg, []testvideo.Frame{text, text, text, text, text, text}) {
			if p.key != (i == 0) || i >= 4 && p.bytes >= 40 {
				t.Errorf("%s %s: picture %d of still text, key %v, has %d bytes", cfg.Preset, cfg.Profile, i, p.key, p.bytes)
			}
		}
		for i, p := range code(t, cfg, []testvideo.Frame{colour, colour, colour}) {
			if p.key != (i == 0) || i > 0 && p.bytes >= 40 || p.bytes > len(p.mbs) {
				t.Errorf("%s %s: picture %d of one colour, key %v, has %d bytes", cfg.Preset, cfg.Profile, i, p.key, p.bytes)
			}
		}
	}
}

// lines returns h rows of a frame from row y on, which is even.
func lines(f testvideo.Frame, y, h int) testvideo.Frame {
	chroma := y * f.CStride
	if f.Subsampled {
		chroma /= 2
	}
	f.Height = h
	f.Y, f.Cb, f.Cr = f.Y[y*f.YStride:], f.Cb[chroma:], f.Cr[chroma:]
	return f
}

// Scrolling text costs little: its vector is found within a few pictures.
func TestScrollingIsFound(t *testing.T) {
	testenv.OneGoroutine(t)
	page := testvideo.Render(testvideo.Text, 320, 320, 0, true)
	for _, step := range []int{2, 6, 14} {
		var clip []testvideo.Frame
		for i := range 5 {
			clip = append(clip, lines(page, i*step, 240))
		}
		for _, preset := range Presets() {
			const from, part = 3, 10
			pictures := code(t, Config{Preset: preset}, clip)
			for i, p := range pictures[from:] {
				found := 0
				for _, mb := range p.mbs {
					if !mb.Type.IsIntra() && mb.MV[0] == (macroblock.MV{Y: int16(4 * step)}) {
						found++
					}
				}
				if found < len(p.mbs)*4/5 || p.bytes > pictures[0].bytes/part {
					t.Errorf("%s, %d rows a picture: picture %d has %d bytes, the first %d; the vector in %d macroblocks of %d",
						preset, step, from+i, p.bytes, pictures[0].bytes, found, len(p.mbs))
				}
			}
		}
	}
}

// With tune screen a page that scrolls far is found at once, by every preset: what
// has been seen before is inter, with the page's vector, and hardly more than the new
// lines costs something. A bar beside it that stands still changes nothing.
func TestFarScrollingIsFoundOnScreens(t *testing.T) {
	testenv.OneGoroutine(t)
	const width, height, bar = 256, 480, 64
	for _, subsampled := range []bool{true, false} {
		page := testvideo.Render(testvideo.Text, width, 1000, 0, subsampled)
		beside := testvideo.Render(testvideo.Moving, width, height, 0, subsampled)
		steps := []int{120, -120, 74}
		if !subsampled {
			steps[2] = 75
		}
		for _, step := range steps {
			var clip []testvideo.Frame
			for i := range 3 {
				f := lines(page, max(0, -2*step)+i*step, height).Darkened(1, 1)
				for y := range height {
					copy(f.Y[y*width:][:bar], beside.Y[y*width:])
				}
				for i := 0; i < len(beside.Cb); i += f.CStride {
					copy(f.Cb[i:][:bar*f.CStride/width], beside.Cb[i:])
					copy(f.Cr[i:][:bar*f.CStride/width], beside.Cr[i:])
				}
				clip = append(clip, f)
			}
			far := max(step, -step)
			for _, preset := range Presets() {
				pictures := code(t, Config{Preset: preset, Tune: "screen"}, clip)
				for i, p := range pictures[1:] {
					found := 0
					for _, mb := range p.mbs {
						if !mb.Type.IsIntra() && mb.MV[0] == (macroblock.MV{Y: int16(4 * step)}) {
							found++
						}
					}
					seen := len(p.mbs) * (width - bar) / width * (height - far) / height
					if p.key || found < seen*9/10 || p.bytes > pictures[0].bytes*far/height*14/10 {
						t.Errorf("%s, %d rows a picture, 4:2:0 %v: picture %d has %d bytes, the first %d; the vector in %d macroblocks of %d",
							preset, step, subsampled, i+1, p.bytes, pictures[0].bytes, found, seen)
					}
				}
			}
		}
	}
}

// Noise takes no more than its samples and the type of I_PCM macroblocks, which
// it is coded as where the quantiser is fine.
func TestNoiseIsBounded(t *testing.T) {
	testenv.OneGoroutine(t)
	for _, subsampled := range []bool{true, false} {
		clip := testvideo.Clip(testvideo.Noise, 96, 64, 3, subsampled)
		most := 384 + 3
		if !subsampled {
			most = 768 + 3
		}
		for _, preset := range Presets() {
			for _, crf := range []float64{1, 23} {
				for i, p := range code(t, Config{Preset: preset, CRF: crf}, clip) {
					pcm := 0
					for _, mb := range p.mbs {
						if mb.Type == macroblock.IPCM {
							pcm++
						}
					}
					if p.bytes > most*len(p.mbs)+40 || (pcm == len(p.mbs)) != (crf == 1) {
						t.Errorf("%s, CRF %v, 4:2:0 %v: picture %d has %d bytes in %d macroblocks, %d I_PCM",
							preset, crf, subsampled, i, p.bytes, len(p.mbs), pcm)
					}
				}
			}
		}
	}
}

// skipped counts P_Skip among the macroblocks of pictures.
func skipped(pictures []codedPicture) (skipped, macroblocks int) {
	for _, p := range pictures {
		macroblocks += len(p.mbs)
		for i := range p.mbs {
			if p.mbs[i].Type == macroblock.PSkip {
				skipped++
			}
		}
	}
	return skipped, macroblocks
}

// Where scenes alternate, each picture has the one that it continues at index 0:
// what stands still is skipped, and what moves takes little more than the scenes
// do one after the other.
func TestAlternatingScenesAreFound(t *testing.T) {
	testenv.OneGoroutine(t)
	const width, height, frames = 128, 80, 24
	draw := func(scene, i int) testvideo.Frame {
		return testvideo.Render(testvideo.Cut, width, height, scene*testvideo.CutLength+min(i, testvideo.CutLength-1), true)
	}
	for _, preset := range []string{"medium", "slow"} {
		cfg := Config{Preset: preset, RateControl: ConstantQP, QP: 28, NoSceneCut: true}
		for scenes := 2; scenes <= 3; scenes++ {
			var still, moving []testvideo.Frame
			for i := range frames {
				still = append(still, draw(i%scenes, 0))
				moving = append(moving, draw(i%scenes, i/scenes))
			}
			if n, all := skipped(code(t, cfg, still)[2*scenes:]); n < all {
				t.Errorf("%s, %d scenes: %d of %d macroblocks skipped", preset, scenes, n, all)
			}
			apart := 0
			for scene := range scenes {
				var alone []testvideo.Frame
				for i := range frames / scenes {
					alone = append(alone, draw(scene, i))
				}
				bytes, _ := sums(code(t, cfg, alone))
				apart += bytes
			}
			if bytes, _ := sums(code(t, cfg, moving)); bytes*100 > apart*108 {
				t.Errorf("%s, %d scenes that move: %d bytes, apart %d", preset, scenes, bytes, apart)
			}
		}
	}
}
