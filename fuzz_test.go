package g264

import (
	"bytes"
	"errors"
	"image"
	"io"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/abema/go-mp4"
)

// fuzzInput hands out the bytes of a fuzz input, and zeros after them.
type fuzzInput []byte

func (in *fuzzInput) byte() byte {
	if len(*in) == 0 {
		return 0
	}
	b := (*in)[0]
	*in = (*in)[1:]
	return b
}

// fill returns n bytes of samples: the input's next ones over and over.
func (in *fuzzInput) fill(n int) []uint8 {
	seed := []byte(*in)
	if len(seed) > 64 {
		seed = seed[:64]
	}
	if len(seed) == 0 {
		seed = []byte{0}
	}
	p := make([]uint8, n)
	for i := range p {
		p[i] = seed[i%len(seed)] + uint8(i/97)
	}
	return p
}

// options makes options of which most are valid.
func (in *fuzzInput) options() Options {
	o := Options{
		Width: int(in.byte()) % 70, Height: int(in.byte()) % 70,
		Preset: Preset(in.byte() % 5), RateControl: RateControl(in.byte() % 2),
		NoSEI: true, Threads: 1, MeasurePSNR: true,
	}
	flags := in.byte()
	o.Chroma = Chroma(flags & 1)
	o.Range = Range(flags >> 1 & 1)
	o.Matrix = Matrix(flags>>2&1) << (flags >> 1 & 1)
	o.NoAQ = flags>>3&1 != 0
	o.NoDeblock = flags>>4&1 != 0
	o.Format = Format(flags >> 5 & 1)
	o.NoSceneCut = flags>>6&1 != 0
	if flags>>7 != 0 {
		o.TimeBase = Rational{int(in.byte()), int(in.byte()) * 100}
	}
	if q := in.byte() % 53; o.RateControl == ConstantQP {
		o.QP = int(q)
	} else {
		o.CRF = float64(q)
	}
	o.Lossless = o.CRF == 0 && o.QP == 0
	o.KeyInt = int(in.byte() % 8)
	o.ChromaQPOffset = int(int8(in.byte())) / 9
	o.DeblockAlpha, o.DeblockBeta = int(int8(in.byte()))/18, int(int8(in.byte()))/18
	if rate := in.byte(); rate != 0 {
		o.FrameRate = FPS(float64(int8(rate)) / 4)
	}
	file := in.byte()
	if file&1 != 0 {
		o.Layout = Fragmented
		o.FragmentDuration = time.Duration(file>>1&1) << (file >> 4 << 1)
		o.FragmentIndex = FragmentIndex(file >> 2 & 3)
	}
	o.KeepStart = file>>4&1 != 0
	in.coding(&o)
	in.rates(&o)
	in.description(&o)
	if in.byte()%8 != 0 {
		mend(&o)
	}
	return o
}

// mend takes back what excludes other choices.
func mend(o *Options) {
	if !o.FrameRate.valid(maxFrameTerm) {
		o.FrameRate = Rational{}
	}
	if !o.TimeBase.valid(maxFrameTerm) {
		o.TimeBase, o.KeepStart = Rational{}, false
	}
	if !o.SampleAspect.valid(maxAspect) {
		o.SampleAspect = Rational{}
	}
	o.DeblockAlpha, o.DeblockBeta = o.DeblockAlpha%7, o.DeblockBeta%7
	o.QPMax = min(o.QPMax, 51)
	o.MinKeyInt = min(o.MinKeyInt, o.keyInt())
	if o.CRF > 51 || o.CRF < 1 {
		o.CRF = 0
	}
	o.QP = min(o.QP, 51)
	if o.NoAQ {
		o.AQStrength = 0
	}
	if o.LowLatency || o.Tune == TuneZeroLatency {
		o.Lookahead = 0
	}
	if o.Lossless || o.Chroma == Chroma444 {
		o.Profile %= 2
		o.Profile *= ProfileHigh444
	} else if o.Profile == ProfileHigh444 {
		o.Profile = ProfileHigh
	}
	if o.Lossless || o.RateControl == ConstantQP {
		o.MaxRate = 0
	}
	if o.MaxRate == 0 || o.BufferSize == 0 {
		o.MaxRate, o.BufferSize, o.HRD = 0, 0, false
	}
	o.HRD = o.HRD && o.TimeBase == (Rational{})
	if o.Format != MP4 {
		o.Layout = Progressive
	}
	if o.Layout != Fragmented {
		o.FragmentDuration, o.FragmentIndex, o.SegmentDuration = 0, NoIndex, 0
	}
	if o.Layout != Seekable {
		o.MoovSpace, o.FastStart = 0, false
	}
	o.Title, o.Comment = strings.ToValidUTF8(o.Title, ""), strings.ToValidUTF8(o.Comment, "")
	if o.CreationTime.Before(firstCreation) {
		o.CreationTime = time.Time{}
	}
}

