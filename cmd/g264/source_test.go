package main

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/g264/g264"
)

// file writes a file into a folder of the test's own and returns its path.
func file(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o666); err != nil {
		t.Fatal(err)
	}
	return path
}

// open opens the inputs of a command line.
func open(t testing.TB, args ...string) (source, error) {
	t.Helper()
	s, err := parseFlags(append(args, "-o", "out.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	src, err := openSource(context.Background(), s, os.Stdin)
	if err == nil {
		t.Cleanup(func() { src.Close() })
	}
	return src, err
}

func mustOpen(t testing.TB, args ...string) source {
	t.Helper()
	src, err := open(t, args...)
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// noMemory lends nothing that suits planes.
func noMemory() (g264.Frame, error) { return g264.Frame{}, nil }

func mustNext(t testing.TB, src source) g264.Frame {
	t.Helper()
	f, err := src.next(noMemory)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func wantEnd(t testing.TB, src source) {
	t.Helper()
	if _, err := src.next(noMemory); err != io.EOF {
		t.Errorf("after the last frame: %v, want io.EOF", err)
	}
}

func pngFile(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func plain(w, h int, c color.Color) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, c)
		}
	}
	return img
}

func TestY4MTraits(t *testing.T) {
	for _, c := range []struct {
		header string
		bytes  int // of a frame
		want   traits
	}{
		{"W3 H2 F24000:1001 A4:3 C420jpeg", 10, traits{width: 3, height: 2, frames: 2,
			rate: g264.Rational{Num: 24000, Den: 1001}, aspect: g264.Rational{Num: 4, Den: 3}, site: g264.ChromaSiteCentre}},
		{"W3 H2 F25:1 A0:0 C420mpeg2 XCOLORRANGE=LIMITED", 10, traits{width: 3, height: 2, frames: 2,
			rate: g264.Rational{Num: 25, Den: 1}, site: g264.ChromaSiteLeft}},
		{"W3 H2 C420paldv", 10, traits{width: 3, height: 2, frames: 2, site: g264.ChromaSiteLeft}},
		{"W3 H2 C444 XCOLORRANGE=FULL", 18, traits{width: 3, height: 2, frames: 2,
			chroma: g264.Chroma444, colourRange: g264.RangeFull}},
		{"W3 H2 Cmono", 6, traits{width: 3, height: 2, frames: 2}},
	} {
		// Long comments would make the estimate of the frames differ.
		frames := strings.Repeat("FRAME\n"+strings.Repeat("x", c.bytes), 2)
		src := mustOpen(t, file(t, "in", []byte("YUV4MPEG2 "+c.header+"\n"+frames)))
		got := src.traits()
		if got.frames < 2 || got.frames > 6 { // for the progress bar only: the header counts too
			t.Errorf("%s: %d frames, want about 2", c.header, got.frames)
		}
		got.frames = c.want.frames
		if got != c.want {
			t.Errorf("%s:\n got %+v\nwant %+v", c.header, got, c.want)
		}
	}
}

func TestY4MFrames(t *testing.T) {
	src := mustOpen(t, file(t, "in", []byte("YUV4MPEG2 W3 H3 C420\nFRAME\nabcdefghi12345678")))
	f := mustNext(t, src)
	if f.Format != g264.YUV420P || string(f.Y) != "abcdefghi" || string(f.Cb) != "1234" || string(f.Cr) != "5678" ||
		f.YStride != 3 || f.CStride != 2 || f.Width != 3 || f.Height != 3 {
		t.Errorf("4:2:0: %+v", f)
	}
	wantEnd(t, src)

	src = mustOpen(t, file(t, "in", []byte("YUV4MPEG2 W2 H1 C444\nFRAME\nab12xy")))
	if f := mustNext(t, src); f.Format != g264.YUV444P || string(f.Y) != "ab" || string(f.Cb) != "12" || string(f.Cr) != "xy" {
		t.Errorf("4:4:4: %+v", f)
	}

	src = mustOpen(t, file(t, "in", []byte("YUV4MPEG2 W3 H3 Cmono\nFRAME\nabcdefghi")))
	grey := string([]byte{128, 128, 128, 128})
	if f := mustNext(t, src); f.Format != g264.YUV420P || string(f.Y) != "abcdefghi" ||
		string(f.Cb) != grey || string(f.Cr) != grey || f.CStride != 2 {
		t.Errorf("mono: %+v", f)
	}
}

func TestRawFormats(t *testing.T) {
	const text = "abcdefghijklmnopqrstuvwxyz0123456789"
	for _, c := range []struct {
		format string
		want   g264.Frame
		bytes  int
	}{
		{"bgr24", g264.Frame{Format: g264.BGR, Pix: []uint8(text[:27]), Stride: 9}, 27},
		{"rgb24", g264.Frame{Format: g264.RGB, Pix: []uint8(text[:27]), Stride: 9}, 27},
		{"rgba", g264.Frame{Format: g264.RGBA, Pix: []uint8(text[:36]), Stride: 12}, 36},
		{"bgra", g264.Frame{Format: g264.BGRA, Pix: []uint8(text[:36]), Stride: 12}, 36},
		{"gray", g264.Frame{Format: g264.Gray8, Pix: []uint8(text[:9]), Stride: 3}, 9},
		{"yuv420p", g264.Frame{Format: g264.YUV420P, Y: []uint8(text[:9]), Cb: []uint8(text[9:13]), Cr: []uint8(text[13:17]),
			YStride: 3, CStride: 2}, 17},
		{"yuv444p", g264.Frame{Format: g264.YUV444P, Y: []uint8(text[:9]), Cb: []uint8(text[9:18]), Cr: []uint8(text[18:27]),
			YStride: 3, CStride: 3}, 27},
	} {
		src := mustOpen(t, "--pix-fmt", c.format, "--size", "3x3", file(t, "in", []byte(strings.Repeat(text[:c.bytes], 2))))
		want := traits{width: 3, height: 3, frames: 2}
		if c.format == "yuv444p" {
			want.chroma = g264.Chroma444
		}
		if got := src.traits(); got != want {
			t.Errorf("%s: traits %+v, want %+v", c.format, got, want)
		}
		for range 2 {
			f := mustNext(t, src)
			for _, p := range []struct{ got, want []uint8 }{{f.Pix, c.want.Pix}, {f.Y, c.want.Y}, {f.Cb, c.want.Cb}, {f.Cr, c.want.Cr}} {
				if !bytes.Equal(p.got, p.want) {
					t.Errorf("%s: %q, want %q", c.format, p.got, p.want)
				}
			}
			if f.Format != c.want.Format || f.Stride != c.want.Stride || f.YStride != c.want.YStride ||
				f.CStride != c.want.CStride || f.Width != 3 || f.Height != 3 {
				t.Errorf("%s: %+v", c.format, f)
			}
		}
		wantEnd(t, src)
	}
}

func TestRawCutShort(t *testing.T) {
	src := mustOpen(t, "--pix-fmt", "rgb24", "--size", "2x2", file(t, "in.raw", []byte(strings.Repeat("x", 12+5))))
	mustNext(t, src)
	_, err := src.next(noMemory)
	if err == nil || !strings.Contains(err.Error(), "in.raw: frame 1 holds 5 of 12 bytes; is it 2x2 in rgb24?") {
		t.Errorf("error %v", err)
	}
}

func TestStills(t *testing.T) {
	colours := []color.NRGBA{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}}
	// The names say nothing about the kind, nor about the order.
	src := mustOpen(t,
		file(t, "z.jpg", pngFile(t, plain(5, 4, colours[0]))),
		file(t, "b", jpegFile(t, plain(5, 4, colours[1]))),
		file(t, "a.png", pngFile(t, plain(5, 4, colours[2]))))
	if got, want := src.traits(), (traits{width: 5, height: 4, frames: 3}); got != want {
		t.Errorf("traits %+v, want %+v", got, want)
	}
	for i, want := range colours {
		f := mustNext(t, src)
		got := color.NRGBAModel.Convert(f.Image.At(2, 2)).(color.NRGBA)
		if far(got.R, want.R) || far(got.G, want.G) || far(got.B, want.B) {
			t.Errorf("image %d is %v, want %v", i, got, want)
		}
	}
	wantEnd(t, src)
}

