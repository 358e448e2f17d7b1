package h264

import "fmt"

// failure is what a task panicked with on a goroutine of the pool. The caller's
// panics with it.
type failure struct {
	value any
	stack []byte // of where that was
}

// Error tells the panic as the runtime would have.
func (f *failure) Error() string {
	return fmt.Sprintf("%v\n\nin a goroutine of the encoder:\n%s", f.value, f.stack)
}

// Unwrap returns the error that the task panicked with, if it was one.
func (f *failure) Unwrap() error {
	err, _ := f.value.(error)
	return err
}
