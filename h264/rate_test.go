package h264_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/g264/g264/h264"
	"github.com/g264/g264/internal/testvideo"
)

// mixed is a clip with a start, calm and busy parts, and cuts.
func mixed(width, height, frames int) []testvideo.Frame {
	parts := []testvideo.Content{testvideo.Moving, testvideo.Text, testvideo.Cut, testvideo.Moving, testvideo.Flat}
	var clip []testvideo.Frame
	for i := range frames {
		clip = append(clip, testvideo.Render(parts[i*len(parts)/frames], width, height, i, true))
	}
	return clip
}

// bitsOf returns the bits of each access unit, as a byte stream.
func bitsOf(s stream) (sizes []int, total int) {
	for _, au := range s.units {
		n := 8 * len(au.AppendAnnexB(nil))
		sizes = append(sizes, n)
		total += n
	}
	return sizes, total
}

// The decoder's buffer is nine tenths full at the first picture, is filled at the
// maximum rate, and never lacks what the next picture takes; by every number of
// threads, with the same bytes.
func TestBufferHolds(t *testing.T) {
	clip := mixed(160, 128, 70)
	for _, cfg := range []h264.Config{
		{CRF: 8, MaxRate: 300, BufferSize: 300, Preset: "veryfast"},
		{CRF: 12, MaxRate: 200, BufferSize: 60, Preset: "ultrafast", MinKeyInt: 1},
		{CRF: 8, MaxRate: 250, BufferSize: 100, NoMBTree: true, Lookahead: 3, Preset: "ultrafast"},
		{CRF: 15, MaxRate: 250, BufferSize: 125, LowLatency: true, Preset: "ultrafast"},
		{RateControl: h264.AverageBitrate, Bitrate: 200, MaxRate: 200, BufferSize: 100, Preset: "veryfast"},
		{RateControl: h264.AverageBitrate, Bitrate: 150, MaxRate: 300, BufferSize: 60, LowLatency: true, Preset: "ultrafast"},
		{RateControl: h264.AverageBitrate, Bitrate: 200, MaxRate: 250, BufferSize: 100, QPMax: 30, Preset: "ultrafast"},
	} {
		name := fmt.Sprintf("crf %v, bit rate %d, max rate %d, buffer %d", cfg.CRF, cfg.Bitrate, cfg.MaxRate, cfg.BufferSize)
		cfg.Threads = 1
		s := encode(t, name, cfg, clip, nil)
		sizes, _ := bitsOf(s)
		fill, used := cfg.BufferSize*900, false
		for i, n := range sizes {
			if fill -= n; fill < 0 {
				t.Errorf("%s: picture %d of %d bits: the buffer lacks %d", name, i, n, -fill)
			}
			used = used || fill < cfg.BufferSize*400
			fill = min(fill+cfg.MaxRate*1000/int(rate.Num), cfg.BufferSize*1000)
		}
		if !used {
			t.Errorf("%s: the buffer is never half empty", name)
		}
		for _, cfg.Threads = range []int{3, 8} {
			if !bytes.Equal(encode(t, name, cfg, clip, nil).bytes, s.bytes) {
				t.Errorf("%s: another stream with %d threads", name, cfg.Threads)
			}
		}
	}
}

// A bit rate is met within a tenth over ten seconds, at all rates and whatever
// the threads.
func TestBitrateIsMet(t *testing.T) {
	clip := testvideo.Clip(testvideo.Moving, 96, 64, 250, true)
	for _, kbit := range []int{30, 120, 500} {
		for _, edit := range []func(c *h264.Config){
			func(c *h264.Config) {},
			func(c *h264.Config) { c.NoMBTree = true },
			func(c *h264.Config) { c.LowLatency = true },
		} {
			cfg := h264.Config{RateControl: h264.AverageBitrate, Bitrate: kbit, Preset: "ultrafast", Threads: 1}
			edit(&cfg)
			s := encode(t, "bit rate", cfg, clip, nil)
			_, total := bitsOf(s)
			if want := kbit * 1000 * len(clip) / int(rate.Num); total < want*9/10 || total > want*11/10 {
				t.Errorf("%d kbit/s, NoMBTree %v, LowLatency %v: %d bits, want %d", kbit, cfg.NoMBTree, cfg.LowLatency, total, want)
			}
			cfg.Threads = 8
			if !bytes.Equal(encode(t, "bit rate", cfg, clip, nil).bytes, s.bytes) {
				t.Errorf("%d kbit/s: another stream with 8 threads", kbit)
			}
		}
	}
}
