package gifanim

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"io"
	"math/rand"
	"reflect"
	"strings"
	"testing"
)

var testPalette = color.Palette{
	color.RGBA{}, // transparent
	color.RGBA{200, 10, 20, 255},
	color.RGBA{10, 200, 20, 255},
	color.RGBA{10, 20, 200, 255},
}

// frame is a rectangle of one colour of testPalette.
func frame(x0, y0, x1, y1 int, index uint8) *image.Paletted {
	p := image.NewPaletted(image.Rect(x0, y0, x1, y1), testPalette)
	for i := range p.Pix {
		p.Pix[i] = index
	}
	return p
}

// written is the file of an animation.
func written(t testing.TB, g *gif.GIF) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// screens plays a file: each frame's screen as a string, R, G, B or '.' where
// transparent, rows apart by '/', and the delays.
func screens(t *testing.T, file []byte) (got []string, delays []int64) {
	t.Helper()
	a, err := Open(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	for {
		screen, delay, err := a.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got, delays = append(got, picture(screen)), append(delays, delay)
	}
	if len(got) != a.Len() {
		t.Errorf("%d frames, but Len is %d", len(got), a.Len())
	}
	return got, delays
}

func picture(m *image.NRGBA) string {
	var b strings.Builder
	for y := 0; y < m.Rect.Dy(); y++ {
		if y > 0 {
			b.WriteByte('/')
		}
		for x := 0; x < m.Rect.Dx(); x++ {
			c := color.RGBAModel.Convert(m.At(x, y)).(color.RGBA)
			b.WriteByte(".RGB"[testPalette.Index(c)])
		}
	}
	return b.String()
}

func TestDisposal(t *testing.T) {
	for _, c := range []struct {
		name     string
		disposal [3]byte // of the three frames: RRRR/RRRR, then GG in the middle of row 0, then B in the corner
		want     []string
	}{
		{"unspecified", [3]byte{}, []string{"RRRR/RRRR", "RGGR/RRRR", "BGGR/RRRR"}},
		{"none", [3]byte{gif.DisposalNone, gif.DisposalNone, gif.DisposalNone}, []string{"RRRR/RRRR", "RGGR/RRRR", "BGGR/RRRR"}},
		{"background of a part", [3]byte{gif.DisposalNone, gif.DisposalBackground, 0}, []string{"RRRR/RRRR", "RGGR/RRRR", "B..R/RRRR"}},
		{"background of all", [3]byte{gif.DisposalBackground, gif.DisposalNone, 0}, []string{"RRRR/RRRR", ".GG./....", "BGG./...."}},
		{"previous", [3]byte{gif.DisposalNone, gif.DisposalPrevious, 0}, []string{"RRRR/RRRR", "RGGR/RRRR", "BRRR/RRRR"}},
		{"previous as 4", [3]byte{gif.DisposalNone, disposalPrevious4, 0}, []string{"RRRR/RRRR", "RGGR/RRRR", "BRRR/RRRR"}},
		{"previous twice", [3]byte{gif.DisposalPrevious, gif.DisposalPrevious, 0}, []string{"RRRR/RRRR", ".GG./....", "B.../...."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, _ := screens(t, written(t, &gif.GIF{
				Image:    []*image.Paletted{frame(0, 0, 4, 2, 1), frame(1, 0, 3, 1, 2), frame(0, 0, 1, 1, 3)},
				Delay:    []int{10, 10, 10},
				Disposal: c.disposal[:],
				Config:   image.Config{ColorModel: testPalette, Width: 4, Height: 2},
			}))
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestTransparentPixelsKeepTheScreen(t *testing.T) {
	holed := frame(0, 0, 3, 1, 2)
	holed.Pix[1] = 0
	got, _ := screens(t, written(t, &gif.GIF{
		Image:  []*image.Paletted{frame(1, 0, 3, 1, 1), holed},
		Delay:  []int{5, 5},
		Config: image.Config{ColorModel: testPalette, Width: 3, Height: 1},
	}))
	if want := []string{".RR", "GRG"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDelays(t *testing.T) {
	file := written(t, &gif.GIF{
		Image: []*image.Paletted{frame(0, 0, 1, 1, 1), frame(0, 0, 1, 1, 2), frame(0, 0, 1, 1, 3), frame(0, 0, 1, 1, 1)},
		Delay: []int{0, 1, 2, 65535},
	})
	_, got := screens(t, file)
	if want := []int64{10, 10, 2, 65535}; !reflect.DeepEqual(got, want) {
		t.Errorf("delays %v, want %v", got, want)
	}
	a, err := Open(bytes.NewReader(file))
	if err != nil || a.Duration() != 65557 {
		t.Errorf("duration %d (%v), want 65557", a.Duration(), err)
	}
}

// reference composes as the specification words it, with the general image
// operations: every screen on an image of its own.
func reference(g *gif.GIF) []image.Image {
	bounds := image.Rect(0, 0, g.Config.Width, g.Config.Height)
	var shown []image.Image
	var before image.Image = image.NewRGBA(bounds)
	for i, frame := range g.Image {
		now := image.NewRGBA(bounds)
		draw.Draw(now, bounds, before, image.Point{}, draw.Src)
		draw.Draw(now, frame.Rect, frame, frame.Rect.Min, draw.Over)
		shown = append(shown, now)
		switch g.Disposal[i] {
		case gif.DisposalPrevious:
			// before stays what it was
		case gif.DisposalBackground:
			cleared := image.NewRGBA(bounds)
			draw.Draw(cleared, bounds, now, image.Point{}, draw.Src)
			draw.Draw(cleared, frame.Rect, image.Transparent, image.Point{}, draw.Src)
			before = cleared
		default:
			before = now
		}
	}
	return shown
}

func TestRandomAnimationsEqualTheReference(t *testing.T) {
	rnd := rand.New(rand.NewSource(1))
	for round := 0; round < 40; round++ {
		w, h := 1+rnd.Intn(20), 1+rnd.Intn(20)
		g := &gif.GIF{Config: image.Config{ColorModel: testPalette, Width: w, Height: h}}
		for i := 0; i < 12; i++ {
			x, y := rnd.Intn(w), rnd.Intn(h)
			p := frame(x, y, x+1+rnd.Intn(w-x), y+1+rnd.Intn(h-y), 0)
			for j := range p.Pix {
				p.Pix[j] = uint8(rnd.Intn(len(testPalette)))
			}
			g.Image, g.Delay, g.Disposal = append(g.Image, p), append(g.Delay, rnd.Intn(9)), append(g.Disposal, byte(rnd.Intn(4)))
		}
		a, err := Open(bytes.NewReader(written(t, g)))
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range reference(g) {
			got, _, err := a.Next()
			if err != nil {
				t.Fatal(err)
			}
			for y := 0; y < h; y++ {
				for x := 0; x < w; x++ {
					if g, w := color.RGBAModel.Convert(got.At(x, y)), want.At(x, y); g != w {
						t.Fatalf("round %d, frame %d at %d,%d: %v, want %v", round, i, x, y, g, w)
					}
				}
			}
		}
	}
}

func TestBadFiles(t *testing.T) {
	whole := written(t, &gif.GIF{Image: []*image.Paletted{frame(0, 0, 4, 4, 1), frame(0, 0, 4, 4, 2)}, Delay: []int{1, 1}})
	empty := bytes.Clone(whole)
	copy(empty[6:], []byte{0, 0, 0, 0})
	huge := bytes.Clone(whole)
	copy(huge[6:], []byte{255, 255, 255, 255})
	for name, file := range map[string][]byte{
		"nothing": nil, "the magic only": []byte("GIF89a"), "text": []byte("GIF8 is not a GIF, it is a text"),
		"cut": whole[:len(whole)-9], "no size": empty, "a huge screen": huge,
	} {
		if _, err := Open(bytes.NewReader(file)); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v, want ErrFormat", name, err)
		}
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(written(f, &gif.GIF{Image: []*image.Paletted{frame(0, 0, 4, 4, 1), frame(1, 1, 3, 4, 2)}, Delay: []int{1, 1}, Disposal: []byte{3, 2}}))
	f.Fuzz(func(t *testing.T, file []byte) {
		if len(file) >= 10 && (file[7] > 1 || file[9] > 1) {
			return // keep the screens small
		}
		a, err := Open(bytes.NewReader(file))
		if err != nil {
			return
		}
		for i := 0; ; i++ {
			if _, _, err := a.Next(); err == io.EOF {
				if i != a.Len() {
					t.Fatalf("%d frames, Len %d", i, a.Len())
				}
				return
			}
		}
	})
}
