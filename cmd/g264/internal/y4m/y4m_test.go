package y4m

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/g264/g264/internal/testenv"
)

func TestHeaderTags(t *testing.T) {
	for _, c := range []struct {
		line string
		want Header
	}{
		{"YUV4MPEG2 W2 H4", Header{Width: 2, Height: 4}},
		{"YUV4MPEG2 W2 H4 C420", Header{Width: 2, Height: 4}},
		{"YUV4MPEG2 W2 H4 F24000:1001 Ip A128:117 C420jpeg XYSCSS=420JPEG XCOLORRANGE=FULL",
			Header{Width: 2, Height: 4, RateNum: 24000, RateDen: 1001, AspectNum: 128, AspectDen: 117, Range: Full}},
		{"YUV4MPEG2 H4 W2 C420mpeg2 A0:0 I? F0:0 XCOLORRANGE=LIMITED", Header{Width: 2, Height: 4, Siting: Left, Range: Limited}},
		{"YUV4MPEG2 W2 H4 C420paldv", Header{Width: 2, Height: 4, Siting: TopLeft}},
		{"YUV4MPEG2 W2 H4 C444 Zunknown  A1:0", Header{Width: 2, Height: 4, Chroma: Chroma444}},
		{"YUV4MPEG2 W2 H4 Cmono F25:1", Header{Width: 2, Height: 4, Chroma: Mono, RateNum: 25, RateDen: 1}},
	} {
		r, err := NewReader(strings.NewReader(c.line + "\n"))
		if err != nil {
			t.Errorf("%s: %v", c.line, err)
			continue
		}
		if got := r.Header(); got != c.want {
			t.Errorf("%s:\n got %+v\nwant %+v", c.line, got, c.want)
		}
		if _, err := r.Read(); err != io.EOF {
			t.Errorf("%s: without a frame Read gives %v, want io.EOF", c.line, err)
		}
	}
}

func TestBadHeaders(t *testing.T) {
	for _, c := range []struct{ stream, want string }{
		{"", "EOF"},
		{"RIFF....AVI \n", "RIFF"},
		{"YUV4MPEG2 W2 H4", "no line feed"},
		{"YUV4MPEG2 W2 F25:1\n", "height (H)"},
		{"YUV4MPEG2 W0 H4\n", "W0"},
		{"YUV4MPEG2 W-2 H4\n", "W-2"},
		{"YUV4MPEG2 W2 H99999999999999999999\n", "H999"},
		{"YUV4MPEG2 W2 H4 F25\n", "F25: want"},
		{"YUV4MPEG2 W2 H4 A-1:1\n", "A-1:1"},
		{"YUV4MPEG2 W2 H4 It\n", "interlaced"},
		{"YUV4MPEG2 W2 H4 Im\n", "interlaced"},
		{"YUV4MPEG2 W2 H4 C420p10\n", "8 bits"},
		{"YUV4MPEG2 W2 H4 C422\n", "C422"},
		{"YUV4MPEG2 W2 H4 C444alpha\n", "C444alpha"},
		{"YUV4MPEG2 W2 H4 Cmono16\n", "Cmono16"},
		{"YUV4MPEG2 " + strings.Repeat("X ", maxLine) + "\n", "no line feed in"},
	} {
		_, err := NewReader(strings.NewReader(c.stream))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.40q: error %v, want one that says %q", c.stream, err, c.want)
		}
		if c.stream != "" && !errors.Is(err, ErrFormat) {
			t.Errorf("%.40q: %v does not wrap ErrFormat", c.stream, err)
		}
	}
}

func TestFramesOfOddSize(t *testing.T) {
	stream := "YUV4MPEG2 W3 H3 C420\nFRAME\nabcdefghi" + "1234" + "5678" +
		"FRAME Ippp Xcomment\nABCDEFGHI" + "9876" + "5432"
	// One byte at a time, as a slow pipe would give them.
	r, err := NewReader(iotest.OneByteReader(strings.NewReader(stream)))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"abcdefghi 1234 5678", "ABCDEFGHI 9876 5432"} {
		f, err := r.Read()
		if err != nil {
			t.Fatal(err)
		}
		if got := string(f.Y) + " " + string(f.Cb) + " " + string(f.Cr); got != want || f.YStride != 3 || f.CStride != 2 {
			t.Errorf("frame %q, strides %d and %d; want %q, 3 and 2", got, f.YStride, f.CStride, want)
		}
	}
	if _, err := r.Read(); err != io.EOF {
		t.Errorf("after the last frame: %v, want io.EOF", err)
	}
}

func TestDamagedFrames(t *testing.T) {
	const head = "YUV4MPEG2 W2 H2 Cmono\nFRAME\nabcd"
	for _, c := range []struct {
		tail, want string
		is         error
	}{
		{"FRAME\nab", "frame 1 holds 2 of 4 bytes", io.ErrUnexpectedEOF},
		{"FRAME\n", "frame 1 holds 0 of 4 bytes", io.ErrUnexpectedEOF},
		{"FRA", "no line feed", io.ErrUnexpectedEOF},
		{"FRAMES\nabcd", `frame 1 begins with "FRAMES"`, ErrFormat},
		{"xyz\nabcd", `frame 1 begins with "xyz"`, ErrFormat},
		{strings.Repeat("x", 2*maxLine), "no line feed in", ErrFormat},
	} {
		r, err := NewReader(strings.NewReader(head + c.tail))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Read(); err != nil {
			t.Errorf("%.20q: the whole frame before it: %v", c.tail, err)
		}
		_, err = r.Read()
		if !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.20q: %v, want %v that says %q", c.tail, err, c.is, c.want)
		}
	}
}

