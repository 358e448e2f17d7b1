package colorconv

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"strings"
	"testing"
)

func expectError(t *testing.T, err error, text string) {
	t.Helper()
	if !errors.Is(err, ErrImage) {
		t.Fatalf("error %v is no ErrImage", err)
	}
	if want := "colorconv: invalid image: " + text; err.Error() != want {
		t.Fatalf("error %q, want %q", err, want)
	}
}

var allRatios = []image.YCbCrSubsampleRatio{
	image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420,
	image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410,
}

func noisyYCbCr(seed int64, r image.Rectangle, ratio image.YCbCrSubsampleRatio) *image.YCbCr {
	m := image.NewYCbCr(r, ratio)
	copy(m.Y, noise(seed, len(m.Y)))
	copy(m.Cb, noise(seed+1, len(m.Cb)))
	copy(m.Cr, noise(seed+2, len(m.Cr)))
	return m
}

// expectYCbCr compares with the reference of a JFIF image whose chroma samples lie
// in the middle of the pixels they stand for.
func expectYCbCr(t *testing.T, got *YUV, s Space, siting Siting, m *image.YCbCr) {
	t.Helper()
	group := map[image.YCbCrSubsampleRatio][2]int{
		image.YCbCrSubsampleRatio444: {1, 1}, image.YCbCrSubsampleRatio422: {2, 1}, image.YCbCrSubsampleRatio420: {2, 2},
		image.YCbCrSubsampleRatio440: {1, 2}, image.YCbCrSubsampleRatio411: {4, 1}, image.YCbCrSubsampleRatio410: {4, 2},
	}[m.SubsampleRatio]
	r := m.Rect
	first := image.Pt(r.Min.X/group[0], r.Min.Y/group[1])
	cw, ch := (r.Max.X-1)/group[0]-first.X+1, (r.Max.Y-1)/group[1]-first.Y+1
	var chroma [3]refPlane
	for k := range chroma {
		chroma[k] = refPlane{
			v: make([]float64, cw*ch), w: cw, h: ch, dx: float64(group[0]), dy: float64(group[1]),
			x0: float64(first.X*group[0]-r.Min.X) + float64(group[0]-1)/2,
			y0: float64(first.Y*group[1]-r.Min.Y) + float64(group[1]-1)/2,
		}
	}
	raw := chroma
	raw[1].v, raw[2].v = make([]float64, cw*ch), make([]float64, cw*ch)
	for i := range chroma[1].v {
		j := i/cw*m.CStride + i%cw
		raw[1].v[i], raw[2].v[i] = float64(m.Cb[j]), float64(m.Cr[j])
		// Conversion and interpolation are linear and may change places.
		v := refJFIF(s, sample3{0, raw[1].v[i], raw[2].v[i]})
		chroma[1].v[i], chroma[2].v[i] = v[1], v[2]
	}
	w, h := r.Dx(), r.Dy()
	chroma[0] = refPlane{v: make([]float64, w*h), w: w, h: h, dx: 1, dy: 1}
	for i := range chroma[0].v {
		x, y := i%w, i/w
		luma := float64(m.Y[y*m.YStride+x])
		chroma[0].v[i] = refJFIF(s, sample3{luma, raw[1].at(float64(x), float64(y)), raw[2].at(float64(x), float64(y))})[0]
	}
	expectPlanes(t, got, siting, &chroma)
}

func TestYCbCrOfEveryRatioIsConvertedAndResampled(t *testing.T) {
	for _, ratio := range allRatios {
		t.Run(ratio.String(), func(t *testing.T) {
			whole := noisyYCbCr(3, image.Rect(0, 0, 31, 12), ratio)
			for i, r := range []image.Rectangle{
				whole.Rect, image.Rect(0, 0, 1, 1), image.Rect(1, 1, 2, 2), image.Rect(2, 2, 4, 4), image.Rect(1, 1, 8, 6),
				image.Rect(2, 3, 19, 8), image.Rect(3, 2, 9, 3), image.Rect(4, 4, 9, 9), image.Rect(5, 0, 10, 5), image.Rect(7, 7, 31, 12),
			} {
				sub := whole.SubImage(r).(*image.YCbCr)
				for _, s := range allSpaces {
					c := New(s, [3]uint8{})
					for _, siting := range bothSitings {
						c.Siting = siting
						for _, subsampled := range []bool{true, false} {
							dst, check := guarded(t, r.Dx(), r.Dy(), subsampled)
							if err := c.Image(dst, sub); err != nil {
								t.Fatal(err)
							}
							check()
							t.Logf("case %d: %v, %+v, siting %d, 4:2:0 %v", i, r, s, siting, subsampled)
							expectYCbCr(t, dst, s, siting, sub)
						}
					}
				}
			}
		})
	}
}

