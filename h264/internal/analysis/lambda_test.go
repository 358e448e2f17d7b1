package analysis

import (
	"math"
	"testing"
)

// Tables in integers are the rounded real-valued formula, whatever scale and
// slope they have.
func TestMakeLambda(t *testing.T) {
	for _, test := range []struct {
		scale    int64
		twelfths int
	}{{218, 4}, {15, 2}, {1, 1}, {1000, 4}, {77, 3}} {
		for qp, got := range makeLambda(test.scale, test.twelfths) {
			want := float64(test.scale) * math.Exp2(float64((qp-12)*test.twelfths)/12)
			// The root of two in the integers has 16 bits.
			if tolerance := 0.5 + want/65536 + 1e-9; math.Abs(float64(got)-math.Max(want, 1)) > tolerance {
				t.Errorf("scale %d, slope %d/12, QP %d: %d, want %g", test.scale, test.twelfths, qp, got, want)
			}
		}
	}
}

// The multipliers are positive, never fall with QP and double in the way of the
// quantiser: lambda of squared error every 3 steps, its root every 6.
func TestLambda(t *testing.T) {
	for qp := range lambda1 {
		if lambda1[qp] < 1 || lambda2[qp] < 1 {
			t.Errorf("QP %d: lambda %d and %d", qp, lambda1[qp], lambda2[qp])
		}
		if qp > 0 && (lambda1[qp] < lambda1[qp-1] || lambda2[qp] < lambda2[qp-1]) {
			t.Errorf("QP %d: lambda %d and %d, less than before", qp, lambda1[qp], lambda2[qp])
		}
	}
	for qp := 20; qp+6 < 52; qp++ {
		if r := float64(lambda1[qp+6]) / float64(lambda1[qp]); r < 1.9 || r > 2.1 {
			t.Errorf("QP %d to %d: lambda1 grows by %g", qp, qp+6, r)
		}
		if r := float64(lambda2[qp+6]) / float64(lambda2[qp]); r < 3.9 || r > 4.1 {
			t.Errorf("QP %d to %d: lambda2 grows by %g", qp, qp+6, r)
		}
	}
}