func TestReadAllocatesNothingPerFrame(t *testing.T) {
	const frames = 50
	r, err := NewReader(io.MultiReader(strings.NewReader("YUV4MPEG2 W64 H64 C444\n"),
		bytes.NewReader(bytes.Repeat([]byte("FRAME\n"+strings.Repeat("x", 3*64*64)), frames+2))))
	if err != nil {
		t.Fatal(err)
	}
	r.Read() // makes the buffer
	if n := testing.AllocsPerRun(frames-1, func() {
		if _, err := r.Read(); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations per frame, want 0", n)
	}
}

func TestWriterRoundTrip(t *testing.T) {
	for _, h := range []Header{
		{Width: 3, Height: 5, RateNum: 24000, RateDen: 1001, Siting: Left, Range: Limited},
		{Width: 3, Height: 5, AspectNum: 4, AspectDen: 3, Chroma: Chroma444, Range: Full},
		{Width: 1, Height: 1, Siting: TopLeft},
		{Width: 2, Height: 2},
		{Width: 4, Height: 2, Chroma: Mono},
	} {
		// Strides wider than the planes, so that what lies between must not be written.
		const stride = 8
		plane := func(seed, height int) []uint8 {
			p := make([]uint8, stride*height)
			for i := range p {
				p[i] = uint8(seed + 7*i)
			}
			return p
		}
		f := Frame{Y: plane(1, h.Height), Cb: plane(2, h.Height), Cr: plane(3, h.Height), YStride: stride, CStride: stride}
		var b bytes.Buffer
		w, err := NewWriter(&b, h)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Write(f), w.Write(f), w.Flush()); err != nil {
			t.Fatal(err)
		}
		r, err := NewReader(&b)
		if err != nil {
			t.Fatalf("%+v: %v", h, err)
		}
		if r.Header() != h {
			t.Errorf("header %+v, want %+v", r.Header(), h)
		}
		cw, ch := h.chromaSize()
		for i := 0; i < 2; i++ {
			var g Frame
			var err error
			if i == 0 {
				g, err = r.Read()
			} else {
				g = Frame{Y: plane(0, h.Height), Cb: plane(0, h.Height), Cr: plane(0, h.Height), YStride: stride, CStride: stride}
				err = r.ReadInto(&g)
			}
			if err != nil {
				t.Fatal(err)
			}
			samePlane(t, "Y", g.Y, g.YStride, f.Y, stride, h.Width, h.Height)
			samePlane(t, "Cb", g.Cb, g.CStride, f.Cb, stride, cw, ch)
			samePlane(t, "Cr", g.Cr, g.CStride, f.Cr, stride, cw, ch)
		}
		if _, err := r.Read(); err != io.EOF {
			t.Errorf("%+v: after the last frame: %v", h, err)
		}
	}
}

func samePlane(t *testing.T, name string, a []uint8, as int, b []uint8, bs, w, h int) {
	t.Helper()
	for y := 0; y < h; y++ {
		if !bytes.Equal(a[y*as:][:w], b[y*bs:][:w]) {
			t.Errorf("row %d of %s: %v, want %v", y, name, a[y*as:][:w], b[y*bs:][:w])
		}
	}
}

func TestWriterKeepsItsFirstError(t *testing.T) {
	w, err := NewWriter(failing{}, Header{Width: 400, Height: 400, Chroma: Mono})
	if err != nil {
		t.Fatal(err)
	}
	p := make([]uint8, 400*400)
	for _, err := range []error{w.Write(Frame{Y: p, YStride: 400}), w.Flush()} {
		if !errors.Is(err, os.ErrPermission) {
			t.Errorf("error %v, want the writer's", err)
		}
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, os.ErrPermission }

// TestReadsWhatFfmpegWrites compares with ffmpeg's own raw output.
func TestReadsWhatFfmpegWrites(t *testing.T) {
	ffmpeg := testenv.Need(t, "ffmpeg")
	for _, format := range []string{"yuv420p", "yuv444p", "gray"} {
		run := func(container string) []byte {
			out, err := exec.Command(ffmpeg, "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=64x48:r=24000/1001:d=0.2", "-vf", "scale=35:17",
				"-pix_fmt", format, "-f", container, "-").Output()
			if err != nil {
				t.Fatalf("%s: %v", format, err)
			}
			return out
		}
		r, err := NewReader(bytes.NewReader(run("yuv4mpegpipe")))
		if err != nil {
			t.Fatal(err)
		}
		if h := r.Header(); h.Width != 35 || h.Height != 17 || h.RateNum != 24000 || h.RateDen != 1001 {
			t.Errorf("%s: header %+v", format, h)
		}
		var got []byte
		for {
			f, err := r.Read()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			got = append(append(append(got, f.Y...), f.Cb...), f.Cr...)
		}
		if !bytes.Equal(got, run("rawvideo")) {
			t.Errorf("%s: the samples are not ffmpeg's", format)
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add([]byte("YUV4MPEG2 W3 H3 F25:1 Ip A1:1 C420\nFRAME\nabcdefghi12345678"))
	f.Add([]byte("YUV4MPEG2 W65536 H65536 C444\nFRAME\n"))
	f.Fuzz(func(t *testing.T, stream []byte) {
		r, err := NewReader(bytes.NewReader(stream))
		if err != nil || r.Header().FrameSize() > 1<<20 {
			return
		}
		for n := 0; ; n++ {
			if _, err := r.Read(); err != nil {
				return
			}
			if int64(n)*r.Header().FrameSize() > int64(len(stream)) {
				t.Fatal("more frames than bytes")
			}
		}
	})
}
