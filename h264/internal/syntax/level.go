package syntax

import (
	"fmt"
	"math"
)

// Level is a row of table A-1.
type Level struct {
	IDC          uint8 // level_idc: ten times the level's number
	MaxMBPS      int   // macroblocks per second
	MaxFS        int   // macroblocks in a frame
	MaxDpbMbs    int   // macroblocks in the decoded picture buffer
	MaxBR        int   // 1000 bit/s, before the profile's factor: see MaxBitRate
	MaxCPB       int   // 1000 bit, before the profile's factor: see MaxCPBBits
	MaxVmvR      int   // vertical vectors are in [-MaxVmvR, MaxVmvR) luma samples
	MaxMvsPer2Mb int   // vectors of two consecutive macroblocks; 64 where the level sets no limit
	MinCR        int   // least compression: see MaxPictureBytes
}

// MaxHmvR bounds the horizontal vectors at every level: they are in
// [-MaxHmvR, MaxHmvR) luma samples (clause A.3.1). Levels from 6 on permit more.
const MaxHmvR = 2048

// Levels is table A-1 in ascending order, without level 1b: its level_idc
// depends on the profile, and level 1.1 serves in its place.
var Levels = [...]Level{
	{10, 1485, 99, 396, 64, 175, 64, 64, 2},
	{11, 3000, 396, 900, 192, 500, 128, 64, 2},
	{12, 6000, 396, 2376, 384, 1000, 128, 64, 2},
	{13, 11880, 396, 2376, 768, 2000, 128, 64, 2},
	{20, 11880, 396, 2376, 2000, 2000, 128, 64, 2},
	{21, 19800, 792, 4752, 4000, 4000, 256, 64, 2},
	{22, 20250, 1620, 8100, 4000, 4000, 256, 64, 2},
	{30, 40500, 1620, 8100, 10000, 10000, 256, 32, 2},
	{31, 108000, 3600, 18000, 14000, 14000, 512, 16, 4},
	{32, 216000, 5120, 20480, 20000, 20000, 512, 16, 4},
	{40, 245760, 8192, 32768, 20000, 25000, 512, 16, 4},
	{41, 245760, 8192, 32768, 50000, 62500, 512, 16, 2},
	{42, 522240, 8704, 34816, 50000, 62500, 512, 16, 2},
	{50, 589824, 22080, 110400, 135000, 135000, 512, 16, 2},
	{51, 983040, 36864, 184320, 240000, 240000, 512, 16, 2},
	{52, 2073600, 36864, 184320, 240000, 240000, 512, 16, 2},
	{60, 4177920, 139264, 696320, 240000, 240000, 8192, 16, 2},
	{61, 8355840, 139264, 696320, 480000, 480000, 8192, 16, 2},
	{62, 16711680, 139264, 696320, 800000, 800000, 8192, 16, 2},
}

// String returns the level's number, as 3.1.
func (l Level) String() string {
	if l.IDC%10 == 0 {
		return fmt.Sprint(l.IDC / 10)
	}
	return fmt.Sprintf("%d.%d", l.IDC/10, l.IDC%10)
}

// MaxSide returns the largest width or height in macroblocks: Sqrt(8*MaxFS).
func (l Level) MaxSide() int { return int(math.Sqrt(float64(8 * l.MaxFS))) }

// Fits reports whether a frame of this size in macroblocks, at least 1x1, obeys
// MaxFS and the limit on its sides.
func (l Level) Fits(widthMbs, heightMbs int) bool {
	side := l.MaxSide()
	return widthMbs <= side && heightMbs <= side && widthMbs*heightMbs <= l.MaxFS
}

// MaxDpbFrames returns how many frames of this size in macroblocks, at least 1x1,
// the decoded picture buffer holds; never more than 16 (clause A.3.1).
func (l Level) MaxDpbFrames(widthMbs, heightMbs int) int {
	return min(l.MaxDpbMbs/(widthMbs*heightMbs), 16)
}

// MaxSubMbRectSize returns the largest area in luma samples that the prediction
// of one 8x8 sub-macroblock may touch, (xmax-xmin+6)*(ymax-ymin+6) over its
// partitions' reference samples (clause A.3.3, table A-4): 576 in Baseline up to
// level 3, otherwise no limit.
func (l Level) MaxSubMbRectSize(p Profile) int {
	if p == ConstrainedBaseline && l.IDC <= 30 {
		return 576
	}
	return math.MaxInt32
}

// MaxBitRate returns the highest VCL bit rate in bit/s.
func (l Level) MaxBitRate(p Profile) int64 { return int64(l.MaxBR) * p.rateFactor() }

