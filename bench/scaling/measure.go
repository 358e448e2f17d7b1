package main

import (
	"slices"
	"time"

	"github.com/g264/g264/h264"
	"github.com/g264/g264/internal/testvideo"
)

// measureCosts encodes the clip several times with one thread.
func measureCosts(clip []testvideo.Frame, preset string, runs int) (*costs, error) {
	var least *costs
	for range runs {
		c, err := measureOnce(clip, preset)
		if err != nil {
			return nil, err
		}
		if least == nil {
			least = c
		}
		least.lower(c)
	}
	return least, nil
}

// measureOnce encodes the clip forwards, which warms memory and buffers up, and
// backwards, which counts.
func measureOnce(clip []testvideo.Frame, preset string) (*costs, error) {
	there := len(clip)
	clip = slices.Clone(clip)
	for _, f := range slices.Backward(clip) {
		clip = append(clip, f)
	}
	width, height := clip[0].Width, clip[0].Height
	enc, err := h264.NewEncoder(h264.Config{
		Width: width, Height: height, FrameRate: h264.Rational{Num: 25, Den: 1}, Preset: preset, Threads: 1, KeyInt: 1000,
	})
	if err != nil {
		return nil, err
	}
	defer enc.Close()
	c := newCosts(len(clip), (width+15)/16, (height+15)/16)
	var coding time.Duration
	enc.Observe(func(t h264.Task) {
		coding += t.Took
		switch t.Stage {
		case h264.StageLight:
			c.light[t.Picture] = t.Took
			return
		case h264.StageTake:
			c.take[t.Picture] = append(c.take[t.Picture], t.Took)
			return
		case h264.StageAhead:
			c.ahead[t.Picture] = append(c.ahead[t.Picture], t.Took)
			return
		}
		[...][][]time.Duration{
			h264.StageAnalysis: c.analysis, h264.StageFilter: c.filter, h264.StageEntropy: c.entropy,
		}[t.Stage][t.Picture][t.Row] = t.Took
	})
	for i, f := range clip {
		coding = 0
		began := time.Now()
		_, err := enc.Encode(&h264.Picture{Y: f.Y, Cb: f.Cb, Cr: f.Cr, YStride: f.YStride, CStride: f.CStride, PTS: int64(i)})
		if err != nil {
			return nil, err
		}
		c.call[i] = time.Since(began) - coding
	}
	for i := 0; ; i++ {
		coding = 0
		began := time.Now()
		units, err := enc.Flush()
		if err != nil || len(units) == 0 {
			return c.from(there), err
		}
		c.call[i] += time.Since(began) - coding
	}
}

// from are the costs without the first n pictures.
func (c *costs) from(n int) *costs {
	c.call, c.light = c.call[n:], c.light[n:]
	for _, stage := range c.stages() {
		*stage = (*stage)[n:]
	}
	return c
}

func newCosts(pictures, mbW, mbH int) *costs {
	c := &costs{
		mbW: mbW, call: make([]time.Duration, pictures), light: make([]time.Duration, pictures),
		take: make([][]time.Duration, pictures), ahead: make([][]time.Duration, pictures),
	}
	for _, stage := range c.coding() {
		for range pictures {
			*stage = append(*stage, make([]time.Duration, mbH))
		}
	}
	return c
}

// coding are the stages of a picture's rows.
func (c *costs) coding() []*[][]time.Duration {
	return []*[][]time.Duration{&c.analysis, &c.filter, &c.entropy}
}

// stages are the stages of bands and rows.
func (c *costs) stages() []*[][]time.Duration { return append(c.coding(), &c.take, &c.ahead) }

// lower takes the lesser time of each task.
func (c *costs) lower(other *costs) {
	for i := range c.call {
		c.call[i] = min(c.call[i], other.call[i])
		c.light[i] = min(c.light[i], other.light[i])
	}
	theirs := other.stages()
	for s, stage := range c.stages() {
		for i, rows := range *stage {
			for y := range rows {
				rows[y] = min(rows[y], (*theirs[s])[i][y])
			}
		}
	}
}

// repeats of the inter pictures make the clip long enough that its beginning and
// end, where little overlaps, count no more than in a video of some seconds.
const repeats = 8

// repeated is the first picture and n times all others.
func (c *costs) repeated(n int) *costs {
	r := &costs{mbW: c.mbW, call: c.call[:1:1], light: c.light[:1:1]}
	from, to := c.stages(), r.stages()
	for s := range from {
		*to[s] = (*from[s])[:1:1]
	}
	for range n {
		r.call, r.light = append(r.call, c.call[1:]...), append(r.light, c.light[1:]...)
		for s := range from {
			*to[s] = append(*to[s], (*from[s])[1:]...)
		}
	}
	return r
}

// sums are the times of the caller, taking pictures, measuring them ahead,
// analysis, filter and entropy coding.
func (c *costs) sums() (sums [6]time.Duration) {
	for i, took := range c.call {
		sums[0] += took
		sums[2] += c.light[i]
		for s, stage := range []*[][]time.Duration{&c.take, &c.ahead, &c.analysis, &c.filter, &c.entropy} {
			for _, took := range (*stage)[i] {
				sums[s+1] += took
			}
		}
	}
	return sums
}
