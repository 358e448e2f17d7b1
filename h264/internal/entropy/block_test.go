package entropy

import (
	"encoding/binary"
	"math/bits"
	"math/rand"
	"testing"

	bitwriter "github.com/g264/g264/h264/internal/bits"
	"github.com/g264/g264/h264/internal/macroblock"
)

// shapes of residual blocks: the parameters of BlockBits but nC.
var shapes = []struct {
	name            string
	start, maxCoeff int
}{{"4x4", 0, 16}, {"AC", 1, 15}, {"chroma DC", 0, 4}}

// checkBlock writes a block and proves that it reads back and that BlockBits
// knew its size. It returns the largest level_prefix.
func checkBlock(t *testing.T, level *[16]int16, shape, nC int) int {
	t.Helper()
	s := shapes[shape]
	if s.maxCoeff == 4 {
		nC = -1
	}
	var w bitwriter.Writer
	w.Bits(1, 1)
	writeBlock(&w, level, s.start, s.maxCoeff, nC)
	size := w.Len() - 1
	w.TrailingBits()
	r := reader{data: w.Bytes(), pos: 1}
	var got [16]int16
	_, prefix := r.residualBlock(got[s.start:s.start+s.maxCoeff], nC)
	var want [16]int16
	copy(want[s.start:s.start+s.maxCoeff], level[s.start:])
	if r.failed || got != want || r.pos != size+1 {
		t.Fatalf("%s block with nC %d, %d bits: read %v in %d bits, want %v", s.name, nC, size, got, r.pos-1, want)
	}
	if n := BlockBits(level, s.start, s.maxCoeff, nC); n != size {
		t.Fatalf("%s block with nC %d, %v: BlockBits is %d, written are %d", s.name, nC, want, n, size)
	}
	return prefix
}

// Every set of positions, with each count of trailing ones it can have.
func TestBlocksOfAllPatterns(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	for set := range 1 << 16 {
		var level [16]int16
		ones := rng.Intn(4)
		for i := 15; i >= 0; i-- {
			if set>>i&1 == 0 {
				continue
			}
			level[i] = 1 - 2*int16(rng.Intn(2))
			if ones == 0 {
				level[i] *= int16(2 + rng.Intn(1<<rng.Intn(7)))
			} else {
				ones--
			}
		}
		checkBlock(t, &level, 0, rng.Intn(17))
		if set < 1<<15 {
			checkBlock(t, &level, 1, rng.Intn(17))
		}
		if set < 1<<4 {
			for nC := range 17 {
				checkBlock(t, &level, 0, nC)
				checkBlock(t, &level, 2, nC)
			}
		}
	}
}

// total_zeros and the runs must fit into what writeBlock's accumulator has left.
func TestZerosFitTheAccumulator(t *testing.T) {
	for set := uint32(1); set < 1<<16; set++ {
		level := [16]int16{}
		for i := range level {
			level[i] = int16(set >> i & 1)
		}
		total := bits.OnesCount32(set)
		ones := min(total, 3)
		n := BlockBits(&level, 0, 16, 0) - int(coeffToken[0][4*total+ones].n) - ones
		n -= total - ones // the levels after three ones, one bit each until suffixLength 1
		if total > 4 {
			n -= total - 4
		}
		if n > 32 {
			t.Fatalf("positions %#x: %d bits for zeros", set, n)
		}
	}
}

// Each magnitude around every change of the level codes, at each suffixLength.
func TestLevelsOfAllSizes(t *testing.T) {
	for total := 1; total <= 16; total++ {
		for _, ramp := range []int{1, 2, 3, 5, 8, 16, 32, 64, 100} { // brings suffixLength up
			for magnitude := 1; magnitude <= 32768; magnitude += 1 + magnitude/64 {
				for sign := -1; sign <= 1; sign += 2 {
					var level [16]int16
					for i := range total - 1 {
						level[15-i] = int16(ramp * (1 - 2*(i&1)))
					}
					level[16-total] = int16(magnitude * sign)
					checkBlock(t, &level, 0, 0)
				}
			}
		}
	}
}

// blockAtSuffixLength returns a block whose last level in coding order, level,
// is coded with the given suffixLength; the one before it in coding order has
// raised it so far.
func blockAtSuffixLength(suffixLength int, level int16) *[16]int16 {
	block := [16]int16{0: level}
	// The limits that raise suffixLength are 3, 3, 6, 12, 24 and 48.
	for i, raiser := range []int16{3, 4, 7, 13, 25, 49}[:suffixLength] {
		block[15-i] = raiser
	}
	return &block
}

// The largest magnitude for which level_prefix is at most 15, at each
// suffixLength: levelCode, 2*|level|-2 or 2*|level|-1, must stay below
// 15<<suffixLength + 4096 and, at 0, below 30 + 4096.
func TestMaxLevel(t *testing.T) {
	least := 1 << 16
	for suffixLength := 0; suffixLength <= 6; suffixLength++ {
		limit := 15<<max(suffixLength-1, 0) + 2048
		for _, sign := range []int{1, -1} {
			block := blockAtSuffixLength(suffixLength, int16(sign*limit))
			if prefix := checkBlock(t, block, 0, 0); prefix != 15 {
				t.Errorf("suffixLength %d, level %d: level_prefix %d", suffixLength, sign*limit, prefix)
			}
		}
		// The first level after fewer than three trailing ones may be larger by one.
		beyond := limit + 1
		if suffixLength == 0 {
			beyond++
		}
		worst := 0
		for _, sign := range []int{1, -1} {
			worst = max(worst, checkBlock(t, blockAtSuffixLength(suffixLength, int16(sign*beyond)), 0, 0))
		}
		if worst != 16 {
			t.Errorf("suffixLength %d: level_prefix %d beyond %d", suffixLength, worst, limit)
		}
		least = min(least, limit)
	}
	if least != macroblock.MaxLevel {
		t.Errorf("MaxLevel is %d, the least of all limits %d", macroblock.MaxLevel, least)
	}
	// Three trailing ones take away the first level's advantage.
	block := &[16]int16{macroblock.MaxLevel + 1, 1, 1, 1}
	if prefix := checkBlock(t, block, 0, 0); prefix != 16 {
		t.Errorf("level_prefix %d", prefix)
	}
}

func FuzzBlock(f *testing.F) {
	f.Add([]byte{1, 0, 0xff, 0xff, 0, 0, 3}, uint8(0), uint8(0))
	f.Add([]byte{0xff, 0x7f, 0, 0x80, 9, 9, 9, 9}, uint8(1), uint8(9))
	f.Add(make([]byte, 32), uint8(2), uint8(16))
	f.Fuzz(func(t *testing.T, data []byte, shape, nC uint8) {
		var raw [32]byte
		copy(raw[:], data)
		var level [16]int16
		for i := range level {
			level[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
		}
		checkBlock(t, &level, int(shape)%len(shapes), int(nC)%17)
	})
}
