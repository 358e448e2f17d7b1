package g264

import (
	"bytes"
	"errors"
	"image"
	"math"
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
	return o
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
		var file bytes.Buffer
		e, err := NewEncoder(&file, o)
		if err != nil {
			if !errors.Is(err, ErrOptions) || o.Validate() == nil {
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
			if err != ErrNoFrames || file.Len() > 0 {
				t.Fatalf("no frames: %d bytes, %v", file.Len(), err)
			}
			return
		}
		s := e.Stats()
		if err != nil || s.Frames != len(taken) || shown != len(taken) || s.Written != int64(file.Len()) ||
			math.IsNaN(s.PSNR.Overall) || s.Duration <= 0 {
			t.Fatalf("%+v: %d frames taken, %d shown, %+v, %v", o, len(taken), shown, s, err)
		}
		if o.Format == MP4 {
			info, err := mp4.Probe(bytes.NewReader(file.Bytes()))
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
		if !bytes.Equal(encode(t, o, taken...), file.Bytes()) {
			t.Fatalf("%+v: 3 threads, or the refused frames, make another file", o)
		}
	})
}