// onStdin opens the inputs of a command line with bytes on standard input.
func onStdin(t *testing.T, content []byte, args ...string) source {
	t.Helper()
	stdin, err := os.Open(file(t, "stdin", content))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stdin.Close() })
	s, err := parseFlags(append(args, "-o", "out.mp4"))
	if err != nil {
		t.Fatal(err)
	}
	src, err := openSource(context.Background(), s, stdin)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { src.Close() })
	return src
}

// TestImagesInARow reads images that follow each other in one input, of every
// kind of PNG: what tells the size differs.
func TestImagesInARow(t *testing.T) {
	paletted := image.NewPaletted(image.Rect(0, 0, 5, 4), color.Palette{color.Gray{0}, color.Gray{40}})
	for i := range paletted.Pix {
		paletted.Pix[i] = 1
	}
	var row []byte
	for _, img := range []image.Image{plain(5, 4, color.Gray{0}), plain(5, 4, color.NRGBA{20, 20, 20, 128}), paletted} {
		row = append(row, pngFile(t, img)...)
	}
	last := pngFile(t, plain(5, 4, color.Gray{60}))
	photo := jpegFile(t, plain(5, 4, color.Gray{60}))
	for name, c := range map[string]struct {
		src    source
		frames int64
	}{
		"standard input":           {onStdin(t, append(bytes.Clone(row), last...), "-"), -1},
		"a JPEG ends it":           {onStdin(t, append(bytes.Clone(row), photo...), "-"), -1},
		"a file":                   {mustOpen(t, file(t, "row.png", append(bytes.Clone(row), last...))), 1},
		"standard input, a file":   {onStdin(t, row, "-", file(t, "last.png", last)), -1},
		"a JPEG with a JPEG in it": {mustOpen(t, file(t, "row.png", row), file(t, "photo.jpg", append(bytes.Clone(photo), photo...))), 2},
	} {
		if got := c.src.traits().frames; got != c.frames {
			t.Errorf("%s: %d frames expected, want %d", name, got, c.frames)
		}
		for _, want := range []uint8{0, 20, 40, 60} {
			f, err := c.src.next(noMemory)
			if err != nil {
				t.Fatalf("%s: %v before the image of %d", name, err, want)
			}
			if got := color.NRGBAModel.Convert(f.Image.At(2, 2)).(color.NRGBA).R; far(got, want) {
				t.Errorf("%s: %d, want %d", name, got, want)
			}
		}
		wantEnd(t, c.src)
	}
}

