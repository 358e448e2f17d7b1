// Package wait keeps goroutines awake while they wait for what others are about to do.
package wait

import (
	"runtime"
	"sync/atomic"
	"time"
)

// patience is how long Briefly waits. To sleep and to be woken takes tens of
// microseconds, about as long as a row of macroblocks; and Linux often wakes a thread on
// the processor of who woke it, to run there when that one is done or the next tick, 4 ms
// later, finds another processor idle.
const patience = 200 * time.Microsecond

// Waiting pays where what is waited for goes on meanwhile, not where it waits for this
// processor. trust says whether it has paid lately: each time that it does adds 1, each
// time that it doesn't takes costs. Below zero nobody waits, but for trust to come back.
const (
	mostTrust = 16
	costs     = 3
	distrust  = -32
)

var (
	waiting atomic.Int32 // goroutines
	trust   atomic.Int32
)

// Briefly waits until something has happened, but not for long: then the caller had
// better sleep. It reports whether it has happened. At most half of the processors wait so
// at a time, none where there is one.
func Briefly(happened func() bool) bool {
	if happened() {
		return true
	}
	if trust.Load() < 0 {
		trust.Add(1)
		return false
	}
	defer waiting.Add(-1)
	if int(waiting.Add(1)) > runtime.GOMAXPROCS(0)/2 {
		return false
	}
	for began := time.Now(); time.Since(began) < patience; {
		for range 32 {
			if happened() {
				trust.Store(min(trust.Load()+1, mostTrust))
				return true
			}
		}
	}
	if t := trust.Load() - costs; t < 0 {
		trust.Store(distrust)
	} else {
		trust.Store(t)
	}
	return false
}
