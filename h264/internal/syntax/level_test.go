package syntax

import (
	"errors"
	"math"
	"math/rand"
	"strings"
	"testing"
)

// TestLevelFor holds the sizes and rates that the levels are known by, and those
// that only just fit or don't.
func TestLevelFor(t *testing.T) {
	for _, c := range []struct {
		width, height int // samples
		num, den      uint32
		refs          int
		want          string
	}{
		{1, 1, 25, 1, 1, "1"},
		{176, 144, 15, 1, 1, "1"},
		{176, 144, 15, 1, 4, "1"},
		{176, 144, 15, 1, 5, "1.1"},
		{176, 144, 15001, 1000, 1, "1.1"},
		{176, 144, 30, 1, 1, "1.1"},
		{192, 108, 24000, 1001, 1, "1.1"},
		{352, 288, 15, 1, 2, "1.2"},
		{352, 288, 30, 1, 1, "1.3"},
		{352, 288, 30, 1, 6, "1.3"},
		{352, 288, 30, 1, 7, "2.1"},
		{352, 576, 25, 1, 1, "2.1"},
		{720, 576, 12, 1, 1, "2.2"},
		{720, 576, 25, 1, 5, "3"},
		{720, 480, 30000, 1001, 6, "3"},
		{720, 576, 50, 1, 1, "3.1"},
		{1280, 720, 30, 1, 5, "3.1"},
		{1280, 720, 30, 1, 6, "4"},
		{1280, 720, 60, 1, 5, "3.2"},
		{1920, 1080, 30, 1, 4, "4"},
		{1920, 1080, 30, 1, 5, "5"},
		{1920, 1080, 60, 1, 4, "4.2"},
		{1920, 1080, 72, 1, 4, "5"},
		{3840, 2160, 30, 1, 5, "5.1"},
		{3840, 2160, 60, 1, 5, "5.2"},
		{7680, 4320, 30, 1, 5, "6"},
		{7680, 4320, 60, 1, 5, "6.1"},
		{7680, 4320, 120, 1, 5, "6.2"},
		{2704, 16, 1, 1, 1, "3.1"}, // 169 macroblocks a side: 28561 is at most 8*3600
		{2720, 16, 1, 1, 1, "3.2"}, // 170 macroblocks: 28900 isn't
		{4096, 16, 1, 1, 1, "4"},   // 256 macroblocks: exactly sqrt(8*8192)
		{16, 16880, 1, 1, 1, "6"},  // the longest side
		{1920, 1080, 0, 0, 4, "4"}, // no rate
		{7680, 4320, math.MaxUint32, 1, 1, "6.2"},
		{16, 16, 20000000, 1, 1, "6.2"}, // beyond every MaxMBPS
	} {
		l, err := LevelFor((c.width+15)/16, (c.height+15)/16, c.num, c.den, c.refs)
		if err != nil || l.String() != c.want {
			t.Errorf("%dx%d at %d/%d with %d references: level %v, %v, want %s",
				c.width, c.height, c.num, c.den, c.refs, l, err, c.want)
		}
	}
}

func TestLevelForRefuses(t *testing.T) {
	for _, c := range []struct {
		widthMbs, heightMbs, refs int
		want                      error
		says                      string
	}{
		{1056, 1, 1, ErrSize, "1056x1 macroblocks; level 6.2 takes at most 139264 macroblocks of 16x16 samples, at most 1055 (16880 samples) a side"},
		{1, 1056, 1, ErrSize, "1x1056"},
		{400, 349, 1, ErrSize, "400x349"}, // 139600
		{math.MaxInt, math.MaxInt, 1, ErrSize, "139264"},
		{1 << 16, 1 << 16, 1, ErrSize, "65536x65536"}, // whose product is 0 in 32 bits
		{0, 5, 1, ErrInvalid, "0x5"},
		{5, -1, 1, ErrInvalid, "5x-1"},
		{math.MinInt, math.MinInt, 1, ErrInvalid, "at least 1x1"},
		{5, 5, 17, ErrInvalid, "17, must be 0 to 16"},
		{5, 5, -1, ErrInvalid, "-1"},
		{480, 270, 6, ErrInvalid, "0 to 5"},
	} {
		l, err := LevelFor(c.widthMbs, c.heightMbs, 25, 1, c.refs)
		if !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%dx%d macroblocks, %d references: %v, %v, want %v that says %q",
				c.widthMbs, c.heightMbs, c.refs, l, err, c.want, c.says)
		}
	}
	if _, err := LevelFor(5, 5, 25, 0, 1); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "frame rate is 25/0") {
		t.Errorf("25/0 frames per second: %v", err)
	}
}

// satisfies states the limits of clause A.3.1 once more, in real numbers.
func satisfies(l Level, w, h int, num, den uint32, refs int) bool {
	side := math.Sqrt(8 * float64(l.MaxFS))
	return float64(w) <= side && float64(h) <= side && w*h <= l.MaxFS &&
		float64(w*h)*float64(num) <= float64(l.MaxMBPS)*float64(den) &&
		refs <= min(16, l.MaxDpbMbs/(w*h))
}

