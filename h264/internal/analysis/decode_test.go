package analysis_test

import (
	"fmt"
	"testing"

	"github.com/g264/g264/h264/internal/analysis"
	"github.com/g264/g264/h264/internal/inter"
	"github.com/g264/g264/h264/internal/intra"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/h264/internal/residual"
	"github.com/g264/g264/internal/testenv"
	"github.com/g264/g264/internal/testvideo"
)

// decoder reconstructs a picture from its macroblocks and levels alone.
type decoder struct {
	*coded
	refs []*picture.Reconstruction
	// pix are the planes, not deblocked.
	pix    [3][]uint8
	stride [3]int
}

func newDecoder(c *coded, refs []*picture.Reconstruction) *decoder {
	d := &decoder{coded: c, refs: refs}
	for p := range d.pix {
		size := d.size(p)
		d.stride[p] = c.frame.MBW * size
		d.pix[p] = make([]uint8, d.stride[p]*c.frame.MBH*size)
	}
	return d
}

func (d *decoder) likeLuma(p int) bool { return p == 0 || d.frame.Chroma44 }

func (d *decoder) size(p int) int {
	if d.likeLuma(p) {
		return 16
	}
	return 8
}

func (d *decoder) quantiser(p int, mb *macroblock.MB) *residual.Quantiser {
	qp := int(mb.QP)
	if p > 0 {
		qp = macroblock.ChromaQP(qp, d.frame.ChromaOffset)
	}
	return &residual.Quantisers[qp]
}

// macroblock reconstructs one macroblock.
func (d *decoder) macroblock(v *mbVisit) {
	var pred macroblock.Src
	if !v.mb.Type.IsIntra() {
		inter.Macroblock(&pred, d.refs, nil, v.x*16, v.y*16, v.mb, new([3]inter.Patch))
	}
	for p := range 3 {
		d.plane(p, v, &pred[p])
	}
}

func (d *decoder) plane(p int, v *mbVisit, block *[256]uint8) {
	size, mb, q := d.size(p), v.mb, d.quantiser(p, v.mb)
	level := &v.res.Level[p]
	a := intra.Available{Left: v.n.A != nil, Top: v.n.B != nil, TopLeft: v.n.D != nil, TopRight: v.n.C != nil}
	rec := d.around(p, v.x, v.y)
	counts := func(i int) uint8 { return mb.TotalCoeff[p][macroblock.BlockRaster[i]] }
	var nonzero [16]uint8
	for i := range nonzero {
		nonzero[i] = counts(i)
	}
	switch {
	case mb.Type == macroblock.IPCM:
		for i := range size * size {
			block[i/size*16+i%size] = uint8(*v.res.PCM(p, i))
		}
	case !d.likeLuma(p):
		if mb.Type.IsIntra() {
			var predictions [4][256]uint8
			intra.Chroma8(&predictions, &rec, a)
			*block = predictions[mb.ChromaMode]
		}
		if mb.CBP >= 16 {
			ac := [4]uint8(mb.TotalCoeff[p][:4])
			q.AddChroma8(block, &v.res.DC[p], level, &ac, mb.CBP >= 32)
		}
	case mb.Type == macroblock.I16x16:
		var predictions [4][256]uint8
		intra.Luma16(&predictions, &rec, a)
		*block = predictions[mb.I16Mode]
		q.AddIntra16(block, &v.res.DC[p], level, &nonzero)
	case mb.Type == macroblock.I4x4:
		for i := range 16 {
			d.block4(q, &rec, mb, &level[i], i, nonzero[i] != 0, a)
		}
		for i := range block {
			block[i] = rec[macroblock.RecAt(i%16, i/16)]
		}
	default:
		q.Add16(block, level, uint(mb.CBP&15))
	}
	for i := range size * size {
		d.pix[p][(v.y*size+i/size)*d.stride[p]+v.x*size+i%size] = block[i/size*16+i%size]
	}
}

// block4 predicts and reconstructs an Intra 4x4 block in rec.
func (d *decoder) block4(q *residual.Quantiser, rec *macroblock.Rec, mb *macroblock.MB, level *[16]int16, i int, isCoded bool, a intra.Available) {
	raster := int(macroblock.BlockRaster[i])
	bx, by := raster%4, raster/4
	var predictions [9][16]uint8
	modes := intra.Luma4(&predictions, rec, bx, by, a)
	for _, mode := range modes {
		if mode == mb.I4Modes[raster] {
			for j, v := range predictions[mode] {
				rec[macroblock.RecAt(bx*4+j%4, by*4+j/4)] = v
			}
		}
	}
	if isCoded {
		q.Add(rec[macroblock.RecAt(bx*4, by*4):], macroblock.RecStride, level)
	}
}

// around brings the samples around a macroblock in; those that no macroblock
// has are noise.
func (d *decoder) around(p, x, y int) (rec macroblock.Rec) {
	for i := range rec {
		rec[i] = uint8(i*37 + x*11 + y*5)
	}
	size := d.size(p)
	bring := func(dx, dy int) {
		px, py := x*size+dx, y*size+dy
		if px >= 0 && py >= 0 && px < d.stride[p] {
			rec[macroblock.RecAt(dx, dy)] = d.pix[p][py*d.stride[p]+px]
		}
	}
	for dx := -1; dx < size+8; dx++ {
		bring(dx, -1)
	}
	for dy := range size {
		bring(-1, dy)
	}
	return rec
}

// sample is a sample of the encoder's reconstruction.
func (d *decoder) sample(p, x, y int) uint8 {
	if d.likeLuma(p) {
		return d.rec.LumaLike(p).At(x, y)[0]
	}
	return d.rec.Chroma.At(2*x+p-1, y)[0]
}

// What the encoder keeps as reference is what a decoder makes of its
// macroblocks and levels.
func TestReconstructionIsTheDecoders(t *testing.T) {
	testenv.OneGoroutine(t)
	const mbW, mbH = 4, 4
	for _, preset := range analysis.Presets {
		for i, content := range []testvideo.Content{testvideo.Moving, testvideo.Text, testvideo.Noise} {
			for _, chroma444 := range []bool{false, true} {
				for _, qp := range []int{2, 18 + 5*i, 40} {
					c := newCoder(preset.Name, mbW, mbH, chroma444, qp)
					scatter(c.frame.Offsets)
					c.frame.ChromaOffset = 3*i - 2
					for n, src := range clip(content, mbW, mbH, 3, chroma444) {
						refs := c.refs
						picture := c.code(src, c.serial)
						d := newDecoder(&picture, refs)
						picture.walk(func(v mbVisit) { d.macroblock(&v) })
						if where := d.difference(); where != "" {
							t.Fatalf("%s, %v, 4:4:4 %v, QP %d, picture %d: %s", preset.Name, content, chroma444, qp, n, where)
						}
					}
				}
			}
		}
	}
}

func (d *decoder) difference() string {
	for p := range d.pix {
		for i, want := range d.pix[p] {
			x, y := i%d.stride[p], i/d.stride[p]
			if got := d.sample(p, x, y); got != want {
				size := d.size(p)
				mb := &d.rec.MBs[y/size*d.frame.MBW+x/size]
				return fmt.Sprintf("plane %d, sample (%d, %d) is %d, want %d, in %+v", p, x, y, got, want, *mb)
			}
		}
	}
	return ""
}
