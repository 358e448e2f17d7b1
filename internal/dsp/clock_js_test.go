package dsp

import (
	"syscall/js"
	"time"
)

// processorTime is the time that this process has had a processor: what benchmarks count where others run too.
func processorTime() time.Duration {
	u := js.Global().Get("process").Call("cpuUsage")
	return time.Duration(u.Get("user").Int()+u.Get("system").Int()) * time.Microsecond
}
