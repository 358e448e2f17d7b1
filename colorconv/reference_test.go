package colorconv

import (
	"image"
	"image/color"
	"math"
	"math/rand"
	"testing"
)

// The reference: the formulas of the standards in floating point, a pixel at a
// time, written without regard to how the package computes.

var allSpaces = []Space{{BT709, false}, {BT709, true}, {BT601, false}, {BT601, true}}

type sample3 [3]float64

// refPixel converts R, G, B of 0 to 255 to real-valued Y, Cb, Cr.
func refPixel(s Space, r, g, b float64) sample3 {
	kr, kb := 0.2126, 0.0722
	if s.Matrix == BT601 {
		kr, kb = 0.299, 0.114
	}
	ey := (kr*r + (1-kr-kb)*g + kb*b) / 255
	ecb, ecr := (b/255-ey)/(2*(1-kb)), (r/255-ey)/(2*(1-kr))
	if s.FullRange {
		return sample3{255 * ey, 255*ecb + 128, 255*ecr + 128}
	}
	return sample3{219*ey + 16, 224*ecb + 128, 224*ecr + 128}
}

// refJFIF converts a JFIF sample to another space through unclipped real RGB.
func refJFIF(s Space, v sample3) sample3 {
	if s == (Space{BT601, true}) {
		return v
	}
	y, cb, cr := v[0], v[1]-128, v[2]-128
	r, b := y+1.402*cr, y+1.772*cb
	return refPixel(s, r, (y-0.299*r-0.114*b)/0.587, b)
}

// refPlane is a plane of real samples at pixel positions x0 + i*dx, y0 + j*dy.
type refPlane struct {
	v              []float64
	w, h           int
	x0, dx, y0, dy float64
}

// at interpolates linearly, and repeats the ends.
func (p *refPlane) at(x, y float64) float64 {
	u := math.Min(math.Max((x-p.x0)/p.dx, 0), float64(p.w-1))
	v := math.Min(math.Max((y-p.y0)/p.dy, 0), float64(p.h-1))
	i, j := int(u), int(v)
	fx, fy := u-float64(i), v-float64(j)
	i1, j1 := min(i+1, p.w-1), min(j+1, p.h-1)
	return (1-fy)*((1-fx)*p.v[j*p.w+i]+fx*p.v[j*p.w+i1]) + fy*((1-fx)*p.v[j1*p.w+i]+fx*p.v[j1*p.w+i1])
}

// chroma420 samples a chroma plane as 4:2:0 of a siting.
func (p *refPlane) chroma420(i, j int, siting Siting) float64 {
	x, y := float64(2*i), float64(2*j)+0.5
	if siting == Centre {
		return p.at(x+0.5, y)
	}
	if p.dx == 1 {
		return (p.at(x-1, y) + 2*p.at(x, y) + p.at(x+1, y)) / 4
	}
	return p.at(x, y)
}

// maxError is the largest difference from the exact formula that the package
// documentation permits; the project's promise for 4:4:4 is 1.
const maxError = 0.52

// near fails where a sample is further than maxError from the real value, clipped.
func near(t *testing.T, what string, x, y int, got uint8, want float64) {
	t.Helper()
	want = math.Min(math.Max(want, 0), 255)
	if math.Abs(float64(got)-want) > maxError {
		t.Fatalf("%s(%d, %d) is %d, the reference %.3f", what, x, y, got, want)
	}
}

// expectPixels compares with the reference of RGB pixels.
func expectPixels(t *testing.T, got *YUV, s Space, siting Siting, at func(x, y int) (r, g, b float64)) {
	t.Helper()
	w, h := got.Width, got.Height
	var plane [3]refPlane
	for k := range plane {
		plane[k] = refPlane{v: make([]float64, w*h), w: w, h: h, dx: 1, dy: 1}
	}
	for i := 0; i < w*h; i++ {
		r, g, b := at(i%w, i/w)
		for k, v := range refPixel(s, r, g, b) {
			plane[k].v[i] = v
		}
	}
	expectPlanes(t, got, siting, &plane)
}