func TestBadImagesInARow(t *testing.T) {
	still, photo := pngFile(t, plain(5, 4, color.White)), jpegFile(t, plain(5, 4, color.White))
	for _, c := range []struct {
		row    [][]byte
		frames int // before the error
		want   string
	}{
		{[][]byte{photo, photo}, 1, "standard input goes on after a JPEG image"},
		{[][]byte{photo, still}, 1, "standard input goes on after a JPEG image"},
		{[][]byte{photo, {0}}, 1, "standard input goes on after a JPEG image"},
		{[][]byte{still, photo, still}, 2, "standard input goes on after a JPEG image"},
		{[][]byte{still, []byte("\n")}, 1, "standard input goes on after 1 PNG image with something else"},
		{[][]byte{still, still, still[1:]}, 2, "standard input goes on after 2 PNG images with something else"},
		{[][]byte{still, still[:len(still)-1]}, 1, "image 2 of standard input: the image is cut short"},
		{[][]byte{still, still, pngFile(t, plain(4, 4, color.White))}, 2, "image 3 of standard input is 4x4 pixels, but standard input is 5x4"},
	} {
		src := onStdin(t, bytes.Join(c.row, nil), "-")
		for range c.frames {
			mustNext(t, src)
		}
		if _, err := src.next(noMemory); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one that says %q", err, c.want)
		}
	}
}

// far allows for JPEG's loss.
func far(a, b uint8) bool { return max(a, b)-min(a, b) > 3 }

