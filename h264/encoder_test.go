package h264_test

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/g264/g264/h264"
	"github.com/g264/g264/internal/testvideo"
)

// Bad configurations are refused by an error that names the field and the
// value that is wrong.
func TestNewEncoderRefuses(t *testing.T) {
	const lots = math.MaxInt
	tests := []struct {
		name  string
		edit  func(c *h264.Config)
		wants []string // parts of the message
	}{
		{"zero width", func(c *h264.Config) { c.Width = 0 }, []string{"Width", "0"}},
		{"zero height", func(c *h264.Config) { c.Height = 0 }, []string{"Height", "0"}},
		{"negative width", func(c *h264.Config) { c.Width = -16 }, []string{"Width", "-16"}},
		{"negative height", func(c *h264.Config) { c.Height = math.MinInt }, []string{"Height"}},
		{"odd width in 4:2:0", func(c *h264.Config) { c.Width = 15 }, []string{"Width", "15", "even"}},
		{"odd height in 4:2:0", func(c *h264.Config) { c.Height = 17 }, []string{"Height", "17", "even"}},
		// Level 6.2 takes 139264 macroblocks and sides of sqrt(8*139264) = 1055.5.
		{"more macroblocks than level 6.2", func(c *h264.Config) { c.Width, c.Height = 16880, 133*16 }, []string{"Width", "1055x133", "level 6.2"}},
		{"wider than level 6.2", func(c *h264.Config) { c.Width, c.Height = 16896, 16 }, []string{"Width", "16896x16", "level 6.2"}},
		{"taller than level 6.2", func(c *h264.Config) { c.Width, c.Height = 16, 16896 }, []string{"Height", "16x16896", "level 6.2"}},
		{"huge", func(c *h264.Config) { c.Width, c.Height = lots-1, lots-1 }, []string{"Width"}},
		{"huge width", func(c *h264.Config) { c.Width = lots - 1 }, []string{"Width"}},
		{"unknown chroma", func(c *h264.Config) { c.Chroma = 2 }, []string{"Chroma", "2"}},
		{"no frame rate", func(c *h264.Config) { c.FrameRate = h264.Rational{} }, []string{"FrameRate"}},
		{"zero frame rate", func(c *h264.Config) { c.FrameRate.Num = 0 }, []string{"FrameRate"}},
		{"frame rate over zero", func(c *h264.Config) { c.FrameRate.Den = 0 }, []string{"FrameRate", "25/0"}},
		{"unknown preset", func(c *h264.Config) { c.Preset = "placebo" }, []string{"Preset", "placebo", "medium"}},
		{"unknown profile", func(c *h264.Config) { c.Profile = "main10" }, []string{"Profile", "main10", "baseline"}},
		{"4:4:4 in baseline", func(c *h264.Config) { c.Profile, c.Chroma = "baseline", h264.Chroma444 }, []string{"Profile", "baseline"}},
		{"no bit rate", func(c *h264.Config) { c.RateControl = h264.AverageBitrate }, []string{"Bitrate", "0"}},
		{"bit rate for CRF", func(c *h264.Config) { c.Bitrate = 5 }, []string{"Bitrate", "5", "AverageBitrate"}},
		{"maximum rate negative", func(c *h264.Config) { c.MaxRate = -5 }, []string{"MaxRate", "-5"}},
		{"maximum rate without buffer", func(c *h264.Config) { c.MaxRate = 5 }, []string{"BufferSize", "0"}},
		{"HRD without rate", func(c *h264.Config) { c.HRD = true }, []string{"HRD", "true"}},
		{"HRD at variable rate", func(c *h264.Config) { c.HRD, c.VariableRate, c.MaxRate, c.BufferSize = true, true, 5, 5 }, []string{"HRD", "true"}},
		{"buffer without rate", func(c *h264.Config) { c.BufferSize = 5 }, []string{"BufferSize", "5"}},
		{"buffer in constant QP", func(c *h264.Config) { c.RateControl, c.MaxRate, c.BufferSize = h264.ConstantQP, 5, 5 }, []string{"MaxRate", "5"}},
		{"maximum below the mean", func(c *h264.Config) {
			c.RateControl, c.Bitrate, c.MaxRate, c.BufferSize = h264.AverageBitrate, 6, 5, 5
		}, []string{"MaxRate", "5", "6"}},
		{"QPMin above QPMax", func(c *h264.Config) { c.QPMin, c.QPMax = 31, 30 }, []string{"QPMin", "31", "30"}},
		{"QPMax above 51", func(c *h264.Config) { c.QPMax = 52 }, []string{"QPMax", "52"}},
		{"QCompress NaN", func(c *h264.Config) { c.QCompress = math.NaN() }, []string{"QCompress", "NaN"}},
		{"IPRatio below 1", func(c *h264.Config) { c.IPRatio = 0.5 }, []string{"IPRatio", "0.5"}},
		{"Lookahead too long", func(c *h264.Config) { c.Lookahead = 251 }, []string{"Lookahead", "251"}},
		{"Lookahead at low latency", func(c *h264.Config) { c.Lookahead, c.LowLatency = 5, true }, []string{"Lookahead", "5"}},
		{"unknown AQ mode", func(c *h264.Config) { c.AQMode = 2 }, []string{"AQMode", "2"}},
		{"unknown rate control", func(c *h264.Config) { c.RateControl = 9 }, []string{"RateControl", "9"}},
		{"CRF with Lossless", func(c *h264.Config) { c.Lossless, c.CRF = true, 23 }, []string{"CRF", "23", "Lossless"}},
		{"QP with Lossless", func(c *h264.Config) { c.Lossless, c.RateControl, c.QP = true, h264.ConstantQP, 9 }, []string{"QP", "9", "Lossless"}},
		{"Bitrate with Lossless", func(c *h264.Config) { c.Lossless, c.RateControl, c.Bitrate = true, h264.AverageBitrate, 9 }, []string{"Bitrate", "9", "Lossless"}},
		{"MaxRate with Lossless", func(c *h264.Config) { c.Lossless, c.MaxRate = true, 9 }, []string{"MaxRate", "9", "Lossless"}},
		{"Profile with Lossless", func(c *h264.Config) { c.Lossless, c.Profile = true, "high" }, []string{"Profile", "high", "Lossless"}},
		{"GBR in 4:2:0", func(c *h264.Config) { c.Colour.GBR = true }, []string{"Colour.GBR", "4:4:4"}},
		{"GBR with a matrix", func(c *h264.Config) { c.Chroma, c.Colour = h264.Chroma444, h264.Colour{GBR: true, Matrix: 1} }, []string{"Colour.Matrix", "1"}},
		{"unknown tune", func(c *h264.Config) { c.Tune = "film" }, []string{"Tune", "film", "zerolatency"}},
		{"Lookahead with zerolatency", func(c *h264.Config) { c.Tune, c.Lookahead = "zerolatency", 3 }, []string{"Lookahead", "3"}},
		{"CRF NaN", func(c *h264.Config) { c.CRF = math.NaN() }, []string{"CRF", "NaN"}},
		{"CRF infinite", func(c *h264.Config) { c.CRF = math.Inf(1) }, []string{"CRF", "Inf"}},
		{"CRF below 1", func(c *h264.Config) { c.CRF = 0.5 }, []string{"CRF", "0.5"}},
		{"CRF negative", func(c *h264.Config) { c.CRF = -1 }, []string{"CRF", "-1"}},
		{"CRF above 51", func(c *h264.Config) { c.CRF = 51.1 }, []string{"CRF", "51.1"}},
		{"QP negative", func(c *h264.Config) { c.RateControl, c.QP = h264.ConstantQP, -1 }, []string{"QP", "-1"}},
		{"QP above 51", func(c *h264.Config) { c.RateControl, c.QP = h264.ConstantQP, 52 }, []string{"QP", "52"}},
		{"KeyInt negative", func(c *h264.Config) { c.KeyInt = -1 }, []string{"KeyInt", "-1"}},
		{"MinKeyInt negative", func(c *h264.Config) { c.MinKeyInt = -2 }, []string{"MinKeyInt", "-2"}},
		{"AQStrength NaN", func(c *h264.Config) { c.AQStrength = math.NaN() }, []string{"AQStrength", "NaN"}},
		{"AQStrength negative", func(c *h264.Config) { c.AQStrength = -0.5 }, []string{"AQStrength", "-0.5"}},
		{"AQStrength above 4", func(c *h264.Config) { c.AQStrength = 4.5 }, []string{"AQStrength", "4.5"}},
		{"QP without ConstantQP", func(c *h264.Config) { c.QP = 30 }, []string{"QP", "30", "ConstantQP"}},
		{"MinKeyInt above KeyInt", func(c *h264.Config) { c.KeyInt, c.MinKeyInt = 10, 11 }, []string{"MinKeyInt", "11", "10"}},
		{"ChromaQPOffset far off", func(c *h264.Config) { c.ChromaQPOffset = 25 }, []string{"ChromaQPOffset", "25"}},
		{"DeblockAlpha above 6", func(c *h264.Config) { c.DeblockAlpha = 7 }, []string{"DeblockAlpha", "7"}},
		{"DeblockBeta below -6", func(c *h264.Config) { c.DeblockBeta = -7 }, []string{"DeblockBeta", "-7"}},
		{"ChromaLoc above 5", func(c *h264.Config) { c.Colour.ChromaLoc = 6 }, []string{"ChromaLoc", "6"}},
		{"aspect over zero", func(c *h264.Config) { c.SampleAspect = h264.Rational{Num: 1} }, []string{"SampleAspect", "1/0"}},
		{"aspect of zero", func(c *h264.Config) { c.SampleAspect = h264.Rational{Den: 1} }, []string{"SampleAspect", "0/1"}},
		{"4:4:4 in main", func(c *h264.Config) { c.Profile, c.Chroma = "main", h264.Chroma444 }, []string{"Profile", "main"}},
		{"4:4:4 in high", func(c *h264.Config) { c.Profile, c.Chroma = "high", h264.Chroma444 }, []string{"Profile", "high"}},
		{"4:2:0 in high444", func(c *h264.Config) { c.Profile = "high444" }, []string{"Profile", "high444"}},
		{"too many threads", func(c *h264.Config) { c.Threads = 257 }, []string{"Threads", "257"}},
		{"Threads negative", func(c *h264.Config) { c.Threads = -1 }, []string{"Threads", "-1"}},
		{"MaxMemory negative", func(c *h264.Config) { c.MaxMemory = -1 }, []string{"MaxMemory", "-1"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cfg := h264.Config{Width: 64, Height: 48, FrameRate: rate}
			test.edit(&cfg)
			enc, err := h264.NewEncoder(cfg)
			if !errors.Is(err, h264.ErrConfig) {
				t.Fatalf("error %v, want ErrConfig", err)
			}
			if enc != nil {
				t.Error("an encoder came with the error")
			}
			for _, want := range append(test.wants, "h264: ") {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("error %q doesn't say %q", err, want)
				}
			}
		})
	}
}

