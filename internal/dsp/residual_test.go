package dsp

import (
	"testing"
	"unsafe"
)

// checkResidual compares Residual16x16 to the transform, the quantiser and the gain of each level.
func checkResidual(t *testing.T, qp int, a []uint8, as int, p []uint8, ps int, mf *[16]uint16, bias *[16]uint32, shift uint) {
	t.Helper()
	q := MakeQuant4x4(mf, bias, shift)
	whole, levels := margins[int16](256)
	counts, nonzero := margins[uint8](16)
	gain, ssd := 0, 0
	twins(t, "Residual16x16", func() []int {
		gain, ssd = q.Residual16x16((*[16][16]int16)(unsafe.Pointer(&levels[0])), (*[16]uint8)(nonzero), a, as, p, ps)
		return []int{gain, ssd}
	}, whole, counts)
	want := 0
	for blk := range 16 {
		x, y := blockAt(blk)
		c := scanned(refForwardDCT(a[y*as+x:], as, p[y*ps+x:], ps))
		level, n := refQuant(&c, mf, bias, shift)
		if got := [16]int16(levels[16*blk:]); got != level || int(nonzero[blk]) != n {
			t.Fatalf("qp %d, block %d: %v, %d, want %v, %d", qp, blk, got, nonzero[blk], level, n)
		}
		for i, l := range level {
			m := min(refAbs(int(l)), 127)
			twice := min(refAbs(int(c[i]))*int(mf[i])>>(shift-5), 4095)
			want += m * (twice - 16*m)
		}
	}
	if gain != want {
		t.Fatalf("qp %d: gain %d, want %d", qp, gain, want)
	}
	if want := refSSD(a, as, p, ps, 16, 16); ssd != want {
		t.Fatalf("qp %d: ssd %d, want %d", qp, ssd, want)
	}
}

func TestResidual16x16(t *testing.T) {
	r := newRand(t)
	for qp := range 52 {
		mf, bias, shift := quantTables(qp, qp&1 == 0)
		mf, bias = scannedTables(mf, bias)
		for i := range 60 {
			a, as := cut(r, i, 16, 16)
			p, ps := cut(r, i/7, 16, 16)
			if i%2 > 0 { // a residual of few levels
				contrast := 1 + r.IntN(2+2<<(qp/6))
				for y := range 16 {
					for x := range 16 {
						a[y*as+x] = uint8(refClip(0, 255, int(p[y*ps+x])+r.IntN(2*contrast+1)-contrast))
					}
				}
			}
			checkResidual(t, qp, a, as, p, ps, &mf, &bias, shift)
		}
	}
}

func BenchmarkResidual16x16(b *testing.B) {
	mf, bias, shift := quantTables(28, false)
	q := MakeQuant4x4(&mf, &bias, shift)
	a, p := make([]uint8, 64*33), make([]uint8, 64*33)
	for i := range a {
		a[i], p[i] = uint8(i*i>>3), uint8(i*i>>3+i%23)
	}
	var level [16][16]int16
	var nonzero [16]uint8
	benchTwins(b, "16x16", func(n int) {
		for i := range n {
			gain, _ := q.Residual16x16(&level, &nonzero, a[i&15:], 64, p, 64)
			sink += gain
		}
	})
}

func BenchmarkZeroChroma8x8(b *testing.B) {
	mf, bias, shift := quantTables(40, false)
	q := MakeQuant4x4(&mf, &bias, shift)
	a := make([]uint8, 64*33)
	both := [2][]uint8{a, a[8:]}
	benchTwins(b, "8x8", func(n int) {
		for range n {
			if q.ZeroChroma8x8(&both, 16, &both, 16, 40) {
				sink++
			}
		}
	})
}
