package mux

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/Eyevinn/mp4ff/avc"
)

const nalIDR = 5

// idrParameters is what an SPS says about the place of idr_pic_id in a slice
// header (7.3.3 of H.264).
type idrParameters struct {
	frameNumBits int
	colourPlanes bool // separate_colour_plane_flag
}

func readIDRParameters(sps []byte) (idrParameters, error) {
	if err := checkParameterSet(sps, nalSPS); err != nil {
		return idrParameters{}, fmt.Errorf("SPS: %w", err)
	}
	parsed, err := avc.ParseSPSNALUnit(sps, false)
	switch {
	case err != nil:
		return idrParameters{}, fmt.Errorf("SPS: %w", err)
	case parsed.Log2MaxFrameNumMinus4 > 12:
		return idrParameters{}, fmt.Errorf("SPS: log2_max_frame_num_minus4 %d: 0 to 12", parsed.Log2MaxFrameNumMinus4)
	case !parsed.FrameMbsOnlyFlag:
		return idrParameters{}, errors.New("SPS: frame_mbs_only_flag 0: only pictures of frames are joined")
	}
	return idrParameters{int(parsed.Log2MaxFrameNumMinus4) + 4, parsed.SeparateColourPlaneFlag}, nil
}

// idrJoiner gives consecutive IDR pictures different values of idr_pic_id, as
// 7.4.3 wants. The encoder alternates 1 and 2, of which the codes are 010 and
// 011, so a value is changed by one bit: nothing behind it moves, whatever the
// entropy coding.
type idrJoiner struct {
	params idrParameters
	last   uint32 // idr_pic_id of the last IDR picture
	any    bool
	out    []byte
}

// join returns a sample whose IDR picture, if it is one, differs from the one
// before: data itself, or a changed copy that is valid until the next call.
func (j *idrJoiner) join(data []byte) ([]byte, error) {
	id, found := uint32(0), false
	err := eachNAL(data, func(nal []byte) error {
		if nalType(nal) != nalIDR || found {
			return nil
		}
		var err error
		id, _, err = j.params.find(unescape(nil, nal[:min(len(nal), 64)]))
		found = true
		return err
	})
	if err != nil || !found {
		return data, err
	}
	if !j.any || id != j.last {
		j.last, j.any = id, true
		return data, nil
	}
	if id != 1 && id != 2 {
		return nil, fmt.Errorf("idr_pic_id %d, as at the IDR picture before: want 1 and 2 by turns", id)
	}
	j.out = j.out[:0]
	err = eachNAL(data, func(nal []byte) error {
		start := len(j.out)
		j.out = append(j.out, 0, 0, 0, 0)
		if nalType(nal) == nalIDR {
			rbsp := unescape(nil, nal)
			slice, bit, err := j.params.find(rbsp)
			if err == nil && slice != id {
				err = fmt.Errorf("idr_pic_id %d and %d in one picture", id, slice)
			}
			if err != nil {
				return err
			}
			rbsp[bit/8] ^= 0x80 >> (bit % 8)
			j.out = escape(j.out, rbsp)
		} else {
			j.out = append(j.out, nal...)
		}
		binary.BigEndian.PutUint32(j.out[start:], uint32(len(j.out)-start-4))
		return nil
	})
	j.last = 3 - id
	return j.out, err
}

// eachNAL calls f for the NAL units of a sample that was checked.
func eachNAL(data []byte, f func(nal []byte) error) error {
	for len(data) > 0 {
		n := 4 + binary.BigEndian.Uint32(data)
		if err := f(data[4:n]); err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}

// find reads idr_pic_id of a slice and the place of its last bit.
func (p idrParameters) find(rbsp []byte) (id uint32, bit int, err error) {
	r := bitReader{b: rbsp, at: 8} // after the header of the NAL unit
	r.ue()                         // first_mb_in_slice
	r.ue()                         // slice_type
	r.ue()                         // pic_parameter_set_id
	if p.colourPlanes {
		r.bits(2)
	}
	r.bits(p.frameNumBits)
	id = r.ue()
	if r.at > 8*len(rbsp) {
		return 0, 0, errors.New("a slice ends in its header")
	}
	return id, r.at - 1, nil
}

// bitReader reads beyond the end as zeros.
type bitReader struct {
	b  []byte
	at int
}

func (r *bitReader) bits(n int) (v uint32) {
	for range n {
		v <<= 1
		if i := r.at / 8; i < len(r.b) {
			v |= uint32(r.b[i]>>(7-r.at%8)) & 1
		}
		r.at++
	}
	return v
}

// ue reads an Exp-Golomb code (9.1 of H.264).
func (r *bitReader) ue() uint32 {
	zeros := 0
	for zeros < 32 && r.bits(1) == 0 {
		zeros++
	}
	return 1<<zeros - 1 + r.bits(zeros)
}

// unescape appends a NAL unit without its emulation prevention bytes (7.4.1).
func unescape(dst, nal []byte) []byte {
	zeros := 0
	for _, b := range nal {
		if zeros >= 2 && b == 3 {
			zeros = 0
			continue
		}
		if zeros++; b != 0 {
			zeros = 0
		}
		dst = append(dst, b)
	}
	return dst
}

// escape appends a NAL unit with emulation prevention bytes.
func escape(dst, nal []byte) []byte {
	zeros := 0
	for _, b := range nal {
		if zeros == 2 && b <= 3 {
			dst, zeros = append(dst, 3), 0
		}
		if zeros++; b != 0 {
			zeros = 0
		}
		dst = append(dst, b)
	}
	if zeros > 0 {
		dst = append(dst, 3) // after cabac_zero_word
	}
	return dst
}
