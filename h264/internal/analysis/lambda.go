package analysis

// Lagrangian multipliers (Wiegand et al., "Rate-constrained coder control and
// comparison of video coding standards", 2003): lambda = 0.85 * 2^((QP-12)/3)
// weighs bits against squared error, its root against SATD. In fixed point, so
// that every platform decides alike.

// lambda2 is lambda in 1/256 by QP.
var lambda2 = makeLambda(218, 4)

// lambda1 is the root of lambda in 1/16 by QP.
var lambda1 = makeLambda(15, 2)

// makeLambda returns scale * 2^((QP-12)*twelfths/12), rounded.
func makeLambda(scale int64, twelfths int) (t [52]int32) {
	// root is 2^(i/12) in 1/65536.
	root := [12]int64{65536, 69433, 73562, 77936, 82570, 87480, 92682, 98193, 104032, 110218, 116772, 123715}
	const octaves = 8 // keeps exponents positive
	for qp := range t {
		e := (qp-12)*twelfths + 12*octaves
		v := scale * root[e%12] << (e / 12)
		t[qp] = int32(max(1, (v+1<<(15+octaves))>>(16+octaves)))
	}
	return t
}
