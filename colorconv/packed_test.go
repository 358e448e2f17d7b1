package colorconv

import (
	"fmt"
	"testing"
)

var bothSitings = []Siting{Left, Centre}

// sizes of pictures in which ends, pairs and unrolled loops meet in every way.
func sizes() [][2]int {
	var s [][2]int
	for w := 1; w <= 19; w++ {
		s = append(s, [2]int{w, 1}, [2]int{w, 2}, [2]int{w, 3})
	}
	return append(s, [2]int{1, 6}, [2]int{2, 7}, [2]int{64, 5}, [2]int{65, 4})
}

// orders are the positions of R, G and B in the bytes of a pixel.
var orders = []struct {
	name    string
	format  Packed
	r, g, b int
}{
	{"BGR", BGR, 2, 1, 0}, {"RGB", RGB, 0, 1, 2}, {"BGRA", BGRA, 2, 1, 0}, {"RGBA", RGBA, 0, 1, 2}, {"PRGBA", PRGBA, 0, 1, 2}, {"Gray", Gray, 0, 0, 0},
}

func TestPackedPixelsMatchTheFormulaAndFilters(t *testing.T) {
	for _, o := range orders {
		for _, s := range allSpaces {
			for _, siting := range append(bothSitings, 0) {
				subsampled := siting != 0 || s.FullRange // 4:4:4 in half of the third round
				name := fmt.Sprintf("%s/%+v/%d/%v", o.name, s, siting, subsampled)
				t.Run(name, func(t *testing.T) {
					for _, size := range sizes() {
						testPacked(t, o.format, o.r, o.g, o.b, s, siting, size[0], size[1])
					}
				})
			}
		}
	}
}

// testPacked converts opaque noise to 4:2:0 and 4:4:4.
func testPacked(t *testing.T, format Packed, ri, gi, bi int, s Space, siting Siting, w, h int) {
	t.Helper()
	n := format.BytesPerPixel()
	stride := n*w + 3
	pix := noise(int64(w*100+h), (h-1)*stride+n*w)
	if n == 4 {
		for y := 0; y < h; y++ {
			for x := 0; x < w; x++ {
				pix[y*stride+4*x+3] = 255
			}
		}
	}
	for _, subsampled := range []bool{true, false} {
		dst, check := guarded(t, w, h, subsampled)
		c := New(s, [3]uint8{1, 2, 3})
		c.Siting = siting
		if err := c.Packed(dst, format, pix, stride); err != nil {
			t.Fatal(err)
		}
		check()
		expectPixels(t, dst, s, siting, func(x, y int) (r, g, b float64) {
			p := pix[y*stride+n*x:]
			return float64(p[ri]), float64(p[gi]), float64(p[bi])
		})
	}
}

func TestAlphaIsCompositedOnTheBackground(t *testing.T) {
	bg := [3]uint8{200, 100, 10}
	const w, h = 16, 5
	for _, o := range orders {
		if o.format.BytesPerPixel() != 4 {
			continue
		}
		t.Run(o.name, func(t *testing.T) {
			pix := noise(7, 4*w*h)
			for i := 0; i < len(pix); i += 4 {
				a := int(pix[i+3])
				for j := 0; j < 3 && o.format == PRGBA; j++ {
					pix[i+j] = uint8(int(pix[i+j]) * a / 255)
				}
			}
			for _, subsampled := range []bool{true, false} {
				c, got, want := New(Space{}, bg), newYUV(t, w, h, subsampled), newYUV(t, w, h, subsampled)
				if err := c.Packed(got, o.format, pix, 4*w); err != nil {
					t.Fatal(err)
				}
				rgb := make([]uint8, 0, 3*w*h)
				for i := 0; i < len(pix); i += 4 {
					for k, at := range [3]int{o.r, o.g, o.b} {
						v, a := float64(pix[i+at]), float64(pix[i+3])/255
						if o.format != PRGBA {
							v *= a
						}
						rgb = append(rgb, uint8(v+float64(bg[k])*(1-a)+0.5))
					}
				}
				if err := c.Packed(want, RGB, rgb, 3*w); err != nil {
					t.Fatal(err)
				}
				sameYUV(t, got, want)
			}
		})
	}
}

