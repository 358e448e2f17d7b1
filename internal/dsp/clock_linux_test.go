package dsp

import (
	"syscall"
	"time"
)

// processorTime is the time that this process has had a processor: what benchmarks count where others run too.
func processorTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
