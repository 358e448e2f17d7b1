package bits

import (
	"bytes"
	"math/rand"
	"testing"
)

func TestAppendNAL(t *testing.T) {
	cases := []struct {
		name       string
		rbsp, want []byte // want without the header byte
	}{
		{"empty", nil, nil},
		{"nothing to do", []byte{1, 2, 3}, []byte{1, 2, 3}},
		{"one zero", []byte{1, 0, 1, 0, 2}, []byte{1, 0, 1, 0, 2}},
		{"00 00 00", []byte{0, 0, 0, 5}, []byte{0, 0, 3, 0, 5}},
		{"00 00 01", []byte{0, 0, 1}, []byte{0, 0, 3, 1}},
		{"00 00 02", []byte{9, 0, 0, 2}, []byte{9, 0, 0, 3, 2}},
		{"00 00 03", []byte{9, 0, 0, 3, 9}, []byte{9, 0, 0, 3, 3, 9}},
		{"00 00 03 at the end", []byte{9, 0, 0, 3}, []byte{9, 0, 0, 3, 3}},
		{"00 00 04", []byte{0, 0, 4, 0, 0, 4}, []byte{0, 0, 4, 0, 0, 4}},
		{"overlapping", []byte{0, 0, 0, 1, 0, 0, 1}, []byte{0, 0, 3, 0, 1, 0, 0, 3, 1}},
		{"zeros restart after a prevention byte", []byte{0, 0, 0, 0, 0, 1}, []byte{0, 0, 3, 0, 0, 3, 0, 1}},
		{"three zeros and one", []byte{0, 0, 0, 1}, []byte{0, 0, 3, 0, 1}},
		{"zero at the end", []byte{7, 0}, []byte{7, 0, 3}},
		{"two zeros at the end", []byte{7, 0, 0}, []byte{7, 0, 0, 3}},
		{"three zeros at the end", []byte{7, 0, 0, 0}, []byte{7, 0, 0, 3, 0, 3}},
		{"four zeros at the end", []byte{0, 0, 0, 0}, []byte{0, 0, 3, 0, 0, 3}},
		{"cabac_zero_words", []byte{0x80, 0, 0, 3, 0, 0, 3}, []byte{0x80, 0, 0, 3, 3, 0, 0, 3, 3}},
	}
	for _, c := range cases {
		prefix := []byte{0, 0} // what stands before is no part of the NAL unit
		got := AppendNAL(bytes.Clone(prefix), 3, NALSPS, c.rbsp)
		want := append(append(prefix, 0x67), c.want...)
		if !bytes.Equal(got, want) {
			t.Errorf("%s: % x, want % x", c.name, got, want)
		}
	}
}

// unescape reads a NAL unit's payload as clause 7.3.1 does.
func unescape(nal []byte) []byte {
	rbsp := []byte{}
	for i := 0; i < len(nal); i++ {
		if i+2 < len(nal) && nal[i] == 0 && nal[i+1] == 0 && nal[i+2] == 3 {
			rbsp = append(rbsp, 0, 0)
			i += 2
			continue
		}
		rbsp = append(rbsp, nal[i])
	}
	return rbsp
}

// checkNAL proves what clause 7.4.1 demands of a NAL unit.
func checkNAL(t *testing.T, rbsp []byte) {
	t.Helper()
	nal := AppendNAL(nil, 2, NALIDR, rbsp)
	if nal[0] != 2<<5|NALIDR {
		t.Fatalf("header %#x", nal[0])
	}
	for i := 2; i < len(nal); i++ {
		if nal[i-2] == 0 && nal[i-1] == 0 && nal[i] < 3 {
			t.Fatalf("% x at %d in % x", nal[i-2:i+1], i-2, nal)
		}
		// A prevention byte is followed by 00 to 03, or by nothing.
		if nal[i-2] == 0 && nal[i-1] == 0 && i+1 < len(nal) && nal[i+1] > 3 && nal[i] == 3 {
			t.Fatalf("needless prevention byte at %d in % x", i, nal)
		}
	}
	body := nal[1:]
	if n := len(rbsp); n > 0 && rbsp[n-1] == 0 {
		if body[len(body)-1] != 3 {
			t.Fatalf("last byte %#x after a zero", body[len(body)-1])
		}
		body = body[:len(body)-1]
	}
	if got := unescape(body); !bytes.Equal(got, rbsp) {
		t.Fatalf("payload % x read back as % x", rbsp, got)
	}
}

func TestNALReadsBack(t *testing.T) {
	rng := rand.New(rand.NewSource(1))
	for range 3000 {
		rbsp := make([]byte, rng.Intn(40))
		for i := range rbsp {
			rbsp[i] = byte(rng.Intn(5)) * byte(rng.Intn(2))
		}
		checkNAL(t, rbsp)
	}
}

func FuzzAppendNAL(f *testing.F) {
	f.Add([]byte{0, 0, 0, 1, 0, 0, 3, 0, 0})
	f.Add([]byte{1, 2, 3, 0})
	f.Fuzz(checkNAL)
}

func BenchmarkAppendNAL(b *testing.B) {
	for _, c := range []struct {
		name string
		fill func(i int) byte
	}{
		{"random", func(int) byte { return byte(rand.Intn(256)) }},
		{"zeros", func(int) byte { return 0 }},
	} {
		b.Run(c.name, func(b *testing.B) {
			rng := make([]byte, 1<<16)
			for i := range rng {
				rng[i] = c.fill(i)
			}
			var dst []byte
			b.SetBytes(int64(len(rng)))
			b.ReportAllocs()
			for range b.N {
				dst = AppendNAL(dst[:0], 2, NALSlice, rng)
			}
		})
	}
}
