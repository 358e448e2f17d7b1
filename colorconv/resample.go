package colorconv

// axis maps the samples of a destination row (or column) of chroma to those of
// the source. Positions in the source are in eighths of its sample distance,
// which is exact for every pair of formats: destination sample i lies at
// first + i*step and is interpolated linearly between its two neighbours there.
type axis struct {
	first, step int
	smooth      bool // [1 2 1]/4 around position i*step instead: halving onto the even columns
}

// newAxis relates a source whose samples stand for group pixels each (1, 2 or 4)
// to a destination whose samples stand for step pixels (1 or 2). The first group
// begins phase pixels before the image. Samples lie in the middle of their group,
// or on its first pixel where the flags say so (for a source only with phase 0).
func newAxis(group, phase int, srcFirst bool, step int, dstFirst bool) axis {
	// Twice the positions, in pixels, so that middles are integers.
	src, dst := group-1-2*phase, step-1
	if srcFirst {
		src = 0
	}
	if dstFirst {
		dst = 0
	}
	return axis{
		first:  4 * (dst - src) / group,
		step:   axisWeight * step / group,
		smooth: group == 1 && step == 2 && dstFirst,
	}
}

// at returns the two source samples around sample i and the weight of the second
// in eighths. The samples may lie outside of the source, which repeats its ends.
func (a axis) at(i int) (j, weight int) {
	u := a.first + i*a.step
	return u >> 3, u & 7
}

// aligned reports whether every destination sample is a source sample.
func (a axis) aligned() bool { return a.first == 0 && a.step == axisWeight }

// linePad is how many copies of its ends a line has on either side.
const linePad = 3

// stretch interpolates a line into dst, whose elements have axisWeight times the
// scale. An element may be a signed number or two lanes of 16 bits: sums modulo
// 1<<32 serve both.
func (a axis) stretch(dst, line []uint32) {
	j, f := a.at(0)
	w0, w1 := uint32(axisWeight-f), uint32(f)
	switch {
	case a.smooth:
		halveRow(dst, line[linePad-1:], 2, 4, 2)
	case a.step == 2*axisWeight:
		halveRow(dst, line[linePad+j:], w0, w1, 0)
	case a.step == axisWeight:
		betweenRow(dst, line[linePad+j:], w0, w1)
	case a.step == axisWeight/2:
		k, g := a.at(1)
		doubleRow(dst, line[linePad+j:], line[linePad+k:], w0, w1, uint32(axisWeight-g), uint32(g))
	default:
		for i := range dst {
			j, f := a.at(i)
			dst[i] = line[linePad+j]*uint32(axisWeight-f) + line[linePad+j+1]*uint32(f)
		}
	}
}

// resampler interpolates the chroma of a source, row by row, and keeps the two
// source rows that it stretched last. Rows whose samples stay where they are have
// no need of it: they keep the scale of lines.
type resampler struct {
	src        planes
	cross      *yccMatrix // lines hold what chroma adds to Y; nil: Cb in the low 16 bits, Cr in the high ones
	horizontal axis
	vertical   axis

	line []uint32
	rows [2][]uint32
	held [2]int
}

// start prepares for rows of the given width.
func (r *resampler) start(src *planes, cross *yccMatrix, horizontal, vertical axis, width int) {
	// A copy, since what a Converter points to would be allocated for each picture.
	r.src, r.cross, r.horizontal, r.vertical = *src, cross, horizontal, vertical
	r.line = grow(r.line, src.cw+2*linePad)
	for i := range r.rows {
		r.rows[i] = grow(r.rows[i], width)
		r.held[i] = -1
	}
}

// row returns the two stretched rows around destination row y, and the weights by
// which they sum to filterWeight times a sample. The rows are valid until the next
// call.
func (r *resampler) row(y int) (a, b []uint32, wa, wb uint32) {
	scale := uint32(1)
	if r.horizontal.aligned() {
		scale = axisWeight
	}
	j, f := r.vertical.at(y)
	a = r.stretched(j)
	if f == 0 {
		return a, a, scale * axisWeight, 0
	}
	return a, r.stretched(j + 1), scale * uint32(axisWeight-f), scale * uint32(f)
}

func (r *resampler) stretched(j int) []uint32 {
	j = min(max(j, 0), r.src.ch-1)
	row := r.rows[j&1]
	if r.held[j&1] == j {
		return row
	}
	r.held[j&1] = j
	cb := r.src.cb[j*r.src.cs:][:r.src.cw]
	cr := r.src.cr[j*r.src.cs:][:r.src.cw]
	mid := r.line[linePad:][:len(cb)]
	if r.horizontal.aligned() {
		mid = row
	}
	if r.cross == nil {
		pairRow(mid, cb, cr)
	} else {
		crossRow(mid, cb, cr, r.cross)
	}
	if r.horizontal.aligned() {
		return row
	}
	for i := 0; i < linePad; i++ {
		r.line[i] = mid[0]
		r.line[linePad+len(mid)+i] = mid[len(mid)-1]
	}
	r.horizontal.stretch(row, r.line)
	return row
}
