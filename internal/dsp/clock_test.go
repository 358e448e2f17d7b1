//go:build !linux && !js

package dsp

import "time"

var start = time.Now()

// processorTime is the time that has passed, where this process can't tell how long it had a processor.
func processorTime() time.Duration { return time.Since(start) }