// expectPlanes compares with planes of the destination's colour.
func expectPlanes(t *testing.T, got *YUV, siting Siting, plane *[3]refPlane) {
	t.Helper()
	for y := 0; y < got.lumaHeight(); y++ {
		for x := 0; x < got.lumaWidth(); x++ {
			near(t, "Y", x, y, got.Y[y*got.YStride+x], plane[0].at(float64(x), float64(y)))
		}
	}
	for y := 0; y < got.chromaHeight(); y++ {
		for x := 0; x < got.chromaWidth(); x++ {
			cb, cr := plane[1].at(float64(x), float64(y)), plane[2].at(float64(x), float64(y))
			if got.Subsampled {
				cb, cr = plane[1].chroma420(x, y, siting), plane[2].chroma420(x, y, siting)
			}
			near(t, "Cb", x, y, got.Cb[y*got.CStride+x], cb)
			near(t, "Cr", x, y, got.Cr[y*got.CStride+x], cr)
		}
	}
}

// guarded makes a destination with gaps between its rows and around its planes,
// and a function that fails where any of them was written.
func guarded(t *testing.T, w, h int, subsampled bool) (*YUV, func()) {
	t.Helper()
	const mark, margin = 0xa5, 7
	p := &YUV{Width: w, Height: h, Subsampled: subsampled}
	p.YStride, p.CStride = p.lumaWidth()+5, p.chromaWidth()+3
	var check []func()
	plane := func(stride, w, h int) []uint8 {
		n := (h-1)*stride + w
		buf := make([]uint8, margin+n+margin)
		for i := range buf {
			buf[i] = mark
		}
		check = append(check, func() {
			t.Helper()
			for i, v := range buf {
				j := i - margin
				if (j < 0 || j >= n || j%stride >= w) && v != mark {
					t.Fatalf("byte %d of a %dx%d plane of stride %d was written", j, w, h, stride)
				}
			}
		})
		return buf[margin : margin+n]
	}
	p.Y = plane(p.YStride, p.lumaWidth(), p.lumaHeight())
	p.Cb = plane(p.CStride, p.chromaWidth(), p.chromaHeight())
	p.Cr = plane(p.CStride, p.chromaWidth(), p.chromaHeight())
	return p, func() {
		t.Helper()
		for _, f := range check {
			f()
		}
	}
}

// noise returns bytes of which many are extreme.
func noise(seed int64, n int) []uint8 {
	r := rand.New(rand.NewSource(seed))
	p := make([]uint8, n)
	for i := range p {
		switch v := r.Intn(1024); {
		case v < 256:
			p[i] = uint8(-(v & 1))
		default:
			p[i] = uint8(v)
		}
	}
	return p
}

// plain hides an image's type, so that only At is left.
type plain struct{ image.Image }

func (p plain) At(x, y int) color.Color { return p.Image.At(x, y) }

func newYUV(tb testing.TB, w, h int, subsampled bool) *YUV {
	tb.Helper()
	p, err := NewYUV(w, h, subsampled)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func sameYUV(t *testing.T, got, want *YUV) {
	t.Helper()
	same := func(name string, a, b []uint8, as, bs, w, h int) {
		t.Helper()
		for y := 0; y < h; y++ {
			for x := 0; x < w; x++ {
				if a[y*as+x] != b[y*bs+x] {
					t.Fatalf("%s(%d, %d) is %d, not %d", name, x, y, a[y*as+x], b[y*bs+x])
				}
			}
		}
	}
	same("Y", got.Y, want.Y, got.YStride, want.YStride, got.lumaWidth(), got.lumaHeight())
	same("Cb", got.Cb, want.Cb, got.CStride, want.CStride, got.chromaWidth(), got.chromaHeight())
	same("Cr", got.Cr, want.Cr, got.CStride, want.CStride, got.chromaWidth(), got.chromaHeight())
}
