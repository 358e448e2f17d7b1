package h264

import (
	"github.com/g264/g264/h264/internal/picture"
	"github.com/g264/g264/internal/dsp"
)

// measurement is how the reconstruction of a picture resembles its source, row
// by row. All is in integers, so that it is the same everywhere.
type measurement struct {
	psnr, ssim    bool
	width, height int // of the picture that is shown, in luma samples

	ssd        [3]uint64         // squared differences by plane
	similarity int64             // sum over the windows, in units of 1/dsp.SSIMOne
	blocks     [2][]dsp.SSIMSums // the 4x4 blocks of the two latest rows of them, by the row's parity
}

func newMeasurement(cfg *Config) measurement {
	m := measurement{psnr: cfg.MeasurePSNR, ssim: cfg.MeasureSSIM, width: cfg.Width, height: cfg.Height}
	if m.ssim {
		for i := range m.blocks {
			m.blocks[i] = make([]dsp.SSIMSums, m.width/4)
		}
	}
	return m
}

// begin makes ready for another picture.
func (m *measurement) begin() { m.ssd, m.similarity = [3]uint64{}, 0 }

// rows adds luma rows [y0, y1), which are final and follow those before, and
// their chroma. y0 is a multiple of 4.
func (m *measurement) rows(src *picture.Source, rec *picture.Reconstruction, y0, y1 int) {
	y1 = min(y1, m.height)
	if y0 >= y1 {
		return
	}
	if m.psnr {
		m.addSSD(src, rec, y0, y1)
	}
	if m.ssim {
		m.addSSIM(&src.Planes[0], &rec.Luma.Plane, y0/4, y1/4)
	}
}

func (m *measurement) addSSD(src *picture.Source, rec *picture.Reconstruction, y0, y1 int) {
	w := m.width
	m.ssd[0] += rowsSSD(&src.Planes[0], &rec.Luma.Plane, w, y0, y1)
	if rec.Is444 {
		m.ssd[1] += rowsSSD(&src.Planes[1], &rec.Chroma44[0].Plane, w, y0, y1)
		m.ssd[2] += rowsSSD(&src.Planes[2], &rec.Chroma44[1].Plane, w, y0, y1)
		return
	}
	const width, height = 64, 8
	var cb, cr [width * height]uint8
	for y := y0 / 2; y < y1/2; y += height {
		for x := 0; x < w/2; x += width {
			w, h := min(width, w/2-x), min(height, y1/2-y)
			dsp.SplitPairs(cb[:], cr[:], width, rec.Chroma.At(2*x, y), rec.Chroma.Stride, (w+7)&^7, h)
			m.ssd[1] += blockSSD(&src.Planes[1], x, y, cb[:], width, w, h)
			m.ssd[2] += blockSSD(&src.Planes[2], x, y, cr[:], width, w, h)
		}
	}
}

func blockSSD(p *picture.Plane, x, y int, block []uint8, stride, w, h int) uint64 {
	return dsp.SSDPlane(p.At(x, y), p.Stride, block, stride, w, h)
}

func rowsSSD(a, b *picture.Plane, w, y0, y1 int) uint64 {
	return dsp.SSDPlane(a.At(0, y0), a.Stride, b.At(0, y0), b.Stride, w, y1-y0)
}

// addSSIM adds the windows that rows [y0, y1) of 4x4 blocks complete: each is of
// two rows.
func (m *measurement) addSSIM(a, b *picture.Plane, y0, y1 int) {
	for y := y0; y < y1; y++ {
		blocks := m.blocks[y&1]
		dsp.SSIMSums4x4(blocks, a.At(0, 4*y), a.Stride, b.At(0, 4*y), b.Stride)
		if y > 0 {
			m.similarity += dsp.SSIMRow(m.blocks[y&1^1], blocks)
		}
	}
}

// meanSSIM is the mean over the windows of 8x8 samples, 4 apart; 0 where there
// is none.
func (m *measurement) meanSSIM() float64 {
	windows := (m.width/4 - 1) * (m.height/4 - 1)
	if windows <= 0 || !m.ssim {
		return 0
	}
	return float64(m.similarity) / float64(int64(windows)*dsp.SSIMOne)
}