func TestNewEncoderTakesLimits(t *testing.T) {
	for _, edit := range []func(c *h264.Config){
		func(c *h264.Config) { c.CRF = 1 },
		func(c *h264.Config) { c.CRF = 51 },
		func(c *h264.Config) { c.RateControl = h264.ConstantQP },
		func(c *h264.Config) { c.RateControl, c.QP = h264.ConstantQP, 51 },
		func(c *h264.Config) { c.KeyInt, c.MinKeyInt = math.MaxInt32, 1 },
		func(c *h264.Config) { c.AQStrength = 4 },
		func(c *h264.Config) { c.DeblockAlpha, c.DeblockBeta = -6, 6 },
		func(c *h264.Config) { c.FrameRate = h264.Rational{Num: math.MaxInt32, Den: 1} },
		func(c *h264.Config) { c.FrameRate = h264.Rational{Num: 1, Den: math.MaxUint32} },
		func(c *h264.Config) { c.Width, c.Height = 16880, 2 },
		func(c *h264.Config) { c.Width, c.Height = 2, 16880 },
		func(c *h264.Config) { c.Profile = "baseline" },
		func(c *h264.Config) { c.Profile = "main" },
		func(c *h264.Config) { c.Profile = "high" },
		func(c *h264.Config) { c.Profile, c.Chroma = "high444", h264.Chroma444 },
		func(c *h264.Config) { c.Threads = 256 },
	} {
		cfg := h264.Config{Width: 64, Height: 48, FrameRate: rate}
		edit(&cfg)
		enc, err := h264.NewEncoder(cfg)
		if err != nil {
			t.Errorf("%+v: %v", cfg, err)
			continue
		}
		enc.Close()
	}
}