func TestBadStills(t *testing.T) {
	good := file(t, "good.png", pngFile(t, plain(5, 4, color.White)))
	small := file(t, "small.png", pngFile(t, plain(5, 3, color.White)))
	cut := file(t, "cut.png", pngFile(t, plain(5, 4, color.White))[:40])
	text := file(t, "text.png", []byte("not an image"))
	huge := pngFile(t, plain(1, 1, color.White))
	copy(huge[16:], []byte{0, 1, 0, 0, 0, 1, 0, 0}) // 65536x65536; the checksum is wrong too, which is found first
	for _, c := range []struct {
		inputs []string
		want   []string
	}{
		{[]string{good, small}, []string{"small.png is 5x3 pixels", "good.png is 5x4"}},
		{[]string{good, cut}, []string{"cut.png: the image is cut short"}},
		{[]string{good, text}, []string{"text.png is neither PNG nor JPEG"}},
		{[]string{good, file(t, "huge.png", huge)}, []string{"huge.png: "}},
		{[]string{good, good + ".gone"}, []string{"good.png.gone"}},
	} {
		src := mustOpen(t, c.inputs...)
		mustNext(t, src)
		_, err := src.next(noMemory)
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%q: error %v, want one that says %q", c.inputs, err, want)
			}
		}
	}
}

func TestGIFTimes(t *testing.T) {
	palette := color.Palette{color.RGBA{0, 0, 0, 255}, color.RGBA{255, 0, 0, 255}}
	var b bytes.Buffer
	g := &gif.GIF{Delay: []int{7, 0, 30}}
	for range g.Delay {
		g.Image = append(g.Image, image.NewPaletted(image.Rect(0, 0, 6, 4), palette))
	}
	if err := gif.EncodeAll(&b, g); err != nil {
		t.Fatal(err)
	}
	path := file(t, "in.gif", b.Bytes())

	src := mustOpen(t, path)
	want := traits{width: 6, height: 4, frames: 3, rate: g264.Rational{Num: 300, Den: 47}, timeBase: g264.Rational{Num: 1, Den: 100}}
	if got := src.traits(); got != want {
		t.Errorf("traits %+v, want %+v", got, want)
	}
	for _, want := range []struct{ pts, duration int64 }{{0, 7}, {7, 10}, {17, 30}} {
		f := mustNext(t, src)
		if pts, ok := f.PTS.Ticks(); !ok || pts != want.pts || f.Duration != want.duration {
			t.Errorf("a frame at %d (%t) for %d, want %d for %d", pts, ok, f.Duration, want.pts, want.duration)
		}
	}
	wantEnd(t, src)

	if f := mustNext(t, mustOpen(t, "--fps", "10", path)); f.PTS != (g264.Timestamp{}) || f.Duration != 0 {
		t.Errorf("with --fps a frame has the time %+v", f.PTS)
	}
}

func TestBadInputs(t *testing.T) {
	folder := t.TempDir()
	y4mHead := []byte("YUV4MPEG2 W2 H2\n")
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{folder}, "is a folder"},
		{[]string{file(t, "empty.y4m", nil)}, "empty.y4m: nothing to read"},
		{[]string{file(t, "a.mp4", []byte("\x00\x00\x00\x20ftypisom"))}, "ffmpeg -i"},
		{[]string{file(t, "a.y4m", y4mHead), file(t, "b.y4m", y4mHead)}, "a.y4m: several inputs must be PNG or JPEG"},
		{[]string{file(t, "a.y4m", []byte("YUV4MPEG2 W2 H2 C422\n"))}, "a.y4m: not a stream that can be read: tag C422"},
		{[]string{file(t, "a.gif", []byte("GIF89a....."))}, "a.gif: not an animation that can be read"},
		{[]string{file(t, "a.png", []byte(pngMagic))}, "a.png: the image is cut short"},
		{[]string{file(t, "a.jpg", []byte(jpegMagic+"\xff"))}, "a.jpg: "},
	} {
		_, err := open(t, c.args...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: error %v, want one that says %q", c.args, err, c.want)
		}
	}
	if _, err := open(t, filepath.Join(folder, "none.y4m")); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "none.y4m") {
		t.Errorf("a file that does not exist: %v", err)
	}
}

// TestInterruptEndsAWaitingRead has a pipe that nobody writes to.
func TestInterruptEndsAWaitingRead(t *testing.T) {
	pr, pw := io.Pipe()
	defer pw.Close()
	ctx, cancel := context.WithCancel(context.Background())
	r := interruptible(ctx, pr)
	go pw.Write([]byte("ab"))
	got := make([]byte, 2)
	if _, err := io.ReadFull(r, got); err != nil || string(got) != "ab" {
		t.Fatalf("%q, %v", got, err)
	}
	time.AfterFunc(10*time.Millisecond, cancel)
	if _, err := r.Read(make([]byte, 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}
