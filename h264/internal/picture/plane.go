// Package picture holds pictures in the form that the stages work on: planes
// with borders, so that vectors may point over the edges (ITU-T H.264 clause
// 8.4.2.2, where coordinates are clamped), the half-sample planes of references
// (8.4.2.2.1), half-size copies for the lookahead, and the progress of rows.
package picture

const (
	// Border is how far luma-like planes extend beyond the picture on each side.
	Border = 32
	// Reach is how far half-sample planes are valid beyond the picture: the
	// six-tap filter needs three samples more.
	Reach = Border - 4
	// ChromaBorder is the border of interleaved chroma, in pairs.
	ChromaBorder = 16
)

// Plane is a plane of samples with a border around it. Sample (x, y) is at
// Pix[Origin+y*Stride+x].
type Plane struct {
	Pix            []uint8
	Origin, Stride int
	W, H           int // without the border
}

// newPlane makes a plane of w x h samples with a border of that many samples on
// each side.
func newPlane(m *memory, w, h, border int) Plane {
	p, n := layout(w, h, border)
	p.Pix = m.take(n)
	return p
}

// planeBytes is the memory that newPlane takes.
func planeBytes(w, h, border int) int64 {
	_, n := layout(w, h, border)
	return inMemory(n)
}

// layout is a plane without its samples, and their number.
func layout(w, h, border int) (p Plane, n int) {
	stride := (w + 2*border + 15) &^ 15
	return Plane{Origin: border*stride + border, Stride: stride, W: w, H: h}, stride * (h + 2*border)
}

// At returns the plane's samples from (x, y) on.
func (p *Plane) At(x, y int) []uint8 { return p.Pix[p.Index(x, y):] }

// Index is the place of that sample in Pix.
func (p *Plane) Index(x, y int) int { return p.Origin + y*p.Stride + x }

// RefPlane is a luma-like plane that motion vectors refer to, with its
// half-sample planes, if it has them. All four have one geometry, and lie behind
// each other.
type RefPlane struct {
	Plane
	// Half holds the samples half a sample to the right (b), below (h) and both
	// (j of figure 8-4), in that order.
	Half [3][]uint8
	// All holds the four planes, each Distance behind the one before: sample i of
	// Pix is its sample i, and sample i of Half[k] its sample (k+1)*Distance+i.
	All      []uint8
	Distance int // 0: no half-sample planes
	// Quarters say where in All fractions of a sample are made from; of planes
	// without half samples the first is.
	Quarters *Quarters
}

// Planes of a reference are used together. So that their rows don't compete for
// the same lines of a cache, as addresses a multiple of aliased apart do, sample i
// of each is apart bytes from such a multiple behind that of the plane before.
const aliased, apart = 4096, 1024 + 64

func distance(n int) int { return (n+aliased-1)&^(aliased-1) + apart }

// refPlaneBytes is the memory that newRefPlane takes.
func refPlaneBytes(w, h int, half bool) int64 {
	_, n := layout(w, h, Border)
	if half {
		n += 3 * distance(n)
	}
	return inMemory(n)
}

// newRefPlane makes a reference plane, with half-sample planes or without.
func newRefPlane(m *memory, w, h int, half bool) RefPlane {
	if !half {
		p := newPlane(m, w, h, Border)
		return RefPlane{Plane: p, All: p.Pix, Quarters: new(Quarters)}
	}
	p, n := layout(w, h, Border)
	r := RefPlane{Plane: p, Distance: distance(n)}
	quarters := NewQuarters(r.Distance, r.Stride)
	r.Quarters = &quarters
	r.All = m.take(3*r.Distance + n)
	r.Pix = r.All[:n:n]
	for i := range r.Half {
		at := (i + 1) * r.Distance
		r.Half[i] = r.All[at : at+n : at+n]
	}
	return r
}
