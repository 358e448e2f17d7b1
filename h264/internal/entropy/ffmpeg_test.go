package entropy

import (
	"bytes"
	"fmt"
	"math/rand"
	"os/exec"
	"testing"

	"github.com/g264/g264/h264/internal/bits"
	"github.com/g264/g264/h264/internal/macroblock"
	"github.com/g264/g264/internal/testenv"
)

// ffmpeg, which has its own tables and predictions, must parse streams of random
// macroblocks without a word: P pictures of one, two and three references after
// an IDR picture, two slices each.
func TestFFmpegParses(t *testing.T) {
	ffmpeg := testenv.Need(t, "ffmpeg")
	rng := rand.New(rand.NewSource(1))
	for kind := range 8 {
		o := pictureOptions{
			chroma444: kind&1 == 1, cabac: kind&2 == 2, transform8x8: kind&4 == 4,
			numRefIdx: 1, maxLevel: macroblock.MaxLevel, maxMV: 60, slices: 2,
		}
		for round := range 4 {
			t.Run(fmt.Sprintf("444=%t,CABAC=%t,8x8=%t,%d", o.chroma444, o.cabac, o.transform8x8, round), func(t *testing.T) {
				o := o
				o.width, o.height = 2+rng.Intn(5), 2+rng.Intn(5)
				stream := parameterSets(&o)
				const pictures = 6
				for frame := range pictures {
					o.pSlice = frame > 0
					o.numRefIdx = max(1, min(frame, 3))
					o.initIDC = uint8(frame % 3)
					stream = appendPicture(stream, newPicture(rng, o), frame)
				}
				cmd := exec.Command(ffmpeg, "-v", "warning", "-err_detect", "explode", "-threads", "1",
					"-f", "h264", "-i", "-", "-fps_mode", "passthrough", "-f", "framemd5", "-")
				cmd.Stdin = bytes.NewReader(stream)
				var frames, messages bytes.Buffer
				cmd.Stdout, cmd.Stderr = &frames, &messages
				if err := cmd.Run(); err != nil || messages.Len() > 0 {
					t.Fatalf("%v: %s", err, messages.Bytes())
				}
				if n := bytes.Count(frames.Bytes(), []byte("\n0,")); n != pictures {
					t.Errorf("%d of %d pictures decoded", n, pictures)
				}
			})
		}
	}
}

func appendUnit(stream []byte, refIDC, unitType uint8, w *bits.Writer) []byte {
	return bits.AppendNAL(append(stream, 0, 0, 0, 1), refIDC, unitType, w.Bytes())
}

// parameterSets are an SPS and a PPS with as little as a decoder needs.
func parameterSets(o *pictureOptions) []byte {
	var w bits.Writer
	profile := uint32(66)
	switch {
	case o.chroma444:
		profile = 244
	case o.transform8x8:
		profile = 100
	case o.cabac:
		profile = 77
	}
	w.Bits(profile, 8)
	w.Bits(0, 8)
	w.Bits(40, 8) // level_idc
	w.UE(0)
	if profile >= 100 {
		if o.chroma444 {
			w.UE(3)      // chroma_format_idc
			w.Bits(0, 1) // separate_colour_plane_flag
		} else {
			w.UE(1)
		}
		w.UE(0)
		w.UE(0)
		w.Bits(0, 2) // no bypass, no scaling matrices
	}
	w.UE(0)                   // log2_max_frame_num_minus4
	w.UE(2)                   // pic_order_cnt_type
	w.UE(3)                   // max_num_ref_frames
	w.Bits(0, 1)              // gaps_in_frame_num_value_allowed_flag
	w.UE(uint32(o.width - 1)) // pic_width_in_mbs_minus1
	w.UE(uint32(o.height - 1))
	w.Bits(0b1100, 4) // frame_mbs_only_flag, direct_8x8_inference_flag, no cropping, no VUI
	w.TrailingBits()
	stream := appendUnit(nil, 3, bits.NALSPS, &w)

	w.Reset()
	w.UE(0)
	w.UE(0)
	w.Flag(o.cabac)
	w.Bits(0, 1)
	w.UE(0)
	w.UE(0)
	w.UE(0)
	w.Bits(0, 3) // no weights
	w.SE(0)      // pic_init_qp_minus26
	w.SE(0)
	w.SE(0)
	w.Bits(0, 3)
	if o.transform8x8 {
		w.Bits(0b10, 2) // transform_8x8_mode_flag, no scaling matrices
		w.SE(0)
	}
	w.TrailingBits()
	return appendUnit(stream, 3, bits.NALPPS, &w)
}

func appendPicture(stream []byte, p *testPicture, frame int) []byte {
	c := p.coder()
	for s, first := range p.firsts {
		var w bits.Writer
		w.UE(uint32(first))
		unitType := uint8(bits.NALSlice)
		switch {
		case p.slice.P:
			w.UE(0)
		default:
			w.UE(2)
			unitType = bits.NALIDR
		}
		w.UE(0)
		w.Bits(uint32(frame), 4) // frame_num
		if p.slice.P {
			w.Bits(1, 1) // num_ref_idx_active_override_flag
			w.UE(uint32(p.slice.NumRefIdx - 1))
			w.Bits(0, 2) // no modification of the list, no adaptive marking
		} else {
			w.UE(0)      // idr_pic_id
			w.Bits(0, 2) // dec_ref_pic_marking
		}
		if p.cabac && p.slice.P {
			w.UE(uint32(p.slice.CABACInitIDC))
		}
		w.SE(int32(p.slice.QP - 26))
		p.write(c, &w, s)
		stream = appendUnit(stream, 3, unitType, &w)
	}
	return stream
}