// A premultiplied colour above its alpha is no colour, but must not wrap around.
func TestPremultipliedColourAboveAlphaSaturates(t *testing.T) {
	c, got, want := New(Space{}, [3]uint8{255, 255, 255}), newYUV(t, 1, 1, false), newYUV(t, 1, 1, false)
	if err := c.Packed(got, PRGBA, []uint8{250, 250, 250, 9}, 4); err != nil {
		t.Fatal(err)
	}
	if err := c.Packed(want, RGB, []uint8{255, 255, 255}, 3); err != nil {
		t.Fatal(err)
	}
	sameYUV(t, got, want)
}

func TestPackedRefusesWhatItCantConvert(t *testing.T) {
	ok := func() *YUV { return newYUV(t, 5, 3, true) }
	with := func(change func(*YUV)) *YUV {
		p := ok()
		change(p)
		return p
	}
	const maxInt = int(^uint(0) >> 1)
	for _, tc := range []struct {
		name   string
		dst    *YUV
		format Packed
		n      int
		stride int
		text   string
	}{
		{"nil destination", nil, BGR, 45, 15, "destination is nil"},
		{"zero width", with(func(p *YUV) { p.Width = 0 }), BGR, 45, 15, "size 0x3, each side must be 1 to 65536"},
		{"negative height", with(func(p *YUV) { p.Height = -1 }), BGR, 45, 15, "size 5x-1, each side must be 1 to 65536"},
		{"huge", with(func(p *YUV) { p.Width = maxInt }), BGR, 45, 15, fmt.Sprintf("size %dx3, each side must be 1 to 65536", maxInt)},
		{"short Y", with(func(p *YUV) { p.Y = p.Y[:23] }), BGR, 45, 15, "destination Y: 23 bytes are too few for 4 rows of 6 bytes at stride 6"},
		{"short Cb", with(func(p *YUV) { p.Cb = p.Cb[:5] }), BGR, 45, 15, "destination Cb: 5 bytes are too few for 2 rows of 3 bytes at stride 3"},
		{"no Cr", with(func(p *YUV) { p.Cr = nil }), BGR, 45, 15, "destination Cr: 0 bytes are too few for 2 rows of 3 bytes at stride 3"},
		{"destination stride", with(func(p *YUV) { p.YStride = 5 }), BGR, 45, 15, "stride of destination Y is 5, a row has 6 bytes"},
		{"chroma stride", with(func(p *YUV) { p.CStride = maxInt }), BGR, 45, 15, fmt.Sprintf("destination Cb: 6 bytes are too few for 2 rows of 3 bytes at stride %d", maxInt)},
		{"format", ok(), 77, 45, 15, "pixel format 77 is not known, the last is 5"},
		{"short pixels", ok(), BGR, 44, 15, "pixels: 44 bytes are too few for 3 rows of 15 bytes at stride 15"},
		{"no pixels", ok(), RGBA, 0, 20, "pixels: 0 bytes are too few for 3 rows of 20 bytes at stride 20"},
		{"stride", ok(), BGR, 45, 14, "stride of pixels is 14, a row has 15 bytes"},
		{"negative stride", ok(), BGR, 45, -15, "stride of pixels is -15, a row has 15 bytes"},
		{"huge stride", ok(), BGR, 45, maxInt, fmt.Sprintf("pixels: 45 bytes are too few for 3 rows of 15 bytes at stride %d", maxInt)},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := New(Space{}, [3]uint8{}).Packed(tc.dst, tc.format, make([]uint8, tc.n), tc.stride)
			expectError(t, err, tc.text)
		})
	}
}

func TestNewYUVRefusesSizes(t *testing.T) {
	_, err := NewYUV(65537, 1, true)
	expectError(t, err, "size 65537x1, each side must be 1 to 65536")
	if _, err := NewYUV(1, 1, true); err != nil {
		t.Error(err)
	}
}

func TestUnknownMatrixIsBT709(t *testing.T) {
	if got, want := New(Space{Matrix: 200}, [3]uint8{}), New(Space{}, [3]uint8{}); got.rgb.chroma != want.rgb.chroma {
		t.Errorf("coefficients %v, want %v", got.rgb.chroma, want.rgb.chroma)
	}
}
