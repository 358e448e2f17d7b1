package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"io"
	"math"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/g264/g264/cmd/g264/internal/y4m"
	"github.com/g264/g264/internal/testenv"
)

// decoded returns what ffmpeg decodes, in the stream's own pixel format or
// another, and wants it silent.
func decoded(t *testing.T, video string, extra ...string) []byte {
	t.Helper()
	args := append([]string{"-v", "warning", "-err_detect", "explode", "-i", video, "-fps_mode", "passthrough"}, extra...)
	cmd := exec.Command(testenv.Need(t, "ffmpeg"), append(args, "-f", "rawvideo", "-")...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("ffmpeg: %v\n%s", err, &stderr)
	}
	return out
}

// samplesOf returns the samples of all frames of a y4m stream.
func samplesOf(t *testing.T, stream string) (samples []byte, frames int) {
	t.Helper()
	r, err := y4m.NewReader(strings.NewReader(stream))
	if err != nil {
		t.Fatal(err)
	}
	for ; ; frames++ {
		f, err := r.Read()
		if err == io.EOF {
			return samples, frames
		}
		if err != nil {
			t.Fatal(err)
		}
		samples = append(append(append(samples, f.Y...), f.Cb...), f.Cr...)
	}
}

// ramp is a picture with something of everything.
func ramp(w, h, seed int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.SetNRGBA(x, y, color.NRGBA{uint8(x*8 + seed*16), uint8(y * 8), uint8((x + y) * 4), 255})
		}
	}
	return img
}

