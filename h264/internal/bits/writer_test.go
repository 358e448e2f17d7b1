package bits

import (
	"bytes"
	"fmt"
	"math"
	"math/rand"
	"strings"
	"testing"
)

// pack turns a string of 0s and 1s into bytes; what doesn't fill a byte is left out.
func pack(s string) []byte {
	out := []byte{}
	for ; len(s) >= 8; s = s[8:] {
		var b byte
		for _, c := range s[:8] {
			b = b<<1 | byte(c-'0')
		}
		out = append(out, b)
	}
	return out
}

// expGolomb spells the code of clause 9.1 out from its definition: as many
// zeros as codeNum+1 has binary digits after the first, then these digits.
func expGolomb(codeNum uint64) string {
	digits := fmt.Sprintf("%b", codeNum+1)
	return strings.Repeat("0", len(digits)-1) + digits
}

// signed is table 9-3 read backwards.
func signed(v int64) uint64 {
	if v > 0 {
		return uint64(2*v - 1)
	}
	return uint64(-2 * v)
}

// check compares the Writer with the string of bits it should hold.
func check(t *testing.T, w *Writer, want string) {
	t.Helper()
	if w.Len() != len(want) {
		t.Fatalf("Len() = %d, want %d", w.Len(), len(want))
	}
	if w.ByteAligned() != (len(want)%8 == 0) {
		t.Fatalf("ByteAligned() = %v after %d bits", w.ByteAligned(), len(want))
	}
	if got := w.Bytes(); !bytes.Equal(got, pack(want)) {
		t.Fatalf("Bytes() = %x, want %x", got, pack(want))
	}
	if w.Len() != len(want) {
		t.Fatalf("Bytes() changed Len() to %d, want %d", w.Len(), len(want))
	}
}

// TestExpGolombTable holds the codes of tables 9-2 and 9-3 and the ends of the range.
func TestExpGolombTable(t *testing.T) {
	unsigned := []struct {
		v    uint32
		code string
	}{
		{0, "1"}, {1, "010"}, {2, "011"}, {3, "00100"}, {4, "00101"}, {5, "00110"},
		{6, "00111"}, {7, "0001000"}, {8, "0001001"}, {9, "0001010"},
		{0xfffe, strings.Repeat("0", 15) + strings.Repeat("1", 16)},
		{0xffff, strings.Repeat("0", 16) + "1" + strings.Repeat("0", 16)},
		{math.MaxUint32 - 1, strings.Repeat("0", 31) + strings.Repeat("1", 32)},
		{math.MaxUint32, strings.Repeat("0", 32) + "1" + strings.Repeat("0", 32)},
	}
	for _, c := range unsigned {
		var w Writer
		w.UE(c.v)
		if UELen(c.v) != len(c.code) {
			t.Errorf("UELen(%d) = %d, want %d", c.v, UELen(c.v), len(c.code))
		}
		w.AlignZero()
		check(t, &w, c.code+strings.Repeat("0", -len(c.code)&7))
	}
	signedCodes := []struct {
		v    int32
		code string
	}{
		{0, "1"}, {1, "010"}, {-1, "011"}, {2, "00100"}, {-2, "00101"}, {3, "00110"}, {-3, "00111"},
		{math.MaxInt32, strings.Repeat("0", 31) + strings.Repeat("1", 31) + "0"},
		{-math.MaxInt32, strings.Repeat("0", 31) + strings.Repeat("1", 32)},
	}
	for _, c := range signedCodes {
		var w Writer
		w.SE(c.v)
		if SELen(c.v) != len(c.code) {
			t.Errorf("SELen(%d) = %d, want %d", c.v, SELen(c.v), len(c.code))
		}
		w.AlignZero()
		check(t, &w, c.code+strings.Repeat("0", -len(c.code)&7))
	}
}

// script runs a random but repeatable sequence of writes on a Writer and on a
// string of digits.
func script(t *testing.T, w *Writer, rng *rand.Rand, steps int) {
	t.Helper()
	var want strings.Builder
	for range steps {
		v := rng.Uint32() >> (rng.Uint32() & 31)
		switch rng.Intn(10) {
		case 0, 1, 2: // bits of v above n must be ignored
			n := uint(rng.Intn(33))
			w.Bits(v, n)
			digits := fmt.Sprintf("%032b", v)
			want.WriteString(digits[32-n:])
		case 3, 4:
			w.UE(v)
			want.WriteString(expGolomb(uint64(v)))
		case 5:
			s := int32(v)
			if s == math.MinInt32 {
				s++
			}
			w.SE(s)
			want.WriteString(expGolomb(signed(int64(s))))
		case 6:
			w.Bit(v)
			w.Flag(v&2 != 0)
			fmt.Fprintf(&want, "%d%d", v&1, v>>1&1)
		case 7:
			w.AlignZero()
			want.WriteString(strings.Repeat("0", -want.Len()&7))
		case 8:
			w.TrailingBits()
			want.WriteString("1")
			want.WriteString(strings.Repeat("0", -want.Len()&7))
		case 9:
			if v&1 != 0 {
				w.AlignZero()
				want.WriteString(strings.Repeat("0", -want.Len()&7))
			}
			p := make([]byte, rng.Intn(12))
			rng.Read(p)
			w.AppendBytes(p)
			for _, b := range p {
				fmt.Fprintf(&want, "%08b", b)
			}
		}
		if rng.Intn(8) == 0 { // Bytes in the middle must not disturb what follows
			check(t, w, want.String())
		}
	}
	check(t, w, want.String())
}

func TestWriterEqualsStringOfDigits(t *testing.T) {
	var w Writer
	for seed := range int64(300) {
		script(t, &w, rand.New(rand.NewSource(seed)), 60)
		w.Reset()
		check(t, &w, "")
	}
}

// TestEveryOffset writes each width at each fill of the accumulator.
func TestEveryOffset(t *testing.T) {
	for offset := range uint(64) {
		for n := range uint(33) {
			var w Writer
			w.Bits(math.MaxUint32, offset/2)
			w.Bits(math.MaxUint32, offset-offset/2)
			w.Bits(0, n)
			w.Bits(math.MaxUint32, 8)
			want := strings.Repeat("1", int(offset)) + strings.Repeat("0", int(n)) + "11111111"
			check(t, &w, want)
		}
	}
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	var w Writer
	if n := testing.AllocsPerRun(20, func() {
		w.Reset()
		for i := range uint32(2000) {
			w.UE(i)
		}
		w.TrailingBits()
		w.Bytes()
	}); n != 0 {
		t.Errorf("%v allocations per run, want 0", n)
	}
}

func FuzzWriter(f *testing.F) {
	for seed := range int64(4) {
		f.Add(seed, uint8(50))
	}
	f.Fuzz(func(t *testing.T, seed int64, steps uint8) {
		var w Writer
		script(t, &w, rand.New(rand.NewSource(seed)), int(steps))
	})
}

func BenchmarkBits(b *testing.B) {
	var w Writer
	for range b.N {
		w.Reset()
		for i := range uint32(4096) {
			w.Bits(i, uint(i&15)+1)
		}
	}
	b.SetBytes(int64(w.Len() / 8))
}

func BenchmarkUE(b *testing.B) {
	var w Writer
	for range b.N {
		w.Reset()
		for i := range uint32(4096) {
			w.UE(i & 63)
		}
	}
	b.SetBytes(int64(w.Len() / 8))
}
