// Package numbered draws frames that carry their number in squares which any
// coding leaves legible, and reads it back.
package numbered

import (
	"image"
	"image/color"
	"image/draw"
)

// Width and Height are the size of the pictures. The number is written in the
// top row of squares, the lowest of its bits at the left, white for 1.
const (
	Width  = 320
	Height = 192
	Square = 20
	Bits   = Width / Square
)

// Draw draws picture n, up to 1<<Bits-1: its number above a ball that moves.
func Draw(n int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, Width, Height))
	fill := func(x0, y0, x1, y1 int, c color.RGBA) {
		draw.Draw(img, image.Rect(x0, y0, x1, y1), image.NewUniform(c), image.Point{}, draw.Src)
	}
	fill(0, 0, Width, Height, color.RGBA{40, 60, 90, 255})
	for bit := range Bits {
		level := uint8(n >> bit & 1 * 255)
		fill(bit*Square, 0, (bit+1)*Square, Square, color.RGBA{level, level, level, 255})
	}
	const radius = 24
	cx, cy := radius+n*5%(Width-2*radius), Square+radius+n*3%(Height-Square-2*radius)
	for y := -radius; y < radius; y++ {
		for x := -radius; x < radius; x++ {
			if x*x+y*y < radius*radius {
				img.SetRGBA(cx+x, cy+y, color.RGBA{230, 180, 40, 255})
			}
		}
	}
	return img
}

// Read returns the number in a decoded picture: Width bytes of luma per row.
func Read(luma []byte) int {
	n := 0
	for bit := range Bits {
		if luma[Square/2*Width+bit*Square+Square/2] > 127 {
			n |= 1 << bit
		}
	}
	return n
}
