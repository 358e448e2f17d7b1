// Package syntax writes the headers of a stream: sequence and picture parameter
// sets, slice headers and SEI messages (ITU-T H.264 clauses 7.3.2, 7.3.3, annexes
// D and E), and knows the profiles and levels (annex A).
//
// It writes 8-bit frames (no fields) in 4:2:0 and 4:4:4 with one sequence and
// one picture parameter set, both with id 0, and I and P slices. Validate tells
// whether a parameter set may be written; Write doesn't check again.
package syntax

import (
	"errors"
	"fmt"
)

// Errors that a caller can test for with errors.Is.
var (
	ErrInvalid = errors.New("syntax: invalid parameter")
	ErrSize    = errors.New("syntax: picture larger than every level permits")
)

// invalid says which field holds which value, and what would be right.
func invalid(field string, value any, want string) error {
	return fmt.Errorf("%w: %s is %v, must be %s", ErrInvalid, field, value, want)
}

// Profile is a profile_idc (clause A.2).
type Profile uint8

// The profiles of this encoder.
const (
	ConstrainedBaseline Profile = 66
	Main                Profile = 77
	High                Profile = 100
	High444Predictive   Profile = 244
)

// String returns the profile's name in the standard.
func (p Profile) String() string {
	switch p {
	case ConstrainedBaseline:
		return "Constrained Baseline"
	case Main:
		return "Main"
	case High:
		return "High"
	case High444Predictive:
		return "High 4:4:4 Predictive"
	}
	return fmt.Sprintf("profile_idc %d", uint8(p))
}

// hasHighSyntax reports whether the parameter sets have the fields that came with
// the High profiles: chroma format, bit depth, 8x8 transform.
func (p Profile) hasHighSyntax() bool { return p == High || p == High444Predictive }

// Constraints returns the constraint_set flags, constraint_set0_flag in bit 7,
// of a stream that uses nothing beyond the profile. Constrained Baseline obeys
// Baseline (set 0) and Main (set 1) alike; the flag of set 1 is its very mark
// (clause A.2.1.1).
func (p Profile) Constraints() uint8 {
	switch p {
	case ConstrainedBaseline:
		return 0xc0
	case Main:
		return 0x40
	}
	return 0
}

// rateFactor is cpbBrVclFactor: 1000 times the factor on MaxBR and MaxCPB
// (clause A.3.1 and table A-2).
func (p Profile) rateFactor() int64 {
	switch p {
	case High:
		return 1250
	case High444Predictive:
		return 4000
	}
	return 1000
}

// Ratio is a fraction; the zero Ratio stands for nothing said.
type Ratio struct{ Num, Den uint32 }

// String returns the fraction as 24000/1001.
func (r Ratio) String() string { return fmt.Sprintf("%d/%d", r.Num, r.Den) }

// given reports whether the fraction says anything.
func (r Ratio) given() bool { return r != Ratio{} }

// reduced returns the fraction in lowest terms; neither term is zero.
func (r Ratio) reduced() Ratio {
	a, b := r.Num, r.Den
	for b != 0 {
		a, b = b, a%b
	}
	return Ratio{r.Num / a, r.Den / a}
}
