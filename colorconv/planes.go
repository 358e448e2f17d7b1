package colorconv

import "fmt"

// maxSide bounds width and height, so that the bytes of a row and positions in
// it stay far from overflow where int has 32 bits. No level of H.264 has a
// third of it.
const maxSide = 1 << 16

// YUV is a planar picture of 8-bit samples. Row y of luma starts at
// Y[y*YStride], row y of chroma at Cb[y*CStride] and Cr[y*CStride].
//
// 4:2:0 chroma has (Width+1)/2 by (Height+1)/2 samples. As a destination a 4:2:0
// picture of odd width or height has one more column or row of luma, so that it
// is complete for a coder of even sizes; as a source it needs none.
type YUV struct {
	Y, Cb, Cr        []uint8
	YStride, CStride int
	Width, Height    int  // of the image, 1 to 65536, odd ones too
	Subsampled       bool // 4:2:0; else 4:4:4
}

// NewYUV makes a destination for images of the given size, without gaps between
// rows.
func NewYUV(width, height int, subsampled bool) (*YUV, error) {
	p := &YUV{Width: width, Height: height, Subsampled: subsampled}
	if err := p.checkSize(); err != nil {
		return nil, err
	}
	p.YStride, p.CStride = p.lumaWidth(), p.chromaWidth()
	luma := int64(p.lumaWidth()) * int64(p.lumaHeight())
	chroma := int64(p.chromaWidth()) * int64(p.chromaHeight())
	if int64(int(luma+2*chroma)) != luma+2*chroma {
		return nil, fmt.Errorf("%w: %dx%d samples pass the address space", ErrImage, width, height)
	}
	buf := make([]uint8, luma+2*chroma)
	p.Y, buf = buf[:luma:luma], buf[luma:]
	p.Cb, p.Cr = buf[:chroma:chroma], buf[chroma:]
	return p, nil
}

func (p *YUV) lumaWidth() int {
	if p.Subsampled {
		return (p.Width + 1) &^ 1
	}
	return p.Width
}

func (p *YUV) lumaHeight() int {
	if p.Subsampled {
		return (p.Height + 1) &^ 1
	}
	return p.Height
}

func (p *YUV) chromaWidth() int {
	if p.Subsampled {
		return (p.Width + 1) / 2
	}
	return p.Width
}

func (p *YUV) chromaHeight() int {
	if p.Subsampled {
		return (p.Height + 1) / 2
	}
	return p.Height
}

// band returns rows y to y+h-1 as a picture of their own; y is even.
func (p *YUV) band(y, h int) YUV {
	b := *p
	b.Height = h
	b.Y = p.Y[y*p.YStride:]
	if p.Subsampled {
		y /= 2
	}
	b.Cb, b.Cr = p.Cb[y*p.CStride:], p.Cr[y*p.CStride:]
	return b
}

func (p *YUV) checkSize() error {
	if p.Width < 1 || p.Width > maxSide || p.Height < 1 || p.Height > maxSide {
		return fmt.Errorf("%w: size %dx%d, each side must be 1 to %d", ErrImage, p.Width, p.Height, maxSide)
	}
	return nil
}

// checkDestination refuses a picture that can't hold all samples of its size.
func (p *YUV) checkDestination() error {
	if p == nil {
		return fmt.Errorf("%w: destination is nil", ErrImage)
	}
	if err := p.checkSize(); err != nil {
		return err
	}
	if err := checkPlane("destination Y", len(p.Y), p.YStride, p.lumaWidth(), p.lumaHeight()); err != nil {
		return err
	}
	return checkChroma("destination Cb", "destination Cr", p.Cb, p.Cr, p.CStride, p.chromaWidth(), p.chromaHeight())
}

// checkChroma takes both names whole: joining strings would allocate at each picture.
func checkChroma(nameCb, nameCr string, cb, cr []uint8, stride, w, h int) error {
	if err := checkPlane(nameCb, len(cb), stride, w, h); err != nil {
		return err
	}
	return checkPlane(nameCr, len(cr), stride, w, h)
}

// checkPlane refuses a buffer of length bytes that does not hold the given rows
// of row bytes each (row and rows at least 1), without overflow for any stride.
func checkPlane(name string, length, stride, row, rows int) error {
	if stride < row {
		return fmt.Errorf("%w: stride of %s is %d, a row has %d bytes", ErrImage, name, stride, row)
	}
	if length < row || rows > 1 && stride > (length-row)/(rows-1) {
		return fmt.Errorf("%w: %s: %d bytes are too few for %d rows of %d bytes at stride %d",
			ErrImage, name, length, rows, row, stride)
	}
	return nil
}

// padLuma repeats the last column and row of luma where 4:2:0 has an odd size.
func (p *YUV) padLuma() {
	if p.lumaWidth() > p.Width {
		for y := 0; y < p.Height; y++ {
			row := p.Y[y*p.YStride:][:p.Width+1]
			row[p.Width] = row[p.Width-1]
		}
	}
	if p.lumaHeight() > p.Height {
		w := p.lumaWidth()
		copy(p.Y[p.Height*p.YStride:][:w], p.Y[(p.Height-1)*p.YStride:][:w])
	}
}

// neutralChroma sets all chroma to 128, no colour.
func (p *YUV) neutralChroma() {
	w, h := p.chromaWidth(), p.chromaHeight()
	first := p.Cb[:w]
	for i := range first {
		first[i] = 128
	}
	copyPlane(p.Cb, p.CStride, first, 0, w, h)
	copyPlane(p.Cr, p.CStride, first, 0, w, h)
}

// copyPlane copies rows of w samples.
func copyPlane(dst []uint8, dstStride int, src []uint8, srcStride, w, h int) {
	for y := 0; y < h; y++ {
		copy(dst[y*dstStride:][:w], src[y*srcStride:][:w])
	}
}
