package h264_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/g264/g264/h264"
	"github.com/g264/g264/internal/testenv"
	"github.com/g264/g264/internal/testvideo"
)

// matrixCase is one cell of the decoding matrix at one size.
type matrixCase struct {
	preset  string
	crf     float64
	content testvideo.Content
}

var matrixCRFs = []float64{1, 10, 17, 23, 35, 51}

// matrixSizes are the sizes that a caller asks for: in 4:2:0 the next even ones
// are coded.
var matrixSizes = []struct {
	width, height int
	frames        int
	share         share
}{
	{1, 1, 9, whole}, {2, 2, 9, whole}, {15, 17, 9, whole}, {16, 16, 9, whole}, {17, 33, 9, whole},
	{192, 108, 9, whole}, {500, 258, 9, pairs}, {1920, 1080, 3, few},
}

// share is how many of the combinations of preset, CRF and content there are.
type share uint8

const (
	whole share = iota // all
	pairs              // a selection in which every two of the three meet
	few                // a quarter of that, with every preset, CRF and content in one of the chroma formats
)

// matrix lists the cases of one size and chroma format. The selections of the
// two chroma formats complement each other.
func matrix(of share, subsampled bool) []matrixCase {
	presets := h264.Presets()
	quarter := 0
	if subsampled {
		quarter = 1
	}
	var cases []matrixCase
	for i, crf := range matrixCRFs {
		for j, content := range testvideo.Contents {
			if of == few && (i*len(testvideo.Contents)+j)%4 != quarter {
				continue
			}
			for k, preset := range presets {
				turn := i + j
				if subsampled {
					turn += len(presets) / 2
				}
				if of == whole || k == turn%len(presets) {
					cases = append(cases, matrixCase{preset, crf, content})
				}
			}
		}
	}
	return cases
}

// toolSets are the profiles of a chroma format, with and without their tools.
func toolSets(subsampled bool) []h264.Config {
	if subsampled {
		return []h264.Config{{Profile: "baseline"}, {Profile: "main"}, {Profile: "high"}, {Profile: "high", NoCABAC: true}, {Profile: "auto"}}
	}
	return []h264.Config{
		{Profile: "high444"}, {Profile: "high444", NoCABAC: true}, {Profile: "high444", NoTransform8x8: true},
		{Profile: "auto"}, {Profile: "high444", NoCABAC: true, NoTransform8x8: true},
	}
}

func TestMatrixCovers(t *testing.T) {
	if len(h264.Presets()) == 0 {
		t.Fatal("no presets")
	}
	p, q, r := len(h264.Presets()), len(matrixCRFs), len(testvideo.Contents)
	values := map[any]bool{}
	for _, subsampled := range []bool{true, false} {
		met := map[[2]any]bool{}
		for _, c := range matrix(pairs, subsampled) {
			met[[2]any{c.preset, c.crf}] = true
			met[[2]any{c.preset, c.content}] = true
			met[[2]any{c.crf, c.content}] = true
		}
		if want := p*q + p*r + q*r; len(met) != want {
			t.Errorf("subsampled=%v: selection covers %d pairs of %d", subsampled, len(met), want)
		}
		for _, c := range matrix(few, subsampled) {
			values[c.preset], values[c.crf], values[c.content] = true, true, true
		}
	}
	if len(values) != p+q+r {
		t.Errorf("the few cover %v", values)
	}
}

