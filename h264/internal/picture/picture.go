package picture

import "github.com/g264/g264/h264/internal/macroblock"

// Reconstruction is a picture as the decoder has it, and what later pictures
// need to refer to it.
type Reconstruction struct {
	Luma     RefPlane
	Chroma   Plane       // 4:2:0: Cb and Cr interleaved, W in samples (2 a pair)
	Chroma44 [2]RefPlane // 4:4:4: Cb and Cr
	Is444    bool

	// Grid is the macroblocks while the picture is coded; it is its coder's. Motion keeps
	// a vector of each.
	macroblock.Grid
	Motion []macroblock.MV

	// Version is the picture's own; those of its macroblocks are in raster order. Until
	// a macroblock is decided its version is that of what the memory held before.
	Version  Version
	Versions []Version
	finished []Version // of the samples that borders and half-sample planes are made from

	// Settled are the versions that the source had of macroblocks that became P_Skip
	// without a vector, 0 of others; SettledQP is the least QP at which they did.
	Settled   []Version
	SettledQP []int8
}

// NewReconstructions allocates n pictures of that many macroblocks, with
// half-sample planes or without, and without a Grid.
func NewReconstructions(n, mbW, mbH int, chroma444, half bool) []*Reconstruction {
	m := newMemory(int64(n) * reconstructionBytes(mbW*16, mbH*16, chroma444, half))
	pictures := make([]*Reconstruction, n)
	for i := range pictures {
		pictures[i] = newReconstruction(m, mbW, mbH, chroma444, half)
	}
	return pictures
}

// Leave leaves the picture to another encoder.
func (r *Reconstruction) Leave() {
	r.Grid, r.Version = macroblock.Grid{}, 0
	clear(r.Versions)
	clear(r.finished)
}

func newReconstruction(m *memory, mbW, mbH int, chroma444, half bool) *Reconstruction {
	w, h := mbW*16, mbH*16
	r := &Reconstruction{
		Luma: newRefPlane(m, w, h, half), Is444: chroma444, Motion: make([]macroblock.MV, mbW*mbH),
		Versions: make([]Version, mbW*mbH), finished: make([]Version, mbW*mbH),
		Settled: make([]Version, mbW*mbH), SettledQP: make([]int8, mbW*mbH),
	}
	if chroma444 {
		r.Chroma44 = [2]RefPlane{newRefPlane(m, w, h, half), newRefPlane(m, w, h, half)}
		return r
	}
	var n int
	r.Chroma, n = chromaLayout(w, h)
	r.Chroma.Pix = m.take(n)
	return r
}

// chromaLayout is a plane of interleaved chroma without its samples, and their
// number.
func chromaLayout(w, h int) (p Plane, n int) {
	stride := (w + 4*ChromaBorder + 15) &^ 15
	p = Plane{Origin: ChromaBorder*stride + 2*ChromaBorder, Stride: stride, W: w, H: h / 2}
	return p, stride * (h/2 + 2*ChromaBorder)
}

// LumaLike returns the luma-like plane p: luma, or in 4:4:4 Cb or Cr.
func (r *Reconstruction) LumaLike(p int) *RefPlane {
	if p == 0 {
		return &r.Luma
	}
	return &r.Chroma44[p-1]
}

// EstimateBytes is the memory that `sources` source pictures, `halves` half-size
// lumas and `reconstructions` reference pictures take, with half-sample planes or
// without.
func EstimateBytes(mbW, mbH int, chroma444, half bool, sources, halves, reconstructions int64) int64 {
	const mvBytes, versionBytes = 4, 4
	mbs := int64(mbW) * int64(mbH)
	return sources*(sourceBytes(mbW*16, mbH*16, chroma444)+mbs*versionBytes) + halves*(planeBytes(mbW*8, mbH*8, HalfBorder)+mbs*versionBytes) +
		reconstructions*(reconstructionBytes(mbW*16, mbH*16, chroma444, half)+mbs*(mvBytes+3*versionBytes+1))
}

// sourceBytes is what the planes of a source picture take.
func sourceBytes(w, h int, chroma444 bool) int64 {
	cw, ch := w, h
	if !chroma444 {
		cw, ch = w/2, h/2
	}
	return planeBytes(w, h, 0) + 2*planeBytes(cw, ch, 0)
}

// reconstructionBytes is what the planes of a reference picture take.
func reconstructionBytes(w, h int, chroma444, half bool) int64 {
	luma := refPlaneBytes(w, h, half)
	if chroma444 {
		return 3 * luma
	}
	_, n := chromaLayout(w, h)
	return luma + inMemory(n)
}
