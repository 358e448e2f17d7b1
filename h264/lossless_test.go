package h264_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/g264/g264/h264"
	"github.com/g264/g264/internal/testenv"
	"github.com/g264/g264/internal/testvideo"
)

// samplesOf are the samples of frames, plane after plane, as a decoder gives them.
func samplesOf(frames []testvideo.Frame) (all []byte) {
	for _, f := range frames {
		cw, ch := f.ChromaSize()
		for p, plane := range [3][]uint8{f.Y, f.Cb, f.Cr} {
			w, h, stride := f.Width, f.Height, f.YStride
			if p > 0 {
				w, h, stride = cw, ch, f.CStride
			}
			for y := range h {
				all = append(all, plane[y*stride:][:w]...)
			}
		}
	}
	return all
}

// losslessSizes have macroblocks of every neighbourhood and parts beyond the picture.
var losslessSizes = [2][2]int{{2, 2}, {94, 62}}

// losslessCases are all presets, both entropy coders and all contents.
func losslessCases(t *testing.T, subsampled bool, visit func(s stream, frames []testvideo.Frame)) {
	for _, size := range losslessSizes {
		for i, content := range testvideo.Contents {
			clip := testvideo.Clip(content, size[0], size[1], testvideo.CutLength+2, subsampled)
			frames := clip[len(clip)-4:]
			for j, preset := range h264.Presets() {
				cfg := h264.Config{
					Lossless: true, Preset: preset, NoCABAC: (i+j)%2 == 1, MinKeyInt: 1, Threads: 1 + j, Reconstruction: true,
				}
				visit(encode(t, fmt.Sprintf("%v-%s-%v", content, preset, size), cfg, frames, nil), frames)
			}
		}
	}
}

// Lossless pictures are reconstructed as they were.
func TestLosslessIsExact(t *testing.T) {
	for _, subsampled := range []bool{true, false} {
		losslessCases(t, subsampled, func(s stream, frames []testvideo.Frame) {
			if !bytes.Equal(s.recon, samplesOf(frames)) {
				t.Errorf("%s, 4:2:0 %v: the reconstruction isn't the source", s.name, subsampled)
			}
			if sps := parse(t, s).sps; sps.Profile != 244 || !sps.QPPrimeYZeroTransformBypassFlag {
				t.Errorf("%s: profile_idc %d, transform bypass %v", s.name, sps.Profile, sps.QPPrimeYZeroTransformBypassFlag)
			}
		})
	}
}

// ffmpeg decodes them to the source too. That the reconstruction is the source
// shows the test above.
func TestDecodeLossless(t *testing.T) {
	testenv.Need(t, "ffmpeg")
	for _, subsampled := range []bool{true, false} {
		var small, large batch
		losslessCases(t, subsampled, func(s stream, frames []testvideo.Frame) {
			s.recon = samplesOf(frames)
			if frames[0].Width == losslessSizes[0][0] {
				small.add(t, s)
			} else {
				large.add(t, s)
			}
		})
		small.decode(t)
		large.decode(t)
	}
}

// The same for real video, where all modes and divisions meet.
func TestDecodeLosslessClips(t *testing.T) {
	testenv.Need(t, "ffmpeg")
	for i, file := range clipFiles(t) {
		frames, err := testvideo.ReadY4M(file, 4)
		if err != nil {
			t.Fatal(err)
		}
		cfg := h264.Config{Lossless: true, Preset: presets()[i%len(presets())], NoCABAC: i%3 == 1, Reconstruction: true}
		s := encode(t, file, cfg, frames, nil)
		s.recon = samplesOf(frames)
		decodeExactly(t, s)
	}
}

// A lossless stream of what can't be compressed is little larger than its samples.
func TestLosslessNoise(t *testing.T) {
	for _, subsampled := range []bool{true, false} {
		clip := testvideo.Clip(testvideo.Noise, 96, 64, 3, subsampled)
		for _, preset := range h264.Presets() {
			s := encode(t, preset, h264.Config{Lossless: true, Preset: preset, NoSEI: true}, clip, nil)
			if samples := len(samplesOf(clip)); len(s.bytes) > samples+samples/50+200 {
				t.Errorf("%s, 4:2:0 %v: %d bytes for %d samples", preset, subsampled, len(s.bytes), samples)
			}
		}
	}
}

// What is the same as before costs next to nothing.
func TestLosslessRepeats(t *testing.T) {
	first := testvideo.Clip(testvideo.Text, 320, 192, 1, true)[0]
	s := encode(t, "repeated", h264.Config{Lossless: true, NoSEI: true}, []testvideo.Frame{first, first, first}, nil)
	for _, au := range s.units[1:] {
		if n := len(au.NALs[0]); n > 16 {
			t.Errorf("a repeated picture takes %d bytes", n)
		}
	}
}