// MaxCPBBits returns the largest VCL coded picture buffer in bits.
func (l Level) MaxCPBBits(p Profile) int64 { return int64(l.MaxCPB) * p.rateFactor() }

// Carrying returns the lowest level from l on that carries a bit rate in bit/s
// with a buffer in bits; the last one where none does.
func (l Level) Carrying(p Profile, bitRate, buffer int64) Level {
	for _, next := range Levels {
		if next.IDC > l.IDC && (l.MaxBitRate(p) < bitRate || l.MaxCPBBits(p) < buffer) {
			l = next
		}
	}
	return l
}

// MaxPictureBytes returns how many bytes the NAL units of a picture may have that
// is followed by another after rateDen/rateNum seconds: what the samples of so many
// macroblocks as the level processes in that time have, over MinCR (clause A.3.1).
func (l Level) MaxPictureBytes(chromaFormat uint8, rateNum, rateDen uint32) int64 {
	mbs := min(uint64(l.MaxMBPS)*uint64(rateDen)/uint64(rateNum), math.MaxUint32)
	return int64(mbs * rawBytes(chromaFormat) / uint64(l.MinCR))
}

// MaxFirstBytes is that of a stream's first picture, of that many macroblocks. The
// level's least time between pictures counts, 1/172 s.
func (l Level) MaxFirstBytes(chromaFormat uint8, mbs int) int64 {
	return int64(max(uint64(mbs), uint64(l.MaxMBPS)/172) * rawBytes(chromaFormat) / uint64(l.MinCR))
}

// rawBytes is the size of a macroblock's samples.
func rawBytes(chromaFormat uint8) uint64 {
	if chromaFormat == Chroma444 {
		return 3 * 256
	}
	return 256 + 2*64
}

// Runs reports whether the level processes rateNum/rateDen frames of mbs
// macroblocks per second.
func (l Level) Runs(mbs int, rateNum, rateDen uint32) bool {
	return uint64(mbs)*uint64(rateNum) <= uint64(l.MaxMBPS)*uint64(rateDen)
}

// LevelFor returns the lowest level for frames of this size in macroblocks at
// rateNum/rateDen frames per second (0/0: any rate will do) with refs reference
// frames. It depends on nothing else, so equal configurations have equal levels
// whatever the content; the vector limits, the bit rate and the buffer are then
// the caller's to take from the level.
//
// A rate above what the last level processes is no error: the last level is as
// true as a level can be, and a decoder may be slower than real time anyway. The
// least interval of 1/172 s between pictures, which is the same for the levels
// below 6, isn't looked at either.
func LevelFor(widthMbs, heightMbs int, rateNum, rateDen uint32, refs int) (Level, error) {
	last := Levels[len(Levels)-1]
	switch {
	case widthMbs < 1 || heightMbs < 1:
		return Level{}, invalid("size in macroblocks", fmt.Sprintf("%dx%d", widthMbs, heightMbs), "at least 1x1")
	case rateNum != 0 && rateDen == 0:
		return Level{}, invalid("frame rate", Ratio{rateNum, rateDen}, "a fraction")
	case !last.Fits(widthMbs, heightMbs):
		return Level{}, sizeError(fmt.Sprintf("%dx%d macroblocks", widthMbs, heightMbs))
	case refs < 0 || refs > last.MaxDpbFrames(widthMbs, heightMbs):
		return Level{}, invalid("number of reference frames", refs, fmt.Sprintf("0 to %d at %dx%d macroblocks",
			last.MaxDpbFrames(widthMbs, heightMbs), widthMbs, heightMbs))
	}
	for _, l := range Levels {
		if l.Fits(widthMbs, heightMbs) && refs <= l.MaxDpbFrames(widthMbs, heightMbs) &&
			l.Runs(widthMbs*heightMbs, rateNum, rateDen) {
			return l, nil
		}
	}
	return last, nil
}

// sizeError says which size breaks the last level's limits, and these.
func sizeError(size string) error {
	last := Levels[len(Levels)-1]
	side := last.MaxSide()
	return fmt.Errorf("%w: %s; level %v takes at most %d macroblocks of 16x16 samples, at most %d (%d samples) a side",
		ErrSize, size, last, last.MaxFS, side, 16*side)
}

// levelOf returns the level with this level_idc.
func levelOf(idc uint8) (Level, bool) {
	for _, l := range Levels {
		if l.IDC == idc {
			return l, true
		}
	}
	return Level{}, false
}