// The proof can fail: a sample that differs, a picture that is missing, a
// damaged byte and a picture too many are found, in a stream behind another.
func TestDecodingFindsFaults(t *testing.T) {
	ffmpeg := testenv.Need(t, "ffmpeg")
	clip := testvideo.Clip(testvideo.Moving, 50, 38, 4, true)
	good := encode(t, "good", h264.Config{Reconstruction: true}, clip, nil)
	if err := decode(ffmpeg, []stream{good, good}); err != nil {
		t.Fatal(err)
	}
	for _, fault := range []struct {
		name string
		edit func(s *stream)
		want string
	}{
		{"wrong luma", func(s *stream) { s.recon[2*s.pictureBytes()+50*37+49]++ }, "picture 2 plane 0 at (49,37), macroblock (3,2)"},
		{"wrong Cr", func(s *stream) { s.recon[s.pictureBytes()-1]-- }, "picture 0 plane 2 at (24,18), macroblock (3,2)"},
		{"missing picture", func(s *stream) { s.bytes = s.bytes[:bytes.LastIndex(s.bytes, []byte{0, 0, 1})] }, "pictures"},
		{"damaged slice", func(s *stream) { s.bytes[len(s.bytes)*3/4] ^= 0x55 }, ""},
		{"picture too many", func(s *stream) { s.recon = s.recon[:len(s.recon)-s.pictureBytes()] }, "beyond"},
	} {
		bad := good
		bad.name, bad.bytes, bad.recon = fault.name, bytes.Clone(good.bytes), bytes.Clone(good.recon)
		fault.edit(&bad)
		if err := decode(ffmpeg, []stream{good, bad}); err == nil || !strings.Contains(err.Error(), fault.want) {
			t.Errorf("%s: error %v, want one that says %q", fault.name, err, fault.want)
		}
	}
}

// ffmpeg decodes every stream to exactly the encoder's reconstruction: every
// preset, both chroma formats, both ranges, from the finest to the coarsest
// quantiser, sizes around the macroblock, and every kind of content.
func TestDecodeExactly(t *testing.T) {
	testenv.Need(t, "ffmpeg")
	for _, size := range matrixSizes {
		for _, subsampled := range []bool{true, false} {
			width, height, chroma := size.width, size.height, "444"
			if subsampled {
				width, height, chroma = (width+1)&^1, (height+1)&^1, "420"
			}
			if testing.Short() && width*height > 64*64 || subsampled && width == 2 && size.width == 1 {
				continue
			}
			t.Run(fmt.Sprintf("%dx%d-%s", width, height, chroma), func(t *testing.T) {
				t.Parallel()
				clips := map[testvideo.Content][]testvideo.Frame{}
				for _, content := range testvideo.Contents {
					clip := testvideo.Clip(content, width, height, max(size.frames, testvideo.CutLength+2), subsampled)
					clips[content] = clip[len(clip)-size.frames:] // a cut is among the last three
				}
				var limited, full batch
				of := size.share
				if testing.Short() {
					of = pairs
				}
				for i, c := range matrix(of, subsampled) {
					tools := toolSets(subsampled)[i%len(toolSets(subsampled))]
					name := fmt.Sprintf("%s-crf%v-%v-%s", c.preset, c.crf, c.content, tools.Profile)
					cfg := h264.Config{Preset: c.preset, CRF: c.crf, MinKeyInt: 1, Threads: 1 + i%3, Reconstruction: true,
						Profile: tools.Profile, NoCABAC: tools.NoCABAC, NoTransform8x8: tools.NoTransform8x8}
					into := &limited
					if i%4 == 3 {
						cfg.Colour.FullRange = true
						into = &full
					}
					into.add(t, encode(t, name, cfg, clips[c.content], nil))
				}
				limited.decode(t)
				full.decode(t)
			})
		}
	}
}

// Fades and flashes, in which pictures are weighted, decode exactly too: with all
// tools, in every light.
func TestDecodeFades(t *testing.T) {
	testenv.Need(t, "ffmpeg")
	const width, height, frames = 112, 80, 12
	for _, subsampled := range []bool{true, false} {
		moving := testvideo.Clip(testvideo.Moving, width, height, frames, subsampled)
		other := testvideo.Render(testvideo.Cut, width, height, 0, subsampled)
		white := paint(width, height, 1, subsampled, func(i, p, x, y int) int { return [3]int{255, 255, 0}[p] })[0]
		var streams batch
		for i, c := range []func(i int) testvideo.Frame{
			func(i int) testvideo.Frame { return moving[i].Darkened(frames-i, frames) },
			func(i int) testvideo.Frame { return moving[0].Darkened(i*i, frames*frames) },
			func(i int) testvideo.Frame { return mixedFrames(moving[i], white, i, frames) },
			func(i int) testvideo.Frame { return mixedFrames(other, moving[i], i, frames) },
			func(i int) testvideo.Frame { return mixedFrames(moving[i], white, i%3, 3) },
		} {
			var clip []testvideo.Frame
			for n := range frames {
				clip = append(clip, c(n))
			}
			for j, cfg := range toolSets(subsampled) {
				if testing.Short() && (i+j)%5 != 0 {
					continue
				}
				cfg.Preset = []string{"medium", "slow"}[(i+j)%2]
				cfg.CRF, cfg.Threads, cfg.Reconstruction, cfg.NoSceneCut = matrixCRFs[(i+2*j)%5], 1+j%3, true, true
				streams.add(t, encode(t, fmt.Sprintf("fade %d, %s, %v", i, cfg.Profile, cfg.NoCABAC), cfg, clip, nil))
			}
			decodeExactly(t, encode(t, fmt.Sprintf("fade %d, lossless", i), h264.Config{Lossless: true, Reconstruction: true}, clip, nil))
		}
		streams.decode(t)
	}
}

