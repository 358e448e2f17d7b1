package g264

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/g264/g264/internal/testenv"
	"github.com/g264/g264/internal/testvideo"
)

// decode has ffmpeg decode a file to raw frames of a pixel format. Any warning
// is an error.
func decode(t *testing.T, file []byte, pixFmt string) []byte {
	t.Helper()
	ffmpeg := testenv.Need(t, "ffmpeg")
	path := filepath.Join(t.TempDir(), "video.mp4")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{"-v", "repeat+warning", "-err_detect", "explode", "-i", path, "-fps_mode", "passthrough",
		"-sws_flags", "accurate_rnd+full_chroma_int+full_chroma_inp+bicubic", "-pix_fmt", pixFmt, "-f", "rawvideo", "-"}
	cmd := exec.Command(ffmpeg, args...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	// Its scaler says this of every full-range picture that it converts.
	warnings := slices.DeleteFunc(strings.Split(strings.TrimSpace(errs.String()), "\n"), func(line string) bool {
		return line == "" || strings.Contains(line, "deprecated pixel format used")
	})
	if err != nil || len(warnings) > 0 {
		t.Fatalf("ffmpeg: %v\n%s", err, &errs)
	}
	return out.Bytes()
}

// probe asks ffprobe for fields of the video stream, as "name=value" lines.
func probe(t *testing.T, file []byte, fields string) string {
	t.Helper()
	return runProbe(t, file, "-count_packets", "-show_entries", "stream="+fields, "-of", "default=nw=1")
}

// probePackets asks ffprobe for fields of every packet, as lines of values.
func probePackets(t *testing.T, file []byte, fields string) string {
	t.Helper()
	return runProbe(t, file, "-show_entries", "packet="+fields, "-of", "csv=p=0")
}

func runProbe(t *testing.T, file []byte, args ...string) string {
	t.Helper()
	ffprobe := testenv.Need(t, "ffprobe")
	path := filepath.Join(t.TempDir(), "video.mp4")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(ffprobe, append(append([]string{"-v", "warning"}, args...), path)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("ffprobe: %v\n%s", err, out)
	}
	return strings.TrimSpace(string(out))
}

// A decoder gives the reconstruction, sample for sample, in the size and the
// colour that the options say.
func TestDecodersAgree(t *testing.T) {
	for _, c := range []struct {
		o    Options
		want string // by ffprobe
	}{
		{Options{Width: 50, Height: 38, FrameRate: FPS(23.976)},
			"profile=High, width=50, height=38, sample_aspect_ratio=1:1, pix_fmt=yuv420p, color_range=tv, " +
				"color_space=bt709, color_transfer=bt709, color_primaries=bt709, chroma_location=left, r_frame_rate=24000/1001"},
		{Options{Width: 51, Height: 37, Range: RangeFull, Matrix: MatrixBT601, FrameRate: FPS(14.25), SampleAspect: Rational{4, 3}},
			"profile=High, width=52, height=38, sample_aspect_ratio=4:3, pix_fmt=yuvj420p, color_range=pc, " +
				"color_space=smpte170m, color_transfer=smpte170m, color_primaries=smpte170m, chroma_location=center, r_frame_rate=57/4"},
		{Options{Width: 51, Height: 37, Chroma: Chroma444, CRF: 17, Primaries: PrimariesSMPTE432, Transfer: TransferSRGB},
			"profile=High 4:4:4 Predictive, width=51, height=37, sample_aspect_ratio=1:1, pix_fmt=yuv444p, color_range=tv, " +
				"color_space=bt709, color_transfer=iec61966-2-1, color_primaries=smpte432, r_frame_rate=25/1"},
	} {
		var file, shown bytes.Buffer
		e, err := NewEncoder(&file, c.o)
		if err != nil {
			t.Fatal(err)
		}
		err = e.OnReconstruction(func(f Frame) error {
			cw, ch := f.Width, f.Height
			if f.Format == YUV420P {
				cw, ch = cw/2, ch/2
			}
			writePlane(&shown, f.Y, f.YStride, f.Width, f.Height)
			writePlane(&shown, f.Cb, f.CStride, cw, ch)
			writePlane(&shown, f.Cr, f.CStride, cw, ch)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 6 {
			if err := e.EncodeFrame(yuv(testvideo.Moving, c.o.Width, c.o.Height, i, c.o.Chroma == Chroma420)); err != nil {
				t.Fatal(err)
			}
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		pixFmt := "yuv420p"
		want := strings.Split(c.want+", nb_read_packets=6", ", ")
		var names []string
		for _, field := range want {
			name, value, _ := strings.Cut(field, "=")
			names = append(names, name)
			if name == "pix_fmt" {
				pixFmt = value
			}
		}
		if !bytes.Equal(decode(t, file.Bytes(), pixFmt), shown.Bytes()) {
			t.Errorf("%+v: ffmpeg's frames are not the reconstruction", c.o)
		}
		got := strings.Split(probe(t, file.Bytes(), strings.Join(names, ",")), "\n")
		for _, field := range want {
			if !slices.Contains(got, field) {
				t.Errorf("%+v: ffprobe does not say %s but %s", c.o, field, got)
			}
		}
	}
}

// Lossless RGB comes out of a decoder as it went in, whatever its layout was.
func TestLosslessRGB(t *testing.T) {
	const w, h, n = 51, 37, 5
	rng := rand.New(rand.NewPCG(1, 1))
	for _, preset := range []Preset{PresetUltrafast, PresetMedium} {
		o := Options{Width: w, Height: h, Chroma: Chroma444, Matrix: MatrixGBR, Lossless: true, Preset: preset}
		var file, want bytes.Buffer
		e, err := NewEncoder(&file, o)
		if err != nil {
			t.Fatal(err)
		}
		pix := make([]uint8, 3*w*h)
		for range n {
			for range 300 { // changes, some of which look like an edge
				at, v := rng.IntN(len(pix)), uint8(rng.IntN(256))
				for i := range pix[at:min(at+rng.IntN(60), len(pix))] {
					pix[at+i] = v
				}
			}
			if err := e.EncodeBGR(pix, 3*w); err != nil {
				t.Fatal(err)
			}
			for i := 0; i < len(pix); i += 3 {
				want.Write([]byte{pix[i+2], pix[i+1], pix[i]})
			}
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(decode(t, file.Bytes(), "rgb24"), want.Bytes()) {
			t.Errorf("%v: ffmpeg's RGB is not what was encoded", preset)
		}
		got := probe(t, file.Bytes(), "profile,pix_fmt,color_range,color_space,color_transfer")
		for _, field := range []string{"profile=High 4:4:4 Predictive", "pix_fmt=gbrp", "color_range=pc", "color_space=gbr", "color_transfer=iec61966-2-1"} {
			if !strings.Contains(got, field) {
				t.Errorf("ffprobe does not say %s but %s", field, got)
			}
		}
	}
}

// In 4:2:0 and in 4:4:4 lossless planes come out as they went in, from a file whose
// sample entry says which chroma format it has.
func TestLosslessPlanes(t *testing.T) {
	for _, c := range []struct {
		chroma Chroma
		pixFmt string
	}{{Chroma420, "yuv420p"}, {Chroma444, "yuv444p"}} {
		var file, want bytes.Buffer
		e, err := NewEncoder(&file, Options{Width: 50, Height: 38, Chroma: c.chroma, Lossless: true})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 4 {
			f := yuv(testvideo.Moving, 50, 38, i, c.chroma == Chroma420)
			if err := e.EncodeFrame(f); err != nil {
				t.Fatal(err)
			}
			for _, plane := range [][]uint8{f.Y, f.Cb, f.Cr} {
				want.Write(plane)
			}
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(decode(t, file.Bytes(), c.pixFmt), want.Bytes()) {
			t.Errorf("%v: ffmpeg's frames are not what was encoded", c.chroma)
		}
		if mime := e.MIMEType(); !strings.Contains(mime, "avc1.f4000") {
			t.Errorf("%v: MIME type %s", c.chroma, mime)
		}
	}
}

func writePlane(dst *bytes.Buffer, p []uint8, stride, w, h int) {
	for y := range h {
		dst.Write(p[y*stride:][:w])
	}
}

// Colours come back: what is encoded agrees with what the file says about it,
// for every matrix, range and chroma format.
func TestColoursComeBack(t *testing.T) {
	patches := [][3]uint8{{0, 0, 0}, {255, 255, 255}, {128, 128, 128}, {230, 20, 20}, {20, 200, 40}, {30, 40, 240}, {250, 240, 20}, {200, 30, 190}}
	const side = 32
	width := side * len(patches)
	pix := make([]uint8, 3*width*side)
	for i := range width * side {
		p := patches[i%width/side]
		copy(pix[3*i:], []uint8{p[2], p[1], p[0]})
	}
	for _, matrix := range []Matrix{MatrixBT709, MatrixBT601} {
		for _, rng := range []Range{RangeLimited, RangeFull} {
			for _, chroma := range []Chroma{Chroma420, Chroma444} {
				o := Options{Width: width, Height: side, Matrix: matrix, Range: rng, Chroma: chroma, RateControl: ConstantQP, QP: 4}
				rgb := decode(t, encode(t, o, Frame{Pix: pix, Stride: 3 * width}), "rgb24")
				for n, want := range patches {
					at := 3 * (side/2*width + n*side + side/2)
					for i := range 3 {
						if d := math.Abs(float64(rgb[at+i]) - float64(want[i])); d > 3 {
							t.Errorf("%s: %v comes back as %v", fmt.Sprint(matrix, " ", rng, " ", chroma), want, rgb[at:at+3])
							break
						}
					}
				}
			}
		}
	}
}
