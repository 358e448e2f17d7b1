package dsp

import (
	"math/rand/v2"
	"testing"
	"unsafe"
)

// The intra predictions are held against the words of the standard where package intra has the neighbours from; here the
// forms are held against each other, and some modes against what they obviously are.

// intraEdges fills p with noise, with the two extremes, or with a ramp.
func intraEdges(r *rand.Rand, kind int, p []uint8) {
	start, step := r.IntN(256), r.IntN(40)-20
	for i := range p {
		switch kind % 3 {
		case 0:
			p[i] = uint8(r.IntN(256))
		case 1:
			p[i] = uint8(255 * r.IntN(2))
		case 2:
			p[i] = uint8(refClip(0, 255, start+i*step))
		}
	}
}

func TestPredict4x4(t *testing.T) {
	r := newRand(t)
	for i := range 2000 {
		var edge [16]uint8
		intraEdges(r, i, edge[:])
		edge[0], edge[14] = edge[1], edge[13]
		dc := uint8(r.IntN(256))
		whole, part := margins[uint8](9 * 16)
		dst := (*[9][16]uint8)(unsafe.Pointer(&part[0]))
		twins(t, "Predict4x4", func() []int {
			Predict4x4(dst, &edge, dc)
			return nil
		}, whole)
		for k := range 16 {
			x, y := k%4, k/4
			if dst[0][k] != edge[6+x] || dst[1][k] != edge[4-y] || dst[2][k] != dc {
				t.Fatalf("edge %v, DC %d: vertical %v, horizontal %v, DC %v", edge, dc, dst[0], dst[1], dst[2])
			}
		}
	}
}

func TestPredict16x16(t *testing.T) {
	r := newRand(t)
	for i := range 2000 {
		var top, left [16]uint8
		intraEdges(r, i, top[:])
		intraEdges(r, i/3, left[:])
		corner, dc := uint8(r.IntN(256)), uint8(r.IntN(256))
		if i&7 == 1 {
			corner = 255 * uint8(r.IntN(2))
		}
		whole, part := margins[uint8](4 * 256)
		dst := (*[4][256]uint8)(unsafe.Pointer(&part[0]))
		twins(t, "Predict16x16", func() []int {
			Predict16x16(dst, &top, &left, corner, dc)
			return nil
		}, whole)
		for k := range 256 {
			if dst[0][k] != top[k%16] || dst[1][k] != left[k/16] || dst[2][k] != dc {
				t.Fatalf("top %v, left %v, DC %d: sample %d is %d, %d and %d", top, left, dc, k, dst[0][k], dst[1][k], dst[2][k])
			}
		}
	}
}

func TestPredictChroma8x8(t *testing.T) {
	r := newRand(t)
	for i := range 2000 {
		var top, left [8]uint8
		var dc [4]uint8
		intraEdges(r, i, top[:])
		intraEdges(r, i/3, left[:])
		intraEdges(r, 0, dc[:])
		corner := uint8(r.IntN(256))
		if i&7 == 1 {
			corner = 255 * uint8(r.IntN(2))
		}
		whole, part := margins[uint8](4 * 256)
		dst := (*[4][256]uint8)(unsafe.Pointer(&part[0]))
		twins(t, "PredictChroma8x8", func() []int {
			PredictChroma8x8(dst, &top, &left, corner, &dc)
			return nil
		}, whole)
		for k := range 64 {
			x, y := k%8, k/8
			if at := 16*y + x; dst[0][at] != dc[y/4*2+x/4] || dst[1][at] != left[y] || dst[2][at] != top[x] {
				t.Fatalf("top %v, left %v, DC %v: sample (%d, %d) is %d, %d and %d", top, left, dc, x, y, dst[0][at], dst[1][at], dst[2][at])
			}
		}
	}
}

func BenchmarkPredict(b *testing.B) {
	var edge, left [16]uint8
	var four [9][16]uint8
	var whole [4][256]uint8
	intraEdges(rand.New(rand.NewPCG(4, 4)), 0, edge[:])
	intraEdges(rand.New(rand.NewPCG(5, 4)), 0, left[:])
	benchTwins(b, "4x4", func(n int) {
		for range n {
			Predict4x4(&four, &edge, 99)
		}
	})
	benchTwins(b, "8x8", func(n int) {
		var line, filtered [48]uint8
		var modes [9][64]uint8
		for range n {
			Smooth8x8(&filtered, &line)
			Predict8x8(&modes, &filtered, 99)
		}
	})
	benchTwins(b, "16x16", func(n int) {
		for range n {
			Predict16x16(&whole, &edge, &left, 100, 99)
		}
	})
	benchTwins(b, "chroma", func(n int) {
		for range n {
			PredictChroma8x8(&whole, (*[8]uint8)(edge[:8]), (*[8]uint8)(left[:8]), 100, &[4]uint8{1, 2, 3, 4})
		}
	})
}
