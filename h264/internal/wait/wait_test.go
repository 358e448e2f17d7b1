package wait_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/g264/g264/h264/internal/wait"
)

// Briefly sees what happens meanwhile, and gives up on what doesn't happen.
func TestBriefly(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	looks := 0
	if !wait.Briefly(func() bool { looks++; return looks == 100 }) || looks != 100 {
		t.Errorf("what happened was not seen in %d looks", looks)
	}
	began := time.Now()
	if wait.Briefly(func() bool { return false }) {
		t.Error("what didn't happen was seen")
	}
	if took := time.Since(began); took < 20*time.Microsecond || took > time.Second {
		t.Errorf("it took %v to give up", took)
	}
}

// Goroutines that wait leave half of the processors to others, and where there is one
// they don't wait at all.
func TestBrieflyLeavesProcessors(t *testing.T) {
	for _, processors := range []int{1, 2, 5} {
		func() {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
			var looking, most atomic.Int32
			var all sync.WaitGroup
			for range 20 {
				all.Add(1)
				go func() {
					defer all.Done()
					for range 20 {
						first := true
						wait.Briefly(func() bool {
							if first {
								first = false // before it waits
								return false
							}
							n := looking.Add(1)
							most.Store(max(most.Load(), n))
							runtime.Gosched()
							looking.Add(-1)
							return false
						})
					}
				}()
			}
			all.Wait()
			if n := int(most.Load()); n > processors/2 || processors > 1 && n == 0 {
				t.Errorf("%d of %d processors waited", n, processors)
			}
		}()
	}
}
