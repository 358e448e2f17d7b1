package h264_test

import (
	"fmt"
	"testing"

	"github.com/g264/g264/h264"
	"github.com/g264/g264/internal/testenv"
	"github.com/g264/g264/internal/testvideo"
)

// paint draws a clip sample by sample: value gives plane p (Y, Cb, Cr) at luma
// position (x, y) of picture i.
func paint(width, height, pictures int, subsampled bool, value func(i, p, x, y int) int) []testvideo.Frame {
	clip := make([]testvideo.Frame, pictures)
	for i := range clip {
		f := testvideo.NewFrame(width, height, subsampled)
		cw, ch := f.ChromaSize()
		for p, plane := range [3][]uint8{f.Y, f.Cb, f.Cr} {
			w, h, scale := width, height, 1
			if p > 0 {
				w, h, scale = cw, ch, (width+cw-1)/cw
			}
			for j := range plane[:w*h] {
				plane[j] = uint8(value(i, p, j%w*scale, j/w*scale))
			}
		}
		clip[i] = f
	}
	return clip
}

// Contents and options that drive the encoder to its limits decode exactly in
// every preset.
func TestDecodeExtremes(t *testing.T) {
	testenv.Need(t, "ffmpeg")
	noise := func(i, p, x, y int) int {
		v := uint32(i)*7919 + uint32(p)*104729 + uint32(x)*0x9E3779B1 ^ uint32(y)*0x85EBCA77
		v = (v ^ v>>15) * 0x2C1B3C6D
		return int(v >> 24)
	}
	// Squares of noise, of a little texture and of nothing side by side.
	patches := func(i, p, x, y int) int {
		switch (x/16 + y/16 + i/2) % 3 {
		case 0:
			return noise(i, p, x, y)
		case 1:
			return 100 + (x+y+i)%2
		}
		return 90 + 10*p
	}
	// Black and white in patterns that leave the largest coefficients.
	checkers := func(i, p, x, y int) int { return 255 * ((x>>(i%3) ^ y>>(i/3%3)) & 1) }
	tests := []struct {
		name    string
		config  h264.Config
		picture []testvideo.Frame
	}{
		{"strong AQ", h264.Config{AQStrength: 4, CRF: 25}, paint(96, 80, 5, true, patches)},
		{"strong AQ in 4:4:4", h264.Config{AQStrength: 4, CRF: 40}, paint(96, 80, 5, false, patches)},
		{"QP 0", h264.Config{RateControl: h264.ConstantQP, NoDeblock: true}, paint(64, 48, 6, true, checkers)},
		{"QP 0 in 4:4:4", h264.Config{RateControl: h264.ConstantQP}, paint(64, 48, 6, false, checkers)},
		{"QP 0 of noise", h264.Config{RateControl: h264.ConstantQP}, paint(64, 48, 4, true, noise)},
		{"QP 0 of noise in 4:4:4", h264.Config{RateControl: h264.ConstantQP}, paint(64, 48, 4, false, noise)},
		{"QP 51", h264.Config{RateControl: h264.ConstantQP, QP: 51, DeblockAlpha: 6, DeblockBeta: 6}, paint(64, 48, 6, true, checkers)},
		{"low chroma QP", h264.Config{ChromaQPOffset: -12, CRF: 3}, paint(64, 48, 4, true, patches)},
		{"low chroma QP in 4:4:4", h264.Config{ChromaQPOffset: -24, CRF: 3}, paint(64, 48, 4, false, patches)},
		{"high chroma QP", h264.Config{ChromaQPOffset: 12, CRF: 50}, paint(64, 48, 4, true, patches)},
		{"high chroma QP in 4:4:4", h264.Config{ChromaQPOffset: 24, CRF: 50}, paint(64, 48, 4, false, patches)},
		// Level 1 permits vectors of 64 samples up and down; the texture moves by 100.
		{"vertical motion beyond the level", h264.Config{FrameRate: h264.Rational{Num: 10, Den: 1}, NoSceneCut: true},
			shifted(48, 448, 6, 0, 100)},
		{"vertical motion back", h264.Config{FrameRate: h264.Rational{Num: 10, Den: 1}, NoSceneCut: true}, shifted(48, 448, 6, 0, -61)},
		{"motion across the picture", h264.Config{NoSceneCut: true}, shifted(320, 32, 6, 200, 3)},
		// Two scenes by turns: each predicts from the picture before the last.
		{"flicker", h264.Config{NoSceneCut: true}, paint(96, 64, 8, true, func(i, p, x, y int) int {
			return 40 + 100*(i%2) + (x*(3+2*(i%2))+y*y/(5+i%2))%97
		})},
		{"one row", h264.Config{}, paint(16880, 2, 3, true, patches)},
		{"one column", h264.Config{}, paint(2, 16880, 3, true, patches)},
		{"one row in 4:4:4", h264.Config{Threads: 4}, paint(1999, 1, 3, false, patches)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			var b batch
			for _, preset := range presets() {
				cfg := test.config
				cfg.Preset, cfg.Reconstruction = preset, true
				s := encode(t, fmt.Sprintf("%s, %s", test.name, preset), cfg, test.picture, nil)
				parse(t, s)
				b.add(t, s)
			}
			b.decode(t)
		})
	}
}

// shifted is a texture that moves by (dx, dy) samples per picture.
func shifted(width, height, pictures, dx, dy int) []testvideo.Frame {
	field := testvideo.Render(testvideo.Moving, width+pictures*max(dx, -dx), height+pictures*max(dy, -dy), 0, false)
	x0, y0 := max(0, -dx)*pictures, max(0, -dy)*pictures
	return paint(width, height, pictures, true, func(i, p, x, y int) int {
		plane := [3][]uint8{field.Y, field.Cb, field.Cr}[p]
		return int(plane[(y0+y+i*dy)*field.Width+x0+x+i*dx])
	})
}
