package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"slices"
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
