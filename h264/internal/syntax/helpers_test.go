package syntax

import (
	"bytes"
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/g264/g264/h264/internal/bits"
)

// pack turns fields, one "name digits" to a line, into bytes; digits that don't
// fill the last byte are followed by zeros.
func pack(t *testing.T, fields string) []byte {
	t.Helper()
	var digits strings.Builder
	for _, line := range strings.Split(strings.TrimSpace(fields), "\n") {
		f := strings.Fields(line)
		if len(f) != 2 {
			t.Fatalf("%q isn't a name and digits", line)
		}
		digits.WriteString(f[1])
	}
	s := digits.String() + strings.Repeat("0", -digits.Len()&7)
	var out []byte
	for ; s != ""; s = s[8:] {
		var b byte
		fmt.Sscanf(s[:8], "%b", &b)
		out = append(out, b)
	}
	return out
}

// written returns what write writes, filled with zeros to a whole byte.
func written(write func(*bits.Writer)) []byte {
	var w bits.Writer
	write(&w)
	w.AlignZero()
	return bytes.Clone(w.Bytes())
}

// nal returns the NAL unit of an RBSP, and proves that no start code is in it.
func nal(t *testing.T, unitType uint8, rbsp []byte) []byte {
	t.Helper()
	unit := bits.AppendNAL(nil, 3, unitType, rbsp)
	for i := 2; i < len(unit); i++ {
		if unit[i-2] == 0 && unit[i-1] == 0 && unit[i] < 3 {
			t.Fatalf("start code at %d in % x", i-2, unit)
		}
	}
	return unit
}

func pick[T any](rng *rand.Rand, of ...T) T { return of[rng.Intn(len(of))] }

// randomSPS returns a valid SPS with every field in play.
func randomSPS(t *testing.T, rng *rand.Rand) *SPS {
	t.Helper()
	s := &SPS{
		ProfileIDC:      pick(rng, ConstrainedBaseline, Main, High, High444Predictive),
		ChromaFormatIDC: Chroma420,
		Log2MaxFrameNum: uint8(4 + rng.Intn(13)),
		POCType:         pick[uint8](rng, 0, 2),
	}
	s.Constraints = s.ProfileIDC.Constraints()
	if s.ProfileIDC == High444Predictive {
		s.ChromaFormatIDC = pick[uint8](rng, Chroma420, Chroma444)
		s.TransformBypass = rng.Intn(2) == 0
	}
	if s.POCType == 0 {
		s.Log2MaxPOCLsb = uint8(4 + rng.Intn(13))
	}
	unit := s.cropUnit()
	width, height := (1+rng.Intn(4000))*unit, (1+rng.Intn(2000))*unit
	if err := s.SetSize(width, height); err != nil {
		t.Fatal(err)
	}
	s.NumRefFrames = rng.Intn(min(16, Levels[len(Levels)-1].MaxDpbFrames(s.WidthMbs, s.HeightMbs)) + 1)
	s.VUI = randomVUI(rng, s)
	rate := s.VUI.FrameRate
	level, err := LevelFor(s.WidthMbs, s.HeightMbs, rate.Num, rate.Den, s.NumRefFrames)
	if err != nil {
		t.Fatal(err)
	}
	s.LevelIDC = level.IDC
	most := level.MaxDpbFrames(s.WidthMbs, s.HeightMbs)
	s.VUI.MaxDecFrameBuffering = s.NumRefFrames + rng.Intn(most-s.NumRefFrames+1)
	if s.POCType == 0 {
		s.VUI.MaxNumReorderFrames = rng.Intn(s.VUI.MaxDecFrameBuffering + 1)
	}
	if err := s.Validate(); err != nil {
		t.Fatalf("%+v: %v", s, err)
	}
	return s
}