// A picture whose memory need passes the limit is refused before anything is
// allocated; 16880x2112 is within level 6.2.
func TestMemoryLimit(t *testing.T) {
	for _, cfg := range []h264.Config{
		{Width: 1920, Height: 1080, FrameRate: rate, MaxMemory: 1 << 20},
		{Width: 16880, Height: 2112, Chroma: h264.Chroma444, FrameRate: rate, MaxMemory: 64 << 20},
		{Width: 2, Height: 2, FrameRate: rate, MaxMemory: 1},
	} {
		enc, err := h264.NewEncoder(cfg)
		if !errors.Is(err, h264.ErrMemory) || errors.Is(err, h264.ErrConfig) || enc != nil {
			t.Errorf("%dx%d within %d bytes: error %v, want ErrMemory", cfg.Width, cfg.Height, cfg.MaxMemory, err)
		} else if !strings.Contains(err.Error(), "MaxMemory") {
			t.Errorf("error %q doesn't name MaxMemory", err)
		}
	}
}

// Bad pictures are refused whole, and the encoder goes on as if they had never
// been offered.
func TestEncodeRefuses(t *testing.T) {
	clip := testvideo.Clip(testvideo.Moving, 50, 38, 4, true)
	want := encode(t, "good pictures only", h264.Config{}, clip, nil)

	bad := []struct {
		name string
		edit func(p *h264.Picture)
		want string
	}{
		{"short Y", func(p *h264.Picture) { p.Y = p.Y[:len(p.Y)-1] }, "Y"},
		{"short Cb", func(p *h264.Picture) { p.Cb = p.Cb[:len(p.Cb)-1] }, "Cb"},
		{"short Cr", func(p *h264.Picture) { p.Cr = p.Cr[:len(p.Cr)-1] }, "Cr"},
		{"no samples", func(p *h264.Picture) { p.Y, p.Cb, p.Cr = nil, nil, nil }, "Y"},
		{"no Cr", func(p *h264.Picture) { p.Cr = nil }, "Cr"},
		{"YStride below the width", func(p *h264.Picture) { p.YStride = 49 }, "stride of Y is 49"},
		{"CStride below the width", func(p *h264.Picture) { p.CStride = 24 }, "stride of Cb is 24"},
		{"zero YStride", func(p *h264.Picture) { p.YStride = 0 }, "stride of Y is 0"},
		{"negative CStride", func(p *h264.Picture) { p.CStride = -25 }, "stride of Cb is -25"},
		{"huge YStride", func(p *h264.Picture) { p.YStride = math.MaxInt }, "Y"},
		{"huge CStride", func(p *h264.Picture) { p.CStride = math.MaxInt/18 + 1 }, "C"},
		{"PTS as before", func(p *h264.Picture) { p.PTS-- }, "PTS"},
		{"PTS goes back", func(p *h264.Picture) { p.PTS = -1 }, "PTS is -1"},
	}
	enc, err := h264.NewEncoder(want.config)
	if err != nil {
		t.Fatal(err)
	}
	defer enc.Close()
	got := stream{name: "bad ones between", config: want.config}
	for i, f := range clip {
		if i > 0 {
			for _, b := range bad {
				p := picture(f, int64(i))
				b.edit(p)
				units, err := enc.Encode(p)
				if !errors.Is(err, h264.ErrPicture) || units != nil {
					t.Errorf("%s: %d access units, error %v, want ErrPicture", b.name, len(units), err)
				} else if !strings.Contains(err.Error(), b.want) {
					t.Errorf("%s: error %q doesn't say %q", b.name, err, b.want)
				}
			}
			if units, err := enc.Encode(nil); !errors.Is(err, h264.ErrPicture) || units != nil {
				t.Errorf("nil picture: error %v, want ErrPicture", err)
			}
		}
		units, err := enc.Encode(picture(f, int64(i)))
		if err != nil {
			t.Fatal(err)
		}
		got.take(t, units)
	}
	got.flush(t, enc)
	if !bytes.Equal(got.bytes, want.bytes) {
		t.Error("the refused pictures changed the stream")
	}
}

