package main

import (
	"math"

	"github.com/g264/g264"
)

// yuvToBGR turns planar 4:4:4 of a matrix and range into packed BGR without
// gaps, each sample rounded and clipped, as a player shows it (ITU-R BT.601-7,
// BT.709-6; H.264 clause E.2.1).
func yuvToBGR(f g264.Frame, matrix g264.Matrix, full bool) []uint8 {
	if matrix == g264.MatrixGBR {
		return gbrToBGR(f)
	}
	kr, kb := 0.2126, 0.0722
	if matrix == g264.MatrixBT601 {
		kr, kb = 0.299, 0.114
	}
	black, yScale, cScale := 16.0, 255/219.0, 255/224.0
	if full {
		black, yScale, cScale = 0, 1, 1
	}
	bgr := make([]uint8, 0, 3*f.Width*f.Height)
	for y := range f.Height {
		luma, cbs, crs := f.Y[y*f.YStride:], f.Cb[y*f.CStride:], f.Cr[y*f.CStride:]
		for x := range f.Width {
			l := (float64(luma[x]) - black) * yScale
			cb := (float64(cbs[x]) - 128) * cScale
			cr := (float64(crs[x]) - 128) * cScale
			r := l + 2*(1-kr)*cr
			b := l + 2*(1-kb)*cb
			g := (l - kr*r - kb*b) / (1 - kr - kb)
			bgr = append(bgr, clip(b), clip(g), clip(r))
		}
	}
	return bgr
}

// gbrToBGR turns planes of green, blue and red into packed BGR without gaps.
func gbrToBGR(f g264.Frame) []uint8 {
	bgr := make([]uint8, 0, 3*f.Width*f.Height)
	for y := range f.Height {
		for x := range f.Width {
			bgr = append(bgr, f.Cb[y*f.CStride+x], f.Y[y*f.YStride+x], f.Cr[y*f.CStride+x])
		}
	}
	return bgr
}

func clip(v float64) uint8 { return uint8(math.Round(min(max(v, 0), 255))) }

// psnrRGB returns the peak signal-to-noise ratio in dB of 4:4:4 frames, as a
// player shows them, to the packed BGR that they were made from: over all
// samples of all frames, +Inf if they are equal.
func psnrRGB(bgr [][]uint8, shown []g264.Frame, matrix g264.Matrix, colourRange g264.Range) float64 {
	var sum uint64
	var samples int
	for i, f := range shown {
		for j, v := range yuvToBGR(f, matrix, colourRange == g264.RangeFull) {
			d := int(v) - int(bgr[i][j])
			sum += uint64(d * d)
		}
		samples += len(bgr[i])
	}
	if sum == 0 {
		return math.Inf(1)
	}
	return 10 * math.Log10(255*255*float64(samples)/float64(sum))
}
