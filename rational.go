package g264

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Rational is an exact fraction: a frame rate (24000/1001 frames per second), a
// time base (1/90000 seconds per tick) or an aspect ratio. Its zero value, 0/0,
// means "not set". As text and in JSON it is "24000/1001", or "25" where the
// denominator is 1; reading also takes decimals, as [FPS] does, and JSON's numbers.
type Rational struct{ Num, Den int }

// ntscRates are the nominal rates whose NTSC forms, n*1000/1001, FPS knows.
var ntscRates = [...]int{12, 15, 24, 30, 48, 60, 72, 90, 96, 120, 144, 240}

// maxFPSDen bounds the smaller term of a fraction that FPS finds: numbers of six
// decimals are exact, others off by less than one frame in a million.
const maxFPSDen = 1000000

// FPS returns the exact frame rate that a decimal number stands for.
//
// The NTSC rates are recognised with three decimals or more, and with two, cut
// or rounded: 23.976, 23.98 and 23.97 are 24000/1001, 29.97 is 30000/1001,
// 47.952, 59.94 and 119.88 are 48000/1001, 60000/1001 and 120000/1001. Other
// numbers become the simplest fraction that equals them: 14.25 is 57/4, 12.5 is
// 25/2. A number that is no frame rate (NaN, infinite or above 2147483647, zero
// or below 1/2147483647, negative) becomes a Rational that no Options accepts,
// with an error that names it.
func FPS(rate float64) Rational {
	switch {
	case rate != rate:
		return notANumber
	case rate > math.MaxInt32:
		return infinite
	case rate < 0:
		r := FPS(-rate)
		r.Num = -r.Num
		return r
	}
	for _, n := range ntscRates {
		exact := float64(n*1000) / 1001
		cut := math.Floor(exact*100) / 100
		rounded := math.Round(exact*100) / 100
		if math.Abs(rate-exact) < 0.0005 || math.Abs(rate-cut) < 1e-5 || math.Abs(rate-rounded) < 1e-5 {
			return Rational{n * 1000, 1001}
		}
	}
	if rate < 1 {
		if rate < 1.0/math.MaxInt32 {
			return Rational{0, 1}
		}
		r := simplest(1 / rate)
		return Rational{r.Den, r.Num}
	}
	return simplest(rate)
}

// Values that FPS gives for what is no number of frames; Options refuses them
// as it does every fraction that is not positive.
var (
	notANumber = Rational{0, -1}
	infinite   = Rational{1, 0}
)

// simplest returns the first convergent of the continued fraction of x, 1 to
// MaxInt32, that equals x within 1e-10 of it, or the last one within the bounds.
func simplest(x float64) Rational {
	p0, q0, p1, q1 := int64(0), int64(1), int64(1), int64(0)
	for rest := x; ; {
		whole := math.Floor(rest)
		if whole > math.MaxInt32 {
			break
		}
		a := int64(whole)
		p, q := a*p1+p0, a*q1+q0
		if q > maxFPSDen || p > math.MaxInt32 {
			break
		}
		p0, q0, p1, q1 = p1, q1, p, q
		frac := rest - whole
		if frac == 0 || math.Abs(x-float64(p)/float64(q)) <= x*1e-10 {
			break
		}
		rest = 1 / frac
	}
	return Rational{int(p1), int(q1)}
}

// String returns the fraction as text: "24000/1001", "25".
func (r Rational) String() string {
	switch {
	case r == infinite:
		return "+Inf"
	case r == Rational{-1, 0}:
		return "-Inf"
	case r == notANumber:
		return "NaN"
	case r.Den == 1:
		return strconv.Itoa(r.Num)
	}
	return fmt.Sprintf("%d/%d", r.Num, r.Den)
}

// MarshalText returns what String does, and nothing for the zero value.
func (r Rational) MarshalText() ([]byte, error) {
	if r == (Rational{}) {
		return []byte{}, nil
	}
	return []byte(r.String()), nil
}

// UnmarshalText reads "24000/1001", "25", a decimal number as [FPS] takes it,
// or nothing for the zero value. It does not judge the value: Options does.
func (r *Rational) UnmarshalText(text []byte) error {
	s := string(text)
	if s == "" {
		*r = Rational{}
		return nil
	}
	num, den, fraction := strings.Cut(s, "/")
	if !fraction {
		den = "1"
	}
	n, err1 := strconv.Atoi(num)
	d, err2 := strconv.Atoi(den)
	if err1 == nil && err2 == nil {
		*r = Rational{n, d}
		return nil
	}
	if !fraction {
		if f, err := strconv.ParseFloat(s, 64); err == nil {
			*r = FPS(f)
			return nil
		}
	}
	return fmt.Errorf("g264: %q is no rational number; want one such as 25, 23.976 or 24000/1001", s)
}

// UnmarshalJSON reads a string or a bare number as UnmarshalText reads its text:
// 23.976 is 24000/1001 with quotes and without. Null changes nothing.
func (r *Rational) UnmarshalJSON(b []byte) error {
	text := string(b)
	switch {
	case text == "null":
		return nil
	case strings.HasPrefix(text, `"`):
		if err := json.Unmarshal(b, &text); err != nil {
			return err
		}
	}
	return r.UnmarshalText([]byte(text))
}

// valid reports whether both terms are positive and at most max when reduced.
func (r Rational) valid(max int) bool {
	if r.Num <= 0 || r.Den <= 0 {
		return false
	}
	r = r.reduced()
	return r.Num <= max && r.Den <= max
}

// reduced returns a positive fraction in lowest terms.
func (r Rational) reduced() Rational {
	a, b := r.Num, r.Den
	for b != 0 {
		a, b = b, a%b
	}
	return Rational{r.Num / a, r.Den / a}
}
