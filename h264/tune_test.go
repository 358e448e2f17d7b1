package h264_test

import (
	"bytes"
	"testing"

	"github.com/g264/g264/h264"
	"github.com/g264/g264/internal/testvideo"
)

// A tune gives the stream of the options that it stands for, and what the options
// say themselves comes before it.
func TestTunes(t *testing.T) {
	clip := testvideo.Clip(testvideo.Moving, 94, 62, 6, true)
	bytesOf := func(cfg h264.Config) []byte {
		cfg.NoSEI = true
		return encode(t, cfg.Tune, cfg, clip, nil).bytes
	}
	plain := bytesOf(h264.Config{})
	for _, test := range []struct {
		tune  string
		means h264.Config
		refs  int // beside the preset's
	}{
		{"psnr", h264.Config{AQStrength: 0.5}, 0},
		{"ssim", h264.Config{AQStrength: 1}, 0},
		{"animation", h264.Config{AQStrength: 0.8, QCompress: 0.5, DeblockAlpha: 1, DeblockBeta: 1}, 2},
		{"stillimage", h264.Config{AQStrength: 1.2, DeblockAlpha: -3, DeblockBeta: -3}, 0},
		{"screen", h264.Config{AQStrength: 0.8, QCompress: 0.5}, 0},
		{"zerolatency", h264.Config{LowLatency: true}, 0},
	} {
		t.Run(test.tune, func(t *testing.T) {
			tuned := bytesOf(h264.Config{Tune: test.tune})
			if test.tune != "ssim" && bytes.Equal(tuned, plain) {
				t.Error("it changes nothing")
			}
			refs := func(tune string) uint {
				s := encode(t, tune, h264.Config{Tune: tune}, clip[:1], nil)
				return parse(t, s).sps.NumRefFrames
			}
			if got, want := refs(test.tune), refs("")+uint(test.refs); got != want {
				t.Errorf("%d reference pictures, want %d", got, want)
			}
			if test.refs == 0 && !bytes.Equal(tuned, bytesOf(test.means)) {
				t.Error("it isn't what its options are")
			}
			own := h264.Config{Tune: test.tune, AQStrength: 2, QCompress: 0.8, DeblockAlpha: -1}
			same := own
			same.Tune, same.LowLatency = "", test.means.LowLatency
			if test.refs == 0 && !bytes.Equal(bytesOf(own), bytesOf(same)) {
				t.Error("it overrules options")
			}
		})
	}
}

// With zerolatency an access unit is out before the next picture comes in.
func TestZeroLatency(t *testing.T) {
	for _, threads := range []int{1, 4} {
		clip := testvideo.Clip(testvideo.Cut, 94, 62, testvideo.CutLength+3, true)
		cfg := configFor(h264.Config{Tune: "zerolatency", Threads: threads}, clip[0])
		enc, err := h264.NewEncoder(cfg)
		if err != nil {
			t.Fatal(err)
		}
		defer enc.Close()
		for i, f := range clip {
			units, err := enc.Encode(picture(f, int64(i)))
			if err != nil {
				t.Fatal(err)
			}
			if len(units) != 1 || units[0].PTS != int64(i) {
				t.Fatalf("%d threads: %d access units behind picture %d", threads, len(units), i)
			}
		}
		if units, err := enc.Flush(); err != nil || len(units) > 0 {
			t.Errorf("%d threads: %d access units at the end, error %v", threads, len(units), err)
		}
	}
}
