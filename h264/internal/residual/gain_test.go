package residual_test

import (
	"math/rand/v2"
	"testing"

	"github.com/g264/g264/h264/internal/residual"
)

// What levels gain is what they take from the squared error, but for the rounding of
// samples.
func TestGains(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 264))
	for qp := 14; qp <= 40; qp += 2 {
		q := &residual.Quantisers[qp]
		var luma, lumaGain, chroma, chromaGain float64
		for range 200 {
			var src, pred [256]uint8
			slopeX, slopeY, noise := r.IntN(9)-4, r.IntN(9)-4, 1+r.IntN(2+qp/2)
			for i := range src {
				x, y := i%stride, i/stride
				pred[i] = uint8(128 + r.IntN(9) - 4)
				src[i] = uint8(int(pred[i]) + (slopeX*(x-8)+slopeY*(y-8))/2 + r.IntN(2*noise+1) - noise)
			}
			var level, coef [16][16]int16
			nonzero, gain, ssd := q.Inter16Gain(&level, &src, &pred)
			if want := squaredError(&src, &pred, 16); float64(ssd) != want {
				t.Fatalf("QP %d: squared error %d, want %v", qp, ssd, want)
			}
			var same [16][16]int16
			if want := q.Inter16(&same, &coef, &src, &pred); want != nonzero || same != level {
				t.Fatalf("QP %d: other levels than Inter16", qp)
			}
			rec := pred
			q.Add16(&rec, &level, 15)
			luma += squaredError(&src, &pred, 16) - squaredError(&src, &rec, 16)
			lumaGain += float64(gain) / 256

			var dc [16]int16
			ac, _ := q.Chroma8(&dc, &level, &coef, &src, &pred, residual.Inter)
			gain, n := q.GainChroma8(&dc, &level, &coef, &ac)
			if want := int(ac[0]+ac[1]+ac[2]+ac[3]) + 4 - count(dc[:4], 0); n != want {
				t.Fatalf("QP %d: %d chroma levels, want %d", qp, n, want)
			}
			rec = pred
			q.AddChroma8(&rec, &dc, &level, &ac, true)
			chroma += squaredError(&src, &pred, 8) - squaredError(&src, &rec, 8)
			chromaGain += float64(gain) / 256
		}
		if luma == 0 || chroma == 0 {
			t.Fatalf("QP %d: nothing coded", qp)
		}
		for _, ratio := range []float64{lumaGain / luma, chromaGain / chroma} {
			if ratio < 0.95 || ratio > 1.05 {
				t.Errorf("QP %d: gains are %.3f of the error that levels take, luma, and %.3f, chroma", qp, lumaGain/luma, chromaGain/chroma)
				break
			}
		}
	}
}

func squaredError(a, b *[256]uint8, size int) (sum float64) {
	for y := range size {
		for x := range size {
			d := float64(a[y*stride+x]) - float64(b[y*stride+x])
			sum += d * d
		}
	}
	return sum
}

// ZeroChroma8 says what Chroma8 finds.
func TestZeroChroma8(t *testing.T) {
	r := rand.New(rand.NewPCG(6, 264))
	var zero, dcAlone, coded int
	for i := range 20000 {
		q := &residual.Quantisers[i%52]
		var src, pred [2][256]uint8
		shift, noise := r.IntN(1+i%52/3), 1+r.IntN(1+i%52/2)
		for p := range src {
			for k := range src[p] {
				pred[p][k] = uint8(100 + r.IntN(9))
				src[p][k] = pred[p][k]
				if p == i&1 {
					src[p][k] += uint8(shift + r.IntN(noise))
				}
			}
		}
		want := true
		for p := range src {
			var dc [16]int16
			var level, coef [16][16]int16
			ac, any := q.Chroma8(&dc, &level, &coef, &src[p], &pred[p], residual.Inter)
			want = want && !any && ac == [4]uint8{}
			if any && ac == [4]uint8{} {
				dcAlone++
			}
		}
		if got := q.ZeroChroma8(&[2][]uint8{src[0][:], src[1][:]}, &[2][]uint8{pred[0][:], pred[1][:]}); got != want {
			t.Fatalf("QP %d: no levels %v, Chroma8 finds %v", i%52, got, want)
		}
		if want {
			zero++
		} else {
			coded++
		}
	}
	if zero < 2000 || dcAlone < 1000 || coded < 2000 {
		t.Errorf("%d without levels, %d with, %d with DC alone", zero, coded, dcAlone)
	}
}
