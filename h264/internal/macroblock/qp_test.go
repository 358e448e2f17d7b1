package macroblock_test

import (
	"testing"

	"github.com/g264/g264/h264/internal/macroblock"
)

// qpC is table 8-15 for qPI of 30 and above; below they are equal.
var qpC = [22]int{29, 30, 31, 32, 32, 33, 34, 34, 35, 35, 36, 36, 37, 37, 37, 38, 38, 38, 39, 39, 39, 39}

func TestChromaQP(t *testing.T) {
	for qp := range 52 {
		for offset := -12; offset <= 12; offset++ {
			want := min(max(qp+offset, 0), 51)
			if want >= 30 {
				want = qpC[want-30]
			}
			if got := macroblock.ChromaQP(qp, offset); got != want {
				t.Errorf("QP %d, offset %d: %d, want %d", qp, offset, got, want)
			}
		}
	}
}