// coding chooses among the tools of the encoder.
func (in *fuzzInput) coding(o *Options) {
	tools := in.byte()
	o.NoCABAC, o.NoTransform8x8, o.NoWeights = tools&1 != 0, tools&2 != 0, tools&4 != 0
	o.NoMBTree, o.LowLatency, o.Delimiters, o.HeadersOnce = tools&8 != 0, tools&16 != 0, tools&32 != 0, tools&64 != 0
	o.MeasureSSIM = tools&128 != 0
	more := in.byte()
	o.Tune = Tune(more % 8)
	o.AQMode = AQMode(more >> 3 & 1)
	if more&16 != 0 {
		o.Lookahead = int(in.byte() % 12)
	}
	if more&32 != 0 {
		o.Profile = Profile(in.byte() % 6)
	}
	if more&64 != 0 {
		o.AQStrength = float64(in.byte()) / 60
	}
	if more&128 != 0 {
		o.MinKeyInt = int(in.byte() % 8)
		o.QCompress, o.IPRatio = float64(in.byte())/250, float64(in.byte())/25
		o.QPMax = int(in.byte() % 53)
		o.QPMin = min(int(in.byte()%53), o.QPMax)
	}
}

// rates chooses rates and what decoders need to know of them.
func (in *fuzzInput) rates(o *Options) {
	kind := in.byte()
	if kind&1 != 0 && o.RateControl == ConstantRateFactor {
		o.RateControl, o.CRF, o.Bitrate = AverageBitrate, 0, 1+int(in.byte())*8
	}
	if kind&2 != 0 {
		o.MaxRate, o.BufferSize = o.Bitrate+int(in.byte()), int(in.byte())
		o.HRD = kind&4 != 0
	}
	if kind&8 != 0 {
		o.Lossless, o.RateControl, o.CRF, o.QP, o.Bitrate = true, ConstantQP, 0, 0, 0
	}
}

// description chooses what the file tells of itself, and how it is laid out.
func (in *fuzzInput) description(o *Options) {
	told := in.byte()
	if told&1 != 0 {
		o.ChromaSite, o.Primaries, o.Transfer = ChromaSite(in.byte()%4), Primaries(in.byte()%14), Transfer(in.byte()%20)
	}
	if told&2 != 0 {
		o.SampleAspect = Rational{int(in.byte()), int(in.byte())}
		o.Background = [3]uint8{in.byte(), in.byte(), in.byte()}
	}
	if told&4 != 0 {
		o.Title, o.Comment = string([]byte{in.byte(), in.byte()}), string([]byte{in.byte()})
		o.CreationTime = time.Unix(int64(int8(in.byte()))<<(in.byte()%40), 0)
	}
	if told&8 != 0 {
		o.Rotation = 90 * int(in.byte()%5)
	}
	if told&16 != 0 && o.Layout == Progressive {
		o.Layout = Seekable
		o.MoovSpace, o.FastStart = int64(in.byte())<<4, in.byte()&1 != 0
	}
	if told&32 != 0 && o.Layout == Fragmented {
		o.SegmentDuration = time.Duration(in.byte()) * 10 * time.Millisecond
	}
	if told&64 != 0 {
		o.MaxMemory = 1 << 30 // enough: what is refused depends on Threads
	}
}

// The choices reach every option.
func TestFuzzReachesAllOptions(t *testing.T) {
	reached := map[string]bool{"Threads": true}
	random := rand.New(rand.NewPCG(1, 2))
	valid := 0
	for range 3000 {
		data := make(fuzzInput, 64)
		for i := range data {
			data[i] = uint8(random.Uint32())
		}
		o := data.options()
		if o.Validate() != nil {
			continue
		}
		valid++
		for v, i := reflect.ValueOf(o), 0; i < v.NumField(); i++ {
			if !v.Field(i).IsZero() {
				reached[v.Type().Field(i).Name] = true
			}
		}
	}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Options]()) {
		if !reached[field.Name] {
			t.Errorf("no choice of %d that are valid has %s", valid, field.Name)
		}
	}
}

// memory is a file.
type memory struct {
	data []byte
	at   int
}

func (m *memory) Write(p []byte) (int, error) {
	m.data = append(m.data, make([]byte, max(0, m.at+len(p)-len(m.data)))...)
	m.at += copy(m.data[m.at:], p)
	return len(p), nil
}

