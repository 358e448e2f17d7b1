// Package gifanim plays an animated GIF as browsers do: frames that cover a part
// of the screen, transparent pixels, the disposal methods of GIF89a section 23,
// and the delays, of which the shortest stand for a tenth of a second.
package gifanim

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"io"
)

// ErrFormat is what errors about the content of a file wrap.
var ErrFormat = errors.New("gif: not an animation that can be read")

// Magic is what every GIF begins with.
const Magic = "GIF8"

// maxPixels bounds the screen: more than the largest frame of H.264's last level.
const maxPixels = 1 << 26

// Delays up to shortDelay hundredths of a second were written by tools that
// meant "as fast as possible"; all browsers show such frames for usualDelay.
const (
	shortDelay = 1
	usualDelay = 10
)

// disposalPrevious4 is what some old tools wrote for gif.DisposalPrevious;
// browsers honour it.
const disposalPrevious4 = 4

// Animation yields the frames of an animated GIF. It holds the whole file, one
// byte per pixel of each frame.
type Animation struct {
	gif     *gif.GIF
	next    int
	canvas  *image.NRGBA // the screen; what no frame has covered is transparent
	saved   []uint8      // canvas.Pix as it was before a frame that will be undone
	palette [256]color.NRGBA
}

// Open reads a GIF. Errors about its content wrap ErrFormat.
func Open(r io.Reader) (*Animation, error) {
	// The first ten bytes hold the screen's size: refuse a huge one before
	// anything of its size is made.
	br := bufio.NewReader(r)
	head, err := br.Peek(10)
	if err != nil {
		return nil, fmt.Errorf("%w: %d bytes: %w", ErrFormat, len(head), io.ErrUnexpectedEOF)
	}
	w, h := int(head[6])|int(head[7])<<8, int(head[8])|int(head[9])<<8
	if w == 0 || h == 0 || w*h > maxPixels {
		return nil, fmt.Errorf("%w: its screen is %dx%d pixels, want 1 to %d", ErrFormat, w, h, maxPixels)
	}
	g, err := gif.DecodeAll(br)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return &Animation{gif: g, canvas: image.NewNRGBA(image.Rect(0, 0, w, h))}, nil
}

// Size returns the size of the screen in pixels.
func (a *Animation) Size() (w, h int) { return a.canvas.Rect.Dx(), a.canvas.Rect.Dy() }

// Len returns the number of frames.
func (a *Animation) Len() int { return len(a.gif.Image) }

// Duration returns the time that all frames take, in hundredths of a second.
func (a *Animation) Duration() int64 {
	var sum int64
	for i := range a.gif.Delay {
		sum += a.delay(i)
	}
	return sum
}

// delay returns for how many hundredths of a second frame i is shown.
func (a *Animation) delay(i int) int64 {
	if d := a.gif.Delay[i]; d > shortDelay {
		return int64(d)
	}
	return usualDelay
}

// Next returns the screen with the next frame drawn, valid until the next call,
// and for how many hundredths of a second it is shown. After the last frame the
// error is io.EOF.
func (a *Animation) Next() (screen *image.NRGBA, delay int64, err error) {
	if a.next == a.Len() {
		return nil, 0, io.EOF
	}
	if a.next > 0 {
		a.dispose(a.next - 1)
	}
	if a.undone(a.next) {
		a.saved = append(a.saved[:0], a.canvas.Pix...)
	}
	a.draw(a.gif.Image[a.next])
	delay = a.delay(a.next)
	a.next++
	return a.canvas, delay, nil
}

func (a *Animation) undone(i int) bool {
	d := a.gif.Disposal[i]
	return d == gif.DisposalPrevious || d == disposalPrevious4
}

// dispose does to the screen what frame i asks for once its time is over.
func (a *Animation) dispose(i int) {
	switch {
	case a.undone(i):
		copy(a.canvas.Pix, a.saved)
	case a.gif.Disposal[i] == gif.DisposalBackground:
		// Transparent, not the background colour of the file: so do browsers.
		r := a.gif.Image[i].Rect
		for y := r.Min.Y; y < r.Max.Y; y++ {
			clear(a.canvas.Pix[a.canvas.PixOffset(r.Min.X, y):a.canvas.PixOffset(r.Max.X, y)])
		}
	}
}

// draw puts a frame on the screen where it isn't transparent. GIF knows only
// opaque and transparent pixels, so nothing is mixed.
func (a *Animation) draw(frame *image.Paletted) {
	for i, c := range frame.Palette {
		a.palette[i] = color.NRGBAModel.Convert(c).(color.NRGBA)
	}
	r := frame.Rect
	for y := r.Min.Y; y < r.Max.Y; y++ {
		dst := a.canvas.Pix[a.canvas.PixOffset(r.Min.X, y):]
		for x, index := range frame.Pix[frame.PixOffset(r.Min.X, y):][:r.Dx()] {
			if c := a.palette[index]; c.A != 0 {
				d := dst[4*x : 4*x+4 : 4*x+4]
				d[0], d[1], d[2], d[3] = c.R, c.G, c.B, c.A
			}
		}
	}
}
