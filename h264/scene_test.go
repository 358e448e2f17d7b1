package h264_test

import (
	"slices"
	"testing"

	"github.com/g264/g264/h264"
	"github.com/g264/g264/internal/testvideo"
)

// mixedFrames returns n/of of one frame and the rest of another.
func mixedFrames(a, b testvideo.Frame, n, of int) testvideo.Frame {
	g := a.Darkened(1, 1)
	for p, dst := range [3][]uint8{g.Y, g.Cb, g.Cr} {
		from, to := [3][]uint8{a.Y, a.Cb, a.Cr}[p], [3][]uint8{b.Y, b.Cb, b.Cr}[p]
		for i := range dst {
			dst[i] = uint8((int(from[i])*(of-n) + int(to[i])*n) / of)
		}
	}
	return g
}

// A cut has one key picture, and flashes and fades have none.
func TestScenes(t *testing.T) {
	const width, height, frames = 128, 80, 30
	still := testvideo.Render(testvideo.Moving, width, height, 0, true)
	other := testvideo.Render(testvideo.Cut, width, height, 3*testvideo.CutLength, true)
	moving := func(i int) testvideo.Frame { return testvideo.Render(testvideo.Moving, width, height, i, true) }
	white := still.Darkened(0, 1)
	for i := range white.Y {
		white.Y[i] = 235
	}
	for _, c := range []struct {
		name string
		draw func(i int) testvideo.Frame
		want []int
	}{
		{"a cut between still pictures", func(i int) testvideo.Frame {
			if i < 12 {
				return still
			}
			return other
		}, []int{0, 12}},
		{"a cut and back after four pictures", func(i int) testvideo.Frame {
			if i >= 12 && i < 16 {
				return other
			}
			return still
		}, []int{0, 12, 16}},
		{"a flash of one picture", func(i int) testvideo.Frame {
			if i == 12 {
				return other
			}
			return moving(i)
		}, []int{0}},
		{"flashes of three pictures", func(i int) testvideo.Frame {
			if i%10 >= 7 {
				return other
			}
			return still
		}, []int{0, 27}}, // the last doesn't end
		{"white flashes", func(i int) testvideo.Frame {
			if i%6 == 5 && i < 28 {
				return white
			}
			return moving(i)
		}, []int{0}},
		{"white flashes while nothing moves", func(i int) testvideo.Frame {
			if i%6 == 5 && i < 28 {
				return white
			}
			return still
		}, []int{0}},
		{"a fade to black and back", func(i int) testvideo.Frame {
			return still.Darkened(max(i, 30-i)-15, 15)
		}, []int{0}},
		{"a fade while things move", func(i int) testvideo.Frame {
			return moving(i).Darkened(34-i, 34)
		}, []int{0}},
		{"a cross-fade", func(i int) testvideo.Frame {
			return mixedFrames(still, other, min(i, 20), 20)
		}, []int{0}},
	} {
		var clip []testvideo.Frame
		for i := range frames {
			clip = append(clip, c.draw(i))
		}
		for _, preset := range presets() {
			s := encode(t, c.name, h264.Config{Preset: preset, MinKeyInt: 1}, clip, nil)
			if got := keys(t, s); !slices.Equal(got, c.want) {
				t.Errorf("%s, %s: key pictures %v, want %v", c.name, preset, got, c.want)
			}
		}
	}
}