func TestEncodeAfterTheEnd(t *testing.T) {
	f := testvideo.Render(testvideo.Flat, 32, 32, 0, true)
	for _, end := range []struct {
		name string
		call func(e *h264.Encoder)
	}{
		{"Flush", func(e *h264.Encoder) { e.Flush() }},
		{"Close", func(e *h264.Encoder) { e.Close() }},
		{"Close twice", func(e *h264.Encoder) { e.Close(); e.Close() }},
		{"Flush and Close", func(e *h264.Encoder) { e.Flush(); e.Close() }},
	} {
		enc, err := h264.NewEncoder(configFor(h264.Config{}, f))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := enc.Encode(picture(f, 0)); err != nil {
			t.Fatal(err)
		}
		end.call(enc)
		if units, err := enc.Encode(picture(f, 1)); !errors.Is(err, h264.ErrClosed) || units != nil {
			t.Errorf("Encode after %s: %d access units, error %v, want ErrClosed", end.name, len(units), err)
		}
		enc.Flush()
		enc.Close()
	}
}

// Flush without a picture gives nothing and fails not.
func TestFlushOfNothing(t *testing.T) {
	enc, err := h264.NewEncoder(h264.Config{Width: 16, Height: 16, FrameRate: rate})
	if err != nil {
		t.Fatal(err)
	}
	defer enc.Close()
	if units, err := enc.Flush(); err != nil || len(units) != 0 {
		t.Errorf("%d access units, error %v", len(units), err)
	}
}

