package picture_test

import (
	"sync"
	"testing"
	"time"

	"github.com/g264/g264/h264/internal/picture"
)

// What was written before Set is there for all that waited; the race detector
// watches the same promise. The Progress serves again after Reset.
func TestProgressOrdersWritesBeforeReads(t *testing.T) {
	const units, readers, rounds = 200, 3, 20
	p := picture.NewProgress()
	for round := 1; round <= rounds; round++ {
		p.Reset()
		var data [units]int
		var wg sync.WaitGroup
		for r := range readers {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for n := r + 1; n <= units; n += 1 + r*7 {
					p.Wait(n)
					for i, v := range data[:n] {
						if v != round*units+i {
							t.Errorf("unit %d is %d after Wait(%d)", i, v, n)
							return
						}
					}
				}
			}()
		}
		for i := range data {
			data[i] = round*units + i
			p.Set(i + 1)
		}
		wg.Wait()
	}
}

// A chain of rows, each a step behind the one above, comes to its end.
func TestProgressChain(t *testing.T) {
	const rows, columns = 16, 300
	var progress [rows]*picture.Progress
	for i := range progress {
		progress[i] = picture.NewProgress()
	}
	var done [rows][columns]int
	var wg sync.WaitGroup
	for y := rows - 1; y >= 0; y-- {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for x := range columns {
				if y > 0 {
					progress[y-1].Wait(min(x+2, columns))
					done[y][x] = done[y-1][min(x+1, columns-1)]
				}
				done[y][x]++
				progress[y].Set(x + 1)
			}
		}()
	}
	wg.Wait()
	for x, v := range done[rows-1] {
		if v != rows {
			t.Fatalf("column %d of the last row: %d, want %d", x, v, rows)
		}
	}
}

func TestProgressNeverWaitsForWhatIsDone(t *testing.T) {
	p := picture.NewProgress()
	p.Wait(0)
	p.Wait(-3)
	p.Set(5)
	p.Wait(1)
	p.Wait(5)
}

// All who wait for a unit are woken by it, and by none before.
func TestProgressWakesAll(t *testing.T) {
	const pause = 20 * time.Millisecond
	p := picture.NewProgress()
	woken := make(chan int, 4)
	wait := func() {
		p.Wait(5)
		woken <- 5
	}
	stillAsleep := func(when string) {
		t.Helper()
		select {
		case <-woken:
			t.Fatalf("Wait(5) returned %s", when)
		case <-time.After(pause):
		}
	}
	for range 3 {
		go wait()
	}
	stillAsleep("at zero")
	p.Set(4)
	go wait()
	stillAsleep("after Set(4)")
	p.Set(5)
	for i := range 4 {
		select {
		case <-woken:
		case <-time.After(10 * time.Second):
			t.Fatalf("%d of 4 waiters woke after Set(5)", i)
		}
	}
}
