package colorconv

import (
	"fmt"
	"image"
	"math"
	"runtime"
	"testing"
)

// colourStep is 1 where all 16.7 million colours are tried, which takes a few
// seconds; emulated and instrumented runs try every 15th value of each component.
func colourStep() int {
	if testing.Short() || raceEnabled || runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64" {
		return 15
	}
	return 1
}

// worst keeps the largest error of each sample.
type worst [3]float64

func (w *worst) add(k int, got uint8, want float64) {
	w[k] = math.Max(w[k], math.Abs(float64(got)-want))
}

func (w worst) check(t *testing.T) {
	t.Helper()
	t.Logf("largest errors of Y, Cb, Cr: %.4f %.4f %.4f", w[0], w[1], w[2])
	for k, e := range w {
		if e > maxError {
			t.Errorf("sample %d is off by up to %.4f", k, e)
		}
	}
}

// values lists the component values that are tried.
func values() []int {
	var v []int
	for i := 0; i < 256; i += colourStep() {
		v = append(v, i)
	}
	return v
}

func TestEveryColourIn444IsWithinOneOfTheFormula(t *testing.T) {
	vals := values()
	n := len(vals)
	for _, s := range allSpaces {
		t.Run(fmt.Sprintf("%+v", s), func(t *testing.T) {
			// Y, Cb and Cr are sums of what each component adds.
			var part [3][256]sample3
			zero := refPixel(s, 0, 0, 0)
			for v := range part[0] {
				f := float64(v)
				part[0][v], part[1][v], part[2][v] = refPixel(s, f, 0, 0), refPixel(s, 0, f, 0), refPixel(s, 0, 0, f)
			}
			c, dst := New(s, [3]uint8{}), newYUV(t, n, n, false)
			pix := make([]uint8, 3*n*n)
			var e worst
			for _, r := range vals {
				for i := 0; i < n*n; i++ {
					pix[3*i], pix[3*i+1], pix[3*i+2] = uint8(vals[i%n]), uint8(vals[i/n]), uint8(r)
				}
				if err := c.Packed(dst, BGR, pix, 3*n); err != nil {
					t.Fatal(err)
				}
				for j, g := range vals {
					var base sample3
					for k := range base {
						base[k] = part[0][r][k] + part[1][g][k] - 2*zero[k]
					}
					for i, b := range vals {
						p := &part[2][b]
						e.add(0, dst.Y[j*n+i], base[0]+p[0])
						e.add(1, dst.Cb[j*n+i], base[1]+p[1])
						e.add(2, dst.Cr[j*n+i], base[2]+p[2])
					}
				}
			}
			e.check(t)
		})
	}
}

func TestEveryJFIFSampleIsWithinOneOfTheFormula(t *testing.T) {
	vals := values()
	n := len(vals)
	for _, s := range allSpaces {
		t.Run(fmt.Sprintf("%+v", s), func(t *testing.T) {
			origin := refJFIF(s, sample3{0, 128, 128})
			var part [3][256]sample3
			for v := range part[0] {
				f := float64(v)
				part[0][v], part[1][v], part[2][v] = refJFIF(s, sample3{f, 128, 128}), refJFIF(s, sample3{0, f, 128}), refJFIF(s, sample3{0, 128, f})
			}
			c, dst := New(s, [3]uint8{}), newYUV(t, n, n, false)
			img := image.NewYCbCr(image.Rect(0, 0, n, n), image.YCbCrSubsampleRatio444)
			for i := range img.Cb {
				img.Cb[i], img.Cr[i] = uint8(vals[i%n]), uint8(vals[i/n])
			}
			var e worst
			for _, y := range vals {
				fill(img.Y, uint8(y))
				if err := c.Image(dst, img); err != nil {
					t.Fatal(err)
				}
				for j, cr := range vals {
					for i, cb := range vals {
						for k, plane := range [3][]uint8{dst.Y, dst.Cb, dst.Cr} {
							v := part[0][y][k] + part[1][cb][k] + part[2][cr][k] - 2*origin[k]
							e.add(k, plane[j*n+i], math.Min(math.Max(v, 0), 255))
						}
					}
				}
			}
			e.check(t)
		})
	}
}

func fill(p []uint8, v uint8) {
	for i := range p {
		p[i] = v
	}
}

func TestGreysHaveNoColourAndExactEnds(t *testing.T) {
	for _, s := range allSpaces {
		c := New(s, [3]uint8{})
		pix := make([]uint8, 256)
		img := image.NewYCbCr(image.Rect(0, 0, 256, 1), image.YCbCrSubsampleRatio444)
		rgb := make([]uint8, 3*256)
		for i := range pix {
			pix[i], img.Y[i], img.Cb[i], img.Cr[i] = uint8(i), uint8(i), 128, 128
			rgb[3*i], rgb[3*i+1], rgb[3*i+2] = uint8(i), uint8(i), uint8(i)
		}
		a, b, d := newYUV(t, 256, 1, false), newYUV(t, 256, 1, false), newYUV(t, 256, 1, false)
		for _, err := range []error{c.Packed(a, Gray, pix, 256), c.Packed(b, RGB, rgb, 3*256), c.Image(d, img)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		sameYUV(t, a, b)
		sameYUV(t, a, d)
		black, white := uint8(16), uint8(235)
		if s.FullRange {
			black, white = 0, 255
		}
		if a.Y[0] != black || a.Y[255] != white {
			t.Errorf("%+v: black is %d, white %d", s, a.Y[0], a.Y[255])
		}
		for i := range a.Cb {
			if a.Cb[i] != 128 || a.Cr[i] != 128 {
				t.Fatalf("%+v: grey %d has Cb %d, Cr %d", s, i, a.Cb[i], a.Cr[i])
			}
		}
	}
}

// The codes that every table of BT.709's 100 % colours lists for 8 bits.
func TestBT709PrimariesHaveTheirKnownCodes(t *testing.T) {
	c, dst := New(Space{}, [3]uint8{}), newYUV(t, 1, 1, false)
	for _, p := range []struct{ rgb, ycc [3]uint8 }{
		{[3]uint8{255, 0, 0}, [3]uint8{63, 102, 240}},
		{[3]uint8{0, 255, 0}, [3]uint8{173, 42, 26}},
		{[3]uint8{0, 0, 255}, [3]uint8{32, 240, 118}},
		{[3]uint8{255, 255, 0}, [3]uint8{219, 16, 138}},
	} {
		if err := c.Packed(dst, RGB, p.rgb[:], 3); err != nil {
			t.Fatal(err)
		}
		if got := [3]uint8{dst.Y[0], dst.Cb[0], dst.Cr[0]}; got != p.ycc {
			t.Errorf("%v is %v, not %v", p.rgb, got, p.ycc)
		}
	}
}
