package h264

import (
	"fmt"
	"slices"
	"testing"

	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/internal/testvideo"
)

// window is a clip of a page that stays, with something that moves in a window on it,
// and rests now and then.
func window(width, height, frames int, subsampled bool) []testvideo.Frame {
	clip := make([]testvideo.Frame, frames)
	for t := range clip {
		clip[t] = testvideo.Render(testvideo.Text, width, height, 0, subsampled)
		inside := testvideo.Render(testvideo.Moving, width/3, height/3, t-t%7/4, subsampled)
		paste(clip[t].Y, clip[t].YStride, inside.Y, inside.YStride, width/4+t/9, height/4)
		x, y := width/4+t/9, height/4
		if subsampled {
			x, y = x/2, y/2
		}
		paste(clip[t].Cb, clip[t].CStride, inside.Cb, inside.CStride, x, y)
		paste(clip[t].Cr, clip[t].CStride, inside.Cr, inside.CStride, x, y)
	}
	return clip
}

// paste copies a plane into another at (x, y).
func paste(dst []uint8, dStride int, src []uint8, sStride, x, y int) {
	for row := 0; row*sStride < len(src); row++ {
		copy(dst[(y+row)*dStride+x:], src[row*sStride:][:sStride])
	}
}

// Macroblocks of one version have the same samples in all reconstructions, also where
// pictures are coded anew, and most of a page that stays keep theirs.
func TestVersionsNameSamples(t *testing.T) {
	type key struct {
		i       int
		version picture.Version
	}
	for _, c := range []struct {
		cfg        Config
		subsampled bool
	}{
		{Config{Preset: "ultrafast"}, true},
		{Config{Preset: "ultrafast", CRF: 10}, false},
		{Config{Preset: "medium"}, true},
		{Config{Preset: "medium", NoDeblock: true}, false},
		{Config{Preset: "slow", CRF: 35}, true},
		{Config{Preset: "medium", MaxRate: 60, BufferSize: 20}, true},
		{Config{RateControl: ConstantQP}, false},
	} {
		name := fmt.Sprintf("%s, CRF %v, MaxRate %d", c.cfg.Preset, c.cfg.CRF, c.cfg.MaxRate)
		clip := window(176, 112, 24, c.subsampled)
		c.cfg.Width, c.cfg.Height, c.cfg.FrameRate, c.cfg.Threads = 176, 112, Rational{25, 1}, 1
		if !c.subsampled {
			c.cfg.Chroma = Chroma444
		}
		e, err := NewEncoder(c.cfg)
		if err != nil {
			t.Fatal(err)
		}
		kept, all := 0, 0
		samples := map[key][]uint8{}
		look := func() {
			for _, r := range e.references.list {
				for i, version := range r.Versions {
					own, k := macroblockSamples(r.Reconstruction, i), key{i, version}
					if other, found := samples[k]; !found {
						samples[k] = own
					} else if !slices.Equal(own, other) {
						t.Fatalf("%s: other samples of version %d in macroblock %d of picture %d", name, version, i, r.Version)
					}
					all++
					if version != r.Version {
						kept++
					}
				}
			}
		}
		for i, f := range clip {
			if _, err := e.Encode(&Picture{Y: f.Y, Cb: f.Cb, Cr: f.Cr, YStride: f.YStride, CStride: f.CStride, PTS: int64(i)}); err != nil {
				t.Fatal(err)
			}
			look()
		}
		for units := 1; units > 0; {
			got, err := e.Flush()
			if err != nil {
				t.Fatal(err)
			}
			if units = len(got); units > 0 {
				look()
			}
		}
		if kept < all/3 {
			t.Errorf("%s: %d macroblocks of %d keep their version", name, kept, all)
		}
	}
}

// macroblockSamples are those of macroblock i, of all planes.
func macroblockSamples(r *picture.Reconstruction, i int) (samples []uint8) {
	mbW := r.Luma.W / 16
	x, y := i%mbW, i/mbW
	take := func(p *picture.Plane, h int) {
		for row := range h {
			samples = append(samples, p.At(x*16, y*h+row)[:16]...)
		}
	}
	take(&r.Luma.Plane, 16)
	if r.Is444 {
		take(&r.Chroma44[0].Plane, 16)
		take(&r.Chroma44[1].Plane, 16)
	} else {
		take(&r.Chroma, 8)
	}
	return samples
}

// What memory holds depends on how many pictures are in flight, and what they leave there
// when they are coded anew; the stream doesn't.
func TestVersionsOfPicturesCodedAnew(t *testing.T) {
	clip := window(176, 112, 60, true)
	code := func(preset string, threads int) (shown [][]uint8, versions int) {
		e, err := NewEncoder(Config{
			Width: 176, Height: 112, FrameRate: Rational{25, 1}, Preset: preset, Threads: threads, Reconstruction: true,
			CRF: 18, MaxRate: 60, BufferSize: 20,
		})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		take := func(units []AccessUnit, err error) int {
			if err != nil {
				t.Fatal(err)
			}
			for _, au := range units {
				shown = append(shown, slices.Concat(au.AppendAnnexB(nil), au.Reconstruction.Y, au.Reconstruction.Cb, au.Reconstruction.Cr))
			}
			return len(units)
		}
		for i, f := range clip {
			take(e.Encode(&Picture{Y: f.Y, Cb: f.Cb, Cr: f.Cr, YStride: f.YStride, CStride: f.CStride, PTS: int64(i)}))
		}
		for take(e.Flush()) > 0 {
		}
		return shown, int(e.version)
	}
	for _, preset := range []string{"ultrafast", "medium"} {
		want, _ := code(preset, 1)
		got, versions := code(preset, 4)
		for i := range want {
			if !slices.Equal(got[i], want[i]) {
				t.Errorf("%s: picture %d differs", preset, i)
			}
		}
		if versions < len(clip)+10 {
			t.Errorf("%s: %d pictures were begun %d times: none in flight was coded anew", preset, len(clip), versions)
		}
	}
}