// Encode copies the planes: the caller may overwrite them as soon as it
// returns. And only the samples within the picture count, whatever the stride.
func TestPlanesAreCopied(t *testing.T) {
	for _, subsampled := range []bool{true, false} {
		clip := testvideo.Clip(testvideo.Moving, 50, 310, 6, subsampled)
		want := encode(t, "tight planes", h264.Config{Threads: 3}, clip, nil)

		f := clip[0]
		cw, ch := f.ChromaSize()
		const pad = 13
		shared := h264.Picture{YStride: f.Width + pad, CStride: cw + pad}
		shared.Y = make([]uint8, shared.YStride*f.Height)
		shared.Cb = make([]uint8, shared.CStride*ch)
		shared.Cr = make([]uint8, shared.CStride*ch)
		enc, err := h264.NewEncoder(want.config)
		if err != nil {
			t.Fatal(err)
		}
		got := stream{name: "one buffer", config: want.config}
		for i, f := range clip {
			for p, plane := range [3][]uint8{shared.Y, shared.Cb, shared.Cr} {
				for j := range plane {
					plane[j] = uint8(i*50 + 77) // the padding differs from picture to picture
				}
				source, width, stride := [3][]uint8{f.Y, f.Cb, f.Cr}[p], f.Width, shared.YStride
				if p > 0 {
					width, stride = cw, shared.CStride
				}
				for y := 0; y*width < len(source); y++ {
					copy(plane[y*stride:], source[y*width:(y+1)*width])
				}
			}
			shared.PTS = int64(i)
			units, err := enc.Encode(&shared)
			if err != nil {
				t.Fatal(err)
			}
			got.take(t, units)
		}
		got.flush(t, enc)
		enc.Close()
		if !bytes.Equal(got.bytes, want.bytes) {
			t.Errorf("subsampled=%v: the stream depends on the buffers of the planes", subsampled)
		}
	}
}

// The last row of a plane needs no padding behind it.
func TestShortLastRow(t *testing.T) {
	f := testvideo.Render(testvideo.Text, 48, 32, 0, true)
	p := picture(f, 0)
	p.Y, p.YStride = make([]uint8, 100*31+48), 100
	p.Cb, p.Cr, p.CStride = make([]uint8, 90*15+24), make([]uint8, 90*15+24), 90
	enc, err := h264.NewEncoder(configFor(h264.Config{}, f))
	if err != nil {
		t.Fatal(err)
	}
	defer enc.Close()
	if _, err := enc.Encode(p); err != nil {
		t.Error(err)
	}
}

// PTS may start anywhere and leave gaps; they come back unchanged and in order.
func TestTimes(t *testing.T) {
	times := []int64{-1000, -999, 0, 1, 1 << 40}
	clip := testvideo.Clip(testvideo.Moving, 32, 32, len(times), true)
	s := encode(t, "times", h264.Config{VariableRate: true}, clip, func(i int, p *h264.Picture) { p.PTS = times[i] })
	for i, au := range s.units {
		if au.PTS != times[i] {
			t.Errorf("access unit %d has PTS %d, want %d", i, au.PTS, times[i])
		}
	}
}

