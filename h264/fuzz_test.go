package h264_test

import (
	"fmt"
	"math/rand"
	"testing"

	"github.com/g264/g264/h264"
	"github.com/g264/g264/internal/testenv"
	"github.com/g264/g264/internal/testvideo"
)

// choices turns fuzzed bytes into choices. When they are used up every choice
// is 0.
type choices []byte

// below chooses a number from 0 to n-1.
func (c *choices) below(n int) int {
	v := 0
	for range 2 {
		if v <<= 8; len(*c) > 0 {
			v |= int((*c)[0])
			*c = (*c)[1:]
		}
		if n <= 256 {
			break
		}
	}
	return v % n
}

// within chooses a number from low to high.
func (c *choices) within(low, high int) int { return low + c.below(high-low+1) }

func (c *choices) coin() bool { return c.below(2) == 1 }

// config chooses options from all that are valid.
func (c *choices) config() h264.Config {
	cfg := h264.Config{
		Preset:         h264.Presets()[c.below(len(h264.Presets()))],
		Chroma:         h264.Chroma(c.below(2)),
		NoCABAC:        c.below(4) == 3,
		NoTransform8x8: c.below(4) == 3,
		NoWeights:      c.below(4) == 3,
		CRF:            float64(c.within(4, 204)) / 4,
		KeyInt:         c.below(12),
		NoSceneCut:     c.coin(),
		NoAQ:           c.coin(),
		AQStrength:     float64(c.within(0, 40)) / 10,
		ChromaQPOffset: c.within(-6, 6),
		DeblockAlpha:   c.within(-6, 6),
		DeblockBeta:    c.within(-6, 6),
		NoDeblock:      c.below(8) == 1,
		NoSEI:          c.coin(),
		Delimiters:     c.coin(),
		Tune:           h264.Tunes()[c.below(len(h264.Tunes())-1)], // but zerolatency, which excludes Lookahead
		HeadersOnce:    c.coin(),
		VariableRate:   c.coin(),
		FrameRate:      h264.Rational{Num: uint32(c.within(1, 60000)), Den: uint32(c.within(1, 1001))},
		Threads:        c.within(1, 4),
		Width:          c.within(1, 80),
		Height:         c.within(1, 80),
		Reconstruction: true,
	}
	if cfg.Chroma == h264.Chroma444 {
		cfg.Profile = []string{"auto", "high444"}[c.below(2)]
	} else {
		cfg.Profile = []string{"auto", "baseline", "main", "high"}[c.below(4)]
	}
	switch c.below(4) {
	case 2:
		cfg.RateControl, cfg.Bitrate = h264.AverageBitrate, c.within(1, 2000)
	case 3:
		cfg.RateControl, cfg.QP = h264.ConstantQP, c.below(52)
	}
	if cfg.RateControl != h264.ConstantQP && c.coin() {
		cfg.MaxRate, cfg.BufferSize = cfg.Bitrate+c.within(1, 1000), c.within(1, 1000)
		cfg.HRD = !cfg.VariableRate
	}
	cfg.NoMBTree, cfg.LowLatency = c.coin(), c.coin()
	if !cfg.LowLatency {
		cfg.Lookahead = c.below(6)
	}
	cfg.QPMax = c.below(52)
	if cfg.QPMax > 0 {
		cfg.QPMin = c.below(cfg.QPMax)
	}
	cfg.QCompress, cfg.IPRatio = float64(c.below(11))/10, float64(c.within(10, 40))/10
	cfg.AQMode = h264.AQMode(c.below(2))
	if c.below(5) == 4 {
		cfg.Lossless, cfg.RateControl, cfg.QP, cfg.CRF = true, h264.ConstantRateFactor, 0, 0
		cfg.Bitrate, cfg.MaxRate, cfg.BufferSize, cfg.HRD = 0, 0, 0, false
		cfg.Profile = []string{"auto", "high444"}[c.below(2)]
	}
	if cfg.KeyInt != 1 {
		cfg.MinKeyInt = c.below(2)
	}
	if cfg.Chroma == h264.Chroma420 {
		cfg.Width, cfg.Height = (cfg.Width+1)&^1, (cfg.Height+1)&^1
	}
	if c.coin() {
		cfg.Colour = h264.Colour{Primaries: 1, Transfer: 1, Matrix: 1, FullRange: c.coin(), ChromaLoc: uint8(c.below(2))}
		// ffmpeg refuses aspect ratios that leave less than a sample of a side.
		least := min(cfg.Width, cfg.Height)
		cfg.SampleAspect = h264.Rational{Num: uint32(c.within(1, least)), Den: uint32(c.within(1, least))}
	}
	for range c.below(6) {
		cfg.Options += string([]byte{byte(c.below(256))})
	}
	return cfg
}

