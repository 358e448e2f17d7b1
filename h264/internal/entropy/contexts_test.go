package entropy

import (
	"sync"
	"testing"
)

// Each state is what clause 9.3.1.1 makes of m, n and the quantiser.
func TestInitialise(t *testing.T) {
	for table := range contextInit {
		for qp := 0; qp <= 51; qp++ {
			var got Contexts
			got.Initialise(&Slice{P: table > 0, CABACInitIDC: uint8(max(table-1, 0)), QP: qp})
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

// Whatever QP a slice has, and whenever one is the first to have it, nothing is allocated.
func TestInitialiseAllocatesNothing(t *testing.T) {
	for table := range initialContexts {
		for qp := range initialContexts[table] {
			initialContexts[table][qp].made = sync.Once{}
		}
	}
	var c Contexts
	qp := -1
	if allocs := testing.AllocsPerRun(51, func() {
		qp++
		c.Initialise(&Slice{QP: qp % 52})
	}); allocs != 0 {
		t.Errorf("%v allocations", allocs)
	}
}
