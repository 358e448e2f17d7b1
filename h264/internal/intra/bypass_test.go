package intra_test

import (
	"math/rand/v2"
	"testing"

	"github.com/g264/g264/h264/internal/intra"
)

// A decoder that adds residuals up as clause 8.5.15 says gets the samples that
// differ by those residuals from the predictions of Bypass.
func TestBypass(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for _, size := range []int{4, 8, 16} {
		const stride = 20
		var src [16 * stride]uint8
		for i := range src {
			src[i] = uint8(rng.IntN(256))
		}
		var predicted, bypassed [2][16 * 16]uint8 // vertical, horizontal
		for i := range size * size {
			predicted[0][i], predicted[1][i] = uint8(7*(i%size)), uint8(11*(i/size))
		}
		bypassed = predicted
		intra.Bypass(bypassed[0][:], bypassed[1][:], size, src[:], stride, size)
		for horizontal := range 2 {
			var sum [16 * 16]int // r of 8-444 and 8-445
			for i := range size * size {
				x, y := i%size, i/size
				sum[i] = int(src[y*stride+x]) - int(bypassed[horizontal][i])
				switch {
				case horizontal == 1 && x > 0:
					sum[i] += sum[i-1]
				case horizontal == 0 && y > 0:
					sum[i] += sum[i-size]
				}
				if got := int(predicted[horizontal][i]) + sum[i]; got != int(src[y*stride+x]) {
					t.Fatalf("size %d, horizontal %d: sample (%d, %d) is %d, want %d", size, horizontal, x, y, got, src[y*stride+x])
				}
			}
		}
	}
}
