package g264

import (
	"encoding/json"
	"math"
	"testing"
)

func TestFPS(t *testing.T) {
	for _, c := range []struct {
		rate float64
		want Rational
	}{
		{23.976, Rational{24000, 1001}},
		{23.98, Rational{24000, 1001}},
		{23.97, Rational{24000, 1001}},
		{24000.0 / 1001, Rational{24000, 1001}},
		{23.976023976, Rational{24000, 1001}},
		{float64(float32(23.976)), Rational{24000, 1001}},
		{float64(float32(23.98)), Rational{24000, 1001}},
		{29.97, Rational{30000, 1001}},
		{29.97003, Rational{30000, 1001}},
		{29.98, Rational{1499, 50}},
		{14.985, Rational{15000, 1001}},
		{47.952, Rational{48000, 1001}},
		{47.95, Rational{48000, 1001}},
		{59.94, Rational{60000, 1001}},
		{119.88, Rational{120000, 1001}},
		{11.988, Rational{12000, 1001}},
		{24, Rational{24, 1}},
		{25, Rational{25, 1}},
		{30, Rational{30, 1}},
		{60, Rational{60, 1}},
		{14.25, Rational{57, 4}},
		{12.5, Rational{25, 2}},
		{33.333, Rational{33333, 1000}},
		{100.0 / 3, Rational{100, 3}},
		{1 / 0.07, Rational{100, 7}},
		{23.975, Rational{959, 40}},
		{1.00003, Rational{100003, 100000}},
		{0.5, Rational{1, 2}},
		{0.3, Rational{3, 10}},
		{1.0 / 3600, Rational{1, 3600}},
		{1e-6, Rational{1, 1000000}},
		{1e9, Rational{1000000000, 1}},
		{math.MaxInt32, Rational{math.MaxInt32, 1}},
		{math.NaN(), Rational{0, -1}},
		{math.Inf(1), Rational{1, 0}},
		{math.Inf(-1), Rational{-1, 0}},
		{1e300, Rational{1, 0}},
		{0, Rational{0, 1}},
		{math.Copysign(0, -1), Rational{0, 1}},
		{5e-324, Rational{0, 1}},
		{-25, Rational{-25, 1}},
		{-23.976, Rational{-24000, 1001}},
	} {
		if got := FPS(c.rate); got != c.want {
			t.Errorf("FPS(%v) = %d/%d, want %d/%d", c.rate, got.Num, got.Den, c.want.Num, c.want.Den)
		}
	}
}

// The fraction is near the number for every size of number, and its terms are
// small enough for the file format.
func TestFPSNear(t *testing.T) {
	for rate := 1e-9; rate < 2e9; rate *= 1.000937 {
		r := FPS(rate)
		if !r.valid(math.MaxInt32) {
			t.Fatalf("FPS(%v) = %v is not valid", rate, r)
		}
		if min(r.Num, r.Den) > maxFPSDen && r.Den != 1001 {
			t.Fatalf("FPS(%v) = %v has a large denominator", rate, r)
		}
		near := 1e-6
		if r.Den == 1001 {
			near = 0.001
		}
		if got := float64(r.Num) / float64(r.Den); math.Abs(got-rate) > near*rate {
			t.Fatalf("FPS(%v) = %v, off by %v", rate, r, got-rate)
		}
	}
}

func TestRationalText(t *testing.T) {
	for _, c := range []struct {
		text string
		want Rational
		back string
	}{
		{"24000/1001", Rational{24000, 1001}, "24000/1001"},
		{"25", Rational{25, 1}, "25"},
		{"50/2", Rational{50, 2}, "50/2"},
		{"23.976", Rational{24000, 1001}, "24000/1001"},
		{"14.25", Rational{57, 4}, "57/4"},
		{"", Rational{}, ""},
		{"-5", Rational{-5, 1}, "-5"},
		{"0", Rational{0, 1}, "0"},
		{"24/0", Rational{24, 0}, "24/0"},
		{"NaN", Rational{0, -1}, "NaN"},
		{"Inf", Rational{1, 0}, "+Inf"},
		{"-inf", Rational{-1, 0}, "-Inf"},
	} {
		var got Rational
		if err := got.UnmarshalText([]byte(c.text)); err != nil || got != c.want {
			t.Errorf("%q read as %d/%d, %v", c.text, got.Num, got.Den, err)
		}
		if back, err := got.MarshalText(); err != nil || string(back) != c.back {
			t.Errorf("%q written as %q, %v", c.text, back, err)
		}
		var again Rational
		if j, err := json.Marshal(got); err != nil || json.Unmarshal(j, &again) != nil || again != got {
			t.Errorf("%q does not survive JSON: %v", c.text, again)
		}
	}
	for _, bad := range []string{"x", "1/", "/2", "1/2/3", "1.5/2", "24,5", " 25", "1e999"} {
		var r Rational
		if err := r.UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q read as %v", bad, r)
		}
	}
}

// A bare number in JSON means what its text does.
func TestRationalFromJSONNumber(t *testing.T) {
	for text, want := range map[string]Rational{
		"25": {25, 1}, "25.0": {25, 1}, "23.976": {24000, 1001}, "29.97": {30000, 1001}, "12.5": {25, 2}, "2.5e1": {25, 1},
		"0": {0, 1}, "-25": {-25, 1}, `"24000/1001"`: {24000, 1001}, `"23.976"`: {24000, 1001}, `"24000\/1001"`: {24000, 1001},
		`""`: {},
	} {
		o := Options{FrameRate: Rational{7, 1}}
		if err := json.Unmarshal([]byte(`{"FrameRate": `+text+`}`), &o); err != nil || o.FrameRate != want {
			t.Errorf("%s read as %d/%d, %v; want %d/%d", text, o.FrameRate.Num, o.FrameRate.Den, err, want.Num, want.Den)
		}
	}
	r := Rational{25, 1}
	if err := json.Unmarshal([]byte("null"), &r); err != nil || r != (Rational{25, 1}) {
		t.Errorf("null changes 25 to %v, %v", r, err)
	}
	if text, err := json.Marshal(Rational{25, 1}); err != nil || string(text) != `"25"` {
		t.Errorf("25 is written as %s, %v; want text", text, err)
	}
}
