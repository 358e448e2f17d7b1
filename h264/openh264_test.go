package h264_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/g264/g264/h264"
	"github.com/g264/g264/internal/testenv"
	"github.com/g264/g264/internal/testvideo"
)

// openh264 builds testdata/openh264.c, which decodes with OpenH264, or skips.
func openh264(t *testing.T) (program string) {
	t.Helper()
	gcc := testenv.Need(t, "gcc")
	program = filepath.Join(t.TempDir(), "openh264")
	out, err := exec.Command(gcc, "-O1", "-o", program, filepath.Join("testdata", "openh264.c"), "-lopenh264").CombinedOutput()
	switch {
	case err != nil && (strings.Contains(string(out), "wels/") || strings.Contains(string(out), "-lopenh264")):
		testenv.SkipOrFail(t, "libopenh264-dev is not installed; ./test.sh installs it")
	case err != nil:
		t.Fatalf("%v\n%s", err, out)
	}
	return program
}

// decodeWith has a program built by openh264 decode a stream and compares what
// it shows with the reconstruction.
func decodeWith(program string, s stream) error {
	var input, decoded, messages bytes.Buffer
	for _, au := range s.units {
		unit := au.AppendAnnexB(nil)
		input.Write(binary.BigEndian.AppendUint32(nil, uint32(len(unit))))
		input.Write(unit)
	}
	cmd := exec.Command(program)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = &input, &decoded, &messages
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: OpenH264: %w: %s", s.name, err, firstLines(messages.String(), 6))
	}
	if err := s.differences(decoded.Bytes()); err != nil {
		return fmt.Errorf("%s: OpenH264: %w", s.name, err)
	}
	return nil
}

// OpenH264's decoder, which shares no code with ffmpeg's, shows exactly the
// reconstruction too: 4:2:0 of every preset and profile, as it knows no 4:4:4.
func TestOpenH264DecodesExactly(t *testing.T) {
	program := openh264(t)
	for _, profile := range h264.Profiles() {
		if profile == "high444" {
			continue
		}
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			for i, content := range testvideo.Contents {
				for j, size := range [][2]int{{176, 144}, {50, 38}} {
					clip := testvideo.Clip(content, size[0], size[1], testvideo.CutLength+3, true)
					for k, preset := range presets() {
						cfg := h264.Config{
							Preset: preset, Profile: profile, CRF: matrixCRFs[(i+j+k)%len(matrixCRFs)], MinKeyInt: 1, Reconstruction: true,
						}
						name := fmt.Sprintf("%v-%dx%d-%s-crf%v", content, size[0], size[1], preset, cfg.CRF)
						if err := decodeWith(program, encode(t, name, cfg, clip, nil)); err != nil {
							t.Error(err)
						}
					}
				}
			}
		})
	}
}

// The same with the options that change how a picture is decoded, on a scene
// that fades to black, alone and between pictures of another, so that references are
// reordered.
func TestOpenH264DecodesOptions(t *testing.T) {
	program := openh264(t)
	clip := testvideo.Clip(testvideo.Moving, 112, 80, 16, true)
	for i, f := range clip {
		for j, y := range f.Y {
			f.Y[j] = uint8(16 + (int(y)-16)*(len(clip)-i)/len(clip))
		}
	}
	flicker := testvideo.Clip(testvideo.Cut, 112, 80, 16, true)
	for i := 0; i < len(clip); i += 2 {
		flicker[i] = clip[i]
	}
	for _, cfg := range []h264.Config{
		{Preset: "slow"},
		{Preset: "slow", Profile: "baseline"},
		{RateControl: h264.ConstantQP, QP: 0},
		{RateControl: h264.ConstantQP, QP: 51},
		{KeyInt: 3},
		{ChromaQPOffset: -12},
		{ChromaQPOffset: 12, NoAQ: true},
		{NoDeblock: true},
		{DeblockAlpha: 6, DeblockBeta: -6},
		{NoCABAC: true},
		{NoTransform8x8: true, Threads: 3},
		{MaxRate: 200, BufferSize: 100, HRD: true},
	} {
		cfg.Reconstruction = true
		if err := decodeWith(program, encode(t, fmt.Sprintf("%+v", cfg), cfg, clip, nil)); err != nil {
			t.Error(err)
		}
		cfg.NoSceneCut = true
		if err := decodeWith(program, encode(t, fmt.Sprintf("flicker, %+v", cfg), cfg, flicker, nil)); err != nil {
			t.Error(err)
		}
	}
}

// The same for real video.
func TestOpenH264DecodesClips(t *testing.T) {
	program := openh264(t)
	for i, file := range clipFiles(t) {
		frames, err := testvideo.ReadY4M(file, 8)
		if err != nil {
			t.Fatal(err)
		}
		cfg := h264.Config{Preset: presets()[i%len(presets())], Reconstruction: true}
		if err := decodeWith(program, encode(t, filepath.Base(file), cfg, frames, nil)); err != nil {
			t.Error(err)
		}
	}
}

// The proof can fail: a sample that differs, a picture that is missing and a
// damaged slice are found.
func TestOpenH264FindsFaults(t *testing.T) {
	program := openh264(t)
	clip := testvideo.Clip(testvideo.Moving, 64, 48, 4, true)
	for _, fault := range []struct {
		name string
		edit func(s *stream)
		want string
	}{
		{"wrong luma", func(s *stream) { s.recon[2*s.pictureBytes()+64*37+49]++ }, "picture 2 plane 0 at (49,37)"},
		{"missing picture", func(s *stream) { s.units = s.units[:3] }, "bytes decoded"},
		{"damaged slice", func(s *stream) {
			slice := s.units[1].NALs[0]
			for i := len(slice) / 3; i < len(slice); i++ {
				slice[i] ^= 0x55
			}
		}, ""},
	} {
		s := encode(t, fault.name, h264.Config{Reconstruction: true}, clip, nil)
		if err := decodeWith(program, s); err != nil {
			t.Fatal(err)
		}
		fault.edit(&s)
		if err := decodeWith(program, s); err == nil || !strings.Contains(err.Error(), fault.want) {
			t.Errorf("%s: error %v, want one that says %q", fault.name, err, fault.want)
		}
	}
}
