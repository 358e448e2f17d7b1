package h264

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/g264/g264/internal/testvideo"
)

// caught is what a function panics with, nil for nothing.
func caught(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

// A panic in a task, in the middle of a row that others wait for, is one of the caller's, once and with the stack of where
// it was; then the encoder is closed, and leaves no goroutine behind, nor pictures to others.
func TestPanicReachesCaller(t *testing.T) {
	clip := testvideo.Clip(testvideo.Moving, 160, 160, 6, true)
	for _, threads := range []int{1, 2, 4} {
		for row := range min(threads, 4) {
			name := fmt.Sprintf("%d threads, row %d", threads, row)
			before := runtime.NumGoroutine()
			emptyStocks()
			e, err := NewEncoder(Config{Width: 160, Height: 160, FrameRate: Rational{25, 1}, Threads: threads, NoMBTree: true})
			if err != nil {
				t.Fatal(err)
			}
			asked := e.stock.demand
			for _, c := range e.codings {
				c.levels[row] = c.levels[row][:5]
			}
			panics := make(chan any, 2)
			go func() {
				panics <- caught(func() {
					for i := 0; i < len(clip) && err == nil; i++ {
						f := &clip[i]
						_, err = e.Encode(&Picture{Y: f.Y, Cb: f.Cb, Cr: f.Cr, YStride: f.YStride, CStride: f.CStride, PTS: int64(i)})
					}
					e.Close()
				})
				panics <- caught(e.Close)
			}()
			var got [2]any
			for i := range got {
				select {
				case got[i] = <-panics:
				case <-time.After(10 * time.Second):
					t.Fatalf("%s: neither a panic nor an end", name)
				}
			}
			failed, _ := got[0].(error)
			var found runtime.Error
			if !errors.As(failed, &found) || !strings.Contains(found.Error(), "index out of range [5]") {
				t.Errorf("%s: panicked with %v; error %v", name, got[0], err)
			}
			if f, elsewhere := got[0].(*failure); elsewhere && !strings.Contains(f.Error(), "analysis.(*Worker).Row") {
				t.Errorf("%s: the stack is not that of the task: %v", name, f)
			}
			if got[1] != nil {
				t.Errorf("%s: panicked again: %v", name, got[1])
			}
			if _, err := e.Lend(); err != ErrClosed {
				t.Errorf("%s: then error %v", name, err)
			}
			if s := takeStock(asked); len(s.sources) > 0 {
				t.Errorf("%s: pictures are left", name)
			}
			for deadline := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before; time.Sleep(time.Millisecond) {
				if time.Now().After(deadline) {
					t.Fatalf("%s: goroutines are left", name)
				}
			}
		}
	}
}

// Where another goroutine panics between two calls, the next one tells.
func TestPanicBetweenCalls(t *testing.T) {
	clip := testvideo.Clip(testvideo.Moving, 160, 160, 2, true)
	for _, call := range []struct {
		name string
		call func(e *Encoder)
	}{
		{"Encode", func(e *Encoder) { e.Encode(&Picture{}) }},
		{"Flush", func(e *Encoder) { e.Flush() }},
		{"Lend", func(e *Encoder) { e.Lend() }},
		{"Close", func(e *Encoder) { e.Close() }},
	} {
		e, err := NewEncoder(Config{Width: 160, Height: 160, FrameRate: Rational{25, 1}, Threads: 2, NoMBTree: true})
		if err != nil {
			t.Fatal(err)
		}
		returned := make(chan bool)
		e.Observe(func(task Task) {
			if task.Stage == StageAnalysis {
				<-returned
				panic(task)
			}
		})
		f := &clip[0]
		if _, err := e.Encode(&Picture{Y: f.Y, Cb: f.Cb, Cr: f.Cr, YStride: f.YStride, CStride: f.CStride}); err != nil {
			t.Fatal(err)
		}
		close(returned)
		for deadline := time.Now().Add(10 * time.Second); !e.pool.halted(); time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("the pool goes on")
			}
		}
		v := caught(func() { call.call(e) })
		if f, _ := v.(*failure); f == nil || f.value.(Task).Stage != StageAnalysis || errors.Unwrap(f) != nil {
			t.Errorf("%s panicked with %v", call.name, v)
		}
	}
}
