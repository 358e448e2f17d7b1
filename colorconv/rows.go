package colorconv

//go:generate go -C _gen run .

// The row kernels: all arithmetic on packed pixels, a row (for 4:2:0 two) at a
// time. The functions of this file take an AVX2 form for what has blockPixels and
// more, and the portable form, which is the definition, for the rest. Slices have
// exactly the length of their row: pix n bytes (3 or 4) for each luma sample.
//
// The slicing that each begins with is what keeps the assembly within its rows.

// blockPixels is how many pixels the AVX2 forms take at once. The last block of a
// row overlaps the one before: to write a sample twice is quicker than to write it
// alone.
const blockPixels = 32

// pixelRow converts a row of pixels to 4:4:4. Of four bytes the fourth is not read.
func pixelRow(y, cb, cr, pix []uint8, n int, m *pixelMatrix) {
	w := len(y)
	cb, cr, pix = cb[:w], cr[:w], pix[:n*w]
	switch {
	case useAVX2 && w >= blockPixels:
		pixelBlocks(y, cb, cr, pix, n, w/blockPixels, m)
		if w%blockPixels != 0 {
			x := w - blockPixels
			pixelBlocks(y[x:], cb[x:], cr[x:], pix[n*x:], n, 1, m)
		}
	case n == 3:
		pixelRow3(y, cb, cr, pix, m)
	default:
		pixelRow4(y, cb, cr, pix, m)
	}
}

func pixelBlocks(y, cb, cr, pix []uint8, n, blocks int, m *pixelMatrix) {
	if n == 3 {
		pixelRow3AVX2(&y[0], &cb[0], &cr[0], &pix[0], blocks, &m.wide)
	} else {
		pixelRow4AVX2(&y[0], &cb[0], &cr[0], &pix[0], blocks, &m.wide)
	}
}

// subsampledRows converts two rows of pixels to two of luma and one of 4:2:0
// chroma. Both may be the same, and both rows of luma too.
func subsampledRows(y0, y1, cb, cr, top, bottom []uint8, n int, m *pixelMatrix, siting Siting) {
	w := len(y0)
	y1, cb, cr, top, bottom = y1[:w], cb[:(w+1)/2], cr[:(w+1)/2], top[:n*w], bottom[:n*w]
	switch {
	case useAVX2 && w >= blockPixels:
		subsampledBlocks(y0, y1, cb, cr, top, bottom, n, 0, w/blockPixels, m, siting)
		x := w &^ 1
		if x%blockPixels != 0 {
			subsampledBlocks(y0, y1, cb, cr, top, bottom, n, x-blockPixels, 1, m, siting)
		}
		if x < w {
			y0[x], y1[x] = m.lumaOf(top[n*x:]), m.lumaOf(bottom[n*x:])
			chromaTail(cb, cr, top, bottom, n, x/2, m, siting)
		}
	default:
		lumaRow(y0, top, n, m)
		lumaRow(y1, bottom, n, m)
		if n == 3 {
			chromaRow3(cb, cr, top, bottom, m, siting)
		} else {
			chromaRow4(cb, cr, top, bottom, m, siting)
		}
	}
}

// subsampledBlocks converts blocks from the even column x on.
func subsampledBlocks(y0, y1, cb, cr, top, bottom []uint8, n, x, blocks int, m *pixelMatrix, siting Siting) {
	back := min(x, 1) * n
	y0, y1, cb, cr, top, bottom = y0[x:], y1[x:], cb[x/2:], cr[x/2:], top[n*x:], bottom[n*x:]
	switch {
	case n == 3 && siting == Centre:
		subsampledRows3CentreAVX2(&y0[0], &y1[0], &cb[0], &cr[0], &top[0], &bottom[0], blocks, &m.wide)
	case n == 3:
		subsampledRows3LeftAVX2(&y0[0], &y1[0], &cb[0], &cr[0], &top[0], &bottom[0], blocks, back, &m.wide)
	case siting == Centre:
		subsampledRows4CentreAVX2(&y0[0], &y1[0], &cb[0], &cr[0], &top[0], &bottom[0], blocks, &m.wide)
	default:
		subsampledRows4LeftAVX2(&y0[0], &y1[0], &cb[0], &cr[0], &top[0], &bottom[0], blocks, back, &m.wide)
	}
}

// splitPixels puts the first three of the n bytes of each pixel apart.
func splitPixels(a, b, c, pix []uint8, n int) {
	w := len(a)
	b, c, pix = b[:w], c[:w], pix[:n*w]
	if !useAVX2 || w < blockPixels {
		splitPixelsPortable(a, b, c, pix, n)
		return
	}
	splitBlocks(a, b, c, pix, n, w/blockPixels)
	if w%blockPixels != 0 {
		x := w - blockPixels
		splitBlocks(a[x:], b[x:], c[x:], pix[n*x:], n, 1)
	}
}

func splitBlocks(a, b, c, pix []uint8, n, blocks int) {
	if n == 3 {
		splitPixels3AVX2(&a[0], &b[0], &c[0], &pix[0], blocks)
	} else {
		splitPixels4AVX2(&a[0], &b[0], &c[0], &pix[0], blocks)
	}
}

// limitedRow converts full range luma to limited range; t is its table.
func limitedRow(dst, src []uint8, t *[256]uint8) {
	w := len(dst)
	src = src[:w]
	if !useAVX2 || w < 32 {
		mapRow(dst, src, t)
		return
	}
	limitedRowAVX2(&dst[0], &src[0], w/32)
	if w%32 != 0 {
		limitedRowAVX2(&dst[w-32], &src[w-32], 1)
	}
}

// opaque reports whether the alpha of all 4-byte pixels is 255.
func opaque(pix []uint8) bool {
	const block = 4 * 32
	n := len(pix)
	if !useAVX2 || n < block {
		return opaquePortable(pix)
	}
	return opaqueAVX2(&pix[0], n/block) && (n%block == 0 || opaqueAVX2(&pix[n-block], 1))
}

// composite puts 4-byte pixels on the background, whose components have the order
// of the pixels', in lanes of 16 bits. Their alpha is straight, or their colour
// premultiplied; a colour above its alpha, which no correct image has, is cut off
// at 255. The fourth bytes become 0. dst and pix may not overlap.
func composite(dst, pix []uint8, straight bool, background uint64) {
	const block = 4 * 8
	n := len(pix)
	dst = dst[:n]
	switch {
	case useAVX2 && n >= block:
		compositeBlocks(dst, pix, n/block, straight, background)
		if n%block != 0 {
			compositeBlocks(dst[n-block:], pix[n-block:], 1, straight, background)
		}
	case straight:
		compositeStraight(dst, pix, background)
	default:
		compositePremultiplied(dst, pix, background)
	}
}

func compositeBlocks(dst, pix []uint8, blocks int, straight bool, background uint64) {
	if straight {
		compositeStraightAVX2(&dst[0], &pix[0], blocks, background)
	} else {
		compositePremultipliedAVX2(&dst[0], &pix[0], blocks, background)
	}
}