func TestJFIFSamplesAreKeptWhereTheyFit(t *testing.T) {
	c := New(Space{BT601, true}, [3]uint8{})
	c.Siting = Centre
	for _, size := range []image.Point{{8, 6}, {7, 5}, {1, 1}} {
		r := image.Rectangle{Max: size}
		for _, subsampled := range []bool{true, false} {
			ratio := image.YCbCrSubsampleRatio444
			if subsampled {
				ratio = image.YCbCrSubsampleRatio420
			}
			m, got := noisyYCbCr(5, r, ratio), newYUV(t, size.X, size.Y, subsampled)
			if err := c.Image(got, m); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Cb, m.Cb) || !bytes.Equal(got.Cr, m.Cr) {
				t.Errorf("%v %v: chroma differs", size, ratio)
			}
			for y := 0; y < size.Y; y++ {
				if !bytes.Equal(got.Y[y*got.YStride:][:size.X], m.Y[y*m.YStride:][:size.X]) {
					t.Errorf("%v %v: luma row %d differs", size, ratio, y)
				}
			}
		}
	}
}

// Negative bounds have groups of uneven size; a pixel has the chroma of At.
func TestYCbCrWithNegativeBoundsFollowsAt(t *testing.T) {
	for _, ratio := range allRatios {
		whole := noisyYCbCr(9, image.Rect(-8, -4, 9, 5), ratio)
		for _, r := range []image.Rectangle{whole.Rect, image.Rect(-7, -3, 8, 4), image.Rect(-3, 1, 0, 4), image.Rect(1, -3, 6, -1)} {
			sub := whole.SubImage(r).(*image.YCbCr)
			full := image.NewYCbCr(r.Sub(r.Min), image.YCbCrSubsampleRatio444)
			for y := r.Min.Y; y < r.Max.Y; y++ {
				for x := r.Min.X; x < r.Max.X; x++ {
					v, i := sub.YCbCrAt(x, y), full.YOffset(x-r.Min.X, y-r.Min.Y)
					full.Y[i], full.Cb[i], full.Cr[i] = v.Y, v.Cb, v.Cr
				}
			}
			if gx, gy := groups(ratio); (r.Min.X >= 0 || gx == 1) && (r.Min.Y >= 0 || gy == 1) {
				continue // evenly grouped after all, and interpolated
			}
			for _, subsampled := range []bool{true, false} {
				c, got, want := New(Space{}, [3]uint8{}), newYUV(t, r.Dx(), r.Dy(), subsampled), newYUV(t, r.Dx(), r.Dy(), subsampled)
				if err := c.Image(got, sub); err != nil {
					t.Fatal(err)
				}
				if err := c.Image(want, full); err != nil {
					t.Fatal(err)
				}
				sameYUV(t, got, want)
			}
		}
	}
}

func TestNYCbCrAIsCompositedInYCbCr(t *testing.T) {
	bg := [3]uint8{10, 200, 90}
	r := image.Rect(3, 1, 12, 8)
	for _, ratio := range allRatios {
		m := &image.NYCbCrA{YCbCr: *noisyYCbCr(11, image.Rect(0, 0, 13, 9), ratio), A: noise(20, 13*9), AStride: 13}
		sub := m.SubImage(r).(*image.NYCbCrA)
		var plane [3]refPlane
		for k := range plane {
			plane[k] = refPlane{v: make([]float64, r.Dx()*r.Dy()), w: r.Dx(), h: r.Dy(), dx: 1, dy: 1}
		}
		b := refPixel(jfif, float64(bg[0]), float64(bg[1]), float64(bg[2]))
		for i := range plane[0].v {
			v := sub.NYCbCrAAt(r.Min.X+i%r.Dx(), r.Min.Y+i/r.Dx())
			a := float64(v.A) / 255
			mixed := sample3{float64(v.Y), float64(v.Cb), float64(v.Cr)}
			for k := range mixed {
				mixed[k] = mixed[k]*a + b[k]*(1-a)
			}
			for k, x := range mixed {
				plane[k].v[i] = x
			}
		}
		c, dst := New(jfif, bg), newYUV(t, r.Dx(), r.Dy(), false)
		if err := c.Image(dst, sub); err != nil {
			t.Fatal(err)
		}
		expectPlanes(t, dst, Left, &plane)

		// Another space and 4:2:0 are those of the composited samples.
		flat := image.NewYCbCr(image.Rectangle{Max: r.Size()}, image.YCbCrSubsampleRatio444)
		copy(flat.Y, dst.Y)
		copy(flat.Cb, dst.Cb)
		copy(flat.Cr, dst.Cr)
		c = New(Space{}, bg)
		got, want := newYUV(t, r.Dx(), r.Dy(), true), newYUV(t, r.Dx(), r.Dy(), true)
		if err := errors.Join(c.Image(got, sub), c.Image(want, flat)); err != nil {
			t.Fatal(err)
		}
		sameYUV(t, got, want)

		fill(m.A, 255)
		if err := errors.Join(c.Image(got, sub), c.Image(want, &sub.YCbCr)); err != nil {
			t.Fatal(err)
		}
		sameYUV(t, got, want)
	}
}

