package h264_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/g264/g264/h264"
	"github.com/g264/g264/internal/testenv"
	"github.com/g264/g264/internal/testvideo"
)

// Noise doesn't exceed the level: its pictures are coded anew with the next ones,
// until they have the size that MinCR permits, and together keep to the level's rate;
// with the same bytes by every number of threads.
func TestLevelHolds(t *testing.T) {
	ffmpeg := testenv.Need(t, "ffmpeg")
	for _, c := range []struct {
		config                 h264.Config
		contrast               int // in quarters
		width, height, frames  int
		level, picture, buffer int // in bytes of a picture and bits
		rate                   int // bits a picture
	}{
		// 108000 macroblocks a second of 384 bytes, over a MinCR of 4; 14 Mbit/s and Mbit, by 1.25.
		{h264.Config{CRF: 32, NoAQ: true, FrameRate: h264.Rational{Num: 3000, Den: 1}}, 4, 112, 80, 12, 31, 3456, 17500000, 5833},
		// Level 1.2: 6000 macroblocks a second over 2; 384 kbit/s and 1 Mbit.
		{h264.Config{CRF: 20, Preset: "ultrafast"}, 2, 128, 64, 60, 12, 46080, 1000000, 15360},
	} {
		clip := testvideo.Clip(testvideo.Noise, c.width, c.height, c.frames, true)
		for i := range clip {
			clip[i] = clip[i].Darkened(c.contrast, 4)
		}
		c.config.Reconstruction = true
		var first []byte
		for _, threads := range []int{1, 2, 8} {
			c.config.Threads = threads
			s := encode(t, fmt.Sprintf("noise at CRF %v, %d threads", c.config.CRF, threads), c.config, clip, nil)
			if first == nil {
				first = s.bytes
				if err := decode(ffmpeg, []stream{s}); err != nil {
					t.Error(err)
				}
				if level := parse(t, s).sps.Level; int(level) != c.level {
					t.Errorf("%s: level_idc %d, want %d", s.name, level, c.level)
				}
			}
			if !bytes.Equal(s.bytes, first) {
				t.Errorf("%s: other bytes than with one", s.name)
			}
			sizes, _ := bitsOf(s)
			backlog := 0
			for i, n := range sizes {
				backlog = max(backlog-c.rate, 0) + n
				if backlog > c.buffer || i > 0 && n > 8*c.picture {
					t.Errorf("%s: picture %d has %d bits, %d are in the buffer", s.name, i, n, backlog)
				}
			}
		}
	}
}
