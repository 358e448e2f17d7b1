package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"

	"github.com/g264/g264/bench/internal/measure"
)

// curve is what the ruler found of one encoder on one clip.
type curve struct {
	Clip    string  `json:"clip"`
	Encoder string  `json:"enc"`
	Points  []point `json:"pts"`
	// Against the ruler's base, x264 medium: percent of bits at equal SSIM, nil
	// where the two share no quality, and processor time.
	BDSSIM *float64 `json:"bd_ssim"`
	CPU    float64  `json:"cpu"`
}

// point is one quantiser or CRF.
type point struct {
	Kbps float64 `json:"kbps"`
	PSNR float64 `json:"psnr"` // of luma, dB
	SSIM float64 `json:"ssim"` // of luma, dB: -10 log10(1-SSIM)
}

// read reads what rd.py --json wrote.
func read(file string) ([]curve, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var curves []curve
	if err := json.Unmarshal(data, &curves); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if len(curves) == 0 {
		return nil, fmt.Errorf("%s holds no curves", file)
	}
	for _, c := range curves {
		if len(c.Points) == 0 {
			return nil, fmt.Errorf("%s: %s on %s has no points", file, c.Encoder, c.Clip)
		}
		for _, p := range c.Points {
			if p.Kbps <= 0 {
				return nil, fmt.Errorf("%s: %s on %s has a point at %v kbit/s", file, c.Encoder, c.Clip, p.Kbps)
			}
		}
	}
	return curves, nil
}

// names returns the clips or encoders in the order in which they first stand.
func names(curves []curve, of func(curve) string) (list []string) {
	for _, c := range curves {
		if !slices.Contains(list, of(c)) {
			list = append(list, of(c))
		}
	}
	return list
}

// targets are what presets shall reach on the frontier: the most bits and time.
var targets = map[string]place{
	"g264-ultrafast": {bits: 80, cpu: 0.20},
	"g264-veryfast":  {bits: 25, cpu: 0.45},
	"g264-medium":    {bits: 6, cpu: 1},
	"g264-slow":      {bits: 2, cpu: 2},
}

// tell tells which targets are reached.
func tell(places []place) error {
	for _, p := range places {
		target, ok := targets[p.encoder]
		if !ok {
			continue
		}
		goal := measure.Goal{
			Figure:  p.encoder + ": more bits than x264 medium at equal SSIM, at its processor time",
			Reached: fmt.Sprintf("%+.1f %% at %.2f", p.bits, p.cpu), Target: fmt.Sprintf("%+g %% at %.2f", target.bits, target.cpu),
			Met: p.bits <= target.bits && p.cpu <= target.cpu, Command: "go run ./curves",
		}
		if err := goal.Tell(); err != nil {
			return err
		}
	}
	return nil
}

// place is an encoder's place on the frontier.
type place struct {
	encoder string
	bits    float64 // percent more than the base at equal SSIM, mean over the clips
	cpu     float64 // processor time, the base's is 1; geometric mean
}

func frontier(curves []curve) (places []place) {
	for _, encoder := range names(curves, func(c curve) string { return c.Encoder }) {
		p, n := place{encoder: encoder}, 0.0
		for _, c := range curves {
			if c.Encoder == encoder && c.BDSSIM != nil {
				p.bits += *c.BDSSIM
				p.cpu += math.Log(c.CPU)
				n++
			}
		}
		if n > 0 {
			p.bits, p.cpu = p.bits/n, math.Exp(p.cpu/n)
			places = append(places, p)
		}
	}
	return places
}
