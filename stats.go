package g264

import (
	"math"
	"time"

	"github.com/g264/g264/h264"
)

// Stats is what an Encoder has made so far. It is complete after Close.
type Stats struct {
	Frames    int           // coded
	KeyFrames int           // of them
	Bytes     int64         // of the coded frames, without the file's own
	Written   int64         // bytes of the file that the io.Writer, or the sink of segments, took
	Duration  time.Duration // of the frames taken, to the nearest nanosecond
	MeanQP    float64       // mean quantiser of luma over all macroblocks
	PSNR      PSNR          // zero unless Options.MeasurePSNR

	// SSIM is the mean structural similarity of luma (Wang et al. 2004), as x264
	// and ffmpeg's ssim filter have it: over windows of 8x8 samples, 4 apart; 1
	// where nothing was lost. Zero unless Options.MeasureSSIM, and in frames
	// below 8x8.
	SSIM float64
}

// PSNR is the peak signal-to-noise ratio in dB of the decoded samples to those
// that the encoder was given, both in the file's YUV: from the squared error of
// all frames together. +Inf where nothing was lost. Overall is over the samples
// of all three planes.
type PSNR struct{ Y, Cb, Cr, Overall float64 }

// Stats returns the statistics so far; also after Close.
func (e *Encoder) Stats() Stats {
	s := e.tally.stats()
	s.Written = e.out.n
	s.Duration = e.clock.length()
	return s
}

// tally sums up what the coder tells of its access units.
type tally struct {
	frames, keys int
	bytes        int64
	qp, ssim     float64    // sums over frames
	ssd          [3]uint64  // by plane
	samples      [3]float64 // of a frame, by plane
	psnr         bool
}

func (t *tally) size(o *Options, width, height int) {
	w, h := o.codedSize(width, height)
	luma := float64(w) * float64(h)
	t.psnr = o.MeasurePSNR
	t.samples = [3]float64{luma, luma, luma}
	if o.Chroma == Chroma420 {
		t.samples[1], t.samples[2] = luma/4, luma/4
	}
}

func (t *tally) add(au *h264.AccessUnit, bytes int) {
	t.frames++
	if au.Key {
		t.keys++
	}
	t.bytes += int64(bytes)
	t.qp += au.QP
	t.ssim += au.SSIM
	for i, ssd := range au.SSD {
		t.ssd[i] += ssd
	}
}

func (t *tally) stats() Stats {
	s := Stats{Frames: t.frames, KeyFrames: t.keys, Bytes: t.bytes}
	if t.frames == 0 {
		return s
	}
	n := float64(t.frames)
	s.MeanQP, s.SSIM = t.qp/n, t.ssim/n
	if t.psnr {
		ssd, samples := 0.0, 0.0
		plane := [3]float64{}
		for i := range plane {
			plane[i] = psnr(float64(t.ssd[i]), n*t.samples[i])
			ssd += float64(t.ssd[i])
			samples += t.samples[i]
		}
		s.PSNR = PSNR{plane[0], plane[1], plane[2], psnr(ssd, n*samples)}
	}
	return s
}

// psnr of a sum of squared differences over a number of 8-bit samples.
func psnr(ssd, samples float64) float64 {
	if ssd == 0 {
		return math.Inf(1)
	}
	return 10 * math.Log10(255*255*samples/ssd)
}