// frames draws pictures that reach the encoder's modes: each is the one before,
// moved, with rectangles of flat colour, noise, ramps and extreme stripes, and
// rectangles that were copied from elsewhere in the picture before. The light may
// change from picture to picture.
func (c *choices) frames(cfg h264.Config) []testvideo.Frame {
	frames := make([]testvideo.Frame, c.within(1, 6))
	random := rand.New(rand.NewSource(int64(c.below(1 << 16))))
	calm := c.below(3) // how much of the pictures changes
	for i := range frames {
		f := testvideo.NewFrame(cfg.Width, cfg.Height, cfg.Chroma == h264.Chroma420)
		cw, ch := f.ChromaSize()
		moveX, moveY := random.Intn(9)-4, random.Intn(9)-4
		if random.Intn(3) < calm {
			moveX, moveY = 0, 0
		}
		rects := random.Intn(7 - 2*calm)
		for p, plane := range [3][]uint8{f.Y, f.Cb, f.Cr} {
			w, h := f.Width, f.Height
			if p > 0 {
				w, h = cw, ch
			}
			var before []uint8
			if i > 0 {
				before = [3][]uint8{frames[i-1].Y, frames[i-1].Cb, frames[i-1].Cr}[p]
				shift(plane, before, w, h, 0, 0, w, h, moveX, moveY)
			}
			for range rects {
				x, y := random.Intn(w), random.Intn(h)
				rectW, rectH := 1+random.Intn(w-x), 1+random.Intn(h-y)
				kind, a, b := random.Intn(5), random.Intn(256), random.Intn(256)
				for yy := y; yy < y+rectH; yy++ {
					for xx := x; xx < x+rectW; xx++ {
						switch kind {
						case 0:
							plane[yy*w+xx] = uint8(a)
						case 1:
							plane[yy*w+xx] = uint8(random.Intn(256))
						case 2:
							plane[yy*w+xx] = uint8(a + (xx*b+yy*(255-b))/64)
						case 3:
							plane[yy*w+xx] = uint8(255 * ((xx*(a%3) + yy*(b%3)) / 2 % 2))
						}
					}
				}
				if kind == 4 && before != nil {
					shift(plane, before, w, h, x, y, rectW, rectH, a-128, b/4-32)
				}
			}
		}
		frames[i] = f
	}
	if c.below(3) == 2 {
		for i := range frames {
			frames[i] = frames[i].Darkened(1+random.Intn(16), 16)
		}
	}
	return frames
}

// shift fills a rectangle of a w x h plane from another one, moved by (dx, dy)
// and repeated at its borders.
func shift(to, from []uint8, w, h, x, y, rectW, rectH, dx, dy int) {
	for yy := y; yy < y+rectH; yy++ {
		for xx := x; xx < x+rectW; xx++ {
			to[yy*w+xx] = from[min(max(yy+dy, 0), h-1)*w+min(max(xx+dx, 0), w-1)]
		}
	}
}

// decodeChoice codes what the bytes choose and has ffmpeg decode it exactly.
func decodeChoice(t *testing.T, data []byte) {
	c := choices(data)
	cfg := c.config()
	frames := c.frames(cfg)
	force := c.below(16)
	s := encode(t, fmt.Sprintf("%+v", cfg), cfg, frames, func(i int, p *h264.Picture) { p.ForceKey = i > 0 && i == force })
	parse(t, s)
	decodeExactly(t, s)
}

// Any valid options and any pictures give a stream that ffmpeg decodes to
// exactly the reconstruction.
func FuzzDecode(f *testing.F) {
	testenv.Need(f, "ffmpeg")
	random := rand.New(rand.NewSource(1))
	count := 100
	if testing.Short() {
		count = 8
	}
	f.Add([]byte{})
	for range count {
		data := make([]byte, 48)
		random.Read(data)
		f.Add(data)
	}
	f.Fuzz(decodeChoice)
}