func (m *memory) Read(p []byte) (int, error) {
	n := copy(p, m.data[min(m.at, len(m.data)):])
	if m.at += n; n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (m *memory) Seek(offset int64, whence int) (int64, error) {
	m.at = int(offset) + [...]int{io.SeekStart: 0, io.SeekCurrent: m.at, io.SeekEnd: len(m.data)}[whence]
	return int64(m.at), nil
}

// fuzzed encodes frames that are known to be good.
func fuzzed(t *testing.T, o Options, frames []Frame) []byte {
	t.Helper()
	var file memory
	e, err := NewEncoder(&file, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range frames {
		if err := e.EncodeFrame(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	return file.data
}

// frame makes a frame of which most are valid.
func (in *fuzzInput) frame(o *Options) Frame {
	kind, flags := in.byte(), in.byte()
	f := Frame{Width: o.Width, Height: o.Height, Format: PixelFormat(kind % 8), ForceKey: flags&1 != 0}
	if flags&2 != 0 {
		f.PTS = At(int64(int8(in.byte())) << (in.byte() % 64))
	}
	if flags&4 != 0 {
		f.Duration = int64(int8(in.byte()))
	}
	if o.Width == 0 {
		f.Width, f.Height = 1+int(kind)/8, 1+int(kind)/16
	}
	w, h := f.Width, f.Height
	pad, cut := 0, 0
	if flags&8 != 0 {
		pad = int(int8(in.byte())) / 4
	}
	if flags&16 != 0 {
		cut = int(in.byte()) / 32
	}
	samples := func(stride, row, rows int) []uint8 { return in.fill(max(0, stride*(rows-1)+row-cut)) }
	n := f.Format.bytesPerPixel()
	f.Stride = n*w + pad
	f.Pix = samples(f.Stride, n*w, h)
	cw, ch := w, h
	if f.Format == YUV420P {
		cw, ch = (w+1)/2, (h+1)/2
	}
	f.YStride, f.CStride = w+pad, cw+pad
	if n == 0 {
		f.Y, f.Cb, f.Cr = samples(f.YStride, w, h), samples(f.CStride, cw, ch), samples(f.CStride, cw, ch)
	}
	if flags&32 != 0 && h > 0 {
		rect := image.Rect(0, 0, w, h).Add(image.Pt(int(kind%4), int(kind/64)))
		switch kind % 4 {
		case 0:
			f.Image = &image.NRGBA{Pix: samples(4*w+pad, 4*w, h), Stride: 4*w + pad, Rect: rect}
		case 1:
			m := image.NewYCbCr(rect, image.YCbCrSubsampleRatio(kind/8%6))
			copy(m.Y, in.fill(len(m.Y)))
			copy(m.Cb, in.fill(len(m.Cb)))
			f.Image = m
		case 2:
			f.Image = &image.Gray{Pix: samples(w+pad, w, h), Stride: w + pad, Rect: rect}
		case 3:
			f.Image = &image.CMYK{Pix: samples(4*w+pad, 4*w, h), Stride: 4*w + pad, Rect: rect}
		}
	}
	return f
}

// FuzzEncoder feeds options and frames, good and bad. Bad ones get their errors,
// and what is taken makes a file with as many samples, the same whatever the
// number of threads.
func FuzzEncoder(f *testing.F) {
	f.Add([]byte{})
	f.Add([]byte{64, 48, 1, 0, 0, 23, 0, 0, 0, 0, 100, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
	f.Add([]byte{33, 17, 2, 1, 0x81, 1, 50, 30, 3, 9, 250, 7, 0, 5, 6, 0, 7, 40, 1, 0, 6, 1, 200, 90, 3})
	f.Add([]byte{0, 0, 1, 0, 0x20, 0, 20, 2, 0, 0, 0, 0, 200, 33, 9, 200, 33, 77, 201, 34, 1, 201, 32})
	f.Add([]byte{20, 20, 3, 0, 7, 40, 5, 0, 0, 0, 0, 4, 8, 16, 4, 16, 255, 5, 24, 3, 2, 1, 6, 32, 6, 0, 6, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		in := fuzzInput(data)
		o := in.options()
		var file memory
		e, err := NewEncoder(&file, o)
		if err != nil {
			known := errors.Is(err, ErrOptions) && (o.Validate() != nil || o.SegmentDuration != 0) // which is for NewSegmentEncoder
			if !known {
				t.Fatalf("%+v: %v", o, err)
			}
			return
		}
		shown := 0
		if err := e.OnReconstruction(func(Frame) error { shown++; return nil }); err != nil {
			t.Fatal(err)
		}
		var taken []Frame
		for len(in) > 0 && len(taken) < 6 {
			f := in.frame(&o)
			if err := e.EncodeFrame(f); err == nil {
				taken = append(taken, f)
			} else if !errors.Is(err, ErrFrame) {
				t.Fatalf("%+v: %v", o, err)
			}
		}
		err = e.Close()
		if len(taken) == 0 {
			if err != ErrNoFrames || len(file.data) > 0 {
				t.Fatalf("no frames: %d bytes, %v", len(file.data), err)
			}
			return
		}
		s := e.Stats()
		if err != nil || s.Frames != len(taken) || shown != len(taken) || s.Written != int64(len(file.data)) ||
			math.IsNaN(s.PSNR.Overall) || s.Duration <= 0 {
			t.Fatalf("%+v: %d frames taken, %d shown, %+v, %v", o, len(taken), shown, s, err)
		}
		if o.Format == MP4 {
			info, err := mp4.Probe(bytes.NewReader(file.data))
			if err != nil || len(info.Tracks) != 1 {
				t.Fatalf("%+v: the file is %+v, %v", o, info, err)
			}
			samples := len(info.Tracks[0].Samples)
			for _, s := range info.Segments {
				samples += int(s.SampleCount)
			}
			if samples != len(taken) {
				t.Fatalf("%+v: the file is %+v, %v", o, info, err)
			}
		}
		o.Threads = 3
		if !bytes.Equal(fuzzed(t, o, taken), file.data) {
			t.Fatalf("%+v: 3 threads, or the refused frames, make another file", o)
		}
	})
}