// AccessUnit.SSD is what the reconstruction differs from the picture by.
func TestSSD(t *testing.T) {
	for _, subsampled := range []bool{true, false} {
		clip := testvideo.Clip(testvideo.Moving, 50, 38, 4, subsampled)
		s := encode(t, "SSD", h264.Config{MeasurePSNR: true, Reconstruction: true}, clip, nil)
		for i, f := range clip {
			recon := s.recon[i*s.pictureBytes():]
			var want [3]uint64
			for p, g := range s.planes() {
				for j, v := range [3][]uint8{f.Y, f.Cb, f.Cr}[p] {
					d := int64(v) - int64(recon[g.offset+j])
					want[p] += uint64(d * d)
				}
			}
			if got := s.units[i].SSD; got != want {
				t.Errorf("subsampled=%v, picture %d: SSD %v, want %v", subsampled, i, got, want)
			}
		}
	}
}

// A higher CRF or QP costs fewer bytes and quality, and the ends of the scale are
// as good and as small as one expects.
func TestQualityFollowsQuantiser(t *testing.T) {
	clip := testvideo.Clip(testvideo.Moving, 112, 80, 6, true)
	psnr := func(s stream) float64 {
		var ssd uint64
		for _, au := range s.units {
			ssd += au.SSD[0]
		}
		return 10 * math.Log10(255*255*float64(112*80*len(s.units))/float64(ssd))
	}
	for _, preset := range presets() {
		for _, control := range []h264.RateControl{h264.ConstantRateFactor, h264.ConstantQP} {
			lastBytes, lastPSNR, lastQP := math.MaxInt, math.Inf(1), -1.0
			for _, v := range []int{1, 8, 15, 22, 29, 36, 43, 51} {
				cfg := h264.Config{Preset: preset, RateControl: control, CRF: float64(v), MeasurePSNR: true}
				if control == h264.ConstantQP {
					cfg.QP = v
				}
				s := encode(t, preset, cfg, clip, nil)
				size, quality, qp := len(s.bytes), psnr(s), s.units[len(s.units)-1].QP
				if size >= lastBytes || quality >= lastPSNR || qp < lastQP {
					t.Errorf("%s, control %d, value %d: %d bytes, %.2f dB, QP %.1f after %d bytes, %.2f dB, QP %.1f", preset, control, v,
						size, quality, qp, lastBytes, lastPSNR, lastQP)
				}
				if control == h264.ConstantQP && v == 1 && quality < 55 {
					t.Errorf("%s: %.2f dB at QP 1", preset, quality)
				}
				lastBytes, lastPSNR, lastQP = size, quality, qp
			}
		}
	}
}

// Encoders share nothing: several at once give what each gives alone.
func TestEncodersAreIndependent(t *testing.T) {
	configs := []h264.Config{{}, {Preset: "ultrafast", Threads: 2}, {Preset: "slow", CRF: 30, Threads: 3}, {CRF: 12, KeyInt: 2}}
	clip := testvideo.Clip(testvideo.Moving, 96, 64, 5, true)
	var group sync.WaitGroup
	together := make([]stream, len(configs))
	for i, cfg := range configs {
		group.Add(1)
		go func() {
			defer group.Done()
			together[i] = encode(t, "together", cfg, clip, nil)
		}()
	}
	group.Wait()
	for i, cfg := range configs {
		if alone := encode(t, "alone", cfg, clip, nil); !bytes.Equal(alone.bytes, together[i].bytes) {
			t.Errorf("encoder %d gives another stream beside others", i)
		}
	}
}

// Closing an encoder in the middle of its work ends its goroutines; the race
// detector and the test's time limit would notice a failure.
func TestCloseWithoutFlush(t *testing.T) {
	clip := testvideo.Clip(testvideo.Moving, 96, 64, 3, true)
	for i := 0; i < 20; i++ {
		enc, err := h264.NewEncoder(configFor(h264.Config{Threads: 4}, clip[0]))
		if err != nil {
			t.Fatal(err)
		}
		for j := 0; j < i%4; j++ {
			if _, err := enc.Encode(picture(clip[j], int64(j))); err != nil {
				t.Fatal(err)
			}
		}
		enc.Close()
	}
}
