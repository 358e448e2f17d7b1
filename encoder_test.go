package g264

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/abema/go-mp4"
	"github.com/g264/g264/h264"
	"github.com/g264/g264/internal/testvideo"
)

// small is a quick video for tests that are not about its content.
var small = Options{Width: 34, Height: 22, Preset: PresetUltrafast, Threads: 1}

// bgr draws a BGR frame whose content moves with its number.
func bgr(width, height, number int) []uint8 {
	pix := make([]uint8, 3*width*height)
	for i := range pix {
		x, y := i/3%width, i/3/width
		switch i % 3 {
		case 0:
			pix[i] = uint8(3*x + 2*number)
		case 1:
			pix[i] = uint8(5*y + 3*number)
		case 2:
			pix[i] = uint8((x+number)/8%2*120 + y)
		}
	}
	return pix
}

// yuv makes a planar frame of a test video.
func yuv(c testvideo.Content, width, height, number int, subsampled bool) Frame {
	f := testvideo.Render(c, width, height, number, subsampled)
	frame := Frame{Format: YUV444P, Y: f.Y, Cb: f.Cb, Cr: f.Cr, YStride: f.YStride, CStride: f.CStride, Width: width, Height: height}
	if subsampled {
		frame.Format = YUV420P
	}
	return frame
}

