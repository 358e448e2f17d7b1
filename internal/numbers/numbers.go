// Package numbers draws the demo's video: the case for which g264 was begun.
package numbers

import (
	"fmt"
	"image"
	"image/color"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// Opaque colours of the frames; the blue is the strongest there is, which is hard
// on 4:2:0 and on chroma's quantiser.
var (
	DarkGrey = color.RGBA{40, 40, 40, 255}
	Blue     = color.RGBA{0, 0, 255, 255}
)

// pointSize is that of the numbers before they are scaled to the frame: large
// enough that scaling goes down for frames of a few hundred rows.
const pointSize = 192

// Draw draws frames of packed BGR without gaps, each its own number with two digits
// in thick blue on dark grey, as large as fits. Every digit has its place: what
// does not change does not move.
func Draw(count, width, height int) ([][]uint8, error) {
	face, err := boldFace()
	if err != nil {
		return nil, err
	}
	defer face.Close()
	text := func(n int) string { return fmt.Sprintf("%02d", n) }

	var ink fixed.Rectangle26_6 // of all numbers
	for n := range count {
		bounds, _ := font.BoundString(face, text(n))
		ink = ink.Union(bounds)
	}
	large := image.NewRGBA(image.Rect(ink.Min.X.Floor(), ink.Min.Y.Floor(), ink.Max.X.Ceil(), ink.Max.Y.Ceil()))
	frame := image.NewRGBA(image.Rect(0, 0, width, height))
	place := fit(large.Bounds().Size(), frame.Bounds().Inset(height/14))

	draw.Draw(frame, frame.Bounds(), image.NewUniform(DarkGrey), image.Point{}, draw.Src)
	frames := make([][]uint8, count)
	for n := range frames {
		draw.Draw(large, large.Bounds(), image.NewUniform(DarkGrey), image.Point{}, draw.Src)
		drawer := font.Drawer{Dst: large, Src: image.NewUniform(Blue), Face: face}
		drawer.DrawString(text(n))
		draw.CatmullRom.Scale(frame, place, large, large.Bounds(), draw.Src, nil)
		frames[n] = packBGR(frame)
	}
	return frames, nil
}

func boldFace() (font.Face, error) {
	f, err := opentype.Parse(gobold.TTF)
	if err != nil {
		return nil, err
	}
	return opentype.NewFace(f, &opentype.FaceOptions{Size: pointSize, DPI: 72, Hinting: font.HintingNone})
}

// fit returns the largest rectangle of a shape in the middle of another.
func fit(shape image.Point, in image.Rectangle) image.Rectangle {
	w, h := in.Dx(), in.Dx()*shape.Y/shape.X
	if h > in.Dy() {
		w, h = in.Dy()*shape.X/shape.Y, in.Dy()
	}
	return image.Rect(0, 0, w, h).Add(in.Min).Add(image.Pt((in.Dx()-w)/2, (in.Dy()-h)/2))
}

// packBGR returns the pixels of an opaque image as rows without gaps.
func packBGR(img *image.RGBA) []uint8 {
	bgr := make([]uint8, 0, 3*img.Rect.Dx()*img.Rect.Dy())
	for i := 0; i < len(img.Pix); i += 4 {
		bgr = append(bgr, img.Pix[i+2], img.Pix[i+1], img.Pix[i])
	}
	return bgr
}