// clipFiles lists what scripts/clips.sh made in G264_CLIPS, or skips.
func clipFiles(t *testing.T) []string {
	t.Helper()
	folder := os.Getenv("G264_CLIPS")
	if folder == "" {
		testenv.SkipOrFail(t, "G264_CLIPS is not set; ./test.sh makes the clips")
	}
	files, _ := filepath.Glob(filepath.Join(folder, "dev", "*.y4m"))
	if len(files) == 0 {
		testenv.SkipOrFail(t, "no clips in "+filepath.Join(folder, "dev"))
	}
	return files
}

// The same for real video.
func TestDecodeClips(t *testing.T) {
	testenv.Need(t, "ffmpeg")
	pictures := 24
	if testing.Short() {
		pictures = 3
	}
	for i, file := range clipFiles(t) {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".y4m"), func(t *testing.T) {
			t.Parallel()
			frames, err := testvideo.ReadY4M(file, pictures)
			if err != nil {
				t.Fatal(err)
			}
			for j, preset := range presets() {
				cfg := toolSets(true)[(i+j)%5]
				cfg.Preset, cfg.CRF, cfg.Reconstruction = preset, matrixCRFs[1+(i+j)%4], true
				decodeExactly(t, encode(t, preset+" "+cfg.Profile, cfg, frames, nil))
			}
			full := make([]testvideo.Frame, len(frames)/4)
			for j := range full {
				full[j] = frames[j].FullChroma()
			}
			if len(full) > 0 {
				cfg := toolSets(false)[i%5]
				cfg.CRF, cfg.Reconstruction = 20, true
				decodeExactly(t, encode(t, "4:4:4", cfg, full, nil))
			}
		})
	}
}

// A decoder follows the order of the references, and of their weights, where
// pictures of a scene that fades alternate with those of another.
func TestReorderedReferencesDecode(t *testing.T) {
	ffmpeg := testenv.Need(t, "ffmpeg")
	for _, subsampled := range []bool{true, false} {
		var clip []testvideo.Frame
		for i := range 24 {
			if i%3 == 2 {
				clip = append(clip, testvideo.Render(testvideo.Cut, 94, 62, i%testvideo.CutLength, subsampled))
			} else {
				clip = append(clip, testvideo.Render(testvideo.Moving, 94, 62, i, subsampled).Darkened(30-i, 30))
			}
		}
		for i, cfg := range []h264.Config{{}, {Preset: "slow", NoCABAC: true}, {KeyInt: 13}, {LowLatency: true, NoWeights: true}} {
			cfg.Reconstruction, cfg.NoSceneCut, cfg.Threads = true, true, 5
			s := encode(t, fmt.Sprintf("alternating %d, subsampled=%v", i, subsampled), cfg, clip, nil)
			cfg.Threads = 1
			if !bytes.Equal(encode(t, s.name, cfg, clip, nil).bytes, s.bytes) {
				t.Errorf("%s: one thread makes other bytes than five", s.name)
			}
			reordered := 0
			for _, h := range parse(t, s).slices {
				if h.RefPicListModificationL0Flag {
					reordered++
				}
			}
			if reordered < len(clip)/2 {
				t.Errorf("%s: the references of %d pictures have another order", s.name, reordered)
			}
			if err := decode(ffmpeg, []stream{s}); err != nil {
				t.Error(err)
			}
		}
	}
}