func jpegFile(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// gifFile is an animation with parts, holes and uneven delays.
func gifFile(t testing.TB, w, h int, delays ...int) []byte {
	t.Helper()
	palette := color.Palette{color.RGBA{}, color.RGBA{0, 0, 0, 255}, color.RGBA{255, 0, 0, 255}, color.RGBA{0, 255, 255, 255}}
	g := &gif.GIF{Delay: delays, Config: image.Config{ColorModel: palette, Width: w, Height: h}}
	for i := range delays {
		r := image.Rect(0, 0, w, h)
		if i > 0 {
			r = image.Rect(i, i, w-i, h-i)
		}
		p := image.NewPaletted(r, palette)
		for j := range p.Pix {
			p.Pix[j] = uint8((j/3 + i) % 4)
		}
		g.Image, g.Disposal = append(g.Image, p), append(g.Disposal, byte(i%4))
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestDecodesToTheReconstruction has ffmpeg decode what comes of every kind of
// input, and compares with what --recon says, sample for sample.
func TestDecodesToTheReconstruction(t *testing.T) {
	testenv.Need(t, "ffmpeg")
	raw := testClip(17, 15, 4, "C444")
	for _, c := range []struct {
		name   string
		frames int
		args   []string // the last -o counts
	}{
		{"y4m 4:2:0", 5, []string{file(t, "in", testClip(34, 18, 5, "C420jpeg"))}},
		{"to Annex B", 5, []string{file(t, "in", testClip(34, 18, 5, "C420jpeg")), "-o", "out.264"}},
		{"y4m 4:2:0 of odd size, full range", 5, []string{file(t, "in", testClip(17, 15, 5, "C420mpeg2 XCOLORRANGE=FULL"))}},
		{"y4m 4:4:4 of odd size", 5, []string{file(t, "in", testClip(17, 15, 5, "C444"))}},
		{"y4m 4:4:4 to 4:2:0", 5, []string{file(t, "in", testClip(17, 15, 5, "C444")), "--chroma", "420"}},
		{"y4m 4:2:0 to 4:4:4", 5, []string{file(t, "in", testClip(17, 15, 5, "C420")), "--chroma", "444"}},
		{"y4m mono", 5, []string{file(t, "in", testClip(17, 15, 5, "Cmono"))}},
		{"raw bgr24", 3, []string{file(t, "in", raw[:3*17*15*3]), "--pix-fmt", "bgr24", "--size", "17x15"}},
		{"raw rgba", 2, []string{file(t, "in", raw[:2*17*15*4]), "--pix-fmt", "rgba", "--size", "17x15", "--chroma", "444"}},
		{"raw gray", 3, []string{file(t, "in", raw[:3*17*15]), "--pix-fmt", "gray", "--size", "17x15"}},
		{"raw yuv420p", 3, []string{file(t, "in", raw[:3*(17*15+2*9*8)]), "--pix-fmt", "yuv420p", "--size", "17x15"}},
		{"raw yuv444p", 3, []string{file(t, "in", raw[:3*17*15*3]), "--pix-fmt", "yuv444p", "--size", "17x15"}},
		{"PNG and JPEG", 3, []string{file(t, "a", pngFile(t, ramp(33, 21, 0))), file(t, "b", jpegFile(t, ramp(33, 21, 1))),
			file(t, "c", pngFile(t, ramp(33, 21, 2)))}},
		{"JPEG in its own colour", 1, []string{file(t, "a", jpegFile(t, ramp(33, 21, 0))), "--colormatrix", "bt601", "--range", "full"}},
		{"GIF", 5, []string{file(t, "in", gifFile(t, 33, 21, 5, 0, 50, 3, 7)), "--chroma", "444"}},
		{"GIF with --fps", 5, []string{file(t, "in", gifFile(t, 33, 21, 5, 0, 50, 3, 7)), "--fps", "12.5"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cmd := g264Command(t, append([]string{"-o", "out.mp4", "--recon", "recon.y4m", "--crf", "20", "--quiet"}, c.args...)...)
			if text, err := cmd.CombinedOutput(); err != nil || len(text) > 0 {
				t.Fatalf("%v\n%s", err, text)
			}
			want, frames := samplesOf(t, content(t, filepath.Join(cmd.Dir, "recon.y4m")))
			if frames != c.frames {
				t.Errorf("%d frames, want %d", frames, c.frames)
			}
			videos, err := filepath.Glob(filepath.Join(cmd.Dir, "out.*"))
			if err != nil || len(videos) != 1 {
				t.Fatalf("%v, %v; want one video", videos, err)
			}
			if got := decoded(t, videos[0]); !bytes.Equal(got, want) {
				t.Errorf("ffmpeg decodes %d bytes, which are not the %d of the reconstruction", len(got), len(want))
			}
		})
	}
}

// TestPSNRIsThatOfTheReconstruction computes anew what --psnr prints.
func TestPSNRIsThatOfTheReconstruction(t *testing.T) {
	in := testClip(34, 18, 6, "C420")
	r := call(t, bytes.NewReader(in), "-", "-o", "out.mp4", "--recon", "-", "--psnr")
	if r.status != 0 {
		t.Fatalf("status %d, %q", r.status, r.stderr)
	}
	want, _ := samplesOf(t, string(in))
	got, frames := samplesOf(t, r.stdout)
	plane := func(from, to int) string {
		sum, n := 0.0, 0
		for i := range got {
			if at := i % (34 * 18 * 3 / 2); at >= from && at < to {
				d := float64(got[i]) - float64(want[i])
				sum, n = sum+d*d, n+1
			}
		}
		return decibels(10 * math.Log10(255*255*float64(n)/sum))
	}
	const y, c = 34 * 18, 34 * 18 / 4
	text := fmt.Sprintf("PSNR Y %s Cb %s Cr %s all %s dB\n", plane(0, y), plane(y, y+c), plane(y+c, y+2*c), plane(0, y+2*c))
	if frames != 6 || !strings.HasSuffix(r.stderr, text) {
		t.Errorf("%q, want %q", r.stderr, text)
	}
}

// TestColoursSurvive has ffmpeg show what became of plain colours.
func TestColoursSurvive(t *testing.T) {
	testenv.Need(t, "ffmpeg")
	colours := []color.NRGBA{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}, {255, 255, 255, 255}, {120, 60, 200, 255}}
	stripes := image.NewNRGBA(image.Rect(0, 0, 16, 16*len(colours)))
	for y := range stripes.Rect.Dy() {
		for x := range 16 {
			stripes.SetNRGBA(x, y, colours[y/16])
		}
	}
	in := file(t, "in.png", pngFile(t, stripes))
	for _, flags := range []string{"", "--colormatrix bt601", "--range full --chroma 444", "--colormatrix smpte170m --range pc"} {
		out := filepath.Join(t.TempDir(), "out.mp4")
		r := call(t, nil, append(strings.Fields(flags), "--crf", "1", in, "-o", out)...)
		if r.status != 0 {
			t.Fatalf("status %d, %q", r.status, r.stderr)
		}
		// ffmpeg warns of its own name for full-range formats.
		pixels := decoded(t, out, "-v", "error", "-vf", "scale=flags=accurate_rnd+full_chroma_int,format=rgb24")
		for i, colour := range colours {
			got := pixels[3*(16*(16*i+8)+8):] // in the middle of the stripe
			for j, want := range []uint8{colour.R, colour.G, colour.B} {
				if d := int(got[j]) - int(want); d > 4 || d < -4 {
					t.Errorf("%q: %v comes back as %v", flags, colour, got[:3])
					break
				}
			}
		}
	}
}

// TestFileSaysWhatItIs asks ffprobe for what inputs and flags said.
func TestFileSaysWhatItIs(t *testing.T) {
	ffprobe := testenv.Need(t, "ffprobe")
	for _, c := range []struct {
		name, entries string
		args          []string
		want          string
	}{
		{"y4m tags", "stream=width,height,pix_fmt,color_range,sample_aspect_ratio,chroma_location,avg_frame_rate,nb_frames",
			[]string{file(t, "in", testClip(34, 18, 4, "C420jpeg A4:3 XCOLORRANGE=FULL"))},
			"width=34 height=18 sample_aspect_ratio=4:3 pix_fmt=yuvj420p color_range=pc chroma_location=center avg_frame_rate=10/1 nb_frames=4"},
		{"y4m without tags", "stream=pix_fmt,color_range,color_space,color_transfer,color_primaries",
			[]string{file(t, "in", testClip(34, 18, 4, ""))},
			"pix_fmt=yuv420p color_range=tv color_space=bt709 color_transfer=bt709 color_primaries=bt709"},
		{"flags against tags", "stream=color_range,color_space,color_transfer,color_primaries,avg_frame_rate",
			[]string{file(t, "in", testClip(34, 18, 4, "XCOLORRANGE=FULL")), "--range", "tv", "--colormatrix", "smpte170m",
				"--transfer", "iec61966-2-1", "--colorprim", "bt470bg", "--fps", "23.976"},
			"color_range=tv color_space=smpte170m color_transfer=iec61966-2-1 color_primaries=bt470bg avg_frame_rate=24000/1001"},
		{"GIF times", "packet=pts_time,duration_time", []string{file(t, "in", gifFile(t, 32, 16, 5, 0, 50, 3))},
			"pts_time=0.000000 duration_time=0.050000 pts_time=0.050000 duration_time=0.100000 " +
				"pts_time=0.150000 duration_time=0.500000 pts_time=0.650000 duration_time=0.030000"},
		{"key frames", "frame=key_frame", []string{file(t, "in", testClip(34, 18, 5, "")), "--keyint", "2", "--min-keyint", "2"},
			"key_frame=1 key_frame=0 key_frame=1 key_frame=0 key_frame=1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out.mp4")
			if r := call(t, nil, append(c.args, "-o", out)...); r.status != 0 {
				t.Fatalf("status %d, %q", r.status, r.stderr)
			}
			probed, err := exec.Command(ffprobe, "-v", "error", "-of", "default=noprint_wrappers=1",
				"-show_entries", c.entries, out).Output()
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(strings.Fields(string(probed)), " "); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}