func randomVUI(rng *rand.Rand, s *SPS) VUI {
	v := VUI{
		FullRange:                      rng.Intn(2) == 0,
		ColourDescription:              rng.Intn(2) == 0,
		ChromaLoc:                      uint8(rng.Intn(6)),
		FixedFrameRate:                 rng.Intn(2) == 0,
		MotionVectorsOverPicBoundaries: rng.Intn(2) == 0,
		Log2MaxMvLengthHorizontal:      uint8(rng.Intn(16)),
		Log2MaxMvLengthVertical:        uint8(rng.Intn(16)),
	}
	if v.ColourDescription {
		v.Primaries = pick[uint8](rng, 1, 2, 5, 9, 12, 22)
		v.Transfer = pick[uint8](rng, 1, 2, 6, 13, 18)
		v.Matrix = pick[uint8](rng, 1, 2, 4, 6, 14)
		if s.ChromaFormatIDC == Chroma444 && rng.Intn(4) == 0 {
			v.Matrix = 0
		}
	}
	switch rng.Intn(3) {
	case 0:
		scale := uint32(1 + rng.Intn(1000))
		r := sampleAspects[1+rng.Intn(16)]
		v.SampleAspect = Ratio{r.Num * scale, r.Den * scale}
	case 1:
		v.SampleAspect = Ratio{1 + uint32(rng.Intn(65535)), 1 + uint32(rng.Intn(65535))}
	}
	switch rng.Intn(3) {
	case 0:
		v.FrameRate = pick(rng, Ratio{24000, 1001}, Ratio{25, 1}, Ratio{57, 4}, Ratio{60, 2}, Ratio{1, 10},
			Ratio{4294967295, 4294967294}, Ratio{2147483648, 3221225472})
	case 1:
		v.FrameRate = Ratio{1 + rng.Uint32()>>(1+rng.Intn(31)), 1 + rng.Uint32()>>(1+rng.Intn(31))}
	}
	return v
}

// randomPPS returns a PPS that is valid with the SPS.
func randomPPS(t *testing.T, rng *rand.Rand, s *SPS) *PPS {
	t.Helper()
	p := &PPS{
		EntropyCABAC:             s.ProfileIDC != ConstrainedBaseline && rng.Intn(2) == 0,
		NumRefIdxL0Default:       1 + rng.Intn(16),
		PicInitQP:                rng.Intn(52),
		DeblockingControlPresent: rng.Intn(2) == 0,
	}
	p.WeightedPred = s.ProfileIDC != ConstrainedBaseline && rng.Intn(2) == 0
	offset := int8(rng.Intn(25) - 12)
	p.ChromaQPIndexOffset = [2]int8{offset, offset}
	if s.ProfileIDC.hasHighSyntax() {
		p.Transform8x8 = rng.Intn(2) == 0
		if rng.Intn(2) == 0 {
			p.ChromaQPIndexOffset[1] = int8(rng.Intn(25) - 12)
		}
	}
	if err := p.Validate(s); err != nil {
		t.Fatalf("%+v: %v", p, err)
	}
	return p
}

// randomSlice returns a slice header that fits the parameter sets.
func randomSlice(rng *rand.Rand, s *SPS, p *PPS, idr bool) *SliceHeader {
	h := &SliceHeader{
		FirstMB:         rng.Intn(s.WidthMbs * s.HeightMbs),
		Type:            pick(rng, SliceI, SliceP),
		RefIDC:          uint8(rng.Intn(4)),
		FrameNum:        rng.Uint32() & (1<<s.Log2MaxFrameNum - 1),
		NumRefIdxActive: pick(rng, p.NumRefIdxL0Default, 1+rng.Intn(16)),
		CABACInitIDC:    uint8(rng.Intn(3)),
		QP:              rng.Intn(52),
		DisableDeblock:  uint8(rng.Intn(3)),
		AlphaOffsetDiv2: int8(rng.Intn(13) - 6),
		BetaOffsetDiv2:  int8(rng.Intn(13) - 6),
	}
	if s.POCType == 0 {
		h.POCLsb = rng.Uint32() & (1<<s.Log2MaxPOCLsb - 1)
	}
	if s.NumRefFrames == 0 {
		h.Type = SliceI
	}
	if h.Type == SliceP && rng.Intn(3) == 0 {
		h.ListModifications = []RefPicListModification{
			{uint8(rng.Intn(2)), uint32(rng.Intn(8))}, {2, uint32(rng.Intn(s.NumRefFrames))},
		}[:1+rng.Intn(2)]
	}
	if p.WeightedPred {
		h.Weights = randomWeights(rng, h.NumRefIdxActive)
	}
	if idr {
		h.IDR, h.Type, h.ListModifications, h.FrameNum = true, SliceI, nil, 0
		h.RefIDC = 1 + uint8(rng.Intn(3))
		h.IDRPicID = uint16(rng.Uint32())
	}
	return h
}

// randomWeights returns weights for n reference indices, some of which are one.
func randomWeights(rng *rand.Rand, n int) (t WeightTable) {
	t.Log2Denom = [2]uint8{uint8(rng.Intn(7)), uint8(rng.Intn(7))}
	for range n {
		var r RefWeight
		for plane := range r {
			r[plane] = pick(rng, t.Identity(plane), PlaneWeight{int8(rng.Uint32()), int8(rng.Uint32())})
		}
		t.Refs = append(t.Refs, r)
	}
	return t
}