func TestPlanarKeepsWhatFitsAndResamplesTheRest(t *testing.T) {
	for _, size := range sizes() {
		w, h := size[0], size[1]
		for i := 0; i < 16; i++ {
			from, to, in, out := Siting(i&1), Siting(i>>1&1), i>>2&1 == 1, i>>3 == 1
			src, _ := guarded(t, w, h, in)
			copy(src.Y, noise(1, len(src.Y)))
			copy(src.Cb, noise(2, len(src.Cb)))
			copy(src.Cr, noise(3, len(src.Cr)))
			plane := [3]refPlane{{w: w, h: h, dx: 1, dy: 1}}
			for k := 1; k < 3; k++ {
				plane[k] = refPlane{w: src.chromaWidth(), h: src.chromaHeight(), dx: 1, dy: 1}
				if in {
					plane[k].dx, plane[k].dy, plane[k].y0 = 2, 2, 0.5
					if from == Centre {
						plane[k].x0 = 0.5
					}
				}
			}
			for k, p := range []struct {
				v      []uint8
				stride int
			}{{src.Y, src.YStride}, {src.Cb, src.CStride}, {src.Cr, src.CStride}} {
				for j := 0; j < plane[k].w*plane[k].h; j++ {
					plane[k].v = append(plane[k].v, float64(p.v[j/plane[k].w*p.stride+j%plane[k].w]))
				}
			}
			for _, s := range []Space{{}, {BT601, true}} {
				c := New(s, [3]uint8{})
				c.Siting = to
				dst, check := guarded(t, w, h, out)
				if err := c.Planar(dst, src, from); err != nil {
					t.Fatal(err)
				}
				check()
				t.Logf("%dx%d, siting %d to %d, 4:2:0 %v to %v", w, h, from, to, in, out)
				expectPlanes(t, dst, to, &plane)
			}
		}
	}
}

func TestMonochromePlanarHasNeutralChroma(t *testing.T) {
	src := &YUV{Y: noise(1, 15), YStride: 5, Width: 5, Height: 3}
	for _, subsampled := range []bool{true, false} {
		dst := newYUV(t, 5, 3, subsampled)
		if err := New(Space{}, [3]uint8{}).Planar(dst, src, Left); err != nil {
			t.Fatal(err)
		}
		for y := 0; y < dst.lumaHeight(); y++ {
			for x := 0; x < dst.lumaWidth(); x++ {
				if got, want := dst.Y[y*dst.YStride+x], src.Y[min(y, 2)*5+min(x, 4)]; got != want {
					t.Errorf("Y(%d, %d) is %d, not %d", x, y, got, want)
				}
			}
		}
		if want := strings.Repeat("\x80", len(dst.Cb)); string(dst.Cb) != want || string(dst.Cr) != want {
			t.Error("chroma is not 128")
		}
	}
}

func TestPlanarRefusesWhatItCantCopy(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(dst, src *YUV)
		text   string
	}{
		{"size", func(d, s *YUV) { s.Width = 4 }, "source is 4x3, destination 5x3"},
		{"negative size", func(d, s *YUV) { s.Width = -5 }, "source is -5x3, destination 5x3"},
		{"short Y", func(d, s *YUV) { s.Y = s.Y[:14] }, "source Y: 14 bytes are too few for 3 rows of 5 bytes at stride 6"},
		{"Cb alone", func(d, s *YUV) { s.Cr = nil }, "source Cr: 0 bytes are too few for 2 rows of 3 bytes at stride 3"},
		{"Y stride", func(d, s *YUV) { s.YStride = 4 }, "stride of source Y is 4, a row has 5 bytes"},
		{"chroma stride", func(d, s *YUV) { s.CStride = -1 }, "stride of source Cb is -1, a row has 3 bytes"},
		{"destination", func(d, s *YUV) { d.Y = nil }, "destination Y: 0 bytes are too few for 4 rows of 6 bytes at stride 6"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dst, src := newYUV(t, 5, 3, true), newYUV(t, 5, 3, true)
			tc.change(dst, src)
			expectError(t, New(Space{}, [3]uint8{}).Planar(dst, src, Left), tc.text)
		})
	}
	expectError(t, New(Space{}, [3]uint8{}).Planar(newYUV(t, 5, 3, true), nil, Left), "source is nil")
}

func ExampleConverter_Packed() {
	dst, err := NewYUV(2, 2, true) // 4:2:0
	if err != nil {
		panic(err)
	}
	orange := []uint8{
		0, 128, 255, 0, 128, 255,
		0, 128, 255, 0, 128, 255,
	}
	c := New(Space{Matrix: BT709}, [3]uint8{})
	if err := c.Packed(dst, BGR, orange, 6); err != nil {
		panic(err)
	}
	fmt.Println(dst.Y, dst.Cb, dst.Cr)
	// Output: [141 141 141 141] [59] [189]
}