// encode makes a file of frames, all of which must be taken.
func encode(t testing.TB, o Options, frames ...Frame) []byte {
	t.Helper()
	var file bytes.Buffer
	e, err := NewEncoder(&file, o)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range frames {
		if err := e.EncodeFrame(f); err != nil {
			t.Fatalf("frame %d: %v", i, err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// Frames filled in the encoder's memory give the file that frames of one's own
// give, at odd sizes too.
func TestLentFramesGiveTheSameFile(t *testing.T) {
	for _, chroma := range []Chroma{Chroma420, Chroma444} {
		for _, size := range [][2]int{{34, 22}, {33, 21}, {32, 16}} {
			o := small
			o.Width, o.Height, o.Chroma = size[0], size[1], chroma
			var frames []Frame
			for i := range 5 {
				frames = append(frames, yuv(testvideo.Moving, o.Width, o.Height, i, chroma == Chroma420))
			}
			var file bytes.Buffer
			e, err := NewEncoder(&file, o)
			if err != nil {
				t.Fatal(err)
			}
			if err := e.OnReconstruction(func(Frame) error { return nil }); err != nil { // which begins anew
				t.Fatal(err)
			}
			for i, f := range frames {
				if i == 3 { // a frame of one's own between
					if err := e.EncodeFrame(f); err != nil {
						t.Fatal(err)
					}
					continue
				}
				lent, err := e.Lend()
				if err != nil {
					t.Fatal(err)
				}
				cw, ch := f.Width, f.Height
				if chroma == Chroma420 {
					cw, ch = (cw+1)/2, (ch+1)/2
				}
				fillPlane(lent.Y, lent.YStride, f.Y, f.YStride, f.Width, f.Height)
				fillPlane(lent.Cb, lent.CStride, f.Cb, f.CStride, cw, ch)
				fillPlane(lent.Cr, lent.CStride, f.Cr, f.CStride, cw, ch)
				if err := e.EncodeFrame(lent); err != nil {
					t.Fatal(err)
				}
			}
			if err := e.Close(); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(file.Bytes(), encode(t, o, frames...)) {
				t.Errorf("%v of %v: frames that were lent give another file", size, chroma)
			}
		}
	}
}

// fillPlane copies rows, and makes all else noise.
func fillPlane(dst []uint8, dstStride int, src []uint8, srcStride, w, h int) {
	for i := range dst {
		dst[i] = uint8(i * 7)
	}
	for y := range h {
		copy(dst[y*dstStride:][:w], src[y*srcStride:])
	}
}

func TestLendIsRefused(t *testing.T) {
	o := small
	o.Width, o.Height = 0, 0
	e, err := NewEncoder(io.Discard, o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Lend(); !errors.Is(err, ErrFrame) {
		t.Errorf("without a size: %v, want %v", err, ErrFrame)
	}
	e.Abort()
	if _, err := e.Lend(); !errors.Is(err, ErrAborted) {
		t.Errorf("after Abort: %v, want %v", err, ErrAborted)
	}
}

// numbered makes BGR frames of the options' size.
func numbered(o Options, n int) []Frame {
	frames := make([]Frame, n)
	for i := range frames {
		frames[i] = Frame{Format: BGR, Pix: bgr(o.Width, o.Height, i), Stride: 3 * o.Width}
	}
	return frames
}

// track reads a file with a parser that shares no code with the writer's.
func track(t testing.TB, file []byte) *mp4.Track {
	t.Helper()
	info, err := mp4.Probe(bytes.NewReader(file))
	if err != nil {
		t.Fatalf("the file is no MP4: %v", err)
	}
	if len(info.Tracks) != 1 || info.Tracks[0].AVC == nil || !info.FastStart {
		t.Fatalf("the file is %+v, want one AVC track and moov before mdat", info)
	}
	return info.Tracks[0]
}

// deltas returns the durations of a track's samples.
func deltas(tr *mp4.Track) []uint32 {
	var d []uint32
	for _, s := range tr.Samples {
		d = append(d, s.TimeDelta)
	}
	return d
}

// The same picture in every layout, with every stride, gives the same file.
func TestLayoutsAgree(t *testing.T) {
	const width, height, frames = 37, 23, 3
	for _, chroma := range []Chroma{Chroma420, Chroma444} {
		o := Options{Width: width, Height: height, Chroma: chroma, Preset: PresetUltrafast}
		files := map[string][]byte{}
		for name, make := range map[string]func(p []uint8) Frame{
			"BGR": func(p []uint8) Frame { return Frame{Pix: p, Stride: 3 * width} },
			"BGR with a stride": func(p []uint8) Frame {
				return Frame{Pix: repack(p, width, 3, 3, 3*width+5, 0, 1, 2), Stride: 3*width + 5, Width: width, Height: height}
			},
			"RGB": func(p []uint8) Frame {
				return Frame{Format: RGB, Pix: repack(p, width, 3, 3, 3*width, 2, 1, 0), Stride: 3 * width}
			},
			"BGRA": func(p []uint8) Frame {
				return Frame{Format: BGRA, Pix: repack(p, width, 3, 4, 4*width, 0, 1, 2, -1), Stride: 4 * width}
			},
			"RGBA": func(p []uint8) Frame {
				return Frame{Format: RGBA, Pix: repack(p, width, 3, 4, 4*width, 2, 1, 0, -1), Stride: 4 * width}
			},
			"image.RGBA": func(p []uint8) Frame {
				return Frame{Image: &image.RGBA{Pix: repack(p, width, 3, 4, 4*width, 2, 1, 0, -1), Stride: 4 * width, Rect: image.Rect(0, 0, width, height)}}
			},
			"part of image.NRGBA": func(p []uint8) Frame {
				m := image.NewNRGBA(image.Rect(-3, 5, width+20, height+9))
				pix := repack(p, width, 3, 4, 4*width, 2, 1, 0, -1)
				for y := 0; y < height; y++ {
					copy(m.Pix[m.PixOffset(2, 7+y):], pix[4*width*y:][:4*width])
				}
				return Frame{Image: m.SubImage(image.Rect(2, 7, 2+width, 7+height))}
			},
			"image without a fast path": func(p []uint8) Frame { return Frame{Image: slow{p, width, height}} },
		} {
			var list []Frame
			for i := range frames {
				list = append(list, make(bgr(width, height, i)))
			}
			files[name] = encode(t, o, list...)
		}
		for name, file := range files {
			if !bytes.Equal(file, files["BGR"]) {
				t.Errorf("%v: %s gives another file than BGR", chroma, name)
			}
		}
		tr := track(t, files["BGR"])
		wantW, wantH := o.codedSize(width, height)
		if int(tr.AVC.Width) != wantW || int(tr.AVC.Height) != wantH || len(tr.Samples) != frames {
			t.Errorf("%v: %dx%d, %d samples", chroma, tr.AVC.Width, tr.AVC.Height, len(tr.Samples))
		}
	}
}

// repack rewrites pixels of from bytes into pixels of to bytes in rows of a
// stride; order lists where each byte comes from, -1 for 255.
func repack(p []uint8, width, from, to, stride int, order ...int) []uint8 {
	height := len(p) / (from * width)
	out := make([]uint8, stride*(height-1)+to*width) // the last row ends with its pixels
	for y := range height {
		for x := range width {
			for i, o := range order {
				out[y*stride+x*to+i] = 255
				if o >= 0 {
					out[y*stride+x*to+i] = p[(y*width+x)*from+o]
				}
			}
		}
	}
	return out
}

// slow is an image of BGR pixels that only has the methods of image.Image.
type slow struct {
	pix           []uint8
	width, height int
}

func (s slow) ColorModel() color.Model { return color.RGBAModel }
func (s slow) Bounds() image.Rectangle { return image.Rect(0, 0, s.width, s.height) }
func (s slow) At(x, y int) color.Color {
	p := s.pix[3*(y*s.width+x):]
	return color.RGBA{p[2], p[1], p[0], 255}
}

// converted returns what the coder gets for a frame.
func converted(t *testing.T, o *Options, f *Frame, width, height int) *h264.Picture {
	t.Helper()
	coder, err := h264.NewEncoder(o.h264(o.codedSize(width, height)))
	if err != nil {
		t.Fatal(err)
	}
	c := newConverter(o)
	p, err := c.convert(coder, f, width, height)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// What the coder gets for an image.YCbCr: its own samples where Options ask for
// its colour, others where they do not.
func TestYCbCrImages(t *testing.T) {
	const width, height = 33, 17
	for _, c := range []struct {
		ratio image.YCbCrSubsampleRatio
		o     Options
		kept  bool
	}{
		{image.YCbCrSubsampleRatio420, Options{Matrix: MatrixBT601, Range: RangeFull}, true},
		{image.YCbCrSubsampleRatio444, Options{Matrix: MatrixBT601, Range: RangeFull, Chroma: Chroma444}, true},
		{image.YCbCrSubsampleRatio420, Options{Matrix: MatrixBT601}, false},
		{image.YCbCrSubsampleRatio444, Options{Range: RangeFull, Chroma: Chroma444}, false},
		{image.YCbCrSubsampleRatio420, Options{}, false},
	} {
		img := image.NewYCbCr(image.Rect(0, 0, width, height), c.ratio)
		for i := range img.Y {
			img.Y[i] = uint8(60 + i%100)
		}
		for i := range img.Cb {
			img.Cb[i], img.Cr[i] = uint8(90+i%40), uint8(140+i%50)
		}
		p := converted(t, &c.o, &Frame{Image: img}, width, height)
		same := true
		for y := range height {
			same = same && bytes.Equal(p.Y[y*p.YStride:][:width], img.Y[y*img.YStride:][:width])
		}
		cw, ch := width, height
		if c.ratio == image.YCbCrSubsampleRatio420 {
			cw, ch = 17, 9
		}
		for y := range ch {
			same = same && bytes.Equal(p.Cb[y*p.CStride:][:cw], img.Cb[y*img.CStride:][:cw]) &&
				bytes.Equal(p.Cr[y*p.CStride:][:cw], img.Cr[y*img.CStride:][:cw])
		}
		if same != c.kept {
			t.Errorf("%v with %+v: samples kept %v, want %v", c.ratio, c.o, same, c.kept)
		}
		if c.o.Chroma == Chroma420 { // padded by repeating the last column and row
			last := p.Y[(height-1)*p.YStride+width-1]
			if p.Y[(height-1)*p.YStride+width] != last || p.Y[height*p.YStride+width] != last || p.Y[height*p.YStride] != p.Y[(height-1)*p.YStride] {
				t.Errorf("%v with %+v: the last column and row are not repeated", c.ratio, c.o)
			}
		}
	}
}

// Planar frames reach the coder as they are where they fit, else in its chroma
// format and padded to even size.
func TestPlanarFrames(t *testing.T) {
	for _, c := range []struct {
		width, height  int
		frame420, o420 bool
		direct         bool
	}{
		{32, 18, true, true, true},
		{33, 18, true, true, false},
		{33, 17, false, false, true},
		{32, 18, false, true, false},
		{31, 17, true, false, false},
	} {
		o := Options{}
		if !c.o420 {
			o.Chroma = Chroma444
		}
		f := yuv(testvideo.Moving, c.width, c.height, 3, c.frame420)
		p := converted(t, &o, &f, c.width, c.height)
		if direct := &p.Y[0] == &f.Y[0] && &p.Cb[0] == &f.Cb[0]; direct != c.direct {
			t.Errorf("%+v: the planes themselves %v, want %v", c, direct, c.direct)
		}
		for y := range c.height {
			if !bytes.Equal(p.Y[y*p.YStride:][:c.width], f.Y[y*f.YStride:][:c.width]) {
				t.Errorf("%+v: luma row %d differs", c, y)
				break
			}
		}
		w, h := o.codedSize(c.width, c.height)
		if p.YStride < w || len(p.Y) < (h-1)*p.YStride+w {
			t.Errorf("%+v: the coder's plane is too small", c)
		}
	}
}

// Frames that are refused leave no trace: the file is that of the others.
func TestFramesRefused(t *testing.T) {
	o := Options{Width: 34, Height: 22, TimeBase: Rational{1, 1000}, Preset: PresetUltrafast}
	good := func() []Frame {
		frames := numbered(o, 4)
		for i := range frames {
			frames[i].PTS = At(int64(100 + 40*i))
		}
		return frames
	}
	want := encode(t, o, good()...)

	pix := bgr(34, 22, 0)
	plane := make([]uint8, 34*22)
	huge := image.Rect(math.MinInt, math.MinInt, math.MaxInt, math.MaxInt)
	bad := []struct {
		want  string
		frame Frame
	}{
		{"Stride is 101; want at least 102", Frame{Pix: pix, Stride: 101}},
		{"Stride is 0;", Frame{Pix: pix}},
		{"Stride is -102;", Frame{Pix: pix, Stride: -102}},
		{"len(Pix) is 2243; want 22 rows of 102 bytes", Frame{Pix: pix[:len(pix)-1], Stride: 102}},
		{"len(Pix) is 2244;", Frame{Pix: pix, Stride: 103}},
		{"len(Pix) is 2244;", Frame{Pix: pix, Stride: math.MaxInt}},
		{"len(Pix) is 0;", Frame{Stride: 102}},
		{"len(Pix) is 2244;", Frame{Format: RGBA, Pix: pix, Stride: 136}},
		{"Stride is 33; want at least 34", Frame{Format: Gray8, Pix: pix, Stride: 33}},
		{"Format is 7; want one of", Frame{Format: 7, Pix: pix, Stride: 102}},
		{"YStride is 0;", Frame{Format: YUV420P, Y: plane, Cb: plane, Cr: plane}},
		{"len(Y) is 0;", Frame{Format: YUV420P, YStride: 34, CStride: 17}},
		{"CStride is 16; want at least 17", Frame{Format: YUV420P, Y: plane, Cb: plane, Cr: plane, YStride: 34, CStride: 16}},
		{"CStride is 17; want at least 34", Frame{Format: YUV444P, Y: plane, Cb: plane, Cr: plane, YStride: 34, CStride: 17}},
		{"len(Cb) is 186; want 11 rows of 17 bytes", Frame{Format: YUV420P, Y: plane, Cb: plane[:17*11-1], Cr: plane, YStride: 34, CStride: 17}},
		{"len(Cr) is 0;", Frame{Format: YUV420P, Y: plane, Cb: plane, YStride: 34, CStride: 17}},
		{"size is 35x22; want 34x22, the size in Options", Frame{Pix: pix, Stride: 200, Width: 35, Height: 22}},
		{"Width is 0; want", Frame{Pix: pix, Stride: 102, Height: 22}},
		{"Height is 0; want", Frame{Pix: pix, Stride: 102, Width: 34}},
		{"Width is -34; want", Frame{Pix: pix, Stride: 102, Width: -34, Height: 22}},
		{"Height is -22; want", Frame{Pix: pix, Stride: 102, Width: 34, Height: -22}},
		{"size is 22x34; want 34x22", Frame{Image: image.NewRGBA(image.Rect(0, 0, 22, 34))}},
		{"the image's rectangle is (0,0)-(0,0); want one that is not empty", Frame{Image: &image.RGBA{}}},
		{"the image's rectangle is (5,5)-(5,9)", Frame{Image: &image.Gray{Rect: image.Rectangle{image.Pt(5, 5), image.Pt(5, 9)}}}},
		{"the image's rectangle is (9,9)-(5,5)", Frame{Image: &image.Gray{Rect: image.Rectangle{image.Pt(9, 9), image.Pt(5, 5)}}}},
		{"the image's rectangle is", Frame{Image: &image.Gray{Rect: huge}}},
		{"the image is a nil *image.RGBA", Frame{Image: (*image.RGBA)(nil)}},
		{"136 bytes are too few", Frame{Image: &image.RGBA{Rect: image.Rect(0, 0, 34, 22), Stride: 136, Pix: pix[:136]}}},
		{"stride", Frame{Image: &image.RGBA{Rect: image.Rect(0, 0, 34, 22), Stride: 3, Pix: make([]uint8, 1<<16)}}},
		{"Cb", Frame{Image: &image.YCbCr{Rect: image.Rect(0, 0, 34, 22), YStride: 34, CStride: 17, Y: plane}}},
		{"palette", Frame{Image: image.NewPaletted(image.Rect(0, 0, 34, 22), nil)}},
		{"Duration is -1; want 0 to", Frame{Pix: pix, Stride: 102, Duration: -1}},
		{"PTS is 100; want more than", Frame{Pix: pix, Stride: 102, PTS: At(100)}},
		{"PTS is -1; want more than", Frame{Pix: pix, Stride: 102, PTS: At(-1)}},
	}
	var file bytes.Buffer
	e, err := NewEncoder(&file, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range good() {
		if err := e.EncodeFrame(f); err != nil {
			t.Fatal(err)
		}
		for _, b := range bad {
			err := e.EncodeFrame(b.frame)
			if !errors.Is(err, ErrFrame) || !strings.HasPrefix(fmt.Sprint(err), "g264: invalid frame: ") || !strings.Contains(fmt.Sprint(err), b.want) {
				t.Errorf("want %q, got %v", b.want, err)
			}
		}
		if err := e.Encode(nil); !errors.Is(err, ErrFrame) {
			t.Errorf("nil image: %v", err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(file.Bytes(), want) {
		t.Error("refused frames changed the file")
	}
	if s := e.Stats(); s.Frames != 4 || s.Duration != 160*time.Millisecond {
		t.Errorf("stats count refused frames: %+v", s)
	}
}

func TestCheckPlane(t *testing.T) {
	for _, c := range []struct {
		bytes, stride, row, rows int
		want                     string
	}{
		{30, 10, 10, 3, ""}, {29, 10, 9, 3, ""}, {28, 10, 9, 3, "len(Y) is 28"}, {29, 10, 10, 3, "len(Y) is 29"},
		{10, 10, 10, 1, ""}, {10, math.MaxInt, 10, 1, ""}, {9, 10, 10, 1, "len(Y) is 9"}, {0, 1, 1, 1, "len(Y) is 0"},
		{1000, math.MaxInt, 10, 3, "len(Y) is 1000"}, {1000, 9, 10, 3, "YStride is 9"}, {1000, math.MinInt, 10, 3, "YStride is -"},
	} {
		err := checkPlane("Y", make([]uint8, c.bytes), "YStride", c.stride, c.row, c.rows)
		if (err != nil) != (c.want != "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// Without a size in Options the first frame that is taken decides it.
func TestSizeOfFirstFrame(t *testing.T) {
	var file bytes.Buffer
	e, err := NewEncoder(&file, Options{})
	if err != nil {
		t.Fatal(err)
	}
	short := &image.RGBA{Rect: image.Rect(0, 0, 64, 64), Stride: 256, Pix: make([]uint8, 100)}
	for _, bad := range []struct {
		want string
		err  error
	}{
		{"want Options.Width and Options.Height set", e.EncodeBGR(bgr(8, 8, 0), 24)},
		{"", e.Encode(short)},
		{"", e.Encode(image.NewUniform(color.Black))}, // without end
		{"17000", e.Encode(image.NewAlpha(image.Rect(0, 0, 17000, 1)))},
		{"139264", e.Encode(image.NewAlpha(image.Rect(0, 0, 16880, 2200)))},
		{"", e.EncodeFrame(Frame{Pix: make([]uint8, 10), Stride: 48, Width: 16, Height: 16})},
	} {
		if !errors.Is(bad.err, ErrFrame) || !strings.Contains(fmt.Sprint(bad.err), bad.want) {
			t.Errorf("want %q, got %v", bad.want, bad.err)
		}
	}
	if err := e.Encode(image.NewGray(image.Rect(10, 10, 30, 26))); err != nil {
		t.Fatal(err)
	}
	if err := e.Encode(image.NewGray(image.Rect(0, 0, 21, 16))); !errors.Is(err, ErrFrame) || !strings.Contains(err.Error(), "size is 21x16; want 20x16, the size of the first frame") {
		t.Error(err)
	}
	if err := e.Encode(image.NewGray(image.Rect(0, 0, 20, 17))); !errors.Is(err, ErrFrame) || !strings.Contains(err.Error(), "size is 20x17; want 20x16") {
		t.Error(err)
	}
	if err := e.EncodeBGR(bgr(20, 16, 0), 60); err != nil { // known by now
		t.Error(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if tr := track(t, file.Bytes()); tr.AVC.Width != 20 || tr.AVC.Height != 16 || len(tr.Samples) != 2 {
		t.Errorf("%+v", tr.AVC)
	}
}

func TestMemoryLimit(t *testing.T) {
	if _, err := NewEncoder(io.Discard, Options{Width: 1920, Height: 1080, MaxMemory: 1 << 20}); !errors.Is(err, ErrMemory) || errors.Is(err, ErrOptions) {
		t.Errorf("size in Options: %v", err)
	} else if msg := err.Error(); strings.Contains(msg, "h264") || !strings.Contains(msg, "1048576") {
		t.Errorf("the message is %q", msg)
	}
	e, err := NewEncoder(io.Discard, Options{MaxMemory: 8 << 20})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Encode(image.NewGray(image.Rect(0, 0, 3840, 2160))); !errors.Is(err, ErrMemory) {
		t.Errorf("size of a frame: %v", err)
	}
	if err := e.Encode(image.NewGray(image.Rect(0, 0, 32, 32))); err != nil {
		t.Errorf("a small frame after a large one: %v", err)
	}
	if err := e.Close(); err != nil {
		t.Error(err)
	}
}

func TestEnds(t *testing.T) {
	frame := numbered(small, 1)[0]
	start := func(t *testing.T, w io.Writer, frames int) *Encoder {
		e, err := NewEncoder(w, small)
		if err != nil {
			t.Fatal(err)
		}
		for range frames {
			if err := e.EncodeFrame(frame); err != nil {
				t.Fatal(err)
			}
		}
		return e
	}
	calls := func(e *Encoder) []error {
		return []error{e.Encode(image.NewGray(image.Rect(0, 0, 34, 22))), e.Encode(nil), e.EncodeBGR(frame.Pix, frame.Stride),
			e.EncodeFrame(frame), e.OnReconstruction(nil)}
	}
	all := func(errs []error, want error) bool {
		return !slices.ContainsFunc(errs, func(err error) bool { return !errors.Is(err, want) })
	}

	t.Run("close", func(t *testing.T) {
		var file bytes.Buffer
		e := start(t, &file, 2)
		if file.Len() != 0 {
			t.Error("an MP4 was written before Close")
		}
		for range 3 {
			if err := e.Close(); err != nil {
				t.Error(err)
			}
			if errs := calls(e); !all(errs, ErrClosed) {
				t.Error(errs)
			}
			e.Abort()
		}
		if tr := track(t, file.Bytes()); len(tr.Samples) != 2 || int64(file.Len()) != e.Stats().Written {
			t.Errorf("%d samples, %d bytes, %+v", len(tr.Samples), file.Len(), e.Stats())
		}
	})
	t.Run("no frame", func(t *testing.T) {
		for _, o := range []Options{{}, small, {Format: AnnexB}} {
			var file bytes.Buffer
			e, err := NewEncoder(&file, o)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := e.Close(); err != ErrNoFrames || file.Len() > 0 {
					t.Errorf("%v and %d bytes", err, file.Len())
				}
			}
			if errs := calls(e); !all(errs, ErrClosed) {
				t.Error(errs)
			}
		}
	})
	t.Run("abort", func(t *testing.T) {
		var file bytes.Buffer
		e := start(t, &file, 2)
		e.Abort()
		e.Abort()
		if errs := append(calls(e), e.Close(), e.Close()); !all(errs, ErrAborted) || file.Len() > 0 {
			t.Errorf("%v and %d bytes", errs, file.Len())
		}
	})
	t.Run("zero value", func(t *testing.T) {
		var e Encoder
		if errs := append(calls(&e), e.Close()); !all(errs, ErrClosed) {
			t.Error(errs)
		}
		e.Abort()
		e.Stats()
	})
	t.Run("nil arguments", func(t *testing.T) {
		if _, err := NewEncoder(nil, small); !errors.Is(err, ErrOptions) {
			t.Error(err)
		}
		var none context.Context
		if _, err := NewEncoderContext(none, io.Discard, small); !errors.Is(err, ErrOptions) {
			t.Error(err)
		}
	})
	t.Run("reconstruction after a frame", func(t *testing.T) {
		e := start(t, io.Discard, 1)
		defer e.Abort()
		if err := e.OnReconstruction(func(Frame) error { return nil }); !errors.Is(err, ErrOptions) {
			t.Error(err)
		}
	})
}

// failing takes a number of bytes, then fails; after that it must not be called.
type failing struct {
	left  int
	err   error
	calls int
}

func (f *failing) Write(p []byte) (int, error) {
	if f.left < 0 {
		f.calls++
		return 0, errors.New("called after an error")
	}
	if len(p) <= f.left {
		f.left -= len(p)
		return len(p), nil
	}
	n := f.left
	f.left = -1
	return n, f.err
}

// A writer that fails at any byte stops the encoder with its error for good.
func TestWriterFails(t *testing.T) {
	broken := errors.New("disk full")
	for _, format := range []Format{MP4, AnnexB} {
		o := Options{Width: 16, Height: 16, Preset: PresetUltrafast, Threads: 1, Format: format, NoSEI: true}
		frames := numbered(o, 2)
		for n := range len(encode(t, o, frames...)) {
			w, want := &failing{left: n, err: broken}, broken
			if n%2 == 1 { // a short write without an error
				w.err, want = nil, io.ErrShortWrite
			}
			e, err := NewEncoder(w, o)
			if err != nil {
				t.Fatal(err)
			}
			var errs []error
			for _, f := range frames {
				errs = append(errs, e.EncodeFrame(f))
			}
			errs = append(errs, e.Close(), e.Close(), e.EncodeFrame(frames[0]), e.Encode(nil), e.OnReconstruction(nil))
			first := slices.IndexFunc(errs, func(err error) bool { return err != nil })
			if first > 2 || format == MP4 && first != 2 {
				t.Fatalf("%v, byte %d: errors %v", format, n, errs)
			}
			if err := errs[first]; !errors.Is(err, want) || !strings.HasPrefix(err.Error(), "g264: writing: ") {
				t.Fatalf("%v, byte %d: %v", format, n, err)
			}
			if slices.ContainsFunc(errs[first:], func(err error) bool { return err != errs[first] }) {
				t.Fatalf("%v, byte %d: other errors later: %v", format, n, errs)
			}
			if e.Stats().Written != int64(n) || w.calls > 0 {
				t.Fatalf("%v, byte %d: %d bytes counted, %d calls after the error", format, n, e.Stats().Written, w.calls)
			}
		}
	}
}

// A context that ends stops the encoder: before, between frames, in Close and
// in the middle of writing.
func TestContext(t *testing.T) {
	gone := errors.New("the user left")
	frames := numbered(small, 3)
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(gone)
	if _, err := NewEncoderContext(ctx, io.Discard, small); !errors.Is(err, context.Canceled) || !errors.Is(err, gone) {
		t.Errorf("before: %v", err)
	}
	for _, n := range []int{0, 1, 3} {
		ctx, cancel := context.WithCancelCause(context.Background())
		var file bytes.Buffer
		e, err := NewEncoderContext(ctx, &file, small)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range frames[:n] {
			if err := e.EncodeFrame(f); err != nil {
				t.Fatal(err)
			}
		}
		cancel(gone)
		var first error
		if n < 3 {
			first = e.EncodeFrame(frames[n])
		} else {
			first = e.Close()
		}
		if !errors.Is(first, context.Canceled) || !errors.Is(first, gone) || file.Len() != 0 {
			t.Errorf("after %d frames: %v", n, first)
		}
		if e.Close() != first || e.EncodeFrame(frames[0]) != first {
			t.Errorf("after %d frames: other errors later", n)
		}
	}

	ctx, stop := context.WithTimeout(context.Background(), time.Hour)
	var file bytes.Buffer
	e, err := NewEncoderContext(ctx, writerFunc(func(p []byte) (int, error) {
		stop() // while the first bytes are written
		return file.Write(p)
	}), small)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range frames {
		if err := e.EncodeFrame(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); !errors.Is(err, context.Canceled) || e.Close() != err {
		t.Errorf("while writing: %v, then %v", err, e.Close())
	}
	if whole := encode(t, small, frames...); file.Len() >= len(whole) {
		t.Errorf("%d bytes of %d were written", file.Len(), len(whole))
	}
}

// However an encoder ends in the middle of its work, its goroutines end too.
func TestGoroutinesEnd(t *testing.T) {
	o := Options{Width: 96, Height: 160, Threads: 4, Format: AnnexB, Lookahead: 1}
	frames := numbered(o, 8)
	gone := errors.New("disk full")
	for _, end := range []struct {
		name string
		now  bool // work that is not done is given up, before the call returns
		call func(e *Encoder, cancel func())
	}{
		{"Close", true, func(e *Encoder, cancel func()) { e.Close() }},
		{"Abort", true, func(e *Encoder, cancel func()) { e.Abort() }},
		{"context", false, func(e *Encoder, cancel func()) { cancel() }},
		{"dropped", false, func(e *Encoder, cancel func()) {}},
		{"failed writer", true, nil},
	} {
		before := runtime.NumGoroutine()
		ctx, cancel := context.WithCancel(context.Background())
		e, err := NewEncoderContext(ctx, writerFunc(func(p []byte) (int, error) {
			if end.call == nil {
				return 0, gone
			}
			return len(p), nil
		}), o)
		if err != nil {
			t.Fatal(err)
		}
		coder := e.coder
		for _, f := range frames {
			if err = e.EncodeFrame(f); err != nil {
				break
			}
		}
		if end.call != nil {
			end.call(e, cancel)
		} else if !errors.Is(err, gone) {
			t.Errorf("%s: error %v", end.name, err)
		}
		if _, err := coder.Encode(&h264.Picture{}); end.now && !errors.Is(err, h264.ErrClosed) {
			t.Errorf("%s: the coder goes on: %v", end.name, err)
		}
		for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("%s: %d goroutines, %d before", end.name, runtime.NumGoroutine(), before)
			}
		}
		cancel()
	}
}

// A context that ends while a picture is coded stops it between two tasks.
func TestContextEndsWithinPicture(t *testing.T) {
	for _, threads := range []int{1, 3} {
		// encode codes one picture of many rows in one call, with the context ending at a task, and counts the tasks.
		encode := func(endAt int64) (tasks int64, err error) {
			o := Options{Width: 48, Height: 1600, Threads: threads, LowLatency: true}
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			e, err := NewEncoderContext(ctx, io.Discard, o)
			if err != nil {
				t.Fatal(err)
			}
			var n atomic.Int64
			e.coder.Observe(func(h264.Task) {
				if n.Add(1) == endAt {
					cancel()
				}
				if ctx.Err() != nil {
					time.Sleep(time.Millisecond) // the end of a context is told by a goroutine of its own
				}
			})
			err = e.EncodeFrame(numbered(o, 1)[0])
			return n.Load(), err
		}
		whole, err := encode(-1)
		if err != nil {
			t.Fatal(err)
		}
		if part, err := encode(whole / 4); !errors.Is(err, context.Canceled) || part > whole*3/4 {
			t.Errorf("%d threads: error %v after %d tasks of %d", threads, err, part, whole)
		}
	}
}

// A context that ends in the middle of a call stops it there.
func TestContextEndsWithinEncode(t *testing.T) {
	for _, threads := range []int{1, 3} {
		o := Options{Width: 320, Height: 240, Preset: PresetSlow, CRF: 2, Threads: threads}
		f := Frame{Format: BGR, Pix: make([]uint8, 3*320*240), Stride: 3 * 320}
		rng := rand.New(rand.NewPCG(1, 2))
		for i := range f.Pix {
			f.Pix[i] = uint8(rng.Uint32())
		}
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		e, err := NewEncoderContext(ctx, io.Discard, o)
		for err == nil {
			err = e.EncodeFrame(f)
		}
		if !errors.Is(err, context.DeadlineExceeded) || e.Close() != err {
			t.Errorf("%d threads: error %v, then %v", threads, err, e.Close())
		}
		cancel()
	}
}

// A caller that goes on behind a panic of the encoder is told that no frame is taken any more, and that there is no file.
func TestPanicEndsEncoder(t *testing.T) {
	o := Options{Width: 48, Height: 160, Lookahead: 1}
	f := numbered(o, 1)[0]
	for _, c := range []struct {
		threads int
		call    func(e *Encoder) error
	}{
		{1, func(e *Encoder) error { return e.EncodeFrame(f) }},
		{2, func(e *Encoder) error { return e.EncodeFrame(f) }},
		{1, func(e *Encoder) error { return e.Close() }},
		{2, func(e *Encoder) error { _, err := e.Lend(); return err }},
	} {
		o.Threads = c.threads
		var file bytes.Buffer
		e, err := NewEncoder(&file, o)
		if err != nil {
			t.Fatal(err)
		}
		e.coder.Observe(func(task h264.Task) {
			if task.Stage == h264.StageAnalysis && task.Picture == 0 && task.Row == 0 {
				panic(task)
			}
		})
		panicked := func() (yes bool) {
			defer func() { yes = recover() != nil }()
			for err == nil {
				err = e.EncodeFrame(f)
			}
			return false
		}
		if !panicked() {
			t.Fatalf("%d threads: error %v instead of a panic", c.threads, err)
		}
		if err := c.call(e); err != ErrClosed {
			t.Errorf("%d threads: then error %v", c.threads, err)
		}
		if err := e.Close(); err != ErrClosed || file.Len() != 0 {
			t.Errorf("%d threads: Close returns %v, with %d bytes written", c.threads, err, file.Len())
		}
	}
}

// A context that ends before a frame is converted is what the call tells of.
func TestContextEndsBeforeConversion(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	e, err := NewEncoderContext(ctx, io.Discard, Options{Width: 16, Height: 16})
	if err != nil {
		t.Fatal(err)
	}
	img := asked{image.NewRGBA(image.Rect(0, 0, 16, 16)), func() {
		for cancel(); e.coder != nil; {
			if _, err := e.coder.Lend(); err != nil {
				return
			}
		}
	}}
	if err := e.Encode(img); !errors.Is(err, context.Canceled) || e.Close() != err {
		t.Errorf("error %v, then %v", err, e.Close())
	}
}

// asked is an image that tells when its size is asked for.
type asked struct {
	image.Image
	tell func()
}

func (a asked) Bounds() image.Rectangle {
	a.tell()
	return a.Image.Bounds()
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestTimesInFile(t *testing.T) {
	for _, c := range []struct {
		name      string
		o         Options
		frames    []Frame // times only
		timescale uint32
		deltas    []uint32
	}{
		{"default rate", Options{}, make([]Frame, 3), 25, []uint32{1, 1, 1}},
		{"NTSC", Options{FrameRate: FPS(23.976)}, make([]Frame, 3), 24000, []uint32{1001, 1001, 1001}},
		{"one frame", Options{FrameRate: FPS(29.97)}, make([]Frame, 1), 30000, []uint32{1001}},
		{"fraction", Options{FrameRate: FPS(14.25)}, make([]Frame, 2), 57, []uint32{4, 4}},
		{"not reduced", Options{FrameRate: Rational{100, 4}}, make([]Frame, 2), 25, []uint32{1, 1}},
		{"one an hour", Options{FrameRate: Rational{1, 3600}}, make([]Frame, 2), 1, []uint32{3600, 3600}},
		{"times", Options{TimeBase: Rational{1, 1000}}, []Frame{{PTS: At(7)}, {PTS: At(47)}, {PTS: At(60)}}, 1000, []uint32{40, 13, 13}},
		{"last duration", Options{TimeBase: Rational{1, 1000}}, []Frame{{PTS: At(0)}, {PTS: At(40), Duration: 500}}, 1000, []uint32{40, 500}},
		{"GIF", Options{TimeBase: Rational{1, 100}}, []Frame{{Duration: 10}, {Duration: 3}, {Duration: 200}}, 100, []uint32{10, 3, 200}},
		{"one with a duration", Options{TimeBase: Rational{1, 100}}, []Frame{{Duration: 300}}, 100, []uint32{300}},
		{"one without", Options{TimeBase: Rational{1, 90000}, FrameRate: FPS(29.97)}, make([]Frame, 1), 90000, []uint32{3003}},
		{"large ticks", Options{TimeBase: Rational{1001, 30000}}, []Frame{{PTS: At(0)}, {PTS: At(2)}}, 30000, []uint32{2002, 2002}},
	} {
		c.o.Width, c.o.Height, c.o.Preset = 16, 16, PresetUltrafast
		frames := numbered(c.o, len(c.frames))
		for i := range frames {
			frames[i].PTS, frames[i].Duration = c.frames[i].PTS, c.frames[i].Duration
		}
		var file bytes.Buffer
		e, err := NewEncoder(&file, c.o)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range frames {
			if err := e.EncodeFrame(f); err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
		}
		if err := e.Close(); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		tr := track(t, file.Bytes())
		if tr.Timescale != c.timescale || !slices.Equal(deltas(tr), c.deltas) || len(tr.EditList) > 0 && tr.EditList[0].MediaTime != 0 {
			t.Errorf("%s: timescale %d, samples %v; want %d, %v", c.name, tr.Timescale, deltas(tr), c.timescale, c.deltas)
		}
		total := time.Duration(0)
		for _, d := range c.deltas {
			total += time.Duration(d)
		}
		if want := (total*time.Second + time.Duration(c.timescale)/2) / time.Duration(c.timescale); e.Stats().Duration != want {
			t.Errorf("%s: stats say %v, the file lasts %v", c.name, e.Stats().Duration, want)
		}
	}
}

// syncSamples returns the numbers of a file's key frames, from 1.
func syncSamples(t testing.TB, file []byte) []uint32 {
	t.Helper()
	stss := box(t, file, mp4.BoxTypeMoov(), mp4.BoxTypeTrak(), mp4.BoxTypeMdia(), mp4.BoxTypeMinf(), mp4.BoxTypeStbl(), mp4.BoxTypeStss())
	return stss.(*mp4.Stss).SampleNumber
}

// box returns the one box at a path.
func box(t testing.TB, file []byte, path ...mp4.BoxType) mp4.IBox {
	t.Helper()
	boxes, err := mp4.ExtractBoxWithPayload(bytes.NewReader(file), nil, path)
	if err != nil || len(boxes) != 1 {
		t.Fatalf("%d boxes at %v, %v", len(boxes), path, err)
	}
	return boxes[0].Payload
}

func TestKeyFrames(t *testing.T) {
	o := small
	frames := numbered(o, 12)
	frames[4].ForceKey, frames[9].ForceKey = true, true
	o.NoSceneCut = true
	if got := syncSamples(t, encode(t, o, frames...)); !slices.Equal(got, []uint32{1, 5, 10}) {
		t.Errorf("forced: key frames at %v", got)
	}
	o.KeyInt = 4
	if got := syncSamples(t, encode(t, o, numbered(o, 12)...)); !slices.Equal(got, []uint32{1, 5, 9}) {
		t.Errorf("KeyInt 4: key frames at %v", got)
	}
}

// The container says what the options and the stream say.
func TestColourInFile(t *testing.T) {
	entry := []mp4.BoxType{mp4.BoxTypeMoov(), mp4.BoxTypeTrak(), mp4.BoxTypeMdia(), mp4.BoxTypeMinf(), mp4.BoxTypeStbl(), mp4.BoxTypeStsd(), mp4.BoxTypeAvc1()}
	for _, c := range []struct {
		o    Options
		want mp4.Colr
	}{
		{Options{}, mp4.Colr{ColourPrimaries: 1, TransferCharacteristics: 1, MatrixCoefficients: 1}},
		{Options{Matrix: MatrixBT601, Range: RangeFull}, mp4.Colr{ColourPrimaries: 6, TransferCharacteristics: 6, MatrixCoefficients: 6, FullRangeFlag: true}},
		{Options{Primaries: PrimariesBT2020, Transfer: TransferPQ, SampleAspect: Rational{8, 6}},
			mp4.Colr{ColourPrimaries: 9, TransferCharacteristics: 16, MatrixCoefficients: 1}},
	} {
		c.o.Width, c.o.Height = 16, 16
		file := encode(t, c.o, numbered(c.o, 1)...)
		colr := box(t, file, append(entry, mp4.BoxTypeColr())...).(*mp4.Colr)
		if colr.ColourType != [4]byte{'n', 'c', 'l', 'x'} || colr.ColourPrimaries != c.want.ColourPrimaries ||
			colr.TransferCharacteristics != c.want.TransferCharacteristics || colr.MatrixCoefficients != c.want.MatrixCoefficients ||
			colr.FullRangeFlag != c.want.FullRangeFlag {
			t.Errorf("colr is %+v, want %+v", colr, c.want)
		}
		pasp := box(t, file, append(entry, mp4.BoxTypePasp())...).(*mp4.PixelAspectRatioBox)
		want := mp4.PixelAspectRatioBox{HSpacing: 1, VSpacing: 1}
		if c.o.SampleAspect != (Rational{}) {
			want = mp4.PixelAspectRatioBox{HSpacing: 4, VSpacing: 3}
		}
		if pasp.HSpacing != want.HSpacing || pasp.VSpacing != want.VSpacing {
			t.Errorf("pasp is %+v, want %+v", pasp, want)
		}
	}
}

// The SEI names the options, unless it is switched off, and the number of
// threads changes nothing.
func TestStreamNamesOptions(t *testing.T) {
	o := small
	frames := numbered(o, 5)
	with := encode(t, o, frames...)
	if !bytes.Contains(with, []byte(o.summary())) || !bytes.Contains(with, []byte("g264")) {
		t.Error("the options are not in the file")
	}
	for _, threads := range []int{2, 8} {
		o.Threads = threads
		if !bytes.Equal(encode(t, o, frames...), with) {
			t.Errorf("%d threads change the file", threads)
		}
	}
	o.NoSEI = true
	if bytes.Contains(encode(t, o, frames...), []byte("preset=")) {
		t.Error("the options are in the file")
	}
}

// An Annex B stream is written as the frames come and holds what the MP4 holds.
func TestAnnexB(t *testing.T) {
	o := small
	o.Format, o.LowLatency = AnnexB, true
	var stream bytes.Buffer
	e, err := NewEncoder(&stream, o)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range numbered(o, 4) {
		before := stream.Len()
		if err := e.EncodeFrame(f); err != nil {
			t.Fatal(err)
		}
		if i > 0 && stream.Len() == 0 {
			t.Errorf("nothing is written after %d frames", i+1)
		}
		if s := e.Stats(); s.Written != int64(stream.Len()) || s.Bytes != s.Written || stream.Len() < before {
			t.Errorf("stats %+v, written %d", s, stream.Len())
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(stream.Bytes(), []byte{0, 0, 0, 1, 0x67}) {
		t.Errorf("the stream starts with % x", stream.Bytes()[:8])
	}
	o.Format = MP4
	file := encode(t, o, numbered(o, 4)...)
	nals := bytes.Split(bytes.ReplaceAll(stream.Bytes(), []byte{0, 0, 0, 1}, []byte{0, 0, 1}), []byte{0, 0, 1})[1:]
	if len(nals) < 6 {
		t.Errorf("%d NAL units", len(nals))
	}
	for _, nal := range nals {
		if !bytes.Contains(file, nal) {
			t.Errorf("a NAL unit of %d bytes (% x...) is not in the MP4", len(nal), nal[:1])
		}
	}
}

// The statistics are those of the reconstruction, and the reconstruction has
// the frames' times and the coded size.
func TestStatsAndReconstruction(t *testing.T) {
	for _, chroma := range []Chroma{Chroma420, Chroma444} {
		const width, height, frames = 51, 35, 5
		o := Options{Width: width, Height: height, Chroma: chroma, CRF: 20, Preset: PresetVeryfast, MeasurePSNR: true,
			TimeBase: Rational{1, 600}, KeyInt: 3}
		var file bytes.Buffer
		e, err := NewEncoder(&file, o)
		if err != nil {
			t.Fatal(err)
		}
		w, h := o.codedSize(width, height)
		ssd, samples, shown := [3]float64{}, [3]float64{}, 0
		var sources []Frame
		err = e.OnReconstruction(func(f Frame) error {
			if f.Width != w || f.Height != h || f.PTS != sources[shown].PTS {
				t.Errorf("frame %d is %dx%d at %v, want %dx%d at %v", shown, f.Width, f.Height, f.PTS, w, h, sources[shown].PTS)
			}
			src := sources[shown]
			cw, ch, sw, sh := w, h, width, height
			if chroma == Chroma420 {
				cw, ch, sw, sh = w/2, h/2, w/2, h/2
			}
			ssd[0] += planeSSD(f.Y, f.YStride, src.Y, src.YStride, w, h, width, height)
			ssd[1] += planeSSD(f.Cb, f.CStride, src.Cb, src.CStride, cw, ch, sw, sh)
			ssd[2] += planeSSD(f.Cr, f.CStride, src.Cr, src.CStride, cw, ch, sw, sh)
			for i, n := range []int{w * h, cw * ch, cw * ch} {
				samples[i] += float64(n)
			}
			shown++
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := range frames {
			f := yuv(testvideo.Moving, width, height, i, chroma == Chroma420)
			f.PTS = At(int64(1000 + 20*i))
			sources = append(sources, f)
			if err := e.EncodeFrame(f); err != nil {
				t.Fatal(err)
			}
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		s := e.Stats()
		db := func(ssd, n float64) float64 { return 10 * math.Log10(255*255*n/ssd) }
		want := PSNR{db(ssd[0], samples[0]), db(ssd[1], samples[1]), db(ssd[2], samples[2]),
			db(ssd[0]+ssd[1]+ssd[2], samples[0]+samples[1]+samples[2])}
		near := func(a, b float64) bool { return math.Abs(a-b) < 1e-9 }
		if !near(s.PSNR.Y, want.Y) || !near(s.PSNR.Cb, want.Cb) || !near(s.PSNR.Cr, want.Cr) || !near(s.PSNR.Overall, want.Overall) {
			t.Errorf("%v: PSNR %+v, want %+v", chroma, s.PSNR, want)
		}
		var coded int64
		for _, sample := range track(t, file.Bytes()).Samples {
			coded += int64(sample.Size)
		}
		if shown != frames || s.Frames != frames || s.KeyFrames != 2 || s.Bytes != coded || s.Written != int64(file.Len()) ||
			s.Duration != 166666667*time.Nanosecond || s.MeanQP < 10 || s.MeanQP > 30 {
			t.Errorf("%v: shown %d, coded %d, written %d, stats %+v", chroma, shown, coded, file.Len(), s)
		}
	}
	if s := (&Encoder{}).Stats(); s != (Stats{}) {
		t.Errorf("nothing yet: %+v", s)
	}
}

// planeSSD compares a reconstructed plane with a source that is smaller, whose
// last column and row stand for the rest.
func planeSSD(a []uint8, as int, b []uint8, bs, w, h, bw, bh int) float64 {
	sum := 0.0
	for y := range h {
		for x := range w {
			d := float64(a[y*as+x]) - float64(b[min(y, bh-1)*bs+min(x, bw-1)])
			sum += d * d
		}
	}
	return sum
}

func TestReconstructionFails(t *testing.T) {
	broken := errors.New("no room")
	var file bytes.Buffer
	e, err := NewEncoder(&file, small)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.OnReconstruction(func(Frame) error { return broken }); err != nil {
		t.Fatal(err)
	}
	var first error
	for _, f := range numbered(small, 3) {
		if err := e.EncodeFrame(f); first == nil {
			first = err
		} else if err != first {
			t.Errorf("then %v", err)
		}
	}
	if closed := e.Close(); first != nil && closed != first || !errors.Is(closed, broken) || file.Len() > 0 {
		t.Errorf("%v, closed with %v, %d bytes", first, closed, file.Len())
	}
}

// Once the buffers have their sizes, a frame costs no allocation.
func TestAllocations(t *testing.T) {
	const width, height = 64, 48
	ycc := image.NewYCbCr(image.Rect(0, 0, width, height), image.YCbCrSubsampleRatio420)
	rgba := image.NewRGBA(image.Rect(0, 0, width, height))
	planar := yuv(testvideo.Moving, width, height, 0, true)
	planar444 := yuv(testvideo.Moving, width, height, 0, false)
	pix := bgr(width, height, 0)
	for name, add := range map[string]func(e *Encoder) error{
		"BGR":            func(e *Encoder) error { return e.EncodeBGR(pix, 3*width) },
		"RGBA":           func(e *Encoder) error { return e.Encode(rgba) },
		"YCbCr":          func(e *Encoder) error { return e.Encode(ycc) },
		"planar":         func(e *Encoder) error { return e.EncodeFrame(planar) },
		"planar, scaled": func(e *Encoder) error { return e.EncodeFrame(planar444) },
	} {
		e, err := NewEncoder(io.Discard, Options{Width: width, Height: height, Threads: 1, Preset: PresetUltrafast})
		if err != nil {
			t.Fatal(err)
		}
		for range 20 {
			if err := add(e); err != nil {
				t.Fatal(err)
			}
		}
		n := testing.AllocsPerRun(200, func() {
			if err := add(e); err != nil {
				t.Fatal(err)
			}
		})
		// Rounded down: the MP4's tables and blocks of media grow now and then.
		if n > 0 {
			t.Errorf("%s: %v allocations per frame", name, n)
		}
		e.Abort()
	}
}

// Nor does a moving one at any preset, on one thread and on several, where it goes
// straight to the writer.
func TestPresetsAllocateNothing(t *testing.T) {
	const width, height, warm, frames = 96, 80, 80, 24
	clip := make([][]byte, 8)
	for i := range clip {
		clip[i] = bgr(width, height, i)
	}
	for _, name := range h264.Presets() {
		for i, threads := range []int{1, 2, 1, 2} {
			o := Options{Width: width, Height: height, Threads: threads, Format: AnnexB, Chroma: []Chroma{Chroma420, Chroma444}[i/2]}
			if err := o.Preset.UnmarshalText([]byte(name)); err != nil {
				t.Fatal(err)
			}
			e, err := NewEncoder(io.Discard, o)
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			frame := func() {
				// There and back, so that the content moves on and never cuts.
				at := n % (2 * len(clip))
				if err := e.EncodeBGR(clip[min(at, 2*len(clip)-1-at)], 3*width); err != nil {
					t.Fatal(err)
				}
				n++
			}
			for range warm {
				frame()
			}
			if allocs := testing.AllocsPerRun(frames, frame); allocs > 0 {
				t.Errorf("%s, %v, %d threads: %v allocations per frame", name, o.Chroma, threads, allocs)
			}
			e.Abort()
		}
	}
}
