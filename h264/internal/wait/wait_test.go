package wait_test

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/g264/g264/h264/internal/wait"
)

// looks counts how often Briefly looks for what happens at that look, if it does.
func looks(happens int) (n int, happened bool) {
	happened = wait.Briefly(func() bool { n++; return n == happens })
	return n, happened
}

// Briefly sees what happens meanwhile, gives up on what doesn't happen, and doesn't wait
// for a while where that has been so often.
func TestBriefly(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(2))
	var err error
	for range 50 { // who isn't given a processor for so long gives up too early
		if err = brieflyWaits(); err == nil {
			return
		}
	}
	t.Error(err)
}

func brieflyWaits() error {
	for range 100 {
		looks(100) // waits are worth their while
	}
	for range 3 {
		if n, happened := looks(100); n != 100 || !happened {
			return fmt.Errorf("what happens at look 100: %v after %d", happened, n)
		}
		began := time.Now()
		if n, happened := looks(-1); n < 10 || happened {
			return fmt.Errorf("what doesn't happen: %v after %d looks", happened, n)
		}
		if took := time.Since(began); took < 50*time.Microsecond || took > time.Second {
			return fmt.Errorf("it took %v to give up", took)
		}
	}
	for range 10 {
		looks(-1)
	}
	if n, _ := looks(-1); n != 1 {
		return fmt.Errorf("%d looks for what never happens", n)
	}
	return nil
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
