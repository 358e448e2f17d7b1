package syntax

import (
	"errors"
	"math/rand"
	"testing"
)

// FuzzSPS fills an SPS with anything: either Validate names an error, or mp4ff
// reads back what was written.
func FuzzSPS(f *testing.F) {
	f.Add(uint8(66), uint8(0xc0), uint8(11), uint8(1), false, uint8(4), uint8(2), uint8(0), 1, 192, 108, 0,
		uint32(1), uint32(1), true, true, uint8(1), uint8(1), uint8(1), uint8(1), uint32(24000), uint32(1001), uint8(13), uint8(9), 0, 1)
	f.Add(uint8(244), uint8(0), uint8(10), uint8(3), true, uint8(16), uint8(0), uint8(6), 2, 15, 17, 3,
		uint32(70), uint32(50), true, true, uint8(1), uint8(13), uint8(0), uint8(0), uint32(1<<32-1), uint32(1<<32-2), uint8(15), uint8(15), 1, 3)
	f.Fuzz(func(t *testing.T, profile, constraints, level, chroma uint8, bypass bool, log2FrameNum, pocType, log2POC uint8,
		refs, width, height, crop int, sarNum, sarDen uint32, full, described bool, primaries, transfer, matrix, loc uint8,
		rateNum, rateDen uint32, mvH, mvV uint8, reorder, buffering int) {
		s := &SPS{
			ProfileIDC: Profile(profile), Constraints: constraints, LevelIDC: level, ChromaFormatIDC: chroma,
			TransformBypass: bypass, Log2MaxFrameNum: log2FrameNum, POCType: pocType, Log2MaxPOCLsb: log2POC, NumRefFrames: refs,
			VUI: VUI{
				SampleAspect: Ratio{sarNum, sarDen}, FullRange: full, ColourDescription: described,
				Primaries: primaries, Transfer: transfer, Matrix: matrix, ChromaLoc: loc,
				FrameRate: Ratio{rateNum, rateDen}, FixedFrameRate: full, MotionVectorsOverPicBoundaries: described,
				Log2MaxMvLengthHorizontal: mvH, Log2MaxMvLengthVertical: mvV,
				MaxNumReorderFrames: reorder, MaxDecFrameBuffering: buffering,
			},
		}
		if err := s.SetSize(width, height); err != nil && !errors.Is(err, ErrInvalid) && !errors.Is(err, ErrSize) {
			t.Fatalf("%v wraps no sentinel", err)
		}
		s.Crop.Left = crop
		if err := s.Validate(); err != nil {
			if !errors.Is(err, ErrInvalid) && !errors.Is(err, ErrSize) {
				t.Fatalf("%v wraps no sentinel", err)
			}
			return
		}
		if !described { // what isn't written can't be read back
			s.VUI.Primaries, s.VUI.Transfer, s.VUI.Matrix = 0, 0, 0
		}
		checkSPS(t, s)
	})
}

// FuzzLevelFor proves that any input gets a level that its limits permit, or an error.
func FuzzLevelFor(f *testing.F) {
	f.Add(120, 68, uint32(30), uint32(1), 4)
	f.Add(1055, 132, uint32(0), uint32(0), 5)
	f.Add(1<<16, 1<<16, uint32(1), uint32(0), 1)
	f.Fuzz(func(t *testing.T, w, h int, num, den uint32, refs int) {
		l, err := LevelFor(w, h, num, den, refs)
		switch {
		case err != nil && !errors.Is(err, ErrSize) && !errors.Is(err, ErrInvalid):
			t.Fatalf("%v wraps no sentinel", err)
		case err == nil && (!l.Fits(w, h) || refs > l.MaxDpbFrames(w, h)):
			t.Fatalf("%dx%d, %d references: level %v doesn't hold it", w, h, refs, l)
		}
	})
}

// FuzzHeaders reads back all headers of a random stream.
func FuzzHeaders(f *testing.F) {
	f.Add(int64(1))
	f.Fuzz(func(t *testing.T, seed int64) {
		rng := rand.New(rand.NewSource(seed))
		s := randomSPS(t, rng)
		sps := checkSPS(t, s)
		p := randomPPS(t, rng, s)
		pps := checkPPS(t, p, sps)
		for i := range 3 {
			checkSlice(t, randomSlice(rng, s, p, i == 0), s, p, sps, pps)
		}
	})
}