func TestLevelForIsTheLowest(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	for range 20000 {
		w, h := 1+rng.Intn(1+rng.Intn(1055)), 1+rng.Intn(1+rng.Intn(1055))
		num, den, refs := uint32(1+rng.Intn(240000)), uint32(1+rng.Intn(3000)), rng.Intn(6)
		got, err := LevelFor(w, h, num, den, refs)
		if w*h > 139264 {
			if !errors.Is(err, ErrSize) {
				t.Fatalf("%dx%d: %v, want ErrSize", w, h, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%dx%d, %d references: %v", w, h, refs, err)
		}
		for _, l := range Levels {
			fits := satisfies(l, w, h, num, den, refs)
			if l.IDC < got.IDC && fits || l.IDC == got.IDC && !fits && l.IDC != 62 {
				t.Fatalf("%dx%d at %d/%d, %d references: got level %v, level %v fits: %v", w, h, num, den, refs, got, l, fits)
			}
		}
	}
}

// The level is raised as far as a bit rate and a buffer ask for, and no further.
func TestLevelCarrying(t *testing.T) {
	for _, c := range []struct {
		profile Profile
		from    uint8
		rate    int64
		buffer  int64
		want    uint8
	}{
		{ConstrainedBaseline, 30, 0, 0, 30},
		{ConstrainedBaseline, 30, 10000000, 10000000, 30},
		{ConstrainedBaseline, 30, 10000001, 0, 31},
		{ConstrainedBaseline, 30, 0, 10000001, 31},
		{High, 30, 12500000, 12500000, 30},
		{High, 10, 30000000, 0, 41},
		{ConstrainedBaseline, 10, 1 << 40, 0, 62},
	} {
		var from Level
		for _, l := range Levels {
			if l.IDC == c.from {
				from = l
			}
		}
		if got := from.Carrying(c.profile, c.rate, c.buffer); got.IDC != c.want {
			t.Errorf("level %v at %d bit/s with %d bits: %v, want %d/10", from, c.rate, c.buffer, got, c.want)
		}
	}
}

// TestLevelsAscend guards the table: no limit steps back but MaxMvsPer2Mb, which
// shrinks.
func TestLevelsAscend(t *testing.T) {
	for i, l := range Levels[1:] {
		p := Levels[i]
		if l.IDC <= p.IDC || l.MaxMBPS < p.MaxMBPS || l.MaxFS < p.MaxFS || l.MaxDpbMbs < p.MaxDpbMbs ||
			l.MaxBR < p.MaxBR || l.MaxCPB < p.MaxCPB || l.MaxVmvR < p.MaxVmvR || l.MaxMvsPer2Mb > p.MaxMvsPer2Mb {
			t.Errorf("level %v after level %v: %+v, %+v", l, p, l, p)
		}
	}
}

func TestLevelLimits(t *testing.T) {
	at := func(idc uint8) Level {
		l, ok := levelOf(idc)
		if !ok {
			t.Fatalf("no level %d", idc)
		}
		return l
	}
	for _, c := range []struct {
		name      string
		got, want int64
	}{
		{"MaxSide of 1", int64(at(10).MaxSide()), 28},
		{"MaxSide of 4", int64(at(40).MaxSide()), 256}, // sqrt of exactly 65536
		{"MaxSide of 6.2", int64(at(62).MaxSide()), 1055},
		{"frames of 1920x1088 at 4.1", int64(at(41).MaxDpbFrames(120, 68)), 4},
		{"frames of 16x16 at 4.1", int64(at(41).MaxDpbFrames(1, 1)), 16},
		{"MaxSubMbRectSize of Baseline at 3", int64(at(30).MaxSubMbRectSize(ConstrainedBaseline)), 576},
		{"MaxSubMbRectSize of Baseline at 3.1", int64(at(31).MaxSubMbRectSize(ConstrainedBaseline)), math.MaxInt32},
		{"MaxSubMbRectSize of Main at 3", int64(at(30).MaxSubMbRectSize(Main)), math.MaxInt32},
		{"rate of Baseline at 3.1", at(31).MaxBitRate(ConstrainedBaseline), 14_000_000},
		{"rate of Main at 3.1", at(31).MaxBitRate(Main), 14_000_000},
		{"rate of High at 3.1", at(31).MaxBitRate(High), 17_500_000},
		{"rate of High 4:4:4 at 6.2", at(62).MaxBitRate(High444Predictive), 3_200_000_000},
		{"buffer of Baseline at 4.1", at(41).MaxCPBBits(ConstrainedBaseline), 62_500_000},
		{"buffer of High at 1", at(10).MaxCPBBits(High), 218_750},
		{"picture of 4:2:0 at 3.1, 30 Hz", at(31).MaxPictureBytes(Chroma420, 30, 1), 345_600},
		{"picture of 4:4:4 at 1, 15000/1001 Hz", at(10).MaxPictureBytes(Chroma444, 15000, 1001), 38_016},
		{"picture in a day", at(62).MaxPictureBytes(Chroma444, 1, 86400), math.MaxUint32 * 384},
		{"first picture of 120x68 at 4", at(40).MaxFirstBytes(Chroma420, 8160), 783_360},
		{"first picture of 20x15 at 4.1", at(41).MaxFirstBytes(Chroma420, 300), 274_176},
		{"vectors at 3.1", int64(at(31).MaxVmvR), 512},
		{"vectors of two macroblocks at 3", int64(at(30).MaxMvsPer2Mb), 32},
		{"length for 512 samples", int64(Log2MvLength(512)), 11},
		{"length for 8192 samples", int64(Log2MvLength(8192)), 15},
		{"length for 100 samples", int64(Log2MvLength(100)), 9},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d, want %d", c.name, c.got, c.want)
		}
	}
}
