package bits

import "bytes"

// Types of NAL units (table 7-1).
const (
	NALSlice = 1 // slice of a picture that is not an IDR picture
	NALIDR   = 5 // slice of an IDR picture
	NALSEI   = 6 // supplemental enhancement information
	NALSPS   = 7 // sequence parameter set
	NALPPS   = 8 // picture parameter set
	NALAUD   = 9 // access unit delimiter
)

// emulationPrevention is emulation_prevention_three_byte.
const emulationPrevention = 3

// AppendNAL appends one NAL unit (clause 7.3.1) without a start code to dst:
// the header byte with nal_ref_idc (0 to 3) and nal_unit_type (1 to 31), then
// the RBSP, which ends in its trailing bits, with emulation prevention. In what
// is appended no three bytes are 00 00 00 to 00 00 02, and the last is not 00.
func AppendNAL(dst []byte, refIDC, unitType uint8, rbsp []byte) []byte {
	dst = append(dst, refIDC<<5|unitType)
	copied := 0
	for i := 0; ; {
		zero := bytes.IndexByte(rbsp[i:], 0)
		if zero < 0 || i+zero+2 >= len(rbsp) {
			break
		}
		i += zero
		switch {
		case rbsp[i+1] != 0:
			i += 2
		case rbsp[i+2] > emulationPrevention:
			i += 3
		default:
			i += 2
			dst = append(dst, rbsp[copied:i]...)
			dst = append(dst, emulationPrevention)
			copied = i
		}
	}
	dst = append(dst, rbsp[copied:]...)
	// Only cabac_zero_words end an RBSP in a zero byte; clause 7.4.1 then wants
	// this last byte.
	if n := len(rbsp); n > 0 && rbsp[n-1] == 0 {
		dst = append(dst, emulationPrevention)
	}
	return dst
}
