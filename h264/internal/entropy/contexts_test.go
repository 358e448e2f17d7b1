package entropy

import "testing"

// Each state is what clause 9.3.1.1 makes of m, n and the quantiser, whatever slice came
// before, and asked for twice.
func TestInitialise(t *testing.T) {
	var initial initialContexts
	for table := range contextInit {
		for qp := 0; qp <= 51; qp++ {
			slice := Slice{P: table > 0, CABACInitIDC: uint8(max(table-1, 0)), QP: qp}
			initial.of(&slice)
			got := initial.of(&slice)
			for i, mn := range contextInit[table] {
				pre := min(max(int(mn[0])*qp>>4+int(mn[1]), 1), 126)
				want := 2 * (63 - pre)
				if pre > 63 {
					want = 2*(pre-64) + 1
				}
				if i != ctxProceed && i != ctxNothing && int(got[i]) != want {
					t.Fatalf("table %d, QP %d: state %d is %d, want %d", table, qp, i, got[i], want)
				}
			}
		}
	}
}
