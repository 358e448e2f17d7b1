package measure

import (
	"syscall/js"
	"time"
)

// processTime is Node's user and system time; compiling WebAssembly counts.
func processTime() time.Duration {
	process := js.Global().Get("process")
	if !process.Truthy() || !process.Get("cpuUsage").Truthy() {
		return 0 // a browser
	}
	usage := process.Call("cpuUsage")
	return time.Duration(usage.Get("user").Int()+usage.Get("system").Int()) * time.Microsecond
}
